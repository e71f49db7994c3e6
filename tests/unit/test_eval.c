/* Expressions over rows of text columns: values, NULLs, and what is refused when and why. */
#include "expr/eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const column_names[] = {
    "amount", "opened", "name", "kind", "none", "bad", "余额", "units", "empty"};
enum { COLUMNS = sizeof column_names / sizeof column_names[0] };

static const char *const row_texts[COLUMNS] = {
    "1234.50", "20240131", "  张三　", "PRIJEM", NULL, "12x", "１２．５万元", "-3", ""};

static int find_column(void *context, const char *name)
{
    (void)context;
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(column_names[i], name) == 0)
            return i;
    return -1;
}

static bool resolve(void *context, const char *table, const char *column, int *lookup, int *index)
{
    (void)context;
    *lookup = 4;
    *index = 2;
    return strcmp(table, "kinds") == 0 && strcmp(column, "en") == 0;
}

static bool look_up(
    void *context, int lookup, struct st_slice key, int column, struct st_slice *value)
{
    (void)context;
    assert_int_equal(lookup, 4);
    assert_int_equal(column, 2);
    *value = (struct st_slice){"credit", 6};
    return key.len == 6 && memcmp(key.data, "PRIJEM", 6) == 0;
}

static const int64_t row_line = 17;
static const st_date row_as_of = 20089; /* 2025-01-01 */

static const struct st_eval_env env = {
    .column = find_column,
    .resolve_lookup = resolve,
    .lookup = look_up,
    .column_names = column_names,
    .column_count = COLUMNS,
    .line = &row_line,
    .as_of = &row_as_of,
};

static void set_row(struct st_slice *row)
{
    for (int i = 0; i < COLUMNS; i++)
        row[i] = (struct st_slice){row_texts[i], row_texts[i] ? strlen(row_texts[i]) : 0};
}

static void show(struct st_str *out, const struct st_value *v)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    switch (v->type) {
    case ST_VALUE_NULL: st_str_add(out, "null"); break;
    case ST_VALUE_BOOL: st_str_add(out, v->integer ? "true" : "false"); break;
    case ST_VALUE_NUMBER: st_str_add(out, st_decimal_format(v->integer, v->scale, text)); break;
    case ST_VALUE_DATE: st_str_add(out, st_date_format((st_date)v->integer, text)); break;
    case ST_VALUE_TEXT: st_str_addf(out, "'%.*s'", (int)v->text.len, v->text.data); break;
    }
}

/* The value, or "code: message | hint" of what went wrong while compiling (with its column, as
 * "column N code: …") or evaluating. */
static void run(struct st_str *out, const char *text)
{
    struct st_arena arena = ST_ARENA_INIT, scratch = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr;
    struct st_eval *eval;
    struct st_slice row[COLUMNS];
    struct st_value value = {.type = ST_VALUE_NULL};
    set_row(row);
    if (st_expr_parse(&arena, "p", 1, 1, text, &expr, &err) != ST_OK)
        fail_msg("%s: %s", text, err.message[ST_LANG_EN]);
    st_code code = st_eval_compile(&arena, &env, expr, &eval, &err);
    if (code != ST_OK)
        st_str_addf(out, "column %d ", err.column);
    else
        code = st_eval_row(eval, row, &scratch, &value, &err);
    if (code == ST_OK)
        show(out, &value);
    else
        st_str_addf(
            out, "%s: %s | %s", st_code_name(code), err.message[ST_LANG_EN], err.hint[ST_LANG_EN]);
    if (code != ST_OK &&
        (!err.message[ST_LANG_ZH][0] || !err.hint[ST_LANG_ZH][0] != !err.hint[ST_LANG_EN][0]))
        fail_msg("%s: not bilingual", text);
    st_arena_release(&scratch);
    st_arena_release(&arena);
}

struct row {
    const char *what, *input, *want;
};

