#include "compile/compile.h"

#include "ir/emit.h"
#include "ir/reads.h"

#include <strings.h>

struct st_compiler {
    struct st_arena *arena;
    struct st_compiled *out;
    struct st_metrics *metrics;
    struct st_method_ctx ctx;
    struct st_rows_env rows;
    int64_t next_tier;
    size_t step_cap;
};

static int64_t number_tier(void *context, const char *scheme, const char *code)
{
    struct st_compiler *c = context;
    (void)scheme;
    (void)code;
    return ++c->next_tier;
}

/* --- relations over the metric table --- */

static struct st_rel *metric_rows(struct st_compiler *c)
{
    struct st_arena *a = c->arena;
    struct st_rel *rel =
        st_rel_scan(a, c->out->metric_table, c->out->table_column_count, c->out->table_columns);
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"),
            st_plan_simple(a, &c->out->params, ST_PLAN_RUN_ID)));
}

static struct st_rel *population(struct st_method_ctx *ctx)
{
    struct st_compiler *c = ctx->compile;
    struct st_rel *rel = metric_rows(c);
    return st_rel_filter(c->arena, rel,
        st_ir_fn(c->arena, ST_FN_EQ, st_ir_column(c->arena, rel, 0, "status"),
            st_ir_int(c->arena, ST_STATUS_RATED)));
}

/* --- schemes --- */

static st_code find_method(struct st_scheme *scheme, struct st_error *err)
{
    const char *names[32];
    size_t count = 0;
    for (; st_methods[count]; count++)
        names[count] = st_methods[count]->name;
    scheme->ops = st_method_find(scheme->def->method);
    if (scheme->ops)
        return ST_OK;
    st_code code = st_fail_at(err, st_node_get(scheme->def->node, "method"), ST_E_POLICY,
        "there is no method %s", "没有分层方法 %s", scheme->def->method);
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    st_error_value(err, "%s", scheme->def->method);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(scheme->def->method, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static st_code check_scheme(struct st_compiler *c, struct st_scheme *scheme, struct st_error *err)
{
    if (scheme->state == ST_SCHEME_READY)
        return ST_OK;
    scheme->state = ST_SCHEME_OPEN;
    st_code code = find_method(scheme, err);
    if (code == ST_OK)
        code = scheme->ops->check(&c->ctx, scheme, err);
    st_error_path(err, "schemes.%s", scheme->def->name);
    scheme->state = ST_SCHEME_READY;
    return code;
}

static st_code emit_scheme(struct st_compiler *c, struct st_scheme *scheme, struct st_error *err)
{
    return scheme->tier ? ST_OK : scheme->ops->emit(&c->ctx, scheme, err);
}

static struct st_scheme *other_scheme(struct st_method_ctx *ctx, const char *name,
    const struct st_node *place, bool emitted, struct st_error *err)
{
    struct st_compiler *c = ctx->compile;
    const char *names[ST_POLICY_SCHEMES_MAX];
    struct st_scheme *found = NULL;
    for (size_t i = 0; i < c->out->scheme_count; i++) {
        names[i] = c->out->schemes[i]->def->name;
        if (strcmp(names[i], name) == 0)
            found = c->out->schemes[i];
    }
    st_code code = ST_OK;
    if (!found) {
        code = st_fail_at(err, place, ST_E_POLICY, "there is no scheme %s", "没有方案 %s", name);
        st_error_value(err, "%s", name);
        const char *near = st_str_nearest(name, names, c->out->scheme_count);
        if (near)
            st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    } else if (found->state == ST_SCHEME_OPEN) {
        code = st_fail_at(
            err, place, ST_E_POLICY, "scheme %s depends on itself", "方案 %s 循环依赖自身", name);
        st_error_value(err, "%s", name);
        st_error_hint(err, "follow rows:, columns: and then: of the schemes and break the circle",
            "请沿方案的 rows:、columns:、then: 检查，断开循环");
    } else {
        code = check_scheme(c, found, err);
        if (code == ST_OK && emitted)
            code = emit_scheme(c, found, err);
    }
    return code == ST_OK ? found : NULL;
}

static st_code check_schemes(struct st_compiler *c, struct st_error *err)
{
    const struct st_policy *policy = c->out->policy;
    c->out->schemes = st_arena_array(c->arena, struct st_scheme *, policy->scheme_count);
    c->out->scheme_count = policy->scheme_count;
    for (size_t i = 0; i < policy->scheme_count; i++) {
        c->out->schemes[i] = st_arena_new(c->arena, struct st_scheme);
        c->out->schemes[i]->def = &policy->schemes[i];
        c->out->schemes[i]->null_tier = -1;
    }
    st_code code = ST_OK;
    for (size_t i = 0; i < policy->scheme_count && code == ST_OK; i++)
        code = check_scheme(c, c->out->schemes[i], err);
    return code;
}

/* --- steps --- */

void st_compiled_add_step(struct st_compiled *out, struct st_step step)
{
    struct st_compiler *c = out->compiler;
    if (out->step_count == c->step_cap) {
        size_t cap = c->step_cap ? c->step_cap * 2 : 16;
        struct st_step *items = st_arena_array(c->arena, struct st_step, cap);
        for (size_t i = 0; i < out->step_count; i++)
            items[i] = out->steps[i];
        out->steps = items;
        c->step_cap = cap;
    }
    out->steps[out->step_count++] = step;
}

struct st_ir_expr *st_compiled_added_column(const struct st_compiled *compiled, const char *name)
{
    for (size_t i = 0; i < compiled->scheme_count; i++) {
        const struct st_scheme *s = compiled->schemes[i];
        for (size_t k = 0; k < s->column_count; k++)
            if (strcmp(s->columns[k].name, name) == 0)
                return s->columns[k].expr;
    }
    return NULL;
}

/* Names of added columns that `e` needs, deepest first, each once. */
static void needed_columns(
    const struct st_compiler *c, const struct st_ir_expr *e, const char **names, size_t *count)
{
    if (!e)
        return;
    if (e->kind == ST_IR_COLUMN) {
        const struct st_ir_expr *added = st_compiled_added_column(c->out, e->name);
        for (size_t i = 0; added && i < *count; i++)
            if (strcmp(names[i], e->name) == 0)
                return;
        if (!added)
            return;
        needed_columns(c, added, names, count);
        names[(*count)++] = e->name;
        return;
    }
    for (size_t i = 0; i < e->arg_count; i++)
        needed_columns(c, e->args[i], names, count);
}

/* `rel` and one more column per Project, so that later ones may use earlier ones. */
static struct st_rel *with_added_columns(
    struct st_compiler *c, struct st_rel *rel, const struct st_scheme *scheme)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < c->out->scheme_count; i++)
        most += c->out->schemes[i]->column_count;
    const char **names = st_arena_array(c->arena, const char *, most);
    needed_columns(c, scheme->tier, names, &count);
    needed_columns(c, scheme->rule, names, &count);
    needed_columns(c, scheme->score, names, &count);
    needed_columns(c, scheme->gated, names, &count);
    for (size_t i = 0; i < count; i++) {
        struct st_ir_column *columns =
            st_arena_array(c->arena, struct st_ir_column, rel->column_count + 1);
        for (size_t k = 0; k < rel->column_count; k++)
            columns[k] = st_rel_pass(c->arena, rel, 0, rel->columns[k].name);
        columns[rel->column_count] = (struct st_ir_column){
            .name = names[i], .expr = st_compiled_added_column(c->out, names[i])};
        rel = st_rel_project(c->arena, rel, rel->column_count + 1, columns);
    }
    return rel;
}

