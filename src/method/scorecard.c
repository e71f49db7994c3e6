/* Scorecard: banded scores × weights, then multipliers, then caps, then bands of the score.
 *
 *     score = round8(Σ score(band) × weight × Π factors), at most the least cap that applies
 *
 * All factors are decimals of the policy, so the product is an exact integer at the sum of their
 * decimals; it is rounded once, half away from zero, to 8 decimals. Rounding after every factor
 * was rejected: a division per factor, and results that depend on the order. A scorecard whose
 * exact product would not fit 38 digits is refused.
 *
 * What the score can be is known from the bands, so a tier outside that range is refused too.
 */
#include "method/words.h"

enum {
    ITEMS_MAX = 50,
    BANDS_MAX = 100,
    ADJUSTMENTS_MAX = 40, /* multipliers, and caps */
    PRODUCT_SCALE_MAX = ST_SCALE_RATE + ST_SCALE_MAX,
};

static const int64_t SCORE_MAX = 100000000000000; /* a million, at scale 8 */

struct band {
    struct st_expr *from;
    int64_t score;         /* scale 8 */
    struct st_typed bound; /* from:, at the value's scale */
};

struct item {
    const char *name;
    struct st_text title;
    struct st_expr *value;
    int64_t weight; /* scale 8 */
    const struct st_node *bands_node;
    const struct st_node *node;
    struct st_typed typed;
    struct band *bands; /* highest first; the last is the rest */
    size_t band_count;
};

struct adjustment {
    struct st_text title;
    struct st_expr *when;
    int64_t factor, score; /* scale 8: of a multiplier; of a cap */
    struct st_typed typed; /* when: */
};

struct adjustments {
    struct adjustment *items;
    size_t count;
};

struct range {
    st_wide low, high;
};

struct config {
    struct st_scheme_keys keys;
    const struct st_node *items_node, *multipliers_node, *caps_node, *tiers;
    const char *nulls;
    struct item *items;
    size_t item_count;
    struct adjustments multipliers, caps;
    int score_scale, weight_scale; /* decimals the policy's scores and weights really use */
    int product_scale;             /* of the exact product */
    struct range range;            /* of the score, at scale 8 */
    bool nullable;
    struct st_ir_expr *sum, *product; /* at score_scale + weight_scale, at product_scale */
};

struct tier_config {
    int64_t from; /* scale 8 */
};

static const struct st_param params[] = {
    {.name = "items",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, items_node),
        .help = {"what is scored, {name: {value: …, weight: 50%, bands: […]}}",
            "评分项 {名称: {value: …, weight: 50%, bands: […]}}"}},
    {.name = "multipliers",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, multipliers_node),
        .help = {"factors on the weighted score, [{title: …, when: …, factor: 1.05}]; every one "
                 "that holds applies",
            "加权得分的系数 [{title: …, when: …, factor: 1.05}]；凡成立者均适用"}},
    {.name = "caps",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, caps_node),
        .help = {"upper limits after the multipliers, [{title: …, when: …, score: 59}]",
            "系数之后的得分上限 [{title: …, when: …, score: 59}]"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, tiers),
        .help = {"tiers by score, highest first, each with from:, the last without",
            "按得分划分的层级，从高到低；各写 from:，最后一层不写"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"tier of a customer who lacks a value, or unrated",
            "缺少数值的客户归入的层级，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "from",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct tier_config, from),
        .help = {"least score of the tier, inclusive", "该层级的最低得分（含）"}},
    ST_PARAM_END,
};

static const struct st_param item_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct item, title),
        .help = {"what people call the item", "评分项名称"}},
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct item, value),
        .help = {"what the bands divide", "分段所依据的值"}},
    {.name = "weight",
        .type = ST_PARAM_DECIMAL,
        .required = true,
        .offset = offsetof(struct item, weight),
        .min = 1,
        .max = 100000000,
        .help = {"share of the score; all weights total 100%", "权重；各项合计 100%"}},
    {.name = "bands",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct item, bands_node),
        .help = {"[{from: 1_000_000, score: 90}, …, {score: 60}], highest first, the last without "
                 "from:",
            "[{from: 1_000_000, score: 90}, …, {score: 60}]，从高到低，最后一段不写 from:"}},
    ST_PARAM_END,
};

