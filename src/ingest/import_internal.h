/* What import.c and import_file.c share. */
#ifndef ST_INGEST_IMPORT_INTERNAL_H
#define ST_INGEST_IMPORT_INTERNAL_H

#include "ingest/files.h"
#include "ingest/import.h"
#include "ingest/lookup.h"
#include "ingest/manifest.h"

struct st_importer {
    struct st_store *store;
    struct st_arena *arena; /* of the report */
    const struct st_import_options *options;
    struct st_import_report *report;
    const struct st_mapping *mapping;
    char mapping_hash[ST_HASH_HEX_SIZE]; /* with as_of where the mapping asks for it */
    const struct st_manifest *manifest;  /* NULL: none */
    struct st_lookup **lookups;
    int64_t next_load;
    int64_t bytes_before, bytes_total; /* for progress */
    int64_t rows_before;
};

/* Loads one file of one source: stage, check, apply, account for every row. */
ST_MUST_CHECK st_code st_import_file(struct st_importer *importer,
    const struct st_files_entry *entry, struct st_import_file *out, struct st_error *err);

/* The code is in table currency with this exponent from now on; ST_E_CONFLICT when it was there
 * with another. */
ST_MUST_CHECK st_code st_import_currency(
    struct st_store *store, const char *code, int exponent, struct st_error *err);

/* At most ST_QUARANTINE_RAW_MAX bytes of `raw`, as text that any store takes: what is no UTF-8, and
 * zero bytes, become U+FFFD. */
const char *st_import_clean(struct st_str *out, struct st_slice raw);

#endif
