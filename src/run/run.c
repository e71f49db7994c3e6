/* A run: the steps of its plan, period by period, each in two transactions. */
#include "run/run.h"

#include "ir/spread.h"
#include "run/base.h"

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
    int64_t values[STEP_COLUMNS_MAX];
    bool nulls[STEP_COLUMNS_MAX];
    st_code code = ST_OK;
    if (st_store_dialect(r->store) == ST_DIALECT_CITUS)
        code = st_step_check_spread(step, NULL, err);
    st_emit_step(st_store_dialect(r->store), step, &emitted);
    struct st_bind *binds = st_arena_array(r->arena, struct st_bind, emitted.params.count);
    for (size_t i = 0; i < emitted.params.count && code == ST_OK; i++)
        code = st_run_bind(r, emitted.params.items[i].name, &binds[i], err);
    if (code == ST_OK && step->kind == ST_STEP_INSERT) {
        code = st_store_exec(r->store, emitted.sql.text, binds, emitted.params.count, NULL, err);
    } else if (code == ST_OK) {
        code = st_store_query_ints(r->store, emitted.sql.text, binds, emitted.params.count, values,
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
    const char *const made[] = {s->rows, s->runs, plan->metric_table};
    enum { TABLES = 2 }; /* the third is a view */
    struct st_str sql[3] = {ST_STR_INIT, ST_STR_INIT, ST_STR_INIT};
    st_emit_create_table(dialect, s->rows, s->row_columns, s->row_column_count, &sql[0]);
    st_emit_create_table(dialect, s->runs, s->run_columns, s->run_column_count, &sql[1]);
    st_emit_create_view(dialect, plan->metric_table, s->view, &sql[2]);
    for (size_t i = 0; i < ST_COUNT(sql); i++) {
        if (code == ST_OK)
            code = st_store_exec(r->store, sql[i].text, NULL, 0, NULL, err);
        if (code == ST_OK && i < TABLES)
            code = st_store_place(r->store, made[i], err);
        st_str_release(&sql[i]);
    }
    if (code == ST_OK)
        code = st_store_index(r->store, s->rows, "series", err);
    for (size_t i = 0; i < ST_COUNT(made) && code == ST_OK; i++)
        code = st_store_share(r->store, made[i], err);
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
    st_code code = st_run_number(
        r->store, "SELECT coalesce(max(k.customer_id), 0) FROM customer_key AS k", &largest, err);
    return code == ST_OK ? st_store_expect_keys(
                               r->store, largest, (int64_t)widest_group(rel) * STATE_BYTES, err)
                         : code;
}

/* A transaction for customers' rows, which Citus writes to all shards at a time. */
static st_code next_transaction(struct runner *r, struct st_error *err)
{
    st_code code = st_store_commit(r->store, err);
    if (code == ST_OK)
        code = st_store_begin(r->store, err);
    if (code == ST_OK && st_store_dialect(r->store) == ST_DIALECT_CITUS)
        code = st_store_exec(
            r->store, "SET LOCAL citus.multi_shard_modify_mode TO 'parallel'", NULL, 0, NULL, err);
    return code;
}

/* Citus keeps a transaction that wrote to a small table, or made one, on one connection to each
 * server: what comes then would be done shard by shard. So the small rows are committed first; the
 * run stays staged. */
static st_code settle(struct runner *r, struct st_error *err)
{
    return r->apart || st_store_dialect(r->store) != ST_DIALECT_CITUS ? ST_OK
                                                                      : next_transaction(r, err);
}

static st_code execute_metrics(struct runner *r, const struct st_step *step, struct st_error *err)
{
    bool most = r->base.families == 0; /* else most groups are of the few who changed */
    st_code code = settle(r, err);
    if (code == ST_OK && most)
        code = st_run_expect_keys(r, step->rel, err);
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
    return code != ST_OK || r->apart ? code : next_transaction(r, err);
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
    TRY(st_run_step(r, step, err));
    TRY(st_run_end_tiers(r, step->table, &r->tiers[i], err));
    return r->apart ? ST_OK : st_run_count_stock(r, step->table, &r->tiers[i], err);
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
    code = st_run_number(
        r->store, "SELECT coalesce(max(r.run_id), 0) + 1 FROM run AS r", &r->run_id, err);
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
        code = settle(r, err);
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

/* --- the command --- */

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
        code = st_run_number(
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
    return st_run_finish(r->store, code, err);
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
    st_code code = st_run_choose_dates(policy, options, dates, &count, err);
    if (code == ST_OK)
        code = st_run_sweep(store, arena, &report->swept, err);
    if (code == ST_OK)
        code = prepare(&r, policy, &plan, dates, count, err);
    if (code != ST_OK)
        return code;
    r.plan = plan;
    code = st_run_check_closed(&r, dates, count, err);
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
        code = st_run_publish(&r, err);
    for (size_t i = 0; i < count && code == ST_OK; i++)
        code = summarise(&r, &report->periods[i], err);
    st_vec_release(&r.bounds);
    return code;
}
