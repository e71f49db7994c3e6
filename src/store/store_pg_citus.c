/* A store spread over several servers by the extension Citus: where tables are put, what the
 * servers' sessions are told, and what an outage left behind.
 *
 * A store is spread when the extension is there as it is made; one that was made without stays in
 * one server. ir/placement.h says which table is kept how.
 *
 * Citus gives a distributed transaction to each server by two-phase commit. Between its two phases
 * a server that is lost keeps what is prepared, unseen by readers: half a run would be visible. So
 * whoever opens the store first has that finished. The extension's own daemon does it too, a minute
 * later.
 */
#include "store/store_pg.h"

#include "ir/dialect.h"
#include "ir/emit.h"
#include "ir/placement.h"

#include <stdlib.h>
#include <string.h>

/* Whether a query without values finds a row. */
static st_code finds(struct pg_store *store, const char *sql, bool *found, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store, sql, NULL, 0, &result, err);
    *found = code == ST_OK && PQntuples(result) > 0;
    PQclear(result);
    return code;
}

/* The server's parameters, as this session has them, as statements for the others. */
static st_code learn_settings(struct pg_store *store, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT string_agg('SET LOCAL ' || quote_ident(s.name) || ' TO ' ||"
        " quote_literal(current_setting(s.name)), E';\\n' ORDER BY s.name) FROM pg_settings AS s"
        " WHERE s.name IN ('enable_nestloop', 'jit', 'work_mem')",
        NULL, 0, &result, err);
    if (code == ST_OK) { /* one connection to each server, unless a run asks for more */
        struct st_str began = ST_STR_INIT;
        st_str_addf(&began, "%s;\nSET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
            PQgetvalue(result, 0, 0));
        free(store->began);
        store->began = st_strdup(began.text);
        st_str_release(&began);
    }
    PQclear(result);
    if (code == ST_OK)
        code = st_pg_do(store, "SET citus.propagate_set_commands TO 'local'", err);
    /* Names of accounts, members of households: what is asked of them joins by other keys. */
    if (code == ST_OK)
        code = st_pg_do(store, "SET citus.enable_repartition_joins TO on", err);
    return code;
}

/* Who may not call it leaves it to the extension's daemon. */
static st_code recover(struct pg_store *store, struct st_error *err)
{
    bool may = false;
    st_code code = finds(store,
        "SELECT 1 WHERE has_function_privilege('pg_catalog.recover_prepared_transactions()', "
        "'EXECUTE')",
        &may, err);
    if (code != ST_OK || !may)
        return code;
    code = st_pg_do(store, "BEGIN READ WRITE", err);
    if (code == ST_OK)
        code = st_pg_do(store, "SELECT pg_catalog.recover_prepared_transactions()", err);
    st_code ended = st_pg_do(store, code == ST_OK ? "COMMIT" : "ROLLBACK", err);
    return code != ST_OK ? code : ended;
}

st_code st_pg_citus_open(struct pg_store *store, struct st_error *err)
{
    bool spread = false;
    st_code code = finds(
        store, "SELECT 1 FROM pg_extension AS e WHERE e.extname = 'citus'", &store->citus, err);
    if (code != ST_OK || !store->citus)
        return code;
    code = recover(store, err);
    if (code == ST_OK)
        code = finds(store,
            "SELECT 1 FROM pg_dist_partition AS p WHERE p.logicalrelid = to_regclass('customer')",
            &spread, err);
    if (code == ST_OK && spread)
        code = st_pg_citus_spread(store, err);
    return code;
}

st_code st_pg_citus_spread(struct pg_store *store, struct st_error *err)
{
    store->base.dialect = ST_DIALECT_CITUS;
    return learn_settings(store, err);
}

st_code st_pg_began(struct st_store *base, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    return store->began ? st_pg_exec_script(base, store->began, err) : ST_OK;
}

/* ---- statements ---------------------------------------------------------------------------- */

