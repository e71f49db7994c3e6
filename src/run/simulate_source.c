/* The metric rows that a new policy is evaluated over: those of the published run where they mean
 * the same, else a temporary table of the run's columns and of those that were computed. */
#include "compile/columns.h"
#include "run/measure.h"
#include "run/simulate_internal.h"

/* --- temporary tables --- */

static st_code execute(struct what_if *w, const char *sql, struct st_error *err)
{
    return st_store_exec(w->store, sql, NULL, 0, NULL, err);
}

st_code what_if_drop(struct what_if *w, const char *name, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "DROP TABLE ");
    st_emit_identifier(&sql, name);
    st_code code = execute(w, sql.text, err);
    st_str_release(&sql);
    return code;
}

st_code what_if_table(struct what_if *w, struct side *side, const char *name, struct st_rel *rel,
    struct st_error *err)
{
    const struct st_step step = {.kind = ST_STEP_INSERT, .table = name, .rel = rel};
    struct st_bind *binds = st_arena_array(w->arena, struct st_bind, ST_STORE_PARAMS_MAX);
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_str create = ST_STR_INIT;
    enum st_dialect dialect = st_store_dialect(w->store);
    st_emit_create_temporary(dialect, name, rel->columns, rel->column_count, &create);
    st_emit_step(dialect, &step, &emitted);
    st_code code = what_if_bind(w, side, &emitted, binds, err);
    if (code == ST_OK)
        code = execute(w, create.text, err);
    if (code == ST_OK)
        code = st_store_exec(w->store, emitted.sql.text, binds, emitted.param_count, NULL, err);
    st_str_release(&create);
    st_emitted_release(&emitted);
    return code;
}

/* --- both plans --- */

static st_code parse_old(
    struct what_if *w, const char *hash, struct st_policy **out, struct st_error *err)
{
    struct st_bind bind = st_bind_text(hash);
    const char *body = NULL;
    TRY(st_store_query_text(w->store, "SELECT p.body FROM policy AS p WHERE p.policy_hash = $1",
        &bind, 1, w->arena, &body, err));
    return st_policy_parse(w->arena, "policy in the store", body, strlen(body), out, err);
}

static const struct st_metric_column *divided_money(
    struct st_arena *a, const struct st_compiled *c, const struct st_scheme *scheme)
{
    const struct st_metric_column *m = st_read_divided(a, c, scheme);
    return m && m->kind == ST_KIND_MONEY ? m : NULL;
}

static st_code choose_measure(struct what_if *w, const struct st_compiled *new,
    const struct st_compiled *old, const struct st_metric_column **out, struct st_error *err)
{
    const char *wanted = w->options->measure;
    const struct st_metric_column *m = NULL;
    if (w->out->measure) /* of the run before this one */
        wanted = w->out->measure->name;
    for (size_t i = 0; i < new->scheme_count && !wanted && !m; i++)
        m = divided_money(w->arena, new, new->schemes[i]);
    if (!m && !wanted)
        m = st_measure_first(new);
    if (wanted && !(m = st_measure(new, wanted)))
        m = st_measure(old, wanted);
    *out = m;
    return wanted && !m && !w->out->measure ? st_measure_fail(new, wanted, err) : ST_OK;
}

struct side what_if_side(const struct what_if *w, struct st_compiled *plan)
{
    struct st_run_link *links = st_arena_array(w->arena, struct st_run_link, plan->scheme_count);
    return (struct side){.runner = {.store = w->store,
                             .arena = w->arena,
                             .plan = plan,
                             .run_id = w->run_id,
                             .watermark = w->watermark,
                             .as_of = w->as_of,
                             .links = links},
        .plan = plan,
        .links = links};
}

static st_code compile_side(
    struct what_if *w, struct st_policy *policy, struct side *side, struct st_error *err)
{
    struct st_compile_env env = {.metric_table = w->source};
    struct st_compiled *plan = NULL;
    TRY(st_run_compile_aside(w->store, w->arena, policy, &env, &plan, err));
    *side = what_if_side(w, plan);
    return ST_OK;
}

/* --- what the run built on and bound --- */

static st_code read_old_link(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct what_if *w = context;
    const char *name = st_run_text(w->arena, batch, 0, row);
    (void)err;
    for (size_t i = 0; i < w->old.plan->scheme_count; i++)
        if (strcmp(w->old.plan->schemes[i]->def->name, name) == 0)
            w->old.links[i] = (struct st_run_link){.previous_run = st_batch_int(batch, 1, row),
                .changed = st_batch_bool(batch, 2, row)};
    return ST_OK;
}

