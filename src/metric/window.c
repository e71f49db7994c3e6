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

static st_date shift_on(st_date day, int months)
{
    return st_shift_back(day, -months);
}

static enum st_duration_unit period_unit(const struct st_policy *policy)
{
    return policy->period == ST_PERIOD_QUARTER ? ST_QUARTERS
           : policy->period == ST_PERIOD_YEAR  ? ST_YEARS
                                               : ST_MONTHS;
}

st_date st_period_start(const struct st_policy *policy, st_date day)
{
    return policy->period == ST_PERIOD_DAY
               ? day
               : period_start(day, period_unit(policy), policy->fiscal_month);
}

st_date st_period_end(const struct st_policy *policy, st_date day)
{
    if (policy->period == ST_PERIOD_DAY)
        return day;
    enum st_duration_unit unit = period_unit(policy);
    st_date start = period_start(day, unit, policy->fiscal_month);
    return st_date_add_months(start, unit_months(unit)) - 1;
}

/* Months into the fiscal year at the end of which a schedule rates: every third, sixth, twelfth. */
static bool schedule_month(const struct st_schedule *s, struct st_civil end, int fiscal_month)
{
    static const int every[] = {[ST_ON_QUARTER] = 3, [ST_ON_HALF_YEAR] = 6, [ST_ON_YEAR] = 12};
    int past = (end.month - fiscal_month + 12) % 12 + 1;
    return past % every[s->on] == 0;
}

bool st_schedule_rates(const struct st_schedule *s, const struct st_policy *policy, st_date day)
{
    st_date end = st_period_end(policy, day);
    struct st_civil c = st_date_to_civil(end);
    if (s->on == ST_ON_PERIOD)
        return true;
    if (s->on != ST_ON_DAYS)
        return end == st_date_month_end(end) && schedule_month(s, c, policy->fiscal_month);
    int today = c.month * 100 + c.day;
    for (size_t i = 0; i < s->day_count; i++)
        if (s->days[i] == today || (s->days[i] == 228 && today == 229))
            return true;
    return false;
}

