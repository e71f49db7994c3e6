/* Signals as plan expressions: per kind one relation of who it holds for now, then one comparison
 * with the rows of the run before, which makes it new or not.
 *
 * Rejected: a table of episodes that a run updates. Published rows never change, so each run
 * carries two dates instead, and a run that is repeated compares with the same rows.
 */
#include "tier/signals.h"

#include "tier/internal.h"

/* --- checks --- */

static st_code fail_scheme(const struct st_compiled *c, const struct st_signal_def *def,
    struct st_text problem, struct st_text hint, struct st_error *err)
{
    const char *en = st_arena_printf(c->arena, "scheme %s %s", def->scheme, problem.en);
    const char *zh = st_arena_printf(c->arena, "方案 %s %s", def->scheme, problem.zh);
    st_code code =
        st_fail_at(err, st_node_get(def->node, "scheme"), ST_E_POLICY, "%s%.0s", "%.0s%s", en, zh);
    st_error_hint(err, "%s%.0s", "%.0s%s", hint.en, hint.zh);
    return code;
}

static st_code find_scheme(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    const char *names[ST_POLICY_SCHEMES_MAX];
    s->scheme = st_compiled_scheme(c, s->def->scheme);
    if (s->scheme)
        return ST_OK;
    st_code code = st_fail_at(err, st_node_get(s->def->node, "scheme"), ST_E_POLICY,
        "there is no scheme %s", "没有方案 %s", s->def->scheme);
    for (size_t i = 0; i < c->scheme_count; i++)
        names[i] = c->schemes[i]->def->name;
    st_error_value(err, "%s", s->def->scheme);
    const char *near = st_str_nearest(s->def->scheme, names, c->scheme_count);
    if (near)
        st_error_hint(err, "did you mean %s?", "是否想写 %s？", near);
    return code;
}

/* The value that the scheme's tiers divide, and where it is. */
static void read_view(struct st_compiled *c, struct st_signal *s)
{
    if (s->scheme->ops->view)
        s->scheme->ops->view(c->arena, s->scheme, &s->view);
    if (s->view.divides_score)
        s->value = (struct st_typed){.kind = ST_KIND_NUMBER, .scale = s->scheme->score_scale};
    else if (s->view.value)
        s->value = *s->view.value;
}

static st_code read_distance(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    const struct st_signal_def *def = s->def;
    struct st_typed amount;
    st_wide scaled = st_rescale(def->within->integer, def->within->scale, ST_SCALE_RATE);
    bool fits = true;
    if (def->share) {
        fits = st_wide_to_int64(scaled, &s->within);
    } else {
        st_code code =
            st_lower_kind(st_compiled_lower(c), def->within, s->value.kind, &amount, err);
        if (code != ST_OK)
            return code;
        fits = st_wide_to_int64(
            st_rescale(def->within->integer, def->within->scale, s->value.scale), &s->within);
    }
    return fits ? ST_OK
                : st_fail_expr(
                      err, def->within, ST_E_POLICY, "within: is too large", "within: 数值过大");
}

static st_code check_near(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    st_code code = find_scheme(c, s, err);
    if (code != ST_OK)
        return code;
    read_view(c, s);
    if (!s->scheme->ranked || !s->view.bounds || (!s->view.value && !s->view.divides_score))
        return fail_scheme(c, s->def,
            (struct st_text){"has no bounds to be near to", "没有可接近的下限"},
            (struct st_text){"near_tier is for tiers that divide one value: thresholds with from:, "
                             "pyramid, pareto, scorecard",
                "near_tier 适用于按单一数值分层的方案：写 from: 的 thresholds、pyramid、pareto、"
                "scorecard"},
            err);
    return read_distance(c, s, err);
}

