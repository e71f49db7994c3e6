/* The canonical form: what policy hashes and messages are made of. */
#include "base/decimal.h"
#include "expr/internal.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

/* Loosest first, as in the grammar. */
enum level {
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_COMPARE,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_UNARY,
    LEVEL_PRIMARY
};

static const struct {
    const char *text;
    enum level level;
} ops[] = {
    [ST_OP_OR] = {" or ", LEVEL_OR},
    [ST_OP_AND] = {" and ", LEVEL_AND},
    [ST_OP_NOT] = {"not ", LEVEL_NOT},
    [ST_OP_EQ] = {" = ", LEVEL_COMPARE},
    [ST_OP_NE] = {" <> ", LEVEL_COMPARE},
    [ST_OP_LT] = {" < ", LEVEL_COMPARE},
    [ST_OP_LE] = {" <= ", LEVEL_COMPARE},
    [ST_OP_GT] = {" > ", LEVEL_COMPARE},
    [ST_OP_GE] = {" >= ", LEVEL_COMPARE},
    [ST_OP_BETWEEN] = {" between ", LEVEL_COMPARE},
    [ST_OP_IN] = {" in (", LEVEL_COMPARE},
    [ST_OP_IS_NULL] = {" is null", LEVEL_COMPARE},
    [ST_OP_IS_NOT_NULL] = {" is not null", LEVEL_COMPARE},
    [ST_OP_ADD] = {" + ", LEVEL_SUM},
    [ST_OP_SUB] = {" - ", LEVEL_SUM},
    [ST_OP_MUL] = {" * ", LEVEL_PRODUCT},
    [ST_OP_DIV] = {" / ", LEVEL_PRODUCT},
    [ST_OP_NEG] = {"-", LEVEL_UNARY},
};

static void print(struct st_str *out, const struct st_expr *expr, enum level outer);

static void print_quoted(struct st_str *out, const char *text, char quote)
{
    st_str_add_char(out, quote);
    for (const char *p = text; *p; p++) {
        if (*p == quote)
            st_str_add_char(out, quote);
        st_str_add_char(out, *p);
    }
    st_str_add_char(out, quote);
}

static bool is_plain_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)text + i, (utf8proc_ssize_t)(len - i), &c);
        if (n <= 0 || !st_expr_is_name_character(c, i == 0))
            return false;
        i += (size_t)n;
    }
    return len > 0;
}

static bool is_plain_name(const char *text)
{
    bool dotted = strchr(text, '.') != NULL;
    if (!dotted && st_expr_is_keyword(text, strlen(text)))
        return false;
    for (const char *p = text;; p++) {
        size_t len = strcspn(p, ".");
        if (!is_plain_word(p, len))
            return false;
        p += len;
        if (!*p)
            return true;
    }
}

static void print_name(struct st_str *out, const char *text)
{
    if (is_plain_name(text))
        st_str_add(out, text);
    else
        print_quoted(out, text, '`');
}

static void print_list(struct st_str *out, const struct st_expr *expr, size_t from)
{
    for (size_t i = from; i < expr->arg_count; i++) {
        if (i > from)
            st_str_add(out, ", ");
        print(out, expr->args[i], LEVEL_OR);
    }
    st_str_add_char(out, ')');
}

static void print_case(struct st_str *out, const struct st_expr *expr)
{
    st_str_add(out, "case");
    size_t i = 0;
    for (; i + 1 < expr->arg_count; i += 2) {
        st_str_add(out, " when ");
        print(out, expr->args[i], LEVEL_OR);
        st_str_add(out, " then ");
        print(out, expr->args[i + 1], LEVEL_OR);
    }
    if (i < expr->arg_count) {
        st_str_add(out, " else ");
        print(out, expr->args[i], LEVEL_OR);
    }
    st_str_add(out, " end");
}

/* value [not] between low and high; value [not] in (…) */
static void print_range(struct st_str *out, const struct st_expr *expr, bool negated)
{
    print(out, expr->args[0], LEVEL_SUM);
    if (negated)
        st_str_add(out, " not");
    st_str_add(out, ops[expr->op].text);
    if (expr->op == ST_OP_IN) {
        print_list(out, expr, 1);
        return;
    }
    print(out, expr->args[1], LEVEL_SUM);
    st_str_add(out, " and ");
    print(out, expr->args[2], LEVEL_SUM);
}

static bool is_range(const struct st_expr *expr)
{
    return expr->kind == ST_EXPR_OP && (expr->op == ST_OP_BETWEEN || expr->op == ST_OP_IN);
}

static enum level level_of(const struct st_expr *expr)
{
    if (expr->kind == ST_EXPR_OP)
        return ops[expr->op].level;
    return expr->kind == ST_EXPR_NUMBER && expr->integer < 0 ? LEVEL_UNARY : LEVEL_PRIMARY;
}

static void print_op(struct st_str *out, const struct st_expr *expr)
{
    enum level level = ops[expr->op].level;
    const char *text = ops[expr->op].text;
    switch (expr->op) {
    case ST_OP_BETWEEN:
    case ST_OP_IN: print_range(out, expr, false); break;
    case ST_OP_NOT:
        if (is_range(expr->args[0])) {
            print_range(out, expr->args[0], true);
            break;
        }
        st_str_add(out, text);
        print(out, expr->args[0], level);
        break;
    case ST_OP_NEG:
        st_str_add(out, text);
        if (level_of(expr->args[0]) == LEVEL_UNARY)
            st_str_add_char(out, ' '); /* -- is refused; brackets would nest deeper than the text */
        print(out, expr->args[0], level);
        break;
    case ST_OP_IS_NULL:
    case ST_OP_IS_NOT_NULL:
        print(out, expr->args[0], LEVEL_SUM);
        st_str_add(out, text);
        break;
    default: /* chains group from the left; comparisons do not chain */
        print(out, expr->args[0], level == LEVEL_COMPARE ? LEVEL_SUM : level);
        st_str_add(out, text);
        print(out, expr->args[1], level + 1);
    }
}

static void print_bare(struct st_str *out, const struct st_expr *expr)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    switch (expr->kind) {
    case ST_EXPR_NULL: st_str_add(out, "null"); break;
    case ST_EXPR_BOOL: st_str_add(out, expr->integer ? "true" : "false"); break;
    case ST_EXPR_NUMBER:
        st_str_add(out, st_decimal_format(expr->integer, expr->scale, text));
        break;
    case ST_EXPR_TEXT: print_quoted(out, expr->text, '\''); break;
    case ST_EXPR_DATE:
        st_str_addf(out, "date '%s'", st_date_format((st_date)expr->integer, text));
        break;
    case ST_EXPR_DURATION:
        st_str_addf(out, "%lld %s", (long long)expr->integer,
            st_duration_unit_name(expr->unit, expr->integer));
        break;
    case ST_EXPR_NAME: print_name(out, expr->text); break;
    case ST_EXPR_CALL:
        st_str_add(out, expr->text);
        st_str_add_char(out, '(');
        print_list(out, expr, 0);
        break;
    case ST_EXPR_OP: print_op(out, expr); break;
    case ST_EXPR_CASE: print_case(out, expr); break;
    }
}

static void print(struct st_str *out, const struct st_expr *expr, enum level outer)
{
    bool brackets = level_of(expr) < outer;
    if (brackets)
        st_str_add_char(out, '(');
    print_bare(out, expr);
    if (brackets)
        st_str_add_char(out, ')');
}

void st_expr_print(struct st_str *out, const struct st_expr *expr)
{
    print(out, expr, LEVEL_OR);
}
