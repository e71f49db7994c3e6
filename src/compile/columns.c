#include "compile/columns.h"

#include "base/vec.h"
#include "ir/reads.h"
#include "policy/hash.h"

/* --- the same values? --- */

static bool same_print(const struct st_expr *x, const struct st_expr *y)
{
    struct st_str a = ST_STR_INIT, b = ST_STR_INIT;
    if (!x || !y)
        return x == y;
    st_expr_print(&a, x);
    st_expr_print(&b, y);
    bool same = strcmp(a.text, b.text) == 0;
    st_str_release(&a);
    st_str_release(&b);
    return same;
}

static bool same_window(const struct st_window *x, const struct st_window *y)
{
    return x->kind == y->kind && x->count == y->count && x->unit == y->unit;
}

static bool same_weights(const struct st_metric_def *x, const struct st_metric_def *y)
{
    if (x->weight_count != y->weight_count)
        return false;
    for (size_t i = 0; i < x->weight_count; i++) {
        size_t k = 0;
        while (k < y->weight_count && strcmp(x->weights[i].key, y->weights[k].key) != 0)
            k++;
        if (k == y->weight_count || x->weights[i].weight != y->weights[k].weight)
            return false;
    }
    return true;
}

static const struct st_attribute_def *attribute(const struct st_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->attribute_count; i++)
        if (strcmp(policy->attributes[i].name, name) == 0)
            return &policy->attributes[i];
    return NULL;
}

/* Every name of the expression. */
static bool same_names(
    const struct st_policy *a, const struct st_policy *b, const struct st_expr *e)
{
    if (!e)
        return true;
    if (e->kind == ST_EXPR_NAME && !st_columns_same(a, b, e->text))
        return false;
    for (size_t i = 0; i < e->arg_count; i++)
        if (!same_names(a, b, e->args[i]))
            return false;
    return true;
}

bool st_columns_same_status(const struct st_policy *a, const struct st_policy *b)
{
    return a->population == b->population && a->entity == b->entity;
}

bool st_columns_same(const struct st_policy *a, const struct st_policy *b, const char *name)
{
    const struct st_metric_def *x = st_policy_metric(a, name), *y = st_policy_metric(b, name);
    const struct st_attribute_def *t = attribute(a, name), *u = attribute(b, name);
    if (strcmp(a->currency, b->currency) != 0 || a->fx_days_max != b->fx_days_max ||
        a->fiscal_month != b->fiscal_month || a->entity != b->entity)
        return false;
    if (!x || !y) /* has('class'), columns of rows and customers mean the same everywhere */
        return x == y && (t != NULL) == (u != NULL) && (!t || t->type == u->type);
    return x->from == y->from && x->days == y->days && x->overdraft == y->overdraft &&
           same_window(&x->window, &y->window) && same_weights(x, y) &&
           same_print(x->value, y->value) && same_print(x->where, y->where) &&
           same_print(x->is, y->is) && same_names(a, b, x->is) && same_names(a, b, x->value);
}

/* --- a part of the metrics --- */

/* What a column needs: metrics by name, attributes by name. */
static void need(struct st_arena *a, const struct st_policy *policy, const struct st_expr *e,
    struct st_column_names *names)
{
    if (!e)
        return;
    if (e->kind == ST_EXPR_NAME && !st_column_names_have(names, e->text)) {
        const struct st_metric_def *def = st_policy_metric(policy, e->text);
        st_column_names_add(a, names, e->text);
        need(a, policy, def ? def->is : NULL, names);
        need(a, policy, def ? def->value : NULL, names);
    }
    for (size_t i = 0; i < e->arg_count; i++)
        need(a, policy, e->args[i], names);
}

/* The policy with the metrics and attributes of `names` alone. */
static struct st_policy *part_of(
    struct st_arena *a, const struct st_policy *policy, const struct st_column_names *names)
{
    struct st_policy *part = st_arena_new(a, struct st_policy);
    *part = *policy;
    part->metrics = st_arena_array(a, struct st_metric_def, policy->metric_count);
    part->attributes = st_arena_array(a, struct st_attribute_def, policy->attribute_count);
    part->metric_count = part->attribute_count = part->scheme_count = 0;
    for (size_t i = 0; i < policy->metric_count; i++)
        if (st_column_names_have(names, policy->metrics[i].name))
            part->metrics[part->metric_count++] = policy->metrics[i];
    for (size_t i = 0; i < policy->attribute_count; i++)
        if (st_column_names_have(names, policy->attributes[i].name))
            part->attributes[part->attribute_count++] = policy->attributes[i];
    return part;
}

/* A column's name as the expression it stands for: has('loan'), else a name as it is. */
static st_code column_expr(struct st_arena *a, const struct st_policy *policy, const char *name,
    struct st_expr **out, struct st_error *err)
{
    if (strchr(name, '('))
        return st_expr_parse(a, policy->source, 1, 1, name, out, err);
    *out = st_arena_new(a, struct st_expr);
    **out = (struct st_expr){
        .kind = ST_EXPR_NAME, .text = name, .source = policy->source, .line = 1, .column = 1};
    return ST_OK;
}

/* The relation, from the base's rows where they can stand for customers. */
static void plan_rows(struct st_rows_env *env, struct st_metrics *metrics,
    const struct st_columns_base *base, struct st_columns_plan *out)
{
    if (!base || !st_metrics_can_stand(metrics)) {
        out->rel = st_metrics_relation(metrics);
        return;
    }
    const struct st_metrics_base rows = {.metrics = st_compiled_metrics(base->plan),
        .table = base->table,
        .columns = base->plan->table_columns,
        .column_count = base->plan->table_column_count};
    if (!base->moved && st_metrics_can_move(metrics, rows.metrics)) {
        out->moves = st_rows_balance_moves(env);
        out->unfit = st_metrics_unfit(metrics, &rows);
    }
    out->rel = st_metrics_same_day(metrics, &rows, base->moved);
}

st_code st_compile_columns(struct st_arena *arena, const struct st_policy *policy, bool foreign,
    bool spread, const char *const *names, size_t count, const struct st_columns_base *base,
    struct st_columns_plan *out, struct st_error *err)
{
    struct st_expr **exprs = st_arena_array(arena, struct st_expr *, count);
    struct st_column_names needed = {0};
    struct st_metrics *metrics = NULL;
    st_code code = ST_OK;
    *out = (struct st_columns_plan){.check_count = 0};
    for (size_t i = 0; i < count && code == ST_OK; i++) {
        code = column_expr(arena, policy, names[i], &exprs[i], err);
        if (code == ST_OK)
            need(arena, policy, exprs[i], &needed);
    }
    struct st_rows_env env = {.arena = arena,
        .params = &out->params,
        .policy = part_of(arena, policy, &needed),
        .foreign = foreign,
        .spread = spread};
    if (code == ST_OK)
        code = st_metrics_new(&env, &metrics, err);
    if (code == ST_OK)
        code = st_metrics_compile(metrics, err);
    for (size_t i = 0; i < count && code == ST_OK; i++) { /* others than metrics join so */
        struct st_typed typed;
        code = st_lower(st_metrics_lower(metrics), exprs[i], &typed, err);
    }
    if (code != ST_OK)
        return code;
    plan_rows(&env, metrics, base, out);
    out->check_count = st_metrics_checks(&env, metrics, out->checks);
    return ST_OK;
}
