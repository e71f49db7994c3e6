/* Lifecycle: introduction, growth, maturity, decline; with activity also dormant and lost.
 *
 * Stages are tried in the order of `stages` below, and a missing value matters only where a
 * decision needs it: a customer long inactive is lost whatever the tenure, and one who joined
 * two months ago is in introduction before a trend can exist. A missing growth is the usual case
 * of a customer without an earlier value; it has its own key, so that `nulls:` can stay strict.
 * The stages follow the product life cycle (Levitt, 1965) as banks apply it to customers.
 */
#include "method/words.h"

enum stage { INTRODUCTION, GROWTH, MATURITY, DECLINE, DORMANT, LOST, STAGE_COUNT };

enum { RULE_NO_GROWTH = STAGE_COUNT + 1 }; /* rule of a stage is its number + 1 */

static const struct {
    const char *code;
    struct st_text title;
} stages[] = {
    [INTRODUCTION] = {"introduction", {"Introduction", "引入期"}},
    [GROWTH] = {"growth", {"Growth", "成长期"}},
    [MATURITY] = {"maturity", {"Maturity", "成熟期"}},
    [DECLINE] = {"decline", {"Decline", "衰退期"}},
    [DORMANT] = {"dormant", {"Dormant", "休眠"}},
    [LOST] = {"lost", {"Lost", "流失"}},
};

struct config {
    struct st_scheme_keys keys;
    struct st_expr *tenure, *growth, *inactive_days;
    int64_t introduction_months, dormant_days, lost_days;
    int64_t growing, shrinking; /* scale 8 */
    const struct st_node *tiers;
    const char *nulls, *growth_nulls;
    struct st_typed tenure_typed, growth_typed, inactive_typed;
    struct st_ir_expr *reached[STAGE_COUNT]; /* condition of a stage; NULL: maturity, or unused */
    int no_growth;                           /* tier of a missing growth; −1: unrated */
};

static const struct st_param params[] = {
    {.name = "tenure",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, tenure),
        .help = {"months as a customer, such as months_between(opened_on)",
            "成为客户的月数，如 months_between(opened_on)"}},
    {.name = "growth",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, growth),
        .help = {"growth as a ratio: 0.1 is ten percent more than before",
            "增长率：0.1 即比此前多一成"}},
    {.name = "inactive_days",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct config, inactive_days),
        .help = {"days since the last activity; without it nobody is dormant or lost",
            "距最近一次活动的天数；不写则不区分休眠与流失"}},
    {.name = "introduction_months",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct config, introduction_months),
        .default_text = "6",
        .min = 1,
        .max = 600,
        .unit = "months",
        .help = {"introduction while the tenure is below this", "客龄低于此月数为引入期"}},
    {.name = "growing",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct config, growing),
        .default_text = "10%",
        .help = {"growth from here on, inclusive", "增长率达到此值（含）为成长期"}},
    {.name = "shrinking",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct config, shrinking),
        .default_text = "-10%",
        .help = {"decline down from here, inclusive", "增长率降至此值（含）为衰退期"}},
    {.name = "dormant_days",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct config, dormant_days),
        .default_text = "180",
        .min = 1,
        .max = 36600,
        .unit = "days",
        .help = {"dormant from so many days without activity, inclusive",
            "无活动达到此天数（含）为休眠"}},
    {.name = "lost_days",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct config, lost_days),
        .default_text = "365",
        .min = 1,
        .max = 36600,
        .unit = "days",
        .help = {"lost from so many days without activity, inclusive",
            "无活动达到此天数（含）为流失"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, tiers),
        .help = {"what the stages are called, need and get, [{code: growth, title: …}]; the codes "
                 "are fixed",
            "各阶段的名称、需求与服务 [{code: growth, title: …}]；代码固定"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"stage of a customer whose tenure or last activity is unknown, or unrated",
            "客龄或最近活动未知的客户归入的阶段，或 unrated"}},
    {.name = "growth_nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, growth_nulls),
        .default_text = "maturity",
        .help = {"stage of a customer past introduction without an earlier value to compare, "
                 "or unrated",
            "已过引入期但没有可比较的前期数值的客户归入的阶段，或 unrated"}},
    ST_PARAM_END,
};

