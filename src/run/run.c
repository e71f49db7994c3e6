#include "run/run.h"

#include "run/base.h"

/* --- compiling for a store --- */

struct tier_ids {
    struct st_store *store;
    struct st_arena *arena;
    struct {
        struct st_tier_key {
            const char *scheme, *code;
            int64_t id;
        } * items;
        size_t count, cap;
    } known;
    size_t stored; /* the rest is new */
    int64_t last;
};

static st_code read_tier_id(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct tier_ids *ids = context;
    (void)err;
    struct st_tier_key key = {st_run_text(ids->arena, batch, 1, row),
        st_run_text(ids->arena, batch, 2, row), st_batch_int(batch, 0, row)};
    *st_vec_push(&ids->known) = key;
    if (key.id > ids->last)
        ids->last = key.id;
    return ST_OK;
}

static int64_t tier_id(void *context, const char *scheme, const char *code)
{
    struct tier_ids *ids = context;
    for (size_t i = 0; i < ids->known.count; i++) {
        const struct st_tier_key *k = &ids->known.items[i];
        if (strcmp(k->scheme, scheme) == 0 && strcmp(k->code, code) == 0)
            return k->id;
    }
    struct st_tier_key key = {scheme, code, ++ids->last};
    *st_vec_push(&ids->known) = key;
    return key.id;
}

static st_code write_new_tiers(struct tier_ids *ids, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = ids->stored; i < ids->known.count && code == ST_OK; i++) {
        const struct st_tier_key *k = &ids->known.items[i];
        struct st_bind binds[] = {
            st_bind_int(k->id), st_bind_text(k->scheme), st_bind_text(k->code)};
        code = st_store_exec(ids->store,
            "INSERT INTO tier (tier_id, scheme, code) VALUES ($1, $2, $3)", binds, 3, NULL, err);
    }
    return code;
}

/* --- facts of the store that the plan depends on --- */

static st_code max_of(struct st_store *store, const char *sql, int64_t *value, struct st_error *err)
{
    return st_store_query_ints(store, sql, NULL, 0, value, NULL, 1, err);
}

/* Imports list every currency they meet: facts are searched only where there is another one. */
static st_code read_environment(struct st_store *store, const struct st_policy *policy,
    struct st_compile_env *env, struct st_error *err)
{
    int64_t watermark = 0, foreign = 0, known[2] = {-1, 0};
    st_code code =
        max_of(store, "SELECT coalesce(max(l.load_id), 0) FROM load AS l", &watermark, err);
    struct st_bind binds[] = {st_bind_text(policy->currency), st_bind_int(watermark)};
    if (code == ST_OK)
        code = st_store_query_ints(store,
            "SELECT coalesce(max(c.exponent) FILTER (WHERE c.code = $1), -1), "
            "count(*) FILTER (WHERE c.code <> $1) FROM currency AS c",
            binds, 1, known, NULL, 2, err);
    if (code == ST_OK && known[1] > 0)
        code = st_store_query_ints(
            store, st_sql_file_text("run/foreign.sql"), binds, 2, &foreign, NULL, 1, err);
    int64_t overrides = 0, merges = 0;
    if (code == ST_OK)
        code = max_of(store, "SELECT count(*) FROM tier_override AS o", &overrides, err);
    if (code == ST_OK)
        code = max_of(store, "SELECT count(*) FROM customer_booking AS b", &merges, err);
    env->overrides = overrides != 0;
    env->merges = merges != 0;
    env->foreign = foreign != 0;
    env->currency_exponent = (int)known[0];
    return code;
}

/* Every attribute the policy names was loaded, with the type it says. */
static st_code check_attributes(
    struct st_store *store, const struct st_policy *policy, struct st_error *err)
{
    static const char *const names[] = {"text", "number", "integer", "money", "date", "boolean"};
    st_code code = ST_OK;
    for (size_t i = 0; i < policy->attribute_count && code == ST_OK; i++) {
        const struct st_attribute_def *def = &policy->attributes[i];
        int64_t counts[2] = {0, 0};
        struct st_bind binds[] = {st_bind_text(def->name), st_bind_text(names[def->type])};
        code = st_store_query_ints(store,
            "SELECT count(*), coalesce(sum(CASE WHEN a.type = $2 THEN 1 ELSE 0 END), 0) "
            "FROM attribute AS a WHERE a.name = $1",
            binds, 2, counts, NULL, 2, err);
        if (code != ST_OK || counts[1] > 0)
            continue;
        code = counts[0] ? st_fail_at(err, def->node, ST_E_POLICY,
                               "attribute %s was loaded with another type",
                               "属性 %s 导入时的类型与此不同", def->name)
                         : st_fail_at(err, def->node, ST_E_POLICY,
                               "attribute %s was never loaded into this store",
                               "本库从未导入属性 %s", def->name);
        st_error_value(err, "%s", names[def->type]);
        st_error_hint(err, "a mapping declares it under customer: attributes:",
            "请在导入映射的 customer: attributes: 中声明");
    }
    return code;
}

