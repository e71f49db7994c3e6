/* What the files of the DuckDB engine share. Nothing outside store_duckdb*.c includes this. */
#ifndef ST_STORE_STORE_DUCKDB_H
#define ST_STORE_STORE_DUCKDB_H

#include "store/ops.h"

#include <duckdb.h>

struct duckdb_store {
    struct st_store base;
    duckdb_database database;
    duckdb_connection connection;
    char *path;               /* as the engine has it: links resolved; NULL for memory */
    struct st_file_id *held;  /* this process's claim on the file; NULL for memory */
    int64_t memory_bytes_max; /* 0: the engine's default */
    int loads_open;           /* bulk loads */
    int64_t threads;          /* the engine's, outside of bulk loads */
};

/* Records an engine's message in our words; returns its code. `sql` (nullable): the statement. */
st_code st_duckdb_fail(struct st_error *err, const struct duckdb_store *store,
    const char *engine_text, const char *sql);
/* The same for a failed appender. */
st_code st_duckdb_appender_fail(
    struct st_error *err, const struct duckdb_store *store, duckdb_appender appender);

/* Prepares, binds and executes one statement; `result` is to be destroyed only after ST_OK. */
ST_MUST_CHECK st_code st_duckdb_run(struct duckdb_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, duckdb_result *result, struct st_error *err);

st_code st_duckdb_cursor_open(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_cursor **out, struct st_error *err);
st_code st_duckdb_cursor_next(struct st_cursor *cursor, struct st_error *err);
void st_duckdb_cursor_close(struct st_cursor *cursor);

st_code st_duckdb_appender_open(struct st_store *store, const char *table,
    const char *const *columns, const enum st_ir_type *types, size_t count,
    struct st_appender **out, struct st_error *err);
st_code st_duckdb_appender_add(
    struct st_appender *appender, const struct st_batch *batch, struct st_error *err);
st_code st_duckdb_appender_close(struct st_appender *appender, bool flush, struct st_error *err);

/* Both are two 64-bit halves; the vectors are read in place. */
_Static_assert(sizeof(duckdb_hugeint) == sizeof(st_wide), "hugeint is 128 bits");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hugeint has its low half first");

#endif
