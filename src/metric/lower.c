#include "metric/lower.h"

#include "base/vec.h"

#include <strings.h>

const char *const st_lower_functions[ST_LOWER_FUNCTION_COUNT + 1] = {"age", "months_between",
    "days_between", "days_since", "year", "month", "day", "year_month", "abs", "min", "max",
    "round", "coalesce", "starts_with", "as_of", NULL};

const char *st_kind_name(enum st_kind kind, enum st_lang lang)
{
    static const struct st_text names[] = {
        [ST_KIND_NULL] = {"null", "空值"},
        [ST_KIND_BOOL] = {"a condition", "条件"},
        [ST_KIND_NUMBER] = {"a number", "数字"},
        [ST_KIND_MONEY] = {"money", "金额"},
        [ST_KIND_DATE] = {"a date", "日期"},
        [ST_KIND_TEXT] = {"text", "文本"},
    };
    return lang == ST_LANG_ZH ? names[kind].zh : names[kind].en;
}

enum st_ir_type st_kind_ir_type(enum st_kind kind)
{
    static const enum st_ir_type types[] = {
        [ST_KIND_NULL] = ST_IR_BIGINT,
        [ST_KIND_BOOL] = ST_IR_BOOL,
        [ST_KIND_NUMBER] = ST_IR_BIGINT,
        [ST_KIND_MONEY] = ST_IR_BIGINT,
        [ST_KIND_DATE] = ST_IR_DATE,
        [ST_KIND_TEXT] = ST_IR_TEXT,
    };
    return types[kind];
}

static bool is_numeric(const struct st_typed *t)
{
    return t->kind == ST_KIND_NUMBER || t->kind == ST_KIND_MONEY;
}

static st_code fail_kinds(struct st_lower *lo, struct st_error *err, const struct st_expr *place,
    const char *what_en, const char *what_zh, const struct st_typed *x, const struct st_typed *y)
{
    const char *en = st_arena_printf(lo->arena, "cannot %s %s and %s", what_en,
        st_kind_name(x->kind, ST_LANG_EN), st_kind_name(y->kind, ST_LANG_EN));
    const char *zh = st_arena_printf(lo->arena, "%s与%s不能%s", st_kind_name(x->kind, ST_LANG_ZH),
        st_kind_name(y->kind, ST_LANG_ZH), what_zh);
    return st_expr_place(err, place, st_fail_each(err, ST_E_POLICY, en, zh));
}

st_code st_lower_check_word(const struct st_typed *column, const struct st_expr *name,
    const struct st_expr *text, struct st_error *err)
{
    size_t count = 0;
    if (!column->words || text->kind != ST_EXPR_TEXT)
        return ST_OK;
    for (; column->words[count]; count++)
        if (strcmp(column->words[count], text->text) == 0)
            return ST_OK;
    st_code code = st_fail_expr(err, text, ST_E_POLICY, "%s is never '%s'", "%s 不会是“%s”",
        name->kind == ST_EXPR_NAME ? name->text : "this", text->text);
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < count; i++)
        st_str_addf(&all, "%s'%s'", i ? ", " : "", column->words[i]);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(text->text, column->words, count);
    if (near)
        st_error_hint(err, "did you mean '%s'?", "是否想写“%s”？", near);
    return code;
}

/* --- scales --- */

static struct st_ir_expr *power(struct st_lower *lo, int scale)
{
    return st_ir_wide(lo->arena, st_pow10(scale));
}

struct st_ir_expr *st_lower_rescale(struct st_lower *lo, const struct st_typed *t, int scale)
{
    struct st_arena *a = lo->arena;
    if (t->scale == scale || t->kind == ST_KIND_NULL)
        return t->ir;
    if (t->scale > scale) {
        struct st_ir_expr *wide = st_ir_cast(a, t->ir, ST_IR_WIDE);
        int digits = t->scale - scale;
        if (digits > ST_SCALE_MAX)
            wide = st_ir_fn(a, ST_FN_DIV_HALF_UP, wide, power(lo, digits - ST_SCALE_MAX));
        return st_ir_fn(
            a, ST_FN_DIV_HALF_UP, wide, power(lo, digits > ST_SCALE_MAX ? ST_SCALE_MAX : digits));
    }
    if (t->ir->kind == ST_IR_LITERAL) {
        int64_t grown;
        st_wide value = (st_wide)t->ir->integer * st_pow10(scale - t->scale);
        if (scale - t->scale <= ST_SCALE_MAX && st_wide_to_int64(value, &grown))
            return t->ir->type == ST_IR_WIDE ? st_ir_wide(a, grown) : st_ir_int(a, grown);
    }
    return st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, t->ir, ST_IR_WIDE), power(lo, scale - t->scale));
}

