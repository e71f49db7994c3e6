/* Migration: who moved between two published runs of a scheme, and whether it adds up.
 *
 * Everybody in either run is in one cell of a matrix: where they were (a tier, gated, unrated; or
 * new, reopened, merged in) and where they are (a tier, gated, unrated; or merged out, closed).
 * From it follows for every tier, in customers and in a measure:
 *
 *     opening + new + reopened + merged in + moved in + became rated + change of value
 *             − closed − merged out − moved out − no longer rated = closing
 *
 * opening and the stock that closing is held against are counted from each run alone, by another
 * query than the matrix. docs/migration.md defines the words.
 */
#ifndef ST_RUN_MIGRATE_H
#define ST_RUN_MIGRATE_H

#include "run/export.h"

/* Where a customer was or is. Who is in one run alone has a reason instead. */
enum st_at {
    ST_AT_RATED,
    ST_AT_GATED,
    ST_AT_UNRATED,
    ST_AT_NEW,      /* in no published run before */
    ST_AT_REOPENED, /* was in one, or was closed, before the earlier day */
    ST_AT_MERGED,   /* before: others, or accounts of others, came to this number; after: it is
                          part of another */
    ST_AT_CLOSED,   /* after: closed, or no longer there */
    ST_AT_COUNT
};
extern const char *const st_at_names[ST_AT_COUNT];

struct st_migrate_options {
    const char *scheme;
    const st_date *from, *to; /* NULL: the run before `to`; the latest run */
    const char *measure;      /* NULL: the metric the scheme divides, if it is one */
    /* Rates of each pair of runs in a row instead of the matrix: "run" for all of them, or month,
     * quarter, year for the last run of each; NULL: the matrix. `from` NULL: the first run. */
    const char *every;
    const char *cell; /* FROM:TO, codes of tiers and names of places; NULL: all */
    int64_t limit;    /* of the customers listed; 0: none are listed */
    /* A file of the cell's customers, in the formats of exports; NULL: none. */
    const char *path;
    enum st_export_format format;
    bool plain;
    enum st_lang lang;
    int64_t file_limit; /* 0: all */
};

/* Lines of the reconciliation, each with the sign it adds with: what leaves is negative. Who moves
 * between tiers or is merged takes along what they had in the earlier run; what they have more
 * or less since is the change of value where they are now. */
enum st_roll_line {
    ST_ROLL_OPENING,
    ST_ROLL_NEW,
    ST_ROLL_REOPENED,
    ST_ROLL_MERGED_IN,
    ST_ROLL_MOVED_IN,
    ST_ROLL_BECAME_RATED, /* of a tier: in; of gated and unrated: out, negative */
    ST_ROLL_VALUE_CHANGE,
    ST_ROLL_CLOSED,
    ST_ROLL_MERGED_OUT,
    ST_ROLL_MOVED_OUT,
    ST_ROLL_NO_LONGER_RATED, /* of a tier: out, negative; of gated and unrated: in */
    ST_ROLL_CLOSING,         /* the sum of all above */
    ST_ROLL_COUNTED,         /* the later run's stock */
    ST_ROLL_LINES
};
struct st_roll_title {
    const char *name;
    struct st_text title;
};
extern const struct st_roll_title st_roll_titles[ST_ROLL_LINES];

struct st_roll {
    enum st_at place; /* RATED, GATED or UNRATED */
    int64_t tier_id;  /* 0 where nobody has one */
    const char *code; /* of the tier, or the place's name */
    struct st_text title;
    int64_t customers[ST_ROLL_LINES], value[ST_ROLL_LINES];
};

struct st_migration_cell {
    enum st_at was, is;
    const struct st_roll *from, *to; /* NULL: was, is not a stock */
    int64_t customers;
    int64_t value_before, value_after; /* in the measure's unit; 0 where they are not in the run */
};

struct st_mover {
    const char *source_id;
    const char *was, *tier_before; /* a place's name; a tier's code or NULL */
    const char *is, *tier_after;
    const char *merged_into; /* NULL: not merged out */
    bool has_before, has_after;
    int64_t value_before, value_after;
};

/* From one run to the next. Shares are of `start`. */
struct st_rates {
    st_date from, to;
    int64_t start; /* rated in the earlier run = promoted + demoted + moved + kept + left */
    int64_t promoted, demoted;
    int64_t moved; /* to a tier that is neither higher nor lower: schemes without rank */
    int64_t kept, left;
    int64_t joined; /* rated in the later one only */
};

struct st_migration {
    const struct st_scheme *scheme; /* of the later run's policy */
    struct st_published from, to;
    int64_t watermark_from, watermark_to;
    const struct st_metric_column *measure; /* NULL: customers only */
    int value_scale;                        /* of the measure's values */
    struct st_roll *rolls; /* tiers, highest first and then those only the earlier policy has,
                              gated, unrated */
    size_t roll_count;
    struct st_roll total; /* of all of them */
    size_t breaks;        /* closings that differ from what was counted */
    struct st_migration_cell *moves;
    size_t move_count;
    /* the cell asked for */
    int64_t cell_customers;
    struct st_mover *movers;
    size_t mover_count;
    int64_t rows_written;
    struct st_rates *rates; /* with `every` */
    size_t rate_count;
};

/* ST_E_NOT_FOUND: no such scheme, run or metric. ST_E_USAGE: days the wrong way round, a cell of
 * unknown words. ST_E_CONFLICT: a measure that one of the policies lacks. That a tier does not add
 * up is no error: `breaks`. Cost: one pass over both runs, one over earlier runs for those who
 * appear. */
ST_MUST_CHECK st_code st_migrate(struct st_store *store, struct st_arena *arena,
    const struct st_migrate_options *options, struct st_migration *out, struct st_error *err);

#endif
