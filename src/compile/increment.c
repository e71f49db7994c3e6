/* A run that builds on an earlier one, its base: what entered and left the windows is added to and
 * taken from the sums that the base left in the metric table.
 *
 *   changes   movements that came, ended, or whose day entered or left a window, by customer
 *   again     customers whose sums cannot be carried: who is new, whose balances changed, who lost
 *             the row that was the greatest; theirs are taken from all rows of their windows
 *   carried   the base's sums with the changes, or those taken again
 *
 * Rejected: sums by customer and month, put together by every run. They serve every window alike,
 * but a year of them is a sixth of the movements themselves. */
#include "compile/internal.h"

#include "base/vec.h"

#include <string.h>

static const char *const by_customer[] = {"customer_id"};

/* --- what can be carried --- */

static const struct st_plan_param *param_of(const struct st_metrics *m, const char *name)
{
    size_t i = 0;
    while (strcmp(m->env.params->items[i]->name, name) != 0)
        i++;
    return m->env.params->items[i];
}

/* Does a row count for the same as long as it is in the window? */
static bool asks_for_windows_only(const struct st_metrics *m, const struct st_ir_expr *e)
{
    if (!e)
        return true;
    if (e->kind == ST_IR_PARAM) {
        enum st_plan_param_kind kind = param_of(m, e->name)->kind;
        return kind == ST_PLAN_WINDOW_FROM || kind == ST_PLAN_WINDOW_NEXT;
    }
    bool only = true;
    for (size_t i = 0; i < e->arg_count && only; i++)
        only = asks_for_windows_only(m, e->args[i]);
    return only;
}

/* Accounts are taken anew for those of whose accounts any changed, was opened or was closed. */
static bool carries_accounts(const struct st_metrics *m, const struct aggregate_column *item)
{
    return item->shift == 0 && asks_for_windows_only(m, item->where) &&
           asks_for_windows_only(m, item->expr->args[0]);
}

bool metrics_carry(const struct st_metrics *m, enum st_metric_source source)
{
    bool facts = source >= ST_SOURCE_BALANCE && source < ST_SOURCE_CUSTOMER;
    /* the sums of a household would also follow who joined and left */
    bool customers = m->env.policy->entity == ST_ENTITY_CUSTOMER;
    bool carried = facts && customers && m->aggregates[source].count > 0;
    for (size_t i = 0; carried && i < m->aggregates[source].count; i++) {
        const struct aggregate_column *item = &m->aggregates[source].items[i];
        const struct st_ir_expr *e = item->expr;
        bool known = source == ST_SOURCE_BALANCE ? e->agg == ST_AGG_SUM
                     : source == ST_SOURCE_TXN   ? e->agg != ST_AGG_COUNT_DISTINCT
                                                 : carries_accounts(m, item);
        carried = known && (source == ST_SOURCE_ACCOUNT || asks_for_windows_only(m, e));
    }
    return carried;
}

struct st_span metrics_window(
    const struct st_metrics *m, const struct aggregate_column *item, st_date as_of)
{
    return st_window_resolve(
        item->window, st_shift_back(as_of, item->shift), m->env.policy->fiscal_month);
}

/* Windows only move on. A sum over days grows by days that enter, or starts anew; days that leave
 * would have to be read. */
static bool can_carry(
    const struct st_metrics *m, const struct aggregate_column *item, st_date base, st_date as_of)
{
    struct st_span was = metrics_window(m, item, base), is = metrics_window(m, item, as_of);
    if (is.from < was.from || is.next < was.next)
        return false;
    return !item->closing || is.from == was.from || is.from >= was.next;
}

/* Is reading what moved less than reading the windows? */
static bool is_worth_it(
    const struct st_metrics *m, enum st_metric_source source, st_date base, st_date as_of)
{
    enum { BALANCE_DAYS_MOST = 7 };
    bool txn = source == ST_SOURCE_TXN;
    if (source == ST_SOURCE_ACCOUNT)
        return true;
    struct st_span *spans =
        st_arena_array(arena_of(m), struct st_span, st_plan_moved_slots(m->env.params, txn) + 1);
    size_t count = st_plan_moved(m->env.params, txn, base, as_of, m->env.policy, spans);
    int64_t moved = 0, whole = 0;
    for (size_t i = 0; i < count; i++)
        moved += spans[i].next - spans[i].from;
    for (size_t i = 0; i < m->aggregates[source].count; i++) {
        struct st_span span = metrics_window(m, &m->aggregates[source].items[i], as_of);
        int64_t days = as_of + 1 - span.from;
        whole = days > whole ? days : whole;
    }
    return txn ? moved * 2 <= whole : moved <= BALANCE_DAYS_MOST;
}

