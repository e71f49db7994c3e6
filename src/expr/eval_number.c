/* Fixed-point arithmetic of expressions.
 *
 * Rejected: doubles (0.1 + 0.2), and always scale 8 (an amount of 1,000 亿 with cents would not
 * fit): a number carries the decimals it was written with.
 */
#include "expr/eval_internal.h"

#include <stdint.h>
#include <string.h>

st_code st_fail_too_large(struct st_error *err)
{
    return st_fail(err, ST_E_LIMIT, "a number is too large for 64 bits", "数值超出 64 位整数范围");
}

static void drop_zeros(st_wide *value, int *scale)
{
    while (*scale > 0 && *value % 10 == 0) {
        *value /= 10;
        --*scale;
    }
}

static st_code store(st_wide value, int scale, struct st_value *out, struct st_error *err)
{
    out->type = ST_VALUE_NUMBER;
    if (scale <= ST_SCALE_MAX && st_wide_to_int64(value, &out->integer)) {
        out->scale = scale;
        return ST_OK;
    }
    drop_zeros(&value, &scale);
    if (scale > ST_SCALE_RATE &&
        (scale > ST_SCALE_MAX || !st_wide_to_int64(value, &out->integer))) {
        int drop = scale - ST_SCALE_RATE, first = drop < ST_SCALE_MAX ? drop : ST_SCALE_MAX;
        value = st_div_half_up(value, (st_wide)st_pow10(first) * st_pow10(drop - first));
        scale = ST_SCALE_RATE;
        drop_zeros(&value, &scale);
    }
    out->scale = scale;
    return st_wide_to_int64(value, &out->integer) ? ST_OK : st_fail_too_large(err);
}

static st_code add(const struct st_value *a, const struct st_value *b, bool subtract,
    struct st_value *out, struct st_error *err)
{
    int scale = a->scale > b->scale ? a->scale : b->scale;
    st_wide x = (st_wide)a->integer * st_pow10(scale - a->scale);
    st_wide y = (st_wide)b->integer * st_pow10(scale - b->scale);
    return store(subtract ? x - y : x + y, scale, out, err);
}

/* numerator × 10^digits ÷ denominator, halves away from zero. Long division where the product
 * itself does not fit 128 bits. False when the quotient outgrows `st_wide`. */
static bool divide(st_wide numerator, st_wide denominator, int digits, st_wide *out)
{
    st_wide product;
    if (digits >= 0 && digits <= ST_SCALE_MAX &&
        !__builtin_mul_overflow(numerator, (st_wide)st_pow10(digits), &product)) {
        *out = st_div_half_up(product, denominator);
        return true;
    }
    bool negative = (numerator < 0) != (denominator < 0);
    st_wide n = numerator < 0 ? -numerator : numerator;
    st_wide d = denominator < 0 ? -denominator : denominator;
    st_wide quotient = n / d, rest = n % d;
    for (; digits > 0; digits--) {
        rest *= 10;
        if (__builtin_mul_overflow(quotient, 10, &quotient) ||
            __builtin_add_overflow(quotient, rest / d, &quotient))
            return false;
        rest %= d;
    }
    quotient += rest >= d - rest;
    *out = negative ? -quotient : quotient;
    return true;
}

static st_code quotient(
    const struct st_value *a, const struct st_value *b, struct st_value *out, struct st_error *err)
{
    st_wide value, denominator = b->integer;
    if (b->integer == 0) {
        st_code code = st_fail(err, ST_E_DATA, "division by zero", "除数为零");
        st_error_hint(err, "nullif(x, 0) makes the result null", "可用 nullif(x, 0) 使结果为空");
        return code;
    }
    int digits = ST_SCALE_RATE + b->scale - a->scale;
    if (digits < 0)
        denominator *= st_pow10(-digits);
    if (!divide(a->integer, denominator, digits, &value))
        return st_fail_too_large(err);
    return store(value, ST_SCALE_RATE, out, err);
}

st_code st_number_arithmetic(enum st_expr_op op, const struct st_value *a, const struct st_value *b,
    struct st_value *out, struct st_error *err)
{
    switch (op) {
    case ST_OP_ADD: return add(a, b, false, out, err);
    case ST_OP_SUB: return add(a, b, true, out, err);
    case ST_OP_MUL: return store((st_wide)a->integer * b->integer, a->scale + b->scale, out, err);
    default: return quotient(a, b, out, err);
    }
}

int st_number_compare(const struct st_value *a, const struct st_value *b)
{
    if (a->scale == b->scale)
        return (a->integer > b->integer) - (a->integer < b->integer);
    int scale = a->scale > b->scale ? a->scale : b->scale;
    st_wide x = (st_wide)a->integer * st_pow10(scale - a->scale);
    st_wide y = (st_wide)b->integer * st_pow10(scale - b->scale);
    return (x > y) - (x < y);
}

bool st_number_to_int(const struct st_value *number, int *out)
{
    st_wide value = number->integer;
    int scale = number->scale;
    drop_zeros(&value, &scale);
    if (scale > 0 || value > INT32_MAX || value < INT32_MIN)
        return false;
    *out = (int)value;
    return true;
}

/* Digits with at most a sign and a point: decimals as written; −1 for anything else. */
static int plain_decimals(struct st_slice text)
{
    size_t point = text.len;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '.' && point == text.len)
            point = i;
        else if ((c < '0' || c > '9') && !(i == 0 && c == '-'))
            return -1;
    }
    size_t decimals = text.len - point;
    return decimals == 0 ? 0 : decimals - 1 > ST_SCALE_MAX ? -1 : (int)decimals - 1;
}

/* Units and separators hide how many decimals there are: the smallest scale that is exact wins. */
st_code st_number_parse(struct st_slice text, int unit, struct st_value *out)
{
    static const int scales[] = {0, 2, 4, ST_SCALE_RATE, ST_SCALE_MAX};
    int plain = unit == 0 ? plain_decimals(text) : -1;
    st_code code = ST_E_LIMIT;
    out->type = ST_VALUE_NUMBER;
    out->scale = plain;
    if (plain >= 0)
        return st_decimal_parse(text.data, text.len, plain, &out->integer);
    for (size_t i = 0; i < sizeof scales / sizeof scales[0] && code == ST_E_LIMIT; i++) {
        out->scale = scales[i];
        code = st_decimal_parse_in(text.data, text.len, unit, scales[i], &out->integer);
    }
    return code;
}
