/* The bank's people: who looks after which customer, and how many of them a bank of that size has.
 *
 * Managers come as the bank grows: the customers of a branch and a role are handed out in the order
 * of their index, a book at a time. So a customer's manager does not depend on how many come after.
 */
#ifndef ST_DEMO_STAFF_H
#define ST_DEMO_STAFF_H

#include "demo/persona.h"

enum st_demo_role {
    ST_DEMO_BRANCH_HEAD,
    ST_DEMO_SERVICE_DESK, /* customers of little money, from afar */
    ST_DEMO_CUSTOMER_MANAGER,
    ST_DEMO_WEALTH_MANAGER,
    ST_DEMO_PRIVATE_BANKER,    /* at the main branch of a region */
    ST_DEMO_CORPORATE_MANAGER, /* there too */
    ST_DEMO_ROLE_COUNT,
};
extern const char *const st_demo_role_names[ST_DEMO_ROLE_COUNT];

/* Staff number without its letters of who looks after the customer; `branch_index` and wealth are
 * known. */
int st_demo_manager_of(const struct st_demo_persona *persona);

/* How many of a role a branch has, in a bank of `customers`; their numbers run from 1. */
int st_demo_staff_count(size_t branch_index, enum st_demo_role role, int64_t customers);
int st_demo_staff_number(size_t branch_index, enum st_demo_role role, int position);

#endif
