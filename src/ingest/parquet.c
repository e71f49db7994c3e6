/* Parquet through a private in-memory DuckDB on one thread, whichever store the rows go to.
 *
 * Every column is cast to text, exactly; rows come in windows of ST_PARQUET_ROWS by their
 * number, since a result is complete in memory before its first row. The engine skips the row
 * groups outside a window, so that the file is decoded about once. The rejected alternative, LIMIT
 * and OFFSET, decodes all that is skipped.
 */
#include "base/vec.h"
#include "ingest/internal.h"
#include "ingest/reader.h"
#include "ir/emit.h"
#include "store/store.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
    ST_PARQUET_ROWS = 65536,
    POINT_MAX = 400, /* digits between a double's point and its first digit */
};

enum kind { KIND_TEXT, KIND_DOUBLE, KIND_OTHER };

struct parquet {
    struct st_reader base;
    struct st_store *store;
    struct st_str query;
    struct st_cursor *cursor;
    const struct st_batch *batch;
    size_t row; /* the next of the batch */
    int64_t rows, next_window, given;
    int64_t bytes_total;
    enum kind *kinds;
    struct st_slice *fields;
    struct st_arena texts; /* of this record */
    struct st_csv_record record;
};

/* The engine's words after ours: what is wrong inside the file only it knows. */
static st_code fail_file(const struct parquet *p, const struct st_error *why, struct st_error *err)
{
    if (why->code != ST_E_STORE) {
        if (err)
            *err = *why;
        return why->code;
    }
    st_fail(err, ST_E_DATA, "%s cannot be read as Parquet: %s%.0s",
        "%s 无法按 Parquet 读取：%.0s%s", p->base.path, why->message[ST_LANG_EN],
        why->message[ST_LANG_ZH]);
    st_error_hint(err, "the file may be damaged or encrypted: ask for it again",
        "文件可能已损坏或加密，请重新获取");
    return ST_E_DATA;
}

/* --- numbers --- */

/* The shortest decimal that reads back as the double, without an exponent: "1.5e-07" becomes
 * 0.00000015, "12.0" becomes 12. NaN and infinity stay, and are no numbers. */
static struct st_slice plain_number(struct st_slice text, struct st_arena *arena)
{
    const char *e = memchr(text.data, 'e', text.len), *p = text.data;
    if (!e) {
        if (text.len > 2 && memcmp(p + text.len - 2, ".0", 2) == 0)
            text.len -= 2;
        return text;
    }
    const char *exponent = st_arena_strndup(arena, e + 1, (size_t)(p + text.len - e) - 1);
    long point = strtol(exponent, NULL, 10) + 1, digits = 0; /* digits before the point */
    if (labs(point) > POINT_MAX)
        return text;
    char *out = st_arena_alloc(arena, text.len + POINT_MAX + 4), *end = out;
    if (*p == '-')
        *end++ = *p++;
    if (point <= 0)
        end = (char *)mempcpy(end, "0.", 2);
    for (long i = point; i < 0; i++)
        *end++ = '0';
    for (; p < e; p++) {
        if (*p == '.')
            continue;
        if (point > 0 && digits == point)
            *end++ = '.';
        *end++ = *p;
        digits++;
    }
    for (; digits < point; digits++)
        *end++ = '0';
    return (struct st_slice){out, (size_t)(end - out)};
}

/* --- records --- */

static st_code open_window(struct parquet *p, struct st_error *err)
{
    struct st_error why = {.code = ST_OK};
    const struct st_bind window[] = {
        st_bind_int(p->next_window), st_bind_int(p->next_window + ST_PARQUET_ROWS)};
    st_cursor_close(p->cursor);
    p->cursor = NULL;
    p->next_window += ST_PARQUET_ROWS;
    if (st_cursor_open(p->store, p->query.text, window, ST_COUNT(window), &p->cursor, &why) !=
        ST_OK)
        return fail_file(p, &why, err);
    return ST_OK;
}

/* The batch that holds the next row; NULL at the end. */
static st_code fill_batch(struct parquet *p, struct st_error *err)
{
    while (!p->batch || p->row == p->batch->rows) {
        bool read_out = !p->cursor || (p->batch && p->batch->rows == 0);
        p->row = 0;
        if (read_out && p->next_window >= p->rows) {
            p->batch = NULL;
            return ST_OK;
        }
        if (read_out)
            TRY(open_window(p, err));
        struct st_error why = {.code = ST_OK};
        if (st_cursor_next(p->cursor, &p->batch, &why) != ST_OK)
            return fail_file(p, &why, err);
    }
    return ST_OK;
}

