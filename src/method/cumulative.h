/* What pyramid and pareto share: tiers cut from a distribution by a growing share.
 *
 * Each tier but the last carries a cumulative share. The cut of a tier is the least value whose
 * "share before it" is below that share, found over the distinct values (one pass over value
 * counts, so the same on every store), and then compared per customer; equal values never split.
 */
#ifndef ST_METHOD_CUMULATIVE_H
#define ST_METHOD_CUMULATIVE_H

#include "method/method.h"

struct st_cumulative {
    struct st_scheme_keys keys;
    struct st_expr *value;
    const struct st_node *tiers;
    const char *nulls;
    struct st_typed typed; /* of value */
};

struct st_cumulative_tier {
    int64_t share; /* scale 8; 0: the rest */
};

/* Condition on a row of st_method_distribution: does this value qualify for `share`? */
typedef struct st_ir_expr *st_cumulative_qualifies_fn(
    struct st_arena *a, const struct st_rel *distribution, int64_t share);

/* `key` names the tier's share in messages: top or until. */
ST_MUST_CHECK st_code st_cumulative_check(
    struct st_method_ctx *ctx, struct st_scheme *scheme, const char *key, struct st_error *err);
ST_MUST_CHECK st_code st_cumulative_emit(
    struct st_method_ctx *ctx, struct st_scheme *scheme, st_cumulative_qualifies_fn *qualifies);
/* Sentences with %s for the value, the share and the cut. */
void st_cumulative_why(
    const struct st_why *why, const struct st_text *inside, const struct st_text *outside);

#endif
