/* The functions of mappings: one row each in `st_functions`, in the order of eval.h. */
#include "base/decimal.h"
#include "expr/eval_internal.h"
#include "expr/internal.h"

#include <limits.h>
#include <string.h>
#include <utf8proc.h>

enum { SHOWN_BYTES_MAX = 60 };

/* Bytes of a value that a message shows: whole characters. */
static int shown(struct st_slice text)
{
    size_t len = text.len;
    if (len > SHOWN_BYTES_MAX)
        for (len = SHOWN_BYTES_MAX; len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80;)
            len--;
    return (int)len;
}

static st_code set_text(struct st_value *out, const char *data, size_t len)
{
    *out = (struct st_value){.type = ST_VALUE_TEXT, .text = {data, len}};
    return ST_OK;
}

static st_code set_integer(struct st_value *out, int64_t integer)
{
    *out = (struct st_value){.type = ST_VALUE_NUMBER, .integer = integer};
    return ST_OK;
}

static st_code set_null(struct st_value *out)
{
    *out = (struct st_value){.type = ST_VALUE_NULL};
    return ST_OK;
}

/* --- characters --- */

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t count_characters(struct st_slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += !is_continuation(text.data[i]);
    return count;
}

/* Byte where character `index` (from 0) begins; the length when there are fewer. */
static size_t character_offset(struct st_slice text, int64_t index)
{
    size_t i = 0;
    for (; i < text.len; i++)
        if (!is_continuation(text.data[i]) && index-- <= 0)
            break;
    return i;
}