static st_code compile_for(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    struct tier_ids *ids, struct st_compile_env *env, struct st_compiled **out,
    struct st_error *err)
{
    *ids = (struct tier_ids){.store = store, .arena = arena};
    env->tier_id = tier_id;
    env->context = ids;
    st_code code = read_environment(store, policy, env, err);
    if (code == ST_OK)
        code = check_attributes(store, policy, err);
    if (code == ST_OK)
        code = st_run_each(store, "SELECT t.tier_id, t.scheme, t.code FROM tier AS t ORDER BY 1",
            NULL, 0, read_tier_id, ids, err);
    ids->stored = ids->known.count;
    return code == ST_OK ? st_plan_policy(arena, policy, env, out, err) : code;
}

st_code st_run_compile(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    struct st_compiled **out, struct st_error *err)
{
    struct tier_ids ids;
    struct st_compile_env env = {0};
    st_code code = compile_for(store, arena, policy, &ids, &env, out, err);
    if (code == ST_OK)
        code = write_new_tiers(&ids, err);
    st_vec_release(&ids.known);
    return code;
}

st_code st_run_compile_aside(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, struct st_compile_env *env, struct st_compiled **out,
    struct st_error *err)
{
    struct tier_ids ids;
    st_code code = compile_for(store, arena, policy, &ids, env, out, err);
    st_vec_release(&ids.known);
    return code;
}

/* --- executing --- */

static st_code keep_bounds(struct runner *r, const struct st_step *step, const int64_t *values,
    const bool *nulls, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = 0; i < step->rel->column_count && code == ST_OK; i++) {
        *st_vec_push(&r->bounds) = (struct bound){step->binds[i], values[i], nulls[i]};
        struct st_bind value = st_bind_int(values[i]);
        value.is_null = nulls[i];
        struct st_bind binds[] = {st_bind_int(r->run_id), st_bind_text(step->binds[i]), value};
        code = st_store_exec(r->store,
            "INSERT INTO run_bound (run_id, name, value) VALUES ($1, $2, $3)", binds, 3, NULL, err);
    }
    return code;
}

enum { STEP_COLUMNS_MAX = ST_POLICY_TIERS_MAX };

st_code st_run_step(struct runner *r, const struct st_step *step, struct st_error *err)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_bind binds[ST_STORE_PARAMS_MAX];
    int64_t values[STEP_COLUMNS_MAX];
    bool nulls[STEP_COLUMNS_MAX];
    st_code code = ST_OK;
    st_emit_step(st_store_dialect(r->store), step, &emitted);
    for (size_t i = 0; i < emitted.param_count && code == ST_OK; i++)
        code = st_run_bind(r, emitted.params[i], &binds[i], err);
    if (code == ST_OK && step->kind == ST_STEP_INSERT) {
        code = st_store_exec(r->store, emitted.sql.text, binds, emitted.param_count, NULL, err);
    } else if (code == ST_OK) {
        code = st_store_query_ints(r->store, emitted.sql.text, binds, emitted.param_count, values,
            nulls, step->rel->column_count, err);
        if (code == ST_OK && step->kind == ST_STEP_BIND)
            code = keep_bounds(r, step, values, nulls, err);
        if (code == ST_OK && step->kind == ST_STEP_CHECK && !values[0]) {
            char date[ST_DATE_TEXT_SIZE];
            code = st_fail_each(err, ST_E_DATA, step->refusal.en, step->refusal.zh);
            st_error_value(err, "as of %s", st_date_format(r->as_of, date));
            st_error_hint(err, "import the missing rates, or raise fx_days_max in the policy",
                "请导入缺少的汇率，或在策略中调大 fx_days_max");
        }
    }
    st_emitted_release(&emitted);
    return code;
}