static void check_rows(const struct row *rows, size_t count)
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct st_str got = ST_STR_INIT;
        run(&got, rows[i].input);
        if (strcmp(got.text, rows[i].want) != 0) {
            print_error("%s\n  got:  %s\n  want: %s\n", rows[i].what, got.text, rows[i].want);
            wrong++;
        }
        st_str_release(&got);
    }
    assert_int_equal(wrong, 0);
}
#define CHECK(rows) check_rows((rows), sizeof(rows) / sizeof((rows)[0]))

static void test_conversions(void **state)
{
    static const struct row rows[] = {
        {"a column is a text", "amount", "'1234.50'"},
        {"number keeps its decimals", "number(amount)", "1234.50"},
        {"number at a scale", "number(units, 2)", "-3.00"},
        {"number with units", "number(余额)", "125000"},
        {"number of a blank is null", "number(empty)", "null"},
        {"number of no number", "number(bad)", "data: '12x' is not a number | "},
        {"number with too many decimals", "number(amount, 0)",
            "limit: '1234.50' is too large or has more than 0 decimals | round(number(x), 0) "
            "rounds it"},
        {"number of separated digits", "number('1,234.567')", "1234.5670"},
        {"number of a closing minus", "number('300.00-')", "-300"},
        {"number out of range", "number('92233720368547758080')",
            "column 1 limit: '92233720368547758080' is too large, or has more than 18 decimals | "},
        {"date", "date(opened)", "2024-01-31"},
        {"number in a unit", "number('1.25', '万元')", "12500"},
        {"number with a unit of its own", "number('3元', '万元')", "3"},
        {"number in a unit keeps what it needs", "number('0.000001', '万元')", "0.01"},
        {"number of a blank in a unit is null", "number(empty, '万元')", "null"},
        {"number of none in a unit is null", "number(none, '万元')", "null"},
        {"no number in a unit", "number(bad, '万元')", "data: '12x' is not a number | "},
        {"serial day", "date('45322', 'excel')", "2024-01-31"},
        {"a blank of a form is null", "date(empty, 'mdy')", "null"},
        {"no date of a form", "date(bad, 'mdy')", "data: '12x' is not a date of the form 'mdy' | "},
        {"date of a blank is null", "date(empty)", "null"},
        {"date of null", "date(none)", "null"},
        {"date of no day", "date(bad)", "data: '12x' is not a date | "},
        {"date in another order", "date('31.1.2024', 'dmy')", "2024-01-31"},
        {"date, the month first", "date('12/1/2010 8:26', 'mdy')", "2010-12-01"},
        {"date of six digits", "date('940331', 'ymd')", "1994-03-31"},
        {"date of eight digits", "date('31012068', 'dmy')", "2068-01-31"},
        {"a year of two digits", "date('1-1-69', 'dmy')", "1969-01-01"},
        {"a blank in an order", "date(empty, 'dmy')", "null"},
        {"no day in that order", "date('31/1/2024', 'mdy')",
            "column 1 data: '31/1/2024' is not a date of the form 'mdy' | "},
        {"the row's line", "line()", "17"},
        {"the line in a text", "concat('r', text(line()))", "'r17'"},
        {"the day of the data", "as_of() - 1 day", "2024-12-31"},
        {"date of parts", "date(2024, 2, 29)", "2024-02-29"},
        {"date of wrong parts", "date(2023, 2, 29)", "column 1 data: there is no day 2023-2-29 | "},
        {"text of a number", "text(number('1.50'))", "'1.5'"},
        {"text of a date", "text(date(opened))", "'2024-01-31'"},
        {"text of a condition", "text(1 < 2)", "'true'"},
        {"text of a text", "text(kind)", "'PRIJEM'"},
    };
    (void)state;
    CHECK(rows);
}

