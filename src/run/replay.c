#include "run/replay.h"

#include "run/internal.h"

/* --- what was run --- */

struct past_run {
    struct st_arena *arena;
    struct st_replay *out;
    const char *metric_table;
    int64_t signal_run;
    bool found;
};

static st_code read_past_run(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct past_run *run = context;
    (void)err;
    run->found = true;
    run->out->policy_hash = st_run_text(run->arena, batch, 0, row);
    run->out->as_of = st_batch_date(batch, 1, row);
    run->out->watermark = st_batch_int(batch, 2, row);
    run->metric_table = st_run_text(run->arena, batch, 3, row);
    run->signal_run = st_batch_int(batch, 4, row);
    run->out->policy_version = st_batch_int(batch, 5, row);
    return ST_OK;
}

struct run_list {
    struct ST_VEC(int64_t) ids;
};

static st_code read_run_id(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct run_list *list = context;
    (void)err;
    *st_vec_push(&list->ids) = st_batch_int(batch, 0, row);
    return ST_OK;
}

st_code st_replay_runs(struct st_store *store, struct st_arena *arena, const int64_t *only,
    int64_t **runs, size_t *count, struct st_error *err)
{
    struct run_list list = {.ids = {0}};
    struct st_bind bind = only ? st_bind_int(*only) : st_bind_null(ST_IR_BIGINT);
    st_code code = st_run_each(store,
        "SELECT r.run_id FROM run AS r WHERE r.state = 'published' "
        "AND (CAST($1 AS BIGINT) IS NULL OR r.run_id = CAST($1 AS BIGINT)) ORDER BY r.run_id",
        &bind, 1, read_run_id, &list, err);
    *count = list.ids.count;
    *runs = st_arena_array(arena, int64_t, list.ids.count);
    for (size_t i = 0; i < list.ids.count; i++)
        (*runs)[i] = list.ids.items[i];
    st_vec_release(&list.ids);
    if (code != ST_OK || *count)
        return code;
    code = only ? st_fail(err, ST_E_NOT_FOUND, "there is no finished run %lld",
                      "没有已完成的运行 %lld", (long long)*only)
                : st_fail(err, ST_E_NOT_FOUND, "nothing has been run", "尚无运行");
    st_error_hint(err, "strata tiers %s names runs", "strata tiers %s 可查看运行编号",
        st_store_location(store));
    return code;
}

/* --- the chain it built on --- */

static st_code read_links(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, struct st_run_link *links, struct st_error *err)
{
    const char *missing = NULL;
    TRY(st_run_read_links(store, arena, plan, run_id, links, &missing, err));
    if (!missing)
        return ST_OK;
    return st_fail(err, ST_E_CORRUPT, "the run that scheme %s built on is no longer there",
        "方案 %s 所依据的前期运行已不存在", missing);
}

/* --- comparing --- */

/* How a kind of rows is compared: its table, what tells rows apart, what they say. */
struct table_shape {
    const char *table;
    const char *const *keys, *const *columns;
    size_t key_count, column_count;
    const char *example; /* SQL of what names a row of x */
    const char *names;   /* SQL of a join that the example needs; "" for none */
};

static void add_side(struct st_str *sql, const struct table_shape *shape, const char *parameter)
{
    st_str_add(sql, "(SELECT * FROM ");
    st_emit_identifier(sql, shape->table);
    st_str_addf(sql, " AS t WHERE t.run_id = %s)", parameter);
}

static void add_difference(struct st_str *sql, const char *before, const char *column)
{
    st_str_add(sql, before);
    st_emit_identifier(sql, column);
    st_str_add(sql, " IS DISTINCT FROM q.");
    st_emit_identifier(sql, column);
}

/* x, a full join of both runs: of every row, whether it differs, and in what column ('' where one
 * side alone has it). */
