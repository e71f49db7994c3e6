#include "ingest/convert.h"

#include "base/date.h"
#include "base/str.h"
#include "ingest/encoding.h"
#include "ingest/reason.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { FAST_DIGITS_MAX = 17 };

/* --- text --- */

/* True when no character of the text can change under NFC: below U+0300, CJK ideographs, Hangul
 * syllables aside, and full-width forms. Everything else is left to utf8proc. */
static bool stable_under_nfc(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < len;) {
        unsigned char c = p[i];
        if (c < 0x80) {
            i++;
        } else if (c < 0xCC) { /* U+0080..U+02FF */
            i += 2;
        } else if ((c >= 0xE5 && c <= 0xE9) || (c == 0xE4 && p[i + 1] >= 0xB8)) {
            i += 3; /* U+4E00..U+9FFF */
        } else if (c == 0xEF && (p[i + 1] == 0xBC || p[i + 1] == 0xBD)) {
            i += 3; /* U+FF00..U+FF7F */
        } else {
            return false;
        }
    }
    return true;
}

static struct st_slice to_nfc(struct st_slice text, struct st_arena *scratch)
{
    if (stable_under_nfc(text.data, text.len))
        return text;
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text.data,
        (utf8proc_ssize_t)text.len, &out, (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (len >= 0)
        text = (struct st_slice){st_arena_strndup(scratch, (char *)out, (size_t)len), (size_t)len};
    free(out);
    return text;
}

struct st_slice st_convert_fold(struct st_slice text, struct st_arena *scratch)
{
    if (st_ascii_plain(text.data, text.len))
        return text;
    char *folded = st_arena_alloc(scratch, text.len);
    return (struct st_slice){folded, st_fold_width(text.data, text.len, folded)};
}

struct st_slice st_convert_show(const struct st_value *value, char buffer[ST_CONVERT_TEXT_SIZE])
{
    switch (value->type) {
    case ST_VALUE_TEXT: return value->text;
    case ST_VALUE_NUMBER: st_decimal_format(value->integer, value->scale, buffer); break;
    case ST_VALUE_DATE: st_date_format((st_date)value->integer, buffer); break;
    case ST_VALUE_BOOL: strcpy(buffer, value->integer ? "true" : "false"); break;
    case ST_VALUE_NULL: buffer[0] = '\0'; break;
    }
    return (struct st_slice){buffer, strlen(buffer)};
}

static int to_text(const struct st_target *target, const struct st_value *value,
    struct st_arena *scratch, char buffer[ST_CONVERT_TEXT_SIZE], struct st_slice *out)
{
    size_t cap = target->type == ST_TARGET_ID ? ST_TARGET_ID_MAX : ST_TARGET_TEXT_MAX;
    *out = to_nfc(st_convert_show(value, buffer), scratch);
    if (target->type == ST_TARGET_CHOICE || target->type == ST_TARGET_CURRENCY)
        *out = st_convert_fold(*out, scratch);
    if (out->len > cap)
        return ST_REASON_TEXT_TOO_LONG;
    if (out->len == 0 && target->type == ST_TARGET_ID)
        return ST_REASON_MISSING;
    if (!target->choices)
        return -1;
    for (const char *const *choice = target->choices; *choice; choice++)
        if (strlen(*choice) == out->len && memcmp(*choice, out->data, out->len) == 0)
            return -1;
    return ST_REASON_BAD_CHOICE;
}

/* --- numbers --- */

/* Plain [-]digits[.digits]; everything else is left to st_decimal_parse. */
static bool fast_decimal(const char *text, size_t len, int scale, int64_t *out)
{
    int64_t n = 0;
    int decimals = -1, digits = 0;
    size_t i = len > 0 && text[0] == '-';
    for (; i < len; i++) {
        unsigned d = (unsigned)(unsigned char)text[i] - '0';
        if (d <= 9) {
            n = n * 10 + d;
            if (++digits > FAST_DIGITS_MAX)
                return false;
            decimals += decimals >= 0;
        } else if (text[i] == '.' && decimals < 0) {
            decimals = 0;
        } else {
            return false;
        }
    }
    if (decimals < 0)
        decimals = 0;
    if (digits == 0 || decimals > scale || digits + scale - decimals > FAST_DIGITS_MAX)
        return false;
    n *= st_pow10(scale - decimals);
    *out = text[0] == '-' ? -n : n;
    return true;
}

static bool take_end(struct st_slice *text, const char *end)
{
    size_t len = strlen(end);
    if (text->len <= len || memcmp(text->data + text->len - len, end, len) != 0)
        return false;
    text->len -= len;
    return true;
}

static int parse_number(struct st_slice text, int scale, bool percent_allowed, int64_t *out)
{
    if (fast_decimal(text.data, text.len, scale, out))
        return -1;
    if (percent_allowed && (take_end(&text, "%") || take_end(&text, "％")))
        scale -= 2;
    st_code rc = st_decimal_parse(text.data, text.len, scale, out);
    if (rc == ST_OK)
        return -1;
    if (rc != ST_E_LIMIT)
        return ST_REASON_BAD_NUMBER;
    int64_t whole; /* fits when only decimals were too many */
    for (int more = scale + 1; more <= ST_SCALE_MAX; more++)
        if (st_decimal_parse(text.data, text.len, more, &whole) == ST_OK)
            return ST_REASON_TOO_PRECISE;
    return ST_REASON_OUT_OF_RANGE;
}

static int to_number(const struct st_value *value, int scale, bool percent_allowed, int64_t *out)
{
    if (value->type == ST_VALUE_TEXT)
        return parse_number(value->text, scale, percent_allowed, out);
    if (value->type != ST_VALUE_NUMBER)
        return ST_REASON_BAD_NUMBER;
    if (value->scale > scale && value->integer % st_pow10(value->scale - scale) != 0)
        return ST_REASON_TOO_PRECISE;
    if (!st_wide_to_int64(st_rescale(value->integer, value->scale, scale), out))
        return ST_REASON_OUT_OF_RANGE;
    return -1;
}

static int to_share(const struct st_value *value, int64_t *out)
{
    int reason = to_number(value, 4, true, out);
    if (reason < 0 && (*out < 0 || *out > ST_SHARE_WHOLE))
        return ST_REASON_OUT_OF_RANGE;
    return reason;
}

/* --- dates and booleans --- */

/* 2024-01-31, 2024/01/31 and 20240131; everything else is left to st_date_parse. */
static bool fast_date(const char *t, size_t len, st_date *out)
{
    static const unsigned char long_form[] = {0, 1, 2, 3, 5, 6, 8, 9};
    int d[8];
    bool is_long = len == 10 && (t[4] == '-' || t[4] == '/') && t[7] == t[4];
    if (!is_long && len != 8)
        return false;
    for (int i = 0; i < 8; i++) {
        d[i] = t[is_long ? long_form[i] : i] - '0';
        if (d[i] < 0 || d[i] > 9)
            return false;
    }
    struct st_civil civil = {
        d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[4] * 10 + d[5], d[6] * 10 + d[7]};
    if (!st_civil_valid(civil))
        return false;
    *out = st_date_from_civil(civil);
    return true;
}

static int to_date(const struct st_value *value, int64_t *out)
{
    st_date date;
    if (value->type == ST_VALUE_DATE) {
        *out = value->integer;
        return -1;
    }
    if (value->type != ST_VALUE_TEXT ||
        (!fast_date(value->text.data, value->text.len, &date) &&
            !st_date_parse(value->text.data, value->text.len, &date)))
        return ST_REASON_BAD_DATE;
    *out = date;
    return -1;
}

static int to_bool(const struct st_value *value, struct st_arena *scratch, int64_t *out)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {
        {"true", true},
        {"false", false},
        {"1", true},
        {"0", false},
        {"yes", true},
        {"no", false},
        {"y", true},
        {"n", false},
        {"t", true},
        {"f", false},
        {"是", true},
        {"否", false},
    };
    *out = value->integer;
    if (value->type == ST_VALUE_BOOL ||
        (value->type == ST_VALUE_NUMBER && value->scale == 0 && (*out == 0 || *out == 1)))
        return -1;
    if (value->type != ST_VALUE_TEXT)
        return ST_REASON_BAD_BOOLEAN;
    struct st_slice text = st_convert_fold(value->text, scratch);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].text) == text.len &&
            strncasecmp(words[i].text, text.data, text.len) == 0) {
            *out = words[i].value;
            return -1;
        }
    return ST_REASON_BAD_BOOLEAN;
}

int st_convert(const struct st_target *target, const struct st_value *value, int money,
    struct st_arena *scratch, char buffer[ST_CONVERT_TEXT_SIZE], struct st_slice *text,
    int64_t *number)
{
    switch (target->type) {
    case ST_TARGET_DATE: return to_date(value, number);
    case ST_TARGET_BOOL: return to_bool(value, scratch, number);
    case ST_TARGET_INTEGER: return to_number(value, 0, false, number);
    case ST_TARGET_MONEY: return to_number(value, money, false, number);
    case ST_TARGET_RATE: return to_number(value, ST_SCALE_RATE, true, number);
    case ST_TARGET_SHARE: return to_share(value, number);
    default: return to_text(target, value, scratch, buffer, text);
    }
}
