#include "run/override.h"

#include "method/method.h"
#include "run/internal.h"

const char *const st_override_actions[] = {[ST_OVERRIDE_NONE] = "",
    [ST_OVERRIDE_RAISE] = "raise",
    [ST_OVERRIDE_LOWER] = "lower",
    [ST_OVERRIDE_PIN] = "pin",
    [ST_OVERRIDE_EXCLUDE] = "exclude",
    NULL};

const char *const st_override_states[] = {[ST_OVERRIDE_REQUESTED] = "requested",
    [ST_OVERRIDE_APPROVED] = "approved",
    [ST_OVERRIDE_REJECTED] = "rejected",
    [ST_OVERRIDE_REVOKED] = "revoked",
    NULL};

static const int64_t IN_FORCE = INT64_MAX;

/* --- reading --- */

struct overrides {
    struct st_arena *arena;
    struct st_override *items;
    size_t count, cap;
};

/* Columns as run/overrides.sql gives them. */
static st_code read_override(
    void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct overrides *list = context;
    struct st_arena *a = list->arena;
    struct st_override *o = st_vec_push(list);
    (void)err;
    o->id = st_batch_int(b, 0, row);
    o->scheme = st_run_text(a, b, 1, row);
    o->customer = st_run_text(a, b, 2, row);
    o->action = (enum st_override_action)st_batch_int(b, 3, row);
    o->tier = st_run_text_or_null(a, b, 4, row);
    o->from = st_batch_date(b, 5, row);
    o->has_until = st_run_date(b, 6, row, &o->until);
    o->reason = st_run_text(a, b, 7, row);
    const char *state = st_run_text(a, b, 8, row);
    while (o->state < ST_OVERRIDE_STATE_COUNT - 1 && strcmp(st_override_states[o->state], state))
        o->state++;
    o->asked_by = st_run_text(a, b, 9, row);
    o->asked_at = st_run_text(a, b, 10, row);
    const char **const texts[] = {&o->decided_by, &o->decided_at, &o->revoke_by, &o->revoke_at,
        &o->revoke_reason, &o->revoked_by, &o->revoked_at};
    for (size_t i = 0; i < ST_COUNT(texts); i++)
        *texts[i] = st_run_text_or_null(a, b, 11 + i, row);
    return ST_OK;
}

st_code st_overrides_read(struct st_store *store, struct st_arena *arena,
    const struct st_override_query *query, struct st_override **out, size_t *count,
    struct st_error *err)
{
    struct overrides list = {.arena = arena};
    struct st_bind binds[] = {st_bind_int(query->id), st_bind_text(query->customer),
        st_bind_text(query->scheme),
        st_bind_text(query->state < 0 ? NULL : st_override_states[query->state])};
    st_code code = st_run_each(store, st_sql_file_text("run/overrides.sql"), binds, ST_COUNT(binds),
        read_override, &list, err);
    *count = list.count;
    *out = st_arena_array(arena, struct st_override, list.count);
    for (size_t i = 0; i < list.count; i++)
        (*out)[i] = list.items[i];
    st_vec_release(&list);
    return code;
}

static st_code find(struct st_store *store, struct st_arena *arena, int64_t id,
    struct st_override *out, struct st_error *err)
{
    const struct st_override_query query = {.id = id, .state = -1};
    struct st_override *found = NULL;
    size_t count = 0;
    if (id > 0)
        TRY(st_overrides_read(store, arena, &query, &found, &count, err));
    if (count == 0) {
        st_code code = st_fail(
            err, ST_E_NOT_FOUND, "there is no override %lld", "没有人工调整 %lld", (long long)id);
        st_error_hint(err, "strata override list STORE", "strata override list 库");
        return code;
    }
    *out = found[0];
    return ST_OK;
}

/* --- asking --- */

static st_code read_action(const char *text, enum st_override_action *action, struct st_error *err)
{
    *action = ST_OVERRIDE_RAISE;
    while (st_override_actions[*action] && strcmp(st_override_actions[*action], text) != 0)
        (*action)++;
    if (st_override_actions[*action])
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--action is not one", "--action 不是可用的操作");
    st_error_value(err, "%s", text);
    st_error_allowed(err,
        "raise (at least the tier), lower (at most), pin (exactly), exclude (not rated)",
        "raise（不低于该层级）、lower（不高于）、pin（固定）、exclude（不参评）");
    return code;
}