static st_code check_watch(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    st_code code = find_scheme(c, s, err);
    if (code != ST_OK)
        return code;
    read_view(c, s);
    bool watches = false;
    const struct st_ladder *l = s->scheme->ladder;
    size_t rules = l ? (l->moves->cohort_count + 1) * (l->levels + 1) : 0;
    for (size_t i = 0; i < rules; i++)
        watches |= l->rules[i].rule.watch.after > 0;
    return watches ? ST_OK
                   : fail_scheme(c, s->def,
                         (struct st_text){"never has anybody on watch", "不会将任何客户列入关注"},
                         (struct st_text){"moves: {watch: {after: 1}, down: {after: 3}}",
                             "moves: {watch: {after: 1}, down: {after: 3}}"},
                         err);
}

/* value: and threshold: of a condition, brought to one scale. */
static st_code check_condition(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    const struct st_signal_def *def = s->def;
    struct st_lower *lower = st_compiled_lower(c);
    struct st_typed bound = {.scale = 0};
    if (!def->value)
        return ST_OK;
    st_code code = st_lower(lower, def->value, &s->value, err);
    if (code == ST_OK && s->value.kind != ST_KIND_NUMBER && s->value.kind != ST_KIND_MONEY) {
        code = st_fail_expr(err, def->value, ST_E_POLICY, "value: must be a number or money",
            "value: 应为数字或金额");
        st_error_value(err, "%s", st_kind_name(s->value.kind, ST_LANG_EN));
    }
    if (code == ST_OK && def->threshold)
        code = st_lower_kind(lower, def->threshold, s->value.kind, &bound, err);
    if (code != ST_OK)
        return code;
    int exact = s->value.scale > bound.scale ? s->value.scale : bound.scale;
    int most = s->value.kind == ST_KIND_MONEY ? c->policy->currency_exponent : ST_SCALE_RATE;
    int scale = exact < most ? exact : most;
    s->shown = st_lower_store(lower, &s->value, scale);
    s->bound = def->threshold ? st_lower_store(lower, &bound, scale) : NULL;
    s->value.scale = scale;
    return ST_OK;
}

static st_code check_birthday(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    struct st_expr *name = NULL;
    struct st_typed typed;
    st_code code = st_expr_parse(c->arena, "birth_date", 1, 1, "birth_date", &name, err);
    if (code == ST_OK)
        code = st_lower_kind(st_compiled_lower(c), name, ST_KIND_DATE, &typed, err);
    if (code == ST_OK)
        s->birth = typed.ir;
    s->value = (struct st_typed){.kind = ST_KIND_NUMBER};
    return code;
}

static st_code lower_condition(struct st_lower *lower, const struct st_expr *condition,
    struct st_ir_expr **out, struct st_error *err)
{
    struct st_typed typed = {.ir = NULL};
    st_code code = st_lower_kind(lower, condition, ST_KIND_BOOL, &typed, err);
    *out = typed.ir;
    return code;
}

static st_code check_account(struct st_compiled *c, struct st_signal *s, struct st_error *err)
{
    s->value = (struct st_typed){.kind = ST_KIND_MONEY, .scale = c->policy->currency_exponent};
    return s->def->where
               ? lower_condition(st_compiled_account_lower(c), s->def->where, &s->where, err)
               : ST_OK;
}

/* --- who it holds for --- */

typedef struct st_ir_expr *bound_fn(struct builder *b, const struct st_signal *s);

/* Rated customers who meet `when`, with `extra` over their row of the metric table. */
static void read_customers(
    struct builder *b, const struct st_signal *s, size_t count, const struct st_ir_column *extra)
{
    enum { EXTRA_MAX = 2 };
    struct st_ir_column columns[EXTRA_MAX + 1];
    b->rel = st_compiled_rated(b->compiled);
    if (s->when)
        b->rel = st_rel_filter(b->arena, b->rel, s->when);
    columns[0] = st_rel_pass(b->arena, b->rel, 0, "customer_id");
    for (size_t i = 0; i < count; i++)
        columns[i + 1] = extra[i];
    b->rel = st_rel_project(b->arena, b->rel, count + 1, columns);
}