static const struct st_param band_params[] = {
    {.name = "from",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct band, from),
        .help = {"lower bound, inclusive; constant", "下限（含），常数"}},
    {.name = "score",
        .type = ST_PARAM_DECIMAL,
        .required = true,
        .offset = offsetof(struct band, score),
        .min = -SCORE_MAX,
        .max = SCORE_MAX,
        .help = {"points", "得分"}},
    ST_PARAM_END,
};

static const struct st_param multiplier_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct adjustment, title),
        .help = {"what people call it", "名称"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct adjustment, when),
        .help = {"condition; a missing value does not hold", "条件；数值缺失视为不成立"}},
    {.name = "factor",
        .type = ST_PARAM_DECIMAL,
        .required = true,
        .offset = offsetof(struct adjustment, factor),
        .min = 1,
        .max = 10000000000,
        .help = {"what the score is multiplied by", "乘数"}},
    ST_PARAM_END,
};

static const struct st_param cap_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct adjustment, title),
        .help = {"what people call it", "名称"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct adjustment, when),
        .help = {"condition; a missing value does not hold", "条件；数值缺失视为不成立"}},
    {.name = "score",
        .type = ST_PARAM_DECIMAL,
        .required = true,
        .offset = offsetof(struct adjustment, score),
        .min = -SCORE_MAX,
        .max = SCORE_MAX,
        .help = {"the score is at most this", "得分上限"}},
    ST_PARAM_END,
};

