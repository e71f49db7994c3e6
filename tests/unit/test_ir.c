/* Every function of the IR gives the same value in C and in the store, NULLs included; windows
 * cover the days they say. */
#include "base/vec.h"
#include "ir/emit.h"
#include "ir/eval.h"
#include "ir/narrow.h"
#include "metric/window.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static st_date day(int y, int m, int d)
{
    return st_date_from_civil((struct st_civil){y, m, d});
}

static bool no_lookup(void *context, const struct st_ir_expr *e, struct st_ir_value *out)
{
    (void)context;
    (void)e;
    (void)out;
    return false;
}

/* The expression's value in the store, as text; NULL as "null". */
static char *in_store(struct st_store *store, struct st_arena *a, struct st_ir_expr *e)
{
    static const struct st_ir_column one = {.name = "version", .type = ST_IR_TEXT};
    struct st_rel *rel = st_rel_scan(a, "one_row", 1, &one);
    struct st_ir_column column = {.name = "v", .expr = e};
    struct st_emitted emitted = ST_EMITTED_INIT;
    struct st_error err = {.code = ST_OK};
    char *text = NULL;
    st_emit_query(ST_DIALECT_DUCKDB, st_rel_project(a, rel, 1, &column), &emitted);
    struct st_str sql = ST_STR_INIT;
    bool boolean = e->type == ST_IR_BOOL;
    st_str_addf(&sql, "SELECT coalesce(CAST(%s AS TEXT), 'null') FROM (%s) AS q",
        boolean ? "CAST(q.v AS BIGINT)" : "q.v", emitted.sql.text);
    st_code code = st_store_query_text(store, sql.text, NULL, 0, a, (const char **)&text, &err);
    if (code != ST_OK)
        fail_msg("%s\n%s", err.message[0], sql.text);
    st_str_release(&sql);
    st_emitted_release(&emitted);
    return text;
}

static char *in_c(struct st_arena *a, struct st_ir_expr *e)
{
    struct st_ir_value v;
    char text[ST_DECIMAL_TEXT_SIZE];
    assert_int_equal(st_ir_eval(e, no_lookup, NULL, &v, NULL), ST_OK);
    if (v.is_null)
        return st_arena_strdup(a, "null");
    if (e->type == ST_IR_TEXT)
        return st_arena_strdup(a, v.text);
    if (e->type == ST_IR_DATE)
        return st_arena_strdup(a, st_date_format((st_date)v.number, text));
    return st_arena_strdup(a, st_decimal_format((int64_t)v.number, 0, text));
}

static struct st_ir_expr *argument(struct st_arena *a, const char *text)
{
    st_date date;
    int64_t number;
    if (strcmp(text, "null") == 0)
        return st_ir_null(a, ST_IR_BIGINT);
    if (strcmp(text, "nodate") == 0)
        return st_ir_null(a, ST_IR_DATE);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return st_ir_bool(a, text[0] == 't');
    if (strcmp(text, "unknown") == 0)
        return st_ir_null(a, ST_IR_BOOL);
    if (strlen(text) == 10 && st_date_parse(text, 10, &date))
        return st_ir_date(a, date);
    if (text[0] == 'w' && st_decimal_parse(text + 1, strlen(text + 1), 0, &number) == ST_OK)
        return st_ir_wide(a, number);
    if (st_decimal_parse(text, strlen(text), 0, &number) == ST_OK)
        return st_ir_int(a, number);
    return st_ir_text(a, text);
}

