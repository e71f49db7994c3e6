/* Numbers as PostgreSQL sends them: big-endian, and numeric as digits of base 10,000. */
#include "store/store_pg.h"

#include <string.h>

enum {
    BASE = 10000,
    DIGITS_MAX = 10, /* 128 bits have 39 decimal digits */
    HEAD_BYTES = 8,  /* digits, weight, sign, decimals: 16 bits each */
    NEGATIVE = 0x4000,
};

void st_pg_put16(char *at, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(at, &value, sizeof value);
}

void st_pg_put32(char *at, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(at, &value, sizeof value);
}

void st_pg_put64(char *at, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(at, &value, sizeof value);
}

uint16_t st_pg_get16(const char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap16(value);
}

uint32_t st_pg_get32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap32(value);
}

uint64_t st_pg_get64(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return __builtin_bswap64(value);
}

__extension__ typedef unsigned __int128 uwide;

size_t st_pg_numeric_write(st_wide value, char *out)
{
    uint16_t digits[DIGITS_MAX];
    uwide rest = value < 0 ? -(uwide)value : (uwide)value;
    int count = 0;
    for (; rest > 0; rest /= BASE)
        digits[count++] = (uint16_t)(rest % BASE);
    st_pg_put16(out, (uint16_t)count);
    st_pg_put16(out + 2, (uint16_t)(count > 0 ? count - 1 : 0));
    st_pg_put16(out + 4, value < 0 ? NEGATIVE : 0);
    st_pg_put16(out + 6, 0);
    for (int i = 0; i < count; i++)
        st_pg_put16(out + HEAD_BYTES + 2 * i, digits[count - 1 - i]);
    return (size_t)(HEAD_BYTES + 2 * count);
}

_Static_assert(HEAD_BYTES + 2 * DIGITS_MAX <= ST_PG_NUMERIC_BYTES, "any 128-bit integer fits");

/* value × 10,000 + digit, away from zero; false when that leaves 128 bits. */
static bool push_digit(st_wide *value, int digit, bool negative)
{
    st_wide product;
    return !__builtin_mul_overflow(*value, (st_wide)BASE, &product) &&
           !(negative ? __builtin_sub_overflow(product, (st_wide)digit, value)
                      : __builtin_add_overflow(product, (st_wide)digit, value));
}

st_code st_pg_numeric_read(const char *data, size_t len, st_wide *value)
{
    *value = 0;
    if (len < HEAD_BYTES)
        return ST_E_DATA;
    int count = st_pg_get16(data), weight = (int16_t)st_pg_get16(data + 2);
    uint16_t sign = st_pg_get16(data + 4);
    if ((sign != 0 && sign != NEGATIVE) || len < (size_t)(HEAD_BYTES + 2 * count))
        return ST_E_DATA;             /* not a number, infinite */
    for (int i = 0; i < count; i++) { /* digits behind the point */
        if (i > weight && st_pg_get16(data + HEAD_BYTES + 2 * i) != 0)
            return ST_E_DATA;
    }
    for (int i = 0; i <= weight && count > 0; i++) {
        int digit = i < count ? st_pg_get16(data + HEAD_BYTES + 2 * i) : 0;
        if (!push_digit(value, digit, sign == NEGATIVE))
            return ST_E_LIMIT;
    }
    return ST_OK;
}