static const struct st_ir_column state_columns[] = {
    {.name = "status", .type = ST_IR_BIGINT},
    {.name = "customer_id", .type = ST_IR_BIGINT},
    {.name = "candidate", .type = ST_IR_BIGINT},
    {.name = "score", .type = ST_IR_BIGINT},
    {.name = "held", .type = ST_IR_BIGINT},
    {.name = "pending", .type = ST_IR_BIGINT},
    {.name = "standing", .type = ST_IR_BIGINT},
    {.name = "fails", .type = ST_IR_BIGINT},
    {.name = "cohort", .type = ST_IR_BIGINT},
};

/* The scheme's rows of tier_state that this run wrote, of customers who have a tier. */
static struct st_rel *tier_states(const struct builder *outer)
{
    struct builder at = *outer, *b = &at;
    struct st_ir_expr *run = st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_RUN_ID);
    read_states(b, ST_COUNT(state_columns), state_columns, run, ST_PLAN_TIER_SERIES);
    b->rel = st_rel_filter(b->arena, b->rel, FN(b, EQ, COL(b, "status"), INT(b, ST_STATUS_RATED)));
    struct st_ir_column columns[ST_COUNT(state_columns) - 1];
    for (size_t i = 1; i < ST_COUNT(state_columns); i++)
        columns[i - 1] = st_rel_pass(b->arena, b->rel, 0, state_columns[i].name);
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

/* Customers beside their state, with `amount`: the value that the scheme's tiers divide. */
static void read_standing(struct builder *b, const struct st_signal *s)
{
    static const char *const keys[] = {"customer_id"};
    struct st_ir_column amount = {.name = "amount",
        .expr = s->view.value ? st_ir_cast(b->arena, s->view.value->ir, ST_IR_BIGINT) : NONE(b)};
    read_customers(b, s, 1, &amount);
    builder_join(b, ST_JOIN_INNER, tier_states(b), ST_COUNT(keys), keys);
    if (s->view.divides_score)
        ADD(b, {.name = "scored", .expr = COL(b, "score")});
}

static struct st_ir_expr *amount_of(struct builder *b, const struct st_signal *s)
{
    return COL(b, s->view.divides_score ? "scored" : "amount");
}

/* The least value of the tier at `level`; NULL where it has none. */
static struct st_ir_expr *bound_of(
    struct builder *b, const struct st_signal *s, struct st_ir_expr *level)
{
    const struct st_scheme *scheme = s->scheme;
    struct st_ir_expr **args =
        st_arena_array(b->arena, struct st_ir_expr *, 2 * scheme->tier_count + 1);
    size_t n = 0;
    for (size_t i = 0; s->view.bounds && i < scheme->tier_count; i++) {
        if (!s->view.bounds[i])
            continue;
        args[n++] = FN(b, EQ, level, INT(b, (int64_t)i + 1));
        args[n++] = st_ir_cast(b->arena, s->view.bounds[i], ST_IR_BIGINT);
    }
    args[n++] = NONE(b);
    return st_ir_case(b->arena, n, args);
}

/* Is the distance, not negative, within what the signal says? A share is compared crosswise, so
 * that nothing is rounded. */
static struct st_ir_expr *is_near(struct builder *b, const struct st_signal *s)
{
    struct st_arena *a = b->arena;
    struct st_ir_expr *value = st_ir_cast(a, amount_of(b, s), ST_IR_WIDE);
    struct st_ir_expr *bound = st_ir_cast(a, COL(b, "threshold"), ST_IR_WIDE);
    bool up = s->def->toward == ST_TOWARD_UP;
    struct st_ir_expr *distance = up ? FN(b, SUB, bound, value) : FN(b, SUB, value, bound);
    struct st_ir_expr *most =
        s->def->share ? FN(b, MUL, bound, st_ir_wide(a, s->within)) : st_ir_wide(a, s->within);
    struct st_ir_expr *scaled =
        s->def->share ? FN(b, MUL, distance, st_ir_wide(a, st_pow10(ST_SCALE_RATE))) : distance;
    struct st_ir_expr *zero = st_ir_wide(a, 0);
    return FN(b, AND, up ? FN(b, GT, distance, zero) : FN(b, GE, distance, zero),
        FN(b, LE, scaled, most));
}