/* --- check --- */

static void set_tiers(struct st_method_ctx *ctx, struct st_scheme *scheme, size_t count)
{
    scheme->tiers = st_arena_array(ctx->arena, struct st_tier, count);
    scheme->tier_count = count;
    for (size_t i = 0; i < count; i++)
        scheme->tiers[i] = (struct st_tier){.code = stages[i].code,
            .title = stages[i].title,
            .id = ctx->tier_id(ctx->tier_id_context, scheme->def->name, stages[i].code),
            .node = scheme->def->node};
}

static st_code read_stages(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    const struct st_node *list = ((const struct config *)scheme->config)->tiers;
    if (!list)
        return ST_OK;
    if (list->kind != ST_NODE_LIST)
        return st_fail_at(err, list, ST_E_POLICY, "tiers: must be a list", "tiers: 必须是列表");
    for (size_t i = 0; i < list->count; i++) {
        struct st_tier_keys keys = {0};
        st_code code = st_params_read(ctx->arena, st_tier_params, list->items[i], &keys, err);
        if (code != ST_OK)
            return code;
        int index =
            st_method_tier_index(scheme, keys.code, st_node_get(list->items[i], "code"), err);
        if (index < 0) {
            st_error_allowed(err,
                "introduction, growth, maturity, decline; with inactive_days: dormant, lost",
                "introduction、growth、maturity、decline；写有 inactive_days 时还有 dormant、lost");
            return ST_E_POLICY;
        }
        st_method_describe_tier(&scheme->tiers[index], list->items[i], &keys);
    }
    return ST_OK;
}

static st_code check_bounds(const struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    const struct st_node *node = scheme->def->node;
    static const char *const of_activity[] = {"dormant_days", "lost_days"};
    st_code code = ST_OK;
    if (c->shrinking >= c->growing) {
        const struct st_node *place = st_node_get(node, "shrinking");
        code = st_fail_at(err, place ? place : st_node_get(node, "growing"), ST_E_POLICY,
            "shrinking: is not below growing:, so the same growth would be both",
            "shrinking: 不小于 growing:，同一增长率会同属两个阶段");
        st_error_hint(err, "for example growing: 10%%, shrinking: -10%%",
            "例如 growing: 10%%、shrinking: -10%%");
        return code;
    }
    for (size_t i = 0; i < ST_COUNT(of_activity) && !c->inactive_days; i++) {
        const struct st_node *given = st_node_get(node, of_activity[i]);
        if (!given)
            continue;
        code = st_fail_at(err, given, ST_E_POLICY,
            "%s: has no meaning without inactive_days:", "没有 inactive_days:，%s: 不起作用",
            of_activity[i]);
        st_error_hint(err, "add inactive_days: or remove it", "请加上 inactive_days: 或删除此键");
        return code;
    }
    if (c->dormant_days < c->lost_days)
        return ST_OK;
    const struct st_node *place = st_node_get(node, "lost_days");
    code = st_fail_at(err, place ? place : st_node_get(node, "dormant_days"), ST_E_POLICY,
        "nobody can be dormant: dormant_days: %lld is not below lost_days: %lld",
        "无人会是休眠：dormant_days: %lld 不小于 lost_days: %lld", (long long)c->dormant_days,
        (long long)c->lost_days);
    st_error_hint(err, "for example dormant_days: 180, lost_days: 365",
        "例如 dormant_days: 180、lost_days: 365");
    return code;
}

/* reached[stage] = typed <op> bound, where `bound` is a number at `scale`. */
static st_code check_stage(struct st_method_ctx *ctx, struct config *c, enum stage stage,
    const struct st_expr *expr, const struct st_typed *typed, enum st_expr_op op, int64_t bound,
    int scale, struct st_error *err)
{
    struct st_typed out;
    struct st_typed literal = {.kind = ST_KIND_NUMBER,
        .scale = scale,
        .literal = true,
        .ir = st_ir_int(ctx->arena, bound)};
    st_code code = st_lower_compare(ctx->lower, expr, op, *typed, literal, &out, err);
    c->reached[stage] = out.ir;
    return code;
}

