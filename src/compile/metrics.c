#include "compile/internal.h"

#include "base/vec.h"

#include <strings.h>

/* What a metric's expressions see. */
struct place {
    struct st_metrics *metrics;
    struct instance *instance;      /* being compiled; NULL: a scheme asks */
    const struct st_family *family; /* inside an aggregate, or from: customer */
    int stage;                      /* deepest instance used so far */
};

static st_code compile_instance(
    struct st_metrics *m, struct instance *instance, struct st_error *err);

static struct st_lower lower_for(struct st_metrics *m, const struct st_scope *scope, int shift)
{
    return (struct st_lower){.arena = arena_of(m),
        .scope = scope,
        .as_of = st_plan_as_of(arena_of(m), m->env.params, shift)};
}

/* --- instances --- */

static struct instance *instance_of(
    struct st_metrics *m, const struct st_metric_def *def, int shift)
{
    for (struct instance *i = m->instances; i; i = i->next)
        if (i->def == def && i->shift == shift)
            return i;
    struct instance *instance = st_arena_new(arena_of(m), struct instance);
    instance->def = def;
    instance->shift = shift;
    instance->column = shift ? st_arena_printf(arena_of(m), "%s@-%d", def->name, shift) : def->name;
    *m->last_instance = instance;
    m->last_instance = &instance->next;
    return instance;
}

static st_code use_metric(struct place *place, const struct st_metric_def *def, int shift,
    const struct st_expr *expr, struct st_typed *out, struct st_error *err)
{
    struct st_metrics *m = place->metrics;
    struct instance *used = instance_of(m, def, shift);
    if (used->state == OPEN) {
        st_code code = st_fail_expr(err, expr, ST_E_POLICY, "metric %s is defined by itself",
            "指标 %s 循环引用了自身", def->name);
        st_error_value(err, "%s", def->name);
        st_error_hint(err, "follow the is: of the metrics named here and break the circle",
            "请沿 is: 引用检查，断开循环");
        return code;
    }
    st_code code = compile_instance(m, used, err);
    if (code != ST_OK)
        return code;
    if (used->stage > place->stage)
        place->stage = used->stage;
    *out = used->value;
    out->literal = false;
    out->ir = st_ir_column_named(arena_of(m), 0, used->column, st_kind_ir_type(used->value.kind));
    return ST_OK;
}

/* --- what is rated --- */

static bool rates_households(const struct st_metrics *m)
{
    return m->env.policy->entity == ST_ENTITY_HOUSEHOLD;
}

/* What a metric's from: reads. */
static const struct st_family *family_of(const struct st_metrics *m, enum st_metric_source source)
{
    return rates_households(m) && source == ST_SOURCE_CUSTOMER ? &st_family_members
                                                               : st_family_of(source);
}

/* The columns that what is rated has itself. */
static const struct st_family *own_family(const struct st_metrics *m)
{
    return rates_households(m) ? &st_family_household : st_family_of(ST_SOURCE_CUSTOMER);
}

/* --- customers' own columns --- */

static enum st_kind attribute_kind(enum st_attribute_type type)
{
    static const enum st_kind kinds[] = {[ST_ATTRIBUTE_TEXT] = ST_KIND_TEXT,
        [ST_ATTRIBUTE_NUMBER] = ST_KIND_NUMBER,
        [ST_ATTRIBUTE_INTEGER] = ST_KIND_NUMBER,
        [ST_ATTRIBUTE_MONEY] = ST_KIND_MONEY,
        [ST_ATTRIBUTE_DATE] = ST_KIND_DATE,
        [ST_ATTRIBUTE_BOOLEAN] = ST_KIND_BOOL};
    return kinds[type];
}

static const char *customer_column_name(struct st_metrics *m, const char *name)
{
    return st_arena_printf(arena_of(m), "customer.%s", name);
}

/* The type of a column of `family` or attribute; false when there is none of that name. */
static bool type_customer_column(struct st_metrics *m, const struct st_family *family,
    const char *name, struct st_typed *out, struct st_text *title)
{
    const struct st_policy *policy = m->env.policy;
    *out = (struct st_typed){.nullable = true};
    *title = (struct st_text){name, name};
    const struct st_row_column *column = st_family_column(family, name);
    if (column) {
        out->kind = column->kind;
        out->scale = column->kind == ST_KIND_MONEY ? policy->currency_exponent : column->scale;
        out->nullable = column->nullable;
        out->words = column->words;
        *title = column->help;
        m->customer_needs_household |= strncmp(name, "household", strlen("household")) == 0;
    } else if (family == &st_family_household) {
        return false;
    } else {
        size_t i = 0;
        while (i < policy->attribute_count && strcmp(policy->attributes[i].name, name) != 0)
            i++;
        if (i == policy->attribute_count)
            return false;
        out->kind = attribute_kind(policy->attributes[i].type);
        out->scale = policy->attributes[i].type == ST_ATTRIBUTE_NUMBER  ? ST_SCALE_RATE
                     : policy->attributes[i].type == ST_ATTRIBUTE_MONEY ? policy->currency_exponent
                                                                        : 0;
    }
    return true;
}

/* A column or attribute of what is rated, as metrics and schemes see it. */
static bool find_customer_column(
    struct st_metrics *m, const char *name, struct st_typed *out, struct st_text *title)
{
    bool found = type_customer_column(m, own_family(m), name, out, title);
    if (found)
        out->ir = st_ir_column_named(
            arena_of(m), 0, customer_column_name(m, name), st_kind_ir_type(out->kind));
    return found;
}

/* Where households are rated: a name that only their members have. */
static st_code check_members_own(
    struct st_metrics *m, const struct st_expr *expr, struct st_error *err)
{
    struct st_typed typed;
    struct st_text title;
    if (!rates_households(m) ||
        !type_customer_column(m, &st_family_members, expr->text, &typed, &title))
        return ST_OK;
    st_code code = st_fail_expr(err, expr, ST_E_POLICY,
        "%s is each member's own: a household has none", "%s 属于各成员，家庭本身没有", expr->text);
    bool text = typed.kind == ST_KIND_TEXT || typed.kind == ST_KIND_BOOL;
    st_error_hint(err,
        text ? "count members by it: {from: customer, value: count(), where: %s = …}"
             : "make one value of the members': {from: customer, value: max(%s)}",
        text ? "可按其统计成员：{from: customer, value: count(), where: %s = …}"
             : "可汇总成员取值：{from: customer, value: max(%s)}",
        expr->text);
    return code;
}

/* --- aggregates --- */

