#include "report/internal.h"

#include "ingest/import.h"
#include "run/measure.h"

/* --- which runs --- */

struct runs {
    struct st_report_run *items;
    size_t count;
};

static void take_run(
    struct st_arena *a, const struct st_report_table *t, size_t row, struct st_report_run *run)
{
    *run = (struct st_report_run){.as_of = (st_date)st_report_int(t, row, 0),
        .run_id = st_report_int(t, row, 2),
        .policy_hash = st_report_cell(t, row, 3)->text,
        .policy = st_report_cell(t, row, 4)->text,
        .metric_table = st_report_cell(t, row, 5)->text,
        .watermark = st_report_int(t, row, 6),
        .customers = st_report_int(t, row, 7),
        .started_at = st_report_cell(t, row, 8)->text,
        .finished_at = st_report_cell(t, row, 9)->text,
        .version = st_report_int(t, row, 10),
        .schemes = st_arena_array(a, const char *, t->rows)};
}

/* Says what is missing, as every reading command does. */
static st_code fail_nothing(struct st_store *store, struct st_arena *a,
    const struct st_report_options *o, struct st_error *err)
{
    const char **schemes = NULL;
    size_t count = 0;
    struct st_published none;
    st_code code = st_read_schemes(store, a, &schemes, &count, err);
    if (code == ST_OK)
        code = st_read_published(store, a,
            o->scheme ? o->scheme
            : count   ? schemes[0]
                      : "",
            o->as_of, &none, err);
    return code != ST_OK ? code
                         : st_fail(err, ST_E_NOT_FOUND, "nothing was published on that day",
                               "该日没有已发布的运行");
}

static st_code read_runs(struct st_store *store, struct st_arena *a,
    const struct st_report_options *o, struct runs *out, struct st_error *err)
{
    struct st_report_table t;
    struct st_bind day = {.type = ST_IR_DATE, .is_null = true};
    struct st_bind binds[] = {st_bind_text(o->scheme), o->as_of ? st_bind_date(*o->as_of) : day};
    st_code code =
        st_report_fetch(store, a, st_sql_file_text("report/published.sql"), binds, 2, &t, err);
    if (code == ST_OK && t.rows == 0)
        code = fail_nothing(store, a, o, err);
    if (code != ST_OK)
        return code;
    out->items = st_arena_array(a, struct st_report_run, t.rows);
    for (size_t row = 0; row < t.rows; row++) {
        bool first = row == 0 || st_report_int(&t, row, 2) != st_report_int(&t, row - 1, 2);
        if (first)
            take_run(a, &t, row, &out->items[out->count++]);
        struct st_report_run *run = &out->items[out->count - 1];
        run->schemes[run->scheme_count++] = st_report_cell(&t, row, 1)->text;
    }
    for (size_t i = 0; i < out->count && code == ST_OK; i++) {
        struct st_bind id = st_bind_int(out->items[i].run_id);
        code = st_read_policy(store, a, out->items[i].policy_hash, &out->items[i].compiled, err);
        if (code == ST_OK)
            code = st_report_fetch(store, a, st_sql_file_text("report/bounds.sql"), &id, 1,
                &out->items[i].bounds, err);
    }
    return code;
}

static bool publishes(const struct st_report_run *run, const char *scheme)
{
    for (size_t i = 0; i < run->scheme_count; i++)
        if (strcmp(run->schemes[i], scheme) == 0)
            return true;
    return false;
}

/* --- the measure --- */

/* Without --measure: what the first scheme that divides money divides (rfm: its monetary value),
 * else the policy's first metric that is money. */
static const struct st_metric_column *choose_measure(
    struct st_arena *a, const struct st_report_run *run)
{
    const struct st_compiled *c = run->compiled;
    for (size_t i = 0; i < c->scheme_count; i++) {
        const struct st_scheme *scheme = c->schemes[i];
        const struct st_metric_column *m =
            publishes(run, scheme->def->name) ? st_read_divided(a, c, scheme) : NULL;
        if (m && m->kind == ST_KIND_MONEY)
            return m;
    }
    return st_measure_first(c);
}

