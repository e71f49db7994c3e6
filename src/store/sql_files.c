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

bool st_sql_next_statement(const char **text, struct st_str *out)
{
    bool quoted = false;
    st_str_reset(out);
    for (const char *p = *text; *p; p++) {
        quoted = quoted != (*p == '\'');
        if (!quoted && p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n") - 1; /* its end of line stays */
        } else if (!quoted && *p == ';') {
            *text = p + 1;
            return true;
        } else if (out->len > 0 || !strchr(" \n", *p)) {
            st_str_add_char(out, *p);
        }
    }
    *text += strlen(*text);
    return out->len > 0;
}
