/* Reading signals: how many hold as of a day, who, and why; as a list or as a file. */
#ifndef ST_RUN_SIGNALS_H
#define ST_RUN_SIGNALS_H

#include "run/export.h"

struct st_signal_query {
    const st_date *as_of;         /* NULL: the latest day published */
    const char *name, *kind;      /* NULL: any */
    const char *branch;           /* the customer's; NULL: any */
    bool only_new;                /* told by this run */
    int64_t limit;                /* rows of the list */
    const char *path;             /* of a file with every row; NULL: none */
    enum st_export_format format; /* of the file */
    bool plain;
    enum st_lang lang;
};

struct st_signal_count {
    const struct st_signal *signal;
    int64_t run_id;
    int64_t holding, fresh; /* under the query's filters */
};

struct st_signal_item {
    struct st_signal_row row;
    int64_t run_id;
    const char *customer, *branch; /* branch NULL: none */
    bool is_new;
    const char *reason[ST_LANG_COUNT];
};

struct st_signal_list {
    st_date as_of;
    struct st_signal_count *counts; /* every signal of the day's policies, in their order */
    size_t count_count;
    struct st_signal_item *items; /* by priority, the customer's bytes, name, account */
    size_t item_count;
    int64_t total; /* that hold under the filters, and rows of the file */
};

/* ST_E_NOT_FOUND: nothing published for the day, no policy of that day has signals, no such
 * signal. */
ST_MUST_CHECK st_code st_read_signals(struct st_store *store, struct st_arena *arena,
    const struct st_signal_query *query, struct st_signal_list *out, struct st_error *err);

#endif
