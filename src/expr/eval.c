/* Compiles expressions of mappings into trees of functions, and runs the operators.
 *
 * Every node is one indirect call: names, functions and types are settled once, so that a row
 * costs no search and no allocation. Nodes whose arguments are all constant are computed while
 * compiling, which also finds their errors before the first row.
 */
#include "base/vec.h"
#include "expr/eval_internal.h"
#include "expr/internal.h"

/* --- operators at run time --- */

static st_code run_constant(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    (void)row;
    *out = eval->value;
    return ST_OK;
}

static st_code run_column(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    const struct st_slice *column = &row->columns[eval->column];
    *out = (struct st_value){.type = column->data ? ST_VALUE_TEXT : ST_VALUE_NULL, .text = *column};
    return ST_OK;
}

st_code st_eval_strict(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value args[ST_EVAL_STRICT_ARGS_MAX];
    for (size_t i = 0; i < eval->arg_count; i++) {
        TRY(eval->args[i]->run(eval->args[i], row, &args[i]));
        if (args[i].type == ST_VALUE_NULL) {
            out->type = ST_VALUE_NULL;
            return ST_OK;
        }
    }
    return eval->call(row, args, eval->arg_count, out);
}

static int compare_text(struct st_slice a, struct st_slice b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

int st_value_compare(const struct st_value *a, const struct st_value *b)
{
    switch (a->type) {
    case ST_VALUE_TEXT: return compare_text(a->text, b->text);
    case ST_VALUE_NUMBER: return st_number_compare(a, b);
    default: return (a->integer > b->integer) - (a->integer < b->integer);
    }
}

static void set_bool(struct st_value *out, bool value)
{
    *out = (struct st_value){.type = ST_VALUE_BOOL, .integer = value};
}

static void set_null(struct st_value *out)
{
    *out = (struct st_value){.type = ST_VALUE_NULL};
}

/* Both operands; false in *known when either is NULL, and then *out is NULL. */
static st_code run_pair(const struct st_eval *eval, struct st_row *row, struct st_value *a,
    struct st_value *b, bool *known, struct st_value *out)
{
    TRY(eval->args[0]->run(eval->args[0], row, a));
    TRY(eval->args[1]->run(eval->args[1], row, b));
    *known = a->type != ST_VALUE_NULL && b->type != ST_VALUE_NULL;
    if (!*known)
        set_null(out);
    return ST_OK;
}

static bool holds(enum st_expr_op op, int order)
{
    switch (op) {
    case ST_OP_EQ: return order == 0;
    case ST_OP_NE: return order != 0;
    case ST_OP_LT: return order < 0;
    case ST_OP_LE: return order <= 0;
    case ST_OP_GT: return order > 0;
    default: return order >= 0;
    }
}

static st_code run_compare(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value a, b;
    bool known;
    TRY(run_pair(eval, row, &a, &b, &known, out));
    if (known)
        set_bool(out, holds(eval->op, st_value_compare(&a, &b)));
    return ST_OK;
}

/* SQL's three values: the deciding one (false of and, true of or) wins over NULL. */
static st_code run_logic(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    const int64_t deciding = eval->op == ST_OP_OR;
    struct st_value right;
    TRY(eval->args[0]->run(eval->args[0], row, out));
    if (out->type == ST_VALUE_BOOL && out->integer == deciding)
        return ST_OK;
    TRY(eval->args[1]->run(eval->args[1], row, &right));
    if (out->type == ST_VALUE_BOOL || (right.type == ST_VALUE_BOOL && right.integer == deciding))
        *out = right;
    return ST_OK;
}

static st_code run_not(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    TRY(eval->args[0]->run(eval->args[0], row, out));
    if (out->type == ST_VALUE_BOOL)
        out->integer = !out->integer;
    return ST_OK;
}

static st_code run_is_null(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    TRY(eval->args[0]->run(eval->args[0], row, out));
    set_bool(out, (out->type == ST_VALUE_NULL) == (eval->op == ST_OP_IS_NULL));
    return ST_OK;
}

/* value >= low and value <= high: false decides even when the other bound is NULL. */
static st_code run_between(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value value, low, high;
    TRY(eval->args[0]->run(eval->args[0], row, &value));
    TRY(eval->args[1]->run(eval->args[1], row, &low));
    TRY(eval->args[2]->run(eval->args[2], row, &high));
    bool has_low = low.type != ST_VALUE_NULL, has_high = high.type != ST_VALUE_NULL;
    if (value.type == ST_VALUE_NULL)
        set_null(out);
    else if ((has_low && st_value_compare(&value, &low) < 0) ||
             (has_high && st_value_compare(&value, &high) > 0))
        set_bool(out, false);
    else if (has_low && has_high)
        set_bool(out, true);
    else
        set_null(out);
    return ST_OK;
}

static st_code run_in(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value value, item;
    bool unknown = false;
    TRY(eval->args[0]->run(eval->args[0], row, &value));
    set_null(out);
    if (value.type == ST_VALUE_NULL)
        return ST_OK;
    for (size_t i = 1; i < eval->arg_count; i++) {
        TRY(eval->args[i]->run(eval->args[i], row, &item));
        if (item.type == ST_VALUE_NULL) {
            unknown = true;
        } else if (st_value_compare(&value, &item) == 0) {
            set_bool(out, true);
            return ST_OK;
        }
    }
    if (!unknown)
        set_bool(out, false);
    return ST_OK;
}

static st_code run_case(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    size_t i = 0;
    for (; i + 1 < eval->arg_count; i += 2) {
        TRY(eval->args[i]->run(eval->args[i], row, out));
        if (out->type == ST_VALUE_BOOL && out->integer)
            return eval->args[i + 1]->run(eval->args[i + 1], row, out);
    }
    if (i < eval->arg_count)
        return eval->args[i]->run(eval->args[i], row, out);
    set_null(out);
    return ST_OK;
}

static st_code run_arithmetic(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value a, b;
    bool known;
    TRY(run_pair(eval, row, &a, &b, &known, out));
    if (!known)
        return ST_OK;
    *out = (struct st_value){.type = ST_VALUE_NUMBER};
    return st_number_arithmetic(eval->op, &a, &b, out, row->err);
}

static st_code run_negate(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    TRY(eval->args[0]->run(eval->args[0], row, out));
    if (out->type == ST_VALUE_NUMBER && __builtin_sub_overflow(0, out->integer, &out->integer))
        return st_fail_too_large(row->err);
    return ST_OK;
}

static st_code run_days_apart(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    struct st_value a, b;
    bool known;
    TRY(run_pair(eval, row, &a, &b, &known, out));
    if (known)
        *out = (struct st_value){.type = ST_VALUE_NUMBER, .integer = a.integer - b.integer};
    return ST_OK;
}

static st_code run_shift(const struct st_eval *eval, struct st_row *row, struct st_value *out)
{
    TRY(eval->args[0]->run(eval->args[0], row, out));
    if (out->type != ST_VALUE_DATE)
        return ST_OK;
    return st_date_shift((st_date)out->integer, eval->duration, eval->unit, out, row->err);
}

st_code st_value_set_date(int64_t days, struct st_value *out, struct st_error *err)
{
    int64_t first = st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1});
    int64_t last = st_date_from_civil((struct st_civil){ST_DATE_YEAR_MAX, 12, 31});
    if (days < first || days > last)
        return st_fail(err, ST_E_DATA, "a date leaves the years %d to %d",
            "日期超出 %d 至 %d 年的范围", (int)ST_DATE_YEAR_MIN, (int)ST_DATE_YEAR_MAX);
    *out = (struct st_value){.type = ST_VALUE_DATE, .integer = days};
    return ST_OK;
}

