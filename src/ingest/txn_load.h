/* Transactions on the short way: from the reader into table txn, without staging tables.
 *
 * open → (the reader's rows come through st_txn_load_take) … → close. Ids become surrogates by
 * tables in memory; rows whose customer or account is not known are told to `reject`; rows whose
 * own number may have come before are put into stage_txn, for the checks that compare. A second
 * thread sorts each ST_TXN_LOAD_ROWS rows by (month, customer) and appends them while the next are
 * read, so the table is a sequence of such runs: sorting the whole would cost the file's size in
 * memory, and what is gained is gained within a run (docs/adr/0014).
 *
 * Memory: two buffers of ST_TXN_LOAD_ROWS rows, some 70 bytes a row and the texts of references and
 * numbers; the ids of all customers, and of all accounts when the source names any; 2 bytes for
 * each number of the file.
 */
#ifndef ST_INGEST_TXN_LOAD_H
#define ST_INGEST_TXN_LOAD_H

#include "ingest/mapping.h"
#include "ingest/reason.h"
#include "ingest/stage.h"

enum { ST_TXN_LOAD_ROWS = 2 * 1024 * 1024 };

struct st_txn_load;

struct st_txn_load_options {
    struct st_store *store; /* in a transaction; stage_owner is filled when `account` */
    int64_t load_id;
    bool account, customer, id; /* columns that the source maps */
    int64_t rows_about;         /* with `id`: how many rows to expect */
    size_t run_rows;            /* 0: ST_TXN_LOAD_ROWS; at most that, at least ST_STAGE_ROWS */
    /* A row that cannot be loaded; `column` is txn's, `value` what it held. */
    st_code (*reject)(void *context, int64_t line, enum st_reason reason, const char *column,
        struct st_text_cell value, struct st_error *err);
    void *context;
};

/* Reads the store's keys. Freed by close, also when this fails. */
ST_MUST_CHECK st_code st_txn_load_open(
    const struct st_txn_load_options *options, struct st_txn_load **out, struct st_error *err);

/* A st_stage_sink_fn of rows staged as stage_txn would hold them. */
ST_MUST_CHECK st_code st_txn_load_take(void *load, const struct st_stage_column *columns,
    const struct st_batch *batch, struct st_error *err);

/* Writes what is left and frees, also after an error; NULL is fine. `keep`: false drops it. */
ST_MUST_CHECK st_code st_txn_load_close(struct st_txn_load *load, bool keep, struct st_error *err);

#endif