unsigned st_metrics_carried(const struct st_metrics *m, st_date base, st_date as_of)
{
    unsigned families = 0;
    for (int source = ST_SOURCE_BALANCE; source < ST_SOURCE_CUSTOMER && !m->env.foreign; source++) {
        bool carried = metrics_carry(m, (enum st_metric_source)source) &&
                       is_worth_it(m, (enum st_metric_source)source, base, as_of);
        bool timed = source != ST_SOURCE_ACCOUNT;
        for (size_t i = 0; carried && timed && i < m->aggregates[source].count; i++)
            carried = can_carry(m, &m->aggregates[source].items[i], base, as_of);
        families |= carried ? 1U << source : 0;
    }
    return families;
}

bool st_metrics_keep_days(const struct st_metrics *m, st_date base, st_date as_of)
{
    bool keep = true;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_TXN].count && keep; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_TXN].items[i];
        keep = metrics_window(m, item, base).from == metrics_window(m, item, as_of).from;
    }
    return keep;
}

/* --- expressions --- */

struct increment {
    struct st_metrics *m;
    struct st_arena *arena;
    const char *table;
    const struct st_ir_column *columns;
    size_t column_count;
    struct st_onward how;
    struct st_rel *base;      /* customer_id, "in:base", "base:<aggregate>" */
    struct st_rel *touched;   /* customer_id of who may be here, or be rated, otherwise */
    struct st_rel *newcomers; /* customer_id of who is here and is not in the base */
    struct st_rel *changed;   /* movements by customer */
    struct st_rel *again[ST_SOURCE_CUSTOMER]; /* customer_id of who is taken from the rows again */
};

static bool is_carried(const struct increment *x, enum st_metric_source source)
{
    return source < ST_SOURCE_CUSTOMER && x->how.families >> source & 1;
}

#define FN(x, fn, ...) st_ir_fn((x)->arena, ST_FN_##fn, __VA_ARGS__)

static struct st_ir_expr *zero_of(const struct increment *x, enum st_ir_type type)
{
    return type == ST_IR_WIDE ? st_ir_wide(x->arena, 0) : st_ir_int(x->arena, 0);
}

static struct st_ir_expr *or_zero(const struct increment *x, struct st_ir_expr *e)
{
    return FN(x, COALESCE, e, zero_of(x, e->type));
}

static const char *named(
    const struct increment *x, const char *what, const struct aggregate_column *item)
{
    return st_arena_printf(x->arena, "%s:%s", what, item->name);
}

static struct st_ir_expr *value_of(
    const struct increment *x, const char *what, const struct aggregate_column *item)
{
    return st_ir_column_named(x->arena, 0, named(x, what, item), item->expr->type);
}

static bool is_wide(const struct aggregate_column *item)
{
    return item->expr->type == ST_IR_WIDE;
}

/* What the base left; of sums that a row cannot hold there is none. */
static struct st_ir_expr *base_column(
    const struct increment *x, const char *name, enum st_ir_type type)
{
    return st_ir_column_named(x->arena, 0, st_arena_printf(x->arena, "base:%s", name), type);
}

static struct st_ir_expr *base_value(const struct increment *x, const struct aggregate_column *item)
{
    return base_column(x, item->name, item->expr->type);
}

static struct st_ir_expr *edge(const struct increment *x, const struct aggregate_column *item,
    enum st_plan_param_kind kind, bool txn)
{
    return st_plan_window(x->arena, x->m->env.params, kind, item->window, item->shift, txn);
}

