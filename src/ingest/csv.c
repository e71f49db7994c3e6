/* Splitting: separators and line ends are marks, found as bits of a 64-byte block and taken off
 * one by one (the simdcsv idea, Langdale and Lemire 2019, with SSE2 only). Quotes are no marks: a
 * field is quoted when it begins with the quote, and then memchr looks for its end. The rejected
 * alternative, prefix-XOR over quote bits, cannot go on after a stray quote without losing the rest
 * of the file.
 *
 * A stray quote costs one line: when a quoted field never closes, or is followed by text, the first
 * physical line alone becomes the flawed record, and splitting goes on at the line after it.
 */
#include "ingest/csv.h"

#include "ingest/bytes.h"
#include "ingest/reader.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 };

struct st_csv {
    struct st_reader base;
    struct st_bytes *bytes;
    bool at_end; /* nothing more to read from the file */

    char *buffer; /* ST_CSV_BUFFER bytes and BLOCK readable ones after them */
    const char *pos, *end;
    const char *block; /* the 64 bytes whose marks not yet taken are in `bits` */
    uint64_t bits;

    char *unquoted; /* fields whose doubled quotes were folded, this record's */
    size_t unquoted_len;
    struct st_slice *fields;
    int64_t line;
    struct st_csv_record record;
};

/* --- marks --- */

static uint64_t marks_of(const char *p, char separator)
{
#ifdef __SSE2__
    uint64_t bits = 0;
    const __m128i sep = _mm_set1_epi8(separator), newline = _mm_set1_epi8('\n');
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, sep), _mm_cmpeq_epi8(v, newline));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << (16 * i);
    }
    return bits;
#else
    uint64_t bits = 0;
    for (int i = 0; i < BLOCK; i++)
        bits |= (uint64_t)(p[i] == separator || p[i] == '\n') << i;
    return bits;
#endif
}

/* Marks before `p` are no longer wanted. */
static void seek_marks(struct st_csv *csv, const char *p)
{
    if (!csv->block || p < csv->block || p >= csv->block + BLOCK) {
        csv->block = p;
        csv->bits = p < csv->end ? marks_of(p, csv->base.format.separator) : 0;
    } else {
        csv->bits &= ~UINT64_C(0) << (p - csv->block);
    }
}

/* The next separator or line end; `end` when there is none in the buffer. */
static inline const char *next_mark(struct st_csv *csv)
{
    while (csv->bits == 0) {
        csv->block += BLOCK;
        if (csv->block >= csv->end)
            return csv->end;
        csv->bits = marks_of(csv->block, csv->base.format.separator);
    }
    const char *mark = csv->block + __builtin_ctzll(csv->bits);
    csv->bits &= csv->bits - 1;
    return mark < csv->end ? mark : csv->end;
}

/* --- reading --- */

/* Moves what begins at `from` to the buffer's start and fills the rest. */
static st_code refill(struct st_csv *csv, const char *from, struct st_error *err)
{
    size_t kept = (size_t)(csv->end - from);
    memmove(csv->buffer, from, kept);
    while (!csv->at_end && ST_CSV_BUFFER - kept >= ST_BYTES_ROOM_MIN) {
        size_t got;
        st_code rc = st_bytes_read(csv->bytes, csv->buffer + kept, ST_CSV_BUFFER - kept, &got, err);
        if (rc != ST_OK)
            return rc;
        csv->at_end = got == 0;
        kept += got;
    }
    csv->base.bytes_read = st_bytes_read_so_far(csv->bytes);
    csv->pos = csv->buffer;
    csv->end = csv->buffer + kept;
    memset(csv->buffer + kept, 0, BLOCK);
    csv->block = NULL;
    return ST_OK;
}

/* --- one record --- */

enum scan { SCAN_DONE, SCAN_MORE };

/* The field is quoted and `p` is its first byte after the quote. Sets *after behind the closing
 * quote; false when the buffer ends first. */
