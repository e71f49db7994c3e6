/* Any bytes, in any encoding, stated or found: reading ends, lines ascend, sound records have the
 * columns announced and are UTF-8. The first byte chooses the format. */
#include "ingest/reader.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_record(
    const struct st_csv_record *r, const struct st_reader *reader, int64_t *line)
{
    if (r->line <= *line || (r->raw.len > 0 && !r->raw.data))
        abort();
    *line = r->line;
    if (r->flaw != ST_CSV_SOUND)
        return;
    if (r->count != reader->column_count || !st_utf8_valid(r->raw.data, r->raw.len))
        abort();
    for (size_t i = 0; i < r->count; i++) {
        struct st_slice value = st_csv_value(&reader->format, r->fields[i]);
        if (value.len > r->raw.len)
            abort();
    }
}

static void read_all(const char *path, const struct st_csv_format *format)
{
    struct st_arena arena = ST_ARENA_INIT;
    struct st_error err = {.code = ST_OK};
    struct st_reader *reader;
    const struct st_csv_record *r;
    int64_t line = 0;
    st_code code = st_csv_reader.open(&arena, path, format, &reader, &err);
    if (code == ST_OK) {
        while ((code = st_reader_next(reader, &r, &err)) == ST_OK && r)
            check_record(r, reader, &line);
        reader->ops->close(reader);
    }
    if (code != ST_OK && (!err.message[ST_LANG_EN][0] || !err.message[ST_LANG_ZH][0]))
        abort();
    st_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const nulls[] = {"", "?"};
    static const enum st_encoding encodings[] = {ST_ENCODING_AUTO, ST_ENCODING_UTF8,
        ST_ENCODING_GB18030, ST_ENCODING_UTF16, ST_ENCODING_UTF16_BE};
    if (size == 0)
        return 0;
    const struct st_csv_format format = {.separator = data[0] & 1 ? '|' : ',',
        .quote = data[0] & 2 ? '"' : '\0',
        .header = true,
        .trim = (data[0] & 4) != 0,
        .skip_lines = (data[0] & 8) != 0,
        .null_texts = nulls,
        .null_count = 2,
        .encoding = encodings[(data[0] >> 4) % (sizeof encodings / sizeof encodings[0])]};
    char path[64];
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(path, &format);
    close(fd);
    return 0;
}