/* Bytes of the blank at the text's start: ASCII blanks, the no-break and the ideographic one. */
static size_t leading_blank(struct st_slice text)
{
    if (text.len >= 1 && text.data[0] && strchr(" \t\r\n", text.data[0]))
        return 1;
    if (text.len >= 2 && memcmp(text.data, "\xC2\xA0", 2) == 0)
        return 2;
    return text.len >= 3 && memcmp(text.data, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static size_t trailing_blank(struct st_slice text)
{
    for (size_t n = 1; n <= 3 && n <= text.len; n++) {
        struct st_slice tail = {text.data + text.len - n, n};
        if (leading_blank(tail) == n)
            return n;
    }
    return 0;
}

struct st_slice st_slice_trim(struct st_slice text)
{
    for (size_t n; (n = leading_blank(text)) > 0;) {
        text.data += n;
        text.len -= n;
    }
    for (size_t n; (n = trailing_blank(text)) > 0;)
        text.len -= n;
    return text;
}

/* --- conversions --- */

static st_code call_text(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    const struct st_value *v = &args[0];
    char *text;
    (void)count;
    switch (v->type) {
    case ST_VALUE_BOOL: return set_text(out, v->integer ? "true" : "false", v->integer ? 4 : 5);
    case ST_VALUE_NUMBER: {
        /* 1.50 and 1.5 are one number and give one text. */
        struct st_value number = *v;
        for (; number.scale > 0 && number.integer % 10 == 0; number.scale--)
            number.integer /= 10;
        text = st_arena_alloc(row->scratch, ST_DECIMAL_TEXT_SIZE);
        st_decimal_format(number.integer, number.scale, text);
        return set_text(out, text, strlen(text));
    }
    case ST_VALUE_DATE:
        text = st_arena_alloc(row->scratch, ST_DATE_TEXT_SIZE);
        st_date_format((st_date)v->integer, text);
        return set_text(out, text, strlen(text));
    default: *out = *v; return ST_OK;
    }
}

static st_code fail_number(struct st_row *row, struct st_slice text, st_code code, int decimals)
{
    int len = shown(text);
    if (code == ST_E_DATA) {
        code = st_fail(
            row->err, ST_E_DATA, "'%.*s' is not a number", "“%.*s”不是数字", len, text.data);
    } else if (decimals >= 0) {
        code = st_fail(row->err, ST_E_LIMIT, "'%.*s' is too large or has more than %d decimals",
            "“%.*s”数值过大，或小数超过 %d 位", len, text.data, decimals);
        st_error_hint(
            row->err, "round(number(x), %d) rounds it", "可用 round(number(x), %d) 舍入", decimals);
    } else {
        code = st_fail(row->err, ST_E_LIMIT, "'%.*s' is too large, or has more than %d decimals",
            "“%.*s”数值过大，或小数超过 %d 位", len, text.data, (int)ST_SCALE_MAX);
    }
    st_error_value(row->err, "%.*s", len, text.data);
    return code;
}

static st_code fail_decimals(struct st_row *row)
{
    st_code code =
        st_fail(row->err, ST_E_DATA, "the number of decimals is out of range", "小数位数超出范围");
    st_error_allowed(row->err, "0 to %d", "0 至 %d", (int)ST_SCALE_MAX);
    return code;
}

static st_code call_number(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    int decimals = -1;
    st_code code;
    if (count > 1 &&
        (!st_number_to_int(&args[1], &decimals) || decimals < 0 || decimals > ST_SCALE_MAX))
        return fail_decimals(row);
    *out = (struct st_value){.type = ST_VALUE_NUMBER, .scale = decimals};
    if (decimals >= 0)
        code = st_decimal_parse(text.data, text.len, decimals, &out->integer);
    else
        code = st_number_parse(text, 0, out);
    if (code == ST_OK)
        return ST_OK;
    return st_slice_trim(text).len == 0 ? set_null(out) : fail_number(row, text, code, decimals);
}

/* The unit is what digits without one of their own count in. */
static st_code call_number_in(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    (void)count;
    st_code code = st_number_parse(text, st_decimal_unit(args[1].text.data, args[1].text.len), out);
    if (code == ST_OK)
        return ST_OK;
    return st_slice_trim(text).len == 0 ? set_null(out) : fail_number(row, text, code, -1);
}

static st_code fail_day(struct st_row *row, struct st_slice text)
{
    int len = shown(text);
    st_code code =
        st_fail(row->err, ST_E_DATA, "'%.*s' is not a date", "“%.*s”不是有效日期", len, text.data);
    st_error_value(row->err, "%.*s", len, text.data);
    st_error_allowed(row->err, "2024-01-31, 2024/1/31, 20240131 or 2024年1月31日; years %d to %d",
        "2024-01-31、2024/1/31、20240131 或 2024年1月31日；年份 %d 至 %d", (int)ST_DATE_YEAR_MIN,
        (int)ST_DATE_YEAR_MAX);
    return code;
}

static st_code call_date(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    st_date date;
    (void)count;
    if (st_date_parse(text.data, text.len, &date)) {
        *out = (struct st_value){.type = ST_VALUE_DATE, .integer = date};
        return ST_OK;
    }
    return st_slice_trim(text).len == 0 ? set_null(out) : fail_day(row, text);
}

static st_code call_date_form(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    char form[8] = "";
    st_date date;
    (void)count;
    memcpy(form, args[1].text.data, args[1].text.len); /* one of st_date_forms */
    if (st_date_parse_form(text.data, text.len, form, &date)) {
        *out = (struct st_value){.type = ST_VALUE_DATE, .integer = date};
        return ST_OK;
    }
    if (st_slice_trim(text).len == 0)
        return set_null(out);
    st_code code = st_fail(row->err, ST_E_DATA, "'%.*s' is not a date of the form '%s'",
        "“%.*s”不是“%s”形式的日期", shown(text), text.data, form);
    st_error_value(row->err, "%.*s", shown(text), text.data);
    return code;
}

static st_code call_date_parts(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    int parts[3] = {0, 0, 0};
    bool whole = true;
    for (size_t i = 0; i < count && i < 3; i++)
        whole = st_number_to_int(&args[i], &parts[i]) && whole;
    struct st_civil civil = {parts[0], parts[1], parts[2]};
    if (!whole || !st_civil_valid(civil))
        return st_fail(row->err, ST_E_DATA, "there is no day %d-%d-%d", "不存在日期 %d-%d-%d",
            parts[0], parts[1], parts[2]);
    *out = (struct st_value){.type = ST_VALUE_DATE, .integer = st_date_from_civil(civil)};
    return ST_OK;
}

/* --- texts --- */

static st_code take_count(struct st_row *row, const struct st_value *number, int least, int *out)
{
    if (st_number_to_int(number, out) && *out >= least)
        return ST_OK;
    return st_fail(row->err, ST_E_DATA, "a position or length must be a whole number from %d on",
        "位置或长度应为不小于 %d 的整数", least);
}

static st_code call_substr(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    int from, length = INT_MAX;
    TRY(take_count(row, &args[1], 1, &from));
    if (count > 2)
        TRY(take_count(row, &args[2], 0, &length));
    size_t start = character_offset(text, from - 1);
    struct st_slice rest = {text.data + start, text.len - start};
    return set_text(out, rest.data, character_offset(rest, length));
}

static st_code call_left(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    int length;
    (void)count;
    TRY(take_count(row, &args[1], 0, &length));
    return set_text(out, args[0].text.data, character_offset(args[0].text, length));
}

static st_code call_right(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text;
    int length;
    (void)count;
    TRY(take_count(row, &args[1], 0, &length));
    size_t all = count_characters(text);
    size_t start =
        (size_t)length >= all ? 0 : character_offset(text, (int64_t)(all - (size_t)length));
    return set_text(out, text.data + start, text.len - start);
}

static st_code call_length(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    return set_integer(out, (int64_t)count_characters(args[0].text));
}

static st_code call_trim(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    struct st_slice text = st_slice_trim(args[0].text);
    return set_text(out, text.data, text.len);
}

typedef utf8proc_int32_t map_fn(utf8proc_int32_t c);

/* Character by character; a byte that is no UTF-8 passes unchanged. */
static st_code map_case(struct st_row *row, struct st_slice text, map_fn *map, struct st_value *out)
{
    enum { GROWTH_MAX = 2 }; /* Ⱥ, two bytes, has the three-byte lower case ⱥ */
    char *copy = st_arena_alloc(row->scratch, text.len * GROWTH_MAX + 4);
    size_t n = 0;
    for (size_t i = 0; i < text.len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t width = utf8proc_iterate(
            (const utf8proc_uint8_t *)text.data + i, (utf8proc_ssize_t)(text.len - i), &c);
        if (width <= 0) {
            copy[n++] = text.data[i++];
            continue;
        }
        n += (size_t)utf8proc_encode_char(map(c), (utf8proc_uint8_t *)copy + n);
        i += (size_t)width;
    }
    return set_text(out, copy, n);
}

static st_code call_lower(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)count;
    return map_case(row, args[0].text, utf8proc_tolower, out);
}

static st_code call_upper(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)count;
    return map_case(row, args[0].text, utf8proc_toupper, out);
}

