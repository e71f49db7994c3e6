/* RFM: scores 1..k for recency, frequency and monetary value, then ordered segments.
 *
 * Scores come from fixed cuts, or from the k-quantiles of the rated customers. A quantile is
 * Hyndman and Fan's type 7 (1996): with N values sorted, h = (N − 1) × i ÷ k, the cut is
 * x[⌊h⌋] + (h − ⌊h⌋) × (x[⌊h⌋+1] − x[⌊h⌋]). It is kept exactly as k × cut, an integer, and compared
 * as k × v >= k × cut. `quantiles: disc` takes the lower order
 * statistic x[⌊h⌋] alone.
 * score = 1 + number of inner cuts <= v; recency is inverted, few days are good.
 * `cut_offset` adds to every cut: with 1 the scores are those of programs that treat a bin as
 * "lower < v" on whole numbers by adding one unit to each cut.
 *
 * Segments are tried in order over the k³ score cells, all of which are enumerated at check time:
 * a cell two segments claim, one that none does, and a segment without a cell are errors, unless
 * `match: first` says that the first claim wins; a last segment without bounds takes the rest.
 */
#include "method/method.h"

enum { BINS_MAX = 9, AXES = 3 };

struct range {
    int low, high;
};

struct config {
    struct st_scheme_keys keys;
    struct st_expr *axes[AXES]; /* recency, frequency, monetary */
    int64_t bins;
    const struct st_node *cuts; /* fixed cuts: {recency: […], …} */
    int quantiles;
    int64_t cut_offset;
    int match;
    const struct st_node *weights;
    const struct st_node *segments;
    const char *nulls;
    struct st_typed typed[AXES];
    int64_t weight[AXES];          /* scale 8 */
    int64_t fixed[AXES][BINS_MAX]; /* inner cuts at the axis's scale */
    bool has_fixed;
    struct st_ir_expr *scores[AXES]; /* set by emit */
};

struct segment_config {
    const struct st_node *ranges[AXES];
    struct range range[AXES];
};

static const char *const axis_names[] = {"recency", "frequency", "monetary"};
static const char *const quantile_names[] = {"type7", "disc", NULL};
static const char *const match_names[] = {"one", "first", NULL};

static const struct st_param params[] = {
    {.name = "recency",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, axes[0]),
        .help = {"days since the last activity; fewer is better",
            "距最近一次活动的天数，越小越好"}},
    {.name = "frequency",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, axes[1]),
        .help = {"how often", "频次"}},
    {.name = "monetary",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct config, axes[2]),
        .help = {"how much", "金额"}},
    {.name = "bins",
        .type = ST_PARAM_INT,
        .offset = offsetof(struct config, bins),
        .default_text = "5",
        .min = 2,
        .max = BINS_MAX,
        .help = {"how many scores, 1 to bins", "得分档数，1 至 bins"}},
    {.name = "cuts",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, cuts),
        .help = {"fixed inner cuts instead of quantiles, {recency: [30, 60, 90, 180], …}",
            "以固定分界点替代分位数，{recency: [30, 60, 90, 180], …}"}},
    {.name = "quantiles",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct config, quantiles),
        .default_text = "type7",
        .choices = quantile_names,
        .help = {"type7 interpolates between two values, disc takes the lower one",
            "type7 在两值之间插值，disc 取较低者"}},
    {.name = "cut_offset",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct config, cut_offset),
        .default_text = "0",
        .help =
            {"added to every quantile cut, in the value's own unit (1: as R's rfm package does)",
                "加到每个分位点上，以该值自身的单位计（1：与 R 的 rfm 包一致）"}},
    {.name = "match",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct config, match),
        .default_text = "one",
        .choices = match_names,
        .help = {"one: segments may not overlap; first: the first that fits wins",
            "one：细分不得重叠；first：先匹配者优先"}},
    {.name = "weights",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, weights),
        .help = {"weights of the weighted score, {recency: 0.3, frequency: 0.3, monetary: 0.4}",
            "加权得分的权重，{recency: 0.3, frequency: 0.3, monetary: 0.4}"}},
    {.name = "segments",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, segments),
        .help = {"ordered segments; r:, f:, m: are a score or [low, high]",
            "按顺序的细分；r:、f:、m: 为得分或 [低, 高]"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"segment of a customer who lacks a value, or unrated",
            "缺少数值的客户归入的细分，或 unrated"}},
    ST_PARAM_END,
};

