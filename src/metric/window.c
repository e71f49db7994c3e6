#include "metric/window.h"

#include "base/vec.h"

static int unit_months(enum st_duration_unit unit)
{
    return unit == ST_YEARS ? 12 : unit == ST_QUARTERS ? 3 : 1;
}

/* First day of the month, quarter or (fiscal) year that `date` falls in. */
static st_date period_start(st_date date, enum st_duration_unit unit, int fiscal_month)
{
    struct st_civil c = st_date_to_civil(date);
    int months = unit_months(unit);
    int past = (c.month - fiscal_month + 12) % 12 % months;
    return st_date_add_months(st_date_month_start(date), unit == ST_MONTHS ? 0 : -past);
}

st_date st_shift_back(st_date as_of, int months)
{
    st_date shifted = st_date_add_months(as_of, -months);
    return months && as_of == st_date_month_end(as_of) ? st_date_month_end(shifted) : shifted;
}

struct st_span st_window_resolve(const struct st_window *w, st_date as_of, int fiscal_month)
{
    struct st_span span = {
        st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1}), as_of + 1};
    st_date start;
    switch (w->kind) {
    case ST_WINDOW_ALL: break;
    case ST_WINDOW_TRAILING:
        span.from = as_of + 1 - w->count * (w->unit == ST_WEEKS ? 7 : 1);
        break;
    case ST_WINDOW_CALENDAR:
        start = period_start(as_of, w->unit, fiscal_month);
        /* a year of 12 months and `12 months` differ: the second is counted in months */
        span.from = st_date_add_months(start, -(w->count - 1) * unit_months(w->unit));
        break;
    case ST_WINDOW_PREVIOUS:
        start = period_start(as_of, w->unit, fiscal_month);
        span.from = st_date_add_months(start, -w->count * unit_months(w->unit));
        span.next = start;
        break;
    case ST_WINDOW_TO_DATE: span.from = period_start(as_of, w->unit, fiscal_month); break;
    }
    return span;
}

int64_t st_window_months_most(const struct st_window *w)
{
    switch (w->kind) {
    case ST_WINDOW_ALL: break;
    case ST_WINDOW_TRAILING: return st_window_days_most(w) / 28 + 2;
    case ST_WINDOW_CALENDAR:
    case ST_WINDOW_PREVIOUS: return (int64_t)w->count * unit_months(w->unit);
    case ST_WINDOW_TO_DATE: return unit_months(w->unit);
    }
    return 0;
}

int64_t st_window_days_most(const struct st_window *w)
{
    if (w->kind == ST_WINDOW_TRAILING)
        return (int64_t)w->count * (w->unit == ST_WEEKS ? 7 : 1);
    return st_window_months_most(w) * 31;
}

static struct st_plan_param *find(const struct st_plan_params *params, const char *name)
{
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->items[i]->name, name) == 0)
            return params->items[i];
    return NULL;
}

static struct st_ir_expr *use(
    struct st_arena *a, struct st_plan_params *params, const struct st_plan_param *wanted)
{
    struct st_plan_param *param = find(params, wanted->name);
    if (!param) {
        param = st_arena_new(a, struct st_plan_param);
        *param = *wanted;
        param->name = st_arena_strdup(a, wanted->name);
        if (params->count == params->cap) {
            size_t cap = params->cap ? params->cap * 2 : 16;
            struct st_plan_param **items = st_arena_array(a, struct st_plan_param *, cap);
            for (size_t i = 0; i < params->count; i++)
                items[i] = params->items[i];
            params->items = items;
            params->cap = cap;
        }
        params->items[params->count++] = param;
    }
    return st_ir_param(a, param->name, param->type);
}

struct st_ir_expr *st_plan_as_of(struct st_arena *a, struct st_plan_params *params, int shift)
{
    struct st_plan_param p = {.kind = ST_PLAN_AS_OF, .type = ST_IR_DATE, .shift_months = shift};
    p.name = shift ? st_arena_printf(a, "as_of_minus_%d_months", shift) : "as_of";
    return use(a, params, &p);
}

