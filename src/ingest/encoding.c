#include "ingest/encoding.h"

#include <string.h>

enum { REFUSED_LINES_MIN = 3 }; /* fewer broken lines are those records' matter, not the file's */

/* --- UTF-8 --- */

static int utf8_len(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    int len = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : 4;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < (size_t)len)
        return 0;
    for (int i = 1; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

bool st_utf8_valid(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < len;) {
        int n = utf8_len(p + i, len - i);
        if (n == 0)
            return false;
        i += (size_t)n;
    }
    return true;
}

/* --- GB18030 --- */

static bool within(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Length of the character, by its form alone; 0 when it has none. */
static int gb18030_len(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    if (!within(p[0], 0x81, 0xFE) || left < 2)
        return 0;
    if (within(p[1], 0x40, 0xFE) && p[1] != 0x7F)
        return 2;
    return left >= 4 && within(p[1], '0', '9') && within(p[2], 0x81, 0xFE) && within(p[3], '0', '9')
               ? 4
               : 0;
}

struct census {
    size_t lines;                  /* with a byte above 0x7F */
    size_t utf8_broken, gb_broken; /* of them */
    size_t common, rare, other;    /* characters of two bytes and more, read as GB18030 */
};

/* GB2312 has both bytes from 0xA1 on: signs and the 3,755 characters in common use first. */
static bool count_gb18030(struct census *c, const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len;) {
        int n = gb18030_len(p + i, len - i);
        if (n == 0)
            return false;
        bool gb2312 = n == 2 && within(p[i], 0xA1, 0xF7) && p[i + 1] >= 0xA1;
        c->common += gb2312 && p[i] <= 0xD7;
        c->rare += gb2312 && p[i] > 0xD7;
        c->other += n > 1 && !gb2312;
        i += (size_t)n;
    }
    return true;
}

/* Accented letters of Western Europe, which stand among ASCII ones, and Big5, whose second byte is
 * often below 0x80, may be well-formed too. */
static bool reads_as_chinese(const struct census *c)
{
    return c->other * 3 <= c->common + c->rare && c->rare + c->other <= c->common;
}

static struct census count_lines(const char *sample, size_t len, bool whole)
{
    struct census c = {0};
    const char *end = sample + len;
    for (const char *p = sample, *next; p < end; p = next) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline && !whole)
            break; /* cut off, perhaps within a character */
        const char *stop = newline ? newline : end;
        next = newline ? newline + 1 : end;
        size_t line_len = (size_t)(stop - p);
        if (st_ascii_plain(p, line_len))
            continue;
        c.lines++;
        c.utf8_broken += !st_utf8_valid(p, line_len);
        c.gb_broken += !count_gb18030(&c, (const unsigned char *)p, line_len);
    }
    return c;
}

/* --- which --- */

static const struct {
    const char *bytes;
    size_t len;
    enum st_encoding encoding;
} marks[] = {
    {"\xEF\xBB\xBF", 3, ST_ENCODING_UTF8},
    {"\xFF\xFE", 2, ST_ENCODING_UTF16},
    {"\xFE\xFF", 2, ST_ENCODING_UTF16_BE},
    {"\x84\x31\x95\x33", 4, ST_ENCODING_GB18030},
};

enum st_encoding st_encoding_detect(
    const char *sample, size_t len, bool whole, enum st_encoding stated, size_t *mark)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (len >= marks[i].len && memcmp(sample, marks[i].bytes, marks[i].len) == 0) {
            *mark = marks[i].len;
            return marks[i].encoding;
        }
    *mark = 0;
    if (stated != ST_ENCODING_AUTO && stated != ST_ENCODING_UTF8)
        return stated;
    struct census c = count_lines(sample, len, whole);
    if (c.utf8_broken * 2 <= c.lines)
        return ST_ENCODING_UTF8;
    if (stated == ST_ENCODING_AUTO && c.gb_broken * 2 <= c.lines && reads_as_chinese(&c))
        return ST_ENCODING_GB18030;
    return c.utf8_broken < REFUSED_LINES_MIN ? ST_ENCODING_UTF8 : ST_ENCODING_AUTO;
}