static struct tier_config *tier_config(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

/* --- reading --- */

static st_code expect_list(
    const struct st_node *node, const char *key, size_t most, struct st_error *err)
{
    if (node->kind == ST_NODE_LIST && node->count > 0 && node->count <= most)
        return ST_OK;
    st_code code = st_fail_at(err, node, ST_E_POLICY, "%s: must be a list", "%s: 必须是列表", key);
    st_error_allowed(err, "1 to %zu entries", "1 至 %zu 项", most);
    return code;
}

static st_code read_bound(
    struct st_method_ctx *ctx, const struct item *item, struct band *band, struct st_error *err)
{
    struct st_typed *bound = &band->bound;
    st_code code = st_lower_kind(ctx->lower, band->from, item->typed.kind, bound, err);
    if (code != ST_OK)
        return code;
    bool constant = bound->ir->kind == ST_IR_LITERAL;
    if (!constant || bound->scale > item->typed.scale) {
        code = st_fail_expr(err, band->from, ST_E_POLICY,
            constant ? "from: has more decimals than the value" : "from: must be a constant",
            constant ? "from: 的小数位多于所比较的值" : "from: 必须是常数");
        if (constant)
            st_error_allowed(err, "at most %d decimals", "最多 %d 位小数", item->typed.scale);
        return code;
    }
    bound->ir = st_lower_rescale(ctx->lower, bound, item->typed.scale);
    bound->scale = item->typed.scale;
    if (bound->ir->kind != ST_IR_LITERAL)
        code = st_fail_expr(err, band->from, ST_E_LIMIT, "from: is too large", "from: 数值过大");
    return code;
}

static st_code read_band(
    struct st_method_ctx *ctx, const struct item *item, size_t i, struct st_error *err)
{
    struct band *band = &item->bands[i];
    const struct st_node *node = item->bands_node->items[i];
    bool last = i + 1 == item->band_count;
    st_code code = st_params_read(ctx->arena, band_params, node, band, err);
    if (code != ST_OK)
        return code;
    if (last == (band->from != NULL)) {
        code = last ? st_fail_expr(err, band->from, ST_E_POLICY,
                          "nobody below this bound has a score: the last band must be the rest",
                          "低于此界限的客户没有得分：最后一段必须是其余")
                    : st_fail_at(err, node, ST_E_POLICY,
                          "this band has no from:, but others follow it",
                          "此段没有 from:，但其后还有分段");
        st_error_hint(err, "only the last band has no from:", "只有最后一段不写 from:");
        return code;
    }
    if (last)
        return ST_OK;
    code = read_bound(ctx, item, band, err);
    if (code != ST_OK || i == 0 || band->bound.ir->integer < item->bands[i - 1].bound.ir->integer)
        return code;
    code = st_fail_expr(err, band->from, ST_E_POLICY,
        "this band can never be reached: the one before it starts no higher",
        "此段永远无人可达：前一段的下限不高于它");
    st_error_hint(err, "write bands highest first, each from: below the one before",
        "分段从高到低书写，每个 from: 小于上一个");
    return code;
}

/* The title of the metric it looks at, else the item's name. */
static struct st_text default_title(const struct st_method_ctx *ctx, const struct item *item)
{
    const struct st_metric_def *metric =
        item->value->kind == ST_EXPR_NAME ? st_policy_metric(ctx->policy, item->value->text) : NULL;
    return metric ? metric->title : (struct st_text){item->name, item->name};
}

static st_code read_item(struct st_method_ctx *ctx, const struct st_entry *entry, struct item *item,
    struct st_error *err)
{
    st_code code = st_params_read(ctx->arena, item_params, entry->value, item, err);
    item->name = entry->key;
    item->node = entry->value;
    if (code == ST_OK && !item->title.en)
        item->title = default_title(ctx, item);
    if (code == ST_OK)
        code = expect_list(item->bands_node, "bands", BANDS_MAX, err);
    if (code == ST_OK)
        code = st_lower(ctx->lower, item->value, &item->typed, err);
    if (code != ST_OK)
        return code;
    enum st_kind kind = item->typed.kind;
    if (kind != ST_KIND_NUMBER && kind != ST_KIND_MONEY && kind != ST_KIND_DATE) {
        code = st_fail_expr(err, item->value, ST_E_POLICY,
            "value: must be a number, money or a date", "value: 必须是数字、金额或日期");
        st_error_hint(err, "score a condition by case when … then 1 else 0 end",
            "对条件评分请写 case when … then 1 else 0 end");
        return code;
    }
    item->band_count = item->bands_node->count;
    item->bands = st_arena_array(ctx->arena, struct band, item->band_count);
    for (size_t i = 0; i < item->band_count && code == ST_OK; i++)
        code = read_band(ctx, item, i, err);
    return code;
}

static st_code read_items(struct st_method_ctx *ctx, struct config *c, struct st_error *err)
{
    const struct st_node *map = c->items_node;
    st_code code = ST_OK;
    int64_t total = 0;
    if (map->kind != ST_NODE_MAP || map->count == 0 || map->count > ITEMS_MAX) {
        code = st_fail_at(err, map, ST_E_POLICY, "items: must be a map of what is scored",
            "items: 必须是评分项的映射");
        st_error_allowed(err, "1 to %d entries", "1 至 %d 项", ITEMS_MAX);
        return code;
    }
    c->item_count = map->count;
    c->items = st_arena_array(ctx->arena, struct item, map->count);
    for (size_t i = 0; i < map->count && code == ST_OK; i++) {
        code = read_item(ctx, &map->entries[i], &c->items[i], err);
        total += c->items[i].weight;
        c->nullable |= c->items[i].typed.nullable;
    }
    if (code != ST_OK || total == st_pow10(ST_SCALE_RATE))
        return code;
    char text[ST_DECIMAL_TEXT_SIZE];
    code = st_fail_at(
        err, map, ST_E_POLICY, "the weights do not total 100%%", "各项权重合计不是 100%%");
    st_error_value(err, "%s %%", st_decimal_format(total, ST_SCALE_RATE - 2, text));
    st_error_hint(err, "thirds are written 33.34%%, 33.33%%, 33.33%%",
        "三等分请写 33.34%%、33.33%%、33.33%%");
    return code;
}

static st_code read_adjustments(struct st_method_ctx *ctx, const struct st_node *list,
    const char *key, const struct st_param *table, struct adjustments *out, struct st_error *err)
{
    if (!list)
        return ST_OK;
    st_code code = expect_list(list, key, ADJUSTMENTS_MAX, err);
    if (code != ST_OK)
        return code;
    out->items = st_arena_array(ctx->arena, struct adjustment, list->count);
    out->count = list->count;
    for (size_t i = 0; i < list->count && code == ST_OK; i++) {
        struct adjustment *a = &out->items[i];
        code = st_params_read(ctx->arena, table, list->items[i], a, err);
        if (code == ST_OK)
            code = st_lower_kind(ctx->lower, a->when, ST_KIND_BOOL, &a->typed, err);
        if (code == ST_OK && !a->title.en) {
            struct st_str text = ST_STR_INIT;
            st_expr_print(&text, a->when);
            a->title.en = a->title.zh = st_arena_strdup(ctx->arena, text.text);
            st_str_release(&text);
        }
    }
    return code;
}

/* --- the range of the score --- */

/* Decimals that a number at scale 8 really has. */
static int decimals_of(int64_t value)
{
    int decimals = ST_SCALE_RATE;
    for (; decimals > 0 && value % 10 == 0; decimals--)
        value /= 10;
    return decimals;
}

static int64_t at_decimals(int64_t value, int decimals)
{
    return value / st_pow10(ST_SCALE_RATE - decimals);
}

static void find_scales(struct config *c)
{
    for (size_t i = 0; i < c->item_count; i++) {
        int weight = decimals_of(c->items[i].weight);
        c->weight_scale = weight > c->weight_scale ? weight : c->weight_scale;
        for (size_t j = 0; j < c->items[i].band_count; j++) {
            int score = decimals_of(c->items[i].bands[j].score);
            c->score_scale = score > c->score_scale ? score : c->score_scale;
        }
    }
    c->product_scale = c->score_scale + c->weight_scale;
    for (size_t i = 0; i < c->multipliers.count; i++)
        c->product_scale += decimals_of(c->multipliers.items[i].factor);
}

/* score × weight of a band, at score_scale + weight_scale. */
static st_wide band_points(const struct config *c, const struct item *item, const struct band *band)
{
    return (st_wide)at_decimals(band->score, c->score_scale) *
           at_decimals(item->weight, c->weight_scale);
}

/* The least and greatest weighted sum; false when a band's points leave 64 bits. */
static bool sum_range(const struct config *c, struct range *sum)
{
    int64_t fits;
    *sum = (struct range){0, 0};
    for (size_t i = 0; i < c->item_count; i++) {
        const struct item *item = &c->items[i];
        struct range r = {band_points(c, item, &item->bands[0]), 0};
        r.high = r.low;
        for (size_t j = 0; j < item->band_count; j++) {
            st_wide points = band_points(c, item, &item->bands[j]);
            if (!st_wide_to_int64(points, &fits))
                return false;
            r.low = points < r.low ? points : r.low;
            r.high = points > r.high ? points : r.high;
        }
        sum->low += r.low;
        sum->high += r.high;
    }
    return true;
}

/* x × factor where it applies, x × 1 where not; false when it leaves 37 digits. */
static bool multiply_range(struct range *r, int64_t factor, int64_t one)
{
    const st_wide most = (st_wide)st_pow10(18) * st_pow10(18) * 10;
    struct range applied = {0, 0};
    if (__builtin_mul_overflow(r->low, (st_wide)factor, &applied.low) ||
        __builtin_mul_overflow(r->high, (st_wide)factor, &applied.high) ||
        __builtin_mul_overflow(r->low, (st_wide)one, &r->low) ||
        __builtin_mul_overflow(r->high, (st_wide)one, &r->high))
        return false;
    r->low = applied.low < r->low ? applied.low : r->low;
    r->high = applied.high > r->high ? applied.high : r->high;
    return r->low >= -most && r->high <= most;
}

static st_code find_range(struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    find_scales(c);
    struct range r;
    int64_t whole;
    bool fits = sum_range(c, &r) && c->product_scale <= PRODUCT_SCALE_MAX;
    for (size_t i = 0; i < c->multipliers.count && fits; i++) {
        int64_t factor = c->multipliers.items[i].factor;
        int decimals = decimals_of(factor);
        fits = multiply_range(&r, at_decimals(factor, decimals), st_pow10(decimals));
    }
    if (fits) {
        r.low = st_rescale(r.low, c->product_scale, ST_SCALE_RATE);
        r.high = st_rescale(r.high, c->product_scale, ST_SCALE_RATE);
        fits = st_wide_to_int64(r.low, &whole) && st_wide_to_int64(r.high, &whole);
    }
    if (!fits) {
        st_code code = st_fail_at(err, scheme->def->node, ST_E_LIMIT,
            "scores, weights and factors of scheme %s have too many digits to be exact",
            "方案 %s 的得分、权重与系数位数过多，无法精确计算", scheme->def->name);
        st_error_value(err, "%d", c->product_scale);
        st_error_allowed(
            err, "%d decimals in all, 37 digits", "小数位合计 %d 位，共 37 位", PRODUCT_SCALE_MAX);
        st_error_hint(err, "write them with fewer decimals", "请减少小数位");
        return code;
    }
    for (size_t i = 0; i < c->caps.count; i++)
        r.low = c->caps.items[i].score < r.low ? c->caps.items[i].score : r.low;
    c->range = r;
    return ST_OK;
}

/* --- tiers --- */

static st_code fail_unreachable(const struct st_scheme *scheme, size_t i, struct st_error *err)
{
    const struct config *c = scheme->config;
    char low[ST_DECIMAL_TEXT_SIZE], high[ST_DECIMAL_TEXT_SIZE];
    st_code code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
        "tier %s can never be reached", "层级 %s 永远无人可达", scheme->tiers[i].code);
    st_decimal_format((int64_t)st_rescale(c->range.low, ST_SCALE_RATE, 2), 2, low);
    st_decimal_format((int64_t)st_rescale(c->range.high, ST_SCALE_RATE, 2), 2, high);
    st_error_allowed(err, "scores are %s to %s", "得分在 %s 至 %s 之间", low, high);
    st_error_hint(err,
        "its from: lies outside the scores that items, multipliers and caps can give",
        "其 from: 超出了评分项、乘数与上限所能得到的分数范围");
    return code;
}