static struct st_rel *near_rows(struct builder *b, const struct st_signal *s)
{
    read_standing(b, s);
    struct st_ir_expr *own =
        b->ladder ? FN(b, COALESCE, COL(b, "pending"), COL(b, "held")) : COL(b, "candidate");
    ADD(b, {.name = "level", .expr = level_of(b, own)});
    struct st_ir_expr *level = COL(b, "level");
    ADD(b, {.name = "goal",
               .expr = s->def->toward == ST_TOWARD_UP ? FN(b, SUB, level, INT(b, 1)) : level});
    ADD(b, {.name = "threshold", .expr = bound_of(b, s, COL(b, "goal"))});
    b->rel = st_rel_filter(b->arena, b->rel, is_near(b, s));
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "tier", .expr = tier_of(b, COL(b, "goal"))},
        {.name = "value", .expr = amount_of(b, s)}, st_rel_pass(b->arena, b->rel, 0, "threshold")};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

/* The day a fall takes effect when every rating day to come fails; NULL where there is none. */
static struct st_ir_expr *give_fall(struct builder *b, const struct ladder_rule *lr)
{
    const struct st_moves_way *down = &lr->rule.down;
    struct st_ir_expr *never = st_ir_null(b->arena, ST_IR_DATE);
    struct st_ir_expr *args[2 * ST_MOVES_COUNT_MAX + 3];
    size_t n = 0;
    if (down->never)
        return never;
    args[n++] = FN(b, IS_NOT_NULL, COL(b, "pending"));
    args[n++] = moves_param(b,
        (struct st_plan_param){.kind = ST_PLAN_RATING_NEXT, .schedule = &down->on, .later = true});
    for (int left = 1; left < down->after; left++) {
        args[n++] = FN(b, GE, COL(b, "fails"), INT(b, down->after - left));
        args[n++] = moves_param(b, (struct st_plan_param){.kind = ST_PLAN_RATING_NEXT,
                                       .schedule = &down->on,
                                       .nth = left,
                                       .later = down->effective == ST_EFFECTIVE_NEXT});
    }
    args[n++] = never;
    return st_ir_case(b->arena, n, args);
}

static struct st_rel *watch_rows(struct builder *b, const struct st_signal *s)
{
    read_standing(b, s);
    b->rel =
        st_rel_filter(b->arena, b->rel, FN(b, EQ, COL(b, "standing"), INT(b, ST_STANDING_WATCH)));
    ADD(b, {.name = "level", .expr = level_of(b, COL(b, "held"))});
    struct st_ir_expr *level = COL(b, "level");
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "tier", .expr = COL(b, "held")}, {.name = "value", .expr = amount_of(b, s)},
        {.name = "threshold", .expr = bound_of(b, s, level)},
        {.name = "on_date", .expr = by_rule(b, level, give_fall)},
        {.name = "progress", .expr = COL(b, "fails")}};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

static struct st_rel *condition_rows(struct builder *b, const struct st_signal *s)
{
    const struct st_ir_column amounts[] = {{.name = "value", .expr = s->shown ? s->shown : NONE(b)},
        {.name = "threshold", .expr = s->bound ? s->bound : NONE(b)}};
    read_customers(b, s, ST_COUNT(amounts), amounts);
    return b->rel;
}

/* The birthday of each month that the days ahead touch; 29 February is 1 March in other years. */
static struct st_ir_expr *next_birthday(struct builder *b, int64_t days)
{
    enum { MONTHS_MAX = 2 + (ST_SIGNAL_BIRTHDAY_DAYS_MAX + 27) / 28 };
    struct st_ir_expr *args[2 * MONTHS_MAX + 1], *birth = COL(b, "birth");
    size_t n = 0;
    for (int month = 0; month <= 1 + (days + 27) / 28; month++) {
        struct st_ir_expr *first =
            moves_param(b, (struct st_plan_param){.kind = ST_PLAN_MONTH_START, .months = month});
        args[n++] = FN(b, EQ, FN(b, MONTH, birth), FN(b, MONTH, first));
        args[n++] = FN(b, ADD_DAYS, first, FN(b, SUB, FN(b, DAY, birth), INT(b, 1)));
    }
    args[n++] = st_ir_null(b->arena, ST_IR_DATE);
    return st_ir_case(b->arena, n, args);
}

