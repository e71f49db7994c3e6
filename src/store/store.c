/* The front: picks the engine by the location and keeps the rules every engine shares.
 *
 * - A failed statement poisons its transaction: DuckDB would answer a COMMIT after it with success
 *   while throwing the work away, so the front refuses everything but a rollback.
 * - BEGIN, COMMIT and ROLLBACK are never interrupted: an interrupt that lands after the engine has
 *   done its work would report as cancelled what every reader already sees, or leave open a
 *   transaction that the front believes closed.
 * - A new store file is built aside and renamed (store_file.h), so that a killed init leaves no
 *   half-made store. Rejected: creating in place, where each of the engine's first writes is a
 *   state that the next init would have to recognise.
 */
#include "store/store.h"

#include "store/migrate.h"
#include "store/ops.h"
#include "store/store_file.h"
#include "store/store_pg_location.h"

#include <stdlib.h>
#include <string.h>

static const char location_memory[] = ":memory:";

static st_code check_location(const char *location, struct st_error *err)
{
    if (!location[0])
        return st_fail(err, ST_E_USAGE, "the store's location is empty", "没有给出存储的位置");
    if (strstr(location, "://") && !st_pg_location_is(location)) {
        st_code code =
            st_fail(err, ST_E_USAGE, "%s is no kind of store", "%s 不是可用的存储类型", location);
        st_error_allowed(err, "a file path, or postgresql://…", "文件路径，或 postgresql://…");
        return code;
    }
    return ST_OK;
}

/* In a file a reader may still upgrade it; in a server its session only reads. */
static bool is_reading(const struct st_store *store, const struct st_store_options *options)
{
    return options->read_only || (options->reads && store->ops->schema_begin);
}

/* New and older stores are brought to this version; newer and foreign ones are refused. */
static st_code ensure_schema(
    struct st_store *store, const struct st_store_options *options, struct st_error *err)
{
    int version = 0;
    st_code code = st_store_schema_version(store, &version, err);
    if (code == ST_OK && version == 0 && !options->create) {
        code = st_fail(err, ST_E_NOT_FOUND, "%s holds no strata store yet",
            "%s 中还没有 strata 存储", store->location);
        st_error_hint(
            err, "create it: strata init %s", "请先创建：strata init %s", store->location);
    }
    if (code == ST_OK && version < st_schema_version() && is_reading(store, options)) {
        code = st_fail(err, ST_E_VERSION,
            "%s was written by an older strata, and bringing it up to date would write to it",
            "%s 由较早版本的 strata 写入，升级其架构须写入该库", store->location);
        if (store->ops->become_owner)
            st_error_hint(err, "strata quality %s, run by its owner, brings it up to date",
                "由其所有者执行 strata quality %s 可完成升级", store->location);
        else
            st_error_hint(err, "strata quality %s brings it up to date",
                "strata quality %s 可完成升级", store->location);
    } else if (code == ST_OK && version < st_schema_version()) {
        if (version > 0 && store->ops->become_owner)
            code = store->ops->become_owner(store, err);
        if (code == ST_OK)
            code = st_store_migrate(store, err);
    }
    return code;
}

/* In a server all of it is one transaction: a new store appears whole, an upgrade is all or
 * nothing. */
static st_code ensure_in_server(
    struct st_store *store, const struct st_store_options *options, struct st_error *err)
{
    int before = 0, after = 0;
    st_code code = st_store_begin(store, err);
    if (code == ST_OK)
        code = store->ops->schema_begin(store, options->create, err);
    if (code == ST_OK)
        code = st_store_schema_version(store, &before, err);
    if (code == ST_OK && before > 0 && options->create && options->must_not_exist) {
        code = st_fail(err, ST_E_CONFLICT, "%s already exists", "%s 已经存在", store->location);
        st_error_hint(err, "use it as it is, or choose another schema", "可直接使用，或另选模式");
    }
    if (code == ST_OK)
        code = ensure_schema(store, options, err);
    if (code == ST_OK)
        code = st_store_schema_version(store, &after, err);
    if (code == ST_OK && after > before)
        code = store->ops->schema_place(store, err);
    if (code == ST_OK && options->fill && before == 0)
        code = options->fill(options->fill_context, store, err);
    if (code == ST_OK && after > before)
        code = store->ops->schema_end(store, err);
    if (code == ST_OK)
        code = st_store_commit(store, err);
    st_store_rollback(store);
    return code;
}