static void add_comparison(struct st_str *sql, const struct table_shape *shape)
{
    st_str_add(sql, " FROM (SELECT p.run_id AS was");
    for (size_t i = 0; i < shape->key_count; i++)
        st_str_addf(sql, ", coalesce(p.%s, q.%s) AS k%zu", shape->keys[i], shape->keys[i], i);
    st_str_add(sql, ", CASE WHEN p.run_id IS NULL OR q.run_id IS NULL");
    for (size_t i = 0; i < shape->column_count; i++)
        add_difference(sql, " OR p.", shape->columns[i]);
    st_str_add(sql, " THEN 1 ELSE 0 END AS other, CASE WHEN p.run_id IS NULL OR q.run_id IS NULL "
                    "THEN ''");
    for (size_t i = 0; i < shape->column_count; i++) {
        add_difference(sql, " WHEN p.", shape->columns[i]);
        st_str_add(sql, " THEN ");
        st_emit_text(sql, shape->columns[i]);
    }
    st_str_add(sql, " ELSE '' END AS what FROM ");
    add_side(sql, shape, "$1");
    st_str_add(sql, " AS p FULL JOIN ");
    add_side(sql, shape, "$2");
    st_str_add(sql, " AS q ON ");
    for (size_t i = 0; i < shape->key_count; i++)
        st_str_addf(sql, "%sp.%s = q.%s", i ? " AND " : "", shape->keys[i], shape->keys[i]);
    st_str_add(sql, ") AS x");
}

/* The first of the rows that differ. Apart from counting them, because names may be on other
 * servers than the rows. */
static st_code find_example(struct st_store *store, struct st_arena *arena,
    const struct table_shape *shape, const struct st_bind *binds, struct st_replay_rows *out,
    struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    const char *example = NULL;
    st_str_addf(&sql, "SELECT min(coalesce(%s, '') || chr(9) || x.what)", shape->example);
    add_comparison(&sql, shape);
    st_str_addf(&sql, " %s WHERE x.other = 1", shape->names);
    st_code code = st_store_query_text(store, sql.text, binds, 2, arena, &example, err);
    st_str_release(&sql);
    if (code != ST_OK)
        return code;
    const char *tab = strrchr(example, '\t');
    out->example = st_arena_strndup(arena, example, (size_t)(tab - example));
    out->column = tab + 1;
    return ST_OK;
}

static st_code compare(struct st_store *store, struct st_arena *arena,
    const struct table_shape *shape, int64_t run_id, int64_t again, struct st_replay_rows *out,
    struct st_error *err)
{
    const struct st_bind binds[] = {st_bind_int(run_id), st_bind_int(again)};
    struct st_str sql = ST_STR_INIT;
    int64_t counts[2];
    st_str_add(&sql, "SELECT count(x.was), CAST(coalesce(sum(x.other), 0) AS bigint)");
    add_comparison(&sql, shape);
    st_code code =
        st_store_query_ints(store, sql.text, binds, ST_COUNT(binds), counts, NULL, 2, err);
    st_str_release(&sql);
    if (code != ST_OK)
        return code;
    out->rows = counts[0];
    out->different = counts[1];
    return out->different ? find_example(store, arena, shape, binds, out, err) : ST_OK;
}

static const char customer_names[] = "LEFT JOIN customer_key AS c ON c.customer_id = x.k0";

static st_code compare_metrics(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, int64_t again, struct st_replay_rows *out,
    struct st_error *err)
{
    static const char *const keys[] = {"customer_id"};
    size_t count = 0;
    const char **columns = st_arena_array(arena, const char *, plan->metric_count + 1);
    columns[count++] = "status";
    for (size_t i = 0; i < plan->metric_count; i++)
        columns[count++] = plan->metrics[i].name;
    const struct table_shape shape = {
        plan->metric_table, keys, columns, 1, count, "c.source_id", customer_names};
    return compare(store, arena, &shape, run_id, again, out, err);
}

