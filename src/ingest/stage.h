/* Staging tables: typed rows of one source file, on their way into the store.
 *
 * create → open → (set every column → next) … → close. A table lives in the import's transaction:
 * created before the file is read, dropped after its rows are resolved. Rows are handed to the
 * store ST_STAGE_ROWS at a time. Column 0 is always `line`.
 */
#ifndef ST_INGEST_STAGE_H
#define ST_INGEST_STAGE_H

#include "store/store.h"

enum { ST_STAGE_ROWS = 2048, ST_STAGE_COLUMNS_MAX = 24 };

struct st_stage;

struct st_stage_column {
    const char *name;
    enum st_ir_type type;
};

ST_MUST_CHECK st_code st_stage_create(struct st_store *store, const char *table,
    const struct st_stage_column *columns, size_t count, struct st_error *err);

ST_MUST_CHECK st_code st_stage_open(struct st_store *store, const char *table,
    const struct st_stage_column *columns, size_t count, struct st_stage **out,
    struct st_error *err);

/* Takes rows as they were staged, ST_STAGE_ROWS at a time or fewer at the end; texts are the
 * stage's and gone after the call. Column i of the batch is columns[i]. */
typedef st_code st_stage_sink_fn(void *context, const struct st_stage_column *columns,
    const struct st_batch *batch, struct st_error *err);

/* A stage whose rows go to `sink` instead of a table. `columns` is the caller's and stays. */
struct st_stage *st_stage_open_sink(
    const struct st_stage_column *columns, size_t count, st_stage_sink_fn *sink, void *context);

/* The columns of the row being built. A column not set keeps what it had: set every one. */
void st_stage_null(struct st_stage *stage, size_t column);
void st_stage_int(struct st_stage *stage, size_t column, int64_t value); /* BIGINT */
void st_stage_date(struct st_stage *stage, size_t column, st_date value);
void st_stage_bool(struct st_stage *stage, size_t column, bool value);
/* The bytes are copied. */
void st_stage_text(struct st_stage *stage, size_t column, const char *data, size_t len);

/* The row is complete; without this call it is dropped by setting the columns again. */
ST_MUST_CHECK st_code st_stage_next(struct st_stage *stage, struct st_error *err);

/* Flushes and frees, also after an error; NULL is fine. */
ST_MUST_CHECK st_code st_stage_close(struct st_stage *stage, struct st_error *err);

#endif
