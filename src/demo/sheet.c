#include "demo/sheet.h"

#include "base/arena.h"
#include "demo/dice.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    CREDIT_WHOLE = 100000,
    INTRODUCE_EVERY = 64, /* rows, so that a bank of 1,000 customers has every kind */
    LONG_TEXT = 5000,
    RUN_ON_BYTES = 1100000, /* a reader's cap is 1 MiB */
    SHIFT_TO_WAN = 4,
};

/* --- which defects, and when --- */

static bool is_number(const char *text)
{
    int64_t value;
    return !*text || st_decimal_parse(text, strlen(text), ST_DEMO_SUM_SCALE, &value) == ST_OK;
}

/* Parquet has no quotes, line ends or bytes to go wrong, and a typed column refuses the rest. */
static bool fits_format(const struct st_demo_sheet *s, const struct st_demo_defect_kind *kind)
{
    if (s->format != ST_DEMO_PARQUET)
        return true;
    if (kind->damage >= ST_DEMO_CUT)
        return false;
    bool replaces = kind->damage == ST_DEMO_REPLACE || kind->damage == ST_DEMO_REPEAT;
    return !replaces || s->spec->types[kind->column] == 't' ||
           (s->spec->types[kind->column] == 'n' && is_number(kind->text));
}

/* The next kind from `from` on, round and round; −1 when there is none that may come again. */
static int next_kind(const struct st_demo_sheet *s, int from)
{
    for (int i = 0; i < s->kinds; i++) {
        int kind = (from + i) % s->kinds;
        if (!s->spec->defects[kind].once && fits_format(s, &s->spec->defects[kind]))
            return kind;
    }
    return -1;
}

void st_demo_sheet_open(struct st_demo_sheet *s, const struct st_demo_sheet_spec *spec,
    const struct st_demo_options *options)
{
    memset(s, 0, sizeof *s);
    s->spec = spec;
    s->format = options->format;
    s->text = (struct st_str)ST_STR_INIT;
    s->bad_per_100k = options->bad_rows_per_100k;
    s->date = ST_DEMO_NO_DATE;
    while (spec->defects[s->kinds].name && spec->defects[s->kinds].damage != ST_DEMO_BY_HAND)
        s->kinds++;
    if (s->format == ST_DEMO_GB18030) {
        s->iconv = iconv_open("GB18030", "UTF-8");
        assert(s->iconv != (iconv_t)-1); /* part of the C library */
    }
}

void st_demo_sheet_close(struct st_demo_sheet *s)
{
    if (s->spec && s->format == ST_DEMO_GB18030)
        iconv_close(s->iconv);
    st_str_release(&s->text);
    memset(s, 0, sizeof *s);
}

void st_demo_sheet_begin(
    struct st_demo_sheet *s, const struct st_demo_options *options, int64_t block, int stream)
{
    enum { STREAMS = 32 };
    struct st_rng rng;
    st_str_reset(&s->text);
    memset(&s->counts, 0, sizeof s->counts);
    s->introduced = block == 0 ? 0 : s->kinds;
    s->waited = 0;
    s->credit = 0;
    s->next_defect = 0;
    if (block == 0 || s->kinds == 0)
        return;
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_DEFECTS, block * STREAMS + stream);
    s->credit = st_demo_between(&rng, 0, CREDIT_WHOLE - 1);
    s->next_defect = (int)st_demo_between(&rng, 0, s->kinds - 1);
}

/* --- fields --- */

static char *field_begin(struct st_demo_sheet *s, size_t room)
{
    assert(s->columns < ST_DEMO_COLUMNS_MAX);
    assert(s->row_len + room + 1 < ST_DEMO_ROW_MAX);
    s->starts[s->columns++] = s->row_len;
    return s->row + s->row_len;
}

static void field_end(struct st_demo_sheet *s, char *end)
{
    *end++ = ',';
    s->row_len = (size_t)(end - s->row);
    s->starts[s->columns] = s->row_len;
}

/* At least `width` digits, leading zeros; printf is too slow for millions of rows. */
static char *put_digits(char *p, uint64_t value, int width)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    char digits[24];
    char *end = digits + sizeof digits, *at = end;
    for (; value >= 100; value /= 100)
        at = memcpy(at - 2, pairs + 2 * (value % 100), 2);
    if (value >= 10)
        at = memcpy(at - 2, pairs + 2 * value, 2);
    else
        *--at = (char)('0' + value);
    while (end - at < width)
        *--at = '0';
    memcpy(p, at, (size_t)(end - at));
    return p + (end - at);
}

