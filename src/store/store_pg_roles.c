/* Who may do what in a schema: an owner changes it, a runner imports, runs and publishes, a reader
 * reads.
 *
 * A store's rights are those of its table `run`: who may read or write that may do so with every
 * table that runs and upgrades make later. So grants that an administrator gave by hand are
 * followed, too, and the store keeps nothing about roles. Rejected: ALTER DEFAULT PRIVILEGES, which
 * are of one creator's tables each; SET ROLE to the runner's role, which takes from a session the
 * rights that its user was given besides.
 */
#include "store/store_pg.h"

#include "ir/emit.h"

#include <string.h>

static void add_role(struct st_str *sql, const char *before, const char *name)
{
    if (!name)
        return;
    st_str_add(sql, before);
    st_emit_identifier(sql, name);
}

/* One row's first column, a truth; false where there is no row. */
static st_code ask(struct pg_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, bool *answer, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store, sql, binds, bind_count, &result, err);
    *answer = code == ST_OK && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0) &&
              PQgetvalue(result, 0, 0)[0] != 0;
    PQclear(result);
    return code;
}

/* Statements that the server makes of its own names, one text; none at all is fine. */
static st_code run_made(struct pg_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store, sql, binds, bind_count, &result, err);
    if (code == ST_OK && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        code = st_pg_exec_script(&store->base, PQgetvalue(result, 0, 0), err);
    PQclear(result);
    return code;
}

/* ---- rights of tables made later ------------------------------------------------------------ */

/* What `run` grants, for the relations that are asked for. */
#define SHARE                                                                                      \
    "SELECT string_agg(format('GRANT %s ON %s TO %s', g.rights, n.relation, g.role), ';')"         \
    " FROM (SELECT string_agg(a.privilege_type, ', ') AS rights,"                                  \
    " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS "    \
    "role"                                                                                         \
    " FROM pg_class AS c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a"        \
    " WHERE c.oid = to_regclass('run') AND pg_get_userbyid(a.grantee) <> current_user"             \
    " AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MAINTAIN') GROUP BY "      \
    "a.grantee) AS g,"

st_code st_pg_share(struct st_store *base, const char *table, struct st_error *err)
{
    struct st_str quoted = ST_STR_INIT;
    st_emit_identifier(&quoted, table);
    const struct st_bind bind = st_bind_text(quoted.text);
    st_code code =
        run_made((struct pg_store *)base, SHARE " (SELECT $1 AS relation) AS n", &bind, 1, err);
    st_str_release(&quoted);
    return code;
}

/* Tables and views that an upgrade has made. */
static st_code share_new(struct pg_store *store, struct st_error *err)
{
    return run_made(store,
        SHARE " (SELECT quote_ident(c.relname) AS relation FROM pg_class AS c"
              " JOIN pg_namespace AS s ON s.oid = c.relnamespace"
              " WHERE s.nspname = current_schema() AND c.relkind IN ('r', 'v')"
              " AND c.relacl IS NULL AND pg_get_userbyid(c.relowner) = current_user) AS n",
        NULL, 0, err);
}

/* ---- who writes, who upgrades ---------------------------------------------------------------- */

st_code st_pg_may_write(struct pg_store *store, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT string_agg(pg_get_userbyid(a.grantee), ', ' ORDER BY a.grantee)"
        " FROM pg_class AS c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a"
        " WHERE c.oid = to_regclass('run') AND a.privilege_type = 'INSERT'"
        " AND NOT has_table_privilege(c.oid, 'INSERT')",
        NULL, 0, &result, err);
    if (code == ST_OK && !PQgetisnull(result, 0, 0)) {
        code = st_fail(err, ST_E_IO, "user %s may only read %s", "用户 %s 对 %s 只有读取权限",
            PQuser(store->connection), store->base.location);
        st_error_hint(err, "this command writes: it takes a user with the rights of %s",
            "该命令需要写入，须使用具有 %s 权限的用户", PQgetvalue(result, 0, 0));
    }
    PQclear(result);
    return code;
}

/* Until the transaction's end. */
static st_code act_as(struct pg_store *store, const char *role, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    add_role(&sql, "SET LOCAL ROLE ", role);
    st_code code = st_pg_do(store, sql.text, err);
    st_str_release(&sql);
    return code;
}