st_code st_date_shift(st_date date, int64_t count, enum st_duration_unit unit, struct st_value *out,
    struct st_error *err)
{
    static const int64_t days[] = {[ST_DAYS] = 1, [ST_WEEKS] = 7};
    static const int64_t months[] = {[ST_MONTHS] = 1, [ST_QUARTERS] = 3, [ST_YEARS] = 12};
    enum { SPAN_MAX = 1000000 }; /* beyond every date; keeps the products below small */
    if (count > SPAN_MAX || count < -SPAN_MAX)
        count = count > 0 ? SPAN_MAX : -SPAN_MAX;
    if (unit == ST_DAYS || unit == ST_WEEKS)
        return st_value_set_date(date + count * days[unit], out, err);
    int64_t step = count * months[unit];
    int64_t month_max = (int64_t)(ST_DATE_YEAR_MAX - ST_DATE_YEAR_MIN + 1) * 12;
    if (step > month_max || step < -month_max)
        step = step > 0 ? month_max : -month_max;
    return st_value_set_date(st_date_add_months(date, (int)step), out, err);
}

/* --- compiling --- */

struct compiler {
    struct st_arena *arena;
    const struct st_eval_env *env;
    struct st_error *err;
};

static const struct st_text type_names[] = {
    [ST_VALUE_NULL] = {"null", "空值"},
    [ST_VALUE_BOOL] = {"a condition", "条件"},
    [ST_VALUE_NUMBER] = {"a number", "数字"},
    [ST_VALUE_DATE] = {"a date", "日期"},
    [ST_VALUE_TEXT] = {"a text", "文本"},
};