/* One measure for the whole report; a run of another policy may lack it. */
static st_code set_measure(
    struct st_arena *a, struct runs *runs, const char *wanted, struct st_error *err)
{
    for (size_t i = 0; i < runs->count && !wanted; i++) {
        const struct st_metric_column *m = choose_measure(a, &runs->items[i]);
        wanted = m ? m->name : NULL;
    }
    bool found = !wanted;
    for (size_t i = 0; i < runs->count && wanted; i++) {
        runs->items[i].measure = st_measure(runs->items[i].compiled, wanted);
        found |= runs->items[i].measure != NULL;
    }
    return found ? ST_OK : st_measure_fail(runs->items[0].compiled, wanted, err);
}

/* --- parts --- */

static json_t *run_json(const struct st_report_run *run)
{
    const struct st_policy *policy = run->compiled->policy;
    json_t *version = run->version ? json_integer(run->version) : json_null();
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:I, s:I, s:s?, s:s?}", "run", run->run_id,
        "policy", run->policy, "hash", run->policy_hash, "version", version, "title",
        st_report_title(&policy->title), "customers", run->customers, "watermark", run->watermark,
        "started_at", run->started_at, "finished_at", run->finished_at);
}

static st_code add_schemes(struct st_store *store, struct st_arena *a, const struct runs *runs,
    json_t *out, struct st_error *err)
{
    json_t *list = json_array(), *run_list = json_array();
    json_object_set_new(out, "runs", run_list);
    json_object_set_new(out, "schemes", list);
    st_code code = ST_OK;
    for (size_t r = 0; r < runs->count; r++) {
        const struct st_report_run *run = &runs->items[r];
        json_array_append_new(run_list, run_json(run));
        for (size_t i = 0; i < run->compiled->scheme_count && code == ST_OK; i++) {
            json_t *scheme = NULL;
            const char *name = run->compiled->schemes[i]->def->name;
            if (!publishes(run, name))
                continue;
            code = st_report_scheme(store, a, run, name, &scheme, err);
            if (scheme)
                json_array_append_new(list, scheme);
        }
    }
    return code;
}

