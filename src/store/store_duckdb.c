/* The DuckDB engine: opening, settings and statements. Cursors and bulk loads have their own files.
 *
 * Only calls that DuckDB does not mark deprecated: prepare, bind, pending_prepared, fetch_chunk.
 * Streaming results are marked deprecated, so a result is complete in memory before its first row.
 */
#include "store/store_duckdb.h"

#include "base/str.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char engine_version[] = "v1.4"; /* the versions whose texts and types are tested */

/* ---- one handle per process and file ------------------------------------------------------- */

/* Closing one of two handles would drop the lock that POSIX gives to the process as a whole, so
 * the files this process holds are listed here. */
struct st_file_id {
    dev_t device;
    ino_t inode;
    struct st_file_id *next;
};

static struct st_file_id *held_files;
static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_held(const struct stat *st)
{
    for (const struct st_file_id *f = held_files; f; f = f->next)
        if (f->device == st->st_dev && f->inode == st->st_ino)
            return true;
    return false;
}

static struct st_file_id *hold(const struct stat *st)
{
    struct st_file_id *file = st_calloc(1, sizeof *file);
    file->device = st->st_dev;
    file->inode = st->st_ino;
    file->next = held_files;
    held_files = file;
    return file;
}

static void let_go(struct st_file_id *file)
{
    struct st_file_id **link = &held_files;
    while (*link && *link != file)
        link = &(*link)->next;
    if (*link)
        *link = file->next;
    free(file);
}

/* ---- opening ------------------------------------------------------------------------------- */

static st_code check_engine(struct st_error *err)
{
    const char *version = duckdb_library_version();
    if (strncmp(version, engine_version, sizeof engine_version - 1) == 0)
        return ST_OK;
    st_code code = st_fail(err, ST_E_VERSION, "the DuckDB library is %s; this program needs %s",
        "DuckDB 库的版本是 %s；本程序需要 %s", version, engine_version);
    st_error_hint(
        err, "use the libduckdb.so that came with strata", "请使用随 strata 提供的 libduckdb.so");
    return code;
}

struct setting {
    const char *name;
    const char *value;
};

static st_code apply_settings(
    duckdb_config config, const struct setting *settings, size_t count, struct st_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (settings[i].value &&
            duckdb_set_config(config, settings[i].name, settings[i].value) == DuckDBError)
            return st_fail(err, ST_E_INTERNAL, "the engine refused the setting %s = %s",
                "引擎拒绝设置 %s = %s", settings[i].name, settings[i].value);
    return ST_OK;
}

/* `path` NULL: in memory. */
static st_code make_config(const char *path, const struct st_store_options *options,
    duckdb_config *config, struct st_error *err)
{
    char threads[16], memory[32];
    struct st_str temporary = ST_STR_INIT;
    snprintf(threads, sizeof threads, "%d", options->threads);
    snprintf(memory, sizeof memory, "%lldB", (long long)options->memory_bytes_max);
    if (path)
        st_str_addf(&temporary, "%s.tmp", path);
    const struct setting settings[] = {
        {"threads", options->threads > 0 ? threads : NULL},
        {"memory_limit", options->memory_bytes_max > 0 ? memory : NULL},
        {"access_mode", options->read_only ? "READ_ONLY" : NULL},
        {"temp_directory", temporary.text}, /* in memory: empty, nothing is put on disk */
        {"preserve_insertion_order", "true"},
        {"checkpoint_threshold",
            "256MB"}, /* closing writes one: not each commit of a run as well */
        {"autoinstall_known_extensions", "false"}, {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"enable_external_access", "true"}, /* COPY … TO writes exports */
    };
    st_code code = duckdb_create_config(config) == DuckDBError
                       ? st_fail(err, ST_E_STORE, "the engine cannot start", "引擎无法启动")
                       : ST_OK;
    if (code == ST_OK)
        code = apply_settings(*config, settings, sizeof settings / sizeof settings[0], err);
    st_str_release(&temporary);
    return code;
}