static st_code compile(const struct compiler *c, const struct st_expr *expr, struct st_eval **out);

static struct st_eval *new_eval(
    const struct compiler *c, st_eval_run_fn *run, enum st_value_type type)
{
    struct st_eval *eval = st_arena_new(c->arena, struct st_eval);
    eval->run = run;
    eval->type = type;
    eval->env = c->env;
    return eval;
}

/* What turns a text, as every column is, into the type asked for. */
static void hint_conversion(struct st_error *err, enum st_value_type wanted, enum st_value_type got)
{
    if (wanted == ST_VALUE_TEXT)
        st_error_hint(err, "text(x) makes it a text", "可用 text(x) 转换为文本");
    else if (got == ST_VALUE_TEXT && wanted == ST_VALUE_NUMBER)
        st_error_hint(err, "columns are texts: number(x) reads one as a number",
            "源列均为文本，可用 number(x) 转换为数字");
    else if (got == ST_VALUE_TEXT && wanted == ST_VALUE_DATE)
        st_error_hint(err, "columns are texts: date(x) reads one as a date",
            "源列均为文本，可用 date(x) 转换为日期");
    else if (wanted == ST_VALUE_BOOL)
        st_error_hint(err, "compare it with something: x = 'Y'", "请写成比较，例如 x = 'Y'");
}

static st_code check_type(const struct compiler *c, const struct st_expr *expr,
    const struct st_eval *eval, enum st_value_type wanted)
{
    if (eval->type == wanted || eval->type == ST_VALUE_NULL)
        return ST_OK;
    st_code code = st_fail_expr(c->err, expr, ST_E_POLICY, "%s%.0s is needed here, not %s%.0s",
        "此处应为%.0s%s，而不是%.0s%s", type_names[wanted].en, type_names[wanted].zh,
        type_names[eval->type].en, type_names[eval->type].zh);
    hint_conversion(c->err, wanted, eval->type);
    return code;
}

/* *type: the common type so far (NULL: none yet), widened by one more value. */
static st_code unify(const struct compiler *c, const struct st_expr *expr,
    const struct st_eval *eval, enum st_value_type *type)
{
    if (*type == ST_VALUE_NULL)
        *type = eval->type;
    return check_type(c, expr, eval, *type);
}

static st_code compile_args(
    const struct compiler *c, const struct st_expr *expr, struct st_eval *eval)
{
    eval->args = st_arena_array(c->arena, struct st_eval *, expr->arg_count);
    eval->arg_count = expr->arg_count;
    for (size_t i = 0; i < expr->arg_count; i++)
        TRY(compile(c, expr->args[i], &eval->args[i]));
    return ST_OK;
}

/* --- names and functions --- */

/* The first columns there are: a file's header is what its user looks for the mistake in. */
static void allow_columns(struct st_error *err, const struct st_eval_env *env)
{
    enum { SHOWN_MAX = 20 };
    struct st_str list = ST_STR_INIT;
    for (size_t i = 0; i < env->column_count && i < SHOWN_MAX; i++)
        st_str_addf(&list, "%s%s", i ? ", " : "", env->column_names[i]);
    if (env->column_count > SHOWN_MAX)
        st_str_add(&list, ", …");
    if (list.len > 0)
        st_error_allowed(err, "%s", "%s", list.text);
    st_str_release(&list);
}

