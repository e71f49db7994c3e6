#include "ir/plan.h"

#include "base/vec.h"

#include <assert.h>

static const struct {
    int least, most;
} arity[] = {
#define ST_IR_FN_ARITY(name, least, most) [ST_FN_##name] = {least, most},
    ST_IR_FNS(ST_IR_FN_ARITY)
#undef ST_IR_FN_ARITY
};

static struct st_ir_expr *new_expr(struct st_arena *a, enum st_ir_kind kind, enum st_ir_type type)
{
    struct st_ir_expr *e = st_arena_new(a, struct st_ir_expr);
    e->kind = kind;
    e->type = type;
    return e;
}

static void set_args(
    struct st_arena *a, struct st_ir_expr *e, size_t count, struct st_ir_expr *const *args)
{
    e->args = st_arena_array(a, struct st_ir_expr *, count);
    memcpy(e->args, args, count * sizeof *args);
    e->arg_count = count;
}

const struct st_ir_column *st_rel_column(const struct st_rel *rel, const char *name)
{
    for (size_t i = 0; i < rel->column_count; i++)
        if (strcmp(rel->columns[i].name, name) == 0)
            return &rel->columns[i];
    return NULL;
}

struct st_ir_expr *st_ir_column(
    struct st_arena *a, const struct st_rel *rel, int side, const char *name)
{
    const struct st_ir_column *column = st_rel_column(rel, name);
    assert(column && "the relation has no such column");
    return st_ir_column_named(a, side, column->name, column->type);
}

struct st_ir_expr *st_ir_column_named(
    struct st_arena *a, int side, const char *name, enum st_ir_type type)
{
    struct st_ir_expr *e = new_expr(a, ST_IR_COLUMN, type);
    e->side = side;
    e->name = name;
    return e;
}

struct st_ir_expr *st_ir_param(struct st_arena *a, const char *name, enum st_ir_type type)
{
    struct st_ir_expr *e = new_expr(a, ST_IR_PARAM, type);
    e->name = st_arena_strdup(a, name);
    return e;
}

static struct st_ir_expr *literal(struct st_arena *a, enum st_ir_type type, int64_t value)
{
    struct st_ir_expr *e = new_expr(a, ST_IR_LITERAL, type);
    e->integer = value;
    return e;
}

struct st_ir_expr *st_ir_int(struct st_arena *a, int64_t value)
{
    return literal(a, ST_IR_BIGINT, value);
}

struct st_ir_expr *st_ir_wide(struct st_arena *a, int64_t value)
{
    return literal(a, ST_IR_WIDE, value);
}

struct st_ir_expr *st_ir_bool(struct st_arena *a, bool value)
{
    return literal(a, ST_IR_BOOL, value);
}

struct st_ir_expr *st_ir_date(struct st_arena *a, st_date value)
{
    return literal(a, ST_IR_DATE, value);
}

struct st_ir_expr *st_ir_text(struct st_arena *a, const char *value)
{
    struct st_ir_expr *e = new_expr(a, ST_IR_LITERAL, ST_IR_TEXT);
    e->name = st_arena_strdup(a, value);
    return e;
}

struct st_ir_expr *st_ir_null(struct st_arena *a, enum st_ir_type type)
{
    return new_expr(a, ST_IR_NULL, type);
}

struct st_ir_expr *st_ir_cast(struct st_arena *a, struct st_ir_expr *expr, enum st_ir_type type)
{
    if (expr->type == type)
        return expr;
    if (expr->kind == ST_IR_LITERAL && type == ST_IR_WIDE && expr->type == ST_IR_BIGINT)
        return st_ir_wide(a, expr->integer);
    struct st_ir_expr *e = new_expr(a, ST_IR_CAST, type);
    set_args(a, e, 1, &expr);
    return e;
}

static enum st_ir_type widest(size_t count, struct st_ir_expr *const *args)
{
    for (size_t i = 0; i < count; i++)
        if (args[i]->type == ST_IR_WIDE)
            return ST_IR_WIDE;
    return args[0]->type;
}

static enum st_ir_type result_type(enum st_ir_fn fn, size_t count, struct st_ir_expr *const *args)
{
    switch (fn) {
    case ST_FN_EQ:
    case ST_FN_NE:
    case ST_FN_LT:
    case ST_FN_LE:
    case ST_FN_GT:
    case ST_FN_GE:
    case ST_FN_AND:
    case ST_FN_OR:
    case ST_FN_NOT:
    case ST_FN_IN:
    case ST_FN_IS_NULL:
    case ST_FN_IS_NOT_NULL:
    case ST_FN_DISTINCT:
    case ST_FN_STARTS_WITH: return ST_IR_BOOL;
    case ST_FN_DIV_HALF_UP:
    case ST_FN_DIV_TRUNC: return ST_IR_WIDE;
    case ST_FN_DAYS_BETWEEN:
    case ST_FN_YEAR:
    case ST_FN_MONTH:
    case ST_FN_DAY:
    case ST_FN_AGE:
    case ST_FN_MONTHS_BETWEEN:
    case ST_FN_BIT:
    case ST_FN_BIT_AND:
    case ST_FN_BIT_COUNT: return ST_IR_BIGINT;
    case ST_FN_ADD_DAYS: return ST_IR_DATE;
    default: return widest(count, args);
    }
}

