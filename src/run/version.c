#include "run/version.h"

#include "run/internal.h"

static const char *const state_names[] = {
    [ST_VERSION_DRAFT] = "draft",
    [ST_VERSION_SUBMITTED] = "submitted",
    [ST_VERSION_APPROVED] = "approved",
    [ST_VERSION_REJECTED] = "rejected",
};

/* --- reading --- */

struct versions {
    struct st_arena *arena;
    struct st_version *items;
    size_t count, cap;
};

/* Columns as run/versions.sql gives them. */
static st_code read_version(
    void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct versions *list = context;
    struct st_arena *a = list->arena;
    struct st_version *v = st_vec_push(list);
    (void)err;
    v->name = st_run_text(a, b, 0, row);
    v->version = st_batch_int(b, 1, row);
    v->hash = st_run_text(a, b, 2, row);
    v->body = st_run_text(a, b, 3, row);
    const char *state = st_run_text(a, b, 4, row);
    while (v->state < ST_VERSION_STATE_COUNT - 1 && strcmp(state_names[v->state], state) != 0)
        v->state++;
    v->drafted_by = st_run_text(a, b, 5, row);
    v->drafted_at = st_run_text(a, b, 6, row);
    v->submitted_by = st_run_text_or_null(a, b, 7, row);
    v->submitted_at = st_run_text_or_null(a, b, 8, row);
    v->decided_by = st_run_text_or_null(a, b, 9, row);
    v->decided_at = st_run_text_or_null(a, b, 10, row);
    v->note = st_run_text_or_null(a, b, 11, row);
    v->has_from = st_run_date(b, 12, row, &v->from);
    v->has_until = st_run_date(b, 13, row, &v->until);
    v->retire_by = st_run_text_or_null(a, b, 14, row);
    v->retire_at = st_run_text_or_null(a, b, 15, row);
    (void)st_run_date(b, 16, row, &v->retire_from);
    return ST_OK;
}

st_code st_versions_read(struct st_store *store, struct st_arena *arena, const char *name,
    struct st_version **out, size_t *count, struct st_error *err)
{
    struct versions list = {.arena = arena};
    struct st_bind bind = st_bind_text(name);
    st_code code = st_run_each(
        store, st_sql_file_text("run/versions.sql"), &bind, 1, read_version, &list, err);
    *count = list.count;
    *out = st_arena_array(arena, struct st_version, list.count);
    for (size_t i = 0; i < list.count; i++)
        (*out)[i] = list.items[i];
    st_vec_release(&list);
    return code;
}

enum st_version_stage st_version_stage(const struct st_version *v, st_date day)
{
    static const enum st_version_stage stages[] = {
        [ST_VERSION_DRAFT] = ST_STAGE_DRAFT,
        [ST_VERSION_SUBMITTED] = ST_STAGE_SUBMITTED,
        [ST_VERSION_REJECTED] = ST_STAGE_REJECTED,
    };
    if (v->state != ST_VERSION_APPROVED)
        return stages[v->state];
    if (v->has_until && (day >= v->until || v->until <= v->from))
        return ST_STAGE_RETIRED;
    return day >= v->from ? ST_STAGE_IN_FORCE : ST_STAGE_SCHEDULED;
}

/* --- finding --- */

static st_code fail_version(const struct st_version_key *key, const struct st_version *all,
    size_t count, struct st_error *err)
{
    struct st_str known = ST_STR_INIT;
    st_code code = st_fail(err, ST_E_NOT_FOUND, "there is no version %s of %s", "没有版本 %s（%s）",
        key->version, key->policy ? key->policy : "a policy");
    st_error_value(err, "%s", key->version);
    for (size_t i = 0; i < count; i++)
        st_str_addf(&known, "%s%s %lld (%.12s)", i ? ", " : "", all[i].name,
            (long long)all[i].version, all[i].hash);
    if (count)
        st_error_allowed(err, "%s", "%s", known.text);
    else
        st_error_hint(err, "strata policy draft STORE POLICY.yaml --by NAME makes the first one",
            "strata policy draft 库 策略.yaml --by 姓名 可起草第一个版本");
    st_str_release(&known);
    return code;
}

