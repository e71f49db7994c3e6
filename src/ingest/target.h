/* What a mapping can load: every canonical table and column, one row each.
 *
 * The rows drive reading `load:`, the "did you mean", conversion, the staging tables (a staging
 * table has `line` and the table's columns in this order) and the reference in mappings/README.md.
 */
#ifndef ST_INGEST_TARGET_H
#define ST_INGEST_TARGET_H

#include "base/error.h"
#include "ir/type.h"

/* Order is the order of loading within one source row: what others refer to comes first. */
enum st_target_table {
    ST_TARGET_BRANCH,
    ST_TARGET_PRODUCT,
    ST_TARGET_FX_RATE,
    ST_TARGET_CONTROL_TOTAL,
    ST_TARGET_CUSTOMER,
    ST_TARGET_CUSTOMER_CHANGE, /* alone in its source */
    ST_TARGET_HOUSEHOLD_MEMBER,
    ST_TARGET_ACCOUNT,
    ST_TARGET_ACCOUNT_HOLDER,
    ST_TARGET_BALANCE,
    ST_TARGET_TXN,
    ST_TARGET_STANDING_ORDER,
    ST_TARGET_COUNT,
};

enum st_target_type {
    ST_TARGET_ID,       /* text, at most ST_TARGET_ID_MAX bytes, a key of the source */
    ST_TARGET_TEXT,     /* text, at most ST_TARGET_TEXT_MAX bytes */
    ST_TARGET_CHOICE,   /* text, one of `choices` */
    ST_TARGET_CURRENCY, /* three letters with a known exponent */
    ST_TARGET_DATE,
    ST_TARGET_BOOL, /* true/false, yes/no, y/n, 1/0, 是/否 */
    ST_TARGET_INTEGER,
    ST_TARGET_MONEY, /* exact, at the exponent of the row's, account's or mapping's currency */
    ST_TARGET_RATE,  /* scale 8; text may end in % */
    ST_TARGET_SHARE, /* a fraction of one, stored in basis points: 100% or 1 is 10,000 */
    ST_TARGET_ATTRIBUTES,
};

enum {
    ST_TARGET_ID_MAX = 256,
    ST_TARGET_TEXT_MAX = 4096,
    ST_TARGET_COLUMNS_MAX = 16, /* of one table */
};

struct st_target {
    enum st_target_table table;
    const char *column;
    enum st_target_type type;
    bool required;              /* must be mapped, and have a value in every row */
    bool filled;                /* when mapped, must have a value in every row */
    const char *default_text;   /* the value of a new row when the column is not mapped */
    const char *const *choices; /* CHOICE: NULL-terminated */
    struct st_text help;
};

extern const struct st_target st_targets[]; /* grouped by table; ends with a NULL column */

/* "txn"; NULL past the last. */
const char *st_target_table_name(enum st_target_table table);
/* −1 when there is no such table. */
int st_target_table_find(const char *name);
/* The rows of one table. */
const struct st_target *st_target_columns(enum st_target_table table, size_t *count);
/* NULL when the table has no such column. */
const struct st_target *st_target_find(enum st_target_table table, const char *column);
/* How the staging table holds it. */
enum st_ir_type st_target_ir_type(enum st_target_type type);

#endif
