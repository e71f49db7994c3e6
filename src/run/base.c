#include "run/base.h"

static st_code read_base(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct st_run_base *base = context;
    (void)err;
    base->run_id = st_batch_int(batch, 0, row);
    base->as_of = st_batch_date(batch, 1, row);
    base->watermark = st_batch_int(batch, 2, row);
    return ST_OK;
}

/* Corrections are rare: without any, and in windows that begin on the same days, rows only come. */
static st_code find_ended(struct st_store *store, const struct st_compiled *plan, st_date as_of,
    int64_t watermark, struct st_run_base *out, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(out->watermark), st_bind_int(watermark)};
    int64_t ended = 0;
    st_code code = st_store_query_ints(store,
        "SELECT count(*) FROM txn AS t WHERE t.until_load > $1 AND t.until_load <= $2", binds,
        ST_COUNT(binds), &ended, NULL, 1, err);
    out->only_came = ended == 0 && st_compiled_keeps_days(plan, out->as_of, as_of);
    return code;
}

st_code st_run_find_base(struct st_store *store, const struct st_compiled *plan, st_date as_of,
    int64_t watermark, int64_t first_staged, struct st_run_base *out, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(plan->metric_table), st_bind_date(as_of),
        st_bind_int(watermark), st_bind_int(first_staged)};
    *out = (struct st_run_base){.run_id = 0};
    st_code code =
        st_run_each(store, st_sql_file_text("run/base.sql"), binds, 4, read_base, out, err);
    if (code == ST_OK && out->run_id)
        out->families = st_compiled_carried(plan, out->as_of, as_of);
    if (!out->families)
        *out = (struct st_run_base){.run_id = 0};
    return code == ST_OK && out->run_id ? find_ended(store, plan, as_of, watermark, out, err)
                                        : code;
}

const char *st_run_families(struct st_arena *arena, unsigned families)
{
    const char *text = "";
    for (int source = ST_SOURCE_CUSTOMER; source-- > ST_SOURCE_BALANCE;)
        if (families >> source & 1)
            text = st_arena_printf(arena, "%s%s%s", text, *text ? " " : "",
                st_family_of((enum st_metric_source)source)->name);
    return text;
}

static st_code fail_difference(
    const struct st_replay_rows *rows, int part, int64_t run_id, struct st_error *err)
{
    static const struct st_text what[ST_REPLAY_PARTS] = {[ST_REPLAY_METRICS] = {"metrics", "指标"},
        [ST_REPLAY_TIERS] = {"tiers", "层级"},
        [ST_REPLAY_SIGNALS] = {"signals", "信号"},
        [ST_REPLAY_BOUNDS] = {"bounds of the population", "总体分界值"}};
    st_code code = st_fail(err, ST_E_INTERNAL,
        "run %lld differs from a full run in its %s%.0s: %lld of %lld rows",
        "运行 %lld 与完整运行的%.0s%s不同：%lld 行（共 %lld 行）", (long long)run_id, what[part].en,
        what[part].zh, (long long)rows->different, (long long)rows->rows);
    st_error_value(err, "%s: %s", rows->example ? rows->example : "", rows->column);
    st_error_hint(err, "nothing was published; strata run --full computes everything anew",
        "未发布任何结果；strata run --full 会全部重新计算");
    return code;
}

st_code st_run_verify(const struct runner *r, struct st_error *err)
{
    struct st_replay_rows parts[ST_REPLAY_PARTS] = {{0}};
    int64_t again = r->run_id + 1;
    st_code code = st_store_begin(r->store, err);
    if (code == ST_OK)
        code = st_run_recompute(r->store, r->arena, r->plan, r->links, r->signal_run, r->watermark,
            r->as_of, again, err);
    if (code == ST_OK)
        code = st_run_compare(r->store, r->arena, r->plan, r->run_id, again, parts, err);
    st_store_rollback(r->store);
    for (int i = 0; i < ST_REPLAY_PARTS && code == ST_OK; i++)
        if (parts[i].different)
            code = fail_difference(&parts[i], i, r->run_id, err);
    return code;
}
