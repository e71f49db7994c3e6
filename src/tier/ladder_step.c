/* The step of one period as a plan: stages of a Project each, so that no value is computed twice.
 *
 *   outcome ⟕ the state of the run before       candidate, where everybody stands
 *   start      the tier held when the period begins
 *   facts      failing, reaching, rating days, what shields
 *   counts     of rising and falling days, with their best and worst candidates
 *   decision   where a customer rises or falls to
 *   state      what the next period will start from, and why
 *
 * Rejected: window functions over all periods. They would read all history in every run, and a
 * state that is carried makes each period cost the same.
 */
#include "tier/ladder.h"

#include "tier/internal.h"

enum { HISTORY_BITS = ST_MOVES_COUNT_MAX };

void builder_add(struct builder *b, size_t count, const struct st_ir_column *added)
{
    size_t own = b->rel->column_count;
    struct st_ir_column *columns = st_arena_array(b->arena, struct st_ir_column, own + count);
    for (size_t i = 0; i < own; i++)
        columns[i] = st_rel_pass(b->arena, b->rel, 0, b->rel->columns[i].name);
    for (size_t i = 0; i < count; i++)
        columns[own + i] = added[i];
    b->rel = st_rel_project(b->arena, b->rel, own + count, columns);
}

void builder_join(struct builder *b, enum st_join_kind kind, struct st_rel *right, size_t key_count,
    const char *const *keys)
{
    b->rel = st_rel_widen(b->arena, kind, b->rel, right, key_count, keys);
}

void left_join(struct builder *b, struct st_rel *right, const char *key)
{
    builder_join(b, ST_JOIN_LEFT, right, 1, &key);
}

/* --- tiers and levels --- */

struct st_ir_expr *level_of(struct builder *b, struct st_ir_expr *id)
{
    const struct st_scheme *s = b->scheme;
    size_t maps = b->ladder ? b->ladder->moves->map_count : 0, n = 0;
    struct st_ir_expr **args =
        st_arena_array(b->arena, struct st_ir_expr *, 2 * (s->tier_count + maps) + 1);
    for (size_t i = 0; i < s->tier_count; i++) {
        args[n++] = FN(b, EQ, id, INT(b, s->tiers[i].id));
        args[n++] = INT(b, (int64_t)i + 1);
    }
    for (size_t i = 0; i < maps; i++) {
        const struct st_moves_map *m = &b->ladder->moves->maps[i];
        args[n++] = FN(b, EQ, id, INT(b, st_compiled_tier_id(b->compiled, s->def->name, m->from)));
        args[n++] = INT(b, st_method_tier_index(s, m->to, NULL, NULL) + 1);
    }
    args[n++] = NONE(b);
    return st_ir_case(b->arena, n, args);
}

struct st_ir_expr *tier_of(struct builder *b, struct st_ir_expr *level)
{
    const struct st_scheme *s = b->scheme;
    size_t n = 0;
    struct st_ir_expr **args = st_arena_array(b->arena, struct st_ir_expr *, 2 * s->tier_count + 1);
    for (size_t i = 0; i < s->tier_count; i++) {
        args[n++] = FN(b, EQ, level, INT(b, (int64_t)i + 1));
        args[n++] = INT(b, s->tiers[i].id);
    }
    args[n++] = NONE(b);
    return st_ir_case(b->arena, n, args);
}

/* --- rules as expressions --- */

/* Whatever `give` makes of a rule, for those who hold `level`: a CASE over what differs. */
static struct st_ir_expr *by_level(
    struct builder *b, int cohort, struct st_ir_expr *level, give_fn *give)
{
    const struct st_ladder *l = b->ladder;
    struct st_ir_expr *rest = give(b, ladder_rule(l, cohort, 0));
    struct st_ir_expr **args = st_arena_array(b->arena, struct st_ir_expr *, 2 * l->levels + 1);
    size_t n = 0;
    for (size_t i = 1; i <= l->levels && level; i++) {
        struct st_ir_expr *own = give(b, ladder_rule(l, cohort, i));
        if (st_ir_equal(own, rest))
            continue;
        args[n++] = FN(b, EQ, level, INT(b, (int64_t)i));
        args[n++] = own;
    }
    args[n++] = rest;
    return n == 1 ? rest : st_ir_case(b->arena, n, args);
}

struct st_ir_expr *by_rule(struct builder *b, struct st_ir_expr *level, give_fn *give)
{
    size_t cohorts = b->ladder->moves->cohort_count, n = 0;
    struct st_ir_expr *rest = by_level(b, -1, level, give);
    struct st_ir_expr **args = st_arena_array(b->arena, struct st_ir_expr *, 2 * cohorts + 1);
    for (size_t i = 0; i < cohorts; i++) {
        struct st_ir_expr *own = by_level(b, (int)i, level, give);
        if (st_ir_equal(own, rest))
            continue;
        args[n++] = FN(b, EQ, COL(b, "cohort"), INT(b, (int64_t)i));
        args[n++] = own;
    }
    args[n++] = rest;
    return n == 1 ? rest : st_ir_case(b->arena, n, args);
}

#define GIVE(name, expression)                                                                     \
    static struct st_ir_expr *name(struct builder *b, const struct ladder_rule *lr)                \
    {                                                                                              \
        const struct st_moves_rule *r = &lr->rule;                                                 \
        return expression;                                                                         \
    }