/* In a file each migration is a transaction, and so is what fills a new store: it is nowhere yet.
 */
static st_code ensure_in_file(
    struct st_store *store, const struct st_store_options *options, struct st_error *err)
{
    int before = 0;
    st_code code = options->fill ? st_store_schema_version(store, &before, err) : ST_OK;
    if (code == ST_OK)
        code = ensure_schema(store, options, err);
    if (code != ST_OK || !options->fill || before > 0)
        return code;
    code = st_store_begin(store, err);
    if (code == ST_OK)
        code = options->fill(options->fill_context, store, err);
    if (code == ST_OK)
        code = st_store_commit(store, err);
    st_store_rollback(store);
    return code;
}

static st_code open_engine(const char *location, const char *shown,
    const struct st_store_options *options, struct st_store **out, struct st_error *err)
{
    struct st_store *store = NULL;
    const struct st_store_ops *ops =
        st_pg_location_is(location) ? &st_store_pg_ops : &st_store_duckdb_ops;
    st_code code = ops->open(location, shown, options, &store, err);
    if (code != ST_OK)
        return code;
    store->ops = ops;
    pthread_mutex_init(&store->control_lock, NULL);
    pthread_mutex_init(&store->append_lock, NULL);
    if (!options->skip_migration_check)
        code = ops->schema_begin ? ensure_in_server(store, options, err)
                                 : ensure_in_file(store, options, err);
    if (code != ST_OK) {
        st_store_close(store);
        return code;
    }
    *out = store;
    return ST_OK;
}

/* Builds a complete store beside `path` and renames it into place. */
static st_code create_file(
    const char *path, const struct st_store_options *options, struct st_error *err)
{
    char *aside = st_store_file_aside(path);
    struct st_store *store = NULL;
    st_code code = open_engine(aside, path, options, &store, err);
    st_store_close(store); /* writes everything into the file: no log is left to rename */
    if (code == ST_OK)
        code = st_store_file_publish(aside, path, options->must_not_exist, err);
    st_store_file_discard(aside);
    free(aside);
    return code;
}

bool st_store_may_retry(const struct st_error *err)
{
    return err && (strcmp(err->sqlstate, "40001") == 0 || strcmp(err->sqlstate, "40P01") == 0);
}

/* An upgrade may meet readers' locks in another order than theirs. */
static st_code open_engine_again(const char *location, const struct st_store_options *options,
    struct st_store **out, struct st_error *err)
{
    st_code code = open_engine(location, location, options, out, err);
    for (int tries = 1; tries < ST_STORE_TRIES && !options->fill && st_store_may_retry(err);
         tries++) {
        st_error_clear(err);
        code = open_engine(location, location, options, out, err);
    }
    return code;
}

static st_code upgrade(
    const char *location, const struct st_store_options *options, struct st_error *err)
{
    struct st_store_options writing = *options;
    struct st_store *store = NULL;
    writing.reads = false;
    st_code code = open_engine_again(location, &writing, &store, err);
    st_store_close(store);
    return code;
}

/* Who only reads opens beside the writer; an older store is brought up to date first. */
static st_code open_server(const char *location, struct st_store_options *options,
    struct st_store **out, struct st_error *err)
{
    struct st_error why = {0};
    st_code code = open_engine_again(location, options, out, &why);
    if (code == ST_E_VERSION && options->reads && !options->read_only) {
        struct st_error refused = {0};
        code = upgrade(location, options, &refused);
        if (code != ST_E_IO) /* who may not write is told of the version, as before */
            why = refused;
        code = code == ST_OK ? open_engine_again(location, options, out, &why) : why.code;
    }
    if (code != ST_OK && err && err->code == ST_OK)
        *err = why;
    return code;
}