static const char *find(struct st_slice text, struct st_slice what)
{
    return what.len ? memmem(text.data, text.len, what.data, what.len) : NULL;
}

static st_code call_replace(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice rest = args[0].text, from = args[1].text, to = args[2].text;
    size_t hits = 0;
    (void)count;
    for (const char *hit; (hit = find(rest, from)) != NULL; hits++)
        rest = (struct st_slice){hit + from.len, rest.len - (size_t)(hit - rest.data) - from.len};
    *out = args[0];
    if (hits == 0)
        return ST_OK;
    char *copy = st_arena_alloc(row->scratch, args[0].text.len + hits * to.len);
    char *end = copy;
    rest = args[0].text;
    for (const char *hit; (hit = find(rest, from)) != NULL;) {
        size_t before = (size_t)(hit - rest.data);
        end = (char *)mempcpy(end, rest.data, before);
        end = (char *)mempcpy(end, to.data, to.len);
        rest = (struct st_slice){hit + from.len, rest.len - before - from.len};
    }
    end = (char *)mempcpy(end, rest.data, rest.len);
    return set_text(out, copy, (size_t)(end - copy));
}

static st_code call_starts_with(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    struct st_slice text = args[0].text, start = args[1].text;
    (void)row, (void)count;
    bool yes = text.len >= start.len && memcmp(text.data, start.data, start.len) == 0;
    *out = (struct st_value){.type = ST_VALUE_BOOL, .integer = yes};
    return ST_OK;
}

