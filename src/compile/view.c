/* How rows that stand for several runs are read: the view that everybody reads, and what a run that
 * writes only changes compares.
 *
 * A value that follows from the day is spelled out over the row's sums and a run's days. Sums are
 * BIGINTs in the row and wide in a plan; nearly all of them, multiplied by days, still fit 64 bits,
 * and are worked out there. */
#include "compile/internal.h"

#include "ir/narrow.h"

#include <string.h>

#define FN(m, fn, ...) st_ir_fn(arena_of(m), ST_FN_##fn, __VA_ARGS__)

/* Where a parameter's value on the day is found. */
typedef struct st_ir_expr *day_fn(struct st_metrics *m, struct st_ir_expr *param);

struct reading {
    struct st_metrics *m;
    const struct st_rel *rel; /* the rows, beside their runs where `day` needs them */
    day_fn *day;
    bool narrow; /* sums are known to fit */
};

static struct st_ir_expr *wide(struct st_arena *a, struct st_ir_expr *e)
{
    return st_ir_cast(a, e, ST_IR_WIDE);
}

/* --- one value --- */

/* A sum as plans have it. */
static struct st_ir_expr *sum_of(const struct reading *r, const struct aggregate_column *item)
{
    struct st_metrics *m = r->m;
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *kept = st_ir_column(a, r->rel, 0, item->name);
    if (item->expr->type != ST_IR_WIDE)
        return kept;
    if (!m->stands || !item->closing)
        return wide(a, kept);
    struct st_ir_expr *closing = st_ir_column(a, r->rel, 0, item->closing);
    struct st_ir_expr *days = r->day(m, metrics_days(m, item));
    return r->narrow ? wide(a, FN(m, ADD, kept, FN(m, MUL, closing, days)))
                     : FN(m, ADD, wide(a, kept), FN(m, MUL, wide(a, closing), wide(a, days)));
}

static struct st_ir_expr *within(struct st_metrics *m, struct st_ir_expr *e, int64_t most)
{
    struct st_arena *a = arena_of(m);
    return FN(m, AND, FN(m, GE, e, st_ir_int(a, -most)), FN(m, LE, e, st_ir_int(a, most)));
}

/* The sum is known; with `narrow`, so small that its days fit. */
static struct st_ir_expr *has_sum(const struct reading *r, const struct aggregate_column *item)
{
    static const int64_t kept_most = INT64_C(1) << 60;
    static const int64_t closing_most = INT64_C(1)
                                        << 42; /* the calendar has fewer than 2^18 days */
    struct st_metrics *m = r->m;
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *kept = st_ir_column(a, r->rel, 0, item->name);
    if (!item->closing)
        return FN(m, IS_NOT_NULL, kept);
    struct st_ir_expr *closing = st_ir_column(a, r->rel, 0, item->closing);
    return r->narrow ? FN(m, AND, within(m, kept, kept_most), within(m, closing, closing_most))
                     : FN(m, AND, FN(m, IS_NOT_NULL, kept), FN(m, IS_NOT_NULL, closing));
}

/* The wide sums that a value is made of are there: NULL when it is made of none. */
static struct st_ir_expr *has_sums(const struct reading *r, const struct st_ir_expr *e)
{
    struct st_ir_expr *all = NULL;
    if (!e)
        return NULL;
    if (e->kind == ST_IR_COLUMN) {
        const struct instance *instance = metrics_instance(r->m, e->name);
        const struct aggregate_column *item = metrics_aggregate(r->m, e->name);
        if (instance)
            return instance->derived ? has_sums(r, instance->value.ir) : NULL;
        return item && item->expr->type == ST_IR_WIDE ? has_sum(r, item) : NULL;
    }
    for (size_t i = 0; i < e->arg_count; i++) {
        struct st_ir_expr *one = has_sums(r, e->args[i]);
        if (!st_ir_equal(all, one))
            all = st_ir_and(arena_of(r->m), all, one);
    }
    return all;
}

/* A value over the row and the day: what it builds on stands in its place, so that an engine works
 * it out for the rows that need it alone. */
static struct st_ir_expr *spelled_out(const void *context, struct st_ir_expr *e)
{
    const struct reading *r = context;
    if (!e)
        return NULL;
    if (e->kind == ST_IR_COLUMN) {
        const struct instance *instance = metrics_instance(r->m, e->name);
        const struct aggregate_column *item = metrics_aggregate(r->m, e->name);
        if (instance && instance->derived)
            return spelled_out(r, instance->value.ir);
        return item ? sum_of(r, item) : e;
    }
    return e->kind == ST_IR_PARAM ? r->day(r->m, e)
                                  : st_ir_with_args(arena_of(r->m), e, spelled_out, r);
}

static bool is_derived(const struct st_metrics *m, size_t column)
{
    return m->stands && metrics_is_timed(m, metrics_value(m, column));
}

