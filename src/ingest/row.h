/* One source file's rows: fields → expressions → typed values in the staging tables.
 *
 * open → take each record → close. A row is staged in all the tables its source feeds, or in none.
 * Nothing is allocated per row beyond a scratch arena that is emptied now and then.
 */
#ifndef ST_INGEST_ROW_H
#define ST_INGEST_ROW_H

#include "ingest/lookup.h"
#include "ingest/mapping.h"
#include "ingest/reader.h"
#include "ingest/reason.h"
#include "ingest/stage.h"

enum {
    ST_REJECT_VALUE_MAX = 256,
    ST_CURRENCIES_SEEN_MAX = 64,
};

enum st_row_outcome { ST_ROW_STAGED, ST_ROW_SKIPPED, ST_ROW_REJECTED };

/* Why a row was rejected: `column` is the source's where one is to blame, else table.column. */
struct st_reject {
    enum st_reason reason;
    const char *column; /* NULL: the record as a whole */
    char value[ST_REJECT_VALUE_MAX];
    char detail[ST_LANG_COUNT][ST_ERROR_TEXT_MAX]; /* "": the reason says it all */
};

struct st_rows_options {
    struct st_store *store;
    const struct st_mapping *mapping;
    const struct st_mapping_source *source;
    struct st_lookup *const *lookups; /* as mapping->lookups */
    const st_date *as_of;             /* the day the file is of; NULL: not known */
    st_stage_sink_fn *txn_sink;       /* takes transactions; NULL: they go to stage_txn */
    void *txn_sink_context;
    int account_scale; /* decimals of amounts whose currency is the account's */
    bool fix;          /* column 0 is strata_quarantine_id, no column of the source */
};

struct st_rows;

/* Compiles the source's expressions against the file's header and opens the staging tables.
 * Errors: ST_E_POLICY at the mapping's line for a column the file does not have,
 * ST_E_DATA for one whose type cannot be read. */
ST_MUST_CHECK st_code st_rows_open(struct st_arena *arena, const struct st_rows_options *options,
    const struct st_reader *reader, struct st_rows **out, struct st_error *err);

/* Converts and stages one record. `reject` is filled when the outcome is ST_ROW_REJECTED. */
ST_MUST_CHECK st_code st_rows_take(struct st_rows *rows, const struct st_csv_record *record,
    enum st_row_outcome *outcome, struct st_reject *reject, struct st_error *err);

/* Flushes the staging tables and frees, also after an error; NULL is fine. */
ST_MUST_CHECK st_code st_rows_close(struct st_rows *rows, struct st_error *err);

/* Rows staged have transaction ids that only grow (by length, then bytes): none occurs twice. */
bool st_rows_ids_ascend(const struct st_rows *rows);

/* Currency codes met in the file. */
const struct st_mapping_currency *st_rows_currencies(const struct st_rows *rows, size_t *count);

/* The source column behind "table.column" when that is mapped to a column as it is, else NULL. */
const char *st_rows_source_column(const struct st_rows *rows, const char *table_column);

/* The staging columns of a table: line, then its columns but for attributes. */
size_t st_rows_stage_columns(enum st_target_table table, struct st_stage_column *columns);
/* "stage_txn" */
const char *st_rows_stage_name(enum st_target_table table);

#define ST_STAGE_ATTRIBUTE "stage_attribute"
extern const struct st_stage_column st_stage_attribute_columns[5];

#endif