static bool is_ascii(const char *text, size_t len)
{
    unsigned char seen = 0;
    for (size_t i = 0; i < len; i++)
        seen |= (unsigned char)text[i];
    return seen < 0x80;
}

/* The text in the file's encoding; room for `len` bytes is enough, as what takes three in UTF-8
 * takes two in GB18030 here. */
static char *put_text(struct st_demo_sheet *s, char *p, const char *text, size_t len)
{
    if (s->format != ST_DEMO_GB18030 || is_ascii(text, len)) {
        memcpy(p, text, len);
        return p + len;
    }
    char *from = (char *)(uintptr_t)text; /* iconv writes through neither */
    size_t room = len;
    size_t failed = iconv(s->iconv, &from, &len, &p, &room);
    assert(failed == 0 && len == 0);
    (void)failed;
    return p;
}

void st_demo_field_text(struct st_demo_sheet *s, const char *text)
{
    size_t len = strlen(text);
    field_end(s, put_text(s, field_begin(s, len), text, len));
}

void st_demo_field_empty(struct st_demo_sheet *s)
{
    field_end(s, field_begin(s, 0));
}

void st_demo_field_number(struct st_demo_sheet *s, const char *prefix, int64_t value, int width)
{
    char *p = field_begin(s, 32);
    while (*prefix)
        *p++ = *prefix++;
    field_end(s, put_digits(p, (uint64_t)value, width));
}

void st_demo_field_count(struct st_demo_sheet *s, int64_t value)
{
    char digits[24];
    char *p = field_begin(s, 2 * sizeof digits);
    char *end = put_digits(digits, (uint64_t)value, 1);
    for (const char *d = digits; d < end; d++) {
        if (s->format == ST_DEMO_GB18030)
            *p++ = '\xA3'; /* ０ to ９ are A3B0 to A3B9 */
        *p++ = s->format == ST_DEMO_GB18030 ? (char)(*d + 0x80) : *d;
    }
    field_end(s, p);
}

void st_demo_field_yes(struct st_demo_sheet *s, bool yes)
{
    bool words = s->format == ST_DEMO_GB18030;
    st_demo_field_text(s, words ? (yes ? "是" : "否") : yes ? "Y" : "N");
}

/* 2024-01-31, 2024/1/31, 20240131 or 2024年1月31日. */
static size_t format_date(struct st_demo_sheet *s, st_date date, char *text)
{
    static const struct {
        int width;
        const char *after[3];
    } forms[] = {
        [ST_DEMO_DATE_ISO] = {2, {"-", "-", ""}},
        [ST_DEMO_DATE_SLASH] = {1, {"/", "/", ""}},
        [ST_DEMO_DATE_BARE] = {2, {"", "", ""}},
        [ST_DEMO_DATE_ZH] = {1, {"年", "月", "日"}},
    };
    enum st_demo_date_form form =
        s->format == ST_DEMO_GB18030 ? s->spec->date_form : ST_DEMO_DATE_ISO;
    struct st_civil c = st_date_to_civil(date);
    const int parts[3] = {c.year, c.month, c.day};
    char *p = text;
    for (int i = 0; i < 3; i++) {
        const char *after = forms[form].after[i];
        p = put_digits(p, (uint64_t)parts[i], i == 0 ? 4 : forms[form].width);
        p = put_text(s, p, after, strlen(after));
    }
    return (size_t)(p - text);
}

void st_demo_field_date(struct st_demo_sheet *s, st_date date)
{
    char *p = field_begin(s, sizeof s->date_text);
    if (date == ST_DEMO_NO_DATE) {
        field_end(s, p);
        return;
    }
    if (date != s->date) {
        s->date_len = format_date(s, date, s->date_text);
        s->date = date;
    }
    memcpy(p, s->date_text, sizeof s->date_text); /* a length that is known is quicker */
    field_end(s, p + s->date_len);
}