static st_code check_activity(struct st_method_ctx *ctx, struct config *c, struct st_error *err)
{
    struct st_typed *t = &c->inactive_typed;
    if (!c->inactive_days)
        return ST_OK;
    st_code code = st_lower_kind(ctx->lower, c->inactive_days, ST_KIND_NUMBER, t, err);
    if (code == ST_OK)
        code = check_stage(ctx, c, LOST, c->inactive_days, t, ST_OP_GE, c->lost_days, 0, err);
    if (code == ST_OK)
        code = check_stage(ctx, c, DORMANT, c->inactive_days, t, ST_OP_GE, c->dormant_days, 0, err);
    return code;
}

static st_code check_stages(struct st_method_ctx *ctx, struct config *c, struct st_error *err)
{
    struct st_typed *tenure = &c->tenure_typed, *growth = &c->growth_typed;
    st_code code = check_activity(ctx, c, err);
    if (code == ST_OK)
        code = st_lower_kind(ctx->lower, c->tenure, ST_KIND_NUMBER, tenure, err);
    if (code == ST_OK)
        code = check_stage(
            ctx, c, INTRODUCTION, c->tenure, tenure, ST_OP_LT, c->introduction_months, 0, err);
    if (code == ST_OK)
        code = st_lower_kind(ctx->lower, c->growth, ST_KIND_NUMBER, growth, err);
    if (code == ST_OK)
        code = check_stage(
            ctx, c, GROWTH, c->growth, growth, ST_OP_GE, c->growing, ST_SCALE_RATE, err);
    if (code == ST_OK)
        code = check_stage(
            ctx, c, DECLINE, c->growth, growth, ST_OP_LE, c->shrinking, ST_SCALE_RATE, err);
    return code;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    if (code == ST_OK)
        code = check_bounds(scheme, err);
    if (code != ST_OK)
        return code;
    set_tiers(ctx, scheme, c->inactive_days ? STAGE_COUNT : DORMANT);
    code = read_stages(ctx, scheme, err);
    if (code == ST_OK)
        code = check_stages(ctx, c, err);
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls,
            c->tenure_typed.nullable || (c->inactive_days && c->inactive_typed.nullable),
            "tenure: / inactive_days:", err);
    c->no_growth = -1;
    if (code == ST_OK && strcmp(c->growth_nulls, "unrated") != 0) {
        c->no_growth = st_method_tier_index(
            scheme, c->growth_nulls, st_node_get(scheme->def->node, "growth_nulls"), err);
        code = c->no_growth < 0 ? ST_E_POLICY : ST_OK;
    }
    return code;
}

/* --- emit --- */

/* The two decision lists while they grow: same conditions, tiers and rules. */
struct decisions {
    struct st_method_ctx *ctx;
    const struct st_scheme *scheme;
    struct st_ir_expr *tiers[2 * STAGE_COUNT + 6], *rules[2 * STAGE_COUNT + 6];
    size_t count;
};

static void decide(struct decisions *d, struct st_ir_expr *when, int tier, int64_t rule)
{
    if (when) {
        d->tiers[d->count] = d->rules[d->count] = when;
        d->count++;
    }
    d->tiers[d->count] = st_method_tier_ir(d->ctx, d->scheme, tier);
    d->rules[d->count] = st_ir_int(d->ctx->arena, rule);
    d->count++;
}

static struct st_ir_expr *is_missing(struct st_arena *a, const struct st_typed *typed)
{
    return typed->ir && typed->nullable ? st_ir_fn(a, ST_FN_IS_NULL, typed->ir) : NULL;
}

