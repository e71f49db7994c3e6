/* Statements and their values. Values and answers travel in binary form, so nothing is rounded or
 * re-read on the way; every value says its type, so a NULL has one too. */
#include "base/arena.h"
#include "store/sql_files.h"
#include "store/store_pg.h"

#include <stdlib.h>
#include <string.h>

static const Oid type_ids[] = {
    [ST_IR_BOOL] = ST_PG_BOOL,
    [ST_IR_BIGINT] = ST_PG_INT8,
    [ST_IR_WIDE] = ST_PG_NUMERIC,
    [ST_IR_DATE] = ST_PG_DATE,
    [ST_IR_TEXT] = ST_PG_TEXT,
};

struct buffer {
    char bytes[ST_PG_NUMERIC_BYTES];
};

/* What libpq takes: parallel arrays. */
struct values {
    Oid *types;
    const char **data;
    int *lengths;
    int *formats; /* 1: binary */
    struct buffer *buffers;
};

static struct values new_values(struct st_arena *arena, size_t count)
{
    return (struct values){.types = st_arena_array(arena, Oid, count),
        .data = st_arena_array(arena, const char *, count),
        .lengths = st_arena_array(arena, int, count),
        .formats = st_arena_array(arena, int, count),
        .buffers = st_arena_array(arena, struct buffer, count)};
}

static void encode(const struct st_bind *bind, struct values *v, size_t i)
{
    size_t len = 0;
    v->types[i] = type_ids[bind->type];
    v->formats[i] = 1;
    v->data[i] = bind->is_null ? NULL : v->buffers[i].bytes;
    if (bind->is_null)
        return;
    switch (bind->type) {
    case ST_IR_BOOL:
        v->buffers[i].bytes[0] = bind->integer != 0;
        len = 1;
        break;
    case ST_IR_BIGINT:
        st_pg_put64(v->buffers[i].bytes, (uint64_t)bind->integer);
        len = 8;
        break;
    case ST_IR_WIDE: len = st_pg_numeric_write(bind->wide, v->buffers[i].bytes); break;
    case ST_IR_DATE:
        st_pg_put32(v->buffers[i].bytes, (uint32_t)((int32_t)bind->integer - ST_PG_EPOCH_DAYS));
        len = 4;
        break;
    case ST_IR_TEXT:
        v->data[i] = bind->text;
        len = strlen(bind->text);
        break;
    }
    v->lengths[i] = (int)len;
}

st_code st_pg_settle(struct pg_store *store, struct st_error *err)
{
    st_code code = store->copying ? st_pg_copy_end(store, err) : ST_OK;
    if (code == ST_OK && store->streaming)
        code = st_pg_cursor_drain(store->streaming, err);
    return code;
}

void st_pg_forget_interrupt(struct pg_store *store)
{
    pthread_mutex_lock(&store->cancel_lock);
    store->interrupted = false;
    pthread_mutex_unlock(&store->cancel_lock);
}

st_code st_pg_send(struct pg_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_error *err)
{
    if (bind_count > ST_STORE_PARAMS_MAX)
        return st_fail(err, ST_E_LIMIT, "a statement with %zu values; %d are possible",
            "语句有 %zu 个值；最多 %d 个", bind_count, (int)ST_STORE_PARAMS_MAX);
    st_code code = st_pg_settle(store, err);
    if (code != ST_OK)
        return code;
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str own = ST_STR_INIT;
    struct values v = new_values(&arena, bind_count);
    for (size_t i = 0; i < bind_count; i++)
        encode(&binds[i], &v, i);
    sql = st_pg_citus_text(store, sql, &own);
    st_pg_forget_interrupt(store);
    if (PQsendQueryParams(
            store->connection, sql, (int)bind_count, v.types, v.data, v.lengths, v.formats, 1) != 1)
        code = st_pg_fail(err, store, NULL, sql);
    st_str_release(&own);
    st_arena_release(&arena);
    return code;
}

static bool is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result); /* of NULL: a fatal error */
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

