/* What the sender says he sent: rows and totals by file, and the day the data reaches.
 *
 *     strata-manifest: 1
 *     as_of: 2024-01-31
 *     files:
 *       transactions.csv: {rows: 1200345, sums: {amount: -99812.55}}
 */
#ifndef ST_INGEST_MANIFEST_H
#define ST_INGEST_MANIFEST_H

#include "base/date.h"
#include "base/decimal.h"
#include "expr/eval.h"
#include "expr/node.h"

enum { ST_MANIFEST_SUMS_MAX = 32, ST_MANIFEST_SCALE = 8 };

struct st_manifest_sum {
    const char *column;
    const char *text; /* the total as it was written */
    st_wide total;    /* at scale 8 */
};

struct st_manifest_file {
    const char *name;
    const struct st_node *node;
    int64_t rows; /* −1: not said */
    struct st_manifest_sum *sums;
    size_t sum_count;
};

struct st_manifest {
    const char *path;
    st_date as_of;
    struct st_manifest_file *files;
    size_t file_count;
};

/* Errors: ST_E_NOT_FOUND, ST_E_IO, ST_E_POLICY with line and column. */
ST_MUST_CHECK st_code st_manifest_load(
    struct st_arena *arena, const char *path, const struct st_manifest **out, struct st_error *err);

/* The entry of a file's base name; NULL when there is none, or no manifest. */
const struct st_manifest_file *st_manifest_find(
    const struct st_manifest *manifest, const char *path);

/* Counts one file's rows and sums as it is read. */
struct st_manifest_count {
    const struct st_manifest_file *expected;
    int columns[ST_MANIFEST_SUMS_MAX];
    st_wide sums[ST_MANIFEST_SUMS_MAX];
    int64_t rows;
};

/* Error: ST_E_POLICY when a summed column is not in the file. `expected` may be NULL. */
ST_MUST_CHECK st_code st_manifest_count_init(struct st_manifest_count *count,
    const struct st_manifest_file *expected, const char *const *columns, size_t column_count,
    struct st_error *err);
void st_manifest_count_row(
    struct st_manifest_count *count, const struct st_slice *fields, size_t field_count);
/* ST_E_DATA with both numbers when the file is short, long, or a sum differs. */
ST_MUST_CHECK st_code st_manifest_count_check(
    const struct st_manifest_count *count, const char *path, struct st_error *err);

#endif
