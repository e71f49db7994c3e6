/* Metric families: the kinds of rows a metric can read, and what their rows offer.
 *
 * Each family is one relation keyed by customer_id, built by rows.c; its columns are one table
 * here, which also drives messages, "did you mean" and the reference pages.
 */
#ifndef ST_METRIC_FAMILY_H
#define ST_METRIC_FAMILY_H

#include "metric/lower.h"
#include "policy/policy.h"

struct st_row_column {
    const char *name;
    enum st_kind kind;
    int scale; /* NUMBER; MONEY takes the policy's currency */
    bool nullable;
    bool from_holding; /* txn: needs the join with the account */
    struct st_text help;
    const char *const *words; /* TEXT: all it can hold, as imports allow; NULL: anything */
};

/* Aggregates a family knows. */
enum st_aggregate_fn {
    ST_AGGREGATE_DAILY_AVERAGE, /* Σ amount × days ÷ days of the window */
    ST_AGGREGATE_CLOSING,       /* on the window's last day */
    ST_AGGREGATE_SUM,
    ST_AGGREGATE_COUNT,
    ST_AGGREGATE_COUNT_DISTINCT,
    ST_AGGREGATE_MIN,
    ST_AGGREGATE_MAX,
    ST_AGGREGATE_AVERAGE,
    ST_AGGREGATE_FN_COUNT,
};

struct st_aggregate_info {
    const char *name;
    bool takes_argument;
    bool null_when_empty; /* min, max, average: NULL without rows; the others are 0 */
    struct st_text help;
};

struct st_family {
    enum st_metric_source source;
    const char *name;
    struct st_text summary;
    const struct st_row_column *columns;
    size_t column_count;
    unsigned aggregates; /* bit per st_aggregate_fn; 0: one row per customer, no aggregates */
};

const struct st_family *st_family_of(enum st_metric_source source);

/* Where households are rated: the customer family, whose rows are members; a household's own
 * columns. */
extern const struct st_family st_family_members, st_family_household;
extern const struct st_aggregate_info st_aggregates[ST_AGGREGATE_FN_COUNT];

const struct st_row_column *st_family_column(const struct st_family *family, const char *name);

#endif