/* The same with the windows of the base. */
static struct st_ir_expr *of_base(const void *context, struct st_ir_expr *e)
{
    const struct increment *x = context;
    if (!e)
        return NULL;
    if (e->kind == ST_IR_PARAM)
        return st_plan_of_base(x->arena, x->m->env.params, e);
    return st_ir_with_args(x->arena, e, of_base, x);
}

/* Bits of months or days that are in the window as they were in the base's. */
static struct st_ir_expr *kept_bits(const struct increment *x, const struct aggregate_column *item)
{
    return st_plan_moves(x->arena, x->m->env.params,
        &(struct st_plan_param){.kind = ST_PLAN_KEPT_BITS,
            .window = *item->window,
            .shift_months = item->shift,
            .reads_txn = true,
            .by_month = item->bits == BITS_OF_MONTHS});
}

static bool adds_up(const struct aggregate_column *item)
{
    return item->expr->agg == ST_AGG_SUM || item->expr->agg == ST_AGG_COUNT;
}

/* max(on_date): once it is before the window, so is every other day. */
static bool is_last_day(const struct aggregate_column *item)
{
    const struct st_ir_expr *what = item->expr->args[0];
    return item->expr->agg == ST_AGG_MAX && what->kind == ST_IR_COLUMN &&
           strcmp(what->name, "on_date") == 0;
}

/* --- movements --- */

/* What came ("new:"), less what went for sums and counts; of others what went beside it
 * ("gone:"). */
static size_t change_columns(
    const struct increment *x, const struct aggregate_column *item, struct st_ir_column *columns)
{
    struct st_arena *a = x->arena;
    const struct st_ir_expr *e = item->expr;
    struct st_ir_expr *now = FN(x, AND, st_ir_column_named(a, 0, "now", ST_IR_BOOL), e->args[1]);
    struct st_ir_expr *before =
        FN(x, AND, st_ir_column_named(a, 0, "before", ST_IR_BOOL), of_base(x, e->args[1]));
    if (x->how.only_came) /* none was in the base's window that is not in this one */
        now = FN(x, AND, now, FN(x, NOT, before));
    struct st_ir_expr *came = st_ir_aggregate(a, e->agg, e->args[0], now);
    if (x->how.only_came) {
        columns[0] = (struct st_ir_column){.name = named(x, "new", item), .expr = came};
        return 1;
    }
    if (adds_up(item)) {
        struct st_ir_expr *went = st_ir_aggregate(a, e->agg, e->args[0], before);
        columns[0] = (struct st_ir_column){
            .name = named(x, "new", item), .expr = FN(x, SUB, or_zero(x, came), or_zero(x, went))};
        return 1;
    }
    struct st_ir_expr *lost = FN(x, AND, before, FN(x, NOT, now));
    if (is_last_day(item))
        lost = FN(x, AND, lost, FN(x, GE, e->args[0], edge(x, item, ST_PLAN_WINDOW_FROM, true)));
    columns[0] = (struct st_ir_column){.name = named(x, "new", item), .expr = came};
    columns[1] = (struct st_ir_column){
        .name = named(x, "gone", item), .expr = st_ir_aggregate(a, e->agg, e->args[0], lost)};
    return 2;
}

static struct st_rel *changes(const struct increment *x)
{
    struct st_metrics *m = x->m;
    size_t items = m->aggregates[ST_SOURCE_TXN].count, count = 0;
    struct st_ir_column *columns = st_arena_array(x->arena, struct st_ir_column, 2 * items);
    for (size_t i = 0; i < items; i++)
        count += change_columns(x, &m->aggregates[ST_SOURCE_TXN].items[i], columns + count);
    struct st_rel *rows = st_rows_txn_changes(&m->env, m->txn_needs_holding);
    return st_rel_aggregate(x->arena, rows, 1, by_customer, count, columns);
}