char *st_store_location_shown(const char *location)
{
    return st_pg_location_is(location) ? st_pg_location_shown(location) : st_strdup(location);
}

st_code st_store_open(const char *location, const struct st_store_options *options,
    struct st_store **out, struct st_error *err)
{
    static const struct st_store_options defaults = {0};
    struct st_store_options chosen = options ? *options : defaults;
    *out = NULL;
    st_code code = check_location(location, err);
    if (code != ST_OK)
        return code;
    if (strcmp(location, location_memory) == 0) {
        chosen.create = true;
        return open_engine(location, location, &chosen, out, err);
    }
    if (st_pg_location_is(location))
        return open_server(location, &chosen, out, err);
    if (chosen.roles)
        return st_fail(
            err, ST_E_USAGE, "%s is a file: it has no roles", "%s 是文件，没有角色", location);
    bool exists = false;
    code = st_store_file_check(location, &chosen, &exists, err);
    if (code == ST_OK && !exists)
        code = create_file(location, &chosen, err);
    if (code == ST_OK)
        code = open_engine(location, location, &chosen, out, err);
    return code;
}

void st_store_close(struct st_store *store)
{
    if (!store)
        return;
    st_store_rollback(store);
    pthread_mutex_destroy(&store->control_lock);
    pthread_mutex_destroy(&store->append_lock);
    store->ops->close(store);
}

const char *st_store_location(const struct st_store *store)
{
    return store->location;
}

enum st_dialect st_store_dialect(const struct st_store *store)
{
    return store->dialect;
}

bool st_store_in_transaction(const struct st_store *store)
{
    return store->in_transaction;
}

/* Every statement passes here before … */
static st_code refuse_after_failure(const struct st_store *store, struct st_error *err)
{
    if (!store->failed)
        return ST_OK;
    return st_fail(err, ST_E_STORE,
        "an earlier statement of this transaction failed; it can only be rolled back",
        "本事务中先前的语句已失败，只能回滚");
}

/* … and here after. */
static st_code note(struct st_store *store, st_code code)
{
    if (code != ST_OK && store->in_transaction)
        store->failed = true;
    return code;
}

static void set_controlling(struct st_store *store, bool controlling)
{
    pthread_mutex_lock(&store->control_lock);
    store->controlling = controlling;
    pthread_mutex_unlock(&store->control_lock);
}

/* BEGIN, COMMIT or ROLLBACK, which no interrupt reaches. */
static st_code control(struct st_store *store, const char *sql, struct st_error *err)
{
    set_controlling(store, true);
    st_code code = store->ops->exec(store, sql, NULL, 0, NULL, err);
    set_controlling(store, false);
    return code;
}

st_code st_store_begin(struct st_store *store, struct st_error *err)
{
    if (store->in_transaction)
        return st_fail(err, ST_E_INTERNAL, "a transaction is already open", "已有打开的事务");
    st_code code = control(store, "BEGIN TRANSACTION", err);
    store->in_transaction = code == ST_OK;
    store->failed = false;
    if (code == ST_OK && store->ops->began)
        code = note(store, store->ops->began(store, err));
    if (code != ST_OK)
        st_store_rollback(store);
    return code;
}

void st_store_rollback(struct st_store *store)
{
    if (!store || !store->in_transaction)
        return;
    /* The answer says nothing: an engine that has already rolled back calls this an error. */
    st_code ignored = control(store, "ROLLBACK", NULL);
    (void)ignored;
    store->in_transaction = false;
    store->failed = false;
}

st_code st_store_commit(struct st_store *store, struct st_error *err)
{
    if (!store->in_transaction)
        return st_fail(err, ST_E_INTERNAL, "no transaction is open", "没有打开的事务");
    st_code code = refuse_after_failure(store, err);
    if (code == ST_OK)
        code = control(store, "COMMIT", err);
    if (code != ST_OK) {
        st_store_rollback(store);
        return code;
    }
    store->in_transaction = false;
    return ST_OK;
}

