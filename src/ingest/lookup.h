/* Lookup files: small tables held in memory that expressions look values up in.
 *
 * Every column of a lookup can be asked for; keys are unique. Memory: the file's own size twice.
 */
#ifndef ST_INGEST_LOOKUP_H
#define ST_INGEST_LOOKUP_H

#include "ingest/mapping.h"

struct st_lookup;

/* Reads the file at `path`. Errors: as of st_reader_open; ST_E_DATA for a record that cannot be
 * read or a key that occurs twice, with file and line. */
ST_MUST_CHECK st_code st_lookup_load(struct st_arena *arena, const struct st_mapping_lookup *spec,
    const char *path, struct st_lookup **out, struct st_error *err);

/* Index of a column, or −1. */
int st_lookup_column(const struct st_lookup *lookup, const char *name);
/* False when there is no such key; *value may have NULL data. */
bool st_lookup_find(
    const struct st_lookup *lookup, struct st_slice key, int column, struct st_slice *value);

#endif
