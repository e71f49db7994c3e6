/* Rows that were written as CSV, as a Parquet file with the columns' types. */
#ifndef ST_DEMO_PARQUET_H
#define ST_DEMO_PARQUET_H

#include "demo/sheet.h"

/* Reads `rows` and writes `path`; both are there afterwards. The same rows give the same bytes. One
 * pass, memory that does not grow with the rows. Errors: ST_E_IO, or what the store says. */
ST_MUST_CHECK st_code st_demo_parquet(const struct st_demo_sheet_spec *spec, const char *rows,
    const char *path, struct st_error *err);

#endif