struct st_rel *st_compiled_outcome(struct st_compiled *compiled, const struct st_scheme *scheme,
    const struct st_ir_column *extra, size_t extra_count)
{
    struct st_compiler *c = compiled->compiler;
    struct st_arena *a = c->arena;
    struct st_rel *rel = with_added_columns(c, metric_rows(c), scheme);
    struct st_ir_expr *barred = scheme->rates_prospects
                                    ? st_ir_bool(a, false)
                                    : st_ir_fn(a, ST_FN_NE, st_ir_column(a, rel, 0, "status"),
                                          st_ir_int(a, ST_STATUS_RATED));
    const struct st_ir_column own[] = {st_rel_pass(a, rel, 0, "customer_id"),
        {.name = "barred", .expr = barred},
        {.name = "failed", .expr = scheme->gated ? scheme->gated : st_ir_bool(a, false)},
        {.name = "tier", .expr = st_ir_cast(a, scheme->tier, ST_IR_BIGINT)},
        {.name = "rule", .expr = st_ir_cast(a, scheme->rule, ST_IR_BIGINT)},
        {.name = "score",
            .expr = scheme->score ? st_ir_cast(a, scheme->score, ST_IR_BIGINT)
                                  : st_ir_null(a, ST_IR_BIGINT)}};
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, ST_COUNT(own) + extra_count);
    memcpy(columns, own, sizeof own);
    for (size_t i = 0; i < extra_count; i++)
        columns[ST_COUNT(own) + i] = extra[i];
    return st_rel_project(a, rel, ST_COUNT(own) + extra_count, columns);
}

static void add_fx_checks(struct st_compiler *c)
{
    struct st_step checks[ST_METRIC_CHECKS_MAX];
    size_t count = st_metrics_checks(&c->rows, c->metrics, checks);
    for (size_t i = 0; i < count; i++)
        st_compiled_add_step(c->out, checks[i]);
}