/* Good until the next one is added. */
static struct aggregate_column *add_aggregate(
    struct st_metrics *m, enum st_metric_source source, struct st_ir_expr *expr)
{
    struct st_arena *a = arena_of(m);
    size_t count = m->aggregates[source].count;
    for (size_t i = 0; i < count; i++)
        if (st_ir_equal(m->aggregates[source].items[i].expr, expr))
            return &m->aggregates[source].items[i];
    if (count == m->aggregates[source].cap) {
        size_t cap = count ? count * 2 : 8;
        struct aggregate_column *grown = st_arena_array(a, struct aggregate_column, cap);
        for (size_t i = 0; i < count; i++)
            grown[i] = m->aggregates[source].items[i];
        m->aggregates[source].items = grown;
        m->aggregates[source].cap = cap;
    }
    struct aggregate_column *added = &m->aggregates[source].items[m->aggregates[source].count++];
    added->name = st_arena_printf(a, "%s.%zu", family_of(m, source)->name, count + 1);
    added->expr = expr;
    return added;
}

static struct aggregate_column *add_windowed(
    struct st_metrics *m, const struct instance *instance, struct st_ir_expr *expr)
{
    struct aggregate_column *added = add_aggregate(m, instance->def->from, expr);
    added->window = &instance->def->window;
    added->shift = instance->shift;
    return added;
}

/* Rows an aggregate counts: its window's and its where:'s. */
static struct st_ir_expr *window_condition(
    struct st_metrics *m, const struct st_window *w, int shift, bool txn, enum st_aggregate_fn fn)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *next = st_plan_window(a, m->env.params, ST_PLAN_WINDOW_NEXT, w, shift, txn);
    struct st_ir_expr *from = fn == ST_AGGREGATE_CLOSING ? NULL
                                                         : st_plan_window(a, m->env.params,
                                                               ST_PLAN_WINDOW_FROM, w, shift, txn);
    if (txn) {
        struct st_ir_expr *on = st_ir_column_named(a, 0, "on_date", ST_IR_DATE);
        return st_ir_fn(
            a, ST_FN_AND, st_ir_fn(a, ST_FN_GE, on, from), st_ir_fn(a, ST_FN_LT, on, next));
    }
    struct st_ir_expr *start = st_ir_column_named(a, 0, "start_on", ST_IR_DATE);
    struct st_ir_expr *end = st_ir_column_named(a, 0, "end_on", ST_IR_DATE);
    if (fn == ST_AGGREGATE_CLOSING) /* stands on the last day: start < next <= end */
        return st_ir_fn(
            a, ST_FN_AND, st_ir_fn(a, ST_FN_LT, start, next), st_ir_fn(a, ST_FN_GE, end, next));
    return st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_LT, start, next),
        st_ir_fn(a, ST_FN_GT, end, from), st_ir_fn(a, ST_FN_LT, start, end));
}

/* Accounts opened by the (shifted) as_of; `open` ones are not closed by it. */
static struct st_ir_expr *account_condition(
    struct st_metrics *m, const struct instance *instance, bool open)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *as_of = st_plan_as_of(a, m->env.params, instance ? instance->shift : 0);
    struct st_ir_expr *opened = st_ir_column_named(a, 0, "opened_on", ST_IR_DATE);
    struct st_ir_expr *closed = st_ir_column_named(a, 0, "closed_on", ST_IR_DATE);
    struct st_ir_expr *was_opened = st_ir_fn(
        a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, opened), st_ir_fn(a, ST_FN_LE, opened, as_of));
    if (!open)
        return was_opened;
    return st_ir_fn(a, ST_FN_AND, was_opened,
        st_ir_fn(
            a, ST_FN_OR, st_ir_fn(a, ST_FN_IS_NULL, closed), st_ir_fn(a, ST_FN_GT, closed, as_of)));
}

static void row_names(struct st_arena *a, const struct st_family *family, struct st_scope *scope)
{
    const char **names = st_arena_array(a, const char *, family->column_count);
    for (size_t i = 0; i < family->column_count; i++)
        names[i] = family->columns[i].name;
    scope->names = names;
    scope->name_count = family->column_count;
}

