/* Statistics for the planner, where it would otherwise guess: temporary tables, which the server
 * never analyses on its own, and tables that were loaded a moment ago. */
#include "store/store_pg.h"

#include "ir/emit.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MIN = 1000, GROWTH_PART = 5 };

static struct pg_growth *growth_of(struct pg_store *store, const char *table)
{
    for (size_t i = 0; i < store->growth.count; i++)
        if (strcmp(store->growth.items[i].table, table) == 0)
            return &store->growth.items[i];
    struct pg_growth *growth = st_vec_push(&store->growth);
    growth->table = st_strdup(table);
    return growth;
}

void st_pg_growth_release(struct pg_store *store)
{
    for (size_t i = 0; i < store->growth.count; i++)
        free(store->growth.items[i].table);
    st_vec_release(&store->growth);
}

/* Rows the planner believes a table to have; -1: nobody has looked. `may` it be analysed by this
 * user? Others' tables are left to autovacuum. */
static st_code believed(
    struct pg_store *store, const char *quoted, int64_t *rows, bool *may, struct st_error *err)
{
    struct st_bind bind = st_bind_text(quoted);
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        PQserverVersion(store->connection) >= ST_PG_MAINTAIN_SINCE
            ? "SELECT CAST(c.reltuples AS bigint) FROM pg_class AS c WHERE c.oid = to_regclass($1)"
              " AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'MAINTAIN'))"
            : "SELECT CAST(c.reltuples AS bigint) FROM pg_class AS c WHERE c.oid = to_regclass($1)"
              " AND pg_has_role(c.relowner, 'USAGE')",
        &bind, 1, &result, err);
    *may = code == ST_OK && PQntuples(result) == 1;
    *rows = *may ? (int64_t)st_pg_get64(PQgetvalue(result, 0, 0)) : -1;
    PQclear(result);
    return code;
}

st_code st_pg_grew(struct pg_store *store, const char *table, int64_t rows, struct st_error *err)
{
    struct pg_growth *growth = growth_of(store, table);
    growth->added += rows;
    if (growth->added < ROWS_MIN || st_pg_citus_is_small(store, table))
        return ST_OK;
    struct st_str sql = ST_STR_INIT;
    int64_t before = -1;
    bool may = false;
    st_str_add(&sql, "ANALYZE ");
    st_emit_identifier(&sql, table);
    st_code code = believed(store, sql.text + 8, &before, &may, err);
    if (code == ST_OK && may && growth->added >= before / GROWTH_PART) {
        growth->added = 0;
        code = st_pg_do(store, sql.text, err);
    }
    st_str_release(&sql);
    return code;
}

/* Past blanks and comments. */
static const char *first_word(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \t\n");
        if (strncmp(sql, "--", 2) != 0)
            return sql;
        sql += strcspn(sql, "\n");
    }
}

st_code st_pg_inserted(struct pg_store *store, const char *sql, int64_t rows, struct st_error *err)
{
    static const char insert[] = "INSERT INTO ";
    const char *name = first_word(sql);
    char table[ST_PG_NAME_MAX + 1];
    if (rows == 0 || strncmp(name, insert, sizeof insert - 1) != 0)
        return ST_OK;
    name += sizeof insert - 1;
    bool quoted = *name == '"';
    name += quoted;
    size_t len = strcspn(name, quoted ? "\"" : " (\n");
    if (len > ST_PG_NAME_MAX)
        return ST_OK;
    memcpy(table, name, len);
    table[len] = '\0';
    return st_pg_grew(store, table, rows, err);
}
