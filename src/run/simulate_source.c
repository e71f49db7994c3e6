/* The metric rows that a new policy is evaluated over: those of the published run where they mean
 * the same, else a view over a temporary table of the
 * run's columns and of those that were computed. */
#include "compile/columns.h"
#include "ir/carry.h"
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
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_str create = ST_STR_INIT;
    enum st_dialect dialect = st_store_dialect(w->store);
    st_emit_create_temporary(dialect, name, rel->columns, rel->column_count, &create);
    st_emit_step(dialect, &step, &emitted);
    struct st_bind *binds = st_arena_array(w->arena, struct st_bind, emitted.params.count);
    st_code code = what_if_bind(w, side, &emitted, binds, err);
    if (code == ST_OK)
        code = execute(w, create.text, err);
    if (code == ST_OK)
        code = st_store_exec(w->store, emitted.sql.text, binds, emitted.params.count, NULL, err);
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
    struct st_compiled *plan = NULL;
    if (!w->facts.currency || strcmp(w->facts.currency, policy->currency) != 0) {
        st_vec_release(&w->facts.known);
        TRY(st_run_read_facts(w->store, w->arena, policy, &w->facts, err));
    }
    TRY(st_run_compile_aside(&w->facts, policy, w->source, &plan, err));
    *side = what_if_side(w, plan);
    return ST_OK;
}

/* --- what the run built on and bound --- */

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
    const char *missing = NULL; /* an evaluated scheme finds its own */
    TRY(st_run_read_links(w->store, w->arena, w->old.plan, w->run_id, w->old.links, &missing, err));
    TRY(st_run_each(w->store,
        "SELECT b.name, b.value FROM run_bound AS b WHERE b.run_id = $1 ORDER BY b.name", &run, 1,
        read_bound, w, err));
    for (size_t i = 0; i < plan->scheme_count; i++) {
        const struct st_scheme *scheme = plan->schemes[i];
        struct st_run_link *link = &w->new.links[i];
        if (!what_if_takes(w, scheme->def->name))
            continue;
        TRY(st_run_find_link(&w->new.runner, 0, scheme, link, err));
    }
    return ST_OK;
}

/* Is the scheme taken, and does its plan give other rows? */
static st_code is_evaluated(
    struct what_if *w, const char *name, bool *evaluated, struct st_error *err)
{
    const struct st_step *before = what_if_step(w->old.plan, name);
    bool same = false;
    *evaluated = what_if_takes(w, name);
    if (*evaluated && before)
        TRY(what_if_same(w, before, what_if_step(w->new.plan, name), &same, err));
    *evaluated = *evaluated && !same;
    return ST_OK;
}

/* Who starts from a tier that is no more has nowhere to go on; of schemes that are evaluated. */
static st_code check_held(struct what_if *w, struct st_error *err)
{
    const struct st_compiled *plan = w->new.plan;
    for (size_t i = 0; i < plan->scheme_count; i++) {
        const struct st_scheme *scheme = plan->schemes[i];
        bool evaluated;
        TRY(is_evaluated(w, scheme->def->name, &evaluated, err));
        if (evaluated)
            TRY(st_run_check_held(&w->new.runner, scheme, &w->new.links[i], err));
    }
    return ST_OK;
}

/* --- columns to compute --- */

static void add_reads(struct what_if *w, const struct st_step *step, struct st_column_names *names)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    st_rel_reads(w->arena, step->rel, w->source, names);
    st_emit_query(st_store_dialect(w->store), step->rel, &emitted);
    for (size_t i = 0; i < emitted.params.count; i++) {
        const struct st_step *bound = what_if_bind_step(w->new.plan, emitted.params.items[i].name);
        if (bound)
            add_reads(w, bound, names);
    }
    st_emitted_release(&emitted);
}

