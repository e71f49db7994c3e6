/* A demonstration bank: a seeded, invented Chinese retail bank written as CSV files.
 *
 * st_demo_write fills a directory with the extracts that a core system would send (README.md has
 * the table) and a manifest.yaml beside them. Every byte follows from the options.
 */
#ifndef ST_DEMO_DEMO_H
#define ST_DEMO_DEMO_H

#include "base/arena.h"
#include "base/date.h"

#include <stdint.h>

enum {
    ST_DEMO_CUSTOMERS_MAX = 90000000, /* numbers have eight digits; 9999999x never exists */
    ST_DEMO_MONTHS_MAX = 120,
    ST_DEMO_BAD_PER_100K_MAX = 10000,
    ST_DEMO_YEAR_MIN = 2015, /* of as_of: earlier, half the products were not sold yet */
    ST_DEMO_YEAR_MAX = 2100,
    ST_DEMO_THREADS_MAX = 256,
};

/* The same bank in several forms: the good rows say the same, and every form has bad rows of the
 * kinds it can hold. */
enum st_demo_format {
    ST_DEMO_UTF8,    /* CSV: 2025-12-31, yuan, Y or N */
    ST_DEMO_GB18030, /* CSV: Chinese headers, 万元, dates as Chinese systems write them, full-width
                        digits, 是 or 否 */
    ST_DEMO_PARQUET, /* typed columns */
};

struct st_demo_options {
    const char *directory; /* made when absent; its parent must exist */
    uint64_t seed;
    int64_t customers;     /* prospects and companies included; 0..ST_DEMO_CUSTOMERS_MAX */
    int months;            /* calendar months up to as_of; 1..ST_DEMO_MONTHS_MAX */
    st_date as_of;         /* the last day of a month, ST_DEMO_YEAR_MIN..ST_DEMO_YEAR_MAX */
    int bad_rows_per_100k; /* defective rows per 100,000 good ones; 0: none */
    enum st_demo_format format;
    int threads; /* 0: one a processor */
};

/* 20,000 customers over the 24 months to 2025-12-31. */
#define ST_DEMO_OPTIONS_DEFAULT                                                                    \
    {                                                                                              \
        .directory = NULL, .seed = 1, .customers = 20000, .months = 24, .as_of = 20453,            \
        .bad_rows_per_100k = 50, .format = ST_DEMO_UTF8, .threads = 0                              \
    }

struct st_demo_defect {
    const char *name; /* impossible_date, unknown_account … */
    int64_t rows;
};

struct st_demo_file {
    const char *name;
    bool in_manifest; /* false: for people, no part of the feed */
    int64_t rows;     /* the header apart, the bad ones included */
    int64_t bad_rows;
    int64_t bytes;
    const struct st_demo_defect
        *defects; /* what the bad rows are, as far as there are any; rows total bad_rows */
    size_t defect_count;
};

struct st_demo_report {
    const struct st_demo_file *files; /* in the order of the README; the manifest is not listed */
    size_t file_count;
};

/* Writes the bank into options->directory and describes the files in `report` (memory from
 * `arena`). Files of the same names are replaced; they appear only when all are complete, and the
 * manifest last, so after a failure the directory holds no part of a bank that is not whole.
 * The bytes do not depend on the number of threads. Cost: about 135 rows a customer at 24 months,
 * one pass; memory grows with threads, not with customers. Errors: ST_E_USAGE for options out of
 * range; ST_E_IO when a file cannot be made or written. */
ST_MUST_CHECK st_code st_demo_write(const struct st_demo_options *options, struct st_arena *arena,
    struct st_demo_report *report, struct st_error *err);

#endif
