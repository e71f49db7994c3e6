/* What a file of unknown shape holds: how it is delimited, whether it has a header, and for every
 * column its type, range, missing and different values. What drafting a mapping starts from.
 *
 * One pass over the file, or over its first ST_PROFILE_ROWS_MAX rows. Nothing here knows names:
 * what a column means is decided in draft/.
 */
#ifndef ST_INGEST_PROFILE_H
#define ST_INGEST_PROFILE_H

#include "base/date.h"
#include "ingest/reader.h"

enum {
    ST_PROFILE_ROWS_MAX = 2000000,
    ST_PROFILE_SAMPLE_MAX = 32768,     /* numbers kept per column for quantiles */
    ST_PROFILE_VALUES_MAX = 24,        /* different texts kept per column */
    ST_PROFILE_DISTINCT_MAX = 4000000, /* different values remembered in all columns together */
    ST_PROFILE_SCALE = 4,              /* decimals of `least`, `most` and quantiles */
};

enum st_column_type {
    ST_COLUMN_EMPTY, /* no value in any row */
    ST_COLUMN_BOOLEAN,
    ST_COLUMN_INTEGER,
    ST_COLUMN_DECIMAL,
    ST_COLUMN_DATE,
    ST_COLUMN_TEXT,
};

struct st_profile_value {
    const char *text;
    uint64_t hash;
    int64_t rows;
};

struct st_profile_column {
    const char *name;         /* what expressions call it */
    const char *header;       /* as the file calls it; "" when it does not */
    enum st_column_type type; /* of at least 19 in 20 values */
    int64_t present;          /* rows with a value; null words are none */
    int64_t missing;
    int64_t odd; /* present values that are not of the type */

    int scale;          /* numbers: decimals written, at most */
    bool decimal_comma; /* 1.234,50 */
    const char *unit;   /* the header says what is counted: 余额(万元); NULL: it does not */
    int64_t negative, zero;
    int64_t least, most; /* at ST_PROFILE_SCALE */
    int64_t *sample;     /* numbers in ascending order, likewise; all count the unit */
    size_t sample_count;
    bool leading_zeros; /* digits that are a code: 00042 */

    const char *order; /* dates: "dmy", "mdy", "ymd"; NULL: a form read as it is */
    bool order_open;   /* day and month could be the other way round */
    bool six_digits;   /* integers that would all be dates YYMMDD */
    st_date first, last;

    int64_t distinct; /* different values; a lower bound when not `counted` */
    bool counted, unique;
    struct st_profile_value values[ST_PROFILE_VALUES_MAX]; /* all of them when value_count is
                                                              distinct; in order of appearance */
    size_t value_count;
    int64_t length_total; /* characters */
    int64_t emails, mobiles, id_numbers;
};

struct st_profile {
    const char *path;
    const char *file;            /* its name without folders */
    struct st_csv_format format; /* what a mapping must say to read it */
    bool tells_columns;          /* format.columns names them: none, equal or unusable names */
    int64_t rows;
    int64_t flawed; /* rows with more or fewer fields, bad quotes or encoding */
    bool whole;     /* false: only the first rows were looked at */
    struct st_profile_column *columns;
    size_t column_count;
};

/* Reads a file. Errors: those of st_reader_open; ST_E_DATA for an empty file, one without rows, and
 * one whose lines have no common number of fields. */
ST_MUST_CHECK st_code st_profile_file(
    struct st_arena *arena, const char *path, struct st_profile *out, struct st_error *err);

/* Turns a column of integers YYMMDD into one of dates. */
void st_profile_as_date(struct st_profile_column *column);

/* The value at `permille` of the numbers in order, at ST_PROFILE_SCALE; 0 without any. */
int64_t st_profile_quantile(const struct st_profile_column *column, int permille);

#endif
