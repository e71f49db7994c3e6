#include "ir/eval.h"

#include <string.h>

struct eval {
    st_ir_lookup_fn *lookup;
    void *context;
    struct st_error *err;
};

static st_code eval(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out);

static struct st_ir_value null_of(enum st_ir_type type)
{
    return (struct st_ir_value){.type = type, .is_null = true};
}

static struct st_ir_value number_of(enum st_ir_type type, st_wide number)
{
    return (struct st_ir_value){.type = type, .number = number};
}

static int compare(const struct st_ir_value *x, const struct st_ir_value *y)
{
    if (x->type == ST_IR_TEXT) {
        int order = strcmp(x->text, y->text);
        return (order > 0) - (order < 0);
    }
    return (x->number > y->number) - (x->number < y->number);
}

static bool comparison_holds(enum st_ir_fn fn, int order)
{
    switch (fn) {
    case ST_FN_EQ: return order == 0;
    case ST_FN_NE: return order != 0;
    case ST_FN_LT: return order < 0;
    case ST_FN_LE: return order <= 0;
    case ST_FN_GT: return order > 0;
    default: return order >= 0;
    }
}

/* AND and OR: `decisive` settles the result; otherwise any NULL makes it NULL. */
static st_code eval_logic(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    bool decisive = e->fn == ST_FN_OR, unknown = false;
    for (size_t i = 0; i < e->arg_count; i++) {
        struct st_ir_value v;
        st_code code = eval(ev, e->args[i], &v);
        if (code != ST_OK)
            return code;
        if (!v.is_null && (v.number != 0) == decisive) {
            *out = number_of(ST_IR_BOOL, decisive);
            return ST_OK;
        }
        unknown |= v.is_null;
    }
    *out = unknown ? null_of(ST_IR_BOOL) : number_of(ST_IR_BOOL, !decisive);
    return ST_OK;
}

static st_code eval_in(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    struct st_ir_value needle, item;
    st_code code = eval(ev, e->args[0], &needle);
    bool unknown = needle.is_null;
    for (size_t i = 1; code == ST_OK && i < e->arg_count; i++) {
        code = eval(ev, e->args[i], &item);
        if (code != ST_OK)
            return code;
        if (!needle.is_null && !item.is_null && compare(&needle, &item) == 0) {
            *out = number_of(ST_IR_BOOL, true);
            return ST_OK;
        }
        unknown |= item.is_null;
    }
    *out = unknown ? null_of(ST_IR_BOOL) : number_of(ST_IR_BOOL, false);
    return code;
}

/* COALESCE, GREATEST, LEAST: NULL arguments are passed over. */
static st_code eval_choice(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    *out = null_of(e->type);
    for (size_t i = 0; i < e->arg_count; i++) {
        struct st_ir_value v;
        st_code code = eval(ev, e->args[i], &v);
        if (code != ST_OK)
            return code;
        if (v.is_null)
            continue;
        int order = out->is_null ? 0 : compare(&v, out);
        if (out->is_null || (e->fn == ST_FN_GREATEST && order > 0) ||
            (e->fn == ST_FN_LEAST && order < 0))
            *out = v;
        if (e->fn == ST_FN_COALESCE)
            break;
    }
    out->type = e->type;
    return ST_OK;
}

static int64_t whole_months(st_date from, st_date to)
{
    struct st_civil f = st_date_to_civil(from), t = st_date_to_civil(to);
    return (t.year - f.year) * 12 + t.month - f.month - (t.day < f.day);
}

static int64_t whole_years(st_date from, st_date to)
{
    struct st_civil f = st_date_to_civil(from), t = st_date_to_civil(to);
    return t.year - f.year - (t.month * 100 + t.day < f.month * 100 + f.day);
}

static st_code eval_arithmetic(
    struct eval *ev, const struct st_ir_expr *e, st_wide x, st_wide y, struct st_ir_value *out)
{
    st_wide r = 0;
    bool overflow = false;
    struct st_civil civil = {0, 0, 0};
    if (e->args[0]->type == ST_IR_DATE)
        civil = st_date_to_civil((st_date)x);
    switch (e->fn) {
    case ST_FN_ADD: overflow = __builtin_add_overflow(x, y, &r); break;
    case ST_FN_SUB: overflow = __builtin_sub_overflow(x, y, &r); break;
    case ST_FN_MUL: overflow = __builtin_mul_overflow(x, y, &r); break;
    case ST_FN_NEG: overflow = __builtin_sub_overflow((st_wide)0, x, &r); break;
    case ST_FN_ABS: r = x < 0 ? -x : x; break;
    case ST_FN_NOT: r = x == 0; break;
    case ST_FN_DIV_HALF_UP:
    case ST_FN_DIV_TRUNC:
        if (y == 0) {
            *out = null_of(ST_IR_WIDE);
            return ST_OK;
        }
        r = e->fn == ST_FN_DIV_TRUNC ? x / y : st_div_half_up(x, y);
        break;
    case ST_FN_DAYS_BETWEEN: r = y - x; break;
    case ST_FN_ADD_DAYS: r = x + y; break;
    case ST_FN_YEAR: r = civil.year; break;
    case ST_FN_MONTH: r = civil.month; break;
    case ST_FN_DAY: r = civil.day; break;
    case ST_FN_AGE: r = whole_years((st_date)x, (st_date)y); break;
    case ST_FN_MONTHS_BETWEEN: r = whole_months((st_date)x, (st_date)y); break;
    case ST_FN_BIT: r = (st_wide)1 << x % 63; break;
    case ST_FN_BIT_AND: r = x & y; break;
    case ST_FN_BIT_COUNT: r = __builtin_popcountll((uint64_t)x); break;
    default:
        return st_fail(ev->err, ST_E_INTERNAL, "function %d is not evaluated in C",
            "函数 %d 不能在程序内求值", (int)e->fn);
    }
    if (overflow)
        return st_fail(ev->err, ST_E_LIMIT, "a number exceeds 38 digits", "数值超过 38 位");
    *out = number_of(e->type, r);
    return ST_OK;
}

