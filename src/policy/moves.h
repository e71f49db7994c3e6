/* `moves:` of a scheme: how held tiers follow what values earn (docs/moves.md).
 *
 * An exception (per_tier, cohorts) says single parameters; st_moves_rule_of lays the exceptions
 * over the scheme's own rule, so that everyone above works with whole rules only.
 */
#ifndef ST_POLICY_MOVES_H
#define ST_POLICY_MOVES_H

#include "expr/params.h"

enum {
    ST_MOVES_DAYS_MAX = 24,
    ST_MOVES_COHORTS_MAX = 40,
    ST_MOVES_COUNT_MAX = 60, /* `within` is a number's bits */
    ST_MOVES_MONTHS_MAX = 240,
};

enum st_moves_on { ST_ON_PERIOD, ST_ON_QUARTER, ST_ON_HALF_YEAR, ST_ON_YEAR, ST_ON_DAYS };
enum st_moves_effective { ST_EFFECTIVE_NOW, ST_EFFECTIVE_NEXT };
enum st_moves_up_lands { ST_UP_OF_ALL, ST_UP_OF_LAST, ST_UP_ONE_STEP };
enum st_moves_down_lands { ST_DOWN_OF_LAST, ST_DOWN_OF_BEST, ST_DOWN_ONE_STEP };
enum st_moves_recovers { ST_RECOVERS_ANY, ST_RECOVERS_RATING_DAY };
enum st_moves_renews { ST_RENEWS_AT_EXPIRY, ST_RENEWS_WHEN_REACHED };
enum st_moves_until { ST_UNTIL_NONE, ST_UNTIL_YEAR, ST_UNTIL_NEXT_YEAR };
enum st_moves_starts { ST_STARTS_EARNED, ST_STARTS_LOWEST };
enum st_moves_failing { ST_FAILING_FORGIVEN, ST_FAILING_COUNTED };
enum st_moves_change { ST_CHANGE_KEEP, ST_CHANGE_RESET, ST_CHANGE_RERATE };

/* Rating days. */
struct st_schedule {
    enum st_moves_on on;
    int days[ST_MOVES_DAYS_MAX]; /* ON_DAYS: month × 100 + day, ascending */
    size_t day_count;
};

/* One direction of the ladder. */
struct st_moves_way {
    const struct st_node *node, *on_node; /* where it is said last; NULL: nowhere */
    struct st_schedule on;
    int64_t after, within; /* within 0: running */
    int lands;             /* enum st_moves_up_lands, st_moves_down_lands */
    int effective;         /* enum st_moves_effective */
    bool never;
    int recovers;           /* down */
    struct st_expr *unless; /* down; NULL: nothing keeps a tier */
};

struct st_moves_watch {
    int64_t after; /* 0: there is no watch */
    int effective;
};

struct st_moves_valid {
    const struct st_node *node;
    int64_t months; /* 0: see until */
    int until;      /* enum st_moves_until */
    int renews;
    int64_t grace_months;
};

struct st_moves_new {
    int starts;
    struct st_expr *opens_in;
    int64_t protected_months;
    int failing;
};

struct st_moves_rule {
    struct st_moves_way up, down;
    struct st_moves_watch watch;
    struct st_moves_valid valid;
    struct st_moves_new new_customers;
};

/* An exception as it is written. */
struct st_moves_part {
    const struct st_node *up, *down, *watch, *valid, *new_customers, *per_tier;
};

struct st_cohort {
    const char *code;
    struct st_text title;
    struct st_expr *when;
    struct st_moves_part part;
    const struct st_node *node;
};

/* Where the holders of a tier that is gone go. */
struct st_moves_map {
    const char *from, *to;
    const struct st_node *node; /* of `to` */
};

struct st_moves {
    const struct st_node *node;
    struct st_moves_part part; /* the scheme's own */
    struct st_cohort *cohorts;
    size_t cohort_count;
    int on_change; /* enum st_moves_change */
    struct st_moves_map *maps;
    size_t map_count;
};

/* Reads the shape of `node`: keys, ranges, cohorts and maps. ST_E_POLICY at the place. */
ST_MUST_CHECK st_code st_moves_read(struct st_arena *arena, const struct st_node *node,
    const struct st_moves **out, struct st_error *err);

/* The whole rule for those who hold `tier` (NULL: any that has no exception) in cohort number
 * `cohort` (−1: none): the scheme, its per_tier, the cohort, the cohort's per_tier, each over the
 * one before. ST_E_POLICY: a parameter out of its range, or two that contradict each other. */
ST_MUST_CHECK st_code st_moves_rule_of(struct st_arena *arena, const struct st_moves *moves,
    int cohort, const char *tier, struct st_moves_rule *out, struct st_error *err);

/* Parameter tables, for reading and for the reference pages. */
extern const struct st_param st_moves_params[], st_moves_up_params[], st_moves_down_params[],
    st_moves_watch_params[], st_moves_valid_params[], st_moves_new_params[],
    st_moves_cohort_params[], st_moves_tier_params[];

#endif
