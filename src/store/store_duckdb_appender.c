/* Bulk loads by chunks of the engine's vector size.
 *
 * The appender runs INSERT INTO table (columns) FROM the rows added so far, each time it has some
 * 200,000 of them. Rejected: duckdb_appender_add_column, which in 1.4 keeps the columns in the
 * table's order whatever order they were named in.
 *
 * Such an INSERT of rows in order has one task; a client that finds it taken by another thread asks
 * for more until it is done, and burns the processor that could read the next rows. So the engine
 * has one thread while loads are open.
 */
#include "store/store_duckdb.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct duckdb_loader {
    struct st_appender base;
    duckdb_appender appender;
    duckdb_data_chunk chunk;
    enum st_ir_type types[]; /* base.columns of them */
};

static const struct {
    duckdb_type type;
    size_t size; /* of one value; 0 for text */
} layouts[] = {
    [ST_IR_BOOL] = {DUCKDB_TYPE_BOOLEAN, sizeof(bool)},
    [ST_IR_BIGINT] = {DUCKDB_TYPE_BIGINT, sizeof(int64_t)},
    [ST_IR_WIDE] = {DUCKDB_TYPE_HUGEINT, sizeof(st_wide)},
    [ST_IR_DATE] = {DUCKDB_TYPE_DATE, sizeof(st_date)},
    [ST_IR_TEXT] = {DUCKDB_TYPE_VARCHAR, 0},
};

static void add_quoted(struct st_str *sql, const char *name)
{
    st_str_add_char(sql, '"');
    for (; *name; name++) {
        if (*name == '"')
            st_str_add_char(sql, '"');
        st_str_add_char(sql, *name);
    }
    st_str_add_char(sql, '"');
}

/* INSERT INTO "table" ("a", "b") FROM strata_rows */
static void write_insert(
    struct st_str *sql, const char *table, const char *const *columns, size_t count)
{
    st_str_add(sql, "INSERT INTO ");
    add_quoted(sql, table);
    for (size_t i = 0; i < count; i++) {
        st_str_add(sql, i ? ", " : " (");
        add_quoted(sql, columns[i]);
    }
    st_str_add(sql, ") FROM strata_rows");
}

/* On a connection of its own: the store's may be in a transaction that failed. */
static bool set_threads(struct duckdb_store *store, int64_t threads)
{
    duckdb_connection connection;
    char sql[48];
    if (duckdb_connect(store->database, &connection) == DuckDBError)
        return false;
    snprintf(sql, sizeof sql, "SET threads TO %lld", (long long)threads);
    bool done = duckdb_query(connection, sql, NULL) == DuckDBSuccess;
    duckdb_disconnect(&connection);
    return done;
}

static st_code begin_load(struct duckdb_store *store, struct st_error *err)
{
    if (store->loads_open++ > 0)
        return ST_OK;
    st_code code = st_store_query_ints(
        &store->base, "SELECT current_setting('threads')", NULL, 0, &store->threads, NULL, 1, err);
    if (code == ST_OK && !set_threads(store, 1))
        code =
            st_fail(err, ST_E_STORE, "the engine's threads cannot be set", "无法设置引擎的线程数");
    return code;
}

static void end_load(struct duckdb_store *store)
{
    if (--store->loads_open == 0)
        set_threads(store, store->threads); /* else it goes on with one */
}

static st_code create(struct duckdb_loader *loader, struct duckdb_store *store, const char *sql,
    duckdb_logical_type *types, struct st_error *err)
{
    size_t count = loader->base.columns;
    loader->chunk = duckdb_create_data_chunk(types, count);
    if (duckdb_appender_create_query(store->connection, sql, count, types, "strata_rows", NULL,
            &loader->appender) == DuckDBSuccess)
        return ST_OK;
    return st_duckdb_appender_fail(err, store, loader->appender);
}

static void free_loader(struct duckdb_loader *loader)
{
    duckdb_destroy_data_chunk(&loader->chunk);
    duckdb_appender_destroy(&loader->appender);
    free(loader);
}