static bool scan_quoted(
    struct st_csv *csv, const char *p, struct st_slice *field, const char **after)
{
    const char quote = csv->base.format.quote, *begin = p;
    char *out = NULL;
    for (;;) {
        const char *q = memchr(p, quote, (size_t)(csv->end - p));
        if (!q || (q + 1 == csv->end && !csv->at_end))
            return false;
        bool doubled = q + 1 < csv->end && q[1] == quote;
        if (doubled && !out)
            out = csv->unquoted + csv->unquoted_len;
        if (out) {
            size_t len = (size_t)(q - p) + doubled;
            if (csv->unquoted_len + len > ST_CSV_BUFFER)
                return false;
            memcpy(csv->unquoted + csv->unquoted_len, p, len);
            csv->unquoted_len += len;
        }
        if (!doubled) {
            *field = out ? (struct st_slice){out, (size_t)(csv->unquoted + csv->unquoted_len - out)}
                         : (struct st_slice){begin, (size_t)(q - begin)};
            *after = q + 1;
            return true;
        }
        p = q + 2;
    }
}

/* Splits from `start`. SCAN_MORE: the buffer ended first, outside quotes or inside (*inside). */
static enum scan scan_record(struct st_csv *csv, const char *start, const char **next, bool *inside)
{
    struct st_csv_record *r = &csv->record;
    const char *p = start, *mark;
    bool quotes = false;
    size_t count = 0;
    *inside = false;
    r->flaw = ST_CSV_SOUND;
    csv->unquoted_len = 0;
    seek_marks(csv, start);
    do {
        struct st_slice *field = &csv->fields[count];
        if (csv->base.format.quote && p < csv->end && *p == csv->base.format.quote) {
            const char *after;
            quotes = true;
            if (!scan_quoted(csv, p + 1, field, &after)) {
                *inside = true;
                return SCAN_MORE;
            }
            seek_marks(csv, after);
            mark = next_mark(csv);
            if (mark != after &&
                !(mark < csv->end && mark - after == 1 && *after == '\r' && *mark == '\n') &&
                (mark < csv->end || csv->at_end))
                r->flaw = ST_CSV_BAD_QUOTE;
        } else {
            mark = next_mark(csv);
            *field = (struct st_slice){p, (size_t)(mark - p)};
        }
        if (mark == csv->end && !csv->at_end)
            return SCAN_MORE;
        if (count + 1 < ST_CSV_FIELDS_MAX)
            count++;
        else
            r->flaw = ST_CSV_TOO_LONG;
        p = mark + 1;
    } while (mark < csv->end && *mark != '\n');
    const char *stop = mark;
    if (mark < csv->end && stop > start && stop[-1] == '\r') {
        struct st_slice *last = &csv->fields[count - 1];
        stop--;
        if (last->data + last->len == mark) /* not so when the field was quoted */
            last->len--;
    }
    r->fields = csv->fields;
    r->count = count;
    r->raw = (struct st_slice){start, (size_t)(stop - start)};
    *next = mark < csv->end ? mark + 1 : csv->end;
    if (quotes)
        for (const char *n = start; (n = memchr(n, '\n', (size_t)(stop - n))); n++)
            csv->line++;
    return SCAN_DONE;
}

/* Keeps the first physical line only, with its flaw. */
static void cut_to_line(struct st_csv *csv, const char *start, enum st_csv_flaw flaw)
{
    struct st_csv_record *r = &csv->record;
    const char *newline = memchr(start, '\n', (size_t)(csv->end - start));
    const char *stop = newline ? newline : csv->end;
    csv->pos = newline ? newline + 1 : csv->end;
    csv->block = NULL; /* going back: its marks are taken */
    r->flaw = flaw;
    r->count = 0;
    r->raw = (struct st_slice){start, (size_t)(stop - start)};
    if (r->raw.len > 0 && stop[-1] == '\r')
        r->raw.len--;
    csv->line = r->line + 1;
}

/* The line is longer than the cap: gives its beginning and reads on to the line's end. */
static st_code skip_long_line(struct st_csv *csv, const char *start, struct st_error *err)
{
    struct st_csv_record *r = &csv->record;
    static const size_t shown = 8192;
    memcpy(csv->unquoted, start, shown);
    for (;;) {
        const char *newline = memchr(start, '\n', (size_t)(csv->end - start));
        csv->pos = newline ? newline + 1 : csv->end;
        if (newline || csv->at_end)
            break;
        st_code rc = refill(csv, csv->end, err);
        if (rc != ST_OK)
            return rc;
        start = csv->pos;
    }
    csv->line = r->line + 1;
    r->flaw = ST_CSV_TOO_LONG;
    r->count = 0;
    r->raw = (struct st_slice){csv->unquoted, shown};
    return ST_OK;
}