static st_code add_holdings(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, json_t *out, struct st_error *err)
{
    struct st_report_table currencies, newest;
    struct st_bind binds[] = {st_bind_date(run->as_of), st_bind_int(run->watermark)};
    st_code code = st_report_fetch(
        store, a, st_sql_file_text("report/currencies.sql"), binds, 2, &currencies, err);
    if (code == ST_OK)
        code = st_report_fetch(
            store, a, st_sql_file_text("report/newest.sql"), binds, 2, &newest, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    for (size_t row = 0; row < currencies.rows; row++)
        json_array_append_new(
            list, json_pack("{s:s, s:I}", "currency", st_report_cell(&currencies, row, 0)->text,
                      "accounts", st_report_int(&currencies, row, 1)));
    json_object_set_new(out, "currencies", list);
    json_object_set_new(out, "newest", st_report_date(st_report_cell(&newest, 0, 0)));
    return ST_OK;
}

static st_code add_concentration(struct st_store *store, struct st_arena *a,
    const struct runs *runs, json_t *out, struct st_error *err)
{
    json_t *concentration = NULL;
    st_code code = ST_OK;
    for (size_t i = 0; i < runs->count && code == ST_OK && !concentration; i++)
        code = st_report_concentration(store, a, &runs->items[i], &concentration, err);
    if (concentration)
        json_object_set_new(out, "concentration", concentration);
    return code;
}

/* Customers and the measure's total, day by day; of runs with the same metrics as the day's. */
static st_code add_history(struct st_store *store, struct st_arena *a,
    const struct st_report_run *run, json_t *out, struct st_error *err)
{
    struct st_report_table days, totals;
    struct st_bind binds[] = {st_bind_text(run->schemes[0]), st_bind_date(run->as_of),
        st_bind_int(ST_REPORT_PERIODS), st_bind_text(run->metric_table)};
    st_code code = st_report_fetch(
        store, a, st_sql_file_text("report/history.sql"), binds, ST_COUNT(binds), &days, err);
    if (code == ST_OK)
        code = st_report_query(store, a, run, st_report_totals(a, run), &totals, err);
    if (code != ST_OK)
        return code;
    json_t *list = json_array();
    int scale = run->measure ? run->measure->scale : 0;
    for (size_t day = days.rows; day-- > 0;)
        for (size_t row = 0; row < totals.rows; row++)
            if (st_report_int(&totals, row, 0) == st_report_int(&days, day, 1))
                json_array_append_new(
                    list, json_pack("{s:o, s:I, s:o}", "as_of",
                              st_report_date(st_report_cell(&days, day, 0)), "customers",
                              st_report_int(&totals, row, 1), "amount",
                              st_report_amount(st_report_cell(&totals, row, 2), scale)));
    json_object_set_new(out, "history", list);
    return ST_OK;
}

static st_code add_others(
    struct st_store *store, struct st_arena *a, st_date as_of, json_t *out, struct st_error *err)
{
    struct st_report_table t;
    struct st_bind bind = st_bind_date(as_of);
    st_code code =
        st_report_fetch(store, a, st_sql_file_text("report/others.sql"), &bind, 1, &t, err);
    json_t *list = json_array();
    for (size_t row = 0; code == ST_OK && row < t.rows; row++)
        json_array_append_new(
            list, json_pack("{s:s, s:o}", "scheme", st_report_cell(&t, row, 0)->text, "as_of",
                      st_report_date(st_report_cell(&t, row, 1))));
    json_object_set_new(out, "others", list);
    return code;
}

static json_t *signal_json(const struct st_signal_def *def, const struct st_report_table *counts)
{
    int64_t holding = 0, fresh = 0;
    for (size_t row = 0; row < counts->rows; row++)
        if (strcmp(st_report_cell(counts, row, 0)->text, def->name) == 0) {
            holding = st_report_int(counts, row, 1);
            fresh = st_report_int(counts, row, 2);
        }
    return json_pack("{s:s, s:o, s:s, s:o, s:I, s:I, s:I}", "name", def->name, "title",
        st_report_title(&def->title), "kind", st_signal_kinds[def->kind].word, "kind_title",
        st_report_title(&st_signal_kinds[def->kind].title), "priority", def->priority, "holding",
        holding, "new", fresh);
}

/* Every signal of the day's policies, in their order. */
static st_code add_signals(struct st_store *store, struct st_arena *a, const struct runs *runs,
    json_t *out, struct st_error *err)
{
    st_code code = ST_OK;
    json_t *list = json_array();
    for (size_t i = 0; i < runs->count && code == ST_OK; i++) {
        const struct st_report_run *run = &runs->items[i];
        const struct st_bind binds[] = {st_bind_int(run->run_id), st_bind_date(run->as_of)};
        struct st_report_table counts;
        if (run->compiled->signal_count == 0)
            continue;
        code = st_report_fetch(
            store, a, st_sql_file_text("report/signals.sql"), binds, 2, &counts, err);
        for (size_t k = 0; code == ST_OK && k < run->compiled->signal_count; k++)
            json_array_append_new(list, signal_json(run->compiled->signals[k].def, &counts));
    }
    json_object_set_new(out, "signals", list);
    return code;
}

static const struct st_text *reason_text(const char *code)
{
    for (size_t i = 0; i < ST_REASON_COUNT; i++)
        if (strcmp(st_reasons[i].code, code) == 0)
            return &st_reasons[i].text;
    return NULL;
}

static json_t *sources_json(const struct st_quality *q)
{
    json_t *out = json_array();
    for (size_t i = 0; i < q->source_count; i++) {
        const struct st_quality_source *s = &q->sources[i];
        struct st_ir_value day = {.is_null = !s->has_as_of, .number = s->as_of};
        json_array_append_new(
            out, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "source", s->source,
                     "loads", s->loads, "read", s->rows_read, "loaded", s->rows_loaded, "unchanged",
                     s->rows_unchanged, "skipped", s->rows_skipped, "quarantined",
                     s->rows_quarantined, "open", s->open, "as_of", st_report_date(&day)));
    }
    return out;
}