struct st_ir_expr *st_ir_call(
    struct st_arena *a, enum st_ir_fn fn, size_t count, struct st_ir_expr *const *args)
{
    assert((int)count >= arity[fn].least);
    assert(arity[fn].most < 0 || (int)count <= arity[fn].most);
    struct st_ir_expr *e = new_expr(a, ST_IR_CALL, result_type(fn, count, args));
    e->fn = fn;
    set_args(a, e, count, args);
    return e;
}

struct st_ir_expr *st_ir_case(struct st_arena *a, size_t count, struct st_ir_expr *const *args)
{
    assert(count >= 3 && count % 2 == 1);
    enum st_ir_type type = args[count - 1]->type;
    for (size_t i = 1; i < count; i += 2)
        if (args[i]->type == ST_IR_WIDE)
            type = ST_IR_WIDE;
    struct st_ir_expr *e = new_expr(a, ST_IR_CASE, type);
    set_args(a, e, count, args);
    return e;
}

struct st_ir_expr *st_ir_aggregate(
    struct st_arena *a, enum st_ir_agg agg, struct st_ir_expr *argument, struct st_ir_expr *filter)
{
    enum st_ir_type type = agg == ST_AGG_SUM                                     ? ST_IR_WIDE
                           : agg == ST_AGG_COUNT || agg == ST_AGG_COUNT_DISTINCT ? ST_IR_BIGINT
                                                                                 : argument->type;
    struct st_ir_expr *e = new_expr(a, ST_IR_AGGREGATE, type);
    e->agg = agg;
    set_args(a, e, 2, (struct st_ir_expr *[]){argument, filter});
    return e;
}

struct st_ir_expr *st_ir_over(struct st_arena *a, enum st_ir_window window,
    struct st_ir_expr *argument, size_t partition_count, const char *const *partition,
    size_t order_count, const char *const *order)
{
    enum st_ir_type type = window == ST_WIN_SUM ? ST_IR_WIDE : ST_IR_BIGINT;
    if (argument && (window == ST_WIN_LAG || window == ST_WIN_LEAD))
        type = argument->type;
    struct st_ir_expr *e = new_expr(a, ST_IR_OVER, type);
    e->window = window;
    if (argument)
        set_args(a, e, 1, &argument);
    const char **names = st_arena_array(a, const char *, partition_count + order_count);
    for (size_t i = 0; i < partition_count; i++)
        names[i] = partition[i];
    for (size_t i = 0; i < order_count; i++)
        names[partition_count + i] = order[i];
    e->partition = names;
    e->partition_count = partition_count;
    e->order = names + partition_count;
    e->order_count = order_count;
    return e;
}

struct st_ir_expr *st_ir_and(struct st_arena *a, struct st_ir_expr *x, struct st_ir_expr *y)
{
    if (!x || !y)
        return x ? x : y;
    return st_ir_fn(a, ST_FN_AND, x, y);
}

static bool same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

struct st_ir_expr *st_ir_with_args(
    struct st_arena *a, struct st_ir_expr *e, st_ir_change_fn *change, const void *context)
{
    if (e->arg_count == 0)
        return e;
    struct st_ir_expr *copy = st_arena_new(a, struct st_ir_expr);
    *copy = *e;
    copy->args = st_arena_array(a, struct st_ir_expr *, e->arg_count);
    for (size_t i = 0; i < e->arg_count; i++)
        copy->args[i] = change(context, e->args[i]);
    return copy;
}

bool st_ir_equal(const struct st_ir_expr *x, const struct st_ir_expr *y)
{
    if (x == y)
        return true;
    if (!x || !y || x->kind != y->kind || x->type != y->type || x->side != y->side ||
        x->integer != y->integer || x->arg_count != y->arg_count || !same_text(x->name, y->name))
        return false;
    for (size_t i = 0; i < x->arg_count; i++)
        if (!st_ir_equal(x->args[i], y->args[i]))
            return false;
    return true;
}

/* --- relations --- */

