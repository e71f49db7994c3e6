#include "method/method.h"

#include <strings.h>

const struct st_method_ops *const st_methods[] = {
    &st_method_thresholds,
    &st_method_pyramid,
    &st_method_rfm,
    &st_method_lifecycle,
    &st_method_pareto,
    &st_method_scorecard,
    &st_method_preference,
    &st_method_matrix,
    &st_method_gate,
    NULL,
};

const struct st_method_ops *st_method_find(const char *name)
{
    for (size_t i = 0; st_methods[i]; i++)
        if (strcmp(st_methods[i]->name, name) == 0)
            return st_methods[i];
    return NULL;
}

/* --- reading --- */

static const struct st_param common_params[] = {
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct st_scheme_keys, title),
        .help = {"what people call the scheme", "方案的显示名称"}},
    {.name = "method",
        .type = ST_PARAM_TEXT,
        .required = true,
        .offset = offsetof(struct st_scheme_keys, method),
        .help = {"the method's name", "方法名称"}},
    {.name = "moves",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct st_scheme_keys, moves),
        .help = {"how held tiers follow what values earn", "持有层级如何跟随所得层级"}},
    {.name = "household",
        .type = ST_PARAM_NODE,
        .offset = offsetof(struct st_scheme_keys, household),
        .help = {"members of a household share its best tier", "家庭成员共享最高层级"}},
};

/* `first` and then `rest` (ended by a NULL name) as one table. */
static const struct st_param *joined_table(struct st_arena *arena, const struct st_param *first,
    size_t first_count, const struct st_param *rest)
{
    size_t count = 0;
    while (rest && rest[count].name)
        count++;
    struct st_param *table = st_arena_array(arena, struct st_param, first_count + count + 1);
    memcpy(table, first, first_count * sizeof *first);
    if (count)
        memcpy(table + first_count, rest, count * sizeof *rest);
    return table;
}

st_code st_method_read_config(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err)
{
    const struct st_param *table =
        joined_table(ctx->arena, common_params, ST_COUNT(common_params), scheme->ops->params);
    scheme->config = st_arena_alloc(ctx->arena, scheme->ops->config_size);
    return st_params_read(ctx->arena, table, scheme->def->node, scheme->config, err);
}

const struct st_param st_tier_params[] = {
    {.name = "code",
        .type = ST_PARAM_NAME,
        .required = true,
        .offset = offsetof(struct st_tier_keys, code),
        .help = {"the tier's code", "层级代码"}},
    {.name = "title",
        .type = ST_PARAM_TITLE,
        .offset = offsetof(struct st_tier_keys, title),
        .help = {"what people call the tier", "层级名称"}},
    {.name = "needs",
        .type = ST_PARAM_TITLES,
        .offset = offsetof(struct st_tier_keys, needs),
        .help = {"what its customers need, for people to read", "该层客户的需求，供阅读"}},
    {.name = "services",
        .type = ST_PARAM_TITLES,
        .offset = offsetof(struct st_tier_keys, services),
        .help = {"what is done for its customers: services, products, actions",
            "为该层客户提供的服务、产品与行动"}},
    {.name = "cost",
        .type = ST_PARAM_DECIMAL,
        .offset = offsetof(struct st_tier_keys, cost),
        .min = 0,
        .max = INT64_MAX,
        .unit = "a year",
        .help = {"what serving one of its customers costs a year, in the policy's currency",
            "每年服务一位该层客户的成本，以策略货币计"}},
    ST_PARAM_END,
};

enum { TIER_PARAM_COUNT = ST_COUNT(st_tier_params) - 1 };

void st_method_describe_tier(
    struct st_tier *tier, const struct st_node *node, const struct st_tier_keys *keys)
{
    tier->node = node;
    if (keys->title.en)
        tier->title = keys->title;
    tier->needs = keys->needs;
    tier->services = keys->services;
    tier->has_cost = st_node_get(node, "cost") != NULL;
    tier->cost = keys->cost;
}

/* Codes become columns, whose case engines fold: A and a are one code. */
static st_code check_code(
    const struct st_scheme *scheme, const struct st_tier *tier, struct st_error *err)
{
    const struct st_node *place = st_node_get(tier->node, "code");
    st_code code = ST_OK;
    if (strcasecmp(tier->code, "unrated") == 0) {
        code = st_fail_at(err, place, ST_E_POLICY, "a tier cannot have the code %s",
            "层级代码不能是 %s", tier->code);
        st_error_hint(err, "unrated means: no tier", "unrated 表示不评级");
        return code;
    }
    for (size_t i = 0; i < scheme->tier_count; i++)
        if (strcasecmp(scheme->tiers[i].code, tier->code) == 0) {
            code = st_fail_at(err, place, ST_E_POLICY, "two tiers have the code %s",
                "有两个层级的代码都是 %s", tier->code);
            st_error_value(err, "%s", tier->code);
            st_error_hint(
                err, "the first is on line %d", "前一个在第 %d 行", scheme->tiers[i].node->line);
            return code;
        }
    return code;
}