static st_code compile_name(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    const struct st_eval_env *env = c->env;
    int column = env->column ? env->column(env->context, expr->text) : -1;
    if (column >= 0) {
        *out = new_eval(c, run_column, ST_VALUE_TEXT);
        (*out)->column = column;
        return ST_OK;
    }
    st_code code = st_fail_expr(
        c->err, expr, ST_E_POLICY, "there is no column '%s'", "没有名为“%s”的列", expr->text);
    const char *nearest = st_str_nearest(expr->text, env->column_names, env->column_count);
    allow_columns(c->err, env);
    if (nearest)
        st_error_hint(c->err, "did you mean '%s'?", "是否想写“%s”？", nearest);
    else
        st_error_hint(
            c->err, "a text is written in quotes: '%s'", "若为文本请加引号：'%s'", expr->text);
    return code;
}

static st_code fail_function(const struct compiler *c, const struct st_expr *expr)
{
    const char **names = st_calloc(st_function_count, sizeof *names);
    for (size_t i = 0; i < st_function_count; i++)
        names[i] = st_functions[i].name;
    st_code code = st_fail_expr(c->err, expr, ST_E_POLICY, "there is no function '%s' here",
        "此处没有函数“%s”", expr->text);
    const char *nearest = st_str_nearest(expr->text, names, st_function_count);
    if (nearest)
        st_error_hint(c->err, "did you mean %s(…)?", "是否想写 %s(…)？", nearest);
    free(names);
    return code;
}

struct arity {
    size_t least, most;
};

static struct arity signature_arity(const char *signature)
{
    struct arity arity = {0, 0};
    bool optional = false;
    for (const char *p = signature; *p; p++) {
        if (*p == '?') {
            optional = true;
        } else if (*p == '*') {
            arity.most = ST_EVAL_ARGS_MAX;
        } else {
            arity.most++;
            arity.least += !optional;
        }
    }
    return arity;
}

static st_code fail_arity(
    const struct compiler *c, const struct st_expr *expr, const struct st_function *function)
{
    struct arity arity = signature_arity(function->signature);
    st_code code = st_fail_expr(c->err, expr, ST_E_POLICY, "%s() is given %zu arguments",
        "函数 %s() 的参数个数（%zu）不正确", expr->text, expr->arg_count);
    if (arity.least == arity.most)
        st_error_allowed(c->err, "%zu", "%zu 个", arity.least);
    else
        st_error_allowed(c->err, "%zu to %zu", "%zu 至 %zu 个", arity.least, arity.most);
    return code;
}

/* The last argument is a text in quotes, and this row wants a word there. */
static bool wants_word(const struct st_function *function, const struct st_expr *expr)
{
    return function->words && expr->args[expr->arg_count - 1]->kind == ST_EXPR_TEXT;
}

static st_code find_function(
    const struct compiler *c, const struct st_expr *expr, const struct st_function **out)
{
    const struct st_function *named = NULL;
    for (size_t i = 0; i < st_function_count; i++) {
        if (strcmp(st_functions[i].name, expr->text) != 0)
            continue;
        struct arity arity = signature_arity(st_functions[i].signature);
        named = &st_functions[i];
        if (expr->arg_count < arity.least || expr->arg_count > arity.most)
            continue;
        if (!*out || wants_word(named, expr))
            *out = named;
    }
    if (*out)
        return ST_OK;
    return named ? fail_arity(c, expr, named) : fail_function(c, expr);
}

static enum st_value_type letter_type(char letter)
{
    switch (letter) {
    case 'n': return ST_VALUE_NUMBER;
    case 'd': return ST_VALUE_DATE;
    case 'b': return ST_VALUE_BOOL;
    default: return ST_VALUE_TEXT;
    }
}