static struct st_rel *new_rel(struct st_arena *a, enum st_rel_kind kind, size_t input_count,
    struct st_rel *const *inputs, size_t column_count, const struct st_ir_column *columns)
{
    struct st_rel *rel = st_arena_new(a, struct st_rel);
    rel->kind = kind;
    rel->inputs = st_arena_array(a, struct st_rel *, input_count);
    rel->input_count = input_count;
    for (size_t i = 0; i < input_count; i++) {
        rel->inputs[i] = inputs[i];
        inputs[i]->uses++;
    }
    rel->columns = st_arena_array(a, struct st_ir_column, column_count);
    memcpy(rel->columns, columns, column_count * sizeof *columns);
    rel->column_count = column_count;
    for (size_t i = 0; i < column_count; i++)
        if (rel->columns[i].expr)
            rel->columns[i].type = rel->columns[i].expr->type;
    return rel;
}

static const char *const *copy_names(struct st_arena *a, size_t count, const char *const *names)
{
    const char **copy = st_arena_array(a, const char *, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = names[i];
    return copy;
}

struct st_rel *st_rel_scan(
    struct st_arena *a, const char *table, size_t column_count, const struct st_ir_column *columns)
{
    struct st_rel *rel = new_rel(a, ST_REL_SCAN, 0, NULL, column_count, columns);
    rel->table = st_arena_strdup(a, table);
    return rel;
}

struct st_rel *st_rel_filter(struct st_arena *a, struct st_rel *input, struct st_ir_expr *condition)
{
    struct st_rel *rel = new_rel(a, ST_REL_FILTER, 1, &input, input->column_count, input->columns);
    rel->condition = condition;
    return rel;
}

struct st_rel *st_rel_project(struct st_arena *a, struct st_rel *input, size_t column_count,
    const struct st_ir_column *columns)
{
    return new_rel(a, ST_REL_PROJECT, 1, &input, column_count, columns);
}

struct st_rel *st_rel_join(struct st_arena *a, enum st_join_kind kind, struct st_rel *left,
    struct st_rel *right, size_t key_count, const char *const *keys, size_t column_count,
    const struct st_ir_column *columns)
{
    struct st_rel *rel =
        new_rel(a, ST_REL_JOIN, 2, (struct st_rel *[]){left, right}, column_count, columns);
    rel->join = kind;
    rel->keys = copy_names(a, key_count, keys);
    rel->key_count = key_count;
    return rel;
}

struct st_rel *st_rel_widen(struct st_arena *a, enum st_join_kind kind, struct st_rel *left,
    struct st_rel *right, size_t key_count, const char *const *keys)
{
    size_t count = 0, most = left->column_count + right->column_count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, most);
    for (size_t i = 0; i < left->column_count; i++)
        columns[count++] = st_rel_pass(a, left, 0, left->columns[i].name);
    for (size_t i = 0; i < right->column_count; i++) {
        size_t key = 0;
        while (key < key_count && strcmp(keys[key], right->columns[i].name) != 0)
            key++;
        if (key == key_count)
            columns[count++] = st_rel_pass(a, right, 1, right->columns[i].name);
    }
    return st_rel_join(a, kind, left, right, key_count, keys, count, columns);
}

struct st_rel *st_rel_aggregate(struct st_arena *a, struct st_rel *input, size_t key_count,
    const char *const *keys, size_t column_count, const struct st_ir_column *aggregates)
{
    size_t total = key_count + column_count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, total);
    for (size_t i = 0; i < key_count; i++)
        columns[i] = st_rel_pass(a, input, 0, keys[i]);
    if (column_count) /* keys alone: each once */
        memcpy(columns + key_count, aggregates, column_count * sizeof *aggregates);
    struct st_rel *rel = new_rel(a, ST_REL_AGGREGATE, 1, &input, total, columns);
    rel->keys = copy_names(a, key_count, keys);
    rel->key_count = key_count;
    return rel;
}

struct st_rel *st_rel_window(
    struct st_arena *a, struct st_rel *input, size_t column_count, const struct st_ir_column *overs)
{
    size_t total = input->column_count + column_count;
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, total);
    for (size_t i = 0; i < input->column_count; i++)
        columns[i] = st_rel_pass(a, input, 0, input->columns[i].name);
    memcpy(columns + input->column_count, overs, column_count * sizeof *overs);
    return new_rel(a, ST_REL_WINDOW, 1, &input, total, columns);
}

struct st_rel *st_rel_union_all(struct st_arena *a, size_t count, struct st_rel *const *inputs)
{
    struct st_rel *rel =
        new_rel(a, ST_REL_UNION_ALL, count, inputs, inputs[0]->column_count, inputs[0]->columns);
    for (size_t i = 0; i < rel->column_count; i++)
        rel->columns[i].expr = NULL;
    return rel;
}

struct st_ir_column st_rel_pass(
    struct st_arena *a, const struct st_rel *rel, int side, const char *name)
{
    struct st_ir_expr *expr = st_ir_column(a, rel, side, name);
    return (struct st_ir_column){.name = expr->name, .type = expr->type, .expr = expr};
}