static st_code read_tier(struct st_method_ctx *ctx, struct st_scheme *scheme,
    const struct st_node *node, const struct st_param *table, struct st_error *err)
{
    struct st_arena *a = ctx->arena;
    struct st_tier *tier = &scheme->tiers[scheme->tier_count];
    size_t own = sizeof(struct st_tier_keys);
    char *keys = st_arena_alloc(a, own + scheme->ops->tier_config_size);
    st_code code = st_params_read(a, table, node, keys, err);
    if (code != ST_OK)
        return code;
    const struct st_tier_keys *read = (const struct st_tier_keys *)(const void *)keys;
    tier->code = read->code;
    tier->title = (struct st_text){read->code, read->code};
    st_method_describe_tier(tier, node, read);
    tier->config = keys + own;
    code = check_code(scheme, tier, err);
    if (code != ST_OK)
        return code;
    tier->id = ctx->tier_id(ctx->tier_id_context, scheme->def->name, tier->code);
    scheme->tier_count++;
    return ST_OK;
}

st_code st_method_read_tiers(struct st_method_ctx *ctx, struct st_scheme *scheme,
    const struct st_node *list, const char *key, struct st_error *err)
{
    if (!list || list->kind != ST_NODE_LIST || list->count == 0) {
        st_code code = st_fail_at(err, list ? list : scheme->def->node, ST_E_POLICY,
            "scheme %s needs %s:, a list with at least one entry",
            "方案 %s 需要 %s: 列表，至少一项", scheme->def->name, key);
        st_error_hint(err, "- {code: gold, title: {zh: 金卡, en: Gold}}",
            "- {code: gold, title: {zh: 金卡, en: Gold}}");
        return code;
    }
    if (list->count > ST_POLICY_TIERS_MAX)
        return st_fail_at(err, list, ST_E_LIMIT, "%zu tiers; at most %d are allowed",
            "%zu 个层级，最多允许 %d 个", list->count, ST_POLICY_TIERS_MAX);
    struct st_param *table = NULL;
    const struct st_param *joined =
        joined_table(ctx->arena, st_tier_params, TIER_PARAM_COUNT, scheme->ops->tier_params);
    size_t rows = 0;
    while (joined[rows].name)
        rows++;
    table = st_arena_array(ctx->arena, struct st_param, rows + 1);
    memcpy(table, joined, rows * sizeof *table);
    for (size_t i = TIER_PARAM_COUNT; i < rows; i++)
        table[i].offset += sizeof(struct st_tier_keys);
    scheme->tiers = st_arena_array(ctx->arena, struct st_tier, list->count);
    st_code code = ST_OK;
    for (size_t i = 0; i < list->count && code == ST_OK; i++) {
        code = read_tier(ctx, scheme, list->items[i], table, err);
        st_error_path(err, "schemes.%s.%s[%zu]", scheme->def->name, key, i);
    }
    return code;
}

