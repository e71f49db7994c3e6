#include "run/read.h"

#include "run/internal.h"
#include "run/override.h"

/* --- which run --- */

struct published_reader {
    struct st_arena *arena;
    struct st_published *out;
    bool found;
};

static st_code read_published(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct published_reader *r = context;
    (void)err;
    r->found = true;
    r->out->as_of = st_batch_date(batch, 0, row);
    r->out->run_id = st_batch_int(batch, 1, row);
    r->out->policy_hash = st_run_text(r->arena, batch, 2, row);
    r->out->metric_table = st_run_text(r->arena, batch, 3, row);
    r->out->policy_version = st_batch_is_null(batch, 4, row) ? 0 : st_batch_int(batch, 4, row);
    return ST_OK;
}

struct name_list {
    struct st_arena *arena;
    struct {
        const char **items;
        size_t count, cap;
    } names;
};

static st_code read_name(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct name_list *list = context;
    (void)err;
    *st_vec_push(&list->names) = st_run_text(list->arena, batch, 0, row);
    return ST_OK;
}

st_code st_read_schemes(struct st_store *store, struct st_arena *arena, const char ***schemes,
    size_t *count, struct st_error *err)
{
    struct name_list list = {.arena = arena};
    st_code code = st_run_each(store, "SELECT DISTINCT p.scheme FROM published AS p ORDER BY 1",
        NULL, 0, read_name, &list, err);
    *schemes = st_arena_array(arena, const char *, list.names.count);
    *count = list.names.count;
    for (size_t i = 0; i < list.names.count; i++)
        (*schemes)[i] = list.names.items[i];
    st_vec_release(&list.names);
    return code;
}