static struct st_ir_expr *as_of(struct builder *b, int64_t days)
{
    struct st_ir_expr *day = st_plan_as_of(b->arena, &b->compiled->params, 0);
    return days ? FN(b, ADD_DAYS, day, INT(b, days)) : day;
}

static struct st_rel *birthday_rows(struct builder *b, const struct st_signal *s)
{
    const struct st_ir_column birth = {.name = "birth", .expr = s->birth};
    read_customers(b, s, 1, &birth);
    ADD(b, {.name = "on_date", .expr = next_birthday(b, s->def->days)});
    struct st_ir_expr *on = COL(b, "on_date");
    b->rel = st_rel_filter(b->arena, b->rel,
        FN(b, AND, FN(b, GE, on, as_of(b, 0)), FN(b, LE, on, as_of(b, s->def->days))));
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        {.name = "value",
            .expr = FN(b, SUB, FN(b, YEAR, COL(b, "on_date")), FN(b, YEAR, COL(b, "birth")))},
        st_rel_pass(b->arena, b->rel, 0, "on_date")};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

/* Open accounts that `pick` and where: choose, of rated customers who meet `when`, with what
 * stands on them. */
static struct st_rel *account_rows(
    struct builder *b, const struct st_signal *s, const char *day, struct st_ir_expr *pick)
{
    static const char *const customer[] = {"customer_id"};
    static const char *const account[] = {"customer_id", "account_id"};
    struct builder accounts = *b;
    accounts.rel = st_rel_filter(b->arena, b->rel, pick);
    if (s->where)
        accounts.rel = st_rel_filter(b->arena, accounts.rel, s->where);
    struct st_ir_column kept[] = {st_rel_pass(b->arena, accounts.rel, 0, "customer_id"),
        st_rel_pass(b->arena, accounts.rel, 0, "account_id"),
        st_rel_pass(b->arena, accounts.rel, 0, "currency"),
        {.name = "on_date", .expr = st_ir_column(b->arena, accounts.rel, 0, day)}};
    accounts.rel = st_rel_project(b->arena, accounts.rel, ST_COUNT(kept), kept);
    struct st_rel *standing = st_rows_closing(st_compiled_rows(b->compiled), accounts.rel);
    builder_join(&accounts, ST_JOIN_LEFT, standing, ST_COUNT(account), account);
    read_customers(b, s, 0, NULL);
    builder_join(b, ST_JOIN_INNER, accounts.rel, ST_COUNT(customer), customer);
    struct st_ir_column columns[] = {st_rel_pass(b->arena, b->rel, 0, "customer_id"),
        st_rel_pass(b->arena, b->rel, 0, "account_id"), {.name = "value", .expr = COL(b, "amount")},
        st_rel_pass(b->arena, b->rel, 0, "on_date")};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}

static struct st_rel *maturing_rows(struct builder *b, const struct st_signal *s)
{
    b->rel = st_rows_account_numbered(st_compiled_rows(b->compiled));
    struct st_ir_expr *matures = COL(b, "matures_on");
    return account_rows(b, s, "matures_on",
        FN(b, AND, COL(b, "open"), FN(b, NOT, FALSE_IF_NULL(b, COL(b, "auto_renew"))),
            FN(b, GE, matures, as_of(b, 0)), FN(b, LE, matures, as_of(b, s->def->days))));
}

static struct st_rel *new_account_rows(struct builder *b, const struct st_signal *s)
{
    b->rel = st_rows_account_numbered(st_compiled_rows(b->compiled));
    struct st_ir_expr *opened = COL(b, "opened_on");
    return account_rows(b, s, "opened_on",
        FN(b, AND, COL(b, "open"), FN(b, GT, opened, as_of(b, -s->def->days)),
            FN(b, LE, opened, as_of(b, 0))));
}

