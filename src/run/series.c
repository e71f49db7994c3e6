/* Rows that stand for several runs: which series a run's rows go into, which rows it ends, and how
 * the rows of a run that never published are taken back. */
#include "run/internal.h"

#include "tier/plan.h"

/* `sql` with every name in braces quoted in its place: {} is names[0], then names[1] … */
static void with_names(struct st_str *out, const char *sql, const char *const *names)
{
    for (const char *p = sql; *p; p++) {
        if (p[0] == '{' && p[1] == '}') {
            st_emit_identifier(out, *names++);
            p++;
        } else {
            st_str_add_char(out, *p);
        }
    }
}

static st_code exec_on(struct st_store *store, const char *sql, const char *const *names,
    const struct st_bind *binds, size_t bind_count, int64_t *changed, struct st_error *err)
{
    struct st_str text = ST_STR_INIT;
    with_names(&text, sql, names);
    st_code code = st_store_exec(store, text.text, binds, bind_count, changed, err);
    st_str_release(&text);
    return code;
}

/* The one number a query gives. */
static st_code query_on(struct st_store *store, const char *sql, const char *const *names,
    const struct st_bind *binds, size_t bind_count, int64_t *value, struct st_error *err)
{
    struct st_str text = ST_STR_INIT;
    with_names(&text, sql, names);
    st_code code = st_store_query_ints(store, text.text, binds, bind_count, value, NULL, 1, err);
    st_str_release(&text);
    return code;
}

/* --- which series --- */

st_code st_run_choose_metric_series(struct runner *r, struct st_error *err)
{
    const struct st_metric_storage *s = &r->plan->storage;
    const char *const names[] = {s->runs, s->runs};
    struct st_bind base = st_bind_int(r->base.run_id);
    r->metric_series = r->run_id;
    r->stands = false;
    if (!r->base.run_id || !st_compiled_stands(r->plan, r->base.families, r->base.as_of, r->as_of))
        return ST_OK;
    int64_t series = 0; /* of the base, if no other run went on from it */
    TRY(query_on(r->store,
        "SELECT coalesce(max(x.series), 0) FROM {} AS x WHERE x.run_id = $1 AND NOT EXISTS "
        "(SELECT 1 FROM {} AS y WHERE y.series = x.series AND y.run_id > x.run_id)",
        names, &base, 1, &series, err));
    r->stands = series != 0;
    if (r->stands)
        r->metric_series = series;
    return ST_OK;
}

/* Schemes may build on each other, so that another policy is another scheme, whatever its own
 * definition. */
st_code st_run_choose_tier_series(
    struct runner *r, const struct st_scheme *scheme, struct tier_series *out, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->base.run_id), st_bind_text(scheme->def->name),
        st_bind_text(r->plan->policy->hash)};
    *out = (struct tier_series){.series = 0};
    if (r->stands && !scheme->bind_count) /* bounds of the population move everybody's score */
        TRY(query_on(r->store,
            "SELECT coalesce(max(x.series), 0) FROM run_scheme AS x JOIN run AS r ON r.run_id = "
            "x.run_id "
            "WHERE x.run_id = $1 AND x.scheme = $2 AND r.policy_hash = $3 AND NOT EXISTS "
            "(SELECT 1 FROM run_scheme AS y WHERE y.series = x.series AND y.run_id > x.run_id)",
            NULL, binds, ST_COUNT(binds), &out->series, err));
    out->goes_on = out->series != 0;
    if (out->goes_on)
        return ST_OK;
    return st_store_query_ints(r->store,
        "SELECT coalesce(max(x.series), 0) + 1 FROM run_scheme AS x", NULL, 0, &out->series, NULL,
        1, err);
}

/* --- rows that end --- */

/* Rows of customers for whom this run wrote another row. */
static st_code end_rows(struct runner *r, const char *table, int64_t series, struct st_error *err)
{
    const char *const names[] = {table, table};
    struct st_bind binds[] = {
        st_bind_int(r->run_id), st_bind_int(series), st_bind_int(ST_RUN_NEVER)};
    return exec_on(r->store,
        "UPDATE {} SET until_run = $1 WHERE series = $2 AND run_id < $1 AND until_run = $3 "
        "AND customer_id IN (SELECT n.customer_id FROM {} AS n "
        "WHERE n.series = $2 AND n.run_id = $1)",
        names, binds, ST_COUNT(binds), NULL, err);
}