int st_method_tier_index(const struct st_scheme *scheme, const char *code,
    const struct st_node *place, struct st_error *err)
{
    const char *codes[ST_POLICY_TIERS_MAX];
    for (size_t i = 0; i < scheme->tier_count; i++) {
        if (strcmp(scheme->tiers[i].code, code) == 0)
            return (int)i;
        codes[i] = scheme->tiers[i].code;
    }
    if (!place)
        return -1;
    st_code failed = st_fail_at(err, place, ST_E_POLICY, "scheme %s has no tier %s",
        "方案 %s 没有层级 %s", scheme->def->name, code);
    (void)failed;
    st_error_value(err, "%s", code);
    const char *near = st_str_nearest(code, codes, scheme->tier_count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return -1;
}

st_code st_method_read_nulls(struct st_method_ctx *ctx, struct st_scheme *scheme, const char *nulls,
    bool nullable, const char *what, struct st_error *err)
{
    (void)ctx;
    const struct st_node *node = st_node_get(scheme->def->node, "nulls");
    st_code code = ST_OK;
    scheme->null_tier = -1;
    if (nullable && !nulls) {
        code = st_fail_at(err, scheme->def->node, ST_E_POLICY,
            "%s can be missing, and scheme %s does not say what then",
            "%s 可能为空，方案 %s 未说明此时归入哪一层", what, scheme->def->name);
        st_error_allowed(err, "nulls: one of the tier codes, or unrated",
            "nulls: 某个层级代码，或 unrated（不评级）");
        st_error_hint(err, "add nulls: %s", "请加上 nulls: %s",
            scheme->ranked ? scheme->tiers[scheme->tier_count - 1].code : "unrated");
    } else if (!nullable && nulls) {
        code = st_fail_at(err, node, ST_E_POLICY, "%s is never missing: nulls: cannot apply",
            "%s 不会为空，nulls: 不起作用", what);
        st_error_hint(err, "remove nulls:", "请删除 nulls:");
    } else if (nulls && strcmp(nulls, "unrated") != 0) {
        scheme->null_tier = st_method_tier_index(scheme, nulls, node, err);
        code = scheme->null_tier < 0 ? ST_E_POLICY : ST_OK;
    }
    return code;
}

/* --- emitting --- */

struct st_ir_expr *st_method_tier_ir(
    struct st_method_ctx *ctx, const struct st_scheme *scheme, int index)
{
    return index < 0 ? st_ir_null(ctx->arena, ST_IR_BIGINT)
                     : st_ir_int(ctx->arena, scheme->tiers[index].id);
}

void st_method_add_bind(struct st_method_ctx *ctx, struct st_scheme *scheme, const char *label,
    struct st_rel *rel, const char *const *names)
{
    struct st_arena *a = ctx->arena;
    struct st_step *binds = st_arena_array(a, struct st_step, scheme->bind_count + 1);
    for (size_t i = 0; i < scheme->bind_count; i++)
        binds[i] = scheme->binds[i];
    const char **copy = st_arena_array(a, const char *, rel->column_count);
    for (size_t i = 0; i < rel->column_count; i++)
        copy[i] = st_arena_strdup(a, names[i]);
    binds[scheme->bind_count] = (struct st_step){.kind = ST_STEP_BIND,
        .label = st_arena_printf(a, "%s: %s", scheme->def->name, label),
        .binds = copy,
        .rel = rel};
    scheme->binds = binds;
    scheme->bind_count++;
}

struct st_ir_expr *st_method_add_column(
    struct st_method_ctx *ctx, struct st_scheme *scheme, const char *name, struct st_ir_expr *expr)
{
    struct st_arena *a = ctx->arena;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, scheme->column_count + 1);
    for (size_t i = 0; i < scheme->column_count; i++)
        columns[i] = scheme->columns[i];
    name = st_arena_printf(a, "%s:%s", scheme->def->name, name);
    columns[scheme->column_count++] = (struct st_ir_column){.name = name, .expr = expr};
    scheme->columns = columns;
    return st_ir_column_named(a, 0, name, expr->type);
}

struct st_rel *st_method_distribution(
    struct st_method_ctx *ctx, struct st_ir_expr *value, enum st_distribution what)
{
    static const char *const by_value[] = {"value"};
    struct st_arena *a = ctx->arena;
    struct st_rel *rows = ctx->population(ctx);
    rows = st_rel_filter(a, rows, st_ir_fn(a, ST_FN_IS_NOT_NULL, value));
    struct st_ir_column one = {.name = "value", .expr = value};
    struct st_rel *values = st_rel_project(a, rows, 1, &one);
    struct st_ir_column n = {.name = "n", .expr = st_ir_aggregate(a, ST_AGG_COUNT, NULL, NULL)};
    struct st_rel *counts = st_rel_aggregate(a, values, 1, by_value, 1, &n);
    struct st_ir_expr *v = st_ir_column(a, counts, 0, "value");
    struct st_ir_expr *added = st_ir_column(a, counts, 0, "n");
    if (what == ST_OF_AMOUNTS)
        added = st_ir_fn(a, ST_FN_MUL,
            st_ir_cast(a, st_ir_fn(a, ST_FN_GREATEST, v, st_ir_int(a, 0)), ST_IR_WIDE),
            st_ir_cast(a, added, ST_IR_WIDE));
    struct st_ir_column overs[] = {
        {.name = "cumulated", .expr = st_ir_over(a, ST_WIN_SUM, added, 0, NULL, 1, by_value)},
        {.name = "total", .expr = st_ir_over(a, ST_WIN_SUM, added, 0, NULL, 0, NULL)}};
    return st_rel_window(a, counts, ST_COUNT(overs), overs);
}

/* --- words --- */

void st_method_print_value(
    struct st_str *out, enum st_kind kind, int scale, const struct st_ir_value *value)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    int64_t number = (int64_t)value->number;
    if (value->is_null) {
        st_str_add(out, "—");
        return;
    }
    switch (kind) {
    case ST_KIND_TEXT: st_str_add(out, value->text); break;
    case ST_KIND_DATE: st_str_add(out, st_date_format((st_date)number, text)); break;
    case ST_KIND_BOOL: st_str_add(out, number ? "✓" : "✗"); break;
    case ST_KIND_NUMBER:
        while (scale > 0 && number % 10 == 0) {
            number /= 10;
            scale--;
        }
        st_str_add(out, st_decimal_format_grouped(number, scale, text));
        break;
    default: st_str_add(out, st_decimal_format_grouped(number, scale, text)); break;
    }
}

bool st_why_value(const struct st_why *why, const struct st_ir_expr *expr, struct st_ir_value *out)
{
    return st_ir_eval(expr, why->lookup, why->context, out, NULL) == ST_OK && !out->is_null;
}