static void test_arithmetic(void **state)
{
    static const struct row rows[] = {
        {"no binary fractions", "0.1 + 0.2 = 0.3", "true"},
        {"scales align", "1.25 + 0.125", "1.375"},
        {"difference", "1 - 0.01", "0.99"},
        {"product adds scales", "1.5 * 1.5", "2.25"},
        {"quotient at scale 8", "1 / 3", "0.33333333"},
        {"quotient rounds up", "2 / 3", "0.66666667"},
        {"halves go away from zero", "-1 / 200000000", "-0.00000001"},
        {"below a half", "-1 / 200000001", "0.00000000"},
        {"quotient of decimals", "0.1 / 0.3", "0.33333333"},
        {"tiny divisor", "1 / 0.000000000000000001", "1000000000000000000"},
        {"long division of a large numerator", "9_000_000_000_000_000_000 / 0.9",
            "column 27 limit: a number is too large for 64 bits | "},
        {"large by large", "9_000_000_000_000_000_000 / 3_000_000_000_000_000_000", "3.00000000"},
        {"many decimals", "0.000000000000000001 / 0.000000000000000002", "0.50000000"},
        {"division by zero", "1 / 0",
            "column 3 data: division by zero | nullif(x, 0) makes the result null"},
        {"division by null", "1 / nullif(0, 0)", "null"},
        {"a product that needs rounding", "0.123456789 * 0.123456789", "0.015241578750190521"},
        {"a product of 20 decimals", "0.1234567891 * 0.1234567891", "0.01524158"},
        {"a product rounds once", "0.00000000499999999 * 0.999999999", "0"},
        {"a sum too large", "9223372036854775807 + 1",
            "column 21 limit: a number is too large for 64 bits | "},
        {"a product too large", "9223372036854775807 * 2",
            "column 21 limit: a number is too large for 64 bits | "},
        {"a product that loses zeros", "1000000000.00000000 * 1000000000", "1000000000000000000"},
        {"money times a rate", "number('123456789012.34') * 0.00350000", "432098761.543190"},
        {"negation", "-number(units)", "3"},
        {"round half away", "round(2.5) + round(-2.5) * 10", "-27"},
        {"round to cents", "round(1.005, 2)", "1.01"},
        {"round keeps fewer decimals", "round(1.5, 4)", "1.5"},
        {"round to too many", "round(1.5, 19)",
            "column 1 data: the number of decimals is out of range | "},
        {"floor of a negative", "floor(-0.5)", "-1"},
        {"floor of a whole", "floor(-2.00)", "-2"},
        {"abs", "abs(number(units))", "3"},
        {"percent and 万", "5万 * 10%", "5000.0"},
        {"comparison across scales", "1.50 = 1.5 and 2 > 1.999999999999999999", "true"},
    };
    (void)state;
    CHECK(rows);
}

static void test_nulls(void **state)
{
    static const struct row rows[] = {
        {"arithmetic", "number(none) + 1", "null"},
        {"comparison", "none = 'x'", "null"},
        {"and false wins", "none = 'x' and 1 = 2", "false"},
        {"false and wins", "1 = 2 and none = 'x'", "false"},
        {"and true does not", "none = 'x' and 1 = 1", "null"},
        {"true and does not", "1 = 1 and none = 'x'", "null"},
        {"or true wins", "none = 'x' or 1 = 1", "true"},
        {"or false does not", "none = 'x' or 1 = 2", "null"},
        {"null or null", "none = 'x' or none = 'y'", "null"},
        {"not null", "not none = 'x'", "null"},
        {"is null", "none is null and kind is not null", "true"},
        {"in without a hit", "kind in ('a', 'b')", "false"},
        {"in with a hit", "kind in ('a', none, 'PRIJEM')", "true"},
        {"in beside a null", "kind in ('a', none)", "null"},
        {"null in", "none in ('a')", "null"},
        {"not in beside a null", "kind not in ('a', none)", "null"},
        {"between", "2 between 1 and 2", "true"},
        {"not between", "2 not between 1 and 2", "false"},
        {"between beside a null that cannot matter", "5 between 6 and number(none)", "false"},
        {"between beside a null that can", "5 between 4 and number(none)", "null"},
        {"case without a hit", "case when none = 'x' then 1 end", "null"},
        {"case with else", "case when none = 'x' then 1 else 2 end", "2"},
        {"case takes the first", "case when 1 = 1 then 'a' when 1 = 1 then 'b' end", "'a'"},
        {"case does not touch the rest", "case when kind = 'PRIJEM' then 1 else number(bad) end",
            "1"},
        {"and does not touch the rest", "kind = 'x' and number(bad) > 1", "false"},
        {"coalesce", "coalesce(none, null, kind, bad)", "'PRIJEM'"},
        {"coalesce does not touch the rest", "coalesce(1, number(bad))", "1"},
        {"coalesce of nulls", "coalesce(none, null)", "null"},
        {"min leaves nulls out", "min(3, number(none), 2.5)", "2.5"},
        {"max of dates", "max(date(opened), date '2024-02-01', date(none))", "2024-02-01"},
        {"max of texts compares bytes", "max('a', 'B', '中')", "'中'"},
        {"nullif alike", "nullif(kind, 'PRIJEM')", "null"},
        {"nullif across scales", "nullif(1.50, 1.5)", "null"},
        {"nullif unlike", "nullif(kind, 'x')", "'PRIJEM'"},
        {"concat leaves nulls out", "concat(kind, none, '-', 'x')", "'PRIJEM-x'"},
        {"functions of null", "substr(none, 1)", "null"},
    };
    (void)state;
    CHECK(rows);
}

