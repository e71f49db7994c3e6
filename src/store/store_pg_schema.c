/* The schema a store lives in: one writer at a time, and how the schema is made.
 *
 * - The writer holds an advisory lock of its session, keyed by the schema's name: it is gone with
 * the session, however that ends. Rejected: a row in a table, which a killed writer leaves behind.
 * - Texts are compared by their bytes, as on every store. The schema has a type of its own named
 *   text, PostgreSQL's with COLLATE "C", found first because the search path names pg_catalog last:
 *   so one schema's SQL serves all engines, whatever the database's collation. Rejected: asking for
 *   a database made with that collation, which is not always the user's to make.
 */
#include "store/store_pg.h"

#include "ir/emit.h"
#include "store/sql_files.h"

#include <string.h>
#include <time.h>

enum {
    LOCK_CLASS = 0x53547261, /* "STra": tells our locks from those of other programs */
    LOCK_TRIES = 20,         /* a killed writer's session takes a moment to end */
    LOCK_PAUSE_NS = 100000000,
};

/* FNV-1a. Two schemas that meet would only wait for each other. */
static int64_t lock_key(const char *schema)
{
    uint32_t key = 2166136261u;
    for (; *schema; schema++)
        key = (key ^ (unsigned char)*schema) * 16777619u;
    return (int32_t)key;
}

static st_code fail_in_use(
    struct pg_store *store, const struct st_bind *binds, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT CAST(l.pid AS text), coalesce(a.application_name, ''), coalesce(a.usename, ''),"
        " coalesce(host(a.client_addr), 'the server itself'),"
        " coalesce(to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '')"
        " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
        " AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = "
        "current_database())"
        " AND CAST(CAST(l.classid AS bigint) AS bit(32)) = CAST($1 AS bit(32))"
        " AND CAST(CAST(l.objid AS bigint) AS bit(32)) = CAST($2 AS bit(32)) LIMIT 1",
        binds, 2, &result, err);
    if (code == ST_OK && PQntuples(result) == 0)
        code = st_fail(err, ST_E_BUSY, "%s is in use by another session", "%s 正被另一会话使用",
            store->base.location);
    else if (code == ST_OK)
        code = st_fail(err, ST_E_BUSY,
            "%s is in use by %s, user %s, from %s, since %s (server process %s)",
            "%s 正被 %s 使用，用户 %s，来自 %s，自 %s 起（服务器进程 %s）", store->base.location,
            PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 2), PQgetvalue(result, 0, 3),
            PQgetvalue(result, 0, 4), PQgetvalue(result, 0, 0));
    st_error_hint(err, "one session at a time may write to a store: wait for it to end, or stop it",
        "同一时间只能有一个会话写入存储：请等它结束，或将其停止");
    PQclear(result);
    return code;
}

st_code st_pg_lock(struct pg_store *store, struct st_error *err)
{
    const struct st_bind binds[] = {
        st_bind_int(LOCK_CLASS), st_bind_int(lock_key(store->location.schema))};
    for (int i = 0; i < LOCK_TRIES; i++) {
        PGresult *result = NULL;
        st_code code = st_pg_run(store,
            "SELECT pg_try_advisory_lock(CAST($1 AS integer), CAST($2 AS integer))", binds, 2,
            &result, err);
        bool got = code == ST_OK && PQgetvalue(result, 0, 0)[0] != 0;
        PQclear(result);
        if (code != ST_OK || got)
            return code;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    return fail_in_use(store, binds, err);
}

static st_code count(struct pg_store *store, const char *sql, bool *any, struct st_error *err)
{
    const struct st_bind bind = st_bind_text(store->location.schema);
    PGresult *result = NULL;
    st_code code = st_pg_run(store, sql, &bind, 1, &result, err);
    *any = code == ST_OK && PQntuples(result) > 0;
    PQclear(result);
    return code;
}

static st_code make_text(struct pg_store *store, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "CREATE DOMAIN ");
    st_emit_identifier(&sql, store->location.schema);
    st_str_add(&sql, ".text AS pg_catalog.text COLLATE \"C\"");
    st_code code = st_pg_do(store, sql.text, err);
    st_str_release(&sql);
    return code;
}

static st_code fail_unusable(const struct pg_store *store, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_IO, "user %s may not use %s", "用户 %s 无权使用 %s",
        PQuser(store->connection), store->base.location);
    struct st_str schema = ST_STR_INIT, user = ST_STR_INIT;
    st_emit_identifier(&schema, store->location.schema);
    st_emit_identifier(&user, PQuser(store->connection));
    st_error_hint(err, "its owner can: GRANT USAGE ON SCHEMA %s TO %s",
        "请其所有者执行：GRANT USAGE ON SCHEMA %s TO %s", schema.text, user.text);
    st_str_release(&schema);
    st_str_release(&user);
    return code;
}

st_code st_pg_schema_begin(struct st_store *base, bool create, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    bool there = false, used = false, usable = true;
    st_code code =
        count(store, "SELECT 1 FROM pg_namespace AS n WHERE n.nspname = $1", &there, err);
    if (code == ST_OK && there)
        code = count(store, "SELECT 1 WHERE has_schema_privilege($1, 'USAGE')", &usable, err);
    if (code == ST_OK && !usable)
        return fail_unusable(store, err);
    if (code == ST_OK && !there && !create) {
        code = st_fail(err, ST_E_NOT_FOUND, "there is no store at %s (schema %s)",
            "%s 处没有存储（模式 %s）", base->location, store->location.schema);
        st_error_hint(err,
            "create it: strata init %s; with your files behind, it drafts what they need",
            "请先创建：strata init %s；后面加上数据文件，可一并起草映射与策略", base->location);
    }
    if (code == ST_OK && create)
        code = st_pg_roles_begin(store, there, err);
    if (code == ST_OK && create)
        code = count(store,
            "SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE n.nspname = $1"
            " UNION ALL SELECT 1 FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace"
            " WHERE n.nspname = $1 AND t.typname = 'text' LIMIT 1",
            &used, err);
    if (code == ST_OK && create && !used)
        code = make_text(store, err);
    if (code == ST_OK && create && !used && store->citus)
        code = st_pg_citus_spread(store, err);
    return code;
}

st_code st_pg_schema_end(struct st_store *base, struct st_error *err)
{
    st_code code = st_pg_exec_script(base, st_sql_file_text("postgresql/indexes.sql"), err);
    return code == ST_OK ? st_pg_roles_end((struct pg_store *)base, err) : code;
}

st_code st_pg_index(
    struct st_store *base, const char *table, const char *column, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "CREATE INDEX ON ");
    st_emit_identifier(&sql, table);
    st_str_add(&sql, " (");
    st_emit_identifier(&sql, column);
    st_str_add_char(&sql, ')');
    st_code code = st_pg_do((struct pg_store *)base, sql.text, err);
    st_str_release(&sql);
    return code;
}
