/* The encodings of files: which one a sample is in, and what is well-formed UTF-8. */
#ifndef ST_INGEST_ENCODING_H
#define ST_INGEST_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum st_encoding {
    ST_ENCODING_AUTO, /* of a mapping: look at the file; of a file: none that is known */
    ST_ENCODING_UTF8,
    ST_ENCODING_GB18030, /* GBK and GB2312 are parts of it */
    ST_ENCODING_UTF16,   /* little-endian, as Windows writes it without a byte order mark */
    ST_ENCODING_UTF16_BE,
};

/* The encoding of a file that begins with `sample`; `whole`: the file is no longer than that.
 * A byte order mark decides, and *mark gets its length; then what the mapping states; then the
 * lines with bytes above 0x7F. UTF-8 when at least half of them are well-formed; else GB18030 when
 * at least half are and their characters are mostly those in common use; else, when those lines are
 * few, UTF-8 with some damaged records; else ST_ENCODING_AUTO: none fits. O(len). */
enum st_encoding st_encoding_detect(
    const char *sample, size_t len, bool whole, enum st_encoding stated, size_t *mark);

/* True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool st_utf8_valid(const char *text, size_t len);

/* All bytes within 0x01..0x7F: the common case, 16 bytes at a time. */
static inline bool st_ascii_plain(const char *text, size_t len)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();
    for (; i + 16 <= len; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        if (_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero))))
            return false;
    }
#endif
    for (; i < len; i++)
        if ((signed char)text[i] <= 0)
            return false;
    return true;
}

#endif