static const struct st_param segment_params[] = {
    {.name = "r",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct segment_config, ranges[0]),
        .help = {"recency score, or [low, high]", "近度得分，或 [低, 高]"}},
    {.name = "f",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct segment_config, ranges[1]),
        .help = {"frequency score, or [low, high]", "频度得分，或 [低, 高]"}},
    {.name = "m",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct segment_config, ranges[2]),
        .help = {"monetary score, or [low, high]", "金额得分，或 [低, 高]"}},
    ST_PARAM_END,
};

static struct segment_config *segment(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

/* --- check --- */

static bool read_score(const struct st_node *node, int64_t bins, int *score)
{
    if (node->kind != ST_NODE_SCALAR || node->text[0] < '1' || node->text[0] > '9' || node->text[1])
        return false;
    *score = node->text[0] - '0';
    return *score <= bins;
}

static st_code read_range(
    const struct config *c, const struct st_node *node, struct range *range, struct st_error *err)
{
    *range = (struct range){1, (int)c->bins};
    if (!node)
        return ST_OK;
    bool good = false;
    if (node->kind == ST_NODE_SCALAR && read_score(node, c->bins, &range->low)) {
        range->high = range->low;
        good = true;
    } else if (node->kind == ST_NODE_LIST && node->count == 2) {
        good = read_score(node->items[0], c->bins, &range->low) &&
               read_score(node->items[1], c->bins, &range->high) && range->low <= range->high;
    }
    if (good)
        return ST_OK;
    st_code code = st_fail_at(err, node, ST_E_POLICY,
        "this is neither a score nor a range of scores", "此处不是得分，也不是得分区间");
    st_error_value(err, "%s", node->kind == ST_NODE_SCALAR ? node->text : "[…]");
    st_error_allowed(
        err, "a score 1 to %d, or [low, high]", "1 至 %d 的得分，或 [低, 高]", (int)c->bins);
    return code;
}

static bool claims(const struct segment_config *s, const int score[AXES])
{
    for (int axis = 0; axis < AXES; axis++)
        if (score[axis] < s->range[axis].low || score[axis] > s->range[axis].high)
            return false;
    return true;
}

static bool is_rest(const struct segment_config *s)
{
    return !s->ranges[0] && !s->ranges[1] && !s->ranges[2];
}

static st_code check_cell(
    const struct st_scheme *scheme, const int score[AXES], bool *reached, struct st_error *err)
{
    const struct config *c = scheme->config;
    int first = -1;
    for (size_t i = 0; i < scheme->tier_count; i++) {
        bool rest = is_rest(segment(scheme, i));
        if (!claims(segment(scheme, i), score) || (rest && first >= 0))
            continue;
        if (first < 0) {
            first = (int)i;
            reached[i] = true;
        } else if (c->match == 0) {
            st_code code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
                "segments %s and %s both claim R%d F%d M%d", "细分 %s 与 %s 都包含 R%d F%d M%d",
                scheme->tiers[first].code, scheme->tiers[i].code, score[0], score[1], score[2]);
            st_error_hint(err, "narrow one of them, or write match: first",
                "请缩小其中之一，或写 match: first");
            return code;
        }
    }
    if (first >= 0)
        return ST_OK;
    st_code code = st_fail_at(err, c->segments, ST_E_POLICY, "no segment takes R%d F%d M%d",
        "没有细分包含 R%d F%d M%d", score[0], score[1], score[2]);
    st_error_hint(err, "widen one, or end with a segment without r:, f:, m: for the rest",
        "请放宽某个细分，或在末尾加一个不写 r:、f:、m: 的细分收纳其余");
    return code;
}

