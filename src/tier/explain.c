#include "tier/explain.h"

void st_explain_why(struct st_arena *arena, const struct st_explain_input *in, enum st_lang lang,
    struct st_str *out)
{
    if (in->status == ST_STATUS_GATED && !in->has_rule) {
        st_str_add(out, in->compiled->policy->population == ST_POPULATION_HOLDERS
                            ? st_pick(lang, "has held no account yet: a prospect is not rated\n",
                                  "尚未持有账户：潜在客户不参评\n")
                            : st_pick(lang, "a prospect is not rated\n", "潜在客户不参评\n"));
        return;
    }
    struct st_why why = {.arena = arena,
        .lang = lang,
        .policy = in->compiled->policy,
        .scheme = in->scheme,
        .tier = in->tier,
        .rule = in->rule,
        .score = in->score,
        .has_score = in->has_score,
        .lookup = in->lookup,
        .context = in->context,
        .out = out};
    if (in->scheme->ops->why)
        in->scheme->ops->why(&why);
}

/* --- what would change it --- */

/* The customer's values with one of them replaced. */
struct trial {
    const struct st_explain_input *input;
    const char *name;
    st_wide value;
};

static bool trial_lookup(void *context, const struct st_ir_expr *reference, struct st_ir_value *out)
{
    const struct trial *t = context;
    if (reference->kind == ST_IR_COLUMN && strcmp(reference->name, t->name) == 0) {
        *out = (struct st_ir_value){.type = reference->type, .number = t->value};
        return true;
    }
    const struct st_ir_expr *added =
        reference->kind == ST_IR_COLUMN
            ? st_compiled_added_column(t->input->compiled, reference->name)
            : NULL;
    if (added)
        return st_ir_eval(added, trial_lookup, context, out, NULL) == ST_OK;
    return t->input->lookup(t->input->context, reference, out);
}

/* Index of the tier that `value` of the metric would give; −1 for none. */
static int tier_at(struct trial *t, st_wide value)
{
    const struct st_scheme *s = t->input->scheme;
    struct st_ir_value out;
    t->value = value;
    if (s->gated && st_ir_eval(s->gated, trial_lookup, t, &out, NULL) == ST_OK && !out.is_null &&
        out.number)
        return -1;
    if (st_ir_eval(s->tier, trial_lookup, t, &out, NULL) != ST_OK || out.is_null)
        return -1;
    for (size_t i = 0; i < s->tier_count; i++)
        if (s->tiers[i].id == out.number)
            return (int)i;
    return -1;
}

static bool is_goal(const struct st_explain_input *in, int tier, bool better)
{
    if (tier < 0 || tier == in->tier)
        return false;
    if (!in->scheme->ranked || in->tier < 0)
        return better;
    return better ? tier < in->tier : tier > in->tier;
}

static const st_wide REACH = (st_wide)1000000000000000000; /* 10^18 units: beyond every amount */

/* The value nearest to `now` in one direction at which the tier becomes a goal. Doubles the step
 * until it is one, then halves the interval; false when nothing within REACH does. */
static bool search(struct trial *t, st_wide now, int direction, bool better, st_wide *found)
{
    st_wide below = 0, step = 1; /* distances: `below` fails, `step` is tried */
    while (step <= REACH && !is_goal(t->input, tier_at(t, now + direction * step), better)) {
        below = step;
        step *= 2;
    }
    if (step > REACH)
        return false;
    while (step - below > 1) {
        st_wide middle = below + (step - below) / 2;
        if (is_goal(t->input, tier_at(t, now + direction * middle), better))
            step = middle;
        else
            below = middle;
    }
    *found = now + direction * step;
    return true;
}