struct st_ir_expr *st_lower_store(struct st_lower *lo, const struct st_typed *t, int scale)
{
    if (t->kind == ST_KIND_NULL)
        return st_ir_null(lo->arena, ST_IR_BIGINT);
    if (!is_numeric(t))
        return t->ir;
    return st_ir_cast(lo->arena, st_lower_rescale(lo, t, scale), ST_IR_BIGINT);
}

/* A literal number beside money is an amount in major units. */
static void adopt_literals(struct st_typed *a, struct st_typed *b)
{
    if (a->kind == ST_KIND_MONEY && b->kind == ST_KIND_NUMBER && b->literal)
        b->kind = ST_KIND_MONEY;
    if (b->kind == ST_KIND_MONEY && a->kind == ST_KIND_NUMBER && a->literal)
        a->kind = ST_KIND_MONEY;
    if (a->kind == ST_KIND_NULL && b->kind != ST_KIND_NULL) {
        a->kind = b->kind;
        a->scale = b->scale;
        a->ir->type = b->ir->type;
    }
    if (b->kind == ST_KIND_NULL && a->kind != ST_KIND_NULL) {
        b->kind = a->kind;
        b->scale = a->scale;
        b->ir->type = a->ir->type;
    }
}

/* Same kind and same scale for all; the common scale is returned through `scale`. */
static st_code unify(struct st_lower *lo, const struct st_expr *place, const char *what_en,
    const char *what_zh, struct st_typed *items, size_t count, int *scale, struct st_error *err)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            adopt_literals(&items[j], &items[i]);
            if (items[j].kind != items[i].kind)
                return fail_kinds(lo, err, place, what_en, what_zh, &items[j], &items[i]);
        }
    *scale = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].scale > *scale)
            *scale = items[i].scale;
    bool wide = false;
    for (size_t i = 0; is_numeric(&items[0]) && i < count; i++) {
        items[i].ir = st_lower_rescale(lo, &items[i], *scale);
        items[i].scale = *scale;
        wide |= items[i].ir->type == ST_IR_WIDE;
    }
    for (size_t i = 0; wide && i < count; i++)
        items[i].ir = st_ir_cast(lo->arena, items[i].ir, ST_IR_WIDE);
    return ST_OK;
}

/* --- operators --- */

static const enum st_ir_fn op_fns[] = {
    [ST_OP_OR] = ST_FN_OR,
    [ST_OP_AND] = ST_FN_AND,
    [ST_OP_NOT] = ST_FN_NOT,
    [ST_OP_EQ] = ST_FN_EQ,
    [ST_OP_NE] = ST_FN_NE,
    [ST_OP_LT] = ST_FN_LT,
    [ST_OP_LE] = ST_FN_LE,
    [ST_OP_GT] = ST_FN_GT,
    [ST_OP_GE] = ST_FN_GE,
    [ST_OP_ADD] = ST_FN_ADD,
    [ST_OP_SUB] = ST_FN_SUB,
};

st_code st_lower_compare(struct st_lower *lo, const struct st_expr *place, enum st_expr_op op,
    struct st_typed a, struct st_typed b, struct st_typed *out, struct st_error *err)
{
    struct st_typed pair[2] = {a, b};
    int scale;
    st_code code = unify(lo, place, "compare", "比较", pair, 2, &scale, err);
    if (code != ST_OK) {
        bool dated = (a.kind == ST_KIND_DATE) != (b.kind == ST_KIND_DATE);
        if (dated && (is_numeric(&a) || is_numeric(&b)))
            st_error_hint(err,
                "age(x), months_between(x) and days_since(x) make a number of a date",
                "age(x)、months_between(x)、days_since(x) 可将日期换算为数字");
        else if (dated && (a.kind == ST_KIND_TEXT || b.kind == ST_KIND_TEXT))
            st_error_hint(err, "a day is written date '2024-01-31'", "日期写作 date '2024-01-31'");
        else
            st_error_hint(
                err, "both sides of a comparison must be of one kind", "比较的两边必须是同一类值");
        return code;
    }
    *out = (struct st_typed){.kind = ST_KIND_BOOL,
        .nullable = a.nullable || b.nullable,
        .ir = st_ir_fn(lo->arena, op_fns[op], pair[0].ir, pair[1].ir)};
    return ST_OK;
}