static st_code make_metric_table(struct runner *r, struct st_error *err)
{
    const struct st_compiled *plan = r->plan;
    int64_t known = 0;
    struct st_bind name = st_bind_text(plan->metric_table);
    st_code code = st_store_query_ints(r->store,
        "SELECT count(*) FROM metric_column AS m WHERE m.metric_table = $1", &name, 1, &known, NULL,
        1, err);
    if (code != ST_OK || known)
        return code;
    const struct st_metric_storage *s = &plan->storage;
    enum st_dialect dialect = st_store_dialect(r->store);
    struct st_str sql[3] = {ST_STR_INIT, ST_STR_INIT, ST_STR_INIT};
    st_emit_create_table(dialect, s->rows, s->row_columns, s->row_column_count, &sql[0]);
    st_emit_create_table(dialect, s->runs, s->run_columns, s->run_column_count, &sql[1]);
    st_emit_create_view(dialect, plan->metric_table, s->view, &sql[2]);
    for (size_t i = 0; i < ST_COUNT(sql); i++) {
        if (code == ST_OK)
            code = st_store_exec(r->store, sql[i].text, NULL, 0, NULL, err);
        st_str_release(&sql[i]);
    }
    if (code == ST_OK)
        code = st_store_index(r->store, s->rows, "series", err);
    for (size_t i = 0; i < plan->metric_count && code == ST_OK; i++) {
        const struct st_metric_column *m = &plan->metrics[i];
        struct st_bind binds[] = {name, st_bind_int((int64_t)i), st_bind_text(m->name),
            st_bind_text(st_kind_name(m->kind, ST_LANG_EN)), st_bind_int(m->scale),
            st_bind_text(plan->policy->metrics_hash)};
        code = st_store_exec(r->store,
            "INSERT INTO metric_column (metric_table, position, metric, type, scale, definition) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            binds, 6, NULL, err);
    }
    return code;
}

static st_code insert_run(struct runner *r, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->run_id), st_bind_text(r->plan->policy->hash),
        st_bind_date(r->as_of), st_bind_int(r->watermark), st_bind_text(r->plan->metric_table),
        st_bind_text(r->options ? r->options->now : ""),
        st_bind_int(r->options ? r->options->policy_version : 0), st_bind_int(r->base.run_id),
        st_bind_text(st_run_families(r->arena, r->base.families)),
        st_bind_bool(st_compiled_keeps_sums(r->plan))};
    return st_store_exec(r->store,
        "INSERT INTO run (run_id, policy_hash, as_of, watermark, metric_table, state, customers, "
        "started_at, policy_version, base_run, carried, keeps_sums) VALUES ($1, $2, $3, $4, $5, "
        "'staged', 0, $6, NULLIF(CAST($7 AS BIGINT), 0), NULLIF(CAST($8 AS BIGINT), 0), $9, $10)",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code count_customers(struct runner *r, int64_t *customers, struct st_error *err)
{
    struct st_bind run = st_bind_int(r->run_id);
    struct st_bind binds[2] = {run};
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "SELECT count(*) FROM ");
    st_emit_identifier(&sql, r->plan->metric_table);
    st_str_add(&sql, " AS m WHERE m.run_id = $1");
    st_code code = st_store_query_ints(r->store, sql.text, &run, 1, customers, NULL, 1, err);
    st_str_release(&sql);
    binds[1] = st_bind_int(*customers);
    if (code == ST_OK && *customers == 0) {
        char date[ST_DATE_TEXT_SIZE];
        code = st_fail(err, ST_E_DATA, "no customer is there on %s", "%s 没有任何客户",
            st_date_format(r->as_of, date));
        st_error_value(err, "%s", date);
        st_error_hint(err,
            "the bank's customers were opened later, or had all left: run as of a day that the "
            "data reaches",
            "客户均在此后开户，或均已离行：请以数据所及的日期运行");
    }
    if (code == ST_OK)
        code = st_store_exec(
            r->store, "UPDATE run SET customers = $2 WHERE run_id = $1", binds, 2, NULL, err);
    return code;
}

static size_t widest_group(const struct st_rel *rel)
{
    size_t most = rel->kind == ST_REL_AGGREGATE ? rel->column_count : 0;
    for (size_t i = 0; i < rel->input_count; i++) {
        size_t columns = widest_group(rel->inputs[i]);
        most = columns > most ? columns : most;
    }
    return most;
}

st_code st_run_expect_keys(const struct runner *r, const struct st_rel *rel, struct st_error *err)
{
    enum { STATE_BYTES = 32 }; /* the largest: a 128-bit sum and whether there is one */
    int64_t largest = 0;
    st_code code = max_of(
        r->store, "SELECT coalesce(max(k.customer_id), 0) FROM customer_key AS k", &largest, err);
    return code == ST_OK ? st_store_expect_keys(
                               r->store, largest, (int64_t)widest_group(rel) * STATE_BYTES, err)
                         : code;
}

static st_code execute_metrics(struct runner *r, const struct st_step *step, struct st_error *err)
{
    bool most = r->base.families == 0; /* else most groups are of the few who changed */
    st_code code = most ? st_run_expect_keys(r, step->rel, err) : ST_OK;
    if (code == ST_OK && r->stands)
        code = st_run_step(r, r->affected, err);
    if (code == ST_OK)
        code = st_run_step(r, step, err);
    if (code == ST_OK)
        code = st_run_end_metrics(r, err);
    if (code == ST_OK && most)
        code = st_store_expect_keys(r->store, 0, 0, err);
    /* Scans of rows that their own transaction wrote use one thread in DuckDB: tiers are read from
     * committed metrics. The run stays staged, and is swept if it should end here. */
    if (code != ST_OK || r->apart)
        return code;
    code = st_store_commit(r->store, err);
    return code == ST_OK ? st_store_begin(r->store, err) : code;
}

