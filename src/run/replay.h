/* Replay: a past run computed again, from the data of its watermark and the policy stored with it,
 * and compared row by row with what was published then. Nothing is written: the rows are made in a
 * transaction that is rolled back.
 */
#ifndef ST_RUN_REPLAY_H
#define ST_RUN_REPLAY_H

#include "run/read.h"

enum st_replay_part {
    ST_REPLAY_METRICS,
    ST_REPLAY_TIERS,
    ST_REPLAY_SIGNALS,
    ST_REPLAY_BOUNDS,
    ST_REPLAY_PARTS
};

/* Rows of one kind on both sides. */
struct st_replay_rows {
    int64_t rows;        /* of the run as it was */
    int64_t different;   /* rows that differ, are gone, or are new */
    const char *example; /* customer, or bound, of the first of them by its bytes; NULL: none */
    const char *column;  /* the first that differs there; "" for a row that one side alone has */
};

struct st_replay {
    int64_t run_id;
    st_date as_of;
    int64_t watermark;
    const char *policy_hash, *policy_name;
    int64_t policy_version; /* 0: a file */
    struct st_replay_rows parts[ST_REPLAY_PARTS];
    bool identical;
};

/* Runs to replay: all that were published once, in their order; or one. ST_E_NOT_FOUND: no such
 * run, or it never finished. */
ST_MUST_CHECK st_code st_replay_runs(struct st_store *store, struct st_arena *arena,
    const int64_t *only, int64_t **runs, size_t *count, struct st_error *err);

/* ST_E_CORRUPT names what is missing: the policy, the run it built on. A difference is no error:
 * see `identical`. Cost: a full recompute on one thread, and a comparison. */
ST_MUST_CHECK st_code st_replay(struct st_store *store, struct st_arena *arena, int64_t run_id,
    struct st_replay *out, struct st_error *err);

#endif
