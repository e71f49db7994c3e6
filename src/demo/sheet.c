#include "demo/sheet.h"

#include "base/arena.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 256 * 1024,
    CREDIT_WHOLE = 100000,
};

static st_code write_failed(const char *path, int error, struct st_error *err)
{
    st_code code =
        st_fail(err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", path, strerror(error));
    st_error_hint(err, "check free space and that you may write there",
        "请检查磁盘剩余空间和该目录的写入权限");
    return code;
}

static void flush(struct st_demo_sheet *sheet)
{
    if (!sheet->error && sheet->used > 0 &&
        fwrite(sheet->buffer, 1, sheet->used, sheet->out) != sheet->used)
        sheet->error = errno ? errno : EIO;
    sheet->used = 0;
}

static void put(struct st_demo_sheet *sheet, const char *text, size_t len)
{
    if (sheet->used + len > BUFFER_SIZE)
        flush(sheet);
    memcpy(sheet->buffer + sheet->used, text, len);
    sheet->used += len;
    sheet->bytes += (int64_t)len;
}

st_code st_demo_sheet_open(struct st_demo_sheet *sheet, const char *directory,
    const struct st_demo_sheet_spec *spec, int bad_per_100k, struct st_error *err)
{
    memset(sheet, 0, sizeof *sheet);
    sheet->spec = spec;
    sheet->bad_per_100k = bad_per_100k;
    int len =
        snprintf(sheet->partial, sizeof sheet->partial, "%s/%s.partial", directory, spec->name);
    if (len < 0 || (size_t)len >= sizeof sheet->partial)
        return st_fail(err, ST_E_LIMIT, "the path of %s is longer than %d bytes",
            "%s 的路径超过 %d 字节", spec->name, ST_DEMO_PATH_MAX - 1);
    snprintf(
        sheet->path, sizeof sheet->path, "%.*s", len - (int)strlen(".partial"), sheet->partial);
    sheet->out = fopen(sheet->partial, "wb");
    if (!sheet->out)
        return write_failed(sheet->partial, errno, err);
    setvbuf(sheet->out, NULL, _IONBF, 0); /* the sheet has its own buffer */
    sheet->buffer = st_malloc(BUFFER_SIZE);
    put(sheet, spec->header, strlen(spec->header));
    put(sheet, "\n", 1);
    return ST_OK;
}

/* --- fields --- */

static char *field_begin(struct st_demo_sheet *sheet, size_t room)
{
    assert(sheet->columns < ST_DEMO_COLUMNS_MAX);
    assert(sheet->row_len + room + 1 < ST_DEMO_ROW_MAX);
    sheet->starts[sheet->columns++] = sheet->row_len;
    return sheet->row + sheet->row_len;
}

static void field_end(struct st_demo_sheet *sheet, char *end)
{
    *end++ = ',';
    sheet->row_len = (size_t)(end - sheet->row);
    sheet->starts[sheet->columns] = sheet->row_len;
}

/* At least `width` digits, leading zeros; printf is too slow for millions of rows. */
static char *put_digits(char *p, uint64_t value, int width)
{
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0 || count < width);
    while (count > 0)
        *p++ = digits[--count];
    return p;
}

void st_demo_field_text(struct st_demo_sheet *sheet, const char *text)
{
    size_t len = strlen(text);
    char *p = field_begin(sheet, len);
    memcpy(p, text, len);
    field_end(sheet, p + len);
}

void st_demo_field_empty(struct st_demo_sheet *sheet)
{
    field_end(sheet, field_begin(sheet, 0));
}

void st_demo_field_number(struct st_demo_sheet *sheet, const char *prefix, int64_t value, int width)
{
    size_t len = strlen(prefix);
    char *p = field_begin(sheet, len + 20);
    memcpy(p, prefix, len);
    field_end(sheet, put_digits(p + len, (uint64_t)value, width));
}

void st_demo_field_date(struct st_demo_sheet *sheet, st_date date)
{
    char *p = field_begin(sheet, ST_DATE_TEXT_SIZE);
    if (date != ST_DEMO_NO_DATE) {
        struct st_civil c = st_date_to_civil(date);
        p = put_digits(p, (uint64_t)c.year, 4);
        *p++ = '-';
        p = put_digits(p, (uint64_t)c.month, 2);
        *p++ = '-';
        p = put_digits(p, (uint64_t)c.day, 2);
    }
    field_end(sheet, p);
}

void st_demo_field_decimal(struct st_demo_sheet *sheet, int64_t value, int scale)
{
    char *p = field_begin(sheet, ST_DECIMAL_TEXT_SIZE);
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t unit = (uint64_t)st_pow10(scale);
    if (value < 0)
        *p++ = '-';
    p = put_digits(p, size / unit, 1);
    if (scale > 0) {
        *p++ = '.';
        p = put_digits(p, size % unit, scale);
    }
    field_end(sheet, p);
}

void st_demo_field_summed(struct st_demo_sheet *sheet, int64_t value, int scale)
{
    assert(scale == 0 || scale == 2);
    sheet->summed = sheet->columns;
    sheet->row_sum = (st_wide)value * st_pow10(ST_DEMO_SUM_SCALE - scale);
    st_demo_field_decimal(sheet, value, scale);
}

/* --- rows --- */

