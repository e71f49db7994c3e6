/* Preference: what a customer leans on.
 *
 * shares      deposit-, loan- or fee-reliant: the one whose share of the positives' sum exceeds
 *             the bound, else balanced. Compared cross-multiplied, value × 10^8 > bound × sum, so
 *             nothing is rounded. A bound below one half could make two true and is refused.
 * indicators  buying habit: the most points win, the first of equals; nobody's points: otherwise.
 * A missing, zero or negative value counts as nothing in both.
 */
#include "method/words.h"

enum { CHOICES_MAX = 20, CHOICES_MIN = 2 };

struct config {
    struct st_scheme_keys keys;
    const struct st_node *shares, *indicators, *otherwise;
    int64_t bound; /* scale 8 */
    const char *nulls;
    size_t count;             /* of shares or indicators: tiers[0..count−1]; then otherwise */
    int scale;                /* of every value */
    struct st_ir_expr *total; /* of the positives; set by emit for shares */
};

struct tier_config {
    struct st_expr *value, *points;
    struct st_typed typed;
    struct st_ir_expr *positive; /* max(value, 0), WIDE at the common scale */
};

static const struct st_param params[] = {
    {.name = "shares",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, shares),
        .help = {"what may dominate, [{code: deposit, title: …, value: deposits}, …]",
            "可能占主导的各项 [{code: deposit, title: …, value: deposits}, …]"}},
    {.name = "indicators",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, indicators),
        .help =
            {"what may win by points, [{code: price, title: …, points: …}, …]; not with shares:",
                "按得分取最高的各项 [{code: price, title: …, points: …}, …]；与 shares: 不同用"}},
    {.name = "bound",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct config, bound),
        .default_text = "50%",
        .min = 1,
        .max = 99999999,
        .help = {"a share dominates when strictly greater than this; at least 50%",
            "占比严格大于此值即为主导；不低于 50%"}},
    {.name = "otherwise",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, otherwise),
        .help = {"the tier when nothing dominates, {code: balanced, title: …}",
            "无主导项时的层级 {code: balanced, title: …}"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"with shares: tier of a customer who has nothing of any of them, or unrated",
            "用于 shares:：各项皆无的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct tier_config, value),
        .help = {"with shares: how much, money or a number", "用于 shares:：数额，金额或数字"}},
    {.name = "points",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct tier_config, points),
        .help = {"with indicators: how many points", "用于 indicators:：得分"}},
    ST_PARAM_END,
};

static struct tier_config *tier_config(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

/* --- check --- */

static st_code check_shape(const struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    const struct st_node *node = scheme->def->node, *bound = st_node_get(node, "bound");
    const struct st_node *list = c->shares ? c->shares : c->indicators;
    st_code code = ST_OK;
    if (!c->shares == !c->indicators) {
        code = st_fail_at(err, c->indicators ? c->indicators : node, ST_E_POLICY,
            "scheme %s needs either shares: or indicators:",
            "方案 %s 需要 shares: 或 indicators:，二者取一", scheme->def->name);
        st_error_hint(err, "shares: compares parts of a whole, indicators: compares points",
            "shares: 比较各项占比，indicators: 比较得分");
    } else if (list->kind != ST_NODE_LIST || list->count < CHOICES_MIN ||
               list->count > CHOICES_MAX) {
        code = st_fail_at(err, list, ST_E_POLICY, "%s: must be a list of choices",
            "%s: 必须是若干选项的列表", c->shares ? "shares" : "indicators");
        st_error_allowed(err, "%d to %d entries", "%d 至 %d 项", CHOICES_MIN, CHOICES_MAX);
    } else if (c->indicators && bound) {
        code = st_fail_at(err, bound, ST_E_POLICY,
            "bound: has no meaning beside indicators:", "bound: 与 indicators: 同用没有意义");
        st_error_hint(err, "the most points win", "得分最高者胜出");
    } else if (c->shares && c->bound < st_pow10(ST_SCALE_RATE) / 2) {
        code = st_fail_at(err, bound, ST_E_POLICY, "below one half, two shares could both dominate",
            "低于一半时，可能有两项同时占主导");
        st_error_value(err, "%s", bound && bound->kind == ST_NODE_SCALAR ? bound->text : "…");
        st_error_allowed(err, "50%% or more, below 100%%", "不低于 50%%，低于 100%%");
    }
    return code;
}

/* value: for shares, points: for indicators, neither for otherwise. */
static st_code check_keys(const struct st_scheme *scheme, size_t i, struct st_error *err)
{
    const struct config *c = scheme->config;
    const struct tier_config *t = tier_config(scheme, i);
    const struct st_expr *own = c->shares ? t->value : t->points;
    const struct st_expr *stray = c->shares ? t->points : t->value;
    const char *key = c->shares ? "value" : "points";
    if (i == c->count && (own || stray))
        return st_fail_expr(err, own ? own : stray, ST_E_POLICY,
            "otherwise: has code: and title: only", "otherwise: 只写 code: 和 title:");
    if (stray)
        return st_fail_expr(
            err, stray, ST_E_POLICY, "each entry here has %s: instead", "此处各项应写 %s:", key);
    if (i < c->count && !own)
        return st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
            "%s has no %s:", "%s 没有写 %s:", scheme->tiers[i].code, key);
    return ST_OK;
}

