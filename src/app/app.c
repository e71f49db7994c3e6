#include "app/app.h"

#include "ir/emit.h"
#include "ir/spread.h"
#include "run/version.h"

#include <stdlib.h>
#include <time.h>

enum opening { READING, WRITING, MAKING };

/* What a reading command shows is of one moment, whatever is published meanwhile. */
static st_code open_store(const struct st_app_store *where, enum opening opening,
    struct st_store **store, struct st_error *err)
{
    struct st_store_options options = {.threads = where->threads,
        .memory_bytes_max = where->memory_bytes_max,
        .create = opening == MAKING,
        .must_not_exist = opening == MAKING,
        .reads = opening == READING,
        .roles = opening == MAKING ? where->roles : NULL,
        .task = where->task};
    st_code code = st_store_open(where->location, &options, store, err);
    return code == ST_OK && opening == READING ? st_store_begin(*store, err) : code;
}

st_code st_app_open(const struct st_app_store *where, struct st_store **store, struct st_error *err)
{
    return open_store(where, WRITING, store, err);
}

st_code st_app_open_reading(
    const struct st_app_store *where, struct st_store **store, struct st_error *err)
{
    return open_store(where, READING, store, err);
}

const char *st_app_store_shown(struct st_arena *arena, const struct st_app_store *where)
{
    char *shown = st_store_location_shown(where->location);
    const char *copy = st_arena_strdup(arena, shown);
    free(shown);
    return copy;
}

st_date st_app_today(void)
{
    char now[ST_NOW_SIZE];
    st_date date = 0;
    (void)st_date_parse(st_app_now(now), 10, &date);
    return date;
}

const char *st_app_now(char text[ST_NOW_SIZE])
{
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(text, ST_NOW_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

st_code st_app_init(const struct st_app_store *where, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, MAKING, &store, err);
    st_store_close(store);
    return code;
}

/* After a transaction that another session's came between: whether to do all of it anew. */
static bool again(struct st_error *err, int *tries)
{
    if (!st_store_may_retry(err) || ++*tries == ST_STORE_TRIES)
        return false;
    st_error_clear(err);
    return true;
}

st_code st_app_import(const struct st_app_store *where, struct st_arena *arena,
    const struct st_import_options *options, struct st_import_report *report, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, WRITING, &store, err);
    if (code == ST_OK) {
        int tries = 0;
        do
            code = st_import(store, arena, options, report, err);
        while (code != ST_OK && again(err, &tries));
    }
    st_store_close(store);
    return code;
}

st_code st_app_quarantine(const struct st_app_store *where, struct st_arena *arena,
    const struct st_quarantine_query *query, struct st_quarantine_total **totals,
    size_t *total_count, struct st_quarantine_record **records, size_t *record_count,
    struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_quarantine_summary(store, arena, totals, total_count, err);
    if (code == ST_OK)
        code = st_quarantine_list(store, arena, query, records, record_count, err);
    st_store_close(store);
    return code;
}

st_code st_app_quarantine_export(const struct st_app_store *where, const char *source,
    const char *path, int64_t *written, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_quarantine_export(store, source, path, written, err);
    st_store_close(store);
    return code;
}

