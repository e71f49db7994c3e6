/* The end of a run: its pointers flip. If it never comes to that, the next run takes its rows back.
 */
#include "run/internal.h"

#include "run/run.h"

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

st_code st_run_publish(struct runner *r, struct st_error *err)
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
    return st_run_finish(r->store, code, err);
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
        "DELETE FROM run_bound WHERE run_id = $1", "DELETE FROM stock_change WHERE run_id = $1",
        "DELETE FROM run_scheme WHERE run_id = $1"};
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

st_code st_run_sweep(
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
    st_vec_release(&orphans);
    return st_run_finish(store, code, err);
}
