/* Evaluates an expression over one row of text columns: what mappings do for every line read.
 *
 * Compile once per mapping (names become column indexes, functions are resolved and their
 * argument counts and types checked), then evaluate per row with no allocation outside `scratch`.
 *
 * Functions: text(x) number(t) number(t, decimals) number(t, '万元') date(t) date(t, 'dmy') date(y,
 * m, d) substr(t, from[, len]) (1-based, characters) length(t) lower upper trim replace(t, from,
 * to) concat(…) left right starts_with(t, p); coalesce min max abs round(x[, decimals]) floor;
 * nullif(a, b); year(d) month(d) day(d) days_between(from, to) add_months(d, n); lookup('table',
 * key, 'column'); line() and as_of(), where the surroundings know them. A date takes + and - of a
 * duration (d + 3 months); date - date is a number of days.
 *
 * Columns are texts. number(t) keeps the decimals written; number(t, decimals) refuses more;
 * number(t, unit) counts digits without a unit of their own in that unit. date(t, form) reads
 * st_date_forms.
 * number and date of a blank text are NULL. NULL follows SQL: any arithmetic or comparison with
 * NULL is NULL; and/or are three-valued; min, max and concat leave NULLs out.
 *
 * Numbers: exact while 64 bits and 18 decimals hold them, else rounded once to 8 decimals, else
 * ST_E_LIMIT; a quotient has 8 decimals; halves go away from zero. Texts compare by bytes.
 */
#ifndef ST_EXPR_EVAL_H
#define ST_EXPR_EVAL_H

#include "base/decimal.h"
#include "expr/expr.h"

enum st_value_type { ST_VALUE_NULL, ST_VALUE_BOOL, ST_VALUE_NUMBER, ST_VALUE_DATE, ST_VALUE_TEXT };

struct st_slice {
    const char *data;
    size_t len;
};

/* Without the blanks around it: ASCII blanks, the no-break and the ideographic one. */
struct st_slice st_slice_trim(struct st_slice text);

struct st_value {
    enum st_value_type type;
    int scale;            /* NUMBER: decimals of `integer` */
    int64_t integer;      /* BOOL, NUMBER, DATE */
    struct st_slice text; /* TEXT: points into the row or the scratch arena */
};

/* Where names come from: index of a column, or −1. */
typedef int st_eval_column_fn(void *context, const char *name);
/* lookup('table', key, 'column'): false when the key is absent (the result is NULL). */
typedef bool st_eval_lookup_fn(
    void *context, int lookup, struct st_slice key, int column, struct st_slice *value);
/* Index of the lookup table and of its column, or −1 when there is none. */
typedef bool st_eval_resolve_lookup_fn(
    void *context, const char *table, const char *column, int *lookup, int *column_index);

struct st_eval_env {
    void *context;
    st_eval_column_fn *column;
    st_eval_resolve_lookup_fn *resolve_lookup; /* NULL: no lookups here */
    st_eval_lookup_fn *lookup;
    const char *const *column_names; /* for "did you mean", column_count of them */
    size_t column_count;
    const int64_t *line;  /* line(): the current row's; NULL: not known here */
    const st_date *as_of; /* as_of(); NULL: not known here */
};

struct st_eval; /* a compiled expression, in the arena it was compiled in */

ST_MUST_CHECK st_code st_eval_compile(struct st_arena *arena, const struct st_eval_env *env,
    const struct st_expr *expr, struct st_eval **out, struct st_error *err);

/* If the expression is just one column, its index; else −1: the fast path of plain mappings. */
int st_eval_plain_column(const struct st_eval *eval);

/* One row: `columns[i]` is column i's text (data NULL: absent, read as NULL). A conversion that
 * cannot be done (number('abc'), date of no day) returns ST_E_DATA with a message that names the
 * value; it says nothing of file or line. */
ST_MUST_CHECK st_code st_eval_row(const struct st_eval *eval, const struct st_slice *columns,
    struct st_arena *scratch, struct st_value *out, struct st_error *err);

#endif