/* A name that rows of the family do not have. */
static st_code fail_column(const struct st_metrics *m, const struct st_family *family,
    const struct st_expr *expr, struct st_error *err)
{
    struct st_scope scope;
    row_names(arena_of(m), family, &scope);
    st_code code = st_fail_expr(err, expr, ST_E_POLICY, "%s rows have no column %s",
        "%s 数据没有字段 %s", family->name, expr->text);
    struct st_str all = ST_STR_INIT;
    for (size_t i = 0; i < scope.name_count; i++)
        st_str_addf(&all, "%s%s", i ? ", " : "", scope.names[i]);
    st_error_value(err, "%s", expr->text);
    st_error_allowed(err, "%s", "%s", all.text);
    st_str_release(&all);
    const char *near = st_str_nearest(expr->text, scope.names, scope.name_count);
    if (st_policy_metric(m->env.policy, expr->text))
        st_error_hint(err, "%s is a metric, one value per customer: combine metrics in is:",
            "%s 是指标，每位客户一个值：请在 is: 中组合指标", expr->text);
    else if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

static st_code row_name(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    struct st_metrics *m = place->metrics;
    struct st_arena *a = arena_of(m);
    const struct st_row_column *column = st_family_column(place->family, expr->text);
    struct st_text title;
    *found = true;
    if (place->family == &st_family_members &&
        type_customer_column(m, place->family, expr->text, out, &title)) {
        out->ir = st_ir_column_named(a, 0, expr->text, st_kind_ir_type(out->kind));
        return ST_OK;
    }
    if (!column)
        return fail_column(m, place->family, expr, err);
    *out = (struct st_typed){.kind = column->kind,
        .scale = column->scale,
        .nullable = column->nullable,
        .words = column->words};
    bool amount = strcmp(column->name, "amount") == 0;
    if (amount)
        out->scale = st_rows_amount_scale(&m->env);
    m->txn_needs_holding |= column->from_holding;
    m->txn_needs_amount |= amount && place->family->source == ST_SOURCE_TXN;
    if (strcmp(column->name, "open") == 0) {
        out->ir = account_condition(m, place->instance, true);
        return ST_OK;
    }
    enum st_ir_type type = amount && m->env.foreign ? ST_IR_WIDE : st_kind_ir_type(column->kind);
    out->ir = st_ir_column_named(a, 0, column->name, type);
    if (amount && place->family->source == ST_SOURCE_BALANCE &&
        place->instance->def->overdraft == ST_OVERDRAFT_ZERO)
        out->ir = st_ir_fn(
            a, ST_FN_GREATEST, out->ir, m->env.foreign ? st_ir_wide(a, 0) : st_ir_int(a, 0));
    return ST_OK;
}

/* weight(class): the metric's weights, 0 for what they do not name. */
static st_code row_call(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    struct st_arena *a = arena_of(place->metrics);
    *found = strcmp(expr->text, "weight") == 0;
    if (!*found)
        return ST_OK;
    const struct st_metric_def *def = place->instance->def;
    struct st_typed key;
    if (expr->arg_count != 1 || def->weight_count == 0) {
        st_code code = st_fail_expr(err, expr, ST_E_POLICY,
            "weight() needs one column and weights:", "weight() 需要一个字段以及 weights:");
        st_error_hint(err, "weight(class) with weights: {deposit: 1, wealth: 0.8}",
            "weight(class)，并写 weights: {deposit: 1, wealth: 0.8}");
        return code;
    }
    st_code code = st_lower_kind(lo, expr->args[0], ST_KIND_TEXT, &key, err);
    for (size_t i = 0; i < def->weight_count && code == ST_OK; i++) {
        const struct st_entry *entry = &def->weights_node->entries[i];
        struct st_expr text = {.kind = ST_EXPR_TEXT,
            .text = entry->key,
            .source = def->weights_node->source,
            .line = entry->line,
            .column = entry->column};
        code = st_lower_check_word(&key, expr->args[0], &text, err);
    }
    if (code != ST_OK)
        return code;
    struct st_ir_expr **args = st_arena_array(a, struct st_ir_expr *, 2 * def->weight_count + 1);
    for (size_t i = 0; i < def->weight_count; i++) {
        args[2 * i] = st_ir_fn(a, ST_FN_EQ, key.ir, st_ir_text(a, def->weights[i].key));
        args[2 * i + 1] = st_ir_int(a, def->weights[i].weight);
    }
    args[2 * def->weight_count] = st_ir_int(a, 0);
    *out = (struct st_typed){.kind = ST_KIND_NUMBER,
        .scale = ST_SCALE_RATE,
        .ir = st_ir_case(a, 2 * def->weight_count + 1, args)};
    return ST_OK;
}

/* Where rows are not those of a metric. */
static st_code no_call(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    (void)lo;
    (void)expr;
    (void)out;
    (void)err;
    *found = false;
    return ST_OK;
}

static struct st_ir_expr *overlap_days(struct st_metrics *m, const struct instance *instance)
{
    struct st_arena *a = arena_of(m);
    const struct st_window *w = &instance->def->window;
    return st_ir_fn(a, ST_FN_DAYS_BETWEEN,
        st_ir_fn(a, ST_FN_GREATEST, st_ir_column_named(a, 0, "start_on", ST_IR_DATE),
            st_plan_window(a, m->env.params, ST_PLAN_WINDOW_FROM, w, instance->shift, false)),
        st_ir_fn(a, ST_FN_LEAST, st_ir_column_named(a, 0, "end_on", ST_IR_DATE),
            st_plan_window(a, m->env.params, ST_PLAN_WINDOW_NEXT, w, instance->shift, false)));
}

/* Months and days are counted as bits of a mask where a window holds no more than it has: a set
 * per customer costs more than all other aggregates together. No two months of such a window have
 * one bit, whatever month it starts with. NULL: something else is counted. */
static struct st_ir_expr *mask_bit(struct st_metrics *m, const struct st_metric_def *def,
    const struct st_expr *counted, enum aggregate_bits *bits)
{
    enum { BITS = 63 };
    struct st_arena *a = arena_of(m);
    bool months = counted->kind == ST_EXPR_CALL && strcmp(counted->text, "year_month") == 0;
    const struct st_expr *day = months ? counted->args[0] : counted;
    int64_t most = months ? st_window_months_most(&def->window) : st_window_days_most(&def->window);
    if (def->from != ST_SOURCE_TXN || day->kind != ST_EXPR_NAME ||
        strcmp(day->text, "on_date") != 0 || most == 0 || most > BITS)
        return NULL;
    struct st_ir_expr *on = st_ir_column_named(a, 0, "on_date", ST_IR_DATE);
    *bits = months ? BITS_OF_MONTHS : BITS_OF_DAYS;
    if (!months) {
        st_date first = st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1});
        return st_ir_fn(a, ST_FN_BIT, st_ir_fn(a, ST_FN_DAYS_BETWEEN, st_ir_date(a, first), on));
    }
    return st_ir_fn(a, ST_FN_BIT,
        st_ir_fn(a, ST_FN_ADD,
            st_ir_fn(a, ST_FN_MUL, st_ir_fn(a, ST_FN_YEAR, on), st_ir_int(a, 12)),
            st_ir_fn(a, ST_FN_MONTH, on)));
}

static struct st_ir_expr *aggregate_ir(struct st_metrics *m, const struct instance *instance,
    enum st_aggregate_fn fn, const struct st_expr *expr, struct st_ir_expr *argument,
    struct st_ir_expr *filter, enum aggregate_bits *bits)
{
    struct st_arena *a = arena_of(m);
    static const enum st_ir_agg aggs[] = {[ST_AGGREGATE_DAILY_AVERAGE] = ST_AGG_SUM,
        [ST_AGGREGATE_CLOSING] = ST_AGG_SUM,
        [ST_AGGREGATE_SUM] = ST_AGG_SUM,
        [ST_AGGREGATE_AVERAGE] = ST_AGG_SUM,
        [ST_AGGREGATE_COUNT] = ST_AGG_COUNT,
        [ST_AGGREGATE_COUNT_DISTINCT] = ST_AGG_COUNT_DISTINCT,
        [ST_AGGREGATE_MIN] = ST_AGG_MIN,
        [ST_AGGREGATE_MAX] = ST_AGG_MAX};
    if (fn == ST_AGGREGATE_DAILY_AVERAGE)
        argument = st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, argument, ST_IR_WIDE),
            st_ir_cast(a, overlap_days(m, instance), ST_IR_WIDE));
    struct st_ir_expr *bit =
        fn == ST_AGGREGATE_COUNT_DISTINCT ? mask_bit(m, instance->def, expr->args[0], bits) : NULL;
    if (bit)
        return st_ir_aggregate(a, ST_AGG_BIT_OR, bit, filter);
    return st_ir_aggregate(a, aggs[fn], argument, filter);
}

/* sum ÷ count at `target` decimals, rounded once. Sums that are not negative and far from the end
 * of 64 bits, nearly all, are divided as such: a wide division takes DuckDB a microsecond. */