st_code st_run_end_metrics(struct runner *r, struct st_error *err)
{
    const struct st_metric_storage *s = &r->plan->storage;
    const char *const names[] = {s->rows};
    struct st_bind binds[] = {st_bind_int(r->metric_series), st_bind_int(r->run_id)};
    if (!r->stands)
        return ST_OK;
    TRY(query_on(r->store,
        "SELECT count(*) FROM {} AS m "
        "WHERE m.series = $1 AND m.run_id = $2 AND m.until_run = $2",
        names, binds, ST_COUNT(binds), &r->gone, err));
    return end_rows(r, s->rows, r->metric_series, err);
}

/* Who is gone has a row that stands for no run, as in the metrics. */
st_code st_run_end_tiers(
    struct runner *r, const char *table, const struct tier_series *tiers, struct st_error *err)
{
    const char *const names[] = {table, r->plan->storage.rows};
    struct st_bind binds[] = {
        st_bind_int(r->run_id), st_bind_int(tiers->series), st_bind_int(r->metric_series)};
    if (!tiers->goes_on)
        return ST_OK;
    if (r->gone)
        TRY(exec_on(r->store,
            "INSERT INTO {} (series, run_id, until_run, customer_id, status) "
            "SELECT CAST($2 AS BIGINT), m.run_id, m.until_run, m.customer_id, 0 FROM {} AS m "
            "WHERE m.series = $3 AND m.run_id = $1 AND m.until_run = $1",
            names, binds, ST_COUNT(binds), NULL, err));
    return end_rows(r, table, tiers->series, err);
}

/* --- what changes in the stock --- */

/* Customers that came to a status and tier and that left it, of one series: its first run gives
 * everybody. */
st_code st_run_count_stock(
    struct runner *r, const char *table, const struct tier_series *tiers, struct st_error *err)
{
    const char *const names[] = {table};
    struct st_bind binds[] = {st_bind_int(r->run_id), st_bind_int(tiers->series)};
    return exec_on(r->store,
        "INSERT INTO stock_change (series, run_id, status, tier, customers) "
        "SELECT CAST($2 AS BIGINT), CAST($1 AS BIGINT), t.status, t.tier, "
        "CAST(sum(CASE WHEN t.run_id = $1 THEN 1 ELSE -1 END) AS BIGINT) FROM {} AS t "
        "WHERE t.series = $2 AND t.run_id < t.until_run AND (t.run_id = $1 OR t.until_run = $1) "
        "GROUP BY t.status, t.tier "
        "HAVING sum(CASE WHEN t.run_id = $1 THEN 1 ELSE -1 END) <> 0",
        names, binds, ST_COUNT(binds), NULL, err);
}

/* --- taking back --- */

/* The rows of a run go, and those that it ended stand again. */
static st_code take_back(struct st_store *store, const char *table, int64_t run_id,
    int64_t *deleted, struct st_error *err)
{
    const char *const names[] = {table};
    struct st_bind binds[] = {st_bind_int(run_id), st_bind_int(ST_RUN_NEVER)};
    int64_t changed = 0;
    TRY(exec_on(store, "DELETE FROM {} WHERE run_id = $1", names, binds, 1, &changed, err));
    *deleted += changed;
    return exec_on(store, "UPDATE {} SET until_run = $2 WHERE until_run = $1", names, binds,
        ST_COUNT(binds), NULL, err);
}

st_code st_run_take_back(struct st_store *store, int64_t run_id, const char *metric_table,
    int64_t *deleted, struct st_error *err)
{
    struct st_bind bind = st_bind_text(metric_table), run = st_bind_int(run_id);
    struct st_str rows = ST_STR_INIT, runs = ST_STR_INIT;
    int64_t known = 0;
    st_str_addf(&rows, "%s_row", metric_table);
    st_str_addf(&runs, "%s_run", metric_table);
    const char *const names[] = {runs.text};
    st_code code = st_store_query_ints(store,
        "SELECT count(*) FROM metric_column AS m WHERE m.metric_table = $1", &bind, 1, &known, NULL,
        1, err);
    if (code == ST_OK && known)
        code = take_back(store, rows.text, run_id, deleted, err);
    if (code == ST_OK && known)
        code = exec_on(store, "DELETE FROM {} WHERE run_id = $1", names, &run, 1, NULL, err);
    if (code == ST_OK)
        code = take_back(store, ST_TIER_TABLE, run_id, deleted, err);
    if (code == ST_OK)
        code = take_back(store, ST_TIER_TABLE_HELD, run_id, deleted, err);
    st_str_release(&rows);
    st_str_release(&runs);
    return code;
}