static struct st_ir_expr *either(struct st_arena *a, struct st_ir_expr *x, struct st_ir_expr *y)
{
    return x && y ? st_ir_fn(a, ST_FN_OR, x, y) : x ? x : y;
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    static const int before_trend[] = {LOST, DORMANT, INTRODUCTION};
    static const int by_trend[] = {GROWTH, DECLINE};
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    struct decisions d = {.ctx = ctx, .scheme = scheme};
    struct st_ir_expr *missing =
        either(a, is_missing(a, &c->tenure_typed), is_missing(a, &c->inactive_typed));
    struct st_ir_expr *no_growth = is_missing(a, &c->growth_typed);
    (void)err;
    for (size_t i = 0; i < ST_COUNT(before_trend); i++)
        if (c->reached[before_trend[i]])
            decide(&d, c->reached[before_trend[i]], before_trend[i], before_trend[i] + 1);
    if (missing)
        decide(&d, missing, scheme->null_tier, ST_RULE_NULL);
    if (no_growth)
        decide(&d, no_growth, c->no_growth, RULE_NO_GROWTH);
    for (size_t i = 0; i < ST_COUNT(by_trend); i++)
        decide(&d, c->reached[by_trend[i]], by_trend[i], by_trend[i] + 1);
    decide(&d, NULL, MATURITY, MATURITY + 1);
    scheme->tier = st_ir_case(a, d.count, d.tiers);
    scheme->rule = st_ir_case(a, d.count, d.rules);
    return ST_OK;
}

/* --- why --- */

static void why_activity(const struct st_why *w, const struct config *c, enum stage stage)
{
    const char *days = st_words_value(w, &c->inactive_typed);
    if (stage == LOST)
        st_str_addf(w->out,
            st_pick(w->lang, "no activity for %s days: at least %lld\n",
                "已有 %s 天没有活动：不少于 %lld 天\n"),
            days, (long long)c->lost_days);
    else
        st_str_addf(w->out,
            st_pick(w->lang, "no activity for %s days: at least %lld, below %lld\n",
                "已有 %s 天没有活动：不少于 %lld 天，不足 %lld 天\n"),
            days, (long long)c->dormant_days, (long long)c->lost_days);
}

static void why_trend(const struct st_why *w, const struct config *c, enum stage stage)
{
    struct st_ir_value growth;
    if (!st_why_value(w, c->growth_typed.ir, &growth))
        return;
    st_str_addf(w->out, st_pick(w->lang, "%s is %s", "%s为 %s"), st_words_expr(w, c->growth),
        st_words_percent(w, c->growth_typed.scale, growth.number));
    const char *growing = st_words_percent(w, ST_SCALE_RATE, c->growing);
    const char *shrinking = st_words_percent(w, ST_SCALE_RATE, c->shrinking);
    if (stage == GROWTH)
        st_str_addf(w->out, st_pick(w->lang, ": at least %s\n", "：不低于 %s\n"), growing);
    else if (stage == DECLINE)
        st_str_addf(w->out, st_pick(w->lang, ": at most %s\n", "：不高于 %s\n"), shrinking);
    else
        st_str_addf(w->out, st_pick(w->lang, ": above %s, below %s\n", "：高于 %s，低于 %s\n"),
            shrinking, growing);
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    if (w->rule == ST_RULE_NULL) {
        st_str_add(w->out,
            st_pick(w->lang, "tenure or last activity is unknown\n", "客龄或最近活动未知\n"));
        return;
    }
    if (w->rule == RULE_NO_GROWTH) {
        st_str_add(w->out, st_pick(w->lang, "there is no earlier value to compare with\n",
                               "没有可比较的前期数值\n"));
        return;
    }
    enum stage stage = (enum stage)(w->rule - 1);
    if (stage == LOST || stage == DORMANT)
        why_activity(w, c, stage);
    else if (stage == INTRODUCTION)
        st_str_addf(w->out,
            st_pick(w->lang, "a customer for %s months: below %lld\n",
                "成为客户 %s 个月：不足 %lld 个月\n"),
            st_words_value(w, &c->tenure_typed), (long long)c->introduction_months);
    else
        why_trend(w, c, stage);
}

const struct st_method_ops st_method_lifecycle = {
    .name = "lifecycle",
    .title = {"Lifecycle", "生命周期"},
    .summary = {"introduction, growth, maturity, decline; dormant and lost by activity",
        "引入期、成长期、成熟期、衰退期；按活跃度另分休眠与流失"},
    .source = "life-cycle stages after Levitt (1965); the bounds are the policy's",
    .params = params,
    .config_size = sizeof(struct config),
    .check = check,
    .emit = emit,
    .why = why,
};