static st_code fail_no_scheme(
    struct st_store *store, struct st_arena *arena, const char *scheme, struct st_error *err)
{
    const char **names;
    size_t count;
    st_code code = st_read_schemes(store, arena, &names, &count, err);
    if (code != ST_OK)
        return code;
    if (count == 0) {
        code = st_fail(err, ST_E_NOT_FOUND, "no run has been published in %s",
            "%s 中尚无已发布的运行", st_store_location(store));
        st_error_hint(err, "strata run %s POLICY.yaml --as-of DATE",
            "strata run %s 策略.yaml --as-of 日期", st_store_location(store));
        return code;
    }
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    code = st_fail(err, ST_E_NOT_FOUND, "no scheme %s has been run", "没有运行过方案 %s", scheme);
    st_error_value(err, "%s", scheme);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(scheme, names, count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static st_code fail_no_date(
    struct st_store *store, const char *scheme, st_date as_of, struct st_error *err)
{
    int64_t range[2];
    char want[ST_DATE_TEXT_SIZE], first[ST_DATE_TEXT_SIZE], last[ST_DATE_TEXT_SIZE];
    struct st_bind bind = st_bind_text(scheme);
    st_code code = st_store_query_ints(store,
        "SELECT min(p.as_of), max(p.as_of) FROM published AS p WHERE p.scheme = $1", &bind, 1,
        range, NULL, 2, err);
    if (code != ST_OK)
        return code;
    code = st_fail(err, ST_E_NOT_FOUND, "scheme %s has no run as of %s", "方案 %s 没有 %s 的运行",
        scheme, st_date_format(as_of, want));
    st_error_value(err, "%s", want);
    st_error_hint(err, "its runs reach from %s to %s", "其运行日期为 %s 至 %s",
        st_date_format((st_date)range[0], first), st_date_format((st_date)range[1], last));
    return code;
}

st_code st_read_published(struct st_store *store, struct st_arena *arena, const char *scheme,
    const st_date *as_of, struct st_published *out, struct st_error *err)
{
    struct published_reader reader = {.arena = arena, .out = out};
    struct st_bind latest = {.type = ST_IR_DATE, .is_null = true};
    struct st_bind binds[] = {st_bind_text(scheme), as_of ? st_bind_date(*as_of) : latest};
    int64_t known = 0;
    *out = (struct st_published){.scheme = scheme};
    st_code code = st_run_each(store,
        "SELECT p.as_of, p.run_id, r.policy_hash, r.metric_table, r.policy_version "
        "FROM published AS p "
        "JOIN run AS r ON r.run_id = p.run_id WHERE p.scheme = $1 "
        "AND (CAST($2 AS DATE) IS NULL OR p.as_of = CAST($2 AS DATE)) "
        "ORDER BY p.as_of DESC LIMIT 1",
        binds, 2, read_published, &reader, err);
    if (code != ST_OK || reader.found)
        return code;
    code = st_store_query_ints(store, "SELECT count(*) FROM published AS p WHERE p.scheme = $1",
        binds, 1, &known, NULL, 1, err);
    if (code != ST_OK)
        return code;
    return known ? fail_no_date(store, scheme, *as_of, err)
                 : fail_no_scheme(store, arena, scheme, err);
}

st_code st_read_policy(struct st_store *store, struct st_arena *arena, const char *hash,
    struct st_compiled **out, struct st_error *err)
{
    struct name_list body = {.arena = arena};
    struct st_bind bind = st_bind_text(hash);
    struct st_policy *policy = NULL;
    st_code code = st_run_each(store, "SELECT p.body FROM policy AS p WHERE p.policy_hash = $1",
        &bind, 1, read_name, &body, err);
    if (code == ST_OK && body.names.count == 0)
        code = st_fail(err, ST_E_CORRUPT, "the store has lost policy %s", "库中缺少策略 %s", hash);
    if (code == ST_OK)
        code = st_policy_parse(arena, "policy in the store", body.names.items[0],
            strlen(body.names.items[0]), &policy, err);
    if (code == ST_OK)
        code = st_run_compile(store, arena, policy, out, err);
    st_vec_release(&body.names);
    return code;
}

/* --- tiers --- */

/* The same cell, by tier. */
static void add_flow(struct st_tiers *out, const struct st_flow *f)
{
    bool was = f->status_before == ST_STATUS_RATED, is = f->status_now == ST_STATUS_RATED;
    int from = was ? st_run_rank(out->scheme, f->tier_before) : -1;
    int to = is ? st_run_rank(out->scheme, f->tier_now) : -1;
    st_run_count_flow(out->scheme, f, &out->movement);
    if (to >= 0) {
        out->tiers[to].customers += f->customers;
        out->tiers[to].entered += was ? 0 : f->customers;
        out->tiers[to].joined += was && from != to ? f->customers : 0;
    }
    if (from >= 0 && is && from != to)
        out->tiers[from].left += f->customers;
}

st_code st_read_tiers(struct st_store *store, struct st_arena *arena, const char *scheme,
    const st_date *as_of, struct st_tiers *out, struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    struct st_flow *cells = NULL;
    size_t count = 0;
    int64_t before = 0;
    *out = (struct st_tiers){0};
    st_code code = st_read_published(store, arena, scheme, as_of, &out->run, err);
    if (code == ST_OK)
        code = st_read_policy(store, arena, out->run.policy_hash, &compiled, err);
    if (code == ST_OK)
        code = st_run_before(store, scheme, out->run.as_of, &before, &out->before, err);
    if (code == ST_OK)
        code = st_run_flow(store, arena, out->run.run_id, before, scheme, &cells, &count, err);
    if (code != ST_OK)
        return code;
    out->has_before = before != 0;
    out->scheme = st_compiled_scheme(compiled, scheme);
    out->tier_count = out->scheme->tier_count;
    out->tiers = st_arena_array(arena, struct st_tier_count, out->tier_count);
    for (size_t i = 0; i < out->tier_count; i++) {
        out->tiers[i].code = out->scheme->tiers[i].code;
        out->tiers[i].title = out->scheme->tiers[i].title;
    }
    out->flow = cells;
    out->flow_count = count;
    for (size_t i = 0; i < count; i++)
        add_flow(out, &cells[i]);
    return st_run_standings(store, out->scheme, out->run.run_id, &out->standings, out->tiers, err);
}

/* --- one customer --- */

struct st_ir_value st_run_cell(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row)
{
    enum st_ir_type type = batch->vectors[column].type;
    struct st_ir_value value = {.type = type, .is_null = st_batch_is_null(batch, column, row)};
    if (value.is_null)
        return value;
    switch (type) {
    case ST_IR_BOOL: value.number = st_batch_bool(batch, column, row); break;
    case ST_IR_DATE: value.number = st_batch_date(batch, column, row); break;
    case ST_IR_TEXT: value.text = st_run_text(arena, batch, column, row); break;
    case ST_IR_BIGINT: value.number = st_batch_int(batch, column, row); break;
    case ST_IR_WIDE: value.number = ((const st_wide *)batch->vectors[column].values)[row]; break;
    }
    return value;
}

struct customer_reader {
    struct st_arena *arena;
    struct st_customer_state *out;
    bool found;
    int64_t tier_id, candidate_id, held_id, pending_id, shared_from; /* 0: none */
    size_t bound_cap;
};

static st_code read_metrics(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct customer_reader *r = context;
    struct st_customer_state *s = r->out;
    (void)err;
    for (size_t i = 0; i < s->metric_count; i++)
        s->metrics[i] = (struct st_customer_metric){
            &s->compiled->metrics[i], st_run_cell(r->arena, batch, i, row)};
    return ST_OK;
}

static int64_t int_or(const struct st_batch *batch, size_t column, size_t row, int64_t none)
{
    return st_batch_is_null(batch, column, row) ? none : st_batch_int(batch, column, row);
}

static st_code read_state(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct customer_reader *r = context;
    struct st_customer_state *s = r->out;
    (void)err;
    r->found = true;
    s->status = (enum st_status)st_batch_int(batch, 0, row);
    r->tier_id = st_batch_is_null(batch, 1, row) ? 0 : st_batch_int(batch, 1, row);
    s->has_rule = !st_batch_is_null(batch, 2, row);
    s->rule = s->has_rule ? st_batch_int(batch, 2, row) : 0;
    s->has_score = !st_batch_is_null(batch, 3, row);
    s->score = s->has_score ? st_batch_int(batch, 3, row) : 0;
    r->candidate_id = int_or(batch, 4, row, 0);
    s->override_id = int_or(batch, 5, row, 0);
    r->held_id = int_or(batch, 6, row, 0);
    r->pending_id = int_or(batch, 7, row, 0);
    r->shared_from = int_or(batch, 16, row, 0);
    s->has_hold = r->held_id != 0;
    if (!s->has_hold)
        return ST_OK;
    s->hold = (struct st_hold){.standing = (enum st_standing)int_or(batch, 8, row, 0),
        .fails = int_or(batch, 9, row, 0),
        .rises = int_or(batch, 10, row, 0),
        .move = (enum st_move)int_or(batch, 11, row, ST_MOVE_NONE),
        .cohort = (int)int_or(batch, 12, row, -1),
        .since = st_batch_date(batch, 13, row),
        .watched = !st_batch_is_null(batch, 14, row),
        .valid = !st_batch_is_null(batch, 15, row)};
    if (s->hold.watched)
        s->hold.watch_since = st_batch_date(batch, 14, row);
    if (s->hold.valid)
        s->hold.valid_until = st_batch_date(batch, 15, row);
    return ST_OK;
}

static st_code read_bound(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct customer_reader *r = context;
    struct st_customer_state *s = r->out;
    (void)err;
    if (s->bound_count == r->bound_cap) {
        size_t cap = r->bound_cap ? r->bound_cap * 2 : 32;
        struct st_customer_bound *bounds = st_arena_array(r->arena, struct st_customer_bound, cap);
        for (size_t i = 0; i < s->bound_count; i++)
            bounds[i] = s->bounds[i];
        s->bounds = bounds;
        r->bound_cap = cap;
    }
    s->bounds[s->bound_count++] = (struct st_customer_bound){
        st_run_text(r->arena, batch, 0, row), st_run_cell(r->arena, batch, 1, row)};
    return ST_OK;
}

/* The customer's row of the run's metric table, through the IR: its columns are the policy's. */
static st_code read_metric_row(
    struct st_store *store, struct customer_reader *r, struct st_error *err)
{
    struct st_arena *a = r->arena;
    struct st_customer_state *s = r->out;
    const struct st_compiled *c = s->compiled;
    struct st_rel *rel =
        st_rel_scan(a, s->run.metric_table, c->table_column_count, c->table_columns);
    rel = st_rel_filter(a, rel,
        st_ir_fn(a, ST_FN_AND,
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "run_id"),
                st_ir_param(a, "run_id", ST_IR_BIGINT)),
            st_ir_fn(a, ST_FN_EQ, st_ir_column(a, rel, 0, "customer_id"),
                st_ir_param(a, "customer_id", ST_IR_BIGINT))));
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, c->metric_count);
    for (size_t i = 0; i < c->metric_count; i++)
        columns[i] = st_rel_pass(a, rel, 0, c->metrics[i].name);
    struct st_emitted emitted = ST_EMITTED_INIT;
    st_emit_query(
        st_store_dialect(store), st_rel_project(a, rel, c->metric_count, columns), &emitted);
    struct st_bind binds[2];
    for (size_t i = 0; i < emitted.params.count; i++)
        binds[i] = st_bind_int(
            strcmp(emitted.params.items[i].name, "run_id") == 0 ? s->run.run_id : s->customer_id);
    st_code code =
        st_run_each(store, emitted.sql.text, binds, emitted.params.count, read_metrics, r, err);
    st_emitted_release(&emitted);
    return code;
}

