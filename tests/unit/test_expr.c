/* Expressions → trees → canonical text; refusals with their exact column and hint. */
#include "expr/expr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool same(const struct st_expr *a, const struct st_expr *b)
{
    if (a->kind != b->kind || a->op != b->op || a->unit != b->unit || a->integer != b->integer ||
        a->scale != b->scale || a->arg_count != b->arg_count || !a->text != !b->text ||
        (a->text && strcmp(a->text, b->text) != 0))
        return false;
    for (size_t i = 0; i < a->arg_count; i++)
        if (!same(a->args[i], b->args[i]))
            return false;
    return true;
}

/* The tree with a bracket around every operation: what binds to what. */
static void dump(struct st_str *out, const struct st_expr *e)
{
    static const char *const names[] = {"or", "and", "not", "=", "<>", "<", "<=", ">",
        ">=", "between", "in", "null?", "set?", "+", "-", "*", "/", "neg"};
    struct st_str leaf = ST_STR_INIT;
    if (e->kind != ST_EXPR_OP && e->kind != ST_EXPR_CALL && e->kind != ST_EXPR_CASE) {
        st_expr_print(&leaf, e);
        st_str_add(out, leaf.text);
        st_str_release(&leaf);
        return;
    }
    st_str_addf(out, "(%s",
        e->kind == ST_EXPR_OP     ? names[e->op]
        : e->kind == ST_EXPR_CASE ? "case"
                                  : e->text);
    for (size_t i = 0; i < e->arg_count; i++) {
        st_str_add_char(out, ' ');
        dump(out, e->args[i]);
    }
    st_str_add_char(out, ')');
}

static struct st_expr *parse(struct st_arena *arena, const char *what, const char *text)
{
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr = NULL;
    if (st_expr_parse(arena, "p", 1, 1, text, &expr, &err) != ST_OK)
        fail_msg("%s: %d:%d %s", what, err.line, err.column, err.message[ST_LANG_EN]);
    return expr;
}