static st_code lower_logic(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_ir_expr **args = st_arena_array(lo->arena, struct st_ir_expr *, e->arg_count);
    *out = (struct st_typed){.kind = ST_KIND_BOOL};
    for (size_t i = 0; i < e->arg_count; i++) {
        struct st_typed t = {.ir = NULL};
        st_code code = st_lower_kind(lo, e->args[i], ST_KIND_BOOL, &t, err);
        if (code != ST_OK)
            return code;
        args[i] = t.ir;
        out->nullable |= t.nullable;
    }
    out->ir = st_ir_call(lo->arena, op_fns[e->op], e->arg_count, args);
    return ST_OK;
}

/* date − date is a count of days; date ± whole number is a date. */
static bool lower_date_sum(struct st_lower *lo, enum st_expr_op op, const struct st_typed *a,
    const struct st_typed *b, struct st_typed *out)
{
    struct st_arena *arena = lo->arena;
    if (a->kind == ST_KIND_DATE && b->kind == ST_KIND_DATE && op == ST_OP_SUB) {
        *out = (struct st_typed){.kind = ST_KIND_NUMBER,
            .nullable = a->nullable || b->nullable,
            .ir = st_ir_fn(arena, ST_FN_DAYS_BETWEEN, b->ir, a->ir)};
        return true;
    }
    if (a->kind == ST_KIND_DATE && b->kind == ST_KIND_NUMBER && b->scale == 0) {
        struct st_ir_expr *days = op == ST_OP_SUB ? st_ir_fn(arena, ST_FN_NEG, b->ir) : b->ir;
        *out = (struct st_typed){.kind = ST_KIND_DATE,
            .nullable = a->nullable || b->nullable,
            .ir = st_ir_fn(arena, ST_FN_ADD_DAYS, a->ir, days)};
        return true;
    }
    return false;
}

static st_code lower_sum(struct st_lower *lo, const struct st_expr *e, const struct st_typed *a,
    const struct st_typed *b, struct st_typed *out, struct st_error *err)
{
    if (lower_date_sum(lo, e->op, a, b, out))
        return ST_OK;
    struct st_typed pair[2] = {*a, *b};
    int scale;
    st_code code = ST_OK;
    if (!is_numeric(a) || !is_numeric(b))
        code = fail_kinds(lo, err, e, e->op == ST_OP_ADD ? "add" : "subtract",
            e->op == ST_OP_ADD ? "相加" : "相减", a, b);
    else
        code = unify(lo, e, e->op == ST_OP_ADD ? "add" : "subtract",
            e->op == ST_OP_ADD ? "相加" : "相减", pair, 2, &scale, err);
    if (code != ST_OK) {
        st_error_hint(err, "both must be money, or both numbers; a date takes a number of days",
            "两边须同为金额或同为数字；日期可加减天数");
        return code;
    }
    *out = (struct st_typed){.kind = pair[0].kind,
        .scale = scale,
        .nullable = a->nullable || b->nullable,
        .literal = a->literal && b->literal,
        .ir = st_ir_fn(lo->arena, op_fns[e->op], st_ir_cast(lo->arena, pair[0].ir, ST_IR_WIDE),
            st_ir_cast(lo->arena, pair[1].ir, ST_IR_WIDE))};
    return ST_OK;
}

static st_code lower_product(struct st_lower *lo, const struct st_expr *e, struct st_typed a,
    struct st_typed b, struct st_typed *out, struct st_error *err)
{
    struct st_arena *arena = lo->arena;
    if (!is_numeric(&a) || !is_numeric(&b) ||
        (a.kind == ST_KIND_MONEY && b.kind == ST_KIND_MONEY)) {
        st_code code = fail_kinds(lo, err, e, "multiply", "相乘", &a, &b);
        st_error_hint(err, "one of them must be a number", "其中之一须为数字");
        return code;
    }
    enum st_kind kind =
        a.kind == ST_KIND_MONEY || b.kind == ST_KIND_MONEY ? ST_KIND_MONEY : ST_KIND_NUMBER;
    if (a.scale + b.scale > ST_LOWER_SCALE_MAX) {
        struct st_typed *finer = a.scale > b.scale ? &a : &b;
        finer->ir = st_lower_rescale(lo, finer, ST_SCALE_RATE);
        finer->scale = ST_SCALE_RATE;
    }
    *out = (struct st_typed){.kind = kind,
        .scale = a.scale + b.scale,
        .nullable = a.nullable || b.nullable,
        .literal = a.literal && b.literal,
        .ir = st_ir_fn(arena, ST_FN_MUL, st_ir_cast(arena, a.ir, ST_IR_WIDE),
            st_ir_cast(arena, b.ir, ST_IR_WIDE))};
    return ST_OK;
}