static st_code check_tier(const struct st_scheme *scheme, size_t i, struct st_error *err)
{
    const struct config *c = scheme->config;
    const struct st_tier *tier = &scheme->tiers[i];
    const struct st_node *from = st_node_get(tier->node, "from");
    bool last = i + 1 == scheme->tier_count;
    st_code code;
    if (last == (from != NULL)) {
        code = last ? st_fail_at(err, from, ST_E_POLICY,
                          "nobody below this score has a tier: the last one must be the rest",
                          "低于此得分的客户无层可归：最后一层必须是其余客户")
                    : st_fail_at(err, tier->node, ST_E_POLICY,
                          "tier %s has no from:, but others follow it",
                          "层级 %s 没有 from:，但其后还有层级", tier->code);
        st_error_hint(err, "only the last tier has no from:", "只有最后一层不写 from:");
        return code;
    }
    int64_t above = i ? tier_config(scheme, i - 1)->from : 0, own = tier_config(scheme, i)->from;
    if (i > 0 && !last && own >= above) {
        code =
            st_fail_at(err, from, ST_E_POLICY, "tier %s can never be reached: %s starts no higher",
                "层级 %s 永远无人可达：%s 的下限不高于它", tier->code, scheme->tiers[i - 1].code);
        st_error_hint(err, "write tiers highest first, each from: below the one before",
            "层级从高到低书写，每个 from: 小于上一个");
        return code;
    }
    bool reached = (last || own <= c->range.high) && (i == 0 || c->range.low < above);
    return reached ? ST_OK : fail_unreachable(scheme, i, err);
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    scheme->ranked = true;
    if (code == ST_OK)
        code = st_method_read_tiers(ctx, scheme, c->tiers, "tiers", err);
    if (code == ST_OK)
        code = read_items(ctx, c, err);
    if (code == ST_OK)
        code = read_adjustments(
            ctx, c->multipliers_node, "multipliers", multiplier_params, &c->multipliers, err);
    if (code == ST_OK)
        code = read_adjustments(ctx, c->caps_node, "caps", cap_params, &c->caps, err);
    if (code == ST_OK)
        code = find_range(scheme, err);
    for (size_t i = 0; i < scheme->tier_count && code == ST_OK; i++)
        code = check_tier(scheme, i, err);
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls, c->nullable, "items:", err);
    return code;
}

