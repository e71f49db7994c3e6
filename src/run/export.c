#include "run/export.h"

#include "run/internal.h"
#include "run/table_file.h"

static struct st_bind optional_date(const st_date *date)
{
    struct st_bind bind = {.type = ST_IR_DATE, .is_null = date == NULL};
    if (date)
        bind.integer = *date;
    return bind;
}

static st_code copy_rows(struct st_store *store, const char *sql, const struct st_bind *binds,
    size_t bind_count, struct st_table_file *file, int64_t *rows, struct st_error *err)
{
    struct st_cursor *cursor = NULL;
    const struct st_batch *batch = NULL;
    st_code code = st_cursor_open(store, sql, binds, bind_count, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &batch, err);
        if (code != ST_OK || batch->rows == 0)
            break;
        code = st_table_file_add(file, batch, err);
        *rows += (int64_t)batch->rows;
    }
    st_cursor_close(cursor);
    return code;
}

static st_code fail_nothing(struct st_error *err)
{
    st_code code = st_fail(err, ST_E_NOT_FOUND, "nothing has been published for these dates",
        "这些日期没有已发布的运行");
    st_error_hint(
        err, "strata run STORE POLICY.yaml --as-of DATE", "strata run 库 策略.yaml --as-of 日期");
    return code;
}

/* --- tiers --- */

static st_code check_published(
    struct st_store *store, const struct st_bind *binds, struct st_error *err)
{
    int64_t count = 0;
    st_code code = st_store_query_ints(store,
        "SELECT count(*) FROM published AS p "
        "WHERE (CAST($1 AS TEXT) IS NULL OR p.scheme = CAST($1 AS TEXT)) "
        "AND (CAST($2 AS DATE) IS NULL OR p.as_of >= CAST($2 AS DATE)) "
        "AND (CAST($3 AS DATE) IS NULL OR p.as_of <= CAST($3 AS DATE))",
        binds, 3, &count, NULL, 1, err);
    return code == ST_OK && count == 0 ? fail_nothing(err) : code;
}

static st_code export_tiers(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *o, int64_t *rows, struct st_error *err)
{
    static const struct st_table_column columns[] = {{"as_of", ST_IR_DATE, 0},
        {"scheme", ST_IR_TEXT, 0}, {"customer_id", ST_IR_TEXT, 0}, {"status", ST_IR_TEXT, 0},
        {"tier", ST_IR_TEXT, 0}, {"rule", ST_IR_BIGINT, 0}, {"score", ST_IR_BIGINT, ST_SCALE_RATE}};
    struct st_published known;
    struct st_table_file *file = NULL;
    struct st_bind binds[] = {
        st_bind_text(o->scheme), optional_date(o->from), optional_date(o->as_of)};
    st_code code = ST_OK;
    if (o->scheme)
        code = st_read_published(store, arena, o->scheme, NULL, &known, err);
    if (code == ST_OK)
        code = check_published(store, binds, err);
    if (code == ST_OK)
        code =
            st_table_file_open(arena, o->format, o->path, columns, ST_COUNT(columns), &file, err);
    if (code != ST_OK)
        return code;
    code = copy_rows(store, st_sql_file_text("query/export_tiers.sql"), binds, 3, file, rows, err);
    st_code closed = st_table_file_close(file, code == ST_OK, err);
    return code == ST_OK ? closed : code;
}

/* --- metrics --- */

struct published_run {
    int64_t run_id;
    st_date as_of;
    const char *policy_hash, *metric_table;
};

struct run_list {
    struct st_arena *arena;
    struct published_run *items;
    size_t count, cap;
};

static st_code read_run(
    void *context, const struct st_batch *batch, size_t row, struct st_error *err)
{
    struct run_list *list = context;
    (void)err;
    *st_vec_push(list) =
        (struct published_run){st_batch_int(batch, 0, row), st_batch_date(batch, 1, row),
            st_run_text(list->arena, batch, 2, row), st_run_text(list->arena, batch, 3, row)};
    return ST_OK;
}

