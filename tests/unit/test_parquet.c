/* Parquet files as records: what every type reads as, windows over large files, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/vec.h"
#include "ingest/reader.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];
static const char *const nulls[] = {""};
static const struct st_csv_format format = {
    .separator = ',', .quote = '"', .header = true, .null_texts = nulls, .null_count = 1};

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/strata-pq-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a [b]*'.parquet", folder); /* no glob, no end of a text */
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_parquet(const char *query, const char *options)
{
    struct st_store *store;
    struct st_str sql = ST_STR_INIT;
    struct st_error err = {.code = ST_OK};
    const struct st_store_options memory = {
        .threads = 1, .create = true, .skip_migration_check = true};
    st_str_addf(&sql, "COPY (%s) TO '", query);
    for (const char *p = path; *p; p++)
        st_str_addf(&sql, *p == '\'' ? "'%c" : "%c", *p);
    st_str_addf(&sql, "' (FORMAT parquet%s)", options);
    assert_int_equal(st_store_open(":memory:", &memory, &store, &err), ST_OK);
    if (st_store_exec(store, sql.text, NULL, 0, NULL, &err) != ST_OK)
        fail_msg("%s: %s", query, err.message[ST_LANG_EN]);
    st_store_close(store);
    st_str_release(&sql);
}

/* "line:a|b" per record, NULLs as ~, a flawed one as "line!". */
static void show(struct st_str *out, struct st_reader *reader)
{
    for (;;) {
        const struct st_csv_record *r;
        struct st_error err = {.code = ST_OK};
        assert_int_equal(st_reader_next(reader, &r, &err), ST_OK);
        if (!r)
            return;
        st_str_addf(out, "%d%s", (int)r->line, r->flaw ? "!" : ":");
        for (size_t i = 0; i < r->count; i++) {
            st_str_add(out, i ? "|" : "");
            st_str_add_len(out, r->fields[i].data ? r->fields[i].data : "~",
                r->fields[i].data ? r->fields[i].len : 1);
        }
        st_str_add(out, "\n");
    }
}

