/* Calendar dates as days since 1970-01-01 in the proleptic Gregorian calendar.
 *
 * Source of the day ↔ civil conversion: the era/day-of-era method with March-based years.
 */
#ifndef ST_BASE_DATE_H
#define ST_BASE_DATE_H

#include "base/error.h"

#include <stdint.h>

typedef int32_t st_date;

enum {
    ST_DATE_YEAR_MIN = 1800,
    ST_DATE_YEAR_MAX = 2199,
    ST_DATE_TEXT_SIZE = 11, /* "1993-02-28" and its NUL */
};

struct st_civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

bool st_civil_valid(struct st_civil civil); /* a real day within the years above */
st_date st_date_from_civil(struct st_civil civil);
struct st_civil st_date_to_civil(st_date date);

/* Reads 2024-01-31, 2024/1/31, 2024.1.31, 20240131, 2024年1月31日, each with an optional time of
 * day that is checked for shape and dropped: after a blank or T, 20240131235959, 10时20分30秒. An
 * offset from UTC is dropped too: the day is the one written. Digits and punctuation may be
 * full-width; a year has four digits. `len` bytes. False when the text is no such date or the day
 * does not exist. */
bool st_date_parse(const char *text, size_t len, st_date *date);

/* The same in a form that no text tells apart and that is read only when asked for. "dmy", "mdy",
 * "ymd": parts in that order, 31/1/2024, 31.01.24, 310124, 01/31/2024 8:26, with -, /, . or a blank
 * between them or six or eight digits without; years of two digits are 1969 to 2068. "excel": days
 * as spreadsheets count them (45322), and all that st_date_parse reads. */
extern const char *const st_date_forms[]; /* NULL-terminated */
bool st_date_parse_form(const char *text, size_t len, const char *form, st_date *date);

/* "1993-02-28" into a buffer of ST_DATE_TEXT_SIZE; returns the buffer. */
char *st_date_format(st_date date, char *text);

st_date st_date_month_start(st_date date);
st_date st_date_month_end(st_date date);
st_date st_date_year_start(st_date date);
/* The same day `months` later; a day past the month's end becomes its last day. */
st_date st_date_add_months(st_date date, int months);

#endif