static st_code fail_ambiguous(const struct st_version_key *key, const struct st_version *a,
    const struct st_version *b, struct st_error *err)
{
    bool policies = strcmp(a->name, b->name) != 0;
    st_code code =
        policies ? st_fail(err, ST_E_USAGE, "the store has versions of several policies",
                       "库中有多个策略的版本")
                 : st_fail(err, ST_E_USAGE, "several versions have a hash that starts with %s",
                       "多个版本的哈希以 %s 开头", key->version);
    st_error_value(err, "%s", key->version);
    if (policies)
        st_error_hint(err, "say which one: --policy %s, --policy %s",
            "请指明：--policy %s 或 --policy %s", a->name, b->name);
    else
        st_error_hint(err, "give the number: %lld, %lld", "请写版本号：%lld、%lld",
            (long long)a->version, (long long)b->version);
    return code;
}

static bool is_number(const char *text, int64_t *number)
{
    char *end;
    *number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && strlen(text) < ST_VERSION_PREFIX_LEAST;
}

st_code st_version_find(struct st_store *store, struct st_arena *arena,
    const struct st_version_key *key, struct st_version *out, struct st_error *err)
{
    struct st_version *all = NULL;
    const struct st_version *found = NULL;
    size_t count = 0, len = strlen(key->version);
    int64_t number;
    bool numbered = is_number(key->version, &number);
    TRY(st_versions_read(store, arena, key->policy, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct st_version *v = &all[i];
        bool hit = numbered
                       ? v->version == number
                       : len >= ST_VERSION_PREFIX_LEAST && strncmp(v->hash, key->version, len) == 0;
        if (numbered && i && strcmp(v->name, all[0].name) != 0)
            return fail_ambiguous(key, &all[0], v, err);
        if (hit && found)
            return fail_ambiguous(key, found, v, err);
        found = hit ? v : found;
    }
    if (!found)
        return fail_version(key, all, count, err);
    *out = *found;
    return ST_OK;
}

/* --- writing --- */

static struct st_bind date_or_null(bool given, st_date date)
{
    return given ? st_bind_date(date) : st_bind_null(ST_IR_DATE);
}

/* What changes in the life of a version. */
static st_code write_version(
    struct st_store *store, const struct st_version *v, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(v->name), st_bind_int(v->version),
        st_bind_text(state_names[v->state]), st_bind_text(v->submitted_by),
        st_bind_text(v->submitted_at), st_bind_text(v->decided_by), st_bind_text(v->decided_at),
        date_or_null(v->has_from, v->from), date_or_null(v->has_until, v->until),
        st_bind_text(v->retire_by), st_bind_text(v->retire_at),
        date_or_null(v->retire_by != NULL, v->retire_from)};
    return st_store_exec(
        store, st_sql_file_text("run/version_write.sql"), binds, ST_COUNT(binds), NULL, err);
}

static st_code log_act(struct st_store *store, const struct st_version *v, const char *action,
    const struct st_act *act, struct st_error *err)
{
    const struct st_decision decision = {.person = act->by,
        .at = act->now,
        .action = action,
        .policy = v->name,
        .number = v->version,
        .on = act->from,
        .note = act->note};
    return st_decision_add(store, &decision, err);
}

/* --- drafting --- */

static st_code check_new(const struct st_policy *policy, const struct st_version *all, size_t count,
    struct st_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct st_version *v = &all[i];
        bool over = v->state == ST_VERSION_REJECTED || v->has_until;
        if (over || strcmp(v->hash, policy->hash) != 0)
            continue;
        st_code code = st_fail(err, ST_E_CONFLICT, "version %lld of %s says the same",
            "版本 %lld（%s）内容相同", (long long)v->version, v->name);
        st_error_value(err, "%.12s", policy->hash);
        st_error_hint(err, "strata policy show STORE %lld", "strata policy show 库 %lld",
            (long long)v->version);
        return code;
    }
    return ST_OK;
}

