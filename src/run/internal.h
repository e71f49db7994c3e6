/* Shared by the files of src/run: small typed queries. */
#ifndef ST_RUN_INTERNAL_H
#define ST_RUN_INTERNAL_H

#include "ir/emit.h"
#include "run/read.h"
#include "store/sql_files.h"

/* Passes the first failure on. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        st_code try_code_ = (call);                                                                \
        if (try_code_ != ST_OK)                                                                    \
            return try_code_;                                                                      \
    } while (0)

/* Executes `fn` for every row of a query. The batch is valid during the call only. */
typedef st_code st_row_fn(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err);
ST_MUST_CHECK st_code st_run_each(struct st_store *store, const char *sql,
    const struct st_bind *binds, size_t bind_count, st_row_fn *fn, void *context,
    struct st_error *err);

/* The one number that a query without parameters gives. */
ST_MUST_CHECK st_code st_run_number(
    struct st_store *store, const char *sql, int64_t *value, struct st_error *err);

/* A text cell as a string of the arena. */
char *st_run_text(struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row);
const char *st_run_text_or_null(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row);

/* Whether a date cell has one, and which. */
bool st_run_date(const struct st_batch *batch, size_t column, size_t row, st_date *date);

/* The end of a change: commits it, or rolls it back when `code`, or the commit, failed. */
ST_MUST_CHECK st_code st_run_finish(struct st_store *store, st_code code, struct st_error *err);

/* The id of a customer's number. ST_E_NOT_FOUND. */
ST_MUST_CHECK st_code st_run_customer(
    struct st_store *store, const char *source_id, int64_t *id, struct st_error *err);

/* A cell of any type; texts as strings of the arena. */
struct st_ir_value st_run_cell(
    struct st_arena *arena, const struct st_batch *batch, size_t column, size_t row);

/* The run published for a scheme on the last period before `as_of`; 0 when there is none. */
ST_MUST_CHECK st_code st_run_before(struct st_store *store, const char *scheme, st_date as_of,
    int64_t *run_id, st_date *before, struct st_error *err);

/* The series that a run's rows of a scheme are in; 0 when it has none. */
ST_MUST_CHECK st_code st_run_tier_series(struct st_store *store, int64_t run_id, const char *scheme,
    int64_t *series, struct st_error *err);

/* Adds up how the tiers of a run are held: `all` of them, and `by_tier` (as the scheme's;
 * nullable). */
ST_MUST_CHECK st_code st_run_standings(struct st_store *store, const struct st_scheme *scheme,
    int64_t run_id, struct st_standings *all, struct st_tier_count *by_tier, struct st_error *err);

/* Adds one cell of a flow. */
void st_run_count_flow(
    const struct st_scheme *scheme, const struct st_flow *cell, struct st_movement *out);

/* A metric of the policy that can be added up; NULL with ST_E_NOT_FOUND or ST_E_USAGE. */
const struct st_metric_column *st_run_find_metric(
    const struct st_compiled *compiled, const char *name, struct st_error *err);

/* Rank of a tier by its id: 0 is the highest; −1 when the scheme has no such tier. */
int st_run_rank(const struct st_scheme *scheme, int64_t tier_id);

/* What a scheme's tiers build on. */
struct st_run_link {
    int64_t previous_run; /* 0: none */
    st_date previous_on;
    bool changed;            /* that run followed another version of the scheme */
    int64_t previous_series; /* of that run's rows; 0: to be asked for */
};

/* The rows of a run (metrics, tiers, bounds, signals) once more, under `run_id`, from the data that
 * `watermark` sees, in the open transaction, which the caller rolls back. `links` as the plan's
 * schemes; `signal_run`: whose signals are not new, 0: none. */
ST_MUST_CHECK st_code st_run_recompute(struct st_store *store, struct st_arena *arena,
    struct st_compiled *plan, const struct st_run_link *links, int64_t signal_run,
    int64_t watermark, st_date as_of, int64_t run_id, struct st_error *err);

/* --- bind.c, chain.c, run.c: one period of a plan --- */

/* The run whose metrics are carried on. */
struct st_run_base {
    int64_t run_id; /* 0: none, everything is computed in full */
    st_date as_of;
    int64_t watermark;
    unsigned families; /* a bit for each st_metric_source that is carried */
    bool only_came;    /* since then movements came, and none went */
};

/* The series that a run's tier rows of a scheme are in. */
struct tier_series {
    int64_t series;
    bool goes_on; /* it is the base's: just what differs from the base is written */
};

struct runner {
    struct st_store *store;
    struct st_arena *arena;
    struct st_compiled
        *plan; /* steps of runs that go on from another are added to its parameters */
    const struct st_run_options *options;
    struct st_run_report *report;
    int64_t run_id, watermark;
    st_date as_of;
    const struct st_run_link *links; /* as the plan's schemes */
    struct st_run_base base;
    int64_t first_staged; /* by this command */
    int64_t metric_series;
    bool stands;  /* the base's metric rows stand but for those that are written anew */
    int64_t gone; /* customers of the base who are not here */
    const struct tier_series *tiers;                     /* as the plan's schemes */
    struct st_step *increments[1 << ST_SOURCE_CUSTOMER]; /* by the families that are carried */
    struct st_step *affected, *changes[2]; /* where rows stand: whose do not, and those */
    struct st_step **tier_changes;         /* as the plan's schemes */
    bool apart;         /* in the caller's transaction, which it rolls back: a replay */
    int64_t signal_run; /* whose signals are not new; 0: none */
    struct {
        struct bound {
            const char *name;
            int64_t value;
            bool is_null;
        } * items;
        size_t count, cap;
    } bounds;
};

