/* Methods: how a scheme turns metric values into tiers. One file each, one row in methods.c.
 *
 * check  reads the scheme's own keys, resolves its expressions and proves that every customer
 *        gets exactly one outcome;
 * emit   gives that outcome as IR expressions over the metric table, after BIND steps for what
 *        must be known of the whole population first (quantiles, cumulative shares);
 * why    says in words, for one customer, what decided;
 * view   gives a report what it may draw: the value, its bounds, the axes.
 * The same IR is evaluated in C for explanations, so the two cannot drift apart.
 */
#ifndef ST_METHOD_METHOD_H
#define ST_METHOD_METHOD_H

#include "base/vec.h"
#include "ir/eval.h"
#include "metric/lower.h"
#include "metric/window.h"
#include "policy/policy.h"

enum { ST_RULE_NULL = 0 }; /* rule of a customer whose value is missing */

enum st_status { ST_STATUS_RATED, ST_STATUS_GATED, ST_STATUS_UNRATED };

struct st_tier {
    const char *code;
    struct st_text title;
    struct st_texts needs, services; /* what its customers need, what is done for them */
    bool has_cost;
    int64_t cost; /* of serving one of its customers for a year: major units, ST_SCALE_RATE */
    int64_t id;   /* in the store's tier table */
    const struct st_node *node;
    void *config; /* the method's own per-tier keys */
};

/* A scheme compiled: what check and emit fill in. */
struct st_scheme {
    const struct st_scheme_def *def;
    const struct st_method_ops *ops;
    void *config;
    struct st_tier *tiers; /* highest first where the method ranks them */
    size_t tier_count;
    bool rates_prospects; /* also customers whom the population gates (method gate) */
    bool ranked;          /* the order of tiers means better and worse */
    int null_tier;        /* outcome of a missing value: index, or −1: unrated */
    enum { ST_SCHEME_NEW, ST_SCHEME_OPEN, ST_SCHEME_READY } state;
    /* IR over the metric table (side 0) and bound parameters */
    struct st_ir_expr *tier;  /* BIGINT: tier id; NULL: unrated */
    struct st_ir_expr *gated; /* BOOL; NULL when the method gates nobody */
    struct st_ir_expr *rule;  /* BIGINT: number of the deciding rule */
    struct st_ir_expr *score; /* BIGINT; NULL when the method has none */
    int score_scale;
    struct st_ir_column *columns; /* values used more than once, computed in a stage before */
    size_t column_count;
    struct st_step *binds; /* BIND steps, in order */
    size_t bind_count;
    struct st_ladder *ladder;   /* tier/ladder.h: its moves compiled; NULL: none */
    struct st_sharing *sharing; /* tier/ladder.h: its household: compiled; NULL: none */
};

/* What a method may ask for while checking and emitting. */
struct st_method_ctx {
    struct st_arena *arena;
    const struct st_policy *policy;
    struct st_lower *lower; /* names are metrics and customer columns */
    struct st_plan_params *params;
    /* The store's id of a tier, given once for ever. */
    int64_t (*tier_id)(void *context, const char *scheme, const char *code);
    void *tier_id_context;
    /* Another scheme, checked; for emit, emitted. NULL with an error when there is none. */
    struct st_scheme *(*scheme)(struct st_method_ctx *ctx, const char *name,
        const struct st_node *place, bool emitted, struct st_error *err);
    /* Rated customers' rows of the metric table: what cuts are taken over. */
    struct st_rel *(*population)(struct st_method_ctx *ctx);
    void *compile; /* the compiler's own */
};

/* One customer, for why. */
struct st_why {
    struct st_arena *arena;
    enum st_lang lang;
    const struct st_policy *policy;
    const struct st_scheme *scheme;
    int tier; /* index into tiers, −1 when unrated or gated */
    int64_t rule;
    int64_t score;
    bool has_score;
    st_ir_lookup_fn *lookup; /* metric values and bound parameters */
    void *context;
    struct st_str *out; /* sentences, a line each */
};

/* What a report may draw of a scheme beyond its tiers' counts; what a method has not stays zero. */
struct st_method_view {
    const struct st_typed *value; /* what the tiers divide */
    bool divides_score;           /* they divide the score, at score_scale */
    struct st_ir_expr **bounds;   /* per tier its least value, a literal or a bound parameter at the
                                     value's scale; NULL: none */
    const struct st_typed *axes;  /* recency, frequency, monetary; rule is the cell 343 */
    int bins;                     /* highest score of an axis */
    const struct st_scheme *rows, *columns; /* two schemes crossed … */
    const int *cells;                       /* … row by row: index of the tier, −1 unrated */
};

