/* A workbook: the rows on as many sheets as they need, then a page that says what they are.
 *
 * Rows go to disk one by one (constant_memory), beside the file that will hold them. Texts are
 * cells of type text and never formulas; their format is text too, so that they stay so when
 * edited. A number of more digits than a spreadsheet keeps is written as a text. */
#include "run/table_internal.h"

#include <errno.h>
#include <utf8proc.h>
#include <xlsxwriter.h>

enum {
    SHEET_ROWS_MAX = 1048575,   /* without the heading */
    SHEET_CELLS_MAX = 32 << 20, /* a part of the file stays well below 4 GiB */
    DIGITS_MAX = 15,            /* of a number in a spreadsheet */
    WIDTH_MIN = 6,
    WIDTH_MAX = 60,
    EXCEL_EPOCH = 25569,  /* days from Excel's day 0 to 1970-01-01 … */
    EXCEL_FIRST = -25508, /* … right from 1900-03-01 on: Excel has a 29 February before it */
    NOON = 12 * 60 * 60,
};

struct column {
    lxw_format *format;
    size_t width; /* tenths of a digit's width */
};

struct workbook {
    lxw_workbook *book;
    lxw_worksheet *sheet; /* the one being filled */
    lxw_format *heading, *text, *number_as_text;
    struct column *columns;
    size_t rows_max, row;  /* of this sheet; row 0 is the heading */
    uint64_t sheets, rows; /* of all */
    struct st_str cell;
};

static st_code check(const struct st_table_file *f, lxw_error error, struct st_error *err)
{
    if (error == LXW_NO_ERROR)
        return ST_OK;
    return st_fail(
        err, ST_E_IO, "cannot write %s: %s", "无法写入 %s：%s", f->spec.path, lxw_strerror(error));
}

/* --- formats --- */

static lxw_format *number_format(lxw_workbook *book, const char *pattern)
{
    lxw_format *format = workbook_add_format(book);
    format_set_num_format(format, pattern);
    return format;
}

static lxw_format *column_format(const struct workbook *w, const struct st_table_column *c)
{
    char pattern[8 + ST_SCALE_MAX] = "#,##0";
    switch (c->type) {
    case ST_IR_TEXT: return w->text;
    case ST_IR_DATE: return number_format(w->book, "yyyy-mm-dd");
    case ST_IR_BOOL: return NULL;
    default: break;
    }
    if (c->look == ST_LOOK_CODE)
        return number_format(w->book, "0");
    if (c->look == ST_LOOK_NUMBER && c->scale > 0)
        return NULL; /* as many decimals as there are */
    if (c->scale > 0)
        snprintf(pattern, sizeof pattern, "#,##0.%0*d", c->scale, 0);
    return number_format(w->book, pattern);
}

static void make_formats(struct st_table_file *f, struct workbook *w)
{
    w->heading = workbook_add_format(w->book);
    format_set_bold(w->heading);
    format_set_bg_color(w->heading, 0xE7EBF0);
    format_set_bottom(w->heading, LXW_BORDER_THIN);
    w->text = number_format(w->book, "@");
    w->number_as_text = number_format(w->book, "@");
    format_set_align(w->number_as_text, LXW_ALIGN_RIGHT);
    w->columns = st_arena_array(f->arena, struct column, f->spec.count);
    for (size_t i = 0; i < f->spec.count; i++)
        w->columns[i].format = column_format(w, &f->spec.columns[i]);
}

/* --- texts --- */

/* In tenths of a digit's width, by which Excel measures columns. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (utf8proc_ssize_t n = 0; *text; text += n) {
        utf8proc_int32_t c = 0;
        n = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &c);
        if (n <= 0)
            break;
        width += utf8proc_charwidth(c) > 1 ? 22 : 11;
    }
    return width;
}

static bool looks_escaped(const char *text, size_t len)
{
    if (len < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return false;
    for (size_t i = 2; i < 6; i++)
        if (!strchr("0123456789abcdefABCDEF", text[i]) || text[i] == '\0')
            return false;
    return true;
}

/* The cell's text, NUL-terminated. Spreadsheets read _x0041_ as A, so an underline that begins
 * such a sequence is written in that way itself; so are the two characters XML cannot hold. */
static const char *cell_text(struct workbook *w, struct st_text_cell cell)
{
    st_str_reset(&w->cell);
    for (size_t i = 0; i < cell.len; i++) {
        const char *p = cell.data + i;
        size_t left = cell.len - i;
        if (looks_escaped(p, left)) {
            st_str_add(&w->cell, "_x005F_");
        } else if (left >= 3 &&
                   (memcmp(p, "\xEF\xBF\xBE", 3) == 0 || memcmp(p, "\xEF\xBF\xBF", 3) == 0)) {
            st_str_addf(&w->cell, "_xFFF%c_", p[2] == '\xBE' ? 'E' : 'F');
            i += 2;
        } else {
            st_str_add_char(&w->cell, *p);
        }
    }
    return w->cell.text;
}