/* Is the metric read by the expression, added columns included? */
static bool uses(const struct st_compiled *compiled, const struct st_ir_expr *e, const char *name)
{
    if (!e)
        return false;
    if (e->kind == ST_IR_COLUMN && strcmp(e->name, name) == 0)
        return true;
    if (e->kind == ST_IR_COLUMN)
        return uses(compiled, st_compiled_added_column(compiled, e->name), name);
    for (size_t i = 0; i < e->arg_count; i++)
        if (uses(compiled, e->args[i], name))
            return true;
    return false;
}

/* A metric that is nothing but this month's daily average: what must be held from tomorrow on. */
static void daily_need(const struct st_explain_input *in, struct st_change *c)
{
    const struct st_metric_def *def = c->metric->def;
    if (!def || def->from != ST_SOURCE_BALANCE || def->days || !def->value ||
        def->value->kind != ST_EXPR_CALL || strcmp(def->value->text, "daily_average") != 0 ||
        def->window.kind != ST_WINDOW_CALENDAR || def->window.unit != ST_MONTHS ||
        def->window.count != 1)
        return;
    st_date start = st_date_month_start(in->as_of), end = st_date_month_end(in->as_of);
    st_wide elapsed = in->as_of - start + 1, left = end - in->as_of;
    if (left == 0) { /* the month is over: the next one counts afresh */
        c->until = st_date_month_end(end + 1);
        c->daily = c->needed;
        c->pays_daily = true;
        return;
    }
    st_wide short_by = (st_wide)c->needed * (elapsed + left) - (st_wide)c->now * elapsed;
    st_wide daily = short_by > 0 ? (short_by + left - 1) / left : 0;
    c->until = end;
    c->pays_daily = st_wide_to_int64(daily, &c->daily);
}

static size_t add_change(const struct st_explain_input *in, const struct st_metric_column *metric,
    int direction, bool better, struct st_change *changes, size_t count)
{
    struct trial t = {.input = in, .name = metric->name};
    struct st_ir_expr reference = {
        .kind = ST_IR_COLUMN, .type = ST_IR_BIGINT, .name = metric->name};
    struct st_ir_value now;
    st_wide found;
    if (count == ST_CHANGES_MAX || !in->lookup(in->context, &reference, &now))
        return count;
    if (now.is_null)
        now.number = 0;
    struct st_change *c = &changes[count];
    *c = (struct st_change){.metric = metric, .better = better && in->scheme->ranked};
    if (!search(&t, now.number, direction, better, &found) ||
        !st_wide_to_int64(now.number, &c->now) || !st_wide_to_int64(found, &c->needed))
        return count;
    /* a count of days or of movements never goes below zero, nor does an average overdrawn at 0 */
    if (c->needed < 0 && c->now >= 0)
        return count;
    c->tier = tier_at(&t, found);
    if (better && direction > 0)
        daily_need(in, c);
    return count + 1;
}

static int by_usefulness(const void *x, const void *y)
{
    const struct st_change *a = x, *b = y;
    if (a->better != b->better)
        return a->better ? -1 : 1;
    int order = strcmp(a->metric->name, b->metric->name);
    return order ? order : (a->needed > b->needed) - (a->needed < b->needed);
}

size_t st_explain_changes(const struct st_explain_input *in, struct st_change *changes)
{
    size_t count = 0;
    if (in->status == ST_STATUS_GATED && !in->has_rule)
        return 0;
    for (size_t i = 0; i < in->compiled->metric_count; i++) {
        const struct st_metric_column *m = &in->compiled->metrics[i];
        bool numeric = m->kind == ST_KIND_NUMBER || m->kind == ST_KIND_MONEY;
        if (!numeric || (!uses(in->compiled, in->scheme->tier, m->name) &&
                            !uses(in->compiled, in->scheme->gated, m->name)))
            continue;
        for (int direction = 1; direction >= -1; direction -= 2) {
            count = add_change(in, m, direction, true, changes, count);
            if (in->scheme->ranked && in->tier >= 0)
                count = add_change(in, m, direction, false, changes, count);
        }
    }
    qsort(changes, count, sizeof *changes, by_usefulness);
    return count;
}
