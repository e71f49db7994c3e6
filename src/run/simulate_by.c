/* What effects are broken down by: text columns and attributes of customers, and their age. */
#include "compile/columns.h"
#include "run/simulate_internal.h"

static const char by_age[] = "age";
static const char born[] = "birth_date";

/* Ages as banks group them; the first row whose bound is above the age. */
static const struct age_group {
    int64_t below;
    const char *name;
} age_groups[] = {{18, "0-17"}, {26, "18-25"}, {36, "26-35"}, {46, "36-45"}, {56, "46-55"},
    {66, "56-65"}, {INT16_MAX, "66+"}};

/* --- which --- */

struct known {
    struct st_arena *arena;
    struct st_column_names names;
};

static st_code read_name(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct known *known = context;
    (void)err;
    st_column_names_add(known->arena, &known->names, st_run_text(known->arena, batch, 0, row));
    return ST_OK;
}

static const struct st_row_column *text_column(const char *name)
{
    const struct st_row_column *c = st_family_column(st_family_of(ST_SOURCE_CUSTOMER), name);
    return c && c->kind == ST_KIND_TEXT ? c : NULL;
}

static st_code fail_by(const struct known *attributes, const char *name, struct st_error *err)
{
    const struct st_family *customer = st_family_of(ST_SOURCE_CUSTOMER);
    struct st_column_names all = {0};
    struct st_str list = ST_STR_INIT;
    st_column_names_add(attributes->arena, &all, by_age);
    for (size_t i = 0; i < customer->column_count; i++)
        if (customer->columns[i].kind == ST_KIND_TEXT)
            st_column_names_add(attributes->arena, &all, customer->columns[i].name);
    for (size_t i = 0; i < attributes->names.count; i++)
        st_column_names_add(attributes->arena, &all, attributes->names.items[i]);
    for (size_t i = 0; i < all.count; i++)
        st_str_addf(&list, "%s%s", i ? ", " : "", all.items[i]);
    st_code code = st_fail(err, ST_E_NOT_FOUND, "customers have no text column or attribute %s",
        "客户没有文本字段或属性 %s", name);
    st_error_value(err, "%s", name);
    st_error_allowed(err, "%s", "%s", list.text);
    st_str_release(&list);
    const char *near = st_str_nearest(name, all.items, all.count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static st_code add_by(const struct known *attributes, const char *name, struct st_simulation *out,
    struct st_error *err)
{
    static const struct st_text ages = {"age", "年龄"}, manager = {"manager", "客户经理"};
    const struct st_row_column *column = text_column(name);
    struct st_simulated_by by = {.name = name, .title = {name, name}};
    if (strcmp(name, by_age) == 0)
        by.title = ages;
    else if (column)
        by.title = column->help;
    else if (!st_column_names_have(&attributes->names, name))
        return fail_by(attributes, name, err);
    else if (strcmp(name, manager.en) == 0)
        by.title = manager;
    for (size_t i = 0; i < out->by_count; i++)
        if (strcmp(out->by[i].name, name) == 0)
            return ST_OK;
    if (out->by_count == ST_SIMULATE_BY_MAX)
        return st_fail(err, ST_E_LIMIT, "at most %d breakdowns in one simulation",
            "一次模拟最多 %d 个维度", ST_SIMULATE_BY_MAX);
    out->by[out->by_count++] = by;
    return ST_OK;
}

st_code what_if_choose_by(struct st_store *store, struct st_arena *arena,
    const struct st_simulate_options *options, struct st_simulation *out, struct st_error *err)
{
    static const char *const usual[] = {"branch", "manager", by_age, "gender", "region"};
    struct known attributes = {.arena = arena};
    if (options->by && !options->by_count)
        return ST_OK;
    TRY(st_run_each(store,
        "SELECT a.name FROM attribute AS a WHERE a.type = 'text' ORDER BY a.name", NULL, 0,
        read_name, &attributes, err));
    for (size_t i = 0; i < options->by_count; i++)
        TRY(add_by(&attributes, options->by[i], out, err));
    for (size_t i = 0; !options->by && i < ST_COUNT(usual); i++)
        if (text_column(usual[i]) || strcmp(usual[i], by_age) == 0 ||
            st_column_names_have(&attributes.names, usual[i]))
            TRY(add_by(&attributes, usual[i], out, err));
    return ST_OK;
}

/* --- who people are --- */

/* A policy that asks for nothing but the columns. */
static struct st_policy *plain_policy(const struct what_if *w)
{
    struct st_policy *policy = st_arena_new(w->arena, struct st_policy);
    *policy = *w->new.plan->policy;
    policy->population = ST_POPULATION_EVERYONE;
    policy->entity = ST_ENTITY_CUSTOMER; /* a household has none of these columns */
    policy->metric_count = policy->scheme_count = policy->attribute_count = 0;
    policy->attributes = st_arena_array(w->arena, struct st_attribute_def, w->out->by_count);
    for (size_t i = 0; i < w->out->by_count; i++) {
        const char *name = w->out->by[i].name;
        if (!text_column(name) && strcmp(name, by_age) != 0)
            policy->attributes[policy->attribute_count++] =
                (struct st_attribute_def){.name = name, .type = ST_ATTRIBUTE_TEXT};
    }
    return policy;
}

static struct st_ir_expr *age_group(
    struct st_arena *a, struct st_plan_params *params, const struct st_rel *rel)
{
    struct st_ir_expr *args[2 * ST_COUNT(age_groups) + 1];
    struct st_ir_expr *day = st_ir_column(a, rel, 0, born);
    struct st_ir_expr *age = st_ir_fn(a, ST_FN_AGE, day, st_plan_as_of(a, params, 0));
    size_t n = 0;
    for (size_t i = 0; i < ST_COUNT(age_groups); i++) {
        args[n++] = st_ir_fn(a, ST_FN_LT, age, st_ir_int(a, age_groups[i].below));
        args[n++] = st_ir_text(a, age_groups[i].name);
    }
    args[n++] = st_ir_null(a, ST_IR_TEXT);
    return st_ir_case(a, n, args);
}

st_code what_if_people(
    struct what_if *w, struct side *side, struct st_rel **out, struct st_error *err)
{
    struct st_arena *a = w->arena;
    const char *names[ST_SIMULATE_BY_MAX];
    struct st_ir_column columns[1 + ST_SIMULATE_BY_MAX];
    struct st_columns_plan plan;
    struct st_compiled *params = st_arena_new(a, struct st_compiled);
    size_t count = w->out->by_count;
    for (size_t i = 0; i < count; i++) {
        const char *name = w->out->by[i].name;
        names[i] = strcmp(name, by_age) == 0 ? born : name;
    }
    params->policy = plain_policy(w);
    TRY(st_compile_columns(a, params->policy, false, false, names, count, NULL, &plan, err));
    params->params = plan.params;
    columns[0] = st_rel_pass(a, plan.rel, 0, "customer_id");
    for (size_t i = 0; i < count; i++)
        columns[1 + i] = (struct st_ir_column){.name = w->out->by[i].name,
            .expr = names[i] == born ? age_group(a, &params->params, plan.rel)
                                     : st_ir_column(a, plan.rel, 0, names[i])};
    *out = st_rel_project(a, plan.rel, 1 + count, columns);
    *side = what_if_side(w, params);
    return ST_OK;
}
