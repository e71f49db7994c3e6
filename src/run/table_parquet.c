/* Parquet is written by a private in-memory DuckDB on one thread, whichever store the rows come
 * from: the same rows give the same file. */
#include "run/table_internal.h"

struct parquet {
    struct st_store *store;
    struct st_appender *appender;
};

static st_code create_table(struct st_table_file *f, struct st_store *store, struct st_error *err)
{
    static const char *const type_names[] = {[ST_IR_BOOL] = "BOOLEAN",
        [ST_IR_BIGINT] = "BIGINT",
        [ST_IR_WIDE] = "HUGEINT",
        [ST_IR_DATE] = "DATE",
        [ST_IR_TEXT] = "TEXT"};
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "CREATE TABLE exported (");
    for (size_t i = 0; i < f->spec.count; i++) {
        st_str_add(&sql, i ? ", " : "");
        st_emit_identifier(&sql, f->spec.columns[i].name);
        st_str_addf(&sql, " %s", type_names[f->spec.columns[i].type]);
    }
    st_str_add_char(&sql, ')');
    st_code code = st_store_exec(store, sql.text, NULL, 0, NULL, err);
    st_str_release(&sql);
    return code;
}

static st_code open_parquet(struct st_table_file *f, struct st_error *err)
{
    struct st_store_options options = {.threads = 1, .create = true, .skip_migration_check = true};
    struct parquet *p = f->state = st_calloc(1, sizeof *p);
    const char **names = st_arena_array(f->arena, const char *, f->spec.count);
    enum st_ir_type *types = st_arena_array(f->arena, enum st_ir_type, f->spec.count);
    for (size_t i = 0; i < f->spec.count; i++) {
        names[i] = f->spec.columns[i].name;
        types[i] = f->spec.columns[i].type;
    }
    TRY(st_store_open(":memory:", &options, &p->store, err));
    TRY(create_table(f, p->store, err));
    TRY(st_store_begin(p->store, err));
    return st_appender_open(p->store, "exported", names, types, f->spec.count, &p->appender, err);
}

static st_code add_parquet(
    struct st_table_file *f, const struct st_batch *batch, struct st_error *err)
{
    struct parquet *p = f->state;
    return st_appender_add(p->appender, batch, err);
}

/* A product with an exact power of ten: a quotient of decimals would be a double. */
static void add_column(struct st_str *sql, const struct st_table_column *c)
{
    if (c->type == ST_IR_BIGINT && c->scale > 0) {
        st_str_add(sql, "CAST(");
        st_emit_identifier(sql, c->name);
        st_str_addf(sql, " AS DECIMAL(19, 0)) * CAST('0.%0*d' AS DECIMAL(18, %d)) AS ", c->scale, 1,
            c->scale);
    }
    st_emit_identifier(sql, c->name);
}

/* COPY takes no parameter for its path: the one literal that is not a plan's. */
static st_code copy_parquet(struct st_table_file *f, struct st_error *err)
{
    struct parquet *p = f->state;
    struct st_str sql = ST_STR_INIT;
    st_str_add(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < f->spec.count; i++) {
        st_str_add(&sql, i ? ", " : "");
        add_column(&sql, &f->spec.columns[i]);
    }
    st_str_add(&sql, " FROM exported) TO '");
    for (const char *c = f->temporary; *c; c++)
        if (*c == '\'')
            st_str_add(&sql, "''");
        else
            st_str_add_char(&sql, *c);
    st_str_add(&sql, "' (FORMAT parquet, COMPRESSION zstd)");
    st_code code = st_store_exec(p->store, sql.text, NULL, 0, NULL, err);
    st_str_release(&sql);
    return code;
}

static st_code finish_parquet(struct st_table_file *f, struct st_error *err)
{
    struct parquet *p = f->state;
    st_code code = st_appender_close(p->appender, err);
    p->appender = NULL;
    if (code == ST_OK)
        code = st_store_commit(p->store, err);
    return code == ST_OK ? copy_parquet(f, err) : code;
}

static void release_parquet(struct st_table_file *f)
{
    struct parquet *p = f->state;
    if (!p)
        return;
    if (p->appender) /* abandoned: its rows go with the store */
        (void)!st_appender_close(p->appender, NULL);
    st_store_close(p->store);
    free(p);
}

const struct st_table_ops st_table_parquet = {
    .open = open_parquet, .add = add_parquet, .finish = finish_parquet, .release = release_parquet};