static void test_texts(void **state)
{
    static const struct row rows[] = {
        {"substr counts characters", "substr('零售客户分层', 3, 2)", "'客户'"},
        {"substr to the end", "substr('零售客户', 3)", "'客户'"},
        {"substr beyond the end", "substr('ab', 9, 2)", "''"},
        {"substr of nothing", "substr('ab', 1, 0)", "''"},
        {"substr from zero", "substr('ab', 0)",
            "column 1 data: a position or length must be a whole number from 1 on | "},
        {"substr of a negative length", "substr('ab', 1, -1)",
            "column 1 data: a position or length must be a whole number from 0 on | "},
        {"length", "length('a中é')", "3"},
        {"left", "left('零售客户', 2)", "'零售'"},
        {"left of too many", "left('ab', 5)", "'ab'"},
        {"right", "right('零售客户', 1)", "'户'"},
        {"right of too many", "right('ab', 5)", "'ab'"},
        {"right of none", "right('ab', 0)", "''"},
        {"lower", "lower('ÀB中C')", "'àb中c'"},
        {"lower that grows", "lower('ȺȺȺȺ')", "'ⱥⱥⱥⱥ'"},
        {"upper", "upper('aé中1')", "'AÉ中1'"},
        {"trim of ideographic blanks", "trim(name)", "'张三'"},
        {"trim of blanks only", "trim(' 　 ')", "''"},
        {"replace", "replace('a-b-c', '-', '::')", "'a::b::c'"},
        {"replace by nothing", "replace('a-b-c', '-', '')", "'abc'"},
        {"replace of nothing", "replace('abc', '', 'x')", "'abc'"},
        {"replace without a hit", "replace('abc', 'x', 'y')", "'abc'"},
        {"starts_with", "starts_with(kind, 'PRI')", "true"},
        {"starts_with more", "starts_with('PR', 'PRI')", "false"},
        {"order of bytes", "'a' < 'b' and 'B' < 'a' and 'a' < 'aa'", "true"},
        {"lookup", "lookup('kinds', kind, 'en')", "'credit'"},
        {"lookup without a hit", "lookup('kinds', name, 'en')", "null"},
        {"lookup of null", "lookup('kinds', none, 'en')", "null"},
        {"lookup of a constant", "lookup('kinds', 'PRIJEM', 'en')", "'credit'"},
    };
    (void)state;
    CHECK(rows);
}

