/* Exports: published tiers and their metric values as CSV, Parquet or an Excel workbook.
 *
 * Rows are ordered by scheme, date and the customer number's bytes, so the same tiers give the
 * same bytes on every store. The file appears whole or not at all.
 */
#ifndef ST_RUN_EXPORT_H
#define ST_RUN_EXPORT_H

#include "run/read.h"

enum st_export_format { ST_EXPORT_CSV, ST_EXPORT_PARQUET, ST_EXPORT_XLSX };
enum st_export_what { ST_EXPORT_TIERS, ST_EXPORT_METRICS };

struct st_export_options {
    enum st_export_what what;
    enum st_export_format format;
    bool plain;           /* CSV for programs: no byte-order mark, no guard against formulas */
    enum st_lang lang;    /* XLSX: of the headings */
    const char *scheme;   /* NULL for all; METRICS: of the runs that published it */
    const st_date *from;  /* NULL: no lower bound … */
    const st_date *as_of; /* … and NULL here too: the latest period of each scheme */
    const char *path;
};

/* `rows` gets how many were written. Tiers have the columns as_of, scheme, customer_id, status,
 * tier, its title in both languages, rule, score, then, where a scheme has moves or the
 * store overrides, what the values earn, how the tier is held,
 * failing days, the pending tier, since, valid_until, watch_since, why and the override; where rule
 * is the method's own number of what decided (src/method/README.md: rfm's cell 343, a band's
 * position); metrics have as_of, customer_id, status and one column per metric, values as people
 * write them (money with its decimals). ST_E_NOT_FOUND: nothing published for the scheme or dates.
 */
ST_MUST_CHECK st_code st_export(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *options, int64_t *rows, struct st_error *err);

#endif