GIVE(give_up_after, INT(b, r->up.after))
GIVE(give_down_after, INT(b, r->down.after))
GIVE(give_up_next, st_ir_bool(b->arena, r->up.effective == ST_EFFECTIVE_NEXT))
GIVE(give_down_next, st_ir_bool(b->arena, r->down.effective == ST_EFFECTIVE_NEXT))
GIVE(give_up_lands, INT(b, r->up.lands))
GIVE(give_down_lands, INT(b, r->down.lands))
GIVE(give_counted, st_ir_bool(b->arena, r->new_customers.failing == ST_FAILING_COUNTED))
GIVE(give_when_reached, st_ir_bool(b->arena, r->valid.renews == ST_RENEWS_WHEN_REACHED))
/* Failing days from which a customer is on watch; none has so many. */
GIVE(give_watch, INT(b, r->watch.after ? r->watch.after + r->watch.effective : INT32_MAX))
static struct st_ir_expr *give_keep(struct builder *b, const struct ladder_rule *r)
{
    if (r->keep < 0)
        return st_ir_bool(b->arena, false);
    return FALSE_IF_NULL(b, COL(b, st_arena_printf(b->arena, "keep_%d", r->keep)));
}

struct st_ir_expr *moves_param(struct builder *b, struct st_plan_param wanted)
{
    return st_plan_moves(b->arena, &b->compiled->params, &wanted);
}

void read_states(struct builder *b, size_t count, const struct st_ir_column *columns,
    struct st_ir_expr *run, enum st_plan_param_kind series)
{
    static const struct st_ir_column keys[] = {{.name = "run_id", .type = ST_IR_BIGINT},
        {.name = "scheme", .type = ST_IR_TEXT}, {.name = "series", .type = ST_IR_BIGINT}};
    const char *scheme = b->scheme->def->name;
    struct st_ir_column *all =
        st_arena_array(b->arena, struct st_ir_column, ST_COUNT(keys) + count);
    memcpy(all, keys, sizeof keys);
    memcpy(all + ST_COUNT(keys), columns, count * sizeof *columns);
    b->rel = st_rel_scan(b->arena, "tier_state", ST_COUNT(keys) + count, all);
    b->rel = st_rel_filter(b->arena, b->rel,
        FN(b, AND, FN(b, EQ, COL(b, "run_id"), run),
            FN(b, EQ, COL(b, "scheme"), st_ir_text(b->arena, scheme)),
            FN(b, EQ, COL(b, "series"),
                moves_param(b, (struct st_plan_param){.kind = series, .scheme = scheme}))));
}

static struct st_ir_expr *rating_day(struct builder *b, const struct st_moves_way *way)
{
    if (way->never)
        return st_ir_bool(b->arena, false);
    if (way->on.on == ST_ON_PERIOD)
        return st_ir_bool(b->arena, true);
    return moves_param(b, (struct st_plan_param){.kind = ST_PLAN_RATING_DAY, .schedule = &way->on});
}

GIVE(give_up_day, rating_day(b, &r->up))
GIVE(give_down_day, rating_day(b, &r->down))

/* The day a fall decided now takes effect. */
static struct st_ir_expr *effective_day(struct builder *b, bool later)
{
    struct st_ir_expr *as_of = st_plan_as_of(b->arena, &b->compiled->params, 0);
    return later ? FN(b, ADD_DAYS, as_of, INT(b, 1)) : as_of;
}

/* Is the effective day within `months` from the day in `column`? */
static struct st_ir_expr *within_months(
    struct builder *b, struct st_ir_expr *day, int64_t months, bool later, bool month_ends)
{
    return FALSE_IF_NULL(b, FN(b, GE, day,
                                moves_param(b, (struct st_plan_param){.kind = ST_PLAN_SINCE,
                                                   .months = (int)months,
                                                   .later = later,
                                                   .keeps_month_end = month_ends})));
}

GIVE(give_guarded, r->new_customers.protected_months
                       ? within_months(b, COL(b, "opened_on"), r->new_customers.protected_months,
                             r->down.effective == ST_EFFECTIVE_NEXT, false)
                       : st_ir_bool(b->arena, false))

GIVE(give_lapsed,
    FN(b, COALESCE,
        FN(b, LT, COL(b, "start_valid"), effective_day(b, r->down.effective == ST_EFFECTIVE_NEXT)),
        st_ir_bool(b->arena, true)))

GIVE(give_graced, r->valid.grace_months
                      ? within_months(b, COL(b, "start_valid"), r->valid.grace_months,
                            r->down.effective == ST_EFFECTIVE_NEXT, true)
                      : st_ir_bool(b->arena, false))

GIVE(give_validity, st_ir_bool(b->arena, r->valid.months || r->valid.until))

/* How long a tier entered on the effective day is kept. */
static struct st_ir_expr *valid_until(
    struct builder *b, const struct st_moves_valid *valid, bool later)
{
    if (valid->months)
        return moves_param(
            b, (struct st_plan_param){.kind = ST_PLAN_VALID_UNTIL, .months = (int)valid->months});
    if (valid->until)
        return moves_param(b, (struct st_plan_param){.kind = ST_PLAN_YEAR_END,
                                  .years = valid->until == ST_UNTIL_NEXT_YEAR,
                                  .later = later});
    return st_ir_null(b->arena, ST_IR_DATE);
}

GIVE(give_valid_today, valid_until(b, &r->valid, false))
GIVE(give_valid_later, valid_until(b, &r->valid, true))
GIVE(give_valid_renewed, valid_until(b, &r->valid, r->down.effective == ST_EFFECTIVE_NEXT))

/* Until when the tier of `level` is kept, entered on the day or, where `later`, on the next. */
static struct st_ir_expr *valid_entered(
    struct builder *b, struct st_ir_expr *level, struct st_ir_expr *later)
{
    struct st_ir_expr *today = by_rule(b, level, give_valid_today);
    struct st_ir_expr *tomorrow = by_rule(b, level, give_valid_later);
    return st_ir_equal(today, tomorrow) ? today : WHEN(b, later, tomorrow, today);
}

