/* Dates, decimals, texts, random streams and errors. */
#include "base/arena.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* --- dates --- */

static void test_date_parse(void **state)
{
    static const struct {
        const char *what, *input, *want; /* NULL: refused */
    } rows[] = {
        {"ISO", "2024-01-31", "2024-01-31"},
        {"slashes without zeros", "2024/1/3", "2024-01-03"},
        {"points", "2024.01.31", "2024-01-31"},
        {"compact", "20240131", "2024-01-31"},
        {"Chinese", "2024年1月31日", "2024-01-31"},
        {"full-width digits", "２０２４年０１月３１日", "2024-01-31"},
        {"full-width compact", "２０２４０１３１", "2024-01-31"},
        {"full-width hyphens", "２０２４－１－３１", "2024-01-31"},
        {"full-width slashes", "2024／01／31", "2024-01-31"},
        {"blanks around", "  2024-01-31 ", "2024-01-31"},
        {"time of day", "2024-01-31 23:59:59", "2024-01-31"},
        {"ISO time", "2024-01-31T08:00:00.123Z", "2024-01-31"},
        {"full-width time", "２０２４年１月３１日　２３：５９", "2024-01-31"},
        {"time after a compact date", "20240131 8:05", "2024-01-31"},
        {"compact with its time", "20240131235959", "2024-01-31"},
        {"compact without seconds", "202401312359", "2024-01-31"},
        {"compact with its time apart", "20240131 235959", "2024-01-31"},
        {"full-width compact with its time", "２０２４０１３１２３５９５９", "2024-01-31"},
        {"Chinese time", "2024年1月31日 8时5分9秒", "2024-01-31"},
        {"Chinese time at once", "2024年1月31日10时20分", "2024-01-31"},
        {"a clock after the day's sign", "2024年1月31日10:20:30", "2024-01-31"},
        {"offset from UTC", "2024-01-31T23:30:00+08:00", "2024-01-31"},
        {"offset of hours", "2024-01-31 23:30:00.5-05", "2024-01-31"},
        {"wide blanks around", "　2024-01-31\xC2\xA0", "2024-01-31"},
        {"leap day", "2000-02-29", "2000-02-29"},
        {"no leap day", "1900-02-29", NULL},
        {"31 April", "2024-04-31", NULL},
        {"month 13", "2024-13-01", NULL},
        {"month 0", "2024-00-01", NULL},
        {"day 0", "20240100", NULL},
        {"hour 24", "2024-01-31 24:00", NULL},
        {"minute 60", "2024-01-31 08:60", NULL},
        {"first year", "1800-01-01", "1800-01-01"},
        {"last day", "2199-12-31", "2199-12-31"},
        {"before the first year", "1799-12-31", NULL},
        {"after the last day", "2200-01-01", NULL},
        {"mixed separators", "2024-01/31", NULL},
        {"Chinese without the day's sign", "2024年1月31", NULL},
        {"day first", "31/01/2024", NULL},
        {"two-digit year", "24-01-31", NULL},
        {"seven digits", "2024131", NULL},
        {"nine digits", "202401311", NULL},
        {"thirteen digits", "2024013123595", NULL},
        {"hour 24 in digits", "20240131240000", NULL},
        {"a serial day", "45322", NULL},
        {"Chinese two-digit year", "24年1月31日", NULL},
        {"year and month", "2024年1月", NULL},
        {"digits after dashes", "2024-01-31235959", NULL},
        {"half an offset", "2024-01-31 23:30:00+8", NULL},
        {"text after", "2024-01-31x", NULL},
        {"half a time", "2024-01-31 08", NULL},
        {"empty", "", NULL},
        {"a word", "null", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        st_date date = 0;
        char text[ST_DATE_TEXT_SIZE] = "";
        bool ok = st_date_parse(rows[i].input, strlen(rows[i].input), &date);
        if (ok)
            st_date_format(date, text);
        if (ok != (rows[i].want != NULL) || (ok && strcmp(text, rows[i].want) != 0))
            fail_msg("%s: got %s", rows[i].what, ok ? text : "refusal");
    }
}

static void test_date_forms(void **state)
{
    static const struct {
        const char *what, *input;
        const char *form;
        const char *want; /* NULL: refused */
    } rows[] = {
        {"serial", "45322", "excel", "2024-01-31"},
        {"serial with its time", " 45322.999988426 ", "excel", "2024-01-31"},
        {"full-width serial", "４５３２２", "excel", "2024-01-31"},
        {"first serial", "61", "excel", "1900-03-01"},
        {"the day that never was", "60", "excel", NULL},
        {"last serial", "109574", "excel", "2199-12-31"},
        {"beyond", "109575", "excel", NULL},
        {"a date among serials", "2024/1/31", "excel", "2024-01-31"},
        {"compact among serials", "20240131", "excel", "2024-01-31"},
        {"text after a serial", "45322x", "excel", NULL},
        {"day first", "31/1/2024", "dmy", "2024-01-31"},
        {"day first with points and time", "31.01.2024 8:05", "dmy", "2024-01-31"},
        {"a year of two digits", "31/1/24", "dmy", "2024-01-31"},
        {"full-width separators", "３１．１．２０２４", "dmy", "2024-01-31"},
        {"six digits", "690131", "ymd", "1969-01-31"},
        {"day first, but the year is", "2024-01-31", "dmy", NULL},
        {"month first", "1/31/2024", "mdy", "2024-01-31"},
        {"month first and time", "12/1/2010 8:26", "mdy", "2010-12-01"},
        {"no month", "31/1/2024", "mdy", NULL},
        {"mixed", "1/31-2024", "mdy", NULL},
        {"Chinese", "1年31月2024", "mdy", NULL},
        {"empty", "", "mdy", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        st_date date = 0;
        char text[ST_DATE_TEXT_SIZE] = "";
        bool ok = st_date_parse_form(rows[i].input, strlen(rows[i].input), rows[i].form, &date);
        if (ok)
            st_date_format(date, text);
        if (ok != (rows[i].want != NULL) || (ok && strcmp(text, rows[i].want) != 0))
            fail_msg("%s: got %s", rows[i].what, ok ? text : "refusal");
    }
}

/* Every day of four centuries: consecutive numbers, and back to the same day. */
static void test_date_numbers(void **state)
{
    st_date date = st_date_from_civil((struct st_civil){1800, 1, 1});
    (void)state;
    assert_int_equal(st_date_from_civil((struct st_civil){1970, 1, 1}), 0);
    assert_int_equal(st_date_from_civil((struct st_civil){2000, 3, 1}), 11017);
    for (int year = 1800; year <= 2199; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; st_civil_valid((struct st_civil){year, month, day}); day++, date++) {
                struct st_civil back = st_date_to_civil(date);
                if (back.year != year || back.month != month || back.day != day ||
                    st_date_from_civil(back) != date)
                    fail_msg("%d-%d-%d is day %d", year, month, day, date);
            }
    assert_int_equal(date, st_date_from_civil((struct st_civil){2199, 12, 31}) + 1);
}

static void test_date_steps(void **state)
{
    static const struct {
        const char *what, *input;
        int months;
        const char *added, *start, *end, *year;
    } rows[] = {
        {"month end to a short month", "2024-01-31", 1, "2024-02-29", "2024-01-01", "2024-01-31",
            "2024-01-01"},
        {"not a leap year", "2023-01-31", 1, "2023-02-28", "2023-01-01", "2023-01-31",
            "2023-01-01"},
        {"back over the year", "2024-01-31", -2, "2023-11-30", "2024-01-01", "2024-01-31",
            "2024-01-01"},
        {"twelve back", "2024-02-29", -12, "2023-02-28", "2024-02-01", "2024-02-29", "2024-01-01"},
        {"nothing", "2024-02-29", 0, "2024-02-29", "2024-02-01", "2024-02-29", "2024-01-01"},
        {"December to January", "1999-12-15", 1, "2000-01-15", "1999-12-01", "1999-12-31",
            "1999-01-01"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        st_date date;
        char text[ST_DATE_TEXT_SIZE];
        assert_true(st_date_parse(rows[i].input, strlen(rows[i].input), &date));
        assert_string_equal(
            st_date_format(st_date_add_months(date, rows[i].months), text), rows[i].added);
        assert_string_equal(st_date_format(st_date_month_start(date), text), rows[i].start);
        assert_string_equal(st_date_format(st_date_month_end(date), text), rows[i].end);
        assert_string_equal(st_date_format(st_date_year_start(date), text), rows[i].year);
    }
}

/* --- decimals --- */

static void test_decimal_parse(void **state)
{
    static const struct {
        const char *what, *input;
        int scale;
        st_code code;
        int64_t want;
    } rows[] = {
        {"whole", "42", 0, ST_OK, 42},
        {"scaled", "42", 2, ST_OK, 4200},
        {"decimals", "1234.5", 2, ST_OK, 123450},
        {"negative", "-0.01", 2, ST_OK, -1},
        {"minus zero", "-0", 2, ST_OK, 0},
        {"plus", "+7", 0, ST_OK, 7},
        {"no digit before the point", ".5", 1, ST_OK, 5},
        {"no digit after the point", "5.", 1, ST_OK, 50},
        {"grouped by commas", "-1,234.50", 2, ST_OK, -123450},
        {"grouped by _", "5_000_000", 0, ST_OK, 5000000},
        {"closing zeros beyond the scale", "1.2300", 2, ST_OK, 123},
        {"decimals beyond the scale", "1.234", 2, ST_E_LIMIT, 0},
        {"full-width", "－１２．５", 1, ST_OK, -125},
        {"yuan sign", "￥1,000", 0, ST_OK, 1000},
        {"half-width yuan sign", "¥5", 0, ST_OK, 5},
        {"yuan", "99.9元", 1, ST_OK, 999},
        {"ten thousand yuan", "12.5万元", 2, ST_OK, 12500000},
        {"full-width ten thousand", "１２．５万", 0, ST_OK, 125000},
        {"hundred million", "1.2亿", 0, ST_OK, 120000000},
        {"hundred million yuan", "0.00000001亿元", 0, ST_OK, 1},
        {"too fine for its unit", "0.00001万", 0, ST_E_LIMIT, 0},
        {"one fen in ten thousand yuan", "0.000001万元", 2, ST_OK, 1},
        {"less than a fen", "0.0000001万元", 2, ST_E_LIMIT, 0},
        {"thousand yuan", "3.5千元", 2, ST_OK, 350000},
        {"million yuan", "1.5百万元", 2, ST_OK, 150000000},
        {"ten million yuan", "2千万元", 0, ST_OK, 20000000},
        {"a blank before the unit", "12.5 万元", 0, ST_OK, 125000},
        {"two units", "1万亿", 0, ST_E_DATA, 0},
        {"a sign before the mark", "-￥1,000.5", 1, ST_OK, -10005},
        {"a mark before the sign", "￥-1,000.5", 1, ST_OK, -10005},
        {"full-width commas", "１２，３４５．６７", 2, ST_OK, 1234567},
        {"the minus sign of typesetting", "−5", 0, ST_OK, -5},
        {"no-break blank",
            "\xC2\xA0"
            "5",
            0, ST_OK, 5},
        {"full-width closing minus", "３００－", 0, ST_OK, -300},
        {"minus before the unit's number", "-12.5万元", 0, ST_OK, -125000},
        {"brackets with a unit inside", "(12.5万元)", 0, ST_OK, -125000},
        {"a dollar sign", "$5", 0, ST_E_DATA, 0},
        {"ledger brackets", "(300.00)", 2, ST_OK, -30000},
        {"full-width brackets", "（300）", 0, ST_OK, -300},
        {"closing minus", "300-", 0, ST_OK, -300},
        {"blanks around", "　 7 ", 0, ST_OK, 7},
        {"18 digits, the short way", "999999999999999999", 0, ST_OK, 999999999999999999},
        {"19 digits, the long way", "9223372036854775807", 0, ST_OK, INT64_MAX},
        {"smallest", "-9223372036854775808", 0, ST_OK, INT64_MIN},
        {"one above", "9223372036854775808", 0, ST_E_LIMIT, 0},
        {"one below", "-9223372036854775809", 0, ST_E_LIMIT, 0},
        {"large at its scale", "92233720368547758.07", 2, ST_OK, INT64_MAX},
        {"too large at its scale", "92233720368547758.08", 2, ST_E_LIMIT, 0},
        {"very long", "00000000000000000000000000000000000000000000000001", 0, ST_OK, 1},
        {"scale 18", "1.5", 18, ST_OK, 1500000000000000000},
        {"empty", "", 2, ST_E_DATA, 0},
        {"blank", " ", 2, ST_E_DATA, 0},
        {"a sign alone", "-", 2, ST_E_DATA, 0},
        {"a point alone", ".", 2, ST_E_DATA, 0},
        {"a unit alone", "万", 2, ST_E_DATA, 0},
        {"two points", "1.2.3", 2, ST_E_DATA, 0},
        {"two signs", "--1", 2, ST_E_DATA, 0},
        {"comma at the end", "1,", 0, ST_E_DATA, 0},
        {"comma first", ",1", 0, ST_E_DATA, 0},
        {"comma after the point", "1.0,0", 2, ST_E_DATA, 0},
        {"exponent", "1e5", 0, ST_E_DATA, 0},
        {"letters", "12x", 0, ST_E_DATA, 0},
        {"unclosed bracket", "(5", 0, ST_E_DATA, 0},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t value = 0;
        st_code code =
            st_decimal_parse(rows[i].input, strlen(rows[i].input), rows[i].scale, &value);
        if (code != rows[i].code || (code == ST_OK && value != rows[i].want))
            fail_msg("%s: got %s %lld", rows[i].what, st_code_name(code), (long long)value);
    }
}

static void test_decimal_units(void **state)
{
    static const struct {
        const char *what, *input, *unit;
        int scale;
        st_code code;
        int64_t want;
    } rows[] = {
        {"of its column", "12.5", "万元", 2, ST_OK, 12500000},
        {"its own unit is stronger", "12.5元", "万元", 2, ST_OK, 1250},
        {"the same unit", "12.5万元", "万元", 2, ST_OK, 12500000},
        {"another unit", "0.5亿", "万元", 0, ST_OK, 50000000},
        {"one fen", "0.000001", "万元", 2, ST_OK, 1},
        {"too fine", "0.0000011", "万元", 2, ST_E_LIMIT, 0},
        {"too large", "922337203685478", "亿元", 0, ST_E_LIMIT, 0},
        {"negative", "-0.01", "百万元", 2, ST_OK, -1000000},
        {"no number", "x", "万元", 2, ST_E_DATA, 0},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t value = 0;
        int unit = st_decimal_unit(rows[i].unit, strlen(rows[i].unit));
        st_code code =
            st_decimal_parse_in(rows[i].input, strlen(rows[i].input), unit, rows[i].scale, &value);
        if (unit < 0 || code != rows[i].code || value != rows[i].want)
            fail_msg("%s: got %s, %lld", rows[i].what, st_code_name(code), (long long)value);
    }
    assert_int_equal(st_decimal_unit("元", strlen("元")), 0);
    assert_int_equal(st_decimal_unit("角", strlen("角")), -1);
}

static void test_decimal_format(void **state)
{
    static const struct {
        const char *what;
        int64_t value;
        int scale;
        const char *plain, *grouped;
    } rows[] = {
        {"zero", 0, 0, "0", "0"},
        {"zero with decimals", 0, 2, "0.00", "0.00"},
        {"less than one", -5, 2, "-0.05", "-0.05"},
        {"thousands", -123450, 2, "-1234.50", "-1,234.50"},
        {"three digits", 999, 0, "999", "999"},
        {"four digits", 1000, 0, "1000", "1,000"},
        {"millions", 5000000, 0, "5000000", "5,000,000"},
        {"largest", INT64_MAX, 2, "92233720368547758.07", "92,233,720,368,547,758.07"},
        {"smallest", INT64_MIN, 0, "-9223372036854775808", "-9,223,372,036,854,775,808"},
        {"scale 18", 1, 18, "0.000000000000000001", "0.000000000000000001"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[ST_DECIMAL_TEXT_SIZE];
        int64_t back;
        assert_string_equal(
            st_decimal_format_grouped(rows[i].value, rows[i].scale, text), rows[i].grouped);
        assert_string_equal(st_decimal_format(rows[i].value, rows[i].scale, text), rows[i].plain);
        assert_int_equal(st_decimal_parse(text, strlen(text), rows[i].scale, &back), ST_OK);
        assert_int_equal(back, rows[i].value);
    }
}

static void test_div_half_up(void **state)
{
    static const struct {
        const char *what;
        int64_t numerator, denominator, want;
    } rows[] = {
        {"exact", 6, 3, 2},
        {"half goes up", 5, 2, 3},
        {"half goes down below zero", -5, 2, -3},
        {"both negative", -5, -2, 3},
        {"below half", 7, 3, 2},
        {"above half", 8, 3, 3},
        {"negative denominator", 1, -2, -1},
        {"small", 1, 3, 0},
        {"zero", 0, 7, 0},
        {"large", INT64_MAX, 2, 4611686018427387904},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t got = (int64_t)st_div_half_up(rows[i].numerator, rows[i].denominator);
        if (got != rows[i].want)
            fail_msg("%s: got %lld", rows[i].what, (long long)got);
    }
    assert_int_equal((int64_t)st_rescale(12345, 3, 2), 1235);
    assert_int_equal((int64_t)st_rescale(-12345, 3, 2), -1235);
    assert_int_equal((int64_t)st_rescale(12, 0, 3), 12000);
    assert_int_equal((int64_t)st_rescale(4, 1, 0), 0);
    int64_t narrow = 0;
    assert_true(st_wide_to_int64(INT64_MIN, &narrow));
    assert_int_equal(narrow, INT64_MIN);
    assert_false(st_wide_to_int64((st_wide)INT64_MAX + 1, &narrow));
}

static void test_currency_exponents(void **state)
{
    (void)state;
    assert_int_equal(st_currency_exponent("CNY"), 2);
    assert_int_equal(st_currency_exponent("JPY"), 0);
    assert_int_equal(st_currency_exponent("KWD"), 3);
    assert_int_equal(st_currency_exponent("XXX"), -1);
}

/* --- texts --- */

static void test_nearest(void **state)
{
    static const char *const names[] = {"threshold", "pyramid", "rfm", "客户号", "客户名称"};
    static const struct {
        const char *what, *input, *want;
    } rows[] = {
        {"a letter missing", "treshold", "threshold"},
        {"letters swapped", "pyrimad", "pyramid"},
        {"a short word", "rfn", "rfm"},
        {"exact", "rfm", "rfm"},
        {"a Chinese character wrong", "客户好", "客户号"},
        {"far from all", "kmeans", NULL},
        {"empty", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *got = st_str_nearest(rows[i].input, names, ROWS(names));
        if (!got != !rows[i].want || (got && strcmp(got, rows[i].want) != 0))
            fail_msg("%s: got %s", rows[i].what, got ? got : "nothing");
    }
    assert_int_equal(st_str_distance("kitten", "sitting", 5), 3);
    assert_int_equal(st_str_distance("kitten", "sitting", 2), 3); /* limit + 1 */
    assert_int_equal(st_str_distance("", "abc", 5), 3);
}

static void test_str_grows(void **state)
{
    struct st_str s = ST_STR_INIT;
    (void)state;
    assert_string_equal(s.text, "");
    for (int i = 0; i < 1000; i++)
        st_str_addf(&s, "%d,", i % 10);
    assert_int_equal(s.len, 2000);
    assert_string_equal(s.text + 1994, "7,8,9,");
    st_str_reset(&s);
    assert_string_equal(s.text, "");
    st_str_add_char(&s, 'x');
    assert_string_equal(s.text, "x");
    st_str_release(&s);
    assert_string_equal(s.text, "");
}

static void test_arena_and_vec(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct numbers ST_VEC(int64_t);
    struct numbers numbers = {NULL, 0, 0};
    (void)state;
    for (size_t size = 0; size < 300000; size = size * 2 + 1) {
        unsigned char *p = st_arena_alloc(&arena, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xFF, size);
    }
    assert_string_equal(st_arena_printf(&arena, "%d-%s", 5, "x"), "5-x");
    assert_string_equal(st_arena_strndup(&arena, "abcdef", 3), "abc");
    st_arena_release(&arena);
    for (int i = 0; i < 100; i++)
        *st_vec_push(&numbers) = i;
    assert_int_equal(numbers.count, 100);
    assert_int_equal(numbers.items[99], 99);
    st_vec_release(&numbers);
}

/* --- hash and random streams --- */

static void test_hash_sum(void **state)
{
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char *const words[] = {"abc", "", "abc", "d"};
    struct st_hash_sum sum;
    char hex[2][ST_HASH_HEX_SIZE];
    (void)state;
    st_hash_sum_init(&sum);
    st_hash_sum_add(&sum, "abc", 3); /* of one thing: its own */
    st_hash_sum_hex(&sum, hex[0]);
    assert_string_equal(hex[0], abc);
    for (int back = 0; back < 2; back++) { /* order does not matter … */
        st_hash_sum_init(&sum);
        for (size_t i = 0; i < 4; i++) {
            const char *word = words[back ? 3 - i : i];
            st_hash_sum_add(&sum, word, strlen(word));
        }
        st_hash_sum_hex(&sum, hex[back]);
    }
    assert_string_equal(hex[0], hex[1]);
    st_hash_sum_init(&sum); /* … but how often does */
    for (size_t i = 1; i < 4; i++)
        st_hash_sum_add(&sum, words[i], strlen(words[i]));
    st_hash_sum_hex(&sum, hex[1]);
    assert_string_not_equal(hex[0], hex[1]);
}

static void test_hash(void **state)
{
    struct st_hash hash;
    char hex[ST_HASH_HEX_SIZE], other[ST_HASH_HEX_SIZE];
    (void)state;
    st_hash_init(&hash); /* FIPS 180-2, appendix B.1 */
    st_hash_add(&hash, "abc", 3);
    st_hash_hex(&hash, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    st_hash_init(&hash);
    st_hash_add_text(&hash, "ab");
    st_hash_add_text(&hash, "c");
    st_hash_hex(&hash, hex);
    st_hash_init(&hash);
    st_hash_add_text(&hash, "a");
    st_hash_add_text(&hash, "bc");
    st_hash_hex(&hash, other);
    assert_string_not_equal(hex, other);
}

static void test_rng(void **state)
{
    struct st_rng a, b, other_stream, other_seed;
    int same_stream = 0, same_seed = 0;
    (void)state;
    st_rng_init(&a, 42, 7);
    st_rng_init(&b, 42, 7);
    st_rng_init(&other_stream, 42, 8);
    st_rng_init(&other_seed, 43, 7);
    for (int i = 0; i < 1000; i++) {
        uint64_t value = st_rng_next(&a);
        assert_true(value == st_rng_next(&b));
        same_stream += value == st_rng_next(&other_stream);
        same_seed += value == st_rng_next(&other_seed);
    }
    assert_int_equal(same_stream, 0);
    assert_int_equal(same_seed, 0);
    /* xoshiro256** from state {1, 2, 3, 4}: the first values of the authors' generator. */
    struct st_rng known = {{1, 2, 3, 4}};
    assert_true(st_rng_next(&known) == 11520);
    assert_true(st_rng_next(&known) == 0);
    assert_true(st_rng_next(&known) == 1509978240);
}

static void test_rng_ranges(void **state)
{
    struct st_rng rng;
    int hits[10] = {0};
    double sum = 0;
    (void)state;
    st_rng_init(&rng, 1, 1);
    for (int i = 0; i < 100000; i++) {
        uint64_t value = st_rng_below(&rng, 10);
        assert_true(value < 10);
        hits[value]++;
        double uniform = st_rng_uniform(&rng);
        assert_true(uniform >= 0 && uniform < 1);
        sum += uniform;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(hits[i], 9600, 10400); /* 4 standard deviations */
    assert_true(sum > 49600 && sum < 50400);
    assert_true(st_rng_below(&rng, 1) == 0);
}

/* --- errors --- */

static void test_first_error_wins(void **state)
{
    struct st_error err = {.code = ST_OK};
    (void)state;
    st_error_hint(&err, "too early", "过早");
    assert_string_equal(err.hint[ST_LANG_EN], "");
    assert_int_equal(st_fail(&err, ST_E_DATA, "first %d", "第一 %d", 1), ST_E_DATA);
    assert_int_equal(st_fail(&err, ST_E_IO, "second %d", "第二 %d", 2), ST_E_DATA);
    assert_string_equal(err.message[ST_LANG_EN], "first 1");
    assert_string_equal(err.message[ST_LANG_ZH], "第一 1");
    st_error_at(&err, "a.csv", 3, 4);
    st_error_at(&err, "b.csv", 5, 6);
    assert_string_equal(err.source, "a.csv");
    assert_int_equal(err.line, 3);
    st_error_value(&err, "%s", "x");
    st_error_value(&err, "%s", "y");
    assert_string_equal(err.value, "x");
    st_error_hint(&err, "one", "一");
    st_error_hint(&err, "two", "二");
    assert_string_equal(err.hint[ST_LANG_ZH], "一");
    assert_int_equal(st_fail(NULL, ST_E_IO, "x", "x"), ST_E_IO);
    st_error_clear(&err);
    assert_int_equal(err.code, ST_OK);
    assert_int_equal(err.line, 0);
}

/* A long Chinese value is cut between characters, whatever byte the cap falls on. */
static void test_error_truncation(void **state)
{
    char text[ST_ERROR_TEXT_MAX * 2];
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        struct st_error err = {.code = ST_OK};
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "层", 4);
        (void)!st_fail(&err, ST_E_DATA, "%s", "%s", text);
        size_t len = strlen(err.message[ST_LANG_ZH]);
        assert_int_equal((len - shift) % 3, 0);
        assert_in_range(len, ST_ERROR_TEXT_MAX - 7, ST_ERROR_TEXT_MAX - 1);
        assert_memory_equal(err.message[ST_LANG_ZH], text, len);
    }
}

static void test_error_print(void **state)
{
    struct st_error err = {.code = ST_OK};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    (void)state;
    assert_int_equal(st_fail(&err, ST_E_POLICY, "bad", "错误的值"), ST_E_POLICY);
    st_error_at(&err, "none.yaml", 3, 4);
    st_error_allowed(&err, "1 to 5", "1 至 5");
    st_error_print(&err, ST_LANG_ZH, out);
    fclose(out);
    assert_string_equal(text, "none.yaml:3:4: 错误: 错误的值\n  允许: 1 至 5\n");
    free(text);
}

static void test_codes(void **state)
{
    (void)state;
    assert_string_equal(st_code_name(ST_E_NOT_FOUND), "not_found");
    assert_int_equal(st_code_exit_status(ST_E_USAGE), 2);
    assert_int_equal(st_code_exit_status(ST_OK), 0);
    assert_int_equal(st_code_http_status(ST_E_BUSY), 409);
}

static void test_words_for_a_shell(void **state)
{
    static const struct {
        const char *word, *want;
    } rows[] = {{"bank.duckdb", "bank.duckdb"}, {"a b.duckdb", "'a b.duckdb'"}, {"", "''"},
        {"postgresql://h/d?schema=s&sslmode=require",
            "'postgresql://h/d?schema=s&sslmode=require'"},
        {"it's", "'it'\\''s'"}, {"中文.duckdb", "中文.duckdb"}};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        char *word = st_shell_word(rows[i].word);
        assert_string_equal(word, rows[i].want);
        free(word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date_parse),
        cmocka_unit_test(test_date_forms),
        cmocka_unit_test(test_date_numbers),
        cmocka_unit_test(test_date_steps),
        cmocka_unit_test(test_decimal_parse),
        cmocka_unit_test(test_decimal_units),
        cmocka_unit_test(test_decimal_format),
        cmocka_unit_test(test_div_half_up),
        cmocka_unit_test(test_currency_exponents),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_str_grows),
        cmocka_unit_test(test_arena_and_vec),
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_hash_sum),
        cmocka_unit_test(test_rng),
        cmocka_unit_test(test_rng_ranges),
        cmocka_unit_test(test_first_error_wins),
        cmocka_unit_test(test_error_truncation),
        cmocka_unit_test(test_error_print),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_words_for_a_shell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
