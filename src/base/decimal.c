#include "base/decimal.h"

#include "base/str.h"

#include <string.h>

static const int64_t powers[ST_SCALE_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

int64_t st_pow10(int scale)
{
    return powers[scale];
}

st_wide st_div_half_up(st_wide numerator, st_wide denominator)
{
    bool negative = (numerator < 0) != (denominator < 0);
    st_wide n = numerator < 0 ? -numerator : numerator;
    st_wide d = denominator < 0 ? -denominator : denominator;
    st_wide quotient = n / d;
    if (n % d >= d - n % d)
        quotient++;
    return negative ? -quotient : quotient;
}

st_wide st_rescale(st_wide value, int from, int to)
{
    if (to >= from)
        return value * powers[to - from];
    return st_div_half_up(value, powers[from - to]);
}

bool st_wide_to_int64(st_wide value, int64_t *out)
{
    if (value > INT64_MAX || value < INT64_MIN)
        return false;
    *out = (int64_t)value;
    return true;
}

/* --- parsing --- */

/* Takes ¥ and ￥ out; returns the length left. */
static size_t drop_currency_signs(char *text, size_t len)
{
    static const char *const signs[] = {"￥", "¥"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        size_t n = strlen(signs[i]);
        for (char *hit; (hit = memmem(text, len, signs[i], n)) != NULL; len -= n)
            memmove(hit, hit + n, len - n - (size_t)(hit - text));
    }
    return len;
}

/* Longer ones first where one ends in another. */
const char *const st_decimal_units[] = {
    "百万元", "千万元", "万元", "亿元", "千元", "元", "百万", "千万", "万", "亿", "千", NULL};
static const int unit_powers[] = {6, 7, 4, 8, 3, 0, 6, 7, 4, 8, 3};

int st_decimal_unit(const char *text, size_t len)
{
    for (size_t i = 0; st_decimal_units[i]; i++)
        if (strlen(st_decimal_units[i]) == len && memcmp(st_decimal_units[i], text, len) == 0)
            return unit_powers[i];
    return -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void trim(const char **text, size_t *len)
{
    while (*len && **text == ' ')
        (*text)++, (*len)--;
    while (*len && (*text)[*len - 1] == ' ')
        (*len)--;
}

/* Strips the unit and returns its power of ten; `unit` when there is none. */
static int take_unit(const char *text, size_t *len, int unit)
{
    for (size_t i = 0; st_decimal_units[i]; i++) {
        size_t n = strlen(st_decimal_units[i]);
        if (*len > n && memcmp(text + *len - n, st_decimal_units[i], n) == 0) {
            *len -= n;
            return unit_powers[i];
        }
    }
    return unit;
}

static bool take_sign(const char **text, size_t *len, bool *negative)
{
    const char *p = *text;
    if (*len >= 2 && p[0] == '(' && p[*len - 1] == ')') {
        *negative = true;
        *text += 1;
        *len -= 2;
    } else if (*len && (p[0] == '-' || p[0] == '+')) {
        *negative = p[0] == '-';
        *text += 1;
        *len -= 1;
    } else if (*len && p[*len - 1] == '-') {
        *negative = true;
        *len -= 1;
    }
    trim(text, len);
    return *len > 0;
}

/* Plain ASCII digits with at most a minus and a point, 18 digits in all: nearly every field of
 * nearly every file. False when the long way must decide. */
static bool parse_plain(const char *text, size_t len, int scale, int64_t *value)
{
    enum { DIGITS_MAX = 18 };
    size_t i = len > 0 && text[0] == '-', digits = 0;
    int places = scale;
    bool point = false;
    int64_t number = 0;
    for (; i < len; i++) {
        char c = text[i];
        if (is_digit(c)) {
            places -= point;
            if (++digits > DIGITS_MAX || places < 0)
                return false;
            number = number * 10 + (c - '0');
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (digits == 0 || digits + (size_t)places > DIGITS_MAX)
        return false;
    number *= powers[places];
    *value = text[0] == '-' ? -number : number;
    return true;
}

enum { NUMBER_TEXT_MAX = 96 };

st_code st_decimal_parse(const char *text, size_t len, int scale, int64_t *value)
{
    return st_decimal_parse_in(text, len, 0, scale, value);
}

st_code st_decimal_parse_in(const char *text, size_t len, int unit, int scale, int64_t *value)
{
    if (unit == 0 && parse_plain(text, len, scale, value))
        return ST_OK;
    char folded[NUMBER_TEXT_MAX];
    if (len > sizeof folded)
        return ST_E_DATA;
    len = drop_currency_signs(folded, st_fold_width(text, len, folded));
    const char *p = folded;
    trim(&p, &len);
    bool negative = false;
    if (!take_sign(&p, &len, &negative))
        return ST_E_DATA;
    int places = scale + take_unit(p, &len, unit); /* decimals that still count */
    trim(&p, &len);
    st_wide number = 0;
    bool point = false, digit = false, limit = false;
    for (size_t i = 0; i < len; i++) {
        if (is_digit(p[i])) {
            digit = true;
            if (point && places == 0)
                limit = limit || p[i] != '0';
            else {
                number = number * 10 + (p[i] - '0');
                places -= point;
            }
            if (number > (st_wide)INT64_MAX + 1)
                return ST_E_LIMIT;
        } else if (p[i] == '.' && !point) {
            point = true;
        } else if (!((p[i] == ',' || p[i] == '_') && !point && i > 0 && is_digit(p[i - 1]) &&
                       i + 1 < len && is_digit(p[i + 1]))) {
            return ST_E_DATA;
        }
    }
    if (!digit)
        return ST_E_DATA;
    if (limit)
        return ST_E_LIMIT;
    for (; places > 0; places--) {
        number *= 10;
        if (number > (st_wide)INT64_MAX + 1)
            return ST_E_LIMIT;
    }
    return st_wide_to_int64(negative ? -number : number, value) ? ST_OK : ST_E_LIMIT;
}

/* --- printing --- */

static char *format(int64_t value, int scale, bool grouped, char *text)
{
    char reversed[ST_DECIMAL_TEXT_SIZE];
    size_t n = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int written = 0;
    do {
        if (written == scale && scale > 0)
            reversed[n++] = '.';
        int whole = written - scale;
        if (grouped && whole > 0 && whole % 3 == 0)
            reversed[n++] = ',';
        reversed[n++] = (char)('0' + rest % 10);
        rest /= 10;
        written++;
    } while (rest > 0 || written <= scale);
    if (value < 0)
        reversed[n++] = '-';
    for (size_t i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    text[n] = '\0';
    return text;
}

char *st_decimal_format(int64_t value, int scale, char *text)
{
    return format(value, scale, false, text);
}

char *st_decimal_format_grouped(int64_t value, int scale, char *text)
{
    return format(value, scale, true, text);
}

/* ISO 4217: the codes whose exponent is not 2, and the common ones whose exponent is. */
static const struct {
    char code[4];
    int exponent;
} currencies[] = {
    {"CNY", 2},
    {"CNH", 2},
    {"USD", 2},
    {"EUR", 2},
    {"HKD", 2},
    {"GBP", 2},
    {"JPY", 0},
    {"MOP", 2},
    {"TWD", 2},
    {"SGD", 2},
    {"AUD", 2},
    {"CAD", 2},
    {"NZD", 2},
    {"CHF", 2},
    {"SEK", 2},
    {"DKK", 2},
    {"NOK", 2},
    {"THB", 2},
    {"MYR", 2},
    {"PHP", 2},
    {"IDR", 2},
    {"INR", 2},
    {"RUB", 2},
    {"ZAR", 2},
    {"AED", 2},
    {"SAR", 2},
    {"TRY", 2},
    {"BRL", 2},
    {"MXN", 2},
    {"CZK", 2},
    {"PLN", 2},
    {"HUF", 2},
    {"KRW", 0},
    {"VND", 0},
    {"CLP", 0},
    {"ISK", 0},
    {"PYG", 0},
    {"UGX", 0},
    {"XAF", 0},
    {"XOF", 0},
    {"XPF", 0},
    {"BIF", 0},
    {"DJF", 0},
    {"GNF", 0},
    {"KMF", 0},
    {"RWF", 0},
    {"VUV", 0},
    {"KWD", 3},
    {"BHD", 3},
    {"OMR", 3},
    {"JOD", 3},
    {"TND", 3},
    {"IQD", 3},
    {"LYD", 3},
};

int st_currency_exponent(const char *code)
{
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++)
        if (strcmp(code, currencies[i].code) == 0)
            return currencies[i].exponent;
    return -1;
}
