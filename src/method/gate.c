/* Gate: prospects pass every condition before they are rated (立项四要素: need, budget, schedule,
 * decision makers).
 *
 * A condition that is NULL is not known to hold and counts as failed. The rule is the set of
 * failed conditions, bit i for condition i, so that reports can count each reason. With
 * `applies_to: prospects`, the default, customers of the population pass as they are: an account
 * they hold shows what the conditions ask. `applies_to: everyone` asks them too.
 * Who passes gets the tier of the scheme `then:`, or the gate's only one.
 */
#include "method/compose.h"
#include "method/words.h"

enum { CONDITIONS_MAX = 60 };

enum { APPLIES_TO_PROSPECTS, APPLIES_TO_EVERYONE };

struct condition {
    const char *code;
    struct st_text title;
    struct st_expr *when;
    struct st_typed typed;
    const struct st_node *node;
};

struct config {
    struct st_scheme_keys keys;
    const struct st_node *conditions_node, *tiers;
    const char *then;
    int applies_to;
    struct condition *conditions;
    size_t count;
    const struct st_scheme *then_scheme; /* NULL: one tier of its own */
};

static const char *const applies_to_names[] = {"prospects", "everyone", NULL};

static const struct st_param params[] = {
    {.name = "conditions",
        .type = ST_PARAM_NODE,
        .required = true,
        .offset = offsetof(struct config, conditions_node),
        .help = {"what must hold, [{code: need, title: …, when: …}, …]; a missing value fails",
            "必须满足的条件 [{code: need, title: …, when: …}, …]；数值缺失视为不满足"}},
    {.name = "then",
        .type = ST_PARAM_NAME,
        .offset = offsetof(struct config, then),
        .help = {"scheme that rates who passes", "通过者由此方案评级"}},
    {.name = "tiers",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct config, tiers),
        .help = {"without then:, the one tier of who passes; default [{code: passed}]",
            "不写 then: 时，通过者的唯一层级，默认 [{code: passed}]"}},
    {.name = "applies_to",
        .type = ST_PARAM_CHOICE,
        .offset = offsetof(struct config, applies_to),
        .default_text = "prospects",
        .choices = applies_to_names,
        .help = {"prospects: only they must pass, existing customers do without being asked; "
                 "everyone: all must pass",
            "prospects：仅潜在客户须通过，现有客户直接放行；everyone：所有人都须通过"}},
    ST_PARAM_END,
};

static const struct st_param condition_params[] = {
    {.name = "code",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct condition, code),
        .help = {"short name of the condition", "条件代码"}},
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct condition, title),
        .help = {"what people call it", "条件名称"}},
    {.name = "when",
        .type = ST_PARAM_EXPR,
        .required = true,
        .offset = offsetof(struct condition, when),
        .help = {"what must be true", "必须成立的表达式"}},
    ST_PARAM_END,
};

/* --- check --- */

static st_code read_condition(
    struct st_method_ctx *ctx, struct config *c, const struct st_node *node, struct st_error *err)
{
    struct condition *read = &c->conditions[c->count];
    st_code code = st_params_read(ctx->arena, condition_params, node, read, err);
    if (code == ST_OK)
        code = st_lower_kind(ctx->lower, read->when, ST_KIND_BOOL, &read->typed, err);
    if (code != ST_OK)
        return code;
    read->node = node;
    if (!read->title.en)
        read->title = (struct st_text){read->code, read->code};
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->conditions[i].code, read->code) == 0) {
            code = st_fail_at(err, st_node_get(node, "code"), ST_E_POLICY,
                "two conditions have the code %s", "有两个条件的代码都是 %s", read->code);
            st_error_hint(
                err, "the first is on line %d", "前一个在第 %d 行", c->conditions[i].node->line);
            return code;
        }
    if (read->typed.ir->kind == ST_IR_LITERAL) {
        code = st_fail_expr(err, read->when, ST_E_POLICY,
            "the condition %s is the same for every customer", "条件 %s 对所有客户结果都相同",
            read->code);
        st_error_hint(err, "remove it", "请删除");
        return code;
    }
    c->count++;
    return ST_OK;
}

