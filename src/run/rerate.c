#include "run/rerate.h"

#include "run/internal.h"
#include "run/version.h"

const char *const st_rerate_states[ST_RERATE_STATES] = {"requested", "done", "rejected"};

/* --- reading --- */

struct rerates {
    struct st_arena *arena;
    struct st_rerate *items;
    size_t count, cap;
};

static st_code read_rerate(
    void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct rerates *list = context;
    struct st_arena *a = list->arena;
    struct st_rerate *r = st_vec_push(list);
    (void)err;
    *r = (struct st_rerate){.id = st_batch_int(b, 0, row),
        .policy = st_run_text(a, b, 1, row),
        .policy_hash = st_run_text(a, b, 2, row),
        .policy_version = st_batch_int(b, 3, row),
        .body = st_run_text(a, b, 4, row),
        .from = st_batch_date(b, 5, row),
        .to = st_batch_date(b, 6, row),
        .reason = st_run_text(a, b, 7, row),
        .asked_by = st_run_text(a, b, 9, row),
        .asked_at = st_run_text(a, b, 10, row),
        .decided_by = st_run_text_or_null(a, b, 11, row),
        .decided_at = st_run_text_or_null(a, b, 12, row),
        .first_run = st_batch_int(b, 13, row),
        .last_run = st_batch_int(b, 14, row)};
    const char *state = st_run_text(a, b, 8, row);
    while (r->state < ST_RERATE_STATES - 1 && strcmp(st_rerate_states[r->state], state) != 0)
        r->state++;
    return ST_OK;
}

st_code st_rerates_read(struct st_store *store, struct st_arena *arena, int64_t id,
    struct st_rerate **out, size_t *count, struct st_error *err)
{
    struct rerates list = {.arena = arena};
    struct st_bind bind = st_bind_int(id);
    st_code code = st_run_each(store,
        "SELECT r.rerate_id, r.policy, r.policy_hash, coalesce(r.policy_version, 0), r.body, "
        "r.from_on, r.to_on, r.reason, r.state, r.asked_by, r.asked_at, r.decided_by, "
        "r.decided_at, coalesce(r.first_run, 0), coalesce(r.last_run, 0) "
        "FROM rerate_request AS r WHERE $1 = 0 OR r.rerate_id = $1 ORDER BY r.rerate_id",
        &bind, 1, read_rerate, &list, err);
    *count = list.count;
    *out = st_arena_array(arena, struct st_rerate, list.count);
    for (size_t i = 0; i < list.count; i++)
        (*out)[i] = list.items[i];
    st_vec_release(&list);
    return code;
}

static st_code find(struct st_store *store, struct st_arena *arena, int64_t id,
    struct st_rerate *out, struct st_error *err)
{
    struct st_rerate *found = NULL;
    size_t count = 0;
    TRY(st_rerates_read(store, arena, id, &found, &count, err));
    if (id > 0 && count) {
        *out = found[0];
        return ST_OK;
    }
    st_code code = st_fail(err, ST_E_NOT_FOUND, "there is no request %lld to rerate",
        "没有编号为 %lld 的重评申请", (long long)id);
    st_error_hint(err, "strata rerate list STORE", "strata rerate list 库");
    return code;
}

/* --- asking --- */

/* The last day that any scheme with moves of the policy was run for. */
static st_code last_run_day(
    struct st_store *store, const struct st_compiled *plan, st_date *last, struct st_error *err)
{
    bool found = false;
    for (size_t i = 0; i < plan->scheme_count; i++) {
        struct st_bind bind = st_bind_text(plan->schemes[i]->def->name);
        int64_t day = 0;
        bool none = true;
        TRY(st_store_query_ints(store,
            "SELECT max(p.as_of) FROM published AS p WHERE p.scheme = $1", &bind, 1, &day, &none, 1,
            err));
        if (!none && (!found || (st_date)day > *last))
            *last = (st_date)day;
        found |= !none;
    }
    if (found)
        return ST_OK;
    st_code code = st_fail(err, ST_E_NOT_FOUND, "no scheme of policy %s was run yet",
        "策略 %s 的方案尚未运行过", plan->policy->name);
    st_error_hint(err, "there is nothing to rerate: strata run", "没有可重评的内容：strata run");
    return code;
}

/* Where a policy has approved versions, a rerate follows one of them. */
static st_code find_version(struct st_store *store, struct st_arena *arena,
    const struct st_policy *policy, int64_t *version, struct st_error *err)
{
    struct st_version *all = NULL;
    size_t count = 0, approved = 0;
    *version = 0;
    TRY(st_versions_read(store, arena, policy->name, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (all[i].state != ST_VERSION_APPROVED)
            continue;
        approved++;
        if (strcmp(all[i].hash, policy->hash) == 0)
            *version = all[i].version;
    }
    if (!approved || *version)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT, "%s is no approved version of policy %s",
        "%s 不是策略 %s 已批准的版本", policy->source, policy->name);
    st_error_hint(err, "strata policy list STORE names them; strata policy show prints one",
        "strata policy list 库 可列出版本；strata policy show 可打印内容");
    return code;
}