static st_code insert_version(
    struct st_store *store, const struct st_version *v, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(v->name), st_bind_int(v->version), st_bind_text(v->hash),
        st_bind_text(v->body), st_bind_text(v->drafted_by), st_bind_text(v->drafted_at),
        st_bind_text(v->note)};
    return st_store_exec(store,
        "INSERT INTO policy_version (name, version, policy_hash, body, state, drafted_by, "
        "drafted_at, note) VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7)",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code draft(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_act *act, struct st_version *out, struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    struct st_version *all = NULL;
    size_t count = 0;
    TRY(st_run_compile(store, arena, policy, &compiled, err));
    TRY(st_versions_read(store, arena, policy->name, &all, &count, err));
    TRY(check_new(policy, all, count, err));
    *out = (struct st_version){.name = policy->name,
        .version = count ? all[count - 1].version + 1 : 1,
        .hash = policy->hash,
        .body = policy->body,
        .drafted_by = act->by,
        .drafted_at = act->now,
        .note = act->note};
    TRY(insert_version(store, out, err));
    return log_act(store, out, "draft", act, err);
}

st_code st_version_draft(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_act *act, struct st_version *out, struct st_error *err)
{
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = draft(store, arena, policy, act, out, err);
    return st_run_finish(store, code, err);
}

/* --- deciding --- */

static const char *const verb_names[] = {
    [ST_VERB_SUBMIT] = "submit",
    [ST_VERB_APPROVE] = "approve",
    [ST_VERB_REJECT] = "reject",
    [ST_VERB_RETIRE] = "retire",
};

/* In which states a version can be, for each verb; a retirement asked for is decided like a
 * submission. */
static bool allows(const struct st_version *v, enum st_version_verb verb)
{
    switch (verb) {
    case ST_VERB_SUBMIT: return v->state == ST_VERSION_DRAFT;
    case ST_VERB_APPROVE:
    case ST_VERB_REJECT: return v->state == ST_VERSION_SUBMITTED || v->retire_by != NULL;
    case ST_VERB_RETIRE: break;
    }
    return v->state == ST_VERSION_APPROVED && !v->retire_by && !v->has_until;
}

static st_code check_state(
    const struct st_version *v, enum st_version_verb verb, struct st_error *err)
{
    static const struct st_text states[] = {
        [ST_VERSION_DRAFT] = {"a draft", "草稿"},
        [ST_VERSION_SUBMITTED] = {"submitted", "已提交"},
        [ST_VERSION_APPROVED] = {"approved", "已批准"},
        [ST_VERSION_REJECTED] = {"rejected", "已驳回"},
    };
    static const struct st_text retiring = {"to be retired", "待退役"}, ended = {"ended", "已终止"};
    static const struct st_text wanted[] = {
        [ST_VERB_SUBMIT] = {"a draft", "草稿"},
        [ST_VERB_APPROVE] = {"a submitted version, or one whose retirement was asked for",
            "已提交的版本，或已申请退役的版本"},
        [ST_VERB_REJECT] = {"a submitted version, or one whose retirement was asked for",
            "已提交的版本，或已申请退役的版本"},
        [ST_VERB_RETIRE] = {"an approved version that has no end yet", "尚未终止的已批准版本"},
    };
    if (allows(v, verb))
        return ST_OK;
    const struct st_text *state = v->retire_by   ? &retiring
                                  : v->has_until ? &ended
                                                 : &states[v->state];
    st_code code = st_fail_each(
        err, ST_E_CONFLICT, "the version is not in a state for this", "版本当前的状态不允许此操作");
    st_error_value(err, "%s %lld: %s %s", v->name, (long long)v->version, state->en, state->zh);
    st_error_allowed(err, "%s%.0s", "%.0s%s", wanted[verb].en, wanted[verb].zh);
    return code;
}

/* The second pair of eyes: whoever drafted or submitted cannot decide, nor who asked for an end. */
static st_code check_other(
    const struct st_version *v, const struct st_act *act, struct st_error *err)
{
    bool own = v->retire_by ? st_person_same(act->by, v->retire_by)
                            : st_person_same(act->by, v->drafted_by) ||
                                  st_person_same(act->by, v->submitted_by);
    if (!own)
        return ST_OK;
    st_code code = v->retire_by
                       ? st_fail(err, ST_E_CONFLICT,
                             "%s asked for this retirement: another person must decide",
                             "%s 申请了该退役：须由他人决定", act->by)
                       : st_fail(err, ST_E_CONFLICT,
                             "%s drafted or submitted this version: another person must decide",
                             "%s 起草或提交了该版本：须由他人决定", act->by);
    st_error_value(err, "--by %s", act->by);
    st_error_hint(err, "four eyes: ask a colleague", "四眼原则：请由同事处理");
    return code;
}

static st_code check_date(const struct st_version *v, enum st_version_verb verb,
    const struct st_act *act, struct st_error *err)
{
    bool wants = verb == ST_VERB_RETIRE || (verb == ST_VERB_APPROVE && !v->retire_by);
    char day[ST_DATE_TEXT_SIZE];
    if (wants && !act->from) {
        st_code code = st_fail(err, ST_E_USAGE, "--from DATE is missing", "缺少 --from 日期");
        st_error_hint(err, "the first day on which it holds, such as --from 2026-01-01",
            "自何日起生效，如 --from 2026-01-01");
        return code;
    }
    if (!wants && act->from)
        return st_fail(err, ST_E_USAGE, "--from has no meaning here", "此处 --from 没有意义");
    if (verb != ST_VERB_RETIRE || *act->from >= v->from)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "the version is in force from %s: it cannot end before",
        "该版本自 %s 起生效，不能更早终止", st_date_format(v->from, day));
    st_error_value(err, "--from %s", st_date_format(*act->from, day));
    return code;
}