/* --- kinds --- */

static const struct kind {
    st_code (*check)(struct st_compiled *c, struct st_signal *s, struct st_error *err);
    struct st_rel *(*rows)(struct builder *b, const struct st_signal *s);
    const char *keys[3]; /* what makes two rows the same signal */
    size_t key_count;
} kinds[ST_SIGNAL_KIND_COUNT] = {
    [ST_SIGNAL_NEAR_TIER] = {check_near, near_rows, {"customer_id", "tier"}, 2},
    [ST_SIGNAL_WATCH] = {check_watch, watch_rows, {"customer_id", "tier"}, 2},
    [ST_SIGNAL_CONDITION] = {check_condition, condition_rows, {"customer_id"}, 1},
    [ST_SIGNAL_BIRTHDAY] = {check_birthday, birthday_rows, {"customer_id", "on_date"}, 2},
    [ST_SIGNAL_MATURING] = {check_account, maturing_rows, {"customer_id", "account_id", "on_date"},
        3},
    [ST_SIGNAL_NEW_ACCOUNT] = {check_account, new_account_rows, {"customer_id", "account_id"}, 2},
};

/* Signals of single persons and accounts: a household has several. */
static st_code check_entity(
    const struct st_compiled *c, const struct st_signal_def *def, struct st_error *err)
{
    bool single = st_signal_kinds[def->kind].per_account || def->kind == ST_SIGNAL_BIRTHDAY;
    if (c->policy->entity != ST_ENTITY_HOUSEHOLD || !single)
        return ST_OK;
    const char *word = st_signal_kinds[def->kind].word;
    st_code code = st_fail_at(err, def->node, ST_E_POLICY,
        "%s tells of customers, but the policy rates whole households",
        "%s 针对客户，而策略以整个家庭为对象", word);
    st_error_hint(err, "put it into a policy that rates customers", "请写在以客户为对象的策略中");
    return code;
}

st_code st_signals_check(struct st_compiled *c, struct st_error *err)
{
    const struct st_policy *policy = c->policy;
    st_code code = ST_OK;
    c->signals = st_arena_array(c->arena, struct st_signal, policy->signal_count);
    c->signal_count = policy->signal_count;
    for (size_t i = 0; i < c->signal_count && code == ST_OK; i++) {
        struct st_signal *s = &c->signals[i];
        s->def = &policy->signals[i];
        code = check_entity(c, s->def, err);
        if (code == ST_OK)
            code = kinds[s->def->kind].check(c, s, err);
        if (code == ST_OK && s->def->when)
            code = lower_condition(st_compiled_lower(c), s->def->when, &s->when, err);
        st_error_path(err, "signals.%s", s->def->name);
    }
    return code;
}

const struct st_signal *st_compiled_signal(const struct st_compiled *compiled, const char *name)
{
    for (size_t i = 0; i < compiled->signal_count; i++)
        if (strcmp(compiled->signals[i].def->name, name) == 0)
            return &compiled->signals[i];
    return NULL;
}

/* --- rows --- */

static const struct st_ir_column signal_columns[] = {
    {.name = "run_id", .type = ST_IR_BIGINT},
    {.name = "name", .type = ST_IR_TEXT},
    {.name = "customer_id", .type = ST_IR_BIGINT},
    {.name = "account_id", .type = ST_IR_BIGINT},
    {.name = "tier", .type = ST_IR_BIGINT},
    {.name = "on_date", .type = ST_IR_DATE},
    {.name = "first_on", .type = ST_IR_DATE},
    {.name = "fired_on", .type = ST_IR_DATE},
};