static void widen(size_t *width, size_t to)
{
    if (to > *width)
        *width = to;
}

/* --- sheets --- */

static st_code add_sheet(
    struct st_table_file *f, struct workbook *w, const char *name, struct st_error *err)
{
    errno = 0;
    w->sheet = workbook_add_worksheet(w->book, name);
    if (!w->sheet)
        return st_table_fail_write(f, err);
    w->sheets++;
    w->row = 0;
    return ST_OK;
}

static st_code start_sheet(struct st_table_file *f, struct workbook *w, struct st_error *err)
{
    const char *title = st_pick_text(f->spec.lang, &f->spec.title);
    const char *name = title;
    if (w->sheets > 0)
        name = st_arena_printf(f->arena, "%s %llu", title, (unsigned long long)w->sheets + 1);
    TRY(add_sheet(f, w, name, err));
    for (size_t i = 0; i < f->spec.count; i++) {
        const char *head = st_pick_text(f->spec.lang, &f->spec.columns[i].title);
        struct st_text_cell cell = {head, strlen(head)};
        widen(&w->columns[i].width, width_of(head) + 30); /* the filter's button */
        TRY(check(f,
            worksheet_write_string(w->sheet, 0, (lxw_col_t)i, cell_text(w, cell), w->heading),
            err));
    }
    w->rows++;
    return ST_OK;
}

/* What is known when the sheet is full: what the filter covers, how wide columns must be. */
static st_code end_sheet(struct st_table_file *f, struct workbook *w, struct st_error *err)
{
    lxw_col_t last = (lxw_col_t)(f->spec.count - 1);
    worksheet_freeze_panes(w->sheet, 1, 0);
    TRY(check(f, worksheet_autofilter(w->sheet, 0, 0, (lxw_row_t)w->row, last), err));
    for (size_t i = 0; i < f->spec.count; i++) {
        double width = (double)w->columns[i].width / 10 + 1;
        width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
        TRY(check(f, worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL), err));
        if (f->spec.columns[i].type == ST_IR_TEXT) { /* no green corners on customer numbers */
            char range[32];
            lxw_rowcol_to_range(range, 0, (lxw_col_t)i, (lxw_row_t)w->row, (lxw_col_t)i);
            TRY(check(f, worksheet_ignore_errors(w->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, range),
                err));
        }
    }
    return ST_OK;
}

static st_code open_xlsx(struct st_table_file *f, struct st_error *err)
{
    struct workbook *w = f->state = st_calloc(1, sizeof *w);
    const char *slash = strrchr(f->temporary, '/');
    char *folder = slash ? st_arena_strndup(f->arena, f->temporary,
                               slash == f->temporary ? 1 : (size_t)(slash - f->temporary))
                         : st_arena_strdup(f->arena, ".");
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
    lxw_doc_properties properties = {
        .title = st_arena_strdup(f->arena, st_pick_text(f->spec.lang, &f->spec.title)),
        .created = (time_t)f->spec.dated * 24 * 60 * 60 + NOON};
    w->cell = (struct st_str)ST_STR_INIT;
    w->rows_max = f->spec.sheet_rows_max ? f->spec.sheet_rows_max : SHEET_ROWS_MAX;
    if (w->rows_max > SHEET_CELLS_MAX / f->spec.count)
        w->rows_max = SHEET_CELLS_MAX / f->spec.count;
    w->book = workbook_new_opt(f->temporary, &options);
    if (!w->book)
        return st_table_fail_write(f, err);
    make_formats(f, w);
    TRY(check(f, workbook_set_properties(w->book, &properties), err));
    return start_sheet(f, w, err);
}

/* --- cells --- */

static lxw_error write_text(
    struct workbook *w, lxw_col_t column, struct st_text_cell cell, lxw_format *format)
{
    const char *text = cell_text(w, cell);
    widen(&w->columns[column].width, width_of(text));
    return worksheet_write_string(w->sheet, (lxw_row_t)w->row, column, text, format);
}

static lxw_error write_date(struct workbook *w, lxw_col_t column, st_date date)
{
    char text[ST_DATE_TEXT_SIZE];
    if (date < EXCEL_FIRST)
        return write_text(w, column,
            (struct st_text_cell){st_date_format(date, text), ST_DATE_TEXT_SIZE - 1},
            w->number_as_text);
    widen(&w->columns[column].width, 110);
    return worksheet_write_number(
        w->sheet, (lxw_row_t)w->row, column, (double)date + EXCEL_EPOCH, w->columns[column].format);
}

