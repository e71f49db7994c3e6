/* What the files of the PostgreSQL engine share. Nothing outside store_pg*.c includes this. */
#ifndef ST_STORE_STORE_PG_H
#define ST_STORE_STORE_PG_H

#include "base/str.h"
#include "base/vec.h"
#include "store/ops.h"
#include "store/store_pg_location.h"

#include <libpq-fe.h>
#include <stdatomic.h>

struct pg_cursor;
struct pg_loader;

/* Rows that came into a table since its statistics were gathered. */
struct pg_growth {
    char *table;
    int64_t added;
};

struct pg_store {
    struct st_store base;
    PGconn *connection;
    struct st_pg_location location;
    bool read_only;
    bool citus;                   /* the extension is there */
    char *began;                  /* said at a transaction's begin; NULL: nothing */
    char *renewal;                /* makes the session as new; NULL: not asked for yet */
    struct st_store_roles *roles; /* of a store to be made; NULL: none */
    pthread_mutex_t cancel_lock;  /* held while a cancel is on its way */
    PGcancel *cancel;
    atomic_bool interrupted;     /* since the statement was sent */
    struct pg_cursor *streaming; /* whose rows are still on their way; NULL: none */
    struct pg_loader *copying;   /* whose COPY is open; NULL: none */
    struct ST_VEC(struct pg_growth) growth;
};

/* ---- store_pg_error.c: the server's answers in our words ------------------------------------- */

/* Of a failed result (NULL: of the connection). `sql` (nullable): the statement. */
st_code st_pg_fail(
    struct st_error *err, const struct pg_store *store, const PGresult *result, const char *sql);
/* The connection could not be made; `later`: because the server is starting up or shutting down. */
st_code st_pg_fail_connect(struct st_error *err, const struct pg_store *store, bool later);

/* ---- store_pg_connect.c ---------------------------------------------------------------------- */

/* Connects, waiting a while for a server that is not there yet: as long as libpq's connect_timeout
 * says, else ten seconds for one that says it is starting up or shutting down, two where nobody
 * answers. `task` (nullable) tells other sessions what this one does. ST_E_IO. */
ST_MUST_CHECK st_code st_pg_connect(struct pg_store *store, const char *task, struct st_error *err);

/* ---- store_pg_statement.c -------------------------------------------------------------------- */

/* Before a statement is sent: a cancel that is on its way is for the one before. */
void st_pg_forget_interrupt(struct pg_store *store);
/* Sends one statement with its values in binary form and asks for a binary answer. */
ST_MUST_CHECK st_code st_pg_send(struct pg_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, struct st_error *err);
/* The same, and the whole answer; `result` is to be cleared only after ST_OK. */
ST_MUST_CHECK st_code st_pg_run(struct pg_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, PGresult **result, struct st_error *err);
/* A statement without values whose answer is of no interest. */
ST_MUST_CHECK st_code st_pg_do(struct pg_store *store, const char *sql, struct st_error *err);
st_code st_pg_exec(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, int64_t *changed, struct st_error *err);
st_code st_pg_exec_script(struct st_store *store, const char *sql, struct st_error *err);

/* Ends an open COPY and takes in the rows of a cursor that is being read: the connection is free
 * for another statement. */
ST_MUST_CHECK st_code st_pg_settle(struct pg_store *store, struct st_error *err);

/* ---- store_pg_value.c: numeric in binary form ------------------------------------------------ */

enum { ST_PG_NUMERIC_BYTES = 32, ST_PG_EPOCH_DAYS = 10957 /* 2000-01-01 */ };

void st_pg_put16(char *at, uint16_t value);
void st_pg_put32(char *at, uint32_t value);
void st_pg_put64(char *at, uint64_t value);
uint16_t st_pg_get16(const char *at);
uint32_t st_pg_get32(const char *at);
uint64_t st_pg_get64(const char *at);
/* Writes an integer; returns how many of the ST_PG_NUMERIC_BYTES it took. */
size_t st_pg_numeric_write(st_wide value, char *out);
/* ST_E_DATA: not a whole number; ST_E_LIMIT: it does not fit. No message is formed. */
ST_MUST_CHECK st_code st_pg_numeric_read(const char *data, size_t len, st_wide *value);

/* ---- store_pg_cursor.c ----------------------------------------------------------------------- */

st_code st_pg_cursor_open(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_cursor **out, struct st_error *err);
st_code st_pg_cursor_next(struct st_cursor *cursor, struct st_error *err);
void st_pg_cursor_close(struct st_cursor *cursor);
/* Takes in what is still on its way. */
ST_MUST_CHECK st_code st_pg_cursor_drain(struct pg_cursor *cursor, struct st_error *err);