st_code st_store_exec(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, int64_t *changed, struct st_error *err)
{
    if (changed)
        *changed = 0;
    st_code code = refuse_after_failure(store, err);
    if (code != ST_OK)
        return code;
    return note(store, store->ops->exec(store, sql, binds, bind_count, changed, err));
}

st_code st_store_exec_script(struct st_store *store, const char *sql, struct st_error *err)
{
    st_code code = refuse_after_failure(store, err);
    if (code != ST_OK)
        return code;
    return note(store, store->ops->exec_script(store, sql, err));
}

st_code st_cursor_open(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_cursor **out, struct st_error *err)
{
    *out = NULL;
    st_code code = refuse_after_failure(store, err);
    if (code == ST_OK)
        code = note(store, store->ops->cursor_open(store, sql, binds, bind_count, out, err));
    if (*out)
        (*out)->store = store;
    return code;
}

st_code st_cursor_next(
    struct st_cursor *cursor, const struct st_batch **batch, struct st_error *err)
{
    st_code code = note(cursor->store, cursor->store->ops->cursor_next(cursor, err));
    if (code != ST_OK)
        cursor->batch.rows = 0;
    *batch = &cursor->batch;
    return code;
}

void st_cursor_close(struct st_cursor *cursor)
{
    if (cursor)
        cursor->store->ops->cursor_close(cursor);
}

static st_code cell_to_int(
    const struct st_batch *batch, size_t column, int64_t *value, struct st_error *err)
{
    switch (batch->vectors[column].type) {
    case ST_IR_BOOL: *value = st_batch_bool(batch, column, 0); return ST_OK;
    case ST_IR_BIGINT: *value = st_batch_int(batch, column, 0); return ST_OK;
    case ST_IR_DATE: *value = st_batch_date(batch, column, 0); return ST_OK;
    case ST_IR_WIDE:
        if (st_wide_to_int64(st_batch_wide(batch, column, 0), value))
            return ST_OK;
        return st_fail(err, ST_E_LIMIT, "a total does not fit 64 bits", "合计超出 64 位整数范围");
    case ST_IR_TEXT: break;
    }
    return st_fail(err, ST_E_INTERNAL, "column %zu of the result is text, not a number",
        "结果第 %zu 列是文本而不是数字", column + 1);
}

/* Opens a cursor and fetches the batch with the first row; the caller closes it in any case. */
static st_code first_row(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, size_t columns, struct st_cursor **cursor, struct st_error *err)
{
    const struct st_batch *batch = NULL;
    st_code code = st_cursor_open(store, sql, binds, bind_count, cursor, err);
    if (code == ST_OK)
        code = st_cursor_next(*cursor, &batch, err);
    if (code != ST_OK)
        return code;
    if (batch->columns < columns)
        return st_fail(err, ST_E_INTERNAL, "%zu columns were asked of a query that gives %zu",
            "要求 %zu 列，而查询只给出 %zu 列", columns, batch->columns);
    if (batch->rows == 0)
        return st_fail(err, ST_E_NOT_FOUND, "the query found no row", "查询没有结果");
    return ST_OK;
}

st_code st_store_query_ints(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, int64_t *values, bool *is_null, size_t count, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    st_code code = first_row(store, sql, binds, bind_count, count, &cursor, err);
    for (size_t i = 0; i < count && code == ST_OK; i++) {
        bool null = st_batch_is_null(&cursor->batch, i, 0);
        values[i] = 0;
        if (is_null)
            is_null[i] = null;
        if (!null)
            code = cell_to_int(&cursor->batch, i, &values[i], err);
    }
    st_cursor_close(cursor);
    return code;
}

