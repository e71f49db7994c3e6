/* How many rise, fall and stay from run to run. */
#include "run/migrate_internal.h"

struct stop {
    st_date as_of;
    int64_t run_id;
};

struct stops {
    int months; /* a stop is the last run of so many months; 0: of every run */
    struct stop *items;
    size_t count, cap;
};

static const struct {
    const char *name;
    int months;
} rhythms[] = {{"run", 0}, {"month", 1}, {"quarter", 3}, {"year", 12}};

static st_code read_rhythm(const char *every, int *months, struct st_error *err)
{
    for (size_t i = 0; i < ST_COUNT(rhythms); i++)
        if (strcmp(every, rhythms[i].name) == 0) {
            *months = rhythms[i].months;
            return ST_OK;
        }
    st_code code =
        st_fail(err, ST_E_USAGE, "--every is not a period it knows", "--every 的周期无效");
    st_error_value(err, "%s", every);
    st_error_allowed(err, "run, month, quarter, year", "run、month、quarter、year");
    return code;
}

/* Number of the calendar period a day lies in. */
static int period_of(st_date day, int months)
{
    struct st_civil c = st_date_to_civil(day);
    return (c.year * 12 + c.month - 1) / months;
}

static st_code read_stop(void *context, const struct st_batch *b, size_t row, struct st_error *err)
{
    struct stops *stops = context;
    struct stop stop = {st_batch_date(b, 0, row), st_batch_int(b, 1, row)};
    (void)err;
    struct stop *last = stops->count ? &stops->items[stops->count - 1] : NULL;
    if (last && stops->months &&
        period_of(last->as_of, stops->months) == period_of(stop.as_of, stops->months))
        *last = stop;
    else
        *st_vec_push(stops) = stop;
    return ST_OK;
}

static st_code read_rates(struct migrate *m, const struct stop *from, const struct stop *to,
    struct st_rates *out, struct st_error *err)
{
    struct st_movement moved = {0};
    struct st_flow *cells = NULL;
    size_t count = 0;
    TRY(st_run_flow(
        m->store, m->arena, to->run_id, from->run_id, m->options->scheme, &cells, &count, err));
    for (size_t i = 0; i < count; i++)
        st_run_count_flow(m->out->scheme, &cells[i], &moved);
    *out = (struct st_rates){.from = from->as_of,
        .to = to->as_of,
        .start = moved.up + moved.down + moved.moved + moved.same + moved.left,
        .promoted = moved.up,
        .demoted = moved.down,
        .moved = moved.moved,
        .kept = moved.same,
        .left = moved.left,
        .joined = moved.entered};
    return ST_OK;
}

st_code st_migrate_rates(struct migrate *m, struct st_error *err)
{
    struct st_migration *out = m->out;
    const struct st_bind binds[] = {st_bind_text(m->options->scheme), st_bind_date(out->from.as_of),
        st_bind_date(out->to.as_of)};
    struct stops stops = {0};
    TRY(read_rhythm(m->options->every, &stops.months, err));
    st_code code = st_run_each(m->store, st_sql_file_text("query/migrate_runs.sql"), binds,
        ST_COUNT(binds), read_stop, &stops, err);
    out->rates = st_arena_array(m->arena, struct st_rates, stops.count + 1);
    for (size_t i = 1; i < stops.count && code == ST_OK; i++)
        code = read_rates(
            m, &stops.items[i - 1], &stops.items[i], &out->rates[out->rate_count++], err);
    st_vec_release(&stops);
    return code;
}