static void name_metric_table(struct st_compiler *c)
{
    struct st_hash hash;
    char hex[ST_HASH_HEX_SIZE];
    st_hash_init(&hash);
    st_hash_add_text(&hash, c->out->policy->metrics_hash);
    for (size_t i = 0; i < c->out->metric_count; i++) {
        const struct st_metric_column *m = &c->out->metrics[i];
        st_hash_add_text(&hash, m->name);
        st_hash_add_int(&hash, m->kind);
        st_hash_add_int(&hash, m->scale);
    }
    struct st_metric_storage storage;
    st_metrics_store_in(c->metrics, "", &storage);
    for (size_t i = 0; i < storage.row_column_count; i++) {
        st_hash_add_text(&hash, storage.row_columns[i].name);
        st_hash_add_int(&hash, storage.row_columns[i].type);
    }
    for (size_t i = 0; i < storage.run_column_count; i++) {
        st_hash_add_text(&hash, storage.run_columns[i].name);
        st_hash_add_int(&hash, storage.run_columns[i].type);
    }
    st_hash_hex(&hash, hex);
    c->out->metric_table = st_arena_printf(c->arena, "metric_%.16s", hex);
}

st_code st_compile_metrics(struct st_compiled *out, struct st_error *err)
{
    struct st_compiler *c = out->compiler;
    st_metrics_settle(c->metrics);
    out->metrics = st_metrics_columns(c->metrics, &out->metric_count);
    out->table_columns = st_metrics_table_columns(c->metrics, &out->table_column_count);
    if (!out->metric_table)
        name_metric_table(c);
    st_metrics_store_in(c->metrics, out->metric_table, &out->storage);
    st_metrics_plan_storage(c->metrics, &out->storage);
    struct st_rel *metrics = st_metrics_relation(c->metrics);
    add_fx_checks(c);
    st_compiled_add_step(c->out, (struct st_step){.kind = ST_STEP_INSERT,
                                     .label = "the run's days",
                                     .table = out->storage.runs,
                                     .rel = out->storage.run_row});
    st_compiled_add_step(c->out, (struct st_step){.kind = ST_STEP_INSERT,
                                     .label = "metrics",
                                     .table = out->storage.rows,
                                     .rel = metrics});
    for (size_t i = 0; i < out->scheme_count; i++) {
        st_code code = emit_scheme(c, out->schemes[i], err);
        if (code != ST_OK)
            return code;
    }
    for (size_t i = 0; i < out->scheme_count; i++)
        for (size_t k = 0; k < out->schemes[i]->bind_count; k++)
            st_compiled_add_step(out, out->schemes[i]->binds[k]);
    return ST_OK;
}

bool st_compiled_keeps_sums(const struct st_compiled *compiled)
{
    return !compiled->compiler->rows.foreign;
}

const struct st_metrics *st_compiled_metrics(const struct st_compiled *compiled)
{
    return compiled->compiler->metrics;
}

unsigned st_compiled_carried(const struct st_compiled *compiled, st_date base, st_date as_of)
{
    return st_metrics_carried(compiled->compiler->metrics, base, as_of);
}

bool st_compiled_stands(
    const struct st_compiled *compiled, unsigned families, st_date base, st_date as_of)
{
    return st_metrics_stand(compiled->compiler->metrics, families, base, as_of);
}

bool st_compiled_keeps_days(const struct st_compiled *compiled, st_date base, st_date as_of)
{
    return st_metrics_keep_days(compiled->compiler->metrics, base, as_of);
}

struct st_step st_compiled_increment(const struct st_compiled *out, struct st_onward how)
{
    return (struct st_step){.kind = ST_STEP_INSERT,
        .label = "metrics",
        .table = out->storage.rows,
        .rel = st_metrics_increment(out->compiler->metrics, out->metric_table, out->table_columns,
            out->table_column_count, how)};
}

struct st_step st_compiled_affected(const struct st_compiled *out, struct st_onward how)
{
    return (struct st_step){.kind = ST_STEP_INSERT,
        .label = "metrics: whose",
        .table = "run_customer",
        .rel = st_metrics_affected(out->compiler->metrics, out->metric_table, out->table_columns,
            out->table_column_count, how)};
}

struct st_follows st_compiled_follows(const struct st_compiled *compiled, const struct st_rel *rel)
{
    struct st_column_names read = {0}, params = {0};
    struct st_follows follows = {.values = false};
    st_rel_reads(compiled->arena, rel, compiled->metric_table, &read);
    for (size_t i = 0; i < read.count; i++)
        follows.values |= st_metrics_is_derived(compiled->compiler->metrics, read.items[i]);
    st_rel_params(compiled->arena, rel, &params);
    for (size_t i = 0; i < params.count; i++) {
        enum st_plan_param_kind kind = st_plan_kind(&compiled->params, params.items[i]);
        follows.day |= st_plan_is_of_day(kind);
        follows.more |= !st_plan_is_of_day(kind) && kind != ST_PLAN_RUN_ID;
    }
    return follows;
}

