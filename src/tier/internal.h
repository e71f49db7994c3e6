/* Shared by the files of src/tier: a ladder's parts, and short words for building plans. */
#ifndef ST_TIER_INTERNAL_H
#define ST_TIER_INTERNAL_H

#include "tier/ladder.h"

struct ladder_rule {
    struct st_moves_rule rule;
    int keep;              /* index of `down.unless` among the ladder's conditions; −1: none */
    struct st_typed opens; /* new customers' opens_in; ir NULL: none */
};

struct st_ladder {
    const struct st_moves *moves;
    size_t levels;
    struct ladder_rule *rules; /* cohorts + 1 rows of levels + 1; the first of each is the rest */
    struct st_ir_expr **whens; /* per cohort */
    struct st_ir_expr **keeps; /* each condition once */
    size_t keep_count;
    struct st_ir_expr *opened_on; /* NULL: nobody is protected */
};

const struct ladder_rule *ladder_rule(const struct st_ladder *ladder, int cohort, size_t level);

/* A relation that grows by columns. */
struct builder {
    struct st_arena *arena;
    struct st_compiled *compiled;
    const struct st_scheme *scheme;
    const struct st_ladder *ladder; /* NULL: the tier is what is earned */
    struct st_rel *rel;
};

#define FN(b, fn, ...) st_ir_fn((b)->arena, ST_FN_##fn, __VA_ARGS__)
#define WHEN(b, ...) st_ir_when((b)->arena, __VA_ARGS__)
#define COL(b, name) st_ir_column((b)->arena, (b)->rel, 0, (name))
#define INT(b, value) st_ir_int((b)->arena, (value))
#define NONE(b) st_ir_null((b)->arena, ST_IR_BIGINT)
#define FALSE_IF_NULL(b, e) FN(b, COALESCE, (e), st_ir_bool((b)->arena, false))

/* `b->rel` and `columns` after its own. */
void builder_add(struct builder *b, size_t count, const struct st_ir_column *columns);

#define ADD(b, ...)                                                                                \
    builder_add((b), sizeof((struct st_ir_column[]){__VA_ARGS__}) / sizeof(struct st_ir_column),   \
        (struct st_ir_column[]){__VA_ARGS__})

/* `b->rel` joined with `right`, whose columns follow. */
void builder_join(struct builder *b, enum st_join_kind kind, struct st_rel *right, size_t key_count,
    const char *const *keys);

/* `b->rel` and the columns of `right` by `key`, NULL where it has no row. */
void left_join(struct builder *b, struct st_rel *right, const char *key);

/* A parameter of a kind that says more than its kind. */
struct st_ir_expr *moves_param(struct builder *b, struct st_plan_param wanted);

/* `b->rel` becomes tier_state's rows of the scheme that run `run` reads: `columns` and run_id,
 * scheme, series. `series`, a kind of parameter, is that run's: given outright, a server finds the
 * rows by their index, without a join. */
void read_states(struct builder *b, size_t count, const struct st_ir_column *columns,
    struct st_ir_expr *run, enum st_plan_param_kind series);

/* What `give` makes of the rule that applies to a customer: a CASE over the column `cohort` and
 * `level`, the level held, of what differs. `level` NULL: exceptions per tier do not matter. */
typedef struct st_ir_expr *give_fn(struct builder *b, const struct ladder_rule *rule);
struct st_ir_expr *by_rule(struct builder *b, struct st_ir_expr *level, give_fn *give);

/* Does an override take the customer out of the scheme? Needs overrides joined. */
struct st_ir_expr *is_excluded(struct builder *b);

enum { SHARING_EXTRAS = 3 };

/* Columns over the metric table that sharing needs; returns how many of `extra` were filled. */
size_t sharing_extras(const struct st_scheme *scheme, struct st_ir_column *extra);

/* From `own`, NULL for who is not rated: `lifted`, and `best_member` through whom. */
void add_shared(struct builder *b);

/* Tier id → level (codes of `map:` included), NULL for others; level → tier id. */
struct st_ir_expr *level_of(struct builder *b, struct st_ir_expr *id);
struct st_ir_expr *tier_of(struct builder *b, struct st_ir_expr *level);

#endif
