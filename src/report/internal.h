/* Shared by the files of src/report. */
#ifndef ST_REPORT_INTERNAL_H
#define ST_REPORT_INTERNAL_H

#include "base/vec.h"
#include "report/report.h"
#include "store/sql_files.h"

enum { ST_REPORT_PERIODS = 36 }; /* how far back trends look */

/* --- query.c --- */

/* A result, row by row, in the arena. */
struct st_report_table {
    size_t rows, columns;
    struct st_ir_value *cells;
};

static inline const struct st_ir_value *st_report_cell(
    const struct st_report_table *t, size_t row, size_t column)
{
    return &t->cells[row * t->columns + column];
}
static inline int64_t st_report_int(const struct st_report_table *t, size_t row, size_t column)
{
    return (int64_t)st_report_cell(t, row, column)->number; /* 0 for NULL */
}

ST_MUST_CHECK st_code st_report_fetch(struct st_store *store, struct st_arena *arena,
    const char *sql, const struct st_bind *binds, size_t bind_count, struct st_report_table *out,
    struct st_error *err);

/* One published run of the day and its schemes. */
struct st_report_run {
    int64_t run_id, watermark, customers;
    int64_t version; /* of the policy; 0: none */
    st_date as_of;
    const char *policy_hash, *policy, *metric_table, *started_at, *finished_at;
    const char **schemes; /* published by it */
    size_t scheme_count;
    struct st_compiled *compiled;
    struct st_report_table bounds;          /* name, value */
    const struct st_metric_column *measure; /* NULL: none */
};

/* A plan's query for a run: its parameters are bound by what they mean. */
ST_MUST_CHECK st_code st_report_query(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, struct st_rel *rel, struct st_report_table *out,
    struct st_error *err);

/* --- rows.c: what the queries of a scheme read --- */

/* Rated customers of a scheme: tier, rule, measure and value, BIGINT; NULL where there is none.
 * `value` is an expression over the metric table; `score`: the method's score instead. */
struct st_rel *st_report_rows(struct st_arena *a, const struct st_report_run *run,
    const char *scheme, struct st_ir_expr *value, bool score);

/* The measure of every customer whom the run's population rates, as "amount": 0 for what is not
 * positive. The run has a measure. */
struct st_rel *st_report_population(struct st_arena *a, const struct st_report_run *run);

/* Of every run that shares the metric table: run_id, customers whom the population rates, and the
 * measure's sum as "amount". */
struct st_rel *st_report_totals(struct st_arena *a, const struct st_report_run *run);

/* --- json --- */

/* "1234.50", or null. A sum beyond 64 bits is null too: no amount of money is. */
json_t *st_report_amount(const struct st_ir_value *value, int scale);
json_t *st_report_title(const struct st_text *title);
json_t *st_report_date(const struct st_ir_value *value);

/* [from, to, customers] by position of the tier; −1: not rated there. */
json_t *st_report_flow(const struct st_scheme *scheme, const struct st_flow *cells, size_t count);

/* --- sections --- */

ST_MUST_CHECK st_code st_report_scheme(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, const char *name, json_t **out, struct st_error *err);
ST_MUST_CHECK st_code st_report_distribution(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, const struct st_scheme *scheme,
    const struct st_method_view *view, json_t **out, struct st_error *err);
/* Flows between the ends of the last periods; no object when there is but one. */
ST_MUST_CHECK st_code st_report_path(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, const struct st_scheme *scheme, json_t **out,
    struct st_error *err);
ST_MUST_CHECK st_code st_report_concentration(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, json_t **out, struct st_error *err);

#endif
