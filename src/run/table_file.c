/* Parquet is written by a private in-memory DuckDB on one thread, whichever store the rows come
 * from: the same rows give the same file. */
#include "run/table_file.h"

#include "ir/emit.h"

#include <errno.h>
#include <unistd.h>

struct st_table_file {
    enum st_export_format format;
    const char *path, *temporary;
    const struct st_table_column *columns;
    size_t count;
    FILE *csv;
    struct st_store *parquet;
    struct st_appender *appender;
    struct st_str line;
};

static st_code fail_write(const struct st_table_file *f, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", f->path, strerror(errno));
    st_error_hint(
        err, "check the folder, its permissions and the free space", "请检查目录、权限与剩余空间");
    return code;
}

static st_code open_csv(struct st_table_file *f, struct st_error *err)
{
    f->csv = fopen(f->temporary, "wb");
    if (!f->csv)
        return fail_write(f, err);
    for (size_t i = 0; i < f->count; i++)
        fprintf(f->csv, "%s%s", i ? "," : "", f->columns[i].name);
    fputc('\n', f->csv);
    return ST_OK;
}

static st_code open_parquet(struct st_arena *arena, struct st_table_file *f, struct st_error *err)
{
    struct st_store_options options = {.threads = 1, .create = true, .skip_migration_check = true};
    struct st_str sql = ST_STR_INIT;
    const char **names = st_arena_array(arena, const char *, f->count);
    enum st_ir_type *types = st_arena_array(arena, enum st_ir_type, f->count);
    FILE *probe = fopen(f->temporary, "wb"); /* a clear message before any work */
    if (!probe)
        return fail_write(f, err);
    fclose(probe);
    st_str_add(&sql, "CREATE TABLE exported (");
    for (size_t i = 0; i < f->count; i++) {
        static const char *const type_names[] = {[ST_IR_BOOL] = "BOOLEAN",
            [ST_IR_BIGINT] = "BIGINT",
            [ST_IR_WIDE] = "HUGEINT",
            [ST_IR_DATE] = "DATE",
            [ST_IR_TEXT] = "TEXT"};
        st_str_add(&sql, i ? ", " : "");
        st_emit_identifier(&sql, f->columns[i].name);
        st_str_addf(&sql, " %s", type_names[f->columns[i].type]);
        names[i] = f->columns[i].name;
        types[i] = f->columns[i].type;
    }
    st_str_add_char(&sql, ')');
    st_code code = st_store_open(":memory:", &options, &f->parquet, err);
    if (code == ST_OK)
        code = st_store_exec(f->parquet, sql.text, NULL, 0, NULL, err);
    if (code == ST_OK)
        code = st_store_begin(f->parquet, err);
    if (code == ST_OK)
        code = st_appender_open(f->parquet, "exported", names, types, f->count, &f->appender, err);
    st_str_release(&sql);
    return code;
}

st_code st_table_file_open(struct st_arena *arena, enum st_export_format format, const char *path,
    const struct st_table_column *columns, size_t count, struct st_table_file **out,
    struct st_error *err)
{
    struct st_table_file *f = st_calloc(1, sizeof *f);
    *f = (struct st_table_file){.format = format,
        .path = path,
        .columns = columns,
        .count = count,
        .temporary = st_arena_printf(arena, "%s.part%ld", path, (long)getpid()),
        .line = ST_STR_INIT};
    st_code code = format == ST_EXPORT_CSV ? open_csv(f, err) : open_parquet(arena, f, err);
    if (code != ST_OK) {
        st_code closed = st_table_file_close(f, false, NULL);
        return code != ST_OK ? code : closed;
    }
    *out = f;
    return ST_OK;
}

static void add_csv_text(struct st_str *line, struct st_text_cell cell)
{
    bool plain = true;
    for (size_t i = 0; i < cell.len && plain; i++)
        plain = !strchr(",\"\r\n", cell.data[i]) || cell.data[i] == '\0';
    if (plain) {
        st_str_add_len(line, cell.data, cell.len);
        return;
    }
    st_str_add_char(line, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.data[i] == '"')
            st_str_add_char(line, '"');
        st_str_add_char(line, cell.data[i]);
    }
    st_str_add_char(line, '"');
}