st_code st_run_customer(
    struct st_store *store, const char *source_id, int64_t *id, struct st_error *err)
{
    struct st_bind bind = st_bind_text(source_id);
    struct st_error none = {.code = ST_OK};
    st_code code = st_store_query_ints(store,
        "SELECT k.customer_id FROM customer_key AS k WHERE k.source_id = $1", &bind, 1, id, NULL, 1,
        &none);
    if (code != ST_E_NOT_FOUND) {
        if (code != ST_OK && err && err->code == ST_OK)
            *err = none;
        return code;
    }
    code = st_fail(err, ST_E_NOT_FOUND, "there is no customer %s", "没有客户 %s", source_id);
    st_error_value(err, "%s", source_id);
    st_error_hint(err,
        "numbers are those of the source files, written exactly so; strata export %s tiers -o "
        "tiers.csv lists them",
        "客户号与源文件中的写法完全一致；strata export %s tiers -o tiers.csv 可列出全部",
        st_store_location(store));
    return code;
}

static st_code read_merge(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct customer_reader *r = context;
    (void)err;
    r->out->merged_into = st_run_text(r->arena, batch, 0, row);
    r->out->merged_on = st_batch_date(batch, 1, row);
    return ST_OK;
}

/* Whether the number was merged into another; then, unless a date was asked for, the last run that
 * still has it. */