/* The plan's own step, or the one that carries the base's metrics on. */
static const struct st_step *metrics_step(struct runner *r, const struct st_step *full)
{
    unsigned families = r->base.families;
    if (!families) /* nor does anything stand */
        return full;
    const struct st_onward how = {families, r->stands, r->stands && r->base.only_came};
    struct st_step **step = r->stands ? &r->changes[r->base.only_came] : &r->increments[families];
    if (!*step) {
        *step = st_arena_new(r->arena, struct st_step);
        **step = st_compiled_increment(r->plan, how);
    }
    if (r->stands && !r->affected) {
        r->affected = st_arena_new(r->arena, struct st_step);
        *r->affected = st_compiled_affected(r->plan, how);
    }
    return *step;
}

static size_t index_of(const struct st_compiled *plan, const struct st_scheme *scheme)
{
    size_t i = 0;
    while (plan->schemes[i] != scheme)
        i++;
    return i;
}

static st_code execute_tiers(struct runner *r, const struct st_step *full,
    const struct st_scheme *scheme, struct st_error *err)
{
    size_t i = index_of(r->plan, scheme);
    const struct st_step *step = full;
    if (r->tiers[i].goes_on) {
        if (!r->tier_changes[i]) {
            r->tier_changes[i] = st_arena_new(r->arena, struct st_step);
            *r->tier_changes[i] = st_plan_tier_changes(r->plan, scheme);
        }
        step = r->tier_changes[i];
    }
    st_code code = st_run_step(r, step, err);
    return code == ST_OK ? st_run_end_tiers(r, step->table, &r->tiers[i], err) : code;
}

static st_code execute_steps(struct runner *r, size_t index, size_t periods, struct st_error *err)
{
    const struct st_compiled *plan = r->plan;
    st_code code = ST_OK;
    for (size_t i = 0; i < plan->step_count && code == ST_OK; i++) {
        if (r->options && r->options->progress)
            r->options->progress(
                r->options->progress_context, index, periods, plan->steps[i].label);
        const struct st_step *step = &plan->steps[i];
        const struct st_scheme *scheme = st_plan_tiers_of(plan, step);
        code = step->table == plan->storage.rows ? execute_metrics(r, metrics_step(r, step), err)
               : scheme                          ? execute_tiers(r, step, scheme, err)
                                                 : st_run_step(r, step, err);
    }
    return code;
}

/* --- the chain of periods --- */

static st_code write_link(struct runner *r, const struct st_scheme *scheme,
    const struct st_run_link *link, int64_t series, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->run_id), st_bind_text(scheme->def->name),
        st_bind_int(link->previous_run), st_bind_text(scheme->def->hash), st_bind_int(series)};
    return st_store_exec(r->store,
        "INSERT INTO run_scheme (run_id, scheme, previous_run, scheme_hash, series) "
        "VALUES ($1, $2, $3, $4, $5)",
        binds, ST_COUNT(binds), NULL, err);
}

/* The runs that the schemes build on, and the series their rows go into. */
static st_code write_links(struct runner *r, struct st_error *err)
{
    size_t count = r->plan->scheme_count;
    struct tier_series *tiers = st_arena_array(r->arena, struct tier_series, count);
    st_code code = ST_OK;
    r->tiers = tiers;
    if (!r->tier_changes)
        r->tier_changes = st_arena_array(r->arena, struct st_step *, count);
    for (size_t i = 0; i < count && code == ST_OK; i++) {
        code = st_run_choose_tier_series(r, r->plan->schemes[i], &tiers[i], err);
        if (code == ST_OK)
            code = write_link(r, r->plan->schemes[i], &r->links[i], tiers[i].series, err);
    }
    return code;
}

static st_code link_schemes(struct runner *r, size_t index, struct st_error *err)
{
    struct st_run_link *links = st_arena_array(r->arena, struct st_run_link, r->plan->scheme_count);
    st_code code = ST_OK;
    for (size_t i = 0; i < r->plan->scheme_count && code == ST_OK; i++) {
        const struct st_scheme *scheme = r->plan->schemes[i];
        code = st_run_find_link(r, index, scheme, &links[i], err);
        if (code == ST_OK)
            code = st_run_check_held(r, scheme, &links[i], err);
    }
    r->links = links;
    return code == ST_OK ? write_links(r, err) : code;
}

/* The newest run of this policy's name before this day, staged by this command or published: what
 * held then is not new today. */