static st_code check_literal_text(const struct compiler *c, const struct st_expr *expr)
{
    if (expr->kind == ST_EXPR_TEXT)
        return ST_OK;
    st_code code = st_fail_expr(
        c->err, expr, ST_E_POLICY, "a text in quotes is needed here", "此处应为带引号的文本");
    st_error_hint(c->err, "lookup('table', key, 'column')", "lookup('表名', 键, '列名')");
    return code;
}

static st_code check_word(
    const struct compiler *c, const struct st_expr *expr, const char *const *words)
{
    size_t count = 0;
    struct st_str list = ST_STR_INIT;
    if (expr->kind != ST_EXPR_TEXT)
        return st_fail_expr(
            c->err, expr, ST_E_POLICY, "a text in quotes is needed here", "此处应为带引号的文本");
    for (; words[count]; count++)
        if (strcmp(words[count], expr->text) == 0)
            break;
    if (words[count])
        return ST_OK;
    st_code code = st_fail_expr(
        c->err, expr, ST_E_POLICY, "'%s' is not known here", "此处不能写“%s”", expr->text);
    for (size_t i = 0; i < count; i++)
        st_str_addf(&list, "%s%s", i ? ", " : "", words[i]);
    st_error_allowed(c->err, "%s", "%s", list.text);
    st_str_release(&list);
    return code;
}

/* Checks the arguments against the signature; *type gets the common type of its s. */
static st_code check_signature(const struct compiler *c, const struct st_expr *expr,
    const struct st_eval *eval, const struct st_function *function, enum st_value_type *type)
{
    const char *signature = function->signature;
    *type = ST_VALUE_NULL;
    for (size_t i = 0; i < eval->arg_count; i++) {
        signature += *signature == '?';
        char letter = *signature;
        if (letter == 's')
            TRY(unify(c, expr->args[i], eval->args[i], type));
        else if (letter != 'a')
            TRY(check_type(c, expr->args[i], eval->args[i], letter_type(letter)));
        if (letter == 'L')
            TRY(check_literal_text(c, expr->args[i]));
        if (letter == 'W')
            TRY(check_word(c, expr->args[i], function->words));
        if (signature[1] != '*')
            signature++;
    }
    return ST_OK;
}

static st_code resolve_lookup(
    const struct compiler *c, const struct st_expr *expr, struct st_eval *eval)
{
    enum { TABLE = 0, COLUMN = 2 };
    const struct st_eval_env *env = c->env;
    const char *table = expr->args[TABLE]->text, *column = expr->args[COLUMN]->text;
    if (!env->resolve_lookup || !env->lookup)
        return st_fail_expr(
            c->err, expr, ST_E_POLICY, "lookup() cannot be used here", "此处不能使用 lookup()");
    if (env->resolve_lookup(env->context, table, column, &eval->lookup, &eval->column))
        return ST_OK;
    st_code code =
        st_fail_expr(c->err, expr, ST_E_POLICY, "there is no lookup '%s' with a column '%s'",
            "没有名为“%s”且含列“%s”的对照表", table, column);
    st_error_hint(
        c->err, "declare it under lookups: in the mapping", "请在映射文件的 lookups: 中声明");
    return code;
}

static st_code compile_call(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    const struct st_function *function = NULL;
    enum st_value_type common;
    TRY(find_function(c, expr, &function));
    if (function->known && !function->known(c->env)) {
        st_code code = st_fail_expr(
            c->err, expr, ST_E_POLICY, "%s() is not known here", "此处无法使用 %s()", expr->text);
        st_error_hint(c->err,
            "it belongs to the rows of a source; a file of corrections has lines of its own: "
            "correct the source file and import it whole",
            "它只用于数据源的行；修正文件的行号不同于原文件：请改正原文件后整份导入");
        return code;
    }
    struct st_eval *eval =
        new_eval(c, function->run ? function->run : st_eval_strict, ST_VALUE_NULL);
    eval->call = function->call;
    TRY(compile_args(c, expr, eval));
    TRY(check_signature(c, expr, eval, function, &common));
    eval->type = function->result == 's' ? common : letter_type(function->result);
    eval->per_row = strchr(function->signature, 'L') != NULL;
    if (eval->per_row)
        TRY(resolve_lookup(c, expr, eval));
    *out = eval;
    return ST_OK;
}