static st_code follow_merge(
    struct st_store *store, struct customer_reader *r, const st_date *as_of, struct st_error *err)
{
    struct st_customer_state *s = r->out;
    struct st_bind binds[] = {st_bind_int(s->customer_id), st_bind_text(s->run.scheme)};
    int64_t last;
    bool none;
    st_code code = st_run_each(store,
        "SELECT b.source_id, c.on_date FROM customer_change AS c "
        "JOIN customer_key AS k ON k.customer_id = c.from_id "
        "JOIN (SELECT x.customer_id, x.source_id FROM customer_key AS x WHERE x.customer_id IN "
        "(SELECT y.booked_on FROM customer_key AS y WHERE y.customer_id = $1)) AS b "
        "ON b.customer_id = k.booked_on "
        "WHERE c.kind = 'merge' AND c.from_id = $1 AND c.until_load = 9223372036854775807",
        binds, 1, read_merge, r, err);
    if (code != ST_OK || !s->merged_into || as_of)
        return code;
    code = st_store_query_ints(store,
        "SELECT max(p.as_of) FROM published AS p "
        "JOIN tier_state AS s ON s.run_id = p.run_id AND s.scheme = p.scheme "
        "WHERE s.customer_id = $1 AND p.scheme = $2",
        binds, 2, &last, &none, 1, err);
    if (code != ST_OK || none)
        return code;
    st_date day = (st_date)last;
    return st_read_published(store, r->arena, s->run.scheme, &day, &s->run, err);
}

static st_code fail_absent(const struct st_customer_state *s, struct st_error *err)
{
    char day[ST_DATE_TEXT_SIZE], merged[ST_DATE_TEXT_SIZE];
    st_date_format(s->run.as_of, day);
    if (!s->merged_into) {
        (void)!st_fail(err, ST_E_NOT_FOUND, "customer %s was not there on %s",
            "客户 %s 在 %s 不在册", s->source_id, day);
        st_error_hint(
            err, "not opened yet, or already closed on that day", "当日尚未开户，或已销户");
        return ST_E_NOT_FOUND;
    }
    (void)!st_fail(err, ST_E_NOT_FOUND,
        "customer %s is not in the run of %s: it was merged on %s and is now part of %s",
        "客户 %s 不在 %s 的运行中：已于 %s 合并，现属于 %s", s->source_id, day,
        st_date_format(s->merged_on, merged), s->merged_into);
    st_error_hint(err, "strata explain STORE %s", "strata explain 库 %s", s->merged_into);
    return ST_E_NOT_FOUND;
}

