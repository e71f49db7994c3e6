#include "method/cumulative.h"

static struct st_cumulative_tier *tier_config(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

st_code st_cumulative_check_shares(
    const struct st_scheme *scheme, const char *key, struct st_error *err)
{
    int64_t before = 0;
    for (size_t i = 0; i < scheme->tier_count; i++) {
        bool last = i + 1 == scheme->tier_count;
        int64_t share = tier_config(scheme, i)->share;
        const struct st_node *node = scheme->tiers[i].node;
        st_code code = ST_OK;
        if (last && share)
            code = st_fail_at(err, st_node_get(node, key), ST_E_POLICY,
                "the last tier takes the rest and has no %s:", "最后一层为其余客户，不写 %s:", key);
        else if (!last && !share)
            code = st_fail_at(err, node, ST_E_POLICY, "tier %s has no %s:, but others follow it",
                "层级 %s 没有 %s:，但其后还有层级", scheme->tiers[i].code, key);
        else if (!last && share <= before)
            code = st_fail_at(err, st_node_get(node, key), ST_E_POLICY,
                "tier %s can never be reached: %s: does not grow",
                "层级 %s 永远无人可达：%s: 没有递增", scheme->tiers[i].code, key);
        if (code != ST_OK) {
            st_error_hint(err, "%s: is cumulative and grows downward; the last tier has none",
                "%s: 为累计占比，自上而下递增；最后一层不写", key);
            return code;
        }
        before = share;
    }
    return ST_OK;
}

st_code st_cumulative_read(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct st_cumulative *c = scheme->config;
    scheme->ranked = true;
    if (code == ST_OK)
        code = st_method_read_tiers(ctx, scheme, c->tiers, "tiers", err);
    return code;
}

st_code st_cumulative_check_value(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_cumulative *c = scheme->config;
    st_code code = st_lower(ctx->lower, c->value, &c->typed, err);
    if (code == ST_OK && c->typed.kind != ST_KIND_NUMBER && c->typed.kind != ST_KIND_MONEY)
        code = st_fail_expr(err, c->value, ST_E_POLICY, "value: must be a number or money",
            "value: 必须是数字或金额");
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls, c->typed.nullable, "value:", err);
    return code;
}

static const char *cut_name(struct st_arena *a, const struct st_scheme *scheme, size_t i)
{
    return st_arena_printf(a, "%s:%s", scheme->def->name, scheme->tiers[i].code);
}

st_code st_cumulative_emit(struct st_method_ctx *ctx, struct st_scheme *scheme,
    enum st_distribution what, st_cumulative_qualifies_fn *qualifies)
{
    struct st_arena *a = ctx->arena;
    const struct st_cumulative *c = scheme->config;
    size_t cuts = scheme->tier_count - 1, n = 0;
    struct st_ir_expr *value = st_ir_cast(a, c->typed.ir, ST_IR_BIGINT);
    struct st_rel *d = st_method_distribution(ctx, value, what);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, cuts);
    const char **names = st_arena_array(a, const char *, cuts);
    struct st_ir_expr **tiers = st_arena_array(a, struct st_ir_expr *, 2 * cuts + 3);
    struct st_ir_expr **rules = st_arena_array(a, struct st_ir_expr *, 2 * cuts + 3);
    if (c->typed.nullable) {
        rules[0] = tiers[0] = st_ir_fn(a, ST_FN_IS_NULL, value);
        tiers[1] = st_method_tier_ir(ctx, scheme, scheme->null_tier);
        rules[1] = st_ir_int(a, ST_RULE_NULL);
        n = 2;
    }
    for (size_t i = 0; i < cuts; i++) {
        names[i] = cut_name(a, scheme, i);
        columns[i] = (struct st_ir_column){.name = scheme->tiers[i].code,
            .expr = st_ir_aggregate(a, ST_AGG_MIN, st_ir_column(a, d, 0, "value"),
                qualifies(a, d, tier_config(scheme, i)))};
        rules[n] = tiers[n] =
            st_ir_fn(a, ST_FN_GE, value, st_plan_bound(a, ctx->params, names[i], ST_IR_BIGINT));
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, (int)i);
        rules[n + 1] = st_ir_int(a, (int64_t)i + 1);
        n += 2;
    }
    if (cuts)
        st_method_add_bind(
            ctx, scheme, "cuts", st_rel_aggregate(a, d, 0, NULL, cuts, columns), names);
    tiers[n] = st_method_tier_ir(ctx, scheme, (int)cuts);
    rules[n] = st_ir_int(a, (int64_t)cuts + 1);
    scheme->tier = n ? st_ir_case(a, n + 1, tiers) : tiers[0];
    scheme->rule = n ? st_ir_case(a, n + 1, rules) : rules[0];
    return ST_OK;
}

void st_cumulative_why(
    const struct st_why *w, const struct st_text *inside, const struct st_text *outside)
{
    const struct st_cumulative *c = w->scheme->config;
    struct st_ir_value v, cut = {.is_null = true};
    if (w->rule == ST_RULE_NULL || !st_why_value(w, c->typed.ir, &v)) {
        st_str_add(w->out, st_pick(w->lang, "the value is missing\n", "该值缺失\n"));
        return;
    }
    if (w->scheme->tier_count == 1)
        return;
    size_t i = (size_t)w->rule - 1;
    bool rest = i + 1 == w->scheme->tier_count;
    size_t shown = rest ? i - 1 : i;
    struct st_ir_expr *reference =
        st_ir_param(w->arena, cut_name(w->arena, w->scheme, shown), ST_IR_BIGINT);
    struct st_str value = ST_STR_INIT, limit = ST_STR_INIT, share = ST_STR_INIT;
    struct st_ir_value percent = {
        .type = ST_IR_BIGINT, .number = tier_config(w->scheme, shown)->share * 100};
    st_method_print_value(&value, c->typed.kind, c->typed.scale, &v);
    if (!st_why_value(w, reference, &cut))
        cut.is_null = true;
    st_method_print_value(&limit, c->typed.kind, c->typed.scale, &cut);
    st_method_print_value(&share, ST_KIND_NUMBER, ST_SCALE_RATE, &percent);
    const char *parts[] = {value.text, share.text, limit.text};
    const char *form = st_pick_text(w->lang, rest ? outside : inside);
    for (size_t part = 0; *form; form++) {
        if (form[0] == '%' && form[1] == 's' && part < ST_COUNT(parts)) {
            st_str_add(w->out, parts[part++]);
            form++;
        } else {
            st_str_add_char(w->out, *form);
        }
    }
    st_str_add_char(w->out, '\n');
    st_str_release(&share);
    st_str_release(&value);
    st_str_release(&limit);
}

void st_cumulative_view(
    struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out)
{
    const struct st_cumulative *c = scheme->config;
    out->value = &c->typed;
    out->bounds = st_arena_array(arena, struct st_ir_expr *, scheme->tier_count);
    for (size_t i = 0; i + 1 < scheme->tier_count; i++)
        out->bounds[i] = st_ir_param(arena, cut_name(arena, scheme, i), ST_IR_BIGINT);
}