static struct st_ir_expr *exact_quotient(
    struct st_arena *a, struct st_ir_expr *sum, int scale, struct st_ir_expr *count, int target)
{
    static const int64_t small = INT64_C(1) << 60;
    int64_t factor = st_pow10(scale > target ? scale - target : target - scale);
    struct st_ir_expr *divisor = st_ir_cast(a, count, ST_IR_WIDE);
    if (scale > target)
        divisor = st_ir_fn(a, ST_FN_MUL, divisor, st_ir_wide(a, factor));
    if (scale < target)
        sum = st_ir_fn(a, ST_FN_MUL, sum, st_ir_wide(a, factor));
    struct st_ir_expr *wide = st_ir_fn(a, ST_FN_DIV_HALF_UP, sum, divisor);
    if (scale != target)
        return wide;
    struct st_ir_expr *twice =
        st_ir_fn(a, ST_FN_MUL, st_ir_cast(a, sum, ST_IR_BIGINT), st_ir_int(a, 2));
    struct st_ir_expr *narrow = st_ir_fn(a, ST_FN_DIV_TRUNC, st_ir_fn(a, ST_FN_ADD, twice, count),
        st_ir_fn(a, ST_FN_MUL, count, st_ir_int(a, 2)));
    return st_ir_when(a,
        st_ir_fn(a, ST_FN_AND, st_ir_fn(a, ST_FN_GE, sum, st_ir_wide(a, 0)),
            st_ir_fn(a, ST_FN_LT, sum, st_ir_wide(a, small))),
        narrow, wide);
}

static int stored_scale(const struct st_metrics *m, const struct st_typed *t)
{
    if (t->kind == ST_KIND_MONEY)
        return m->env.policy->currency_exponent;
    return t->kind == ST_KIND_NUMBER && t->scale > 0 ? ST_SCALE_RATE : 0;
}

/* Decimals an average is rounded to: its stored ones where it is the metric itself, more where an
 * expression goes on with it, so that the metric is not rounded to minor units twice. */
static int average_scale(const struct st_metrics *m, const struct instance *instance,
    const struct st_expr *expr, const struct st_typed *argument)
{
    bool whole = expr == instance->def->value;
    return argument->kind == ST_KIND_MONEY && whole ? stored_scale(m, argument) : ST_SCALE_RATE;
}

/* The value of an aggregate once its column is there. */
static void aggregate_value(struct st_metrics *m, const struct instance *instance,
    enum st_aggregate_fn fn, int target, const struct st_typed *argument, struct st_ir_expr *filter,
    const char *column, struct st_ir_expr *aggregate, struct st_typed *out)
{
    struct st_arena *a = arena_of(m);
    struct st_ir_expr *ref = st_ir_column_named(a, 0, column, aggregate->type);
    *out = (struct st_typed){.kind = argument->kind,
        .scale = argument->scale,
        .ir = ref,
        .nullable = st_aggregates[fn].null_when_empty};
    if (fn == ST_AGGREGATE_COUNT || fn == ST_AGGREGATE_COUNT_DISTINCT) {
        out->kind = ST_KIND_NUMBER;
        out->scale = 0;
    }
    if (!out->nullable)
        out->ir = st_ir_fn(
            a, ST_FN_COALESCE, ref, ref->type == ST_IR_WIDE ? st_ir_wide(a, 0) : st_ir_int(a, 0));
    if (aggregate->agg == ST_AGG_BIT_OR)
        out->ir = st_ir_fn(a, ST_FN_BIT_COUNT, out->ir);
    if (fn == ST_AGGREGATE_DAILY_AVERAGE) {
        struct st_ir_expr *days = instance->def->days
                                      ? st_ir_int(a, instance->def->days)
                                      : st_plan_window(a, m->env.params, ST_PLAN_WINDOW_DAYS,
                                            &instance->def->window, instance->shift, false);
        out->ir = exact_quotient(a, out->ir, argument->scale, days, target);
        out->scale = target;
    }
    if (fn == ST_AGGREGATE_AVERAGE) {
        const char *count =
            add_windowed(m, instance, st_ir_aggregate(a, ST_AGG_COUNT, argument->ir, filter))->name;
        out->ir = exact_quotient(
            a, out->ir, argument->scale, st_ir_column_named(a, 0, count, ST_IR_BIGINT), target);
        out->scale = target;
    }
}

static st_code check_aggregate_kind(const struct st_expr *expr, enum st_aggregate_fn fn,
    const struct st_typed *argument, struct st_error *err)
{
    bool numeric = argument->kind == ST_KIND_NUMBER || argument->kind == ST_KIND_MONEY;
    bool ordered = numeric || argument->kind == ST_KIND_DATE;
    bool fine = fn == ST_AGGREGATE_COUNT || fn == ST_AGGREGATE_COUNT_DISTINCT ||
                (fn == ST_AGGREGATE_MIN || fn == ST_AGGREGATE_MAX ? ordered : numeric);
    if (fine)
        return ST_OK;
    const char *name = st_aggregates[fn].name;
    st_code code = st_expr_place(err, expr,
        st_fail(err, ST_E_POLICY, "%s() cannot take %s%.0s", "%s() 不能用于%.0s%s", name,
            st_kind_name(argument->kind, ST_LANG_EN), st_kind_name(argument->kind, ST_LANG_ZH)));
    if (fn == ST_AGGREGATE_MIN || fn == ST_AGGREGATE_MAX)
        st_error_allowed(err, "a number, money or a date", "数字、金额或日期");
    else
        st_error_allowed(err, "a number or money", "数字或金额");
    return code;
}

static st_code fail_aggregate_arguments(
    enum st_aggregate_fn fn, const struct st_expr *expr, struct st_error *err)
{
    const char *name = st_aggregates[fn].name;
    if (st_aggregates[fn].takes_argument)
        return st_fail_expr(err, expr, ST_E_POLICY, "%s() of what?", "%s() 缺少参数", name);
    st_code code = st_fail_expr(err, expr, ST_E_POLICY, "%s() takes nothing: it counts rows",
        "%s() 不带参数：它统计行数", name);
    st_error_hint(err, "count_distinct(x) counts different values; where: chooses rows",
        "count_distinct(x) 统计不同取值；筛选数据行请用 where:");
    return code;
}

static st_code lower_aggregate(struct place *place, enum st_aggregate_fn fn,
    const struct st_expr *expr, struct st_typed *out, struct st_error *err)
{
    struct st_metrics *m = place->metrics;
    const struct instance *instance = place->instance;
    const struct st_metric_def *def = instance->def;
    struct place inside = {m, place->instance, family_of(m, def->from), 0};
    struct st_scope scope = {.context = &inside, .name = row_name, .call = row_call};
    row_names(arena_of(m), inside.family, &scope);
    struct st_lower lo = lower_for(m, &scope, instance->shift);
    struct st_typed argument = {.kind = ST_KIND_NUMBER}, where = {.ir = NULL};
    st_code code = ST_OK;
    if (expr->arg_count != (st_aggregates[fn].takes_argument ? 1u : 0u))
        return fail_aggregate_arguments(fn, expr, err);
    if (expr->arg_count)
        code = st_lower(&lo, expr->args[0], &argument, err);
    if (code == ST_OK && expr->arg_count)
        code = check_aggregate_kind(expr, fn, &argument, err);
    if (code == ST_OK && def->where)
        code = st_lower_kind(&lo, def->where, ST_KIND_BOOL, &where, err);
    if (code != ST_OK)
        return code;
    struct st_ir_expr *filter =
        def->from == ST_SOURCE_ACCOUNT ? account_condition(m, instance, false)
        : def->from == ST_SOURCE_CUSTOMER
            ? NULL
            : window_condition(m, &def->window, instance->shift, def->from == ST_SOURCE_TXN, fn);
    filter = st_ir_and(arena_of(m), filter, where.ir);
    enum aggregate_bits bits = NO_BITS;
    struct st_ir_expr *aggregate = aggregate_ir(m, instance, fn, expr, argument.ir, filter, &bits);
    struct aggregate_column *added = add_windowed(m, instance, aggregate);
    const char *column = added->name;
    added->bits = bits;
    added->where = where.ir;
    if (fn == ST_AGGREGATE_DAILY_AVERAGE)
        added->daily = argument.ir;
    int target = average_scale(m, instance, expr, &argument);
    aggregate_value(m, instance, fn, target, &argument, filter, column, aggregate, out);
    return ST_OK;
}