/* Every method's config starts with the keys all schemes have. */
struct st_scheme_keys {
    struct st_text title;
    const char *method;
    const struct st_node *moves; /* read by policy/moves.h */
    const struct st_node *household;
};

/* What the entry of every tier may say. */
struct st_tier_keys {
    const char *code;
    struct st_text title; /* en NULL: not given */
    struct st_texts needs, services;
    int64_t cost;
};

extern const struct st_param st_tier_params[]; /* of struct st_tier_keys */

struct st_method_ops {
    const char *name;
    struct st_text title;
    struct st_text summary;
    const char *source;            /* author, year, or where the definition comes from */
    const struct st_param *params; /* keys beside title: and method: */
    size_t config_size;
    const struct st_param *tier_params; /* keys of one tier beside those of st_tier_params */
    size_t tier_config_size;
    st_code (*check)(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err);
    st_code (*emit)(struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err);
    void (*why)(const struct st_why *why);
    void (*view)(struct st_arena *arena, const struct st_scheme *scheme,
        struct st_method_view *out); /* NULL: nothing to add */
};

extern const struct st_method_ops *const st_methods[]; /* NULL-terminated */
const struct st_method_ops *st_method_find(const char *name);

extern const struct st_method_ops st_method_thresholds, st_method_pyramid, st_method_rfm,
    st_method_lifecycle, st_method_pareto, st_method_scorecard, st_method_preference,
    st_method_matrix, st_method_gate;

/* --- helpers shared by methods (methods.c) --- */

/* Allocates scheme->config (config_size bytes, starting with struct st_scheme_keys) and reads the
 * scheme's map by ops->params and the common keys. */
ST_MUST_CHECK st_code st_method_read_config(
    struct st_method_ctx *ctx, struct st_scheme *scheme, struct st_error *err);

/* Reads `tiers:` (or another list under `key`): the keys of every tier and the method's own. */
ST_MUST_CHECK st_code st_method_read_tiers(struct st_method_ctx *ctx, struct st_scheme *scheme,
    const struct st_node *list, const char *key, struct st_error *err);

/* Takes over what an entry says of its tier; a title that is not given stays as it is. */
void st_method_describe_tier(
    struct st_tier *tier, const struct st_node *node, const struct st_tier_keys *keys);

/* Index of a tier by code; −1 with an error at `place` (nullable) when there is none. */
int st_method_tier_index(const struct st_scheme *scheme, const char *code,
    const struct st_node *place, struct st_error *err);

/* `nulls:` of a method: the tier a missing value earns, or "unrated". A nullable value without
 * the key is an error, and the key without a nullable value too. */
ST_MUST_CHECK st_code st_method_read_nulls(struct st_method_ctx *ctx, struct st_scheme *scheme,
    const char *nulls, bool nullable, const char *what, struct st_error *err);

/* A tier's id as IR; index −1 is a typed NULL. */
struct st_ir_expr *st_method_tier_ir(
    struct st_method_ctx *ctx, const struct st_scheme *scheme, int index);

/* A BIND step over `rel`, one parameter per column. */
void st_method_add_bind(struct st_method_ctx *ctx, struct st_scheme *scheme, const char *label,
    struct st_rel *rel, const char *const *names);

/* Computes `expr` once per customer and gives a reference to it, usable in tier, rule, score,
 * gated and later columns. The name is made unique by the scheme's. */
struct st_ir_expr *st_method_add_column(
    struct st_method_ctx *ctx, struct st_scheme *scheme, const char *name, struct st_ir_expr *expr);

enum st_distribution { ST_OF_COUNTS, ST_OF_AMOUNTS };

/* The distinct values that are not NULL, and n, how often each is there; total and cumulated (up
 * to this value, itself included) add up the customers, or their values where positive. */
struct st_rel *st_method_distribution(
    struct st_method_ctx *ctx, struct st_ir_expr *value, enum st_distribution what);

/* "500,000.00", "12", "0.35": a value as people read it. */
void st_method_print_value(
    struct st_str *out, enum st_kind kind, int scale, const struct st_ir_value *value);

/* The value of an expression for the customer at hand; false when it is NULL. */
bool st_why_value(const struct st_why *why, const struct st_ir_expr *expr, struct st_ir_value *out);

/* Picks the language. */
static inline const char *st_pick(enum st_lang lang, const char *en, const char *zh)
{
    return lang == ST_LANG_ZH ? zh : en;
}
static inline const char *st_pick_text(enum st_lang lang, const struct st_text *text)
{
    return lang == ST_LANG_ZH ? text->zh : text->en;
}

#endif