static st_code read_conditions(struct st_method_ctx *ctx, struct config *c, struct st_error *err)
{
    const struct st_node *list = c->conditions_node;
    if (list->kind != ST_NODE_LIST || list->count == 0 || list->count > CONDITIONS_MAX) {
        st_code code = st_fail_at(err, list, ST_E_POLICY,
            "conditions: must be a list of conditions", "conditions: 必须是条件列表");
        st_error_allowed(err, "1 to %d entries", "1 至 %d 项", CONDITIONS_MAX);
        st_error_hint(err, "- {code: need, title: {zh: 需求明确, en: Clear need}, when: has_need}",
            "- {code: need, title: {zh: 需求明确, en: Clear need}, when: has_need}");
        return code;
    }
    c->conditions = st_arena_array(ctx->arena, struct condition, list->count);
    st_code code = ST_OK;
    for (size_t i = 0; i < list->count && code == ST_OK; i++)
        code = read_condition(ctx, c, list->items[i], err);
    return code;
}

/* The tiers of `then:` under this scheme's own ids: a tier belongs to one scheme. */
static void take_tiers(struct st_method_ctx *ctx, struct st_scheme *scheme)
{
    const struct config *c = scheme->config;
    size_t count = c->then_scheme->tier_count;
    scheme->tiers = st_arena_array(ctx->arena, struct st_tier, count);
    scheme->tier_count = count;
    for (size_t i = 0; i < count; i++) {
        scheme->tiers[i] = c->then_scheme->tiers[i];
        scheme->tiers[i].config = NULL;
        scheme->tiers[i].id =
            ctx->tier_id(ctx->tier_id_context, scheme->def->name, scheme->tiers[i].code);
    }
}

static void take_default_tier(struct st_method_ctx *ctx, struct st_scheme *scheme)
{
    static const char *const code = "passed";
    scheme->tiers = st_arena_new(ctx->arena, struct st_tier);
    scheme->tier_count = 1;
    scheme->tiers[0] = (struct st_tier){.code = code,
        .title = {"Passed", "通过"},
        .id = ctx->tier_id(ctx->tier_id_context, scheme->def->name, code),
        .node = scheme->def->node};
}

static st_code read_outcome(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct config *c = scheme->config;
    st_code code = ST_OK;
    if (c->then && c->tiers) {
        code = st_fail_at(err, c->tiers, ST_E_POLICY, "then: and tiers: do not go together",
            "then: 与 tiers: 不能同用");
        st_error_hint(err, "the tiers are those of %s", "层级即为 %s 的层级", c->then);
        return code;
    }
    if (c->then) {
        c->then_scheme =
            ctx->scheme(ctx, c->then, st_node_get(scheme->def->node, "then"), false, err);
        if (!c->then_scheme)
            return ST_E_POLICY;
        scheme->ranked = c->then_scheme->ranked;
        take_tiers(ctx, scheme);
    } else if (c->tiers) {
        code = st_method_read_tiers(ctx, scheme, c->tiers, "tiers", err);
        if (code == ST_OK && scheme->tier_count > 1) {
            code = st_fail_at(err, scheme->tiers[1].node, ST_E_POLICY,
                "a gate has one tier: %s can never be reached", "闸口只有一个层级：%s 永远无人可达",
                scheme->tiers[1].code);
            st_error_hint(err, "to rate who passes, write another scheme and name it in then:",
                "如需对通过者评级，请另写方案并在 then: 中引用");
        }
    } else {
        take_default_tier(ctx, scheme);
    }
    return code;
}

static st_code check(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    st_code code = st_method_read_config(ctx, scheme, err);
    scheme->rates_prospects = true;
    scheme->ranked = true;
    scheme->null_tier = -1;
    if (code == ST_OK)
        code = read_conditions(ctx, scheme->config, err);
    if (code == ST_OK)
        code = read_outcome(ctx, scheme, err);
    return code;
}

/* --- emit --- */

/* TRUE for those whom the conditions do not concern; NULL when they concern all. */
static struct st_ir_expr *exempt(struct st_arena *a, const struct config *c)
{
    if (c->applies_to == APPLIES_TO_EVERYONE)
        return NULL;
    return st_ir_fn(a, ST_FN_EQ, st_ir_column_named(a, 0, "status", ST_IR_BIGINT),
        st_ir_int(a, ST_STATUS_RATED));
}