/* --- what a metric's value: and is: see --- */

static st_code value_name(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    struct st_metrics *m = place->metrics;
    const struct st_metric_def *def = place->instance->def;
    struct st_text title;
    *found = false;
    if (def->from == ST_SOURCE_CUSTOMER && !rates_households(m)) {
        *found = find_customer_column(m, expr->text, out, &title);
        return ST_OK;
    }
    if (def->from != ST_SOURCE_NONE) {
        const struct st_family *family = family_of(m, def->from);
        bool attribute = family == &st_family_members &&
                         type_customer_column(m, family, expr->text, out, &title);
        if (!attribute && !st_family_column(family, expr->text)) {
            *found = true;
            return fail_column(m, family, expr, err);
        }
        st_code code = st_fail_expr(err, expr, ST_E_POLICY, "%s stands outside an aggregate",
            "%s 必须写在聚合函数之内", expr->text);
        st_error_hint(err, "many rows, one value: write sum(%s), max(%s), …",
            "多行须汇成一个值：写 sum(%s)、max(%s) 等", expr->text, expr->text);
        return code;
    }
    const struct st_metric_def *used = st_policy_metric(m->env.policy, expr->text);
    if (used) {
        *found = true;
        return use_metric(place, used, place->instance->shift, expr, out, err);
    }
    *found = find_customer_column(m, expr->text, out, &title);
    return *found ? ST_OK : check_members_own(m, expr, err);
}

enum { LAG_MONTHS_MAX = 120 };

/* lag(metric, 3 months) */
static st_code lower_lag(
    struct place *place, const struct st_expr *expr, struct st_typed *out, struct st_error *err)
{
    struct st_metrics *m = place->metrics;
    const struct st_metric_def *used = NULL;
    const struct st_expr *back = expr->arg_count == 2 ? expr->args[1] : NULL;
    int64_t unit = !back || back->unit < ST_MONTHS ? 0
                   : back->unit == ST_YEARS        ? 12
                   : back->unit == ST_QUARTERS     ? 3
                                                   : 1;
    bool good = unit > 0 && back->kind == ST_EXPR_DURATION && back->integer > 0 &&
                back->integer <= LAG_MONTHS_MAX / unit && expr->args[0]->kind == ST_EXPR_NAME;
    if (good)
        used = st_policy_metric(m->env.policy, expr->args[0]->text);
    if (!used) {
        st_code code = st_fail_expr(err, good ? expr->args[0] : expr, ST_E_POLICY,
            "lag() needs a metric and how far back", "lag() 需要一个指标和回溯时长");
        st_error_allowed(err,
            "lag(metric, 3 months), in months, quarters or years, at most 10 years",
            "lag(指标, 3 months)，单位为月、季或年，最多 10 年");
        return code;
    }
    int months = (int)(back->integer * unit);
    int shift = months + (place->instance ? place->instance->shift : 0);
    return use_metric(place, used, shift, expr->args[0], out, err);
}

/* has('mortgage'): holds an open account of that class or product. */
static st_code lower_has(
    struct place *place, const struct st_expr *expr, struct st_typed *out, struct st_error *err)
{
    struct st_metrics *m = place->metrics;
    struct st_arena *a = arena_of(m);
    if (expr->arg_count != 1 || expr->args[0]->kind != ST_EXPR_TEXT) {
        st_code code =
            st_fail_expr(err, expr, ST_E_POLICY, "has() needs one text", "has() 需要一个文本参数");
        st_error_hint(err, "has('mortgage')", "has('mortgage')");
        return code;
    }
    struct st_ir_expr *what = st_ir_text(a, expr->args[0]->text);
    struct st_ir_expr *filter = st_ir_fn(a, ST_FN_AND, account_condition(m, place->instance, true),
        st_ir_fn(a, ST_FN_OR,
            st_ir_fn(a, ST_FN_EQ, st_ir_column_named(a, 0, "class", ST_IR_TEXT), what),
            st_ir_fn(a, ST_FN_EQ, st_ir_column_named(a, 0, "product", ST_IR_TEXT), what)));
    struct aggregate_column *added =
        add_aggregate(m, ST_SOURCE_ACCOUNT, st_ir_aggregate(a, ST_AGG_COUNT, NULL, filter));
    const char *column = added->name;
    added->shift = place->instance ? place->instance->shift : 0;
    struct st_ir_expr *count = st_ir_column_named(a, 0, column, ST_IR_BIGINT);
    *out = (struct st_typed){.kind = ST_KIND_BOOL,
        .ir = st_ir_fn(
            a, ST_FN_GT, st_ir_fn(a, ST_FN_COALESCE, count, st_ir_int(a, 0)), st_ir_int(a, 0))};
    return ST_OK;
}

static st_code fail_aggregate(const struct st_family *family, const struct st_expr *expr,
    struct st_arena *arena, struct st_error *err)
{
    struct st_str names = ST_STR_INIT;
    for (int i = 0; family && i < ST_AGGREGATE_FN_COUNT; i++)
        if (family->aggregates >> i & 1)
            st_str_addf(&names, "%s%s()", names.len ? ", " : "", st_aggregates[i].name);
    const char *allowed = st_arena_strdup(arena, names.text);
    st_str_release(&names);
    if (*allowed) {
        st_code code = st_fail_expr(err, expr, ST_E_POLICY, "%s() does not aggregate from: %s",
            "%s() 不能用于 from: %s", expr->text, family->name);
        st_error_allowed(err, "%s", "%s", allowed);
        return code;
    }
    st_code code = st_fail_expr(err, expr, ST_E_POLICY, "%s() has no rows to aggregate here",
        "此处没有可供 %s() 聚合的数据行", expr->text);
    st_error_hint(err,
        "aggregate in a metric with from: balance, txn or account; use its name here",
        "请在 from: balance、txn 或 account 的指标中聚合，再在此引用其名称");
    return code;
}