st_code st_store_query_text(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_arena *arena, const char **value, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    *value = NULL;
    st_code code = first_row(store, sql, binds, bind_count, 1, &cursor, err);
    if (code == ST_OK && cursor->batch.vectors[0].type != ST_IR_TEXT)
        code = st_fail(
            err, ST_E_INTERNAL, "the query's first column is not text", "查询结果的第一列不是文本");
    if (code == ST_OK && !st_batch_is_null(&cursor->batch, 0, 0)) {
        struct st_text_cell cell = st_batch_text(&cursor->batch, 0, 0);
        *value = st_arena_strndup(arena, cell.data, cell.len);
    }
    st_cursor_close(cursor);
    return code;
}

st_code st_appender_open(struct st_store *store, const char *table, const char *const *columns,
    const enum st_ir_type *types, size_t count, struct st_appender **out, struct st_error *err)
{
    *out = NULL;
    /* Rows reach the table in several flushes: only a transaction makes them all or none. */
    if (!store->in_transaction)
        return st_fail(
            err, ST_E_INTERNAL, "a bulk load needs an open transaction", "批量写入需要先打开事务");
    if (count == 0 || count > ST_BATCH_COLUMNS_MAX)
        return st_fail(err, ST_E_LIMIT, "a bulk load of %zu columns; 1 to %d are possible",
            "批量写入 %zu 列；允许 1 到 %d 列", count, (int)ST_BATCH_COLUMNS_MAX);
    st_code code = refuse_after_failure(store, err);
    if (code == ST_OK)
        code =
            note(store, store->ops->appender_open(store, table, columns, types, count, out, err));
    if (*out) {
        (*out)->store = store;
        (*out)->columns = count;
    }
    return code;
}

st_code st_appender_add(
    struct st_appender *appender, const struct st_batch *batch, struct st_error *err)
{
    struct st_store *store = appender->store;
    pthread_mutex_lock(&store->append_lock);
    st_code code = refuse_after_failure(store, err);
    if (code == ST_OK && batch->columns != appender->columns)
        code = st_fail(err, ST_E_INTERNAL, "a batch of %zu columns for a load of %zu",
            "批次有 %zu 列，而写入需要 %zu 列", batch->columns, appender->columns);
    if (code == ST_OK)
        code = store->ops->appender_add(appender, batch, err);
    appender->failed = appender->failed || code != ST_OK;
    code = note(store, code);
    pthread_mutex_unlock(&store->append_lock);
    return code;
}

st_code st_appender_close(struct st_appender *appender, struct st_error *err)
{
    if (!appender)
        return ST_OK;
    struct st_store *store = appender->store;
    bool flush = !appender->failed && !store->failed && store->in_transaction;
    return note(store, store->ops->appender_close(appender, flush, err));
}

st_code st_store_expect_keys(
    struct st_store *store, int64_t largest_key, int64_t group_bytes, struct st_error *err)
{
    return store->ops->expect_keys ? store->ops->expect_keys(store, largest_key, group_bytes, err)
                                   : ST_OK;
}

st_code st_store_index(
    struct st_store *store, const char *table, const char *column, struct st_error *err)
{
    return store->ops->index ? note(store, store->ops->index(store, table, column, err)) : ST_OK;
}

st_code st_store_share(struct st_store *store, const char *table, struct st_error *err)
{
    return store->ops->share ? note(store, store->ops->share(store, table, err)) : ST_OK;
}

st_code st_store_place(struct st_store *store, const char *table, struct st_error *err)
{
    return store->ops->place ? note(store, store->ops->place(store, table, err)) : ST_OK;
}

st_code st_store_renew(struct st_store *store, struct st_error *err)
{
    st_store_rollback(store);
    set_controlling(store, true); /* a late interrupt is for the one before */
    st_code code = store->ops->renew(store, err);
    set_controlling(store, false);
    return code;
}

bool st_store_stirred(const struct st_store *store)
{
    return store->ops->stirred && store->ops->stirred(store);
}

void st_store_interrupt(struct st_store *store)
{
    pthread_mutex_lock(&store->control_lock);
    if (!store->controlling)
        store->ops->interrupt(store);
    pthread_mutex_unlock(&store->control_lock);
}