static st_code fail_tier(const struct st_scheme *scheme, const char *tier, struct st_error *err)
{
    struct st_str codes = ST_STR_INIT;
    st_code code = tier ? st_fail(err, ST_E_NOT_FOUND, "scheme %s has no tier %s",
                              "方案 %s 没有层级 %s", scheme->def->name, tier)
                        : st_fail(err, ST_E_USAGE, "--tier CODE is missing", "缺少 --tier 代码");
    for (size_t i = 0; i < scheme->tier_count; i++)
        st_str_addf(&codes, "%s%s", i ? ", " : "", scheme->tiers[i].code);
    st_error_allowed(err, "%s", "%s", codes.text);
    st_str_release(&codes);
    return code;
}

/* What the action needs of a tier, and whether the scheme has it. */
static st_code check_tier(const struct st_scheme *scheme, enum st_override_action action,
    const char *tier, int64_t *tier_id, struct st_error *err)
{
    bool exclude = action == ST_OVERRIDE_EXCLUDE;
    *tier_id = 0;
    if (exclude && tier)
        return st_fail(err, ST_E_USAGE, "exclude takes no --tier", "exclude 不需要 --tier");
    if (exclude)
        return ST_OK;
    int index = tier ? st_method_tier_index(scheme, tier, NULL, NULL) : -1;
    if (index < 0)
        return fail_tier(scheme, tier, err);
    *tier_id = scheme->tiers[index].id;
    if (scheme->ranked || action == ST_OVERRIDE_PIN)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "the tiers of scheme %s have no rank",
        "方案 %s 的层级没有高低", scheme->def->name);
    st_error_value(err, "%s", st_override_actions[action]);
    st_error_allowed(err, "pin, exclude", "pin、exclude");
    return code;
}

static st_code check_days(const struct st_override_ask *ask, struct st_error *err)
{
    char from[ST_DATE_TEXT_SIZE], until[ST_DATE_TEXT_SIZE];
    if (!ask->until || *ask->until >= ask->from)
        return ST_OK;
    st_code code = st_fail(err, ST_E_USAGE, "--until is before --from", "--until 早于 --from");
    st_error_value(
        err, "%s, %s", st_date_format(ask->from, from), st_date_format(*ask->until, until));
    return code;
}

/* Two masks over one day would leave open which one people see. */
static st_code check_overlap(struct st_store *store, struct st_arena *arena,
    const struct st_override *o, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_text(o->scheme), st_bind_text(o->customer),
        st_bind_date(o->from), o->has_until ? st_bind_date(o->until) : st_bind_null(ST_IR_DATE)};
    struct st_override other;
    char from[ST_DATE_TEXT_SIZE], until[ST_DATE_TEXT_SIZE];
    int64_t id = 0;
    TRY(st_store_query_ints(
        store, st_sql_file_text("run/override_overlap.sql"), binds, 4, &id, NULL, 1, err));
    if (!id)
        return ST_OK;
    TRY(find(store, arena, id, &other, err));
    st_code code = st_fail(err, ST_E_CONFLICT,
        "override %lld of customer %s in scheme %s holds on some of these days",
        "人工调整 %lld（客户 %s，方案 %s）与这段日期重叠", (long long)id, o->customer, o->scheme);
    st_error_value(err, "%s %s … %s", st_override_actions[other.action],
        st_date_format(other.from, from),
        other.has_until ? st_date_format(other.until, until) : "");
    st_error_hint(err, "choose other days, or have it revoked: strata override revoke STORE %lld",
        "请改用其他日期，或先撤销：strata override revoke 库 %lld", (long long)id);
    return code;
}

static st_code log_act(struct st_store *store, const struct st_override *o, const char *action,
    const char *by, const char *now, const char *note, struct st_error *err)
{
    const struct st_decision decision = {
        .person = by, .at = now, .action = action, .number = o->id, .note = note};
    return st_decision_add(store, &decision, err);
}

