/* Windows and parameters of a metric plan: what a plan leaves open until it runs for a date. */
#ifndef ST_METRIC_WINDOW_H
#define ST_METRIC_WINDOW_H

#include "base/date.h"
#include "expr/params.h"
#include "ir/plan.h"
#include "policy/policy.h"

/* Half-open span of days: from <= day < next. */
struct st_span {
    st_date from;
    st_date next;
};

/* The days a window covers as of `as_of`. Trailing windows end on as_of; calendar windows start
 * on the first of a month, quarter or year and end on as_of; previous ones are whole periods.
 * `fiscal_month` (1..12) is where years and quarters start. ALL starts at the calendar's first
 * representable day. */
struct st_span st_window_resolve(const struct st_window *window, st_date as_of, int fiscal_month);

/* The most days a window can span, and the most calendar months it can touch; 0: no limit. */
int64_t st_window_days_most(const struct st_window *window);
int64_t st_window_months_most(const struct st_window *window);

/* The same date `months` earlier; a month's last day stays a month's last day. */
st_date st_shift_back(st_date as_of, int months);

/* First and last day of the rating period that `day` falls in. */
st_date st_period_start(const struct st_policy *policy, st_date day);
st_date st_period_end(const struct st_policy *policy, st_date day);

/* Is the end of the period that `day` falls in a rating day of the schedule? */
bool st_schedule_rates(
    const struct st_schedule *schedule, const struct st_policy *policy, st_date day);

/* The `nth` rating day after `day` (1: the next); false when there is none within 50 years. */
bool st_schedule_next(const struct st_schedule *schedule, const struct st_policy *policy,
    st_date day, int64_t nth, st_date *out);

enum st_plan_param_kind {
    ST_PLAN_AS_OF,         /* DATE, shifted */
    ST_PLAN_WATERMARK,     /* BIGINT: highest load the run sees */
    ST_PLAN_RUN_ID,        /* BIGINT */
    ST_PLAN_METRIC_SERIES, /* BIGINT: the series of runs that this run's metric rows belong to */
    ST_PLAN_TIER_SERIES,   /* BIGINT: the same of its tier rows of `scheme` */
    ST_PLAN_WINDOW_FROM,   /* DATE */
    ST_PLAN_WINDOW_NEXT,   /* DATE */
    ST_PLAN_WINDOW_DAYS,   /* BIGINT: days in the window */
    ST_PLAN_HISTORY_FROM,  /* DATE: earliest WINDOW_FROM of metrics over txn */
    ST_PLAN_BALANCE_FROM,  /* DATE: the same of metrics over balances; as_of without any */
    ST_PLAN_BOUND,         /* set by a BIND step */
    /* of the tier state machine; `later`: effective on the day after as_of, not on it */
    ST_PLAN_PERIOD_START,    /* DATE */
    ST_PLAN_PREVIOUS_RUN,    /* BIGINT: the run of `scheme` that this one builds on; 0: none */
    ST_PLAN_PREVIOUS_SERIES, /* BIGINT: the series of that run's rows of `scheme`; 0: none */
    ST_PLAN_CHANGED,         /* BOOL: that run followed another version of `scheme` */
    ST_PLAN_RATING_DAY,      /* BOOL: of `schedule` */
    ST_PLAN_VALID_UNTIL,     /* DATE: `months` after as_of */
    ST_PLAN_YEAR_END,        /* DATE: end of the fiscal year of the effective day, `years` on */
    ST_PLAN_SINCE,           /* DATE: the earliest day whose `months` reach to the effective day */
    /* of signals */
    ST_PLAN_SIGNAL_RUN,  /* BIGINT: the run that tells which signals are new; 0: none */
    ST_PLAN_RATING_NEXT, /* DATE: the `nth` rating day of `schedule` after as_of's period, or with
                            `later` the day after it; 0: the period's own end */
    ST_PLAN_MONTH_START, /* DATE: first day of the month `months` after as_of's */
    /* of a run that builds on an earlier one, its base */
    ST_PLAN_BASE_RUN,   /* BIGINT */
    ST_PLAN_MOVED_FROM, /* DATE: first day of the `slot`-th span of days that entered or left */
    ST_PLAN_MOVED_NEXT, /* DATE: the day after it; equal when there is no such span */
    ST_PLAN_KEPT_BITS,  /* BIGINT: bits of the months or days that no window's edge touched */
};

struct st_plan_param {
    const char *name;
    enum st_plan_param_kind kind;
    enum st_ir_type type;
    struct st_window window;
    int shift_months;
    bool reads_txn; /* WINDOW_FROM: counts for HISTORY_FROM, else for BALANCE_FROM */
    const char *scheme;
    const struct st_schedule *schedule;
    int months, years, nth;
    bool later;
    bool keeps_month_end; /* SINCE: a month's last day stays one when months are added */
    bool of_base;         /* the value it had in the run that this one builds on */
    bool by_month;        /* KEPT_BITS: a bit is a month, not a day */
    int slot;             /* MOVED_FROM, MOVED_NEXT */
};

struct st_plan_params {
    struct st_plan_param **items;
    size_t count, cap; /* grown in the arena's lifetime by st_plan_param_* */
};

/* Parameters by what they mean; asking twice gives the same one. */
struct st_ir_expr *st_plan_as_of(struct st_arena *a, struct st_plan_params *params, int shift);
struct st_ir_expr *st_plan_simple(
    struct st_arena *a, struct st_plan_params *params, enum st_plan_param_kind kind);
struct st_ir_expr *st_plan_window(struct st_arena *a, struct st_plan_params *params,
    enum st_plan_param_kind kind, const struct st_window *window, int shift, bool reads_txn);
struct st_ir_expr *st_plan_bound(
    struct st_arena *a, struct st_plan_params *params, const char *name, enum st_ir_type type);

/* Any other parameter, by its kind and what the kind says; the name is made of both. */
struct st_ir_expr *st_plan_moves(
    struct st_arena *a, struct st_plan_params *params, const struct st_plan_param *wanted);

/* Of a parameter that is among them. */
enum st_plan_param_kind st_plan_kind(const struct st_plan_params *params, const char *name);

/* Does the value follow from the run's day and the policy alone? */
bool st_plan_is_of_day(enum st_plan_param_kind kind);

/* The same parameter as the run saw it that this one builds on. */
struct st_ir_expr *st_plan_of_base(
    struct st_arena *a, struct st_plan_params *params, const struct st_ir_expr *param);

/* --- what moves between two days --- */

/* How many spans of days can enter or leave the windows over movements, or over balances. */
size_t st_plan_moved_slots(const struct st_plan_params *params, bool txn);

/* The days that lie in some window as of one of the two days but not of the other, as ascending
 * spans that do not touch; of windows over balances only the days that enter. A month that a
 * KEPT_BITS window begins within belongs to them whole. `out` has room for all slots; returns how
 * many there are. */
size_t st_plan_moved(const struct st_plan_params *params, bool txn, st_date base, st_date as_of,
    const struct st_policy *policy, struct st_span *out);

/* MOVED_FROM, MOVED_NEXT and KEPT_BITS of a run as of `as_of` that builds on one as of `base`. */
int64_t st_plan_moved_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date base, st_date as_of, const struct st_policy *policy);

/* The value of a parameter that follows from the date, for a run as of `as_of`; WINDOW_DAYS gives
 * the count. Not for WATERMARK, RUN_ID, series, BOUND, PREVIOUS_RUN, CHANGED, SIGNAL_RUN, BASE_RUN
 * and moved days. */
int64_t st_plan_param_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date as_of, const struct st_policy *policy);

#endif