static st_code lower_quotient(struct st_lower *lo, const struct st_expr *e,
    const struct st_typed *a, const struct st_typed *b, struct st_typed *out, struct st_error *err)
{
    struct st_arena *arena = lo->arena;
    if (!is_numeric(a) || !is_numeric(b) || (a->kind == ST_KIND_NUMBER && b->kind == ST_KIND_MONEY))
        return st_expr_place(err, e,
            st_fail_each(err, ST_E_POLICY,
                st_arena_printf(arena, "cannot divide %s by %s", st_kind_name(a->kind, ST_LANG_EN),
                    st_kind_name(b->kind, ST_LANG_EN)),
                st_arena_printf(arena, "%s不能除以%s", st_kind_name(a->kind, ST_LANG_ZH),
                    st_kind_name(b->kind, ST_LANG_ZH))));
    if (b->ir->kind == ST_IR_LITERAL && b->ir->integer == 0 && b->kind != ST_KIND_NULL)
        return st_fail_expr(err, e, ST_E_POLICY, "a division by zero", "除数为零");
    bool ratio = a->kind == b->kind;
    struct st_ir_expr *n = st_ir_cast(arena, a->ir, ST_IR_WIDE);
    struct st_ir_expr *d = st_ir_cast(arena, b->ir, ST_IR_WIDE);
    int shift = ST_SCALE_RATE + b->scale - a->scale;
    if (shift > 0)
        n = st_ir_fn(arena, ST_FN_MUL, n, power(lo, shift));
    if (shift < 0)
        d = st_ir_fn(arena, ST_FN_MUL, d, power(lo, -shift));
    bool safe = b->ir->kind == ST_IR_LITERAL && b->ir->integer != 0;
    *out = (struct st_typed){.kind = ratio ? ST_KIND_NUMBER : a->kind,
        .scale = ST_SCALE_RATE,
        .nullable = a->nullable || b->nullable || !safe,
        .ir = st_ir_fn(arena, ST_FN_DIV_HALF_UP, n, d)};
    return ST_OK;
}

static st_code lower_negation(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    st_code code = st_lower(lo, e->args[0], out, err);
    if (code != ST_OK)
        return code;
    if (!is_numeric(out)) {
        code =
            st_fail_expr(err, e, ST_E_POLICY, "- needs a number or money", "- 只能用于数字或金额");
        return code;
    }
    if (out->ir->kind == ST_IR_LITERAL)
        out->ir = st_ir_int(lo->arena, -out->ir->integer);
    else
        out->ir = st_ir_fn(lo->arena, ST_FN_NEG, out->ir);
    return ST_OK;
}

static st_code lower_between(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_typed v[3], low, high;
    st_code code = ST_OK;
    for (size_t i = 0; i < 3 && code == ST_OK; i++)
        code = st_lower(lo, e->args[i], &v[i], err);
    if (code == ST_OK)
        code = st_lower_compare(lo, e->args[1], ST_OP_GE, v[0], v[1], &low, err);
    if (code == ST_OK)
        code = st_lower_compare(lo, e->args[2], ST_OP_LE, v[0], v[2], &high, err);
    if (code == ST_OK)
        *out = (struct st_typed){.kind = ST_KIND_BOOL,
            .nullable = low.nullable || high.nullable,
            .ir = st_ir_fn(lo->arena, ST_FN_AND, low.ir, high.ir)};
    return code;
}

static st_code lower_in(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_typed *items = st_arena_array(lo->arena, struct st_typed, e->arg_count);
    struct st_ir_expr **args = st_arena_array(lo->arena, struct st_ir_expr *, e->arg_count);
    *out = (struct st_typed){.kind = ST_KIND_BOOL};
    for (size_t i = 0; i < e->arg_count; i++) {
        st_code code = st_lower(lo, e->args[i], &items[i], err);
        if (code == ST_OK)
            code = st_lower_check_word(&items[0], e->args[0], e->args[i], err);
        if (code != ST_OK)
            return code;
        out->nullable |= items[i].nullable;
    }
    int scale;
    st_code code = unify(lo, e, "match", "互相匹配", items, e->arg_count, &scale, err);
    for (size_t i = 0; i < e->arg_count; i++)
        args[i] = items[i].ir;
    if (code == ST_OK)
        out->ir = st_ir_call(lo->arena, ST_FN_IN, e->arg_count, args);
    return code;
}

