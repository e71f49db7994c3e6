/* Spans of time: units of durations, and the windows metrics look at. */
#include "expr/internal.h"
#include "expr/params.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct unit {
    const char *singular, *plural;
    const char *zh[4];
} units[] = {
    [ST_DAYS] = {"day", "days", {"天", "日"}},
    [ST_WEEKS] = {"week", "weeks", {"周", "个星期"}},
    [ST_MONTHS] = {"month", "months", {"个月", "月"}},
    [ST_QUARTERS] = {"quarter", "quarters", {"个季度", "季度", "季"}},
    [ST_YEARS] = {"year", "years", {"年"}},
};

enum { UNIT_COUNT = sizeof units / sizeof units[0], ZH_COUNT = 4 };

static bool same_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

bool st_duration_unit_parse(const char *text, size_t len, enum st_duration_unit *unit)
{
    for (int i = 0; i < UNIT_COUNT; i++) {
        bool found =
            same_word(text, len, units[i].singular) || same_word(text, len, units[i].plural);
        for (int j = 0; j < ZH_COUNT && units[i].zh[j] && !found; j++)
            found = same_word(text, len, units[i].zh[j]);
        if (found) {
            *unit = (enum st_duration_unit)i;
            return true;
        }
    }
    return false;
}

const char *st_duration_unit_name(enum st_duration_unit unit, int64_t count)
{
    return count == 1 ? units[unit].singular : units[unit].plural;
}

/* --- windows --- */

static const struct {
    const char *name;
    struct st_window window;
} named_windows[] = {
    {"all", {ST_WINDOW_ALL, 0, ST_DAYS}},
    {"month_to_date", {ST_WINDOW_TO_DATE, 1, ST_MONTHS}},
    {"quarter_to_date", {ST_WINDOW_TO_DATE, 1, ST_QUARTERS}},
    {"year_to_date", {ST_WINDOW_TO_DATE, 1, ST_YEARS}},
};

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\n')
        p++;
    return p;
}

/* A count of 1..ST_WINDOW_COUNT_MAX, or false. */
static bool take_count(const char **text, int *count)
{
    const char *p = *text;
    int value = 0;
    while (isdigit((unsigned char)*p) && value <= ST_WINDOW_COUNT_MAX)
        value = value * 10 + (*p++ - '0');
    *text = p;
    *count = value;
    return value >= 1 && value <= ST_WINDOW_COUNT_MAX;
}

static bool take_previous(const char **text)
{
    static const char word[] = "previous";
    size_t len = sizeof word - 1;
    if (strncasecmp(*text, word, len) != 0 || (*text)[len] != ' ')
        return false;
    *text = skip_blanks(*text + len);
    return true;
}

bool st_window_parse(const char *text, struct st_window *window)
{
    const char *p = skip_blanks(text);
    size_t len = strlen(p);
    while (len > 0 && (p[len - 1] == ' ' || p[len - 1] == '\n'))
        len--;
    for (size_t i = 0; i < sizeof named_windows / sizeof named_windows[0]; i++)
        if (same_word(p, len, named_windows[i].name)) {
            *window = named_windows[i].window;
            return true;
        }
    const char *end = p + len;
    struct st_window w = {.count = 1};
    bool previous = take_previous(&p);
    if ((!previous || isdigit((unsigned char)*p)) && !take_count(&p, &w.count))
        return false;
    p = skip_blanks(p);
    if (p > end || !st_duration_unit_parse(p, (size_t)(end - p), &w.unit))
        return false;
    bool trailing = w.unit == ST_DAYS || w.unit == ST_WEEKS;
    if (previous && trailing)
        return false;
    w.kind = previous ? ST_WINDOW_PREVIOUS : trailing ? ST_WINDOW_TRAILING : ST_WINDOW_CALENDAR;
    *window = w;
    return true;
}

void st_window_print(struct st_str *out, const struct st_window *window)
{
    for (size_t i = 0; i < sizeof named_windows / sizeof named_windows[0]; i++) {
        const struct st_window *named = &named_windows[i].window;
        if (named->kind == window->kind &&
            (named->kind == ST_WINDOW_ALL || named->unit == window->unit)) {
            st_str_add(out, named_windows[i].name);
            return;
        }
    }
    st_str_addf(out, "%s%d %s", window->kind == ST_WINDOW_PREVIOUS ? "previous " : "",
        window->count, st_duration_unit_name(window->unit, window->count));
}