/* NULL pieces are left out, as concat does in both stores. */
static st_code run_concat(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value pieces[ST_EVAL_ARGS_MAX];
    size_t total = 0;
    for (size_t i = 0; i < eval->arg_count; i++) {
        TRY(eval->args[i]->run(eval->args[i], row, &pieces[i]));
        total += pieces[i].type == ST_VALUE_TEXT ? pieces[i].text.len : 0;
    }
    char *copy = st_arena_alloc(row->scratch, total), *end = copy;
    for (size_t i = 0; i < eval->arg_count; i++)
        if (pieces[i].type == ST_VALUE_TEXT && pieces[i].text.len)
            end = (char *)mempcpy(end, pieces[i].text.data, pieces[i].text.len);
    return set_text(out, copy, total);
}

/* --- choosing --- */

static st_code run_coalesce(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    out->type = ST_VALUE_NULL;
    for (size_t i = 0; i < eval->arg_count && out->type == ST_VALUE_NULL; i++)
        TRY(eval->args[i]->run(eval->args[i], row, out));
    return ST_OK;
}

/* NULLs are left out, as least and greatest do in both stores. */
static st_code run_extreme(
    const struct st_eval *eval, struct st_row *row, int sign, struct st_value *out)
{
    struct st_value next;
    out->type = ST_VALUE_NULL;
    for (size_t i = 0; i < eval->arg_count; i++) {
        TRY(eval->args[i]->run(eval->args[i], row, &next));
        if (next.type != ST_VALUE_NULL &&
            (out->type == ST_VALUE_NULL || st_value_compare(&next, out) * sign > 0))
            *out = next;
    }
    return ST_OK;
}

static st_code run_min(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    return run_extreme(eval, row, -1, out);
}

static st_code run_max(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    return run_extreme(eval, row, 1, out);
}

static st_code run_nullif(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value other;
    TRY(eval->args[0]->run(eval->args[0], row, out));
    TRY(eval->args[1]->run(eval->args[1], row, &other));
    if (out->type != ST_VALUE_NULL && other.type != ST_VALUE_NULL &&
        st_value_compare(out, &other) == 0)
        return set_null(out);
    return ST_OK;
}

/* --- numbers --- */

static st_code call_abs(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)count;
    *out = args[0];
    if (out->integer == INT64_MIN)
        return st_fail_too_large(row->err);
    if (out->integer < 0)
        out->integer = -out->integer;
    return ST_OK;
}

static st_code call_round(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    int decimals = 0;
    if (count > 1 &&
        (!st_number_to_int(&args[1], &decimals) || decimals < 0 || decimals > ST_SCALE_MAX))
        return fail_decimals(row);
    *out = args[0];
    if (decimals < out->scale) {
        out->integer = (int64_t)st_rescale(out->integer, out->scale, decimals);
        out->scale = decimals;
    }
    return ST_OK;
}

static st_code call_floor(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    int64_t unit = st_pow10(args[0].scale), whole = args[0].integer / unit;
    return set_integer(out, whole - (args[0].integer % unit < 0));
}

/* --- dates --- */

static st_code call_year(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    return set_integer(out, st_date_to_civil((st_date)args[0].integer).year);
}

