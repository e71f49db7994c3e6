/* Copying a store: batches of one engine are what the other's bulk loads take.
 *
 * The tables are those that the new store's own migrations made, then those of metrics, which runs
 * make: NAME_row, NAME_run and the view NAME over them. A view is not copied but made anew, from
 * the policy of a run that wrote it; where this build gives such a policy another table (an earlier
 * build wrote it), the view's rows become a plain table of its name, which reads the same.
 *
 * What arrived is proved by a hash of each table's rows in no order. Rejected: hashing rows in the
 * order of all their columns, which sorts every table twice to learn no more. */
#include "run/copy.h"

#include "base/vec.h"
#include "run/internal.h"

#include <string.h>

struct names {
    struct st_arena *arena;
    struct {
        const char **items;
        size_t count, cap;
    } list;
    bool is_view; /* of the table whose columns they are */
};

struct copier {
    struct st_store *from, *to;
    struct st_arena *arena;
    struct {
        const struct st_compiled **items;
        size_t count, cap;
    } plans; /* of the policies that were run */
    struct {
        struct st_copied_table *items;
        size_t count, cap;
    } done;
};

/* --- what is there --- */

static st_code read_name(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct names *names = context;
    (void)err;
    *st_vec_push(&names->list) = st_run_text(names->arena, batch, 0, row);
    names->is_view = batch->columns > 1 && st_batch_bool(batch, 1, row);
    return ST_OK;
}

static st_code read_columns(
    struct st_store *store, const char *table, struct names *out, struct st_error *err)
{
    struct st_bind bind = st_bind_text(table);
    st_code code =
        st_run_each(store, st_sql_file_text("query/columns.sql"), &bind, 1, read_name, out, err);
    if (code != ST_OK || out->list.count > 0)
        return code;
    code = st_fail(err, ST_E_CORRUPT, "%s has no table %s that may be read",
        "%s 中没有可读取的表 %s", st_store_location(store), table);
    st_error_hint(err, "a role that copies a store reads all of its tables",
        "执行复制的角色须能读取该库的全部表");
    return code;
}

static void add_names(struct st_str *sql, const struct names *columns)
{
    for (size_t i = 0; i < columns->list.count; i++) {
        st_str_add(sql, i ? ", " : "");
        st_emit_identifier(sql, columns->list.items[i]);
    }
}

/* --- reading a table --- */

/* A row as bytes that do not depend on the engine: a whole number is 16 bytes wherever it is kept.
 */
static void encode_row(struct st_str *out, const struct st_batch *batch, size_t row)
{
    st_str_reset(out);
    for (size_t i = 0; i < batch->columns; i++) {
        struct st_text_cell text = {NULL, 0};
        st_wide value = 0;
        bool null = st_batch_is_null(batch, i, row);
        st_str_add_char(out, null ? 'n' : 'v');
        if (null)
            continue;
        switch (batch->vectors[i].type) {
        case ST_IR_BOOL: value = st_batch_bool(batch, i, row); break;
        case ST_IR_BIGINT: value = st_batch_int(batch, i, row); break;
        case ST_IR_DATE: value = st_batch_date(batch, i, row); break;
        case ST_IR_WIDE: value = st_batch_wide(batch, i, row); break;
        case ST_IR_TEXT:
            text = st_batch_text(batch, i, row);
            value = (st_wide)text.len;
            break;
        }
        st_str_add_len(out, (const char *)&value, sizeof value);
        if (text.len > 0)
            st_str_add_len(out, text.data, text.len);
    }
}

/* One pass over a table: hashed, and loaded into another store where `to` says so. */
struct pass {
    struct st_store *store;
    const char *table;
    const struct names *columns;
    struct st_store *to; /* NULL: just hashed */
    struct st_appender *load;
    struct st_hash_sum hash;
    struct st_str row;
    int64_t rows;
};

static st_code take_batch(struct pass *p, const struct st_batch *batch, struct st_error *err)
{
    enum st_ir_type types[ST_BATCH_COLUMNS_MAX];
    st_code code = ST_OK;
    for (size_t row = 0; row < batch->rows; row++) {
        encode_row(&p->row, batch, row);
        st_hash_sum_add(&p->hash, p->row.text, p->row.len);
    }
    p->rows += (int64_t)batch->rows;
    if (!p->to)
        return ST_OK;
    for (size_t i = 0; i < batch->columns; i++)
        types[i] = batch->vectors[i].type;
    if (!p->load)
        code = st_appender_open(
            p->to, p->table, p->columns->list.items, types, batch->columns, &p->load, err);
    return code == ST_OK ? st_appender_add(p->load, batch, err) : code;
}

static st_code read_batches(struct pass *p, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    st_code code = st_cursor_open(p->store, sql, binds, bind_count, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        code = take_batch(p, batch, err);
    }
    st_cursor_close(cursor);
    return code;
}