/* What the schemes that are evaluated read, and what the same schemes in force do. */
static st_code needed_columns(
    struct what_if *w, struct st_column_names *names, struct st_error *err)
{
    for (size_t i = 0; i < w->new.plan->scheme_count; i++) {
        const char *name = w->new.plan->schemes[i]->def->name;
        const struct st_step *before = what_if_step(w->old.plan, name);
        bool evaluated;
        TRY(is_evaluated(w, name, &evaluated, err));
        if (!evaluated)
            continue;
        add_reads(w, what_if_step(w->new.plan, name), names);
        if (before)
            st_rel_reads(w->arena, before->rel, w->source, &w->read_before);
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

enum origin { NOWHERE, KEPT, COMPUTED };

/* A column of the source and where its values come from: as `name` of the run's rows, or of those
 * that are computed. Nobody reads what comes from nowhere. */
struct source_column {
    struct st_ir_column column;
    const char *name;
    enum origin origin;
};

struct source {
    struct st_compiled *plan; /* just parameters */
    struct st_rel *computed;  /* NULL: nothing had to be */
    bool moved;               /* of balances, those of accounts that moved alone */
    struct source_column *columns;
    size_t count;
};

static const char *const keys[] = {"run_id", "customer_id", "status"};

static bool is_key(const char *name)
{
    return strcmp(name, keys[0]) == 0 || strcmp(name, keys[1]) == 0;
}

static void add_column(struct source *s, const char *column, enum st_ir_type type, const char *name,
    enum origin origin)
{
    s->columns[s->count++] = (struct source_column){{.name = column, .type = type}, name, origin};
}

static enum origin origin_of(
    const struct what_if *w, const struct st_column_names *needed, const char *name)
{
    return !st_column_names_have(needed, name)        ? NOWHERE
           : st_column_names_have(&w->computed, name) ? COMPUTED
                                                      : KEPT;
}

/* Values under the policy in force that the table's columns do not hold are columns beside them. */
static void add_before(struct what_if *w, const struct st_column_names *needed, struct source *s)
{
    const struct st_compiled *old = w->old.plan;
    bool same_status = st_columns_same_status(old->policy, w->new.plan->policy);
    for (size_t i = 0; i < old->table_column_count; i++) {
        const struct st_ir_column *c = &old->table_columns[i];
        bool status = strcmp(c->name, keys[2]) == 0;
        bool there = status ? same_status : origin_of(w, needed, c->name) == KEPT;
        if (is_key(c->name) || there || !st_column_names_have(&w->read_before, c->name))
            continue;
        st_column_names_add(w->arena, &w->before, c->name);
        add_column(s, what_if_before(w, c->name), c->type, c->name, KEPT);
    }
}

static void list_columns(struct what_if *w, const struct st_column_names *needed, struct source *s)
{
    const struct st_metric_column *measure = w->out->measure;
    const struct st_compiled *new = w->new.plan;
    s->columns = st_arena_array(w->arena, struct source_column,
        new->table_column_count + w->old.plan->table_column_count + 1);
    for (size_t i = ST_COUNT(keys); i < new->table_column_count; i++) {
        const struct st_ir_column *c = &new->table_columns[i];
        add_column(s, c->name, c->type, c->name, origin_of(w, needed, c->name));
    }
    add_before(w, needed, s);
    if (measure)
        add_column(s, SIMULATED_MEASURE, ST_IR_BIGINT, measure->name,
            measure_is_kept(w, measure) ? KEPT : origin_of(w, needed, measure->name));
}

static struct st_rel *kept_rows(struct what_if *w, struct source *s)
{
    struct st_arena *a = w->arena;
    const struct st_compiled *old = w->old.plan;
    struct st_rel *rel =
        st_rel_scan(a, w->metric_table, old->table_column_count, old->table_columns);
    return st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, keys[0]),
            st_plan_simple(a, &s->plan->params, ST_PLAN_RUN_ID)));
}

/* --- what must be computed --- */

/* Is little enough moved that reading it is less than reading all balances? */
static st_code is_worth_it(struct what_if *w, const struct st_columns_plan *columns,
    struct source *s, bool *worth, struct st_error *err)
{
    enum { MOVED_PART = 5 };
    struct st_rel *const rels[] = {columns->moves, columns->unfit};
    int64_t values[2][2] = {{0}};
    for (size_t i = 0; i < ST_COUNT(rels); i++) {
        struct side side = what_if_side(w, s->plan);
        struct st_emitted emitted = ST_EMITTED_INIT;
        st_emit_query(st_store_dialect(w->store), rels[i], &emitted);
        struct st_bind *binds = st_arena_array(w->arena, struct st_bind, emitted.params.count);
        st_code code = what_if_bind(w, &side, &emitted, binds, err);
        if (code == ST_OK)
            code = st_store_query_ints(w->store, emitted.sql.text, binds, emitted.params.count,
                values[i], NULL, rels[i]->column_count, err);
        st_emitted_release(&emitted);
        TRY(code);
    }
    *worth = values[0][0] * MOVED_PART <= values[0][1] && values[1][0] == 0;
    return ST_OK;
}