/* What a defect adds to the manifest's total: whatever number its summed field still reads as. */
static void sum_defect(struct st_demo_sheet *sheet, const struct st_demo_defect_kind *kind)
{
    int column = sheet->summed;
    bool touched = kind->column == column;
    int64_t value = 0;
    if (!sheet->spec->sum || (kind->damage == ST_DEMO_CUT && column >= kind->column))
        return;
    if (touched && kind->damage == ST_DEMO_EXTEND) {
        const char *text = sheet->row + sheet->starts[column];
        size_t len = sheet->starts[column + 1] - sheet->starts[column] - 1;
        int64_t tail = memchr(text, '.', len) ? 7 * st_pow10(ST_DEMO_SUM_SCALE - 3)
                                              : 507 * st_pow10(ST_DEMO_SUM_SCALE - 3);
        sheet->sum += sheet->row_sum + (*text == '-' ? -tail : tail);
    } else if (touched && (kind->damage == ST_DEMO_REPLACE || kind->damage == ST_DEMO_REPEAT)) {
        if (st_decimal_parse(kind->text, strlen(kind->text), ST_DEMO_SUM_SCALE, &value) == ST_OK)
            sheet->sum += value;
    } else {
        sheet->sum += sheet->row_sum;
    }
}

static void put_field(
    struct st_demo_sheet *sheet, const struct st_demo_defect_kind *kind, int column)
{
    const char *text = sheet->row + sheet->starts[column];
    size_t len = sheet->starts[column + 1] - sheet->starts[column] - 1;
    bool replaces = kind->damage == ST_DEMO_REPLACE || kind->damage == ST_DEMO_REPEAT;
    if (replaces && kind->column == column) {
        put(sheet, kind->text, strlen(kind->text));
    } else if (kind->damage == ST_DEMO_EXTEND && kind->column == column) {
        put(sheet, text, len);
        if (memchr(text, '.', len))
            put(sheet, "7", 1);
        else
            put(sheet, ".507", 4);
    } else if (column == sheet->spec->key && kind->damage != ST_DEMO_REPEAT && len > 0) {
        put(sheet, "X", 1);
        put(sheet, text + 1, len - 1);
    } else {
        put(sheet, text, len);
    }
}

static void put_defect(struct st_demo_sheet *sheet, int index)
{
    const struct st_demo_defect_kind *kind = &sheet->spec->defects[index];
    int columns = kind->damage == ST_DEMO_CUT ? kind->column : sheet->columns;
    for (int c = 0; c < columns; c++) {
        if (c > 0)
            put(sheet, ",", 1);
        put_field(sheet, kind, c);
    }
    put(sheet, "\n", 1);
    sum_defect(sheet, kind);
    sheet->rows++;
    sheet->bad_rows++;
    sheet->defect_rows[index]++;
}

/* Defects that rows turn into by themselves. */
static int automatic_defects(const struct st_demo_sheet_spec *spec)
{
    int count = 0;
    while (spec->defects[count].name && spec->defects[count].damage != ST_DEMO_BY_HAND)
        count++;
    return count;
}

/* Defects take turns, so a few bad rows already show every kind. */
static void put_due_defect(struct st_demo_sheet *sheet)
{
    int kinds = automatic_defects(sheet->spec);
    if (sheet->bad_per_100k == 0 || kinds == 0)
        return;
    if (sheet->spec->each_defect_once) {
        if (sheet->next_defect < kinds)
            put_defect(sheet, sheet->next_defect++);
        return;
    }
    sheet->credit += sheet->bad_per_100k;
    if (sheet->credit < CREDIT_WHOLE)
        return;
    sheet->credit -= CREDIT_WHOLE;
    put_defect(sheet, sheet->next_defect);
    sheet->next_defect = (sheet->next_defect + 1) % kinds;
}

static void put_row(struct st_demo_sheet *sheet)
{
    sheet->row[sheet->row_len - 1] = '\n';
    put(sheet, sheet->row, sheet->row_len);
    sheet->row[sheet->row_len - 1] = ',';
    sheet->rows++;
}

static void begin_row(struct st_demo_sheet *sheet)
{
    sheet->row_len = 0;
    sheet->columns = 0;
    sheet->row_sum = 0;
}

void st_demo_end_row(struct st_demo_sheet *sheet)
{
    put_row(sheet);
    sheet->sum += sheet->row_sum;
    put_due_defect(sheet);
    begin_row(sheet);
}

void st_demo_end_defect(struct st_demo_sheet *sheet, const char *name)
{
    int index = 0;
    while (strcmp(sheet->spec->defects[index].name, name) != 0)
        index++;
    put_row(sheet);
    sheet->sum += sheet->row_sum;
    sheet->bad_rows++;
    sheet->defect_rows[index]++;
    begin_row(sheet);
}

/* --- the file as a whole --- */

st_code st_demo_sheet_check(const struct st_demo_sheet *sheet, struct st_error *err)
{
    return sheet->error ? write_failed(sheet->partial, sheet->error, err) : ST_OK;
}

st_code st_demo_sheet_finish(struct st_demo_sheet *sheet, struct st_error *err)
{
    flush(sheet);
    if (fclose(sheet->out) != 0 && !sheet->error)
        sheet->error = errno ? errno : EIO;
    sheet->out = NULL;
    return st_demo_sheet_check(sheet, err);
}

st_code st_demo_sheet_publish(struct st_demo_sheet *sheet, struct st_error *err)
{
    if (rename(sheet->partial, sheet->path) != 0)
        return write_failed(sheet->path, errno, err);
    sheet->published = true;
    return ST_OK;
}

void st_demo_sheet_discard(struct st_demo_sheet *sheet, bool failed)
{
    if (sheet->out)
        fclose(sheet->out);
    sheet->out = NULL;
    free(sheet->buffer);
    sheet->buffer = NULL;
    if (failed && sheet->spec)
        unlink(sheet->published ? sheet->path : sheet->partial);
}