static st_code link_signals(struct runner *r, size_t index, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(r->plan->policy->name), st_bind_date(r->as_of)};
    int64_t before[2] = {0, 0};
    struct st_error none = {.code = ST_OK};
    if (r->plan->signal_count == 0)
        return ST_OK;
    st_code code = st_store_query_ints(
        r->store, st_sql_file_text("run/signal_run.sql"), binds, 2, before, NULL, 2, &none);
    if (code != ST_OK && code != ST_E_NOT_FOUND) {
        if (err && err->code == ST_OK)
            *err = none;
        return code;
    }
    const struct st_run_period *staged = index ? &r->report->periods[index - 1] : NULL;
    bool later = staged && (code == ST_E_NOT_FOUND || staged->as_of >= before[1]);
    r->signal_run = later ? staged->run_id : before[0];
    struct st_bind link[] = {st_bind_int(r->run_id), st_bind_int(r->signal_run)};
    return st_store_exec(
        r->store, "UPDATE run SET signal_run = $2 WHERE run_id = $1", link, 2, NULL, err);
}

/* One period: a transaction for its metrics, one for its tiers. */
static st_code stage_period(struct runner *r, size_t index, size_t periods, struct st_error *err)
{
    struct st_run_period *period = &r->report->periods[index];
    st_code code = st_store_begin(r->store, err);
    if (code != ST_OK)
        return code;
    r->bounds.count = 0;
    code = max_of(r->store, "SELECT coalesce(max(r.run_id), 0) + 1 FROM run AS r", &r->run_id, err);
    if (index == 0)
        r->first_staged = r->run_id;
    if (code == ST_OK)
        code = make_metric_table(r, err);
    if (code == ST_OK && !r->options->full)
        code = st_run_find_base(
            r->store, r->plan, r->as_of, r->watermark, r->first_staged, &r->base, err);
    if (code == ST_OK)
        code = st_run_choose_metric_series(r, err);
    if (code == ST_OK)
        code = insert_run(r, err);
    if (code == ST_OK)
        code = link_schemes(r, index, err);
    if (code == ST_OK)
        code = link_signals(r, index, err);
    if (code == ST_OK)
        code = execute_steps(r, index, periods, err);
    if (code == ST_OK)
        code = count_customers(r, &period->customers, err);
    if (code == ST_OK)
        code = st_store_exec(r->store, "DELETE FROM run_customer", NULL, 0, NULL, err);
    if (code == ST_OK)
        code = st_store_commit(r->store, err);
    if (code != ST_OK)
        st_store_rollback(r->store);
    period->run_id = r->run_id;
    period->as_of = r->as_of;
    period->base_run = r->base.run_id;
    period->carried = st_run_families(r->arena, r->base.families);
    period->stands = r->stands;
    if (code == ST_OK && r->options->verify)
        code = st_run_verify(r, err);
    return code;
}

st_code st_run_recompute(struct st_store *store, struct st_arena *arena, struct st_compiled *plan,
    const struct st_run_link *links, int64_t signal_run, int64_t watermark, st_date as_of,
    int64_t run_id, struct st_error *err)
{
    struct runner r = {.store = store,
        .arena = arena,
        .plan = plan,
        .links = links,
        .signal_run = signal_run,
        .watermark = watermark,
        .as_of = as_of,
        .run_id = run_id,
        .metric_series = run_id,
        .apart = true};
    st_code code = insert_run(&r, err);
    if (code == ST_OK)
        code = write_links(&r, err);
    if (code == ST_OK)
        code = execute_steps(&r, 0, 1, err);
    st_vec_release(&r.bounds);
    return code;
}

/* --- publishing and sweeping --- */

static st_code publish_one(struct st_store *store, const char *scheme,
    const struct st_run_period *period, struct st_error *err)
{
    struct st_bind binds[] = {
        st_bind_text(scheme), st_bind_date(period->as_of), st_bind_int(period->run_id)};
    st_code code = st_store_exec(
        store, "DELETE FROM published WHERE scheme = $1 AND as_of = $2", binds, 2, NULL, err);
    if (code == ST_OK)
        code = st_store_exec(store,
            "INSERT INTO published (scheme, as_of, run_id) VALUES ($1, $2, $3)", binds, 3, NULL,
            err);
    return code;
}

/* The pointers of all periods flip together. */
static st_code publish(struct runner *r, struct st_error *err)
{
    st_code code = st_store_begin(r->store, err);
    for (size_t p = 0; p < r->report->period_count && code == ST_OK; p++) {
        const struct st_run_period *period = &r->report->periods[p];
        for (size_t s = 0; s < r->plan->scheme_count && code == ST_OK; s++)
            code = publish_one(r->store, r->plan->schemes[s]->def->name, period, err);
        struct st_bind binds[] = {st_bind_int(period->run_id), st_bind_text(r->options->now)};
        if (code == ST_OK)
            code = st_store_exec(r->store,
                "UPDATE run SET state = 'published', finished_at = $2 WHERE run_id = $1", binds, 2,
                NULL, err);
    }
    if (code == ST_OK)
        code = st_store_commit(r->store, err);
    if (code != ST_OK)
        st_store_rollback(r->store);
    return code;
}

