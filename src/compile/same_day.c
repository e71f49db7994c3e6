/* Metrics of a day that another policy has run: whose rows hold who is there, and what stands on
 * their accounts at the end of the day.
 *
 * A sum over days of an account on which nothing moved is its last balance times the days, and the
 * run kept the sum of those. So only accounts that moved within the windows are read: what their
 * days add up to comes in, their last balances times the days go out. */
#include "compile/internal.h"

#include <string.h>

static const char *const by_customer[] = {"customer_id"};

static struct st_ir_expr *wide(struct st_arena *a, struct st_ir_expr *e)
{
    return st_ir_cast(a, e, ST_IR_WIDE);
}

/* The base's column with what stands on the day of the amounts that `item` sums; NULL: none. Of a
 * window that ended before it the base kept what stood then. */
static const char *closing_of(const struct st_metrics *base, const struct aggregate_column *item)
{
    for (size_t i = 0; i < base->aggregates[ST_SOURCE_BALANCE].count; i++) {
        const struct aggregate_column *had = &base->aggregates[ST_SOURCE_BALANCE].items[i];
        bool today = had->closing && had->shift == 0 && had->window->kind != ST_WINDOW_PREVIOUS;
        if (today && st_ir_equal(had->daily, item->daily) && st_ir_equal(had->where, item->where))
            return had->closing;
    }
    return NULL;
}

bool st_metrics_can_move(const struct st_metrics *m, const struct st_metrics *base)
{
    bool can = !m->env.foreign && !base->env.foreign && m->aggregates[ST_SOURCE_BALANCE].count > 0;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_BALANCE].count && can; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        can = item->daily && closing_of(base, item);
    }
    return can && metrics_carry(m, ST_SOURCE_BALANCE);
}

bool st_metrics_can_stand(const struct st_metrics *m)
{
    return m->env.policy->entity == ST_ENTITY_CUSTOMER && !metrics_need_customers(m);
}

static struct st_rel *base_scan(struct st_metrics *m, const struct st_metrics_base *base)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = st_rel_scan(a, base->table, base->column_count, base->columns);
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"),
            st_plan_simple(a, m->env.params, ST_PLAN_RUN_ID)));
}

struct st_rel *st_metrics_unfit(struct st_metrics *m, const struct st_metrics_base *base)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = base_scan(m, base);
    struct st_ir_expr *none = NULL;
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_BALANCE].count; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        if (!item->daily)
            continue;
        struct st_ir_expr *one =
            st_ir_fn(a, ST_FN_IS_NULL, st_ir_column(a, rel, 0, closing_of(base->metrics, item)));
        none = none ? st_ir_fn(a, ST_FN_OR, none, one) : one;
    }
    const struct st_ir_column count = {
        .name = "unfit", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, none)};
    return st_rel_aggregate(a, rel, 0, NULL, 1, &count);
}

/* Who is there, beside what stands on their accounts as "base:<aggregate of the closing>". */
static struct st_rel *base_rows(
    struct st_metrics *m, const struct st_metrics_base *base, bool moved)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = base_scan(m, base);
    size_t items = moved ? m->aggregates[ST_SOURCE_BALANCE].count : 0, n = 0;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, items + 2);
    columns[n++] = st_rel_pass(a, rel, 0, "customer_id");
    columns[n++] = st_rel_pass(a, rel, 0, "status");
    for (size_t i = 0; i < items; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        if (item->daily && item->closing)
            columns[n++] = (struct st_ir_column){.name = st_arena_printf(a, "base:%s", item->name),
                .expr = st_ir_column(a, rel, 0, closing_of(base->metrics, item))};
    }
    return st_rel_project(a, rel, n, columns);
}

/* What the base's last balances make of the window, with what moved instead of its own share. */
static struct st_ir_expr *moved_sum(struct st_metrics *m, const struct aggregate_column *item)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *zero = st_ir_wide(a, 0);
    struct st_ir_expr *had =
        st_ir_column_named(a, 0, st_arena_printf(a, "base:%s", item->name), ST_IR_WIDE);
    struct st_ir_expr *days = wide(a,
        st_ir_fn(a, ST_FN_DAYS_BETWEEN,
            st_plan_window(a, m->env.params, ST_PLAN_WINDOW_FROM, item->window, item->shift, false),
            st_plan_window(
                a, m->env.params, ST_PLAN_WINDOW_NEXT, item->window, item->shift, false)));
    struct st_ir_expr *moved =
        st_ir_fn(a, ST_FN_COALESCE, st_ir_column_named(a, 0, item->name, ST_IR_WIDE), zero);
    struct st_ir_expr *last =
        st_ir_fn(a, ST_FN_COALESCE, st_ir_column_named(a, 0, item->closing, ST_IR_WIDE), zero);
    struct st_ir_expr *steady = st_ir_fn(a, ST_FN_MUL, st_ir_fn(a, ST_FN_SUB, had, last), days);
    return st_ir_fn(a, ST_FN_ADD, steady, moved);
}

/* `rel` with the sums of the accounts that moved, as the sums of all. */
static struct st_rel *all_sums(struct st_metrics *m, struct st_rel *rel)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, rel->column_count);
    for (size_t i = 0; i < rel->column_count; i++)
        columns[i] = st_rel_pass(a, rel, 0, rel->columns[i].name);
    for (size_t i = 0; i < m->aggregates[ST_SOURCE_BALANCE].count; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        for (size_t k = 0; k < rel->column_count && item->daily && item->closing; k++)
            if (strcmp(columns[k].name, item->name) == 0)
                columns[k].expr = moved_sum(m, item);
    }
    return st_rel_project(a, rel, rel->column_count, columns);
}

struct st_rel *st_metrics_same_day(
    struct st_metrics *m, const struct st_metrics_base *base, bool moved)
{
    static const struct st_window until_today = {.kind = ST_WINDOW_ALL};
    struct st_rows_env env = m->env;
    size_t items = m->aggregates[ST_SOURCE_BALANCE].count;
    env.moved = moved;
    for (size_t i = 0; i < items && moved; i++)
        metrics_add_closing(m, i, &until_today, 0);
    struct st_rel *rel = base_rows(m, base, moved);
    for (int source = ST_SOURCE_BALANCE; source <= ST_SOURCE_CUSTOMER; source++)
        if (m->aggregates[source].count)
            rel = st_rel_widen(arena_of(m), ST_JOIN_LEFT, rel,
                metrics_grouped(m, &env, (enum st_metric_source)source), 1, by_customer);
    return metrics_over(m, moved ? all_sums(m, rel) : rel, NULL);
}