static st_code call_month(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    return set_integer(out, st_date_to_civil((st_date)args[0].integer).month);
}

static st_code call_day(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    return set_integer(out, st_date_to_civil((st_date)args[0].integer).day);
}

static st_code call_days_between(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    (void)row, (void)count;
    return set_integer(out, args[1].integer - args[0].integer);
}

static st_code call_add_months(
    struct st_row *row, const struct st_value *args, size_t count, struct st_value *out)
{
    int months;
    (void)count;
    if (!st_number_to_int(&args[1], &months))
        return st_fail(row->err, ST_E_DATA, "a number of months must be whole", "月数应为整数");
    return st_date_shift((st_date)args[0].integer, months, ST_MONTHS, out, row->err);
}

/* --- the row's surroundings --- */

static st_code run_line(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    (void)row;
    return set_integer(out, *eval->env->line);
}

static st_code run_as_of(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    (void)row;
    *out = (struct st_value){.type = ST_VALUE_DATE, .integer = *eval->env->as_of};
    return ST_OK;
}

static bool knows_line(const struct st_eval_env *env)
{
    return env->line != NULL;
}

static bool knows_as_of(const struct st_eval_env *env)
{
    return env->as_of != NULL;
}

/* --- lookups --- */

enum { LOOKUP_KEY = 1 };

static st_code run_lookup(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value key;
    struct st_slice found = {NULL, 0};
    const struct st_eval_env *env = eval->env;
    TRY(eval->args[LOOKUP_KEY]->run(eval->args[LOOKUP_KEY], row, &key));
    if (key.type == ST_VALUE_NULL ||
        !env->lookup(env->context, eval->lookup, key.text, eval->column, &found) || !found.data)
        return set_null(out);
    return set_text(out, found.data, found.len);
}

/* Where one name has several rows the arguments choose: their count, and whether a text in quotes
 * stands where one row wants a word. */
const struct st_function st_functions[] = {
    {"text", "a", 't', .call = call_text},
    {"number", "t?n", 'n', .call = call_number},
    {"number", "tW", 'n', .call = call_number_in, .words = st_decimal_units},
    {"date", "t", 'd', .call = call_date},
    {"date", "tW", 'd', .call = call_date_form, .words = st_date_forms},
    {"date", "nnn", 'd', .call = call_date_parts},
    {"substr", "tn?n", 't', .call = call_substr},
    {"length", "t", 'n', .call = call_length},
    {"lower", "t", 't', .call = call_lower},
    {"upper", "t", 't', .call = call_upper},
    {"trim", "t", 't', .call = call_trim},
    {"replace", "ttt", 't', .call = call_replace},
    {"concat", "t*", 't', .run = run_concat},
    {"left", "tn", 't', .call = call_left},
    {"right", "tn", 't', .call = call_right},
    {"starts_with", "tt", 'b', .call = call_starts_with},
    {"coalesce", "s*", 's', .run = run_coalesce},
    {"min", "s*", 's', .run = run_min},
    {"max", "s*", 's', .run = run_max},
    {"abs", "n", 'n', .call = call_abs},
    {"round", "n?n", 'n', .call = call_round},
    {"floor", "n", 'n', .call = call_floor},
    {"nullif", "ss", 's', .run = run_nullif},
    {"year", "d", 'n', .call = call_year},
    {"month", "d", 'n', .call = call_month},
    {"day", "d", 'n', .call = call_day},
    {"days_between", "dd", 'n', .call = call_days_between},
    {"add_months", "dn", 'd', .call = call_add_months},
    {"lookup", "LtL", 't', .run = run_lookup},
    {"line", "", 'n', .run = run_line, .known = knows_line},
    {"as_of", "", 'd', .run = run_as_of, .known = knows_as_of},
};
const size_t st_function_count = sizeof st_functions / sizeof st_functions[0];
