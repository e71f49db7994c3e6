/* Recursive descent, one function per level of the grammar in expr.h.
 *
 * Chains (a or b or c …) are loops, so only brackets, calls, not and - nest the parser: those are
 * what ST_EXPR_DEPTH_MAX bounds. A function that fails returns NULL with the code in `p->code`.
 */
#include "base/decimal.h"
#include "base/vec.h"
#include "expr/internal.h"
#include "expr/lex.h"

#include <strings.h>

struct parser {
    struct st_lexer lexer;
    struct st_token token; /* the one to be read next */
    st_code code;
    int depth;
    size_t nodes;
};

typedef struct st_expr *parse_fn(struct parser *p);
static parse_fn parse_or, parse_not, parse_sum, parse_product, parse_unary;

struct args ST_VEC(struct st_expr *);

/* --- tokens and new nodes --- */

#define fail_here(p, token, code_, ...)                                                            \
    ((p)->code =                                                                                   \
            st_token_place(&(p)->lexer, (token), st_fail((p)->lexer.err, (code_), __VA_ARGS__)))

static bool advance(struct parser *p)
{
    if (p->code == ST_OK)
        p->code = st_lexer_next(&p->lexer, &p->token);
    return p->code == ST_OK;
}

static bool accept(struct parser *p, enum st_token_kind kind)
{
    return p->code == ST_OK && p->token.kind == kind && advance(p);
}

/* A comma between digits, a reserved word as a name: the slips that confuse most. */
static void hint_unexpected(struct parser *p)
{
    struct st_error *err = p->lexer.err;
    enum st_token_kind kind = p->token.kind;
    if (kind == ST_TOKEN_COMMA)
        st_error_hint(err, "digits are grouped with _ : 5_000_000", "数字分组请用 _ ：5_000_000");
    else if (kind == ST_TOKEN_OPEN)
        st_error_hint(err, "a function is name(…), without a quote; lists follow in",
            "函数写作 名称(…)；列表须写在 in 之后");
    else if (kind >= ST_TOKEN_OR)
        st_error_hint(err, "a column named like a reserved word is written in back quotes: `%s`",
            "与保留字同名的列请加反引号：`%s`", p->token.text);
    else if (kind >= ST_TOKEN_EQ && kind <= ST_TOKEN_GE)
        st_error_hint(err, "join comparisons with and, or write x between a and b",
            "多个比较请用 and 连接，或写作 x between a and b");
}

enum { SHOWN_BYTES_MAX = 48 };

static void fail_expected(struct parser *p, const char *en, const char *zh)
{
    const struct st_token *t = &p->token;
    if (p->code != ST_OK)
        return;
    if (t->kind == ST_TOKEN_END) {
        fail_here(p, t, ST_E_POLICY, "the expression ends where %s%.0s was expected",
            "表达式不完整：此处应为%.0s%s", en, zh);
        return;
    }
    size_t len = t->len;
    if (len > SHOWN_BYTES_MAX)
        for (len = SHOWN_BYTES_MAX; ((unsigned char)p->lexer.text[t->offset + len] & 0xC0) == 0x80;)
            len--;
    fail_here(p, t, ST_E_POLICY, "%s%.0s was expected, not '%.*s'", "此处应为%.0s%s，而不是“%.*s”",
        en, zh, (int)len, p->lexer.text + t->offset);
    hint_unexpected(p);
}

static bool expect(struct parser *p, enum st_token_kind kind, const char *en, const char *zh)
{
    if (p->code == ST_OK && p->token.kind != kind)
        fail_expected(p, en, zh);
    return p->code == ST_OK && advance(p);
}

static struct st_expr *new_expr(
    struct parser *p, enum st_expr_kind kind, const struct st_token *place)
{
    if (++p->nodes > ST_EXPR_NODES_MAX) {
        fail_here(p, place, ST_E_LIMIT, "the expression has more than %d parts",
            "表达式超过 %d 个成分", (int)ST_EXPR_NODES_MAX);
        return NULL;
    }
    struct st_expr *expr = st_arena_new(p->lexer.arena, struct st_expr);
    expr->kind = kind;
    expr->source = p->lexer.source;
    expr->line = place->line;
    expr->column = place->column;
    return expr;
}

/* Takes the arguments over, into the arena; NULL after an error. */
static struct st_expr *with_args(struct parser *p, struct st_expr *expr, struct args *args)
{
    if (expr && p->code == ST_OK && args->count > 0) {
        expr->args = st_arena_array(p->lexer.arena, struct st_expr *, args->count);
        memcpy(expr->args, args->items, args->count * sizeof *expr->args);
        expr->arg_count = args->count;
    }
    st_vec_release(args);
    return p->code == ST_OK ? expr : NULL;
}