/* Did the row that decided go, and nothing come that decides instead? */
static struct st_ir_expr *is_lost(const struct increment *x, const struct aggregate_column *item)
{
    struct st_ir_expr *came = value_of(x, "new", item), *gone = value_of(x, "gone", item);
    if (item->bits) {
        struct st_ir_expr *kept = FN(x, BIT_AND, gone, kept_bits(x, item));
        return FN(x, NE, kept, FN(x, BIT_AND, kept, or_zero(x, came)));
    }
    enum st_ir_fn reaches = item->expr->agg == ST_AGG_MAX ? ST_FN_GE : ST_FN_LE;
    struct st_ir_expr *had = base_value(x, item);
    struct st_ir_expr *instead =
        FN(x, COALESCE, st_ir_fn(x->arena, reaches, came, had), st_ir_bool(x->arena, false));
    return FN(x, AND, st_ir_fn(x->arena, reaches, gone, had), FN(x, NOT, instead));
}

static struct st_rel *ids_of(const struct increment *x, struct st_rel *rel)
{
    struct st_ir_column id = st_rel_pass(x->arena, rel, 0, "customer_id");
    return st_rel_project(x->arena, rel, 1, &id);
}

/* Most nights nothing goes: the base is then not asked. */
static struct st_ir_expr *any_gone(const struct increment *x)
{
    const struct st_metrics *m = x->m;
    struct st_ir_expr *any = NULL;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_TXN].count; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_TXN].items[i];
        if (adds_up(item))
            continue;
        struct st_ir_expr *one = FN(x, IS_NOT_NULL, value_of(x, "gone", item));
        any = any ? FN(x, OR, any, one) : one;
    }
    return any;
}

/* Customers for whom the changes do not tell what some aggregate has become; NULL: never any. */
static struct st_rel *losers(const struct increment *x, struct st_rel *changed)
{
    const struct st_metrics *m = x->m;
    struct st_ir_expr *lost = NULL;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_TXN].count; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_TXN].items[i];
        if (adds_up(item))
            continue;
        struct st_ir_expr *one = is_lost(x, item);
        lost = lost ? FN(x, OR, lost, one) : one;
    }
    if (!lost)
        return NULL;
    struct st_rel *rel = st_rel_filter(x->arena, changed, any_gone(x));
    rel = st_rel_widen(x->arena, ST_JOIN_INNER, rel, x->base, 1, by_customer);
    return ids_of(x, st_rel_filter(x->arena, rel, lost));
}

static struct st_ir_expr *carried_movements(
    const struct increment *x, const struct aggregate_column *item)
{
    struct st_ir_expr *had = base_value(x, item), *came = value_of(x, "new", item);
    if (adds_up(item))
        return FN(x, ADD, is_wide(item) ? had : or_zero(x, had), or_zero(x, came));
    if (item->bits) { /* x | y */
        struct st_ir_expr *kept = FN(x, BIT_AND, or_zero(x, had), kept_bits(x, item));
        came = or_zero(x, came);
        return FN(x, ADD, kept, FN(x, SUB, came, FN(x, BIT_AND, kept, came)));
    }
    if (is_last_day(item))
        had = st_ir_when(x->arena, FN(x, GE, had, edge(x, item, ST_PLAN_WINDOW_FROM, true)), had,
            st_ir_null(x->arena, ST_IR_DATE));
    return item->expr->agg == ST_AGG_MAX ? FN(x, GREATEST, had, came) : FN(x, LEAST, had, came);
}

/* --- balances --- */

static struct st_ir_expr *wide_days(
    const struct increment *x, struct st_ir_expr *from, struct st_ir_expr *next)
{
    return st_ir_cast(x->arena, FN(x, DAYS_BETWEEN, from, next), ST_IR_WIDE);
}

static struct st_ir_expr *carried_balances(
    const struct increment *x, const struct aggregate_column *item)
{
    struct st_ir_expr *had = base_value(x, item);
    if (!item->closing)
        return had;
    struct st_ir_expr *closing = base_column(x, item->closing, ST_IR_WIDE);
    struct st_ir_expr *from = edge(x, item, ST_PLAN_WINDOW_FROM, false);
    struct st_ir_expr *next = edge(x, item, ST_PLAN_WINDOW_NEXT, false);
    struct st_ir_expr *grown =
        FN(x, ADD, had, FN(x, MUL, closing, wide_days(x, of_base(x, next), next)));
    return st_ir_when(x->arena, FN(x, EQ, from, of_base(x, from)), grown,
        FN(x, MUL, closing, wide_days(x, from, next)));
}

/* --- the families put together --- */

