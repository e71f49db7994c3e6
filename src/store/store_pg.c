/* The PostgreSQL engine on libpq: opening, settings, closing. The other parts have their own files.
 *
 * One connection per handle. All of libpq's settings in the location are its own: TLS, services,
 * several hosts, options. What nobody has set on the server, in the location or for the user gets
 * values fit for long statements.
 */
#include "store/store_pg.h"

#include "base/str.h"
#include "ir/emit.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION_MIN = 150000 };

static void pg_store_close(struct st_store *base)
{
    struct pg_store *store = (struct pg_store *)base;
    pthread_mutex_destroy(&store->cancel_lock);
    PQfreeCancel(store->cancel);
    PQfinish(store->connection);
    st_pg_growth_release(store);
    st_pg_location_release(&store->location);
    free(store->began);
    free(store->renewal);
    free(base->location);
    free(store);
}

/* Notices are the server's remarks to people at a prompt. */
static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static st_code check_server(const struct pg_store *store, struct st_error *err)
{
    const char *encoding = PQparameterStatus(store->connection, "server_encoding");
    int version = PQserverVersion(store->connection);
    if (version < VERSION_MIN)
        return st_fail(err, ST_E_VERSION, "%s is PostgreSQL %d; this program needs 15 or newer",
            "%s 是 PostgreSQL %d；本程序需要 15 或更高版本", store->base.location, version / 10000);
    if (!encoding || strcmp(encoding, "UTF8") != 0) {
        st_code code =
            st_fail(err, ST_E_CONFLICT, "the database of %s keeps texts as %s, not as UTF8",
                "%s 所在数据库的编码是 %s，而不是 UTF8", store->base.location,
                encoding ? encoding : "?");
        st_error_hint(err, "createdb --encoding=UTF8 --template=template0 NAME",
            "createdb --encoding=UTF8 --template=template0 NAME");
        return code;
    }
    return ST_OK;
}

/* ---- settings ------------------------------------------------------------------------------ */

struct setting {
    const char *name;
    const char *value; /* NULL: as it is */
};

/* What answers depend on, and that what was confirmed is on the server's disk: always set. */
static st_code set_fixed(struct pg_store *store, struct st_error *err)
{
    struct st_str path = ST_STR_INIT;
    st_emit_identifier(&path, store->location.schema);
    st_str_add(&path, ", pg_catalog");
    const struct st_bind binds[] = {
        st_bind_text(path.text), st_bind_text(store->read_only ? "on" : "off")};
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT set_config('search_path', $1, false), set_config('DateStyle', 'ISO', false),"
        " set_config('default_transaction_isolation', 'repeatable read', false),"
        " set_config('default_transaction_read_only', $2, false),"
        " CASE current_setting('synchronous_commit') WHEN 'off'"
        " THEN set_config('synchronous_commit', 'local', false) END",
        binds, ST_COUNT(binds), &result, err);
    PQclear(result);
    st_str_release(&path);
    return code;
}

/* What makes long statements faster, and dead clients go away: set where nobody has. */
static st_code set_defaults(
    struct pg_store *store, const struct st_store_options *options, struct st_error *err)
{
    enum { WORK_PARTS = 8, KILOBYTE = 1024 };
    char memory[32], workers[16];
    snprintf(memory, sizeof memory, "%lldkB",
        (long long)(options->memory_bytes_max / WORK_PARTS / KILOBYTE));
    snprintf(workers, sizeof workers, "%d", options->threads - 1);
    const struct setting settings[] = {
        {"work_mem", options->memory_bytes_max > 0 ? memory
                     : options->reads              ? "64MB"
                                                   : "256MB"},
        {"maintenance_work_mem", "256MB"},
        {"max_parallel_workers_per_gather", options->threads > 0 ? workers : NULL},
        {"jit", "off"}, /* wide plans: compiling them takes longer than running them */
        /* Rows of a run that is being written are in no statistics: the planner expects one, and
         * would look through a table for each of what are a million. Readers find those of a run
         * that is published by their index. */
        {"enable_nestloop", options->reads ? NULL : "off"},
        {"lock_timeout", "60s"},
        {"idle_in_transaction_session_timeout", "30min"},
        {"client_connection_check_interval", "1s"},
        {"tcp_keepalives_idle", "60"}, /* a client's host that went away without a word */
        {"tcp_keepalives_interval", "10"},
        {"tcp_keepalives_count", "6"},
    };
    st_code code = ST_OK;
    for (size_t i = 0; i < ST_COUNT(settings) && code == ST_OK; i++) {
        const struct st_bind binds[] = {
            st_bind_text(settings[i].name), st_bind_text(settings[i].value)};
        PGresult *result = NULL;
        if (!settings[i].value)
            continue;
        code = st_pg_run(store,
            "SELECT set_config(s.name, $2, false) FROM pg_settings AS s"
            " WHERE s.name = $1 AND s.source = 'default'",
            binds, ST_COUNT(binds), &result, err);
        PQclear(result);
    }
    return code;
}

