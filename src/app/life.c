#include "app/life.h"

#include "base/vec.h"

static st_code read_act(struct st_arena *arena, const struct st_app_act *given,
    char now[ST_NOW_SIZE], struct st_act *act, struct st_error *err)
{
    *act = (struct st_act){.from = given->from, .now = st_arena_strdup(arena, st_app_now(now))};
    st_code code = st_person_read(arena, given->by, &act->by, err);
    if (code == ST_OK)
        code = st_remark_read(arena, "--note", given->note, &act->note, err);
    return code;
}

/* --- versions of policies --- */

st_code st_app_policy_draft(const struct st_app_store *where, struct st_arena *arena,
    const char *path, const struct st_app_act *given, struct st_version *out, struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_policy *policy = NULL;
    struct st_act act;
    char now[ST_NOW_SIZE];
    st_code code = read_act(arena, given, now, &act, err);
    if (code == ST_OK)
        code = st_policy_load(arena, path, &policy, err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_version_draft(store, arena, policy, &act, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_policy_act(const struct st_app_store *where, struct st_arena *arena,
    enum st_version_verb verb, const struct st_version_key *key, const struct st_app_act *given,
    struct st_version *out, int64_t *others, struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_act act;
    char now[ST_NOW_SIZE];
    st_code code = read_act(arena, given, now, &act, err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_version_act(store, arena, verb, key, &act, out, others, err);
    st_store_close(store);
    return code;
}

st_code st_app_policy_list(const struct st_app_store *where, struct st_arena *arena,
    const char *policy, struct st_version **out, size_t *count, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = st_app_open_reading(where, &store, err);
    if (code == ST_OK)
        code = st_versions_read(store, arena, policy, out, count, err);
    st_store_close(store);
    return code;
}

st_code st_app_policy_find(const struct st_app_store *where, struct st_arena *arena,
    const struct st_version_key *key, struct st_version *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = st_app_open_reading(where, &store, err);
    if (code == ST_OK)
        code = st_version_find(store, arena, key, out, err);
    st_store_close(store);
    return code;
}

/* --- what differs --- */

static st_code parse_version(struct st_arena *arena, const struct st_version *v,
    struct st_policy **policy, const char **name, struct st_error *err)
{
    *name = st_arena_printf(arena, "%s %lld", v->name, (long long)v->version);
    return st_policy_parse(arena, *name, v->body, strlen(v->body), policy, err);
}

static st_code load_version(struct st_store *store, struct st_arena *arena, const char *policy_name,
    const char *version, struct st_policy **policy, const char **name, struct st_error *err)
{
    const struct st_version_key key = {policy_name, version};
    struct st_version found;
    st_code code = st_version_find(store, arena, &key, &found, err);
    return code == ST_OK ? parse_version(arena, &found, policy, name, err) : code;
}

static st_code load_in_force(struct st_store *store, struct st_arena *arena,
    const char *policy_name, st_date day, struct st_policy **policy, const char **name,
    struct st_error *err)
{
    const struct st_run_options options = {.as_of = day};
    struct st_stretch *found = NULL;
    size_t count = 0;
    st_code code =
        st_version_stretches(store, arena, NULL, policy_name, &options, &found, &count, err);
    if (code != ST_OK)
        return code;
    *policy = found[0].policy;
    *name = st_arena_printf(arena, "%s %lld", policy_name, (long long)found[0].version);
    return ST_OK;
}

static st_code load_side(struct st_store *store, struct st_arena *arena,
    const struct st_app_side *side, const char *policy_name, st_date day, struct st_policy **policy,
    const char **name, struct st_error *err)
{
    *name = side->path;
    if (side->path)
        return st_policy_load(arena, side->path, policy, err);
    return side->version ? load_version(store, arena, policy_name, side->version, policy, name, err)
                         : load_in_force(store, arena, policy_name, day, policy, name, err);
}

st_code st_app_policy_diff(const struct st_app_store *where, struct st_arena *arena,
    const struct st_app_side sides[2], const char *policy_name, st_date day,
    struct st_app_diff *out, struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_policy *policies[2] = {NULL, NULL};
    st_code code = ST_OK;
    if (!sides[0].path || !sides[1].path)
        code = st_app_open_reading(where, &store, err);
    if (code == ST_OK)
        code =
            load_side(store, arena, &sides[1], policy_name, day, &policies[1], &out->name[1], err);
    if (code == ST_OK)
        code = load_side(store, arena, &sides[0], policy_name ? policy_name : policies[1]->name,
            day, &policies[0], &out->name[0], err);
    st_store_close(store);
    if (code != ST_OK)
        return code;
    out->hash[0] = policies[0]->hash;
    out->hash[1] = policies[1]->hash;
    st_policy_diff(arena, policies[0], policies[1], &out->diff);
    return ST_OK;
}

/* --- overrides --- */

static st_code need_reason(struct st_error *err)
{
    st_code code = st_fail(err, ST_E_USAGE, "--reason TEXT is missing", "缺少 --reason 说明");
    st_error_hint(
        err, "whoever decides, and whoever asks why later, reads it", "供审批人及日后查询者阅读");
    return code;
}

st_code st_app_override_ask(const struct st_app_store *where, struct st_arena *arena,
    const struct st_override_ask *given, struct st_override *out, struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_override_ask ask = *given;
    char now[ST_NOW_SIZE];
    ask.now = st_arena_strdup(arena, st_app_now(now));
    st_code code = st_person_read(arena, given->by, &ask.by, err);
    if (code == ST_OK)
        code = st_remark_read(arena, "--reason", given->reason, &ask.reason, err);
    if (code == ST_OK && !ask.reason)
        code = need_reason(err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_override_ask(store, arena, &ask, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_override_act(const struct st_app_store *where, struct st_arena *arena,
    enum st_override_verb verb, int64_t id, const char *by, const char *reason,
    struct st_override *out, struct st_error *err)
{
    struct st_store *store = NULL;
    const char *name = NULL, *why = NULL;
    char now[ST_NOW_SIZE];
    const char *at = st_arena_strdup(arena, st_app_now(now));
    st_code code = st_person_read(arena, by, &name, err);
    if (code == ST_OK)
        code = st_remark_read(arena, "--reason", reason, &why, err);
    if (code == ST_OK && verb == ST_OVERRIDE_REVOKE && !why)
        code = need_reason(err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_override_act(store, arena, verb, id, name, why, at, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_override_list(const struct st_app_store *where, struct st_arena *arena,
    const struct st_override_query *query, struct st_override **out, size_t *count,
    struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = st_app_open_reading(where, &store, err);
    if (code == ST_OK)
        code = st_overrides_read(store, arena, query, out, count, err);
    st_store_close(store);
    return code;
}

/* --- rerating --- */

st_code st_app_rerate_ask(const struct st_app_store *where, struct st_arena *arena,
    const char *path, const struct st_rerate_ask *given, struct st_rerate *out,
    struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_policy *policy = NULL;
    struct st_rerate_ask ask = *given;
    char now[ST_NOW_SIZE];
    ask.now = st_arena_strdup(arena, st_app_now(now));
    st_code code = st_person_read(arena, given->by, &ask.by, err);
    if (code == ST_OK)
        code = st_remark_read(arena, "--reason", given->reason, &ask.reason, err);
    if (code == ST_OK)
        code = st_policy_load(arena, path, &policy, err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_rerate_ask(store, arena, policy, &ask, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_rerate_decide(const struct st_app_store *where, struct st_arena *arena, int64_t id,
    bool approve, const char *by, const struct st_run_options *options, struct st_rerate *out,
    struct st_run_report *report, struct st_error *err)
{
    struct st_store *store = NULL;
    const char *person = NULL;
    st_code code = st_person_read(arena, by, &person, err);
    if (code == ST_OK)
        code = st_app_open(where, &store, err);
    if (code == ST_OK)
        code = st_rerate_decide(store, arena, id, approve, person, options, out, report, err);
    st_store_close(store);
    return code;
}

st_code st_app_rerate_list(const struct st_app_store *where, struct st_arena *arena,
    struct st_rerate **out, size_t *count, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = st_app_open_reading(where, &store, err);
    if (code == ST_OK)
        code = st_rerates_read(store, arena, 0, out, count, err);
    st_store_close(store);
    return code;
}
