#include "store/sql_files.h"

#include <stddef.h>
#include <string.h>

const char *st_sql_file_text(const char *path)
{
    for (const struct st_sql_file *file = st_sql_files; file->path; file++)
        if (strcmp(file->path, path) == 0)
            return file->text;
    return NULL;
}

void st_sql_file_error(struct st_error *err, st_code code, const char *path)
{
    if (code != ST_OK && code != ST_E_IO && code != ST_E_CANCELLED)
        st_error_path(err, "sql/%s", path);
}
