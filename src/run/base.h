/* Runs that build on an earlier one: which, and the check that they give what a full run gives. */
#ifndef ST_RUN_BASE_H
#define ST_RUN_BASE_H

#include "run/internal.h"
#include "run/replay.h"

/* The newest run that a run as of `as_of`, at `watermark`, can build on: published, or staged by
 * this command, whose first run is `first_staged`. None when nothing of it can be carried. */
ST_MUST_CHECK st_code st_run_find_base(struct st_store *store, const struct st_compiled *plan,
    st_date as_of, int64_t watermark, int64_t first_staged, struct st_run_base *out,
    struct st_error *err);

/* "txn balance": the families of rows that are carried; "" for none. */
const char *st_run_families(struct st_arena *arena, unsigned families);

/* Computes the staged run once more in full, in a transaction of its own that is rolled back, and
 * compares every metric, bound and tier. ST_E_INTERNAL names the first customer that differs. */
ST_MUST_CHECK st_code st_run_verify(const struct runner *r, struct st_error *err);

#endif
