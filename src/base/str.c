#include "base/str.h"

#include "base/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

char st_str_empty[1] = "";

static void grow(struct st_str *s, size_t extra)
{
    size_t need = s->len + extra + 1;
    if (need <= s->cap)
        return;
    size_t cap = s->cap ? s->cap : 64;
    while (cap < need)
        cap *= 2;
    s->text = st_realloc(s->cap ? s->text : NULL, cap);
    s->text[s->len] = '\0';
    s->cap = cap;
}

void st_str_release(struct st_str *s)
{
    if (s->cap)
        free(s->text);
    *s = (struct st_str)ST_STR_INIT;
}

void st_str_reset(struct st_str *s)
{
    s->len = 0;
    if (s->cap)
        s->text[0] = '\0';
}

void st_str_add_len(struct st_str *s, const char *text, size_t len)
{
    grow(s, len);
    memcpy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len] = '\0';
}

void st_str_add(struct st_str *s, const char *text)
{
    st_str_add_len(s, text, strlen(text));
}

void st_str_add_char(struct st_str *s, char c)
{
    st_str_add_len(s, &c, 1);
}

char *st_shell_word(const char *word)
{
    struct st_str s = ST_STR_INIT;
    bool plain = *word && !word[strcspn(word, " \t\n'\"\\$`&|;<>()*?[]{}#~!")];
    st_str_add(&s, plain ? "" : "'");
    for (const char *p = word; *p; p++)
        if (*p == '\'')
            st_str_add(&s, "'\\''");
        else
            st_str_add_char(&s, *p);
    st_str_add(&s, plain ? "" : "'");
    return s.text;
}

void st_str_addf(struct st_str *s, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len > 0) {
        grow(s, (size_t)len);
        vsnprintf(s->text + s->len, (size_t)len + 1, fmt, again);
        s->len += (size_t)len;
    }
    va_end(again);
}

st_code st_str_read_file(struct st_str *s, const char *path, size_t cap, struct st_error *err)
{
    FILE *in = fopen(path, "rb");
    st_code code = ST_OK;
    if (!in)
        goto io_error;
    char chunk[16 * 1024];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, in)) > 0) {
        if (s->len + got > cap) {
            code = st_fail(
                err, ST_E_LIMIT, "%s is larger than %zu bytes", "%s 超过 %zu 字节", path, cap);
            goto out;
        }
        st_str_add_len(s, chunk, got);
    }
    if (ferror(in))
        goto io_error;
    goto out;
io_error:
    code = errno == ENOENT ? ST_E_NOT_FOUND : ST_E_IO;
    const struct st_text why = st_error_system(errno);
    st_fail(err, code, "cannot read %s: %s%.0s", "无法读取 %s：%.0s%s", path, why.en, why.zh);
    if (code == ST_E_IO) /* who asked for the file knows what to do when there is none */
        st_error_hint(
            err, "check the path and that you may read the file", "请检查路径以及该文件的读取权限");
out:
    if (in)
        fclose(in);
    return code;
}

enum { WORD_MAX = 64 };

/* The ASCII character that the one at `p` folds to and its bytes; 0: it stays as it is. */
static char fold_character(const unsigned char *p, size_t left, size_t *len)
{
    *len = left >= 3 && p[0] != 0xC2 ? 3 : 2;
    if (left >= 2 && p[0] == 0xC2 && p[1] == 0xA0)
        return ' ';
    if (left < 3)
        return 0;
    unsigned code = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    if (p[0] == 0xEF && code >= 0xFF01 && code <= 0xFF5E)
        return (char)(code - 0xFF01 + '!');
    return p[0] == 0xE3 && code == 0x3000 ? ' ' : p[0] == 0xE2 && code == 0x2212 ? '-' : 0;
}

size_t st_fold_width(const char *text, size_t len, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t width;
        char folded = (unsigned char)text[i] < 0x80
                          ? 0
                          : fold_character((const unsigned char *)text + i, len - i, &width);
        out[n++] = folded ? folded : text[i];
        i += folded ? width : 1;
    }
    return n;
}

size_t st_str_distance(const char *a, const char *b, size_t limit)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX || (la > lb ? la - lb : lb - la) > limit)
        return limit + 1;
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[lb] > limit ? limit + 1 : row[lb];
}

const char *st_str_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t best = strlen(word) / 3 + 1;
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = st_str_distance(word, candidates[i], best);
        if (distance <= best) {
            if (distance < best || !found)
                found = candidates[i];
            best = distance;
        }
    }
    return found;
}
