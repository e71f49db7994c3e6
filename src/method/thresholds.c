/* Thresholds: bands of one value (from:, inclusive below, or above:, exclusive), or ordered
 * conditions (when:).
 *
 * Values are whole numbers of their unit, so above: x is from: the next unit after x.
 * Bands are proved to cover every value by construction: strictly descending bounds and a last
 * tier without one. Conditions are tried in order and the last tier has none; a condition that
 * an earlier one always implies can never decide and is refused.
 */
#include "method/method.h"

struct config {
    struct st_scheme_keys keys;
    struct st_expr *value;
    const struct st_node *tiers;
    const char *nulls;
    bool ranked;
    struct st_typed typed; /* of value */
};

struct tier_config {
    struct st_expr *from, *above;
    struct st_expr *when;
    struct st_typed bound;     /* least value, at the value's scale */
    struct st_typed condition; /* when: */
};

static const struct st_param params[] = {
    {.name = "value",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct config, value),
        .help = {"what the bands divide: a metric or an expression; not with when:",
            "分段所依据的值：指标或表达式；与 when: 不同用"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, tiers),
        .help = {"tiers, highest first; each with from: or above: (or when:), the last without",
            "层级，从高到低；各写 from: 或 above:（或 when:），最后一层不写"}},
    {.name = "nulls",
        .type = ST_PARAM_TEXT,
        .offset = offsetof(struct config, nulls),
        .help = {"tier of a customer whose value is missing, or unrated",
            "值为空的客户归入的层级，或 unrated"}},
    {.name = "ranked",
        .type = ST_PARAM_BOOL,
        .offset = offsetof(struct config, ranked),
        .default_text = "true",
        .help = {"false: the tiers are kinds, none better than another, as cities or occupations",
            "false：各层为类别，不分高低，如城市、职业"}},
    ST_PARAM_END,
};

static const struct st_param tier_params[] = {
    {.name = "from",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct tier_config, from),
        .help = {"lower bound, inclusive; constant", "下限（含），常数"}},
    {.name = "above",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct tier_config, above),
        .help = {"lower bound, exclusive; constant, instead of from:",
            "下限（不含），常数，替代 from:"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .offset = offsetof(struct tier_config, when),
        .help = {"condition, instead of from:", "条件，替代 from:"}},
    ST_PARAM_END,
};

static struct tier_config *tier_config(const struct st_scheme *scheme, size_t i)
{
    return scheme->tiers[i].config;
}

/* --- from:, above: --- */

/* The lower bound as written; NULL for none. */
static const struct st_expr *bound_expr(const struct tier_config *t)
{
    return t->from ? t->from : t->above;
}

static const char *bound_key(const struct tier_config *t)
{
    return t->from ? "from" : "above";
}

/* The bound as a constant in the value's unit. */
static st_code read_bound(
    struct st_method_ctx *ctx, const struct config *c, struct tier_config *t, struct st_error *err)
{
    const struct st_expr *given = bound_expr(t);
    const char *key = bound_key(t);
    st_code code = st_lower_kind(ctx->lower, given, c->typed.kind, &t->bound, err);
    if (code != ST_OK)
        return code;
    if (t->bound.ir->kind != ST_IR_LITERAL || t->bound.ir->type == ST_IR_TEXT) {
        code =
            st_fail_expr(err, given, ST_E_POLICY, "%s: must be a constant", "%s: 必须是常数", key);
        st_error_hint(err, "bounds that depend on the customer belong into value: or when:",
            "随客户变化的界限请写入 value: 或 when:");
        return code;
    }
    if (t->bound.scale > c->typed.scale) {
        code = st_fail_expr(err, given, ST_E_POLICY, "%s: has more decimals than the value",
            "%s: 的小数位多于所比较的值", key);
        if (c->typed.scale)
            st_error_allowed(err, "at most %d decimals", "最多 %d 位小数", c->typed.scale);
        else
            st_error_allowed(err, "a whole number", "整数");
        return code;
    }
    t->bound.ir = st_lower_rescale(ctx->lower, &t->bound, c->typed.scale);
    t->bound.scale = c->typed.scale;
    if (t->bound.ir->kind != ST_IR_LITERAL || t->bound.ir->integer == INT64_MAX)
        return st_fail_expr(err, given, ST_E_LIMIT, "%s: is too large", "%s: 数值过大", key);
    if (t->above) {
        struct st_ir_expr *next = st_arena_new(ctx->arena, struct st_ir_expr);
        *next = *t->bound.ir;
        next->integer++;
        t->bound.ir = next;
    }
    return ST_OK;
}