struct st_tier_key {
    const char *scheme, *code;
    int64_t id;
};

/* What a plan depends on that only the store knows, for policies of one currency. */
struct st_run_facts {
    struct st_store *store;
    struct st_arena *arena;
    const char *currency;
    struct st_compile_env env;
    struct ST_VEC(struct st_tier_key) known; /* the caller releases them */
    size_t stored;                           /* of those; the rest is new */
    int64_t last;
};

ST_MUST_CHECK st_code st_run_read_facts(struct st_store *store, struct st_arena *arena,
    const struct st_policy *policy, struct st_run_facts *out, struct st_error *err);

/* Like st_run_compile, but new tiers get numbers in memory alone: nothing is written. The plan
 * reads `metric_table`, where that is not NULL, instead of the table named by its hash. */
ST_MUST_CHECK st_code st_run_compile_aside(struct st_run_facts *facts, struct st_policy *policy,
    const char *metric_table, struct st_compiled **out, struct st_error *err);

/* The value of a plan's parameter. */
ST_MUST_CHECK st_code st_run_bind(
    const struct runner *r, const char *name, struct st_bind *bind, struct st_error *err);

/* Executes one step of the plan; only INSERT and BIND steps write. */
ST_MUST_CHECK st_code st_run_step(
    struct runner *r, const struct st_step *step, struct st_error *err);

/* Metrics group all rows by customer, whose numbers leave no gaps: said before `rel` is read. */
ST_MUST_CHECK st_code st_run_expect_keys(
    const struct runner *r, const struct st_rel *rel, struct st_error *err);

/* The newest run of an earlier period: one of the first `index` of the report, which this command
 * staged, else a published one. ST_E_DATA: periods between have not been run. */
ST_MUST_CHECK st_code st_run_find_link(const struct runner *r, size_t index,
    const struct st_scheme *scheme, struct st_run_link *link, struct st_error *err);

/* What a run built on, into `links`, which are the plan's schemes'. `missing`: a scheme whose
 * earlier run is gone, or NULL. */
ST_MUST_CHECK st_code st_run_read_links(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, struct st_run_link *links, const char **missing,
    struct st_error *err);

/* ST_E_POLICY: customers hold a tier that the scheme neither has nor maps. */
ST_MUST_CHECK st_code st_run_check_held(const struct runner *r, const struct st_scheme *scheme,
    const struct st_run_link *link, struct st_error *err);

/* --- periods.c, publish.c: before the first period and after the last --- */

/* The days that `options` ask for, ascending; `dates` has room for ST_RUN_PERIODS_MAX. */
ST_MUST_CHECK st_code st_run_choose_dates(const struct st_policy *policy,
    const struct st_run_options *options, st_date *dates, size_t *count, struct st_error *err);

/* ST_E_CONFLICT: later periods build on one of them; ST_E_USAGE: a rerate that does not go on to
 * the last of those. */
ST_MUST_CHECK st_code st_run_check_closed(
    struct runner *r, const st_date *dates, size_t count, struct st_error *err);

/* The pointers of all periods flip together. */
ST_MUST_CHECK st_code st_run_publish(struct runner *r, struct st_error *err);

/* Rows of runs that staged and never published go: their process failed or was killed. */
ST_MUST_CHECK st_code st_run_sweep(
    struct st_store *store, struct st_arena *arena, int64_t *swept, struct st_error *err);

/* --- series.c: rows that stand for several runs --- */

/* After the base is known: the base's series where its rows stand, else one of its own. */
ST_MUST_CHECK st_code st_run_choose_metric_series(struct runner *r, struct st_error *err);
ST_MUST_CHECK st_code st_run_choose_tier_series(struct runner *r, const struct st_scheme *scheme,
    struct tier_series *out, struct st_error *err);

/* After what differs was written: the rows that this run's replace end with it. */
ST_MUST_CHECK st_code st_run_end_metrics(struct runner *r, struct st_error *err);
ST_MUST_CHECK st_code st_run_end_tiers(
    struct runner *r, const char *table, const struct tier_series *tiers, struct st_error *err);
/* Counts what the run changed in its series' stock, once its rows are there. */
ST_MUST_CHECK st_code st_run_count_stock(
    struct runner *r, const char *table, const struct tier_series *tiers, struct st_error *err);

/* The metric and tier rows of a run go, and those that it ended stand again. Adds to `deleted`. */
ST_MUST_CHECK st_code st_run_take_back(struct st_store *store, int64_t run_id,
    const char *metric_table, int64_t *deleted, struct st_error *err);

/* Compares the rows of two runs of one plan, part by part (ST_REPLAY_PARTS of them). */
struct st_replay_rows;
ST_MUST_CHECK st_code st_run_compare(struct st_store *store, struct st_arena *arena,
    const struct st_compiled *plan, int64_t run_id, int64_t again, struct st_replay_rows *parts,
    struct st_error *err);

#endif