struct orphan {
    int64_t run_id;
    const char *metric_table;
};

struct orphans {
    struct st_arena *arena;
    struct orphan *items;
    size_t count, cap;
};

static st_code read_orphan(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct orphans *o = context;
    (void)err;
    *st_vec_push(o) =
        (struct orphan){st_batch_int(batch, 0, row), st_run_text(o->arena, batch, 1, row)};
    return ST_OK;
}

static st_code sweep_one(
    struct st_store *store, const struct orphan *orphan, int64_t *swept, struct st_error *err)
{
    static const char *const deletes[] = {"DELETE FROM signal WHERE run_id = $1",
        "DELETE FROM run_bound WHERE run_id = $1", "DELETE FROM run_scheme WHERE run_id = $1"};
    enum { COUNTED = 1 }; /* rows about customers */
    struct st_bind run = st_bind_int(orphan->run_id);
    int64_t changed = 0;
    st_code code = st_run_take_back(store, orphan->run_id, orphan->metric_table, swept, err);
    for (size_t i = 0; i < ST_COUNT(deletes) && code == ST_OK; i++) {
        code = st_store_exec(store, deletes[i], &run, 1, &changed, err);
        *swept += i < COUNTED ? changed : 0;
    }
    if (code == ST_OK)
        code = st_store_exec(
            store, "UPDATE run SET state = 'abandoned' WHERE run_id = $1", &run, 1, NULL, err);
    return code;
}

/* Rows of runs that staged and never published: their process failed or was killed. */
static st_code sweep(
    struct st_store *store, struct st_arena *arena, int64_t *swept, struct st_error *err)
{
    struct orphans orphans = {.arena = arena};
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = st_run_each(store,
            "SELECT r.run_id, r.metric_table FROM run AS r WHERE r.state = 'staged'", NULL, 0,
            read_orphan, &orphans, err);
    for (size_t i = 0; i < orphans.count && code == ST_OK; i++)
        code = sweep_one(store, &orphans.items[i], swept, err);
    if (code == ST_OK)
        code = st_store_commit(store, err);
    if (code != ST_OK)
        st_store_rollback(store);
    st_vec_release(&orphans);
    return code;
}

/* --- the command --- */

size_t st_run_dates(
    int period, int fiscal_month, st_date from, st_date to, st_date *dates, size_t most)
{
    size_t count = 0;
    for (st_date day = from; day <= to;) {
        st_date end = period == ST_PERIOD_DAY ? day : st_date_month_end(day);
        struct st_civil c = st_date_to_civil(end);
        int past = (c.month - fiscal_month + 12) % 12 + 1; /* months into the fiscal year */
        bool rating = period == ST_PERIOD_DAY || period == ST_PERIOD_MONTH ||
                      (period == ST_PERIOD_QUARTER && past % 3 == 0) ||
                      (period == ST_PERIOD_YEAR && past == 12);
        if (rating && end <= to) {
            if (count < most)
                dates[count] = end;
            count++;
        }
        day = end + 1;
    }
    return count;
}

static st_code check_every(const struct st_policy *policy, const char *every, struct st_error *err)
{
    static const char *const names[] = {
        [ST_PERIOD_MONTH] = "month",
        [ST_PERIOD_QUARTER] = "quarter",
        [ST_PERIOD_YEAR] = "year",
        [ST_PERIOD_DAY] = "day",
    };
    if (strcmp(every, names[policy->period]) == 0 || strcmp(every, "period") == 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--every is not the policy's rating period",
        "--every 与策略的评定周期不符");
    st_error_value(err, "%s", every);
    st_error_allowed(err, "%s, or period", "%s 或 period", names[policy->period]);
    return code;
}

static st_code choose_dates(const struct st_policy *policy, const struct st_run_options *o,
    st_date *dates, size_t *count, struct st_error *err)
{
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    if (!o->every) {
        dates[0] = o->as_of;
        *count = 1;
        return ST_OK;
    }
    st_code wrong = check_every(policy, o->every, err);
    if (wrong != ST_OK)
        return wrong;
    st_date first = o->has_from ? o->from : o->as_of;
    st_date_format(first, from);
    st_date_format(o->as_of, to);
    if (first > o->as_of) {
        st_code code = st_fail(err, ST_E_USAGE, "--from %s is after --as-of %s",
            "--from %s 晚于 --as-of %s", from, to);
        st_error_hint(
            err, "the series runs from --from to --as-of", "序列从 --from 运行到 --as-of");
        return code;
    }
    *count = st_run_dates(
        policy->period, policy->fiscal_month, first, o->as_of, dates, ST_RUN_PERIODS_MAX);
    if (*count == 0) {
        st_code code = st_fail(err, ST_E_USAGE, "no rating period ends between %s and %s",
            "%s 至 %s 之间没有评定周期结束", from, to);
        st_error_hint(
            err, "leave --every out to run for one date", "去掉 --every 可只运行一个日期");
        return code;
    }
    if (*count > ST_RUN_PERIODS_MAX)
        return st_fail(err, ST_E_LIMIT, "%zu periods; at most %d in one command",
            "%zu 个周期；一次最多 %d 个", *count, ST_RUN_PERIODS_MAX);
    return ST_OK;
}