static st_code check_bound(
    struct st_method_ctx *ctx, struct st_scheme *scheme, size_t i, struct st_error *err)
{
    struct tier_config *t = tier_config(scheme, i);
    if (t->from && t->above)
        return st_fail_expr(err, t->above, ST_E_POLICY, "tier %s has both from: and above:",
            "层级 %s 同时写了 from: 和 above:", scheme->tiers[i].code);
    st_code code = read_bound(ctx, scheme->config, t, err);
    if (code != ST_OK)
        return code;
    if (i == 0 || t->bound.ir->integer < tier_config(scheme, i - 1)->bound.ir->integer)
        return ST_OK;
    const struct tier_config *before = tier_config(scheme, i - 1);
    bool equal = t->bound.ir->integer == before->bound.ir->integer;
    code = st_fail_expr(err, bound_expr(t), ST_E_POLICY,
        equal ? "tier %s starts where %s does: one of them can never be reached"
              : "tier %s starts above %s, so the bands overlap",
        equal ? "层级 %s 与 %s 的下限相同，其中一层永远无人" : "层级 %s 的下限高于 %s，区间重叠",
        scheme->tiers[i].code, scheme->tiers[i - 1].code);
    st_error_hint(err, "write tiers highest first, each %s: below the one before",
        "层级从高到低书写，每个 %s: 小于上一个", bound_key(t));
    return code;
}

static st_code check_bands(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    st_code code = st_lower(ctx->lower, c->value, &c->typed, err);
    if (code == ST_OK && c->typed.kind != ST_KIND_NUMBER && c->typed.kind != ST_KIND_MONEY &&
        c->typed.kind != ST_KIND_DATE) {
        code = st_fail_expr(err, c->value, ST_E_POLICY, "value: must be a number, money or a date",
            "value: 必须是数字、金额或日期");
        st_error_hint(err, "for texts and conditions use when: on the tiers",
            "文本与条件请在各层级使用 when:");
    }
    for (size_t i = 0; code == ST_OK && i + 1 < scheme->tier_count; i++) {
        struct tier_config *t = tier_config(scheme, i);
        if (!bound_expr(t)) {
            code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
                "tier %s has no from:, but others follow it", "层级 %s 没有 from:，但其后还有层级",
                scheme->tiers[i].code);
            st_error_hint(err, "only the last tier, the rest, has none",
                "只有最后一层（其余客户）不写 from:");
            return code;
        }
        code = check_bound(ctx, scheme, i, err);
    }
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls, c->typed.nullable, "value:", err);
    return code;
}

/* --- when: --- */

/* A condition as AND of comparisons of one column with a constant; anything else is opaque. */
struct interval {
    const char *column;
    st_wide low, high; /* inclusive */
};

enum { CONJUNCTS_MAX = 16 };

struct conjunction {
    struct interval items[CONJUNCTS_MAX];
    size_t count;
    bool exact; /* the intervals are the whole condition */
};

static const st_wide WIDE_MAX = ((st_wide)INT64_MAX) * 4;

