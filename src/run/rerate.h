/* Rerating: closed periods of schemes with moves computed again, from one period up to the last, as
 * a new chain. One person asks for it with a reason, another approves, and the approval runs it.
 * The old chain stays where it was and can be replayed.
 */
#ifndef ST_RUN_RERATE_H
#define ST_RUN_RERATE_H

#include "run/person.h"
#include "run/run.h"

enum st_rerate_state { ST_RERATE_REQUESTED, ST_RERATE_DONE, ST_RERATE_REJECTED, ST_RERATE_STATES };

extern const char *const st_rerate_states[ST_RERATE_STATES];

struct st_rerate {
    int64_t id;
    const char *policy, *policy_hash; /* its name, and of the body kept with the request */
    int64_t policy_version;           /* 0: the file is no version */
    const char *body;
    st_date from, to; /* days of the first and the last period */
    const char *reason;
    enum st_rerate_state state;
    const char *asked_by, *asked_at;
    const char *decided_by, *decided_at; /* NULL: not yet */
    int64_t first_run, last_run;         /* 0: not run */
};

struct st_rerate_ask {
    st_date from;
    const st_date *to; /* nullable: the last period that was run */
    const char *reason, *by, *now;
};

/* Compiles the policy for the store and keeps it with the request. ST_E_USAGE: no reason, days the
 * wrong way round; ST_E_NOT_FOUND: none of its schemes was run; ST_E_CONFLICT: the store has
 * approved versions of the policy and this is none of them. */
ST_MUST_CHECK st_code st_rerate_ask(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, const struct st_rerate_ask *ask, struct st_rerate *out,
    struct st_error *err);

/* Another person approves, which runs it (`report` gets what st_run says), or rejects. `options`
 * has the clock and progress. ST_E_CONFLICT: decided already, or the same person; errors of st_run,
 * after which the request still stands. */
ST_MUST_CHECK st_code st_rerate_decide(struct st_store *store, struct st_arena *arena, int64_t id,
    bool approve, const char *by, const struct st_run_options *options, struct st_rerate *out,
    struct st_run_report *report, struct st_error *err);

ST_MUST_CHECK st_code st_rerates_read(struct st_store *store, struct st_arena *arena, int64_t id,
    struct st_rerate **out, size_t *count, struct st_error *err);

#endif
