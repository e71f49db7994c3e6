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

/* --- how it is held --- */

static const struct st_moves_rule *rule_of(const struct st_explain_input *in)
{
    return st_ladder_rule(in->scheme->ladder, in->hold->cohort, (size_t)(in->hold->held + 1));
}

static const char *tier_title(const struct st_explain_input *in, int tier, enum st_lang lang)
{
    return tier < 0 ? "—" : st_pick_text(lang, &in->scheme->tiers[tier].title);
}

/* "2 of 3 rating days" */
static void add_count(struct st_str *out, enum st_lang lang, const char *what, int64_t count,
    const struct st_moves_way *way)
{
    st_str_addf(out, st_pick(lang, "%s: %lld of %lld rating days", "%s：%lld / %lld 个评定日"),
        what, (long long)count, (long long)way->after);
    if (way->within)
        st_str_addf(out, st_pick(lang, " out of the last %lld", "（最近 %lld 个评定日内）"),
            (long long)way->within);
    st_str_add(out, "\n");
}

/* The day from which the tier is lost when every rating day to come fails. */
static bool day_of_fall(const struct st_explain_input *in, const struct st_moves_rule *rule,
    st_date *decided, st_date *effective)
{
    int64_t left = rule->down.after - in->hold->fails;
    const struct st_policy *policy = in->compiled->policy;
    if (rule->down.never ||
        !st_schedule_next(&rule->down.on, policy, st_period_end(policy, in->as_of),
            left > 1 ? left : 1, decided)) /* the period at hand is counted already */
        return false;
    *effective = *decided + (rule->down.effective == ST_EFFECTIVE_NEXT);
    return true;
}

static void add_watch(const struct st_explain_input *in, enum st_lang lang, struct st_str *out)
{
    const struct st_hold *h = in->hold;
    char since[ST_DATE_TEXT_SIZE], decided_text[ST_DATE_TEXT_SIZE], from[ST_DATE_TEXT_SIZE];
    st_date decided, effective;
    st_str_addf(out, st_pick(lang, "on watch since %s\n", "自 %s 起列入关注\n"),
        st_date_format(h->watch_since, since));
    if (h->pending >= 0 || !day_of_fall(in, rule_of(in), &decided, &effective))
        return;
    st_str_addf(out,
        st_pick(lang, "unless %s is earned again by %s, the tier is lost from %s on\n",
            "若至 %2$s 仍未达到%1$s，自 %3$s 起降级\n"),
        tier_title(in, h->held, lang), st_date_format(decided, decided_text),
        st_date_format(effective, from));
}

void st_explain_hold(struct st_arena *arena, const struct st_explain_input *in, enum st_lang lang,
    struct st_str *out)
{
    const struct st_hold *h = in->hold;
    char date[ST_DATE_TEXT_SIZE];
    (void)arena;
    if (!h || h->held < 0)
        return;
    const struct st_moves_rule *rule = rule_of(in);
    st_str_addf(out,
        st_pick(lang, "held since %s; the values of the period earn %s\n",
            "自 %s 起持有；当期数值所得层级：%s\n"),
        st_date_format(h->since, date), tier_title(in, h->earned, lang));
    if (h->move != ST_MOVE_NONE)
        st_str_addf(out, "%s\n", st_pick_text(lang, &st_move_texts[h->move].text));
    if (h->cohort >= 0)
        st_str_addf(out, st_pick(lang, "by the rules of cohort %s\n", "适用客群规则：%s\n"),
            st_pick_text(lang, &in->scheme->def->moves->cohorts[h->cohort].title));
    if (h->fails > 0)
        add_count(out, lang, st_pick(lang, "failing", "未达标"), h->fails, &rule->down);
    if (h->rises > 0)
        add_count(out, lang, st_pick(lang, "rising", "达到更高层级"), h->rises, &rule->up);
    if (h->watched)
        add_watch(in, lang, out);
    if (h->valid)
        st_str_addf(out, st_pick(lang, "valid until %s\n", "有效期至 %s\n"),
            st_date_format(h->valid_until, date));
    if (h->pending >= 0)
        st_str_addf(out, st_pick(lang, "from %s on: %s\n", "自 %s 起：%s\n"),
            st_date_format(st_period_end(in->compiled->policy, in->as_of) + 1, date),
            tier_title(in, h->pending, lang));
}

/* What reaching `tier` would come to for a customer who holds one. */
static void set_effect(const struct st_explain_input *in, struct st_change *c)
{
    const struct st_hold *h = in->hold;
    if (!h || h->held < 0)
        return;
    const struct st_moves_rule *rule = rule_of(in);
    bool up = c->tier < h->held;
    const struct st_moves_way *way = up ? &rule->up : &rule->down;
    int64_t left = way->after - (up ? h->rises : h->fails);
    c->effect = up ? ST_EFFECT_RISES : c->tier == h->held ? ST_EFFECT_KEEPS : ST_EFFECT_FAILS;
    c->days = way->never ? 0 : left > 1 ? left : 1;
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

bool st_explain_daily(const struct st_metric_column *metric, st_date as_of, int64_t now,
    int64_t needed, int64_t *daily, st_date *until)
{
    const struct st_metric_def *def = metric->def;
    if (!def || def->from != ST_SOURCE_BALANCE || def->days || !def->value ||
        def->value->kind != ST_EXPR_CALL || strcmp(def->value->text, "daily_average") != 0 ||
        def->window.kind != ST_WINDOW_CALENDAR || def->window.unit != ST_MONTHS ||
        def->window.count != 1)
        return false;
    st_date start = st_date_month_start(as_of), end = st_date_month_end(as_of);
    st_wide elapsed = as_of - start + 1, left = end - as_of;
    if (left == 0) { /* the month is over: the next one counts afresh */
        *until = st_date_month_end(end + 1);
        *daily = needed;
        return true;
    }
    st_wide short_by = (st_wide)needed * (elapsed + left) - (st_wide)now * elapsed;
    *until = end;
    return st_wide_to_int64(short_by > 0 ? (short_by + left - 1) / left : 0, daily);
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
    set_effect(in, c);
    if (better && direction > 0)
        c->pays_daily =
            st_explain_daily(metric, in->as_of, c->now, c->needed, &c->daily, &c->until);
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