static st_code check_segments(struct st_scheme *scheme, struct st_error *err)
{
    const struct config *c = scheme->config;
    bool reached[ST_POLICY_TIERS_MAX] = {false};
    st_code code = ST_OK;
    for (size_t i = 0; i < scheme->tier_count && code == ST_OK; i++) {
        struct segment_config *s = segment(scheme, i);
        for (int axis = 0; axis < AXES && code == ST_OK; axis++)
            code = read_range(c, s->ranges[axis], &s->range[axis], err);
        if (code == ST_OK && is_rest(s) && i + 1 < scheme->tier_count)
            code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
                "segment %s has no bounds, but others follow it",
                "细分 %s 没有界限，但其后还有细分", scheme->tiers[i].code);
        st_error_hint(err, "a segment for the rest comes last", "收纳其余客户的细分请放在最后");
    }
    int score[AXES];
    for (score[0] = 1; score[0] <= c->bins; score[0]++)
        for (score[1] = 1; score[1] <= c->bins; score[1]++)
            for (score[2] = 1; score[2] <= c->bins && code == ST_OK; score[2]++)
                code = check_cell(scheme, score, reached, err);
    for (size_t i = 0; i < scheme->tier_count && code == ST_OK; i++)
        if (!reached[i] && c->match == 0) {
            code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
                "segment %s can never be reached", "细分 %s 永远无人可达", scheme->tiers[i].code);
            st_error_hint(
                err, "the segments before it take all its scores", "其得分已全部归入前面的细分");
        }
    return code;
}

static st_code read_fixed_axis(struct st_method_ctx *ctx, struct config *c, int axis,
    const struct st_node *list, struct st_error *err)
{
    size_t want = (size_t)c->bins - 1;
    bool good = list && list->kind == ST_NODE_LIST && list->count == want;
    for (size_t i = 0; good && i < want; i++) {
        struct st_expr *cut = NULL;
        good = st_expr_parse_node(ctx->arena, list->items[i], &cut, NULL) == ST_OK &&
               cut->kind == ST_EXPR_NUMBER && cut->scale <= c->typed[axis].scale &&
               st_wide_to_int64(st_rescale(cut->integer, cut->scale, c->typed[axis].scale),
                   &c->fixed[axis][i]) &&
               (i == 0 || c->fixed[axis][i] > c->fixed[axis][i - 1]);
    }
    if (good)
        return ST_OK;
    st_code code = st_fail_at(err, list ? list : c->cuts, ST_E_POLICY,
        "cuts: of %s are not %zu growing numbers", "%s 的 cuts: 不是 %zu 个递增的数",
        axis_names[axis], want);
    st_error_hint(err, "one fewer than bins:, for example [30, 60, 90, 180]",
        "比 bins: 少一个，例如 [30, 60, 90, 180]");
    return code;
}

#define AXIS_WEIGHT(axis, en, zh)                                                                  \
    {                                                                                              \
        .name = axis, .type = ST_PARAM_DECIMAL, .required = true, .max = 100000000, .help = {      \
            en,                                                                                    \
            zh                                                                                     \
        }                                                                                          \
    }
static const struct st_param weight_params[] = {
    AXIS_WEIGHT("recency", "weight of recency, 30%", "近度权重，如 30%"),
    AXIS_WEIGHT("frequency", "weight of frequency, 30%", "频度权重，如 30%"),
    AXIS_WEIGHT("monetary", "weight of monetary value, 40%", "金额权重，如 40%"),
    ST_PARAM_END,
};