static st_code insert_request(
    struct st_store *store, const struct st_override *o, int64_t tier_id, struct st_error *err)
{
    struct st_bind tier = tier_id ? st_bind_int(tier_id) : st_bind_null(ST_IR_BIGINT);
    struct st_bind until = o->has_until ? st_bind_date(o->until) : st_bind_null(ST_IR_DATE);
    struct st_bind binds[] = {st_bind_int(o->id), st_bind_text(o->scheme),
        st_bind_text(o->customer), st_bind_int(o->action), tier, st_bind_date(o->from), until,
        st_bind_text(o->reason), st_bind_text(o->asked_by), st_bind_text(o->asked_at)};
    return st_store_exec(
        store, st_sql_file_text("run/override_request.sql"), binds, ST_COUNT(binds), NULL, err);
}

static st_code make_request(struct st_store *store, struct st_arena *arena,
    const struct st_override_ask *ask, struct st_override *out, struct st_error *err)
{
    struct st_published run;
    struct st_compiled *compiled = NULL;
    int64_t customer = 0, tier_id = 0;
    *out = (struct st_override){.scheme = ask->scheme,
        .customer = ask->customer,
        .tier = ask->tier,
        .from = ask->from,
        .reason = ask->reason,
        .asked_by = ask->by,
        .asked_at = ask->now};
    out->has_until = ask->until != NULL;
    out->until = ask->until ? *ask->until : 0;
    TRY(read_action(ask->action, &out->action, err));
    TRY(check_days(ask, err));
    TRY(st_read_published(store, arena, ask->scheme, NULL, &run, err));
    TRY(st_read_policy(store, arena, run.policy_hash, &compiled, err));
    TRY(st_run_customer(store, ask->customer, &customer, err));
    TRY(check_tier(
        st_compiled_scheme(compiled, ask->scheme), out->action, ask->tier, &tier_id, err));
    TRY(check_overlap(store, arena, out, err));
    TRY(st_store_query_ints(store,
        "SELECT coalesce(max(o.override_id), 0) + 1 FROM override_request AS o", NULL, 0, &out->id,
        NULL, 1, err));
    TRY(insert_request(store, out, tier_id, err));
    return log_act(store, out, "request", ask->by, ask->now, ask->reason, err);
}

st_code st_override_ask(struct st_store *store, struct st_arena *arena,
    const struct st_override_ask *ask, struct st_override *out, struct st_error *err)
{
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = make_request(store, arena, ask, out, err);
    return st_run_finish(store, code, err);
}

/* --- deciding --- */

static const char *const verb_names[] = {[ST_OVERRIDE_APPROVE] = "approve",
    [ST_OVERRIDE_REJECT] = "reject",
    [ST_OVERRIDE_REVOKE] = "revoke"};

static st_code check_state(
    const struct st_override *o, enum st_override_verb verb, struct st_error *err)
{
    static const struct st_text states[] = {
        [ST_OVERRIDE_REQUESTED] = {"requested", "已申请"},
        [ST_OVERRIDE_APPROVED] = {"approved", "已批准"},
        [ST_OVERRIDE_REJECTED] = {"rejected", "已驳回"},
        [ST_OVERRIDE_REVOKED] = {"revoked", "已撤销"},
    };
    bool revoke = verb == ST_OVERRIDE_REVOKE;
    bool pending = o->state == ST_OVERRIDE_REQUESTED || o->revoke_by;
    if (revoke ? o->state == ST_OVERRIDE_APPROVED && !o->revoke_by
               : pending && o->state != ST_OVERRIDE_REVOKED)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "override %lld is not in a state for this",
        "人工调整 %lld 当前的状态不允许此操作", (long long)o->id);
    st_error_value(err, "%s %s", states[o->state].en, states[o->state].zh);
    if (revoke)
        st_error_allowed(err, "an approved one whose revocation nobody asked for yet",
            "已批准且尚无人申请撤销的");
    else
        st_error_allowed(err, "a requested one, or one whose revocation was asked for",
            "待批准的，或已申请撤销的");
    return code;
}

