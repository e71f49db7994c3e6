#include "base/date.h"

#include <string.h>

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool st_civil_valid(struct st_civil c)
{
    return c.year >= ST_DATE_YEAR_MIN && c.year <= ST_DATE_YEAR_MAX && c.month >= 1 &&
           c.month <= 12 && c.day >= 1 && c.day <= month_days(c.year, c.month);
}

st_date st_date_from_civil(struct st_civil c)
{
    int year = c.month <= 2 ? c.year - 1 : c.year;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct st_civil st_date_to_civil(st_date date)
{
    int days = date + 719468;
    int era = (days >= 0 ? days : days - 146096) / 146097;
    int day_of_era = days - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (struct st_civil){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * shifted + 2) / 5 + 1,
    };
}

/* --- parsing --- */

struct cursor {
    const char *p, *end, *begin;
};

/* One digit, half- or full-width (U+FF10..U+FF19), or -1. */
static int take_digit(struct cursor *c)
{
    if (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        return *c->p++ - '0';
    if (c->end - c->p >= 3 && memcmp(c->p, "\xEF\xBC", 2) == 0) {
        unsigned char last = (unsigned char)c->p[2];
        if (last >= 0x90 && last <= 0x99) {
            c->p += 3;
            return last - 0x90;
        }
    }
    return -1;
}

/* Up to `max` digits into *value; returns how many. */
static int take_number(struct cursor *c, int max, int *value)
{
    int count = 0;
    *value = 0;
    while (count < max) {
        struct cursor before = *c;
        int digit = take_digit(c);
        if (digit < 0) {
            *c = before;
            break;
        }
        *value = *value * 10 + digit;
        count++;
    }
    return count;
}

static bool take_text(struct cursor *c, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(c->end - c->p) < len || memcmp(c->p, text, len) != 0)
        return false;
    c->p += len;
    return true;
}

/* What stands between year and month, and therefore between month and day. */
static const struct {
    const char *after_year, *after_month, *after_day;
} separators[] = {
    {"-", "-", ""},
    {"/", "/", ""},
    {".", ".", ""},
    {"年", "月", "日"},
    {"－", "－", ""},
    {"／", "／", ""},
    {"．", "．", ""},
};

static bool take_colon(struct cursor *c)
{
    return take_text(c, ":") || take_text(c, "：");
}

/* Bytes of the blank that `left` bytes begin with, of whichever keyboard; 0: none. */
static size_t blank_len(const char *text, size_t left)
{
    static const char *const blanks[] = {" ", "\t", "　", "\xC2\xA0"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        size_t n = strlen(blanks[i]);
        if (left >= n && memcmp(text, blanks[i], n) == 0)
            return n;
    }
    return 0;
}

static bool take_blanks(struct cursor *c)
{
    const char *from = c->p;
    for (size_t n; (n = blank_len(c->p, (size_t)(c->end - c->p))) > 0;)
        c->p += n;
    return c->p > from;
}

/* "Z", "+08", "+08:00", "+0800": the day is the one written, wherever it was. */
static bool take_zone(struct cursor *c)
{
    int part;
    if (take_text(c, "Z") || (!take_text(c, "+") && !take_text(c, "-")))
        return true;
    if (take_number(c, 2, &part) != 2 || part > 14)
        return false;
    (void)take_text(c, ":");
    return take_number(c, 2, &part) % 2 == 0 && part < 60;
}

/* "10:20", "10:20:30.5", "10时20分30秒" to the text's end. */
static bool take_clock(struct cursor *c)
{
    int hour, minute, second, fraction;
    if (take_number(c, 2, &hour) == 0 || hour > 23)
        return false;
    bool words = take_text(c, "时");
    if ((!words && !take_colon(c)) || take_number(c, 2, &minute) == 0 || minute > 59 ||
        (words && !take_text(c, "分")))
        return false;
    if (words ? c->p < c->end : take_colon(c)) {
        if (take_number(c, 2, &second) == 0 || second > 60 || (words && !take_text(c, "秒")))
            return false;
        if (take_text(c, ".") && take_number(c, 9, &fraction) == 0)
            return false;
    }
    return take_zone(c) && c->p == c->end;
}

/* 2359 or 235959 */
static bool take_compact_clock(struct cursor *c)
{
    int hour, minute, second;
    return take_number(c, 2, &hour) == 2 && hour <= 23 && take_number(c, 2, &minute) == 2 &&
           minute <= 59 && take_number(c, 2, &second) % 2 == 0 && second <= 60 && c->p == c->end;
}

/* `compact`: the date was digits alone, and so the time may be. */
static bool take_time_of_day(struct cursor *c, bool compact)
{
    bool day_sign = c->p - c->begin >= 3 && memcmp(c->p - 3, "日", 3) == 0;
    if (c->p == c->end)
        return true;
    bool apart = take_blanks(c) || take_text(c, "T") || day_sign;
    struct cursor digits = *c;
    return (compact && take_compact_clock(&digits)) || (apart && take_clock(c));
}

static bool take_separated(struct cursor *c, struct st_civil *civil)
{
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (!take_text(c, separators[i].after_year))
            continue;
        return take_number(c, 2, &civil->month) > 0 && take_text(c, separators[i].after_month) &&
               take_number(c, 2, &civil->day) > 0 && take_text(c, separators[i].after_day);
    }
    return false;
}

