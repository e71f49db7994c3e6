/* One value and the type of its column: every form that is read, and why others are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"
#include "ingest/convert.h"
#include "ingest/reason.h"

#include <stdlib.h>
#include <string.h>

enum { FEN = 2 }; /* decimals of the currency */

/* The number or text it becomes, or "!reason". */
static void convert(
    struct st_arena *arena, enum st_target_type type, const char *input, char out[512])
{
    static const char *const choices[] = {"deposit", "R1", NULL};
    const struct st_target target = {
        .type = type, .choices = type == ST_TARGET_CHOICE ? choices : NULL};
    const struct st_value value = {.type = ST_VALUE_TEXT, .text = {input, strlen(input)}};
    char buffer[ST_CONVERT_TEXT_SIZE];
    struct st_slice text = {NULL, 0};
    int64_t number = 0;
    int reason = st_convert(&target, &value, FEN, arena, buffer, &text, &number);
    if (reason >= 0)
        snprintf(out, 512, "!%s", st_reasons[reason].code);
    else if (text.data)
        snprintf(out, 512, "%.*s", (int)text.len, text.data);
    else if (type == ST_TARGET_DATE)
        st_date_format((st_date)number, out);
    else
        snprintf(out, 512, "%lld", (long long)number);
}

static void values(void **state)
{
    static const struct {
        enum st_target_type type;
        const char *input, *want;
    } rows[] = {
        {ST_TARGET_MONEY, "1234.50", "123450"},
        {ST_TARGET_MONEY, "１２，３４５．６７", "1234567"},
        {ST_TARGET_MONEY, "￥1,234.5", "123450"},
        {ST_TARGET_MONEY, "1,234.50元", "123450"},
        {ST_TARGET_MONEY, "12.5万元", "12500000"},
        {ST_TARGET_MONEY, "１２．５万", "12500000"},
        {ST_TARGET_MONEY, "0.000001万元", "1"},
        {ST_TARGET_MONEY, "0.0000001万元", "!too_precise"},
        {ST_TARGET_MONEY, "1.2亿元", "12000000000"},
        {ST_TARGET_MONEY, "-1", "-100"},
        {ST_TARGET_MONEY, "－１", "-100"},
        {ST_TARGET_MONEY, "(1.00)", "-100"},
        {ST_TARGET_MONEY, "（１．００）", "-100"},
        {ST_TARGET_MONEY, "1.00-", "-100"},
        {ST_TARGET_MONEY, "1.005", "!too_precise"},
        {ST_TARGET_MONEY, "1.2346E+11", "!bad_number"},
        {ST_TARGET_MONEY, "壹万元", "!bad_number"},
        {ST_TARGET_MONEY, "99999999999999999999", "!out_of_range"},
        {ST_TARGET_RATE, "2.25%", "2250000"},
        {ST_TARGET_RATE, "２．２５％", "2250000"},
        {ST_TARGET_RATE, "0.0225", "2250000"},
        {ST_TARGET_SHARE, "５０％", "5000"},
        {ST_TARGET_SHARE, "1.5", "!out_of_range"},
        {ST_TARGET_INTEGER, "１２３", "123"},
        {ST_TARGET_INTEGER, "1.5", "!too_precise"},
        {ST_TARGET_DATE, "2024-01-31", "2024-01-31"},
        {ST_TARGET_DATE, "2024-1-31", "2024-01-31"},
        {ST_TARGET_DATE, "2024/1/31", "2024-01-31"},
        {ST_TARGET_DATE, "20240131", "2024-01-31"},
        {ST_TARGET_DATE, "20240131235959", "2024-01-31"},
        {ST_TARGET_DATE, "2024年1月31日", "2024-01-31"},
        {ST_TARGET_DATE, "２０２４年１月３１日　２３：５９", "2024-01-31"},
        {ST_TARGET_DATE, "24-1-31", "!bad_date"},
        {ST_TARGET_DATE, "45322", "!bad_date"},
        {ST_TARGET_DATE, "2024-02-30", "!bad_date"},
        {ST_TARGET_BOOL, "Ｙ", "1"},
        {ST_TARGET_BOOL, "１", "1"},
        {ST_TARGET_BOOL, "是", "1"},
        {ST_TARGET_BOOL, "否", "0"},
        {ST_TARGET_BOOL, "ｆａｌｓｅ", "0"},
        {ST_TARGET_BOOL, "或", "!bad_boolean"},
        {ST_TARGET_CHOICE, "Ｒ１", "R1"},
        {ST_TARGET_CHOICE, "ｄｅｐｏｓｉｔ", "deposit"},
        {ST_TARGET_CHOICE, "R9", "!bad_choice"},
        {ST_TARGET_CURRENCY, "ＣＮＹ", "CNY"},
        {ST_TARGET_ID, "Ａ１２３", "Ａ１２３"}, /* ids keep their characters */
        {ST_TARGET_ID, "e\xCC\x81", "é"},       /* but for NFC */
        {ST_TARGET_TEXT, "ＡＢＣ　公司", "ＡＢＣ　公司"},
    };
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        char got[512];
        convert(&arena, rows[i].type, rows[i].input, got);
        if (strcmp(got, rows[i].want) != 0) {
            print_error("'%s' became %s, not %s\n", rows[i].input, got, rows[i].want);
            wrong++;
        }
        st_arena_release(&arena);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
