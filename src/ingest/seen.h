/* Which ids may have been seen before, in a few bits each: never a wrong "no", seldom a wrong
 * "yes".
 *
 * Bloom (1970), all bits of an id within one cache line (Putze, Sanders and Singler, 2007), 16 bits
 * an id: some 4 in 1,000 unseen ids are taken for seen ones while there are no more than announced.
 */
#ifndef ST_INGEST_SEEN_H
#define ST_INGEST_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct st_seen;

/* Memory: 2 bytes for each of `ids`, at least 16 MiB and at most 256 MiB. */
struct st_seen *st_seen_new(int64_t ids);
void st_seen_free(struct st_seen *seen); /* NULL is fine */

/* Remembers the id; whether it may have been there before. */
bool st_seen_add(struct st_seen *seen, const char *data, size_t len);

#endif