const char *st_pg_citus_text(const struct pg_store *store, const char *sql, struct st_str *own)
{
    static const char apart[] = "/* apart */"; /* sql/README.md says where it stands */
    const char *found = store->base.dialect == ST_DIALECT_CITUS ? strstr(sql, apart) : NULL;
    if (!found)
        return sql;
    for (; found; found = strstr(sql, apart)) {
        st_str_addf(own, "%.*s%s", (int)(found - sql), sql, st_dialect_citus.fence);
        sql = found + sizeof apart - 1;
    }
    st_str_add(own, sql);
    return own->text;
}

/* ---- roles --------------------------------------------------------------------------------- */

st_code st_pg_citus_spread_roles(struct pg_store *store, struct st_error *err)
{
    return st_pg_do(store, "SET LOCAL citus.enable_create_role_propagation TO on", err);
}

st_code st_pg_citus_check_role(struct pg_store *store, const char *name, struct st_error *err)
{
    const struct st_bind bind = st_bind_text(name);
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT string_agg(w.nodename || ':' || w.nodeport, ', ' ORDER BY w.nodename, w.nodeport)"
        " FROM run_command_on_workers("
        "format('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %L', $1)) AS w"
        " WHERE w.success AND w.result <> '1'",
        &bind, 1, &result, err);
    if (code == ST_OK && !PQgetisnull(result, 0, 0)) {
        struct st_str quoted = ST_STR_INIT;
        st_emit_identifier(&quoted, name);
        code = st_fail(err, ST_E_CONFLICT, "role %s is not there on every server",
            "角色 %s 并非在每台服务器上都存在", name);
        st_error_hint(err,
            "an administrator can, on %s, before this is repeated: CREATE ROLE %s NOLOGIN",
            "请管理员先在 %s 上执行以下语句，再重新执行本命令：CREATE ROLE %s NOLOGIN",
            PQgetvalue(result, 0, 0), quoted.text);
        st_str_release(&quoted);
    }
    PQclear(result);
    return code;
}

/* ---- placing tables ------------------------------------------------------------------------ */

static st_code place(
    struct pg_store *store, const char *table, enum st_placement placement, struct st_error *err)
{
    static const char first[] = "customer";
    const char *key = st_placement_key(placement);
    if (placement == ST_PLACED_ONCE)
        return ST_OK;
    struct st_str quoted = ST_STR_INIT;
    st_emit_identifier(&quoted, table);
    const struct st_bind binds[] = {st_bind_text(quoted.text), st_bind_text(key ? key : ""),
        st_bind_text(strcmp(table, first) == 0 ? "none" : first)};
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        key ? "SELECT create_distributed_table(CAST($1 AS regclass), $2, colocate_with => $3)"
            : "SELECT create_reference_table(CAST($1 AS regclass))",
        binds, key ? ST_COUNT(binds) : 1, &result, err);
    PQclear(result);
    st_str_release(&quoted);
    return code;
}

st_code st_pg_place(struct st_store *base, const char *table, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    enum st_placement placement;
    if (base->dialect != ST_DIALECT_CITUS)
        return ST_OK;
    if (!st_placement_of(table, &placement))
        return st_fail(err, ST_E_INTERNAL, "nothing says where table %s is to be kept",
            "没有规定表 %s 的存放方式", table);
    return place(store, table, placement, err);
}

bool st_pg_citus_is_small(const struct pg_store *store, const char *table)
{
    enum st_placement placement;
    return store->base.dialect == ST_DIALECT_CITUS && st_placement_of(table, &placement) &&
           placement >= ST_PLACED_EVERYWHERE;
}

st_code st_pg_schema_place(struct st_store *base, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    st_code code = ST_OK;
    for (size_t i = 0; i < st_placed_table_count && code == ST_OK; i++) {
        const struct st_placed_table *t = &st_placed_tables[i];
        const struct st_bind bind = st_bind_text(t->name);
        PGresult *result = NULL;
        if (base->dialect != ST_DIALECT_CITUS || t->is_view)
            continue;
        code = st_pg_run(store,
            "SELECT 1 FROM pg_dist_partition AS p WHERE p.logicalrelid = to_regclass($1)", &bind, 1,
            &result, err);
        bool placed = code == ST_OK && PQntuples(result) > 0;
        PQclear(result);
        if (code == ST_OK && !placed)
            code = place(store, t->name, t->placement, err);
    }
    return code;
}