static const struct {
    enum st_ir_fn fn;
    const char *args[4];
    const char *want;
} function_rows[] = {
    {ST_FN_ADD, {"2", "3"}, "5"},
    {ST_FN_SUB, {"2", "null"}, "null"},
    {ST_FN_MUL, {"100000", "100000"}, "10000000000"},
    {ST_FN_NEG, {"7"}, "-7"},
    {ST_FN_ABS, {"-7"}, "7"},
    {ST_FN_EQ, {"1", "1"}, "1"},
    {ST_FN_NE, {"1", "null"}, "null"},
    {ST_FN_LT, {"a", "b"}, "1"},
    {ST_FN_LE, {"2", "2"}, "1"},
    {ST_FN_GT, {"2024-02-29", "2024-03-01"}, "0"},
    {ST_FN_GE, {"3", "2"}, "1"},
    {ST_FN_AND, {"true", "unknown"}, "null"},
    {ST_FN_AND, {"false", "unknown"}, "0"},
    {ST_FN_OR, {"true", "unknown"}, "1"},
    {ST_FN_OR, {"false", "unknown"}, "null"},
    {ST_FN_NOT, {"unknown"}, "null"},
    {ST_FN_NOT, {"false"}, "1"},
    {ST_FN_IS_NULL, {"null"}, "1"},
    {ST_FN_IS_NOT_NULL, {"null"}, "0"},
    {ST_FN_IN, {"2", "1", "2"}, "1"},
    {ST_FN_IN, {"3", "1", "null"}, "null"},
    {ST_FN_COALESCE, {"null", "4", "5"}, "4"},
    {ST_FN_GREATEST, {"1", "null", "3"}, "3"},
    {ST_FN_LEAST, {"1", "null", "3"}, "1"},
    {ST_FN_NULLIF, {"1", "1"}, "null"},
    {ST_FN_NULLIF, {"1", "2"}, "1"},
    {ST_FN_DIV_HALF_UP, {"w5", "w2"}, "3"},
    {ST_FN_DIV_HALF_UP, {"w-5", "w2"}, "-3"},
    {ST_FN_DIV_HALF_UP, {"w5", "w-2"}, "-3"},
    {ST_FN_DIV_HALF_UP, {"w-5", "w-2"}, "3"},
    {ST_FN_DIV_HALF_UP, {"w4", "w3"}, "1"},
    {ST_FN_DIV_HALF_UP, {"w0", "w3"}, "0"},
    {ST_FN_DIV_HALF_UP, {"w1", "w0"}, "null"},
    {ST_FN_DIV_TRUNC, {"w-7", "w2"}, "-3"},
    {ST_FN_DIV_TRUNC, {"w7", "w0"}, "null"},
    {ST_FN_DAYS_BETWEEN, {"2024-02-28", "2024-03-01"}, "2"},
    {ST_FN_DAYS_BETWEEN, {"nodate", "2024-03-01"}, "null"},
    {ST_FN_ADD_DAYS, {"2024-02-28", "2"}, "2024-03-01"},
    {ST_FN_YEAR, {"1999-12-31"}, "1999"},
    {ST_FN_MONTH, {"1999-12-31"}, "12"},
    {ST_FN_DAY, {"1999-12-31"}, "31"},
    {ST_FN_AGE, {"2000-02-29", "2025-02-28"}, "24"},
    {ST_FN_AGE, {"2000-02-29", "2025-03-01"}, "25"},
    {ST_FN_MONTHS_BETWEEN, {"2024-01-31", "2024-02-29"}, "0"},
    {ST_FN_MONTHS_BETWEEN, {"2023-11-15", "2025-02-15"}, "15"},
    {ST_FN_STARTS_WITH, {"loan-7", "loan"}, "1"},
    {ST_FN_DIV_TRUNC, {"7", "2"}, "3"},
    {ST_FN_BIT, {"0"}, "1"},
    {ST_FN_BIT, {"62"}, "4611686018427387904"},
    {ST_FN_BIT, {"24300"}, "35184372088832"},
    {ST_FN_BIT, {"null"}, "null"},
    {ST_FN_BIT_COUNT, {"0"}, "0"},
    {ST_FN_BIT_COUNT, {"4611686018427387905"}, "2"},
};

static void test_functions_agree_with_the_store(void **state)
{
    struct st_store *store = *state;
    for (size_t i = 0; i < ST_COUNT(function_rows); i++) {
        struct st_arena a = ST_ARENA_INIT;
        struct st_ir_expr *args[4];
        size_t count = 0;
        for (; count < 4 && function_rows[i].args[count]; count++)
            args[count] = argument(&a, function_rows[i].args[count]);
        struct st_ir_expr *e = st_ir_call(&a, function_rows[i].fn, count, args);
        assert_string_equal(in_store(store, &a, e), function_rows[i].want);
        assert_string_equal(in_c(&a, e), function_rows[i].want);
        st_arena_release(&a);
    }
}

static void test_case_takes_the_first_that_holds(void **state)
{
    struct st_arena a = ST_ARENA_INIT;
    struct st_ir_expr *unknown = st_ir_null(&a, ST_IR_BOOL), *yes = st_ir_bool(&a, true);
    struct st_ir_expr *e =
        st_ir_when(&a, unknown, st_ir_int(&a, 1), yes, st_ir_int(&a, 2), st_ir_int(&a, 3));
    assert_string_equal(in_c(&a, e), "2");
    assert_string_equal(in_store(*state, &a, e), "2");
    st_arena_release(&a);
}