static void add_comparison(struct conjunction *c, const struct st_ir_expr *e)
{
    const struct st_ir_expr *x = e->args[0], *y = e->args[1];
    enum st_ir_fn fn = e->fn;
    if (x->kind == ST_IR_LITERAL) {
        static const enum st_ir_fn mirrored[ST_FN_COUNT] = {[ST_FN_LT] = ST_FN_GT,
            [ST_FN_LE] = ST_FN_GE,
            [ST_FN_GT] = ST_FN_LT,
            [ST_FN_GE] = ST_FN_LE,
            [ST_FN_EQ] = ST_FN_EQ};
        const struct st_ir_expr *swap = x;
        x = y;
        y = swap;
        fn = mirrored[fn];
    }
    bool plain = x->kind == ST_IR_COLUMN && y->kind == ST_IR_LITERAL && y->type != ST_IR_TEXT;
    if (!plain || c->count == CONJUNCTS_MAX || fn == ST_FN_NE) {
        c->exact = false;
        return;
    }
    struct interval i = {x->name, -WIDE_MAX, WIDE_MAX};
    if (fn == ST_FN_GE || fn == ST_FN_EQ)
        i.low = y->integer;
    if (fn == ST_FN_GT)
        i.low = (st_wide)y->integer + 1;
    if (fn == ST_FN_LE || fn == ST_FN_EQ)
        i.high = y->integer;
    if (fn == ST_FN_LT)
        i.high = (st_wide)y->integer - 1;
    c->items[c->count++] = i;
}

static void collect(struct conjunction *c, const struct st_ir_expr *e)
{
    bool comparison = e->kind == ST_IR_CALL && e->fn >= ST_FN_EQ && e->fn <= ST_FN_GE;
    if (e->kind == ST_IR_CALL && e->fn == ST_FN_AND) {
        for (size_t i = 0; i < e->arg_count; i++)
            collect(c, e->args[i]);
    } else if (comparison) {
        add_comparison(c, e);
    } else {
        c->exact = false;
    }
}

static void column_range(
    const struct conjunction *c, const char *column, st_wide *low, st_wide *high)
{
    *low = -WIDE_MAX;
    *high = WIDE_MAX;
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->items[i].column, column) != 0)
            continue;
        *low = c->items[i].low > *low ? c->items[i].low : *low;
        *high = c->items[i].high < *high ? c->items[i].high : *high;
    }
}

static bool impossible(const struct conjunction *c)
{
    for (size_t i = 0; i < c->count; i++) {
        st_wide low, high;
        column_range(c, c->items[i].column, &low, &high);
        if (low > high)
            return true;
    }
    return false;
}

/* Every row that satisfies `narrow` satisfies `wide` too. */
static bool implies(const struct conjunction *narrow, const struct conjunction *wide)
{
    if (!wide->exact)
        return false;
    for (size_t i = 0; i < wide->count; i++) {
        st_wide low, high;
        column_range(narrow, wide->items[i].column, &low, &high);
        if (low < wide->items[i].low || high > wide->items[i].high)
            return false;
    }
    return true;
}

static bool branch_covered(
    const struct st_scheme *scheme, size_t before, const struct st_ir_expr *branch);

/* Some alternative of an earlier tier's condition holds whenever `branch` does. */
static bool covered_by(const struct st_ir_expr *earlier, const struct st_ir_expr *branch)
{
    if (st_ir_equal(earlier, branch))
        return true;
    if (earlier->kind == ST_IR_CALL && earlier->fn == ST_FN_OR) {
        for (size_t i = 0; i < earlier->arg_count; i++)
            if (covered_by(earlier->args[i], branch))
                return true;
        return false;
    }
    struct conjunction narrow = {.exact = true}, wide = {.exact = true};
    collect(&narrow, branch);
    collect(&wide, earlier);
    return implies(&narrow, &wide);
}