static st_code read_weights(struct st_method_ctx *ctx, struct config *c, struct st_error *err)
{
    struct st_param table[AXES + 1];
    int64_t total = 0;
    if (!c->weights)
        return ST_OK;
    memcpy(table, weight_params, sizeof table);
    for (size_t axis = 0; axis < AXES; axis++)
        table[axis].offset = axis * sizeof *c->weight;
    st_code code = st_params_read(ctx->arena, table, c->weights, c->weight, err);
    for (int axis = 0; axis < AXES; axis++)
        total += c->weight[axis];
    if (code != ST_OK || total == st_pow10(ST_SCALE_RATE))
        return code;
    char text[ST_DECIMAL_TEXT_SIZE];
    int decimals = ST_SCALE_RATE - 2; /* of per cent */
    for (; decimals > 0 && total % 10 == 0; decimals--)
        total /= 10;
    code = st_fail_at(
        err, c->weights, ST_E_POLICY, "weights: do not total 100%%", "weights: 合计不是 100%%");
    st_error_value(err, "%s%%", st_decimal_format(total, decimals, text));
    st_error_hint(err, "recency + frequency + monetary = 1", "recency + frequency + monetary = 1");
    return code;
}

static const struct st_param cuts_params[] = {
    {.name = "recency",
        .type = ST_PARAM_NODE,
        .required = true,
        .help = {"[30, 60, 90, 180]", "[30, 60, 90, 180]"}},
    {.name = "frequency",
        .type = ST_PARAM_NODE,
        .required = true,
        .help = {"[2, 5, 10, 20]", "[2, 5, 10, 20]"}},
    {.name = "monetary",
        .type = ST_PARAM_NODE,
        .required = true,
        .help = {"[1_000, 5_000, 20_000, 100_000]", "[1_000, 5_000, 20_000, 100_000]"}},
    ST_PARAM_END,
};

static st_code check_axes(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    bool nullable = false;
    const struct st_node *read;
    st_code code = c->cuts ? st_params_read(ctx->arena, cuts_params, c->cuts, &read, err) : ST_OK;
    for (int axis = 0; axis < AXES && code == ST_OK; axis++) {
        struct st_typed *t = &c->typed[axis];
        code = st_lower(ctx->lower, c->axes[axis], t, err);
        if (code == ST_OK && t->kind != ST_KIND_NUMBER && t->kind != ST_KIND_MONEY)
            code = st_fail_expr(err, c->axes[axis], ST_E_POLICY, "%s: must be a number or money",
                "%s: 必须是数字或金额", axis_names[axis]);
        nullable |= code == ST_OK && t->nullable;
        if (code == ST_OK && c->cuts)
            code = read_fixed_axis(ctx, c, axis, st_node_get(c->cuts, axis_names[axis]), err);
    }
    c->has_fixed = c->cuts != NULL;
    if (code == ST_OK)
        code = st_method_read_nulls(
            ctx, scheme, c->nulls, nullable, "recency: / frequency: / monetary:", err);
    return code;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    if (code == ST_OK)
        code = st_method_read_tiers(ctx, scheme, c->segments, "segments", err);
    if (code == ST_OK)
        code = check_axes(ctx, scheme, err);
    if (code == ST_OK)
        code = read_weights(ctx, c, err);
    if (code == ST_OK)
        code = check_segments(scheme, err);
    return code;
}

/* --- emit --- */

/* The order statistic x[⌊(N−1) × i ÷ k⌋ (+ 1)] of the distribution: the least value whose
 * cumulated count exceeds the rank. */
static struct st_ir_expr *order_statistic(
    struct st_arena *a, const struct st_rel *d, int64_t i, int64_t bins, int64_t next)
{
    struct st_ir_expr *last =
        st_ir_fn(a, ST_FN_SUB, st_ir_column(a, d, 0, "total"), st_ir_wide(a, 1));
    struct st_ir_expr *rank = st_ir_fn(
        a, ST_FN_DIV_TRUNC, st_ir_fn(a, ST_FN_MUL, last, st_ir_wide(a, i)), st_ir_wide(a, bins));
    rank = st_ir_fn(a, ST_FN_LEAST, st_ir_fn(a, ST_FN_ADD, rank, st_ir_wide(a, next)), last);
    return st_ir_aggregate(a, ST_AGG_MIN, st_ir_column(a, d, 0, "value"),
        st_ir_fn(a, ST_FN_GT, st_ir_column(a, d, 0, "cumulated"), rank));
}