/* The log stands beside the file under the name it was opened by, so links are resolved: else one
 * store would have two logs. The engine takes "name:rest" for another kind of database: a path
 * that does not exist yet starts with "./" or "/". */
static char *engine_path(const char *location)
{
    char *real = realpath(location, NULL);
    if (real)
        return real;
    struct st_str path = ST_STR_INIT;
    st_str_addf(&path, "%s%s", location[0] == '/' ? "" : "./", location);
    return path.text;
}

static st_code connect_database(struct duckdb_store *store, struct st_error *err)
{
    if (duckdb_connect(store->database, &store->connection) == DuckDBError)
        return st_fail(err, ST_E_STORE, "%s: the engine gave no connection", "%s：引擎没有给出连接",
            store->base.location);
    return ST_OK;
}

static st_code open_database(struct duckdb_store *store, duckdb_config config, struct st_error *err)
{
    char *text = NULL;
    if (duckdb_open_ext(store->path, &store->database, config, &text) == DuckDBError) {
        st_code code = st_duckdb_fail(err, store, text, NULL);
        duckdb_free(text);
        return code;
    }
    return connect_database(store, err);
}

/* The list stays locked meanwhile, so that two threads cannot open one file. */
static st_code open_held(struct duckdb_store *store, duckdb_config config, struct st_error *err)
{
    struct stat st;
    st_code code = ST_OK;
    pthread_mutex_lock(&held_lock);
    if (stat(store->path, &st) == 0 && is_held(&st)) {
        code = st_fail(err, ST_E_BUSY, "%s is already open in this program", "%s 已在本程序中打开",
            store->base.location);
    } else {
        code = open_database(store, config, err);
        if (code == ST_OK && stat(store->path, &st) == 0)
            store->held = hold(&st);
    }
    pthread_mutex_unlock(&held_lock);
    return code;
}

static void duckdb_store_close(struct st_store *base)
{
    struct duckdb_store *store = (struct duckdb_store *)base;
    duckdb_disconnect(&store->connection);
    pthread_mutex_lock(&held_lock);
    duckdb_close(&store->database);
    if (store->held)
        let_go(store->held);
    pthread_mutex_unlock(&held_lock);
    free(store->path);
    free(base->location);
    free(store);
}

static st_code duckdb_store_open(const char *location, const char *shown,
    const struct st_store_options *options, struct st_store **out, struct st_error *err)
{
    st_code code = check_engine(err);
    if (code != ST_OK)
        return code;
    struct duckdb_store *store = st_calloc(1, sizeof *store);
    store->base.location = st_shell_word(shown);
    store->base.dialect = ST_DIALECT_DUCKDB;
    store->memory_bytes_max = options->memory_bytes_max;
    if (strcmp(location, ":memory:") != 0)
        store->path = engine_path(location);
    duckdb_config config = NULL;
    code = make_config(store->path, options, &config, err);
    if (code == ST_OK)
        code = store->path ? open_held(store, config, err) : open_database(store, config, err);
    duckdb_destroy_config(&config);
    if (code != ST_OK) {
        duckdb_store_close(&store->base);
        return code;
    }
    *out = &store->base;
    return ST_OK;
}

/* ---- statements ---------------------------------------------------------------------------- */

static duckdb_hugeint to_hugeint(st_wide value)
{
    duckdb_hugeint huge;
    memcpy(&huge, &value, sizeof huge);
    return huge;
}

static duckdb_state bind_one(duckdb_prepared_statement stmt, idx_t i, const struct st_bind *bind)
{
    if (bind->is_null)
        return duckdb_bind_null(stmt, i);
    switch (bind->type) {
    case ST_IR_BOOL: return duckdb_bind_boolean(stmt, i, bind->integer != 0);
    case ST_IR_BIGINT: return duckdb_bind_int64(stmt, i, bind->integer);
    case ST_IR_WIDE: return duckdb_bind_hugeint(stmt, i, to_hugeint(bind->wide));
    case ST_IR_DATE: return duckdb_bind_date(stmt, i, (duckdb_date){(int32_t)bind->integer});
    case ST_IR_TEXT: return duckdb_bind_varchar(stmt, i, bind->text);
    }
    return DuckDBError;
}

