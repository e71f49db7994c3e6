/* The expression language of policies and mappings: text → tree.
 *
 *     aum >= 500_000 and (risk_level in ('C4', 'C5') or has_mortgage)
 *     case when age(birth_date) >= 65 then 'senior' else 'other' end
 *
 * Grammar, loosest first: or; and; not; comparison (= <> != < <= > >=, between … and …, in (…),
 * not in, not between, is null, is not null); + -; * /; unary -; primary. Primary: number
 * (1_000.50, 35%, 5万, 1.2亿), 'text', date '2024-01-31', duration (3 months, 30 days, 1 year, 2
 * weeks, 1 quarter), true, false, null, name, name.name, call(args), case when … then … [else …]
 * end, ( ). Keywords are case-insensitive; names are not. Text doubles its quote: 'it''s'. A name
 * that is reserved or holds other characters is back-quoted: `余额 (元)`. Full-width brackets,
 * commas, digits and operators, and ≥ ≤ ≠ × ÷, are read as their half-width forms; 3个月 is 3
 * months.
 *
 * Chains group from the left (a or b or c is two binary nodes); `-5` is a NUMBER; `x not in (…)` is
 * NOT of IN; an operation's place is its operator's.
 *
 * The tree is never pasted into SQL: compile/ turns it into IR, eval.h evaluates it in C.
 */
#ifndef ST_EXPR_EXPR_H
#define ST_EXPR_EXPR_H

#include "base/date.h"
#include "base/str.h"
#include "expr/node.h"

enum {
    ST_EXPR_DEPTH_MAX = 64, /* brackets, calls, case, not and -; chains count as nodes only */
    ST_EXPR_NODES_MAX = 4096,
    ST_EXPR_TEXT_MAX = 16 * 1024,
};

enum st_expr_kind {
    ST_EXPR_NULL,
    ST_EXPR_BOOL,     /* integer: 0 or 1 */
    ST_EXPR_NUMBER,   /* integer × 10^−scale */
    ST_EXPR_TEXT,     /* text */
    ST_EXPR_DATE,     /* integer: st_date */
    ST_EXPR_DURATION, /* integer count of `unit` */
    ST_EXPR_NAME,     /* text: "aum", or "txn.amount" */
    ST_EXPR_CALL,     /* text: function name, args */
    ST_EXPR_OP,       /* op, args */
    ST_EXPR_CASE,     /* args: when, then, when, then, …, [else] when the count is odd */
};

enum st_expr_op {
    ST_OP_OR,
    ST_OP_AND,
    ST_OP_NOT,
    ST_OP_EQ,
    ST_OP_NE,
    ST_OP_LT,
    ST_OP_LE,
    ST_OP_GT,
    ST_OP_GE,
    ST_OP_BETWEEN, /* args: value, low, high; both inclusive */
    ST_OP_IN,      /* args: value, then the list */
    ST_OP_IS_NULL,
    ST_OP_IS_NOT_NULL,
    ST_OP_ADD,
    ST_OP_SUB,
    ST_OP_MUL,
    ST_OP_DIV,
    ST_OP_NEG,
};

enum st_duration_unit { ST_DAYS, ST_WEEKS, ST_MONTHS, ST_QUARTERS, ST_YEARS };

struct st_expr {
    enum st_expr_kind kind;
    enum st_expr_op op;
    enum st_duration_unit unit;
    int64_t integer;
    int scale; /* NUMBER: 0..ST_SCALE_MAX decimals */
    const char *text;
    struct st_expr **args;
    size_t arg_count;
    const char *source; /* document, line and column for messages */
    int line, column;
};

/* Parses `text`, which stands at line:column of `source` (the first character's place).
 * Error: ST_E_POLICY at the exact column, with the token found, what was expected and a hint. */
ST_MUST_CHECK st_code st_expr_parse(struct st_arena *arena, const char *source, int line,
    int column, const char *text, struct st_expr **out, struct st_error *err);

/* The expression a scalar node holds. */
ST_MUST_CHECK st_code st_expr_parse_node(
    struct st_arena *arena, const struct st_node *node, struct st_expr **out, struct st_error *err);

/* Prints the canonical form: single blanks, lower-case keywords, minimal parentheses. Parsing the
 * print gives the same tree. Used by the policy hash and by messages. */
void st_expr_print(struct st_str *out, const struct st_expr *expr);

#define st_fail_expr(err, expr, code, ...)                                                         \
    st_expr_place((err), (expr), st_fail((err), (code), __VA_ARGS__))
st_code st_expr_place(struct st_error *err, const struct st_expr *expr, st_code code);

/* True when the expression calls the function somewhere; NULL calls nothing. */
bool st_expr_calls(const struct st_expr *expr, const char *function);

/* A word of the language that cannot name anything unless it is back-quoted. */
bool st_expr_is_keyword(const char *text, size_t len);

#endif