void st_demo_field_decimal(struct st_demo_sheet *s, int64_t value, int scale)
{
    char *p = field_begin(s, ST_DECIMAL_TEXT_SIZE);
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t unit = (uint64_t)st_pow10(scale);
    if (value < 0)
        *p++ = '-';
    p = put_digits(p, size / unit, 1);
    if (scale > 0) {
        *p++ = '.';
        p = put_digits(p, size % unit, scale);
    }
    field_end(s, p);
}

void st_demo_field_decimal_summed(struct st_demo_sheet *s, int64_t value, int scale)
{
    s->summed = s->columns;
    s->row_sum = (st_wide)value * st_pow10(ST_DEMO_SUM_SCALE - scale);
    st_demo_field_decimal(s, value, scale);
}

static int money_scale(const struct st_demo_sheet *s, int exponent)
{
    return s->format == ST_DEMO_GB18030 ? exponent + SHIFT_TO_WAN : exponent;
}

void st_demo_field_money(struct st_demo_sheet *s, int64_t minor, int exponent)
{
    st_demo_field_decimal(s, minor, money_scale(s, exponent));
}

void st_demo_field_money_summed(struct st_demo_sheet *s, int64_t minor, int exponent)
{
    st_demo_field_decimal_summed(s, minor, money_scale(s, exponent));
}

/* --- damaged rows --- */

static const char *extension(const char *text, size_t len)
{
    return memchr(text, '.', len) ? "7" : ".507";
}

static void add_long_field(struct st_demo_sheet *s, const char *text, size_t len)
{
    st_str_add_len(&s->text, text, len);
    for (int i = 0; i < LONG_TEXT; i++)
        st_str_add_char(&s->text, '9');
}

static void add_text(struct st_demo_sheet *s, const char *text)
{
    char encoded[ST_DEMO_ROW_MAX];
    size_t len = strlen(text);
    assert(len < sizeof encoded);
    st_str_add_len(&s->text, encoded, (size_t)(put_text(s, encoded, text, len) - encoded));
}

static void add_damaged_field(
    struct st_demo_sheet *s, const struct st_demo_defect_kind *kind, const char *text, size_t len)
{
    /* 上海 as the other encoding has it; 0xFF is no character of either */
    const char *other = s->format == ST_DEMO_GB18030 ? "\xFF\xFF" : "\xC9\xCF\xBA\xA3";
    switch (kind->damage) {
    case ST_DEMO_REPLACE:
    case ST_DEMO_REPEAT:
    case ST_DEMO_QUOTE: add_text(s, kind->text); break;
    case ST_DEMO_EXTEND:
        st_str_add_len(&s->text, text, len);
        st_str_add(&s->text, extension(text, len));
        break;
    case ST_DEMO_LENGTHEN: add_long_field(s, text, len); break;
    case ST_DEMO_MISCODE: st_str_add(&s->text, other); break;
    case ST_DEMO_ZERO:
        st_str_add_len(&s->text, text, len);
        st_str_add_len(&s->text, "", 1);
        break;
    default: st_str_add_len(&s->text, text, len); break;
    }
}

static void add_field(struct st_demo_sheet *s, const struct st_demo_defect_kind *kind, int column)
{
    const char *text = s->row + s->starts[column];
    size_t len = s->starts[column + 1] - s->starts[column] - 1;
    bool own_key = column == s->spec->key && kind->damage != ST_DEMO_REPEAT && len > 0;
    bool damaged = column == kind->column;
    if (own_key && !(damaged && kind->damage == ST_DEMO_REPLACE)) {
        st_str_add_char(&s->text, 'X');
        text++, len--;
    }
    if (damaged)
        add_damaged_field(s, kind, text, len);
    else
        st_str_add_len(&s->text, text, len);
}

static void add_run_on(struct st_demo_sheet *s)
{
    char row[ST_DEMO_ROW_MAX];
    for (size_t i = 0; i < s->row_len; i++)
        row[i] = s->row[i] == ',' ? ';' : s->row[i];
    for (size_t written = 0; written < RUN_ON_BYTES; written += s->row_len)
        st_str_add_len(&s->text, row, s->row_len);
}

