/* Metric definitions → one relation with a column per metric.
 *
 * Definitions may use each other and their own past (lag); each (metric, months back) is one
 * instance, compiled once. Aggregates over the same rows share one pass. Instances that build on
 * others go into later Project stages, so that each is computed, and rounded, exactly once.
 */
#ifndef ST_COMPILE_METRICS_H
#define ST_COMPILE_METRICS_H

#include "ir/reads.h"
#include "metric/family.h"
#include "metric/rows.h"

struct st_metrics; /* lives in the arena */

/* until_run of a row that no later run replaced. */
#define ST_RUN_NEVER INT64_MAX

/* A column of the wide metric table. */
struct st_metric_column {
    const char *name;
    struct st_text title;
    enum st_kind kind;
    int scale;
    bool nullable;
    const struct st_metric_def *def; /* NULL: a customer's column that a scheme asked for */
};

ST_MUST_CHECK st_code st_metrics_new(
    const struct st_rows_env *env, struct st_metrics **out, struct st_error *err);

/* Types and compiles every definition of the policy. */
ST_MUST_CHECK st_code st_metrics_compile(struct st_metrics *metrics, struct st_error *err);

/* How schemes see metrics: names are metrics, then customer columns and attributes (which join
 * the table on first use); has('class') is a boolean column of its own. */
struct st_lower *st_metrics_lower(struct st_metrics *metrics);

/* Names are the columns of account rows (st_rows_account_numbered). */
struct st_lower *st_metrics_account_lower(struct st_metrics *metrics);

/* All metrics and conditions are known: called once, before columns and relations are asked for. */
void st_metrics_settle(struct st_metrics *metrics);

const struct st_metric_column *st_metrics_columns(const struct st_metrics *metrics, size_t *count);

/* What is inserted into the metric table's rows when everything is computed. */
struct st_rel *st_metrics_relation(struct st_metrics *metrics);

/* The columns that the metric table's view gives, in order: run_id, customer_id, status, the
 * metrics' and, after them, sums and counts that the next run can go on from. */
struct st_ir_column *st_metrics_table_columns(struct st_metrics *metrics, size_t *count);

/* How a metric table is kept (compile/table.c): two tables under a view of its name. */
struct st_metric_storage {
    const char *rows, *runs;
    struct st_ir_column *row_columns, *run_columns;
    size_t row_column_count, run_column_count;
    struct st_rel *run_row; /* of this run, for `runs` */
    struct st_rel *view;
};
/* Its names and columns; and, for who writes and makes it, the relations. */
void st_metrics_store_in(
    struct st_metrics *metrics, const char *table, struct st_metric_storage *out);
void st_metrics_plan_storage(struct st_metrics *metrics, struct st_metric_storage *storage);

/* Is the column worked out by the view, because it follows from the day too? */
bool st_metrics_is_derived(const struct st_metrics *metrics, const char *column);

/* This run's rows beside what they were in its base, where rows stand: run_id, customer_id, columns
 * `names` of the view (sums are not among them), in:base (true, or NULL: the base had no such
 * customer), and the same columns named by st_metrics_was. Customers whose rows the run wrote;
 * `standing`: the others too. */
struct st_rel *st_metrics_pairs(struct st_metrics *metrics, const struct st_metric_storage *storage,
    const struct st_column_names *names, bool standing);
const char *st_metrics_was(struct st_arena *a, const char *column);

/* Families (a bit for each st_metric_source) whose sums and counts as of `base` lead to those as of
 * `as_of`, a day not before it, by reading less than they would be taken from. */
unsigned st_metrics_carried(const struct st_metrics *metrics, st_date base, st_date as_of);

/* Do rows of customers of whom nothing changed since `base` stand as of `as_of` too, when
 * `families` are carried? */
bool st_metrics_stand(
    const struct st_metrics *metrics, unsigned families, st_date base, st_date as_of);

/* How a run goes on from its base. */
struct st_onward {
    unsigned families; /* carried; the others are taken from all their rows */
    bool stands;       /* the base's rows stand: just those of run_customer are written */
    bool only_came;    /* no movement ended, and no window over them lost a day */
};

/* Do windows over movements begin on the same days? */
bool st_metrics_keep_days(const struct st_metrics *metrics, st_date base, st_date as_of);

/* For table run_customer: those of whom something may have changed since the base, where its rows
 * stand; and that table's customers. */
struct st_rel *st_metrics_affected(struct st_metrics *metrics, const char *table,
    const struct st_ir_column *columns, size_t column_count, struct st_onward how);
struct st_rel *st_metrics_run_customers(struct st_metrics *metrics);

/* The same rows as st_metrics_relation gives, from those of the base run in `table` and what is new
 * since. Where rows stand, who is gone has one that stands for no run. */
struct st_rel *st_metrics_increment(struct st_metrics *metrics, const char *table,
    const struct st_ir_column *columns, size_t column_count, struct st_onward how);

/* Rows of a run of the same day and data under another policy, which rates the same customers. */
struct st_metrics_base {
    const struct st_metrics *metrics; /* the other policy's */
    const char *table;
    const struct st_ir_column *columns;
    size_t column_count;
};

/* Do the base's rows say who is there, so that customers need not be read? */
bool st_metrics_can_stand(const struct st_metrics *metrics);

/* Did it keep the last balances of what all sums over balances add up? */
bool st_metrics_can_move(const struct st_metrics *metrics, const struct st_metrics *base);

/* One row: unfit, the base's customers of whom it left a sum out: with any, `moved` would not do.
 */
struct st_rel *st_metrics_unfit(struct st_metrics *metrics, const struct st_metrics_base *base);

/* The same rows as st_metrics_relation gives, starting from the base's, when they can stand for
 * customers. `moved`: sums over balances, when they can, are the base's last balances times the
 * days, and what accounts make of it that moved within the windows: only those are read. */
struct st_rel *st_metrics_same_day(
    struct st_metrics *metrics, const struct st_metrics_base *base, bool moved);

enum { ST_METRIC_CHECKS_MAX = 2 };

/* Steps that refuse when an exchange rate is missing that the metrics need: of balances, of amounts
 * of movements. Returns how many of `checks` (ST_METRIC_CHECKS_MAX) were filled. */
size_t st_metrics_checks(
    const struct st_rows_env *env, const struct st_metrics *metrics, struct st_step *checks);

#endif
