/* The way of a scheme's customers over its last periods: who went from tier to tier. */
#include "report/internal.h"

enum {
    PATH_DAYS = 4,       /* ends of periods that are drawn */
    RUNS_LOOKED_AT = 400 /* to find them among runs of every day */
};

struct stop {
    int64_t day, run_id;
};

/* The day's run and the last ones of the periods before it, newest first. */
static size_t choose_stops(
    const struct st_report_run *run, const struct st_report_table *days, struct stop *stops)
{
    const struct st_policy *policy = run->compiled->policy;
    st_date start = run->as_of + 1;
    size_t count = 0;
    for (size_t row = 0; row < days->rows && count < PATH_DAYS; row++) {
        int64_t day = st_report_int(days, row, 0);
        if (day >= start)
            continue;
        stops[count++] = (struct stop){day, st_report_int(days, row, 1)};
        start = st_period_start(policy, (st_date)day);
    }
    return count;
}

static st_code read_step(struct st_store *store, struct st_arena *a, const struct st_scheme *scheme,
    const struct stop *from, const struct stop *to, json_t *steps, struct st_error *err)
{
    struct st_flow *cells = NULL;
    size_t count = 0;
    st_code code =
        st_run_flow(store, a, to->run_id, from->run_id, scheme->def->name, &cells, &count, err);
    if (code == ST_OK)
        json_array_append_new(steps, st_report_flow(scheme, cells, count));
    return code;
}

st_code st_report_path(struct st_store *store, struct st_arena *a, const struct st_report_run *run,
    const struct st_scheme *scheme, json_t **out, struct st_error *err)
{
    struct st_report_table table;
    struct stop stops[PATH_DAYS];
    const struct st_bind binds[] = {
        st_bind_text(scheme->def->name), st_bind_date(run->as_of), st_bind_int(RUNS_LOOKED_AT)};
    st_code code = st_report_fetch(
        store, a, st_sql_file_text("report/days.sql"), binds, ST_COUNT(binds), &table, err);
    size_t count = code == ST_OK ? choose_stops(run, &table, stops) : 0;
    if (count < 2)
        return code;
    json_t *days = json_array(), *steps = json_array();
    for (size_t i = count; i-- > 0 && code == ST_OK;) {
        struct st_ir_value day = {.number = stops[i].day};
        json_array_append_new(days, st_report_date(&day));
        if (i + 1 < count)
            code = read_step(store, a, scheme, &stops[i + 1], &stops[i], steps, err);
    }
    *out = json_pack("{s:o, s:o}", "days", days, "steps", steps);
    return code;
}