/* What a defect adds to the manifest's total: whatever number its summed field still reads as. */
static void sum_defect(struct st_demo_sheet *s, const struct st_demo_defect_kind *kind)
{
    int column = s->summed;
    int64_t value = 0;
    if (!s->spec->sum || kind->damage == ST_DEMO_QUOTE || kind->damage == ST_DEMO_RUN_ON ||
        (kind->damage == ST_DEMO_CUT && column >= kind->column))
        return;
    const char *text = s->row + s->starts[column];
    size_t len = s->starts[column + 1] - s->starts[column] - 1;
    if (kind->column != column || kind->damage == ST_DEMO_CUT) {
        s->counts.sum += s->row_sum;
    } else if (kind->damage == ST_DEMO_EXTEND) {
        char longer[ST_DECIMAL_TEXT_SIZE + 8];
        const char *tail = extension(text, len);
        memcpy(longer, text, len);
        memcpy(longer + len, tail, strlen(tail));
        if (st_decimal_parse(longer, len + strlen(tail), ST_DEMO_SUM_SCALE, &value) == ST_OK)
            s->counts.sum += value;
    } else if (st_decimal_parse(kind->text, strlen(kind->text), ST_DEMO_SUM_SCALE, &value) ==
               ST_OK) {
        s->counts.sum += value;
    }
}

static void add_defect(struct st_demo_sheet *s, int index)
{
    const struct st_demo_defect_kind *kind = &s->spec->defects[index];
    int columns = kind->damage == ST_DEMO_CUT ? kind->column : s->columns;
    if (kind->damage == ST_DEMO_RUN_ON)
        add_run_on(s);
    for (int c = 0; c < columns && kind->damage != ST_DEMO_RUN_ON; c++) {
        if (c > 0)
            st_str_add_char(&s->text, ',');
        add_field(s, kind, c);
    }
    st_str_add_char(&s->text, '\n');
    sum_defect(s, kind);
    s->counts.rows++;
    s->counts.bad_rows++;
    s->counts.defect_rows[index]++;
}

/* Each kind in turn, soon after the file's beginning. */
static void introduce_defect(struct st_demo_sheet *s)
{
    int every = CREDIT_WHOLE / s->bad_per_100k;
    if (every > INTRODUCE_EVERY)
        every = INTRODUCE_EVERY;
    if (++s->waited < every && !s->spec->each_defect_once)
        return;
    s->waited = 0;
    while (s->introduced < s->kinds && !fits_format(s, &s->spec->defects[s->introduced]))
        s->introduced++;
    if (s->introduced < s->kinds)
        add_defect(s, s->introduced++);
}

static void add_due_defect(struct st_demo_sheet *s)
{
    if (s->bad_per_100k == 0 || s->kinds == 0)
        return;
    if (s->introduced < s->kinds) {
        introduce_defect(s);
        return;
    }
    if (s->spec->each_defect_once)
        return;
    s->credit += s->bad_per_100k;
    if (s->credit < CREDIT_WHOLE)
        return;
    s->credit -= CREDIT_WHOLE;
    int kind = next_kind(s, s->next_defect);
    if (kind >= 0)
        add_defect(s, kind);
    s->next_defect = kind + 1;
}

/* --- rows --- */

static void add_row(struct st_demo_sheet *s)
{
    s->row[s->row_len - 1] = '\n';
    st_str_add_len(&s->text, s->row, s->row_len);
    s->row[s->row_len - 1] = ',';
    s->counts.rows++;
    s->counts.sum += s->row_sum;
}

static void begin_row(struct st_demo_sheet *s)
{
    s->row_len = 0;
    s->columns = 0;
    s->row_sum = 0;
}

void st_demo_end_row(struct st_demo_sheet *s)
{
    add_row(s);
    add_due_defect(s);
    begin_row(s);
}

void st_demo_end_defect(struct st_demo_sheet *s, const char *name)
{
    int index = 0;
    while (strcmp(s->spec->defects[index].name, name) != 0)
        index++;
    add_row(s);
    s->counts.bad_rows++;
    s->counts.defect_rows[index]++;
    begin_row(s);
}

void st_demo_header(struct st_demo_sheet *s, struct st_str *text)
{
    char encoded[ST_DEMO_ROW_MAX];
    const char *header = s->format == ST_DEMO_GB18030 ? s->spec->header_zh : s->spec->header;
    size_t len = strlen(header);
    assert(len < sizeof encoded);
    st_str_add_len(text, encoded, (size_t)(put_text(s, encoded, header, len) - encoded));
    st_str_add_char(text, '\n');
}
