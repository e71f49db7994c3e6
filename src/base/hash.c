#include "base/hash.h"

#include <errno.h>
#include <sodium/utils.h>
#include <string.h>

void st_hash_init(struct st_hash *hash)
{
    crypto_hash_sha256_init(&hash->state);
}

void st_hash_add(struct st_hash *hash, const void *data, size_t len)
{
    crypto_hash_sha256_update(&hash->state, data, len);
}

void st_hash_add_text(struct st_hash *hash, const char *text)
{
    st_hash_add(hash, text, strlen(text) + 1);
}

void st_hash_add_int(struct st_hash *hash, int64_t value)
{
    st_hash_add(hash, &value, sizeof value);
}

void st_hash_hex(struct st_hash *hash, char hex[ST_HASH_HEX_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&hash->state, digest);
    sodium_bin2hex(hex, ST_HASH_HEX_SIZE, digest, sizeof digest);
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
    if (failed)
        return st_fail(err, ST_E_IO, "cannot read %s", "无法读取 %s", path);
    st_hash_hex(&hash, hex);
    return ST_OK;
}