/* ---- opening ------------------------------------------------------------------------------- */

static st_code pg_store_open(const char *location, const char *shown,
    const struct st_store_options *options, struct st_store **out, struct st_error *err)
{
    struct pg_store *store = st_calloc(1, sizeof *store);
    (void)shown; /* a store being made is nowhere else */
    st_code code = st_pg_location_read(location, &store->location, err);
    if (code != ST_OK) {
        free(store);
        return code;
    }
    store->base.location = st_shell_word(store->location.shown);
    store->base.dialect = ST_DIALECT_POSTGRESQL;
    pthread_mutex_init(&store->cancel_lock, NULL);
    store->read_only = options->read_only || options->reads;
    store->roles = options->roles;
    code = st_pg_connect(store, options->task, err);
    if (code == ST_OK)
        PQsetNoticeReceiver(store->connection, ignore_notice, NULL);
    if (code == ST_OK)
        code = check_server(store, err);
    if (code == ST_OK)
        code = set_fixed(store, err);
    if (code == ST_OK)
        code = set_defaults(store, options, err);
    if (code == ST_OK)
        code = st_pg_citus_open(store, err);
    if (code == ST_OK && !store->read_only)
        code = st_pg_may_write(store, err);
    if (code == ST_OK && !store->read_only)
        code = st_pg_lock(store, err);
    if (code != ST_OK) {
        pg_store_close(&store->base);
        return code;
    }
    *out = &store->base;
    return ST_OK;
}

/* ---- one session, one user after another --------------------------------------------------- */

/* RESET gives back what the server, the location and the user say; what opening set beyond that is
 * learned once. DISCARD ALL would let go of the writer's lock. */
static st_code learn_renewal(struct pg_store *store, struct st_error *err)
{
    PGresult *result = NULL;
    st_code code = st_pg_run(store,
        "SELECT 'RESET ROLE; RESET ALL; DISCARD TEMP; SELECT ' || string_agg('set_config(' ||"
        " quote_literal(s.name) || ', ' || quote_literal(current_setting(s.name)) || ', false)',"
        " ', ' ORDER BY s.name) FROM pg_settings AS s WHERE s.source = 'session'",
        NULL, 0, &result, err);
    if (code == ST_OK)
        store->renewal = st_strdup(PQgetvalue(result, 0, 0));
    PQclear(result);
    return code;
}

static st_code pg_store_renew(struct st_store *base, struct st_error *err)
{
    struct pg_store *store = (struct pg_store *)base;
    if (PQstatus(store->connection) == CONNECTION_BAD)
        return st_pg_fail(err, store, NULL, NULL);
    if (store->streaming || store->copying ||
        PQtransactionStatus(store->connection) != PQTRANS_IDLE)
        return st_fail(err, ST_E_INTERNAL, "%s: something is still going on in this session",
            "%s：会话中仍有未结束的操作", base->location);
    if (!store->renewal)
        return learn_renewal(store, err);
    st_pg_growth_release(store);
    return st_pg_exec_script(base, store->renewal, err);
}

static bool pg_store_stirred(const struct st_store *base)
{
    const struct pg_store *store = (const struct pg_store *)base;
    struct pollfd socket = {.fd = PQsocket(store->connection), .events = POLLIN};
    return socket.fd < 0 || poll(&socket, 1, 0) != 0;
}

/* The server ends a statement and never a commit: one that has begun cannot be cancelled, and while
 * the session waits for its next statement a cancel is dropped. */
static void pg_store_interrupt(struct st_store *base)
{
    struct pg_store *store = (struct pg_store *)base;
    char text[256];
    pthread_mutex_lock(&store->cancel_lock);
    store->interrupted = true;
    (void)PQcancel(store->cancel, text, (int)sizeof text); /* back once the server has done it */
    pthread_mutex_unlock(&store->cancel_lock);
}

const struct st_store_ops st_store_pg_ops = {
    .name = "postgresql",
    .open = pg_store_open,
    .close = pg_store_close,
    .began = st_pg_began,
    .exec = st_pg_exec,
    .exec_script = st_pg_exec_script,
    .cursor_open = st_pg_cursor_open,
    .cursor_next = st_pg_cursor_next,
    .cursor_close = st_pg_cursor_close,
    .appender_open = st_pg_appender_open,
    .appender_add = st_pg_appender_add,
    .appender_close = st_pg_appender_close,
    .index = st_pg_index,
    .place = st_pg_place,
    .share = st_pg_share,
    .become_owner = st_pg_become_owner,
    .schema_begin = st_pg_schema_begin,
    .schema_place = st_pg_schema_place,
    .schema_end = st_pg_schema_end,
    .renew = pg_store_renew,
    .stirred = pg_store_stirred,
    .interrupt = pg_store_interrupt,
};