static bool plain_digits(const char *text, size_t count, int *value)
{
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

/* 20240131, or 2024-01-31 with -, / or . : nearly every date of nearly every file. False when the
 * long way must decide. */
static bool parse_plain(const char *text, size_t len, struct st_civil *civil)
{
    size_t gap = len == 10;
    if ((len != 8 && len != 10) || !plain_digits(text, 4, &civil->year) ||
        !plain_digits(text + 4 + gap, 2, &civil->month) ||
        !plain_digits(text + 6 + 2 * gap, 2, &civil->day))
        return false;
    char separator = text[4];
    return gap == 0 ||
           (text[7] == separator && (separator == '-' || separator == '/' || separator == '.'));
}

static struct cursor trimmed(const char *text, size_t len)
{
    enum { BLANK_MAX = 3 };
    struct cursor c = {text, text + len, text};
    (void)take_blanks(&c);
    for (size_t n = 1; n <= BLANK_MAX && (size_t)(c.end - c.p) >= n; n++)
        if (blank_len(c.end - n, n) == n) {
            c.end -= n;
            n = 0;
        }
    return c;
}

bool st_date_parse(const char *text, size_t len, st_date *date)
{
    struct st_civil plain;
    if (parse_plain(text, len, &plain) && st_civil_valid(plain)) {
        *date = st_date_from_civil(plain);
        return true;
    }
    struct cursor c = trimmed(text, len);
    struct st_civil civil = {0, 0, 0};
    if (take_number(&c, 4, &civil.year) != 4)
        return false;
    struct cursor digits = c;
    bool compact =
        take_number(&digits, 2, &civil.month) == 2 && take_number(&digits, 2, &civil.day) == 2;
    if (compact)
        c = digits;
    else if (!take_separated(&c, &civil))
        return false;
    if (!take_time_of_day(&c, compact) || !st_civil_valid(civil))
        return false;
    *date = st_date_from_civil(civil);
    return true;
}

static int count_digits(struct cursor c)
{
    int count = 0;
    while (take_digit(&c) >= 0)
        count++;
    return count;
}

/* One part of a date; `width` digits exactly when it is packed. */
static bool take_part(struct cursor *c, char part, int width, bool packed, struct st_civil *civil)
{
    int value, digits = take_number(c, width, &value);
    if (digits == 0 || (packed && digits != width))
        return false;
    if (part == 'd')
        civil->day = value;
    else if (part == 'm')
        civil->month = value;
    else if (digits == 4)
        civil->year = value;
    else if (digits == 2)
        civil->year = value + (value >= 69 ? 1900 : 2000);
    else
        return false;
    return true;
}

/* The first separator, or the one that stood there before. */
static bool take_same_separator(struct cursor *c, const char **seen)
{
    static const char *const all[] = {"/", "-", ".", " ", "／", "－", "．"};
    for (size_t i = 0; !*seen && i < sizeof all / sizeof all[0]; i++)
        if (take_text(c, all[i])) {
            *seen = all[i];
            return true;
        }
    return *seen && take_text(c, *seen);
}

static bool parse_order(const char *text, size_t len, const char *order, st_date *date)
{
    struct cursor c = trimmed(text, len);
    struct st_civil civil = {0, 0, 0};
    int digits = count_digits(c);
    bool packed = digits == 6 || digits == 8;
    const char *separator = NULL;
    for (int i = 0; i < 3; i++) {
        int year_width = packed ? digits - 4 : 4;
        if (i > 0 && !packed && !take_same_separator(&c, &separator))
            return false;
        if (!take_part(&c, order[i], order[i] == 'y' ? year_width : 2, packed, &civil))
            return false;
    }
    if (!take_time_of_day(&c, false) || !st_civil_valid(civil))
        return false;
    *date = st_date_from_civil(civil);
    return true;
}

/* Days since 1899-12-30 as spreadsheets store them; those before 1900-03-01 count a day that never
 * was and are refused. The time of day is the fraction. */
static bool parse_serial(const char *text, size_t len, st_date *date)
{
    enum { FIRST = 61, DAY_0 = -25569, DIGITS_MAX = 6 };
    struct cursor c = trimmed(text, len);
    int serial, fraction;
    if (take_number(&c, DIGITS_MAX, &serial) == 0 || serial < FIRST)
        return false;
    if (take_text(&c, "."))
        while (take_number(&c, 9, &fraction) > 0)
            ;
    *date = serial + DAY_0;
    return c.p == c.end && st_civil_valid(st_date_to_civil(*date));
}

const char *const st_date_forms[] = {"dmy", "mdy", "ymd", "excel", NULL};

bool st_date_parse_form(const char *text, size_t len, const char *form, st_date *date)
{
    if (strcmp(form, "excel") == 0)
        return parse_serial(text, len, date) || st_date_parse(text, len, date);
    return parse_order(text, len, form, date);
}

char *st_date_format(st_date date, char *text)
{
    struct st_civil c = st_date_to_civil(date);
    unsigned year = (unsigned)c.year % 10000u, month = (unsigned)c.month % 100u,
             day = (unsigned)c.day % 100u;
    snprintf(text, ST_DATE_TEXT_SIZE, "%04u-%02u-%02u", year, month, day);
    return text;
}

st_date st_date_month_start(st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    c.day = 1;
    return st_date_from_civil(c);
}

st_date st_date_month_end(st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    c.day = month_days(c.year, c.month);
    return st_date_from_civil(c);
}

st_date st_date_year_start(st_date date)
{
    struct st_civil c = st_date_to_civil(date);
    c.day = 1;
    c.month = 1;
    return st_date_from_civil(c);
}

st_date st_date_add_months(st_date date, int months)
{
    struct st_civil c = st_date_to_civil(date);
    int index = c.year * 12 + c.month - 1 + months;
    c.year = index / 12;
    c.month = index % 12 + 1;
    if (c.day > month_days(c.year, c.month))
        c.day = month_days(c.year, c.month);
    return st_date_from_civil(c);
}
