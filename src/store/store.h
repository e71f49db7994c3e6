/* The store: one interface, two implementations: DuckDB in a file, PostgreSQL in a server.
 *
 * open → begin → exec / query / append … → commit or rollback → close. One handle per process
 * and store file; in a server one that writes, and any number that read. SQL comes from ir/emit
 * (never from users' text) or from sql/; values are bound. Errors are in our words: a store in use
 * (ST_E_BUSY, naming the process), written by a newer version (ST_E_VERSION), damaged
 * (ST_E_CORRUPT), disk full (ST_E_IO), anything else ST_E_STORE.
 */
#ifndef ST_STORE_STORE_H
#define ST_STORE_STORE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/decimal.h"
#include "ir/type.h"

#include <stdint.h>

struct st_store;
struct st_cursor;
struct st_appender;

enum {
    ST_STORE_PARAMS_MAX = 65535, /* what PostgreSQL takes */
    ST_BATCH_COLUMNS_MAX = 512,
    ST_ROLE_BYTES_MAX = 63,                         /* PostgreSQL cuts off the rest */
    ST_ROLE_QUOTED_MAX = 2 * ST_ROLE_BYTES_MAX + 3, /* each byte a quote, two around it, the end */
};

/* Fills a store that is being made, in its open transaction: when it fails, no store is there. */
typedef st_code st_store_fill_fn(void *context, struct st_store *store, struct st_error *err);

/* Roles of a store that is made in a server; NULL: none such. */
struct st_store_roles {
    const char *owner;                         /* changes the schema */
    const char *runner;                        /* imports, runs, publishes, decides */
    const char *reader;                        /* reads */
    bool owner_made, runner_made, reader_made; /* told: it was not there before */
    bool lack_temporary;                       /* told: they may make no temporary tables */
    bool owner_is_user;                        /* told: no owner, but who made the store */
    char given[ST_ROLE_QUOTED_MAX]; /* told: the runner, else the reader, as SQL writes it */
};

struct st_store_options {
    int threads;               /* 0: all processors */
    int64_t memory_bytes_max;  /* 0: the engine's default */
    bool create;               /* make the store when it does not exist */
    bool must_not_exist;       /* with create: refuse an existing one */
    bool read_only;            /* the file is not written, come what may; temporary tables work */
    bool reads;                /* only reads: a server lets it in beside who writes */
    bool skip_migration_check; /* migrate.c itself */
    st_store_fill_fn *fill;    /* with create: a new store's first rows, before anyone sees it */
    void *fill_context;
    struct st_store_roles *roles; /* with create, in a server: made and given their rights */
    const char *task; /* what a server's other sessions are told of this one; NULL: nothing */
};

/* A bound value. */
struct st_bind {
    enum st_ir_type type;
    bool is_null;
    int64_t integer;  /* BOOL, BIGINT, DATE (days since 1970) */
    st_wide wide;     /* WIDE */
    const char *text; /* TEXT, NUL-terminated */
};

static inline struct st_bind st_bind_int(int64_t value)
{
    return (struct st_bind){.type = ST_IR_BIGINT, .integer = value};
}
static inline struct st_bind st_bind_wide(st_wide value)
{
    return (struct st_bind){.type = ST_IR_WIDE, .wide = value};
}
static inline struct st_bind st_bind_bool(bool value)
{
    return (struct st_bind){.type = ST_IR_BOOL, .integer = value};
}
static inline struct st_bind st_bind_null(enum st_ir_type type)
{
    return (struct st_bind){.type = type, .is_null = true};
}
static inline struct st_bind st_bind_date(st_date value)
{
    return (struct st_bind){.type = ST_IR_DATE, .integer = value};
}
static inline struct st_bind st_bind_text(const char *value)
{
    return (struct st_bind){.type = ST_IR_TEXT, .text = value, .is_null = value == NULL};
}

struct st_text_cell {
    const char *data; /* not NUL-terminated */
    size_t len;
};

/* A column of a batch. `values` by type: BOOL bool, BIGINT int64_t, WIDE st_wide, DATE st_date,
 * TEXT struct st_text_cell. `valid` has bit (row % 64) of word (row / 64) set when the row is not
 * NULL; a NULL pointer means no row is. */
struct st_vector {
    enum st_ir_type type;
    const void *values;
    const uint64_t *valid;
};

struct st_batch {
    size_t rows;
    size_t columns;
    struct st_vector vectors[ST_BATCH_COLUMNS_MAX];
};

static inline bool st_batch_is_null(const struct st_batch *b, size_t column, size_t row)
{
    const uint64_t *valid = b->vectors[column].valid;
    return valid && !(valid[row / 64] >> (row % 64) & 1);
}
static inline int64_t st_batch_int(const struct st_batch *b, size_t column, size_t row)
{
    return ((const int64_t *)b->vectors[column].values)[row];
}
static inline st_date st_batch_date(const struct st_batch *b, size_t column, size_t row)
{
    return ((const st_date *)b->vectors[column].values)[row];
}
static inline bool st_batch_bool(const struct st_batch *b, size_t column, size_t row)
{
    return ((const bool *)b->vectors[column].values)[row];
}
static inline st_wide st_batch_wide(const struct st_batch *b, size_t column, size_t row)
{
    return ((const st_wide *)b->vectors[column].values)[row];
}
static inline struct st_text_cell st_batch_text(const struct st_batch *b, size_t column, size_t row)
{
    return ((const struct st_text_cell *)b->vectors[column].values)[row];
}