static st_code new_load(struct st_store *store, const struct st_override *o, const char *now,
    int64_t *load, struct st_error *err)
{
    char number[24];
    TRY(st_store_query_ints(store, "SELECT coalesce(max(l.load_id), 0) + 1 FROM load AS l", NULL, 0,
        load, NULL, 1, err));
    snprintf(number, sizeof number, "%lld", (long long)o->id);
    struct st_bind binds[] = {st_bind_int(*load), st_bind_text(number), st_bind_text(now)};
    return st_store_exec(
        store, st_sql_file_text("run/override_load.sql"), binds, ST_COUNT(binds), NULL, err);
}

static st_code begin_override(struct st_store *store, struct st_arena *arena,
    const struct st_override *o, const char *now, struct st_error *err)
{
    int64_t load = 0;
    TRY(check_overlap(store, arena, o, err));
    TRY(new_load(store, o, now, &load, err));
    struct st_bind binds[] = {st_bind_int(o->id), st_bind_int(load)};
    return st_store_exec(
        store, st_sql_file_text("run/override_begin.sql"), binds, ST_COUNT(binds), NULL, err);
}

static st_code end_override(
    struct st_store *store, const struct st_override *o, const char *now, struct st_error *err)
{
    int64_t load = 0;
    TRY(new_load(store, o, now, &load, err));
    struct st_bind binds[] = {st_bind_int(o->id), st_bind_int(load), st_bind_int(IN_FORCE)};
    return st_store_exec(store,
        "UPDATE tier_override SET until_load = $2 WHERE override_id = $1 AND until_load = $3",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code apply(struct st_store *store, struct st_arena *arena, enum st_override_verb verb,
    struct st_override *o, const char *by, const char *reason, const char *now,
    struct st_error *err)
{
    if (verb == ST_OVERRIDE_REVOKE) {
        o->revoke_by = by;
        o->revoke_at = now;
        o->revoke_reason = reason;
        return ST_OK;
    }
    if (o->revoke_by && verb == ST_OVERRIDE_REJECT) {
        o->revoke_by = o->revoke_at = o->revoke_reason = NULL;
        return ST_OK;
    }
    if (o->revoke_by) {
        o->state = ST_OVERRIDE_REVOKED;
        o->revoked_by = by;
        o->revoked_at = now;
        return end_override(store, o, now, err);
    }
    o->state = verb == ST_OVERRIDE_APPROVE ? ST_OVERRIDE_APPROVED : ST_OVERRIDE_REJECTED;
    o->decided_by = by;
    o->decided_at = now;
    return verb == ST_OVERRIDE_APPROVE ? begin_override(store, arena, o, now, err) : ST_OK;
}

static st_code write_override(
    struct st_store *store, const struct st_override *o, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(o->id), st_bind_text(st_override_states[o->state]),
        st_bind_text(o->decided_by), st_bind_text(o->decided_at), st_bind_text(o->revoke_by),
        st_bind_text(o->revoke_at), st_bind_text(o->revoke_reason), st_bind_text(o->revoked_by),
        st_bind_text(o->revoked_at)};
    return st_store_exec(
        store, st_sql_file_text("run/override_write.sql"), binds, ST_COUNT(binds), NULL, err);
}

st_code st_override_act(struct st_store *store, struct st_arena *arena, enum st_override_verb verb,
    int64_t id, const char *by, const char *reason, const char *now, struct st_override *out,
    struct st_error *err)
{
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = find(store, arena, id, out, err);
    if (code == ST_OK)
        code = check_state(out, verb, err);
    if (code == ST_OK && verb != ST_OVERRIDE_REVOKE)
        code = st_person_other(out->revoke_by ? out->revoke_by : out->asked_by, by, err);
    if (code == ST_OK)
        code = apply(store, arena, verb, out, by, reason, now, err);
    if (code == ST_OK)
        code = write_override(store, out, err);
    if (code == ST_OK)
        code = log_act(store, out, verb_names[verb], by, now, reason, err);
    return st_run_finish(store, code, err);
}
