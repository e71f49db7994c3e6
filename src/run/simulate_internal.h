/* Shared by the files of what-if. */
#ifndef ST_RUN_SIMULATE_INTERNAL_H
#define ST_RUN_SIMULATE_INTERNAL_H

#include "ir/reads.h"
#include "run/internal.h"
#include "run/simulate.h"
#include "run/table_file.h"

/* One policy's plan and what its parameters are for the day. */
struct side {
    struct runner runner;
    struct st_compiled *plan;
    struct st_run_link *links; /* the runner's */
};

/* Customers of a scheme by status and tier. */
struct stocked {
    const char *scheme;
    int64_t status, tier; /* tier 0: none */
    int64_t customers;
};

/* Schemes published by one run, against the new policy over the same data. */
struct what_if {
    struct st_store *store;
    struct st_arena *arena;
    const struct st_simulate_options *options;
    struct st_simulation *out;
    int64_t run_id, watermark;
    st_date as_of;
    int64_t followed, due;    /* as a scheme's */
    const char *metric_table; /* the run's */
    struct st_run_facts facts;
    struct side old, new;
    const char *source;  /* table of the metric rows that the new plan reads … */
    const char *carried; /* … and its column with the measure; NULL: none */
    struct st_column_names computed;
    /* Columns that the plan in force reads, of the schemes that are evaluated, and those of them
     * that the source has beside the columns of the new plan. */
    struct st_column_names read_before, before;
    struct st_table_file *movers;
    struct ST_VEC(struct stocked) stock; /* what the run published, as it counted it */
};

#define SIMULATED_METRICS "simulated_metrics" /* a view over … */
#define SIMULATED_VALUES "simulated_values"   /* … a temporary table */
#define SIMULATED_ROWS "simulated_rows"
#define SIMULATED_MEASURE "simulated.measure"

/* Is the scheme compared with what this run published? */
bool what_if_takes(const struct what_if *w, const char *scheme);

/* --- simulate_plan.c: what differs between two plans --- */

/* Binds the parameters of a statement; what must be bound first is, in turn. Bounds whose step is
 * the same in both plans are the run's. */
ST_MUST_CHECK st_code what_if_bind(struct what_if *w, struct side *side,
    const struct st_emitted *emitted, struct st_bind *binds, struct st_error *err);

/* Would the step give the same rows as the other plan's? */
ST_MUST_CHECK st_code what_if_same(struct what_if *w, const struct st_step *before,
    const struct st_step *after, bool *same, struct st_error *err);

/* The INSERT step of a scheme, and the BIND step that gives a parameter, or NULL. */
const struct st_step *what_if_step(const struct st_compiled *plan, const char *scheme);
const struct st_step *what_if_bind_step(const struct st_compiled *plan, const char *name);

/* --- simulate_source.c --- */

/* Compiles the new policy over the run's metric rows; what they lack is computed. */
ST_MUST_CHECK st_code what_if_prepare(
    struct what_if *w, struct st_policy *policy, const char *old_hash, struct st_error *err);

/* The source's column of what column `name` was under the policy in force; NULL: nobody reads it.
 */
const char *what_if_before(const struct what_if *w, const char *name);

/* Drops what what_if_prepare made. */
ST_MUST_CHECK st_code what_if_drop_source(struct what_if *w, struct st_error *err);

struct side what_if_side(const struct what_if *w, struct st_compiled *plan);

/* A temporary table filled by a relation with the side's parameters. */
ST_MUST_CHECK st_code what_if_table(struct what_if *w, struct side *side, const char *name,
    struct st_rel *rel, struct st_error *err);
ST_MUST_CHECK st_code what_if_drop(struct what_if *w, const char *name, struct st_error *err);

/* --- simulate_sides.c --- */

/* customer_id, amount, status_after, tier_after, reason, status_before, tier_before; with a list of
 * movers also candidate, rule and score of a scheme that is evaluated. One pass: both plans over
 * the metric rows, where the tiers in force follow from those alone; else NULL. */
struct st_rel *what_if_one_pass(struct what_if *w, const struct st_simulated_scheme *scheme);
struct st_rel *what_if_joined(struct what_if *w, const struct st_simulated_scheme *scheme);

/* --- simulate_rows.c, simulate_by.c --- */

/* Reads `stock`; the caller releases it. */
ST_MUST_CHECK st_code what_if_read_stock(struct what_if *w, struct st_error *err);

/* Everybody's tiers before and after into a temporary table, and what they add up to. */
ST_MUST_CHECK st_code what_if_scheme(
    struct what_if *w, struct st_simulated_scheme *scheme, struct st_error *err);

/* Checks and titles what effects are broken down by. */
ST_MUST_CHECK st_code what_if_choose_by(struct st_store *store, struct st_arena *arena,
    const struct st_simulate_options *options, struct st_simulation *out, struct st_error *err);

/* customer_id and a TEXT column per breakdown, named by it; `side` has its parameters. */
ST_MUST_CHECK st_code what_if_people(
    struct what_if *w, struct side *side, struct st_rel **out, struct st_error *err);

/* --- simulate_movers.c --- */

ST_MUST_CHECK st_code what_if_open_movers(
    struct what_if *w, struct st_table_file **out, struct st_error *err);
ST_MUST_CHECK st_code what_if_write_movers(
    struct what_if *w, const struct st_simulated_scheme *scheme, struct st_error *err);

#endif