/* --- operators --- */

static bool is_date_shift(const struct st_expr *expr)
{
    return (expr->op == ST_OP_ADD || expr->op == ST_OP_SUB) &&
           expr->args[1]->kind == ST_EXPR_DURATION;
}

static st_code compile_shift(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    struct st_eval *eval = new_eval(c, run_shift, ST_VALUE_DATE);
    eval->args = st_arena_array(c->arena, struct st_eval *, 1);
    eval->arg_count = 1;
    eval->unit = expr->args[1]->unit;
    eval->duration = expr->op == ST_OP_SUB ? -expr->args[1]->integer : expr->args[1]->integer;
    TRY(compile(c, expr->args[0], &eval->args[0]));
    *out = eval;
    return check_type(c, expr->args[0], eval->args[0], ST_VALUE_DATE);
}

static st_code check_arithmetic(
    const struct compiler *c, const struct st_expr *expr, struct st_eval *eval)
{
    bool first_date = eval->args[0]->type == ST_VALUE_DATE;
    if (expr->op == ST_OP_SUB && first_date && eval->args[1]->type == ST_VALUE_DATE) {
        eval->run = run_days_apart;
        return ST_OK;
    }
    if (first_date && expr->op != ST_OP_NEG) {
        st_code code = st_fail_expr(c->err, expr->args[1], ST_E_POLICY,
            "a date can only be moved by a duration", "日期只能加减时长");
        st_error_hint(c->err, "write d + 30 days, or add_months(d, n)",
            "请写 d + 30 days，或 add_months(d, n)");
        return code;
    }
    for (size_t i = 0; i < eval->arg_count; i++)
        TRY(check_type(c, expr->args[i], eval->args[i], ST_VALUE_NUMBER));
    return ST_OK;
}

static st_code check_operands(
    const struct compiler *c, const struct st_expr *expr, struct st_eval *eval)
{
    enum st_value_type type = ST_VALUE_NULL;
    switch (expr->op) {
    case ST_OP_ADD:
    case ST_OP_SUB:
    case ST_OP_MUL:
    case ST_OP_DIV:
    case ST_OP_NEG: return check_arithmetic(c, expr, eval);
    case ST_OP_IS_NULL:
    case ST_OP_IS_NOT_NULL: return ST_OK;
    case ST_OP_OR:
    case ST_OP_AND:
    case ST_OP_NOT: type = ST_VALUE_BOOL; break;
    default: break;
    }
    for (size_t i = 0; i < eval->arg_count; i++)
        TRY(unify(c, expr->args[i], eval->args[i], &type));
    return ST_OK;
}

static const struct {
    st_eval_run_fn *run;
    enum st_value_type type;
} op_rows[] = {
    [ST_OP_OR] = {run_logic, ST_VALUE_BOOL},
    [ST_OP_AND] = {run_logic, ST_VALUE_BOOL},
    [ST_OP_NOT] = {run_not, ST_VALUE_BOOL},
    [ST_OP_EQ] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_NE] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_LT] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_LE] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_GT] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_GE] = {run_compare, ST_VALUE_BOOL},
    [ST_OP_BETWEEN] = {run_between, ST_VALUE_BOOL},
    [ST_OP_IN] = {run_in, ST_VALUE_BOOL},
    [ST_OP_IS_NULL] = {run_is_null, ST_VALUE_BOOL},
    [ST_OP_IS_NOT_NULL] = {run_is_null, ST_VALUE_BOOL},
    [ST_OP_ADD] = {run_arithmetic, ST_VALUE_NUMBER},
    [ST_OP_SUB] = {run_arithmetic, ST_VALUE_NUMBER},
    [ST_OP_MUL] = {run_arithmetic, ST_VALUE_NUMBER},
    [ST_OP_DIV] = {run_arithmetic, ST_VALUE_NUMBER},
    [ST_OP_NEG] = {run_negate, ST_VALUE_NUMBER},
};

