#include "base/str.h"
#include "base/vec.h"
#include "ingest/import.h"
#include "ingest/internal.h"

#include <errno.h>

enum { LIST_DEFAULT = 100 };

static const char *copy(struct st_arena *arena, const struct st_batch *b, size_t column, size_t i)
{
    if (st_batch_is_null(b, column, i))
        return NULL;
    struct st_text_cell cell = st_batch_text(b, column, i);
    return st_arena_strndup(arena, cell.data, cell.len);
}

static st_code open_list(struct st_store *store, const struct st_quarantine_query *q,
    struct st_cursor **cursor, struct st_error *err)
{
    const struct st_bind binds[] = {st_bind_int(q->after), st_bind_int(q->load_id),
        {.type = ST_IR_BOOL, .integer = q->resolved_too}, st_bind_text(q->source ? q->source : ""),
        st_bind_text(q->reason ? q->reason : ""),
        st_bind_int(q->limit > 0 ? q->limit : LIST_DEFAULT)};
    return st_cursor_open(store,
        "SELECT quarantine_id, load_id, line, source, file, reason, column_name, value, "
        "message_en, message_zh, raw, coalesce(resolved_load, 0) FROM quarantine "
        "WHERE quarantine_id > $1 AND ($2 = 0 OR load_id = $2) AND ($3 OR resolved_load IS NULL) "
        "AND ($4 = '' OR source = $4) AND ($5 = '' OR reason = $5) "
        "ORDER BY quarantine_id LIMIT $6",
        binds, ST_COUNT(binds), cursor, err);
}

static struct st_quarantine_record read_record(
    struct st_arena *arena, const struct st_batch *b, size_t i)
{
    return (struct st_quarantine_record){.id = st_batch_int(b, 0, i),
        .load_id = st_batch_int(b, 1, i),
        .line = st_batch_int(b, 2, i),
        .source = copy(arena, b, 3, i),
        .file = copy(arena, b, 4, i),
        .reason = copy(arena, b, 5, i),
        .column = copy(arena, b, 6, i),
        .value = copy(arena, b, 7, i),
        .message = {copy(arena, b, 8, i), copy(arena, b, 9, i)},
        .raw = copy(arena, b, 10, i),
        .resolved_load = st_batch_int(b, 11, i)};
}

st_code st_quarantine_list(struct st_store *store, struct st_arena *arena,
    const struct st_quarantine_query *query, struct st_quarantine_record **records, size_t *count,
    struct st_error *err)
{
    struct ST_VEC(struct st_quarantine_record) found = {0};
    struct st_cursor *cursor;
    const struct st_batch *b;
    TRY(open_list(store, query, &cursor, err));
    st_code rc;
    do {
        rc = st_cursor_next(cursor, &b, err);
        for (size_t i = 0; rc == ST_OK && i < b->rows; i++)
            *st_vec_push(&found) = read_record(arena, b, i);
    } while (rc == ST_OK && b->rows > 0);
    st_cursor_close(cursor);
    *count = found.count;
    *records = st_arena_array(arena, struct st_quarantine_record, found.count + 1);
    if (found.count > 0)
        memcpy(*records, found.items, found.count * sizeof *found.items);
    st_vec_release(&found);
    return rc;
}

st_code st_quarantine_summary(struct st_store *store, struct st_arena *arena,
    struct st_quarantine_total **totals, size_t *count, struct st_error *err)
{
    struct ST_VEC(struct st_quarantine_total) found = {0};
    struct st_cursor *cursor;
    const struct st_batch *b;
    TRY(st_cursor_open(store,
        "SELECT source, reason, count(*) FILTER (WHERE resolved_load IS NULL) AS open_rows, "
        "count(*) FILTER (WHERE resolved_load IS NOT NULL) AS resolved_rows FROM quarantine "
        "GROUP BY source, reason ORDER BY open_rows DESC, source, reason",
        NULL, 0, &cursor, err));
    st_code rc;
    do {
        rc = st_cursor_next(cursor, &b, err);
        for (size_t i = 0; rc == ST_OK && i < b->rows; i++)
            *st_vec_push(&found) = (struct st_quarantine_total){copy(arena, b, 0, i),
                copy(arena, b, 1, i), st_batch_int(b, 2, i), st_batch_int(b, 3, i)};
    } while (rc == ST_OK && b->rows > 0);
    st_cursor_close(cursor);
    *count = found.count;
    *totals = st_arena_array(arena, struct st_quarantine_total, found.count + 1);
    if (found.count > 0)
        memcpy(*totals, found.items, found.count * sizeof *found.items);
    st_vec_release(&found);
    return rc;
}

