/* Policy → plan: meaning checks, then the steps that give every scheme's outcome.
 *
 * In two halves, so that what builds on outcomes (tier/plan.h) can ask for columns before the
 * metric table is settled and adds its own steps after it. The plan holds no dates: each period
 * binds them.
 */
#ifndef ST_COMPILE_COMPILE_H
#define ST_COMPILE_COMPILE_H

#include "compile/metrics.h"
#include "method/method.h"

struct st_compile_env {
    bool foreign;   /* the store holds accounts or movements in other currencies */
    bool overrides; /* it holds overrides of tiers */
    bool merges;    /* it holds customer numbers that were merged */
    bool spread;    /* its rows are on several servers: ir/spread.h */
    /* The store's exponent of the policy's currency; −1: ISO 4217's. */
    int currency_exponent;
    /* Ids of tiers; NULL: numbered from 1 in the order met (checks and golden plans). */
    int64_t (*tier_id)(void *context, const char *scheme, const char *code);
    void *context;
    /* Read instead of the table named by its hash, by a plan that is evaluated aside; NULL: not. */
    const char *metric_table;
};

struct st_compiled {
    struct st_arena *arena;
    const struct st_policy *policy;
    bool overrides;                     /* tiers are masked by the store's overrides */
    bool merges;                        /* merged numbers bring their state along */
    const char *metric_table;           /* named by what decides its columns and values */
    struct st_ir_column *table_columns; /* run_id, customer_id, status, metrics, carried sums */
    size_t table_column_count;
    struct st_metric_storage storage; /* what stands behind that name */
    const struct st_metric_column *metrics;
    size_t metric_count;
    struct st_scheme **schemes; /* in the policy's order */
    size_t scheme_count;
    struct st_signal *signals; /* tier/signals.h, in the policy's order */
    size_t signal_count;
    struct st_step *steps;
    size_t step_count;
    struct st_plan_params params;
    struct st_compiler *compiler; /* while it is compiled */
};

/* First half: every metric and scheme is checked; conditions can still be lowered. */
ST_MUST_CHECK st_code st_compile_begin(struct st_arena *arena, struct st_policy *policy,
    const struct st_compile_env *env, struct st_compiled **out, struct st_error *err);

/* Second half: the metric table is settled, the steps of metrics and cuts are added. */
ST_MUST_CHECK st_code st_compile_metrics(struct st_compiled *compiled, struct st_error *err);

/* After the second half: the step that gives the same metrics from those of an earlier run, its
 * base, and what is new since. `families` as st_compiled_carried gives them for the two days; none:
 * every metric is computed in full. Rows of a run can be a base when it keeps its sums, which it
 * does not where amounts are of several currencies. */
bool st_compiled_keeps_sums(const struct st_compiled *compiled);
unsigned st_compiled_carried(const struct st_compiled *compiled, st_date base, st_date as_of);
/* Whether the base's rows stand for the later day but for customers of whom something changed; the
 * step then gives just theirs. */
bool st_compiled_stands(
    const struct st_compiled *compiled, unsigned families, st_date base, st_date as_of);
/* Do windows over movements begin on the same days? */
bool st_compiled_keeps_days(const struct st_compiled *compiled, st_date base, st_date as_of);
struct st_step st_compiled_increment(const struct st_compiled *compiled, struct st_onward how);
/* Before it: who they are. */
struct st_step st_compiled_affected(const struct st_compiled *compiled, struct st_onward how);

/* What decides the rows of `rel`, a relation over the metric table's rows of a run, beside those.
 */
struct st_follows {
    bool values; /* columns that follow from the day too */
    bool day;    /* the day itself */
    bool more;   /* anything else: bounds, the run before */
};
struct st_follows st_compiled_follows(const struct st_compiled *compiled, const struct st_rel *rel);

/* Where rows stand: this run's beside what they were in its base (st_metrics_pairs). */
struct st_rel *st_compiled_pairs(
    const struct st_compiled *compiled, const struct st_column_names *names, bool standing);

const struct st_metrics *st_compiled_metrics(const struct st_compiled *compiled);

/* Between the halves: names are metrics, customer columns and attributes. */
struct st_lower *st_compiled_lower(const struct st_compiled *compiled);

/* Names are the columns of account rows. */
struct st_lower *st_compiled_account_lower(const struct st_compiled *compiled);
/* What relations over the store's facts are made with. */
const struct st_rows_env *st_compiled_rows(const struct st_compiled *compiled);
/* After the second half: the metric table's rows of rated customers. */
struct st_rel *st_compiled_rated(struct st_compiled *compiled);

/* The store's id of a tier code, given once for ever. */
int64_t st_compiled_tier_id(
    const struct st_compiled *compiled, const char *scheme, const char *code);

/* After the second half: customer_id, barred (the population does not rate it), failed (the method
 * does not admit it), tier (id; NULL: unrated), rule and score as the method alone sees them, then
 * `extra` columns over the metric table. */
struct st_rel *st_compiled_outcome(struct st_compiled *compiled, const struct st_scheme *scheme,
    const struct st_ir_column *extra, size_t extra_count);

void st_compiled_add_step(struct st_compiled *compiled, struct st_step step);

const struct st_scheme *st_compiled_scheme(const struct st_compiled *compiled, const char *name);

/* The expression behind a reference that a scheme added (st_method_add_column), or NULL. */
struct st_ir_expr *st_compiled_added_column(const struct st_compiled *compiled, const char *name);

#endif
