/* The report: what was published for one day, as data and as one HTML file.
 *
 * st_report_gather reads a store and gives the data (README.md has its shape): aggregates only, no
 * customer's number. st_report_write puts it into a page that needs nothing else: script, styles
 * and charts are inside, and its content security policy lets nothing be fetched.
 */
#ifndef ST_REPORT_REPORT_H
#define ST_REPORT_REPORT_H

#include "run/read.h"

#include <jansson.h>

struct st_report_options {
    const char *scheme;   /* NULL: all that were published for the day */
    const st_date *as_of; /* NULL: the newest day */
    const char *measure;  /* metric whose shares are drawn; NULL: chosen, see st_report_measure */
    const char *title;    /* NULL: the page's own */
};

/* `out` gets a new object; the caller owns it. ST_E_NOT_FOUND: nothing published, no such scheme,
 * day or metric. Cost: one pass over the day's tiers and metrics per scheme, two sorts of a value,
 * one scan of every table for data quality. */
ST_MUST_CHECK st_code st_report_gather(struct st_store *store, struct st_arena *arena,
    const struct st_report_options *options, json_t **out, struct st_error *err);

/* Writes the page, opening in `lang`; the file appears whole or not at all. `bytes` gets its size.
 * The same data gives the same bytes. ST_E_IO. */
ST_MUST_CHECK st_code st_report_write(struct st_arena *arena, const json_t *data, enum st_lang lang,
    const char *path, int64_t *bytes, struct st_error *err);

#endif