static void check_bytes(const struct st_csv *csv, struct st_csv_record *r)
{
    if (r->flaw == ST_CSV_SOUND && r->count != csv->base.column_count && csv->base.column_count > 0)
        r->flaw = ST_CSV_FIELD_COUNT;
    if (st_ascii_plain(r->raw.data, r->raw.len))
        return;
    if (!st_utf8_valid(r->raw.data, r->raw.len))
        r->flaw = st_bytes_encoding(csv->bytes) == ST_ENCODING_UTF8 ? ST_CSV_BAD_UTF8
                                                                    : ST_CSV_BAD_ENCODING;
    else if (memchr(r->raw.data, 0, r->raw.len))
        r->flaw = ST_CSV_NUL_BYTE;
}

static st_code take_record(struct st_csv *csv, struct st_error *err)
{
    const char *start = csv->pos, *next = NULL;
    bool inside;
    csv->record.line = csv->line;
    enum scan scan = scan_record(csv, start, &next, &inside);
    if (scan == SCAN_MORE && !csv->at_end && (size_t)(csv->end - start) < ST_CSV_BUFFER) {
        st_code rc = refill(csv, start, err);
        if (rc != ST_OK)
            return rc;
        start = csv->pos;
        scan = scan_record(csv, start, &next, &inside);
    }
    size_t len = scan == SCAN_DONE ? csv->record.raw.len : (size_t)(csv->end - start);
    if (scan == SCAN_MORE || (len > ST_CSV_RECORD_MAX && memchr(start, '\n', ST_CSV_RECORD_MAX))) {
        if (!csv->at_end && !memchr(start, '\n', ST_CSV_RECORD_MAX))
            return skip_long_line(csv, start, err);
        cut_to_line(
            csv, start, inside || scan == SCAN_DONE ? ST_CSV_UNCLOSED_QUOTE : ST_CSV_TOO_LONG);
    } else if (csv->record.flaw == ST_CSV_BAD_QUOTE) {
        cut_to_line(csv, start, ST_CSV_BAD_QUOTE);
    } else {
        csv->pos = next;
        csv->line++;
        if (len > ST_CSV_RECORD_MAX)
            csv->record.flaw = ST_CSV_TOO_LONG;
    }
    return ST_OK;
}

static st_code csv_next(
    struct st_reader *base, const struct st_csv_record **record, struct st_error *err)
{
    struct st_csv *csv = (struct st_csv *)base;
    struct st_csv_record *r = &csv->record;
    do {
        if (csv->pos == csv->end && !csv->at_end) {
            st_code rc = refill(csv, csv->pos, err);
            if (rc != ST_OK)
                return rc;
        }
        if (csv->pos == csv->end) {
            *record = NULL;
            return ST_OK;
        }
        st_code rc = take_record(csv, err);
        if (rc != ST_OK)
            return rc;
    } while (r->raw.len == 0 && r->flaw == ST_CSV_SOUND && csv->base.column_count != 1);
    check_bytes(csv, r);
    *record = r;
    return ST_OK;
}

/* Few fields have blanks around them; 0xE3 and 0xC2 begin a wide one, 0x80 and 0xA0 end it. */
static bool has_blank_ends(struct st_slice field)
{
    if (field.len == 0)
        return false;
    unsigned char first = (unsigned char)field.data[0];
    unsigned char last = (unsigned char)field.data[field.len - 1];
    return first <= ' ' || last <= ' ' || first == 0xE3 || first == 0xC2 || last == 0x80 ||
           last == 0xA0;
}

struct st_slice st_csv_value(const struct st_csv_format *format, struct st_slice field)
{
    if (!field.data)
        return field;
    if (format->trim && has_blank_ends(field))
        field = st_slice_trim(field);
    char first = field.len > 0 ? field.data[0] : '\0';
    for (size_t i = 0; i < format->null_count; i++) {
        const char *text = format->null_texts[i];
        if (text[0] == first && strncmp(text, field.data, field.len) == 0 &&
            text[field.len] == '\0')
            return (struct st_slice){NULL, 0};
    }
    return field;
}

/* --- opening --- */

