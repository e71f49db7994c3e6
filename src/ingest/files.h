/* Which files an import reads. */
#ifndef ST_INGEST_FILES_H
#define ST_INGEST_FILES_H

#include "ingest/mapping.h"

struct st_files_entry {
    const struct st_mapping_source *source;
    const char *path;
    int64_t bytes;
};

struct st_files {
    struct st_files_entry *items; /* by source, then by name */
    size_t count;
    bool chosen;          /* at least one path named a file, not a folder */
    const char **folders; /* where lookups and the manifest are looked for, in this order */
    size_t folder_count;
};

/* Finds the files of every source below `paths` (folders or files; none: the mapping's folder).
 * Errors: ST_E_NOT_FOUND for a path that does not exist, a file that fits no source, or nothing
 * found at all. */
ST_MUST_CHECK st_code st_files_find(struct st_arena *arena, const struct st_mapping *mapping,
    const char *const *paths, size_t path_count, struct st_files *out, struct st_error *err);

/* The first file named so (or matching a glob) in the folders; NULL when there is none. */
const char *st_files_locate(
    struct st_arena *arena, const struct st_files *files, const char *pattern);

#endif
