/* What an engine gives to the front in store.c, and the parts of a handle both know.
 *
 * An engine's own structs begin with these. The front keeps the rules that are the same for every
 * engine (one transaction, nothing after a failed statement, no interrupt during a commit), so an
 * engine's functions are called in their legal order only:
 * open → (exec | script | cursor | appender)… → close.
 */
#ifndef ST_STORE_OPS_H
#define ST_STORE_OPS_H

#include "store/store.h"

#include <pthread.h>

struct st_store_ops {
    const char *name;

    /* `shown` is the location that messages name: a store being created is still elsewhere. */
    st_code (*open)(const char *location, const char *shown, const struct st_store_options *options,
        struct st_store **out, struct st_error *err);
    void (*close)(struct st_store *store);
    /* After BEGIN, in its transaction; NULL: nothing is to be said. */
    st_code (*began)(struct st_store *store, struct st_error *err);
    st_code (*exec)(struct st_store *store, const char *sql, const struct st_bind *binds,
        size_t bind_count, int64_t *changed, struct st_error *err);
    st_code (*exec_script)(struct st_store *store, const char *sql, struct st_error *err);

    st_code (*cursor_open)(struct st_store *store, const char *sql, const struct st_bind *binds,
        size_t bind_count, struct st_cursor **out, struct st_error *err);
    st_code (*cursor_next)(struct st_cursor *cursor, struct st_error *err); /* fills its batch */
    void (*cursor_close)(struct st_cursor *cursor);

    st_code (*appender_open)(struct st_store *store, const char *table, const char *const *columns,
        const enum st_ir_type *types, size_t count, struct st_appender **out, struct st_error *err);
    st_code (*appender_add)(
        struct st_appender *appender, const struct st_batch *batch, struct st_error *err);
    /* Frees in any case; `flush` false throws away what was added since the last flush. */
    st_code (*appender_close)(struct st_appender *appender, bool flush, struct st_error *err);

    /* NULL: the engine has one way to group. */
    st_code (*expect_keys)(
        struct st_store *store, int64_t largest_key, int64_t group_bytes, struct st_error *err);

    /* NULL: the engine finds rows without. */
    st_code (*index)(
        struct st_store *store, const char *table, const char *column, struct st_error *err);

    /* NULL: who has the file has all of it. */
    st_code (*share)(struct st_store *store, const char *table, struct st_error *err);

    /* Before an upgrade (NULL: nothing to do): the session acts as who owns the store. */
    st_code (*become_owner)(struct st_store *store, struct st_error *err);

    /* NULL: all tables are in one place. */
    st_code (*place)(struct st_store *store, const char *table, struct st_error *err);

    /* Around the migration of a store that stands in a server (NULL: in a file), in one
     * transaction: what the tables stand in is found, or made with `create`; new tables are placed,
     * before there are rows in them; and what only this engine needs. */
    st_code (*schema_begin)(struct st_store *store, bool create, struct st_error *err);
    st_code (*schema_place)(struct st_store *store, struct st_error *err);
    st_code (*schema_end)(struct st_store *store, struct st_error *err);

    /* The session is as it was when this was first called: settings, no temporary tables, nothing
     * half done. Fails where it cannot be, or its server is gone. */
    st_code (*renew)(struct st_store *store, struct st_error *err);
    /* Something came in that nobody asked for, as when a server says goodbye. NULL: never. */
    bool (*stirred)(const struct st_store *store);

    void (*interrupt)(struct st_store *store); /* from any thread */
};

struct st_store {
    const struct st_store_ops *ops;
    /* As messages name it, without any password, ready for a shell; the engine's open sets it, its
     * close frees it. */
    char *location;

    enum st_dialect dialect; /* what its statements are printed in */
    bool in_transaction;     /* between begin and commit or rollback */
    bool failed;             /* a statement of the open transaction failed: only rollback is left */
    bool controlling;        /* BEGIN, COMMIT or ROLLBACK runs: not to be interrupted */
    pthread_mutex_t control_lock; /* of `controlling` */
    pthread_mutex_t append_lock;  /* bulk loads of several threads take turns */
};

struct st_cursor {
    struct st_store *store;
    struct st_batch batch;
};

struct st_appender {
    struct st_store *store;
    size_t columns;
    bool failed;
};

extern const struct st_store_ops st_store_duckdb_ops;
extern const struct st_store_ops st_store_pg_ops;

#endif