static bool names_customers(const struct st_ir_expr *e)
{
    static const char prefix[] = "customer.";
    bool found = e && e->kind == ST_IR_COLUMN && strncmp(e->name, prefix, sizeof prefix - 1) == 0;
    for (size_t i = 0; e && i < e->arg_count && !found; i++)
        found = names_customers(e->args[i]);
    return found;
}

bool metrics_need_customers(const struct st_metrics *m)
{
    bool needs = false;
    for (const struct instance *i = m->instances; i && !needs; i = i->next)
        needs = names_customers(i->value.ir);
    for (size_t i = 0; i < m->column_count && !needs; i++)
        needs = names_customers(m->extra_values[i]);
    return needs;
}

/* Rows of the base: what is carried, each column with its mark. */
static struct st_rel *base_rows(const struct increment *x)
{
    struct st_arena *a = x->arena;
    struct st_rel *rel = st_rel_scan(a, x->table, x->column_count, x->columns);
    rel = st_rel_filter(a, rel,
        FN(x, EQ, st_ir_column(a, rel, 0, "run_id"),
            st_plan_simple(a, x->m->env.params, ST_PLAN_BASE_RUN)));
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, x->column_count + 2);
    size_t count = 0;
    columns[count++] = st_rel_pass(a, rel, 0, "customer_id");
    columns[count++] = (struct st_ir_column){.name = "in:base", .expr = st_ir_int(a, 1)};
    columns[count++] =
        (struct st_ir_column){.name = "base:status", .expr = st_ir_column(a, rel, 0, "status")};
    for (int source = 0; source < ST_SOURCE_CUSTOMER; source++) {
        bool carried = is_carried(x, (enum st_metric_source)source);
        for (size_t i = 0; carried && i < x->m->aggregates[source].count; i++) {
            const struct aggregate_column *item = &x->m->aggregates[source].items[i];
            columns[count++] = (struct st_ir_column){
                .name = named(x, "base", item), .expr = st_ir_column(a, rel, 0, item->name)};
        }
    }
    return st_rel_project(a, rel, count, columns);
}

static struct st_rel *newcomers(const struct increment *x)
{
    struct st_arena *a = x->arena;
    struct st_rel *rel = st_rel_widen(a, ST_JOIN_LEFT, x->touched, x->base, 1, by_customer);
    return ids_of(x, st_rel_filter(a, rel, FN(x, IS_NULL, st_ir_column(a, rel, 0, "in:base"))));
}

/* The rows that stand, with nothing worked out: the engine knows without reading that none of their
 * sums is missing. */
static struct st_rel *standing(const struct increment *x)
{
    struct st_arena *a = x->arena;
    struct st_metric_storage storage;
    st_metrics_store_in(x->m, x->table, &storage);
    struct st_rel *rel =
        st_rel_scan(a, storage.rows, storage.row_column_count, storage.row_columns);
    return st_rel_filter(a, rel,
        FN(x, AND,
            FN(x, EQ, st_ir_column(a, rel, 0, "series"),
                st_plan_simple(a, x->m->env.params, ST_PLAN_METRIC_SERIES)),
            FN(x, EQ, st_ir_column(a, rel, 0, "until_run"), st_ir_int(a, ST_RUN_NEVER))));
}

/* Customers of whom the base has a sum that did not fit. */
static struct st_rel *too_wide(const struct increment *x, enum st_metric_source source)
{
    struct st_arena *a = x->arena;
    struct st_ir_expr *none = NULL;
    struct st_rel *from = x->how.stands ? standing(x) : x->base;
    for (size_t i = 0; i < x->m->aggregates[source].count; i++) {
        const struct aggregate_column *item = &x->m->aggregates[source].items[i];
        if (!is_wide(item))
            continue;
        const char *name = x->how.stands ? item->name : named(x, "base", item);
        struct st_ir_expr *one = FN(x, IS_NULL, st_ir_column(a, from, 0, name));
        none = none ? FN(x, OR, none, one) : one;
    }
    if (!none)
        return NULL;
    return ids_of(x, st_rel_filter(a, from, none));
}

