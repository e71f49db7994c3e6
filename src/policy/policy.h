/* A policy: one readable YAML file, parsed into a tree that still knows where everything stands.
 *
 * st_policy_load checks shape only: keys, required parts, names, ranges, expressions that parse.
 * What the expressions mean, and whether every customer gets a tier, is checked in compile/.
 */
#ifndef ST_POLICY_POLICY_H
#define ST_POLICY_POLICY_H

#include "base/hash.h"
#include "expr/params.h"
#include "policy/moves.h"
#include "policy/sharing.h"
#include "policy/signals.h"

enum {
    ST_POLICY_METRICS_MAX = 400,
    ST_POLICY_SCHEMES_MAX = 64,
    ST_POLICY_TIERS_MAX = 400,
    ST_POLICY_NAME_MAX = 48,
};

enum st_period { ST_PERIOD_MONTH, ST_PERIOD_QUARTER, ST_PERIOD_YEAR, ST_PERIOD_DAY };

enum st_population {
    ST_POPULATION_HOLDERS,  /* has held an account opened on or before as_of; others are gated */
    ST_POPULATION_EVERYONE, /* every customer not of kind prospect */
};

enum st_entity { ST_ENTITY_CUSTOMER, ST_ENTITY_HOUSEHOLD };

enum st_overdraft { ST_OVERDRAFT_ZERO, ST_OVERDRAFT_NET };

enum st_metric_source {
    ST_SOURCE_NONE, /* `is:` */
    ST_SOURCE_BALANCE,
    ST_SOURCE_TXN,
    ST_SOURCE_ACCOUNT,
    ST_SOURCE_CUSTOMER,
};

enum st_attribute_type {
    ST_ATTRIBUTE_TEXT,
    ST_ATTRIBUTE_NUMBER,
    ST_ATTRIBUTE_INTEGER,
    ST_ATTRIBUTE_MONEY,
    ST_ATTRIBUTE_DATE,
    ST_ATTRIBUTE_BOOLEAN,
};

struct st_weight {
    const char *key;
    int64_t weight; /* scale 8 */
};

struct st_metric_def {
    const char *name;
    struct st_text title;
    const struct st_node *node;
    enum st_metric_source from;
    struct st_expr *value; /* from: */
    struct st_expr *where; /* from:, may be NULL */
    struct st_expr *is;    /* derived */
    struct st_window window;
    int64_t days;  /* fixed divisor of daily_average; 0: the window's days */
    int overdraft; /* enum st_overdraft */
    struct st_weight *weights;
    size_t weight_count;
    const struct st_node *weights_node;
};

struct st_attribute_def {
    const char *name;
    enum st_attribute_type type;
    const struct st_node *node;
};

struct st_scheme_def {
    const char *name;
    struct st_text title;
    const char *method;
    const struct st_node *node;           /* the whole map: the method reads its own keys */
    const struct st_moves *moves;         /* NULL: a tier is what the values of the period earn */
    const struct st_sharing_def *sharing; /* NULL: everybody has a tier of its own */
    char hash[ST_HASH_HEX_SIZE]; /* of what decides its tiers and moves, metrics included */
};

struct st_policy {
    const char *source;
    const char *body; /* the file's bytes */
    const struct st_node *root;
    const char *name;
    struct st_text title;
    const char *currency;
    int currency_exponent;
    int64_t fx_days_max; /* oldest usable rate, in days */
    int entity;          /* enum st_entity: what is rated */
    int population;      /* enum st_population */
    int period;          /* enum st_period */
    int fiscal_month;    /* 1..12: month the fiscal year starts in */
    struct st_attribute_def *attributes;
    size_t attribute_count;
    struct st_metric_def *metrics;
    size_t metric_count;
    struct st_scheme_def *schemes;
    size_t scheme_count;
    struct st_signal_def *signals; /* in the file's order */
    size_t signal_count;
    char hash[ST_HASH_HEX_SIZE];         /* of the canonical form: comments, order of keys and
                                            layout do not count */
    char metrics_hash[ST_HASH_HEX_SIZE]; /* of what decides metric values alone */
};

/* Keys every scheme has besides its method's own. */
extern const char *const st_scheme_common_keys[]; /* NULL-terminated */

ST_MUST_CHECK st_code st_policy_load(
    struct st_arena *arena, const char *path, struct st_policy **out, struct st_error *err);

/* The same from memory; `source` names it in messages. */
ST_MUST_CHECK st_code st_policy_parse(struct st_arena *arena, const char *source, const char *text,
    size_t len, struct st_policy **out, struct st_error *err);

const struct st_metric_def *st_policy_metric(const struct st_policy *policy, const char *name);

/* Parameter tables, for the reference pages. */
extern const struct st_param st_policy_params[];
extern const struct st_param st_calendar_params[];
extern const struct st_param st_metric_params[];
extern const struct st_param st_scheme_params[];

#endif
