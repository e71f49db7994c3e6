/* The shared tier as a plan: the best of a household's held tiers, found once per household and
 * joined back to its members.
 *
 *   own levels → those that count → numbered within the household, best first → the first
 *   own levels ⟕ that                                           lifted, and through whom
 *
 * Rejected: min() over a window of all customers. It would send every customer to where windows
 * are computed; only the rows of members who give go by household here. State is never shared: a
 * member who leaves has its own. */
#include "tier/ladder.h"

#include "tier/internal.h"

struct st_sharing {
    struct st_ir_expr *household, *gives, *takes;
    int64_t lift, top; /* 0 and 1: no limit */
};

/* --- checking --- */

static st_code lower_name(
    struct st_compiled *c, const char *name, struct st_ir_expr **out, struct st_error *err)
{
    struct st_expr *expr = NULL;
    struct st_typed typed;
    st_code code = st_expr_parse(c->arena, name, 1, 1, name, &expr, err);
    if (code == ST_OK)
        code = st_lower_kind(st_compiled_lower(c), expr, ST_KIND_TEXT, &typed, err);
    if (code == ST_OK)
        *out = typed.ir;
    return code;
}

static st_code lower_condition(
    struct st_compiled *c, struct st_expr *condition, struct st_ir_expr **out, struct st_error *err)
{
    struct st_typed typed = {.ir = st_ir_bool(c->arena, true)};
    st_code code = ST_OK;
    if (condition)
        code = st_lower_kind(st_compiled_lower(c), condition, ST_KIND_BOOL, &typed, err);
    *out = condition && code == ST_OK
               ? st_ir_fn(c->arena, ST_FN_COALESCE, typed.ir, st_ir_bool(c->arena, false))
               : typed.ir;
    return code;
}

static st_code check_rank(int entity, const struct st_scheme *scheme,
    const struct st_sharing_def *def, struct st_error *err)
{
    st_code code = ST_OK;
    if (entity == ST_ENTITY_HOUSEHOLD) {
        code = st_fail_at(err, def->node, ST_E_POLICY,
            "household: has no meaning here: the policy rates whole households",
            "此处 household: 没有意义：策略以整个家庭为对象");
        st_error_hint(err, "remove it, or rate customers: entity: customer",
            "请删去，或改为对客户分层：entity: customer");
        return code;
    }
    if (scheme->ranked)
        return ST_OK;
    code = st_fail_at(err, def->node, ST_E_POLICY,
        "household: needs tiers with a rank, but those of %s have none",
        "household: 需要有高低之分的层级，而方案 %s 没有", scheme->def->name);
    st_error_hint(err, "there is no best among kinds; remove household:",
        "不分高低的类别没有“最高”；请删去 household:");
    return code;
}

static st_code lower_sharing(struct st_compiled *c, struct st_scheme *scheme,
    const struct st_sharing_def *def, struct st_sharing *sharing, struct st_error *err)
{
    st_code code = check_rank(c->policy->entity, scheme, def, err);
    *sharing = (struct st_sharing){.lift = def->lift, .top = 1};
    if (code == ST_OK && def->up_to) {
        int index = st_method_tier_index(scheme, def->up_to, st_node_get(def->node, "up_to"), err);
        sharing->top = index + 1;
        code = index < 0 ? ST_E_POLICY : ST_OK;
    }
    if (code == ST_OK)
        code = lower_condition(c, def->where, &sharing->gives, err);
    if (code == ST_OK)
        code = lower_condition(c, def->whom, &sharing->takes, err);
    return code == ST_OK ? lower_name(c, "household", &sharing->household, err) : code;
}

st_code st_sharing_check(struct st_compiled *c, struct st_scheme *scheme, struct st_error *err)
{
    const struct st_sharing_def *def = scheme->def->sharing;
    if (!def)
        return ST_OK;
    struct st_sharing *sharing = st_arena_new(c->arena, struct st_sharing);
    st_code code = lower_sharing(c, scheme, def, sharing, err);
    st_error_path(err, "schemes.%s.household", scheme->def->name);
    scheme->sharing = sharing;
    return code;
}

