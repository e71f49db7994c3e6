/* Which column is what, and what a row is. Names decide where the dictionary knows them; where a
 * file has no header, the order and types of its columns do. */
#include "draft/internal.h"

#include "base/decimal.h"
#include "base/vec.h"

#include <strings.h>

enum { NEARLY_ALL_PERMILLE = 950 };

const struct st_profile_column *st_draft_column(const struct st_draft_file *f, enum st_role role)
{
    return f->role[role] < 0 ? NULL : &f->profile->columns[f->role[role]];
}

const struct st_profile_column *st_draft_party(const struct st_draft_file *f)
{
    const struct st_profile_column *customer = st_draft_column(f, ST_ROLE_CUSTOMER);
    return customer ? customer : st_draft_column(f, ST_ROLE_ACCOUNT);
}

const struct st_draft_file *st_draft_file_of(const struct st_draft *d, enum st_draft_kind kind)
{
    for (size_t i = 0; i < d->file_count; i++)
        if (d->files[i].kind == kind)
            return &d->files[i];
    return NULL;
}

const struct st_draft_file *st_draft_balance_file(const struct st_draft *d)
{
    for (size_t i = 0; i < d->file_count; i++)
        if (d->files[i].kind != ST_DRAFT_MOVEMENTS && d->files[i].role[ST_ROLE_BALANCE] >= 0)
            return &d->files[i];
    return NULL;
}

/* --- roles --- */

static void give(struct st_draft_file *f, enum st_role role, size_t column)
{
    f->role[role] = (int)column;
    f->columns[column].role = role;
    struct st_profile_column *c = &f->profile->columns[column];
    if (role >= ST_ROLE_DATE && role <= ST_ROLE_MATURES && c->type == ST_COLUMN_INTEGER)
        st_profile_as_date(c);
}

/* The best fit first, then the best of the columns and roles that are left. */
static void give_by_name(struct st_draft_file *f)
{
    size_t count = f->profile->column_count;
    for (;;) {
        int best = 0;
        size_t column = 0;
        enum st_role role = ST_ROLE_NONE;
        for (size_t i = 0; i < count; i++)
            for (int r = ST_ROLE_NONE + 1; f->columns[i].role == ST_ROLE_NONE && r < ST_ROLE_COUNT;
                 r++) {
                bool free = f->role[r] < 0 || r == ST_ROLE_PERSONAL;
                int score = free ? st_role_score((enum st_role)r, &f->profile->columns[i]) : 0;
                if (score > best) {
                    best = score;
                    column = i;
                    role = (enum st_role)r;
                }
            }
        if (best == 0)
            return;
        give(f, role, column);
    }
}

static void give_personal(struct st_draft_file *f)
{
    for (size_t i = 0; i < f->profile->column_count; i++) {
        const struct st_profile_column *c = &f->profile->columns[i];
        int64_t most = c->emails > c->mobiles ? c->emails : c->mobiles;
        most = c->id_numbers > most ? c->id_numbers : most;
        if (f->columns[i].role == ST_ROLE_NONE && c->present > 0 && most * 2 > c->present)
            give(f, ST_ROLE_PERSONAL, i);
    }
}

static bool is_code(const struct st_profile_column *c)
{
    return (c->type == ST_COLUMN_INTEGER || c->type == ST_COLUMN_TEXT) && c->present > 0 &&
           c->length_total <= c->present * 24;
}

static void give_first(struct st_draft_file *f, enum st_role role, unsigned types)
{
    for (size_t i = 0; f->role[role] < 0 && i < f->profile->column_count; i++)
        if (f->columns[i].role == ST_ROLE_NONE && (types & 1u << f->profile->columns[i].type))
            give(f, role, i);
}

/* Without names: the first code that no two rows share is the customer, else, beside a date, the
 * first code that is not always the same. */
static void give_by_content(struct st_draft_file *f)
{
    const struct st_profile *p = f->profile;
    if (p->rows < 2)
        return;
    for (size_t i = 0; f->role[ST_ROLE_CUSTOMER] < 0 && i < p->column_count; i++)
        if (is_code(&p->columns[i]) && p->columns[i].unique && p->columns[i].missing == 0)
            give(f, ST_ROLE_CUSTOMER, i);
    give_first(f, ST_ROLE_DATE, 1u << ST_COLUMN_DATE);
    for (size_t i = 0;
         f->role[ST_ROLE_DATE] >= 0 && f->role[ST_ROLE_CUSTOMER] < 0 && i < p->column_count; i++)
        if (is_code(&p->columns[i]) && p->columns[i].distinct > 1)
            give(f, ST_ROLE_CUSTOMER, i);
    if (f->role[ST_ROLE_DATE] >= 0) {
        give_first(f, ST_ROLE_AMOUNT, 1u << ST_COLUMN_DECIMAL);
        give_first(f, ST_ROLE_AMOUNT, 1u << ST_COLUMN_INTEGER);
    }
}

/* patient_id, 编号: a number of something, one row each. */
static void give_own_key(struct st_draft_file *f)
{
    for (size_t i = 0; !st_draft_party(f) && i < f->profile->column_count; i++) {
        const struct st_profile_column *c = &f->profile->columns[i];
        size_t len = strlen(c->header);
        bool ends = (len >= 2 && strcasecmp(c->header + len - 2, "id") == 0) ||
                    (len >= 3 && strcmp(c->header + len - 3, "号") == 0);
        if (f->columns[i].role == ST_ROLE_NONE && ends && c->unique && is_code(c))
            give(f, ST_ROLE_CUSTOMER, i);
    }
}