st_code st_pg_become_owner(struct st_store *base, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT pg_has_role(c.relowner, 'MEMBER'), pg_get_userbyid(c.relowner)"
        " FROM pg_class AS c WHERE c.oid = to_regclass('strata_meta')",
        NULL, 0, &result, err);
    if (code != ST_OK || PQntuples(result) == 0) {
        PQclear(result);
        return code;
    }
    const char *owner = PQgetvalue(result, 0, 1);
    if (PQgetvalue(result, 0, 0)[0] != 0) {
        if (strcmp(owner, PQuser(store->connection)) != 0)
            code = act_as(store, owner, err);
    } else {
        code = st_fail(err, ST_E_VERSION,
            "%s was written by an older strata, and only its owner may bring it up to date",
            "%s 由较早版本的 strata 写入，只有其所有者可以升级", base->location);
        st_error_hint(err, "run strata quality %s as a user with the rights of %s",
            "请执行 strata quality %s，并使用具有 %s 权限的用户", base->location, owner);
    }
    PQclear(result);
    return code;
}

/* ---- roles of a new store -------------------------------------------------------------------- */

static st_code fail_rights(struct st_error *err, const struct pg_store *store, const char *sql)
{
    st_code code = st_fail(err, ST_E_IO, "user %s may not set up %s", "用户 %s 无权建立 %s",
        PQuser(store->connection), store->base.location);
    st_error_hint(err, "an administrator can, before this is repeated: %s",
        "请管理员先执行以下语句，再重新执行本命令：%s", sql);
    return code;
}

static st_code plan_role(
    struct pg_store *store, const char *name, bool *made, struct st_str *sql, struct st_error *err)
{
    const struct st_bind bind = st_bind_text(name);
    bool there = false;
    if (!name)
        return ST_OK;
    st_code code =
        ask(store, "SELECT true FROM pg_roles AS r WHERE r.rolname = $1", &bind, 1, &there, err);
    if (code == ST_OK && there && store->citus)
        code = st_pg_citus_check_role(store, name, err);
    *made = code == ST_OK && !there;
    if (*made) {
        add_role(sql, "CREATE ROLE ", name);
        st_str_add(sql, " NOLOGIN; ");
    }
    return code;
}

/* Who makes the store is among its owners, who upgrade it. */
static st_code plan_membership(struct pg_store *store, const struct st_store_roles *roles,
    struct st_str *sql, struct st_error *err)
{
    const struct st_bind bind = st_bind_text(roles->owner);
    bool member = false;
    if (!roles->owner)
        return ST_OK;
    st_code code = roles->owner_made
                       ? ST_OK
                       : ask(store, "SELECT pg_has_role($1, 'MEMBER')", &bind, 1, &member, err);
    if (code == ST_OK && !member) {
        add_role(sql, "GRANT ", roles->owner);
        add_role(sql, " TO ", PQuser(store->connection));
        st_str_add(sql, "; ");
    }
    return code;
}

static st_code plan_roles(
    struct pg_store *store, struct st_store_roles *roles, struct st_str *sql, struct st_error *err)
{
    if (!roles)
        return ST_OK;
    st_code code = plan_role(store, roles->owner, &roles->owner_made, sql, err);
    if (code == ST_OK)
        code = plan_role(store, roles->runner, &roles->runner_made, sql, err);
    if (code == ST_OK)
        code = plan_role(store, roles->reader, &roles->reader_made, sql, err);
    return code == ST_OK ? plan_membership(store, roles, sql, err) : code;
}

/* Makes the roles and the schema, or says what an administrator has to do of it. */
static st_code make(struct pg_store *store, bool there, struct st_error *err)
{
    struct st_store_roles *roles = store->roles;
    struct st_str sql = ST_STR_INIT, schema = ST_STR_INIT;
    bool may_roles = false, may_schema = false;
    st_code code = plan_roles(store, roles, &sql, err);
    if (code == ST_OK)
        code = ask(store,
            "SELECT r.rolsuper OR r.rolcreaterole FROM pg_roles AS r"
            " WHERE r.rolname = current_user",
            NULL, 0, &may_roles, err);
    if (code == ST_OK)
        code = ask(store, "SELECT has_database_privilege(current_database(), 'CREATE')", NULL, 0,
            &may_schema, err);
    if (!there) {
        st_str_add(&schema, "CREATE SCHEMA ");
        st_emit_identifier(&schema, store->location.schema);
        add_role(&schema, " AUTHORIZATION ",
            roles && roles->owner ? roles->owner : PQuser(store->connection));
    }
    may_roles = may_roles || sql.len == 0;
    may_schema = may_schema || there;
    if (code == ST_OK && !(may_roles && may_schema)) {
        if (may_roles)
            st_str_reset(&sql);
        st_str_add(&sql, may_schema ? "" : schema.text);
        code = fail_rights(err, store, sql.text);
    }
    if (code == ST_OK && sql.len > 0)
        code = st_pg_exec_script(&store->base, sql.text, err);
    if (code == ST_OK && !there)
        code = st_pg_do(store, schema.text, err);
    st_str_release(&sql);
    st_str_release(&schema);
    return code;
}

