/* The bytes of a text file as UTF-8: plain or gzip, in whichever encoding it is.
 *
 * open → read until it gives nothing → close. UTF-8 passes through as it is, broken or not; all
 * else is converted by iconv. A byte that is no character there arrives as 0xFF, which no UTF-8
 * text holds, so that the record it stands in can be told apart. The byte order mark is left out.
 */
#ifndef ST_INGEST_BYTES_H
#define ST_INGEST_BYTES_H

#include "base/error.h"
#include "ingest/encoding.h"

#include <stdint.h>

enum {
    ST_BYTES_SAMPLE = 1024 * 1024, /* what the encoding is judged by */
    ST_BYTES_ROOM_MIN = 4,         /* of a character */
};

struct st_bytes;

/* `path` must outlive the handle. Errors: ST_E_NOT_FOUND, ST_E_IO, ST_E_DATA for a damaged gzip
 * stream and for an encoding that is not known or not what was stated. */
ST_MUST_CHECK st_code st_bytes_open(
    const char *path, enum st_encoding stated, struct st_bytes **out, struct st_error *err);
void st_bytes_close(struct st_bytes *bytes); /* NULL is fine */

enum st_encoding st_bytes_encoding(const struct st_bytes *bytes);
/* Bytes of the file read so far, for progress. */
int64_t st_bytes_read_so_far(const struct st_bytes *bytes);

/* Up to `room` (at least ST_BYTES_ROOM_MIN) bytes into `into`; *got is 0 only at the end. */
ST_MUST_CHECK st_code st_bytes_read(
    struct st_bytes *bytes, char *into, size_t room, size_t *got, struct st_error *err);

#endif
