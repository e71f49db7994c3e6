/* A mapping: which source file and column feeds which table (mappings/README.md has the format).
 *
 * Reading a mapping checks everything that can be known without a source file: keys, tables,
 * columns, types, currencies, and that every expression parses. Column names of the sources are
 * checked when a file's header is read.
 */
#ifndef ST_INGEST_MAPPING_H
#define ST_INGEST_MAPPING_H

#include "base/hash.h"
#include "expr/expr.h"
#include "ingest/csv.h"
#include "ingest/target.h"

enum {
    ST_MAPPING_SOURCES_MAX = 256,
    ST_MAPPING_ATTRIBUTES_MAX = 256,
    ST_CURRENCY_EXPONENT_MAX = 4, /* of which src/metric/rows.c converts every one exactly */
};

enum st_attribute_type {
    ST_ATTRIBUTE_TEXT,
    ST_ATTRIBUTE_NUMBER, /* scale 8 */
    ST_ATTRIBUTE_INTEGER,
    ST_ATTRIBUTE_MONEY, /* minor units of the mapping's currency */
    ST_ATTRIBUTE_DATE,
    ST_ATTRIBUTE_BOOLEAN,
};

extern const char *const st_attribute_type_names[]; /* NULL-terminated */

struct st_mapping_attribute {
    const char *name;
    int type; /* enum st_attribute_type */
    const struct st_expr *value;
    const struct st_node *node;
};

/* One table a source feeds. */
struct st_mapping_load {
    enum st_target_table table;
    const struct st_node *node;
    const struct st_expr
        *values[ST_TARGET_COLUMNS_MAX]; /* by column of the table; NULL: unmapped */
    struct st_mapping_attribute *attributes;
    size_t attribute_count;
    bool create_customers; /* txn */
    bool close_nearest;    /* balance */
};

struct st_mapping_source {
    const char *name;
    const char *file; /* name or glob */
    const struct st_node *node;
    struct st_csv_format format;
    const struct st_expr *where;   /* NULL: all rows */
    struct st_mapping_load *loads; /* in the order of enum st_target_table */
    size_t load_count;
};

struct st_mapping_lookup {
    const char *name;
    const char *file;
    const char *key; /* a column of the file */
    const struct st_node *node;
    struct st_csv_format format;
    const struct st_expr *where;
};

struct st_mapping_currency {
    const char *code;
    int exponent;
};

struct st_mapping {
    const char *path;
    char hash[ST_HASH_HEX_SIZE]; /* of the file's bytes */
    const char *name;
    struct st_text title;
    const char *currency;
    int exponent; /* of `currency` */
    struct st_mapping_currency *currencies;
    size_t currency_count;
    bool manifest_required;
    bool uses_as_of;      /* some expression asks for as_of(), the day the files are of */
    int64_t refuse_above; /* scale 8 */
    struct st_mapping_lookup *lookups;
    size_t lookup_count;
    struct st_mapping_source *sources;
    size_t source_count;
};

/* Reads a mapping into `arena`. Errors: ST_E_NOT_FOUND, ST_E_IO, ST_E_POLICY with file, line,
 * column, what is allowed and a hint. */
ST_MUST_CHECK st_code st_mapping_load(
    struct st_arena *arena, const char *path, const struct st_mapping **out, struct st_error *err);

/* The exponent the mapping gives the code, else ISO 4217's; −1 when unknown. */
int st_mapping_exponent(const struct st_mapping *mapping, const char *code, size_t len);

const struct st_mapping_source *st_mapping_source(
    const struct st_mapping *mapping, const char *name);

#endif