static struct st_expr *new_op(struct parser *p, enum st_expr_op op, const struct st_token *place,
    struct st_expr *first, struct st_expr *second)
{
    struct args args = {NULL, 0, 0};
    if (p->code != ST_OK)
        return NULL;
    struct st_expr *expr = new_expr(p, ST_EXPR_OP, place);
    if (expr)
        expr->op = op;
    *st_vec_push(&args) = first;
    if (second)
        *st_vec_push(&args) = second;
    return with_args(p, expr, &args);
}

static struct st_expr *nested(struct parser *p, parse_fn *parse)
{
    struct st_expr *expr = NULL;
    if (p->depth >= ST_EXPR_DEPTH_MAX) {
        fail_here(p, &p->token, ST_E_LIMIT, "the expression is nested deeper than %d levels",
            "表达式嵌套超过 %d 层", (int)ST_EXPR_DEPTH_MAX);
        return NULL;
    }
    p->depth++;
    expr = parse(p);
    p->depth--;
    return expr;
}

/* --- numbers and durations --- */

static const struct {
    const char *word;
    int zeros;
} multipliers[] = {{"万", 4}, {"亿", 8}, {"万元", 4}, {"亿元", 8}, {"元", 0}};

/* One value has one form: 1.50 is 1.5, so that equal policies hash alike. */
static void drop_zeros(struct st_expr *number)
{
    while (number->scale > 0 && number->integer % 10 == 0) {
        number->integer /= 10;
        number->scale--;
    }
}

static void shift_left(
    struct parser *p, struct st_expr *number, int zeros, const struct st_token *at)
{
    for (; zeros > 0 && number->scale > 0; zeros--)
        number->scale--;
    for (; zeros > 0; zeros--)
        if (__builtin_mul_overflow(number->integer, 10, &number->integer)) {
            fail_here(p, at, ST_E_POLICY, "this number is too large", "数字过大");
            return;
        }
}

static bool take_multiplier(struct parser *p, struct st_expr *number, const struct st_token *at)
{
    for (size_t i = 0; i < ST_COUNT(multipliers); i++)
        if (strcmp(p->token.text, multipliers[i].word) == 0) {
            shift_left(p, number, multipliers[i].zeros, at);
            advance(p);
            return true;
        }
    return false;
}

static void take_duration(struct parser *p, struct st_expr *number, const struct st_token *at)
{
    enum st_duration_unit unit;
    if (!st_duration_unit_parse(p->token.text, strlen(p->token.text), &unit))
        return;
    if (number->scale > 0) {
        fail_here(p, at, ST_E_POLICY,
            "a duration is a whole number of days, weeks, months, quarters or years",
            "时长须为整数个天、周、月、季度或年");
        return;
    }
    number->kind = ST_EXPR_DURATION;
    number->unit = unit;
    advance(p);
}

static struct st_expr *parse_number(struct parser *p)
{
    struct st_token at = p->token;
    struct st_expr *number = new_expr(p, ST_EXPR_NUMBER, &at);
    if (!number || !advance(p))
        return NULL;
    number->integer = at.integer;
    number->scale = at.scale;
    drop_zeros(number);
    if (accept(p, ST_TOKEN_PERCENT)) {
        number->scale += 2;
        drop_zeros(number);
        if (number->scale > ST_SCALE_MAX)
            fail_here(p, &at, ST_E_POLICY, "a number has at most %d decimals", "小数不能超过 %d 位",
                (int)ST_SCALE_MAX);
    } else if (p->code == ST_OK && p->token.kind == ST_TOKEN_NAME && !p->token.back_quoted) {
        if (!take_multiplier(p, number, &at))
            take_duration(p, number, &at);
    }
    return p->code == ST_OK ? number : NULL;
}

/* --- primaries --- */

static struct st_expr *parse_literal(struct parser *p, enum st_expr_kind kind, int64_t integer)
{
    struct st_expr *expr = new_expr(p, kind, &p->token);
    if (!expr)
        return NULL;
    expr->integer = integer;
    expr->text = kind == ST_EXPR_TEXT ? p->token.text : NULL;
    return advance(p) ? expr : NULL;
}