static st_code value_call(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    const struct st_metric_def *def = place->instance->def;
    *found = true;
    if (def->from == ST_SOURCE_NONE) {
        if (strcmp(expr->text, "lag") == 0)
            return lower_lag(place, expr, out, err);
        if (strcmp(expr->text, "has") == 0)
            return lower_has(place, expr, out, err);
    }
    /* min(a, b) and max(a, b) of several values are not the aggregates */
    bool several = expr->arg_count > 1;
    for (int i = 0; i < ST_AGGREGATE_FN_COUNT && !several; i++) {
        if (strcmp(expr->text, st_aggregates[i].name) != 0)
            continue;
        const struct st_family *family =
            def->from == ST_SOURCE_NONE ? NULL : family_of(place->metrics, def->from);
        if (family && family->aggregates >> i & 1)
            return lower_aggregate(place, (enum st_aggregate_fn)i, expr, out, err);
        return fail_aggregate(family, expr, arena_of(place->metrics), err);
    }
    *found = false;
    return ST_OK;
}

static bool calls(const struct st_expr *expr, const char *name)
{
    bool found = expr->kind == ST_EXPR_CALL && strcmp(expr->text, name) == 0;
    for (size_t i = 0; i < expr->arg_count && !found; i++)
        found = calls(expr->args[i], name);
    return found;
}

/* Keys that mean nothing for the family, or are missing for the aggregate. */
static st_code check_metric_def(
    const struct st_metrics *m, const struct st_metric_def *def, struct st_error *err)
{
    bool daily = def->value && calls(def->value, "daily_average");
    bool timed = def->from == ST_SOURCE_BALANCE || def->from == ST_SOURCE_TXN;
    st_code code = ST_OK;
    if (def->from != ST_SOURCE_NONE && !timed && def->window.kind != ST_WINDOW_ALL) {
        code = st_fail_at(err, st_node_get(def->node, "window"), ST_E_POLICY,
            "window: has no meaning here: %s rows have no span of time",
            "此处 window: 没有意义：%s 数据没有时间跨度", st_family_of(def->from)->name);
        st_error_hint(err, "put a condition on dates into where:", "请在 where: 中写日期条件");
    } else if (daily && def->window.kind == ST_WINDOW_ALL) {
        code = st_fail_at(err, def->node, ST_E_POLICY,
            "daily_average() needs a window:", "daily_average() 需要 window:");
        st_error_hint(err, "window: 1 month is 月日均, window: 12 months is 年日均",
            "window: 1 month 即月日均，window: 12 months 即年日均");
    } else if (def->from != ST_SOURCE_BALANCE && st_node_get(def->node, "overdraft")) {
        code = st_fail_at(err, st_node_get(def->node, "overdraft"), ST_E_POLICY,
            "overdraft: belongs to from: balance", "overdraft: 只用于 from: balance");
    } else if (def->weights_node && def->value && !calls(def->value, "weight")) {
        code = st_fail_at(err, def->weights_node, ST_E_POLICY,
            "weights: are given, but value: does not use weight()",
            "写了 weights:，但 value: 没有使用 weight()");
        st_error_hint(err, "for example daily_average(amount * weight(class))",
            "例如 daily_average(amount * weight(class))");
    } else if (def->days && !daily) {
        code = st_fail_at(err, st_node_get(def->node, "days"), ST_E_POLICY,
            "days: belongs to daily_average()", "days: 只用于 daily_average()");
    } else if (def->from == ST_SOURCE_CUSTOMER && def->where && !rates_households(m)) {
        code = st_fail_at(err, st_node_get(def->node, "where"), ST_E_POLICY,
            "where: has no meaning for from: customer", "from: customer 时 where: 没有意义");
        st_error_hint(err,
            "use case when … then … end in value:", "请在 value: 中使用 case when … then … end");
    }
    return code;
}

static st_code compile_instance(
    struct st_metrics *m, struct instance *instance, struct st_error *err)
{
    if (instance->state == DONE)
        return ST_OK;
    const struct st_metric_def *def = instance->def;
    instance->state = OPEN;
    struct place place = {m, instance, NULL, 0};
    struct st_scope scope = {.context = &place,
        .name = value_name,
        .call = value_call,
        .names = m->names,
        .name_count = m->name_count};
    if (def->from != ST_SOURCE_NONE)
        row_names(arena_of(m), family_of(m, def->from), &scope);
    struct st_lower lo = lower_for(m, &scope, instance->shift);
    struct st_typed value;
    st_code code = check_metric_def(m, def, err);
    if (code == ST_OK)
        code = st_lower(&lo, def->is ? def->is : def->value, &value, err);
    if (code == ST_OK && value.kind == ST_KIND_NULL)
        code = st_fail_expr(err, def->is ? def->is : def->value, ST_E_POLICY,
            "metric %s is always null", "指标 %s 恒为空", def->name);
    if (code != ST_OK) {
        st_error_path(err, "metrics.%s", def->name);
        return code;
    }
    int scale = stored_scale(m, &value);
    instance->value = value;
    instance->value.ir = st_lower_store(&lo, &value, scale);
    instance->value.scale = scale;
    instance->value.literal = false;
    instance->stage = place.stage + 1;
    instance->state = DONE;
    return ST_OK;
}

/* --- the table's columns --- */

static void add_column(
    struct st_metrics *m, const struct st_metric_column *column, struct st_ir_expr *value)
{
    struct st_arena *a = arena_of(m);
    if (m->column_count == m->column_cap) {
        size_t cap = m->column_cap ? m->column_cap * 2 : 32;
        struct st_metric_column *columns = st_arena_array(a, struct st_metric_column, cap);
        struct st_ir_expr **values = st_arena_array(a, struct st_ir_expr *, cap);
        for (size_t i = 0; i < m->column_count; i++) {
            columns[i] = m->columns[i];
            values[i] = m->extra_values[i];
        }
        m->columns = columns;
        m->extra_values = values;
        m->column_cap = cap;
    }
    m->columns[m->column_count] = *column;
    m->extra_values[m->column_count++] = value;
}

static const struct st_metric_column *find_column(const struct st_metrics *m, const char *name)
{
    for (size_t i = 0; i < m->column_count; i++)
        if (strcmp(m->columns[i].name, name) == 0)
            return &m->columns[i];
    return NULL;
}

static void column_typed(
    struct st_metrics *m, const struct st_metric_column *column, struct st_typed *out)
{
    *out = (struct st_typed){.kind = column->kind,
        .scale = column->scale,
        .nullable = column->nullable,
        .ir = st_ir_column_named(arena_of(m), 0, column->name, st_kind_ir_type(column->kind))};
}