/* --- what the metric table is asked --- */

static struct st_ir_expr *opening_level(struct builder *b, const struct ladder_rule *r)
{
    const struct st_scheme *s = b->scheme;
    struct st_ir_expr *rest =
        r->rule.new_customers.starts == ST_STARTS_LOWEST ? INT(b, (int64_t)s->tier_count) : NONE(b);
    if (!r->opens.ir)
        return rest;
    size_t n = 0;
    struct st_ir_expr **args = st_arena_array(b->arena, struct st_ir_expr *, 2 * s->tier_count + 1);
    for (size_t i = 0; i < s->tier_count; i++) {
        args[n++] = FN(b, EQ, r->opens.ir, st_ir_text(b->arena, s->tiers[i].code));
        args[n++] = INT(b, (int64_t)i + 1);
    }
    args[n++] = rest;
    return st_ir_case(b->arena, n, args);
}

/* A CASE over the cohorts' conditions. */
static struct st_ir_expr *by_cohort(struct builder *b, bool opening)
{
    const struct st_ladder *l = b->ladder;
    size_t n = 0;
    struct st_ir_expr **args =
        st_arena_array(b->arena, struct st_ir_expr *, 2 * l->moves->cohort_count + 1);
    for (size_t i = 0; i < l->moves->cohort_count; i++) {
        args[n++] = l->whens[i];
        args[n++] = opening ? opening_level(b, ladder_rule(l, (int)i, 0)) : INT(b, (int64_t)i);
    }
    args[n++] = opening ? opening_level(b, ladder_rule(l, -1, 0)) : INT(b, -1);
    return n == 1 ? args[0] : st_ir_case(b->arena, n, args);
}

static void read_outcome(struct builder *b)
{
    const struct st_ladder *l = b->ladder;
    size_t n = 0;
    struct st_ir_column *extra =
        st_arena_array(b->arena, struct st_ir_column, 3 + SHARING_EXTRAS + (l ? l->keep_count : 0));
    if (l) {
        extra[n++] = (struct st_ir_column){.name = "cohort", .expr = by_cohort(b, false)};
        extra[n++] = (struct st_ir_column){.name = "opening", .expr = by_cohort(b, true)};
        if (l->opened_on)
            extra[n++] = (struct st_ir_column){.name = "opened_on", .expr = l->opened_on};
    }
    for (size_t i = 0; l && i < l->keep_count; i++)
        extra[n++] = (struct st_ir_column){
            .name = st_arena_printf(b->arena, "keep_%zu", i), .expr = l->keeps[i]};
    n += sharing_extras(b->scheme, extra + n);
    b->rel = st_compiled_outcome(b->compiled, b->scheme, extra, n);
    struct st_ir_expr *out = FN(b, OR, COL(b, "barred"), COL(b, "failed"));
    ADD(b, {.name = "out", .expr = out},
        {.name = "earned", .expr = WHEN(b, out, NONE(b), COL(b, "tier"))});
}

/* --- the state of the run before --- */

static struct st_ir_expr *previous_run(struct builder *b)
{
    return moves_param(
        b, (struct st_plan_param){.kind = ST_PLAN_PREVIOUS_RUN, .scheme = b->scheme->def->name});
}

static struct st_ir_expr *changed(struct builder *b)
{
    return moves_param(
        b, (struct st_plan_param){.kind = ST_PLAN_CHANGED, .scheme = b->scheme->def->name});
}

static const struct st_ir_column state_columns[] = {
    {.name = "customer_id", .type = ST_IR_BIGINT},
    {.name = "held", .type = ST_IR_BIGINT},
    {.name = "pending", .type = ST_IR_BIGINT},
    {.name = "fails", .type = ST_IR_BIGINT},
    {.name = "fail_days", .type = ST_IR_BIGINT},
    {.name = "best", .type = ST_IR_BIGINT},
    {.name = "rises", .type = ST_IR_BIGINT},
    {.name = "rise_days", .type = ST_IR_BIGINT},
    {.name = "reached", .type = ST_IR_BIGINT},
    {.name = "watch_since", .type = ST_IR_DATE},
    {.name = "valid_until", .type = ST_IR_DATE},
    {.name = "since", .type = ST_IR_DATE},
};

/* A merged number's state goes to the number that goes on. Of several the best is kept: the highest
 * tier, then the fewest failing days; the other columns only make the order complete. */