static void add_csv_cell(
    struct st_table_file *f, const struct st_batch *b, size_t column, size_t row)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    if (st_batch_is_null(b, column, row))
        return;
    switch (f->columns[column].type) {
    case ST_IR_BOOL: st_str_add(&f->line, st_batch_bool(b, column, row) ? "true" : "false"); break;
    case ST_IR_DATE:
        st_str_add(&f->line, st_date_format(st_batch_date(b, column, row), text));
        break;
    case ST_IR_TEXT: add_csv_text(&f->line, st_batch_text(b, column, row)); break;
    default:
        st_str_add(&f->line,
            st_decimal_format(st_batch_int(b, column, row), f->columns[column].scale, text));
        break;
    }
}

st_code st_table_file_add(
    struct st_table_file *f, const struct st_batch *batch, struct st_error *err)
{
    if (f->format == ST_EXPORT_PARQUET)
        return st_appender_add(f->appender, batch, err);
    for (size_t row = 0; row < batch->rows; row++) {
        st_str_reset(&f->line);
        for (size_t i = 0; i < f->count; i++) {
            if (i)
                st_str_add_char(&f->line, ',');
            add_csv_cell(f, batch, i, row);
        }
        st_str_add_char(&f->line, '\n');
        if (fwrite(f->line.text, 1, f->line.len, f->csv) != f->line.len)
            return fail_write(f, err);
    }
    return ST_OK;
}

/* A product with an exact power of ten: a quotient of decimals would be a double. */
static void add_parquet_column(struct st_str *sql, const struct st_table_column *c)
{
    if (c->type == ST_IR_BIGINT && c->scale > 0) {
        st_str_add(sql, "CAST(");
        st_emit_identifier(sql, c->name);
        st_str_addf(sql, " AS DECIMAL(19, 0)) * CAST('0.%0*d' AS DECIMAL(18, %d)) AS ", c->scale, 1,
            c->scale);
    }
    st_emit_identifier(sql, c->name);
}

/* COPY takes no parameter for its path: the one literal that is not a plan's. */
static st_code copy_parquet(struct st_table_file *f, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < f->count; i++) {
        st_str_add(&sql, i ? ", " : "");
        add_parquet_column(&sql, &f->columns[i]);
    }
    st_str_add(&sql, " FROM exported) TO '");
    for (const char *p = f->temporary; *p; p++)
        if (*p == '\'')
            st_str_add(&sql, "''");
        else
            st_str_add_char(&sql, *p);
    st_str_add(&sql, "' (FORMAT parquet, COMPRESSION zstd)");
    st_code code = st_store_exec(f->parquet, sql.text, NULL, 0, NULL, err);
    st_str_release(&sql);
    return code;
}

static st_code finish(struct st_table_file *f, struct st_error *err)
{
    if (f->format == ST_EXPORT_PARQUET) {
        st_code code = st_appender_close(f->appender, err);
        f->appender = NULL;
        if (code == ST_OK)
            code = st_store_commit(f->parquet, err);
        return code == ST_OK ? copy_parquet(f, err) : code;
    }
    bool bad = fflush(f->csv) != 0 || fsync(fileno(f->csv)) != 0;
    bad |= fclose(f->csv) != 0;
    f->csv = NULL;
    return bad ? fail_write(f, err) : ST_OK;
}

st_code st_table_file_close(struct st_table_file *f, bool commit, struct st_error *err)
{
    st_code code = commit ? finish(f, err) : ST_OK;
    if (f->csv)
        fclose(f->csv);
    if (f->appender) { /* abandoned: its rows go with the store below */
        st_code abandoned = st_appender_close(f->appender, NULL);
        (void)abandoned;
    }
    st_store_close(f->parquet);
    if (commit && code == ST_OK && rename(f->temporary, f->path) != 0)
        code = fail_write(f, err);
    if (!commit || code != ST_OK)
        unlink(f->temporary);
    st_str_release(&f->line);
    free(f);
    return code;
}