/* Customers of whom nothing can be carried. */
static struct st_rel *to_take_again(const struct increment *x, enum st_metric_source source)
{
    struct st_arena *a = x->arena;
    struct st_metrics *m = x->m;
    struct st_rel *parts[4] = {x->newcomers}, *wide = too_wide(x, source);
    size_t count = 1;
    if (wide)
        parts[count++] = wide;
    if (source == ST_SOURCE_BALANCE) {
        parts[count++] = st_rows_balance_changes(&m->env);
    } else if (source == ST_SOURCE_ACCOUNT) {
        parts[count++] = st_rows_account_changes(&m->env);
    } else {
        struct st_rel *lost = x->how.only_came ? NULL : losers(x, x->changed);
        if (lost)
            parts[count++] = lost;
        if (m->txn_needs_holding)
            parts[count++] = st_rows_holding_changes(&m->env);
    }
    struct st_rel *all = count > 1 ? st_rel_union_all(a, count, parts) : parts[0];
    return st_rel_aggregate(a, all, 1, by_customer, 0, NULL);
}

/* The family's aggregates of those customers, taken from their rows: "again:<aggregate>", and
 * "in:<family>". */
static struct st_rel *taken_again(const struct increment *x, enum st_metric_source source)
{
    struct st_arena *a = x->arena;
    struct st_metrics *m = x->m;
    struct st_rows_env env = m->env;
    env.only = x->again[source];
    struct st_rel *rel =
        st_rel_widen(a, ST_JOIN_LEFT, env.only, metrics_grouped(m, &env, source), 1, by_customer);
    size_t items = m->aggregates[source].count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, items + 2);
    columns[0] = st_rel_pass(a, rel, 0, "customer_id");
    columns[1] = (struct st_ir_column){
        .name = st_arena_printf(a, "in:%s", st_family_of(source)->name), .expr = st_ir_int(a, 1)};
    for (size_t i = 0; i < items; i++) {
        const struct aggregate_column *item = &m->aggregates[source].items[i];
        columns[i + 2] = (struct st_ir_column){
            .name = named(x, "again", item), .expr = st_ir_column(a, rel, 0, item->name)};
    }
    return st_rel_project(a, rel, items + 2, columns);
}

/* `rel` and what the family's aggregates are made of. */
static struct st_rel *join_family(
    const struct increment *x, struct st_rel *rel, enum st_metric_source source)
{
    struct st_metrics *m = x->m;
    if (!is_carried(x, source))
        return st_rel_widen(
            x->arena, ST_JOIN_LEFT, rel, metrics_grouped(m, &m->env, source), 1, by_customer);
    if (source == ST_SOURCE_TXN)
        rel = st_rel_widen(x->arena, ST_JOIN_LEFT, rel, x->changed, 1, by_customer);
    return st_rel_widen(x->arena, ST_JOIN_LEFT, rel, taken_again(x, source), 1, by_customer);
}

static struct st_ir_expr *current(
    const struct increment *x, enum st_metric_source source, const struct aggregate_column *item)
{
    if (!is_carried(x, source))
        return st_ir_column_named(x->arena, 0, item->name, item->expr->type);
    const char *mark = st_arena_printf(x->arena, "in:%s", st_family_of(source)->name);
    struct st_ir_expr *again = st_ir_column_named(x->arena, 0, mark, ST_IR_BIGINT);
    struct st_ir_expr *carried = source == ST_SOURCE_TXN       ? carried_movements(x, item)
                                 : source == ST_SOURCE_BALANCE ? carried_balances(x, item)
                                                               : base_value(x, item);
    return st_ir_when(x->arena, FN(x, IS_NOT_NULL, again), value_of(x, "again", item), carried);
}

/* `rel` with customer_id, status and what the base left. */
static struct st_rel *with_status(const struct increment *x, struct st_rel *rel, const char *status)
{
    struct st_arena *a = x->arena;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, x->base->column_count);
    size_t count = 0;
    for (size_t i = 0; i < x->base->column_count; i++)
        if (strcmp(x->base->columns[i].name, "base:status") != 0)
            columns[count++] = st_rel_pass(a, rel, 0, x->base->columns[i].name);
    columns[count++] =
        (struct st_ir_column){.name = "status", .expr = st_ir_column(a, rel, 0, status)};
    return st_rel_project(a, rel, count, columns);
}

