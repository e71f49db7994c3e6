/* The records of a source file, of whichever kind: delimited text or Parquet.
 *
 * open → next until the record is NULL → close. What follows does not see the difference.
 */
#ifndef ST_INGEST_READER_H
#define ST_INGEST_READER_H

#include "base/str.h"
#include "ingest/csv.h"

struct st_reader;

/* Errors of `open`: ST_E_NOT_FOUND, ST_E_IO, ST_E_DATA for a file that is not what it looks like,
 * for no header or two equal names; of `next`: ST_E_IO, ST_E_DATA for a damaged file. */
struct st_reader_ops {
    st_code (*open)(struct st_arena *arena, const char *path, const struct st_csv_format *format,
        struct st_reader **out, struct st_error *err);
    st_code (*next)(
        struct st_reader *reader, const struct st_csv_record **record, struct st_error *err);
    void (*close)(struct st_reader *reader);
};

extern const struct st_reader_ops st_csv_reader, st_parquet_reader;

/* What both begin with. Names are in the arena given to open. */
struct st_reader {
    const struct st_reader_ops *ops;
    const char *path;
    struct st_csv_format format;
    const char *const *columns; /* names, without the blanks around them */
    size_t column_count;
    const char *const
        *unread;            /* types that cannot be read, by column; NULL, and NULL items: none */
    struct st_slice header; /* as it stands, or would stand, in a text file; NULL data without */
    int64_t bytes_read;     /* of the file, for progress */
    struct st_str raw;
};

/* Parquet is known by its first and last four bytes, and by a name that ends in .parquet. */
ST_MUST_CHECK st_code st_reader_open(struct st_arena *arena, const char *path,
    const struct st_csv_format *format, struct st_reader **out, struct st_error *err);
void st_reader_close(struct st_reader *reader); /* NULL is fine */

/* The next record, valid until the next call; NULL at the end. */
static inline ST_MUST_CHECK st_code st_reader_next(
    struct st_reader *reader, const struct st_csv_record **record, struct st_error *err)
{
    return reader->ops->next(reader, record, err);
}

/* The record as a line of text, valid until the next call. */
struct st_slice st_reader_raw(struct st_reader *reader, const struct st_csv_record *record);
/* Adds a field to such a line, in quotes where it needs them. */
void st_reader_add_raw(struct st_reader *reader, struct st_slice field, bool first);

/* ST_E_DATA with the column's name when its type cannot be read. */
ST_MUST_CHECK st_code st_reader_require(
    const struct st_reader *reader, size_t column, struct st_error *err);

#endif