static st_code bind_all(duckdb_prepared_statement stmt, const char *sql,
    const struct st_bind *binds, size_t count, struct st_error *err)
{
    size_t wanted = duckdb_nparams(stmt);
    if (wanted != count || count > ST_STORE_PARAMS_MAX) {
        st_code code = st_fail(err, ST_E_INTERNAL, "a statement takes %zu values and was given %zu",
            "语句需要 %zu 个值，但给了 %zu 个", wanted, count);
        st_error_value(err, "%s", sql);
        return code;
    }
    for (size_t i = 0; i < count; i++)
        if (bind_one(stmt, i + 1, &binds[i]) == DuckDBError)
            return st_fail(err, ST_E_DATA, "value %zu of a statement is not valid UTF-8 text",
                "语句的第 %zu 个值不是有效的 UTF-8 文本", i + 1);
    return ST_OK;
}

/* Where other threads have all that is left to do, duckdb_execute_prepared asks for a task again
 * and again: a sixth of a night's processor time. Statements that end at once are not slept over.
 */
static duckdb_pending_state work(duckdb_pending_result pending)
{
    enum { YIELDS = 50, NAP_US = 100 };
    for (int idle = 0;;) {
        duckdb_pending_state state = duckdb_pending_execute_task(pending);
        if (duckdb_pending_execution_is_finished(state))
            return state;
        idle = state == DUCKDB_PENDING_NO_TASKS_AVAILABLE ? idle + 1 : 0;
        if (idle > YIELDS)
            nanosleep(&(struct timespec){.tv_nsec = NAP_US * 1000L}, NULL);
        else if (idle)
            sched_yield();
    }
}

static st_code execute(struct duckdb_store *store, duckdb_prepared_statement stmt, const char *sql,
    duckdb_result *result, struct st_error *err)
{
    duckdb_pending_result pending = NULL;
    st_code code = ST_OK;
    if (duckdb_pending_prepared(stmt, &pending) == DuckDBError ||
        work(pending) == DUCKDB_PENDING_ERROR) {
        code = st_duckdb_fail(err, store, duckdb_pending_error(pending), sql);
    } else if (duckdb_execute_pending(pending, result) == DuckDBError) {
        code = st_duckdb_fail(err, store, duckdb_result_error(result), sql);
        duckdb_destroy_result(result);
    }
    duckdb_destroy_pending(&pending);
    return code;
}

st_code st_duckdb_run(struct duckdb_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, duckdb_result *result, struct st_error *err)
{
    duckdb_prepared_statement stmt = NULL;
    st_code code = ST_OK;
    if (duckdb_prepare(store->connection, sql, &stmt) == DuckDBError)
        code = st_duckdb_fail(err, store, duckdb_prepare_error(stmt), sql);
    if (code == ST_OK)
        code = bind_all(stmt, sql, binds, bind_count, err);
    if (code == ST_OK)
        code = execute(store, stmt, sql, result, err);
    duckdb_destroy_prepare(&stmt);
    return code;
}

static st_code duckdb_store_exec(struct st_store *base, const char *sql,
    const struct st_bind *binds, size_t bind_count, int64_t *changed, struct st_error *err)
{
    struct duckdb_store *store = (struct duckdb_store *)base;
    duckdb_result result;
    st_code code = st_duckdb_run(store, sql, binds, bind_count, &result, err);
    if (code != ST_OK)
        return code;
    if (changed)
        *changed = (int64_t)duckdb_rows_changed(&result);
    duckdb_destroy_result(&result);
    return ST_OK;
}

static st_code exec_extracted(struct duckdb_store *store, duckdb_extracted_statements statements,
    idx_t index, struct st_error *err)
{
    duckdb_prepared_statement stmt = NULL;
    duckdb_result result;
    st_code code = ST_OK;
    if (duckdb_prepare_extracted_statement(store->connection, statements, index, &stmt) ==
        DuckDBError)
        code = st_duckdb_fail(err, store, duckdb_prepare_error(stmt), NULL);
    if (code == ST_OK)
        code = bind_all(stmt, "", NULL, 0, err);
    if (code == ST_OK)
        code = execute(store, stmt, NULL, &result, err);
    if (code == ST_OK)
        duckdb_destroy_result(&result);
    else
        st_error_value(err, "statement %llu of a script", (unsigned long long)index + 1);
    duckdb_destroy_prepare(&stmt);
    return code;
}

