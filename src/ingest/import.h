/* Import: files → mapping → validated rows in the store, or in quarantine with their reason.
 *
 * One st_import is one transaction: it leaves the store as it was or with everything loaded, also
 * when the process dies. Each file is one load. For every file
 *     read = loaded + unchanged + skipped + quarantined.
 */
#ifndef ST_INGEST_IMPORT_H
#define ST_INGEST_IMPORT_H

#include "ingest/reason.h"
#include "store/store.h"

enum { ST_QUARANTINE_RAW_MAX = 4096 };

typedef void st_import_progress_fn(
    void *context, int64_t bytes_done, int64_t bytes_total, int64_t rows);

struct st_import_options {
    const char *mapping;
    const char *const *paths; /* folders or files; none: the mapping's folder */
    size_t path_count;
    const char *manifest; /* NULL: manifest.yaml in a folder given, if there is one */
    const char *fix_file; /* corrected records of an export; with fix_source, and no paths */
    const char *fix_source;
    const st_date *as_of;            /* the day the files are of; NULL: the manifest's, if any */
    const char *loaded_at;           /* UTC, as text: the caller's clock */
    st_import_progress_fn *progress; /* NULL: none */
    void *progress_context;
};

struct st_import_reason {
    const char *code; /* of ingest/reason.h */
    int64_t rows;
};

struct st_import_file {
    const char *source;
    const char *file;
    const char *hash;
    int64_t load_id;
    bool already_loaded; /* nothing done; the counts are those of load_id */
    int64_t rows_read;
    int64_t rows_loaded; /* new or corrected */
    int64_t rows_unchanged;
    int64_t rows_skipped;
    int64_t rows_quarantined;
    struct st_import_reason *reasons; /* most frequent first */
    size_t reason_count;
};

struct st_import_report {
    const char *mapping;
    const char *manifest; /* NULL: none */
    bool has_as_of;
    st_date as_of; /* the manifest's, or the options' */
    struct st_import_file *files;
    size_t file_count;
    const char **sources_without_file;
    size_t sources_without_file_count;
    int64_t rows_fixed; /* quarantined records closed by a fix */
};

/* Imports; the report is in `arena`. Errors leave the store untouched: the mapping's and manifest's
 * own; ST_E_NOT_FOUND, ST_E_IO for files; ST_E_DATA for a file refused as a whole (not UTF-8,
 * short, long, a sum that differs, too many rows quarantined); ST_E_CONFLICT for a currency or
 * attribute declared otherwise before; the store's. */
ST_MUST_CHECK st_code st_import(struct st_store *store, struct st_arena *arena,
    const struct st_import_options *options, struct st_import_report *report, struct st_error *err);

/* --- quarantine --- */

struct st_quarantine_query {
    const char *source; /* NULL: all */
    const char *reason; /* NULL: all */
    int64_t load_id;    /* 0: all */
    bool resolved_too;
    int64_t after; /* ids above this one */
    int64_t limit; /* 0: 100 */
};

struct st_quarantine_record {
    int64_t id, load_id, line;
    const char *source, *file, *reason;
    const char *column, *value; /* NULL: the record as a whole */
    struct st_text message;
    const char *raw;
    int64_t resolved_load; /* 0: open */
};

/* Records by id, in `arena`. */
ST_MUST_CHECK st_code st_quarantine_list(struct st_store *store, struct st_arena *arena,
    const struct st_quarantine_query *query, struct st_quarantine_record **records, size_t *count,
    struct st_error *err);

struct st_quarantine_total {
    const char *source, *reason;
    int64_t open, resolved;
};

/* By source and reason, most open first. */
ST_MUST_CHECK st_code st_quarantine_summary(struct st_store *store, struct st_arena *arena,
    struct st_quarantine_total **totals, size_t *count, struct st_error *err);

/* Writes a source's open records to a file, as they stood, under the original header with a first
 * column strata_quarantine_id: correct them there and import it with fix_file. A record that cannot
 * stand in a file as it is (an unclosed quote) is written as one quoted field. `written` gets the
 * number of records. ST_E_NOT_FOUND when the source has none. */
ST_MUST_CHECK st_code st_quarantine_export(struct st_store *store, const char *source,
    const char *path, int64_t *written, struct st_error *err);

/* --- data quality --- */

struct st_quality_column {
    const char *table, *column;
    int64_t rows, missing;
    int64_t distinct; /* −1: not counted, the table is too large for it */
};

struct st_quality_source {
    const char *source;
    int64_t loads, rows_read, rows_loaded, rows_unchanged, rows_skipped, rows_quarantined;
    int64_t open; /* quarantined records not yet resolved */
    bool has_as_of;
    st_date as_of;
};

struct st_quality {
    struct st_quality_column *columns;
    size_t column_count;
    struct st_quality_source *sources;
    size_t source_count;
    struct st_quarantine_total *reasons;
    size_t reason_count;
    int64_t customers, customers_without_account;
    int64_t accounts, accounts_without_balance, accounts_without_holder;
};

/* What is in force, counted; in `arena`. Cost: one scan of every table. */
ST_MUST_CHECK st_code st_quality(
    struct st_store *store, struct st_arena *arena, struct st_quality *out, struct st_error *err);

#endif