/* Opens `location`: a DuckDB file path, ":memory:", or postgresql://… Checks the schema version;
 * a new store is migrated to the current one. The handle is freed by st_store_close. */
ST_MUST_CHECK st_code st_store_open(const char *location, const struct st_store_options *options,
    struct st_store **out, struct st_error *err);
void st_store_close(struct st_store *store); /* NULL is fine; rolls back what is open */

/* Whether a transaction failed only because another session's came between (SQLSTATE 40001, 40P01):
 * nothing of it was kept, and begun anew it may succeed. */
bool st_store_may_retry(const struct st_error *err);
enum { ST_STORE_TRIES = 3 };

/* As messages name it: without any password, ready for a shell. */
const char *st_store_location(const struct st_store *store);
/* A location that need not be open, without any password. free() it. */
char *st_store_location_shown(const char *location);
enum st_dialect st_store_dialect(const struct st_store *store);
bool st_store_in_transaction(const struct st_store *store);

ST_MUST_CHECK st_code st_store_begin(struct st_store *store, struct st_error *err);
ST_MUST_CHECK st_code st_store_commit(struct st_store *store, struct st_error *err);
/* Never fails: what cannot be rolled back was never committed. No transaction open: nothing. */
void st_store_rollback(struct st_store *store);

/* One statement. `changed` (nullable) gets the number of rows inserted, updated or deleted. */
ST_MUST_CHECK st_code st_store_exec(struct st_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, int64_t *changed, struct st_error *err);

/* Several statements without parameters, separated by semicolons (migrations, sql/ files). */
ST_MUST_CHECK st_code st_store_exec_script(
    struct st_store *store, const char *sql, struct st_error *err);

/* Streams a query: open → next until batch->rows is 0 → close. The batch's memory is the
 * engine's and is valid until the next call on the cursor. Other statements may run meanwhile: the
 * cursor goes on reading what it saw. Result columns of types INTEGER, SMALLINT, HUGEINT and
 * DECIMAL(s,0) arrive as BIGINT or WIDE. */
ST_MUST_CHECK st_code st_cursor_open(struct st_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, struct st_cursor **out, struct st_error *err);
ST_MUST_CHECK st_code st_cursor_next(
    struct st_cursor *cursor, const struct st_batch **batch, struct st_error *err);
void st_cursor_close(struct st_cursor *cursor); /* NULL is fine */

/* The first row's columns as BIGINT/DATE/BOOL integers; ST_E_NOT_FOUND when there is no row;
 * `is_null[i]` (nullable array) tells NULLs, whose value is 0. */
ST_MUST_CHECK st_code st_store_query_ints(struct st_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, int64_t *values, bool *is_null, size_t count,
    struct st_error *err);

/* The first row's first column, a text, copied into `arena`; NULL when it is NULL;
 * ST_E_NOT_FOUND when there is no row. */
ST_MUST_CHECK st_code st_store_query_text(struct st_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, struct st_arena *arena, const char **value,
    struct st_error *err);

/* Bulk load into `table`'s named columns, in the open transaction: open → add … → close. While
 * loads are open, `add` is the one call that two threads may make at once, each with its own. */
ST_MUST_CHECK st_code st_appender_open(struct st_store *store, const char *table,
    const char *const *columns, const enum st_ir_type *types, size_t count,
    struct st_appender **out, struct st_error *err);
ST_MUST_CHECK st_code st_appender_add(
    struct st_appender *appender, const struct st_batch *batch, struct st_error *err);
/* Flushes and frees, also after an error. */
ST_MUST_CHECK st_code st_appender_close(struct st_appender *appender, struct st_error *err);

/* Says of the statements that follow that they group most rows by a key of 0 … `largest_key`, with
 * `group_bytes` of sums and counts each: an engine may then keep groups in an array instead of a
 * hash table, where its memory allows. 0: no longer. Results are the same with or without. */
ST_MUST_CHECK st_code st_store_expect_keys(
    struct st_store *store, int64_t largest_key, int64_t group_bytes, struct st_error *err);

/* Says of a table just made that its rows are looked for by `column`: where an engine would read
 * all of them, it makes an index. */
ST_MUST_CHECK st_code st_store_index(
    struct st_store *store, const char *table, const char *column, struct st_error *err);

/* Says of a table or view just made that it is for everyone who may use the store. */
ST_MUST_CHECK st_code st_store_share(
    struct st_store *store, const char *table, struct st_error *err);

/* Says of a table just made, and still empty, that it is the store's own: where a store is spread
 * over several servers, its rows are laid out as ir/placement.h says. */
ST_MUST_CHECK st_code st_store_place(
    struct st_store *store, const char *table, struct st_error *err);

/* Makes a session as new for whoever uses it next, in one round trip: what is open of a transaction
 * is rolled back, temporary tables are dropped, settings are those of the first call, which is made
 * before anything else. Cursors and loads are closed before. A session of which this fails is good
 * for nothing but closing: its server is gone, or something is still going on in it. */
ST_MUST_CHECK st_code st_store_renew(struct st_store *store, struct st_error *err);
/* Whether the server of a session that runs nothing has said something meanwhile, which it does
 * when it ends the session. Asks nobody. */
bool st_store_stirred(const struct st_store *store);

/* Stops the statement that another thread is running on this store; it returns ST_E_CANCELLED. */
void st_store_interrupt(struct st_store *store);

#endif