static st_code duckdb_store_exec_script(
    struct st_store *base, const char *sql, struct st_error *err)
{
    struct duckdb_store *store = (struct duckdb_store *)base;
    duckdb_extracted_statements statements = NULL;
    idx_t count = duckdb_extract_statements(store->connection, sql, &statements);
    const char *text = duckdb_extract_statements_error(statements);
    st_code code = text ? st_duckdb_fail(err, store, text, sql) : ST_OK;
    for (idx_t i = 0; i < count && code == ST_OK; i++)
        code = exec_extracted(store, statements, i, err);
    duckdb_destroy_extracted(&statements);
    return code;
}

/* What all threads' arrays of groups may take: an eighth of the memory there is. */
static int64_t array_bytes_max(const struct duckdb_store *store)
{
    enum { PART = 8, BYTES_MAX = 1 << 29 };
    int64_t memory = store->memory_bytes_max;
    if (memory == 0)
        memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    return memory / PART < BYTES_MAX ? memory / PART : BYTES_MAX;
}

/* The engine counts in bits of the key; above the threshold it hashes. Every thread has an array.
 */
static st_code duckdb_store_expect_keys(
    struct st_store *base, int64_t largest_key, int64_t group_bytes, struct st_error *err)
{
    enum { BITS_DEFAULT = 12, BITS_MAX = 24, KEYS_BESIDE = 2 };
    const struct duckdb_store *store = (const struct duckdb_store *)base;
    char sql[64];
    int64_t threads = 1;
    int bits = BITS_DEFAULT;
    st_code code =
        st_store_query_ints(base, "SELECT CAST(current_setting('threads') AS BIGINT) AS threads",
            NULL, 0, &threads, NULL, 1, err);
    while (bits < BITS_MAX && (INT64_C(1) << bits) < largest_key + KEYS_BESIDE)
        bits++;
    if ((INT64_C(1) << bits) * group_bytes * threads > array_bytes_max(store))
        bits = BITS_DEFAULT;
    snprintf(sql, sizeof sql, "SET perfect_ht_threshold = %d", bits);
    return code == ST_OK ? duckdb_store_exec(base, sql, NULL, 0, NULL, err) : code;
}

/* Temporary tables and settings are the connection's. The statement is for an engine that has
 * stopped after an error: it still gives connections. */
static st_code duckdb_store_renew(struct st_store *base, struct st_error *err)
{
    struct duckdb_store *store = (struct duckdb_store *)base;
    if (store->loads_open > 0)
        return st_fail(err, ST_E_INTERNAL, "%s: a bulk load is still open",
            "%s：仍有未结束的批量写入", base->location);
    duckdb_disconnect(&store->connection);
    st_code code = connect_database(store, err);
    return code == ST_OK ? duckdb_store_exec(base, "SELECT 1", NULL, 0, NULL, err) : code;
}

static void duckdb_store_interrupt(struct st_store *base)
{
    duckdb_interrupt(((struct duckdb_store *)base)->connection);
}

const struct st_store_ops st_store_duckdb_ops = {
    .name = "duckdb",
    .open = duckdb_store_open,
    .close = duckdb_store_close,
    .exec = duckdb_store_exec,
    .exec_script = duckdb_store_exec_script,
    .cursor_open = st_duckdb_cursor_open,
    .cursor_next = st_duckdb_cursor_next,
    .cursor_close = st_duckdb_cursor_close,
    .appender_open = st_duckdb_appender_open,
    .appender_add = st_duckdb_appender_add,
    .appender_close = st_duckdb_appender_close,
    .expect_keys = duckdb_store_expect_keys,
    .renew = duckdb_store_renew,
    .interrupt = duckdb_store_interrupt,
};