/* --- emit --- */

/* CASE WHEN value >= bound THEN score × weight … END */
static struct st_ir_expr *item_points(
    struct st_arena *a, const struct config *c, const struct item *item)
{
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, 2 * item->band_count);
    size_t n = 0;
    for (size_t i = 0; i < item->band_count; i++) {
        const struct band *band = &item->bands[i];
        if (band->from)
            args[n++] = st_ir_fn(
                a, ST_FN_GE, item->typed.ir, st_ir_cast(a, band->bound.ir, item->typed.ir->type));
        args[n++] = st_ir_wide(a, (int64_t)band_points(c, item, band));
    }
    return n > 1 ? st_ir_case(a, n, args) : args[0];
}

/* x × factor where the condition holds; the scale grows by the factor's decimals everywhere. */
static struct st_ir_expr *multiplied(
    struct st_arena *a, struct st_ir_expr *x, const struct adjustment *m)
{
    int decimals = decimals_of(m->factor);
    return st_ir_fn(a, ST_FN_MUL, x,
        st_ir_when(a, m->typed.ir, st_ir_wide(a, at_decimals(m->factor, decimals)),
            st_ir_wide(a, st_pow10(decimals))));
}

static struct st_ir_expr *score_ir(struct st_method_ctx *ctx, struct config *c)
{
    struct st_arena *a = ctx->arena;
    c->sum = NULL;
    for (size_t i = 0; i < c->item_count; i++) {
        struct st_ir_expr *points = item_points(a, c, &c->items[i]);
        c->sum = c->sum ? st_ir_fn(a, ST_FN_ADD, c->sum, points) : points;
    }
    c->product = c->sum;
    for (size_t i = 0; i < c->multipliers.count; i++)
        c->product = multiplied(a, c->product, &c->multipliers.items[i]);
    struct st_typed exact = {.kind = ST_KIND_NUMBER, .scale = c->product_scale, .ir = c->product};
    struct st_ir_expr *score = st_lower_store(ctx->lower, &exact, ST_SCALE_RATE);
    for (size_t i = 0; i < c->caps.count; i++) /* LEAST passes over the NULL of no cap */
        score = st_ir_fn(a, ST_FN_LEAST, score,
            st_ir_when(a, c->caps.items[i].typed.ir, st_ir_int(a, c->caps.items[i].score),
                st_ir_null(a, ST_IR_BIGINT)));
    return score;
}