static st_code read_bound(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct what_if *w = context;
    bool none = st_batch_is_null(batch, 1, row);
    (void)err;
    *st_vec_push(&w->old.runner.bounds) = (struct bound){
        st_run_text(w->arena, batch, 0, row), none ? 0 : st_batch_int(batch, 1, row), none};
    return ST_OK;
}

static st_code read_links(struct what_if *w, struct st_error *err)
{
    struct st_bind run = st_bind_int(w->run_id);
    const struct st_compiled *plan = w->new.plan;
    TRY(st_run_each(w->store, st_sql_file_text("run/links.sql"), &run, 1, read_old_link, w, err));
    TRY(st_run_each(w->store,
        "SELECT b.name, b.value FROM run_bound AS b WHERE b.run_id = $1 ORDER BY b.name", &run, 1,
        read_bound, w, err));
    for (size_t i = 0; i < plan->scheme_count; i++) {
        const struct st_scheme *scheme = plan->schemes[i];
        struct st_run_link *link = &w->new.links[i];
        if (!what_if_takes(w, scheme->def->name))
            continue;
        TRY(st_run_find_link(&w->new.runner, 0, scheme, link, err));
        TRY(st_run_check_held(&w->new.runner, scheme, link, err));
    }
    return ST_OK;
}

/* --- columns to compute --- */

static void add_reads(struct what_if *w, const struct st_step *step, struct st_column_names *names)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    st_rel_reads(w->arena, step->rel, w->source, names);
    st_emit_query(st_store_dialect(w->store), step->rel, &emitted);
    for (size_t i = 0; i < emitted.param_count; i++) {
        const struct st_step *bound = what_if_bind_step(w->new.plan, emitted.params[i]);
        if (bound)
            add_reads(w, bound, names);
    }
    st_emitted_release(&emitted);
}

/* What the schemes that are evaluated read. */
static st_code needed_columns(
    struct what_if *w, struct st_column_names *names, struct st_error *err)
{
    for (size_t i = 0; i < w->new.plan->scheme_count; i++) {
        const char *name = w->new.plan->schemes[i]->def->name;
        const struct st_step *before = what_if_step(w->old.plan, name);
        const struct st_step *after = what_if_step(w->new.plan, name);
        bool same = false;
        if (!what_if_takes(w, name))
            continue;
        if (before)
            TRY(what_if_same(w, before, after, &same, err));
        if (!same)
            add_reads(w, after, names);
    }
    return ST_OK;
}

static const struct st_metric_column *find(const struct st_compiled *c, const char *name)
{
    for (size_t i = 0; i < c->metric_count; i++)
        if (strcmp(c->metrics[i].name, name) == 0)
            return &c->metrics[i];
    return NULL;
}

static bool is_kept(const struct what_if *w, const struct st_metric_column *m)
{
    const struct st_metric_column *before = find(w->old.plan, m->name);
    return before && before->kind == m->kind && before->scale == m->scale &&
           st_columns_same(w->old.plan->policy, w->new.plan->policy, m->name);
}

/* Where the measure comes from: the run, so that both sides add up the same amounts; else it is
 * computed. */
static bool measure_is_kept(const struct what_if *w, const struct st_metric_column *measure)
{
    const struct st_metric_column *before = find(w->old.plan, measure->name);
    return before && before->kind == measure->kind && before->scale == measure->scale;
}

/* --- the temporary table --- */

struct parts {
    struct st_compiled *plan; /* just parameters */
    struct st_rel *kept;      /* rows of the run; NULL: none of its columns */
    struct st_rel *computed;  /* NULL: nothing had to be */
};

static struct st_rel *kept_rows(struct what_if *w, struct parts *p)
{
    struct st_arena *a = w->arena;
    const struct st_compiled *old = w->old.plan;
    struct st_rel *rel =
        st_rel_scan(a, w->metric_table, old->table_column_count, old->table_columns);
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"),
            st_plan_simple(a, &p->plan->params, ST_PLAN_RUN_ID)));
}

static st_code compute(struct what_if *w, struct parts *p, struct st_error *err)
{
    struct st_columns_plan columns;
    bool foreign = !st_compiled_keeps_sums(w->new.plan);
    TRY(st_compile_columns(w->arena, w->new.plan->policy, foreign, w->computed.items,
        w->computed.count, &columns, err));
    p->plan->params = columns.params;
    p->computed = columns.rel;
    for (size_t i = 0; i < columns.check_count; i++) {
        struct side side = what_if_side(w, p->plan);
        TRY(st_run_step(&side.runner, &columns.checks[i], err));
    }
    return ST_OK;
}

