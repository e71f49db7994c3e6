/* Source ids in memory: which customer or account a row names, without asking the store.
 *
 * new → add … → find … → free. A key's position is the number of keys added before it: what belongs
 * to it stands in the caller's arrays. Open addressing, 8 bytes a slot, 2 slots a key or more; the
 * hash is SipHash with a key of this process, so that no file can choose colliding ids.
 */
#ifndef ST_INGEST_KEYS_H
#define ST_INGEST_KEYS_H

#include "store/store.h"

#define ST_KEYS_NONE UINT32_MAX

struct st_keys;

struct st_keys *st_keys_new(void);
void st_keys_free(struct st_keys *keys); /* NULL is fine */

/* The bytes are copied. The position of the key, which may have been there before. */
uint32_t st_keys_add(struct st_keys *keys, const char *data, size_t len);
size_t st_keys_count(const struct st_keys *keys);
struct st_text_cell st_keys_text(const struct st_keys *keys, uint32_t position);

/* positions[i] of texts[i], ST_KEYS_NONE when it is not known; ids as they come, a few thousand at
 * a time: memory is asked for all of them before the first is compared. */
void st_keys_find(const struct st_keys *keys, const struct st_text_cell *texts, size_t count,
    uint32_t *positions);

#endif
