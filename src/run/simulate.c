/* What-if, scheme by scheme. Schemes that one run published share its data: each run of the day is
 * one `what_if`, and the new policy is compiled against each. */
#include "run/simulate_internal.h"
#include "run/version.h"

/* A scheme that was published on the day. */
struct entry {
    const char *scheme, *policy_hash, *metric_table;
    int64_t run_id, watermark;
};

struct day {
    struct st_arena *arena;
    struct entry *items;
    size_t count, cap;
};

static st_code read_entry(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct day *day = context;
    (void)err;
    *st_vec_push(day) = (struct entry){.scheme = st_run_text(day->arena, batch, 0, row),
        .run_id = st_batch_int(batch, 1, row),
        .policy_hash = st_run_text(day->arena, batch, 2, row),
        .metric_table = st_run_text(day->arena, batch, 3, row),
        .watermark = st_batch_int(batch, 4, row)};
    return ST_OK;
}

static const struct entry *find_entry(const struct day *day, const char *scheme)
{
    for (size_t i = 0; i < day->count; i++)
        if (strcmp(day->items[i].scheme, scheme) == 0)
            return &day->items[i];
    return NULL;
}

static bool has_scheme(const struct st_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->scheme_count; i++)
        if (strcmp(policy->schemes[i].name, name) == 0)
            return true;
    return false;
}

/* The day: as asked, else the newest on which a scheme that is wanted was published. */
static st_code choose_day(struct st_store *store, struct st_arena *arena,
    const struct st_policy *policy, const struct st_simulate_options *o, st_date *out,
    struct st_error *err)
{
    struct st_bind bind = o->scheme ? st_bind_text(o->scheme) : st_bind_null(ST_IR_TEXT);
    struct st_published newest;
    int64_t day = 0;
    bool none = false;
    TRY(st_store_query_ints(store,
        "SELECT max(p.as_of) AS as_of FROM published AS p "
        "WHERE CAST($1 AS TEXT) IS NULL OR p.scheme = CAST($1 AS TEXT)",
        &bind, 1, &day, &none, 1, err));
    *out = o->as_of ? *o->as_of : (st_date)day;
    if (!none)
        return ST_OK;
    if (o->scheme && has_scheme(policy, o->scheme)) { /* a scheme to be added */
        const struct st_simulate_options all = {.as_of = o->as_of};
        return choose_day(store, arena, policy, &all, out, err);
    }
    return st_read_published(store, arena, o->scheme ? o->scheme : "", NULL, &newest, err);
}

/* Says what there is on other days. */
static st_code fail_day(struct st_store *store, struct st_arena *arena, const char *scheme,
    st_date day, struct st_error *err)
{
    const char **schemes = NULL;
    size_t count = 0;
    struct st_published none;
    TRY(st_read_schemes(store, arena, &schemes, &count, err));
    return st_read_published(store, arena, scheme ? scheme : schemes[0], &day, &none, err);
}

/* --- which schemes --- */

static void add_scheme(
    struct st_simulation *out, const struct day *day, const char *name, bool removed)
{
    const struct entry *e = find_entry(day, name);
    out->schemes[out->scheme_count++] = (struct st_simulated_scheme){.name = name,
        .state = removed ? ST_SIMULATED_REMOVED
                 : e     ? ST_SIMULATED_CHANGED
                         : ST_SIMULATED_ADDED,
        .run_id = e ? e->run_id : 0,
        .base_run = e ? e->run_id : day->items[day->count - 1].run_id};
}

/* The new policy's schemes in its order, then those that it lacks. */
static void list_schemes(struct st_arena *arena, const struct day *day,
    const struct st_policy *policy, const char *wanted, struct st_simulation *out)
{
    out->schemes =
        st_arena_array(arena, struct st_simulated_scheme, policy->scheme_count + day->count);
    for (size_t i = 0; i < policy->scheme_count; i++)
        if (!wanted || strcmp(wanted, policy->schemes[i].name) == 0)
            add_scheme(out, day, policy->schemes[i].name, false);
    for (size_t i = 0; i < day->count; i++) {
        const char *name = day->items[i].scheme;
        if ((!wanted || strcmp(wanted, name) == 0) && !has_scheme(policy, name))
            add_scheme(out, day, name, true);
    }
}