struct stale_feed {
    struct st_arena *arena;
    const char *source;
    bool never;
    st_date reached;
};

static st_code read_stale_feed(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct stale_feed *feed = context;
    (void)err;
    feed->source = st_run_text(feed->arena, batch, 0, row);
    feed->never = st_batch_is_null(batch, 1, row);
    if (!feed->never)
        feed->reached = st_batch_date(batch, 1, row);
    return ST_OK;
}

static st_code check_feeds(
    struct st_store *store, struct st_arena *arena, st_date as_of, struct st_error *err)
{
    struct stale_feed feed = {.arena = arena};
    struct st_bind bind = st_bind_date(as_of);
    char want[ST_DATE_TEXT_SIZE], have[32] = "never 从未";
    st_code code = st_run_each(
        store, st_sql_file_text("run/feeds.sql"), &bind, 1, read_stale_feed, &feed, err);
    if (code != ST_OK || !feed.source)
        return code;
    if (!feed.never)
        st_date_format(feed.reached, have);
    code = st_fail(err, ST_E_DATA, "feed %s does not reach %s: a missing feed looks like no change",
        "数据源 %s 未达到 %s：缺失的数据会被误认为没有变化", feed.source,
        st_date_format(as_of, want));
    st_error_value(err, "%s", have);
    st_error_hint(err, "import it with its manifest, or run as of an earlier date",
        "请连同清单导入该数据源，或以更早的日期运行");
    return code;
}

static st_code store_policy(
    struct st_store *store, const struct st_policy *policy, const char *now, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(policy->hash), st_bind_text(policy->name),
        st_bind_text(policy->body), st_bind_text(now)};
    int64_t known = 0;
    st_code code =
        st_store_query_ints(store, "SELECT count(*) FROM policy AS p WHERE p.policy_hash = $1",
            binds, 1, &known, NULL, 1, err);
    if (code == ST_OK && !known)
        code = st_store_exec(store,
            "INSERT INTO policy (policy_hash, name, body, stored_at) VALUES ($1, $2, $3, $4)",
            binds, 4, NULL, err);
    return code;
}

enum { WEEK_DAYS = 7, RECENT_DAYS = 62 };

/* Days of the last months are looked at first: of older rows not even the dates are read. */
static st_code read_newest(struct runner *r, st_date as_of, struct st_error *err)
{
    const st_date from[] = {as_of - WEEK_DAYS, as_of - RECENT_DAYS,
        st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1})};
    int64_t newest = 0;
    bool none = true;
    st_code code = ST_OK;
    for (size_t i = 0; i < ST_COUNT(from) && none && code == ST_OK; i++) {
        struct st_bind binds[] = {st_bind_int(r->watermark), st_bind_date(from[i])};
        code = st_store_query_ints(
            r->store, st_sql_file_text("run/newest_fact.sql"), binds, 2, &newest, &none, 1, err);
    }
    r->report->has_newest = code == ST_OK && !none;
    r->report->newest = (st_date)newest;
    return code;
}

/* What the plan needs before its first period, in one transaction. */
static st_code prepare(struct runner *r, struct st_policy *policy, struct st_compiled **plan,
    const st_date *dates, size_t count, struct st_error *err)
{
    st_code code = st_store_begin(r->store, err);
    if (code == ST_OK)
        code = max_of(
            r->store, "SELECT coalesce(max(l.load_id), 0) FROM load AS l", &r->watermark, err);
    if (code == ST_OK && r->watermark == 0) {
        code = st_fail(err, ST_E_DATA, "nothing has been imported into %s", "%s 中尚未导入任何数据",
            st_store_location(r->store));
        st_error_hint(err, "strata import %s MAPPING.yaml FILES…",
            "strata import %s 映射.yaml 文件…", st_store_location(r->store));
    }
    if (code == ST_OK)
        code = check_feeds(r->store, r->arena, dates[count - 1], err);
    if (code == ST_OK)
        code = read_newest(r, dates[count - 1], err);
    if (code == ST_OK)
        code = st_run_compile(r->store, r->arena, policy, plan, err);
    if (code == ST_OK)
        code = store_policy(r->store, policy, r->options->now, err);
    if (code == ST_OK)
        code = st_store_commit(r->store, err);
    if (code != ST_OK)
        st_store_rollback(r->store);
    return code;
}