static struct st_ir_expr *missing_ir(struct st_arena *a, const struct config *c)
{
    struct st_ir_expr *missing = NULL;
    for (size_t i = 0; i < c->item_count; i++) {
        if (!c->items[i].typed.nullable)
            continue;
        struct st_ir_expr *is_null = st_ir_fn(a, ST_FN_IS_NULL, c->items[i].typed.ir);
        missing = missing ? st_ir_fn(a, ST_FN_OR, missing, is_null) : is_null;
    }
    return missing;
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    struct config *c = scheme->config;
    struct st_ir_expr **tiers = st_arena_array(a, struct st_ir_expr *, 2 * scheme->tier_count + 3);
    struct st_ir_expr **rules = st_arena_array(a, struct st_ir_expr *, 2 * scheme->tier_count + 3);
    struct st_ir_expr *missing = missing_ir(a, c);
    size_t n = 0;
    (void)err;
    struct st_ir_expr *score = st_method_add_column(ctx, scheme, "score", score_ir(ctx, c));
    if (missing) {
        rules[0] = tiers[0] = missing;
        tiers[1] = st_method_tier_ir(ctx, scheme, scheme->null_tier);
        rules[1] = st_ir_int(a, ST_RULE_NULL);
        n = 2;
    }
    for (size_t i = 0; i + 1 < scheme->tier_count; i++, n += 2) {
        rules[n] = tiers[n] =
            st_ir_fn(a, ST_FN_GE, score, st_ir_int(a, tier_config(scheme, i)->from));
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, (int)i);
        rules[n + 1] = st_ir_int(a, (int64_t)i + 1);
    }
    tiers[n] = st_method_tier_ir(ctx, scheme, (int)scheme->tier_count - 1);
    rules[n] = st_ir_int(a, (int64_t)scheme->tier_count);
    scheme->tier = n ? st_ir_case(a, n + 1, tiers) : tiers[0];
    scheme->rule = n ? st_ir_case(a, n + 1, rules) : rules[0];
    scheme->score = missing ? st_ir_when(a, missing, st_ir_null(a, ST_IR_BIGINT), score) : score;
    scheme->score_scale = ST_SCALE_RATE;
    return ST_OK;
}

/* --- why --- */

static const char *number(const struct st_why *w, st_wide value)
{
    return st_words_number(w, ST_KIND_NUMBER, ST_SCALE_RATE, value);
}