/* --- export --- */

struct feed {
    const char *header;
    char separator, quote;
};

static st_code find_feed(struct st_store *store, struct st_arena *arena, const char *source,
    struct feed *feed, struct st_error *err)
{
    struct st_cursor *cursor;
    const struct st_batch *b;
    const struct st_bind bind = st_bind_text(source);
    TRY(st_cursor_open(store,
        "SELECT f.header, f.separator, f.quote FROM feed AS f WHERE f.source = $1 "
        "AND f.header IS NOT NULL ORDER BY f.mapping LIMIT 1",
        &bind, 1, &cursor, err));
    st_code rc = st_cursor_next(cursor, &b, err);
    if (rc == ST_OK && b->rows == 0)
        rc = st_fail(err, ST_E_NOT_FOUND, "nothing was imported from a source '%s'",
            "没有从来源“%s”导入过数据", source);
    if (rc == ST_OK) {
        struct st_text_cell separator = st_batch_text(b, 1, 0), quote = st_batch_text(b, 2, 0);
        feed->header = copy(arena, b, 0, 0);
        feed->separator = separator.len ? separator.data[0] : ',';
        feed->quote = quote.len ? quote.data[0] : '\0';
    }
    st_cursor_close(cursor);
    return rc;
}

/* One record as it is: no line end outside quotes, and the last quote closed. */
static bool stands_alone(const char *raw, char quote)
{
    bool inside = false;
    for (const char *p = raw; *p; p++) {
        if (quote && *p == quote)
            inside = !inside;
        else if (*p == '\n' && !inside)
            return false;
    }
    return !inside;
}

static void write_record(FILE *out, const struct feed *feed, const struct st_quarantine_record *r)
{
    char quote = feed->quote ? feed->quote : '"';
    fprintf(out, "%lld%c", (long long)r->id, feed->separator);
    if (stands_alone(r->raw, feed->quote)) {
        fputs(r->raw, out);
    } else {
        fputc(quote, out);
        for (const char *p = r->raw; *p; p++) {
            if (*p == quote)
                fputc(quote, out);
            fputc(*p, out);
        }
        fputc(quote, out);
    }
    fputc('\n', out);
}

static st_code write_records(struct st_store *store, const char *source, const struct feed *feed,
    FILE *out, int64_t *written, struct st_error *err)
{
    struct st_quarantine_query query = {.source = source, .limit = 10000};
    for (;;) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_quarantine_record *records;
        size_t count;
        st_code rc = st_quarantine_list(store, &arena, &query, &records, &count, err);
        for (size_t i = 0; rc == ST_OK && i < count; i++) {
            write_record(out, feed, &records[i]);
            query.after = records[i].id;
            ++*written;
        }
        st_arena_release(&arena);
        if (rc != ST_OK || count == 0)
            return rc;
    }
}

static st_code write_file(struct st_store *store, const char *source, const struct feed *feed,
    const char *path, int64_t *written, struct st_error *err)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        return st_fail(
            err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    fprintf(out, "strata_quarantine_id%c%s\n", feed->separator, feed->header);
    st_code rc = write_records(store, source, feed, out, written, err);
    bool failed = ferror(out) != 0;
    if ((fclose(out) != 0 || failed) && rc == ST_OK)
        rc = st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(errno));
    return rc;
}

st_code st_quarantine_export(struct st_store *store, const char *source, const char *path,
    int64_t *written, struct st_error *err)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct feed feed;
    int64_t open = 0;
    const struct st_bind bind = st_bind_text(source);
    *written = 0;
    st_code rc = st_store_query_ints(store,
        "SELECT count(*) FROM quarantine WHERE source = $1 AND resolved_load IS NULL", &bind, 1,
        &open, NULL, 1, err);
    if (rc == ST_OK && open == 0) {
        rc = st_fail(err, ST_E_NOT_FOUND, "source '%s' has no quarantined records",
            "来源“%s”没有待处理的隔离记录", source);
        st_error_hint(err, "strata quarantine STORE lists the sources that have some",
            "strata quarantine 库 可列出有隔离记录的数据源");
    }
    if (rc == ST_OK)
        rc = find_feed(store, &arena, source, &feed, err);
    if (rc == ST_OK)
        rc = write_file(store, source, &feed, path, written, err);
    st_arena_release(&arena);
    return rc;
}