static st_code compute(struct what_if *w, struct source *s, struct st_error *err)
{
    const struct st_policy *policy = w->new.plan->policy;
    struct st_columns_base base = {.plan = w->old.plan, .table = w->metric_table};
    bool foreign = !st_compiled_keeps_sums(w->new.plan);
    bool based = st_columns_same_status(w->old.plan->policy, policy);
    struct st_columns_plan columns;
    for (bool again = true; again;) {
        TRY(st_compile_columns(w->arena, policy, foreign,
            st_store_dialect(w->store) == ST_DIALECT_CITUS, w->computed.items, w->computed.count,
            based ? &base : NULL, &columns, err));
        s->plan->params = columns.params;
        again = columns.moves != NULL;
        if (again)
            TRY(is_worth_it(w, &columns, s, &base.moved, err));
        again = again && base.moved;
    }
    s->computed = columns.rel;
    s->moved = base.moved;
    for (size_t i = 0; i < columns.check_count; i++) {
        struct side side = what_if_side(w, s->plan);
        TRY(st_run_step(&side.runner, &columns.checks[i], err));
    }
    return ST_OK;
}

/* --- putting it together --- */

static const char *kept_name(const struct what_if *w, const char *name)
{
    return st_arena_printf(w->arena, "kept:%s", name);
}

/* The run's columns that are kept, under names of their own. */
static size_t kept_columns(struct what_if *w, const struct source *s, struct st_ir_column *out)
{
    struct st_column_names known = {0};
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct source_column *c = &s->columns[i];
        if (c->origin != KEPT || st_column_names_have(&known, c->name))
            continue;
        st_column_names_add(w->arena, &known, c->name);
        out[n++] = (struct st_ir_column){.name = kept_name(w, c->name),
            .expr = st_ir_column_named(w->arena, 0, c->name, c->column.type)};
    }
    return n;
}

/* What is computed, with the columns that are kept: carried along where it starts from the run's
 * rows, else joined. */
static struct st_rel *with_kept(struct what_if *w, struct source *s)
{
    struct st_arena *a = w->arena;
    struct st_ir_column *kept = st_arena_array(a, struct st_ir_column, s->count + 2);
    size_t count = kept_columns(w, s, kept);
    const struct st_carry carry = {
        .arena = a, .table = w->metric_table, .columns = kept, .column_count = count};
    struct st_rel *rel = s->computed && count ? st_rel_carry(&carry, s->computed) : s->computed;
    if (rel)
        return rel;
    struct st_rel *rows = kept_rows(w, s);
    if (!s->computed) {
        for (size_t i = 0; i < ST_COUNT(keys); i++)
            kept[count++] = st_rel_pass(a, rows, 0, keys[i]);
        return st_rel_project(a, rows, count, kept);
    }
    kept[count++] = st_rel_pass(a, rows, 0, keys[1]);
    return st_rel_widen(
        a, ST_JOIN_INNER, s->computed, st_rel_project(a, rows, count, kept), 1, &keys[1]);
}

/* Where the values of a column are kept. */
static const char *value_name(const struct what_if *w, const struct source_column *c)
{
    return c->origin == KEPT ? kept_name(w, c->name) : c->name;
}

/* Customers, statuses and every value that some column has, once. */
static struct st_rel *values(struct what_if *w, struct source *s)
{
    struct st_arena *a = w->arena;
    struct st_rel *rel = with_kept(w, s);
    struct st_column_names known = {0};
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, s->count + ST_COUNT(keys));
    size_t n = 0;
    for (size_t i = 1; i < ST_COUNT(keys); i++)
        columns[n++] = st_rel_pass(a, rel, 0, keys[i]);
    for (size_t i = 0; i < s->count; i++) {
        const struct source_column *c = &s->columns[i];
        const char *name = value_name(w, c);
        if (c->origin == NOWHERE || st_column_names_have(&known, name))
            continue;
        st_column_names_add(a, &known, name);
        columns[n++] = st_rel_pass(a, rel, 0, name);
    }
    return st_rel_project(a, rel, n, columns);
}