static struct st_rel *with_merged(const struct builder *outer, struct st_rel *states)
{
    static const struct st_ir_column booking_columns[] = {
        {.name = "customer_id", .type = ST_IR_BIGINT},
        {.name = "booked_on", .type = ST_IR_BIGINT},
        {.name = "load_id", .type = ST_IR_BIGINT},
        {.name = "until_load", .type = ST_IR_BIGINT},
    };
    static const char *const keys[] = {"customer_id"};
    static const char *const order[] = {"p_best_first", "p_fails", "p_since", "p_rises", "p_held",
        "p_fail_days", "p_rise_days", "p_best", "p_reached", "p_watch", "p_valid"};
    struct builder at = *outer, *b = &at;
    struct st_ir_expr *watermark =
        st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_WATERMARK);
    b->rel = st_rel_scan(b->arena, "customer_booking", ST_COUNT(booking_columns), booking_columns);
    struct st_rel *bookings = st_rel_filter(b->arena, b->rel,
        FN(b, AND, FN(b, LE, COL(b, "load_id"), watermark),
            FN(b, GT, COL(b, "until_load"), watermark)));
    const struct st_ir_column booked[] = {st_rel_pass(b->arena, bookings, 0, "customer_id"),
        st_rel_pass(b->arena, bookings, 0, "booked_on")};
    b->rel = states;
    left_join(b, st_rel_project(b->arena, bookings, ST_COUNT(booked), booked), "customer_id");
    struct st_ir_column *columns =
        st_arena_array(b->arena, struct st_ir_column, states->column_count + 1);
    columns[0] = (struct st_ir_column){
        .name = "customer_id", .expr = FN(b, COALESCE, COL(b, "booked_on"), COL(b, "customer_id"))};
    for (size_t i = 1; i < states->column_count; i++)
        columns[i] = st_rel_pass(b->arena, b->rel, 0, states->columns[i].name);
    columns[states->column_count] = (struct st_ir_column){
        .name = "p_best_first", .expr = FN(b, COALESCE, COL(b, "p_pending"), COL(b, "p_held"))};
    b->rel = st_rel_project(b->arena, b->rel, states->column_count + 1, columns);
    const struct st_ir_column rank = {.name = "p_rank",
        .expr = st_ir_over(
            b->arena, ST_WIN_ROW_NUMBER, NULL, ST_COUNT(keys), keys, ST_COUNT(order), order)};
    b->rel = st_rel_window(b->arena, b->rel, 1, &rank);
    return st_rel_filter(b->arena, b->rel, FN(b, EQ, COL(b, "p_rank"), INT(b, 1)));
}

/* Who had a tier in the run before, with levels of this policy, and a prefix before each name. */
static struct st_rel *state_before(const struct builder *outer)
{
    struct builder at = *outer, *b = &at;
    read_states(
        b, ST_COUNT(state_columns), state_columns, previous_run(b), ST_PLAN_PREVIOUS_SERIES);
    struct st_ir_expr *mine = FN(b, IS_NOT_NULL, COL(b, "held"));
    if (b->ladder->moves->on_change == ST_CHANGE_RERATE)
        mine = FN(b, AND, mine, FN(b, NOT, changed(b)));
    b->rel = st_rel_filter(b->arena, b->rel, mine);
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "p_held", .expr = level_of(b, COL(b, "held"))},
        {.name = "p_pending", .expr = level_of(b, COL(b, "pending"))},
        {.name = "p_fails", .expr = COL(b, "fails")},
        {.name = "p_fail_days", .expr = COL(b, "fail_days")},
        {.name = "p_best", .expr = level_of(b, COL(b, "best"))},
        {.name = "p_rises", .expr = COL(b, "rises")},
        {.name = "p_rise_days", .expr = COL(b, "rise_days")},
        {.name = "p_reached", .expr = level_of(b, COL(b, "reached"))},
        {.name = "p_watch", .expr = COL(b, "watch_since")},
        {.name = "p_valid", .expr = COL(b, "valid_until")},
        {.name = "p_since", .expr = COL(b, "since")}};
    struct st_rel *states = st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
    return b->compiled->merges ? with_merged(b, states) : states;
}

/* --- start --- */

/* A carried value; 0 or NULL for who enters, and for counts that a new version resets. */
static struct st_ir_expr *carried(
    struct builder *b, struct st_ir_expr *entry, const char *name, struct st_ir_expr *none)
{
    bool resets = b->ladder->moves->on_change == ST_CHANGE_RESET;
    struct st_ir_expr *gone = resets ? FN(b, OR, entry, changed(b)) : entry;
    return WHEN(b, gone, none, COL(b, name));
}

static void add_start(struct builder *b)
{
    struct st_arena *a = b->arena;
    ADD(b, {.name = "candidate", .expr = level_of(b, COL(b, "earned"))});
    struct st_ir_expr *entry = FN(b, IS_NULL, COL(b, "p_held"));
    struct st_ir_expr *candidate = COL(b, "candidate");
    struct st_ir_expr *first = FN(b, EQ, previous_run(b), INT(b, 0));
    if (b->ladder->moves->on_change == ST_CHANGE_RERATE)
        first = FN(b, OR, first, changed(b));
    struct st_ir_expr *applied = FN(b, IS_NOT_NULL, COL(b, "p_pending"));
    struct st_ir_expr *no_day = st_ir_null(a, ST_IR_DATE);
    struct st_ir_expr *as_of = st_plan_as_of(a, &b->compiled->params, 0);
    ADD(b, {.name = "entry", .expr = entry},
        {.name = "held_before",
            .expr = WHEN(b, FN(b, NOT, entry),
                FN(b, COALESCE, COL(b, "p_pending"), COL(b, "p_held")), FN(b, IS_NULL, candidate),
                NONE(b), first, candidate, FN(b, COALESCE, COL(b, "opening"), candidate))},
        {.name = "start_fails", .expr = carried(b, entry, "p_fails", INT(b, 0))},
        {.name = "start_fail_days", .expr = carried(b, entry, "p_fail_days", INT(b, 0))},
        {.name = "start_best", .expr = carried(b, entry, "p_best", NONE(b))},
        {.name = "start_rises", .expr = carried(b, entry, "p_rises", INT(b, 0))},
        {.name = "start_rise_days", .expr = carried(b, entry, "p_rise_days", INT(b, 0))},
        {.name = "start_reached", .expr = carried(b, entry, "p_reached", NONE(b))},
        {.name = "start_watch",
            .expr = WHEN(b, applied, no_day, carried(b, entry, "p_watch", no_day))},
        {.name = "start_since",
            .expr = WHEN(b, entry, as_of, applied,
                st_plan_simple(a, &b->compiled->params, ST_PLAN_PERIOD_START), COL(b, "p_since"))});
    ADD(b, {.name = "start_valid",
               .expr = WHEN(b, COL(b, "entry"), by_rule(b, COL(b, "held_before"), give_valid_today),
                   COL(b, "p_valid"))});
}

