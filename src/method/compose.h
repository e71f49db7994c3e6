/* What a scheme built on other schemes (matrix, gate) asks of them. */
#ifndef ST_METHOD_COMPOSE_H
#define ST_METHOD_COMPOSE_H

#include "method/method.h"

/* What stands for a tier of the other scheme: an index, or −1 where it is unrated. */
typedef struct st_ir_expr *st_compose_leaf_fn(void *context, int tier);

/* CASE WHEN tier = id THEN leaf(0) … END over the tiers of `other`, ending in leaf(−1) where it may
 * leave a customer unrated; `tier` is its outcome, once per customer (st_method_add_column). */
struct st_ir_expr *st_compose(struct st_arena *a, const struct st_scheme *other,
    struct st_ir_expr *tier, st_compose_leaf_fn *leaf, void *context);

/* Whether the emitted outcome of `other` may leave a customer unrated. */
bool st_compose_unrated(const struct st_scheme *other);

/* The tier that `other` gives the customer at hand; −1 when it is unrated there. */
int st_compose_tier(const struct st_why *why, const struct st_scheme *other);

/* Says why `other` gave the customer its tier. */
void st_compose_why(const struct st_why *why, const struct st_scheme *other);

#endif
