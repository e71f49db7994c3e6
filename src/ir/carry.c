#include "ir/carry.h"

#include <string.h>

/* `e` with its parameters replaced. */
static struct st_ir_expr *replaced(const void *context, struct st_ir_expr *e)
{
    const struct st_carry *c = context;
    if (!e || !c->value)
        return e;
    struct st_ir_expr *value = e->kind == ST_IR_PARAM ? c->value(c->context, e) : NULL;
    return value ? value : st_ir_with_args(c->arena, e, replaced, c);
}

static bool is_start(const struct st_rel *rel)
{
    while (rel->kind == ST_REL_FILTER)
        rel = rel->inputs[0];
    return rel->kind == ST_REL_SCAN;
}

/* The table, with the columns wanted that its Scan does not name. */
static struct st_rel *start(const struct st_carry *c, struct st_rel *scan)
{
    size_t n = scan->column_count;
    if (strcmp(scan->table, c->table) != 0)
        return NULL;
    if (c->start)
        return c->start;
    struct st_ir_column *columns =
        st_arena_array(c->arena, struct st_ir_column, n + c->wanted_count);
    memcpy(columns, scan->columns, n * sizeof *columns);
    for (size_t i = 0; i < c->wanted_count; i++)
        if (!st_rel_column(scan, c->wanted[i].name))
            columns[n++] = c->wanted[i];
    return st_rel_scan(c->arena, scan->table, n, columns);
}

/* Does the input give all that `e` asks of it? */
static bool is_given(const struct st_rel *input, const struct st_ir_expr *e)
{
    if (!e)
        return true;
    bool given = e->kind != ST_IR_COLUMN || e->side != 0 || st_rel_column(input, e->name);
    for (size_t i = 0; i < e->arg_count && given; i++)
        given = is_given(input, e->args[i]);
    return given;
}

/* Own columns of a Project or a Join, then the carried ones, given by the input or made here. */
static struct st_ir_column *extended(const struct st_carry *c, const struct st_rel *rel,
    const struct st_rel *input, bool first, size_t *count)
{
    struct st_ir_column *columns =
        st_arena_array(c->arena, struct st_ir_column, rel->column_count + c->column_count);
    size_t n = 0;
    for (size_t i = 0; i < rel->column_count; i++)
        if (is_given(input, rel->columns[i].expr))
            columns[n++] = (struct st_ir_column){
                .name = rel->columns[i].name, .expr = replaced(c, rel->columns[i].expr)};
    for (size_t i = 0; i < c->column_count; i++)
        columns[n++] = first ? c->columns[i] : st_rel_pass(c->arena, input, 0, c->columns[i].name);
    *count = n;
    return columns;
}

struct st_rel *st_rel_carry(const struct st_carry *c, struct st_rel *rel)
{
    size_t count;
    if (rel->kind == ST_REL_SCAN)
        return start(c, rel);
    /* a join's other side has parameters of its own */
    bool left = rel->kind == ST_REL_JOIN && rel->join == ST_JOIN_LEFT && !c->value &&
                !is_start(rel->inputs[0]);
    if (rel->kind != ST_REL_FILTER && rel->kind != ST_REL_PROJECT && !left)
        return NULL;
    struct st_rel *input = st_rel_carry(c, rel->inputs[0]);
    if (!input)
        return NULL;
    if (rel->kind == ST_REL_FILTER)
        return st_rel_filter(c->arena, input, replaced(c, rel->condition));
    struct st_ir_column *columns = extended(c, rel, input, is_start(rel->inputs[0]), &count);
    return left ? st_rel_join(c->arena, ST_JOIN_LEFT, input, rel->inputs[1], rel->key_count,
                      rel->keys, count, columns)
                : st_rel_project(c->arena, input, count, columns);
}
