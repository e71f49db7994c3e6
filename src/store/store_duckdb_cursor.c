/* Reading results chunk by chunk.
 *
 * BOOLEAN, BIGINT, DATE and HUGEINT columns are handed out where the engine put them. Narrower
 * integers are widened, and text becomes cells that point into the chunk, both in buffers made once
 * per cursor and column.
 */
#include "store/store_duckdb.h"

#include <stdlib.h>
#include <string.h>

struct column {
    duckdb_type stored; /* how the values lie in the chunk: for a DECIMAL its integer type */
    enum st_ir_type type;
    void *buffer; /* a chunk's worth of values, when they cannot be handed out in place */
};

struct duckdb_cursor {
    struct st_cursor base;
    duckdb_result result;
    duckdb_data_chunk chunk;
    struct column *columns;
};

/* How each stored type arrives; types without a row are none a plan knows. */
static const struct {
    bool known;
    enum st_ir_type type;
} arrivals[] = {
    [DUCKDB_TYPE_BOOLEAN] = {true, ST_IR_BOOL},
    [DUCKDB_TYPE_TINYINT] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_SMALLINT] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_INTEGER] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_BIGINT] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_UTINYINT] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_USMALLINT] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_UINTEGER] = {true, ST_IR_BIGINT},
    [DUCKDB_TYPE_UBIGINT] = {true, ST_IR_WIDE},
    [DUCKDB_TYPE_HUGEINT] = {true, ST_IR_WIDE},
    [DUCKDB_TYPE_DATE] = {true, ST_IR_DATE},
    [DUCKDB_TYPE_VARCHAR] = {true, ST_IR_TEXT},
};

static duckdb_type stored_type(duckdb_result *result, idx_t i)
{
    duckdb_type type = duckdb_column_type(result, i);
    if (type != DUCKDB_TYPE_DECIMAL)
        return type;
    duckdb_logical_type decimal = duckdb_column_logical_type(result, i);
    type = duckdb_decimal_scale(decimal) == 0 ? duckdb_decimal_internal_type(decimal)
                                              : DUCKDB_TYPE_DECIMAL;
    duckdb_destroy_logical_type(&decimal);
    return type;
}

static st_code describe_columns(struct duckdb_cursor *cursor, struct st_error *err)
{
    size_t count = duckdb_column_count(&cursor->result);
    if (count > ST_BATCH_COLUMNS_MAX)
        return st_fail(err, ST_E_LIMIT, "a query gives %zu columns; %d are possible",
            "查询给出 %zu 列；最多 %d 列", count, (int)ST_BATCH_COLUMNS_MAX);
    cursor->columns = st_calloc(count + 1, sizeof *cursor->columns);
    cursor->base.batch.columns = count;
    for (size_t i = 0; i < count; i++) {
        duckdb_type stored = stored_type(&cursor->result, i);
        if ((size_t)stored >= sizeof arrivals / sizeof arrivals[0] || !arrivals[stored].known)
            return st_fail(err, ST_E_INTERNAL, "column %s of a query has a type no plan knows",
                "查询的 %s 列的类型不受支持", duckdb_column_name(&cursor->result, i));
        cursor->columns[i].stored = stored;
        cursor->columns[i].type = arrivals[stored].type;
        cursor->base.batch.vectors[i].type = arrivals[stored].type;
    }
    return ST_OK;
}

st_code st_duckdb_cursor_open(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_cursor **out, struct st_error *err)
{
    struct duckdb_cursor *cursor = st_calloc(1, sizeof *cursor);
    st_code code =
        st_duckdb_run((struct duckdb_store *)store, sql, binds, bind_count, &cursor->result, err);
    if (code != ST_OK) {
        free(cursor);
        return code;
    }
    cursor->base.store = store;
    code = describe_columns(cursor, err);
    if (code != ST_OK) {
        st_duckdb_cursor_close(&cursor->base);
        return code;
    }
    *out = &cursor->base;
    return ST_OK;
}

