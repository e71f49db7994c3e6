/* CSV as RFC 4180 has it, lines ended by LF.
 *
 * People open it in a spreadsheet, so it starts with a byte-order mark, without which Excel takes
 * UTF-8 for the system's code page, and a text that a spreadsheet would run as a formula gets an
 * apostrophe in front (OWASP, CSV Injection). Numbers and dates are ours and stay as they are.
 * `plain` leaves both out, for programs. */
#include "run/table_internal.h"

struct csv {
    FILE *out;
    struct st_str line;
};

static st_code open_csv(struct st_table_file *f, struct st_error *err)
{
    struct csv *csv = f->state = st_calloc(1, sizeof *csv);
    csv->line = (struct st_str)ST_STR_INIT;
    csv->out = fopen(f->temporary, "wb");
    if (!csv->out)
        return st_table_fail_write(f, err);
    if (!f->spec.plain)
        fputs("\xEF\xBB\xBF", csv->out);
    for (size_t i = 0; i < f->spec.count; i++)
        fprintf(csv->out, "%s%s", i ? "," : "", f->spec.columns[i].name);
    fputc('\n', csv->out);
    return ST_OK;
}

/* What spreadsheets take for the beginning of a formula, or drop before they look for one; the
 * full-width forms too, which some take for the narrow ones. */
static bool starts_formula(struct st_text_cell cell)
{
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    if (cell.len == 0)
        return false;
    if (memchr("=+-@\t\r\n", cell.data[0], 7))
        return true;
    for (size_t i = 0; i < ST_COUNT(wide); i++)
        if (cell.len >= 3 && memcmp(cell.data, wide[i], 3) == 0)
            return true;
    return false;
}

static bool needs_quotes(struct st_text_cell cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (memchr(",\"\r\n", cell.data[i], 4))
            return true;
    return false;
}

static void add_text(struct st_str *line, struct st_text_cell cell, bool plain)
{
    bool quoted = needs_quotes(cell);
    if (quoted)
        st_str_add_char(line, '"');
    if (!plain && starts_formula(cell))
        st_str_add_char(line, '\'');
    if (!quoted) {
        st_str_add_len(line, cell.data, cell.len);
        return;
    }
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.data[i] == '"')
            st_str_add_char(line, '"');
        st_str_add_char(line, cell.data[i]);
    }
    st_str_add_char(line, '"');
}

static void add_cell(const struct st_table_file *f, struct st_str *line, const struct st_batch *b,
    size_t column, size_t row)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    if (st_batch_is_null(b, column, row))
        return;
    switch (f->spec.columns[column].type) {
    case ST_IR_BOOL: st_str_add(line, st_batch_bool(b, column, row) ? "true" : "false"); break;
    case ST_IR_DATE: st_str_add(line, st_date_format(st_batch_date(b, column, row), text)); break;
    case ST_IR_TEXT: add_text(line, st_batch_text(b, column, row), f->spec.plain); break;
    default:
        st_str_add(line,
            st_decimal_format(st_batch_int(b, column, row), f->spec.columns[column].scale, text));
        break;
    }
}

static st_code add_csv(struct st_table_file *f, const struct st_batch *batch, struct st_error *err)
{
    struct csv *csv = f->state;
    for (size_t row = 0; row < batch->rows; row++) {
        st_str_reset(&csv->line);
        for (size_t i = 0; i < f->spec.count; i++) {
            if (i)
                st_str_add_char(&csv->line, ',');
            add_cell(f, &csv->line, batch, i, row);
        }
        st_str_add_char(&csv->line, '\n');
        if (fwrite(csv->line.text, 1, csv->line.len, csv->out) != csv->line.len)
            return st_table_fail_write(f, err);
    }
    return ST_OK;
}

static st_code finish_csv(struct st_table_file *f, struct st_error *err)
{
    struct csv *csv = f->state;
    bool bad = ferror(csv->out) != 0;
    bad |= fclose(csv->out) != 0;
    csv->out = NULL;
    return bad ? st_table_fail_write(f, err) : ST_OK;
}

static void release_csv(struct st_table_file *f)
{
    struct csv *csv = f->state;
    if (!csv)
        return;
    if (csv->out)
        fclose(csv->out);
    st_str_release(&csv->line);
    free(csv);
}

const struct st_table_ops st_table_csv = {
    .open = open_csv, .add = add_csv, .finish = finish_csv, .release = release_csv};