/* --- the plan --- */

size_t sharing_extras(const struct st_scheme *scheme, struct st_ir_column *extra)
{
    const struct st_sharing *s = scheme->sharing;
    if (!s)
        return 0;
    const struct st_ir_column columns[SHARING_EXTRAS] = {
        {.name = "household", .expr = s->household}, {.name = "gives", .expr = s->gives},
        {.name = "takes", .expr = s->takes}};
    memcpy(extra, columns, sizeof columns);
    return SHARING_EXTRAS;
}

/* Per household the best level that a member gives, and whose it is: of equals the lowest number
 * by bytes. */
static struct st_rel *best_of_households(const struct builder *outer)
{
    static const struct st_ir_column keys[] = {
        {.name = "customer_id", .type = ST_IR_BIGINT}, {.name = "source_id", .type = ST_IR_TEXT}};
    static const char *const by_customer[] = {"customer_id"}, *const by_household[] = {"household"};
    static const char *const order[] = {"own", "source_id"};
    struct builder at = *outer, *b = &at;
    struct st_ir_expr *counts = FN(b, AND, COL(b, "gives"), FN(b, IS_NOT_NULL, COL(b, "own")),
        FN(b, IS_NOT_NULL, COL(b, "household")));
    if (b->compiled->overrides)
        counts = FN(b, AND, counts, FN(b, NOT, is_excluded(b)));
    struct st_rel *rel = st_rel_filter(b->arena, b->rel, counts);
    struct st_rel *numbers = st_rel_scan(b->arena, "customer_key", ST_COUNT(keys), keys);
    struct st_ir_column named[] = {st_rel_pass(b->arena, rel, 0, "customer_id"),
        st_rel_pass(b->arena, rel, 0, "household"), st_rel_pass(b->arena, rel, 0, "own"),
        st_rel_pass(b->arena, numbers, 1, "source_id")};
    rel =
        st_rel_join(b->arena, ST_JOIN_INNER, rel, numbers, 1, by_customer, ST_COUNT(named), named);
    struct st_ir_column place = {.name = "place",
        .expr = st_ir_over(b->arena, ST_WIN_ROW_NUMBER, NULL, 1, by_household, 2, order)};
    b->rel = st_rel_window(b->arena, rel, 1, &place);
    b->rel = st_rel_filter(b->arena, b->rel, FN(b, EQ, COL(b, "place"), INT(b, 1)));
    struct st_ir_column best[] = {st_rel_pass(b->arena, b->rel, 0, "household"),
        {.name = "best_level", .expr = COL(b, "own")},
        {.name = "best_member", .expr = COL(b, "customer_id")}};
    return st_rel_project(b->arena, b->rel, ST_COUNT(best), best);
}

/* The level shared: the household's best, cut by what the scheme allows. */
static struct st_ir_expr *reach(struct builder *b)
{
    const struct st_sharing *s = b->scheme->sharing;
    struct st_ir_expr *level = COL(b, "best_level");
    if (s->lift)
        level = FN(b, GREATEST, level, FN(b, SUB, COL(b, "own"), INT(b, s->lift)));
    return s->top > 1 ? FN(b, GREATEST, level, INT(b, s->top)) : level;
}

void add_shared(struct builder *b)
{
    static const char *const keys[] = {"household"};
    left_join(b, best_of_households(b), keys[0]);
    struct st_ir_expr *own = COL(b, "own"), *reached = reach(b);
    struct st_ir_expr *lifts = FN(
        b, AND, COL(b, "takes"), FN(b, IS_NOT_NULL, COL(b, "best_level")), FN(b, LT, reached, own));
    struct st_ir_column lifted = {.name = "lifted", .expr = WHEN(b, lifts, reached, own)};
    builder_add(b, 1, &lifted);
}
