/* What-if: a new policy against what was published, over the whole population, writing nothing.
 *
 * The new policy is evaluated for a day that was run, from the same data (the run's watermark) and
 * the same states of the period before, as the next run of it would be. Metric values that mean
 * the same in both policies are read from the run; others are computed into temporary tables, which
 * never reach the store's file. Schemes whose plan is the same, word by word, are not evaluated.
 */
#ifndef ST_RUN_SIMULATE_H
#define ST_RUN_SIMULATE_H

#include "run/export.h"

enum { ST_SIMULATE_BY_MAX = 12 };

struct st_simulate_options {
    const char *scheme;   /* NULL: all, of both policies */
    const st_date *as_of; /* NULL: the newest day that was published */
    const char *measure;  /* what is added up by tier; NULL: the first money that tiers divide */
    /* What effects are broken down by: "age", a text column of customers, or a text attribute.
     * NULL: branch, manager where it is an attribute, age, gender, region. */
    const char *const *by;
    size_t by_count;
    const char *movers; /* a file of everybody who moves; NULL: none */
    enum st_export_format format;
    bool plain;
    enum st_lang lang; /* of the file's texts */
};

enum st_simulated {
    ST_SIMULATED_UNCHANGED, /* the same plan over the same values */
    ST_SIMULATED_CHANGED,   /* evaluated; perhaps nobody moves */
    ST_SIMULATED_ADDED,     /* not published on the day */
    ST_SIMULATED_REMOVED,   /* the new policy has no such scheme */
    ST_SIMULATED_COUNT
};

/* A tier of either policy, the highest first. */
struct st_simulated_tier {
    const char *code;
    struct st_text title;
    bool before, after;              /* which policies have it */
    bool has_cost;                   /* either says what its customers cost; … */
    int64_t cost_before, cost_after; /* … the other is taken to say the same; ST_SCALE_RATE */
    int64_t id;
};

enum { ST_SIMULATED_NOBODY = -1 }; /* gated, unrated, or no such scheme */

/* Customers that are alike, and their measure. */
struct st_simulated_cell {
    size_t by;                           /* 0: everybody; else 1 + index of a breakdown */
    const char *value;                   /* of the breakdown; NULL: unknown */
    int from, to;                        /* tiers; ST_SIMULATED_NOBODY */
    int64_t status_before, status_after; /* enum st_status, −1: none; by 0 only */
    int64_t reason;                      /* enum st_move after; by 0 only */
    int64_t customers;
    st_wide amount;
};

struct st_simulated_scheme {
    const char *name;
    struct st_text title;
    enum st_simulated state;
    bool ranked;
    int64_t run_id;   /* what it is compared with; 0: nothing */
    int64_t base_run; /* whose data it is evaluated over */
    const struct st_policy *in_force;
    /* Versions of that policy, 0: none: what the run followed, and what is in force on the day. */
    int64_t followed, due;
    const char **computed; /* metrics that had to be computed for this run's schemes */
    size_t computed_count;
    struct st_simulated_tier *tiers;
    size_t tier_count;
    struct st_simulated_cell *cells; /* by breakdown, value, from, to */
    size_t cell_count;
};

struct st_simulated_by {
    const char *name;
    struct st_text title;
};

struct st_simulation {
    const struct st_policy *policy;
    st_date as_of;
    const struct st_metric_column *measure; /* NULL: none */
    struct st_simulated_by by[ST_SIMULATE_BY_MAX];
    size_t by_count;
    struct st_simulated_scheme *schemes;
    size_t scheme_count;
    int64_t movers; /* rows of the file */
};

/* ST_E_NOT_FOUND: nothing published, no such scheme, day, measure or breakdown. ST_E_POLICY as
 * st_run. The store may be open read-only. Cost: a pass over the metric rows and the published
 * tiers of every scheme that changed; rows of facts only for metrics that changed. */
ST_MUST_CHECK st_code st_simulate(struct st_store *store, struct st_arena *arena,
    struct st_policy *policy, const struct st_simulate_options *options, struct st_simulation *out,
    struct st_error *err);

#endif