static void test_dates(void **state)
{
    static const struct row rows[] = {
        {"parts", "year(date(opened)) * 10000 + month(date(opened)) * 100 + day(date(opened))",
            "20240131"},
        {"days between", "days_between(date(opened), date '2024-03-01')", "30"},
        {"difference", "date '2024-03-01' - date(opened)", "30"},
        {"days before", "days_between(date '2024-01-02', date '2024-01-01')", "-1"},
        {"months to a shorter month", "add_months(date(opened), 1)", "2024-02-29"},
        {"months back", "add_months(date(opened), -2)", "2023-11-30"},
        {"plus a duration", "date(opened) + 1 month", "2024-02-29"},
        {"minus a duration", "date(opened) - 1 quarter", "2023-10-31"},
        {"years", "date '2024-02-29' + 1 year", "2025-02-28"},
        {"weeks and days", "date(opened) + 2 weeks - 1 day", "2024-02-13"},
        {"beyond the calendar", "date(opened) + 200 years",
            "data: a date leaves the years 1800 to 2199 | "},
        {"far beyond the calendar", "date(opened) + 9_000_000_000_000_000_000 months",
            "data: a date leaves the years 1800 to 2199 | "},
        {"far before the calendar", "date(opened) - 9_000_000_000_000_000_000 days",
            "data: a date leaves the years 1800 to 2199 | "},
        {"comparison", "date(opened) between date '2024-01-01' and date '2024-01-31'", "true"},
        {"null plus a duration", "date(none) + 1 month", "null"},
        {"half a month", "add_months(date(opened), 0.5)",
            "data: a number of months must be whole | "},
    };
    (void)state;
    CHECK(rows);
}

static void test_compile_refusals(void **state)
{
    static const struct row rows[] = {
        {"unknown column", "amout > 1",
            "column 1 policy: there is no column 'amout' | did you mean 'amount'?"},
        {"a text without quotes", "kind = PRIJEM_ABROAD",
            "column 8 policy: there is no column 'PRIJEM_ABROAD' | a text is written in quotes: "
            "'PRIJEM_ABROAD'"},
        {"unknown function", "subst(kind, 1)",
            "column 1 policy: there is no function 'subst' here | did you mean substr(…)?"},
        {"too few arguments", "substr(kind)", "column 1 policy: substr() is given 1 arguments | "},
        {"too many arguments", "year(date(opened), 1)",
            "column 1 policy: year() is given 2 arguments | "},
        {"no arguments", "coalesce()", "column 1 policy: coalesce() is given 0 arguments | "},
        {"a text as a number", "amount + 1",
            "column 1 policy: a number is needed here, not a text | columns are texts: number(x) "
            "reads one as a number"},
        {"a text as a date", "year(opened)",
            "column 6 policy: a date is needed here, not a text | columns are texts: date(x) reads "
            "one as a date"},
        {"a number as a text", "trim(5)",
            "column 6 policy: a text is needed here, not a number | text(x) makes it a text"},
        {"a text as a condition", "not kind",
            "column 5 policy: a condition is needed here, not a text | compare it with something: "
            "x = 'Y'"},
        {"comparison of unlike", "kind = 5",
            "column 8 policy: a text is needed here, not a number | text(x) makes it a text"},
        {"in with unlike", "number(amount) in (1, 'x')",
            "column 23 policy: a number is needed here, not a text | columns are texts: number(x) "
            "reads one as a number"},
        {"case with unlike results", "case when 1 = 1 then 1 else 'x' end",
            "column 29 policy: a number is needed here, not a text | columns are texts: number(x) "
            "reads one as a number"},
        {"coalesce with unlike", "coalesce(1, kind)",
            "column 13 policy: a number is needed here, not a text | columns are texts: number(x) "
            "reads one as a number"},
        {"a date plus a number", "date(opened) + 1",
            "column 16 policy: a date can only be moved by a duration | write d + 30 days, or "
            "add_months(d, n)"},
        {"a date with a sign", "-date(opened)",
            "column 2 policy: a number is needed here, not a date | "},
        {"a number plus a date", "1 + date(opened)",
            "column 5 policy: a number is needed here, not a date | "},
        {"a date times a date", "date(opened) * date(opened)",
            "column 16 policy: a date can only be moved by a duration | write d + 30 days, or "
            "add_months(d, n)"},
        {"a duration alone", "coalesce(3 months, 1)",
            "column 10 policy: a duration can only be added to a date or subtracted from it | "
            "write d + 3 months, the date first"},
        {"a duration first", "3 months + date(opened)",
            "column 1 policy: a duration can only be added to a date or subtracted from it | write "
            "d + 3 months, the date first"},
        {"a duration and a text", "opened + 3 months",
            "column 1 policy: a date is needed here, not a text | columns are texts: date(x) reads "
            "one as a date"},
        {"lookup in an unknown table", "lookup('kind', kind, 'en')",
            "column 1 policy: there is no lookup 'kind' with a column 'en' | declare it under "
            "lookups: in the mapping"},
        {"lookup by a computed table", "lookup(kind, kind, 'en')",
            "column 8 policy: a text in quotes is needed here | lookup('table', key, 'column')"},
        {"an unknown unit", "number(amount, '吨')", "column 16 policy: '吨' is not known here | "},
        {"an unknown form", "date(opened, 'ydm')", "column 14 policy: 'ydm' is not known here | "},
        {"a computed form", "date(opened, kind)",
            "column 14 policy: a text in quotes is needed here | "},
        {"decimals of a text", "number(amount, kind)",
            "column 16 policy: a number is needed here, not a text | columns are texts: number(x) "
            "reads one as a number"},
        {"a constant that cannot be converted", "number('x') + 1",
            "column 1 data: 'x' is not a number | "},
    };
    (void)state;
    CHECK(rows);
}

