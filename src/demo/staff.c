#include "demo/staff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const st_demo_role_names[ST_DEMO_ROLE_COUNT] = {
    [ST_DEMO_BRANCH_HEAD] = "branch_head",
    [ST_DEMO_SERVICE_DESK] = "service_desk",
    [ST_DEMO_CUSTOMER_MANAGER] = "customer_manager",
    [ST_DEMO_WEALTH_MANAGER] = "wealth_manager",
    [ST_DEMO_PRIVATE_BANKER] = "private_banker",
    [ST_DEMO_CORPORATE_MANAGER] = "corporate_manager",
};

/* Wealth from which a person belongs to a role's book, how many of 100,000 customers do (the
 * lognormal of persona.c gives it), and how many one manager looks after. */
static const struct {
    int64_t wealth; /* fen */
    int per_100k;
    int book;
    bool regional;
} roles[ST_DEMO_ROLE_COUNT] = {
    [ST_DEMO_BRANCH_HEAD] = {0, 0, 1, false},
    [ST_DEMO_SERVICE_DESK] = {0, 82000, 3000, false},
    [ST_DEMO_CUSTOMER_MANAGER] = {5000000, 9900, 500, false},
    [ST_DEMO_WEALTH_MANAGER] = {50000000, 2400, 160, false},
    [ST_DEMO_PRIVATE_BANKER] = {500000000, 450, 50, true},
    [ST_DEMO_CORPORATE_MANAGER] = {INT64_MAX, 2000, 80, true},
};

static int64_t total_weight(void)
{
    int64_t total = 0;
    for (size_t b = 0; b < st_demo_branch_count; b++)
        total += st_demo_branches[b].weight;
    return total;
}

static size_t regional_branch(size_t branch)
{
    while (st_demo_branches[branch].parent[0] &&
           strcmp(st_demo_branches[branch].parent, st_demo_branches[0].code) != 0)
        branch--; /* a branch stands below the one it belongs to */
    return branch;
}

/* Whose customers the managers of that branch and role look after. */
static int64_t weight_served(size_t branch, enum st_demo_role role)
{
    int64_t weight = 0;
    if (!roles[role].regional)
        return st_demo_branches[branch].weight;
    for (size_t b = branch; b < st_demo_branch_count && regional_branch(b) == branch; b++)
        weight += st_demo_branches[b].weight;
    return weight;
}

/* Position of the manager whose book is being filled once `customers` are there. */
static int position_at(size_t branch, enum st_demo_role role, int64_t customers)
{
    int64_t expected = customers * roles[role].per_100k / 100000;
    return (int)(expected * weight_served(branch, role) / total_weight() / roles[role].book) + 1;
}

int st_demo_staff_number(size_t branch, enum st_demo_role role, int position)
{
    enum { POSITIONS = 10000, ROLES = 10 };
    assert(position < POSITIONS);
    int code = atoi(st_demo_branches[branch].code + 1);
    return (code * ROLES + (int)role) * POSITIONS + position;
}

int st_demo_staff_count(size_t branch, enum st_demo_role role, int64_t customers)
{
    if (role == ST_DEMO_BRANCH_HEAD)
        return 1;
    if (customers == 0 || weight_served(branch, role) == 0)
        return 0;
    return position_at(branch, role, customers - 1);
}

int st_demo_manager_of(const struct st_demo_persona *p)
{
    enum st_demo_role role = ST_DEMO_SERVICE_DESK;
    if (p->kind == ST_DEMO_COMPANY)
        role = ST_DEMO_CORPORATE_MANAGER;
    else
        while (role < ST_DEMO_PRIVATE_BANKER && p->wealth >= roles[role + 1].wealth)
            role++;
    size_t branch = roles[role].regional ? regional_branch(p->branch_index) : p->branch_index;
    return st_demo_staff_number(branch, role, position_at(branch, role, p->index));
}