static lxw_error write_number(
    struct workbook *w, lxw_col_t column, const struct st_table_column *c, int64_t value)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    int64_t digits = value;
    int scale = c->scale;
    while (scale > 0 && digits % 10 == 0) {
        digits /= 10;
        scale--;
    }
    if (digits <= -st_pow10(DIGITS_MAX) || digits >= st_pow10(DIGITS_MAX)) {
        st_decimal_format(value, c->scale, text);
        return write_text(w, column, (struct st_text_cell){text, strlen(text)}, w->number_as_text);
    }
    widen(&w->columns[column].width, width_of(st_decimal_format_grouped(value,
                                         c->look == ST_LOOK_MONEY ? c->scale : scale, text)));
    return worksheet_write_number(w->sheet, (lxw_row_t)w->row, column,
        (double)digits / (double)st_pow10(scale), w->columns[column].format);
}

static lxw_error write_cell(const struct st_table_file *f, struct workbook *w,
    const struct st_batch *b, size_t column, size_t row)
{
    const struct st_table_column *c = &f->spec.columns[column];
    lxw_col_t at = (lxw_col_t)column;
    if (st_batch_is_null(b, column, row))
        return LXW_NO_ERROR;
    switch (c->type) {
    case ST_IR_TEXT: return write_text(w, at, st_batch_text(b, column, row), w->text);
    case ST_IR_DATE: return write_date(w, at, st_batch_date(b, column, row));
    case ST_IR_BOOL:
        return worksheet_write_boolean(
            w->sheet, (lxw_row_t)w->row, at, st_batch_bool(b, column, row), NULL);
    default: return write_number(w, at, c, st_batch_int(b, column, row));
    }
}

static st_code add_xlsx(struct st_table_file *f, const struct st_batch *batch, struct st_error *err)
{
    struct workbook *w = f->state;
    for (size_t row = 0; row < batch->rows; row++) {
        if (w->row == w->rows_max) {
            TRY(end_sheet(f, w, err));
            TRY(start_sheet(f, w, err));
        }
        w->row++;
        w->rows++;
        for (size_t i = 0; i < f->spec.count; i++)
            TRY(check(f, write_cell(f, w, batch, i, row), err));
    }
    return ST_OK;
}

/* --- the page about the workbook --- */

struct about {
    struct st_table_file *file;
    struct workbook *workbook;
    size_t widths[ST_TABLE_NOTE_CELLS];
};

static st_code write_line(
    struct about *a, bool heading, const char *const *cells, size_t count, struct st_error *err)
{
    struct workbook *w = a->workbook;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!cells[i] || !cells[i][0])
            continue;
        any = true;
        widen(&a->widths[i], width_of(cells[i]));
        TRY(check(a->file,
            worksheet_write_string(w->sheet, (lxw_row_t)w->row, (lxw_col_t)i,
                cell_text(w, (struct st_text_cell){cells[i], strlen(cells[i])}),
                heading ? w->heading : w->text),
            err));
    }
    w->rows += any; /* a line without cells leaves no trace in the file */
    w->row++;
    return ST_OK;
}

static st_code write_about(struct st_table_file *f, struct workbook *w, struct st_error *err)
{
    static const char *const heads[] = {"column 列", "heading", "标题", "meaning", "含义"};
    struct about about = {.file = f, .workbook = w};
    TRY(add_sheet(f, w, st_pick(f->spec.lang, "About", "说明"), err));
    for (size_t i = 0; i < f->notes.count; i++) {
        const struct st_table_note *note = &f->notes.items[i];
        TRY(write_line(&about, note->heading, note->cells, note->count, err));
    }
    TRY(write_line(&about, false, NULL, 0, err));
    TRY(write_line(&about, true, heads, ST_COUNT(heads), err));
    for (size_t i = 0; i < f->spec.count; i++) {
        const struct st_table_column *c = &f->spec.columns[i];
        const char *const cells[] = {c->name, c->title.en, c->title.zh, c->help.en, c->help.zh};
        TRY(write_line(&about, false, cells, ST_COUNT(cells), err));
    }
    for (size_t i = 0; i < ST_TABLE_NOTE_CELLS; i++) {
        double width = (double)about.widths[i] / 10 + 1;
        if (about.widths[i])
            TRY(check(f,
                worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i,
                    width > WIDTH_MAX ? WIDTH_MAX : width, NULL),
                err));
    }
    return ST_OK;
}

static st_code finish_xlsx(struct st_table_file *f, struct st_error *err)
{
    struct workbook *w = f->state;
    TRY(end_sheet(f, w, err));
    TRY(write_about(f, w, err));
    errno = 0;
    lxw_error error = workbook_close(w->book);
    w->book = NULL;
    TRY(check(f, error, err));
    if (st_xlsx_is_whole(f->temporary, w->sheets, w->rows))
        return ST_OK;
    errno = errno ? errno : ENOSPC;
    return st_table_fail_write(f, err);
}

static void release_xlsx(struct st_table_file *f)
{
    struct workbook *w = f->state;
    if (!w)
        return;
    if (w->book) /* abandoned: the only way to free it; the file is removed afterwards */
        workbook_close(w->book);
    st_str_release(&w->cell);
    free(w);
}

const struct st_table_ops st_table_xlsx = {
    .open = open_xlsx, .add = add_xlsx, .finish = finish_xlsx, .release = release_xlsx};