/* The values as the metric table that plans read. */
static struct st_rel *as_metrics(struct what_if *w, struct source *s, const struct st_rel *kept)
{
    struct st_arena *a = w->arena;
    struct st_rel *rel = st_rel_scan(a, SIMULATED_VALUES, kept->column_count, kept->columns);
    struct st_ir_column *columns =
        st_arena_array(a, struct st_ir_column, s->count + ST_COUNT(keys));
    size_t n = 0;
    columns[n++] = (struct st_ir_column){
        .name = keys[0], .expr = st_ir_cast(a, st_ir_int(a, w->run_id), ST_IR_BIGINT)};
    for (size_t i = 1; i < ST_COUNT(keys); i++)
        columns[n++] = st_rel_pass(a, rel, 0, keys[i]);
    for (size_t i = 0; i < s->count; i++) {
        const struct source_column *c = &s->columns[i];
        columns[n++] = (struct st_ir_column){.name = c->column.name,
            .expr = c->origin == NOWHERE ? st_ir_null(a, c->column.type)
                                         : st_ir_column(a, rel, 0, value_name(w, c))};
    }
    return st_rel_project(a, rel, n, columns);
}

/* Most columns of the new plan's table nobody reads: a view has them, and nothing is stored. */
static st_code make_source(
    struct what_if *w, struct source *s, struct side *side, struct st_error *err)
{
    struct st_str view = ST_STR_INIT;
    struct st_rel *kept = values(w, s);
    TRY(what_if_table(w, side, SIMULATED_VALUES, kept, err));
    st_emit_create_temporary_view(
        st_store_dialect(w->store), SIMULATED_METRICS, as_metrics(w, s, kept), &view);
    st_code code = execute(w, view.text, err);
    st_str_release(&view);
    return code;
}

st_code what_if_drop_source(struct what_if *w, struct st_error *err)
{
    if (strcmp(w->source, SIMULATED_METRICS) != 0)
        return ST_OK;
    TRY(execute(w, "DROP VIEW " SIMULATED_METRICS, err));
    return what_if_drop(w, SIMULATED_VALUES, err);
}

static st_code fill_source(struct what_if *w, struct st_error *err)
{
    const struct st_metric_column *measure = w->out->measure;
    struct st_column_names needed = {0};
    struct source s = {.plan = st_arena_new(w->arena, struct st_compiled)};
    s.plan->policy = w->new.plan->policy;
    TRY(needed_columns(w, &needed, err));
    for (size_t i = 0; i < w->new.plan->metric_count; i++) {
        const struct st_metric_column *m = &w->new.plan->metrics[i];
        bool summed = measure && strcmp(measure->name, m->name) == 0 && !measure_is_kept(w, m);
        if (summed)
            st_column_names_add(w->arena, &needed, m->name);
        if (st_column_names_have(&needed, m->name) && !is_kept(w, m))
            st_column_names_add(w->arena, &w->computed, m->name);
    }
    if (w->computed.count || !st_columns_same_status(w->old.plan->policy, s.plan->policy))
        TRY(compute(w, &s, err));
    list_columns(w, &needed, &s);
    struct side side = what_if_side(w, s.plan);
    bool many = s.computed && !s.moved; /* nearly every customer is a group */
    if (many)
        TRY(st_run_expect_keys(&side.runner, s.computed, err));
    TRY(make_source(w, &s, &side, err));
    return many ? st_store_expect_keys(w->store, 0, 0, err) : ST_OK;
}

/* Where the source has what the policy in force reads; NULL: nobody reads it. */
const char *what_if_before(const struct what_if *w, const char *name)
{
    bool own = strcmp(w->source, w->metric_table) == 0 || is_key(name);
    if (!own && st_column_names_have(&w->before, name))
        return st_arena_printf(w->arena, "before:%s", name);
    return own || st_column_names_have(&w->read_before, name) ? name : NULL;
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
    TRY(check_held(w, err));
    return same ? ST_OK : fill_source(w, err);
}
