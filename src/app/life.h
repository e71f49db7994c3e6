/* Policy life and overrides: what people decide, and the second pair of eyes on it. */
#ifndef ST_APP_LIFE_H
#define ST_APP_LIFE_H

#include "app/app.h"
#include "policy/diff.h"
#include "run/override.h"
#include "run/rerate.h"
#include "run/version.h"

/* Who acts; texts as they were given. */
struct st_app_act {
    const char *by, *note;
    const st_date *from; /* nullable */
};

/* Checks the file as `strata check` does, and compiles it for the store. */
ST_MUST_CHECK st_code st_app_policy_draft(const struct st_app_store *store, struct st_arena *arena,
    const char *path, const struct st_app_act *act, struct st_version *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_policy_act(const struct st_app_store *store, struct st_arena *arena,
    enum st_version_verb verb, const struct st_version_key *key, const struct st_app_act *act,
    struct st_version *out, int64_t *others, struct st_error *err);

ST_MUST_CHECK st_code st_app_policy_list(const struct st_app_store *store, struct st_arena *arena,
    const char *policy, struct st_version **out, size_t *count, struct st_error *err);

ST_MUST_CHECK st_code st_app_policy_find(const struct st_app_store *store, struct st_arena *arena,
    const struct st_version_key *key, struct st_version *out, struct st_error *err);

/* One side of a comparison: a file, or a version of the store; both NULL: the version in force on
 * `day` of the other side's policy. */
struct st_app_side {
    const char *path;
    const char *version;
};

struct st_app_diff {
    struct st_policy_diff diff;
    const char *name[2]; /* what was compared: a path, or "bank 3" */
    const char *hash[2];
};

/* ST_E_NOT_FOUND: no such version, or none in force. The store is opened when a side is in it. */
ST_MUST_CHECK st_code st_app_policy_diff(const struct st_app_store *store, struct st_arena *arena,
    const struct st_app_side sides[2], const char *policy, st_date day, struct st_app_diff *out,
    struct st_error *err);

/* Texts as they were given; `ask->now` is filled in. */
ST_MUST_CHECK st_code st_app_override_ask(const struct st_app_store *store, struct st_arena *arena,
    const struct st_override_ask *ask, struct st_override *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_override_act(const struct st_app_store *store, struct st_arena *arena,
    enum st_override_verb verb, int64_t id, const char *by, const char *reason,
    struct st_override *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_override_list(const struct st_app_store *store, struct st_arena *arena,
    const struct st_override_query *query, struct st_override **out, size_t *count,
    struct st_error *err);

/* `ask->now` is filled in. */
ST_MUST_CHECK st_code st_app_rerate_ask(const struct st_app_store *store, struct st_arena *arena,
    const char *path, const struct st_rerate_ask *ask, struct st_rerate *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_rerate_decide(const struct st_app_store *store, struct st_arena *arena,
    int64_t id, bool approve, const char *by, const struct st_run_options *options,
    struct st_rerate *out, struct st_run_report *report, struct st_error *err);

ST_MUST_CHECK st_code st_app_rerate_list(const struct st_app_store *store, struct st_arena *arena,
    struct st_rerate **out, size_t *count, struct st_error *err);

#endif
