/* Growing text buffer, always NUL-terminated.
 *
 * struct st_str s = ST_STR_INIT; st_str_add…; use s.text; st_str_release.
 */
#ifndef ST_BASE_STR_H
#define ST_BASE_STR_H

#include "base/error.h"

#include <stdint.h>

struct st_str {
    char *text; /* never NULL to readers: "" before the first byte */
    size_t len;
    size_t cap; /* 0 while `text` is the shared empty string */
};

extern char st_str_empty[1];
#define ST_STR_INIT                                                                                \
    {                                                                                              \
        st_str_empty, 0, 0                                                                         \
    }

void st_str_release(struct st_str *s);
void st_str_reset(struct st_str *s); /* empties, keeps the memory */
void st_str_add(struct st_str *s, const char *text);
void st_str_add_len(struct st_str *s, const char *text, size_t len);
void st_str_add_char(struct st_str *s, char c);
/* `word` as a shell takes it: as it is, or in quotes. free() it. */
char *st_shell_word(const char *word);
void st_str_addf(struct st_str *s, const char *fmt, ...) ST_PRINTF(2, 3);

/* The whole file as text; at most `cap` bytes (ST_E_LIMIT above). Error: what, path, errno. */
ST_MUST_CHECK st_code st_str_read_file(
    struct st_str *s, const char *path, size_t cap, struct st_error *err);

/* Full-width ASCII (U+FF01..U+FF5E), the no-break and the ideographic blank and the minus sign
 * U+2212 as their ASCII forms; all else stays. `out` holds `len` bytes and may be `text`; returns
 * how many were written. */
size_t st_fold_width(const char *text, size_t len, char *out);

/* Edit distance (Levenshtein), bounded: anything above `limit` returns limit + 1. */
size_t st_str_distance(const char *a, const char *b, size_t limit);

/* The candidate nearest to `word` for a "did you mean", or NULL if none is near enough. */
const char *st_str_nearest(const char *word, const char *const *candidates, size_t count);

#endif