/* The names that a statement gives, the first of them; NULL without one. */
static st_code read_first_name(struct st_store *store, struct st_arena *arena, const char *sql,
    const struct st_bind *binds, size_t bind_count, const char **name, struct st_error *err)
{
    struct name_list list = {.arena = arena};
    st_code code = st_run_each(store, sql, binds, bind_count, read_name, &list, err);
    *name = list.names.count ? list.names.items[0] : NULL;
    st_vec_release(&list.names);
    return code;
}

/* Apart from the member's own row: another customer may be on another server. */
static st_code read_shared_from(
    struct st_store *store, const struct customer_reader *r, struct st_error *err)
{
    const struct st_bind bind = st_bind_int(r->shared_from);
    if (!r->shared_from)
        return ST_OK;
    return read_first_name(store, r->arena,
        "SELECT k.source_id FROM customer_key AS k WHERE k.customer_id = $1", &bind, 1,
        &r->out->shared_from, err);
}

static st_code read_tier(struct st_store *store, struct customer_reader *r, struct st_error *err)
{
    const struct st_customer_state *s = r->out;
    const struct st_bind binds[] = {
        st_bind_int(s->run.run_id), st_bind_text(s->run.scheme), st_bind_int(s->customer_id)};
    st_code code = st_run_each(store,
        "SELECT s.status, s.tier, s.rule, s.score, s.candidate, s.override_id, s.held, s.pending, "
        "s.standing, s.fails, s.rises, s.reason, s.cohort, s.since, s.watch_since, s.valid_until, "
        "s.shared_from FROM tier_state AS s "
        "WHERE s.run_id = $1 AND s.scheme = $2 AND s.customer_id = $3",
        binds, ST_COUNT(binds), read_state, r, err);
    if (code == ST_OK && !r->found)
        code = fail_absent(s, err);
    return code == ST_OK ? read_shared_from(store, r, err) : code;
}

static st_code read_tier_before(
    struct st_store *store, struct customer_reader *r, struct st_error *err)
{
    struct st_customer_state *s = r->out;
    int64_t before = 0;
    st_code code = st_run_before(store, s->run.scheme, s->run.as_of, &before, &s->before, err);
    s->has_before = before != 0;
    struct st_bind binds[] = {
        st_bind_int(before), st_bind_text(s->run.scheme), st_bind_int(s->customer_id)};
    if (code == ST_OK && before)
        code = read_first_name(store, r->arena,
            "SELECT t.code FROM tier_state AS s JOIN tier AS t ON t.tier_id = s.tier "
            "WHERE s.run_id = $1 AND s.scheme = $2 AND s.customer_id = $3",
            binds, ST_COUNT(binds), &s->tier_before, err);
    return code;
}

/* What masks the tier. */
static st_code read_mask(struct st_store *store, struct st_arena *arena,
    struct st_customer_state *s, struct st_error *err)
{
    const struct st_override_query query = {.id = s->override_id, .state = -1};
    struct st_override *found = NULL;
    size_t count = 0;
    if (!s->override_id)
        return ST_OK;
    st_code code = st_overrides_read(store, arena, &query, &found, &count, err);
    s->override = count ? found : NULL;
    return code;
}

/* --- households --- */

struct household_reader {
    struct st_arena *arena;
    int64_t household_id; /* 0: in none */
    const char *household;
    struct ST_VEC(const char *) members;
};

static st_code read_member(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct household_reader *r = context;
    (void)err;
    *st_vec_push(&r->members) = st_run_text(r->arena, batch, 0, row);
    r->household_id = st_batch_int(batch, 1, row);
    r->household = st_run_text(r->arena, batch, 2, row);
    return ST_OK;
}