static json_t *reasons_json(const struct st_quality *q)
{
    json_t *out = json_array();
    for (size_t i = 0; i < q->reason_count; i++) {
        const struct st_quarantine_total *r = &q->reasons[i];
        const struct st_text *text = reason_text(r->reason);
        const struct st_text plain = {r->reason, r->reason};
        json_array_append_new(
            out, json_pack("{s:s, s:s, s:o, s:I, s:I}", "source", r->source, "reason", r->reason,
                     "title", st_report_title(text ? text : &plain), "open", r->open, "resolved",
                     r->resolved));
    }
    return out;
}

static st_code add_quality(
    struct st_store *store, struct st_arena *a, json_t *out, struct st_error *err)
{
    struct st_quality q;
    st_code code = st_quality(store, a, &q, err);
    if (code != ST_OK)
        return code;
    json_t *columns = json_array();
    for (size_t i = 0; i < q.column_count; i++)
        if (q.columns[i].rows)
            json_array_append_new(
                columns, json_pack("{s:s, s:s, s:I, s:I}", "table", q.columns[i].table, "column",
                             q.columns[i].column, "rows", q.columns[i].rows, "missing",
                             q.columns[i].missing));
    json_object_set_new(out, "quality",
        json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "sources", sources_json(&q),
            "reasons", reasons_json(&q), "columns", columns, "customers", q.customers,
            "customers_without_account", q.customers_without_account, "accounts", q.accounts,
            "accounts_without_balance", q.accounts_without_balance, "accounts_without_holder",
            q.accounts_without_holder));
    return ST_OK;
}

static json_t *measure_json(const struct runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct st_metric_column *m = runs->items[i].measure;
        if (m)
            return json_pack("{s:s, s:o, s:s}", "name", m->name, "title",
                st_report_title(&m->title), "kind", m->kind == ST_KIND_MONEY ? "money" : "number");
    }
    return json_null();
}

static st_code gather(struct st_store *store, struct st_arena *a, const struct st_report_options *o,
    json_t *out, struct st_error *err)
{
    struct runs runs = {0};
    char date[ST_DATE_TEXT_SIZE];
    st_code code = read_runs(store, a, o, &runs, err);
    if (code == ST_OK)
        code = set_measure(a, &runs, o->measure, err);
    if (code != ST_OK)
        return code;
    const struct st_report_run *first = &runs.items[0];
    json_object_set_new(out, "strata", json_string(STRATA_VERSION));
    json_object_set_new(out, "title", o->title ? json_string(o->title) : json_null());
    json_object_set_new(out, "as_of", json_string(st_date_format(first->as_of, date)));
    json_object_set_new(out, "currency", json_string(first->compiled->policy->currency));
    json_object_set_new(out, "customers", json_integer(first->customers));
    json_object_set_new(out, "measure", measure_json(&runs));
    code = add_holdings(store, a, first, out, err);
    if (code == ST_OK)
        code = add_history(store, a, first, out, err);
    if (code == ST_OK)
        code = add_schemes(store, a, &runs, out, err);
    if (code == ST_OK)
        code = add_concentration(store, a, &runs, out, err);
    if (code == ST_OK)
        code = add_signals(store, a, &runs, out, err);
    if (code == ST_OK)
        code = add_others(store, a, first->as_of, out, err);
    if (code == ST_OK)
        code = add_quality(store, a, out, err);
    return code;
}

st_code st_report_gather(struct st_store *store, struct st_arena *arena,
    const struct st_report_options *options, json_t **out, struct st_error *err)
{
    json_t *data = json_object();
    st_code code = gather(store, arena, options, data, err);
    if (code != ST_OK) {
        json_decref(data);
        return code;
    }
    *out = data;
    return ST_OK;
}
