#include "base/vec.h"
#include "ingest/import.h"
#include "ingest/internal.h"
#include "store/sql_files.h"

typedef void row_fn(
    struct st_arena *arena, const struct st_batch *batch, size_t row, void *context);

static st_code each_row(struct st_store *store, struct st_arena *arena, const char *path,
    row_fn *row, void *context, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *b;
    TRY(st_cursor_open(store, st_sql_file_text(path), NULL, 0, &cursor, err));
    st_code rc;
    do {
        rc = st_cursor_next(cursor, &b, err);
        for (size_t i = 0; rc == ST_OK && i < b->rows; i++)
            row(arena, b, i, context);
    } while (rc == ST_OK && b->rows > 0);
    st_cursor_close(cursor);
    return rc;
}

static const char *copy(struct st_arena *arena, const struct st_batch *b, size_t column, size_t i)
{
    struct st_text_cell cell = st_batch_text(b, column, i);
    return st_arena_strndup(arena, cell.data, cell.len);
}

struct columns ST_VEC(struct st_quality_column);
struct sources ST_VEC(struct st_quality_source);

static void take_column(struct st_arena *arena, const struct st_batch *b, size_t i, void *context)
{
    *st_vec_push((struct columns *)context) = (struct st_quality_column){copy(arena, b, 0, i),
        copy(arena, b, 1, i), st_batch_int(b, 2, i), st_batch_int(b, 3, i),
        st_batch_is_null(b, 4, i) ? -1 : st_batch_int(b, 4, i)};
}

static void take_source(struct st_arena *arena, const struct st_batch *b, size_t i, void *context)
{
    *st_vec_push((struct sources *)context) =
        (struct st_quality_source){.source = copy(arena, b, 0, i),
            .loads = st_batch_int(b, 1, i),
            .rows_read = st_batch_int(b, 2, i),
            .rows_loaded = st_batch_int(b, 3, i),
            .rows_unchanged = st_batch_int(b, 4, i),
            .rows_skipped = st_batch_int(b, 5, i),
            .rows_quarantined = st_batch_int(b, 6, i),
            .open = st_batch_int(b, 7, i),
            .has_as_of = !st_batch_is_null(b, 8, i),
            .as_of = st_batch_is_null(b, 8, i) ? 0 : st_batch_date(b, 8, i)};
}

static void *to_arena(struct st_arena *arena, const void *items, size_t size, size_t count)
{
    void *out = st_arena_alloc_array(arena, size, count + 1);
    if (count > 0)
        memcpy(out, items, size * count);
    return out;
}

st_code st_quality(
    struct st_store *store, struct st_arena *arena, struct st_quality *out, struct st_error *err)
{
    struct columns columns = {0};
    struct sources sources = {0};
    int64_t gaps[5] = {0};
    *out = (struct st_quality){0};
    st_code rc = each_row(store, arena, "ingest/quality_columns.sql", take_column, &columns, err);
    if (rc == ST_OK)
        rc = each_row(store, arena, "ingest/quality_sources.sql", take_source, &sources, err);
    if (rc == ST_OK)
        rc = st_store_query_ints(store, st_sql_file_text("ingest/quality_gaps.sql"), NULL, 0, gaps,
            NULL, ST_COUNT(gaps), err);
    if (rc == ST_OK)
        rc = st_quarantine_summary(store, arena, &out->reasons, &out->reason_count, err);
    out->columns = to_arena(arena, columns.items, sizeof *columns.items, columns.count);
    out->column_count = columns.count;
    out->sources = to_arena(arena, sources.items, sizeof *sources.items, sources.count);
    out->source_count = sources.count;
    out->customers = gaps[0];
    out->customers_without_account = gaps[1];
    out->accounts = gaps[2];
    out->accounts_without_balance = gaps[3];
    out->accounts_without_holder = gaps[4];
    st_vec_release(&columns);
    st_vec_release(&sources);
    return rc;
}
