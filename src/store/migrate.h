/* Schema migrations: sql/schema/NNNN_*.sql, applied in order, each in its own transaction unless
 * one is open. */
#ifndef ST_STORE_MIGRATE_H
#define ST_STORE_MIGRATE_H

#include "store/sql_files.h"
#include "store/store.h"

/* The newest schema version this program knows. */
int st_schema_version(void);

/* The store's version: 0 when it holds nothing at all. ST_E_CONFLICT when it holds other tables
 * but is no strata store, ST_E_VERSION when a newer program wrote it. */
ST_MUST_CHECK st_code st_store_schema_version(
    struct st_store *store, int *version, struct st_error *err);

/* Brings an empty or older store to the current version; ST_E_VERSION when it is newer. */
ST_MUST_CHECK st_code st_store_migrate(struct st_store *store, struct st_error *err);

/* The same with another list of files, ended by a NULL path, in order: those named
 * schema/NNNN_*.sql with NNNN above the store's version are applied. */
ST_MUST_CHECK st_code st_store_migrate_files(
    struct st_store *store, const struct st_sql_file *files, struct st_error *err);

#endif