/* Rights of the schema itself. A GRANT by somebody who may not is a warning only. */
static st_code grant_schema(
    struct pg_store *store, const struct st_store_roles *roles, struct st_error *err)
{
    const struct {
        const char *role, *right;
    } grants[] = {{roles->owner, "USAGE"}, {roles->owner, "CREATE"}, {roles->runner, "USAGE"},
        {roles->runner, "CREATE"}, {roles->reader, "USAGE"}};
    st_code code = ST_OK;
    for (size_t i = 0; i < ST_COUNT(grants) && code == ST_OK; i++) {
        const struct st_bind binds[] = {st_bind_text(grants[i].role),
            st_bind_text(store->location.schema), st_bind_text(grants[i].right)};
        struct st_str sql = ST_STR_INIT;
        bool has = false;
        if (!grants[i].role)
            continue;
        st_str_addf(&sql, "GRANT %s ON SCHEMA ", grants[i].right);
        st_emit_identifier(&sql, store->location.schema);
        add_role(&sql, " TO ", grants[i].role);
        code = st_pg_do(store, sql.text, err);
        if (code == ST_OK)
            code = ask(store, "SELECT has_schema_privilege($1, $2, $3)", binds, ST_COUNT(binds),
                &has, err);
        if (code == ST_OK && !has)
            code = fail_rights(err, store, sql.text);
        st_str_release(&sql);
    }
    return code;
}

st_code st_pg_roles_begin(struct pg_store *store, bool there, struct st_error *err)
{
    struct st_store_roles *roles = store->roles;
    /* Citus's servers log in to each other as whoever a session acts as: a role without login, and
     * one that only this transaction knows, is none. */
    if (roles && roles->owner && store->citus) {
        roles->owner_is_user = true;
        roles->owner = NULL;
    }
    st_code code = roles && store->citus ? st_pg_citus_spread_roles(store, err) : ST_OK;
    if (code == ST_OK)
        code = make(store, there, err);
    if (code != ST_OK || !roles)
        return code;
    code = grant_schema(store, roles, err);
    return code == ST_OK && roles->owner ? act_as(store, roles->owner, err) : code;
}

/* What users are to be given, for a statement that people type. */
static st_code tell_given(
    struct pg_store *store, struct st_store_roles *roles, struct st_error *err)
{
    const struct st_bind bind = st_bind_text(roles->runner ? roles->runner : roles->reader);
    PGresult *result = NULL;
    if (!bind.text)
        return ST_OK;
    st_code code = st_pg_run(store, "SELECT quote_ident($1)", &bind, 1, &result, err);
    if (code == ST_OK)
        snprintf(roles->given, sizeof roles->given, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return code;
}

/* Imports, runs and what-if need temporary tables. */
static st_code check_temporary(
    struct pg_store *store, struct st_store_roles *roles, struct st_error *err)
{
    const struct st_bind binds[] = {st_bind_text(roles->runner), st_bind_text(roles->reader)};
    return ask(store,
        "SELECT bool_or(NOT has_database_privilege(r.rolname, current_database(), 'TEMPORARY'))"
        " FROM pg_roles AS r WHERE r.rolname IN ($1, $2)",
        binds, ST_COUNT(binds), &roles->lack_temporary, err);
}

st_code st_pg_roles_end(struct pg_store *store, struct st_error *err)
{
    struct st_store_roles *roles = store->roles;
    struct st_str sql = ST_STR_INIT;
    if (!roles)
        return share_new(store, err);
    const struct {
        const char *words, *role;
    } grants[] = {{"GRANT SELECT ON ALL TABLES IN SCHEMA ", roles->reader},
        {PQserverVersion(store->connection) >= ST_PG_MAINTAIN_SINCE
                ? "GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA "
                : "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ",
            roles->runner}};
    for (size_t i = 0; i < ST_COUNT(grants); i++) {
        if (!grants[i].role)
            continue;
        st_str_add(&sql, grants[i].words);
        st_emit_identifier(&sql, store->location.schema);
        add_role(&sql, " TO ", grants[i].role);
        st_str_add(&sql, "; ");
    }
    /* Which version the schema has is the owner's to say. */
    add_role(&sql, "REVOKE INSERT, UPDATE, DELETE ON strata_meta FROM ", roles->runner);
    st_code code = sql.len > 0 ? st_pg_exec_script(&store->base, sql.text, err) : ST_OK;
    st_str_release(&sql);
    if (code == ST_OK)
        code = tell_given(store, roles, err);
    return code == ST_OK ? check_temporary(store, roles, err) : code;
}