static st_code lower_op(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_typed a, b;
    st_code code;
    switch (e->op) {
    case ST_OP_OR:
    case ST_OP_AND:
    case ST_OP_NOT: return lower_logic(lo, e, out, err);
    case ST_OP_BETWEEN: return lower_between(lo, e, out, err);
    case ST_OP_IN: return lower_in(lo, e, out, err);
    case ST_OP_NEG: return lower_negation(lo, e, out, err);
    default: break;
    }
    code = st_lower(lo, e->args[0], &a, err);
    if (code == ST_OK && (e->op == ST_OP_IS_NULL || e->op == ST_OP_IS_NOT_NULL)) {
        *out = (struct st_typed){.kind = ST_KIND_BOOL,
            .ir = st_ir_fn(
                lo->arena, e->op == ST_OP_IS_NULL ? ST_FN_IS_NULL : ST_FN_IS_NOT_NULL, a.ir)};
        return ST_OK;
    }
    if (code == ST_OK)
        code = st_lower(lo, e->args[1], &b, err);
    if (code == ST_OK)
        code = st_lower_check_word(&a, e->args[0], e->args[1], err);
    if (code == ST_OK)
        code = st_lower_check_word(&b, e->args[1], e->args[0], err);
    if (code != ST_OK)
        return code;
    switch (e->op) {
    case ST_OP_ADD:
    case ST_OP_SUB: return lower_sum(lo, e, &a, &b, out, err);
    case ST_OP_MUL: return lower_product(lo, e, a, b, out, err);
    case ST_OP_DIV: return lower_quotient(lo, e, &a, &b, out, err);
    default: return st_lower_compare(lo, e, e->op, a, b, out, err);
    }
}

/* --- functions known everywhere --- */

static st_code expect_args(const struct st_expr *e, size_t least, size_t most, struct st_error *err)
{
    if (e->arg_count >= least && e->arg_count <= most)
        return ST_OK;
    if (least == most)
        return st_fail_expr(err, e, ST_E_POLICY, "%s() takes %zu argument%s%.0s, not %zu",
            "%s() 需要 %zu 个%.0s%s，而不是 %zu 个", e->text, least, least == 1 ? "" : "s", "参数",
            e->arg_count);
    return st_fail_expr(err, e, ST_E_POLICY, "%s() takes %zu to %zu arguments, not %zu",
        "%s() 需要 %zu 至 %zu 个参数，而不是 %zu 个", e->text, least, most, e->arg_count);
}

static st_code lower_args(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *args, struct st_error *err)
{
    st_code code = ST_OK;
    for (size_t i = 0; i < e->arg_count && code == ST_OK; i++)
        code = st_lower(lo, e->args[i], &args[i], err);
    return code;
}

/* min, max, coalesce: values of one kind; NULLs are passed over. */
static st_code lower_choice(struct st_lower *lo, const struct st_expr *e, enum st_ir_fn fn,
    struct st_typed *out, struct st_error *err)
{
    struct st_typed *items = st_arena_array(lo->arena, struct st_typed, e->arg_count);
    struct st_ir_expr **args = st_arena_array(lo->arena, struct st_ir_expr *, e->arg_count);
    st_code code = expect_args(e, 2, 16, err);
    int scale = 0;
    if (code == ST_OK)
        code = lower_args(lo, e, items, err);
    if (code == ST_OK)
        code = unify(lo, e, "choose between", "并列选择", items, e->arg_count, &scale, err);
    if (code != ST_OK)
        return code;
    *out = (struct st_typed){.kind = items[0].kind, .scale = scale, .nullable = true};
    for (size_t i = 0; i < e->arg_count; i++) {
        args[i] = items[i].ir;
        out->nullable &= items[i].nullable;
    }
    out->ir = st_ir_call(lo->arena, fn, e->arg_count, args);
    return ST_OK;
}

static st_code lower_round(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_typed args[2];
    st_code code = expect_args(e, 1, 2, err);
    if (code == ST_OK)
        code = lower_args(lo, e, args, err);
    if (code != ST_OK)
        return code;
    bool good = is_numeric(&args[0]) &&
                (e->arg_count == 1 || (args[1].ir->kind == ST_IR_LITERAL && args[1].scale == 0 &&
                                          args[1].ir->integer >= 0 && args[1].ir->integer <= 8));
    if (!good) {
        code = st_fail_expr(err, e, ST_E_POLICY, "round() needs a number and how many decimals",
            "round() 需要一个数字和小数位数");
        st_error_allowed(err, "round(x) or round(x, 0..8)", "round(x) 或 round(x, 0..8)");
        return code;
    }
    int decimals = e->arg_count == 2 ? (int)args[1].ir->integer : 0;
    *out = args[0];
    out->literal = false;
    if (decimals < args[0].scale) {
        out->ir = st_lower_rescale(lo, &args[0], decimals);
        out->scale = decimals;
    }
    return ST_OK;
}

