/* Gives an expression its types and turns it into IR.
 *
 * Numbers are exact: every number and every amount of money carries how many of its digits stand
 * after the point. Sums and products keep all digits; a division, and nothing else, rounds: to 8
 * decimals, halves away from zero. Comparisons bring both sides to the finer scale first.
 * Money and plain numbers do not mix, but a literal takes the kind it meets: aum >= 500_000.
 */
#ifndef ST_METRIC_LOWER_H
#define ST_METRIC_LOWER_H

#include "base/decimal.h"
#include "expr/expr.h"
#include "ir/plan.h"

enum st_kind {
    ST_KIND_NULL, /* the literal null */
    ST_KIND_BOOL,
    ST_KIND_NUMBER,
    ST_KIND_MONEY,
    ST_KIND_DATE,
    ST_KIND_TEXT,
};

enum {
    ST_LOWER_SCALE_MAX = 20,
    ST_LOWER_FUNCTION_COUNT = 15,
};

struct st_typed {
    enum st_kind kind;
    int scale; /* NUMBER, MONEY */
    bool nullable;
    bool literal;             /* a number that may still become money */
    const char *const *words; /* TEXT: all a column can hold, NULL-terminated; NULL: anything */
    struct st_ir_expr *ir;
};

struct st_lower;

/* Names and functions that only the place knows. `*found` false: not one of mine. */
struct st_scope {
    void *context;
    st_code (*name)(struct st_lower *lower, const struct st_expr *expr, struct st_typed *out,
        bool *found, struct st_error *err);
    st_code (*call)(struct st_lower *lower, const struct st_expr *expr, struct st_typed *out,
        bool *found, struct st_error *err);
    /* Names for "did you mean". */
    const char *const *names;
    size_t name_count;
};

struct st_lower {
    struct st_arena *arena;
    const struct st_scope *scope;
    struct st_ir_expr *as_of; /* DATE */
};

ST_MUST_CHECK st_code st_lower(
    struct st_lower *lower, const struct st_expr *expr, struct st_typed *out, struct st_error *err);

/* The same, and it must be of `kind` (a number literal may become money). */
ST_MUST_CHECK st_code st_lower_kind(struct st_lower *lower, const struct st_expr *expr,
    enum st_kind kind, struct st_typed *out, struct st_error *err);

/* Brings a number or amount to `scale`; drops digits half away from zero. The result is WIDE when
 * digits are added to a column, BIGINT literals stay literals. */
struct st_ir_expr *st_lower_rescale(
    struct st_lower *lower, const struct st_typed *value, int scale);

/* The same value as a BIGINT (dates, booleans and texts are left alone). */
struct st_ir_expr *st_lower_store(struct st_lower *lower, const struct st_typed *value, int scale);

/* A text that a column with `words` can never hold is an error at the text's place. */
ST_MUST_CHECK st_code st_lower_check_word(const struct st_typed *column, const struct st_expr *name,
    const struct st_expr *text, struct st_error *err);

/* a <op> b for two typed values; checks that they can be compared. */
ST_MUST_CHECK st_code st_lower_compare(struct st_lower *lower, const struct st_expr *place,
    enum st_expr_op op, struct st_typed a, struct st_typed b, struct st_typed *out,
    struct st_error *err);

const char *st_kind_name(enum st_kind kind, enum st_lang lang);
enum st_ir_type st_kind_ir_type(enum st_kind kind);

/* Names of the functions known everywhere, NULL-terminated, for the reference pages. */
extern const char *const st_lower_functions[ST_LOWER_FUNCTION_COUNT + 1];

#endif