static const char *cut_name(struct st_arena *a, const struct st_scheme *scheme, int axis, int64_t i)
{
    return st_arena_printf(a, "%s:%s:%lld", scheme->def->name, axis_names[axis], (long long)i);
}

/* One BIND step per axis: for each inner cut, bins × cut as one integer. */
static void bind_quantiles(struct st_method_ctx *ctx, struct st_scheme *scheme, int axis)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    size_t count = (size_t)c->bins - 1;
    struct st_ir_expr *value = st_ir_cast(a, c->typed[axis].ir, ST_IR_BIGINT);
    struct st_rel *d = st_method_distribution(ctx, value, ST_OF_COUNTS);
    struct st_ir_column *stats = st_arena_array(a, struct st_ir_column, 2 * count + 1);
    struct st_ir_column *cuts = st_arena_array(a, struct st_ir_column, count);
    const char **names = st_arena_array(a, const char *, count);
    for (size_t i = 0; i < count; i++) {
        stats[2 * i] = (struct st_ir_column){.name = st_arena_printf(a, "low%zu", i + 1),
            .expr = order_statistic(a, d, (int64_t)i + 1, c->bins, 0)};
        stats[2 * i + 1] = (struct st_ir_column){.name = st_arena_printf(a, "high%zu", i + 1),
            .expr = order_statistic(a, d, (int64_t)i + 1, c->bins, 1)};
    }
    stats[2 * count] = (struct st_ir_column){
        .name = "n", .expr = st_ir_aggregate(a, ST_AGG_MAX, st_ir_column(a, d, 0, "total"), NULL)};
    struct st_rel *row = st_rel_aggregate(a, d, 0, NULL, 2 * count + 1, stats);
    struct st_ir_expr *bins = st_ir_wide(a, c->bins);
    struct st_ir_expr *last =
        st_ir_fn(a, ST_FN_SUB, st_ir_column(a, row, 0, "n"), st_ir_wide(a, 1));
    for (size_t i = 0; i < count; i++) {
        struct st_ir_expr *low =
            st_ir_cast(a, st_ir_column(a, row, 0, stats[2 * i].name), ST_IR_WIDE);
        struct st_ir_expr *high =
            st_ir_cast(a, st_ir_column(a, row, 0, stats[2 * i + 1].name), ST_IR_WIDE);
        struct st_ir_expr *scaled = st_ir_fn(a, ST_FN_MUL, last, st_ir_wide(a, (int64_t)i + 1));
        struct st_ir_expr *remainder = st_ir_fn(a, ST_FN_SUB, scaled,
            st_ir_fn(a, ST_FN_MUL, st_ir_fn(a, ST_FN_DIV_TRUNC, scaled, bins), bins));
        struct st_ir_expr *cut = st_ir_fn(a, ST_FN_MUL, low, bins);
        if (c->quantiles == 0)
            cut = st_ir_fn(a, ST_FN_ADD, cut,
                st_ir_fn(a, ST_FN_MUL, remainder, st_ir_fn(a, ST_FN_SUB, high, low)));
        names[i] = cut_name(a, scheme, axis, (int64_t)i + 1);
        cuts[i] = (struct st_ir_column){
            .name = st_arena_printf(a, "cut%zu", i + 1), .expr = st_ir_cast(a, cut, ST_IR_BIGINT)};
    }
    st_method_add_bind(ctx, scheme, st_arena_printf(a, "%s cuts", axis_names[axis]),
        st_rel_project(a, row, count, cuts), names);
}

/* value >= cut + offset, or value >= a fixed cut. The bound is bins × cut, and a value is whole: it
 * reaches the cut where it reaches ⌈bound ÷ bins⌉, a constant of the statement, and no row needs
 * a wide product. With c the bound and b the bins, ⌈c ÷ b⌉ is (2c + b − 1) ÷ 2b to the nearest
 * whole number: the numerator is never an odd multiple of b, so that no half is rounded. */
