/* Reads a YAML map by a parameter table (base/param.h) into the struct the table describes. */
#ifndef ST_EXPR_PARAMS_H
#define ST_EXPR_PARAMS_H

#include "base/param.h"
#include "expr/expr.h"

enum { ST_WINDOW_COUNT_MAX = 1200, ST_TITLES_MAX = 40 };

/* Span of time a metric looks at; resolved against as_of in metric/window.h. */
enum st_window_kind {
    ST_WINDOW_ALL,      /* all history up to as_of */
    ST_WINDOW_TRAILING, /* `count` days or weeks ending on as_of */
    ST_WINDOW_CALENDAR, /* this calendar month/quarter/year and count − 1 before, to as_of */
    ST_WINDOW_PREVIOUS, /* the `count` complete months/quarters/years before this one */
    ST_WINDOW_TO_DATE,  /* month_to_date, quarter_to_date, year_to_date */
};

struct st_window {
    enum st_window_kind kind;
    int count;
    enum st_duration_unit unit;
};

/* "30 days", "1 month", "12 months", "previous 3 months", "year_to_date", "all"; units in Chinese
 * too ("12个月"). "previous month" is one. Returns false when the text is none of these or the
 * count is outside 1..ST_WINDOW_COUNT_MAX. */
bool st_window_parse(const char *text, struct st_window *window);
/* Canonical text of a window into `out`. */
void st_window_print(struct st_str *out, const struct st_window *window);

/* Fills `out` (zeroed by the caller) from `map`; NULL is an empty map. Unknown key → error with the
 * nearest name; missing required key, wrong shape, out of range → error at the node with the
 * allowed values. Rows not given get their default_text. */
ST_MUST_CHECK st_code st_params_read(struct st_arena *arena, const struct st_param *table,
    const struct st_node *map, void *out, struct st_error *err);

/* One title node: text, or {zh:, en:}. Missing language falls back to the other. */
ST_MUST_CHECK st_code st_title_read(
    struct st_arena *arena, const struct st_node *node, struct st_text *out, struct st_error *err);

#endif