/* Functions of dates and texts: argument kinds, result kind and the IR function. */
static const struct simple_function {
    const char *name;
    enum st_kind args[2];
    size_t arg_count;
    enum st_kind result;
    enum st_ir_fn fn;
    bool as_of_second; /* one argument given: the second is as_of */
} simple_functions[] = {
    {"age", {ST_KIND_DATE, ST_KIND_DATE}, 2, ST_KIND_NUMBER, ST_FN_AGE, true},
    {"months_between", {ST_KIND_DATE, ST_KIND_DATE}, 2, ST_KIND_NUMBER, ST_FN_MONTHS_BETWEEN, true},
    {"days_between", {ST_KIND_DATE, ST_KIND_DATE}, 2, ST_KIND_NUMBER, ST_FN_DAYS_BETWEEN, true},
    {"days_since", {ST_KIND_DATE, ST_KIND_DATE}, 2, ST_KIND_NUMBER, ST_FN_DAYS_BETWEEN, true},
    {"year", {ST_KIND_DATE}, 1, ST_KIND_NUMBER, ST_FN_YEAR, false},
    {"month", {ST_KIND_DATE}, 1, ST_KIND_NUMBER, ST_FN_MONTH, false},
    {"day", {ST_KIND_DATE}, 1, ST_KIND_NUMBER, ST_FN_DAY, false},
    {"starts_with", {ST_KIND_TEXT, ST_KIND_TEXT}, 2, ST_KIND_BOOL, ST_FN_STARTS_WITH, false},
};

static st_code lower_simple(struct st_lower *lo, const struct simple_function *f,
    const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_ir_expr *args[2] = {NULL, NULL};
    st_code code = expect_args(e, f->as_of_second ? 1 : f->arg_count, f->arg_count, err);
    *out = (struct st_typed){.kind = f->result};
    for (size_t i = 0; i < e->arg_count && code == ST_OK; i++) {
        struct st_typed t = {.ir = NULL};
        code = st_lower_kind(lo, e->args[i], f->args[i], &t, err);
        args[i] = t.ir;
        out->nullable |= t.nullable;
    }
    if (code != ST_OK)
        return code;
    if (f->as_of_second && e->arg_count == 1)
        args[1] = lo->as_of;
    out->ir = st_ir_call(lo->arena, f->fn, f->arg_count, args);
    return ST_OK;
}

static st_code lower_year_month(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_arena *a = lo->arena;
    st_code code = expect_args(e, 1, 1, err);
    if (code == ST_OK)
        code = st_lower_kind(lo, e->args[0], ST_KIND_DATE, out, err);
    if (code == ST_OK)
        *out = (struct st_typed){.kind = ST_KIND_NUMBER,
            .nullable = out->nullable,
            .ir = st_ir_fn(a, ST_FN_ADD,
                st_ir_fn(a, ST_FN_MUL, st_ir_fn(a, ST_FN_YEAR, out->ir), st_ir_int(a, 100)),
                st_ir_fn(a, ST_FN_MONTH, out->ir))};
    return code;
}

static st_code lower_shared_call(struct st_lower *lo, const struct st_expr *e, struct st_typed *out,
    bool *found, struct st_error *err)
{
    *found = true;
    for (size_t i = 0; i < ST_COUNT(simple_functions); i++)
        if (strcmp(e->text, simple_functions[i].name) == 0)
            return lower_simple(lo, &simple_functions[i], e, out, err);
    if (strcmp(e->text, "coalesce") == 0)
        return lower_choice(lo, e, ST_FN_COALESCE, out, err);
    if (strcmp(e->text, "min") == 0)
        return lower_choice(lo, e, ST_FN_LEAST, out, err);
    if (strcmp(e->text, "max") == 0)
        return lower_choice(lo, e, ST_FN_GREATEST, out, err);
    if (strcmp(e->text, "round") == 0)
        return lower_round(lo, e, out, err);
    if (strcmp(e->text, "year_month") == 0)
        return lower_year_month(lo, e, out, err);
    if (strcmp(e->text, "as_of") == 0 && e->arg_count == 0) {
        *out = (struct st_typed){.kind = ST_KIND_DATE, .ir = lo->as_of};
        return ST_OK;
    }
    if (strcmp(e->text, "abs") == 0 && e->arg_count == 1) {
        st_code code = st_lower(lo, e->args[0], out, err);
        if (code == ST_OK && !is_numeric(out))
            return st_fail_expr(
                err, e, ST_E_POLICY, "abs() needs a number or money", "abs() 只能用于数字或金额");
        out->literal = false;
        if (code == ST_OK)
            out->ir = st_ir_fn(lo->arena, ST_FN_ABS, out->ir);
        return code;
    }
    *found = false;
    return ST_OK;
}