/* Sum of 2^i over the failed conditions; 0 for whom they do not concern. */
static struct st_ir_expr *failed_set(struct st_arena *a, const struct config *c)
{
    struct st_ir_expr *sum = NULL, *free_pass = exempt(a, c);
    for (size_t i = 0; i < c->count; i++) {
        struct st_ir_expr *bit = st_ir_when(
            a, c->conditions[i].typed.ir, st_ir_int(a, 0), st_ir_int(a, (int64_t)1 << i));
        sum = sum ? st_ir_fn(a, ST_FN_ADD, sum, bit) : bit;
    }
    return free_pass ? st_ir_when(a, free_pass, st_ir_int(a, 0), sum) : sum;
}

struct leaves {
    struct st_method_ctx *ctx;
    const struct st_scheme *scheme;
};

static struct st_ir_expr *own_tier(void *context, int tier)
{
    const struct leaves *l = context;
    return st_method_tier_ir(l->ctx, l->scheme, tier);
}

static st_code emit(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    const struct config *c = scheme->config;
    const struct st_scheme *then = c->then_scheme;
    struct leaves leaves = {ctx, scheme};
    struct st_ir_expr *outcome = st_method_tier_ir(ctx, scheme, 0);
    struct st_ir_expr *nothing = st_ir_null(a, ST_IR_BIGINT);
    struct st_ir_expr *failed = st_method_add_column(ctx, scheme, "failed", failed_set(a, c));
    struct st_ir_expr *pass = st_ir_fn(a, ST_FN_EQ, failed, st_ir_int(a, 0));
    if (then) {
        if (!ctx->scheme(ctx, c->then, st_node_get(scheme->def->node, "then"), true, err))
            return ST_E_POLICY;
        struct st_ir_expr *tier = st_method_add_column(ctx, scheme, "then", then->tier);
        outcome = st_compose(a, then, tier, own_tier, &leaves);
        if (then->score)
            scheme->score = st_ir_when(a, pass, then->score, nothing);
        scheme->score_scale = then->score_scale;
    }
    scheme->tier = st_ir_when(a, pass, outcome, nothing);
    scheme->gated = st_ir_fn(a, ST_FN_NE, failed, st_ir_int(a, 0));
    scheme->rule = failed;
    return ST_OK;
}

/* --- why --- */

static void why_failed(const struct st_why *w, const struct config *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (!(w->rule & (int64_t)1 << i))
            continue;
        struct st_ir_value value;
        bool known = st_why_value(w, c->conditions[i].typed.ir, &value);
        struct st_str text = ST_STR_INIT;
        st_expr_print(&text, c->conditions[i].when);
        st_str_addf(w->out,
            known ? st_pick(w->lang, "not met: %s (%s)\n", "未满足：%s（%s）\n")
                  : st_pick(w->lang, "not met, a value is missing: %s (%s)\n",
                        "未满足，数值缺失：%s（%s）\n"),
            st_pick_text(w->lang, &c->conditions[i].title), text.text);
        st_str_release(&text);
    }
}

static void why(const struct st_why *w)
{
    const struct config *c = w->scheme->config;
    if (w->rule != 0) {
        why_failed(w, c);
        return;
    }
    struct st_ir_expr *free_pass = exempt(w->arena, c);
    if (free_pass && st_words_holds(w, free_pass))
        st_str_add(w->out, st_pick(w->lang, "an existing customer: only prospects must pass\n",
                               "现有客户：仅潜在客户须通过条件\n"));
    else
        st_str_addf(w->out,
            st_pick(w->lang, "conditions met: all %zu\n", "条件全部满足：共 %zu 项\n"), c->count);
    if (c->then_scheme)
        st_compose_why(w, c->then_scheme);
}

const struct st_method_ops st_method_gate = {
    .name = "gate",
    .title = {"Gate", "准入闸口"},
    .summary = {"all conditions must hold before a prospect is rated",
        "潜在客户满足全部条件后方可评级"},
    .source = "four conditions of project approval (need, budget, schedule, decision makers)",
    .params = params,
    .config_size = sizeof(struct config),
    .check = check,
    .emit = emit,
    .why = why,
};