static st_code compile_op(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    if (is_date_shift(expr))
        return compile_shift(c, expr, out);
    struct st_eval *eval = new_eval(c, op_rows[expr->op].run, op_rows[expr->op].type);
    eval->op = expr->op;
    TRY(compile_args(c, expr, eval));
    TRY(check_operands(c, expr, eval));
    *out = eval;
    return ST_OK;
}

static st_code compile_case(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    struct st_eval *eval = new_eval(c, run_case, ST_VALUE_NULL);
    TRY(compile_args(c, expr, eval));
    for (size_t i = 0; i < expr->arg_count; i++) {
        bool condition = i % 2 == 0 && i + 1 < expr->arg_count;
        if (condition)
            TRY(check_type(c, expr->args[i], eval->args[i], ST_VALUE_BOOL));
        else
            TRY(unify(c, expr->args[i], eval->args[i], &eval->type));
    }
    *out = eval;
    return ST_OK;
}

/* --- the whole --- */

static st_code compile_literal(
    const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    static const enum st_value_type types[] = {
        [ST_EXPR_NULL] = ST_VALUE_NULL,
        [ST_EXPR_BOOL] = ST_VALUE_BOOL,
        [ST_EXPR_NUMBER] = ST_VALUE_NUMBER,
        [ST_EXPR_TEXT] = ST_VALUE_TEXT,
        [ST_EXPR_DATE] = ST_VALUE_DATE,
    };
    struct st_eval *eval = new_eval(c, run_constant, types[expr->kind]);
    eval->constant = true;
    eval->value =
        (struct st_value){.type = eval->type, .scale = expr->scale, .integer = expr->integer};
    if (expr->kind == ST_EXPR_TEXT) {
        const char *text = st_arena_strdup(c->arena, expr->text);
        eval->value.text = (struct st_slice){text, strlen(text)};
    }
    *out = eval;
    return ST_OK;
}

/* Computes a node of constants once; texts it makes live in the arena of the expression. */
static st_code fold(const struct compiler *c, const struct st_expr *expr, struct st_eval *eval)
{
    if (eval->arg_count == 0 || eval->per_row)
        return ST_OK;
    for (size_t i = 0; i < eval->arg_count; i++)
        if (!eval->args[i]->constant)
            return ST_OK;
    struct st_row row = {.scratch = c->arena, .err = c->err};
    st_code code = eval->run(eval, &row, &eval->value);
    if (code != ST_OK)
        return st_expr_place(c->err, expr, code);
    eval->run = run_constant;
    eval->constant = true;
    return ST_OK;
}

static st_code compile(const struct compiler *c, const struct st_expr *expr, struct st_eval **out)
{
    switch (expr->kind) {
    case ST_EXPR_NAME: return compile_name(c, expr, out);
    case ST_EXPR_CALL: TRY(compile_call(c, expr, out)); break;
    case ST_EXPR_OP: TRY(compile_op(c, expr, out)); break;
    case ST_EXPR_CASE: TRY(compile_case(c, expr, out)); break;
    case ST_EXPR_DURATION: {
        st_code code = st_fail_expr(c->err, expr, ST_E_POLICY,
            "a duration can only be added to a date or subtracted from it", "时长只能与日期相加减");
        st_error_hint(c->err, "write d + 3 months, the date first", "请写 d + 3 months，日期在前");
        return code;
    }
    default: return compile_literal(c, expr, out);
    }
    return fold(c, expr, *out);
}

st_code st_eval_compile(struct st_arena *arena, const struct st_eval_env *env,
    const struct st_expr *expr, struct st_eval **out, struct st_error *err)
{
    struct st_eval_env *kept = st_arena_new(arena, struct st_eval_env);
    struct compiler c = {.arena = arena, .env = kept, .err = err};
    *kept = *env;
    *out = NULL;
    st_code code = compile(&c, expr, out);
    if (code != ST_OK)
        *out = NULL;
    return code;
}

int st_eval_plain_column(const struct st_eval *eval)
{
    return eval->run == run_column ? eval->column : -1;
}

st_code st_eval_row(const struct st_eval *eval, const struct st_slice *columns,
    struct st_arena *scratch, struct st_value *out, struct st_error *err)
{
    struct st_row row = {.columns = columns, .scratch = scratch, .err = err};
    return eval->run(eval, &row, out);
}