/* Functions of other places and of other languages. */
static const struct {
    const char *names[6];
    struct st_text hint;
} elsewhere[] = {
    {{"sum", "count", "count_distinct", "average", "daily_average", "closing"},
        {"an aggregate stands in value: of a metric with from:, not inside another one",
            "聚合函数写在带 from: 的指标的 value: 中，且不能嵌套"}},
    {{"min", "max"},
        {"here it compares several values, min(a, b); over rows it stands in value: of a metric "
         "with from:",
            "此处用于比较多个值，如 min(a, b)；对数据行求最值请写在带 from: 的指标的 value: 中"}},
    {{"has"}, {"has() tells of a customer: it stands in is: and in a scheme's conditions",
                  "has() 针对客户，写在 is: 或方案的条件中"}},
    {{"weight"}, {"weight() stands in value: of a metric with from: and weights:",
                     "weight() 写在带 from: 和 weights: 的指标的 value: 中"}},
    {{"lag"}, {"lag() stands in is: of a metric", "lag() 写在指标的 is: 中"}},
    {{"nvl", "ifnull", "isnull"}, {"write coalesce(a, b)", "请写 coalesce(a, b)"}},
    {{"if", "iif", "decode"},
        {"write case when … then … else … end", "请写 case when … then … else … end"}},
    {{"avg", "mean"}, {"write average(x) over movements, daily_average(x) over balances",
                          "交易求平均请写 average(x)，余额求日均请写 daily_average(x)"}},
    {{"datediff"}, {"write days_between(from, to)", "请写 days_between(起, 止)"}},
    {{"today", "now", "current_date", "sysdate", "getdate"},
        {"the day of rating is as_of()", "评定日请写 as_of()"}},
    {{"least"}, {"write min(a, b)", "请写 min(a, b)"}},
    {{"greatest"}, {"write max(a, b)", "请写 max(a, b)"}},
};

enum { ELSEWHERE_OWN = 5 }; /* rows of our own functions, which are written in lower case */

static void hint_function(const char *name, struct st_error *err)
{
    const char *own = NULL;
    for (size_t i = 0; st_lower_functions[i]; i++)
        if (strcasecmp(name, st_lower_functions[i]) == 0)
            own = st_lower_functions[i];
    for (size_t i = 0; i < ST_COUNT(elsewhere); i++)
        for (size_t k = 0; k < ST_COUNT(elsewhere[i].names) && elsewhere[i].names[k]; k++) {
            const char *known = elsewhere[i].names[k];
            if (i < ELSEWHERE_OWN && strcasecmp(name, known) == 0 && strcmp(name, known) != 0)
                own = known;
            else if (strcasecmp(name, known) == 0)
                st_error_hint(err, "%s%.0s", "%.0s%s", elsewhere[i].hint.en, elsewhere[i].hint.zh);
        }
    if (own && strcmp(own, name) != 0)
        st_error_hint(err, "functions are written in lower case: %s()", "函数名须小写：%s()", own);
    const char *near = st_str_nearest(name, st_lower_functions, ST_COUNT(st_lower_functions) - 1);
    if (near)
        st_error_hint(err, "did you mean %s()?", "是否想写 %s()？", near);
}

static st_code lower_call(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    bool found = false;
    st_code code = ST_OK;
    if (lo->scope->call)
        code = lo->scope->call(lo, e, out, &found, err);
    if (code == ST_OK && !found)
        code = lower_shared_call(lo, e, out, &found, err);
    if (code != ST_OK || found)
        return code;
    code = st_fail_expr(
        err, e, ST_E_POLICY, "there is no function %s() here", "此处没有函数 %s()", e->text);
    st_error_value(err, "%s", e->text);
    hint_function(e->text, err);
    return code;
}

static st_code lower_case(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_arena *a = lo->arena;
    bool has_else = e->arg_count % 2 == 1;
    size_t branches = e->arg_count / 2;
    size_t values = branches + 1;
    struct st_typed *items = st_arena_array(a, struct st_typed, values);
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, branches * 2 + 1);
    st_code code = ST_OK;
    for (size_t i = 0; i < branches && code == ST_OK; i++) {
        struct st_typed when = {.ir = NULL};
        code = st_lower_kind(lo, e->args[2 * i], ST_KIND_BOOL, &when, err);
        args[2 * i] = when.ir;
        if (code == ST_OK)
            code = st_lower(lo, e->args[2 * i + 1], &items[i], err);
    }
    if (code == ST_OK && has_else)
        code = st_lower(lo, e->args[e->arg_count - 1], &items[branches], err);
    if (code != ST_OK)
        return code;
    if (!has_else)
        items[branches] = (struct st_typed){
            .kind = ST_KIND_NULL, .nullable = true, .ir = st_ir_null(a, ST_IR_BIGINT)};
    int scale;
    code = unify(lo, e, "return from one case", "作为同一 case 的结果", items, values, &scale, err);
    if (code != ST_OK)
        return code;
    *out = (struct st_typed){.kind = items[0].kind, .scale = scale};
    for (size_t i = 0; i < values; i++) {
        args[i < branches ? 2 * i + 1 : 2 * branches] = items[i].ir;
        out->nullable |= items[i].nullable;
    }
    out->ir = st_ir_case(a, branches * 2 + 1, args);
    return ST_OK;
}

