/* The chain of periods: what a scheme's tiers build on. */
#include "run/internal.h"

struct link_reader {
    struct st_run_link *link;
    char hash[ST_HASH_HEX_SIZE];
};

static st_code read_link(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct link_reader *reader = context;
    struct st_text_cell hash = st_batch_text(batch, 2, row);
    (void)err;
    reader->link->previous_series = st_batch_int(batch, 3, row);
    reader->link->previous_run = st_batch_int(batch, 0, row);
    reader->link->previous_on = st_batch_date(batch, 1, row);
    snprintf(reader->hash, sizeof reader->hash, "%.*s", (int)hash.len, hash.data);
    return ST_OK;
}

/* Periods of moves follow each other: a gap would count as no failing period. */
static st_code fail_gap(const struct runner *r, const struct st_scheme *scheme,
    const struct st_run_link *link, st_date missing, struct st_error *err)
{
    char last[ST_DATE_TEXT_SIZE], now[ST_DATE_TEXT_SIZE], first[ST_DATE_TEXT_SIZE];
    st_code code = st_fail(err, ST_E_DATA,
        "scheme %s moves period by period, and those between %s and %s have not been run",
        "方案 %s 逐期变动，%s 与 %s 之间有周期未运行", scheme->def->name,
        st_date_format(link->previous_on, last), st_date_format(r->as_of, now));
    st_error_value(err, "last run %s", last);
    st_error_hint(err, "run them first: --every period --from %s --as-of %s",
        "请先运行：--every period --from %s --as-of %s", st_date_format(missing, first), now);
    return code;
}

/* The newest run of an earlier period: one staged by this command, else a published one. */
st_code st_run_find_link(const struct runner *r, size_t index, const struct st_scheme *scheme,
    struct st_run_link *link, struct st_error *err)
{
    const struct st_policy *policy = r->plan->policy;
    st_date start = st_period_start(policy, r->as_of);
    struct link_reader reader = {.link = link};
    struct st_bind binds[] = {st_bind_text(scheme->def->name), st_bind_date(start)};
    *link = (struct st_run_link){.previous_run = 0};
    if (!scheme->ladder)
        return ST_OK;
    st_code code = st_run_each(
        r->store, st_sql_file_text("run/previous.sql"), binds, 2, read_link, &reader, err);
    link->changed = link->previous_run && strcmp(reader.hash, scheme->def->hash) != 0;
    for (size_t i = index; i-- > 0;) {
        const struct st_run_period *staged = &r->report->periods[i];
        if (staged->as_of >= start || (link->previous_run && staged->as_of < link->previous_on))
            continue;
        *link = (struct st_run_link){.previous_run = staged->run_id, .previous_on = staged->as_of};
        break;
    }
    if (code != ST_OK || !link->previous_run)
        return code;
    st_date next = st_period_end(policy, link->previous_on) + 1;
    return next == start ? ST_OK : fail_gap(r, scheme, link, st_period_end(policy, next), err);
}

struct past_links {
    struct st_arena *arena;
    const struct st_compiled *plan;
    struct st_run_link *links;
    const char *missing;
};

static st_code read_past_link(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct past_links *past = context;
    const char *scheme = st_run_text(past->arena, batch, 0, row);
    (void)err;
    for (size_t i = 0; i < past->plan->scheme_count; i++) {
        if (strcmp(past->plan->schemes[i]->def->name, scheme) != 0)
            continue;
        past->links[i] = (struct st_run_link){.previous_run = st_batch_int(batch, 1, row),
            .changed = st_batch_bool(batch, 2, row),
            .previous_series = st_batch_int(batch, 4, row)};
        if (!st_batch_bool(batch, 3, row))
            past->missing = scheme;
    }
    return ST_OK;
}

st_code st_run_read_links(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, struct st_run_link *links, const char **missing,
    struct st_error *err)
{
    struct past_links past = {.arena = arena, .plan = plan, .links = links};
    const struct st_bind bind = st_bind_int(run_id);
    st_code code =
        st_run_each(store, st_sql_file_text("run/links.sql"), &bind, 1, read_past_link, &past, err);
    *missing = past.missing;
    return code;
}

struct held_codes {
    const struct st_scheme *scheme;
    const char *gone; /* a code that customers hold and the scheme does not know */
    struct st_arena *arena;
};

static st_code read_held(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct held_codes *held = context;
    const char *code = st_run_text(held->arena, batch, 0, row);
    const struct st_moves *moves = held->scheme->def->moves;
    bool known = st_method_tier_index(held->scheme, code, NULL, NULL) >= 0;
    (void)err;
    for (size_t i = 0; i < moves->map_count && !known; i++)
        known = strcmp(moves->maps[i].from, code) == 0;
    if (!known && !held->gone)
        held->gone = code;
    return ST_OK;
}

/* Tiers carry over by code: holders of one that is gone need to be told where to go. */
st_code st_run_check_held(const struct runner *r, const struct st_scheme *scheme,
    const struct st_run_link *link, struct st_error *err)
{
    struct held_codes ever = {.scheme = scheme, .arena = r->arena}, held = ever;
    struct st_bind binds[] = {st_bind_text(scheme->def->name), st_bind_int(link->previous_run)};
    if (!link->changed || scheme->def->moves->on_change == ST_CHANGE_RERATE)
        return ST_OK;
    TRY(st_run_each(r->store, "SELECT t.code FROM tier AS t WHERE t.scheme = $1 ORDER BY t.code",
        binds, 1, read_held, &ever, err));
    if (ever.gone) /* customers are looked at only then */
        TRY(st_run_each(
            r->store, st_sql_file_text("run/held_codes.sql"), binds, 2, read_held, &held, err));
    if (!held.gone)
        return ST_OK;
    st_code code = st_fail_at(err, scheme->def->moves->node, ST_E_POLICY,
        "customers hold tier %s, which scheme %s no longer has",
        "有客户持有层级 %s，而方案 %s 已无该层", held.gone, scheme->def->name);
    st_error_value(err, "%s", held.gone);
    st_error_hint(err, "say where they go: map: {%s: …}", "请写明去向：map: {%s: …}", held.gone);
    return code;
}
