#include "ingest/reader.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[4] = {'P', 'A', 'R', '1'};

/* Whether the file begins and ends as Parquet does; false for what cannot be read at a place. */
static bool has_parquet_ends(const char *path)
{
    char first[sizeof magic], last[sizeof magic];
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool yes = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
               info.st_size >= (off_t)(3 * sizeof magic) &&
               pread(fd, first, sizeof first, 0) == sizeof first &&
               pread(fd, last, sizeof last, info.st_size - (off_t)sizeof last) == sizeof last &&
               memcmp(first, magic, sizeof magic) == 0 && memcmp(last, magic, sizeof magic) == 0;
    close(fd);
    return yes;
}

static bool is_named_parquet(const char *path)
{
    static const char ending[] = ".parquet";
    size_t len = strlen(path), n = sizeof ending - 1;
    return len > n && strcasecmp(path + len - n, ending) == 0;
}

st_code st_reader_open(struct st_arena *arena, const char *path, const struct st_csv_format *format,
    struct st_reader **out, struct st_error *err)
{
    bool parquet = has_parquet_ends(path);
    st_code rc = ST_OK;
    if (!parquet && is_named_parquet(path) && access(path, R_OK) == 0) {
        rc = st_fail(err, ST_E_DATA, "%s is no Parquet file, or it is cut off",
            "%s 不是 Parquet 文件，或文件不完整", path);
        st_error_hint(err, "ask for it again; a text file needs another name",
            "请重新获取；若为文本文件请改名");
    } else {
        rc = (parquet ? &st_parquet_reader : &st_csv_reader)->open(arena, path, format, out, err);
    }
    if (rc != ST_OK)
        st_error_at(err, path, 0, 0);
    return rc;
}

void st_reader_close(struct st_reader *reader)
{
    if (!reader)
        return;
    st_str_release(&reader->raw);
    reader->ops->close(reader);
}

/* No value is written as the text that stands for none. */
void st_reader_add_raw(struct st_reader *reader, struct st_slice field, bool first)
{
    const struct st_csv_format *f = &reader->format;
    const char special[] = {'\n', '\r', f->separator, f->quote ? f->quote : '"', '\0'};
    char quote = special[3];
    bool plain = true;
    if (!first)
        st_str_add_char(&reader->raw, f->separator);
    if (!field.data) {
        st_str_add(&reader->raw, f->null_count ? f->null_texts[0] : "");
        return;
    }
    for (size_t i = 0; plain && i < field.len; i++)
        plain = !strchr(special, field.data[i]);
    if (plain) {
        st_str_add_len(&reader->raw, field.data, field.len);
        return;
    }
    st_str_add_char(&reader->raw, quote);
    for (size_t i = 0; i < field.len; i++) {
        if (field.data[i] == quote)
            st_str_add_char(&reader->raw, quote);
        st_str_add_char(&reader->raw, field.data[i]);
    }
    st_str_add_char(&reader->raw, quote);
}

struct st_slice st_reader_raw(struct st_reader *reader, const struct st_csv_record *record)
{
    if (record->raw.data)
        return record->raw;
    st_str_reset(&reader->raw);
    for (size_t i = 0; i < record->count; i++)
        st_reader_add_raw(reader, record->fields[i], i == 0);
    return (struct st_slice){reader->raw.text, reader->raw.len};
}

st_code st_reader_require(const struct st_reader *reader, size_t column, struct st_error *err)
{
    const char *type = reader->unread ? reader->unread[column] : NULL;
    if (!type)
        return ST_OK;
    st_fail(err, ST_E_DATA, "column '%s' of %s has the type %s, which is not read",
        "“%s”列（%s）的类型为 %s，无法读取", reader->columns[column], reader->path, type);
    st_error_at(err, reader->path, 0, 0);
    st_error_hint(err,
        "write it as text, number, DATE or TIMESTAMP; a moment with a time zone as a local one",
        "请写成文本、数字、DATE 或 TIMESTAMP；带时区的时刻请写成当地时间");
    return ST_E_DATA;
}
