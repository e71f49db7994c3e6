/* The life of a policy: draft → submitted → approved by another → in force from a date → retired.
 *
 * A version belongs to the name of its policy and is numbered 1, 2, 3 … within it. On any day at
 * most one version of a name is in force. Each call is one transaction, written to the log of
 * decisions.
 */
#ifndef ST_RUN_VERSION_H
#define ST_RUN_VERSION_H

#include "run/person.h"
#include "run/run.h"

enum st_version_state {
    ST_VERSION_DRAFT,
    ST_VERSION_SUBMITTED,
    ST_VERSION_APPROVED,
    ST_VERSION_REJECTED,
    ST_VERSION_STATE_COUNT
};

/* What a version is on a day: an approved one is scheduled, in force or retired. */
enum st_version_stage {
    ST_STAGE_DRAFT,
    ST_STAGE_SUBMITTED,
    ST_STAGE_SCHEDULED,
    ST_STAGE_IN_FORCE,
    ST_STAGE_RETIRED,
    ST_STAGE_REJECTED,
    ST_STAGE_COUNT
};

struct st_version {
    const char *name;
    int64_t version;
    const char *hash, *body;
    enum st_version_state state;
    const char *drafted_by, *drafted_at;
    const char *submitted_by, *submitted_at; /* NULL: not yet */
    const char *decided_by, *decided_at;
    const char *note;
    bool has_from, has_until;
    st_date from, until;               /* in force on from ≤ day < until */
    const char *retire_by, *retire_at; /* a retirement asked for; NULL: none */
    st_date retire_from;
};

/* Who acts, when, and with what remark. */
struct st_act {
    const char *by;      /* st_person_read */
    const char *now;     /* UTC */
    const char *note;    /* nullable */
    const st_date *from; /* APPROVE: in force from; RETIRE: first day without it */
};

enum st_version_verb { ST_VERB_SUBMIT, ST_VERB_APPROVE, ST_VERB_REJECT, ST_VERB_RETIRE };

/* Which version: its number or the start of its hash, of a policy that needs no name while the
 * store has versions of one policy alone. */
struct st_version_key {
    const char *policy; /* nullable */
    const char *version;
};

enum { ST_VERSION_PREFIX_LEAST = 6 };

/* All versions of a policy, or of all when `name` is NULL, by name and number. */
ST_MUST_CHECK st_code st_versions_read(struct st_store *store, struct st_arena *arena,
    const char *name, struct st_version **out, size_t *count, struct st_error *err);

/* ST_E_NOT_FOUND; ST_E_USAGE: several policies, or several versions with that hash. */
ST_MUST_CHECK st_code st_version_find(struct st_store *store, struct st_arena *arena,
    const struct st_version_key *key, struct st_version *out, struct st_error *err);

/* Compiles `policy` for the store and keeps it as the next version of its name. ST_E_CONFLICT: a
 * version that is not over says the same. */
ST_MUST_CHECK st_code st_version_draft(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, const struct st_act *act, struct st_version *out,
    struct st_error *err);

/* SUBMIT a draft; APPROVE or REJECT what another submitted; RETIRE asks for the end of an approved
 * version, which is then approved or rejected like a submission. An approval ends the version that
 * was in force on its first day. `out` is the version afterwards; `others` (nullable) gets how many
 * published runs of its days followed something else: they stay as they are. ST_E_CONFLICT: not in
 * that state, or the same person; ST_E_USAGE: a date that is missing or not wanted. */
ST_MUST_CHECK st_code st_version_act(struct st_store *store, struct st_arena *arena,
    enum st_version_verb verb, const struct st_version_key *key, const struct st_act *act,
    struct st_version *out, int64_t *others, struct st_error *err);

enum st_version_stage st_version_stage(const struct st_version *version, st_date day);

/* Days that one version covers. */
struct st_stretch {
    struct st_policy *policy;
    int64_t version; /* 0: a file that is no version */
    st_date from, to;
};

/* Which policies a command runs, one stretch after another: `file` (nullable), or the versions of
 * `name`, or of every policy of the store when both are NULL. A file runs as it is while no version
 * of its name was approved; afterwards it must be the one in force. ST_E_CONFLICT: it is not;
 * ST_E_NOT_FOUND: nothing is in force on some day. */
ST_MUST_CHECK st_code st_version_stretches(struct st_store *store, struct st_arena *arena,
    struct st_policy *file, const char *name, const struct st_run_options *options,
    struct st_stretch **out, size_t *count, struct st_error *err);

#endif