struct st_ir_expr *st_plan_simple(
    struct st_arena *a, struct st_plan_params *params, enum st_plan_param_kind kind)
{
    static const struct st_plan_param known[] = {
        [ST_PLAN_WATERMARK] = {.name = "watermark", .type = ST_IR_BIGINT},
        [ST_PLAN_RUN_ID] = {.name = "run_id", .type = ST_IR_BIGINT},
        [ST_PLAN_HISTORY_FROM] = {.name = "history_from", .type = ST_IR_DATE},
        [ST_PLAN_BALANCE_FROM] = {.name = "balance_from", .type = ST_IR_DATE},
    };
    struct st_plan_param p = known[kind];
    p.kind = kind;
    return use(a, params, &p);
}

struct st_ir_expr *st_plan_window(struct st_arena *a, struct st_plan_params *params,
    enum st_plan_param_kind kind, const struct st_window *window, int shift, bool reads_txn)
{
    struct st_str name = ST_STR_INIT;
    st_window_print(&name, window);
    for (char *p = name.text; *p; p++)
        if (*p == ' ')
            *p = '_';
    if (shift)
        st_str_addf(&name, "_minus_%d_months", shift);
    st_str_add(&name, reads_txn ? ":txn" : "");
    st_str_add(&name, kind == ST_PLAN_WINDOW_FROM   ? ":from"
                      : kind == ST_PLAN_WINDOW_NEXT ? ":next"
                                                    : ":days");
    struct st_plan_param p = {.name = name.text,
        .kind = kind,
        .window = *window,
        .shift_months = shift,
        .reads_txn = reads_txn,
        .type = kind == ST_PLAN_WINDOW_DAYS ? ST_IR_BIGINT : ST_IR_DATE};
    struct st_ir_expr *e = use(a, params, &p);
    st_str_release(&name);
    return e;
}

struct st_ir_expr *st_plan_bound(
    struct st_arena *a, struct st_plan_params *params, const char *name, enum st_ir_type type)
{
    return use(
        a, params, &(struct st_plan_param){.name = name, .kind = ST_PLAN_BOUND, .type = type});
}

/* First day that any window over movements, or over balances, looks at. A closing balance looks
 * at its window's last day alone. */
static st_date earliest_window(
    const struct st_plan_params *params, bool txn, st_date as_of, int fiscal_month, st_date none)
{
    for (size_t i = 0; i < params->count; i++) {
        const struct st_plan_param *p = params->items[i];
        bool from = p->kind == ST_PLAN_WINDOW_FROM, next = p->kind == ST_PLAN_WINDOW_NEXT;
        if ((!from && !next) || p->reads_txn != txn)
            continue;
        struct st_span span =
            st_window_resolve(&p->window, st_shift_back(as_of, p->shift_months), fiscal_month);
        st_date first = from ? span.from : span.next - 1;
        none = first < none ? first : none;
    }
    return none;
}

int64_t st_plan_param_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date as_of, int fiscal_month)
{
    st_date shifted = st_shift_back(as_of, param->shift_months);
    struct st_span span = st_window_resolve(&param->window, shifted, fiscal_month);
    switch (param->kind) {
    case ST_PLAN_AS_OF: return shifted;
    case ST_PLAN_WINDOW_FROM: return span.from;
    case ST_PLAN_WINDOW_NEXT: return span.next;
    case ST_PLAN_WINDOW_DAYS: return span.next - span.from;
    case ST_PLAN_HISTORY_FROM: return earliest_window(params, true, as_of, fiscal_month, as_of + 1);
    case ST_PLAN_BALANCE_FROM: return earliest_window(params, false, as_of, fiscal_month, as_of);
    default: return 0;
    }
}
