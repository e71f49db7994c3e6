#include "report/internal.h"

#include "ir/emit.h"

static struct st_ir_value cell_value(
    struct st_arena *arena, const struct st_batch *b, size_t column, size_t row)
{
    enum st_ir_type type = b->vectors[column].type;
    struct st_ir_value value = {.type = type, .is_null = st_batch_is_null(b, column, row)};
    if (value.is_null)
        return value;
    switch (type) {
    case ST_IR_BOOL: value.number = st_batch_bool(b, column, row); break;
    case ST_IR_DATE: value.number = st_batch_date(b, column, row); break;
    case ST_IR_BIGINT: value.number = st_batch_int(b, column, row); break;
    case ST_IR_WIDE: value.number = st_batch_wide(b, column, row); break;
    case ST_IR_TEXT: {
        struct st_text_cell cell = st_batch_text(b, column, row);
        value.text = st_arena_strndup(arena, cell.data, cell.len);
    } break;
    }
    return value;
}

st_code st_report_fetch(struct st_store *store, struct st_arena *arena, const char *sql,
    const struct st_bind *binds, size_t bind_count, struct st_report_table *out,
    struct st_error *err)
{
    struct ST_VEC(struct st_ir_value) cells = {0};
    struct st_cursor *cursor = NULL;
    const struct st_batch *b = NULL;
    *out = (struct st_report_table){0};
    st_code code = st_cursor_open(store, sql, binds, bind_count, &cursor, err);
    while (code == ST_OK) {
        code = st_cursor_next(cursor, &b, err);
        if (code != ST_OK || b->rows == 0)
            break;
        out->columns = b->columns;
        out->rows += b->rows;
        for (size_t row = 0; row < b->rows; row++)
            for (size_t column = 0; column < b->columns; column++)
                *st_vec_push(&cells) = cell_value(arena, b, column, row);
    }
    st_cursor_close(cursor);
    out->cells = st_arena_array(arena, struct st_ir_value, cells.count + 1);
    for (size_t i = 0; i < cells.count; i++)
        out->cells[i] = cells.items[i];
    st_vec_release(&cells);
    return code;
}

/* The plan's own parameters; "scheme:NAME" is a scheme's name. */
static st_code bind_param(
    const struct st_report_run *run, const char *name, struct st_bind *bind, struct st_error *err)
{
    static const char scheme[] = "scheme:";
    const struct st_plan_params *params = &run->compiled->params;
    if (strncmp(name, scheme, sizeof scheme - 1) == 0) {
        *bind = st_bind_text(name + sizeof scheme - 1);
        return ST_OK;
    }
    for (size_t i = 0; i < params->count; i++) {
        const struct st_plan_param *p = params->items[i];
        if (strcmp(p->name, name) != 0)
            continue;
        *bind = (struct st_bind){.type = p->type};
        bind->integer = p->kind == ST_PLAN_RUN_ID ? run->run_id
                        : p->kind == ST_PLAN_WATERMARK
                            ? run->watermark
                            : st_plan_param_value(params, p, run->as_of, run->compiled->policy);
        return ST_OK;
    }
    return st_fail(err, ST_E_INTERNAL, "no parameter %s", "没有参数 %s", name);
}

st_code st_report_query(struct st_store *store, struct st_arena *arena,
    const struct st_report_run *run, struct st_rel *rel, struct st_report_table *out,
    struct st_error *err)
{
    struct st_emitted emitted = ST_EMITTED_INIT;
    st_code code = ST_OK;
    st_emit_query(st_store_dialect(store), rel, &emitted);
    struct st_bind *binds = st_arena_array(arena, struct st_bind, emitted.params.count);
    for (size_t i = 0; i < emitted.params.count && code == ST_OK; i++)
        code = bind_param(run, emitted.params.items[i].name, &binds[i], err);
    if (code == ST_OK)
        code =
            st_report_fetch(store, arena, emitted.sql.text, binds, emitted.params.count, out, err);
    st_emitted_release(&emitted);
    return code;
}

json_t *st_report_amount(const struct st_ir_value *value, int scale)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    int64_t number;
    if (value->is_null || !st_wide_to_int64(value->number, &number))
        return json_null();
    return json_string(st_decimal_format(number, scale, text));
}

json_t *st_report_title(const struct st_text *title)
{
    return json_pack("{s:s, s:s}", "en", title->en, "zh", title->zh);
}

json_t *st_report_date(const struct st_ir_value *value)
{
    char text[ST_DATE_TEXT_SIZE];
    return value->is_null ? json_null() : json_string(st_date_format((st_date)value->number, text));
}
