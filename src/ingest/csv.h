/* Delimited text, split into records without copying.
 *
 * Plain files and gzip alike, in the encodings of encoding.h; LF and CRLF; a byte order mark and a
 * missing final newline are fine. A record with a flaw is still given, with its raw bytes, so that
 * the caller can quarantine it: splitting goes on at the next line. Empty lines are no records,
 * unless the file has one column. One pass, one buffer of ST_CSV_BUFFER bytes; marks are found 64
 * bytes at a time. Opened through reader.h.
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

/* Of whichever kind of file. */
struct st_csv_record {
    int64_t line; /* 1-based line its first byte is on; of Parquet the row */
    enum st_csv_flaw flaw;
    const struct st_slice
        *fields; /* unquoted; not trimmed, no null text applied; NULL data: NULL */
    size_t count;
    struct st_slice raw; /* UTF-8, without the line end; st_reader_raw gives it for all kinds */
};

/* A field as the mapping sees it: trimmed, and with NULL data when it stands for no value. */
struct st_slice st_csv_value(const struct st_csv_format *format, struct st_slice field);

#endif
