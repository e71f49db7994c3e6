#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_status;
    int http_status;
} code_info[] = {
#define ST_CODE_ROW(code, exit_status, http_status, name) [code] = {name, exit_status, http_status},
    ST_CODES(ST_CODE_ROW)
#undef ST_CODE_ROW
};

static const struct st_text label_value = {"value", "值"};
static const struct st_text label_allowed = {"allowed", "允许"};
static const struct st_text label_hint = {"hint", "提示"};
static const struct st_text label_error = {"error", "错误"};
static const struct st_text label_in = {"in", "位置"};

static const char *pick(const struct st_text *text, enum st_lang lang)
{
    return lang == ST_LANG_ZH ? text->zh : text->en;
}

void st_error_clear(struct st_error *err)
{
    if (err)
        memset(err, 0, sizeof *err);
}

/* Cuts a truncated UTF-8 text back to a whole character. */
static void trim_partial_utf8(char *text, size_t cap)
{
    size_t len = strlen(text);
    if (len + 1 < cap)
        return;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
        len--;
    text[len] = '\0';
}

#define FORMAT_INTO(buffer, fmt, last)                                                             \
    do {                                                                                           \
        va_list args_;                                                                             \
        va_start(args_, last);                                                                     \
        vsnprintf((buffer), sizeof(buffer), (fmt), args_);                                         \
        va_end(args_);                                                                             \
        trim_partial_utf8((buffer), sizeof(buffer));                                               \
    } while (0)

st_code st_error_set(struct st_error *err, st_code code, const char *c_file, int c_line,
    const char *en, const char *zh, ...)
{
    if (!err)
        return code;
    if (err->code != ST_OK)
        return err->code;
    err->code = code;
    err->c_file = c_file;
    err->c_line = c_line;
    FORMAT_INTO(err->message[ST_LANG_EN], en, zh);
    FORMAT_INTO(err->message[ST_LANG_ZH], zh, zh);
    return code;
}

void st_error_at(struct st_error *err, const char *source, int line, int column)
{
    if (!err || err->code == ST_OK || err->line > 0)
        return;
    if (source && !err->source[0])
        snprintf(err->source, sizeof err->source, "%s", source);
    err->line = line;
    err->column = column;
}

void st_error_path(struct st_error *err, const char *fmt, ...)
{
    if (err && err->code != ST_OK && !err->path[0])
        FORMAT_INTO(err->path, fmt, fmt);
}

void st_error_value(struct st_error *err, const char *fmt, ...)
{
    if (err && err->code != ST_OK && !err->value[0])
        FORMAT_INTO(err->value, fmt, fmt);
}

void st_error_allowed(struct st_error *err, const char *en, const char *zh, ...)
{
    if (!err || err->code == ST_OK || err->allowed[ST_LANG_EN][0])
        return;
    FORMAT_INTO(err->allowed[ST_LANG_EN], en, zh);
    FORMAT_INTO(err->allowed[ST_LANG_ZH], zh, zh);
}

void st_error_hint(struct st_error *err, const char *en, const char *zh, ...)
{
    if (!err || err->code == ST_OK || err->hint[ST_LANG_EN][0])
        return;
    FORMAT_INTO(err->hint[ST_LANG_EN], en, zh);
    FORMAT_INTO(err->hint[ST_LANG_ZH], zh, zh);
}

struct st_text st_error_system(int number)
{
    static const struct {
        int number;
        struct st_text text;
    } known[] = {
        {ENOENT, {"No such file or directory", "没有这个文件或目录"}},
        {ENOTDIR, {"Not a directory", "不是目录"}},
        {EISDIR, {"Is a directory", "是目录，不是文件"}},
        {EACCES, {"Permission denied", "没有权限"}},
        {EEXIST, {"File exists", "文件已经存在"}},
        {ENOSPC, {"No space left on device", "磁盘已满"}},
        {EROFS, {"Read-only file system", "文件系统只读"}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].number == number)
            return known[i].text;
    const char *text = strerror(number);
    return (struct st_text){text, text};
}

const char *st_code_name(st_code code)
{
    return code_info[code].name;
}

int st_code_exit_status(st_code code)
{
    return code_info[code].exit_status;
}

int st_code_http_status(st_code code)
{
    return code_info[code].http_status;
}

/* Columns a terminal gives to the character at `p`: wide for CJK, none for a continuation byte. */
static int display_width(const char *p)
{
    unsigned char c = (unsigned char)*p;
    if ((c & 0xC0) == 0x80)
        return 0;
    return c >= 0xE3 && c < 0xF0 ? 2 : 1;
}

static void print_caret(FILE *out, const char *line_text, int column)
{
    int at = 1;
    const char *p = line_text;
    for (; *p && at < column; p++) {
        if (*p == '\t')
            fputc('\t', out);
        else
            fprintf(out, "%*s", display_width(p), "");
        at += (p[1] & 0xC0) != 0x80;
    }
    fputs("^\n", out);
}

/* Bytes of the UTF-8 character at `p`, 0 for what is none. */
static size_t character_bytes(const char *p)
{
    unsigned char c = (unsigned char)*p;
    size_t len = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

/* Control characters and bytes that are no UTF-8 would upset the terminal: each becomes a '?'. */
static void make_printable(char *text)
{
    for (char *p = text; *p;) {
        size_t len = character_bytes(p);
        if (len == 0 || (len == 1 && *p != '\t' && ((unsigned char)*p < 0x20 || *p == 0x7F)))
            *p = '?';
        p += len ? len : 1;
    }
}

enum { SHOWN_LINE_MAX = 400 };

static void print_source_line(const struct st_error *err, FILE *out)
{
    FILE *in = err->source[0] && err->line > 0 && err->column > 0 ? fopen(err->source, "rb") : NULL;
    if (!in)
        return;
    char *text = NULL;
    size_t cap = 0;
    ssize_t len = 0;
    for (int line = 0; line < err->line && len >= 0; line++)
        len = getline(&text, &cap, in);
    fclose(in);
    if (len > 0 && len <= SHOWN_LINE_MAX) {
        text[strcspn(text, "\r\n")] = '\0';
        make_printable(text);
        fprintf(out, "%6d | %s\n       | ", err->line, text);
        print_caret(out, text, err->column);
    }
    free(text);
}

void st_error_print(const struct st_error *err, enum st_lang lang, FILE *out)
{
    if (err->source[0]) {
        fputs(err->source, out);
        if (err->line > 0)
            fprintf(out, ":%d", err->line);
        if (err->column > 0)
            fprintf(out, ":%d", err->column);
        fputs(": ", out);
    }
    fprintf(out, "%s: %s\n", pick(&label_error, lang), err->message[lang]);
    print_source_line(err, out);
    if (err->path[0])
        fprintf(out, "  %s: %s\n", pick(&label_in, lang), err->path);
    if (err->value[0])
        fprintf(out, "  %s: %s\n", pick(&label_value, lang), err->value);
    if (err->allowed[lang][0])
        fprintf(out, "  %s: %s\n", pick(&label_allowed, lang), err->allowed[lang]);
    if (err->hint[lang][0])
        fprintf(out, "  %s: %s\n", pick(&label_hint, lang), err->hint[lang]);
    if (err->code == ST_E_INTERNAL)
        fprintf(out, "  %s:%d\n", err->c_file, err->c_line);
}

_Noreturn void st_die_no_memory(size_t bytes)
{
    fprintf(stderr, "strata: error: out of memory (asked for %zu bytes) 内存不足\n", bytes);
    exit(1);
}
