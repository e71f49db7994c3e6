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

const struct st_metric_column *st_metrics_columns(const struct st_metrics *metrics, size_t *count);

/* run_id, customer_id, status and all columns: what is inserted into the metric table. */
struct st_rel *st_metrics_relation(struct st_metrics *metrics);

/* The table's columns for CREATE TABLE and Scan, in order. */
struct st_ir_column *st_metrics_table_columns(const struct st_metrics *metrics, size_t *count);

enum { ST_METRIC_CHECKS_MAX = 2 };

/* Steps that refuse when an exchange rate is missing that the metrics need: of balances, of amounts
 * of movements. Returns how many of `checks` (ST_METRIC_CHECKS_MAX) were filled. */
size_t st_metrics_checks(
    const struct st_rows_env *env, const struct st_metrics *metrics, struct st_step *checks);

#endif