/* No row can reach `branch` once tiers 0..before−1 have been tried. */
static bool branch_covered(
    const struct st_scheme *scheme, size_t before, const struct st_ir_expr *branch)
{
    if (branch->kind == ST_IR_LITERAL)
        return branch->integer == 0;
    if (branch->kind == ST_IR_CALL && branch->fn == ST_FN_OR) {
        for (size_t i = 0; i < branch->arg_count; i++)
            if (!branch_covered(scheme, before, branch->args[i]))
                return false;
        return true;
    }
    struct conjunction c = {.exact = true};
    collect(&c, branch);
    if (impossible(&c))
        return true;
    for (size_t i = 0; i < before; i++)
        if (covered_by(tier_config(scheme, i)->condition.ir, branch))
            return true;
    return false;
}

/* --- the rest --- */

enum { SPANS_MAX = 256 };

/* Alternatives that are an interval of one column which is never missing. */
struct spans {
    struct interval items[SPANS_MAX];
    size_t count;
    bool everyone; /* a condition that is always true */
};

static void add_spans(struct spans *s, const struct st_ir_expr *condition)
{
    if (condition->kind == ST_IR_LITERAL)
        s->everyone |= condition->integer != 0;
    if (condition->kind == ST_IR_CALL && condition->fn == ST_FN_OR) {
        for (size_t i = 0; i < condition->arg_count; i++)
            add_spans(s, condition->args[i]);
        return;
    }
    struct conjunction c = {.exact = true};
    collect(&c, condition);
    bool one = c.exact && c.count > 0 && s->count < SPANS_MAX;
    for (size_t i = 1; one && i < c.count; i++)
        one = strcmp(c.items[i].column, c.items[0].column) == 0;
    if (!one)
        return;
    struct interval span = {.column = c.items[0].column};
    column_range(&c, span.column, &span.low, &span.high);
    s->items[s->count++] = span;
}

/* Together the spans of `column` leave no value out. */
static bool spans_cover(const struct spans *s, const char *column)
{
    st_wide reached = -WIDE_MAX - 1;
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < s->count; i++) {
            const struct interval *span = &s->items[i];
            if (strcmp(span->column, column) == 0 && span->low <= reached + 1 &&
                span->high > reached) {
                reached = span->high;
                grown = true;
            }
        }
    }
    return reached >= WIDE_MAX;
}

/* The last tier takes who meets no condition: somebody must be able to. */
static st_code check_rest(const struct st_scheme *scheme, struct st_error *err)
{
    struct spans spans = {.count = 0};
    size_t last = scheme->tier_count - 1;
    for (size_t i = 0; i < last; i++) {
        const struct st_typed *condition = &tier_config(scheme, i)->condition;
        if (!condition->nullable)
            add_spans(&spans, condition->ir);
    }
    bool covered = spans.everyone;
    for (size_t i = 0; i < spans.count && !covered; i++)
        covered = spans_cover(&spans, spans.items[i].column);
    if (!covered)
        return ST_OK;
    st_code code = st_fail_at(err, scheme->tiers[last].node, ST_E_POLICY,
        "tier %s can never be reached", "层级 %s 永远无人可达", scheme->tiers[last].code);
    st_error_hint(err, "the conditions before it hold for everyone: drop the one before, or it",
        "前面的条件已涵盖所有客户：请删去前一层的条件，或删去此层");
    return code;
}

/* --- check --- */

static st_code check_condition(
    struct st_method_ctx *ctx, struct st_scheme *scheme, size_t i, struct st_error *err)
{
    struct tier_config *t = tier_config(scheme, i);
    if (!t->when) {
        st_code code = st_fail_at(err, scheme->tiers[i].node, ST_E_POLICY,
            "tier %s has no when:, but others follow it", "层级 %s 没有 when:，但其后还有层级",
            scheme->tiers[i].code);
        st_error_hint(
            err, "only the last tier, the rest, has none", "只有最后一层（其余客户）不写 when:");
        return code;
    }
    st_code code = st_lower_kind(ctx->lower, t->when, ST_KIND_BOOL, &t->condition, err);
    if (code != ST_OK || !branch_covered(scheme, i, t->condition.ir))
        return code;
    code = st_fail_expr(err, t->when, ST_E_POLICY, "tier %s can never be reached",
        "层级 %s 永远无人可达", scheme->tiers[i].code);
    st_error_hint(err, "its condition cannot hold, or an earlier tier takes everyone it would",
        "其条件不可能成立，或其客户已全部归入前面的层级");
    return code;
}

