/* Some columns of a policy's metric table: which mean the same in another policy, and a relation of
 * just those that do not.
 */
#ifndef ST_COMPILE_COLUMNS_H
#define ST_COMPILE_COLUMNS_H

#include "compile/compile.h"

/* Does column `name` of both policies' metric tables hold the same values for the same day and
 * data? It follows a metric through those it is made of; titles do not count. */
bool st_columns_same(const struct st_policy *a, const struct st_policy *b, const char *name);

/* Who is rated, and who is not, in the same way. */
bool st_columns_same_status(const struct st_policy *a, const struct st_policy *b);

/* A run of the same day and data, of the same status of everybody (st_columns_same_status). */
struct st_columns_base {
    const struct st_compiled *plan;
    const char *table;
    bool moved; /* go on from its last balances */
};

struct st_columns_plan {
    struct st_plan_params params;
    struct st_step checks[ST_METRIC_CHECKS_MAX]; /* exchange rates that must be there */
    size_t check_count;
    struct st_rel *rel; /* run_id, customer_id, status, the columns asked for and more */
    /* Where `moved` can be asked for: one row each, of (moved, counted) balances and of the
     * customers for whom it would be wrong (unfit); else NULL. */
    struct st_rel *moves, *unfit;
};

/* The columns `names` of the policy's metric table (metrics, customer columns, has('class')) for
 * everybody; rows and aggregates that only others need are not read. `base`: what its rows hold is
 * not read again either; NULL: nothing. */
ST_MUST_CHECK st_code st_compile_columns(struct st_arena *arena, const struct st_policy *policy,
    bool foreign, bool spread, const char *const *names, size_t count,
    const struct st_columns_base *base, struct st_columns_plan *out, struct st_error *err);

#endif