bool what_if_takes(const struct what_if *w, const char *scheme)
{
    for (size_t i = 0; i < w->out->scheme_count; i++)
        if (strcmp(w->out->schemes[i].name, scheme) == 0)
            return w->out->schemes[i].base_run == w->run_id;
    return false;
}

/* --- tiers of both --- */

static size_t known_tier(const struct st_simulated_scheme *s, const char *code)
{
    size_t i = 0;
    while (i < s->tier_count && strcmp(s->tiers[i].code, code) != 0)
        i++;
    return i;
}

static void describe(struct st_simulated_tier *t, const struct st_tier *tier, bool after)
{
    t->code = tier->code;
    t->title = tier->title;
    t->id = tier->id;
    *(after ? &t->after : &t->before) = true;
    if (!tier->has_cost)
        return;
    if (!t->has_cost) /* the other side says nothing yet: taken to be the same */
        t->cost_before = t->cost_after = tier->cost;
    *(after ? &t->cost_after : &t->cost_before) = tier->cost;
    t->has_cost = true;
}

/* The new policy's tiers in their order; one that is gone stands behind its old neighbour. */
static void merge_tiers(struct st_arena *arena, const struct st_scheme *old,
    const struct st_scheme *new, struct st_simulated_scheme *s)
{
    size_t olds = old ? old->tier_count : 0, news = new ? new->tier_count : 0, at = 0;
    s->tiers = st_arena_array(arena, struct st_simulated_tier, olds + news);
    for (size_t i = 0; i < news; i++)
        s->tiers[s->tier_count++].code = new->tiers[i].code;
    for (size_t i = 0; i < olds; i++) {
        size_t known = known_tier(s, old->tiers[i].code);
        if (known == s->tier_count) {
            memmove(&s->tiers[at + 1], &s->tiers[at], (s->tier_count - at) * sizeof *s->tiers);
            s->tiers[at] = (struct st_simulated_tier){.code = old->tiers[i].code};
            s->tier_count++;
            known = at;
        }
        at = known + 1;
    }
    for (size_t i = 0; i < olds; i++)
        describe(&s->tiers[known_tier(s, old->tiers[i].code)], &old->tiers[i], false);
    for (size_t i = 0; i < news; i++)
        describe(&s->tiers[known_tier(s, new->tiers[i].code)], &new->tiers[i], true);
}

/* --- one run --- */

static st_code check_entity(
    const struct what_if *w, const struct st_simulated_scheme *s, struct st_error *err)
{
    bool both = s->state == ST_SIMULATED_CHANGED;
    if (!both || w->old.plan->policy->entity == w->new.plan->policy->entity)
        return ST_OK;
    st_code code = st_fail(err, ST_E_CONFLICT,
        "scheme %s: one policy rates customers, the other households: nobody can be compared",
        "方案 %s：一个策略评定客户，另一个评定家庭，无法逐一对比", s->name);
    st_error_hint(err, "give the scheme another name: it is then a new one",
        "请为该方案另取名称，即作为新方案试算");
    return code;
}

static st_code compare_scheme(
    struct what_if *w, struct st_simulated_scheme *s, struct st_error *err)
{
    const struct st_scheme *old = st_compiled_scheme(w->old.plan, s->name);
    const struct st_scheme *new = st_compiled_scheme(w->new.plan, s->name);
    bool same = false;
    TRY(check_entity(w, s, err));
    if (s->state == ST_SIMULATED_ADDED)
        old = NULL;
    if (s->state == ST_SIMULATED_CHANGED)
        TRY(what_if_same(
            w, what_if_step(w->old.plan, s->name), what_if_step(w->new.plan, s->name), &same, err));
    if (same)
        s->state = ST_SIMULATED_UNCHANGED;
    s->title = new ? new->def->title : old->def->title;
    s->ranked = new ? new->ranked : old->ranked;
    s->in_force = old ? w->old.plan->policy : NULL;
    s->followed = old ? w->followed : 0;
    s->due = old ? w->due : 0;
    if (s->state == ST_SIMULATED_CHANGED || s->state == ST_SIMULATED_ADDED) {
        s->computed = w->computed.items;
        s->computed_count = w->computed.count;
    }
    merge_tiers(w->arena, old, new, s);
    return what_if_scheme(w, s, err);
}