/* --- closed periods --- */

/* Later periods build on those that are over: they stay as they are, but for a rerate, which builds
 * a new chain up to the last one. */
static st_code check_closed(struct runner *r, const struct st_scheme *scheme, st_date first,
    st_date last, struct st_error *err)
{
    const struct st_policy *policy = r->plan->policy;
    struct st_bind bind = st_bind_text(scheme->def->name);
    char closed[ST_DATE_TEXT_SIZE], newest[ST_DATE_TEXT_SIZE];
    int64_t day = 0;
    bool none = true;
    st_code code =
        st_store_query_ints(r->store, "SELECT max(p.as_of) FROM published AS p WHERE p.scheme = $1",
            &bind, 1, &day, &none, 1, err);
    if (code != ST_OK || none || st_period_end(policy, first) >= (st_date)day)
        return code;
    st_date_format(first, closed);
    st_date_format((st_date)day, newest);
    if (!r->options->rerate) {
        code = st_fail(err, ST_E_CONFLICT,
            "scheme %s: the period of %s is closed, because later ones build on it",
            "方案 %s：%s 所在周期已关闭，其后周期以其为基础", scheme->def->name, closed);
        st_error_value(err, "%s; last run %s", closed, newest);
        st_error_hint(err,
            "late rows count from the next period on; strata rerate builds a new chain from %s on",
            "迟到数据自下一周期起计入；strata rerate 可自 %s 起重建", closed);
    } else if (st_period_end(policy, last) < (st_date)day) {
        code = st_fail(err, ST_E_USAGE, "a rerate goes on to the last period that was run",
            "重评须一直到最后一个已运行的周期");
        st_error_value(err, "--as-of before %s", newest);
        st_error_hint(err, "--as-of %s", "--as-of %s", newest);
    }
    return code;
}

static st_code check_periods(
    struct runner *r, const st_date *dates, size_t count, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = 0; i < r->plan->scheme_count && code == ST_OK; i++)
        if (r->plan->schemes[i]->ladder)
            code = check_closed(r, r->plan->schemes[i], dates[0], dates[count - 1], err);
    return code;
}

/* --- what moved --- */

static st_code summarise(struct runner *r, struct st_run_period *period, struct st_error *err)
{
    st_code code = ST_OK;
    period->scheme_count = r->plan->scheme_count;
    period->schemes = st_arena_array(r->arena, struct st_run_scheme, period->scheme_count);
    for (size_t i = 0; i < period->scheme_count && code == ST_OK; i++) {
        const struct st_scheme *scheme = r->plan->schemes[i];
        struct st_run_scheme *out = &period->schemes[i];
        struct st_flow *cells = NULL;
        size_t count = 0;
        int64_t before = 0;
        st_date before_on;
        out->name = scheme->def->name;
        out->title = scheme->def->title;
        out->ranked = scheme->ranked;
        code = st_run_before(r->store, out->name, period->as_of, &before, &before_on, err);
        if (code == ST_OK)
            code = st_run_flow(
                r->store, r->arena, period->run_id, before, out->name, &cells, &count, err);
        out->has_before = before != 0;
        out->moves = scheme->ladder != NULL;
        if (code == ST_OK)
            code = st_run_standings(r->store, scheme, period->run_id, &out->standings, NULL, err);
        for (size_t k = 0; k < count; k++)
            st_run_count_flow(scheme, &cells[k], &out->movement);
    }
    return code;
}

st_code st_run(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_run_options *options, struct st_run_report *report, struct st_error *err)
{
    struct runner r = {.store = store, .arena = arena, .options = options, .report = report};
    st_date *dates = st_arena_array(arena, st_date, ST_RUN_PERIODS_MAX);
    struct st_compiled *plan = NULL;
    size_t count = 0;
    *report = (struct st_run_report){.policy = policy, .policy_version = options->policy_version};
    st_code code = choose_dates(policy, options, dates, &count, err);
    if (code == ST_OK)
        code = sweep(store, arena, &report->swept, err);
    if (code == ST_OK)
        code = prepare(&r, policy, &plan, dates, count, err);
    if (code != ST_OK)
        return code;
    r.plan = plan;
    code = check_periods(&r, dates, count, err);
    if (code != ST_OK)
        return code;
    report->watermark = r.watermark;
    report->periods = st_arena_array(arena, struct st_run_period, count);
    report->period_count = count;
    for (size_t i = 0; i < count && code == ST_OK; i++) {
        r.as_of = dates[i];
        code = stage_period(&r, i, count, err);
    }
    if (code == ST_OK)
        code = publish(&r, err);
    for (size_t i = 0; i < count && code == ST_OK; i++)
        code = summarise(&r, &report->periods[i], err);
    st_vec_release(&r.bounds);
    return code;
}