static st_code check_mix(const struct st_scheme *scheme, bool bands, struct st_error *err)
{
    for (size_t i = 0; i < scheme->tier_count; i++) {
        const struct tier_config *t = tier_config(scheme, i);
        const struct st_expr *wrong = bands ? t->when : bound_expr(t);
        if (wrong)
            return st_fail_expr(err, wrong, ST_E_POLICY,
                bands ? "%s: and value: do not go together" : "%s: needs value: on the scheme",
                bands ? "%s: 与 value: 不能同用" : "%s: 需要方案中的 value:",
                bands ? "when" : bound_key(t));
    }
    const struct tier_config *last = tier_config(scheme, scheme->tier_count - 1);
    const struct st_expr *extra = bands ? bound_expr(last) : last->when;
    if (!extra)
        return ST_OK;
    st_code code = st_fail_expr(err, extra, ST_E_POLICY,
        bands ? "who is below this bound has no tier: the last one must be the rest"
              : "who does not meet this condition has no tier: the last one must be the rest",
        bands ? "低于此界限的客户无层可归：最后一层必须是其余客户"
              : "不满足此条件的客户无层可归：最后一层必须是其余客户");
    st_error_hint(err, "remove it from the last tier, or add a tier without it below",
        "请从最后一层删去，或在其下再加一层");
    return code;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    struct config *c = scheme->config;
    scheme->ranked = code == ST_OK && c->ranked;
    if (code == ST_OK)
        code = st_method_read_tiers(ctx, scheme, c->tiers, "tiers", err);
    if (code == ST_OK)
        code = check_mix(scheme, c->value != NULL, err);
    if (code != ST_OK)
        return code;
    if (c->value)
        return check_bands(ctx, scheme, err);
    for (size_t i = 0; code == ST_OK && i + 1 < scheme->tier_count; i++)
        code = check_condition(ctx, scheme, i, err);
    if (code == ST_OK)
        code = check_rest(scheme, err);
    if (code == ST_OK)
        code = st_method_read_nulls(ctx, scheme, c->nulls, false, "when:", err);
    return code;
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    size_t n = 0, most = 2 * scheme->tier_count + 3;
    struct st_ir_expr **tiers = st_arena_array(a, struct st_ir_expr *, most);
    struct st_ir_expr **rules = st_arena_array(a, struct st_ir_expr *, most);
    (void)err;
    if (c->value && c->typed.nullable) {
        rules[n] = tiers[n] = st_ir_fn(a, ST_FN_IS_NULL, c->typed.ir);
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, scheme->null_tier);
        rules[n + 1] = st_ir_int(a, ST_RULE_NULL);
        n += 2;
    }
    for (size_t i = 0; i + 1 < scheme->tier_count; i++) {
        const struct tier_config *t = tier_config(scheme, i);
        rules[n] = tiers[n] = c->value ? st_ir_fn(a, ST_FN_GE, c->typed.ir,
                                             st_ir_cast(a, t->bound.ir, c->typed.ir->type))
                                       : t->condition.ir;
        tiers[n + 1] = st_method_tier_ir(ctx, scheme, (int)i);
        rules[n + 1] = st_ir_int(a, (int64_t)i + 1);
        n += 2;
    }
    tiers[n] = st_method_tier_ir(ctx, scheme, (int)scheme->tier_count - 1);
    rules[n] = st_ir_int(a, (int64_t)scheme->tier_count);
    scheme->tier = n ? st_ir_case(a, n + 1, tiers) : tiers[0];
    scheme->rule = n ? st_ir_case(a, n + 1, rules) : rules[0];
    return ST_OK;
}