/* Which versions the run's policy has on the day. A file of the same words as a version is one. */
static st_code read_versions(struct what_if *w, const char *hash, struct st_error *err)
{
    struct st_version *all = NULL;
    size_t count = 0;
    TRY(st_versions_read(w->store, w->arena, w->old.plan->policy->name, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool due = st_version_stage(&all[i], w->as_of) == ST_STAGE_IN_FORCE;
        if (due)
            w->due = all[i].version;
        if (all[i].state == ST_VERSION_APPROVED && strcmp(all[i].hash, hash) == 0 &&
            (due || w->followed == 0))
            w->followed = all[i].version;
    }
    return ST_OK;
}

static st_code compare_run(struct what_if *w, struct st_policy *policy, const struct entry *run,
    struct st_table_file **movers, struct st_error *err)
{
    w->run_id = run->run_id;
    w->watermark = run->watermark;
    w->metric_table = run->metric_table;
    TRY(what_if_prepare(w, policy, run->policy_hash, err));
    TRY(read_versions(w, run->policy_hash, err));
    TRY(what_if_read_stock(w, err));
    if (w->options->movers && !*movers)
        TRY(what_if_open_movers(w, movers, err));
    w->movers = *movers;
    for (size_t i = 0; i < w->out->scheme_count; i++)
        if (w->out->schemes[i].base_run == run->run_id)
            TRY(compare_scheme(w, &w->out->schemes[i], err));
    return what_if_drop_source(w, err);
}

static bool is_base(const struct st_simulation *out, int64_t run_id)
{
    for (size_t i = 0; i < out->scheme_count; i++)
        if (out->schemes[i].base_run == run_id)
            return true;
    return false;
}

static st_code compare_runs(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, const struct st_simulate_options *o, const struct day *day,
    struct st_simulation *out, struct st_error *err)
{
    struct st_table_file *movers = NULL;
    st_code code = ST_OK;
    for (size_t i = 0; i < day->count && code == ST_OK; i++) {
        const struct entry *run = &day->items[i];
        if ((i > 0 && run[-1].run_id == run->run_id) || !is_base(out, run->run_id))
            continue;
        struct what_if w = {
            .store = store, .arena = arena, .options = o, .out = out, .as_of = out->as_of};
        code = compare_run(&w, policy, run, &movers, err);
        st_vec_release(&w.old.runner.bounds);
        st_vec_release(&w.new.runner.bounds);
        st_vec_release(&w.facts.known);
        st_vec_release(&w.stock);
    }
    if (movers) {
        st_code closed = st_table_file_close(movers, code == ST_OK, err);
        code = code == ST_OK ? closed : code;
    }
    return code;
}

st_code st_simulate(struct st_store *store, struct st_arena *arena, struct st_policy *policy,
    const struct st_simulate_options *options, struct st_simulation *out, struct st_error *err)
{
    struct day day = {.arena = arena};
    *out = (struct st_simulation){.policy = policy};
    TRY(choose_day(store, arena, policy, options, &out->as_of, err));
    TRY(what_if_choose_by(store, arena, options, out, err));
    struct st_bind bind = st_bind_date(out->as_of);
    st_code code =
        st_run_each(store, st_sql_file_text("run/day.sql"), &bind, 1, read_entry, &day, err);
    if (code == ST_OK && day.count == 0)
        code = fail_day(store, arena, options->scheme, out->as_of, err);
    if (code == ST_OK) {
        list_schemes(arena, &day, policy, options->scheme, out);
        code = out->scheme_count ? compare_runs(store, arena, policy, options, &day, out, err)
                                 : fail_day(store, arena, options->scheme, out->as_of, err);
    }
    st_vec_release(&day);
    return code;
}