static void take_fields(struct parquet *p)
{
    struct st_csv_record *r = &p->record;
    r->flaw = ST_CSV_SOUND;
    st_arena_release(&p->texts);
    for (size_t i = 0; i < p->base.column_count; i++) {
        struct st_slice *field = &p->fields[i];
        *field = (struct st_slice){NULL, 0};
        if (st_batch_is_null(p->batch, i, p->row))
            continue;
        struct st_text_cell cell = st_batch_text(p->batch, i, p->row);
        *field = (struct st_slice){cell.data, cell.len};
        if (p->kinds[i] == KIND_DOUBLE)
            *field = plain_number(*field, &p->texts);
        else if (p->kinds[i] == KIND_TEXT && memchr(cell.data, 0, cell.len))
            r->flaw = ST_CSV_NUL_BYTE;
    }
}

static st_code parquet_next(
    struct st_reader *base, const struct st_csv_record **record, struct st_error *err)
{
    struct parquet *p = (struct parquet *)base;
    TRY(fill_batch(p, err));
    *record = NULL;
    if (!p->batch)
        return p->given == p->rows
                   ? ST_OK
                   : st_fail(err, ST_E_DATA, "%s gives other rows than it announces",
                         "%s 的行数与其声明不符", p->base.path);
    take_fields(p);
    p->row++;
    p->record.line = ++p->given;
    p->base.bytes_read = (int64_t)((st_wide)p->bytes_total * p->given / p->rows);
    *record = &p->record;
    return ST_OK;
}

/* --- opening --- */

/* A path is a glob to the engine, and may look like an address. */
static void write_path(struct st_str *sql, const char *path)
{
    struct st_str glob = ST_STR_INIT;
    st_str_add(&glob, path[0] == '/' ? "" : "./");
    for (; *path; path++)
        st_str_addf(&glob, strchr("*?[", *path) ? "[%c]" : "%c", *path);
    st_emit_text(sql, glob.text);
    st_str_release(&glob);
}

static const struct {
    const char *type;
    enum kind kind;
} readable[] = {
    {"VARCHAR", KIND_TEXT},
    {"ENUM(", KIND_TEXT},
    {"DOUBLE", KIND_DOUBLE},
    {"FLOAT", KIND_DOUBLE},
    {"DECIMAL(", KIND_OTHER},
    {"BOOLEAN", KIND_OTHER},
    {"TINYINT", KIND_OTHER},
    {"SMALLINT", KIND_OTHER},
    {"INTEGER", KIND_OTHER},
    {"BIGINT", KIND_OTHER},
    {"HUGEINT", KIND_OTHER},
    {"UTINYINT", KIND_OTHER},
    {"USMALLINT", KIND_OTHER},
    {"UINTEGER", KIND_OTHER},
    {"UBIGINT", KIND_OTHER},
    {"UHUGEINT", KIND_OTHER},
    {"DATE", KIND_OTHER},
    {"TIME", KIND_OTHER},
    {"TIMESTAMP", KIND_OTHER},
    {"TIMESTAMP_S", KIND_OTHER},
    {"TIMESTAMP_MS", KIND_OTHER},
    {"TIMESTAMP_NS", KIND_OTHER},
    {"UUID", KIND_OTHER},
};

/* A type with brackets goes on after them; lists of it end in []. */
static bool find_kind(struct st_text_cell type, enum kind *kind)
{
    for (size_t i = 0; i < ST_COUNT(readable); i++) {
        size_t len = strlen(readable[i].type);
        bool open = readable[i].type[len - 1] == '(';
        if (type.len >= len && memcmp(type.data, readable[i].type, len) == 0 &&
            (open ? type.data[type.len - 1] == ')' : type.len == len)) {
            *kind = readable[i].kind;
            return true;
        }
    }
    return false;
}

static st_code refuse_equal_names(
    const struct parquet *p, const char *const *names, size_t i, struct st_error *err)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(names[k], names[i]) == 0)
            return st_fail(err, ST_E_DATA, "%s has two columns named '%s'", "%s 有两列都叫“%s”",
                p->base.path, names[i]);
    return ST_OK;
}