st_code st_duckdb_appender_open(struct st_store *base, const char *table,
    const char *const *columns, const enum st_ir_type *types, size_t count,
    struct st_appender **out, struct st_error *err)
{
    struct duckdb_loader *loader = st_calloc(1, sizeof *loader + count * sizeof *types);
    duckdb_logical_type *logical = st_calloc(count, sizeof *logical);
    struct st_str sql = ST_STR_INIT;
    loader->base.columns = count;
    for (size_t i = 0; i < count; i++) {
        loader->types[i] = types[i];
        logical[i] = duckdb_create_logical_type(layouts[types[i]].type);
    }
    write_insert(&sql, table, columns, count);
    st_code code = begin_load((struct duckdb_store *)base, err);
    if (code == ST_OK)
        code = create(loader, (struct duckdb_store *)base, sql.text, logical, err);
    for (size_t i = 0; i < count; i++)
        duckdb_destroy_logical_type(&logical[i]);
    free(logical);
    st_str_release(&sql);
    if (code == ST_OK) {
        *out = &loader->base;
    } else {
        free_loader(loader);
        end_load((struct duckdb_store *)base);
    }
    return code;
}

static bool is_valid(const uint64_t *valid, size_t row)
{
    return !valid || valid[row / 64] >> (row % 64) & 1;
}

/* A short string lies in the vector itself, unused bytes zero: what the engine's own function does,
 * without a call for each. */
static void set_inlined(duckdb_string_t *string, const struct st_text_cell *cell)
{
    memset(string, 0, sizeof *string);
    string->value.inlined.length = (uint32_t)cell->len;
    if (cell->len > 0)
        memcpy(string->value.inlined.inlined, cell->data, cell->len);
}

/* `start` is a multiple of 64, so validity moves by whole words. */
static void fill_vector(
    duckdb_vector out, const struct st_vector *in, enum st_ir_type type, size_t start, size_t rows)
{
    if (in->valid) {
        duckdb_vector_ensure_validity_writable(out);
        memcpy(duckdb_vector_get_validity(out), in->valid + start / 64,
            (rows + 63) / 64 * sizeof *in->valid);
    }
    size_t size = layouts[type].size;
    if (size > 0) {
        memcpy(duckdb_vector_get_data(out), (const char *)in->values + start * size, rows * size);
        return;
    }
    const struct st_text_cell *cells = (const struct st_text_cell *)in->values + start;
    duckdb_string_t *strings = duckdb_vector_get_data(out);
    for (size_t i = 0; i < rows; i++) {
        if (!is_valid(in->valid, start + i))
            continue;
        if (cells[i].len <= sizeof strings[i].value.inlined.inlined)
            set_inlined(&strings[i], &cells[i]);
        else
            duckdb_vector_assign_string_element_len(out, i, cells[i].data, cells[i].len);
    }
}

static st_code check_types(
    const struct duckdb_loader *loader, const struct st_batch *batch, struct st_error *err)
{
    for (size_t i = 0; i < batch->columns; i++)
        if (batch->vectors[i].type != loader->types[i])
            return st_fail(err, ST_E_INTERNAL, "column %zu of a bulk load changed its type",
                "批量写入的第 %zu 列改变了类型", i + 1);
    return ST_OK;
}

st_code st_duckdb_appender_add(
    struct st_appender *base, const struct st_batch *batch, struct st_error *err)
{
    struct duckdb_loader *loader = (struct duckdb_loader *)base;
    size_t chunk_rows = duckdb_vector_size();
    st_code code = check_types(loader, batch, err);
    for (size_t start = 0; start < batch->rows && code == ST_OK; start += chunk_rows) {
        size_t rows = batch->rows - start < chunk_rows ? batch->rows - start : chunk_rows;
        duckdb_data_chunk_reset(loader->chunk);
        for (size_t i = 0; i < batch->columns; i++)
            fill_vector(duckdb_data_chunk_get_vector(loader->chunk, i), &batch->vectors[i],
                loader->types[i], start, rows);
        duckdb_data_chunk_set_size(loader->chunk, rows);
        if (duckdb_append_data_chunk(loader->appender, loader->chunk) == DuckDBError)
            code =
                st_duckdb_appender_fail(err, (struct duckdb_store *)base->store, loader->appender);
    }
    return code;
}

st_code st_duckdb_appender_close(struct st_appender *base, bool flush, struct st_error *err)
{
    struct duckdb_loader *loader = (struct duckdb_loader *)base;
    struct duckdb_store *store = (struct duckdb_store *)base->store;
    st_code code = ST_OK;
    if (flush && duckdb_appender_close(loader->appender) == DuckDBError)
        code = st_duckdb_appender_fail(err, store, loader->appender);
    free_loader(loader);
    end_load(store);
    return code;
}
