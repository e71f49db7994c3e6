/* Results in blocks of rows, as they arrive.
 *
 * A query's rows are read from the connection as its caller asks for them. When another statement
 * is to run meanwhile, what is still on its way is taken into memory first: a cursor goes on
 * reading what it saw. Rejected: DECLARE CURSOR, which needs a transaction, ends with it, keeps the
 * tables it reads from being dropped, and never runs in parallel.
 */
#include "store/store_pg.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_ROWS = 2048 };

struct block {
    struct block *next;
    struct st_arena arena;
    size_t rows;
    void **values;    /* by column: BLOCK_ROWS of the batch's type */
    uint64_t **valid; /* by column: bits */
};

struct pg_cursor {
    struct st_cursor base;
    Oid *stored;          /* types of the columns */
    struct block *blocks; /* read, not handed out yet */
    struct block *last;
    struct block *shown; /* what the batch points into */
    bool done;           /* no row is on its way any more */
};

static const size_t value_size[] = {
    [ST_IR_BOOL] = sizeof(bool),
    [ST_IR_BIGINT] = sizeof(int64_t),
    [ST_IR_WIDE] = sizeof(st_wide),
    [ST_IR_DATE] = sizeof(st_date),
    [ST_IR_TEXT] = sizeof(struct st_text_cell),
};

/* How a column arrives; false: no plan knows its type. */
static bool arrival(Oid stored, int modifier, enum st_ir_type *type)
{
    /* numeric(p, s) has its modifier 4 above p and s; -1: any. */
    enum { MODIFIER_BASE = 4, SCALE_BITS = 0x7ff, BIGINT_DIGITS = 18 };
    int declared = modifier - MODIFIER_BASE;
    switch ((enum st_pg_type)stored) {
    case ST_PG_BOOL: *type = ST_IR_BOOL; return true;
    case ST_PG_INT2:
    case ST_PG_INT4:
    case ST_PG_INT8: *type = ST_IR_BIGINT; return true;
    case ST_PG_DATE: *type = ST_IR_DATE; return true;
    case ST_PG_NAME:
    case ST_PG_TEXT:
    case ST_PG_BPCHAR:
    case ST_PG_VARCHAR: *type = ST_IR_TEXT; return true;
    case ST_PG_NUMERIC:
        *type = declared >= 0 && declared >> 16 <= BIGINT_DIGITS ? ST_IR_BIGINT : ST_IR_WIDE;
        return declared < 0 || (declared & SCALE_BITS) == 0;
    }
    return false;
}

static st_code describe(struct pg_cursor *cursor, const PGresult *result, struct st_error *err)
{
    size_t count = (size_t)PQnfields(result);
    if (count > ST_BATCH_COLUMNS_MAX)
        return st_fail(err, ST_E_LIMIT, "a query gives %zu columns; %d are possible",
            "查询给出 %zu 列；最多 %d 列", count, (int)ST_BATCH_COLUMNS_MAX);
    cursor->stored = st_calloc(count + 1, sizeof *cursor->stored);
    cursor->base.batch.columns = count;
    for (size_t i = 0; i < count; i++) {
        cursor->stored[i] = PQftype(result, (int)i);
        if (!arrival(
                cursor->stored[i], PQfmod(result, (int)i), &cursor->base.batch.vectors[i].type))
            return st_fail(err, ST_E_INTERNAL, "column %s of a query has a type no plan knows",
                "查询的 %s 列的类型不受支持", PQfname(result, (int)i));
    }
    return ST_OK;
}

static struct block *new_block(struct pg_cursor *cursor)
{
    struct block *block = st_calloc(1, sizeof *block);
    size_t columns = cursor->base.batch.columns;
    block->values = st_arena_array(&block->arena, void *, columns + 1);
    block->valid = st_arena_array(&block->arena, uint64_t *, columns + 1);
    for (size_t i = 0; i < columns; i++) {
        block->values[i] = st_arena_alloc_array(
            &block->arena, value_size[cursor->base.batch.vectors[i].type], BLOCK_ROWS);
        block->valid[i] = st_arena_array(&block->arena, uint64_t, BLOCK_ROWS / 64);
    }
    if (cursor->last)
        cursor->last->next = block;
    else
        cursor->blocks = block;
    cursor->last = block;
    return block;
}

