/* Parameter tables: one row says everything about one key of a document.
 *
 * The same row drives reading YAML, the "did you mean" of an unknown key, range messages, command
 * help and the reference pages in docs/. A table ends with a row whose name is NULL.
 */
#ifndef ST_BASE_PARAM_H
#define ST_BASE_PARAM_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum st_param_type {
    ST_PARAM_BOOL,    /* bool */
    ST_PARAM_INT,     /* int64_t, within min..max */
    ST_PARAM_DECIMAL, /* int64_t at scale 8, within min..max (given at scale 8) */
    ST_PARAM_TEXT,    /* const char * */
    ST_PARAM_NAME,    /* const char *: letters, digits, _; a key others refer to */
    ST_PARAM_DATE,    /* st_date */
    ST_PARAM_CHOICE,  /* int: index into `choices` */
    ST_PARAM_TITLE,   /* struct st_text: {zh:, en:} or one text for both */
    ST_PARAM_TITLES,  /* struct st_texts: a list of such */
    ST_PARAM_EXPR,    /* struct st_expr *, parsed, not yet typed */
    ST_PARAM_WINDOW,  /* struct st_window */
    ST_PARAM_NODE,    /* const struct st_node *: read by the owner of the table */
};

struct st_param {
    const char *name;
    enum st_param_type type;
    bool required;
    size_t offset;            /* into the struct the table describes */
    const char *default_text; /* as a user would write it; NULL: zeroed */
    int64_t min, max;         /* INT and DECIMAL; both 0: unbounded */
    const char *unit;
    const char *const *choices; /* CHOICE: NULL-terminated */
    struct st_text help;
};

#define ST_PARAM_END                                                                               \
    {                                                                                              \
        .name = NULL                                                                               \
    }

#endif