static st_code scheme_name(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    struct st_metrics *m = place->metrics;
    const struct st_metric_column *column = find_column(m, expr->text);
    struct st_text title;
    *found = true;
    if (!column && (*found = find_customer_column(m, expr->text, out, &title))) {
        struct st_metric_column added = {.name = expr->text,
            .title = title,
            .kind = out->kind,
            .scale = out->scale,
            .nullable = out->nullable};
        add_column(m, &added, out->ir);
        column = find_column(m, expr->text);
    }
    if (!*found)
        return check_members_own(m, expr, err);
    column_typed(m, column, out);
    const struct st_row_column *own =
        column->def ? NULL : st_family_column(own_family(m), expr->text);
    out->words = own ? own->words : NULL;
    return ST_OK;
}

static st_code scheme_call(struct st_lower *lo, const struct st_expr *expr, struct st_typed *out,
    bool *found, struct st_error *err)
{
    struct place *place = lo->scope->context;
    struct st_metrics *m = place->metrics;
    *found = strcmp(expr->text, "has") == 0;
    if (strcmp(expr->text, "lag") == 0) {
        st_code code = st_fail_expr(err, expr, ST_E_POLICY,
            "lag() belongs to a metric's is:", "lag() 只能写在指标的 is: 中");
        st_error_hint(err, "define aum_before: {is: lag(aum, 3 months)} and use aum_before here",
            "请定义 aum_before: {is: lag(aum, 3 months)}，再在此使用 aum_before");
        return code;
    }
    if (!*found)
        return ST_OK;
    st_code code = lower_has(place, expr, out, err);
    if (code != ST_OK)
        return code;
    struct st_str name = ST_STR_INIT;
    st_expr_print(&name, expr);
    const struct st_metric_column *column = find_column(m, name.text);
    if (!column) {
        const char *kept = st_arena_strdup(arena_of(m), name.text);
        struct st_metric_column added = {.name = kept, .title = {kept, kept}, .kind = ST_KIND_BOOL};
        add_column(m, &added, out->ir);
        column = find_column(m, kept);
    }
    st_str_release(&name);
    column_typed(m, column, out);
    return ST_OK;
}

static void collect_names(struct st_metrics *m)
{
    const struct st_policy *policy = m->env.policy;
    const struct st_family *customer = own_family(m);
    size_t total = policy->metric_count + policy->attribute_count + customer->column_count;
    m->names = st_arena_array(arena_of(m), const char *, total);
    for (size_t i = 0; i < policy->metric_count; i++)
        m->names[m->name_count++] = policy->metrics[i].name;
    for (size_t i = 0; i < policy->attribute_count && !rates_households(m); i++)
        m->names[m->name_count++] = policy->attributes[i].name;
    for (size_t i = 0; i < customer->column_count; i++)
        m->names[m->name_count++] = customer->columns[i].name;
}

