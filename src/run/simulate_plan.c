/* What differs between the plan of the policy in force and that of a new one: statements are the
 * same when their texts are, and what their parameters stand for. */
#include "compile/columns.h"
#include "run/simulate_internal.h"

const struct st_step *what_if_step(const struct st_compiled *plan, const char *scheme)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct st_scheme *of = st_plan_tiers_of(plan, &plan->steps[i]);
        if (of && strcmp(of->def->name, scheme) == 0)
            return &plan->steps[i];
    }
    return NULL;
}

const struct st_step *what_if_bind_step(const struct st_compiled *plan, const char *name)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct st_step *step = &plan->steps[i];
        for (size_t k = 0; step->kind == ST_STEP_BIND && k < step->rel->column_count; k++)
            if (strcmp(step->binds[k], name) == 0)
                return step;
    }
    return NULL;
}

static bool is_bound(const struct side *side, const char *name)
{
    for (size_t i = 0; i < side->runner.bounds.count; i++)
        if (strcmp(side->runner.bounds.items[i].name, name) == 0)
            return true;
    return false;
}

static bool is_bound_kind(const struct st_compiled *plan, const char *name)
{
    for (size_t i = 0; i < plan->params.count; i++)
        if (strcmp(plan->params.items[i]->name, name) == 0)
            return plan->params.items[i]->kind == ST_PLAN_BOUND;
    return false;
}

/* --- the same rows? --- */

static bool same_value(const struct st_bind *x, const struct st_bind *y)
{
    return x->type == y->type && x->is_null == y->is_null && x->integer == y->integer;
}

static st_code same_param(struct what_if *w, const char *name, bool *same, struct st_error *err)
{
    struct st_bind before = {0}, after = {0};
    *same = false;
    if (is_bound_kind(w->new.plan, name)) {
        const struct st_step *x = what_if_bind_step(w->old.plan, name),
                             *y = what_if_bind_step(w->new.plan, name);
        return x && y ? what_if_same(w, x, y, same, err) : ST_OK;
    }
    TRY(st_run_bind(&w->old.runner, name, &before, err));
    TRY(st_run_bind(&w->new.runner, name, &after, err));
    *same = same_value(&before, &after);
    return ST_OK;
}

/* Do the metric rows that the step reads hold the same values under both policies? */
static bool same_columns(const struct what_if *w, const struct st_step *step)
{
    static const char *const keys[] = {"run_id", "customer_id"};
    const struct st_policy *a = w->old.plan->policy, *b = w->new.plan->policy;
    struct st_column_names names = {0};
    st_rel_reads(w->arena, step->rel, w->source, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        bool key = strcmp(name, keys[0]) == 0 || strcmp(name, keys[1]) == 0;
        bool same = strcmp(name, "status") == 0 ? st_columns_same_status(a, b)
                                                : key || st_columns_same(a, b, name);
        if (!same)
            return false;
    }
    return true;
}

st_code what_if_same(struct what_if *w, const struct st_step *before, const struct st_step *after,
    bool *same, struct st_error *err)
{
    struct st_emitted x = ST_EMITTED_INIT, y = ST_EMITTED_INIT;
    st_code code = ST_OK;
    st_emit_query(st_store_dialect(w->store), before->rel, &x);
    st_emit_query(st_store_dialect(w->store), after->rel, &y);
    *same = strcmp(x.sql.text, y.sql.text) == 0 && x.params.count == y.params.count &&
            same_columns(w, after);
    for (size_t i = 0; i < y.params.count && *same && code == ST_OK; i++) {
        *same = strcmp(x.params.items[i].name, y.params.items[i].name) == 0;
        if (*same)
            code = same_param(w, y.params.items[i].name, same, err);
    }
    st_emitted_release(&x);
    st_emitted_release(&y);
    return code;
}

/* --- binding --- */

static void keep(struct side *side, const char *name, int64_t value, bool is_null)
{
    *st_vec_push(&side->runner.bounds) = (struct bound){name, value, is_null};
}

/* The run's own value of a bound whose step is the same now. */
static st_code take_over(struct what_if *w, const struct st_step *step, const char *name,
    bool *taken, struct st_error *err)
{
    const struct st_step *before = what_if_bind_step(w->old.plan, name);
    *taken = false;
    for (size_t i = 0; before && i < step->rel->column_count; i++)
        if (!is_bound(&w->old, step->binds[i]))
            return ST_OK;
    if (before)
        TRY(what_if_same(w, before, step, taken, err));
    for (size_t i = 0; *taken && i < step->rel->column_count; i++)
        for (size_t k = 0; k < w->old.runner.bounds.count; k++) {
            const struct bound *b = &w->old.runner.bounds.items[k];
            if (strcmp(b->name, step->binds[i]) == 0)
                keep(&w->new, step->binds[i], b->value, b->is_null);
        }
    return ST_OK;
}

static st_code set_bounds(
    struct what_if *w, struct side *side, const struct st_step *step, struct st_error *err)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    int64_t *values = st_arena_array(w->arena, int64_t, step->rel->column_count);
    bool *nulls = st_arena_array(w->arena, bool, step->rel->column_count);
    st_emit_step(st_store_dialect(w->store), step, &emitted);
    struct st_bind *binds = st_arena_array(w->arena, struct st_bind, emitted.params.count);
    st_code code = what_if_bind(w, side, &emitted, binds, err);
    if (code == ST_OK)
        code = st_store_query_ints(w->store, emitted.sql.text, binds, emitted.params.count, values,
            nulls, step->rel->column_count, err);
    for (size_t i = 0; i < step->rel->column_count && code == ST_OK; i++)
        keep(side, step->binds[i], values[i], nulls[i]);
    st_emitted_release(&emitted);
    return code;
}

static st_code bind_bound(
    struct what_if *w, struct side *side, const char *name, struct st_error *err)
{
    const struct st_step *step = what_if_bind_step(side->plan, name);
    bool taken = false;
    if (is_bound(side, name) || !step)
        return ST_OK; /* without a step the lookup says what is missing */
    if (side == &w->new)
        TRY(take_over(w, step, name, &taken, err));
    return taken ? ST_OK : set_bounds(w, side, step, err);
}

st_code what_if_bind(struct what_if *w, struct side *side, const struct st_emitted *emitted,
    struct st_bind *binds, struct st_error *err)
{
    for (size_t i = 0; i < emitted->params.count; i++) {
        if (is_bound_kind(side->plan, emitted->params.items[i].name))
            TRY(bind_bound(w, side, emitted->params.items[i].name, err));
        TRY(st_run_bind(&side->runner, emitted->params.items[i].name, &binds[i], err));
    }
    return ST_OK;
}
