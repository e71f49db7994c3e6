#include "ir/narrow.h"

static bool is_widened(const struct st_ir_expr *e)
{
    return e->kind == ST_IR_CAST && e->type == ST_IR_WIDE && e->args[0]->type == ST_IR_BIGINT;
}

/* `e` as a BIGINT, or NULL: it may need more. Literals have 64 bits. */
static struct st_ir_expr *as_narrow(struct st_arena *a, struct st_ir_expr *e)
{
    if (e->type == ST_IR_BIGINT)
        return e;
    if (e->kind == ST_IR_LITERAL && e->type == ST_IR_WIDE)
        return st_ir_int(a, e->integer);
    return is_widened(e) ? e->args[0] : NULL;
}

/* A call of the same function with its arguments as BIGINTs, or NULL. */
static struct st_ir_expr *with_narrow_args(struct st_arena *a, const struct st_ir_expr *e)
{
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, e->arg_count);
    bool widened = false;
    for (size_t i = 0; i < e->arg_count; i++) {
        widened = widened || is_widened(e->args[i]);
        args[i] = as_narrow(a, e->args[i]);
        if (!args[i])
            return NULL;
    }
    return widened ? st_ir_call(a, e->fn, e->arg_count, args) : NULL;
}

static struct st_ir_expr *narrow_call(struct st_arena *a, struct st_ir_expr *e)
{
    bool compares = e->fn >= ST_FN_EQ && e->fn <= ST_FN_GE;
    struct st_ir_expr *narrow = compares || e->fn == ST_FN_COALESCE ? with_narrow_args(a, e) : NULL;
    return narrow ? st_ir_cast(a, narrow, e->type) : e;
}

/* A CASE that is narrowed gives narrow values. */
static struct st_ir_expr *narrow_case(struct st_arena *a, const struct st_ir_expr *e)
{
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, e->arg_count);
    for (size_t i = 0; i < e->arg_count; i++) {
        bool condition = i % 2 == 0 && i + 1 < e->arg_count;
        args[i] = condition ? e->args[i] : st_ir_narrow(a, st_ir_cast(a, e->args[i], ST_IR_BIGINT));
    }
    return st_ir_case(a, e->arg_count, args);
}

static struct st_ir_expr *narrow_arg(const void *context, struct st_ir_expr *e)
{
    return e ? st_ir_narrow(*(struct st_arena *const *)context, e) : NULL;
}

struct st_ir_expr *st_ir_narrow(struct st_arena *a, struct st_ir_expr *e)
{
    e = st_ir_with_args(a, e, narrow_arg, &a);
    if (e->kind == ST_IR_CALL)
        return narrow_call(a, e);
    if (e->kind != ST_IR_CAST || e->type != ST_IR_BIGINT || e->args[0]->type != ST_IR_WIDE)
        return e;
    if (is_widened(e->args[0]))
        return e->args[0]->args[0];
    return e->args[0]->kind == ST_IR_CASE ? narrow_case(a, e->args[0]) : e;
}