#define WIDEN(to, from)                                                                            \
    do {                                                                                           \
        const from *in_ = data;                                                                    \
        to *out_ = buffer;                                                                         \
        for (size_t i_ = 0; i_ < rows; i_++)                                                       \
            out_[i_] = (to)in_[i_];                                                                \
    } while (0)

static void point_at_text(
    const duckdb_string_t *strings, const uint64_t *valid, size_t rows, struct st_text_cell *cells)
{
    for (size_t i = 0; i < rows; i++) {
        if (valid && !(valid[i / 64] >> (i % 64) & 1)) {
            cells[i] = (struct st_text_cell){"", 0}; /* the engine leaves anything there */
            continue;
        }
        const duckdb_string_t *s = &strings[i];
        uint32_t len = s->value.inlined.length;
        cells[i].data = len <= sizeof s->value.inlined.inlined ? s->value.inlined.inlined
                                                               : s->value.pointer.ptr;
        cells[i].len = len;
    }
}

static void *buffer_of(struct column *column)
{
    if (!column->buffer)
        column->buffer = st_calloc(duckdb_vector_size(), sizeof(st_wide)); /* the widest value */
    return column->buffer;
}

/* `rows` values as the batch promises them: in place, or in the column's buffer. */
static const void *values_of(
    struct column *column, const void *data, const uint64_t *valid, size_t rows)
{
    if (column->stored == DUCKDB_TYPE_BOOLEAN || column->stored == DUCKDB_TYPE_BIGINT ||
        column->stored == DUCKDB_TYPE_DATE)
        return data;
    /* The engine aligns 128-bit values to 8 bytes only. */
    if (column->stored == DUCKDB_TYPE_HUGEINT && (uintptr_t)data % _Alignof(st_wide) == 0)
        return data;
    void *buffer = buffer_of(column);
    switch (column->stored) {
    case DUCKDB_TYPE_TINYINT: WIDEN(int64_t, int8_t); break;
    case DUCKDB_TYPE_SMALLINT: WIDEN(int64_t, int16_t); break;
    case DUCKDB_TYPE_INTEGER: WIDEN(int64_t, int32_t); break;
    case DUCKDB_TYPE_UTINYINT: WIDEN(int64_t, uint8_t); break;
    case DUCKDB_TYPE_USMALLINT: WIDEN(int64_t, uint16_t); break;
    case DUCKDB_TYPE_UINTEGER: WIDEN(int64_t, uint32_t); break;
    case DUCKDB_TYPE_UBIGINT: WIDEN(st_wide, uint64_t); break;
    case DUCKDB_TYPE_HUGEINT: memcpy(buffer, data, rows * sizeof(st_wide)); break;
    default: point_at_text(data, valid, rows, buffer); break;
    }
    return buffer;
}

st_code st_duckdb_cursor_next(struct st_cursor *base, struct st_error *err)
{
    struct duckdb_cursor *cursor = (struct duckdb_cursor *)base;
    struct st_batch *batch = &base->batch;
    duckdb_destroy_data_chunk(&cursor->chunk);
    batch->rows = 0;
    cursor->chunk = duckdb_fetch_chunk(cursor->result);
    if (!cursor->chunk) {
        const char *text = duckdb_result_error(&cursor->result);
        return text && text[0] ? st_duckdb_fail(err, (struct duckdb_store *)base->store, text, NULL)
                               : ST_OK;
    }
    batch->rows = duckdb_data_chunk_get_size(cursor->chunk);
    for (size_t i = 0; i < batch->columns; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(cursor->chunk, i);
        batch->vectors[i].valid = duckdb_vector_get_validity(vector);
        batch->vectors[i].values = values_of(&cursor->columns[i], duckdb_vector_get_data(vector),
            batch->vectors[i].valid, batch->rows);
    }
    return ST_OK;
}

void st_duckdb_cursor_close(struct st_cursor *base)
{
    struct duckdb_cursor *cursor = (struct duckdb_cursor *)base;
    for (size_t i = 0; cursor->columns && i < base->batch.columns; i++)
        free(cursor->columns[i].buffer);
    free(cursor->columns);
    duckdb_destroy_data_chunk(&cursor->chunk);
    duckdb_destroy_result(&cursor->result);
    free(cursor);
}
