/* A whole store, history included, into one that is being made, on either engine. */
#ifndef ST_RUN_COPY_H
#define ST_RUN_COPY_H

#include "base/hash.h"
#include "store/store.h"

struct st_copied_table {
    const char *name;
    int64_t rows;
    char hash[ST_HASH_HEX_SIZE]; /* of the rows, in no order, the same on every engine */
    bool frozen; /* a view of an earlier build, whose rows became a table: nothing is added to it */
};

struct st_copy_report {
    struct st_copied_table *tables; /* by name; tables of metrics after the rest */
    size_t table_count;
    int64_t rows;
};

/* Into `to`, which holds the schema and nothing else, in its open transaction; `from` is in one
 * too, so that all that is read is of one moment. Every table is read back and its rows and hash
 * are compared with what was read: ST_E_CORRUPT when they differ. Reads every row twice. */
ST_MUST_CHECK st_code st_copy_store(struct st_store *from, struct st_store *to,
    struct st_arena *arena, struct st_copy_report *out, struct st_error *err);

#endif