/* A product of two CASEs of small literals: 32-bit arithmetic would overflow. */
static void test_products_are_not_narrow(void **state)
{
    struct st_arena a = ST_ARENA_INIT;
    struct st_ir_expr *big =
        st_ir_when(&a, st_ir_bool(&a, true), st_ir_int(&a, 100000), st_ir_int(&a, 1));
    struct st_ir_expr *e = st_ir_fn(&a, ST_FN_MUL, big, st_ir_int(&a, 100000));
    assert_string_equal(in_store(*state, &a, e), "10000000000");
    st_arena_release(&a);
}

/* As metrics average: x ÷ 3, in 64 bits where it fits. */
static struct st_ir_expr *third(struct st_arena *a, struct st_ir_expr *x)
{
    static const int64_t small = INT64_C(1) << 60;
    struct st_ir_expr *sum =
        st_ir_fn(a, ST_FN_COALESCE, st_ir_cast(a, x, ST_IR_WIDE), st_ir_wide(a, 0));
    struct st_ir_expr *fits = st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_GE, sum, st_ir_wide(a, 0)),
        st_ir_fn(a, ST_FN_LT, sum, st_ir_wide(a, small)));
    struct st_ir_expr *twice =
        st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, sum, ST_IR_BIGINT), st_ir_int(a, 2));
    struct st_ir_expr *narrow = st_ir_fn(
        a, ST_FN_DIV_TRUNC, st_ir_fn(a, ST_FN_ADD, twice, st_ir_int(a, 3)), st_ir_int(a, 6));
    struct st_ir_expr *wide = st_ir_fn(a, ST_FN_DIV_HALF_UP, sum, st_ir_wide(a, 3));
    return st_ir_cast(a, st_ir_when(a, fits, narrow, wide), ST_IR_BIGINT);
}

/* Casts of numbers of 64 bits to wide ones. */
static size_t count_widened(const struct st_ir_expr *e)
{
    size_t count = e->kind == ST_IR_CAST && e->type == ST_IR_WIDE;
    for (size_t i = 0; i < e->arg_count; i++)
        count += count_widened(e->args[i]);
    return count;
}

static void test_narrow_expressions_give_the_same(void **state)
{
    const int64_t values[] = {
        0, 1, 2, -1, -2, 1000000, (INT64_C(1) << 60) - 1, INT64_C(1) << 60, INT64_MAX, -INT64_MAX};
    for (size_t i = 0; i <= ST_COUNT(values); i++) {
        struct st_arena a = ST_ARENA_INIT;
        struct st_ir_expr *x = st_ir_fn(&a, ST_FN_ADD, st_ir_int(&a, 0),
            i < ST_COUNT(values) ? st_ir_int(&a, values[i]) : st_ir_null(&a, ST_IR_BIGINT));
        struct st_ir_expr *wide = third(&a, x), *narrow = st_ir_narrow(&a, wide);
        assert_string_equal(in_c(&a, narrow), in_c(&a, wide));
        assert_string_equal(in_store(*state, &a, narrow), in_c(&a, wide));
        assert_int_equal(narrow->kind, ST_IR_CASE); /* that it fits is asked in 64 bits */
        assert_true(count_widened(wide->args[0]->args[0]) > 0);
        assert_true(count_widened(narrow->args[0]) == 0);
        assert_int_equal(narrow->type, ST_IR_BIGINT);
        st_arena_release(&a);
    }
}

/* A sum of two may leave 64 bits: it is not narrowed. */
static void test_sums_stay_wide(void **state)
{
    struct st_arena a = ST_ARENA_INIT;
    struct st_ir_expr *most = st_ir_cast(
        &a, st_ir_fn(&a, ST_FN_ADD, st_ir_int(&a, 0), st_ir_int(&a, INT64_MAX)), ST_IR_WIDE);
    struct st_ir_expr *half = st_ir_cast(&a,
        st_ir_fn(&a, ST_FN_DIV_TRUNC, st_ir_fn(&a, ST_FN_ADD, most, most), st_ir_wide(&a, 2)),
        ST_IR_BIGINT);
    assert_string_equal(in_store(*state, &a, st_ir_narrow(&a, half)), "9223372036854775807");
    st_arena_release(&a);
}