/* One row of the description: the column's name, and how the query reads it. */
static st_code add_column(struct parquet *p, struct st_arena *arena, const struct st_batch *b,
    size_t i, const char **names, const char **unread, struct st_error *err)
{
    struct st_text_cell name = st_batch_text(b, 0, i), type = st_batch_text(b, 1, i);
    struct st_slice plain = st_slice_trim((struct st_slice){name.data, name.len});
    const char *column = st_arena_strndup(arena, name.data, name.len);
    bool known = find_kind(type, &p->kinds[i]);
    names[i] = st_arena_strndup(arena, plain.data, plain.len);
    if (!known)
        unread[i] = st_arena_strndup(arena, type.data, type.len);
    st_str_addf(&p->query, "%s CAST(", i ? "," : "SELECT");
    if (known)
        st_emit_identifier(&p->query, column);
    else
        st_str_add(&p->query, "NULL");
    st_str_add(&p->query, " AS VARCHAR)");
    st_reader_add_raw(&p->base, (struct st_slice){names[i], strlen(names[i])}, i == 0);
    return refuse_equal_names(p, names, i, err);
}

static st_code add_columns(
    struct parquet *p, struct st_arena *arena, struct st_cursor *cursor, struct st_error *err)
{
    const struct st_batch *b;
    TRY(st_cursor_next(cursor, &b, err));
    if (b->rows >= ST_BATCH_COLUMNS_MAX)
        return st_fail(err, ST_E_LIMIT, "%s has more than %d columns", "%s 超过 %d 列",
            p->base.path, (int)ST_BATCH_COLUMNS_MAX - 1);
    const char **names = st_arena_array(arena, const char *, b->rows);
    const char **unread = st_arena_array(arena, const char *, b->rows);
    p->fields = st_arena_array(arena, struct st_slice, b->rows);
    p->kinds = st_arena_array(arena, enum kind, b->rows);
    for (size_t i = 0; i < b->rows; i++)
        TRY(add_column(p, arena, b, i, names, unread, err));
    p->base.columns = names;
    p->base.unread = unread;
    p->base.column_count = b->rows;
    p->base.header = (struct st_slice){
        st_arena_strndup(arena, p->base.raw.text, p->base.raw.len), p->base.raw.len};
    p->record.fields = p->fields;
    p->record.count = b->rows;
    return ST_OK;
}

static st_code describe(struct parquet *p, struct st_arena *arena, struct st_error *err)
{
    struct st_cursor *cursor;
    TRY(st_cursor_open(p->store,
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'source' "
        "AND column_name <> 'file_row_number' ORDER BY column_index",
        NULL, 0, &cursor, err));
    st_code rc = add_columns(p, arena, cursor, err);
    st_cursor_close(cursor);
    st_str_add(&p->query, " FROM source WHERE file_row_number >= CAST($1 AS BIGINT) "
                          "AND file_row_number < CAST($2 AS BIGINT)");
    return rc;
}

/* A view takes no parameter for its path: the one literal. */
static st_code create_view(struct parquet *p, struct st_error *err)
{
    struct st_error why = {.code = ST_OK};
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "CREATE VIEW source AS SELECT * FROM read_parquet(");
    write_path(&sql, p->base.path);
    st_str_add(&sql, ", file_row_number = true)");
    st_code rc = st_store_exec(p->store, sql.text, NULL, 0, NULL, &why);
    if (rc == ST_OK)
        rc = st_store_query_ints(
            p->store, "SELECT count(*) FROM source", NULL, 0, &p->rows, NULL, 1, &why);
    st_str_release(&sql);
    return rc == ST_OK ? ST_OK : fail_file(p, &why, err);
}

static void parquet_close(struct st_reader *base)
{
    struct parquet *p = (struct parquet *)base;
    st_cursor_close(p->cursor);
    st_store_close(p->store);
    st_str_release(&p->query);
    st_arena_release(&p->texts);
    free(p);
}

static st_code parquet_open(struct st_arena *arena, const char *path,
    const struct st_csv_format *format, struct st_reader **out, struct st_error *err)
{
    static const struct st_store_options options = {
        .threads = 1, .create = true, .skip_migration_check = true};
    struct stat info;
    struct parquet *p = st_calloc(1, sizeof *p);
    p->base = (struct st_reader){.ops = &st_parquet_reader,
        .path = st_arena_strdup(arena, path),
        .format = *format,
        .raw = ST_STR_INIT};
    p->query = (struct st_str)ST_STR_INIT;
    p->texts = (struct st_arena)ST_ARENA_INIT;
    p->bytes_total = stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
    st_code rc = st_store_open(":memory:", &options, &p->store, err);
    if (rc == ST_OK)
        rc = create_view(p, err);
    if (rc == ST_OK)
        rc = describe(p, arena, err);
    if (rc == ST_OK)
        *out = &p->base;
    else
        st_reader_close(&p->base);
    return rc;
}

const struct st_reader_ops st_parquet_reader = {parquet_open, parquet_next, parquet_close};