static void free_block(struct block *block)
{
    if (!block)
        return;
    st_arena_release(&block->arena);
    free(block);
}

static st_code read_numeric(const char *data, size_t len, enum st_ir_type type, void *values,
    size_t row, struct st_error *err)
{
    st_wide value;
    st_code code = st_pg_numeric_read(data, len, &value);
    if (code == ST_E_DATA)
        return st_fail(err, ST_E_INTERNAL, "a query gives a number with decimals; a plan casts it",
            "查询给出带小数的数值，计划应先转换");
    if (code == ST_OK && type == ST_IR_WIDE)
        ((st_wide *)values)[row] = value;
    else if (code == ST_OK && !st_wide_to_int64(value, &((int64_t *)values)[row]))
        code = ST_E_LIMIT;
    return code == ST_OK ? ST_OK : st_fail(err, code, "a number left its range", "数值超出范围");
}

static st_code read_date(const char *data, st_date *date, struct st_error *err)
{
    int32_t days = (int32_t)st_pg_get32(data);
    if (days == INT32_MIN || days > INT32_MAX - ST_PG_EPOCH_DAYS)
        return st_fail(err, ST_E_LIMIT, "a date left its range", "日期超出范围");
    *date = days + ST_PG_EPOCH_DAYS;
    return ST_OK;
}

static st_code read_cell(struct pg_cursor *cursor, struct block *block, const PGresult *result,
    int column, struct st_error *err)
{
    const char *data = PQgetvalue(result, 0, column);
    size_t len = (size_t)PQgetlength(result, 0, column), row = block->rows;
    void *values = block->values[column];
    enum st_ir_type type = cursor->base.batch.vectors[column].type;
    block->valid[column][row / 64] |= UINT64_C(1) << (row % 64);
    switch ((enum st_pg_type)cursor->stored[column]) {
    case ST_PG_BOOL: ((bool *)values)[row] = data[0] != 0; break;
    case ST_PG_INT2: ((int64_t *)values)[row] = (int16_t)st_pg_get16(data); break;
    case ST_PG_INT4: ((int64_t *)values)[row] = (int32_t)st_pg_get32(data); break;
    case ST_PG_INT8: ((int64_t *)values)[row] = (int64_t)st_pg_get64(data); break;
    case ST_PG_DATE: return read_date(data, &((st_date *)values)[row], err);
    case ST_PG_NUMERIC: return read_numeric(data, len, type, values, row, err);
    case ST_PG_NAME:
    case ST_PG_TEXT:
    case ST_PG_BPCHAR:
    case ST_PG_VARCHAR:
        ((struct st_text_cell *)values)[row] =
            (struct st_text_cell){st_arena_strndup(&block->arena, data, len), len};
        break;
    }
    return ST_OK;
}

static st_code read_row(
    struct pg_cursor *cursor, struct block *block, const PGresult *result, struct st_error *err)
{
    for (int i = 0; i < (int)cursor->base.batch.columns; i++) {
        if (PQgetisnull(result, 0, i)) {
            if (cursor->base.batch.vectors[i].type == ST_IR_TEXT)
                ((struct st_text_cell *)block->values[i])[block->rows] =
                    (struct st_text_cell){"", 0};
            continue;
        }
        st_code code = read_cell(cursor, block, result, i, err);
        if (code != ST_OK)
            return code;
    }
    block->rows++;
    return ST_OK;
}

/* Nothing of the answer is left on the connection. */
static void finish(struct pg_cursor *cursor)
{
    struct pg_store *store = (struct pg_store *)cursor->base.store;
    for (PGresult *result; !cursor->done && (result = PQgetResult(store->connection));)
        PQclear(result);
    cursor->done = true;
    if (store->streaming == cursor)
        store->streaming = NULL;
}

