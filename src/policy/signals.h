/* `signals:` of a policy: what a run tells staff about customers (docs/signals.md).
 *
 * A signal has a kind; which keys a kind takes is one table here. What the expressions mean is
 * checked in tier/signals.h.
 */
#ifndef ST_POLICY_SIGNALS_H
#define ST_POLICY_SIGNALS_H

#include "expr/params.h"

enum {
    ST_SIGNALS_MAX = 64,
    ST_SIGNAL_DAYS_MAX = 366,
    ST_SIGNAL_BIRTHDAY_DAYS_MAX = 60, /* a birthday is looked for in this month and two more */
    ST_SIGNAL_PRIORITY_MAX = 9,
};

enum st_signal_kind {
    ST_SIGNAL_NEAR_TIER,
    ST_SIGNAL_WATCH,
    ST_SIGNAL_CONDITION,
    ST_SIGNAL_BIRTHDAY,
    ST_SIGNAL_MATURING,
    ST_SIGNAL_NEW_ACCOUNT,
    ST_SIGNAL_KIND_COUNT
};

enum st_signal_toward { ST_TOWARD_UP, ST_TOWARD_DOWN };

/* When a signal that still holds is told again. */
enum st_signal_repeat { ST_REPEAT_ONCE, ST_REPEAT_EACH_PERIOD, ST_REPEAT_DAYS };

struct st_signal_def {
    const char *name;
    struct st_text title;
    const struct st_node *node;
    int kind; /* enum st_signal_kind */
    int64_t priority;
    const char *scheme;     /* NEAR_TIER, WATCH */
    int toward;             /* NEAR_TIER */
    struct st_expr *within; /* NEAR_TIER: a number; BIRTHDAY, MATURING, NEW_ACCOUNT: see days */
    bool share;             /* NEAR_TIER: within is a share of the bound */
    int64_t days;           /* BIRTHDAY, MATURING, NEW_ACCOUNT */
    struct st_expr *when;   /* over metrics; NULL: everybody */
    struct st_expr *where;  /* MATURING, NEW_ACCOUNT: over account rows; NULL: every account */
    struct st_expr *value, *threshold; /* CONDITION: the amount shown, and its bound */
    int repeat;                        /* enum st_signal_repeat */
    int64_t repeat_days;
    struct st_expr *repeat_expr; /* as written */
};

/* What a kind is: its word, what it tells, and which rows it is about. */
struct st_signal_kind_info {
    const char *word;
    struct st_text title, help;
    const char *const *keys; /* beside those all signals have, NULL-terminated; needed ones first */
    size_t needed;
    const char *days; /* `within` as it stands by default; NULL: not days */
    int64_t days_max;
    bool per_account;
};

extern const struct st_signal_kind_info st_signal_kinds[ST_SIGNAL_KIND_COUNT];
extern const char *const st_signal_kind_words[ST_SIGNAL_KIND_COUNT + 1]; /* NULL-terminated */

/* Reads one entry of the map into `out`, whose name is set. ST_E_POLICY at the place: an unknown
 * key, one that the kind does not take, one that it needs, a span or number out of range. */
ST_MUST_CHECK st_code st_signal_read(struct st_arena *arena, const struct st_node *node,
    struct st_signal_def *out, struct st_error *err);

extern const struct st_param st_signal_params[];

#endif