static struct st_ir_expr *reaches(
    struct st_method_ctx *ctx, struct st_scheme *scheme, int axis, int64_t i)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    struct st_ir_expr *value = c->typed[axis].ir;
    if (c->has_fixed)
        return st_ir_fn(
            a, ST_FN_GE, value, st_ir_cast(a, st_ir_int(a, c->fixed[axis][i - 1]), value->type));
    int64_t offset = (int64_t)st_rescale(c->cut_offset, ST_SCALE_RATE, c->typed[axis].scale);
    struct st_ir_expr *cut = st_ir_cast(
        a, st_plan_bound(a, ctx->params, cut_name(a, scheme, axis, i), ST_IR_BIGINT), ST_IR_WIDE);
    struct st_ir_expr *least = st_ir_fn(a, ST_FN_DIV_HALF_UP,
        st_ir_fn(a, ST_FN_ADD, st_ir_fn(a, ST_FN_MUL, cut, st_ir_wide(a, 2)),
            st_ir_wide(a, 2 * offset * c->bins + c->bins - 1)),
        st_ir_wide(a, 2 * c->bins));
    if (offset == 0) /* between two values, so as narrow as they are */
        least = st_ir_cast(a, least, value->type);
    return st_ir_fn(a, ST_FN_GE, value, least);
}

static struct st_ir_expr *score_ir(struct st_method_ctx *ctx, struct st_scheme *scheme, int axis)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    size_t count = (size_t)c->bins - 1;
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, 2 * count + 1);
    bool inverted = axis == 0;
    for (size_t i = 0; i < count; i++) { /* from the highest cut down */
        int64_t cut = c->bins - 1 - (int64_t)i;
        args[2 * i] = reaches(ctx, scheme, axis, cut);
        args[2 * i + 1] = st_ir_int(a, inverted ? c->bins - cut : cut + 1);
    }
    args[2 * count] = st_ir_int(a, inverted ? c->bins : 1);
    return st_ir_case(a, 2 * count + 1, args);
}

static struct st_ir_expr *segment_condition(
    struct st_method_ctx *ctx, const struct st_scheme *scheme, size_t i)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    const struct segment_config *s = segment(scheme, i);
    struct st_ir_expr *condition = NULL;
    for (int axis = 0; axis < AXES; axis++) {
        if (s->range[axis].low > 1)
            condition = st_ir_and(a, condition,
                st_ir_fn(a, ST_FN_GE, c->scores[axis], st_ir_int(a, s->range[axis].low)));
        if (s->range[axis].high < c->bins)
            condition = st_ir_and(a, condition,
                st_ir_fn(a, ST_FN_LE, c->scores[axis], st_ir_int(a, s->range[axis].high)));
    }
    return condition ? condition : st_ir_bool(a, true);
}

/* R × 100 + F × 10 + M: the concatenated score, 543. */
static struct st_ir_expr *concatenated(struct st_arena *a, const struct config *c)
{
    return st_ir_fn(a, ST_FN_ADD,
        st_ir_fn(a, ST_FN_ADD, st_ir_fn(a, ST_FN_MUL, c->scores[0], st_ir_int(a, 100)),
            st_ir_fn(a, ST_FN_MUL, c->scores[1], st_ir_int(a, 10))),
        c->scores[2]);
}

/* The weighted mean at 8 decimals; without weights a third each, rounded once: twice the sum and
 * the divisor, divided by twice the divisor, in BIGINT, as scores are not negative and small. */