static st_code lower_name(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    bool found = false;
    st_code code = lo->scope->name(lo, e, out, &found, err);
    if (code != ST_OK || found)
        return code;
    code = st_fail_expr(err, e, ST_E_POLICY, "there is no %s here", "此处没有 %s", e->text);
    st_error_value(err, "%s", e->text);
    const char *near = st_str_nearest(e->text, lo->scope->names, lo->scope->name_count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    else
        st_error_hint(err, "define it under metrics:, or declare it under attributes:",
            "请在 metrics: 中定义，或在 attributes: 中声明");
    return code;
}

st_code st_lower(
    struct st_lower *lo, const struct st_expr *e, struct st_typed *out, struct st_error *err)
{
    struct st_arena *a = lo->arena;
    switch (e->kind) {
    case ST_EXPR_NULL:
        *out = (struct st_typed){
            .kind = ST_KIND_NULL, .nullable = true, .ir = st_ir_null(a, ST_IR_BIGINT)};
        return ST_OK;
    case ST_EXPR_BOOL:
        *out = (struct st_typed){.kind = ST_KIND_BOOL, .ir = st_ir_bool(a, e->integer != 0)};
        return ST_OK;
    case ST_EXPR_NUMBER:
        *out = (struct st_typed){.kind = ST_KIND_NUMBER,
            .scale = e->scale,
            .literal = true,
            .ir = st_ir_int(a, e->integer)};
        return ST_OK;
    case ST_EXPR_TEXT:
        *out = (struct st_typed){.kind = ST_KIND_TEXT, .ir = st_ir_text(a, e->text)};
        return ST_OK;
    case ST_EXPR_DATE:
        *out = (struct st_typed){.kind = ST_KIND_DATE, .ir = st_ir_date(a, (st_date)e->integer)};
        return ST_OK;
    case ST_EXPR_DURATION: break;
    case ST_EXPR_NAME: return lower_name(lo, e, out, err);
    case ST_EXPR_CALL: return lower_call(lo, e, out, err);
    case ST_EXPR_OP: return lower_op(lo, e, out, err);
    case ST_EXPR_CASE: return lower_case(lo, e, out, err);
    }
    st_code code = st_fail_expr(
        err, e, ST_E_POLICY, "a length of time cannot stand here", "此处不能写时间长度");
    st_error_hint(err,
        "days are plain numbers, opened_on + 30; months are counted, months_between(opened_on) >= "
        "24",
        "天数直接写数字：opened_on + 30；月数请换算：months_between(opened_on) >= 24");
    return code;
}

st_code st_lower_kind(struct st_lower *lo, const struct st_expr *e, enum st_kind kind,
    struct st_typed *out, struct st_error *err)
{
    st_code code = st_lower(lo, e, out, err);
    if (code != ST_OK)
        return code;
    if (kind == ST_KIND_MONEY && out->kind == ST_KIND_NUMBER && out->literal)
        out->kind = ST_KIND_MONEY;
    if (out->kind == ST_KIND_NULL && kind != ST_KIND_NULL) {
        out->kind = kind;
        out->ir = st_ir_null(lo->arena, st_kind_ir_type(kind));
    }
    if (out->kind == kind)
        return ST_OK;
    code = st_fail_each(err, ST_E_POLICY,
        st_arena_printf(lo->arena, "this must be %s, but it is %s", st_kind_name(kind, ST_LANG_EN),
            st_kind_name(out->kind, ST_LANG_EN)),
        st_arena_printf(lo->arena, "此处应为%s，实际是%s", st_kind_name(kind, ST_LANG_ZH),
            st_kind_name(out->kind, ST_LANG_ZH)));
    if (kind == ST_KIND_BOOL && is_numeric(out))
        st_error_hint(err, "compare it with something, as in x > 0", "请与某个值比较，如 x > 0");
    return st_expr_place(err, e, code);
}
