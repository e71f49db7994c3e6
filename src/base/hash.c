#include "base/hash.h"

#include "base/arena.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

void st_hash_init(struct st_hash *hash)
{
    hash->context = EVP_MD_CTX_new();
    if (!hash->context || EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1)
        st_die_no_memory(sizeof *hash);
}

void st_hash_add(struct st_hash *hash, const void *data, size_t len)
{
    if (EVP_DigestUpdate(hash->context, data, len) != 1)
        st_die_no_memory(sizeof *hash);
}

void st_hash_add_text(struct st_hash *hash, const char *text)
{
    st_hash_add(hash, text, strlen(text) + 1);
}

void st_hash_add_int(struct st_hash *hash, int64_t value)
{
    st_hash_add(hash, &value, sizeof value);
}

static void write_hex(
    const unsigned char digest[(ST_HASH_HEX_SIZE - 1) / 2], char hex[ST_HASH_HEX_SIZE])
{
    for (size_t i = 0; i < (ST_HASH_HEX_SIZE - 1) / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void st_hash_hex(struct st_hash *hash, char hex[ST_HASH_HEX_SIZE])
{
    unsigned char digest[(ST_HASH_HEX_SIZE - 1) / 2];
    if (EVP_DigestFinal_ex(hash->context, digest, NULL) != 1)
        st_die_no_memory(sizeof *hash);
    EVP_MD_CTX_free(hash->context);
    write_hex(digest, hex);
}

void st_hash_sum_init(struct st_hash_sum *sum)
{
    struct st_hash hash;
    st_hash_init(&hash);
    *sum = (struct st_hash_sum){.context = hash.context};
}

void st_hash_sum_add(struct st_hash_sum *sum, const void *data, size_t len)
{
    unsigned char digest[sizeof sum->sum];
    unsigned carry = 0;
    if (EVP_DigestInit_ex(sum->context, NULL, NULL) != 1 ||
        EVP_DigestUpdate(sum->context, data, len) != 1 ||
        EVP_DigestFinal_ex(sum->context, digest, NULL) != 1)
        st_die_no_memory(sizeof *sum);
    for (size_t i = 0; i < sizeof digest; i++) {
        carry += (unsigned)sum->sum[i] + digest[i];
        sum->sum[i] = (unsigned char)carry;
        carry >>= 8;
    }
}

void st_hash_sum_hex(struct st_hash_sum *sum, char hex[ST_HASH_HEX_SIZE])
{
    EVP_MD_CTX_free(sum->context);
    write_hex(sum->sum, hex);
}

st_code st_hash_file(const char *path, char hex[ST_HASH_HEX_SIZE], struct st_error *err)
{
    enum { BLOCK = 1 << 16 };
    unsigned char block[BLOCK];
    struct st_hash hash;
    FILE *in = fopen(path, "rb");
    if (!in)
        return st_fail(err, errno == ENOENT ? ST_E_NOT_FOUND : ST_E_IO, "cannot read %s: %s",
            "无法读取 %s：%s", path, strerror(errno));
    st_hash_init(&hash);
    size_t got;
    while ((got = fread(block, 1, sizeof block, in)) > 0)
        st_hash_add(&hash, block, got);
    bool failed = ferror(in) != 0;
    fclose(in);
    st_hash_hex(&hash, hex);
    return failed ? st_fail(err, ST_E_IO, "cannot read %s", "无法读取 %s", path) : ST_OK;
}