/* --- facts --- */

static void add_facts(struct builder *b)
{
    struct st_ir_expr *held = COL(b, "held_before"), *candidate = COL(b, "candidate");
    struct st_ir_expr *below = FALSE_IF_NULL(b, FN(b, GT, candidate, held));
    ADD(b, {.name = "failing", .expr = FN(b, AND, below, FN(b, NOT, by_rule(b, held, give_keep)))},
        {.name = "below", .expr = below},
        {.name = "reaching", .expr = FALSE_IF_NULL(b, FN(b, LT, candidate, held))},
        {.name = "up_day",
            .expr = FN(b, AND, FN(b, IS_NOT_NULL, candidate), by_rule(b, held, give_up_day))},
        {.name = "down_day",
            .expr = FN(b, AND, FN(b, IS_NOT_NULL, candidate), by_rule(b, held, give_down_day))},
        {.name = "guarded", .expr = by_rule(b, held, give_guarded)},
        {.name = "lapsed", .expr = by_rule(b, held, give_lapsed)},
        {.name = "graced", .expr = by_rule(b, held, give_graced)},
        {.name = "has_validity", .expr = by_rule(b, held, give_validity)});
    held = COL(b, "held_before");
    struct st_ir_expr *failing = COL(b, "failing"), *guarded = COL(b, "guarded");
    struct st_ir_expr *kept = FN(b, AND, failing, COL(b, "has_validity"));
    ADD(b,
        {.name = "shield",
            .expr = WHEN(b, FN(b, AND, failing, guarded), INT(b, ST_STANDING_PROTECTED),
                FN(b, AND, kept, FN(b, NOT, COL(b, "lapsed"))), INT(b, ST_STANDING_VALID),
                FN(b, AND, kept, COL(b, "graced")), INT(b, ST_STANDING_GRACE),
                INT(b, ST_STANDING_NORMAL))},
        {.name = "counted",
            .expr = FN(b, AND, failing, COL(b, "down_day"),
                FN(b, OR, FN(b, NOT, guarded), by_rule(b, held, give_counted)))},
        {.name = "counted_up", .expr = FN(b, AND, COL(b, "reaching"), COL(b, "up_day"))});
}

/* --- counts --- */

/* The last `bits` of a history of days. */
static struct st_ir_expr *last_days(struct builder *b, struct st_ir_expr *history, int64_t bits)
{
    struct st_ir_expr *two = INT(b, (int64_t)1 << bits);
    struct st_ir_expr *above = st_ir_cast(b->arena,
        FN(b, DIV_TRUNC, st_ir_cast(b->arena, history, ST_IR_WIDE),
            st_ir_cast(b->arena, two, ST_IR_WIDE)),
        ST_IR_BIGINT);
    return FN(b, SUB, history, FN(b, MUL, above, two));
}

/* One more day, the newest in the lowest bit; the oldest falls off. Kept where no rule counts
 * within a window, too: the next version of the policy may. */
static struct st_ir_expr *add_day(
    struct builder *b, const char *history, const char *day, const char *bit)
{
    struct st_ir_expr *old = last_days(b, COL(b, history), HISTORY_BITS - 1);
    struct st_ir_expr *one = WHEN(b, COL(b, bit), INT(b, 1), INT(b, 0));
    return WHEN(b, COL(b, day), FN(b, ADD, FN(b, MUL, old, INT(b, 2)), one), COL(b, history));
}

static struct st_ir_expr *count_days(
    struct builder *b, const char *history, const struct st_moves_way *way)
{
    return FN(b, BIT_COUNT, last_days(b, COL(b, history), way->within));
}

/* Running counts: one more day; unchanged; or back to 0. */
static struct st_ir_expr *running_fails(struct builder *b, const struct st_moves_rule *r)
{
    struct st_ir_expr *start = COL(b, "start_fails");
    struct st_ir_expr *recovers =
        r->down.recovers == ST_RECOVERS_ANY ? st_ir_bool(b->arena, true) : COL(b, "down_day");
    return WHEN(b, COL(b, "counted"), FN(b, ADD, start, INT(b, 1)), COL(b, "failing"), start,
        recovers, INT(b, 0), start);
}

static struct st_ir_expr *running_rises(struct builder *b)
{
    struct st_ir_expr *start = COL(b, "start_rises");
    return WHEN(
        b, COL(b, "counted_up"), FN(b, ADD, start, INT(b, 1)), COL(b, "up_day"), INT(b, 0), start);
}

GIVE(give_fails, r->down.within ? count_days(b, "fail_days", &r->down) : running_fails(b, r))
GIVE(give_rises, r->up.within ? count_days(b, "rise_days", &r->up) : running_rises(b))

/* The best (LEAST) or worst (GREATEST) candidate on counted days since the count left 0. */
static struct st_ir_expr *extreme(struct builder *b, const char *count, const char *counted,
    const char *start, enum st_ir_fn pick)
{
    struct st_ir_expr *candidate = COL(b, "candidate");
    struct st_ir_expr *both[] = {COL(b, start), candidate}; /* a NULL start is passed over */
    return WHEN(b, FN(b, EQ, COL(b, count), INT(b, 0)), NONE(b), COL(b, counted),
        st_ir_call(b->arena, pick, 2, both), COL(b, start));
}

