#include "ingest/stage.h"

#include "base/str.h"
#include "ingest/internal.h"

#include <stdlib.h>
#include <string.h>

enum { POOL_BLOCK = 256 * 1024 };

struct block {
    struct block *next;
    size_t used, cap;
    char data[];
};

struct st_stage {
    struct st_appender *appender; /* NULL with a sink */
    st_stage_sink_fn *sink;
    void *sink_context;
    const struct st_stage_column *sink_columns;
    size_t columns;
    size_t rows;
    struct st_batch batch;
    void *values[ST_STAGE_COLUMNS_MAX];
    uint64_t valid[ST_STAGE_COLUMNS_MAX][ST_STAGE_ROWS / 64];
    struct block *blocks, *current; /* text of the batch; blocks are reused */
};

static const size_t value_size[] = {
    [ST_IR_BOOL] = sizeof(bool),
    [ST_IR_BIGINT] = sizeof(int64_t),
    [ST_IR_WIDE] = sizeof(st_wide),
    [ST_IR_DATE] = sizeof(st_date),
    [ST_IR_TEXT] = sizeof(struct st_text_cell),
};

static const char *const type_name[] = {
    [ST_IR_BOOL] = "BOOLEAN",
    [ST_IR_BIGINT] = "BIGINT",
    [ST_IR_WIDE] = "DECIMAL(38,0)",
    [ST_IR_DATE] = "DATE",
    [ST_IR_TEXT] = "TEXT",
};

st_code st_stage_create(struct st_store *store, const char *table,
    const struct st_stage_column *columns, size_t count, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_str_addf(&sql, "CREATE TEMP TABLE \"%s\" (", table);
    for (size_t i = 0; i < count; i++)
        st_str_addf(
            &sql, "%s\"%s\" %s", i ? ", " : "", columns[i].name, type_name[columns[i].type]);
    st_str_add(&sql, ")");
    st_code rc = st_store_exec(store, sql.text, NULL, 0, NULL, err);
    st_str_release(&sql);
    return rc;
}

static struct st_stage *new_stage(const struct st_stage_column *columns, size_t count)
{
    struct st_stage *s = st_calloc(1, sizeof *s);
    s->columns = s->batch.columns = count;
    for (size_t i = 0; i < count; i++) {
        s->values[i] = st_calloc(ST_STAGE_ROWS, value_size[columns[i].type]);
        s->batch.vectors[i] = (struct st_vector){columns[i].type, s->values[i], s->valid[i]};
    }
    return s;
}

st_code st_stage_open(struct st_store *store, const char *table,
    const struct st_stage_column *columns, size_t count, struct st_stage **out,
    struct st_error *err)
{
    const char *names[ST_STAGE_COLUMNS_MAX];
    enum st_ir_type types[ST_STAGE_COLUMNS_MAX];
    for (size_t i = 0; i < count; i++) {
        names[i] = columns[i].name;
        types[i] = columns[i].type;
    }
    *out = new_stage(columns, count);
    return st_appender_open(store, table, names, types, count, &(*out)->appender, err);
}

struct st_stage *st_stage_open_sink(
    const struct st_stage_column *columns, size_t count, st_stage_sink_fn *sink, void *context)
{
    struct st_stage *s = new_stage(columns, count);
    s->sink = sink;
    s->sink_context = context;
    s->sink_columns = columns;
    return s;
}

static void set_valid(struct st_stage *s, size_t column, bool valid)
{
    uint64_t *word = &s->valid[column][s->rows / 64], bit = UINT64_C(1) << (s->rows % 64);
    *word = valid ? *word | bit : *word & ~bit;
}

void st_stage_null(struct st_stage *s, size_t column)
{
    set_valid(s, column, false);
    if (s->batch.vectors[column].type == ST_IR_TEXT)
        ((struct st_text_cell *)s->values[column])[s->rows] = (struct st_text_cell){"", 0};
}

void st_stage_int(struct st_stage *s, size_t column, int64_t value)
{
    ((int64_t *)s->values[column])[s->rows] = value;
    set_valid(s, column, true);
}

void st_stage_date(struct st_stage *s, size_t column, st_date value)
{
    ((st_date *)s->values[column])[s->rows] = value;
    set_valid(s, column, true);
}

void st_stage_bool(struct st_stage *s, size_t column, bool value)
{
    ((bool *)s->values[column])[s->rows] = value;
    set_valid(s, column, true);
}

static char *pool_take(struct st_stage *s, size_t len)
{
    while (s->current && s->current->cap - s->current->used < len && s->current->next)
        s->current = s->current->next;
    if (!s->current || s->current->cap - s->current->used < len) {
        size_t cap = len > POOL_BLOCK ? len : POOL_BLOCK;
        struct block *b = st_malloc(sizeof *b + cap);
        *b = (struct block){.cap = cap};
        if (s->current)
            s->current->next = b;
        else
            s->blocks = b;
        s->current = b;
    }
    char *out = s->current->data + s->current->used;
    s->current->used += len;
    return out;
}

void st_stage_text(struct st_stage *s, size_t column, const char *data, size_t len)
{
    char *copy = pool_take(s, len);
    if (len > 0)
        memcpy(copy, data, len);
    ((struct st_text_cell *)s->values[column])[s->rows] = (struct st_text_cell){copy, len};
    set_valid(s, column, true);
}

static st_code flush(struct st_stage *s, struct st_error *err)
{
    if (s->rows == 0)
        return ST_OK;
    s->batch.rows = s->rows;
    TRY(s->sink ? s->sink(s->sink_context, s->sink_columns, &s->batch, err)
                : st_appender_add(s->appender, &s->batch, err));
    s->rows = 0;
    for (struct block *b = s->blocks; b; b = b->next)
        b->used = 0;
    s->current = s->blocks;
    return ST_OK;
}

st_code st_stage_next(struct st_stage *s, struct st_error *err)
{
    return ++s->rows == ST_STAGE_ROWS ? flush(s, err) : ST_OK;
}

st_code st_stage_close(struct st_stage *s, struct st_error *err)
{
    if (!s)
        return ST_OK;
    st_code rc = s->appender || s->sink ? flush(s, err) : ST_OK;
    st_code closed = s->appender ? st_appender_close(s->appender, err) : ST_OK;
    for (size_t i = 0; i < s->columns; i++)
        free(s->values[i]);
    for (struct block *b = s->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(s);
    return rc != ST_OK ? rc : closed;
}
