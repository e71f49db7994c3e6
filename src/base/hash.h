/* SHA-256 of files and documents: policy versions, loads and exports are named by it. libcrypto's,
 * which uses the processor's own instructions: a file of 4 GB must not cost twenty seconds.
 *
 * init → add … → hex; hex also frees.
 */
#ifndef ST_BASE_HASH_H
#define ST_BASE_HASH_H

#include "base/error.h"

#include <stdint.h>

#include <openssl/types.h>

enum { ST_HASH_HEX_SIZE = 65 };

struct st_hash {
    EVP_MD_CTX *context;
};

void st_hash_init(struct st_hash *hash);
void st_hash_add(struct st_hash *hash, const void *data, size_t len);
/* The text and its NUL, so that ("ab","c") and ("a","bc") differ. */
void st_hash_add_text(struct st_hash *hash, const char *text);
void st_hash_add_int(struct st_hash *hash, int64_t value);
/* 64 lower-case hexadecimal digits and a NUL. */
void st_hash_hex(struct st_hash *hash, char hex[ST_HASH_HEX_SIZE]);

/* A hash of things in no order: the sum of their SHA-256, modulo 2^256. init → add … → hex, which
 * also frees. */
struct st_hash_sum {
    EVP_MD_CTX *context;
    unsigned char sum[(ST_HASH_HEX_SIZE - 1) / 2]; /* lowest byte first */
};

void st_hash_sum_init(struct st_hash_sum *sum);
void st_hash_sum_add(struct st_hash_sum *sum, const void *data, size_t len);
void st_hash_sum_hex(struct st_hash_sum *sum, char hex[ST_HASH_HEX_SIZE]);

/* Hash of a file's bytes, read in blocks. */
ST_MUST_CHECK st_code st_hash_file(
    const char *path, char hex[ST_HASH_HEX_SIZE], struct st_error *err);

#endif