static st_code eval_call(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    switch (e->fn) {
    case ST_FN_AND:
    case ST_FN_OR: return eval_logic(ev, e, out);
    case ST_FN_IN: return eval_in(ev, e, out);
    case ST_FN_COALESCE:
    case ST_FN_GREATEST:
    case ST_FN_LEAST: return eval_choice(ev, e, out);
    default: break;
    }
    struct st_ir_value v[2] = {{.type = e->type}, {.type = e->type}};
    for (size_t i = 0; i < e->arg_count && i < 2; i++) {
        st_code code = eval(ev, e->args[i], &v[i]);
        if (code != ST_OK)
            return code;
    }
    bool any_null = v[0].is_null || (e->arg_count > 1 && v[1].is_null);
    switch (e->fn) {
    case ST_FN_IS_NULL: *out = number_of(ST_IR_BOOL, v[0].is_null); return ST_OK;
    case ST_FN_IS_NOT_NULL: *out = number_of(ST_IR_BOOL, !v[0].is_null); return ST_OK;
    case ST_FN_NULLIF:
        *out = !any_null && compare(&v[0], &v[1]) == 0 ? null_of(e->type) : v[0];
        return ST_OK;
    case ST_FN_EQ:
    case ST_FN_NE:
    case ST_FN_LT:
    case ST_FN_LE:
    case ST_FN_GT:
    case ST_FN_GE:
        *out = any_null ? null_of(ST_IR_BOOL)
                        : number_of(ST_IR_BOOL, comparison_holds(e->fn, compare(&v[0], &v[1])));
        return ST_OK;
    case ST_FN_DISTINCT:
        *out = number_of(
            ST_IR_BOOL, any_null ? v[0].is_null != v[1].is_null : compare(&v[0], &v[1]) != 0);
        return ST_OK;
    case ST_FN_STARTS_WITH:
        *out = any_null
                   ? null_of(ST_IR_BOOL)
                   : number_of(ST_IR_BOOL, strncmp(v[0].text, v[1].text, strlen(v[1].text)) == 0);
        return ST_OK;
    default: break;
    }
    if (any_null) {
        *out = null_of(e->type);
        return ST_OK;
    }
    return eval_arithmetic(ev, e, v[0].number, v[1].number, out);
}

static st_code eval_case(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    st_code code = ST_OK;
    for (size_t i = 0; i + 1 < e->arg_count; i += 2) {
        struct st_ir_value when;
        code = eval(ev, e->args[i], &when);
        if (code != ST_OK)
            return code;
        if (!when.is_null && when.number) {
            code = eval(ev, e->args[i + 1], out);
            out->type = e->type;
            return code;
        }
    }
    code = eval(ev, e->args[e->arg_count - 1], out);
    out->type = e->type;
    return code;
}

static st_code eval(struct eval *ev, const struct st_ir_expr *e, struct st_ir_value *out)
{
    st_code code = ST_OK;
    switch (e->kind) {
    case ST_IR_COLUMN:
    case ST_IR_PARAM:
        if (!ev->lookup(ev->context, e, out))
            return st_fail(ev->err, ST_E_INTERNAL, "no value for %s", "没有 %s 的值", e->name);
        return ST_OK;
    case ST_IR_LITERAL:
        *out = (struct st_ir_value){.type = e->type, .number = e->integer, .text = e->name};
        return ST_OK;
    case ST_IR_NULL: *out = null_of(e->type); return ST_OK;
    case ST_IR_CALL: return eval_call(ev, e, out);
    case ST_IR_CASE: return eval_case(ev, e, out);
    case ST_IR_CAST:
        code = eval(ev, e->args[0], out);
        out->type = e->type;
        if (code == ST_OK && e->type == ST_IR_BIGINT && !out->is_null &&
            (out->number > INT64_MAX || out->number < INT64_MIN))
            return st_fail(ev->err, ST_E_LIMIT, "a number exceeds 64 bits", "数值超过 64 位");
        return code;
    case ST_IR_AGGREGATE:
    case ST_IR_OVER: break;
    }
    return st_fail(
        ev->err, ST_E_INTERNAL, "aggregates are not evaluated in C", "聚合不能在程序内求值");
}

st_code st_ir_eval(const struct st_ir_expr *expr, st_ir_lookup_fn *lookup, void *context,
    struct st_ir_value *out, struct st_error *err)
{
    struct eval ev = {lookup, context, err};
    return eval(&ev, expr, out);
}