static void test_trees(void **state)
{
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"and binds tighter than or", "a or b and c", "(or a (and b c))"},
        {"chains group from the left", "a - b - c", "(- (- a b) c)"},
        {"or chains too", "a or b or c", "(or (or a b) c)"},
        {"brackets", "a - (b - c)", "(- a (- b c))"},
        {"* before +", "a + b * c / d", "(+ a (/ (* b c) d))"},
        {"not covers a comparison", "not a = b and c", "(and (not (= a b)) c)"},
        {"not twice", "not not a", "(not (not a))"},
        {"comparison of sums", "a + 1 >= b * 2", "(>= (+ a 1) (* b 2))"},
        {"between keeps its and", "a between 1 and 2 and b", "(and (between a 1 2) b)"},
        {"not between", "a not between 1 and 2", "(not (between a 1 2))"},
        {"in", "c in ('x', 'y')", "(in c 'x' 'y')"},
        {"not in", "c not in (1)", "(not (in c 1))"},
        {"is null", "a is null or b is not null", "(or (null? a) (set? b))"},
        {"minus binds to its operand", "-a * b", "(* (neg a) b)"},
        {"a negative number is a number", "a - -5", "(- a -5)"},
        {"minus before brackets", "-(a + b)", "(neg (+ a b))"},
        {"minus folds through brackets", "-(5)", "-5"},
        {"minus of a negative number", "- -5", "5"},
        {"call", "max(a, 1 + 2)", "(max a (+ 1 2))"},
        {"call without arguments", "count()", "(count)"},
        {"nested calls", "daily_average(amount * weight(class))",
            "(daily_average (* amount (weight class)))"},
        {"case", "case when a > 1 then 'x' when b then 'y' else 'z' end",
            "(case (> a 1) 'x' b 'y' 'z')"},
        {"case without else", "CASE WHEN a THEN 1 END", "(case a 1)"},
        {"keywords in any case", "A AND Not b OR TRUE", "(or (and A (not b)) true)"},
        {"names keep their case", "Aum = aum", "(= Aum aum)"},
        {"dotted name", "txn.amount > 0", "(> txn.amount 0)"},
        {"dotted keyword is a name", "case.end = 1", "(= case.end 1)"},
        {"Chinese names", "余额 >= 5万 and 类别 = '定期'", "(and (>= 余额 50000) (= 类别 '定期'))"},
        {"back-quoted names", "`余额 （元）` > 0", "(> `余额 （元）` 0)"},
        {"back-quoted keyword", "`end` = 1", "(= `end` 1)"},
        {"back quote inside a name", "`a``b` = 1", "(= `a``b` 1)"},
        {"back quotes that are not needed", "`aum` = 1", "(= aum 1)"},
        {"date as a literal and as names", "date >= date '2024-1-31' and date(x) = date",
            "(and (>= date date '2024-01-31') (= (date x) date))"},
        {"doubled quote", "'it''s'", "'it''s'"},
        {"empty text", "''", "''"},
        {"full-width brackets and comma", "max（a，b）", "(max a b)"},
        {"full-width comparisons", "a ＞ 1 and b ＜＝ 2 and c ＝ 3",
            "(and (and (> a 1) (<= b 2)) (= c 3))"},
        {"mathematical comparisons", "a ≥ 1 and b ≤ 2 and c ≠ 3",
            "(and (and (>= a 1) (<= b 2)) (<> c 3))"},
        {"!= is <>", "a != 1", "(<> a 1)"},
        {"full-width digits and blanks", "a　＞　１２．５", "(> a 12.5)"},
        {"other signs", "a × b ÷ c － d", "(- (/ (* a b) c) d)"},
        {"durations", "lag(aum, 3 months)", "(lag aum 3 months)"},
        {"duration singular", "d + 1 month", "(+ d 1 month)"},
        {"durations in other words", "f(2 weeks, 1 Quarter, 2 years, 30 day)",
            "(f 2 weeks 1 quarter 2 years 30 days)"},
        {"Chinese durations", "lag(aum, 3个月) + f(1年, 30天)",
            "(+ (lag aum 3 months) (f 1 year 30 days))"},
        {"units are names elsewhere", "months > 3 and days = 2", "(and (> months 3) (= days 2))"},
        {"line feeds are blanks", "a\n  and\tb", "(and a b)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        dump(&got, parse(&arena, rows[i].what, rows[i].input));
        if (strcmp(got.text, rows[i].want) != 0)
            fail_msg("%s\n  got:  %s\n  want: %s", rows[i].what, got.text, rows[i].want);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void test_numbers(void **state)
{
    static const struct {
        const char *what, *input;
        int64_t integer;
        int scale;
    } rows[] = {
        {"whole", "42", 42, 0},
        {"zero", "0", 0, 0},
        {"decimals", "0.25", 25, 2},
        {"closing zeros are dropped", "1.500", 15, 1},
        {"grouped", "5_000_000.50", 50000005, 1},
        {"percent", "35%", 35, 2},
        {"percent of decimals", "0.5%", 5, 3},
        {"full-width percent", "１００％", 1, 0},
        {"ten thousands", "5万", 50000, 0},
        {"decimal hundred millions", "1.2亿", 120000000, 0},
        {"with the currency's unit", "12.34567万元", 1234567, 1},
        {"yuan", "99.9元", 999, 1},
        {"a blank before the unit", "5 万", 50000, 0},
        {"negative", "-1.2亿", -120000000, 0},
        {"largest", "9223372036854775807", INT64_MAX, 0},
        {"18 decimals", "0.000000000000000001", 1, 18},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        const struct st_expr *e = parse(&arena, rows[i].what, rows[i].input);
        if (e->kind != ST_EXPR_NUMBER || e->integer != rows[i].integer || e->scale != rows[i].scale)
            fail_msg("%s: got %lld scale %d", rows[i].what, (long long)e->integer, e->scale);
        st_arena_release(&arena);
    }
}

/* Each is printed as `want`, and parses back to the same tree. */
static void test_print(void **state)
{
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"one blank everywhere", "a+b *  c", "a + b * c"},
        {"needless brackets go", "((a) + (b * c))", "a + b * c"},
        {"needed brackets stay", "(a + b) * c", "(a + b) * c"},
        {"right grouping stays", "a - (b + c)", "a - (b + c)"},
        {"right grouping of or", "a or (b or c)", "a or (b or c)"},
        {"not of or", "not (a or b)", "not (a or b)"},
        {"not of a comparison", "NOT (a = b)", "not a = b"},
        {"not in", "not (a in (1,2))", "a not in (1, 2)"},
        {"not between", "not a between 1 and 2", "a not between 1 and 2"},
        {"comparison inside a comparison", "(a = b) = (c < d)", "(a = b) = (c < d)"},
        {"logic inside between", "a between (b and c) and d", "a between (b and c) and d"},
        {"logic inside in", "a in (b or c, not d)", "a in (b or c, not d)"},
        {"is null of a comparison", "(a = b) is null", "(a = b) is null"},
        {"minus of a product", "-(a * b)", "-(a * b)"},
        {"minus of minus", "- -a", "- -a"},
        {"minuses in brackets", "-(-(-a))", "- - -a"},
        {"product of minuses", "-a * -b", "-a * -b"},
        {"negative factor", "-5 * a", "-5 * a"},
        {"operators", "a!=b and c≥d", "a <> b and c >= d"},
        {"case", "Case When a Then 1 Else 2 End + 1", "case when a then 1 else 2 end + 1"},
        {"case in brackets", "(case when a then 1 end)", "case when a then 1 end"},
        {"numbers", "35% + 5万 + 1_000.50", "0.35 + 50000 + 1000.5"},
        {"literals", "f(TRUE, False, NULL, '''', date '20240131')",
            "f(true, false, null, '''', date '2024-01-31')"},
        {"durations", "f(1 months, 12 month, 0 days)", "f(1 month, 12 months, 0 days)"},
        {"names", "`a b` + `x`.y", ""},
        {"quoted names", "f(`a b`, `in`, `1a`, 列, `a.b`)", "f(`a b`, `in`, `1a`, 列, a.b)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_expr *expr = NULL;
        if (!rows[i].want[0]) {
            assert_int_equal(
                st_expr_parse(&arena, "p", 1, 1, rows[i].input, &expr, NULL), ST_E_POLICY);
        } else {
            expr = parse(&arena, rows[i].what, rows[i].input);
            st_expr_print(&got, expr);
            if (strcmp(got.text, rows[i].want) != 0)
                fail_msg("%s\n  got:  %s\n  want: %s", rows[i].what, got.text, rows[i].want);
            assert_true(same(expr, parse(&arena, rows[i].what, got.text)));
        }
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"empty", "", "1:1 the expression is empty | "},
        {"blank", "  ", "1:1 the expression is empty | "},
        {"ends early", "a >", "1:4 the expression ends where a value was expected | "},
        {"two values", "a b", "1:3 an operator or the end was expected, not 'b' | "},
        {"unclosed bracket", "(a + b", "1:7 the expression ends where a ')' was expected | "},
        {"unclosed call", "f(a, b", "1:7 the expression ends where a ',' or ')' was expected | "},
        {"extra bracket", "a)", "1:2 an operator or the end was expected, not ')' | "},
        {"column counts characters", "余额 > > 5", "1:6 a value was expected, not '>' | "},
        {"chained comparison", "1 < a < 5",
            "1:7 an operator or the end was expected, not '<' | join comparisons with and"},
        {"==", "a == 1", "1:3 '==' is not part of an expression | write one ="},
        {"&&", "a && b", "1:3 '&&' is not part of an expression | write and"},
        {"||", "a || b", "1:3 '||' is not part of an expression | write or;"},
        {"!", "!a", "1:1 '!' is not part of an expression | write not"},
        {"double quotes", "a = \"x\"",
            "1:5 '\"' is not part of an expression | quote a text as 'text'"},
        {"curly quotes", "a = ‘x’", "1:5 '‘' is not part of an expression | use straight quotes"},
        {"curly double quotes", "a = “x”",
            "1:5 '“' is not part of an expression | use straight quotes"},
        {"full-width quote", "a = ＇x＇",
            "1:5 '＇' is not part of an expression | use straight quotes"},
        {"enumeration comma", "a in (1、2)",
            "1:8 '、' is not part of an expression | separate values by"},
        {"semicolon", "a > 1;", "1:6 ';' is not part of an expression | separate values by"},
        {"currency", "a > ¥5", "1:5 '¥' is not part of an expression | write the amount"},
        {"square brackets", "a in [1]",
            "1:6 '[' is not part of an expression | use round brackets"},
        {"unclosed text", "a = 'x", "1:5 the quote ' is not closed | "},
        {"unclosed name", "`a > 1", "1:1 the quote ` is not closed | "},
        {"empty name", "`` > 1", "1:1 a name is empty | "},
        {"comma in a number", "a > 5,000,000",
            "1:6 an operator or the end was expected, not ',' | digits are grouped with _"},
        {"leading zeros", "f(5,000)",
            "1:5 a number cannot begin with a superfluous 0 | group digits"},
        {"a code without quotes", "code = 007",
            "1:8 a number cannot begin with a superfluous 0 | "},
        {"19 decimals", "0.0000000000000000001", "1:1 a number has at most 18 decimals | "},
        {"percent of 17 decimals", "1.00000000000000001%",
            "1:1 a number has at most 18 decimals | "},
        {"too large", "9223372036854775808", "1:1 this number is too large | "},
        {"too large by its unit", "922337203686万亿",
            "1:13 an operator or the end was expected, not '万亿' | "},
        {"too large in 亿", "99999999999亿", "1:1 this number is too large | "},
        {"nothing after the point", "5. + 1", "1:1 digits are missing after the decimal point | "},
        {"a number runs into a name", "5abc",
            "1:2 an operator or the end was expected, not 'abc' | "},
        {"exponent", "1e5", "1:2 an operator or the end was expected, not 'e5' | "},
        {"part of a month", "lag(a, 1.5 months)", "1:8 a duration is a whole number"},
        {"negative duration", "d + -3 months", "1:5 a duration cannot be negative | subtract it"},
        {"no such day", "date '2024-02-30'", "1:6 '2024-02-30' is not a date | "},
        {"= null", "a = null", "1:3 comparing with null is never true | write x is null"},
        {"in without a list", "a in b", "1:6 a list in brackets was expected, not 'b' | "},
        {"in of nothing", "a in ()", "1:7 a value was expected, not ')' | "},
        {"between without and", "a between 1 or 2", "1:13 and was expected, not 'or' | "},
        {"is something", "a is 5", "1:6 null was expected, not '5' | "},
        {"not something", "a not like 'x'", "1:7 between or in was expected, not 'like' | "},
        {"case of a value", "case x when 1 then 2 end", "1:6 when was expected, not 'x' | "},
        {"case without end", "case when a then 1",
            "1:19 the expression ends where when, else or end was"},
        {"reserved word as a name", "end > 5",
            "1:1 a value was expected, not 'end' | a column named"},
        {"comment", "aum -- 月日均",
            "1:5 '--' is not part of an expression | an expression holds no comments"},
        {"stray character", "a @ b", "1:3 '@' is not part of an expression | "},
        {"second line", "a and\n  or b", "2:3 a value was expected, not 'or' | "},
    };
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_expr *expr = NULL;
        char got[ST_ERROR_TEXT_MAX * 3];
        st_code code = st_expr_parse(&arena, "p.yaml", 1, 1, rows[i].input, &expr, &err);
        snprintf(got, sizeof got, "%d:%d %s | %s", err.line, err.column, err.message[ST_LANG_EN],
            err.hint[ST_LANG_EN]);
        if (code != ST_E_POLICY || expr || strncmp(got, rows[i].want, strlen(rows[i].want)) != 0) {
            print_error("%s\n  got:  %s\n  want: %s…\n", rows[i].what, got, rows[i].want);
            wrong++;
        }
        if (!err.message[ST_LANG_ZH][0] || !err.hint[ST_LANG_ZH][0] != !err.hint[ST_LANG_EN][0])
            fail_msg("%s: not bilingual", rows[i].what);
        st_arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