static void every_type(void **state)
{
    static const struct {
        const char *query, *want;
    } rows[] = {
        {"SELECT 'a' AS x UNION ALL SELECT NULL UNION ALL SELECT ''", "1:a\n2:~\n3:\n"},
        {"SELECT '张三' AS 姓名, 'it''s' AS y", "1:张三|it's\n"},
        {"SELECT 42::TINYINT, (-42)::SMALLINT, 42::INTEGER, 9223372036854775807::BIGINT",
            "1:42|-42|42|9223372036854775807\n"},
        {"SELECT 42::UTINYINT, 18446744073709551615::UBIGINT", "1:42|18446744073709551615\n"},
        {"SELECT 1234.50::DECIMAL(18,2), (-0.01)::DECIMAL(4,2), 1::DECIMAL(38,10)",
            "1:1234.50|-0.01|1.0000000000\n"},
        {"SELECT true, false", "1:true|false\n"},
        {"SELECT DATE '2024-01-31', DATE '1969-07-20', 'infinity'::DATE",
            "1:2024-01-31|1969-07-20|infinity\n"},
        {"SELECT TIMESTAMP '2024-01-31 23:59:59.5', '2024-01-31 00:00:00'::TIMESTAMP_S",
            "1:2024-01-31 23:59:59.5|2024-01-31 00:00:00\n"},
        {"SELECT 0.1::DOUBLE, 12::DOUBLE, 1234.5::DOUBLE, (-0.5)::DOUBLE, 0.1::FLOAT",
            "1:0.1|12|1234.5|-0.5|0.1\n"},
        {"SELECT 1e15::DOUBLE, 1e16::DOUBLE, 1.5e20::DOUBLE, 123456789012345680::DOUBLE",
            "1:1000000000000000|10000000000000000|150000000000000000000|123456789012345680\n"},
        {"SELECT 0.0001::DOUBLE, 0.00001::DOUBLE, (-1.5e-7)::DOUBLE, 1e-300::DOUBLE < 1",
            "1:0.0001|0.00001|-0.00000015|true\n"},
        {"SELECT 'nan'::DOUBLE, '-inf'::DOUBLE", "1:nan|-inf\n"},
        {"SELECT 'b'::ENUM('a', 'b')", "1:b\n"},
        {"SELECT 'a' || chr(0) AS x UNION ALL SELECT 'b'", "1!a\n2:b\n"},
        {"SELECT 1 AS x WHERE false", ""},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_reader *reader;
        struct st_error err = {.code = ST_OK};
        write_parquet(rows[i].query, "");
        if (st_reader_open(&arena, path, &format, &reader, &err) != ST_OK)
            fail_msg("%s: %s", rows[i].query, err.message[ST_LANG_EN]);
        show(&got, reader);
        for (char *nul; (nul = memchr(got.text, 0, got.len)) != NULL; got.len--)
            memmove(nul, nul + 1, got.len - (size_t)(nul - got.text));
        if (strcmp(got.text, rows[i].want) != 0)
            print_error("%s\n", rows[i].query);
        assert_string_equal(got.text, rows[i].want);
        st_reader_close(reader);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void the_line_it_would_be(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_reader *reader;
    const struct st_csv_record *r;
    static const char *const question[] = {"?", ""};
    struct st_csv_format other = {
        .separator = ';', .quote = '"', .header = true, .null_texts = question, .null_count = 2};
    (void)state;
    write_parquet(
        "SELECT 'a;b' AS \" x;y \", 'say \"hi\"' AS 名, NULL::INTEGER AS n, 1.50::DECIMAL(4,2)"
        " AS d, 'one' || chr(10) || 'two' AS t, '' AS e",
        "");
    assert_int_equal(st_reader_open(&arena, path, &other, &reader, NULL), ST_OK);
    assert_int_equal(reader->column_count, 6);
    assert_string_equal(reader->columns[0], "x;y");
    assert_string_equal(reader->header.data, "\"x;y\";名;n;d;t;e");
    assert_int_equal(st_reader_next(reader, &r, NULL), ST_OK);
    struct st_slice raw = st_reader_raw(reader, r);
    assert_string_equal(raw.data, "\"a;b\";\"say \"\"hi\"\"\";?;1.50;\"one\ntwo\";");
    st_reader_close(reader);
    st_arena_release(&arena);
}

/* Rows come in order and once, however row groups and windows lie. */
static void large_files(void **state)
{
    static const char *const options[] = {"", ", ROW_GROUP_SIZE 2048", ", ROW_GROUP_SIZE 500000"};
    enum { ROWS = 200001 };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(options); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_reader *reader;
        const struct st_csv_record *r;
        struct stat info;
        int64_t rows = 0;
        write_parquet("SELECT i, 'row ' || i AS t FROM range(200001) AS r(i)", options[i]);
        assert_int_equal(st_reader_open(&arena, path, &format, &reader, NULL), ST_OK);
        for (;;) {
            char want[32];
            assert_int_equal(st_reader_next(reader, &r, NULL), ST_OK);
            if (!r)
                break;
            snprintf(want, sizeof want, "row %lld", (long long)rows);
            assert_int_equal(r->line, ++rows);
            assert_int_equal(r->fields[1].len, strlen(want));
            assert_memory_equal(r->fields[1].data, want, strlen(want));
        }
        assert_int_equal(rows, ROWS);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(reader->bytes_read, info.st_size);
        st_reader_close(reader);
        st_arena_release(&arena);
    }
}

static void types_that_are_not_read(void **state)
{
    static const struct {
        const char *query, *type;
    } rows[] = {
        {"SELECT 1 AS a, [1, 2] AS b", "INTEGER[]"},
        {"SELECT 1 AS a, {'x': 1} AS b", "STRUCT"},
        {"SELECT 1 AS a, 'x'::BLOB AS b", "BLOB"},
        {"SELECT 1 AS a, MAP {'x': 1} AS b", "MAP"},
        {"SELECT 1 AS a, TIMESTAMPTZ '2024-01-31 00:00:00+08' AS b", "TIMESTAMP WITH TIME ZONE"},
        {"SELECT 1 AS a, [1.5::DECIMAL(4,2)] AS b", "DECIMAL(4,2)[]"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_reader *reader;
        struct st_error err = {.code = ST_OK};
        write_parquet(rows[i].query, "");
        assert_int_equal(st_reader_open(&arena, path, &format, &reader, &err), ST_OK);
        assert_int_equal(st_reader_require(reader, 0, &err), ST_OK);
        assert_int_equal(st_reader_require(reader, 1, &err), ST_E_DATA);
        assert_non_null(strstr(err.message[ST_LANG_EN], "column 'b' of "));
        if (!strstr(err.message[ST_LANG_EN], rows[i].type))
            fail_msg("%s: %s", rows[i].query, err.message[ST_LANG_EN]);
        show(&got, reader); /* the other columns are read all the same */
        assert_string_equal(got.text, "1:1|~\n");
        st_reader_close(reader);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

/* Cut off, overwritten in the middle, or something else under that name. */
static void damaged_files(void **state)
{
    static const struct {
        const char *what;
        long keep, overwrite; /* bytes kept; where 64 bytes are overwritten, from the end if < 0 */
        const char *message;
    } rows[] = {
        {"cut off", 1000, 0, "no Parquet file, or it is cut off"},
        {"no bytes", 0, 0, "no Parquet file, or it is cut off"},
        {"a broken footer", -1, -80, "cannot be read as Parquet"},
        {"a broken page", -1, 40, "cannot be read as Parquet"},
    };
    static const char garbage[64] = "garbage";
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_reader *reader = NULL;
        const struct st_csv_record *r;
        struct st_error err = {.code = ST_OK};
        write_parquet("SELECT i, 'row ' || i AS t FROM range(5000) AS r(i)", "");
        if (rows[i].keep >= 0) {
            assert_int_equal(truncate(path, rows[i].keep), 0);
        } else {
            FILE *f = fopen(path, "r+b");
            fseek(f, rows[i].overwrite, rows[i].overwrite < 0 ? SEEK_END : SEEK_SET);
            assert_int_equal(fwrite(garbage, 1, sizeof garbage, f), sizeof garbage);
            assert_int_equal(fclose(f), 0);
        }
        st_code rc = st_reader_open(&arena, path, &format, &reader, &err);
        while (rc == ST_OK && (rc = st_reader_next(reader, &r, &err)) == ST_OK && r)
            ;
        if (rc != ST_E_DATA || !strstr(err.message[ST_LANG_EN], rows[i].message))
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        assert_true(err.message[ST_LANG_ZH][0] && err.hint[ST_LANG_ZH][0]);
        st_reader_close(reader);
        st_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(the_line_it_would_be),
        cmocka_unit_test(large_files),
        cmocka_unit_test(types_that_are_not_read),
        cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