/* ---- store_pg_appender.c --------------------------------------------------------------------- */

st_code st_pg_appender_open(struct st_store *store, const char *table, const char *const *columns,
    const enum st_ir_type *types, size_t count, struct st_appender **out, struct st_error *err);
st_code st_pg_appender_add(
    struct st_appender *appender, const struct st_batch *batch, struct st_error *err);
st_code st_pg_appender_close(struct st_appender *appender, bool flush, struct st_error *err);
/* Ends the COPY that is open; what was sent is in the table. */
ST_MUST_CHECK st_code st_pg_copy_end(struct pg_store *store, struct st_error *err);

enum { ST_PG_MAINTAIN_SINCE = 170000 }; /* the right to analyse tables of others */

/* ---- store_pg_stats.c: the planner's statistics ---------------------------------------------- */

/* `rows` more came into a table: it is analysed once it has grown by a fifth. */
ST_MUST_CHECK st_code st_pg_grew(
    struct pg_store *store, const char *table, int64_t rows, struct st_error *err);
/* The same after a statement, when that is an INSERT. */
ST_MUST_CHECK st_code st_pg_inserted(
    struct pg_store *store, const char *sql, int64_t rows, struct st_error *err);
void st_pg_growth_release(struct pg_store *store);

/* ---- store_pg_schema.c: the writer's lock and the schema ------------------------------------- */

ST_MUST_CHECK st_code st_pg_lock(struct pg_store *store, struct st_error *err);
st_code st_pg_schema_begin(struct st_store *store, bool create, struct st_error *err);
st_code st_pg_schema_end(struct st_store *store, struct st_error *err);
st_code st_pg_index(
    struct st_store *store, const char *table, const char *column, struct st_error *err);

/* ---- store_pg_citus.c: a store spread over several servers ----------------------------------- */

/* Looks for the extension, finishes what an outage left half committed, and sees whether the store
 * is spread. */
ST_MUST_CHECK st_code st_pg_citus_open(struct pg_store *store, struct st_error *err);
/* The store is one, or is to be made as one. */
ST_MUST_CHECK st_code st_pg_citus_spread(struct pg_store *store, struct st_error *err);
st_code st_pg_began(struct st_store *store, struct st_error *err);
/* A statement as the store's servers get it: in `own` where it is another one than `sql`. */
const char *st_pg_citus_text(const struct pg_store *store, const char *sql, struct st_str *own);
st_code st_pg_place(struct st_store *store, const char *table, struct st_error *err);
/* A table of a store that is spread, with a copy on every server: once a transaction has read the
 * copy at hand, Citus refuses to analyse the others. */
bool st_pg_citus_is_small(const struct pg_store *store, const char *table);
st_code st_pg_schema_place(struct st_store *store, struct st_error *err);
/* Roles that the open transaction makes are made on every server, whatever its settings say. */
ST_MUST_CHECK st_code st_pg_citus_spread_roles(struct pg_store *store, struct st_error *err);
/* ST_E_CONFLICT: a role that is there is missing on a worker, named with what to do about it. */
ST_MUST_CHECK st_code st_pg_citus_check_role(
    struct pg_store *store, const char *name, struct st_error *err);

/* ---- store_pg_roles.c: who may do what --------------------------------------------------------
 */

/* The schema (`there`: it is) and the roles of a new store; what is made next is the owner's. */
ST_MUST_CHECK st_code st_pg_roles_begin(struct pg_store *store, bool there, struct st_error *err);
/* Rights of what was made. */
ST_MUST_CHECK st_code st_pg_roles_end(struct pg_store *store, struct st_error *err);
/* ST_E_IO for a store that this user may only read. */
ST_MUST_CHECK st_code st_pg_may_write(struct pg_store *store, struct st_error *err);
st_code st_pg_share(struct st_store *store, const char *table, struct st_error *err);
st_code st_pg_become_owner(struct st_store *store, struct st_error *err);

/* Types of columns and values (pg_type.h is the server's own header). */
enum st_pg_type {
    ST_PG_BOOL = 16,
    ST_PG_NAME = 19,
    ST_PG_INT8 = 20,
    ST_PG_INT2 = 21,
    ST_PG_INT4 = 23,
    ST_PG_TEXT = 25,
    ST_PG_BPCHAR = 1042,
    ST_PG_VARCHAR = 1043,
    ST_PG_DATE = 1082,
    ST_PG_NUMERIC = 1700,
};

#endif