/* One answer of the server: a row, the end, or a failure. */
static st_code take(
    struct pg_cursor *cursor, struct block *block, PGresult *result, struct st_error *err)
{
    st_code code = ST_OK;
    bool row = PQresultStatus(result) == PGRES_SINGLE_TUPLE;
    if (row || PQresultStatus(result) == PGRES_TUPLES_OK)
        code = row ? read_row(cursor, block, result, err) : ST_OK;
    else
        code = st_pg_fail(err, (struct pg_store *)cursor->base.store, result, NULL);
    PQclear(result);
    if (code != ST_OK || !row)
        finish(cursor);
    return code;
}

/* Reads one block's worth of rows, or to the end. */
static st_code fill(struct pg_cursor *cursor, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)cursor->base.store;
    struct block *block = cursor->done ? NULL : new_block(cursor);
    st_code code = ST_OK;
    while (code == ST_OK && !cursor->done && block->rows < BLOCK_ROWS)
        code = take(cursor, block, PQgetResult(store->connection), err);
    return code;
}

st_code st_pg_cursor_drain(struct pg_cursor *cursor, struct st_error *err)
{
    st_code code = ST_OK;
    while (code == ST_OK && !cursor->done)
        code = fill(cursor, err);
    return code;
}

/* The first answer tells the columns: it is the first row, or the end. */
static st_code begin(struct pg_cursor *cursor, const char *sql, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)cursor->base.store;
    PQsetSingleRowMode(store->connection);
    PGresult *result = PQgetResult(store->connection);
    bool known =
        PQresultStatus(result) == PGRES_SINGLE_TUPLE || PQresultStatus(result) == PGRES_TUPLES_OK;
    st_code code = known ? describe(cursor, result, err) : st_pg_fail(err, store, result, sql);
    if (code == ST_OK) {
        store->streaming = cursor;
        code = take(cursor, new_block(cursor), result, err);
    } else {
        PQclear(result);
    }
    struct block *block = cursor->last;
    while (code == ST_OK && !cursor->done && block->rows < BLOCK_ROWS)
        code = take(cursor, block, PQgetResult(store->connection), err);
    return code;
}

st_code st_pg_cursor_open(struct st_store *base, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_cursor **out, struct st_error *err)
{
    st_code code = st_pg_send((struct pg_store *)base, sql, binds, bind_count, err);
    if (code != ST_OK)
        return code;
    struct pg_cursor *cursor = st_calloc(1, sizeof *cursor);
    cursor->base.store = base;
    code = begin(cursor, sql, err);
    if (code != ST_OK) {
        st_pg_cursor_close(&cursor->base);
        return code;
    }
    *out = &cursor->base;
    return ST_OK;
}

st_code st_pg_cursor_next(struct st_cursor *base, struct st_error *err)
{
    struct pg_cursor *cursor = (struct pg_cursor *)base;
    struct st_batch *batch = &base->batch;
    free_block(cursor->shown);
    cursor->shown = NULL;
    batch->rows = 0;
    st_code code = cursor->blocks ? ST_OK : fill(cursor, err);
    if (code != ST_OK || !cursor->blocks)
        return code;
    struct block *block = cursor->shown = cursor->blocks;
    cursor->blocks = block->next;
    if (!cursor->blocks)
        cursor->last = NULL;
    batch->rows = block->rows;
    for (size_t i = 0; i < batch->columns; i++) {
        batch->vectors[i].values = block->values[i];
        batch->vectors[i].valid = block->valid[i];
    }
    return ST_OK;
}

void st_pg_cursor_close(struct st_cursor *base)
{
    struct pg_cursor *cursor = (struct pg_cursor *)base;
    finish(cursor);
    free_block(cursor->shown);
    for (struct block *block = cursor->blocks, *next; block; block = next) {
        next = block->next;
        free_block(block);
    }
    free(cursor->stored);
    free(cursor);
}
