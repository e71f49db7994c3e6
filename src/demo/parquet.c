/* By a private in-memory DuckDB on one thread, so that row groups are cut in one way. Values of a
 * type that does not fit do not occur: sheet.c leaves such defects out of this format. */
#include "demo/parquet.h"

#include "ir/emit.h"
#include "store/store.h"

#include <string.h>

/* COPY and read_csv take no parameters for their paths. */
static void add_literal(struct st_str *sql, const char *text)
{
    st_str_add_char(sql, '\'');
    for (const char *p = text; *p; p++)
        st_str_add(sql, *p == '\'' ? "''" : (const char[]){*p, '\0'});
    st_str_add_char(sql, '\'');
}

static const char *type_name(char letter)
{
    switch (letter) {
    case 'd': return "DATE";
    case 'i': return "INTEGER";
    case 'n': return "DECIMAL(18, 6)";
    default: return "VARCHAR";
    }
}

static void add_columns(struct st_str *sql, const struct st_demo_sheet_spec *spec)
{
    const char *name = spec->header;
    for (const char *type = spec->types; *type; type++) {
        int len = (int)strcspn(name, ",");
        st_str_addf(
            sql, "%s'%.*s': '%s'", type == spec->types ? "" : ", ", len, name, type_name(*type));
        name += len + 1;
    }
}

st_code st_demo_parquet(
    const struct st_demo_sheet_spec *spec, const char *rows, const char *path, struct st_error *err)
{
    struct st_store_options options = {.threads = 1, .create = true, .skip_migration_check = true};
    struct st_store *store = NULL;
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "COPY (SELECT * FROM read_csv(");
    add_literal(&sql, rows);
    st_str_add(&sql, ", auto_detect = false, header = true, delim = ',', quote = '', escape = '', "
                     "columns = {");
    add_columns(&sql, spec);
    st_str_add(&sql, "})) TO ");
    add_literal(&sql, path);
    st_str_add(&sql, " (FORMAT parquet, COMPRESSION zstd)");
    st_code code = st_store_open(":memory:", &options, &store, err);
    if (code == ST_OK)
        code = st_store_exec(store, sql.text, NULL, 0, NULL, err);
    st_store_close(store);
    st_str_release(&sql);
    return code;
}
