#include "report/internal.h"

static struct st_ir_column column(const char *name, enum st_ir_type type)
{
    return (struct st_ir_column){.name = name, .type = type};
}

static struct st_ir_expr *equals(
    struct st_arena *a, const struct st_rel *rel, const char *name, struct st_ir_expr *value)
{
    return st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, name), value);
}

/* Rated customers' tiers of the scheme in this run. */
static struct st_rel *states(struct st_arena *a, const char *scheme)
{
    const struct st_ir_column columns[] = {column("run_id", ST_IR_BIGINT),
        column("scheme", ST_IR_TEXT), column("customer_id", ST_IR_BIGINT),
        column("status", ST_IR_BIGINT), column("tier", ST_IR_BIGINT), column("rule", ST_IR_BIGINT),
        column("score", ST_IR_BIGINT)};
    struct st_rel *rel = st_rel_scan(a, "tier_state", ST_COUNT(columns), columns);
    const char *name = st_arena_printf(a, "scheme:%s", scheme);
    struct st_ir_expr *rated =
        st_ir_fn(a, ST_FN_AND, equals(a, rel, "run_id", st_ir_param(a, "run_id", ST_IR_BIGINT)),
            equals(a, rel, "scheme", st_ir_param(a, name, ST_IR_TEXT)),
            equals(a, rel, "status", st_ir_int(a, ST_STATUS_RATED)));
    rel = st_rel_filter(a, rel, rated);
    const struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"),
        st_rel_pass(a, rel, 0, "tier"), st_rel_pass(a, rel, 0, "rule"),
        st_rel_pass(a, rel, 0, "score")};
    return st_rel_project(a, rel, ST_COUNT(kept), kept);
}

/* The rows of every run that shares the table. */
static struct st_rel *metric_rows(struct st_arena *a, const struct st_report_run *run)
{
    const struct st_compiled *c = run->compiled;
    return st_rel_scan(a, run->metric_table, c->table_column_count, c->table_columns);
}

/* Every customer's measure and value. */
static struct st_rel *values(
    struct st_arena *a, const struct st_report_run *run, struct st_ir_expr *value)
{
    struct st_rel *rel = metric_rows(a, run);
    rel = st_rel_filter(a, rel, equals(a, rel, "run_id", st_ir_param(a, "run_id", ST_IR_BIGINT)));
    struct st_ir_expr *none = st_ir_null(a, ST_IR_BIGINT);
    const struct st_ir_column kept[] = {st_rel_pass(a, rel, 0, "customer_id"),
        {.name = "measure",
            .expr = run->measure ? st_ir_column(a, rel, 0, run->measure->name) : none},
        {.name = "value", .expr = value ? st_ir_cast(a, value, ST_IR_BIGINT) : none}};
    return st_rel_project(a, rel, ST_COUNT(kept), kept);
}

struct st_rel *st_report_population(struct st_arena *a, const struct st_report_run *run)
{
    struct st_rel *rel = metric_rows(a, run);
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_AND, equals(a, rel, "run_id", st_ir_param(a, "run_id", ST_IR_BIGINT)),
            equals(a, rel, "status", st_ir_int(a, ST_STATUS_RATED)),
            st_ir_fn(a, ST_FN_IS_NOT_NULL, st_ir_column(a, rel, 0, run->measure->name))));
    const struct st_ir_column amount = {.name = "amount",
        .expr = st_ir_fn(
            a, ST_FN_GREATEST, st_ir_column(a, rel, 0, run->measure->name), st_ir_int(a, 0))};
    return st_rel_project(a, rel, 1, &amount);
}

struct st_rel *st_report_totals(struct st_arena *a, const struct st_report_run *run)
{
    static const char *const by_run[] = {"run_id"};
    struct st_rel *rel = metric_rows(a, run);
    rel = st_rel_filter(a, rel, equals(a, rel, "status", st_ir_int(a, ST_STATUS_RATED)));
    const struct st_ir_column columns[] = {
        {.name = "customers", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)},
        {.name = "amount",
            .expr = st_ir_aggregate(a, ST_AGG_SUM,
                run->measure ? st_ir_column(a, rel, 0, run->measure->name)
                             : st_ir_null(a, ST_IR_BIGINT),
                NULL)}};
    return st_rel_aggregate(a, rel, 1, by_run, ST_COUNT(columns), columns);
}

struct st_rel *st_report_rows(struct st_arena *a, const struct st_report_run *run,
    const char *scheme, struct st_ir_expr *value, bool score)
{
    static const char *const by_customer[] = {"customer_id"};
    struct st_rel *left = states(a, scheme), *right = values(a, run, value);
    const struct st_ir_column columns[] = {st_rel_pass(a, left, 0, "tier"),
        st_rel_pass(a, left, 0, "rule"), st_rel_pass(a, right, 1, "measure"),
        {.name = "value",
            .expr =
                score ? st_ir_column(a, left, 0, "score") : st_ir_column(a, right, 1, "value")}};
    return st_rel_join(a, ST_JOIN_INNER, left, right, 1, by_customer, ST_COUNT(columns), columns);
}
