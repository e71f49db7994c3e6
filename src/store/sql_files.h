/* The files of sql/, compiled in: ordered by path, ended by a NULL path. */
#ifndef ST_STORE_SQL_FILES_H
#define ST_STORE_SQL_FILES_H

#include "base/error.h"
#include "base/str.h"

struct st_sql_file {
    const char *path; /* below sql/: "schema/0001_initial.sql" */
    const char *text;
};

extern const struct st_sql_file st_sql_files[];

/* The text of one file; NULL when there is none. */
const char *st_sql_file_text(const char *path);

/* Adds to an error which file its statement is of, unless the statement has no part in it: a lost
 * connection, a full disk, a cancel. */
void st_sql_file_error(struct st_error *err, st_code code, const char *path);

/* The next statement of a script without comments and semicolon; false at the end. `text` moves on.
 */
bool st_sql_next_statement(const char **text, struct st_str *out);

#endif
