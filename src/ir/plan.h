/* The plan: a small relational tree per step, printed as SQL by emit.h for each engine.
 *
 * Nodes: Scan, Filter, Project, Join, Aggregate, Window, UnionAll. A step inserts a tree's rows
 * into a table, binds the columns of its one row to parameters (cuts), or refuses when its one
 * boolean is false. There is no optimiser and no free text: names are quoted by the emitter,
 * values are literals of a type or parameters bound at run time. Every relation keyed by a
 * customer carries `customer_id`, so that Citus pushes each step down (docs/adr/0003).
 */
#ifndef ST_IR_PLAN_H
#define ST_IR_PLAN_H

#include "base/arena.h"
#include "base/date.h"
#include "ir/type.h"

#include <stdint.h>

/* name, least arguments, most arguments (-1: any) */
#define ST_IR_FNS(X)                                                                               \
    X(ADD, 2, 2)                                                                                   \
    X(SUB, 2, 2)                                                                                   \
    X(MUL, 2, 2)                                                                                   \
    X(NEG, 1, 1)                                                                                   \
    X(ABS, 1, 1)                                                                                   \
    X(EQ, 2, 2)                                                                                    \
    X(NE, 2, 2)                                                                                    \
    X(LT, 2, 2)                                                                                    \
    X(LE, 2, 2)                                                                                    \
    X(GT, 2, 2)                                                                                    \
    X(GE, 2, 2)                                                                                    \
    X(AND, 2, -1)                                                                                  \
    X(OR, 2, -1)                                                                                   \
    X(NOT, 1, 1)                                                                                   \
    X(IS_NULL, 1, 1)                                                                               \
    X(IS_NOT_NULL, 1, 1)                                                                           \
    X(IN, 2, -1) /* value, then the list */                                                        \
    X(COALESCE, 1, -1)                                                                             \
    X(GREATEST, 2, -1) /* NULLs are passed over */                                                 \
    X(LEAST, 2, -1)    /* NULLs are passed over */                                                 \
    X(NULLIF, 2, 2)                                                                                \
    X(DIV_HALF_UP, 2, 2)  /* wide, halves away from zero; NULL when dividing by 0 */               \
    X(DIV_TRUNC, 2, 2)    /* wide, toward zero; NULL when dividing by 0 */                         \
    X(DAYS_BETWEEN, 2, 2) /* second - first, in days */                                            \
    X(ADD_DAYS, 2, 2)     /* date + count */                                                       \
    X(YEAR, 1, 1)                                                                                  \
    X(MONTH, 1, 1)                                                                                 \
    X(DAY, 1, 1)                                                                                   \
    X(AGE, 2, 2)            /* whole years from the first date to the second */                    \
    X(MONTHS_BETWEEN, 2, 2) /* whole months, likewise */                                           \
    X(STARTS_WITH, 2, 2)                                                                           \
    X(BIT, 1, 1)       /* 2 to the power of (n mod 63), n not negative: a BIGINT's own bits */     \
    X(BIT_COUNT, 1, 1) /* how many bits of a number that is not negative are set */                \
    X(BIT_AND, 2, 2)                                                                               \
    X(DISTINCT, 2, 2) /* different, where NULL is a value like any other: never NULL */

enum st_ir_fn {
#define ST_IR_FN_ENUM(name, least, most) ST_FN_##name,
    ST_IR_FNS(ST_IR_FN_ENUM)
#undef ST_IR_FN_ENUM
        ST_FN_COUNT
};

enum st_ir_agg {
    ST_AGG_SUM,
    ST_AGG_COUNT,
    ST_AGG_COUNT_DISTINCT,
    ST_AGG_MIN,
    ST_AGG_MAX,
    ST_AGG_BIT_OR,
};

enum st_ir_window { ST_WIN_LAG, ST_WIN_LEAD, ST_WIN_ROW_NUMBER, ST_WIN_SUM };

enum st_ir_kind {
    ST_IR_COLUMN,    /* name of input `side` */
    ST_IR_PARAM,     /* bound at run time, by name */
    ST_IR_LITERAL,   /* integer (BOOL, BIGINT, WIDE, DATE) or text */
    ST_IR_NULL,      /* typed NULL */
    ST_IR_CALL,      /* fn(args) */
    ST_IR_CASE,      /* when, then, when, then, …, else (always an odd count) */
    ST_IR_CAST,      /* args[0] to type */
    ST_IR_AGGREGATE, /* agg(args[0]) FILTER (WHERE args[1]); both optional: count(*) */
    ST_IR_OVER,      /* window(args[0]) OVER (PARTITION BY keys ORDER BY orders) */
};

struct st_ir_expr {
    enum st_ir_kind kind;
    enum st_ir_type type;
    union {
        enum st_ir_fn fn;
        enum st_ir_agg agg;
        enum st_ir_window window;
        int side;
    };
    int64_t integer;
    const char *name; /* COLUMN, PARAM; LITERAL TEXT's text */
    struct st_ir_expr **args;
    size_t arg_count;
    const char *const *partition; /* OVER: column names */
    size_t partition_count;
    const char *const *order; /* OVER: column names, ascending */
    size_t order_count;
};

struct st_ir_column {
    const char *name;
    enum st_ir_type type;
    struct st_ir_expr *expr; /* NULL for a Scan's columns */
};

enum st_rel_kind {
    ST_REL_SCAN,
    ST_REL_FILTER,
    ST_REL_PROJECT,
    ST_REL_JOIN,
    ST_REL_AGGREGATE,
    ST_REL_WINDOW, /* its input's columns, then the OVER columns */
    ST_REL_UNION_ALL,
};

enum st_join_kind { ST_JOIN_INNER, ST_JOIN_LEFT, ST_JOIN_ANTI };

