/* What pyramid and pareto share: tiers cut from a distribution by a share.
 *
 * Each tier but the last carries a share. The cut of a tier is the least value that qualifies for
 * that share, such as the least whose "share before it" is below it, found over the distinct
 * values (one pass over value counts, so the same on every store), and then compared per customer;
 * equal values never split.
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

/* Condition on a row of st_method_distribution: does this value qualify for the tier? */
typedef struct st_ir_expr *st_cumulative_qualifies_fn(
    struct st_arena *a, const struct st_rel *distribution, const struct st_cumulative_tier *tier);

/* Keys and tiers; every tier_config starts with struct st_cumulative_tier. */
ST_MUST_CHECK st_code st_cumulative_read(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err);
/* The shares grow from tier to tier and the last has none; the value can be ranked. `key` names
 * the share in messages: top or until. */
ST_MUST_CHECK st_code st_cumulative_check_shares(
    const struct st_scheme *scheme, const char *key, struct st_error *err);
ST_MUST_CHECK st_code st_cumulative_check_value(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err);
ST_MUST_CHECK st_code st_cumulative_emit(struct st_method_ctx *ctx, struct st_scheme *scheme,
    enum st_distribution what, st_cumulative_qualifies_fn *qualifies);
/* Sentences with %s for the value, the share and the cut. */
void st_cumulative_why(
    const struct st_why *why, const struct st_text *inside, const struct st_text *outside);
void st_cumulative_view(
    struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out);

#endif