static struct st_table_column *metric_columns(
    struct st_arena *arena, const struct st_compiled *c, size_t *count)
{
    struct st_table_column *columns =
        st_arena_array(arena, struct st_table_column, c->metric_count + 3);
    columns[0] = (struct st_table_column){"as_of", ST_IR_DATE, 0};
    columns[1] = (struct st_table_column){"customer_id", ST_IR_TEXT, 0};
    columns[2] = (struct st_table_column){"status", ST_IR_TEXT, 0};
    for (size_t i = 0; i < c->metric_count; i++)
        columns[3 + i] = (struct st_table_column){
            c->metrics[i].name, st_kind_ir_type(c->metrics[i].kind), c->metrics[i].scale};
    *count = c->metric_count + 3;
    return columns;
}

/* Rows of one run with the customer's number, by its bytes. */
static void metric_sql(
    const struct st_compiled *c, const struct published_run *run, struct st_str *sql)
{
    st_str_add(sql, "SELECT CAST($2 AS DATE) AS as_of, k.source_id AS customer_id, "
                    "CASE m.status WHEN 0 THEN 'rated' ELSE 'gated' END AS status");
    for (size_t i = 0; i < c->metric_count; i++) {
        st_str_add(sql, ", m.");
        st_emit_identifier(sql, c->metrics[i].name);
    }
    st_str_add(sql, " FROM ");
    st_emit_identifier(sql, run->metric_table);
    st_str_add(sql, " AS m JOIN customer_key AS k ON k.customer_id = m.customer_id "
                    "WHERE m.run_id = $1 ORDER BY k.source_id");
}

static st_code fail_other_metrics(
    const struct published_run *run, const struct published_run *last, struct st_error *err)
{
    char here[ST_DATE_TEXT_SIZE], there[ST_DATE_TEXT_SIZE];
    st_code code = st_fail(err, ST_E_CONFLICT, "the runs of %s and %s have different metrics",
        "%s 与 %s 的运行指标不同", st_date_format(run->as_of, here),
        st_date_format(last->as_of, there));
    st_error_hint(err, "one file has one set of columns: export the dates apart",
        "一个文件只能有一组列：请分日期导出");
    return code;
}

static st_code export_runs(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *o, const struct run_list *runs, int64_t *rows,
    struct st_error *err)
{
    struct st_compiled *compiled = NULL;
    struct st_table_file *file = NULL;
    struct st_str sql = ST_STR_INIT;
    size_t count = 0;
    const struct published_run *last = &runs->items[runs->count - 1];
    st_code code = st_read_policy(store, arena, last->policy_hash, &compiled, err);
    if (code != ST_OK)
        return code;
    struct st_table_column *columns = metric_columns(arena, compiled, &count);
    code = st_table_file_open(arena, o->format, o->path, columns, count, &file, err);
    if (code != ST_OK)
        return code;
    for (size_t i = 0; i < runs->count && code == ST_OK; i++) {
        const struct published_run *run = &runs->items[i];
        if (strcmp(run->metric_table, last->metric_table) != 0) {
            code = fail_other_metrics(run, last, err);
            break;
        }
        if (i + 1 < runs->count && run[1].as_of == run->as_of)
            continue; /* two policies over the same metrics: the later run's values */
        struct st_bind binds[] = {st_bind_int(run->run_id), st_bind_date(run->as_of)};
        st_str_reset(&sql);
        metric_sql(compiled, run, &sql);
        code = copy_rows(store, sql.text, binds, 2, file, rows, err);
    }
    st_str_release(&sql);
    st_code closed = st_table_file_close(file, code == ST_OK, err);
    return code == ST_OK ? closed : code;
}

static st_code export_metrics(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *o, int64_t *rows, struct st_error *err)
{
    struct run_list runs = {.arena = arena};
    struct st_bind binds[] = {optional_date(o->from), optional_date(o->as_of)};
    st_code code = st_run_each(
        store, st_sql_file_text("query/published_runs.sql"), binds, 2, read_run, &runs, err);
    if (code == ST_OK && runs.count == 0)
        code = fail_nothing(err);
    if (code == ST_OK)
        code = export_runs(store, arena, o, &runs, rows, err);
    st_vec_release(&runs);
    return code;
}

st_code st_export(struct st_store *store, struct st_arena *arena,
    const struct st_export_options *options, int64_t *rows, struct st_error *err)
{
    *rows = 0;
    return options->what == ST_EXPORT_TIERS ? export_tiers(store, arena, options, rows, err)
                                            : export_metrics(store, arena, options, rows, err);
}