/* --- what a row is --- */

static bool nearly_unique(const struct st_profile_column *c)
{
    return c->distinct * 1000 >= c->present * NEARLY_ALL_PERMILLE;
}

static bool has_amount(const struct st_draft_file *f)
{
    return f->role[ST_ROLE_AMOUNT] >= 0 ||
           (f->role[ST_ROLE_QUANTITY] >= 0 && f->role[ST_ROLE_PRICE] >= 0);
}

/* The number to rate by when there is no balance: an amount, an income, else the number with the
 * most different values. */
static int find_measure(const struct st_draft_file *f)
{
    int best = -1;
    if (f->role[ST_ROLE_AMOUNT] >= 0)
        return f->role[ST_ROLE_AMOUNT];
    if (f->role[ST_ROLE_INCOME] >= 0)
        return f->role[ST_ROLE_INCOME];
    for (size_t i = 0; i < f->profile->column_count; i++) {
        const struct st_profile_column *c = &f->profile->columns[i];
        bool numbered =
            c->unique && (c->most - c->least) / st_pow10(ST_PROFILE_SCALE) + 1 == f->profile->rows;
        bool code = c->leading_zeros || numbered || st_role_is_code_name(c->header);
        bool number = c->type == ST_COLUMN_DECIMAL || (c->type == ST_COLUMN_INTEGER && !code);
        bool open = f->columns[i].role == ST_ROLE_NONE || f->columns[i].role == ST_ROLE_PRICE ||
                    f->columns[i].role == ST_ROLE_QUANTITY;
        if (number && open && c->odd == 0 && c->distinct > 4 &&
            (best < 0 || c->distinct > f->profile->columns[best].distinct))
            best = (int)i;
    }
    return best;
}

static st_code fail_nobody(const struct st_draft_file *f, struct st_error *err)
{
    const struct st_profile_column *date = st_draft_column(f, ST_ROLE_DATE);
    st_fail(err, ST_E_DATA, "%s lists movements (date: %s), but no column says whose they are",
        "%s 是流水（日期列：%s），但没有列说明属于哪位客户", f->profile->path, date->name);
    st_error_hint(err, "name the customer's column customer_id, then run the command again",
        "请把客户号所在列命名为“客户号”，再执行本命令");
    st_error_at(err, f->profile->path, 0, 0);
    return ST_E_DATA;
}

static st_code fail_repeats(const struct st_draft_file *f, struct st_error *err)
{
    const struct st_profile_column *c = st_draft_party(f);
    st_fail(err, ST_E_DATA, "the rows of %s are neither customers (%s repeats) nor dated amounts",
        "%s 的行既不是一客户一行（%s 有重复），也没有日期和金额", f->profile->path, c->name);
    st_error_value(err, "%lld / %lld", (long long)c->distinct, (long long)f->profile->rows);
    st_error_hint(err,
        "a file of customers has one row each; a file of movements has a customer, a "
        "date and an amount: name those columns so",
        "客户文件应每客户一行；流水文件应有客户号、日期、金额三列：请这样命名");
    st_error_at(err, f->profile->path, 0, 0);
    return ST_E_DATA;
}

static st_code decide_kind(struct st_draft_file *f, struct st_error *err)
{
    const struct st_profile_column *party = st_draft_party(f);
    const struct st_profile_column *account = st_draft_column(f, ST_ROLE_ACCOUNT);
    bool dated = f->role[ST_ROLE_DATE] >= 0, balance = f->role[ST_ROLE_BALANCE] >= 0;
    if (dated && has_amount(f) && !party)
        return fail_nobody(f, err);
    if (dated && has_amount(f) && !(balance && nearly_unique(party)))
        f->kind = ST_DRAFT_MOVEMENTS;
    else if (dated && balance && party && !nearly_unique(account ? account : party))
        f->kind = ST_DRAFT_BALANCES;
    else if (account && f->role[ST_ROLE_CUSTOMER] >= 0 && nearly_unique(account))
        f->kind = ST_DRAFT_ACCOUNTS;
    else if (party && !nearly_unique(party))
        return fail_repeats(f, err);
    else
        f->kind = ST_DRAFT_CUSTOMERS;
    return ST_OK;
}

st_code st_draft_decide(struct st_arena *arena, struct st_draft_file *f, struct st_error *err)
{
    bool named = false;
    f->columns = st_arena_array(arena, struct st_draft_column, f->profile->column_count);
    for (int r = 0; r < ST_ROLE_COUNT; r++)
        f->role[r] = -1;
    for (size_t i = 0; i < f->profile->column_count; i++) {
        f->columns[i].profile = &f->profile->columns[i];
        named = named || *f->profile->columns[i].header;
    }
    give_by_name(f);
    give_personal(f);
    if (named)
        give_own_key(f);
    else
        give_by_content(f);
    TRY(decide_kind(f, err));
    bool accounts = f->kind == ST_DRAFT_CUSTOMERS && f->role[ST_ROLE_BALANCE] < 0;
    f->measure = accounts ? find_measure(f) : -1;
    f->uses_as_of = f->role[ST_ROLE_BALANCE] >= 0 && f->role[ST_ROLE_DATE] < 0 &&
                    (f->kind == ST_DRAFT_CUSTOMERS || f->kind == ST_DRAFT_ACCOUNTS);
    return ST_OK;
}