static struct st_ir_column named(const char *name, struct st_ir_expr *expr)
{
    return (struct st_ir_column){.name = name, .expr = expr};
}

/* A column of the parts: computed, kept, or empty because nobody reads it. */
static struct st_ir_expr *value_of(
    const struct what_if *w, const struct parts *p, const char *name, enum st_ir_type type)
{
    struct st_arena *a = w->arena;
    if (st_column_names_have(&w->computed, name))
        return st_ir_column(a, p->computed, 0, name);
    return p->kept ? st_ir_column(a, p->kept, p->computed ? 1 : 0, name) : st_ir_null(a, type);
}

static struct st_rel *combined(struct what_if *w, const struct parts *p,
    const struct st_column_names *needed, const struct st_metric_column *measure)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = w->arena;
    const struct st_compiled *new = w->new.plan;
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, new->table_column_count + 1);
    struct st_rel *first = p->computed ? p->computed : p->kept;
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) /* run_id, customer_id, status */
        columns[n++] = st_rel_pass(a, first, 0, new->table_columns[i].name);
    for (size_t i = 3; i < new->table_column_count; i++) {
        const struct st_ir_column *c = &new->table_columns[i];
        struct st_ir_expr *value = st_ir_null(a, c->type);
        if (st_column_names_have(needed, c->name))
            value = value_of(w, p, c->name, c->type);
        columns[n++] = named(c->name, value);
    }
    if (measure)
        columns[n++] = named(
            SIMULATED_MEASURE, measure_is_kept(w, measure)
                                   ? st_ir_column(a, p->kept, p->computed ? 1 : 0, measure->name)
                                   : value_of(w, p, measure->name, ST_IR_BIGINT));
    if (!p->computed || !p->kept)
        return st_rel_project(a, first, n, columns);
    return st_rel_join(a, ST_JOIN_INNER, p->computed, p->kept, 1, keys, n, columns);
}

static st_code fill_source(struct what_if *w, struct st_error *err)
{
    const struct st_metric_column *measure = w->out->measure;
    const struct st_policy *a = w->old.plan->policy, *b = w->new.plan->policy;
    struct st_column_names needed = {0};
    struct parts p = {.plan = st_arena_new(w->arena, struct st_compiled)};
    p.plan->policy = b;
    TRY(needed_columns(w, &needed, err));
    for (size_t i = 0; i < w->new.plan->metric_count; i++) {
        const struct st_metric_column *m = &w->new.plan->metrics[i];
        bool summed = measure && strcmp(measure->name, m->name) == 0 && !measure_is_kept(w, m);
        if (summed)
            st_column_names_add(w->arena, &needed, m->name);
        if (st_column_names_have(&needed, m->name) && !is_kept(w, m))
            st_column_names_add(w->arena, &w->computed, m->name);
    }
    if (w->computed.count || !st_columns_same_status(a, b))
        TRY(compute(w, &p, err));
    if (!p.computed || w->computed.count < needed.count || (measure && measure_is_kept(w, measure)))
        p.kept = kept_rows(w, &p);
    struct side side = what_if_side(w, p.plan);
    if (p.computed)
        TRY(st_run_expect_keys(&side.runner, p.computed, err));
    TRY(what_if_table(w, &side, SIMULATED_METRICS, combined(w, &p, &needed, measure), err));
    return p.computed ? st_store_expect_keys(w->store, 0, 0, err) : ST_OK;
}

st_code what_if_prepare(
    struct what_if *w, struct st_policy *policy, const char *old_hash, struct st_error *err)
{
    struct st_policy *in_force = NULL;
    const struct st_metric_column *measure = NULL;
    TRY(parse_old(w, old_hash, &in_force, err));
    TRY(compile_side(w, in_force, &w->old, err));
    TRY(compile_side(w, policy, &w->new, err));
    TRY(choose_measure(w, w->new.plan, w->old.plan, &measure, err));
    if (!w->out->measure)
        w->out->measure = measure;
    bool same = strcmp(w->new.plan->metric_table, w->metric_table) == 0;
    bool ready = same && strcmp(w->old.plan->metric_table, w->metric_table) == 0;
    w->source = same ? w->metric_table : SIMULATED_METRICS;
    w->carried = !w->out->measure ? NULL : same ? w->out->measure->name : SIMULATED_MEASURE;
    if (!ready) { /* both plans read the rows that the new one is evaluated over */
        TRY(compile_side(w, in_force, &w->old, err));
        TRY(compile_side(w, policy, &w->new, err));
    }
    TRY(read_links(w, err));
    return same ? ST_OK : fill_source(w, err);
}