st_code st_pg_run(struct pg_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, PGresult **result, struct st_error *err)
{
    *result = NULL;
    st_code code = st_pg_send(store, sql, binds, bind_count, err);
    if (code != ST_OK)
        return code;
    PGresult *answer = PQgetResult(store->connection);
    if (is_failure(answer)) {
        code = st_pg_fail(err, store, answer, sql);
        PQclear(answer);
        answer = NULL;
    }
    for (PGresult *more; (more = PQgetResult(store->connection));)
        PQclear(more);
    *result = answer;
    return code;
}

st_code st_pg_do(struct pg_store *store, const char *sql, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store, sql, NULL, 0, &result, err);
    PQclear(result);
    return code;
}

/* A read-only transaction refuses to make even a temporary table, or to drop it, so that statement
 * has a transaction of its own. */
static bool makes_temporary(const struct pg_store *store, const char *sql)
{
    static const char *const starts[] = {"CREATE TEMP", "DROP TABLE ", "DROP VIEW "};
    bool makes = false;
    for (size_t i = 0; i < ST_COUNT(starts); i++)
        makes = makes || strncmp(sql, starts[i], strlen(starts[i])) == 0;
    return makes && store->read_only && !store->base.in_transaction;
}

static st_code run_writing(
    struct pg_store *store, const char *sql, PGresult **result, struct st_error *err)
{
    st_code code = st_pg_do(store, "BEGIN READ WRITE", err);
    if (code == ST_OK)
        code = st_pg_run(store, sql, NULL, 0, result, err);
    st_code ended = st_pg_do(store, code == ST_OK ? "COMMIT" : "ROLLBACK", err);
    if (code == ST_OK && ended != ST_OK)
        PQclear(*result);
    return code != ST_OK ? code : ended;
}

st_code st_pg_exec(struct st_store *base, const char *sql, const struct st_bind *binds,
    size_t bind_count, int64_t *changed, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    PGresult *result = NULL;
    st_code code = makes_temporary(store, sql)
                       ? run_writing(store, sql, &result, err)
                       : st_pg_run(store, sql, binds, bind_count, &result, err);
    if (code != ST_OK)
        return code;
    /* A SELECT's "rows" are not changes. */
    int64_t rows =
        PQresultStatus(result) == PGRES_COMMAND_OK ? strtoll(PQcmdTuples(result), NULL, 10) : 0;
    PQclear(result);
    if (changed)
        *changed = rows;
    return st_pg_inserted(store, sql, rows, err);
}

/* Citus takes no index with other statements at once. */
static st_code exec_one_by_one(struct pg_store *store, const char *sql, struct st_error *err)
{
    struct st_str statement = ST_STR_INIT;
    st_code code = ST_OK;
    while (code == ST_OK && st_sql_next_statement(&sql, &statement))
        code = st_pg_do(store, statement.text, err);
    st_str_release(&statement);
    return code;
}

/* All statements travel at once, and the answers come one by one. */
st_code st_pg_exec_script(struct st_store *base, const char *sql, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    if (base->dialect == ST_DIALECT_CITUS)
        return exec_one_by_one(store, sql, err);
    st_code code = st_pg_settle(store, err);
    if (code != ST_OK)
        return code;
    st_pg_forget_interrupt(store);
    if (PQsendQuery(store->connection, sql) != 1)
        return st_pg_fail(err, store, NULL, NULL);
    size_t index = 1;
    for (PGresult *result; (result = PQgetResult(store->connection)); index++) {
        if (is_failure(result) && PQresultStatus(result) != PGRES_EMPTY_QUERY && code == ST_OK) {
            code = st_pg_fail(err, store, result, NULL);
            if (code != ST_E_IO && code != ST_E_CANCELLED) /* else no statement is to blame */
                st_error_value(err, "statement %zu of a script", index);
        }
        PQclear(result);
    }
    if (code == ST_OK && PQstatus(store->connection) == CONNECTION_BAD)
        code = st_pg_fail(err, store, NULL, NULL);
    return code;
}