static void repeat(struct st_str *s, const char *text, int times)
{
    for (int i = 0; i < times; i++)
        st_str_add(s, text);
}

/* One step inside a limit is accepted, one step outside is ST_E_LIMIT. */
static void test_limits(void **state)
{
    static const struct {
        const char *what, *before, *middle, *after;
        int fits;
    } rows[] = {
        {"brackets", "(", "a", ")", ST_EXPR_DEPTH_MAX},
        {"minus signs", "- ", "a", "", ST_EXPR_DEPTH_MAX},
        {"nots", "not ", "a", "", ST_EXPR_DEPTH_MAX},
        {"calls", "f(", "a", ")", ST_EXPR_DEPTH_MAX},
        {"a chain is not nesting", "", "a", " or a", (ST_EXPR_NODES_MAX - 1) / 2},
        {"bytes", " ", "a", "", ST_EXPR_TEXT_MAX - 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int extra = 0; extra <= 1; extra++) {
            struct st_arena arena = ST_ARENA_INIT;
            struct st_str text = ST_STR_INIT;
            struct st_expr *expr;
            repeat(&text, rows[i].before, rows[i].fits + extra);
            st_str_add(&text, rows[i].middle);
            repeat(&text, rows[i].after, rows[i].fits + extra);
            st_code code = st_expr_parse(&arena, "p", 1, 1, text.text, &expr, NULL);
            if (code != (extra ? ST_E_LIMIT : ST_OK))
                fail_msg("%s: %s with %d more", rows[i].what, st_code_name(code), extra);
            st_str_release(&text);
            st_arena_release(&arena);
        }
}

/* The place of a mistake inside a document's scalar. */
static void test_places_in_documents(void **state)
{
    static const struct {
        const char *what, *input;
        int line, column;
    } rows[] = {
        {"plain", "w: a > > 5\n", 1, 8},
        {"single quotes", "w: 'a > > 5'\n", 1, 9},
        {"double quotes", "w: \"a > > 5\"\n", 1, 9},
        {"Chinese key and names", "条件: 余额 > > 5\n", 1, 10},
        {"doubled quotes before", "w: 'a = ''x'' and > 5'\n", 1, 19},
        {"flow map", "m: {w: a > > 5}\n", 1, 12},
        {"second line of a plain scalar", "w: a = 1\n   and b > > 5\n", 2, 12},
        {"literal block", "w: |\n  a = 1\n  and b > > 5\n", 3, 11},
        {"folded block", "w: >\n  a = 1\n  and b > > 5\n", 3, 11},
        {"end of a block", "w: |\n  a >\n", 2, 6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_error err = {.code = ST_OK};
        struct st_node *root;
        struct st_expr *expr;
        assert_int_equal(
            st_node_parse(&arena, "p", rows[i].input, strlen(rows[i].input), &root, &err), ST_OK);
        const struct st_node *node = root->entries[0].value;
        if (node->kind == ST_NODE_MAP)
            node = st_node_get(node, "w");
        assert_int_equal(st_expr_parse_node(&arena, node, &expr, &err), ST_E_POLICY);
        if (err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("%s: got %d:%d, want %d:%d", rows[i].what, err.line, err.column, rows[i].line,
                rows[i].column);
        assert_true(err.path[0] != '\0');
        st_arena_release(&arena);
    }
}

static void test_meaning_errors_have_places(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr = NULL;
    (void)state;
    assert_int_equal(st_expr_parse(&arena, "p.yaml", 7, 12, "a + 余额 > 'x'", &expr, &err), ST_OK);
    assert_int_equal(st_fail_expr(&err, expr->args[1], ST_E_POLICY, "bad", "错"), ST_E_POLICY);
    assert_string_equal(err.source, "p.yaml");
    assert_int_equal(err.line, 7);
    assert_int_equal(err.column, 21);
    st_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_places_in_documents),
        cmocka_unit_test(test_meaning_errors_have_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
