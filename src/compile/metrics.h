/* Metric definitions → one relation with a column per metric.
 *
 * Definitions may use each other and their own past (lag); each (metric, months back) is one
 * instance, compiled once. Aggregates over the same rows share one pass. Instances that build on
 * others go into later Project stages, so that each is computed, and rounded, exactly once.
 */
#ifndef ST_COMPILE_METRICS_H
#define ST_COMPILE_METRICS_H

#include "metric/family.h"
#include "metric/rows.h"

struct st_metrics; /* lives in the arena */

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

/* run_id, customer_id, status and all columns: what is inserted into the metric table. */
struct st_rel *st_metrics_relation(struct st_metrics *metrics);

/* The table's columns for CREATE TABLE and Scan, in order: the metrics' and, after them, sums and
 * counts that the next run can go on from. */
struct st_ir_column *st_metrics_table_columns(struct st_metrics *metrics, size_t *count);

/* Families (a bit for each st_metric_source) whose sums and counts as of `base` lead to those as of
 * `as_of`, a day not before it, by reading less than they would be taken from. */
unsigned st_metrics_carried(const struct st_metrics *metrics, st_date base, st_date as_of);

/* The same rows as st_metrics_relation gives, from those of the base run in `table` and what is new
 * since; `families` are carried, the others taken from all their rows. */
struct st_rel *st_metrics_increment(struct st_metrics *metrics, const char *table,
    const struct st_ir_column *columns, size_t column_count, unsigned families);

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
