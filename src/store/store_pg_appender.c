/* Bulk loads by COPY in binary form.
 *
 * Rows are encoded into a block per load; full blocks go to the server. The COPY stays open until
 * another load sends a block or any other statement comes, so the server stores rows while the next
 * ones are read. Binary COPY casts nothing: numbers are written as wide as their columns are.
 */
#include "store/store_pg.h"

#include "ir/emit.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20, CELL_BYTES = 4 + ST_PG_NUMERIC_BYTES };

struct pg_loader {
    struct st_appender base;
    char *table;
    struct st_str copy;     /* the statement */
    struct st_str block;    /* rows not sent yet */
    int64_t rows;           /* in all */
    enum st_ir_type *types; /* what `add` gets … */
    Oid *stored;            /* … and what the columns are */
};

static const char head[19] = "PGCOPY\n\377\r\n\0"; /* and two zero words: no flags, no extension */

static void add_names(struct st_str *sql, const char *const *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        st_str_add(sql, i ? ", " : "");
        st_emit_identifier(sql, columns[i]);
    }
}

/* The columns' types; a table or column that is not there is the server's to refuse. */
static st_code find_types(struct pg_store *store, struct pg_loader *loader,
    const char *const *columns, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    PGresult *result = NULL;
    st_str_add(&sql, "SELECT ");
    add_names(&sql, columns, loader->base.columns);
    st_str_add(&sql, " FROM ");
    st_emit_identifier(&sql, loader->table);
    st_str_add(&sql, " LIMIT 0");
    st_code code = st_pg_run(store, sql.text, NULL, 0, &result, err);
    for (size_t i = 0; code == ST_OK && i < loader->base.columns; i++)
        loader->stored[i] = PQftype(result, (int)i);
    PQclear(result);
    st_str_release(&sql);
    return code;
}

static void free_loader(struct pg_loader *loader)
{
    free(loader->table);
    st_str_release(&loader->copy);
    st_str_release(&loader->block);
    free(loader->types);
    free(loader->stored);
    free(loader);
}

st_code st_pg_appender_open(struct st_store *base, const char *table, const char *const *columns,
    const enum st_ir_type *types, size_t count, struct st_appender **out, struct st_error *err)
{
    struct pg_loader *loader = st_calloc(1, sizeof *loader);
    loader->base.columns = count;
    loader->table = st_strdup(table);
    loader->types = st_calloc(count, sizeof *loader->types);
    loader->stored = st_calloc(count, sizeof *loader->stored);
    loader->copy = (struct st_str)ST_STR_INIT;
    loader->block = (struct st_str)ST_STR_INIT;
    memcpy(loader->types, types, count * sizeof *types);
    st_str_add(&loader->copy, "COPY ");
    st_emit_identifier(&loader->copy, table);
    st_str_add(&loader->copy, " (");
    add_names(&loader->copy, columns, count);
    st_str_add(&loader->copy, ") FROM STDIN (FORMAT binary)");
    st_code code = find_types((struct pg_store *)base, loader, columns, err);
    if (code == ST_OK)
        *out = &loader->base;
    else
        free_loader(loader);
    return code;
}

/* ---- the COPY ------------------------------------------------------------------------------ */

/* The connection is no longer in a COPY; what the server says of it. */
static st_code collect(struct pg_store *store, const char *sql, struct st_error *err)
{
    st_code code = ST_OK;
    store->copying = NULL;
    for (PGresult *result; (result = PQgetResult(store->connection)); PQclear(result)) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN) { /* the failure that ends it comes next */
            if (PQputCopyEnd(store->connection, NULL) != 1)
                break;
        } else if (status != PGRES_COMMAND_OK && code == ST_OK) {
            code = st_pg_fail(err, store, result, sql);
        }
    }
    if (code == ST_OK && PQstatus(store->connection) == CONNECTION_BAD)
        code = st_pg_fail(err, store, NULL, sql);
    return code;
}

static st_code copy_begin(struct pg_store *store, struct pg_loader *loader, struct st_error *err)
{
    if (store->copying == loader)
        return ST_OK;
    st_code code = st_pg_settle(store, err);
    if (code != ST_OK)
        return code;
    st_pg_forget_interrupt(store);
    if (PQsendQuery(store->connection, loader->copy.text) != 1)
        return st_pg_fail(err, store, NULL, loader->copy.text);
    PGresult *result = PQgetResult(store->connection);
    bool ready = PQresultStatus(result) == PGRES_COPY_IN;
    if (!ready)
        code = st_pg_fail(err, store, result, loader->copy.text);
    PQclear(result);
    if (!ready) {
        st_code ignored = collect(store, NULL, NULL);
        (void)ignored;
        return code;
    }
    store->copying = loader;
    return PQputCopyData(store->connection, head, (int)sizeof head) == 1
               ? ST_OK
               : collect(store, loader->copy.text, err);
}

st_code st_pg_copy_end(struct pg_store *store, struct st_error *err)
{
    static const char end[2] = {'\377', '\377'};
    const char *sql = store->copying->copy.text;
    if (PQputCopyData(store->connection, end, (int)sizeof end) == 1)
        (void)PQputCopyEnd(store->connection, NULL); /* collect tells when it failed */
    return collect(store, sql, err);
}