static st_code insert(struct st_store *store, const struct st_rerate *r, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->id), st_bind_text(r->policy),
        st_bind_text(r->policy_hash), st_bind_int(r->policy_version), st_bind_text(r->body),
        st_bind_date(r->from), st_bind_date(r->to), st_bind_text(r->reason),
        st_bind_text(r->asked_by), st_bind_text(r->asked_at)};
    return st_store_exec(store,
        "INSERT INTO rerate_request (rerate_id, policy, policy_hash, policy_version, body, "
        "from_on, to_on, reason, state, asked_by, asked_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'requested', $9, $10)",
        binds, ST_COUNT(binds), NULL, err);
}

static st_code log_act(struct st_store *store, const struct st_rerate *r, const char *action,
    const char *by, const char *now, struct st_error *err)
{
    return st_decision_add(store,
        &(struct st_decision){.person = by,
            .at = now,
            .action = action,
            .policy = r->policy,
            .number = r->policy_version,
            .on = &r->from,
            .note = r->reason},
        err);
}

static st_code ask_in(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_rerate_ask *ask, struct st_rerate *out, struct st_error *err)
{
    struct st_compiled *plan = NULL;
    char from[ST_DATE_TEXT_SIZE], to[ST_DATE_TEXT_SIZE];
    *out = (struct st_rerate){.policy = policy->name,
        .policy_hash = policy->hash,
        .body = policy->body,
        .from = ask->from,
        .reason = ask->reason,
        .asked_by = ask->by,
        .asked_at = ask->now};
    TRY(find_version(store, arena, policy, &out->policy_version, err));
    TRY(st_run_compile(store, arena, policy, &plan, err));
    TRY(last_run_day(store, plan, &out->to, err));
    out->to = ask->to ? *ask->to : out->to;
    if (out->from > out->to)
        return st_fail(err, ST_E_USAGE, "--from %s is after the last period, %s",
            "--from %s 晚于最后一个周期 %s", st_date_format(out->from, from),
            st_date_format(out->to, to));
    TRY(st_store_query_ints(store,
        "SELECT coalesce(max(r.rerate_id), 0) + 1 FROM rerate_request AS r", NULL, 0, &out->id,
        NULL, 1, err));
    TRY(insert(store, out, err));
    return log_act(store, out, "request", ask->by, ask->now, err);
}

st_code st_rerate_ask(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_rerate_ask *ask, struct st_rerate *out, struct st_error *err)
{
    if (!ask->reason) {
        st_code code = st_fail(err, ST_E_USAGE, "--reason is missing", "缺少 --reason");
        st_error_hint(
            err, "why must what was published be computed anew?", "请说明为何需要重评已发布的周期");
        return code;
    }
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = ask_in(store, arena, policy, ask, out, err);
    return st_run_finish(store, code, err);
}

/* --- deciding --- */

static st_code check_decision(const struct st_rerate *r, const char *by, struct st_error *err)
{
    if (r->state != ST_RERATE_REQUESTED) {
        st_code code = st_fail(err, ST_E_CONFLICT, "request %lld is decided already",
            "重评申请 %lld 已有决定", (long long)r->id);
        st_error_value(err, "%s", st_rerate_states[r->state]);
        return code;
    }
    return st_person_other(r->asked_by, by, err);
}

static st_code write_decision(
    struct st_store *store, const struct st_rerate *r, const char *action, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(r->id), st_bind_text(st_rerate_states[r->state]),
        st_bind_text(r->decided_by), st_bind_text(r->decided_at), st_bind_int(r->first_run),
        st_bind_int(r->last_run)};
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = st_store_exec(store,
            "UPDATE rerate_request SET state = $2, decided_by = $3, decided_at = $4, "
            "first_run = NULLIF($5, 0), last_run = NULLIF($6, 0) WHERE rerate_id = $1",
            binds, ST_COUNT(binds), NULL, err);
    if (code == ST_OK)
        code = log_act(store, r, action, r->decided_by, r->decided_at, err);
    return st_run_finish(store, code, err);
}

/* Published by st_run as a whole; the decision is written after it, so that a request whose run
 * was cut short still stands. */
static st_code run_it(struct st_store *store, struct st_arena *arena,
    const struct st_run_options *options, struct st_rerate *r, struct st_run_report *report,
    struct st_error *err)
{
    struct st_policy *policy = NULL;
    struct st_run_options own = *options;
    TRY(st_policy_parse(arena, r->policy, r->body, strlen(r->body), &policy, err));
    own.every = "period";
    own.has_from = true;
    own.from = r->from;
    own.as_of = r->to;
    own.rerate = true;
    own.policy_version = r->policy_version;
    TRY(st_run(store, arena, policy, &own, report, err));
    r->first_run = report->periods[0].run_id;
    r->last_run = report->periods[report->period_count - 1].run_id;
    return ST_OK;
}

st_code st_rerate_decide(struct st_store *store, struct st_arena *arena, int64_t id, bool approve,
    const char *by, const struct st_run_options *options, struct st_rerate *out,
    struct st_run_report *report, struct st_error *err)
{
    TRY(find(store, arena, id, out, err));
    TRY(check_decision(out, by, err));
    if (approve)
        TRY(run_it(store, arena, options, out, report, err));
    out->state = approve ? ST_RERATE_DONE : ST_RERATE_REJECTED;
    out->decided_by = by;
    out->decided_at = options->now;
    return write_decision(store, out, approve ? "approve" : "reject", err);
}