static st_code read_members(struct st_store *store, const struct st_customer_state *s,
    struct household_reader *r, struct st_error *err)
{
    struct st_bind binds[] = {st_bind_int(s->run.run_id), st_bind_int(s->customer_id)};
    r->members.count = 0;
    return st_run_each(
        store, st_sql_file_text("query/household_members.sql"), binds, 2, read_member, r, err);
}

/* From a member to its household, whose members are noted. */
static st_code find_household(
    struct st_store *store, struct customer_reader *reader, struct st_error *err)
{
    struct st_customer_state *s = reader->out;
    struct household_reader r = {.arena = reader->arena};
    if (s->compiled->policy->entity != ST_ENTITY_HOUSEHOLD)
        return ST_OK;
    st_code code = read_members(store, s, &r, err);
    if (code == ST_OK && r.household_id && r.household_id != s->customer_id) {
        s->customer_id = r.household_id;
        s->source_id = r.household;
        code = read_members(store, s, &r, err);
    }
    s->members = st_arena_array(reader->arena, const char *, r.members.count);
    s->member_count = r.members.count;
    for (size_t i = 0; i < r.members.count; i++)
        s->members[i] = r.members.items[i];
    st_vec_release(&r.members);
    return code;
}

st_code st_read_customer(struct st_store *store, struct st_arena *arena, const char *source_id,
    const char *scheme, const st_date *as_of, struct st_customer_state *out, struct st_error *err)
{
    struct customer_reader reader = {.arena = arena, .out = out};
    struct st_compiled *compiled = NULL;
    *out = (struct st_customer_state){.source_id = source_id, .tier = -1};
    st_code code = st_read_published(store, arena, scheme, as_of, &out->run, err);
    if (code == ST_OK)
        code = st_run_customer(store, source_id, &out->customer_id, err);
    if (code == ST_OK)
        code = follow_merge(store, &reader, as_of, err);
    if (code == ST_OK)
        code = st_read_policy(store, arena, out->run.policy_hash, &compiled, err);
    out->compiled = compiled;
    if (code == ST_OK)
        code = find_household(store, &reader, err);
    if (code != ST_OK)
        return code;
    out->scheme = st_compiled_scheme(compiled, scheme);
    out->metric_count = compiled->metric_count;
    out->metrics = st_arena_array(arena, struct st_customer_metric, out->metric_count);
    const struct st_bind bind = st_bind_int(out->run.run_id);
    code = read_tier(store, &reader, err);
    if (code == ST_OK)
        code = read_metric_row(store, &reader, err);
    if (code == ST_OK)
        code = st_run_each(store,
            "SELECT b.name, b.value FROM run_bound AS b WHERE b.run_id = $1 ORDER BY b.name", &bind,
            1, read_bound, &reader, err);
    if (code == ST_OK)
        code = read_tier_before(store, &reader, err);
    if (code == ST_OK)
        code = read_mask(store, arena, out, err);
    out->tier = st_run_rank(out->scheme, reader.tier_id);
    out->earned = st_run_rank(out->scheme, reader.candidate_id);
    out->hold.earned = out->earned;
    out->hold.held = st_run_rank(out->scheme, reader.held_id);
    out->hold.pending = st_run_rank(out->scheme, reader.pending_id);
    return code;
}

bool st_customer_lookup(void *context, const struct st_ir_expr *reference, struct st_ir_value *out)
{
    const struct st_customer_state *s = context;
    if (reference->kind == ST_IR_PARAM) {
        for (size_t i = 0; i < s->bound_count; i++)
            if (strcmp(s->bounds[i].name, reference->name) == 0) {
                *out = s->bounds[i].value;
                return true;
            }
        const struct st_plan_params *params = &s->compiled->params;
        for (size_t i = 0; i < params->count; i++)
            if (strcmp(params->items[i]->name, reference->name) == 0) {
                *out = (struct st_ir_value){.type = reference->type,
                    .number = st_plan_param_value(
                        params, params->items[i], s->run.as_of, s->compiled->policy)};
                return true;
            }
        return false;
    }
    for (size_t i = 0; i < s->metric_count; i++)
        if (strcmp(s->metrics[i].column->name, reference->name) == 0) {
            *out = s->metrics[i].value;
            return true;
        }
    const struct st_ir_expr *added = st_compiled_added_column(s->compiled, reference->name);
    return added && st_ir_eval(added, st_customer_lookup, context, out, NULL) == ST_OK;
}