static void add_counts(struct builder *b)
{
    ADD(b, {.name = "fail_days", .expr = add_day(b, "start_fail_days", "down_day", "counted")},
        {.name = "rise_days", .expr = add_day(b, "start_rise_days", "up_day", "counted_up")});
    struct st_ir_expr *held = COL(b, "held_before");
    struct st_ir_expr *missing = FN(b, IS_NULL, COL(b, "candidate"));
    ADD(b,
        {.name = "fails",
            .expr = WHEN(b, missing, COL(b, "start_fails"), by_rule(b, held, give_fails))},
        {.name = "rises",
            .expr = WHEN(b, missing, COL(b, "start_rises"), by_rule(b, held, give_rises))});
    ADD(b, {.name = "best", .expr = extreme(b, "fails", "counted", "start_best", ST_FN_LEAST)},
        {.name = "reached",
            .expr = extreme(b, "rises", "counted_up", "start_reached", ST_FN_GREATEST)});
}

/* --- decision --- */

static void add_decision(struct builder *b)
{
    struct st_ir_expr *held = COL(b, "held_before"), *candidate = COL(b, "candidate");
    struct st_ir_expr *above = FN(b, SUB, held, INT(b, 1)), *under = FN(b, ADD, held, INT(b, 1));
    struct st_ir_expr *up = by_rule(b, held, give_up_lands);
    struct st_ir_expr *down = by_rule(b, held, give_down_lands);
    struct st_ir_expr *rises = FN(
        b, AND, COL(b, "counted_up"), FN(b, GE, COL(b, "rises"), by_rule(b, held, give_up_after)));
    struct st_ir_expr *falls =
        FN(b, AND, COL(b, "counted"), FN(b, EQ, COL(b, "shield"), INT(b, ST_STANDING_NORMAL)),
            FN(b, GE, COL(b, "fails"), by_rule(b, held, give_down_after)));
    ADD(b,
        {.name = "rise_to",
            .expr = WHEN(b, FN(b, NOT, rises), NONE(b), FN(b, EQ, up, INT(b, ST_UP_OF_LAST)),
                candidate, FN(b, EQ, up, INT(b, ST_UP_ONE_STEP)), above,
                FN(b, LEAST, COL(b, "reached"), above))},
        {.name = "fall_to",
            .expr = WHEN(b, FN(b, NOT, falls), NONE(b), FN(b, EQ, down, INT(b, ST_DOWN_OF_BEST)),
                FN(b, GREATEST, COL(b, "best"), under), FN(b, EQ, down, INT(b, ST_DOWN_ONE_STEP)),
                under, candidate)});
    ADD(b, {.name = "goal", .expr = FN(b, COALESCE, COL(b, "rise_to"), COL(b, "fall_to"))},
        {.name = "later",
            .expr = WHEN(b, FN(b, IS_NOT_NULL, COL(b, "rise_to")), by_rule(b, held, give_up_next),
                by_rule(b, held, give_down_next))});
}

/* --- state --- */

static struct st_ir_expr *reason(struct builder *b)
{
    struct st_ir_expr *risen = FN(b, IS_NOT_NULL, COL(b, "rise_to"));
    struct st_ir_expr *fallen = FN(b, IS_NOT_NULL, COL(b, "fall_to"));
    struct st_ir_expr *later = COL(b, "later"), *entry = COL(b, "entry"),
                      *shield = COL(b, "shield");
    struct st_ir_expr *first = FN(b, EQ, previous_run(b), INT(b, 0));
    struct st_ir_expr *pending = FN(b, IS_NOT_NULL, COL(b, "p_pending"));
    struct st_ir_expr *failing = COL(b, "failing");
    bool rerates = b->ladder->moves->on_change == ST_CHANGE_RERATE;
    return WHEN(b, FN(b, IS_NULL, COL(b, "candidate")), NONE(b), FN(b, AND, entry, first),
        INT(b, ST_MOVE_TAKEN_OVER),
        FN(b, AND, entry, rerates ? changed(b) : st_ir_bool(b->arena, false)),
        INT(b, ST_MOVE_RERATED), FN(b, AND, risen, later), INT(b, ST_MOVE_UP_NEXT), risen,
        INT(b, ST_MOVE_UP), FN(b, AND, fallen, later), INT(b, ST_MOVE_DOWN_NEXT), fallen,
        INT(b, ST_MOVE_DOWN), FN(b, AND, pending, FN(b, LT, COL(b, "p_pending"), COL(b, "p_held"))),
        INT(b, ST_MOVE_UP_APPLIED), pending, INT(b, ST_MOVE_DOWN_APPLIED), entry,
        INT(b, ST_MOVE_ENTERED), FN(b, EQ, shield, INT(b, ST_STANDING_PROTECTED)),
        INT(b, ST_MOVE_PROTECTED), FN(b, EQ, shield, INT(b, ST_STANDING_VALID)),
        INT(b, ST_MOVE_VALID), FN(b, EQ, shield, INT(b, ST_STANDING_GRACE)), INT(b, ST_MOVE_GRACE),
        FN(b, AND, failing, FN(b, NOT, COL(b, "down_day"))), INT(b, ST_MOVE_NOT_RATED_NOW), failing,
        INT(b, ST_MOVE_FAILING), COL(b, "below"), INT(b, ST_MOVE_KEPT), COL(b, "reaching"),
        INT(b, ST_MOVE_UP_WAITS), INT(b, ST_MOVE_EARNED));
}

/* The day the tier held, or entered by a decision, is valid until. */
static struct st_ir_expr *next_valid(struct builder *b)
{
    struct st_ir_expr *goal = COL(b, "goal"), *held = COL(b, "held_before");
    struct st_ir_expr *earned = FN(b, AND, COL(b, "has_validity"),
        FN(b, IS_NOT_NULL, COL(b, "candidate")), FN(b, NOT, COL(b, "below")),
        FN(b, OR, COL(b, "lapsed"), by_rule(b, held, give_when_reached)));
    return WHEN(b, FN(b, IS_NOT_NULL, goal), valid_entered(b, goal, COL(b, "later")),
        FN(b, AND, earned, FN(b, NOT, COL(b, "entry"))), by_rule(b, held, give_valid_renewed),
        COL(b, "start_valid"));
}