/* "Sales history is 1,500,000.00: at least 1,000,000.00, below 2,000,000.00; 90 × 50 %" */
static void why_item(const struct st_why *w, const struct item *item)
{
    struct st_ir_value value;
    const char *title = st_pick_text(w->lang, &item->title);
    if (!st_why_value(w, item->typed.ir, &value)) {
        st_str_addf(w->out, st_pick(w->lang, "%s is missing\n", "%s缺失\n"), title);
        return;
    }
    size_t i = 0;
    while (i + 1 < item->band_count && value.number < item->bands[i].bound.ir->integer)
        i++;
    st_str_addf(
        w->out, st_pick(w->lang, "%s is %s", "%s为 %s"), title, st_words_value(w, &item->typed));
    if (i + 1 < item->band_count)
        st_str_addf(w->out, st_pick(w->lang, ", at least %s", "，不低于 %s"),
            st_words_value(w, &item->bands[i].bound));
    if (i > 0)
        st_str_addf(w->out, st_pick(w->lang, ", below %s", "，低于 %s"),
            st_words_value(w, &item->bands[i - 1].bound));
    st_str_addf(w->out, st_pick(w->lang, ": %s points × %s\n", "：%s 分 × %s\n"),
        number(w, item->bands[i].score), st_words_percent(w, ST_SCALE_RATE, item->weight));
}

static void why_score(const struct st_why *w, const struct config *c)
{
    struct st_ir_value sum;
    if (st_why_value(w, c->sum, &sum))
        st_str_addf(w->out, st_pick(w->lang, "weighted score %s\n", "加权得分 %s\n"),
            st_words_number(w, ST_KIND_NUMBER, c->score_scale + c->weight_scale, sum.number));
    for (size_t i = 0; i < c->multipliers.count; i++) {
        const struct adjustment *m = &c->multipliers.items[i];
        if (st_words_holds(w, m->typed.ir))
            st_str_addf(w->out, st_pick(w->lang, "%s: × %s\n", "%s：× %s\n"),
                st_pick_text(w->lang, &m->title), number(w, m->factor));
    }
    for (size_t i = 0; i < c->caps.count; i++) {
        const struct adjustment *cap = &c->caps.items[i];
        if (st_words_holds(w, cap->typed.ir))
            st_str_addf(w->out, st_pick(w->lang, "%s: at most %s\n", "%s：最高 %s\n"),
                st_pick_text(w->lang, &cap->title), number(w, cap->score));
    }
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    for (size_t i = 0; i < c->item_count; i++)
        why_item(w, &c->items[i]);
    if (w->rule == ST_RULE_NULL)
        return;
    why_score(w, c);
    size_t i = (size_t)w->rule - 1;
    const char *colon = st_pick(w->lang, ": ", "：");
    if (w->has_score)
        st_str_addf(w->out, st_pick(w->lang, "score %s", "得分 %s"), number(w, w->score));
    if (i + 1 < w->scheme->tier_count) {
        st_str_addf(w->out, st_pick(w->lang, "%sat least %s", "%s不低于 %s"), colon,
            number(w, tier_config(w->scheme, i)->from));
        colon = st_pick(w->lang, ", ", "，");
    }
    if (i > 0)
        st_str_addf(w->out, st_pick(w->lang, "%sbelow %s", "%s低于 %s"), colon,
            number(w, tier_config(w->scheme, i - 1)->from));
    st_str_add_char(w->out, '\n');
}

static void view(struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out)
{
    out->divides_score = true;
    out->bounds = st_arena_array(arena, struct st_ir_expr *, scheme->tier_count);
    for (size_t i = 0; i + 1 < scheme->tier_count; i++)
        out->bounds[i] = st_ir_int(arena, tier_config(scheme, i)->from);
}

const struct st_method_ops st_method_scorecard = {
    .name = "scorecard",
    .title = {"Scorecard", "评分卡"},
    .summary = {"weighted banded scores, multipliers, caps, then bands of the score",
        "分段打分加权，乘以系数、限制上限，再按得分分层"},
    .source = "round8(sum of score * weight * factors), exact until one rounding; then caps",
    .params = params,
    .config_size = sizeof(struct config),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct tier_config),
    .check = check,
    .emit = emit,
    .why = why,
    .view = view,
};
