/* Pyramid: the top 1 %, 5 %, 20 % … by a value.
 *
 * A customer is in the top p when fewer than p × N customers have a strictly greater value, N
 * being the rated customers with a value. Equal values therefore never split: ties go up.
 */
#include "method/cumulative.h"

static const struct st_param params[] = {
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct st_cumulative, value),
        .help = {"what customers are ordered by, greatest first", "排序所依据的值，从大到小"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct st_cumulative, tiers),
        .help = {"tiers, highest first; each with top:, the last without",
            "层级，从高到低；各写 top:，最后一层不写"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct st_cumulative, nulls),
        .help = {"tier of a customer whose value is missing, or unrated",
            "值为空的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "top",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct st_cumulative_tier, share),
        .min = 1,
        .max = 100000000,
        .help = {"cumulative share of customers, 5% means the top five in a hundred",
            "累计客户占比，5% 即前百分之五"}},
    ST_PARAM_END,
};

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_cumulative_read(ctx, scheme, err);
    if (code == ST_OK)
        code = st_cumulative_check_shares(scheme, "top", err);
    if (code == ST_OK)
        code = st_cumulative_check_value(ctx, scheme, err);
    if (code != ST_OK || scheme->tier_count < 2)
        return code;
    const struct st_tier *before = &scheme->tiers[scheme->tier_count - 2];
    const struct st_cumulative_tier *config = before->config;
    if (config->share < st_pow10(ST_SCALE_RATE))
        return ST_OK;
    code = st_fail_at(err, st_node_get(before->node, "top"), ST_E_POLICY,
        "tier %s takes everyone: %s can never be reached", "层级 %s 包含所有客户：%s 永远无人可达",
        before->code, scheme->tiers[scheme->tier_count - 1].code);
    st_error_hint(err, "the last tier is the rest: leave top: away in %s and remove %s",
        "最后一层即其余客户：请去掉 %s 的 top: 并删除 %s", before->code,
        scheme->tiers[scheme->tier_count - 1].code);
    return code;
}

/* (N − count of this value and below) × 10^8 < share × N */
static struct st_ir_expr *qualifies(
    struct st_arena *a, const struct st_rel *d, const struct st_cumulative_tier *tier)
{
    struct st_ir_expr *total = st_ir_column(a, d, 0, "total");
    struct st_ir_expr *greater = st_ir_fn(a, ST_FN_SUB, total, st_ir_column(a, d, 0, "cumulated"));
    return st_ir_fn(a, ST_FN_LT,
        st_ir_fn(a, ST_FN_MUL, greater, st_ir_wide(a, st_pow10(ST_SCALE_RATE))),
        st_ir_fn(a, ST_FN_MUL, total, st_ir_wide(a, tier->share)));
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    (void)err;
    return st_cumulative_emit(ctx, scheme, ST_OF_COUNTS, qualifies);
}

static void why(const struct st_why *w)
{
    static const struct st_text inside = {
        "value %s is in the top %s %: the least there is %s", "值 %s 位于前 %s%，其中最低为 %s"};
    static const struct st_text outside = {"value %s is not in the top %s %: the least there is %s",
        "值 %s 不在前 %s% 之内，其中最低为 %s"};
    st_cumulative_why(w, &inside, &outside);
}

const struct st_method_ops st_method_pyramid = {
    .name = "pyramid",
    .title = {"Pyramid", "金字塔分层"},
    .summary = {"the top 1 %, 5 %, 20 % by a value; ties go up",
        "按数值取前 1%、5%、20%；并列者就高"},
    .source = "in the top p when count(strictly greater) < p * N",
    .params = params,
    .config_size = sizeof(struct st_cumulative),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct st_cumulative_tier),
    .check = check,
    .emit = emit,
    .why = why,
    .view = st_cumulative_view,
};