/* The first row of the table at or after `first`; false: there is none. */
static st_code find_slice(struct pass *p, int64_t *first, bool *found, struct st_error *err)
{
    struct st_str sql = ST_STR_INIT;
    struct st_bind bind = st_bind_int(*first);
    bool none = true;
    st_str_add(&sql, "SELECT min(t.rowid) FROM ");
    st_emit_identifier(&sql, p->table);
    st_str_add(&sql, " AS t WHERE t.rowid >= $1");
    st_code code = st_store_query_ints(p->store, sql.text, &bind, 1, first, &none, 1, err);
    st_str_release(&sql);
    *found = code == ST_OK && !none;
    return code;
}

/* DuckDB has a result whole in memory: a table of any size is read in slices of its rows' numbers.
 * PostgreSQL sends rows as they are asked for. */
static st_code read_table(struct pass *p, struct st_error *err)
{
    enum { SLICE_ROWS = 1 << 20 };
    struct st_str sql = ST_STR_INIT;
    bool slices = st_store_dialect(p->store) == ST_DIALECT_DUCKDB && !p->columns->is_view;
    int64_t first = 0;
    bool more = slices;
    st_str_add(&sql, "SELECT ");
    add_names(&sql, p->columns);
    st_str_add(&sql, " FROM ");
    st_emit_identifier(&sql, p->table);
    if (slices)
        st_str_add(&sql, " WHERE rowid >= $1 AND rowid < $2");
    st_code code =
        slices ? find_slice(p, &first, &more, err) : read_batches(p, sql.text, NULL, 0, err);
    while (code == ST_OK && more) {
        struct st_bind binds[] = {st_bind_int(first), st_bind_int(first + SLICE_ROWS)};
        code = read_batches(p, sql.text, binds, ST_COUNT(binds), err);
        first += SLICE_ROWS;
        if (code == ST_OK)
            code = find_slice(p, &first, &more, err);
    }
    st_str_release(&sql);
    return code;
}

static st_code run_pass(struct pass *p, char hash[ST_HASH_HEX_SIZE], struct st_error *err)
{
    st_hash_sum_init(&p->hash);
    p->row = (struct st_str)ST_STR_INIT;
    st_code code = read_table(p, err);
    if (p->load) { /* also after an error, which stays the one that is told */
        st_code closed = st_appender_close(p->load, err);
        code = code == ST_OK ? closed : code;
    }
    st_hash_sum_hex(&p->hash, hash);
    st_str_release(&p->row);
    return code;
}

/* --- one table --- */

static st_code fail_different(const struct copier *c, const struct st_copied_table *t, int64_t rows,
    const char *hash, struct st_error *err)
{
    st_code code = st_fail(err, ST_E_CORRUPT,
        "table %s did not arrive as it was: %lld rows with hash %.16s were read, %lld with %.16s "
        "are there",
        "表 %s 复制后不一致：读出 %lld 行，哈希 %.16s；写入后为 %lld 行，哈希 %.16s", t->name,
        (long long)t->rows, t->hash, (long long)rows, hash);
    st_error_hint(err,
        "nothing is left of the new store: copy again, and look for triggers, full "
        "or failing disks at %s",
        "新库未留下任何内容：请重新复制，并检查 %s 处的触发器与磁盘", st_store_location(c->to));
    return code;
}

static st_code copy_table(struct copier *c, const char *table, const struct names *columns,
    struct st_copied_table *out, struct st_error *err)
{
    char hash[ST_HASH_HEX_SIZE];
    struct names stored = *columns;
    stored.is_view = false;
    struct pass there = {.store = c->from, .table = table, .columns = columns, .to = c->to};
    struct pass here = {.store = c->to, .table = table, .columns = &stored};
    *out = (struct st_copied_table){.name = table, .frozen = columns->is_view};
    TRY(run_pass(&there, out->hash, err));
    TRY(run_pass(&here, hash, err));
    out->rows = there.rows;
    if (here.rows != there.rows || strcmp(hash, out->hash) != 0)
        return fail_different(c, out, here.rows, hash, err);
    return ST_OK;
}

static st_code copy_columns(
    struct copier *c, const char *table, const struct names *columns, struct st_error *err)
{
    struct st_copied_table done;
    st_code code = copy_table(c, table, columns, &done, err);
    if (code == ST_OK)
        *st_vec_push(&c->done) = done;
    return code;
}

static st_code copy_fixed(struct copier *c, const char *table, struct st_error *err)
{
    struct names columns = {.arena = c->arena};
    st_code code = read_columns(c->to, table, &columns, err);
    if (code == ST_OK)
        code = copy_columns(c, table, &columns, err);
    st_vec_release(&columns.list);
    return code;
}

/* --- tables of metrics --- */