/* The version in force on the new one's first day ends there; the new one ends where the next one
 * that was approved before begins. */
static st_code supersede(
    struct st_store *store, struct st_arena *arena, struct st_version *v, struct st_error *err)
{
    struct st_version *all = NULL;
    size_t count = 0;
    TRY(st_versions_read(store, arena, v->name, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct st_version *w = &all[i];
        bool lives = w->state == ST_VERSION_APPROVED && (!w->has_until || w->until > w->from);
        if (!lives || w->version == v->version)
            continue;
        if (w->from > v->from && (!v->has_until || w->from < v->until)) {
            v->has_until = true;
            v->until = w->from;
        }
        if (w->from <= v->from && (!w->has_until || w->until > v->from)) {
            w->has_until = true;
            w->until = v->from;
            w->retire_by = w->retire_at = NULL;
            TRY(write_version(store, w, err));
        }
    }
    return ST_OK;
}

static st_code approve(struct st_store *store, struct st_arena *arena, struct st_version *v,
    const struct st_act *act, struct st_error *err)
{
    if (v->retire_by) {
        v->has_until = true;
        v->until = v->retire_from;
        v->retire_by = v->retire_at = NULL;
        return ST_OK;
    }
    v->state = ST_VERSION_APPROVED;
    v->decided_by = act->by;
    v->decided_at = act->now;
    v->has_from = true;
    v->from = *act->from;
    return supersede(store, arena, v, err);
}

static st_code apply(struct st_store *store, struct st_arena *arena, enum st_version_verb verb,
    struct st_version *v, const struct st_act *act, struct st_error *err)
{
    switch (verb) {
    case ST_VERB_SUBMIT:
        v->state = ST_VERSION_SUBMITTED;
        v->submitted_by = act->by;
        v->submitted_at = act->now;
        return ST_OK;
    case ST_VERB_APPROVE: return approve(store, arena, v, act, err);
    case ST_VERB_RETIRE:
        v->retire_by = act->by;
        v->retire_at = act->now;
        v->retire_from = *act->from;
        return ST_OK;
    case ST_VERB_REJECT: break;
    }
    if (v->retire_by) {
        v->retire_by = v->retire_at = NULL;
        return ST_OK;
    }
    v->state = ST_VERSION_REJECTED;
    v->decided_by = act->by;
    v->decided_at = act->now;
    return ST_OK;
}

/* Published runs of the days on which the version holds, that followed something else. */
static st_code count_others(
    struct st_store *store, const struct st_version *v, int64_t *others, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(v->name), st_bind_text(v->hash), st_bind_date(v->from),
        date_or_null(v->has_until, v->until)};
    return st_store_query_ints(store, st_sql_file_text("run/version_others.sql"), binds,
        ST_COUNT(binds), others, NULL, 1, err);
}

static st_code act_on(struct st_store *store, struct st_arena *arena, enum st_version_verb verb,
    const struct st_version_key *key, const struct st_act *act, struct st_version *out,
    int64_t *others, struct st_error *err)
{
    TRY(st_version_find(store, arena, key, out, err));
    TRY(check_state(out, verb, err));
    if (verb == ST_VERB_APPROVE || verb == ST_VERB_REJECT)
        TRY(check_other(out, act, err));
    TRY(check_date(out, verb, act, err));
    TRY(apply(store, arena, verb, out, act, err));
    TRY(write_version(store, out, err));
    TRY(log_act(store, out, verb_names[verb], act, err));
    if (others)
        *others = 0;
    return others && verb == ST_VERB_APPROVE ? count_others(store, out, others, err) : ST_OK;
}

st_code st_version_act(struct st_store *store, struct st_arena *arena, enum st_version_verb verb,
    const struct st_version_key *key, const struct st_act *act, struct st_version *out,
    int64_t *others, struct st_error *err)
{
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = act_on(store, arena, verb, key, act, out, others, err);
    return st_run_finish(store, code, err);
}