static st_code name_columns(struct st_csv *csv, struct st_arena *arena, struct st_error *err)
{
    const struct st_csv_record *r;
    st_code rc = csv_next(&csv->base, &r, err);
    if (rc != ST_OK)
        return rc;
    if (!r) {
        st_fail(err, ST_E_DATA, "%s is empty: it has no header", "%s 是空文件，没有表头",
            csv->base.path);
        st_error_hint(err, "a day without rows still has a header: ask for the file again",
            "没有数据时也应有表头：请重新获取该文件");
        return ST_E_DATA;
    }
    if (r->flaw != ST_CSV_SOUND) {
        st_fail(
            err, ST_E_DATA, "the header of %s cannot be read", "%s 的表头无法读取", csv->base.path);
        if (r->flaw == ST_CSV_BAD_UTF8 || r->flaw == ST_CSV_BAD_ENCODING ||
            r->flaw == ST_CSV_NUL_BYTE)
            st_error_hint(err,
                "it holds bytes of another encoding: say which by format: {encoding: utf-16}",
                "其中有其他编码的字节，请指明编码，如 format: {encoding: utf-16}");
        return ST_E_DATA;
    }
    const char **names = st_arena_array(arena, const char *, r->count);
    for (size_t i = 0; i < r->count; i++) {
        struct st_slice name = st_slice_trim(r->fields[i]);
        names[i] = st_arena_strndup(arena, name.data, name.len);
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[k], names[i]) == 0 && *names[i]) {
                st_fail(err, ST_E_DATA, "%s has two columns named '%s'", "%s 有两列都叫“%s”",
                    csv->base.path, names[i]);
                st_error_hint(err, "rename one, or give columns: and skip_lines: 1 under format:",
                    "请改其中一列的名称，或在 format: 中写 columns: 与 skip_lines: 1");
                return ST_E_DATA;
            }
    }
    csv->base.header =
        (struct st_slice){st_arena_strndup(arena, r->raw.data, r->raw.len), r->raw.len};
    csv->base.columns = names;
    csv->base.column_count = r->count;
    return ST_OK;
}

static st_code skip_lines(struct st_csv *csv, struct st_error *err)
{
    for (int64_t i = 0; i < csv->base.format.skip_lines; i++) {
        const char *newline = memchr(csv->pos, '\n', (size_t)(csv->end - csv->pos));
        if (!newline)
            return st_fail(err, ST_E_DATA, "%s has fewer lines than the %d to skip",
                "%s 的行数少于要跳过的 %d 行", csv->base.path, (int)csv->base.format.skip_lines);
        csv->pos = newline + 1;
        csv->line++;
    }
    return ST_OK;
}

static void csv_close(struct st_reader *base)
{
    struct st_csv *csv = (struct st_csv *)base;
    st_bytes_close(csv->bytes);
    free(csv->buffer);
    free(csv->unquoted);
    free(csv->fields);
    free(csv);
}

static st_code csv_open(struct st_arena *arena, const char *path,
    const struct st_csv_format *format, struct st_reader **out, struct st_error *err)
{
    struct st_csv *csv = st_calloc(1, sizeof *csv);
    csv->base = (struct st_reader){.ops = &st_csv_reader,
        .path = st_arena_strdup(arena, path),
        .format = *format,
        .raw = ST_STR_INIT};
    csv->line = 1;
    csv->buffer = st_malloc(ST_CSV_BUFFER + BLOCK);
    csv->unquoted = st_malloc(ST_CSV_BUFFER);
    csv->fields = st_malloc(ST_CSV_FIELDS_MAX * sizeof *csv->fields);
    csv->pos = csv->end = csv->buffer;
    st_code rc = st_bytes_open(csv->base.path, format->encoding, &csv->bytes, err);
    if (rc == ST_OK)
        rc = refill(csv, csv->pos, err);
    if (rc == ST_OK)
        rc = skip_lines(csv, err);
    if (rc == ST_OK && format->header) {
        rc = name_columns(csv, arena, err);
    } else if (rc == ST_OK) {
        csv->base.columns = format->columns;
        csv->base.column_count = format->column_count;
    }
    if (rc == ST_OK)
        *out = &csv->base;
    else
        csv_close(&csv->base);
    return rc;
}

const struct st_reader_ops st_csv_reader = {csv_open, csv_next, csv_close};
