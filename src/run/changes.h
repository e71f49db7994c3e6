/* Files of tier changes for channels, with control totals and acknowledgement (docs/changes.md).
 *
 * A file tells whoever's tier differs from what the channel acknowledged. What was told is kept, so
 * an acknowledgement, and a file that repeats what was never acknowledged, know it to the row.
 */
#ifndef ST_RUN_CHANGES_H
#define ST_RUN_CHANGES_H

#include "run/export.h"

struct st_change_options {
    const char *scheme;
    const st_date *as_of; /* NULL: the latest day published */
    const st_date *from;  /* compare with this day's run; NULL: with what was acknowledged */
    enum st_export_format format;
    bool plain;
    enum st_lang lang;
    const char *path; /* the file; its control totals go to path + ".control.json" */
    const char *now;  /* UTC, as text: the caller's clock */
};

struct st_change_count {
    const char *from, *to; /* codes; "" for no tier */
    int64_t now, pending;  /* rows */
    int64_t repeated, corrected;
};

struct st_change_file {
    int64_t sequence;
    const char *scheme;
    st_date as_of;
    int64_t run_id;
    const char *policy_hash;
    int64_t rows, customers;
    const char *hash;                          /* SHA-256 of the file */
    const char *sent_at, *acked_at, *acked_by; /* acked: NULL while it is not */
    int64_t rejected;
    struct st_change_count *counts; /* of a file just written */
    size_t count_count;
};

/* Writes the next file and notes what it told. The file and its control totals appear after the
 * store has noted them, or not at all. ST_E_NOT_FOUND: no such scheme or run. */
ST_MUST_CHECK st_code st_change_write(struct st_store *store, struct st_arena *arena,
    const struct st_change_options *options, struct st_change_file *out, struct st_error *err);

struct st_change_receipt {
    int64_t sequence;
    const char *by;
    const char *now;
    const char *control;  /* the channel's control totals, a JSON file; NULL: see rows */
    int64_t rows;         /* rows that the channel counted; −1: not given */
    const char *rejected; /* file of customer numbers that it did not take; NULL: none */
};

/* ST_E_CONFLICT: totals that differ from what was sent, a later file already acknowledged, or this
 * one; ST_E_NOT_FOUND: no such file; ST_E_DATA: a rejected customer who is not in it. */
ST_MUST_CHECK st_code st_change_ack(struct st_store *store, struct st_arena *arena,
    const struct st_change_receipt *receipt, struct st_change_file *out, struct st_error *err);

/* Files sent, newest first; of one scheme unless NULL. */
ST_MUST_CHECK st_code st_change_list(struct st_store *store, struct st_arena *arena,
    const char *scheme, struct st_change_file **out, size_t *count, struct st_error *err);

#endif
