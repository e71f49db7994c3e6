/* Runs: execute a compiled policy for one date or a series, stage, then publish.
 *
 * Each period is one transaction that stages rows under a new run id. When all periods of the
 * command are staged, one small transaction points (scheme, period) at the new runs. Readers
 * follow the pointers, so a run that fails or is killed changes nothing they see; its rows are
 * swept at the next run. A re-run appends: what was published before stays for replay.
 */
#ifndef ST_RUN_RUN_H
#define ST_RUN_RUN_H

#include "store/store.h"
#include "tier/plan.h"

enum { ST_RUN_PERIODS_MAX = 1200 };

typedef void st_run_progress_fn(void *context, size_t period, size_t periods, const char *step);

struct st_run_options {
    /* NULL: as of `as_of` alone. Else from `from` to `as_of` at the ends of the policy's periods;
     * it names the period (month, …), so that a slip does not rate on other days, or is "period".
     */
    const char *every;
    bool has_from;
    st_date from, as_of;
    bool full;   /* computes everything from its rows, builds on no earlier run */
    bool verify; /* computes every run in full beside it and compares; publishes nothing if one
                    differs */
    bool rerate; /* may run closed periods of schemes with moves again, up to the last one */
    int64_t policy_version; /* 0: the policy is no version */
    const char *now;        /* UTC, as text: the caller's clock */
    st_run_progress_fn *progress;
    void *progress_context;
};

/* What happened to customers between two runs of a scheme. Only ranked schemes rise and fall, in
 * others every change of tier counts as moved. */
struct st_movement {
    int64_t rated, gated, unrated; /* in the later run */
    int64_t up, down, moved, same; /* rated in both */
    int64_t entered, left;         /* rated in the later, in the earlier one only */
};

/* How rated customers hold their tiers, in schemes with moves. */
struct st_standings {
    int64_t customers[ST_STANDING_COUNT];
    int64_t rise, fall; /* from the next period on */
};

struct st_run_scheme {
    const char *name;
    struct st_text title;
    struct st_movement movement; /* against the period before */
    struct st_standings standings;
    bool ranked, has_before, moves;
};

struct st_run_period {
    int64_t run_id;
    st_date as_of;
    int64_t customers;
    int64_t base_run;    /* the run its metrics were carried on from; 0: computed in full */
    const char *carried; /* families of rows that were: "txn balance" */
    bool stands;         /* just the rows of customers of whom something changed were written */
    struct st_run_scheme *schemes;
    size_t scheme_count;
};

struct st_run_report {
    const struct st_policy *policy;
    int64_t policy_version; /* 0: none */
    int64_t watermark;
    bool has_newest;
    st_date newest; /* day of the newest balance or movement: long before as_of, data is missing */
    struct st_run_period *periods;
    size_t period_count;
    int64_t swept; /* rows of runs that had not finished */
};

/* Compiles `policy` for this store: its currencies, its tier ids. New ids are written inside the
 * caller's transaction. ST_E_POLICY when the policy uses an attribute the store never loaded as
 * such. */
ST_MUST_CHECK st_code st_run_compile(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, struct st_compiled **out, struct st_error *err);

/* ST_E_DATA: nothing imported; no customer there yet; a required feed that does not reach as_of; a
 * foreign balance without a rate; with moves, a period left out. ST_E_CONFLICT: a period that later
 * ones build on. ST_E_USAGE: dates the wrong way round. ST_E_INTERNAL: with `verify`, a run that
 * differs from a full one. */
ST_MUST_CHECK st_code st_run(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, const struct st_run_options *options, struct st_run_report *report,
    struct st_error *err);

/* Period ends from `from` to `to`: month, quarter and year ends, or every day. */
size_t st_run_dates(
    int period, int fiscal_month, st_date from, st_date to, st_date *dates, size_t most);

#endif