bool st_schedule_next(const struct st_schedule *schedule, const struct st_policy *policy,
    st_date day, int64_t nth, st_date *out)
{
    enum { DAYS_MOST = 50 * 366 };
    st_date last = day + DAYS_MOST;
    st_date end = st_period_end(policy, day);
    if (end == day)
        end = st_period_end(policy, day + 1);
    for (; end <= last; end = st_period_end(policy, end + 1)) {
        if (!st_schedule_rates(schedule, policy, end) || --nth > 0)
            continue;
        *out = end;
        return true;
    }
    return false;
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
        [ST_PLAN_METRIC_SERIES] = {.name = "metric_series", .type = ST_IR_BIGINT},
        [ST_PLAN_HISTORY_FROM] = {.name = "history_from", .type = ST_IR_DATE},
        [ST_PLAN_BALANCE_FROM] = {.name = "balance_from", .type = ST_IR_DATE},
        [ST_PLAN_PERIOD_START] = {.name = "period_start", .type = ST_IR_DATE},
        [ST_PLAN_SIGNAL_RUN] = {.name = "signal_run", .type = ST_IR_BIGINT},
        [ST_PLAN_BASE_RUN] = {.name = "base_run", .type = ST_IR_BIGINT},
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

enum st_plan_param_kind st_plan_kind(const struct st_plan_params *params, const char *name)
{
    return find(params, name)->kind;
}

bool st_plan_is_of_day(enum st_plan_param_kind kind)
{
    switch (kind) {
    case ST_PLAN_AS_OF:
    case ST_PLAN_WINDOW_FROM:
    case ST_PLAN_WINDOW_NEXT:
    case ST_PLAN_WINDOW_DAYS:
    case ST_PLAN_PERIOD_START:
    case ST_PLAN_MONTH_START: return true;
    default: return false;
    }
}

struct st_ir_expr *st_plan_of_base(
    struct st_arena *a, struct st_plan_params *params, const struct st_ir_expr *param)
{
    struct st_plan_param p = *find(params, param->name);
    p.name = st_arena_printf(a, "base:%s", param->name);
    p.of_base = true;
    return use(a, params, &p);
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

struct st_ir_expr *st_plan_moves(
    struct st_arena *a, struct st_plan_params *params, const struct st_plan_param *wanted)
{
    static const struct {
        const char *name;
        enum st_ir_type type;
    } kinds[] = {
        [ST_PLAN_TIER_SERIES] = {"tier_series", ST_IR_BIGINT},
        [ST_PLAN_PREVIOUS_RUN] = {"previous_run", ST_IR_BIGINT},
        [ST_PLAN_PREVIOUS_SERIES] = {"previous_series", ST_IR_BIGINT},
        [ST_PLAN_CHANGED] = {"changed", ST_IR_BOOL},
        [ST_PLAN_RATING_DAY] = {"rates", ST_IR_BOOL},
        [ST_PLAN_VALID_UNTIL] = {"valid_until", ST_IR_DATE},
        [ST_PLAN_YEAR_END] = {"year_end", ST_IR_DATE},
        [ST_PLAN_SINCE] = {"since", ST_IR_DATE},
        [ST_PLAN_RATING_NEXT] = {"rating_day", ST_IR_DATE},
        [ST_PLAN_MONTH_START] = {"month_start", ST_IR_DATE},
        [ST_PLAN_MOVED_FROM] = {"moved_from", ST_IR_DATE},
        [ST_PLAN_MOVED_NEXT] = {"moved_next", ST_IR_DATE},
        [ST_PLAN_KEPT_BITS] = {"kept", ST_IR_BIGINT},
    };
    static const char *const on_words[] = {[ST_ON_PERIOD] = "every_period",
        [ST_ON_QUARTER] = "quarter",
        [ST_ON_HALF_YEAR] = "half_year",
        [ST_ON_YEAR] = "year",
        [ST_ON_DAYS] = "days"};
    struct st_plan_param p = *wanted;
    struct st_str name = ST_STR_INIT;
    st_str_add(&name, kinds[p.kind].name);
    if (p.scheme)
        st_str_addf(&name, ":%s", p.scheme);
    if (p.schedule)
        st_str_addf(&name, ":%s", on_words[p.schedule->on]);
    for (size_t i = 0; p.schedule && i < p.schedule->day_count; i++)
        st_str_addf(&name, "_%04d", p.schedule->days[i]);
    if (p.months)
        st_str_addf(&name, ":%d_months%s", p.months, p.keeps_month_end ? "_of_month_ends" : "");
    if (p.kind == ST_PLAN_YEAR_END)
        st_str_addf(&name, ":%d", p.years);
    if (p.kind == ST_PLAN_RATING_NEXT)
        st_str_addf(&name, ":%d", p.nth);
    if (p.later)
        st_str_add(&name, ":next");
    if (p.kind == ST_PLAN_MOVED_FROM || p.kind == ST_PLAN_MOVED_NEXT)
        st_str_addf(&name, ":%s_%d", p.reads_txn ? "txn" : "balance", p.slot + 1);
    if (p.kind == ST_PLAN_KEPT_BITS) {
        st_str_addf(&name, "_%s:", p.by_month ? "months" : "days");
        st_window_print(&name, &p.window);
        st_str_addf(&name, "_minus_%d_months", p.shift_months);
    }
    p.name = name.text;
    p.type = kinds[p.kind].type;
    struct st_ir_expr *e = use(a, params, &p);
    st_str_release(&name);
    return e;
}

/* The earliest day from which `months` reach to `effective`: adding months never goes back, so it
 * is within a few days of as many months before. */
static st_date earliest_since(const struct st_plan_param *param, st_date effective)
{
    st_date day = st_date_add_months(effective, -param->months) - 4;
    while ((param->keeps_month_end ? shift_on(day, param->months)
                                   : st_date_add_months(day, param->months)) < effective)
        day++;
    return day;
}

static st_date year_end(int fiscal_month, st_date day, int years)
{
    st_date start = period_start(day, ST_YEARS, fiscal_month);
    return st_date_add_months(start, 12 * (years + 1)) - 1;
}

/* No rating day so far ahead: the calendar's last day. */
static st_date rating_next(
    const struct st_plan_param *param, const struct st_policy *policy, st_date as_of)
{
    st_date day = st_period_end(policy, as_of);
    if (param->nth > 0 && !st_schedule_next(param->schedule, policy, day, param->nth, &day))
        return st_date_from_civil((struct st_civil){ST_DATE_YEAR_MAX, 12, 31});
    return day + param->later;
}

/* --- what moves between two days --- */

static struct st_span span_of(
    const struct st_plan_param *p, st_date as_of, const struct st_policy *policy)
{
    return st_window_resolve(
        &p->window, st_shift_back(as_of, p->shift_months), policy->fiscal_month);
}

static bool moves(const struct st_plan_param *p, bool txn)
{
    if (p->of_base || p->reads_txn != txn)
        return false;
    return p->kind == ST_PLAN_WINDOW_NEXT ||
           (txn && (p->kind == ST_PLAN_WINDOW_FROM || (p->kind == ST_PLAN_KEPT_BITS)));
}

size_t st_plan_moved_slots(const struct st_plan_params *params, bool txn)
{
    size_t count = 0;
    for (size_t i = 0; i < params->count; i++)
        count += moves(params->items[i], txn);
    return count;
}

/* The rest of the month that a window of months as bits now begins within. */
static struct st_span month_at_edge(
    const struct st_plan_param *p, struct st_span was, struct st_span is)
{
    if (!p->by_month || was.from == is.from || is.from == st_date_month_start(is.from))
        return (struct st_span){is.from, is.from};
    return (struct st_span){is.from, st_date_month_end(is.from) + 1};
}

/* Inserts by the first day. */
static size_t insert_span(struct st_span *spans, size_t count, struct st_span added)
{
    size_t at = count;
    if (added.from >= added.next)
        return count;
    for (; at > 0 && spans[at - 1].from > added.from; at--)
        spans[at] = spans[at - 1];
    spans[at] = added;
    return count + 1;
}

size_t st_plan_moved(const struct st_plan_params *params, bool txn, st_date base, st_date as_of,
    const struct st_policy *policy, struct st_span *out)
{
    size_t count = 0, merged = 0;
    for (size_t i = 0; i < params->count; i++) {
        const struct st_plan_param *p = params->items[i];
        if (!moves(p, txn))
            continue;
        struct st_span was = span_of(p, base, policy), is = span_of(p, as_of, policy);
        struct st_span added = p->kind == ST_PLAN_WINDOW_FROM ? (struct st_span){was.from, is.from}
                               : p->kind == ST_PLAN_WINDOW_NEXT
                                   ? (struct st_span){was.next, is.next}
                                   : month_at_edge(p, was, is);
        count = insert_span(out, count, added);
    }
    for (size_t i = 0; i < count; i++) {
        if (merged && out[i].from <= out[merged - 1].next) {
            if (out[i].next > out[merged - 1].next)
                out[merged - 1].next = out[i].next;
        } else {
            out[merged++] = out[i];
        }
    }
    return merged;
}

/* As mask_bit() of compile/metrics.c numbers days and months. */
static int64_t unit_bit(st_date day, bool by_month)
{
    struct st_civil c = st_date_to_civil(day);
    st_date first = st_date_from_civil((struct st_civil){ST_DATE_YEAR_MIN, 1, 1});
    return INT64_C(1) << (by_month ? c.year * 12 + c.month : day - first) % 63;
}

/* Days of the base's window that are still in it, but for a month at its edge. */
static int64_t kept_bits(const struct st_plan_param *p, struct st_span was, struct st_span is)
{
    int64_t bits = 0;
    st_date day = month_at_edge(p, was, is).next;
    while (day < was.next) {
        bits |= unit_bit(day, p->by_month);
        day = p->by_month ? st_date_month_end(day) + 1 : day + 1;
    }
    return bits;
}

int64_t st_plan_moved_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date base, st_date as_of, const struct st_policy *policy)
{
    enum { SPANS_MAX = 512 };
    struct st_span spans[SPANS_MAX];
    if (param->kind == ST_PLAN_KEPT_BITS)
        return kept_bits(param, span_of(param, base, policy), span_of(param, as_of, policy));
    size_t count = st_plan_moved(params, param->reads_txn, base, as_of, policy, spans);
    if ((size_t)param->slot >= count)
        return as_of;
    return param->kind == ST_PLAN_MOVED_FROM ? spans[param->slot].from : spans[param->slot].next;
}

int64_t st_plan_param_value(const struct st_plan_params *params, const struct st_plan_param *param,
    st_date as_of, const struct st_policy *policy)
{
    int fiscal_month = policy->fiscal_month;
    st_date shifted = st_shift_back(as_of, param->shift_months);
    st_date effective = as_of + param->later;
    struct st_span span = st_window_resolve(&param->window, shifted, fiscal_month);
    switch (param->kind) {
    case ST_PLAN_AS_OF: return shifted;
    case ST_PLAN_WINDOW_FROM: return span.from;
    case ST_PLAN_WINDOW_NEXT: return span.next;
    case ST_PLAN_WINDOW_DAYS: return span.next - span.from;
    case ST_PLAN_HISTORY_FROM: return earliest_window(params, true, as_of, fiscal_month, as_of + 1);
    case ST_PLAN_BALANCE_FROM: return earliest_window(params, false, as_of, fiscal_month, as_of);
    case ST_PLAN_PERIOD_START: return st_period_start(policy, as_of);
    case ST_PLAN_RATING_DAY: return st_schedule_rates(param->schedule, policy, as_of);
    case ST_PLAN_VALID_UNTIL: return shift_on(as_of, param->months);
    case ST_PLAN_YEAR_END: return year_end(fiscal_month, effective, param->years);
    case ST_PLAN_SINCE: return earliest_since(param, effective);
    case ST_PLAN_RATING_NEXT: return rating_next(param, policy, as_of);
    case ST_PLAN_MONTH_START: return st_date_add_months(st_date_month_start(as_of), param->months);
    default: return 0;
    }
}
