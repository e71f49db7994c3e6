/* Writes a table of text, number and date cells as CSV, Parquet or an Excel workbook.
 *
 * open → add … → note … → close. The file is written under another name beside its own and renamed
 * when it is complete, so it appears whole or not at all. The same calls give the same bytes.
 */
#ifndef ST_RUN_TABLE_FILE_H
#define ST_RUN_TABLE_FILE_H

#include "run/export.h"

struct st_table_file;

enum st_table_look { /* of numbers in a workbook */
    ST_LOOK_NUMBER,
    ST_LOOK_MONEY, /* thousands separated, all decimals */
    ST_LOOK_CODE,  /* never separated */
};

struct st_table_column {
    const char *name;     /* heads the column in CSV and Parquet … */
    struct st_text title; /* … and in a workbook */
    struct st_text help;  /* what it means, on the workbook's page about itself; may be NULL */
    enum st_ir_type type; /* TEXT, BIGINT, DATE or BOOL */
    int scale;            /* BIGINT: decimals; Parquet gets DECIMAL(18, scale) */
    enum st_table_look look;
};

struct st_table_spec {
    enum st_export_format format;
    const char *path;
    bool plain;           /* CSV: as in struct st_export_options */
    enum st_lang lang;    /* workbook: of headings and sheet names */
    struct st_text title; /* workbook: what the sheet is called */
    st_date dated;        /* workbook: the day its properties name, so that bytes repeat */
    const struct st_table_column *columns;
    size_t count;
    size_t sheet_rows_max; /* workbook: rows of one sheet; 0: as many as Excel takes */
};

ST_MUST_CHECK st_code st_table_file_open(struct st_arena *arena, const struct st_table_spec *spec,
    struct st_table_file **out, struct st_error *err);
/* A batch with exactly the columns declared. */
ST_MUST_CHECK st_code st_table_file_add(
    struct st_table_file *file, const struct st_batch *batch, struct st_error *err);

enum { ST_TABLE_NOTE_CELLS = 8 };
/* A line of a workbook's page about itself, say where the rows come from; other formats have no
 * such page. At most ST_TABLE_NOTE_CELLS texts that outlive the file; a heading is bold. */
void st_table_file_note(
    struct st_table_file *file, bool heading, const char *const *cells, size_t count);

/* Renames the finished file into place, or removes it when `commit` is false. Frees. */
ST_MUST_CHECK st_code st_table_file_close(
    struct st_table_file *file, bool commit, struct st_error *err);

#endif
