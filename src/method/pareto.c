/* Pareto (ABC): classes by share of a total, greatest first.
 *
 * By the share before: Σ of strictly greater values ÷ Σ of positive values; class A while it is
 * below 70 %, B while below 90 % … Equal values share a class, and who crosses a bound is still in
 * the class that the share before it earns. By the own share (share: own): the customer's value ÷
 * Σ of positive values against from: or above:, for books of few and large customers. Values that
 * are not positive are in the last class.
 */
#include "method/cumulative.h"

enum { SHARE_BEFORE, SHARE_OWN };

struct config {
    struct st_cumulative common;
    int share; /* SHARE_… */
};

struct tier_config {
    struct st_cumulative_tier common; /* until:, or whichever of the two */
    int64_t from, above;              /* scale 8; with SHARE_OWN */
};

static const char *const share_names[] = {"before", "own", NULL};

static const struct st_param params[] = {
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, common.value),
        .help = {"what is cumulated, greatest first", "累计所依据的值，从大到小"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, common.tiers),
        .help = {"classes, greatest first; each with until:, the last without",
            "类别，从大到小；各写 until:，最后一类不写"}},
    {.name = "share",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct config, share),
        .default_text = "before",
        .choices = share_names,
        .help = {"before: what the greater ones hold together decides; own: each customer's own "
                 "part of the total, with from: or above: on the tiers",
            "before：按排在前面者的累计占比；own：按客户自身占总额的比例，各层写 from: 或 above:"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, common.nulls),
        .help = {"tier of a customer whose value is missing, or unrated",
            "值为空的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "until",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct tier_config, common.share),
        .min = 1,
        .max = 100000000,
        .help = {"cumulative share of the total at which the class ends, 70%",
            "该类结束处的累计占比，如 70%"}},
    {.name = "from",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct tier_config, from),
        .min = 1,
        .max = 100000000,
        .help = {"with share: own, the least own share, inclusive",
            "share: own 时自身占比的下限（含）"}},
    {.name = "above",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct tier_config, above),
        .min = 1,
        .max = 99999999,
        .help = {"the same, exclusive", "同上，但不含"}},
    ST_PARAM_END,
};

/* --- check --- */

