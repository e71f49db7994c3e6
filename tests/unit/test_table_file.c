/* Tables as files: what a cell becomes, workbooks of several sheets, and whether one is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "run/table_internal.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { ROWS = 8, SHEET_ROWS = 3, PART_MAX = 1 << 16 };

static char root[] = "/tmp/strata-table-XXXXXX";

static const struct st_table_column columns[] = {
    {.name = "id", .title = {"Id", "编号"}, .type = ST_IR_TEXT},
    {.name = "amount",
        .title = {"Amount", "金额"},
        .type = ST_IR_BIGINT,
        .scale = 2,
        .look = ST_LOOK_MONEY},
};

static const char *at(struct st_arena *arena, const char *file)
{
    return st_arena_printf(arena, "%s/%s", root, file);
}

/* Eight rows: "id 0" 0.00, "id 1" 0.01 … */
static void write_rows(
    struct st_arena *arena, enum st_export_format format, const char *path, size_t sheet_rows)
{
    struct st_table_spec spec = {.format = format,
        .path = path,
        .title = {"Rows", "行"},
        .columns = columns,
        .count = ST_COUNT(columns),
        .sheet_rows_max = sheet_rows};
    struct st_text_cell ids[ROWS];
    int64_t amounts[ROWS];
    struct st_batch batch = {.rows = ROWS, .columns = 2};
    struct st_table_file *file = NULL;
    for (int i = 0; i < ROWS; i++) {
        ids[i] = (struct st_text_cell){st_arena_printf(arena, "id %d", i), 4};
        amounts[i] = i;
    }
    batch.vectors[0] = (struct st_vector){ST_IR_TEXT, ids, NULL};
    batch.vectors[1] = (struct st_vector){ST_IR_BIGINT, amounts, NULL};
    assert_int_equal(st_table_file_open(arena, &spec, &file, NULL), ST_OK);
    assert_int_equal(st_table_file_add(file, &batch, NULL), ST_OK);
    assert_int_equal(st_table_file_close(file, true, NULL), ST_OK);
}

/* The text of a member of a small archive, found by its name in front of its bytes. */
static const char *member(struct st_arena *arena, const char *path, const char *name)
{
    struct st_str file = ST_STR_INIT;
    char *text = st_arena_alloc(arena, PART_MAX);
    assert_int_equal(st_str_read_file(&file, path, PART_MAX, NULL), ST_OK);
    const unsigned char *p = memmem(file.text, file.len, name, strlen(name));
    assert_non_null(p);
    z_stream z = {.next_out = (unsigned char *)text, .avail_out = PART_MAX - 1};
    z.next_in = (unsigned char *)(uintptr_t)(p + strlen(name)); /* no extra field between */
    z.avail_in = (unsigned)(file.len - (size_t)((const char *)z.next_in - file.text));
    assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    st_str_release(&file);
    return text;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void a_full_sheet_is_followed_by_another(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    const char *path = at(&arena, "sheets.xlsx");
    static const size_t rows[] = {3, 3, 2};
    size_t id = 0;
    (void)state;
    write_rows(&arena, ST_EXPORT_XLSX, path, SHEET_ROWS);
    const char *book = member(&arena, path, "xl/workbook.xml");
    assert_int_equal(count_of(book, "<sheet "), 4);
    for (int i = 0; i < 3; i++) {
        const char *names[] = {"\"Rows\"", "\"Rows 2\"", "\"Rows 3\""};
        const char *sheet =
            member(&arena, path, st_arena_printf(&arena, "xl/worksheets/sheet%d.xml", i + 1));
        assert_int_equal(count_of(book, names[i]), 1);
        assert_int_equal(count_of(sheet, "<row "), rows[i] + 1);
        assert_int_equal(count_of(sheet, ">Amount<"), 1);
        assert_int_equal(count_of(sheet, "state=\"frozen\""), 1);
        assert_int_equal(
            count_of(sheet, st_arena_printf(&arena, "ref=\"A1:B%zu\"", rows[i] + 1)), 2);
        for (size_t row = 0; row < rows[i]; row++)
            assert_int_equal(count_of(sheet, st_arena_printf(&arena, ">id %zu<", id++)), 1);
    }
    assert_int_equal(count_of(book, "\"About\""), 1);
    st_arena_release(&arena);
}

static void a_sheet_that_is_just_full_is_the_last(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    const char *path = at(&arena, "full.xlsx");
    (void)state;
    write_rows(&arena, ST_EXPORT_XLSX, path, ROWS);
    assert_int_equal(count_of(member(&arena, path, "xl/workbook.xml"), "<sheet "), 2);
    st_arena_release(&arena);
}

static void a_workbook_is_whole_or_not(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    const char *path = at(&arena, "whole.xlsx");
    struct stat file;
    (void)state;
    write_rows(&arena, ST_EXPORT_XLSX, path, SHEET_ROWS);
    /* rows, three headings; two columns and their heading on the page about it */
    enum { ALL = ROWS + 3 + 3 };
    assert_true(st_xlsx_is_whole(path, 4, ALL));
    assert_false(st_xlsx_is_whole(path, 4, ALL - 1));
    assert_false(st_xlsx_is_whole(path, 5, ALL));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(truncate(path, file.st_size / 2), 0);
    assert_false(st_xlsx_is_whole(path, 4, ALL));
    assert_false(st_xlsx_is_whole(at(&arena, "none.xlsx"), 0, 1));
    st_arena_release(&arena);
}

static void an_abandoned_file_leaves_nothing(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (int format = ST_EXPORT_CSV; format <= ST_EXPORT_XLSX; format++) {
        struct st_table_file *file = NULL;
        struct st_table_spec spec = {.format = (enum st_export_format)format,
            .path = at(&arena, "abandoned"),
            .title = {"Rows", "行"},
            .columns = columns,
            .count = ST_COUNT(columns)};
        assert_int_equal(st_table_file_open(&arena, &spec, &file, NULL), ST_OK);
        const char *temporary = st_arena_strdup(&arena, file->temporary);
        assert_int_equal(st_table_file_close(file, false, NULL), ST_OK);
        assert_int_not_equal(access(temporary, F_OK), 0);
        assert_int_not_equal(access(spec.path, F_OK), 0);
    }
    st_arena_release(&arena);
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    static const char *const names[] = {"sheets.xlsx", "full.xlsx", "whole.xlsx"};
    struct st_arena arena = ST_ARENA_INIT;
    (void)state;
    for (size_t i = 0; i < ST_COUNT(names); i++)
        unlink(at(&arena, names[i]));
    st_arena_release(&arena);
    return rmdir(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_sheet_is_followed_by_another),
        cmocka_unit_test(a_sheet_that_is_just_full_is_the_last),
        cmocka_unit_test(a_workbook_is_whole_or_not),
        cmocka_unit_test(an_abandoned_file_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
