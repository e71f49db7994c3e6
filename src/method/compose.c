#include "method/compose.h"

/* A tier is a tree of cases whose leaves are ids, or NULL for unrated. */
static bool has_null_leaf(const struct st_ir_expr *e)
{
    if (e->kind != ST_IR_CASE)
        return e->kind != ST_IR_LITERAL;
    for (size_t i = 1; i < e->arg_count; i += 2)
        if (has_null_leaf(e->args[i]))
            return true;
    return has_null_leaf(e->args[e->arg_count - 1]);
}

bool st_compose_unrated(const struct st_scheme *other)
{
    return has_null_leaf(other->tier);
}

struct st_ir_expr *st_compose(struct st_arena *a, const struct st_scheme *other,
    struct st_ir_expr *tier, st_compose_leaf_fn *leaf, void *context)
{
    bool unrated = st_compose_unrated(other);
    size_t count = unrated ? other->tier_count : other->tier_count - 1;
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        args[2 * i] = st_ir_fn(a, ST_FN_EQ, tier, st_ir_int(a, other->tiers[i].id));
        args[2 * i + 1] = leaf(context, (int)i);
    }
    args[2 * count] = leaf(context, unrated ? -1 : (int)count);
    return count ? st_ir_case(a, 2 * count + 1, args) : args[0];
}

int st_compose_tier(const struct st_why *why, const struct st_scheme *other)
{
    struct st_ir_value tier;
    if (!st_why_value(why, other->tier, &tier))
        return -1;
    for (size_t i = 0; i < other->tier_count; i++)
        if (other->tiers[i].id == (int64_t)tier.number)
            return (int)i;
    return -1;
}

void st_compose_why(const struct st_why *why, const struct st_scheme *other)
{
    struct st_ir_value value;
    struct st_why sub = *why;
    sub.scheme = other;
    sub.tier = st_compose_tier(why, other);
    sub.rule = st_why_value(why, other->rule, &value) ? (int64_t)value.number : ST_RULE_NULL;
    sub.has_score = other->score && st_why_value(why, other->score, &value);
    sub.score = sub.has_score ? (int64_t)value.number : 0;
    other->ops->why(&sub);
}
