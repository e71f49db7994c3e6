/* `signals:` compiled: what a run tells of customers, as steps after the tiers, and in words.
 *
 * A row of table `signal` stands while the signal holds for its subject; it carries the day from
 * which it has held, and the day it was told last, from the run before (docs/signals.md).
 */
#ifndef ST_TIER_SIGNALS_H
#define ST_TIER_SIGNALS_H

#include "compile/compile.h"

/* A signal compiled. */
struct st_signal {
    const struct st_signal_def *def;
    const struct st_scheme *scheme; /* NEAR_TIER, WATCH; else NULL */
    struct st_method_view view;     /* of the scheme: the value its tiers divide, their bounds */
    struct st_typed value;          /* kind and scale of value and threshold */
    int64_t within;                 /* NEAR_TIER: at the value's scale, a share at 8 decimals */
    struct st_ir_expr *when, *where, *shown, *bound, *birth;
};

/* Between the halves of compiling: lowers conditions and amounts, finds schemes. ST_E_POLICY at
 * the place: no such scheme, tiers that divide no value, a scheme without moves. */
ST_MUST_CHECK st_code st_signals_check(struct st_compiled *compiled, struct st_error *err);

/* Rows of table `signal` for this run. After the rows of tier_state, which they read. */
struct st_rel *st_signal_rows(struct st_compiled *compiled, const struct st_signal *signal);

/* One row, as it is read back. */
struct st_signal_row {
    const struct st_signal *signal;
    st_date as_of;
    int tier; /* index into the scheme's tiers; −1: none */
    bool has_value, has_threshold, has_day, has_progress;
    int64_t value, threshold; /* at the signal's scale */
    st_date day;
    int64_t progress;
    int cohort, next;                 /* WATCH; next: the tier that a fall decided leads to */
    const char *account, *class_name; /* per account */
    st_date first_on, fired_on;
};

/* One sentence of why, in `lang`, exact to the last digit. */
void st_signal_explain(const struct st_compiled *compiled, const struct st_signal_row *row,
    enum st_lang lang, struct st_str *out);

const struct st_signal *st_compiled_signal(const struct st_compiled *compiled, const char *name);

#endif