static struct st_expr *parse_date(struct parser *p, const struct st_token *at)
{
    const char *text = p->token.text;
    st_date date = 0;
    if (!st_date_parse(text, strlen(text), &date)) {
        fail_here(p, &p->token, ST_E_POLICY, "'%s' is not a date", "“%s”不是有效日期", text);
        st_error_allowed(
            p->lexer.err, "a day written as date '2024-01-31'", "日期写作 date '2024-01-31'");
        return NULL;
    }
    struct st_expr *expr = new_expr(p, ST_EXPR_DATE, at);
    if (!expr)
        return NULL;
    expr->integer = date;
    return advance(p) ? expr : NULL;
}

/* Values up to the closing bracket, which is read too. */
static void parse_list(struct parser *p, struct args *args)
{
    do {
        struct st_expr *arg = nested(p, parse_or);
        if (!arg)
            return;
        *st_vec_push(args) = arg;
    } while (accept(p, ST_TOKEN_COMMA));
    expect(p, ST_TOKEN_CLOSE, "a ',' or ')'", "“,”或“)”");
}

static struct st_expr *parse_call(struct parser *p, const struct st_token *name)
{
    struct args args = {NULL, 0, 0};
    struct st_expr *call = new_expr(p, ST_EXPR_CALL, name);
    if (!call)
        return NULL;
    call->text = name->text;
    if (!accept(p, ST_TOKEN_CLOSE))
        parse_list(p, &args);
    return with_args(p, call, &args);
}

static struct st_expr *parse_name(struct parser *p)
{
    struct st_token name = p->token;
    if (!advance(p))
        return NULL;
    if (p->token.kind == ST_TOKEN_TEXT && !name.back_quoted && strcasecmp(name.text, "date") == 0)
        return parse_date(p, &name);
    if (!name.back_quoted && accept(p, ST_TOKEN_OPEN))
        return parse_call(p, &name);
    struct st_expr *expr = p->code == ST_OK ? new_expr(p, ST_EXPR_NAME, &name) : NULL;
    if (expr)
        expr->text = name.text;
    return expr;
}

static void parse_branches(struct parser *p, struct args *args)
{
    do {
        if (!expect(p, ST_TOKEN_WHEN, "when", " when"))
            return;
        struct st_expr *when = nested(p, parse_or);
        if (!expect(p, ST_TOKEN_THEN, "then", " then"))
            return;
        struct st_expr *then = nested(p, parse_or);
        if (!then)
            return;
        *st_vec_push(args) = when;
        *st_vec_push(args) = then;
    } while (p->token.kind == ST_TOKEN_WHEN);
    if (accept(p, ST_TOKEN_ELSE)) {
        struct st_expr *otherwise = nested(p, parse_or);
        if (otherwise)
            *st_vec_push(args) = otherwise;
    }
    expect(p, ST_TOKEN_STOP, "when, else or end", " when、else 或 end");
}

static struct st_expr *parse_case(struct parser *p)
{
    struct args args = {NULL, 0, 0};
    struct st_expr *expr = new_expr(p, ST_EXPR_CASE, &p->token);
    if (!expr || !advance(p))
        return NULL;
    parse_branches(p, &args);
    return with_args(p, expr, &args);
}

static struct st_expr *parse_bracket(struct parser *p)
{
    if (!advance(p))
        return NULL;
    struct st_expr *inner = nested(p, parse_or);
    return expect(p, ST_TOKEN_CLOSE, "a ')'", "“)”") ? inner : NULL;
}

static struct st_expr *parse_primary(struct parser *p)
{
    switch (p->token.kind) {
    case ST_TOKEN_NUMBER: return parse_number(p);
    case ST_TOKEN_TEXT: return parse_literal(p, ST_EXPR_TEXT, 0);
    case ST_TOKEN_TRUE: return parse_literal(p, ST_EXPR_BOOL, 1);
    case ST_TOKEN_FALSE: return parse_literal(p, ST_EXPR_BOOL, 0);
    case ST_TOKEN_NULL: return parse_literal(p, ST_EXPR_NULL, 0);
    case ST_TOKEN_NAME: return parse_name(p);
    case ST_TOKEN_CASE: return parse_case(p);
    case ST_TOKEN_OPEN: return parse_bracket(p);
    default: fail_expected(p, "a value", "一个值"); return NULL;
    }
}

/* --- operators, tightest first --- */

/* −5 is a number, not an operation on one: it prints and hashes as it is written. */
static struct st_expr *parse_unary(struct parser *p)
{
    struct st_token at = p->token;
    if (p->code != ST_OK)
        return NULL;
    if (!accept(p, ST_TOKEN_MINUS))
        return p->code == ST_OK ? parse_primary(p) : NULL;
    struct st_expr *operand = nested(p, parse_unary);
    if (!operand)
        return NULL;
    if (operand->kind == ST_EXPR_NUMBER) {
        operand->integer = -operand->integer;
        operand->line = at.line;
        operand->column = at.column;
        return operand;
    }
    if (operand->kind == ST_EXPR_DURATION) {
        fail_here(p, &at, ST_E_POLICY, "a duration cannot be negative", "时长不能为负数");
        st_error_hint(p->lexer.err, "subtract it: d - 3 months", "请用减法：d - 3 months");
        return NULL;
    }
    return new_op(p, ST_OP_NEG, &at, operand, NULL);
}

