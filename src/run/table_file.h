/* Writes a table of text, number and date cells as CSV or Parquet, whole or not at all. */
#ifndef ST_RUN_TABLE_FILE_H
#define ST_RUN_TABLE_FILE_H

#include "run/export.h"

struct st_table_file;

struct st_table_column {
    const char *name;
    enum st_ir_type type; /* TEXT, BIGINT, DATE or BOOL */
    int scale;            /* BIGINT: decimals; Parquet gets DECIMAL(18, scale) */
};

ST_MUST_CHECK st_code st_table_file_open(struct st_arena *arena, enum st_export_format format,
    const char *path, const struct st_table_column *columns, size_t count,
    struct st_table_file **out, struct st_error *err);
/* A batch with exactly the columns declared. */
ST_MUST_CHECK st_code st_table_file_add(
    struct st_table_file *file, const struct st_batch *batch, struct st_error *err);
/* Renames the finished file into place, or removes it when `commit` is false. Frees. */
ST_MUST_CHECK st_code st_table_file_close(
    struct st_table_file *file, bool commit, struct st_error *err);

#endif
