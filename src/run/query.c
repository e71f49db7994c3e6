#include "run/internal.h"

st_code st_run_each(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, st_row_fn *fn, void *context, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    st_code code = st_cursor_open(store, sql, binds, bind_count, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        for (size_t row = 0; row < batch->rows && code == ST_OK; row++)
            code = fn(context, batch, row, err);
    }
    st_cursor_close(cursor);
    return code;
}

st_code st_run_number(struct st_store *store, const char *sql, int64_t *value, struct st_error *err)
{
    return st_store_query_ints(store, sql, NULL, 0, value, NULL, 1, err);
}

char *st_run_text(struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row)
{
    struct st_text_cell cell = st_batch_text(batch, column, row);
    return st_arena_strndup(arena, cell.data, cell.len);
}

const char *st_run_text_or_null(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row)
{
    return st_batch_is_null(batch, column, row) ? NULL : st_run_text(arena, batch, column, row);
}

bool st_run_date(const struct st_batch *batch, size_t column, size_t row, st_date *date)
{
    bool given = !st_batch_is_null(batch, column, row);
    if (given)
        *date = st_batch_date(batch, column, row);
    return given;
}

st_code st_run_finish(struct st_store *store, st_code code, struct st_error *err)
{
    if (code == ST_OK)
        code = st_store_commit(store, err);
    if (code != ST_OK)
        st_store_rollback(store);
    return code;
}

st_code st_run_before(struct st_store *store, const char *scheme, st_date as_of, int64_t *run_id,
    st_date *before, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(scheme), st_bind_date(as_of)};
    int64_t values[2] = {0, 0};
    bool nulls[2];
    struct st_error none = {.code = ST_OK};
    st_code code = st_store_query_ints(store,
        "SELECT p.run_id, p.as_of FROM published AS p WHERE p.scheme = $1 AND p.as_of < $2 "
        "ORDER BY p.as_of DESC LIMIT 1",
        binds, 2, values, nulls, 2, &none);
    *run_id = values[0];
    *before = (st_date)values[1];
    if (code == ST_OK || code == ST_E_NOT_FOUND)
        return ST_OK;
    if (err && err->code == ST_OK)
        *err = none;
    return code;
}

struct flow_reader {
    struct st_arena *arena;
    struct st_flow *cells;
    size_t count, cap;
};

static st_code read_flow(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct flow_reader *r = context;
    (void)err;
    if (r->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        struct st_flow *cells = st_arena_array(r->arena, struct st_flow, cap);
        for (size_t i = 0; i < r->count; i++)
            cells[i] = r->cells[i];
        r->cells = cells;
        r->cap = cap;
    }
    r->cells[r->count++] =
        (struct st_flow){st_batch_int(batch, 0, row), st_batch_int(batch, 1, row),
            st_batch_int(batch, 2, row), st_batch_int(batch, 3, row), st_batch_int(batch, 4, row)};
    return ST_OK;
}

st_code st_run_tier_series(struct st_store *store, int64_t run_id, const char *scheme,
    int64_t *series, struct st_error *err)
{
    const struct st_bind binds[] = {st_bind_int(run_id), st_bind_text(scheme)};
    return st_store_query_ints(store,
        "SELECT coalesce(max(x.series), 0) FROM run_scheme AS x "
        "WHERE x.run_id = $1 AND x.scheme = $2",
        binds, ST_COUNT(binds), series, NULL, 1, err);
}

st_code st_run_flow(struct st_store *store, struct st_arena *arena, int64_t run_id,
    int64_t run_before, const char *scheme, struct st_flow **cells, size_t *count,
    struct st_error *err)
{
    struct flow_reader reader = {.arena = arena};
    const struct st_bind stock[] = {st_bind_int(run_id), st_bind_text(scheme)};
    int64_t now = 0, then = 0;
    st_code code = ST_OK;
    if (run_before) {
        TRY(st_run_tier_series(store, run_id, scheme, &now, err));
        TRY(st_run_tier_series(store, run_before, scheme, &then, err));
        const struct st_bind flow[] = {
            st_bind_int(run_id), st_bind_int(run_before), st_bind_int(now), st_bind_int(then)};
        code = st_run_each(store, st_sql_file_text("query/tier_flow.sql"), flow, ST_COUNT(flow),
            read_flow, &reader, err);
    } else {
        code = st_run_each(store, st_sql_file_text("query/tier_stock.sql"), stock, ST_COUNT(stock),
            read_flow, &reader, err);
    }
    *cells = reader.cells;
    *count = reader.count;
    return code;
}

struct standings_reader {
    const struct st_scheme *scheme;
    struct st_standings *all;
    struct st_tier_count *by_tier;
};

static void add_standing(
    struct st_standings *out, int64_t standing, int held, int pending, int64_t customers)
{
    if (standing >= 0 && standing < ST_STANDING_COUNT)
        out->customers[standing] += customers;
    if (pending >= 0)
        *(pending < held ? &out->rise : &out->fall) += customers;
}

static st_code read_standing(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct standings_reader *r = context;
    int held = st_run_rank(r->scheme, st_batch_int(batch, 0, row));
    int pending = st_run_rank(r->scheme, st_batch_int(batch, 2, row));
    int64_t standing = st_batch_int(batch, 1, row), customers = st_batch_int(batch, 3, row);
    (void)err;
    add_standing(r->all, standing, held, pending, customers);
    if (r->by_tier && held >= 0)
        add_standing(&r->by_tier[held].standings, standing, held, pending, customers);
    return ST_OK;
}

st_code st_run_standings(struct st_store *store, const struct st_scheme *scheme, int64_t run_id,
    struct st_standings *all, struct st_tier_count *by_tier, struct st_error *err)
{
    struct standings_reader reader = {scheme, all, by_tier};
    int64_t series = 0;
    if (!scheme->ladder)
        return ST_OK;
    TRY(st_run_tier_series(store, run_id, scheme->def->name, &series, err));
    const struct st_bind binds[] = {
        st_bind_int(run_id), st_bind_text(scheme->def->name), st_bind_int(series)};
    return st_run_each(store, st_sql_file_text("query/tier_standings.sql"), binds, ST_COUNT(binds),
        read_standing, &reader, err);
}

int st_run_rank(const struct st_scheme *scheme, int64_t tier_id)
{
    for (size_t i = 0; i < scheme->tier_count; i++)
        if (scheme->tiers[i].id == tier_id)
            return (int)i;
    return -1;
}

void st_run_count_flow(
    const struct st_scheme *scheme, const struct st_flow *f, struct st_movement *out)
{
    bool was = f->status_before == ST_STATUS_RATED, is = f->status_now == ST_STATUS_RATED;
    if (is)
        out->rated += f->customers;
    if (f->status_now == ST_STATUS_GATED)
        out->gated += f->customers;
    if (f->status_now == ST_STATUS_UNRATED)
        out->unrated += f->customers;
    if (!was && is)
        out->entered += f->customers;
    if (was && !is)
        out->left += f->customers;
    if (!was || !is)
        return;
    int from = st_run_rank(scheme, f->tier_before), to = st_run_rank(scheme, f->tier_now);
    if (f->tier_before == f->tier_now)
        out->same += f->customers;
    else if (!scheme->ranked || from < 0)
        out->moved += f->customers;
    else if (to < from)
        out->up += f->customers;
    else
        out->down += f->customers;
}