/* The same signal in the run before: its keys, and the days it has held from and was told. */
static struct st_rel *rows_before(
    const struct builder *outer, const struct st_signal *s, const struct kind *kind)
{
    struct builder at = *outer, *b = &at;
    struct st_ir_column columns[ST_COUNT(kind->keys) + 2];
    size_t n = 0;
    struct st_ir_expr *before = st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_SIGNAL_RUN);
    b->rel = st_rel_scan(b->arena, "signal", ST_COUNT(signal_columns), signal_columns);
    b->rel = st_rel_filter(b->arena, b->rel,
        FN(b, AND, FN(b, EQ, COL(b, "run_id"), before),
            FN(b, EQ, COL(b, "name"), st_ir_text(b->arena, s->def->name))));
    for (; n < kind->key_count; n++)
        columns[n] = st_rel_pass(b->arena, b->rel, 0, kind->keys[n]);
    columns[n++] = (struct st_ir_column){.name = "p_first", .expr = COL(b, "first_on")};
    columns[n++] = (struct st_ir_column){.name = "p_fired", .expr = COL(b, "fired_on")};
    return st_rel_project(b->arena, b->rel, n, columns);
}

/* Is it told again, though it held before? */
static struct st_ir_expr *tells_again(struct builder *b, const struct st_signal_def *def)
{
    struct st_ir_expr *told = COL(b, "p_fired");
    if (def->repeat == ST_REPEAT_EACH_PERIOD)
        return FN(
            b, LT, told, st_plan_simple(b->arena, &b->compiled->params, ST_PLAN_PERIOD_START));
    if (def->repeat == ST_REPEAT_DAYS)
        return FN(b, LE, told, as_of(b, -def->repeat_days));
    return st_ir_bool(b->arena, false);
}

/* A column that the kind gives, or a NULL. */
static struct st_ir_column given(struct builder *b, const char *name, enum st_ir_type type)
{
    return st_rel_column(b->rel, name)
               ? st_rel_pass(b->arena, b->rel, 0, name)
               : (struct st_ir_column){.name = name, .expr = st_ir_null(b->arena, type)};
}

/* The account, which is part of a row's key: 0 for none. */
static struct st_ir_column account_of(struct builder *b)
{
    return st_rel_column(b->rel, "account_id")
               ? st_rel_pass(b->arena, b->rel, 0, "account_id")
               : (struct st_ir_column){.name = "account_id", .expr = INT(b, 0)};
}

struct st_rel *st_signal_rows(struct st_compiled *compiled, const struct st_signal *s)
{
    const struct kind *kind = &kinds[s->def->kind];
    struct builder at = {.arena = compiled->arena,
        .compiled = compiled,
        .scheme = s->scheme,
        .ladder = s->scheme ? s->scheme->ladder : NULL};
    struct builder *b = &at;
    b->rel = kind->rows(b, s);
    builder_join(b, ST_JOIN_LEFT, rows_before(b, s, kind), kind->key_count, kind->keys);
    struct st_ir_expr *is_new = FN(b, IS_NULL, COL(b, "p_fired"));
    struct st_ir_column columns[] = {
        {.name = "run_id", .expr = st_plan_simple(b->arena, &compiled->params, ST_PLAN_RUN_ID)},
        {.name = "name", .expr = st_ir_text(b->arena, s->def->name)},
        {.name = "kind", .expr = st_ir_text(b->arena, st_signal_kinds[s->def->kind].word)},
        {.name = "priority", .expr = INT(b, s->def->priority)},
        st_rel_pass(b->arena, b->rel, 0, "customer_id"), account_of(b),
        {.name = "scheme",
            .expr = s->scheme ? st_ir_text(b->arena, s->scheme->def->name)
                              : st_ir_null(b->arena, ST_IR_TEXT)},
        given(b, "tier", ST_IR_BIGINT), given(b, "value", ST_IR_BIGINT),
        given(b, "threshold", ST_IR_BIGINT), given(b, "on_date", ST_IR_DATE),
        given(b, "progress", ST_IR_BIGINT),
        {.name = "first_on", .expr = FN(b, COALESCE, COL(b, "p_first"), as_of(b, 0))},
        {.name = "fired_on",
            .expr = WHEN(
                b, FN(b, OR, is_new, tells_again(b, s->def)), as_of(b, 0), COL(b, "p_fired"))}};
    return st_rel_project(b->arena, b->rel, ST_COUNT(columns), columns);
}