/* ": at least 50,000.00, below 200,000.00": the bounds as they are written. */
static void why_bounds(const struct st_why *w, const struct config *c, size_t i, struct st_str *out)
{
    const struct st_scheme *s = w->scheme;
    const char *lead = st_pick(w->lang, ": ", "：");
    for (size_t side = 0; side < 2; side++) {
        bool lower = side == 0;
        if (lower ? i + 1 == s->tier_count : i == 0)
            continue;
        const struct tier_config *t = tier_config(s, lower ? i : i - 1);
        struct st_ir_value bound = {
            .type = ST_IR_BIGINT, .number = t->bound.ir->integer - (t->above != NULL)};
        static const struct st_text words[2][2] = {
            {{"below ", "低于 "}, {"at most ", "不高于 "}},
            {{"at least ", "不低于 "}, {"above ", "高于 "}},
        };
        st_str_add(out, lead);
        st_str_add(out, st_pick_text(w->lang, &words[lower][t->above != NULL]));
        st_method_print_value(out, c->typed.kind, c->typed.scale, &bound);
        lead = st_pick(w->lang, ", ", "，");
    }
}

static void why_band(const struct st_why *why, const struct config *c, size_t i)
{
    struct st_str value = ST_STR_INIT, bounds = ST_STR_INIT, name = ST_STR_INIT;
    struct st_ir_value v;
    if (!st_why_value(why, c->typed.ir, &v))
        v.is_null = true;
    st_method_print_value(&value, c->typed.kind, c->typed.scale, &v);
    why_bounds(why, c, i, &bounds);
    st_expr_print(&name, c->value);
    const struct st_metric_def *metric = st_policy_metric(why->policy, name.text);
    const char *title = metric ? st_pick_text(why->lang, &metric->title) : name.text;
    st_str_addf(why->out, st_pick(why->lang, "%s is %s%s\n", "%s为 %s%s\n"), title, value.text,
        bounds.text);
    st_str_release(&name);
    st_str_release(&bounds);
    st_str_release(&value);
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    if (w->rule == ST_RULE_NULL) {
        st_str_add(w->out, st_pick(w->lang, "the value is missing\n", "该值缺失\n"));
        return;
    }
    size_t i = (size_t)w->rule - 1;
    if (c->value) {
        why_band(w, c, i);
        return;
    }
    if (i + 1 == w->scheme->tier_count) {
        st_str_add(w->out,
            st_pick(w->lang, "none of the conditions above holds\n", "上面各层的条件均不满足\n"));
        return;
    }
    struct st_str text = ST_STR_INIT;
    st_expr_print(&text, tier_config(w->scheme, i)->when);
    st_str_addf(w->out, st_pick(w->lang, "holds: %s\n", "满足：%s\n"), text.text);
    st_str_release(&text);
}

static void view(struct st_arena *arena, const struct st_scheme *scheme, struct st_method_view *out)
{
    const struct config *c = scheme->config;
    if (!c->value)
        return;
    out->value = &c->typed;
    out->bounds = st_arena_array(arena, struct st_ir_expr *, scheme->tier_count);
    for (size_t i = 0; i + 1 < scheme->tier_count; i++)
        out->bounds[i] = tier_config(scheme, i)->bound.ir;
}

const struct st_method_ops st_method_thresholds = {
    .name = "thresholds",
    .title = {"Thresholds", "阈值分层"},
    .summary = {"bands of one value, or ordered conditions", "按单一数值分段，或按顺序匹配条件"},
    .source = "lower bounds inclusive, with above: exclusive; the last tier takes the rest",
    .params = params,
    .config_size = sizeof(struct config),
    .tier_params = tier_params,
    .tier_config_size = sizeof(struct tier_config),
    .check = check,
    .emit = emit,
    .why = why,
    .view = view,
};