/* Of `ids`, who is here (status is NULL of who is not) or was in the base. */
static struct st_rel *present_of(const struct increment *x, struct st_rel *ids)
{
    struct st_arena *a = x->arena;
    struct st_rel *is =
        st_rel_widen(a, ST_JOIN_INNER, metrics_customers(x->m), ids, 1, by_customer);
    struct st_rel *rel = st_rel_widen(a, ST_JOIN_LEFT, ids, is, 1, by_customer);
    rel = st_rel_widen(a, ST_JOIN_LEFT, rel, x->base, 1, by_customer);
    struct st_ir_expr *here = FN(x, IS_NOT_NULL, st_ir_column(a, rel, 0, "status"));
    struct st_ir_expr *there = FN(x, IS_NOT_NULL, st_ir_column(a, rel, 0, "in:base"));
    return st_rel_filter(a, rel, FN(x, OR, here, there));
}

/* Who is here, beside what the base left. Where no metric looks at customers' own columns, the base
 * tells who is here but for those who were touched: a join of all customers less. */
static struct st_rel *present(const struct increment *x)
{
    struct st_arena *a = x->arena;
    struct st_rel *customers = metrics_customers(x->m);
    if (metrics_need_customers(x->m))
        return x->how.stands ? present_of(x, st_metrics_run_customers(x->m))
                             : st_rel_widen(a, ST_JOIN_LEFT, customers, x->base, 1, by_customer);
    struct st_ir_column columns[] = {
        st_rel_pass(a, x->touched, 0, "customer_id"), {.name = "touched", .expr = st_ir_int(a, 1)}};
    struct st_rel *marked = st_rel_project(a, x->touched, ST_COUNT(columns), columns);
    struct st_rel *steady = st_rel_widen(a, ST_JOIN_LEFT, x->base, marked, 1, by_customer);
    steady = st_rel_filter(a, steady, FN(x, IS_NULL, st_ir_column(a, steady, 0, "touched")));
    struct st_rel *others = st_rel_widen(a, ST_JOIN_INNER, customers, x->touched, 1, by_customer);
    others = x->how.stands ? present_of(x, x->touched)
                           : st_rel_widen(a, ST_JOIN_LEFT, others, x->base, 1, by_customer);
    struct st_rel *parts[] = {
        with_status(x, steady, "base:status"), with_status(x, others, "status")};
    return st_rel_union_all(a, ST_COUNT(parts), parts);
}

/* Customers of whom anything may be other than in the base, each once, with the run's number. */
static struct st_rel *affected(const struct increment *x)
{
    struct st_arena *a = x->arena;
    struct st_metrics *m = x->m;
    struct st_rel *parts[10] = {ids_of(x, st_rows_customer_changes(&m->env))}, *wide;
    size_t count = 1;
    for (int source = 0; source < ST_SOURCE_CUSTOMER; source++)
        if (is_carried(x, (enum st_metric_source)source) &&
            (wide = too_wide(x, (enum st_metric_source)source)))
            parts[count++] = wide;
    if (is_carried(x, ST_SOURCE_BALANCE))
        parts[count++] = ids_of(x, st_rows_balance_changes(&m->env));
    if (is_carried(x, ST_SOURCE_TXN))
        parts[count++] = ids_of(x, st_rows_txn_changes(&m->env, m->txn_needs_holding));
    if (is_carried(x, ST_SOURCE_TXN) && m->txn_needs_holding)
        parts[count++] = ids_of(x, st_rows_holding_changes(&m->env));
    if (is_carried(x, ST_SOURCE_ACCOUNT))
        parts[count++] = ids_of(x, st_rows_account_changes(&m->env));
    struct st_rel *all = count > 1 ? st_rel_union_all(a, count, parts) : parts[0];
    all = st_rel_aggregate(a, all, 1, by_customer, 0, NULL);
    const struct st_ir_column columns[] = {
        {.name = "run_id", .expr = st_plan_simple(a, m->env.params, ST_PLAN_RUN_ID)},
        st_rel_pass(a, all, 0, "customer_id")};
    return st_rel_project(a, all, ST_COUNT(columns), columns);
}