struct operator_row {
    enum st_token_kind token;
    enum st_expr_op op;
};

static const struct operator_row *find_row(
    const struct operator_row *rows, size_t count, enum st_token_kind token)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].token == token)
            return &rows[i];
    return NULL;
}

/* operand { operator operand }, grouping from the left. */
static struct st_expr *parse_chain(
    struct parser *p, const struct operator_row *rows, size_t count, parse_fn *operand)
{
    struct st_expr *left = operand(p);
    while (left) {
        struct st_token at = p->token;
        const struct operator_row *row = find_row(rows, count, at.kind);
        if (!row)
            break;
        struct st_expr *right = advance(p) ? operand(p) : NULL;
        left = right ? new_op(p, row->op, &at, left, right) : NULL;
    }
    return left;
}

static struct st_expr *parse_product(struct parser *p)
{
    static const struct operator_row rows[] = {
        {ST_TOKEN_STAR, ST_OP_MUL}, {ST_TOKEN_SLASH, ST_OP_DIV}};
    return parse_chain(p, rows, ST_COUNT(rows), parse_unary);
}

static struct st_expr *parse_sum(struct parser *p)
{
    static const struct operator_row rows[] = {
        {ST_TOKEN_PLUS, ST_OP_ADD}, {ST_TOKEN_MINUS, ST_OP_SUB}};
    return parse_chain(p, rows, ST_COUNT(rows), parse_product);
}

static struct st_expr *parse_between(
    struct parser *p, struct st_expr *value, const struct st_token *at)
{
    struct args args = {NULL, 0, 0};
    struct st_expr *low = parse_sum(p);
    struct st_expr *high = expect(p, ST_TOKEN_AND, "and", " and") ? parse_sum(p) : NULL;
    struct st_expr *expr = high ? new_expr(p, ST_EXPR_OP, at) : NULL;
    if (!expr)
        return NULL;
    expr->op = ST_OP_BETWEEN;
    *st_vec_push(&args) = value;
    *st_vec_push(&args) = low;
    *st_vec_push(&args) = high;
    return with_args(p, expr, &args);
}

static struct st_expr *parse_in(struct parser *p, struct st_expr *value, const struct st_token *at)
{
    struct args args = {NULL, 0, 0};
    if (!expect(p, ST_TOKEN_OPEN, "a list in brackets", "括号中的列表"))
        return NULL;
    struct st_expr *expr = new_expr(p, ST_EXPR_OP, at);
    if (expr) {
        expr->op = ST_OP_IN;
        *st_vec_push(&args) = value;
        parse_list(p, &args);
    }
    return with_args(p, expr, &args);
}

static struct st_expr *parse_is(struct parser *p, struct st_expr *value, const struct st_token *at)
{
    bool negated = accept(p, ST_TOKEN_NOT);
    if (!expect(p, ST_TOKEN_NULL, "null", " null"))
        return NULL;
    return new_op(p, negated ? ST_OP_IS_NOT_NULL : ST_OP_IS_NULL, at, value, NULL);
}

static struct st_expr *parse_not_suffix(
    struct parser *p, struct st_expr *value, const struct st_token *at)
{
    struct st_expr *positive = NULL;
    if (accept(p, ST_TOKEN_BETWEEN))
        positive = parse_between(p, value, at);
    else if (accept(p, ST_TOKEN_IN))
        positive = parse_in(p, value, at);
    else
        fail_expected(p, "between or in", " between 或 in");
    return positive ? new_op(p, ST_OP_NOT, at, positive, NULL) : NULL;
}

static struct st_expr *parse_relation(struct parser *p, struct st_expr *left, enum st_expr_op op)
{
    struct st_token at = p->token;
    struct st_expr *right = advance(p) ? parse_sum(p) : NULL;
    if (!right)
        return NULL;
    if (left->kind == ST_EXPR_NULL || right->kind == ST_EXPR_NULL) {
        fail_here(
            p, &at, ST_E_POLICY, "comparing with null is never true", "与 null 比较永远不成立");
        st_error_hint(
            p->lexer.err, "write x is null or x is not null", "请写 x is null 或 x is not null");
        return NULL;
    }
    return new_op(p, op, &at, left, right);
}