/* A table of the new store with the columns that one, or a view, of the old store has. */
static st_code create_like(
    struct copier *c, const char *table, const struct names *columns, struct st_error *err)
{
    struct st_ir_column *made = st_arena_array(c->arena, struct st_ir_column, columns->list.count);
    struct st_str sql = ST_STR_INIT;
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    st_str_add(&sql, "SELECT ");
    add_names(&sql, columns);
    st_str_add(&sql, " FROM ");
    st_emit_identifier(&sql, table);
    st_str_add(&sql, " LIMIT 0");
    st_code code = st_cursor_open(c->from, sql.text, NULL, 0, &cursor, err);
    if (code == ST_OK)
        code = st_cursor_next(cursor, &batch, err);
    for (size_t i = 0; code == ST_OK && i < columns->list.count; i++)
        made[i] =
            (struct st_ir_column){.name = columns->list.items[i], .type = batch->vectors[i].type};
    st_cursor_close(cursor);
    st_str_reset(&sql);
    if (code == ST_OK) {
        st_emit_create_table(st_store_dialect(c->to), table, made, columns->list.count, &sql);
        code = st_store_exec(c->to, sql.text, NULL, 0, NULL, err);
    }
    if (code == ST_OK)
        code = st_store_place(c->to, table, err);
    st_str_release(&sql);
    return code;
}

/* Made, then filled; a view's rows become a table. */
static st_code copy_made(struct copier *c, const char *table, struct st_error *err)
{
    struct names columns = {.arena = c->arena};
    st_code code = read_columns(c->from, table, &columns, err);
    if (code == ST_OK)
        code = create_like(c, table, &columns, err);
    if (code == ST_OK)
        code = copy_columns(c, table, &columns, err);
    st_vec_release(&columns.list);
    return code;
}

static const struct st_compiled *find_plan(const struct copier *c, const char *table)
{
    for (size_t i = 0; i < c->plans.count; i++)
        if (strcmp(c->plans.items[i]->metric_table, table) == 0)
            return c->plans.items[i];
    return NULL;
}

static st_code copy_metrics(struct copier *c, const char *table, struct st_error *err)
{
    const struct st_compiled *plan = find_plan(c, table);
    const char *rows = st_arena_printf(c->arena, "%s_row", table);
    struct names columns = {.arena = c->arena};
    struct st_str sql = ST_STR_INIT;
    st_code code = read_columns(c->from, table, &columns, err);
    st_vec_release(&columns.list);
    if (code == ST_OK && columns.is_view)
        code = copy_made(c, rows, err);
    if (code == ST_OK && columns.is_view)
        code = copy_made(c, st_arena_printf(c->arena, "%s_run", table), err);
    if (code == ST_OK && columns.is_view)
        code = st_store_index(c->to, rows, "series", err);
    if (code != ST_OK || !columns.is_view || !plan)
        return code == ST_OK ? copy_made(c, table, err) : code;
    st_emit_create_view(st_store_dialect(c->to), table, plan->storage.view, &sql);
    code = st_store_exec(c->to, sql.text, NULL, 0, NULL, err);
    st_str_release(&sql);
    return code;
}

/* A policy that this build no longer takes gives no plan, and its view no definition. */
static st_code read_plan(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct copier *c = context;
    struct st_compiled *plan = NULL;
    struct st_error why = {.code = ST_OK};
    st_code code =
        st_read_policy(c->from, c->arena, st_run_text(c->arena, batch, 0, row), &plan, &why);
    if (code == ST_OK)
        *st_vec_push(&c->plans) = plan;
    if (code == ST_OK || code == ST_E_POLICY)
        return ST_OK;
    if (err && err->code == ST_OK)
        *err = why;
    return code;
}

/* --- all of them --- */

static st_code each_name(struct copier *c, struct st_store *store, const char *sql,
    st_code (*copy)(struct copier *c, const char *table, struct st_error *err),
    struct st_error *err)
{
    struct names names = {.arena = c->arena};
    st_code code = st_run_each(store, sql, NULL, 0, read_name, &names, err);
    for (size_t i = 0; i < names.list.count && code == ST_OK; i++)
        code = copy(c, names.list.items[i], err);
    st_vec_release(&names.list);
    return code;
}

static st_code copy_all(struct copier *c, struct st_error *err)
{
    /* What the migrations wrote of themselves is in the old store too. */
    TRY(st_store_exec(c->to, "DELETE FROM strata_meta", NULL, 0, NULL, err));
    TRY(each_name(c, c->to, st_sql_file_text("query/tables.sql"), copy_fixed, err));
    TRY(st_run_each(c->from, "SELECT DISTINCT r.policy_hash FROM run AS r ORDER BY 1", NULL, 0,
        read_plan, c, err));
    return each_name(c, c->from,
        "SELECT DISTINCT m.metric_table FROM metric_column AS m ORDER BY 1", copy_metrics, err);
}

st_code st_copy_store(struct st_store *from, struct st_store *to, struct st_arena *arena,
    struct st_copy_report *out, struct st_error *err)
{
    struct copier c = {.from = from, .to = to, .arena = arena};
    st_code code = copy_all(&c, err);
    *out = (struct st_copy_report){.table_count = c.done.count,
        .tables = st_arena_array(arena, struct st_copied_table, c.done.count)};
    for (size_t i = 0; i < c.done.count; i++) {
        out->tables[i] = c.done.items[i];
        out->rows += c.done.items[i].rows;
    }
    st_vec_release(&c.done);
    st_vec_release(&c.plans);
    return code;
}