/* One list of tiers: the choices, then otherwise. */
static st_code read_choices(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    const struct st_node *list = c->shares ? c->shares : c->indicators;
    struct st_node joined = *list;
    c->count = list->count;
    joined.items = st_arena_array(ctx->arena, struct st_node *, list->count + 1);
    memcpy(joined.items, list->items, list->count * sizeof *list->items);
    joined.items[joined.count++] = st_node_get(scheme->def->node, "otherwise");
    st_code code =
        st_method_read_tiers(ctx, scheme, &joined, c->shares ? "shares" : "indicators", err);
    for (size_t i = 0; i < scheme->tier_count && code == ST_OK; i++)
        code = check_keys(scheme, i, err);
    return code;
}

static st_code check_value(
    struct st_method_ctx *ctx, struct st_scheme *scheme, size_t i, struct st_error *err)
{
    struct config *c = scheme->config;
    struct tier_config *t = tier_config(scheme, i);
    const struct st_expr *expr = c->shares ? t->value : t->points;
    st_code code = st_lower(ctx->lower, expr, &t->typed, err);
    if (code == ST_OK && t->typed.kind != ST_KIND_NUMBER && t->typed.kind != ST_KIND_MONEY)
        code = st_fail_expr(err, expr, ST_E_POLICY, "%s: must be a number or money",
            "%s: 必须是数字或金额", c->shares ? "value" : "points");
    if (code != ST_OK)
        return code;
    if (t->typed.kind != tier_config(scheme, 0)->typed.kind) {
        code = st_fail_expr(err, expr, ST_E_POLICY,
            "%s and %s cannot be compared: one is money, the other a number",
            "%s 与 %s 无法比较：一个是金额，一个是数字", scheme->tiers[0].code,
            scheme->tiers[i].code);
        st_error_hint(err, "all of them money, or all of them numbers", "各项须同为金额或同为数字");
    }
    if (t->typed.scale > c->scale)
        c->scale = t->typed.scale;
    return code;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    if (code == ST_OK)
        code = check_shape(scheme, err);
    if (code == ST_OK)
        code = read_choices(ctx, scheme, err);
    for (size_t i = 0; i < c->count && code == ST_OK; i++)
        code = check_value(ctx, scheme, i, err);
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls, c->shares != NULL, "shares:", err);
    return code;
}

/* --- emit --- */

/* value × 10^8 > bound × sum */
static struct st_ir_expr *dominates(
    struct st_arena *a, const struct config *c, const struct tier_config *t)
{
    return st_ir_fn(a, ST_FN_GT,
        st_ir_fn(a, ST_FN_MUL, t->positive, st_ir_wide(a, st_pow10(ST_SCALE_RATE))),
        st_ir_fn(a, ST_FN_MUL, c->total, st_ir_wide(a, c->bound)));
}

/* positive and not below any that follows; those before have been tried */
static struct st_ir_expr *wins(
    struct st_arena *a, const struct st_scheme *scheme, const struct config *c, size_t i)
{
    struct st_ir_expr *others[CHOICES_MAX];
    size_t count = 0;
    for (size_t j = i + 1; j < c->count; j++)
        others[count++] = tier_config(scheme, j)->positive;
    struct st_ir_expr *mine = tier_config(scheme, i)->positive;
    struct st_ir_expr *any = st_ir_fn(a, ST_FN_GT, mine, st_ir_wide(a, 0));
    if (count == 0)
        return any;
    struct st_ir_expr *best = count == 1 ? others[0] : st_ir_call(a, ST_FN_GREATEST, count, others);
    return st_ir_fn(a, ST_FN_AND, any, st_ir_fn(a, ST_FN_GE, mine, best));
}