struct st_rel *st_metrics_run_customers(struct st_metrics *m)
{
    static const struct st_ir_column columns[] = {
        {.name = "run_id", .type = ST_IR_BIGINT}, {.name = "customer_id", .type = ST_IR_BIGINT}};
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = st_rel_scan(a, "run_customer", ST_COUNT(columns), columns);
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"),
            st_plan_simple(a, m->env.params, ST_PLAN_RUN_ID)));
    struct st_ir_column id = st_rel_pass(a, rel, 0, "customer_id");
    return st_rel_project(a, rel, 1, &id);
}

/* Parameters that tell which days are read come first. */
static void name_kept_bits(const struct increment *x)
{
    for (size_t i = 0; i < x->m->aggregates[ST_SOURCE_TXN].count; i++)
        if (x->m->aggregates[ST_SOURCE_TXN].items[i].bits)
            (void)kept_bits(x, &x->m->aggregates[ST_SOURCE_TXN].items[i]);
}

static void read_changes(struct increment *x)
{
    struct st_metrics *m = x->m;
    name_kept_bits(x);
    x->base = base_rows(x);
    if (x->how.stands)
        x->base = st_rel_widen(
            x->arena, ST_JOIN_INNER, x->base, st_metrics_run_customers(m), 1, by_customer);
    x->touched =
        st_rel_aggregate(x->arena, st_rows_customer_changes(&m->env), 1, by_customer, 0, NULL);
    x->newcomers = newcomers(x);
    if (is_carried(x, ST_SOURCE_TXN))
        x->changed = changes(x);
    for (int source = 0; source < ST_SOURCE_CUSTOMER; source++)
        if (is_carried(x, (enum st_metric_source)source))
            x->again[source] = to_take_again(x, (enum st_metric_source)source);
}

struct st_rel *st_metrics_affected(struct st_metrics *m, const char *table,
    const struct st_ir_column *columns, size_t column_count, struct st_onward how)
{
    struct increment x = {.m = m,
        .arena = arena_of(m),
        .table = table,
        .columns = columns,
        .column_count = column_count,
        .how = how};
    name_kept_bits(&x);
    x.base = base_rows(&x);
    return affected(&x);
}

struct st_rel *st_metrics_increment(struct st_metrics *m, const char *table,
    const struct st_ir_column *columns, size_t column_count, struct st_onward how)
{
    struct increment at = {.m = m,
        .arena = arena_of(m),
        .table = table,
        .columns = columns,
        .column_count = column_count,
        .how = how};
    const struct increment *x = &at;
    read_changes(&at);
    struct st_rel *here = present(x), *rel = here;
    size_t total = here->column_count;
    for (int source = ST_SOURCE_BALANCE; source < ST_SOURCE_CUSTOMER; source++)
        if (m->aggregates[source].count) {
            rel = join_family(x, rel, (enum st_metric_source)source);
            total += m->aggregates[source].count;
        }
    struct st_ir_column *out = st_arena_array(x->arena, struct st_ir_column, total);
    size_t count = 0;
    for (size_t i = 0; i < here->column_count; i++)
        if (!st_rel_column(x->base, here->columns[i].name) ||
            strcmp(here->columns[i].name, "customer_id") == 0)
            out[count++] = st_rel_pass(x->arena, rel, 0, here->columns[i].name);
    for (int source = ST_SOURCE_BALANCE; source < ST_SOURCE_CUSTOMER; source++)
        for (size_t i = 0; i < m->aggregates[source].count; i++) {
            const struct aggregate_column *item = &m->aggregates[source].items[i];
            out[count++] = (struct st_ir_column){
                .name = item->name, .expr = current(x, (enum st_metric_source)source, item)};
        }
    rel = st_rel_project(x->arena, rel, count, out);
    struct st_ir_expr *until = NULL;
    if (how.stands)
        until = st_ir_when(x->arena, FN(x, IS_NULL, st_ir_column(x->arena, rel, 0, "status")),
            st_plan_simple(x->arena, m->env.params, ST_PLAN_RUN_ID),
            st_ir_int(x->arena, ST_RUN_NEVER));
    return metrics_over(m, rel, until);
}