static struct st_ir_expr *weighted(struct st_arena *a, const struct config *c)
{
    struct st_ir_expr *sum = NULL;
    for (int axis = 0; axis < AXES; axis++) {
        int64_t weight = c->weights ? c->weight[axis] : 2 * st_pow10(ST_SCALE_RATE);
        struct st_ir_expr *part = st_ir_fn(a, ST_FN_MUL, c->scores[axis], st_ir_int(a, weight));
        sum = sum ? st_ir_fn(a, ST_FN_ADD, sum, part) : part;
    }
    if (c->weights)
        return sum;
    return st_ir_cast(a,
        st_ir_fn(a, ST_FN_DIV_TRUNC, st_ir_fn(a, ST_FN_ADD, sum, st_ir_int(a, AXES)),
            st_ir_int(a, 2 * AXES)),
        ST_IR_BIGINT);
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    struct config *c = scheme->config;
    struct st_ir_expr *missing = NULL;
    size_t n = 0;
    (void)err;
    for (int axis = 0; axis < AXES; axis++) {
        if (!c->has_fixed)
            bind_quantiles(ctx, scheme, axis);
        c->scores[axis] =
            st_method_add_column(ctx, scheme, axis_names[axis], score_ir(ctx, scheme, axis));
        if (c->typed[axis].nullable) {
            struct st_ir_expr *is_null = st_ir_fn(a, ST_FN_IS_NULL, c->typed[axis].ir);
            missing = missing ? st_ir_fn(a, ST_FN_OR, missing, is_null) : is_null;
        }
    }
    struct st_ir_expr **tiers = st_arena_array(a, struct st_ir_expr *, 2 * scheme->tier_count + 3);
    if (missing) {
        tiers[0] = missing;
        tiers[1] = st_method_tier_ir(ctx, scheme, scheme->null_tier);
        n = 2;
    }
    for (size_t i = 0; i + 1 < scheme->tier_count; i++, n += 2) {
        tiers[n] = segment_condition(ctx, scheme, i);
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, (int)i);
    }
    tiers[n] = st_method_tier_ir(ctx, scheme, (int)scheme->tier_count - 1);
    scheme->tier = n ? st_ir_case(a, n + 1, tiers) : tiers[0];
    struct st_ir_expr *cell = concatenated(a, c);
    scheme->rule = missing ? st_ir_when(a, missing, st_ir_int(a, ST_RULE_NULL), cell) : cell;
    struct st_ir_expr *score = weighted(a, c);
    scheme->score = missing ? st_ir_when(a, missing, st_ir_null(a, ST_IR_BIGINT), score) : score;
    scheme->score_scale = ST_SCALE_RATE;
    return ST_OK;
}

static void why(const struct st_why *w)
{
    static const struct st_text titles[] = {
        {"recency", "近度"}, {"frequency", "频度"}, {"monetary", "金额"}};
    const struct config *c = w->scheme->config;
    if (w->rule == ST_RULE_NULL) {
        st_str_add(w->out, st_pick(w->lang, "a value is missing\n", "缺少数值\n"));
        return;
    }
    for (int axis = 0; axis < AXES; axis++) {
        struct st_ir_value value, score;
        struct st_str text = ST_STR_INIT;
        if (!st_why_value(w, c->typed[axis].ir, &value) ||
            !st_why_value(w, c->scores[axis], &score))
            continue;
        st_method_print_value(&text, c->typed[axis].kind, c->typed[axis].scale, &value);
        st_str_addf(w->out,
            st_pick(w->lang, "%s %s scores %d of %d\n", "%s %s，得分 %d（满分 %d）\n"),
            st_pick_text(w->lang, &titles[axis]), text.text, (int)score.number, (int)c->bins);
        st_str_release(&text);
    }
    st_str_addf(w->out, st_pick(w->lang, "RFM cell %d\n", "RFM 组合 %d\n"), (int)w->rule);
}

static void view(struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out)
{
    const struct config *c = scheme->config;
    (void)arena;
    out->axes = c->typed;
    out->bins = (int)c->bins;
}

const struct st_method_ops st_method_rfm = {
    .name = "rfm",
    .title = {"RFM", "RFM 分层"},
    .summary = {"recency, frequency and monetary scores, then segments",
        "近度、频度、金额打分后归入细分"},
    .source = "quantiles: Hyndman and Fan (1996), type 7; score = 1 + inner cuts <= v",
    .params = params,
    .config_size = sizeof(struct config),
    .tier_params = segment_params,
    .tier_config_size = sizeof(struct segment_config),
    .check = check,
    .emit = emit,
    .why = why,
    .view = view,
};