struct st_rel *st_compiled_pairs(
    const struct st_compiled *compiled, const struct st_column_names *names, bool standing)
{
    return st_metrics_pairs(compiled->compiler->metrics, &compiled->storage, names, standing);
}

static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {
        "run_id", "customer_id", "status", "series", "until_run", "from_run", "derives"};
    for (size_t i = 0; i < ST_COUNT(reserved); i++)
        if (strcasecmp(name, reserved[i]) == 0)
            return true;
    return false;
}

static st_code fail_reserved(const struct st_node *node, const char *name, const char *what_en,
    const char *what_zh, struct st_error *err)
{
    st_code code = st_fail_at_key(err, node->parent, &node->parent->entries[node->index],
        ST_E_POLICY, "%s%.0s cannot be called %s", "%.0s%s不能命名为 %s", what_en, what_zh, name);
    st_error_hint(
        err, "the name is taken by a column of every metric table", "该名称已用于指标表的固定列");
    return code;
}

/* Metrics and attributes become columns of the metric table. */
static st_code check_reserved(const struct st_policy *policy, struct st_error *err)
{
    for (size_t i = 0; i < policy->metric_count; i++)
        if (is_reserved(policy->metrics[i].name))
            return fail_reserved(
                policy->metrics[i].node, policy->metrics[i].name, "a metric", "指标", err);
    for (size_t i = 0; i < policy->attribute_count; i++) /* no node: asked for beside a policy */
        if (policy->attributes[i].node && is_reserved(policy->attributes[i].name))
            return fail_reserved(policy->attributes[i].node, policy->attributes[i].name,
                "an attribute", "属性", err);
    return ST_OK;
}

st_code st_compile_begin(struct st_arena *arena, struct st_policy *policy,
    const struct st_compile_env *env, struct st_compiled **out, struct st_error *err)
{
    struct st_compiler *c = st_arena_new(arena, struct st_compiler);
    c->arena = arena;
    c->out = st_arena_new(arena, struct st_compiled);
    c->out->arena = arena;
    c->out->policy = policy;
    c->out->overrides = env->overrides;
    c->out->merges = env->merges;
    c->out->metric_table = env->metric_table;
    c->out->compiler = c;
    if (env->currency_exponent >= 0)
        policy->currency_exponent = env->currency_exponent;
    c->rows = (struct st_rows_env){.arena = arena,
        .params = &c->out->params,
        .policy = policy,
        .foreign = env->foreign,
        .spread = env->spread};
    st_code code = st_metrics_new(&c->rows, &c->metrics, err);
    if (code == ST_OK)
        code = check_reserved(policy, err);
    if (code == ST_OK)
        code = st_metrics_compile(c->metrics, err);
    if (code != ST_OK)
        return code;
    c->ctx = (struct st_method_ctx){.arena = arena,
        .policy = policy,
        .lower = st_metrics_lower(c->metrics),
        .params = &c->out->params,
        .tier_id = env->tier_id ? env->tier_id : number_tier,
        .tier_id_context = env->tier_id ? env->context : c,
        .scheme = other_scheme,
        .population = population,
        .compile = c};
    code = check_schemes(c, err);
    if (code == ST_OK)
        *out = c->out;
    return code;
}

struct st_lower *st_compiled_lower(const struct st_compiled *compiled)
{
    return compiled->compiler->ctx.lower;
}

struct st_lower *st_compiled_account_lower(const struct st_compiled *compiled)
{
    return st_metrics_account_lower(compiled->compiler->metrics);
}

const struct st_rows_env *st_compiled_rows(const struct st_compiled *compiled)
{
    return &compiled->compiler->rows;
}

struct st_rel *st_compiled_rated(struct st_compiled *compiled)
{
    return population(&compiled->compiler->ctx);
}

int64_t st_compiled_tier_id(
    const struct st_compiled *compiled, const char *scheme, const char *code)
{
    const struct st_method_ctx *ctx = &compiled->compiler->ctx;
    return ctx->tier_id(ctx->tier_id_context, scheme, code);
}

const struct st_scheme *st_compiled_scheme(const struct st_compiled *compiled, const char *name)
{
    for (size_t i = 0; i < compiled->scheme_count; i++)
        if (strcmp(compiled->schemes[i]->def->name, name) == 0)
            return compiled->schemes[i];
    return NULL;
}
