#include "ingest/script.h"

#include "base/str.h"
#include "ingest/internal.h"
#include "store/sql_files.h"

#include <string.h>

static size_t params_of(const char *sql)
{
    size_t most = 0;
    for (const char *p = sql; (p = strchr(p, '$')); p++)
        if (p[1] >= '1' && p[1] <= '9' && (size_t)(p[1] - '0') > most)
            most = (size_t)(p[1] - '0');
    return most;
}

st_code st_script_run(struct st_store *store, const char *path, const struct st_bind *binds,
    size_t bind_count, st_script_fn *after, void *context, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    const char *text = st_sql_file_text(path);
    st_code rc = ST_OK;
    if (!text)
        return st_fail(err, ST_E_INTERNAL, "%s is not in this build", "本构建缺少 %s", path);
    while (rc == ST_OK && st_sql_next_statement(&text, &sql)) {
        int64_t changed = 0;
        size_t count = params_of(sql.text);
        if (count > bind_count)
            rc = st_fail(err, ST_E_INTERNAL, "%s takes %zu values and was given %zu",
                "%s 需要 %zu 个值，但给了 %zu 个", path, count, bind_count);
        if (rc == ST_OK)
            rc = st_store_exec(store, sql.text, binds, count, &changed, err);
        if (rc == ST_OK && after)
            rc = after(
                context, strncmp(sql.text, "INSERT INTO stage_reject", 24) == 0, changed, err);
        st_sql_file_error(err, rc, path);
    }
    st_str_release(&sql);
    return rc;
}