static struct st_expr *parse_comparison(struct parser *p)
{
    static const struct operator_row rows[] = {{ST_TOKEN_EQ, ST_OP_EQ}, {ST_TOKEN_NE, ST_OP_NE},
        {ST_TOKEN_LT, ST_OP_LT}, {ST_TOKEN_LE, ST_OP_LE}, {ST_TOKEN_GT, ST_OP_GT},
        {ST_TOKEN_GE, ST_OP_GE}};
    struct st_expr *left = parse_sum(p);
    if (!left)
        return NULL;
    struct st_token at = p->token;
    const struct operator_row *row = find_row(rows, ST_COUNT(rows), at.kind);
    if (row)
        return parse_relation(p, left, row->op);
    if (accept(p, ST_TOKEN_BETWEEN))
        return parse_between(p, left, &at);
    if (accept(p, ST_TOKEN_IN))
        return parse_in(p, left, &at);
    if (accept(p, ST_TOKEN_IS))
        return parse_is(p, left, &at);
    if (accept(p, ST_TOKEN_NOT))
        return parse_not_suffix(p, left, &at);
    return p->code == ST_OK ? left : NULL;
}

static struct st_expr *parse_not(struct parser *p)
{
    struct st_token at = p->token;
    if (!accept(p, ST_TOKEN_NOT))
        return p->code == ST_OK ? parse_comparison(p) : NULL;
    struct st_expr *operand = nested(p, parse_not);
    return operand ? new_op(p, ST_OP_NOT, &at, operand, NULL) : NULL;
}

static struct st_expr *parse_and(struct parser *p)
{
    static const struct operator_row rows[] = {{ST_TOKEN_AND, ST_OP_AND}};
    return parse_chain(p, rows, ST_COUNT(rows), parse_not);
}

static struct st_expr *parse_or(struct parser *p)
{
    static const struct operator_row rows[] = {{ST_TOKEN_OR, ST_OP_OR}};
    return parse_chain(p, rows, ST_COUNT(rows), parse_and);
}

/* --- whole expressions --- */

static st_code parse_whole(struct parser *p, struct st_expr **out)
{
    *out = NULL;
    if (p->lexer.len > ST_EXPR_TEXT_MAX) {
        struct st_token at = {.line = p->lexer.line, .column = p->lexer.column};
        return fail_here(p, &at, ST_E_LIMIT, "the expression is longer than %d bytes",
            "表达式超过 %d 字节", (int)ST_EXPR_TEXT_MAX);
    }
    if (!advance(p))
        return p->code;
    if (p->token.kind == ST_TOKEN_END)
        return fail_here(p, &p->token, ST_E_POLICY, "the expression is empty", "表达式为空");
    struct st_expr *expr = parse_or(p);
    if (expr && p->token.kind != ST_TOKEN_END)
        fail_expected(p, "an operator or the end", "运算符或表达式结尾");
    if (p->code == ST_OK)
        *out = expr;
    return p->code;
}

st_code st_expr_parse(struct st_arena *arena, const char *source, int line, int column,
    const char *text, struct st_expr **out, struct st_error *err)
{
    struct parser p = {.code = ST_OK};
    st_lexer_init(&p.lexer, arena, source, line, column, text, err);
    return parse_whole(&p, out);
}

st_code st_expr_parse_node(
    struct st_arena *arena, const struct st_node *node, struct st_expr **out, struct st_error *err)
{
    *out = NULL;
    if (node->kind != ST_NODE_SCALAR)
        return st_fail_at(
            err, node, ST_E_POLICY, "an expression is expected here", "此处应为表达式");
    struct parser p = {.code = ST_OK};
    st_lexer_init(
        &p.lexer, arena, node->source, node->line, node->column + node->quoted, node->text, err);
    p.lexer.places = node->places;
    p.lexer.place_count = node->place_count;
    st_code code = parse_whole(&p, out);
    return code == ST_OK ? ST_OK : st_node_place(err, node, code); /* adds the path */
}

st_code st_expr_place(struct st_error *err, const struct st_expr *expr, st_code code)
{
    st_error_at(err, expr->source, expr->line, expr->column);
    return code;
}

bool st_expr_calls(const struct st_expr *expr, const char *function)
{
    if (!expr)
        return false;
    bool found = expr->kind == ST_EXPR_CALL && strcmp(expr->text, function) == 0;
    for (size_t i = 0; !found && i < expr->arg_count; i++)
        found = st_expr_calls(expr->args[i], function);
    return found;
}
