/* Reading what runs published: tiers, one customer, exports. */
#ifndef ST_RUN_READ_H
#define ST_RUN_READ_H

#include "run/run.h"
#include "tier/explain.h"

/* A published run of one scheme. */
struct st_published {
    const char *scheme;
    st_date as_of;
    int64_t run_id;
    const char *policy_hash;
    const char *metric_table;
    int64_t policy_version; /* 0: a file that was no version */
};

/* The run published for a scheme as of a date, or the latest when `as_of` is NULL.
 * ST_E_NOT_FOUND names what there is. */
ST_MUST_CHECK st_code st_read_published(struct st_store *store, struct st_arena *arena,
    const char *scheme, const st_date *as_of, struct st_published *out, struct st_error *err);

/* The schemes that have a published run, in byte order. */
ST_MUST_CHECK st_code st_read_schemes(struct st_store *store, struct st_arena *arena,
    const char ***schemes, size_t *count, struct st_error *err);

/* The policy a run followed, parsed and compiled again for this store. */
ST_MUST_CHECK st_code st_read_policy(struct st_store *store, struct st_arena *arena,
    const char *hash, struct st_compiled **out, struct st_error *err);

/* --- tiers --- */

/* One cell of the flow between two runs of a scheme: statuses −1 where a customer is absent, tier
 * ids 0 where there is none. */
struct st_flow {
    int64_t status_before, tier_before, status_now, tier_now, customers;
};

/* Customers by what they were in `run_before` (0: no run) and are in `run_id`. */
ST_MUST_CHECK st_code st_run_flow(struct st_store *store, struct st_arena *arena, int64_t run_id,
    int64_t run_before, const char *scheme, struct st_flow **cells, size_t *count,
    struct st_error *err);

struct st_tier_count {
    const char *code;
    struct st_text title;
    int64_t customers;
    int64_t joined, left; /* moved in from, and out to, other tiers of the scheme */
    int64_t entered;      /* were not rated the period before */
    struct st_standings standings;
};

/* What the rated customers of a tier have of a metric, in the metric's unit. */
struct st_tier_value {
    int64_t sum;
    int64_t known; /* customers that have a value */
};

struct st_tier_values {
    const struct st_metric_column *metric; /* NULL: none was asked for */
    struct st_tier_value *tiers;           /* as the scheme's tiers */
    int64_t sum, known;                    /* of all tiers */
};

struct st_tiers {
    const struct st_scheme *scheme;
    struct st_published run;
    bool has_before;
    st_date before;
    struct st_tier_count *tiers; /* in the policy's order */
    size_t tier_count;
    struct st_movement movement;
    struct st_standings standings;
    struct st_flow *flow; /* what the counts are made of */
    size_t flow_count;
    struct st_tier_values values; /* by st_read_tier_values */
};

ST_MUST_CHECK st_code st_read_tiers(struct st_store *store, struct st_arena *arena,
    const char *scheme, const st_date *as_of, struct st_tiers *out, struct st_error *err);

/* Sums of a number or of money over the tiers of `tiers`. ST_E_NOT_FOUND, ST_E_USAGE: the policy
 * has no such metric, or it is a date, a text or a condition. One pass over the scheme's rows. */
ST_MUST_CHECK st_code st_read_tier_values(struct st_store *store, struct st_arena *arena,
    const struct st_tiers *tiers, const char *metric, struct st_tier_values *out,
    struct st_error *err);

/* The metric that a scheme divides as it stands (rfm: its monetary value), if it is money or a
 * number; NULL: none. */
const struct st_metric_column *st_read_divided(
    struct st_arena *arena, const struct st_compiled *compiled, const struct st_scheme *scheme);

/* --- one customer --- */

struct st_override;

struct st_customer_metric {
    const struct st_metric_column *column;
    struct st_ir_value value;
};

struct st_customer_bound {
    const char *name;
    struct st_ir_value value;
};

struct st_customer_state {
    struct st_published run;
    const struct st_compiled *compiled;
    const struct st_scheme *scheme;
    int64_t customer_id;
    const char *source_id;
    const char **members; /* of the household that is rated, by bytes; none of a customer alone */
    size_t member_count;
    const char *merged_into; /* the number that its history is with now; NULL: not merged */
    st_date merged_on;
    enum st_status status;
    int tier;      /* index into the scheme's tiers, −1: none */
    int earned;    /* what the values earn, likewise */
    bool has_hold; /* the scheme has moves and the customer a state */
    struct st_hold hold;
    int64_t override_id;     /* of what masks the tier; 0: nothing */
    const char *shared_from; /* member through whom the tier is higher; NULL: it is one's own */
    const struct st_override *override; /* the same; NULL also when nobody asked for it */
    int64_t rule, score;
    bool has_rule, has_score;
    bool has_before;
    st_date before;
    const char *tier_before; /* code; NULL: not rated then */
    struct st_customer_metric *metrics;
    size_t metric_count;
    struct st_customer_bound *bounds;
    size_t bound_count;
};

/* Where households are rated, a member's number finds its household, which source_id then names.
 * ST_E_NOT_FOUND: no such customer, or the customer was not there as of that date. Without a date
 * a number that was merged into another has the last run that rated it. */
ST_MUST_CHECK st_code st_read_customer(struct st_store *store, struct st_arena *arena,
    const char *source_id, const char *scheme, const st_date *as_of, struct st_customer_state *out,
    struct st_error *err);

/* Lookup of metric values, added columns and bounds, for st_ir_eval; context: the state. */
bool st_customer_lookup(void *context, const struct st_ir_expr *reference, struct st_ir_value *out);

#endif
