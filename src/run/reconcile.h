/* Reconciliation: what the accounts total by branch, product, class and currency, beside what the
 * core system says they do.
 *
 * Ours are the accounts and balances in force now, at the end of the day: open accounts, with or
 * without a balance, each holder's part added up again, overdrafts with their sign. The core
 * system's are the control totals imported for that day (mappings/README.md); the breakdowns that
 * they fill are the ones compared. Averages are month-daily averages (月日均): Σ end-of-day
 * balances from the month's 1st to the day ÷ its days, one half-up rounding for each total.
 */
#ifndef ST_RUN_RECONCILE_H
#define ST_RUN_RECONCILE_H

#include "run/export.h"

struct st_reconcile_options {
    const st_date *as_of; /* NULL: the newest day with control totals, else of the newest balance */
    int64_t tolerance;    /* of amounts, major units, scale ST_SCALE_RATE */
    /* A file of all totals, in the formats of exports; NULL: none. */
    const char *path;
    enum st_export_format format;
    bool plain;
    enum st_lang lang;
};

struct st_total_side {
    bool given, has_accounts, has_average;
    int64_t accounts, balance, average; /* amounts in minor units of the currency */
    st_wide day_sum;                    /* ours: Σ balance × days of the month */
};

struct st_total {
    const char *branch, *product, *class; /* "": none, or not broken down */
    const char *currency;
    int exponent;
    struct st_total_side ours, core;
    bool breaks; /* a count, balance or average differs, or one side knows nothing of it */
};

enum st_total_by { ST_TOTAL_BRANCH, ST_TOTAL_PRODUCT, ST_TOTAL_CLASS, ST_TOTAL_CURRENCY };
enum { ST_TOTAL_BY_COUNT = 4 };

struct st_reconciliation {
    st_date as_of;
    bool compared;              /* false: the store holds no control totals */
    bool averages;              /* the control totals have some */
    bool by[ST_TOTAL_BY_COUNT]; /* which breakdowns `cells` have; the currency always */
    struct st_total *cells;     /* by branch, product, class, currency */
    size_t count;
    size_t breaks;
    struct {
        struct st_total *items; /* cells added up by one breakdown and the currency */
        size_t count;
    } sums[ST_TOTAL_BY_COUNT];
};

/* ST_E_NOT_FOUND: the store has control totals, but none of that day. ST_E_DATA: no balances.
 * ST_E_LIMIT: a total beyond 64 bits. Cost: one pass over the balances. */
ST_MUST_CHECK st_code st_reconcile(struct st_store *store, struct st_arena *arena,
    const struct st_reconcile_options *options, struct st_reconciliation *out,
    struct st_error *err);

/* ours − core of one figure, 0 where the core system gives none. */
int64_t st_total_balance_difference(const struct st_total *total);
int64_t st_total_accounts_difference(const struct st_total *total);
int64_t st_total_average_difference(const struct st_total *total);

#endif