static void add_state(struct builder *b)
{
    struct st_arena *a = b->arena;
    struct st_ir_expr *held = COL(b, "held_before"), *goal = COL(b, "goal");
    struct st_ir_expr *moves = FN(b, IS_NOT_NULL, goal);
    struct st_ir_expr *now = FN(b, AND, moves, FN(b, NOT, COL(b, "later")));
    struct st_ir_expr *as_of = st_plan_as_of(a, &b->compiled->params, 0);
    /* Who falls later is on watch until then; who rises has no count any more. */
    struct st_ir_expr *watched = FN(b, AND, FN(b, NOT, now), FN(b, IS_NULL, COL(b, "rise_to")),
        FN(b, IS_NOT_NULL, held), FN(b, GE, COL(b, "fails"), by_rule(b, held, give_watch)));
    watched = WHEN(
        b, FN(b, IS_NULL, COL(b, "candidate")), FN(b, IS_NOT_NULL, COL(b, "start_watch")), watched);
    ADD(b, {.name = "level", .expr = WHEN(b, now, goal, held)},
        {.name = "next_level", .expr = WHEN(b, FN(b, AND, moves, COL(b, "later")), goal, NONE(b))},
        {.name = "moves", .expr = moves}, {.name = "watched", .expr = watched},
        {.name = "next_since", .expr = WHEN(b, now, as_of, COL(b, "start_since"))},
        {.name = "next_valid", .expr = next_valid(b)}, {.name = "reason", .expr = reason(b)});
}

/* --- overrides --- */

static const struct st_ir_column override_columns[] = {
    {.name = "override_id", .type = ST_IR_BIGINT},
    {.name = "scheme", .type = ST_IR_TEXT},
    {.name = "customer_id", .type = ST_IR_BIGINT},
    {.name = "action", .type = ST_IR_BIGINT},
    {.name = "tier", .type = ST_IR_BIGINT},
    {.name = "from_on", .type = ST_IR_DATE},
    {.name = "until_on", .type = ST_IR_DATE},
    {.name = "load_id", .type = ST_IR_BIGINT},
    {.name = "until_load", .type = ST_IR_BIGINT},
};

/* Overrides that mask this day, as the run's watermark sees them; at most one for each customer. */
static struct st_rel *overrides(const struct builder *outer)
{
    struct builder at = *outer, *b = &at;
    struct st_ir_expr *watermark =
        st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_WATERMARK);
    struct st_ir_expr *as_of = st_plan_as_of(b->arena, &b->compiled->params, 0);
    b->rel = st_rel_scan(b->arena, "tier_override", ST_COUNT(override_columns), override_columns);
    b->rel = st_rel_filter(b->arena, b->rel,
        FN(b, AND, FN(b, EQ, COL(b, "scheme"), st_ir_text(b->arena, b->scheme->def->name)),
            FN(b, LE, COL(b, "load_id"), watermark), FN(b, GT, COL(b, "until_load"), watermark),
            FN(b, LE, COL(b, "from_on"), as_of),
            FN(b, OR, FN(b, IS_NULL, COL(b, "until_on")), FN(b, GE, COL(b, "until_on"), as_of))));
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "mask_id", .expr = COL(b, "override_id")},
        {.name = "mask", .expr = COL(b, "action")},
        {.name = "mask_level", .expr = level_of(b, COL(b, "tier"))}};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

struct st_ir_expr *is_excluded(struct builder *b)
{
    return FALSE_IF_NULL(b, FN(b, EQ, COL(b, "mask"), INT(b, ST_OVERRIDE_EXCLUDE)));
}

/* What people see: the level with a mask over it. */
static struct st_ir_expr *masked(struct builder *b, struct st_ir_expr *level)
{
    struct st_ir_expr *mask = COL(b, "mask"), *other = COL(b, "mask_level");
    return WHEN(b, FN(b, IS_NULL, mask), level, FN(b, EQ, mask, INT(b, ST_OVERRIDE_EXCLUDE)),
        NONE(b), FN(b, IS_NULL, other), level, FN(b, EQ, mask, INT(b, ST_OVERRIDE_PIN)), other,
        FN(b, IS_NULL, level), level, FN(b, EQ, mask, INT(b, ST_OVERRIDE_RAISE)),
        FN(b, LEAST, level, other), FN(b, GREATEST, level, other));
}

/* --- rows --- */

/* Whether what people see may be other than what is earned. */
static bool covers(const struct builder *b)
{
    return b->ladder || b->scheme->sharing || b->compiled->overrides;
}

/* The level of a rated customer before households and overrides. */
static struct st_ir_expr *own_level(struct builder *b)
{
    return b->ladder ? WHEN(b, FN(b, IS_NOT_NULL, COL(b, "candidate")), COL(b, "level"), NONE(b))
                     : level_of(b, COL(b, "earned"));
}

/* Over the own level the household's, over both the override. */
static void add_shown(struct builder *b)
{
    bool masks = b->compiled->overrides;
    if (!covers(b))
        return;
    struct st_ir_expr *level = own_level(b);
    if (b->scheme->sharing) {
        ADD(b, {.name = "own", .expr = level});
        add_shared(b);
        struct st_ir_expr *alone = COL(b, "own");
        level = COL(b, "lifted");
        ADD(b, {.name = "seen", .expr = masks ? masked(b, level) : level},
            {.name = "seen_alone", .expr = masks ? masked(b, alone) : alone});
        level = COL(b, "seen");
    } else if (masks) {
        level = masked(b, level);
    }
    ADD(b, {.name = "shown", .expr = WHEN(b, COL(b, "out"), NONE(b), tier_of(b, level))});
}

