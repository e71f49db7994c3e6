/* Pareto (ABC): classes by cumulative share of a total, greatest first.
 *
 * Share before a customer = Σ of strictly greater values ÷ Σ of positive values; class A while it
 * is below 70 %, B while below 90 % … Equal values share a class, and who crosses a bound is still
 * in the class that the share before it earns. Values that are not positive are in the last class.
 */
#include "method/cumulative.h"

static const struct st_param params[] = {
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct st_cumulative, value),
        .help = {"what is cumulated, greatest first", "累计所依据的值，从大到小"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct st_cumulative, tiers),
        .help = {"classes, greatest first; each with until:, the last without",
            "类别，从大到小；各写 until:，最后一类不写"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct st_cumulative, nulls),
        .help = {"tier of a customer whose value is missing, or unrated",
            "值为空的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "until",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct st_cumulative_tier, share),
        .min = 1,
        .max = 100000000,
        .help = {"cumulative share of the total at which the class ends, 70%",
            "该类结束处的累计占比，如 70%"}},
    ST_PARAM_END,
};

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    return st_cumulative_check(ctx, scheme, "until", err);
}

/* value > 0 and (Σ positives − Σ of this value and below) × 10^8 < share × Σ positives */
static struct st_ir_expr *qualifies(struct st_arena *a, const struct st_rel *d, int64_t share)
{
    struct st_ir_expr *total = st_ir_column(a, d, 0, "total_sum");
    struct st_ir_expr *before = st_ir_fn(a, ST_FN_SUB, total, st_ir_column(a, d, 0, "cum_sum"));
    return st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_GT, st_ir_column(a, d, 0, "value"), st_ir_int(a, 0)),
        st_ir_fn(a, ST_FN_LT,
            st_ir_fn(a, ST_FN_MUL, before, st_ir_wide(a, st_pow10(ST_SCALE_RATE))),
            st_ir_fn(a, ST_FN_MUL, total, st_ir_wide(a, share))));
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    (void)err;
    return st_cumulative_emit(ctx, scheme, qualifies);
}

static void why(const struct st_why *w)
{
    static const struct st_text inside = {
        "value %s is among those that make the first %s % of the total: the least there is %s",
        "值 %s 属于构成总额前 %s% 的客户，其中最低为 %s"};
    static const struct st_text outside = {
        "value %s is not among those that make the first %s % of the total: the least there is %s",
        "值 %s 不在构成总额前 %s% 的客户之内，其中最低为 %s"};
    st_cumulative_why(w, &inside, &outside);
}

const struct st_method_ops st_method_pareto = {
    .name = "pareto",
    .title = {"Pareto (ABC)", "帕累托（ABC）"},
    .summary = {"classes by cumulative share of a total", "按累计占总额的份额分类"},
    .source = "share before = sum of strictly greater / sum of positives",
    .params = params,
    .config_size = sizeof(struct st_cumulative),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct st_cumulative_tier),
    .check = check,
    .emit = emit,
    .why = why,
};