static st_code send_block(struct pg_store *store, struct pg_loader *loader, struct st_error *err)
{
    if (loader->block.len == 0)
        return ST_OK;
    st_code code = copy_begin(store, loader, err);
    if (code == ST_OK &&
        PQputCopyData(store->connection, loader->block.text, (int)loader->block.len) != 1)
        code = collect(store, loader->copy.text, err);
    st_str_reset(&loader->block);
    return code;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* An integer as wide as its column; 0 bytes: it does not fit, or the column is no number. */
static size_t put_integer(st_wide value, Oid stored, char *at)
{
    switch (stored) {
    case ST_PG_INT2: st_pg_put16(at, (uint16_t)value); return value == (int16_t)value ? 2 : 0;
    case ST_PG_INT4: st_pg_put32(at, (uint32_t)value); return value == (int32_t)value ? 4 : 0;
    case ST_PG_INT8: st_pg_put64(at, (uint64_t)value); return value == (int64_t)value ? 8 : 0;
    case ST_PG_NUMERIC: return st_pg_numeric_write(value, at);
    default: return 0;
    }
}

/* A value that is no text and not NULL; 0: it does not fit its column. */
static size_t put_value(const struct st_vector *in, size_t row, Oid stored, char *at)
{
    switch (in->type) {
    case ST_IR_BOOL: at[0] = ((const bool *)in->values)[row]; return 1;
    case ST_IR_DATE:
        st_pg_put32(at, (uint32_t)(((const st_date *)in->values)[row] - ST_PG_EPOCH_DAYS));
        return 4;
    case ST_IR_BIGINT: return put_integer(((const int64_t *)in->values)[row], stored, at);
    case ST_IR_WIDE: return put_integer(((const st_wide *)in->values)[row], stored, at);
    case ST_IR_TEXT: break;
    }
    return 0;
}

static void add_text(struct st_str *block, const struct st_text_cell *cell)
{
    char len[4];
    st_pg_put32(len, (uint32_t)cell->len);
    st_str_add_len(block, len, sizeof len);
    if (cell->len > 0)
        st_str_add_len(block, cell->data, cell->len);
}

static st_code add_row(struct pg_loader *loader, const struct st_batch *batch, size_t row,
    const char *shown, struct st_error *err)
{
    char cell[CELL_BYTES];
    st_pg_put16(cell, (uint16_t)batch->columns);
    st_str_add_len(&loader->block, cell, 2);
    for (size_t i = 0; i < batch->columns; i++) {
        if (st_batch_is_null(batch, i, row)) {
            st_str_add_len(&loader->block, "\377\377\377\377", 4);
        } else if (batch->vectors[i].type == ST_IR_TEXT) {
            add_text(&loader->block, &((const struct st_text_cell *)batch->vectors[i].values)[row]);
        } else {
            size_t len = put_value(&batch->vectors[i], row, loader->stored[i], cell + 4);
            if (len == 0)
                return st_fail(err, ST_E_LIMIT, "%s: a number left its range (column %zu of %s)",
                    "%s：数值超出范围（第 %zu 列，表 %s）", shown, i + 1, loader->table);
            st_pg_put32(cell, (uint32_t)len);
            st_str_add_len(&loader->block, cell, 4 + len);
        }
    }
    return ST_OK;
}

st_code st_pg_appender_add(
    struct st_appender *base, const struct st_batch *batch, struct st_error *err)
{
    struct pg_loader *loader = (struct pg_loader *)base;
    struct pg_store *store = (struct pg_store *)base->store;
    st_code code = ST_OK;
    for (size_t i = 0; i < batch->columns; i++)
        if (batch->vectors[i].type != loader->types[i])
            return st_fail(err, ST_E_INTERNAL, "column %zu of a bulk load changed its type",
                "批量写入的第 %zu 列改变了类型", i + 1);
    for (size_t row = 0; row < batch->rows && code == ST_OK; row++) {
        code = add_row(loader, batch, row, store->base.location, err);
        if (code == ST_OK && loader->block.len >= BLOCK_BYTES)
            code = send_block(store, loader, err);
    }
    loader->rows += (int64_t)batch->rows;
    return code;
}

/* What was sent is taken back with the transaction. */
static void abandon(struct pg_store *store, struct pg_loader *loader)
{
    if (store->copying != loader)
        return;
    (void)PQputCopyEnd(store->connection, "abandoned");
    st_code ignored = collect(store, NULL, NULL);
    (void)ignored;
}

st_code st_pg_appender_close(struct st_appender *base, bool flush, struct st_error *err)
{
    struct pg_loader *loader = (struct pg_loader *)base;
    struct pg_store *store = (struct pg_store *)base->store;
    st_code code = ST_OK;
    if (flush) {
        code = send_block(store, loader, err);
        if (code == ST_OK && store->copying == loader)
            code = st_pg_copy_end(store, err);
        if (code == ST_OK)
            code = st_pg_grew(store, loader->table, loader->rows, err);
    } else {
        abandon(store, loader);
    }
    free_loader(loader);
    return code;
}
