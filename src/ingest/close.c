#include "ingest/close.h"

#include "base/vec.h"
#include "ingest/internal.h"
#include "ingest/stage.h"
#include "store/sql_files.h"

struct row {
    int64_t line, running, movement;
};

struct day {
    int64_t account;
    st_date on_date;
    st_wide previous; /* close of the day before */
    struct ST_VEC(struct row) rows;
    struct st_stage *closes, *same;
};

static const struct st_stage_column close_columns[] = {
    {"line", ST_IR_BIGINT},
    {"account_id", ST_IR_BIGINT},
    {"on_date", ST_IR_DATE},
    {"amount", ST_IR_BIGINT},
};

static const struct st_stage_column same_columns[] = {
    {"target", ST_IR_TEXT},
    {"line", ST_IR_BIGINT},
};

static st_wide distance(st_wide a, st_wide b)
{
    return a > b ? a - b : b - a;
}

static const struct row *nearest_row(const struct day *day)
{
    st_wide expected = day->previous;
    const struct row *best = &day->rows.items[0];
    for (size_t i = 0; i < day->rows.count; i++)
        expected += day->rows.items[i].movement;
    for (size_t i = 1; i < day->rows.count; i++) {
        const struct row *r = &day->rows.items[i];
        st_wide d = distance(r->running, expected), least = distance(best->running, expected);
        if (d < least || (d == least && r->running < best->running))
            best = r;
    }
    return best;
}

static st_code close_day(struct day *day, struct st_error *err)
{
    if (day->rows.count == 0)
        return ST_OK;
    const struct row *best = nearest_row(day);
    st_stage_int(day->closes, 0, best->line);
    st_stage_int(day->closes, 1, day->account);
    st_stage_date(day->closes, 2, day->on_date);
    st_stage_int(day->closes, 3, best->running);
    TRY(st_stage_next(day->closes, err));
    for (size_t i = 0; i < day->rows.count; i++) {
        const struct row *r = &day->rows.items[i];
        if (r == best)
            continue;
        st_stage_text(day->same, 0, "balance", 7);
        st_stage_int(day->same, 1, r->line);
        TRY(st_stage_next(day->same, err));
    }
    day->previous = best->running;
    day->rows.count = 0;
    return ST_OK;
}

static st_code take_row(struct day *day, const struct st_batch *b, size_t i, struct st_error *err)
{
    int64_t account = st_batch_int(b, 0, i);
    st_date on_date = st_batch_date(b, 1, i);
    if (account != day->account || on_date != day->on_date) {
        TRY(close_day(day, err));
        if (account != day->account)
            day->previous = st_batch_is_null(b, 5, i) ? 0 : st_batch_int(b, 5, i);
        day->account = account;
        day->on_date = on_date;
    }
    struct row *row = st_vec_push(&day->rows);
    *row = (struct row){.line = st_batch_int(b, 2, i),
        .running = st_batch_is_null(b, 3, i) ? 0 : st_batch_int(b, 3, i),
        .movement = st_batch_is_null(b, 4, i) ? 0 : st_batch_int(b, 4, i)};
    return ST_OK;
}

static st_code stream_rows(struct st_store *store, struct day *day, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *batch;
    TRY(st_cursor_open(store, st_sql_file_text("ingest/balance_rows.sql"), NULL, 0, &cursor, err));
    st_code rc;
    do {
        rc = st_cursor_next(cursor, &batch, err);
        for (size_t i = 0; rc == ST_OK && i < batch->rows; i++)
            rc = take_row(day, batch, i, err);
    } while (rc == ST_OK && batch->rows > 0);
    st_cursor_close(cursor);
    return rc == ST_OK ? close_day(day, err) : rc;
}

st_code st_close_nearest(struct st_store *store, struct st_error *err)
{
    struct day day = {.account = -1};
    st_code rc = st_store_exec(store, "DELETE FROM stage_close", NULL, 0, NULL, err);
    if (rc == ST_OK)
        rc = st_stage_open(
            store, "stage_close", close_columns, ST_COUNT(close_columns), &day.closes, err);
    if (rc == ST_OK)
        rc = st_stage_open(
            store, "stage_same", same_columns, ST_COUNT(same_columns), &day.same, err);
    if (rc == ST_OK)
        rc = stream_rows(store, &day, err);
    st_code closed = st_stage_close(day.closes, err);
    st_code same = st_stage_close(day.same, err);
    st_vec_release(&day.rows);
    return rc != ST_OK ? rc : closed != ST_OK ? closed : same;
}