st_code st_run_compare(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, int64_t again, struct st_replay_rows *parts,
    struct st_error *err)
{
    static const char *const tier_keys[] = {"customer_id", "scheme"};
    static const char *const tier_says[] = {"status", "candidate", "tier", "rule", "score",
        "override_id", "held", "pending", "standing", "fails", "fail_days", "best", "rises",
        "rise_days", "reached", "watch_since", "valid_until", "since", "reason", "cohort",
        "shared_from"};
    static const char *const bound_keys[] = {"name"};
    static const char *const bound_says[] = {"value"};
    static const char *const signal_keys[] = {"customer_id", "name", "account_id"};
    static const char *const signal_says[] = {"kind", "priority", "scheme", "tier", "value",
        "threshold", "on_date", "progress", "first_on", "fired_on"};
    const struct table_shape signals = {"signal", signal_keys, signal_says, 3,
        ST_COUNT(signal_says), "c.source_id", customer_names};
    const struct table_shape tiers = {
        "tier_state", tier_keys, tier_says, 2, ST_COUNT(tier_says), "c.source_id", customer_names};
    const struct table_shape bounds = {"run_bound", bound_keys, bound_says, 1, 1, "x.k0", ""};
    TRY(compare_metrics(store, arena, plan, run_id, again, &parts[ST_REPLAY_METRICS], err));
    TRY(compare(store, arena, &tiers, run_id, again, &parts[ST_REPLAY_TIERS], err));
    TRY(compare(store, arena, &signals, run_id, again, &parts[ST_REPLAY_SIGNALS], err));
    return compare(store, arena, &bounds, run_id, again, &parts[ST_REPLAY_BOUNDS], err);
}

/* --- replay --- */

static st_code fail_definition(
    const struct st_replay *run, const char *was, const char *is, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_VERSION,
        "run %lld computed its metrics by definitions that this version of strata no longer has",
        "运行 %lld 的指标定义与当前版本的 strata 不同", (long long)run->run_id);
    st_error_value(err, "%s, now %s", was, is);
    st_error_hint(
        err, "replay it with the version of strata that ran it", "请用当时的 strata 版本重放");
    return code;
}

static st_code replay(
    struct st_store *store, struct st_arena *arena, struct st_replay *out, struct st_error *err)
{
    struct past_run run = {.arena = arena, .out = out};
    struct st_compiled *plan = NULL;
    struct st_bind bind = st_bind_int(out->run_id);
    int64_t again = 0;
    TRY(st_run_each(store,
        "SELECT r.policy_hash, r.as_of, r.watermark, r.metric_table, coalesce(r.signal_run, 0), "
        "coalesce(r.policy_version, 0) FROM run AS r WHERE r.run_id = $1",
        &bind, 1, read_past_run, &run, err));
    TRY(st_read_policy(store, arena, out->policy_hash, &plan, err));
    out->policy_name = plan->policy->name;
    if (strcmp(plan->metric_table, run.metric_table) != 0)
        return fail_definition(out, run.metric_table, plan->metric_table, err);
    struct st_run_link *links = st_arena_array(arena, struct st_run_link, plan->scheme_count);
    TRY(read_links(store, arena, plan, out->run_id, links, err));
    TRY(st_store_query_ints(store, "SELECT coalesce(max(r.run_id), 0) + 1 FROM run AS r", NULL, 0,
        &again, NULL, 1, err));
    TRY(st_run_recompute(
        store, arena, plan, links, run.signal_run, out->watermark, out->as_of, again, err));
    return st_run_compare(store, arena, plan, out->run_id, again, out->parts, err);
}

st_code st_replay(struct st_store *store, struct st_arena *arena, int64_t run_id,
    struct st_replay *out, struct st_error *err)
{
    *out = (struct st_replay){.run_id = run_id, .identical = true};
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = replay(store, arena, out, err);
    st_store_rollback(store);
    for (int i = 0; i < ST_REPLAY_PARTS; i++)
        out->identical &= out->parts[i].different == 0;
    return code;
}