struct st_rel {
    enum st_rel_kind kind;
    struct st_rel **inputs;
    size_t input_count;
    const char *table;            /* SCAN */
    struct st_ir_expr *condition; /* FILTER */
    enum st_join_kind join;       /* JOIN */
    const char *const *keys;      /* JOIN: equal names on both sides; AGGREGATE: group columns */
    size_t key_count;
    struct st_ir_column *columns; /* what it gives */
    size_t column_count;
    int uses; /* how many relations read it; set by the builders */
};

enum st_step_kind { ST_STEP_INSERT, ST_STEP_BIND, ST_STEP_CHECK };

struct st_step {
    enum st_step_kind kind;
    const char *label;        /* for progress and plan.sql: "metrics", "asset: cuts" */
    const char *table;        /* INSERT: its columns are the relation's, by name */
    const char *const *binds; /* BIND: parameter per column */
    struct st_text refusal;   /* CHECK: said when the boolean is false */
    struct st_rel *rel;
};

/* --- building expressions; everything lives in the arena --- */

struct st_ir_expr *st_ir_column(struct st_arena *a, const struct st_rel *rel, int side,
    const char *name); /* asserts that rel has it */
/* A column of an input that is not built yet. */
struct st_ir_expr *st_ir_column_named(
    struct st_arena *a, int side, const char *name, enum st_ir_type type);
struct st_ir_expr *st_ir_param(struct st_arena *a, const char *name, enum st_ir_type type);
struct st_ir_expr *st_ir_int(struct st_arena *a, int64_t value);
struct st_ir_expr *st_ir_wide(struct st_arena *a, int64_t value);
struct st_ir_expr *st_ir_bool(struct st_arena *a, bool value);
struct st_ir_expr *st_ir_date(struct st_arena *a, st_date value);
struct st_ir_expr *st_ir_text(struct st_arena *a, const char *value);
struct st_ir_expr *st_ir_null(struct st_arena *a, enum st_ir_type type);
struct st_ir_expr *st_ir_cast(struct st_arena *a, struct st_ir_expr *expr, enum st_ir_type type);
/* The result type follows from the function and its arguments; WIDE wins over BIGINT. */
struct st_ir_expr *st_ir_call(
    struct st_arena *a, enum st_ir_fn fn, size_t count, struct st_ir_expr *const *args);
#define st_ir_fn(a, fn, ...)                                                                       \
    st_ir_call((a), (fn), sizeof((struct st_ir_expr *[]){__VA_ARGS__}) / sizeof(void *),           \
        (struct st_ir_expr *[]){__VA_ARGS__})
struct st_ir_expr *st_ir_case(struct st_arena *a, size_t count, struct st_ir_expr *const *args);
#define st_ir_when(a, ...)                                                                         \
    st_ir_case((a), sizeof((struct st_ir_expr *[]){__VA_ARGS__}) / sizeof(void *),                 \
        (struct st_ir_expr *[]){__VA_ARGS__})
/* `argument` and `filter` may be NULL. */
struct st_ir_expr *st_ir_aggregate(
    struct st_arena *a, enum st_ir_agg agg, struct st_ir_expr *argument, struct st_ir_expr *filter);
struct st_ir_expr *st_ir_over(struct st_arena *a, enum st_ir_window window,
    struct st_ir_expr *argument, size_t partition_count, const char *const *partition,
    size_t order_count, const char *const *order);
/* a AND b, where either may be NULL. */
struct st_ir_expr *st_ir_and(struct st_arena *a, struct st_ir_expr *x, struct st_ir_expr *y);
bool st_ir_equal(const struct st_ir_expr *x, const struct st_ir_expr *y);
/* A copy of `e` whose arguments are what `change` makes of them; `e` itself when it has none. */
typedef struct st_ir_expr *st_ir_change_fn(const void *context, struct st_ir_expr *e);
struct st_ir_expr *st_ir_with_args(
    struct st_arena *a, struct st_ir_expr *e, st_ir_change_fn *change, const void *context);

/* --- building relations --- */

struct st_rel *st_rel_scan(
    struct st_arena *a, const char *table, size_t column_count, const struct st_ir_column *columns);
struct st_rel *st_rel_filter(
    struct st_arena *a, struct st_rel *input, struct st_ir_expr *condition);
struct st_rel *st_rel_project(struct st_arena *a, struct st_rel *input, size_t column_count,
    const struct st_ir_column *columns);
/* Columns refer to side 0 (left) and side 1 (right). An anti join gives the left's columns only. */
struct st_rel *st_rel_join(struct st_arena *a, enum st_join_kind kind, struct st_rel *left,
    struct st_rel *right, size_t key_count, const char *const *keys, size_t column_count,
    const struct st_ir_column *columns);
/* A join that gives all columns of `left` and those of `right` but its keys. */
struct st_rel *st_rel_widen(struct st_arena *a, enum st_join_kind kind, struct st_rel *left,
    struct st_rel *right, size_t key_count, const char *const *keys);
struct st_rel *st_rel_aggregate(struct st_arena *a, struct st_rel *input, size_t key_count,
    const char *const *keys, size_t column_count, const struct st_ir_column *aggregates);
struct st_rel *st_rel_window(struct st_arena *a, struct st_rel *input, size_t column_count,
    const struct st_ir_column *overs);
struct st_rel *st_rel_union_all(struct st_arena *a, size_t count, struct st_rel *const *inputs);

const struct st_ir_column *st_rel_column(const struct st_rel *rel, const char *name);
/* Column `name` of `rel` passed through unchanged from `side`. */
struct st_ir_column st_rel_pass(
    struct st_arena *a, const struct st_rel *rel, int side, const char *name);

#endif
