/* Use cases: what a command or a request asks for, one function each.
 *
 * Each opens the store it needs, does the whole thing in its transactions and closes it. Reports
 * live in the arena given. Nothing here prints.
 */
#ifndef ST_APP_APP_H
#define ST_APP_APP_H

#include "demo/demo.h"
#include "ingest/import.h"
#include "report/report.h"
#include "run/changes.h"
#include "run/copy.h"
#include "run/export.h"
#include "run/migrate.h"
#include "run/reconcile.h"
#include "run/replay.h"
#include "run/signals.h"
#include "tier/explain.h"

/* Where the data is and what it may use. */
struct st_app_store {
    const char *location;
    int threads;                  /* 0: all processors */
    int64_t memory_bytes_max;     /* 0: the engine's default */
    const char *task;             /* the command, for who finds the store in use; NULL: unknown */
    struct st_store_roles *roles; /* for a new store in a server; NULL: none */
};

/* Makes a new store; ST_E_CONFLICT when there is one. */
ST_MUST_CHECK st_code st_app_init(const struct st_app_store *store, struct st_error *err);

ST_MUST_CHECK st_code st_app_import(const struct st_app_store *store, struct st_arena *arena,
    const struct st_import_options *options, struct st_import_report *report, struct st_error *err);

ST_MUST_CHECK st_code st_app_quarantine(const struct st_app_store *store, struct st_arena *arena,
    const struct st_quarantine_query *query, struct st_quarantine_total **totals,
    size_t *total_count, struct st_quarantine_record **records, size_t *record_count,
    struct st_error *err);

ST_MUST_CHECK st_code st_app_quarantine_export(const struct st_app_store *store, const char *source,
    const char *path, int64_t *written, struct st_error *err);

ST_MUST_CHECK st_code st_app_quality(const struct st_app_store *store, struct st_arena *arena,
    struct st_quality *out, struct st_error *err);

/* Parses and compiles without a store; `foreign`: as for one that holds several currencies;
 * `spread`: as for one over several servers, every step checked by ir/spread.h. */
ST_MUST_CHECK st_code st_app_check(struct st_arena *arena, const char *policy_path, bool foreign,
    bool spread, struct st_compiled **out, struct st_error *err);

/* The plan as SQL of one engine, a statement per step. */
void st_app_plan_sql(
    const struct st_compiled *compiled, enum st_dialect dialect, struct st_str *out);

/* What a run did, a report for each stretch of days under one policy and version. */
struct st_app_runs {
    struct st_run_report *reports;
    size_t count;
};

/* A file, or, where `policy_path` is NULL, the versions in force of `policy_name` or of all (see
 * st_version_stretches). Each stretch is published on its own: after an error `out` has those that
 * were. */
ST_MUST_CHECK st_code st_app_run(const struct st_app_store *store, struct st_arena *arena,
    const char *policy_path, const char *policy_name, const struct st_run_options *options,
    struct st_app_runs *out, struct st_error *err);

/* One scheme, or all that were run when `scheme` is NULL; with the sums of `metric` unless NULL. */
ST_MUST_CHECK st_code st_app_tiers(const struct st_app_store *store, struct st_arena *arena,
    const char *scheme, const char *metric, const st_date *as_of, struct st_tiers **out,
    size_t *count, struct st_error *err);

struct st_explanation {
    struct st_customer_state state;
    const char *why[ST_LANG_COUNT];
    const char *hold[ST_LANG_COUNT]; /* how the tier is held; "" where there are no moves */
    struct st_change changes[ST_CHANGES_MAX];
    size_t change_count;
};

ST_MUST_CHECK st_code st_app_explain(const struct st_app_store *store, struct st_arena *arena,
    const char *customer, const char *scheme, const st_date *as_of, struct st_explanation **out,
    size_t *count, struct st_error *err);

ST_MUST_CHECK st_code st_app_export(const struct st_app_store *store, struct st_arena *arena,
    const struct st_export_options *options, int64_t *rows, struct st_error *err);

ST_MUST_CHECK st_code st_app_signals(const struct st_app_store *store, struct st_arena *arena,
    const struct st_signal_query *query, struct st_signal_list *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_change_write(const struct st_app_store *store, struct st_arena *arena,
    const struct st_change_options *options, struct st_change_file *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_change_ack(const struct st_app_store *store, struct st_arena *arena,
    const struct st_change_receipt *receipt, struct st_change_file *out, struct st_error *err);

ST_MUST_CHECK st_code st_app_change_list(const struct st_app_store *store, struct st_arena *arena,
    const char *scheme, struct st_change_file **out, size_t *count, struct st_error *err);

/* Gathers the report's data into a new object that the caller owns. */
ST_MUST_CHECK st_code st_app_report(const struct st_app_store *store, struct st_arena *arena,
    const struct st_report_options *options, json_t **data, struct st_error *err);

ST_MUST_CHECK st_code st_app_reconcile(const struct st_app_store *store, struct st_arena *arena,
    const struct st_reconcile_options *options, struct st_reconciliation *out,
    struct st_error *err);

/* Replays one run, or all when `only` is NULL; stops at none that differs. */
ST_MUST_CHECK st_code st_app_replay(const struct st_app_store *store, struct st_arena *arena,
    const int64_t *only, struct st_replay **out, size_t *count, struct st_error *err);

/* `options->scheme` may be NULL where the store has one scheme. */
ST_MUST_CHECK st_code st_app_migrate(const struct st_app_store *store, struct st_arena *arena,
    const struct st_migrate_options *options, struct st_migration *out, struct st_error *err);

/* A whole store into a new one at `to`; ST_E_CONFLICT when there is one. `from` is not written, and
 * after an error nothing is left at `to`. */
ST_MUST_CHECK st_code st_app_copy(const struct st_app_store *from, const char *to,
    struct st_arena *arena, struct st_copy_report *report, struct st_error *err);

/* Opens a store that is there; for the other files of app. */
ST_MUST_CHECK st_code st_app_open(
    const struct st_app_store *where, struct st_store **store, struct st_error *err);

/* The same to read only: others may write meanwhile, and all that is read is of one moment. */
ST_MUST_CHECK st_code st_app_open_reading(
    const struct st_app_store *where, struct st_store **store, struct st_error *err);

/* The store's location without any password. */
const char *st_app_store_shown(struct st_arena *arena, const struct st_app_store *where);

st_date st_app_today(void);

/* UTC now as "2026-01-31T08:15:00Z" into `text` (ST_NOW_SIZE): the one clock. */
enum { ST_NOW_SIZE = 24 };
const char *st_app_now(char text[ST_NOW_SIZE]);

#endif
