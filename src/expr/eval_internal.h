/* The inside of a compiled expression, shared by its compiler, operators and functions. */
#ifndef ST_EXPR_EVAL_INTERNAL_H
#define ST_EXPR_EVAL_INTERNAL_H

#include "expr/eval.h"

enum {
    ST_EVAL_STRICT_ARGS_MAX = 3,
    ST_EVAL_ARGS_MAX = 32, /* of one call */
};

/* What one row offers while it is evaluated. */
struct st_row {
    const struct st_slice *columns;
    struct st_arena *scratch;
    struct st_error *err;
};

typedef st_code st_eval_run_fn(
    const struct st_eval *eval, struct st_row *row, struct st_value *out);
/* A function of non-NULL arguments; a NULL one makes the result NULL before it is called. */
typedef st_code st_eval_call_fn(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out);

struct st_eval {
    st_eval_run_fn *run;
    st_eval_call_fn *call;   /* when `run` is the strict caller */
    enum st_value_type type; /* NULL: always NULL */
    bool constant;
    bool per_row;          /* a lookup: its table may not be loaded while compiling */
    struct st_value value; /* of a constant */
    enum st_expr_op op;
    int column; /* of a name, or of a lookup's table */
    int lookup;
    int64_t duration; /* date ± duration */
    enum st_duration_unit unit;
    const struct st_eval_env *env;
    struct st_eval **args;
    size_t arg_count;
};

/* One function. `signature`: a letter per argument, those after ? optional, * repeats the last:
 * t text, n number, d date, a anything, s anything but all alike, L a literal text, W
 * a literal text that is one of `words`.
 * `result`: t n d, or s for the common type of the arguments. */
struct st_function {
    const char *name;
    const char *signature;
    char result;
    st_eval_call_fn *call; /* exactly one of these */
    st_eval_run_fn *run;
    bool (*known)(const struct st_eval_env *env); /* NULL: usable everywhere */
    const char *const *words;                     /* of W; NULL-terminated */
};

extern const struct st_function st_functions[];
extern const size_t st_function_count;

st_eval_run_fn st_eval_strict;

/* --- numbers; each result is exact when 64 bits and 18 decimals hold it, else rounded once to 8
 * decimals, else ST_E_LIMIT --- */
ST_MUST_CHECK st_code st_number_arithmetic(enum st_expr_op op, const struct st_value *a,
    const struct st_value *b, struct st_value *out, struct st_error *err);
/* `unit`: the power of ten that digits without a unit count in. */
ST_MUST_CHECK st_code st_number_parse(struct st_slice text, int unit, struct st_value *out);
int st_number_compare(const struct st_value *a, const struct st_value *b);
/* Its value when it is whole and within an int; else false. */
bool st_number_to_int(const struct st_value *number, int *out);
st_code st_fail_too_large(struct st_error *err);

/* <0, 0, >0 of two values of one type. */
int st_value_compare(const struct st_value *a, const struct st_value *b);

/* Within the years a date may have; else ST_E_DATA. */
ST_MUST_CHECK st_code st_value_set_date(int64_t days, struct st_value *out, struct st_error *err);
/* The date a duration later (negative: earlier). */
ST_MUST_CHECK st_code st_date_shift(st_date date, int64_t count, enum st_duration_unit unit,
    struct st_value *out, struct st_error *err);

#endif