bool st_metrics_is_derived(const struct st_metrics *m, const char *column)
{
    for (size_t i = 0; i < m->column_count; i++)
        if (strcmp(m->columns[i].name, column) == 0)
            return is_derived(m, i);
    return false;
}

/* A value worked out where the row stands (NULL: each does); that of the row where its own run
 * wrote it, or a sum is missing. */
static struct st_ir_expr *value_of(
    const struct reading *r, size_t column, struct st_ir_expr *stands)
{
    struct st_arena *a = arena_of(r->m);
    struct st_ir_expr *value = metrics_value(r->m, column);
    struct st_ir_expr *stored = st_ir_column(a, r->rel, 0, r->m->columns[column].name);
    struct reading narrow = *r;
    narrow.narrow = true;
    struct st_ir_expr *known = has_sums(r, value), *fit = has_sums(&narrow, value);
    struct st_ir_expr *spelled = spelled_out(r, value);
    if (!stands && !known)
        return spelled;
    known = st_ir_and(a, stands, known);
    if (st_ir_equal(known, st_ir_and(a, stands, fit)))
        return st_ir_when(a, known, spelled, stored);
    return st_ir_when(a, st_ir_and(a, stands, fit), st_ir_narrow(a, spelled_out(&narrow, value)),
        known, spelled, stored);
}

/* --- the view --- */

/* Rows beside the runs they stand for; the row's own run is `from_run`. */
static struct st_rel *standing_rows(struct st_metrics *m, const struct st_metric_storage *s)
{
    static const char *const by_series[] = {"series"};
    struct st_arena *a = arena_of(m);
    struct st_rel *rows = st_rel_scan(a, s->rows, s->row_column_count, s->row_columns);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, s->row_column_count);
    for (size_t i = 0; i < s->row_column_count; i++)
        columns[i] = st_rel_pass(a, rows, 0, s->row_columns[i].name);
    columns[1].name = "from_run";
    rows = st_rel_project(a, rows, s->row_column_count, columns);
    struct st_rel *runs = st_rel_scan(a, s->runs, s->run_column_count, s->run_columns);
    struct st_rel *rel = st_rel_widen(a, ST_JOIN_INNER, runs, rows, 1, by_series);
    struct st_ir_expr *run_id = st_ir_column(a, rel, 0, "run_id");
    return st_rel_filter(a, rel,
        FN(m, AND, FN(m, LE, st_ir_column(a, rel, 0, "from_run"), run_id),
            FN(m, GT, st_ir_column(a, rel, 0, "until_run"), run_id)));
}

struct st_rel *metrics_view(struct st_metrics *m, const struct st_metric_storage *s)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = standing_rows(m, s);
    const struct reading r = {.m = m, .rel = rel, .day = metrics_of_run};
    struct st_ir_expr *stands = FN(m, AND,
        FN(m, LT, st_ir_column(a, rel, 0, "from_run"), st_ir_column(a, rel, 0, "run_id")),
        st_ir_column(a, rel, 0, "derives"));
    const struct aggregate_column **sums =
        st_arena_array(a, const struct aggregate_column *, metrics_sums(m, NULL));
    size_t count = 0, metrics = METRICS_FIXED_COLUMNS + m->column_count;
    struct st_ir_column *columns = st_metrics_table_columns(m, &count);
    metrics_sums(m, sums);
    for (size_t i = 0; i < count; i++) {
        size_t metric = i - METRICS_FIXED_COLUMNS;
        columns[i].expr = i >= metrics ? sum_of(&r, sums[i - metrics])
                          : i >= METRICS_FIXED_COLUMNS && is_derived(m, metric)
                              ? value_of(&r, metric, stands)
                              : st_ir_column(a, rel, 0, columns[i].name);
    }
    return st_rel_project(a, rel, count, columns);
}

/* --- this run beside its base --- */

static struct st_ir_expr *of_this(struct st_metrics *m, struct st_ir_expr *param)
{
    (void)m;
    return param;
}

static struct st_ir_expr *of_base(struct st_metrics *m, struct st_ir_expr *param)
{
    return st_plan_of_base(arena_of(m), m->env.params, param);
}

static struct st_ir_expr *simple(struct st_metrics *m, enum st_plan_param_kind kind)
{
    return st_plan_simple(arena_of(m), m->env.params, kind);
}

/* The column as read; `name` is one of the view's, not a sum. */
static struct st_ir_expr *column_of(
    const struct reading *r, const char *name, struct st_ir_expr *stands)
{
    for (size_t i = 0; i < r->m->column_count; i++)
        if (strcmp(r->m->columns[i].name, name) == 0 && is_derived(r->m, i))
            return value_of(r, i, stands);
    return st_ir_column(arena_of(r->m), r->rel, 0, name);
}

const char *st_metrics_was(struct st_arena *a, const char *column)
{
    return st_arena_printf(a, "was:%s", column);
}

