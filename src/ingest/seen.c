#include "ingest/seen.h"

#include "base/arena.h"

#include <sodium/crypto_shorthash.h>
#include <stdlib.h>

enum {
    LINE_WORDS = 8, /* of 64 bits: a cache line */
    LINE_BYTES = LINE_WORDS * 8,
    BYTES_PER_ID = 2,
    BITS_PER_ID = 4, /* set for each id */
    POSITION_BITS = 9,
};

static const size_t lines_min = 16 * 1024 * 1024 / LINE_BYTES,
                    lines_max = 256 * 1024 * 1024 / LINE_BYTES;

struct st_seen {
    uint64_t *words;
    size_t lines; /* a power of two */
};

struct st_seen *st_seen_new(int64_t ids)
{
    struct st_seen *seen = st_calloc(1, sizeof *seen);
    seen->lines = lines_min;
    while (seen->lines < lines_max && (int64_t)seen->lines * LINE_BYTES < ids * BYTES_PER_ID)
        seen->lines *= 2;
    seen->words = st_calloc_table(seen->lines * LINE_WORDS, sizeof *seen->words);
    return seen;
}

void st_seen_free(struct st_seen *seen)
{
    if (seen)
        free(seen->words);
    free(seen);
}

bool st_seen_add(struct st_seen *seen, const char *data, size_t len)
{
    /* Not a secret: the same file must take the same way each time. */
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "strata txn ids";
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)data, len, key);
    uint64_t *line =
        seen->words + (hash >> (POSITION_BITS * BITS_PER_ID) & (seen->lines - 1)) * LINE_WORDS;
    bool all = true;
    for (int i = 0; i < BITS_PER_ID; i++, hash >>= POSITION_BITS) {
        unsigned position = (unsigned)hash & ((1u << POSITION_BITS) - 1);
        uint64_t bit = UINT64_C(1) << (position % 64);
        all = all && (line[position / 64] & bit);
        line[position / 64] |= bit;
    }
    return all;
}
