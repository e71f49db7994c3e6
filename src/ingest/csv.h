/* Delimited text, split into records without copying.
 *
 * open → next until the record is NULL → close. Plain files and gzip alike, in the encodings of
 * encoding.h; LF and CRLF; a byte order mark and a missing final newline are fine. A record with a
 * flaw is still given, with its raw bytes, so that the caller can quarantine it: splitting goes on
 * at the next line. One pass, one buffer of ST_CSV_BUFFER bytes; marks are found 64 bytes at a
 * time.
 */
#ifndef ST_INGEST_CSV_H
#define ST_INGEST_CSV_H

#include "base/arena.h"
#include "expr/eval.h"
#include "ingest/encoding.h"

enum {
    ST_CSV_BUFFER = 4 * 1024 * 1024,
    ST_CSV_RECORD_MAX = 1024 * 1024,
    ST_CSV_FIELDS_MAX = 4096,
};

/* Why a record cannot be used as it stands; names are the reasons of ingest/reason.h. */
enum st_csv_flaw {
    ST_CSV_SOUND,
    ST_CSV_FIELD_COUNT,    /* more or fewer fields than columns */
    ST_CSV_BAD_QUOTE,      /* text after a closing quote */
    ST_CSV_UNCLOSED_QUOTE, /* the file or the record cap ends inside quotes: half a row */
    ST_CSV_TOO_LONG,       /* above ST_CSV_RECORD_MAX bytes or ST_CSV_FIELDS_MAX fields */
    ST_CSV_BAD_UTF8,
    ST_CSV_BAD_ENCODING, /* a byte that is no character of the file's other encoding */
    ST_CSV_NUL_BYTE,
};

struct st_csv_format {
    char separator;
    char quote;                 /* 0: none */
    bool header;                /* the first record names the columns */
    bool trim;                  /* blanks around a field are no part of it */
    int64_t skip_lines;         /* lines before the header or the first record */
    const char *const *columns; /* names when there is no header; with one: NULL */
    size_t column_count;
    const char *const *null_texts; /* fields that stand for no value */
    size_t null_count;
    enum st_encoding encoding;
};

struct st_csv_record {
    int64_t line; /* 1-based line its first byte is on */
    enum st_csv_flaw flaw;
    const struct st_slice *fields; /* unquoted; not trimmed, no null text applied */
    size_t count;
    struct st_slice raw; /* UTF-8, without the line end */
};

struct st_csv;

/* Opens `path` and reads its header. Column names are in `arena`. Errors: ST_E_NOT_FOUND, ST_E_IO,
 * ST_E_DATA for an encoding that is not known, for no header or two equal names. */
ST_MUST_CHECK st_code st_csv_open(struct st_arena *arena, const char *path,
    const struct st_csv_format *format, struct st_csv **out, struct st_error *err);
void st_csv_close(struct st_csv *csv); /* NULL is fine */

const char *const *st_csv_columns(const struct st_csv *csv, size_t *count);
/* The header as it stands in the file; NULL data without one. */
struct st_slice st_csv_header(const struct st_csv *csv);
/* Bytes of the file read so far, and its size, for progress. */
int64_t st_csv_bytes_read(const struct st_csv *csv);
int64_t st_csv_bytes_total(const struct st_csv *csv);

/* The next record, valid until the next call; NULL at the end. Empty lines are no records, unless
 * the file has one column. Error: ST_E_IO, ST_E_DATA for a damaged gzip stream. */
ST_MUST_CHECK st_code st_csv_next(
    struct st_csv *csv, const struct st_csv_record **record, struct st_error *err);

/* A field as the mapping sees it: trimmed, and with NULL data when it stands for no value. */
struct st_slice st_csv_value(const struct st_csv_format *format, struct st_slice field);

#endif