/* Rows of the series that begin and end as `condition` says. */
static struct st_rel *rows_of(struct st_metrics *m, const struct st_metric_storage *s,
    enum st_ir_fn begin, enum st_plan_param_kind begin_run, enum st_ir_fn end)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = st_rel_scan(a, s->rows, s->row_column_count, s->row_columns);
    struct st_ir_expr *in_series =
        FN(m, EQ, st_ir_column(a, rel, 0, "series"), simple(m, ST_PLAN_METRIC_SERIES));
    struct st_ir_expr *begins =
        st_ir_fn(a, begin, st_ir_column(a, rel, 0, "run_id"), simple(m, begin_run));
    struct st_ir_expr *ends =
        st_ir_fn(a, end, st_ir_column(a, rel, 0, "until_run"), simple(m, ST_PLAN_RUN_ID));
    return st_rel_filter(a, rel, FN(m, AND, in_series, begins, ends));
}

/* What rows say of `names`, as themselves or as "was:…"; `stands` as value_of has it. */
static void add_read(const struct reading *r, const struct st_column_names *names, bool was,
    struct st_ir_expr *stands, struct st_ir_column *columns, size_t *count)
{
    for (size_t i = 0; i < names->count; i++) {
        const char *name = names->items[i];
        columns[(*count)++] =
            (struct st_ir_column){.name = was ? st_metrics_was(arena_of(r->m), name) : name,
                .expr = column_of(r, name, stands)};
    }
}

/* in:base, and what the base read of rows that stood for it. */
static void add_base(struct st_metrics *m, const struct st_rel *rel,
    const struct st_column_names *names, struct st_ir_column *columns, size_t *count)
{
    struct st_arena *a = arena_of(m);
    const struct reading then = {.m = m, .rel = rel, .day = of_base};
    struct st_ir_expr *stood =
        FN(m, LT, st_ir_column(a, rel, 0, "run_id"), simple(m, ST_PLAN_BASE_RUN));
    columns[(*count)++] = (struct st_ir_column){.name = "in:base", .expr = st_ir_bool(a, true)};
    add_read(&then, names, true, stood, columns, count);
}

enum { PAIR_FIXED = 3 }; /* run_id, customer_id, in:base */

static struct st_ir_column *pair_columns(struct st_metrics *m, const struct st_column_names *names)
{
    return st_arena_array(arena_of(m), struct st_ir_column, PAIR_FIXED + 2 * names->count);
}

/* Rows that stand for both runs. */
static struct st_rel *standing_pairs(
    struct st_metrics *m, const struct st_metric_storage *s, const struct st_column_names *names)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = rows_of(m, s, ST_FN_LE, ST_PLAN_BASE_RUN, ST_FN_GT);
    const struct reading now = {.m = m, .rel = rel, .day = of_this};
    struct st_ir_column *columns = pair_columns(m, names);
    size_t n = 0;
    columns[n++] = (struct st_ir_column){.name = "run_id", .expr = simple(m, ST_PLAN_RUN_ID)};
    columns[n++] = st_rel_pass(a, rel, 0, "customer_id");
    add_read(&now, names, false, NULL, columns, &n);
    add_base(m, rel, names, columns, &n);
    return st_rel_project(a, rel, n, columns);
}

/* Rows that this run ended, as its base read them. */
static struct st_rel *ended_rows(
    struct st_metrics *m, const struct st_metric_storage *s, const struct st_column_names *names)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = rows_of(m, s, ST_FN_LE, ST_PLAN_BASE_RUN, ST_FN_EQ);
    struct st_ir_column *columns = pair_columns(m, names);
    size_t n = 0;
    columns[n++] = st_rel_pass(a, rel, 0, "customer_id");
    add_base(m, rel, names, columns, &n);
    return st_rel_project(a, rel, n, columns);
}

/* Rows that this run wrote, beside those that it ended. */
static struct st_rel *written_pairs(
    struct st_metrics *m, const struct st_metric_storage *s, const struct st_column_names *names)
{
    static const char *const by_customer[] = {"customer_id"};
    struct st_arena *a = arena_of(m);
    struct st_rel *rel = rows_of(m, s, ST_FN_EQ, ST_PLAN_RUN_ID, ST_FN_GT);
    struct st_ir_column *columns = pair_columns(m, names);
    size_t n = 0;
    columns[n++] = st_rel_pass(a, rel, 0, "run_id");
    columns[n++] = st_rel_pass(a, rel, 0, "customer_id");
    for (size_t i = 0; i < names->count; i++)
        columns[n++] = st_rel_pass(a, rel, 0, names->items[i]);
    return st_rel_widen(a, ST_JOIN_LEFT, st_rel_project(a, rel, n, columns),
        ended_rows(m, s, names), 1, by_customer);
}

struct st_rel *st_metrics_pairs(struct st_metrics *m, const struct st_metric_storage *s,
    const struct st_column_names *names, bool standing)
{
    struct st_rel *written = written_pairs(m, s, names);
    return standing ? st_rel_union_all(
                          arena_of(m), 2, (struct st_rel *[]){standing_pairs(m, s, names), written})
                    : written;
}
