#include "store/migrate.h"

#include <stdlib.h>
#include <string.h>

static const char folder[] = "schema/";
enum { VERSION_DIGITS = 4, VERSION_MAX = 9999 };

/* 12 for "schema/0012_households.sql"; 0 for any other path. */
static int version_of(const char *path)
{
    if (strncmp(path, folder, sizeof folder - 1) != 0)
        return 0;
    char *end = NULL;
    const char *digits = path + sizeof folder - 1;
    long version = strtol(digits, &end, 10);
    return end == digits + VERSION_DIGITS && *end == '_' && version > 0 ? (int)version : 0;
}

static int newest(const struct st_sql_file *files)
{
    int version = 0;
    for (; files->path; files++)
        if (version_of(files->path) > version)
            version = version_of(files->path);
    return version;
}

int st_schema_version(void)
{
    return newest(st_sql_files);
}

static st_code read_version(struct st_store *store, int *version, struct st_error *err)
{
    struct st_arena arena = ST_ARENA_INIT;
    const char *text = NULL;
    st_code code = st_store_query_text(store,
        "SELECT max(value) AS version FROM strata_meta WHERE name = 'schema_version'", NULL, 0,
        &arena, &text, err);
    char *end = NULL;
    long number = text ? strtol(text, &end, 10) : 0;
    if (code == ST_OK && (number <= 0 || number > VERSION_MAX || *end))
        code = st_fail(err, ST_E_CORRUPT, "%s does not say which schema version it has",
            "%s 没有记录有效的架构版本", st_store_location(store));
    if (code == ST_OK)
        *version = (int)number;
    st_arena_release(&arena);
    return code;
}

static st_code refuse_newer(
    const struct st_store *store, int version, int known, struct st_error *err)
{
    if (version <= known)
        return ST_OK;
    st_code code = st_fail(err, ST_E_VERSION,
        "%s was written by a newer strata: its schema is version %d, this program knows %d",
        "%s 由更新版本的 strata 写入：其架构版本为 %d，本程序只认识到 %d", st_store_location(store),
        version, known);
    st_error_hint(err, "use the newer strata", "请使用更新版本的 strata");
    return code;
}

/* Nearly every store says what it is when it is asked; only where it does not are its tables looked
 * at, which takes DuckDB several times as long and shows in short commands. After a statement that
 * fails a transaction is lost. */
static st_code stored_version(struct st_store *store, int *version, struct st_error *err)
{
    int64_t counts[2];
    if (!st_store_in_transaction(store) && read_version(store, version, NULL) == ST_OK)
        return ST_OK;
    *version = 0;
    st_code code = st_store_query_ints(store,
        "SELECT count(*) AS n, count(*) FILTER (WHERE tablename = 'strata_meta') AS meta "
        "FROM pg_catalog.pg_tables WHERE schemaname = current_schema()",
        NULL, 0, counts, NULL, 2, err);
    if (code != ST_OK || counts[0] == 0)
        return code;
    if (counts[1] == 0) {
        code = st_fail(err, ST_E_CONFLICT, "%s is a database, but not a strata store",
            "%s 是数据库，但不是 strata 存储", st_store_location(store));
        st_error_hint(err, "choose another path for the store", "请为存储另选路径");
        return code;
    }
    return read_version(store, version, err);
}

st_code st_store_schema_version(struct st_store *store, int *version, struct st_error *err)
{
    st_code code = stored_version(store, version, err);
    return code == ST_OK ? refuse_newer(store, *version, st_schema_version(), err) : code;
}

static st_code record_version(struct st_store *store, int version, struct st_error *err)
{
    char text[16];
    snprintf(text, sizeof text, "%d", version);
    struct st_bind bind = st_bind_text(text);
    st_code code = st_store_exec(
        store, "DELETE FROM strata_meta WHERE name = 'schema_version'", NULL, 0, NULL, err);
    if (code == ST_OK)
        code = st_store_exec(store,
            "INSERT INTO strata_meta (name, value) VALUES ('schema_version', $1)", &bind, 1, NULL,
            err);
    return code;
}

static st_code apply(struct st_store *store, const struct st_sql_file *file, struct st_error *err)
{
    bool own = !st_store_in_transaction(store);
    st_code code = own ? st_store_begin(store, err) : ST_OK;
    if (code != ST_OK)
        return code;
    code = st_store_exec_script(store, file->text, err);
    if (code == ST_OK)
        code = record_version(store, version_of(file->path), err);
    if (code == ST_OK && own)
        code = st_store_commit(store, err);
    if (own)
        st_store_rollback(store);
    st_sql_file_error(err, code, file->path);
    return code;
}

st_code st_store_migrate_files(
    struct st_store *store, const struct st_sql_file *files, struct st_error *err)
{
    int version = 0;
    st_code code = stored_version(store, &version, err);
    if (code == ST_OK)
        code = refuse_newer(store, version, newest(files), err);
    for (; files->path && code == ST_OK; files++)
        if (version_of(files->path) > version)
            code = apply(store, files, err);
    return code;
}

st_code st_store_migrate(struct st_store *store, struct st_error *err)
{
    return st_store_migrate_files(store, st_sql_files, err);
}
