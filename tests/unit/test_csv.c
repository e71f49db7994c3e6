/* Splitting delimited text: every form a record may take, and every flaw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/vec.h"
#include "ingest/reader.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/strata-csv-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_bytes(const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static int64_t file_bytes(void)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return (int64_t)info.st_size;
}

static const char *const flaw_names[] = {"", "field_count", "bad_quote", "unclosed_quote",
    "too_long", "bad_utf8", "bad_encoding", "nul_byte"};

/* "line:a|b|c" per record, one per line; a flawed one as "line!flaw". */
static void show(struct st_str *out, struct st_reader *csv)
{
    for (;;) {
        const struct st_csv_record *r;
        struct st_error err = {0};
        assert_int_equal(st_reader_next(csv, &r, &err), ST_OK);
        if (!r)
            return;
        st_str_addf(out, "%d%s%s", (int)r->line, r->flaw ? "!" : ":", flaw_names[r->flaw]);
        for (size_t i = 0; !r->flaw && i < r->count; i++) {
            st_str_add(out, i ? "|" : "");
            st_str_add_len(out, r->fields[i].data, r->fields[i].len);
        }
        st_str_add(out, "\n");
    }
}

static const struct st_csv_format plain = {.separator = ',', .quote = '"', .header = true};

static void split_records(void **state)
{
    static const struct {
        const char *what, *input;
        size_t len; /* 0: strlen */
        const char *want;
    } rows[] = {
        {"two records", "a,b\n1,2\n3,4\n", 0, "2:1|2\n3:3|4\n"},
        {"missing final newline", "a,b\n1,2", 0, "2:1|2\n"},
        {"CRLF", "a,b\r\n1,2\r\n3,\r\n", 0, "2:1|2\n3:3|\n"},
        {"CRLF after a quote", "a,b\r\n1,\"2\"\r\n", 0, "2:1|2\n"},
        {"byte order mark",
            "\xEF\xBB\xBF"
            "a,b\n1,2\n",
            0, "2:1|2\n"},
        {"empty fields", "a,b,c\n,,\n", 0, "2:||\n"},
        {"empty lines are no records", "a,b\n\n1,2\n\n\n3,4\n", 0, "3:1|2\n6:3|4\n"},
        {"an empty line is a record of one column", "a\n\nx\n", 0, "2:\n3:x\n"},
        {"quoted separator", "a,b\n\"1,5\",2\n", 0, "2:1,5|2\n"},
        {"doubled quote", "a,b\n\"say \"\"hi\"\"\",2\n", 0, "2:say \"hi\"|2\n"},
        {"only a doubled quote", "a,b\n\"\"\"\",\"\"\n", 0, "2:\"|\n"},
        {"quoted newline", "a,b\n\"1\n2\",3\n4,5\n", 0, "2:1\n2|3\n4:4|5\n"},
        {"quote inside a field is itself", "a,b\n5\" pipe,2\n", 0, "2:5\" pipe|2\n"},
        {"UTF-8", "名,b\n张三,2\n", 0, "2:张三|2\n"},
        {"too few fields", "a,b\n1\n3,4\n", 0, "2!field_count\n3:3|4\n"},
        {"too many fields", "a,b\n1,2,3\n3,4\n", 0, "2!field_count\n3:3|4\n"},
        {"text after a quote", "a,b\n\"1\"x,2\n3,4\n", 0, "2!bad_quote\n3:3|4\n"},
        {"a stray quote costs one line", "a,b\n\"1,2\n3,4\n\"5\",6\n", 0,
            "2!bad_quote\n3:3|4\n4:5|6\n"},
        {"half a row at the end", "a,b\n1,2\n3,\"ha", 0, "2:1|2\n3!unclosed_quote\n"},
        {"rows after an unclosed quote are kept", "a,b\n1,\"2\n3,4\n5,6\n", 0,
            "2!unclosed_quote\n3:3|4\n4:5|6\n"},
        {"broken UTF-8", "a,b\n\xC3\x28,2\n3,4\n", 0, "2!bad_utf8\n3:3|4\n"},
        {"overlong UTF-8", "a,b\n\xC0\x80,2\n", 0, "2!bad_utf8\n"},
        {"surrogate", "a,b\n\xED\xA0\x80,2\n", 0, "2!bad_utf8\n"},
        {"zero byte", "a,b\n1\0,2\n3,4\n", 13, "2!nul_byte\n3:3|4\n"},
        {"blanks around a column's name", "　a ,b\xC2\xA0\n1,2\n", 0, "2:1|2\n"},
        {"header only", "a,b\n", 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_reader *csv;
        struct st_error err = {0};
        write_bytes(rows[i].input, rows[i].len ? rows[i].len : strlen(rows[i].input));
        assert_int_equal(st_reader_open(&arena, path, &plain, &csv, &err), ST_OK);
        show(&got, csv);
        if (strcmp(got.text, rows[i].want) != 0)
            print_error("%s\n", rows[i].what);
        assert_string_equal(got.text, rows[i].want);
        st_reader_close(csv);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void split_other_formats(void **state)
{
    static const char *const names[] = {"x", "y"};
    static const struct {
        const char *what, *input;
        struct st_csv_format format;
        const char *want;
    } rows[] = {
        {"semicolons", "a;b\n1;\"2;3\"\n", {.separator = ';', .quote = '"', .header = true},
            "2:1|2;3\n"},
        {"tabs, no quote", "a\tb\n\"1\t2\n", {.separator = '\t', .header = true}, "2:\"1|2\n"},
        {"single quotes", "a,b\n'1,2',3\n", {.separator = ',', .quote = '\'', .header = true},
            "2:1,2|3\n"},
        {"no header", "1,2\n3,4\n",
            {.separator = ',', .quote = '"', .columns = names, .column_count = 2},
            "1:1|2\n2:3|4\n"},
        {"skipped lines", "report of today\n\na,b\n1,2\n",
            {.separator = ',', .quote = '"', .header = true, .skip_lines = 2}, "4:1|2\n"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_reader *csv;
        struct st_error err = {0};
        write_bytes(rows[i].input, strlen(rows[i].input));
        assert_int_equal(st_reader_open(&arena, path, &rows[i].format, &csv, &err), ST_OK);
        show(&got, csv);
        if (strcmp(got.text, rows[i].want) != 0)
            print_error("%s\n", rows[i].what);
        assert_string_equal(got.text, rows[i].want);
        st_reader_close(csv);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void refuse_files(void **state)
{
    static const struct {
        const char *what, *input;
        size_t len;
        st_code want;
        const char *message;
    } rows[] = {
        {"Latin-1", "a,b\nM\xFCller,1\nJos\xE9,2\nFran\xE7ois,3\n", 0, ST_E_DATA, "neither UTF-8"},
        {"Big5",
            "a,b\n\xB1i\xA4T,1\n\xA7\xF5\xA5|,2\n\xA4\xFD\xA4\xAD,3\n\xB3\xAF\xA4p\xAA\xE1,4\n", 0,
            ST_E_DATA, "neither UTF-8"},
        {"Latin-1 header",
            "name,gr\xF6\xDF"
            "e\n1,2\n",
            0, ST_E_DATA, "header"},
        {"UTF-16 without a mark", "a\0,\0b\0\n\0", 8, ST_E_DATA, "header"},
        {"empty", "", 0, ST_E_DATA, "empty"},
        {"two columns of one name", "a,a\n1,2\n", 0, ST_E_DATA, "two columns"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_reader *csv;
        struct st_error err = {0};
        write_bytes(rows[i].input, rows[i].len ? rows[i].len : strlen(rows[i].input));
        st_code rc = st_reader_open(&arena, path, &plain, &csv, &err);
        if (rc != rows[i].want || !strstr(err.message[ST_LANG_EN], rows[i].message))
            print_error("%s: %s\n", rows[i].what, err.message[ST_LANG_EN]);
        assert_int_equal(rc, rows[i].want);
        assert_non_null(strstr(err.message[ST_LANG_EN], rows[i].message));
        st_arena_release(&arena);
    }
    struct st_arena arena = ST_ARENA_INIT;
    struct st_reader *csv;
    assert_int_equal(st_reader_open(&arena, "/no/such/file", &plain, &csv, NULL), ST_E_NOT_FOUND);
    st_arena_release(&arena);
}

/* One broken line in a file is a row's matter, not the file's. */
static void one_broken_line_is_no_reason_to_refuse(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str got = ST_STR_INIT;
    struct st_reader *csv;
    (void)state;
    write_bytes("名,b\n\xD5\x28,1\nx,2\n", 14);
    assert_int_equal(st_reader_open(&arena, path, &plain, &csv, NULL), ST_OK);
    show(&got, csv);
    assert_string_equal(got.text, "2!bad_utf8\n3:x|2\n");
    st_reader_close(csv);
    st_str_release(&got);
    st_arena_release(&arena);
}

/* Each is "a,b / 张三,1" in an encoding, or has one record that is damaged there. */
static void read_encodings(void **state)
{
    static const struct {
        const char *what, *input;
        size_t len; /* 0: strlen */
        enum st_encoding stated;
        const char *want;
    } rows[] = {
        {"GB18030 found", "a,b\n\xD5\xC5\xC8\xFD,1\n", 0, 0, "2:张三|1\n"},
        {"GB18030 header found", "\xD0\xD5\xC3\xFB,b\nx,1\n", 0, 0, "2:x|1\n"},
        {"a GB18030 name in the last line", "a,b\nx,1\n\xD5\xC5,2", 0, 0, "2:x|1\n3:张|2\n"},
        {"GB18030 stated: a rare character alone", "a,b\n\x86\xB4,1\n", 0, ST_ENCODING_GB18030,
            "2:喆|1\n"},
        {"four bytes", "a,b\n\xD5\xC5\x95\x32\x82\x36,1\n\xD5\xC5\xC8\xFD,2\n", 0, 0,
            "2:张𠀀|1\n3:张三|2\n"},
        {"the euro sign of two bytes", "a,b\n\xA2\xE3\xD5\xC5,1\n", 0, 0, "2:€张|1\n"},
        {"a byte order mark of GB18030",
            "\x84\x31\x95\x33"
            "a,b\nx,1\n",
            0, 0, "2:x|1\n"},
        {"a broken byte costs its record", "a,b\n\xD5\xC5,1\n\xD5,2\n\xFF,3\n\xC8\xFD,4\n", 0,
            ST_ENCODING_GB18030, "2:张|1\n3!bad_encoding\n4!bad_encoding\n5:三|4\n"},
        {"cut within a character", "a,b\n\xD5\xC5,1\nx,\x81", 0, ST_ENCODING_GB18030,
            "2:张|1\n3!bad_encoding\n"},
        {"UTF-8 stated for nothing but ASCII", "a,b\nx,1\n", 0, ST_ENCODING_UTF8, "2:x|1\n"},
        {"a UTF-8 mark wins over what is stated",
            "\xEF\xBB\xBF"
            "a,b\n张,1\n",
            0, ST_ENCODING_GB18030, "2:张|1\n"},
        {"little-endian",
            "\xFF\xFE"
            "a\0,\0b\0\n\0"
            "\x20\x5F\x09\x4E,\0"
            "1\0\r\0\n\0",
            22, 0, "2:张三|1\n"},
        {"big-endian",
            "\xFE\xFF"
            "\0a\0,\0b\0\n"
            "\x5F\x20\x4E\x09\0,\0"
            "1\0\n",
            20, 0, "2:张三|1\n"},
        {"UTF-16 stated, without a mark",
            "a\0,\0b\0\n\0"
            "x\0,\0"
            "1\0",
            14, ST_ENCODING_UTF16, "2:x|1\n"},
        {"half a surrogate",
            "\xFF\xFE"
            "a\0\n\0"
            "\0\xD8\n\0"
            "x\0\n\0",
            14, 0, "2!bad_encoding\n3:x\n"},
        {"half a unit",
            "\xFF\xFE"
            "a\0\n\0"
            "x",
            7, 0, "2!bad_encoding\n"},
        {"mostly UTF-8 stays UTF-8", "a,b\n张三,1\n李四,2\n\xD5\xC5,3\n", 0, 0,
            "2:张三|1\n3:李四|2\n4!bad_utf8\n"},
        {"two damaged lines are no reason to refuse", "a,b\n\xD5\x28,1\n\xFF,2\n", 0, 0,
            "2!bad_utf8\n3!bad_utf8\n"},
    };
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_str got = ST_STR_INIT;
        struct st_csv_format format = plain;
        struct st_reader *csv;
        struct st_error err = {.code = ST_OK};
        format.encoding = rows[i].stated;
        write_bytes(rows[i].input, rows[i].len ? rows[i].len : strlen(rows[i].input));
        if (st_reader_open(&arena, path, &format, &csv, &err) != ST_OK)
            fail_msg("%s: %s", rows[i].what, err.message[ST_LANG_EN]);
        show(&got, csv);
        if (strcmp(got.text, rows[i].want) != 0)
            print_error("%s\n", rows[i].what);
        assert_string_equal(got.text, rows[i].want);
        st_reader_close(csv);
        st_str_release(&got);
        st_arena_release(&arena);
    }
}

static void stated_utf8_that_is_not(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_csv_format format = plain;
    struct st_reader *csv;
    struct st_error err = {.code = ST_OK};
    (void)state;
    format.encoding = ST_ENCODING_UTF8;
    static const char bytes[] = "a,b\n\xD5\xC5,1\n\xC0\xEE,2\n\xCD\xF5,3\n";
    write_bytes(bytes, sizeof bytes - 1);
    assert_int_equal(st_reader_open(&arena, path, &format, &csv, &err), ST_E_DATA);
    assert_non_null(strstr(err.message[ST_LANG_EN], "is not UTF-8 text, as its mapping says"));
    assert_non_null(strstr(err.hint[ST_LANG_ZH], "encoding: gb18030"));
    st_arena_release(&arena);
}

/* Everything that is read, as one text. */
static void read_all(struct st_str *out, const struct st_csv_format *format)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_reader *csv;
    assert_int_equal(st_reader_open(&arena, path, format, &csv, NULL), ST_OK);
    st_str_reset(out);
    show(out, csv);
    assert_int_equal(csv->bytes_read, file_bytes());
    st_reader_close(csv);
    st_arena_release(&arena);
}

static size_t convert(const char *to, const struct st_str *from, char *into, size_t room)
{
    iconv_t converter = iconv_open(to, "UTF-8");
    char *in = from->text, *out = into;
    size_t left = from->len, rest = room;
    assert_int_equal(iconv(converter, &in, &left, &out, &rest), 0);
    iconv_close(converter);
    return room - rest;
}

/* Characters cut at every block and buffer boundary; 囎 has 0x7C, the separator, as its second
 * byte and 乗 0x5C. All encodings read alike, plain and compressed. */
static void long_files_in_other_encodings(void **state)
{
    enum { RECORDS = 120000 };
    static const char *const encodings[] = {"GB18030", "UTF-16", "UTF-16LE"};
    static const enum st_encoding stated[] = {
        ST_ENCODING_GB18030, ST_ENCODING_AUTO, ST_ENCODING_UTF16};
    struct st_csv_format format = plain;
    struct st_str text = ST_STR_INIT, want = ST_STR_INIT, got = ST_STR_INIT;
    (void)state;
    format.separator = '|';
    st_str_add(&text, "编号|姓名|备注\n");
    for (int i = 0; i < RECORDS; i++)
        st_str_addf(&text, "%d|\"%.*s\"\"囎|乗\n𠀀\"|%.*sé\n", i, i % 11 * 3,
            "张王李赵刘陈杨黄周吴徐", i % 7, "xyzwvu");
    write_bytes(text.text, text.len);
    read_all(&want, &format);
    assert_null(strchr(want.text, '!'));
    size_t room = text.len * 2 + 64;
    char *bytes = malloc(room);
    for (size_t i = 0; i < ST_COUNT(encodings); i++) {
        size_t len = convert(encodings[i], &text, bytes, room);
        format.encoding = stated[i];
        write_bytes(bytes, len);
        read_all(&got, &format);
        assert_true(strcmp(want.text, got.text) == 0);
        gzFile gz = gzopen(path, "wb1");
        assert_int_equal(gzwrite(gz, bytes, (unsigned)len), len);
        assert_int_equal(gzclose(gz), Z_OK);
        read_all(&got, &format);
        assert_true(strcmp(want.text, got.text) == 0);
    }
    free(bytes);
    st_str_release(&text);
    st_str_release(&want);
    st_str_release(&got);
}

/* Records over buffer boundaries, plain and compressed: the sums must not depend on either. */
static void long_files(void **state)
{
    enum { RECORDS = 300000 };
    struct st_str text = ST_STR_INIT;
    int64_t want = 0;
    (void)state;
    st_str_add(&text, "a,b,c\n");
    for (int i = 0; i < RECORDS; i++) {
        st_str_addf(&text, "%d,\"q %d \"\"x\"\"\nnext\",%.*s\n", i, i, i % 40,
            "0123456789012345678901234567890123456789");
        want += i;
    }
    for (int packed = 0; packed < 2; packed++) {
        struct st_arena arena = ST_ARENA_INIT;
        struct st_reader *csv;
        const struct st_csv_record *r;
        int64_t got = 0, lines = 0, records = 0;
        if (packed) {
            gzFile gz = gzopen(path, "wb1");
            assert_int_equal(gzwrite(gz, text.text, (unsigned)text.len), text.len);
            assert_int_equal(gzclose(gz), Z_OK);
        } else {
            write_bytes(text.text, text.len);
        }
        assert_int_equal(st_reader_open(&arena, path, &plain, &csv, NULL), ST_OK);
        for (;;) {
            assert_int_equal(st_reader_next(csv, &r, NULL), ST_OK);
            if (!r)
                break;
            assert_int_equal(r->flaw, ST_CSV_SOUND);
            assert_int_equal(r->count, 3);
            assert_int_equal(r->line, 2 + 2 * records);
            got += strtoll(r->fields[0].data, NULL, 10);
            lines += memchr(r->fields[1].data, '\n', r->fields[1].len) != NULL;
            records++;
        }
        assert_int_equal(records, RECORDS);
        assert_int_equal(got, want);
        assert_int_equal(lines, RECORDS);
        assert_int_equal(csv->bytes_read, file_bytes());
        st_reader_close(csv);
        st_arena_release(&arena);
    }
    st_str_release(&text);
}

static void damaged_gzip(void **state)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_reader *csv;
    struct st_error err = {0};
    char bytes[4096];
    (void)state;
    gzFile gz = gzopen(path, "wb");
    for (int i = 0; i < 20000; i++)
        gzprintf(gz, "%d,%d\n", i, i * 7919 % 10007);
    assert_int_equal(gzclose(gz), Z_OK);
    FILE *f = fopen(path, "rb");
    size_t len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    write_bytes(bytes, len);
    st_code rc = st_reader_open(&arena, path, &plain, &csv, &err);
    const struct st_csv_record *r = NULL;
    if (rc == ST_OK) {
        do
            rc = st_reader_next(csv, &r, &err);
        while (rc == ST_OK && r);
        st_reader_close(csv);
    }
    assert_int_equal(rc, ST_E_DATA);
    st_arena_release(&arena);
}

static void records_above_the_cap(void **state)
{
    struct st_str text = ST_STR_INIT;
    struct st_arena arena = ST_ARENA_INIT;
    struct st_str got = ST_STR_INIT;
    struct st_reader *csv;
    (void)state;
    st_str_add(&text, "a,b\n1,2\n");
    for (int i = 0; i < 6 * 1024 * 1024; i++)
        st_str_add_char(&text, 'x');
    st_str_add(&text, ",y\n3,4\n");
    for (int i = 0; i < 2 * 1024 * 1024; i++)
        st_str_add_char(&text, 'z');
    st_str_add(&text, ",y\n5,6\n\"");
    for (int i = 0; i < 1500; i++)
        st_str_addf(&text, "%01023d\n", i);
    write_bytes(text.text, text.len);
    assert_int_equal(st_reader_open(&arena, path, &plain, &csv, NULL), ST_OK);
    show(&got, csv);
    got.text[strcspn(got.text, "7")] = '\0'; /* line 7 on: the lines after the unclosed quote */
    assert_string_equal(got.text, "2:1|2\n3!too_long\n4:3|4\n5!too_long\n6:5|6\n");
    st_reader_close(csv);
    st_str_release(&got);
    st_str_release(&text);
    st_arena_release(&arena);
}

static void values_of_fields(void **state)
{
    static const char *const nulls[] = {"", "?", "N/A"};
    static const struct st_csv_format format = {
        .trim = true, .null_texts = nulls, .null_count = ST_COUNT(nulls)};
    static const struct {
        const char *input, *want; /* NULL: no value */
    } rows[] = {{"a", "a"}, {"  a b\t", "a b"}, {"", NULL}, {"   ", NULL}, {"?", NULL},
        {" ? ", NULL}, {"??", "??"}, {"N/A", NULL}, {"N/", "N/"}, {"　张　三　", "张　三"},
        {"\xC2\xA0x\xC2\xA0", "x"}, {"　", NULL}, {"あ", "あ"}};
    (void)state;
    for (size_t i = 0; i < ST_COUNT(rows); i++) {
        struct st_slice field = {rows[i].input, strlen(rows[i].input)};
        struct st_slice got = st_csv_value(&format, field);
        if (!rows[i].want) {
            assert_null(got.data);
            continue;
        }
        assert_int_equal(got.len, strlen(rows[i].want));
        assert_memory_equal(got.data, rows[i].want, got.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_records),
        cmocka_unit_test(split_other_formats),
        cmocka_unit_test(refuse_files),
        cmocka_unit_test(read_encodings),
        cmocka_unit_test(stated_utf8_that_is_not),
        cmocka_unit_test(long_files_in_other_encodings),
        cmocka_unit_test(one_broken_line_is_no_reason_to_refuse),
        cmocka_unit_test(long_files),
        cmocka_unit_test(damaged_gzip),
        cmocka_unit_test(records_above_the_cap),
        cmocka_unit_test(values_of_fields),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
