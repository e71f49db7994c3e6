#include "ingest/keys.h"

#include "base/vec.h"

#include <sodium/crypto_shorthash.h>
#include <sodium/randombytes.h>

enum {
    SLOTS_FIRST = 1024,
    POOL_BLOCK = 1024 * 1024,
    FIND_AT_ONCE = 64, /* so many cache misses are on their way together */
};

/* A slot: the hash's upper half beside position + 1; 0 is free. */
struct st_keys {
    uint64_t *slots;
    size_t mask;
    struct cells ST_VEC(struct st_text_cell) cells;
    struct st_arena pool;
    char *block;
    size_t block_left;
    unsigned char seed[crypto_shorthash_KEYBYTES];
};

struct st_keys *st_keys_new(void)
{
    struct st_keys *keys = st_calloc(1, sizeof *keys);
    keys->slots = st_calloc(SLOTS_FIRST, sizeof *keys->slots);
    keys->mask = SLOTS_FIRST - 1;
    randombytes_buf(keys->seed, sizeof keys->seed);
    return keys;
}

void st_keys_free(struct st_keys *keys)
{
    if (!keys)
        return;
    free(keys->slots);
    st_vec_release(&keys->cells);
    st_arena_release(&keys->pool);
    free(keys);
}

static uint64_t hash_of(const struct st_keys *keys, const char *data, size_t len)
{
    uint64_t hash;
    crypto_shorthash(
        (unsigned char *)&hash, (const unsigned char *)data, (unsigned long long)len, keys->seed);
    return hash;
}

static bool same(struct st_text_cell cell, const char *data, size_t len)
{
    return cell.len == len && (len == 0 || memcmp(cell.data, data, len) == 0);
}

/* The slot of the key, or the free one where it would go. */
static size_t slot_of(const struct st_keys *keys, uint64_t hash, const char *data, size_t len)
{
    for (size_t i = hash & keys->mask;; i = (i + 1) & keys->mask) {
        uint64_t slot = keys->slots[i];
        if (slot == 0 ||
            (slot >> 32 == hash >> 32 && same(keys->cells.items[(uint32_t)slot - 1], data, len)))
            return i;
    }
}

static void grow(struct st_keys *keys)
{
    size_t mask = keys->mask * 2 + 1;
    uint64_t *slots = st_calloc_table(mask + 1, sizeof *slots);
    for (size_t k = 0; k < keys->cells.count; k++) {
        struct st_text_cell cell = keys->cells.items[k];
        uint64_t hash = hash_of(keys, cell.data, cell.len);
        size_t i = hash & mask;
        while (slots[i])
            i = (i + 1) & mask;
        slots[i] = (hash >> 32 << 32) | (k + 1);
    }
    free(keys->slots);
    keys->slots = slots;
    keys->mask = mask;
}

static const char *keep(struct st_keys *keys, const char *data, size_t len)
{
    if (keys->block_left < len) {
        keys->block_left = len > POOL_BLOCK ? len : POOL_BLOCK;
        keys->block = st_arena_alloc(&keys->pool, keys->block_left);
    }
    char *copy = keys->block;
    if (len > 0)
        memcpy(copy, data, len);
    keys->block += len;
    keys->block_left -= len;
    return copy;
}

uint32_t st_keys_add(struct st_keys *keys, const char *data, size_t len)
{
    uint64_t hash = hash_of(keys, data, len);
    size_t i = slot_of(keys, hash, data, len);
    if (keys->slots[i])
        return (uint32_t)keys->slots[i] - 1;
    *st_vec_push(&keys->cells) = (struct st_text_cell){keep(keys, data, len), len};
    uint32_t position = (uint32_t)keys->cells.count - 1;
    keys->slots[i] = (hash >> 32 << 32) | (position + 1);
    if (keys->cells.count * 2 > keys->mask)
        grow(keys);
    return position;
}

size_t st_keys_count(const struct st_keys *keys)
{
    return keys->cells.count;
}

struct st_text_cell st_keys_text(const struct st_keys *keys, uint32_t position)
{
    return keys->cells.items[position];
}

void st_keys_find(
    const struct st_keys *keys, const struct st_text_cell *texts, size_t count, uint32_t *positions)
{
    uint64_t hashes[FIND_AT_ONCE];
    for (size_t start = 0; start < count; start += FIND_AT_ONCE) {
        size_t n = count - start < FIND_AT_ONCE ? count - start : FIND_AT_ONCE;
        for (size_t i = 0; i < n; i++) {
            hashes[i] = hash_of(keys, texts[start + i].data, texts[start + i].len);
            __builtin_prefetch(&keys->slots[hashes[i] & keys->mask]);
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t guess = (uint32_t)keys->slots[hashes[i] & keys->mask];
            if (guess)
                __builtin_prefetch(&keys->cells.items[guess - 1]);
        }
        for (size_t i = 0; i < n; i++) {
            uint32_t guess = (uint32_t)keys->slots[hashes[i] & keys->mask];
            if (guess)
                __builtin_prefetch(keys->cells.items[guess - 1].data);
        }
        for (size_t i = 0; i < n; i++) {
            struct st_text_cell text = texts[start + i];
            uint64_t slot = keys->slots[slot_of(keys, hashes[i], text.data, text.len)];
            positions[start + i] = slot ? (uint32_t)slot - 1 : ST_KEYS_NONE;
        }
    }
}