static struct tier_config *tier_config(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

/* until: goes with the share before, from: and above: with the own one. */
static st_code check_keys(const struct st_scheme *scheme, bool own, struct st_error *err)
{
    static const char *const own_keys[] = {"from", "above"};
    for (size_t i = 0; i < scheme->tier_count; i++) {
        const struct st_node *node = scheme->tiers[i].node;
        const char *wrong = own ? "until" : NULL;
        for (size_t k = 0; k < ST_COUNT(own_keys) && !own; k++)
            wrong = st_node_get(node, own_keys[k]) ? own_keys[k] : wrong;
        if (!wrong || !st_node_get(node, wrong))
            continue;
        st_code code = st_fail_at(err, st_node_get(node, wrong), ST_E_POLICY,
            own ? "%s: does not go with share: own" : "%s: needs share: own on the scheme",
            own ? "%s: 与 share: own 不能同用" : "%s: 需要方案中的 share: own", wrong);
        st_error_allowed(
            err, own ? "from: or above:" : "until:", own ? "from: 或 above:" : "until:");
        return code;
    }
    return ST_OK;
}

/* Own shares: strictly descending bounds, the last tier without. */
static st_code check_own(const struct st_scheme *scheme, struct st_error *err)
{
    for (size_t i = 0; i < scheme->tier_count; i++) {
        struct tier_config *t = tier_config(scheme, i);
        const struct st_node *node = scheme->tiers[i].node;
        bool last = i + 1 == scheme->tier_count;
        t->common.share = t->above ? t->above : t->from;
        st_code code = ST_OK;
        if (t->from && t->above)
            code = st_fail_at(err, st_node_get(node, "above"), ST_E_POLICY,
                "tier %s has both from: and above:", "层级 %s 同时写了 from: 和 above:",
                scheme->tiers[i].code);
        else if (last != (t->common.share == 0))
            code = st_fail_at(err, node, ST_E_POLICY,
                last ? "the last tier takes the rest and has no from: or above:"
                     : "a tier has no from: or above:, but others follow it",
                last ? "最后一层为其余客户，不写 from: 或 above:"
                     : "有层级没有写 from: 或 above:，但其后还有层级");
        else if (!last && i > 0 && t->common.share >= tier_config(scheme, i - 1)->common.share)
            code = st_fail_at(err, node, ST_E_POLICY,
                "tier %s can never be reached: its share is not below the one before",
                "层级 %s 永远无人可达：其占比不低于上一层", scheme->tiers[i].code);
        if (code != ST_OK)
            return code;
    }
    return ST_OK;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_cumulative_read(ctx, scheme, err);
    const struct config *c = scheme->config;
    bool own = c->share == SHARE_OWN;
    if (code == ST_OK)
        code = check_keys(scheme, own, err);
    if (code == ST_OK)
        code = own ? check_own(scheme, err) : st_cumulative_check_shares(scheme, "until", err);
    if (code == ST_OK)
        code = st_cumulative_check_value(ctx, scheme, err);
    return code;
}

/* --- emit --- */

static struct st_ir_expr *times(struct st_arena *a, struct st_ir_expr *x, int64_t factor)
{
    return st_ir_fn(a, ST_FN_MUL, x, st_ir_wide(a, factor));
}

/* value > 0 and (Σ positives − Σ of this value and below) × 10^8 < share × Σ positives */
static struct st_ir_expr *qualifies_before(
    struct st_arena *a, const struct st_rel *d, const struct st_cumulative_tier *tier)
{
    struct st_ir_expr *total = st_ir_column(a, d, 0, "total");
    struct st_ir_expr *before = st_ir_fn(a, ST_FN_SUB, total, st_ir_column(a, d, 0, "cumulated"));
    return st_ir_fn(a, ST_FN_AND,
        st_ir_fn(a, ST_FN_GT, st_ir_column(a, d, 0, "value"), st_ir_int(a, 0)),
        st_ir_fn(
            a, ST_FN_LT, times(a, before, st_pow10(ST_SCALE_RATE)), times(a, total, tier->share)));
}

/* value > 0 and value × 10^8 ≥ share × Σ positives; above: is strictly greater */
static struct st_ir_expr *qualifies_own(
    struct st_arena *a, const struct st_rel *d, const struct st_cumulative_tier *tier)
{
    const struct tier_config *t = (const struct tier_config *)(const void *)tier;
    struct st_ir_expr *value = st_ir_column(a, d, 0, "value");
    return st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_GT, value, st_ir_int(a, 0)),
        st_ir_fn(a, t->above ? ST_FN_GT : ST_FN_GE,
            times(a, st_ir_cast(a, value, ST_IR_WIDE), st_pow10(ST_SCALE_RATE)),
            times(a, st_ir_column(a, d, 0, "total"), tier->share)));
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    (void)err;
    return st_cumulative_emit(
        ctx, scheme, ST_OF_AMOUNTS, c->share == SHARE_OWN ? qualifies_own : qualifies_before);
}

static void why(const struct st_why *w)
{
    static const struct st_text inside[] = {
        [SHARE_BEFORE] = {"value %s is among those that make the first %s % of the total: the "
                          "least there is %s",
            "值 %s 属于构成总额前 %s% 的客户，其中最低为 %s"},
        [SHARE_OWN] = {"value %s has the share of the total that is asked for, %s %: the least "
                       "with it is %s",
            "值 %s 占总额的比例达到要求的 %s%，达到者最低为 %s"}};
    static const struct st_text outside[] = {
        [SHARE_BEFORE] = {"value %s is not among those that make the first %s % of the total: the "
                          "least there is %s",
            "值 %s 不在构成总额前 %s% 的客户之内，其中最低为 %s"},
        [SHARE_OWN] = {"value %s has not the share of the total that is asked for, %s %: the "
                       "least with it is %s",
            "值 %s 占总额的比例未达到要求的 %s%，达到者最低为 %s"}};
    const struct config *c = w->scheme->config;
    st_cumulative_why(w, &inside[c->share], &outside[c->share]);
}

const struct st_method_ops st_method_pareto = {
    .name = "pareto",
    .title = {"Pareto (ABC)", "帕累托（ABC）"},
    .summary = {"classes by share of a total, cumulative or each customer's own",
        "按占总额的份额分类：累计占比或自身占比"},
    .source = "share before = sum of strictly greater / sum of positives; own share = value / sum "
              "of positives",
    .params = params,
    .config_size = sizeof(struct config),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct tier_config),
    .check = check,
    .emit = emit,
    .why = why,
    .view = st_cumulative_view,
};