st_code st_app_quality(const struct st_app_store *where, struct st_arena *arena,
    struct st_quality *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_quality(store, arena, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_check(struct st_arena *arena, const char *policy_path, bool foreign, bool spread,
    struct st_compiled **out, struct st_error *err)
{
    struct st_policy *policy = NULL;
    struct st_compile_env env = {.currency_exponent = -1, .foreign = foreign, .spread = spread};
    st_code code = st_policy_load(arena, policy_path, &policy, err);
    if (code == ST_OK)
        code = st_plan_policy(arena, policy, &env, out, err);
    for (size_t i = 0; code == ST_OK && spread && i < (*out)->step_count; i++)
        code = st_step_check_spread(&(*out)->steps[i], NULL, err);
    return code;
}

void st_app_plan_sql(
    const struct st_compiled *compiled, enum st_dialect dialect, struct st_str *out)
{
    const struct st_metric_storage *s = &compiled->storage;
    st_emit_create_table(dialect, s->rows, s->row_columns, s->row_column_count, out);
    st_str_add(out, ";\n");
    st_emit_create_table(dialect, s->runs, s->run_columns, s->run_column_count, out);
    st_str_add(out, ";\n");
    st_emit_create_view(dialect, compiled->metric_table, s->view, out);
    st_str_add(out, ";\n");
    for (size_t i = 0; i < compiled->step_count; i++) {
        struct st_emitted emitted = ST_EMITTED_INIT;
        st_emit_step_for_people(dialect, &compiled->steps[i], &emitted);
        st_str_addf(out, "\n-- %s\n", compiled->steps[i].label);
        for (size_t p = 0; p < emitted.params.count; p++)
            st_str_addf(out, "-- $%zu = %s\n", p + 1, emitted.params.items[p].name);
        st_str_add(out, emitted.sql.text);
        st_str_add(out, ";\n");
        st_emitted_release(&emitted);
    }
}

static st_code run_stretches(struct st_store *store, struct st_arena *arena,
    const struct st_stretch *stretches, size_t count, const struct st_run_options *options,
    struct st_app_runs *out, struct st_error *err)
{
    st_code code = ST_OK;
    out->reports = st_arena_array(arena, struct st_run_report, count);
    for (size_t i = 0; i < count && code == ST_OK; i++) {
        struct st_run_options own = *options;
        own.policy_version = stretches[i].version;
        own.from = stretches[i].from;
        own.has_from = options->every != NULL;
        own.as_of = stretches[i].to;
        int tries = 0;
        do
            code = st_run(store, arena, stretches[i].policy, &own, &out->reports[i], err);
        while (code != ST_OK && again(err, &tries));
        out->count += code == ST_OK;
    }
    return code;
}

st_code st_app_run(const struct st_app_store *where, struct st_arena *arena,
    const char *policy_path, const char *policy_name, const struct st_run_options *options,
    struct st_app_runs *out, struct st_error *err)
{
    struct st_policy *policy = NULL;
    struct st_store *store = NULL;
    struct st_stretch *stretches = NULL;
    size_t count = 0;
    *out = (struct st_app_runs){.count = 0};
    st_code code = policy_path ? st_policy_load(arena, policy_path, &policy, err) : ST_OK;
    if (code == ST_OK)
        code = open_store(where, WRITING, &store, err);
    if (code == ST_OK)
        code = st_version_stretches(
            store, arena, policy, policy_name, options, &stretches, &count, err);
    if (code == ST_OK)
        code = run_stretches(store, arena, stretches, count, options, out, err);
    st_store_close(store);
    return code;
}

/* The scheme asked for, or every scheme that was run. */
static st_code chosen_schemes(struct st_store *store, struct st_arena *arena, const char *scheme,
    const char ***names, size_t *count, struct st_error *err)
{
    if (scheme) {
        *names = st_arena_array(arena, const char *, 1);
        (*names)[0] = scheme;
        *count = 1;
        return ST_OK;
    }
    st_code code = st_read_schemes(store, arena, names, count, err);
    if (code == ST_OK && *count == 0) {
        code = st_fail(err, ST_E_NOT_FOUND, "no run has been published in %s",
            "%s 中尚无已发布的运行", st_store_location(store));
        st_error_hint(err, "strata run %s POLICY.yaml --as-of DATE",
            "strata run %s 策略.yaml --as-of 日期", st_store_location(store));
    }
    return code;
}

st_code st_app_tiers(const struct st_app_store *where, struct st_arena *arena, const char *scheme,
    const char *metric, const st_date *as_of, struct st_tiers **out, size_t *count,
    struct st_error *err)
{
    struct st_store *store = NULL;
    const char **names = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = chosen_schemes(store, arena, scheme, &names, count, err);
    if (code == ST_OK)
        *out = st_arena_array(arena, struct st_tiers, *count);
    for (size_t i = 0; code == ST_OK && i < *count; i++) {
        struct st_tiers *tiers = &(*out)[i];
        code = st_read_tiers(store, arena, names[i], as_of, tiers, err);
        if (code == ST_OK && metric)
            code = st_read_tier_values(store, arena, tiers, metric, &tiers->values, err);
    }
    st_store_close(store);
    return code;
}

static void explain_state(struct st_arena *arena, struct st_explanation *e)
{
    const struct st_customer_state *s = &e->state;
    struct st_explain_input input = {.compiled = s->compiled,
        .scheme = s->scheme,
        .status = s->status,
        .tier = s->earned,
        .hold = s->has_hold ? &s->hold : NULL,
        .has_rule = s->has_rule,
        .has_score = s->has_score,
        .rule = s->rule,
        .score = s->score,
        .as_of = s->run.as_of,
        .lookup = st_customer_lookup,
        .context = &e->state};
    for (int lang = 0; lang < ST_LANG_COUNT; lang++) {
        struct st_str text = ST_STR_INIT;
        st_explain_why(arena, &input, (enum st_lang)lang, &text);
        e->why[lang] = st_arena_strdup(arena, text.text);
        st_str_reset(&text);
        st_explain_hold(arena, &input, (enum st_lang)lang, &text);
        e->hold[lang] = st_arena_strdup(arena, text.text ? text.text : "");
        st_str_release(&text);
    }
    e->change_count = st_explain_changes(&input, e->changes);
}

st_code st_app_explain(const struct st_app_store *where, struct st_arena *arena,
    const char *customer, const char *scheme, const st_date *as_of, struct st_explanation **out,
    size_t *count, struct st_error *err)
{
    struct st_store *store = NULL;
    const char **names = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = chosen_schemes(store, arena, scheme, &names, count, err);
    if (code == ST_OK)
        *out = st_arena_array(arena, struct st_explanation, *count);
    for (size_t i = 0; code == ST_OK && i < *count; i++) {
        code = st_read_customer(store, arena, customer, names[i], as_of, &(*out)[i].state, err);
        if (code == ST_OK)
            explain_state(arena, &(*out)[i]);
    }
    st_store_close(store);
    return code;
}

st_code st_app_export(const struct st_app_store *where, struct st_arena *arena,
    const struct st_export_options *options, int64_t *rows, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_export(store, arena, options, rows, err);
    st_store_close(store);
    return code;
}

st_code st_app_signals(const struct st_app_store *where, struct st_arena *arena,
    const struct st_signal_query *query, struct st_signal_list *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_read_signals(store, arena, query, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_change_write(const struct st_app_store *where, struct st_arena *arena,
    const struct st_change_options *options, struct st_change_file *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, WRITING, &store, err);
    if (code == ST_OK)
        code = st_change_write(store, arena, options, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_change_ack(const struct st_app_store *where, struct st_arena *arena,
    const struct st_change_receipt *receipt, struct st_change_file *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, WRITING, &store, err);
    if (code == ST_OK)
        code = st_change_ack(store, arena, receipt, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_change_list(const struct st_app_store *where, struct st_arena *arena,
    const char *scheme, struct st_change_file **out, size_t *count, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_change_list(store, arena, scheme, out, count, err);
    st_store_close(store);
    return code;
}

st_code st_app_report(const struct st_app_store *where, struct st_arena *arena,
    const struct st_report_options *options, json_t **data, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_report_gather(store, arena, options, data, err);
    st_store_close(store);
    return code;
}

st_code st_app_reconcile(const struct st_app_store *where, struct st_arena *arena,
    const struct st_reconcile_options *options, struct st_reconciliation *out, struct st_error *err)
{
    struct st_store *store = NULL;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = st_reconcile(store, arena, options, out, err);
    st_store_close(store);
    return code;
}

st_code st_app_replay(const struct st_app_store *where, struct st_arena *arena, const int64_t *only,
    struct st_replay **out, size_t *count, struct st_error *err)
{
    struct st_store *store = NULL;
    int64_t *runs = NULL;
    st_code code = open_store(where, WRITING, &store, err);
    if (code == ST_OK)
        code = st_replay_runs(store, arena, only, &runs, count, err);
    if (code == ST_OK)
        *out = st_arena_array(arena, struct st_replay, *count);
    for (size_t i = 0; code == ST_OK && i < *count; i++)
        code = st_replay(store, arena, runs[i], &(*out)[i], err);
    st_store_close(store);
    return code;
}

/* The scheme of a command that takes one. */
static st_code only_scheme(
    struct st_store *store, struct st_arena *arena, const char **scheme, struct st_error *err)
{
    const char **names = NULL;
    size_t count = 0;
    st_code code = chosen_schemes(store, arena, *scheme, &names, &count, err);
    if (code != ST_OK)
        return code;
    *scheme = names[0];
    if (count == 1)
        return ST_OK;
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", names[i]);
    code = st_fail(err, ST_E_USAGE, "%s has %zu schemes: say which with --scheme",
        "%s 中有 %zu 个方案：请用 --scheme 指定", st_store_location(store), count);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    return code;
}

st_code st_app_migrate(const struct st_app_store *where, struct st_arena *arena,
    const struct st_migrate_options *options, struct st_migration *out, struct st_error *err)
{
    struct st_store *store = NULL;
    struct st_migrate_options chosen = *options;
    st_code code = open_store(where, READING, &store, err);
    if (code == ST_OK)
        code = only_scheme(store, arena, &chosen.scheme, err);
    if (code == ST_OK)
        code = st_migrate(store, arena, &chosen, out, err);
    st_store_close(store);
    return code;
}