static void test_plain_column(void **state)
{
    static const struct {
        const char *what, *input;
        int want;
    } rows[] = {
        {"a column", "kind", 3},
        {"a column in brackets", "(kind)", 3},
        {"a column in back quotes", "`余额`", 6},
        {"a conversion", "trim(kind)", -1},
        {"a constant", "'kind'", -1},
    };
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_expr *expr;
        struct st_eval *eval;
        assert_int_equal(st_expr_parse(&arena, "p", 1, 1, rows[i].input, &expr, NULL), ST_OK);
        assert_int_equal(st_eval_compile(&arena, &env, expr, &eval, NULL), ST_OK);
        if (st_eval_plain_column(eval) != rows[i].want)
            fail_msg("%s: got %d", rows[i].what, st_eval_plain_column(eval));
    }
    st_arena_release(&arena);
}

static void test_no_lookups_here(void **state)
{
    struct st_eval_env bare = env;
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_expr *expr;
    struct st_eval *eval;
    (void)state;
    bare.resolve_lookup = NULL;
    assert_int_equal(
        st_expr_parse(&arena, "p", 1, 1, "lookup('kinds', kind, 'en')", &expr, &err), ST_OK);
    assert_int_equal(st_eval_compile(&arena, &bare, expr, &eval, &err), ST_E_POLICY);
    assert_null(eval);
    assert_string_equal(err.message[ST_LANG_EN], "lookup() cannot be used here");
    st_arena_release(&arena);
}

/* Conversions, arithmetic, conditions and slices of texts never touch the scratch arena. */
static void test_no_allocation(void **state)
{
    static const char *const inputs[] = {
        "number(amount) * 100 + number(units)",
        "case when kind = 'PRIJEM' then number(amount) else -number(amount) end",
        "date(opened) + 1 month",
        "trim(substr(name, 1, 9))",
        "coalesce(none, left(kind, 2))",
        "kind in ('a', 'b') or starts_with(kind, 'P') and none is null",
    };
    struct st_slice row[COLUMNS];
    (void)state;
    set_row(row);
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct st_arena arena = ST_ARENA_INIT, scratch = ST_ARENA_INIT;
        struct st_expr *expr;
        struct st_eval *eval;
        struct st_value value;
        assert_int_equal(st_expr_parse(&arena, "p", 1, 1, inputs[i], &expr, NULL), ST_OK);
        assert_int_equal(st_eval_compile(&arena, &env, expr, &eval, NULL), ST_OK);
        assert_int_equal(st_eval_row(eval, row, &scratch, &value, NULL), ST_OK);
        if (scratch.head)
            fail_msg("%s allocates", inputs[i]);
        st_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_compile_refusals),
        cmocka_unit_test(test_plain_column),
        cmocka_unit_test(test_no_lookups_here),
        cmocka_unit_test(test_no_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