static void test_identifiers_and_texts_are_quoted(void **state)
{
    struct st_arena a = ST_ARENA_INIT;
    struct st_str out = ST_STR_INIT;
    st_emit_identifier(&out, "a\"b");
    assert_string_equal(out.text, "\"a\"\"b\"");
    assert_string_equal(in_store(*state, &a, st_ir_text(&a, "it's")), "it's");
    st_str_release(&out);
    st_arena_release(&a);
}

static const struct {
    const char *window;
    struct st_civil as_of;
    int fiscal_month;
    struct st_civil from, last;
} window_rows[] = {
    {"1 month", {2024, 2, 29}, 1, {2024, 2, 1}, {2024, 2, 29}},
    {"1 month", {2024, 2, 10}, 1, {2024, 2, 1}, {2024, 2, 10}},
    {"12 months", {2024, 2, 29}, 1, {2023, 3, 1}, {2024, 2, 29}},
    {"30 days", {2024, 3, 1}, 1, {2024, 2, 1}, {2024, 3, 1}},
    {"2 weeks", {2024, 3, 1}, 1, {2024, 2, 17}, {2024, 3, 1}},
    {"1 quarter", {2024, 5, 20}, 1, {2024, 4, 1}, {2024, 5, 20}},
    {"1 quarter", {2024, 5, 20}, 2, {2024, 5, 1}, {2024, 5, 20}},
    {"1 year", {2024, 5, 20}, 1, {2024, 1, 1}, {2024, 5, 20}},
    {"1 year", {2024, 3, 31}, 4, {2023, 4, 1}, {2024, 3, 31}},
    {"previous 3 months", {2024, 3, 31}, 1, {2023, 12, 1}, {2024, 2, 29}},
    {"previous 1 year", {2024, 3, 31}, 1, {2023, 1, 1}, {2023, 12, 31}},
    {"month_to_date", {2024, 3, 31}, 1, {2024, 3, 1}, {2024, 3, 31}},
    {"quarter_to_date", {2024, 12, 31}, 1, {2024, 10, 1}, {2024, 12, 31}},
    {"year_to_date", {2024, 3, 31}, 1, {2024, 1, 1}, {2024, 3, 31}},
    {"year_to_date", {2024, 3, 31}, 4, {2023, 4, 1}, {2024, 3, 31}},
};

static void test_windows_cover_the_days_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < ST_COUNT(window_rows); i++) {
        struct st_window window;
        assert_true(st_window_parse(window_rows[i].window, &window));
        struct st_span span = st_window_resolve(
            &window, st_date_from_civil(window_rows[i].as_of), window_rows[i].fiscal_month);
        assert_int_equal(span.from, st_date_from_civil(window_rows[i].from));
        assert_int_equal(span.next - 1, st_date_from_civil(window_rows[i].last));
    }
}

static void test_shifts_keep_month_ends(void **state)
{
    (void)state;
    assert_int_equal(st_shift_back(day(2024, 5, 31), 3), day(2024, 2, 29));
    assert_int_equal(st_shift_back(day(2024, 2, 29), 1), day(2024, 1, 31));
    assert_int_equal(st_shift_back(day(2024, 5, 15), 3), day(2024, 2, 15));
    assert_int_equal(st_shift_back(day(2024, 2, 29), 0), day(2024, 2, 29));
}

static int open_store(void **state)
{
    struct st_store_options options = {.create = true};
    struct st_store *store = NULL;
    if (st_store_open(":memory:", &options, &store, NULL) != ST_OK ||
        st_store_exec(
            store, "CREATE TABLE one_row AS SELECT 'x' AS version", NULL, 0, NULL, NULL) != ST_OK)
        return 1;
    *state = store;
    return 0;
}

static int close_store(void **state)
{
    st_store_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_agree_with_the_store),
        cmocka_unit_test(test_case_takes_the_first_that_holds),
        cmocka_unit_test(test_products_are_not_narrow),
        cmocka_unit_test(test_narrow_expressions_give_the_same),
        cmocka_unit_test(test_sums_stay_wide),
        cmocka_unit_test(test_identifiers_and_texts_are_quoted),
        cmocka_unit_test(test_windows_cover_the_days_they_say),
        cmocka_unit_test(test_shifts_keep_month_ends),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
