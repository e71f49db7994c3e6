/* Fixed-point decimals: an integer and how many of its digits stand after the point.
 *
 * Money, rates, weights and shares are all this; doubles never decide a tier. A money amount is
 * the 64-bit integer at its currency's exponent (CNY 2, JPY 0); rates and weights are at scale 8.
 */
#ifndef ST_BASE_DECIMAL_H
#define ST_BASE_DECIMAL_H

#include "base/error.h"

#include <stdint.h>

__extension__ typedef __int128 st_wide; /* 38-digit intermediate results */

enum {
    ST_SCALE_MAX = 18,
    ST_SCALE_RATE = 8,      /* fx, weights, ratios */
    ST_SHARE_WHOLE = 10000, /* basis points of one whole account */
    ST_DECIMAL_TEXT_SIZE = 48,
};

/* 10^scale; scale in 0..ST_SCALE_MAX. */
int64_t st_pow10(int scale);

/* Reads a decimal number with optional sign, grouping by , or _ between digits, full-width digits
 * and signs, currency marks ¥ ￥, a unit behind it (元 千元 万元 百万元 千万元 亿元, also without
 * 元) and a closing minus or parentheses as ledgers write them: "-1,234.50", "１２．５万元",
 * "(300.00)". The result is exact at `scale`. Returns ST_OK; ST_E_DATA for what is no number;
 * ST_E_LIMIT when it has more decimals than `scale` (non-zero ones) or does not fit 64 bits. No
 * message is formed: the caller knows where. */
ST_MUST_CHECK st_code st_decimal_parse(const char *text, size_t len, int scale, int64_t *value);
/* The same; a number without a unit behind it counts 10^unit (4: 万元). */
ST_MUST_CHECK st_code st_decimal_parse_in(
    const char *text, size_t len, int unit, int scale, int64_t *value);
extern const char *const st_decimal_units[]; /* those named above; NULL-terminated */
/* The power of ten of such a unit; −1 when it is none. */
int st_decimal_unit(const char *text, size_t len);

/* "-1234.50" for (-123450, 2); `text` holds ST_DECIMAL_TEXT_SIZE; returns it. */
char *st_decimal_format(int64_t value, int scale, char *text);
/* The same with thousands separated by commas: "-1,234.50". */
char *st_decimal_format_grouped(int64_t value, int scale, char *text);

/* numerator ÷ denominator, halves away from zero; denominator ≠ 0. */
st_wide st_div_half_up(st_wide numerator, st_wide denominator);
/* value × 10^(to − from), halves away from zero when digits are dropped. */
st_wide st_rescale(st_wide value, int from, int to);
/* False when the value does not fit 64 bits. */
bool st_wide_to_int64(st_wide value, int64_t *out);

/* ISO 4217 minor-unit exponent of a three-letter code; −1 when unknown. */
int st_currency_exponent(const char *code);

#endif
