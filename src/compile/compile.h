/* Policy → plan: meaning checks, then the ordered steps of a run.
 *
 * st_compile is what `strata check` does and what every run starts with: nothing that passes it
 * can fail for a reason that lies in the policy. The plan holds no dates: each period binds them.
 */
#ifndef ST_COMPILE_COMPILE_H
#define ST_COMPILE_COMPILE_H

#include "compile/metrics.h"
#include "method/method.h"

struct st_compile_env {
    bool foreign; /* the store holds accounts or movements in other currencies */
    /* The store's exponent of the policy's currency; −1: ISO 4217's. */
    int currency_exponent;
    /* Ids of tiers; NULL: numbered from 1 in the order met (checks and golden plans). */
    int64_t (*tier_id)(void *context, const char *scheme, const char *code);
    void *context;
};

struct st_compiled {
    const struct st_policy *policy;
    const char *metric_table;           /* named by what decides its columns and values */
    struct st_ir_column *table_columns; /* run_id, customer_id, status, metrics */
    size_t table_column_count;
    const struct st_metric_column *metrics;
    size_t metric_count;
    struct st_scheme **schemes; /* in the policy's order */
    size_t scheme_count;
    struct st_step *steps;
    size_t step_count;
    struct st_plan_params params;
};

ST_MUST_CHECK st_code st_compile(struct st_arena *arena, struct st_policy *policy,
    const struct st_compile_env *env, struct st_compiled **out, struct st_error *err);

const struct st_scheme *st_compiled_scheme(const struct st_compiled *compiled, const char *name);

/* The expression behind a reference that a scheme added (st_method_add_column), or NULL. */
struct st_ir_expr *st_compiled_added_column(const struct st_compiled *compiled, const char *name);

#endif
