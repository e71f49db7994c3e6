/* Runs the files of sql/ingest/: statements in order, values bound. */
#ifndef ST_INGEST_SCRIPT_H
#define ST_INGEST_SCRIPT_H

#include "store/store.h"

/* Told of every statement: whether it writes to stage_reject, and how many rows it changed. */
typedef st_code st_script_fn(void *context, bool rejects, int64_t changed, struct st_error *err);

/* Statements end with a semicolon at a line's end; comments are whole lines. A statement that uses
 * $1..$n is given the first n of `binds`. `after` is called after each, and may be NULL. */
ST_MUST_CHECK st_code st_script_run(struct st_store *store, const char *path,
    const struct st_bind *binds, size_t bind_count, st_script_fn *after, void *context,
    struct st_error *err);

#endif
