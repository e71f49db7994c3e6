/* Why a customer has a tier, and the smallest single change that would give another.
 *
 * Both evaluate the scheme's own IR over the customer's stored values, so they say what the run
 * did, not what a second implementation believes. A change is searched per metric: how far up,
 * and how far down, the value must go, all else equal, until the tier differs.
 */
#ifndef ST_TIER_EXPLAIN_H
#define ST_TIER_EXPLAIN_H

#include "tier/ladder.h"

/* How a customer holds a tier, in schemes with moves. Tiers are indexes, −1: none. */
struct st_hold {
    int earned, held, pending;
    enum st_standing standing;
    enum st_move move;
    int64_t fails, rises;
    int cohort; /* −1: none */
    bool watched, valid;
    st_date watch_since, valid_until, since;
};

struct st_explain_input {
    const struct st_compiled *compiled;
    const struct st_scheme *scheme;
    enum st_status status;
    int tier;                   /* what the values earn; −1: none */
    const struct st_hold *hold; /* NULL: the scheme has no moves, or the customer no state */
    bool has_rule, has_score;
    int64_t rule, score;
    st_date as_of;
    st_ir_lookup_fn *lookup; /* metric values, added columns, bound parameters */
    void *context;
};

/* What a change of values would come to where tiers are held. */
enum st_effect {
    ST_EFFECT_TIER,  /* no moves: the tier itself */
    ST_EFFECT_RISES, /* above the tier held: rises after `days` rating days */
    ST_EFFECT_KEEPS, /* the tier held is earned: nothing fails */
    ST_EFFECT_FAILS, /* below the tier held: falls after `days` rating days; 0: never */
};

/* One value that would have to change, by how much, and what it would bring. */
struct st_change {
    const struct st_metric_column *metric;
    int64_t now, needed; /* at the metric's scale; needed − now is the distance */
    int tier;            /* what it reaches */
    bool better;         /* a higher tier of a ranked scheme */
    bool pays_daily;     /* a month's daily average: `daily` is needed from tomorrow to `until` */
    int64_t daily;
    st_date until;
    enum st_effect effect;
    int64_t days;
};

enum { ST_CHANGES_MAX = 32 };

/* Sentences of why, a line each, in `lang`. */
void st_explain_why(struct st_arena *arena, const struct st_explain_input *input, enum st_lang lang,
    struct st_str *out);

/* Sentences of how the tier is held: what the period brought, counts, watch, what comes and when.
 */
void st_explain_hold(struct st_arena *arena, const struct st_explain_input *input,
    enum st_lang lang, struct st_str *out);

/* A metric that is nothing but this month's daily average: what must be held each day from tomorrow
 * `until` the month's end, the next one's when it is over, for it to be `needed`. False for other
 * metrics. */
bool st_explain_daily(const struct st_metric_column *metric, st_date as_of, int64_t now,
    int64_t needed, int64_t *daily, st_date *until);

/* The nearest change per metric and direction, improvements first, nearest first. Returns how
 * many of `changes` (ST_CHANGES_MAX) were filled. Cost: some 130 evaluations per metric. */
size_t st_explain_changes(const struct st_explain_input *input, struct st_change *changes);

#endif
