/* Windows and parameters of a metric plan: what a plan leaves open until it runs for a date. */
#ifndef ST_METRIC_WINDOW_H
#define ST_METRIC_WINDOW_H

#include "base/date.h"
#include "expr/params.h"
#include "ir/plan.h"

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

enum st_plan_param_kind {
    ST_PLAN_AS_OF,        /* DATE, shifted */
    ST_PLAN_WATERMARK,    /* BIGINT: highest load the run sees */
    ST_PLAN_RUN_ID,       /* BIGINT */
    ST_PLAN_WINDOW_FROM,  /* DATE */
    ST_PLAN_WINDOW_NEXT,  /* DATE */
    ST_PLAN_WINDOW_DAYS,  /* BIGINT: days in the window */
    ST_PLAN_HISTORY_FROM, /* DATE: earliest WINDOW_FROM of metrics over txn */
    ST_PLAN_BALANCE_FROM, /* DATE: the same of metrics over balances; as_of without any */
    ST_PLAN_BOUND,        /* set by a BIND step */
};

struct st_plan_param {
    const char *name;
    enum st_plan_param_kind kind;
    enum st_ir_type type;
    struct st_window window;
    int shift_months;
    bool reads_txn; /* WINDOW_FROM: counts for HISTORY_FROM, else for BALANCE_FROM */
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

/* A date parameter's value for a run as of `as_of`; WINDOW_DAYS gives the count. Not for
 * WATERMARK, RUN_ID and BOUND. */
int64_t st_plan_param_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date as_of, int fiscal_month);

#endif