/* Case is folded, as engines do. */
static bool is_customer_column(const char *name)
{
    static const char *const others[] = {"status", "customer_id", "closed_on"};
    const struct st_family *customer = st_family_of(ST_SOURCE_CUSTOMER);
    for (size_t i = 0; i < customer->column_count; i++)
        if (strcasecmp(customer->columns[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < ST_COUNT(others); i++)
        if (strcasecmp(others[i], name) == 0)
            return true;
    return false;
}

static st_code check_attribute_names(const struct st_policy *policy, struct st_error *err)
{
    for (size_t i = 0; i < policy->attribute_count; i++) {
        const struct st_attribute_def *def = &policy->attributes[i];
        if (!def->node) /* asked for beside a policy: compile/columns.h */
            continue;
        const struct st_node *map = def->node->parent;
        const struct st_entry *entry = &map->entries[def->node->index];
        st_code code = ST_OK;
        if (is_customer_column(def->name)) {
            code = st_fail_at_key(err, map, entry, ST_E_POLICY,
                "attribute %s has the name of a customer column", "属性 %s 与客户字段重名",
                def->name);
            st_error_hint(err, "every customer has %s without declaring it",
                "客户本身已有 %s，无须声明", def->name);
        }
        for (size_t k = 0; k < policy->metric_count && code == ST_OK; k++) {
            if (strcasecmp(policy->metrics[k].name, def->name) != 0)
                continue;
            code = st_fail_at_key(err, map, entry, ST_E_POLICY,
                "%s is the name of an attribute and of a metric", "%s 既是属性名又是指标名",
                def->name);
            st_error_hint(err, "give the metric on line %d another name", "请将第 %d 行的指标改名",
                policy->metrics[k].node->line);
        }
        if (code != ST_OK)
            return code;
    }
    return ST_OK;
}

st_code st_metrics_new(const struct st_rows_env *env, struct st_metrics **out, struct st_error *err)
{
    struct st_arena *a = env->arena;
    struct st_metrics *m = st_arena_new(a, struct st_metrics);
    struct place *place = st_arena_new(a, struct place);
    m->env = *env;
    m->last_instance = &m->instances;
    collect_names(m);
    place->metrics = m;
    m->scheme_scope = (struct st_scope){.context = place,
        .name = scheme_name,
        .call = scheme_call,
        .names = m->names,
        .name_count = m->name_count};
    m->scheme_lower = lower_for(m, &m->scheme_scope, 0);
    struct place *accounts = st_arena_new(a, struct place);
    accounts->metrics = m;
    accounts->family = st_family_of(ST_SOURCE_ACCOUNT);
    m->account_scope = (struct st_scope){.context = accounts, .name = row_name, .call = no_call};
    row_names(a, accounts->family, &m->account_scope);
    m->account_lower = lower_for(m, &m->account_scope, 0);
    *out = m;
    return check_attribute_names(env->policy, err);
}

st_code st_metrics_compile(struct st_metrics *m, struct st_error *err)
{
    const struct st_policy *policy = m->env.policy;
    for (size_t i = 0; i < policy->metric_count; i++) {
        struct instance *instance = instance_of(m, &policy->metrics[i], 0);
        st_code code = compile_instance(m, instance, err);
        if (code != ST_OK)
            return code;
        struct st_metric_column column = {.name = instance->def->name,
            .title = instance->def->title,
            .kind = instance->value.kind,
            .scale = instance->value.scale,
            .nullable = instance->value.nullable,
            .def = instance->def};
        add_column(m, &column, NULL);
    }
    return ST_OK;
}

struct st_lower *st_metrics_lower(struct st_metrics *m)
{
    return &m->scheme_lower;
}

struct st_lower *st_metrics_account_lower(struct st_metrics *m)
{
    return &m->account_lower;
}

const struct st_metric_column *st_metrics_columns(const struct st_metrics *m, size_t *count)
{
    *count = m->column_count;
    return m->columns;
}

size_t st_metrics_checks(
    const struct st_rows_env *env, const struct st_metrics *m, struct st_step *checks)
{
    size_t count = 0;
    struct st_ir_expr *from = st_plan_simple(env->arena, env->params, ST_PLAN_BALANCE_FROM);
    if (env->foreign && m->aggregates[ST_SOURCE_BALANCE].count > 0)
        checks[count++] = (struct st_step){.kind = ST_STEP_CHECK,
            .label = "exchange rates",
            .refusal = {"a balance in another currency has days without a usable exchange rate",
                "外币余额存在没有可用汇率的日期"},
            .rel = st_rows_fx_check(env, from)};
    if (env->foreign && m->txn_needs_amount)
        checks[count++] = (struct st_step){.kind = ST_STEP_CHECK,
            .label = "exchange rates of movements",
            .refusal = {"a movement in another currency is on a day without a usable exchange rate",
                "外币交易所在日期没有可用汇率"},
            .rel = st_rows_txn_fx_check(env)};
    return count;
}

void metrics_add_closing(struct st_metrics *m, size_t i, const struct st_window *window, int shift)
{
    struct st_arena *a = arena_of(m);
    const struct aggregate_column item = m->aggregates[ST_SOURCE_BALANCE].items[i];
    struct st_ir_expr *filter =
        st_ir_and(a, window_condition(m, window, shift, false, ST_AGGREGATE_CLOSING), item.where);
    struct aggregate_column *closing =
        add_aggregate(m, ST_SOURCE_BALANCE, st_ir_aggregate(a, ST_AGG_SUM, item.daily, filter));
    closing->window = window;
    closing->shift = shift;
    const char *name = closing->name;
    m->aggregates[ST_SOURCE_BALANCE].items[i].closing = name;
}

/* A sum over days grows by the last day's amounts for every day that enters: where sums are
 * carried, they are kept too. */
void st_metrics_settle(struct st_metrics *m)
{
    size_t count = m->aggregates[ST_SOURCE_BALANCE].count;
    bool carried = metrics_carry(m, ST_SOURCE_BALANCE);
    for (size_t i = 0; carried && i < count; i++) {
        const struct aggregate_column *item = &m->aggregates[ST_SOURCE_BALANCE].items[i];
        if (item->daily)
            metrics_add_closing(m, i, item->window, item->shift);
    }
    metrics_settle_table(m);
}

/* --- the relation --- */

static struct st_rel *family_rows(
    struct st_metrics *m, const struct st_rows_env *env, enum st_metric_source source)
{
    switch (source) {
    case ST_SOURCE_BALANCE: return st_rows_balance(env);
    case ST_SOURCE_TXN: return st_rows_txn(env, m->txn_needs_holding, m->txn_needs_amount);
    case ST_SOURCE_CUSTOMER: return st_rows_customer(env, true);
    default: return st_rows_account(env);
    }
}

struct st_rel *metrics_customers(struct st_metrics *m)
{
    struct st_arena *a = arena_of(m);
    struct st_rel *customers = rates_households(m)
                                   ? st_rows_household(&m->env)
                                   : st_rows_customer(&m->env, m->customer_needs_household);
    struct st_ir_column *columns = st_arena_array(a, struct st_ir_column, customers->column_count);
    for (size_t i = 0; i < customers->column_count; i++) {
        columns[i] = st_rel_pass(a, customers, 0, customers->columns[i].name);
        if (strcmp(columns[i].name, "customer_id") != 0 && strcmp(columns[i].name, "status") != 0)
            columns[i].name = customer_column_name(m, columns[i].name);
    }
    return st_rel_project(a, customers, customers->column_count, columns);
}

static bool asks(const struct st_ir_expr *filter, const struct st_ir_expr *condition)
{
    bool found = st_ir_equal(filter, condition);
    bool both = filter && filter->kind == ST_IR_CALL && filter->fn == ST_FN_AND;
    for (size_t i = 0; both && i < filter->arg_count && !found; i++)
        found = asks(filter->args[i], condition);
    return found;
}

/* The parts of `filter` that every aggregate of the family asks (`shared`), or the others. */
static struct st_ir_expr *parts_of(
    struct st_metrics *m, enum st_metric_source source, struct st_ir_expr *filter, bool shared)
{
    struct st_ir_expr *parts = NULL;
    if (filter && filter->kind == ST_IR_CALL && filter->fn == ST_FN_AND) {
        for (size_t i = 0; i < filter->arg_count; i++)
            parts = st_ir_and(arena_of(m), parts, parts_of(m, source, filter->args[i], shared));
        return parts;
    }
    bool all = true;
    if (!filter)
        return NULL;
    for (size_t i = 0; i < m->aggregates[source].count && all; i++)
        all = asks(m->aggregates[source].items[i].expr->args[1], filter);
    return all == shared ? filter : NULL;
}

/* What all aggregates of a family ask of a row is asked once, where rows are read: a customer
 * without such a row is then missing, and the join gives the same as an aggregate of no rows. */
struct st_rel *metrics_grouped(
    struct st_metrics *m, const struct st_rows_env *env, enum st_metric_source source)
{
    static const char *const keys[] = {"customer_id"};
    struct st_arena *a = arena_of(m);
    size_t count = m->aggregates[source].count;
    const struct aggregate_column *items = m->aggregates[source].items;
    struct st_ir_column *aggregates = st_arena_array(a, struct st_ir_column, count);
    for (size_t i = 0; i < count; i++)
        aggregates[i] = (struct st_ir_column){.name = items[i].name,
            .expr = st_ir_aggregate(a, items[i].expr->agg, items[i].expr->args[0],
                parts_of(m, source, items[i].expr->args[1], false))};
    struct st_rel *rows = family_rows(m, env, source);
    if (source == ST_SOURCE_ACCOUNT && env->only)
        rows = st_rel_widen(a, ST_JOIN_INNER, rows, env->only, 1, keys);
    struct st_ir_expr *shared = parts_of(m, source, items[0].expr->args[1], true);
    if (shared)
        rows = st_rel_filter(a, rows, shared);
    return st_rel_aggregate(a, rows, 1, keys, count, aggregates);
}

struct st_rel *st_metrics_relation(struct st_metrics *m)
{
    static const char *const keys[] = {"customer_id"};
    if (rates_households(m))
        m->env.members = st_rows_members(&m->env);
    struct st_rel *rel = metrics_customers(m);
    for (int source = ST_SOURCE_BALANCE; source <= ST_SOURCE_CUSTOMER; source++)
        if (m->aggregates[source].count)
            rel = st_rel_widen(arena_of(m), ST_JOIN_LEFT, rel,
                metrics_grouped(m, &m->env, (enum st_metric_source)source), 1, keys);
    return metrics_over(m, rel, NULL);
}