static void emit_positives(struct st_method_ctx *ctx, struct st_scheme *scheme, struct config *c)
{
    struct st_arena *a = ctx->arena;
    c->total = NULL;
    for (size_t i = 0; i < c->count; i++) {
        struct tier_config *t = tier_config(scheme, i);
        struct st_ir_expr *value =
            st_ir_cast(a, st_lower_rescale(ctx->lower, &t->typed, c->scale), ST_IR_WIDE);
        t->positive = st_ir_fn(a, ST_FN_GREATEST,
            t->typed.nullable ? st_ir_fn(a, ST_FN_COALESCE, value, st_ir_wide(a, 0)) : value,
            st_ir_wide(a, 0));
        c->total = c->total ? st_ir_fn(a, ST_FN_ADD, c->total, t->positive) : t->positive;
    }
    if (c->shares)
        c->total = st_method_add_column(ctx, scheme, "total", c->total);
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    struct config *c = scheme->config;
    struct st_ir_expr *tiers[2 * CHOICES_MAX + 3], *rules[2 * CHOICES_MAX + 3];
    size_t n = 0;
    (void)err;
    emit_positives(ctx, scheme, c);
    if (c->shares) {
        rules[0] = tiers[0] = st_ir_fn(a, ST_FN_EQ, c->total, st_ir_wide(a, 0));
        tiers[1] = st_method_tier_ir(ctx, scheme, scheme->null_tier);
        rules[1] = st_ir_int(a, ST_RULE_NULL);
        n = 2;
    }
    for (size_t i = 0; i < c->count; i++, n += 2) {
        rules[n] = tiers[n] =
            c->shares ? dominates(a, c, tier_config(scheme, i)) : wins(a, scheme, c, i);
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, (int)i);
        rules[n + 1] = st_ir_int(a, (int64_t)i + 1);
    }
    tiers[n] = st_method_tier_ir(ctx, scheme, (int)c->count);
    rules[n] = st_ir_int(a, (int64_t)c->count + 1);
    scheme->tier = st_ir_case(a, n + 1, tiers);
    scheme->rule = st_ir_case(a, n + 1, rules);
    return ST_OK;
}

/* --- why --- */

static void why_share(const struct st_why *w, const struct config *c, size_t i)
{
    struct st_ir_value part, total;
    if (!st_why_value(w, tier_config(w->scheme, i)->positive, &part) ||
        !st_why_value(w, c->total, &total) || total.number == 0)
        return;
    enum st_kind kind = tier_config(w->scheme, 0)->typed.kind;
    st_wide ratio = st_div_half_up(part.number * 10000, total.number);
    bool exact = ratio * total.number == part.number * 10000;
    const char *of_total =
        exact ? st_pick(w->lang, "%s: %s of %s, %s\n", "%s：%s，合计 %s，占 %s\n")
              : st_pick(w->lang, "%s: %s of %s, about %s\n", "%s：%s，合计 %s，约占 %s\n");
    st_str_addf(w->out, of_total, st_pick_text(w->lang, &w->scheme->tiers[i].title),
        st_words_number(w, kind, c->scale, part.number),
        st_words_number(w, kind, c->scale, total.number), st_words_percent(w, 4, ratio));
}

static void why_points(const struct st_why *w, const struct config *c, size_t i)
{
    struct st_ir_value points;
    if (st_why_value(w, tier_config(w->scheme, i)->positive, &points))
        st_str_addf(w->out, st_pick(w->lang, "%s: %s points\n", "%s：%s 分\n"),
            st_pick_text(w->lang, &w->scheme->tiers[i].title),
            st_words_number(w, tier_config(w->scheme, i)->typed.kind, c->scale, points.number));
}

/* The winner's points are another's too; those before it have fewer. */
static bool is_tie(const struct st_why *w, const struct config *c, size_t winner)
{
    struct st_ir_value best, other;
    if (!st_why_value(w, tier_config(w->scheme, winner)->positive, &best))
        return false;
    for (size_t i = winner + 1; i < c->count; i++)
        if (st_why_value(w, tier_config(w->scheme, i)->positive, &other) &&
            other.number == best.number)
            return true;
    return false;
}

static void why_decision(const struct st_why *w, const struct config *c)
{
    const char *bound = st_words_percent(w, ST_SCALE_RATE, c->bound);
    size_t i = (size_t)w->rule - 1;
    if (i == c->count) {
        if (c->shares)
            st_str_addf(
                w->out, st_pick(w->lang, "no share is above %s\n", "没有一项占比超过 %s\n"), bound);
        else
            st_str_add(w->out, st_pick(w->lang, "none has any points\n", "各项均未得分\n"));
        return;
    }
    const char *title = st_pick_text(w->lang, &w->scheme->tiers[i].title);
    if (c->shares)
        st_str_addf(w->out, st_pick(w->lang, "the share of %s is above %s\n", "%s占比超过 %s\n"),
            title, bound);
    else if (is_tie(w, c, i))
        st_str_addf(w->out,
            st_pick(w->lang, "%s has the most points, the first of equals\n",
                "%s得分最高，并列者取排列在前的一项\n"),
            title);
    else
        st_str_addf(w->out, st_pick(w->lang, "%s has the most points\n", "%s得分最高\n"), title);
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    if (w->rule == ST_RULE_NULL) {
        st_str_add(w->out, st_pick(w->lang, "all values are missing, zero or negative\n",
                               "各项数值均缺失、为零或为负\n"));
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (c->shares)
            why_share(w, c, i);
        else
            why_points(w, c, i);
    }
    why_decision(w, c);
}

const struct st_method_ops st_method_preference = {
    .name = "preference",
    .title = {"Preference", "偏好分层"},
    .summary = {"what dominates by share, or wins by points, else balanced",
        "按占比取主导项，或按得分取最高项，否则为均衡"},
    .source = "share > bound of the positives' sum; or the greatest points, first of equals",
    .params = params,
    .config_size = sizeof(struct config),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct tier_config),
    .check = check,
    .emit = emit,
    .why = why,
};