static struct st_ir_expr *shown(struct builder *b)
{
    return COL(b, covers(b) ? "shown" : "earned");
}

static struct st_ir_expr *shown_status(struct builder *b)
{
    struct st_ir_expr *out = COL(b, "out");
    if (b->compiled->overrides)
        out = FN(b, OR, out, is_excluded(b));
    return WHEN(b, out, INT(b, ST_STATUS_GATED), FN(b, IS_NULL, shown(b)),
        INT(b, ST_STATUS_UNRATED), INT(b, ST_STATUS_RATED));
}

/* The columns that every scheme has; returns how many of `columns` were filled. */
static size_t common_columns(struct builder *b, struct st_ir_column *columns)
{
    struct st_ir_expr *barred = COL(b, "barred"), *nothing = NONE(b);
    const struct st_ir_column common[] = {
        {.name = "run_id", .expr = st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_RUN_ID)},
        {.name = "scheme", .expr = st_ir_text(b->arena, b->scheme->def->name)},
        st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "status", .expr = shown_status(b)},
        {.name = "candidate", .expr = COL(b, "earned")}, {.name = "tier", .expr = shown(b)},
        {.name = "rule", .expr = WHEN(b, barred, nothing, COL(b, "rule"))},
        {.name = "score", .expr = WHEN(b, barred, nothing, COL(b, "score"))},
        {.name = "override_id", .expr = b->compiled->overrides ? COL(b, "mask_id") : nothing}};
    memcpy(columns, common, sizeof common);
    return b->compiled->overrides ? ST_COUNT(common) : ST_COUNT(common) - 1;
}

/* Through whom the tier is higher than the customer would see it alone. */
static struct st_ir_column shared_column(struct builder *b)
{
    struct st_ir_expr *higher =
        FN(b, AND, FN(b, NOT, COL(b, "out")), FN(b, LT, COL(b, "seen"), COL(b, "seen_alone")));
    return (struct st_ir_column){
        .name = "shared_from", .expr = WHEN(b, higher, COL(b, "best_member"), NONE(b))};
}

enum { COMMON_MAX = 9, STATE_MAX = 14, SHARED_MAX = 1 };

static size_t ladder_columns(struct builder *b, struct st_ir_column *columns)
{
    struct st_ir_expr *moves = COL(b, "moves"), *none = NONE(b), *zero = INT(b, 0);
    struct st_ir_expr *shield = COL(b, "shield"), *watched = COL(b, "watched");
    struct st_ir_expr *as_of = st_plan_as_of(b->arena, &b->compiled->params, 0);
    struct st_ir_expr *stateless = FN(b, IS_NULL, COL(b, "held_before"));
    const struct st_ir_column own[] = {{.name = "held", .expr = tier_of(b, COL(b, "level"))},
        {.name = "pending", .expr = tier_of(b, COL(b, "next_level"))},
        {.name = "standing",
            .expr = WHEN(b, stateless, none, FN(b, NE, shield, INT(b, ST_STANDING_NORMAL)), shield,
                watched, INT(b, ST_STANDING_WATCH), INT(b, ST_STANDING_NORMAL))},
        {.name = "fails", .expr = WHEN(b, stateless, none, moves, zero, COL(b, "fails"))},
        {.name = "fail_days", .expr = WHEN(b, stateless, none, moves, zero, COL(b, "fail_days"))},
        {.name = "best", .expr = tier_of(b, WHEN(b, moves, none, COL(b, "best")))},
        {.name = "rises", .expr = WHEN(b, stateless, none, moves, zero, COL(b, "rises"))},
        {.name = "rise_days", .expr = WHEN(b, stateless, none, moves, zero, COL(b, "rise_days"))},
        {.name = "reached", .expr = tier_of(b, WHEN(b, moves, none, COL(b, "reached")))},
        {.name = "watch_since",
            .expr = WHEN(b, watched, FN(b, COALESCE, COL(b, "start_watch"), as_of),
                st_ir_null(b->arena, ST_IR_DATE))},
        {.name = "valid_until",
            .expr = WHEN(b, stateless, st_ir_null(b->arena, ST_IR_DATE), COL(b, "next_valid"))},
        {.name = "since",
            .expr = WHEN(b, stateless, st_ir_null(b->arena, ST_IR_DATE), COL(b, "next_since"))},
        st_rel_pass(b->arena, b->rel, 0, "reason"), {.name = "cohort", .expr = COL(b, "cohort")}};
    _Static_assert(ST_COUNT(own) == STATE_MAX, "STATE_MAX");
    memcpy(columns, own, sizeof own);
    return ST_COUNT(own);
}

struct st_rel *st_ladder_rows(struct st_compiled *compiled, const struct st_scheme *scheme)
{
    struct builder at = {
        .arena = compiled->arena, .compiled = compiled, .scheme = scheme, .ladder = scheme->ladder};
    struct builder *b = &at;
    struct st_ir_column columns[COMMON_MAX + STATE_MAX + SHARED_MAX];
    read_outcome(b);
    if (compiled->overrides)
        left_join(b, overrides(b), "customer_id");
    if (b->ladder) {
        left_join(b, state_before(b), "customer_id");
        add_start(b);
        add_facts(b);
        add_counts(b);
        add_decision(b);
        add_state(b);
    }
    add_shown(b);
    size_t count = common_columns(b, columns);
    if (b->ladder)
        count += ladder_columns(b, columns + count);
    if (scheme->sharing)
        columns[count++] = shared_column(b);
    return st_rel_project(b->arena, b->rel, count, columns);
}
