/* Cells of a what-if added up: by tier, by flow, by reason, by breakdown. */
#include "report/simulation.h"

#include "report/internal.h"
#include "tier/ladder.h"

/* Customers and their measure; costs at ST_SCALE_RATE. */
struct stock {
    int64_t customers;
    st_wide amount, cost;
};

struct both_stocks {
    struct stock before, after;
};

enum { UP, DOWN, MOVED, ENTERED, LEFT, SAME, MOVE_COUNT };
static const char *const move_names[MOVE_COUNT] = {
    "up", "down", "moved", "entered", "left", "same"};

static int move_of(const struct st_simulated_scheme *s, const struct st_simulated_cell *c)
{
    if (c->from < 0 || c->to < 0)
        return c->from == c->to ? -1 : c->from < 0 ? ENTERED : LEFT;
    return c->from == c->to ? SAME : !s->ranked ? MOVED : c->to < c->from ? UP : DOWN;
}

static void add_stock(struct stock *to, const struct st_simulated_cell *c, int64_t cost)
{
    to->customers += c->customers;
    to->amount += c->amount;
    to->cost += (st_wide)c->customers * cost;
}

/* What people are and become, of cells of one breakdown's value; `tiers` as the scheme's. */
static void add_cell(const struct st_simulated_scheme *s, const struct st_simulated_cell *c,
    struct both_stocks *tiers, struct both_stocks *all)
{
    const struct st_simulated_tier *from = c->from < 0 ? NULL : &s->tiers[c->from];
    const struct st_simulated_tier *to = c->to < 0 ? NULL : &s->tiers[c->to];
    if (from) {
        add_stock(&tiers[c->from].before, c, from->cost_before);
        add_stock(&all->before, c, from->cost_before);
    }
    if (to) {
        add_stock(&tiers[c->to].after, c, to->cost_after);
        add_stock(&all->after, c, to->cost_after);
    }
}

static json_t *amount_json(
    const struct st_simulation *x, const struct st_simulated_scheme *s, st_wide amount)
{
    const struct st_ir_value value = {.number = amount};
    return x->measure && s->state != ST_SIMULATED_UNCHANGED
               ? st_report_amount(&value, x->measure->scale)
               : json_null();
}

static bool has_costs(const struct st_simulated_scheme *s)
{
    for (size_t i = 0; i < s->tier_count; i++)
        if (s->tiers[i].has_cost)
            return true;
    return false;
}

/* Costs are multiples of whole customers: rounded once, to minor units. */
static json_t *cost_json(
    const struct st_simulation *x, const struct st_simulated_scheme *s, st_wide cost)
{
    int scale = x->policy->currency_exponent;
    st_wide unit = st_pow10(ST_SCALE_RATE - scale);
    const struct st_ir_value value = {.number = (cost + unit / 2) / unit};
    return has_costs(s) ? st_report_amount(&value, scale) : json_null();
}

static json_t *stock_json(
    const struct st_simulation *x, const struct st_simulated_scheme *s, const struct stock *stock)
{
    return json_pack("{s:I, s:o, s:o}", "customers", stock->customers, "amount",
        amount_json(x, s, stock->amount), "cost", cost_json(x, s, stock->cost));
}

static json_t *moves_json(const int64_t moves[MOVE_COUNT])
{
    json_t *out = json_object();
    for (int i = 0; i < MOVE_COUNT; i++)
        json_object_set_new(out, move_names[i], json_integer(moves[i]));
    return out;
}

/* --- everybody --- */

static json_t *unit_cost(const struct st_simulated_tier *t, bool there, int64_t cost)
{
    char text[ST_DECIMAL_TEXT_SIZE];
    return t->has_cost && there ? json_string(st_decimal_format(cost, ST_SCALE_RATE, text))
                                : json_null();
}

static json_t *tiers_json(const struct st_simulation *x, const struct st_simulated_scheme *s,
    const struct both_stocks *tiers)
{
    json_t *out = json_array();
    for (size_t i = 0; i < s->tier_count; i++) {
        const struct st_simulated_tier *t = &s->tiers[i];
        json_array_append_new(out,
            json_pack("{s:s, s:o, s:b, s:b, s:o, s:o, s:o, s:o}", "code", t->code, "title",
                st_report_title(&t->title), "in_force", t->before, "in_new", t->after,
                "unit_cost_before", unit_cost(t, t->before, t->cost_before), "unit_cost_after",
                unit_cost(t, t->after, t->cost_after), "before", stock_json(x, s, &tiers[i].before),
                "after", stock_json(x, s, &tiers[i].after)));
    }
    return out;
}

enum { STATUSES = 3 };

static json_t *statuses_json(const int64_t counts[STATUSES])
{
    return json_pack("{s:I, s:I, s:I}", "rated", counts[ST_STATUS_RATED], "gated",
        counts[ST_STATUS_GATED], "unrated", counts[ST_STATUS_UNRATED]);
}

/* Cells of everybody whose tiers are the same; they stand side by side. */
static size_t same_flow(const struct st_simulated_scheme *s, size_t first)
{
    size_t n = first;
    while (n < s->cell_count && s->cells[n].by == 0 && s->cells[n].from == s->cells[first].from &&
           s->cells[n].to == s->cells[first].to)
        n++;
    return n;
}

/* [from, to, customers, amount] by position; −1: not rated. */
static json_t *flow_json(const struct st_simulation *x, const struct st_simulated_scheme *s)
{
    json_t *out = json_array();
    for (size_t i = 0, next; i < s->cell_count && s->cells[i].by == 0; i = next) {
        struct stock sum = {0};
        next = same_flow(s, i);
        for (size_t k = i; k < next; k++)
            add_stock(&sum, &s->cells[k], 0);
        if (s->cells[i].from >= 0 || s->cells[i].to >= 0)
            json_array_append_new(out, json_pack("[i, i, I, o]", s->cells[i].from, s->cells[i].to,
                                           sum.customers, amount_json(x, s, sum.amount)));
    }
    return out;
}

/* Why, where the machine has no word for it. */
static const struct st_coded_text other_reasons[] = {
    [UP] = {"values",
        {"the values earn a higher tier under the new policy", "按新策略，数值达到更高层级"}},
    [DOWN] = {"values",
        {"the values earn a lower tier under the new policy", "按新策略，数值只达到较低层级"}},
    [MOVED] = {"values",
        {"the values earn another tier under the new policy", "按新策略，数值对应另一层级"}},
    [ENTERED] = {"rated", {"the new policy rates them", "新策略将其纳入评级"}},
    [LEFT] = {"not_rated", {"the new policy does not rate them", "新策略不再对其评级"}},
};

/* Movers by reason. */
static json_t *why_json(const struct st_simulation *x, const struct st_simulated_scheme *s)
{
    json_t *out = json_array();
    for (size_t i = 0, next; i < s->cell_count && s->cells[i].by == 0; i = next) {
        int move = move_of(s, &s->cells[i]);
        next = same_flow(s, i);
        for (int64_t reason = 0; reason < ST_MOVE_COUNT && move >= 0 && move != SAME; reason++) {
            struct stock sum = {0};
            bool machine = reason > 0 && move != LEFT;
            for (size_t k = i; k < next; k++)
                if (s->cells[k].reason == reason)
                    add_stock(&sum, &s->cells[k], 0);
            const struct st_coded_text *text =
                machine ? &st_move_texts[reason] : &other_reasons[move];
            if (sum.customers)
                json_array_append_new(
                    out, json_pack("{s:i, s:i, s:s, s:s, s:o, s:I, s:o}", "from", s->cells[i].from,
                             "to", s->cells[i].to, "move", move_names[move], "reason", text->word,
                             "title", st_report_title(&text->text), "customers", sum.customers,
                             "amount", amount_json(x, s, sum.amount)));
        }
    }
    return out;
}

/* --- breakdowns --- */

static size_t same_value(const struct st_simulated_scheme *s, size_t first)
{
    const struct st_simulated_cell *c = &s->cells[first];
    size_t n = first;
    while (n < s->cell_count && s->cells[n].by == c->by &&
           (s->cells[n].value && c->value ? strcmp(s->cells[n].value, c->value) == 0
                                          : s->cells[n].value == c->value))
        n++;
    return n;
}

static json_t *value_json(const struct st_simulation *x, const struct st_simulated_scheme *s,
    size_t first, size_t next, struct both_stocks *tiers)
{
    struct both_stocks all = {0};
    int64_t moves[MOVE_COUNT] = {0};
    json_t *before = json_array(), *after = json_array();
    memset(tiers, 0, s->tier_count * sizeof *tiers);
    for (size_t i = first; i < next; i++) {
        int move = move_of(s, &s->cells[i]);
        add_cell(s, &s->cells[i], tiers, &all);
        if (move >= 0)
            moves[move] += s->cells[i].customers;
    }
    for (size_t i = 0; i < s->tier_count; i++) {
        json_array_append_new(before, json_integer(tiers[i].before.customers));
        json_array_append_new(after, json_integer(tiers[i].after.customers));
    }
    return json_pack("{s:s?, s:o, s:o, s:o, s:o, s:o}", "value", s->cells[first].value, "before",
        stock_json(x, s, &all.before), "after", stock_json(x, s, &all.after), "moves",
        moves_json(moves), "tiers_before", before, "tiers_after", after);
}

static json_t *breakdowns_json(
    const struct st_simulation *x, const struct st_simulated_scheme *s, struct both_stocks *tiers)
{
    json_t *out = json_array();
    size_t i = 0;
    while (i < s->cell_count && s->cells[i].by == 0)
        i++;
    for (size_t by = 0; by < x->by_count && s->state != ST_SIMULATED_UNCHANGED; by++) {
        json_t *values = json_array();
        for (size_t next; i < s->cell_count && s->cells[i].by == by + 1; i = next) {
            next = same_value(s, i);
            json_array_append_new(values, value_json(x, s, i, next, tiers));
        }
        json_array_append_new(out, json_pack("{s:s, s:o, s:o}", "name", x->by[by].name, "title",
                                       st_report_title(&x->by[by].title), "values", values));
    }
    return out;
}

/* --- the whole --- */

static json_t *policy_json(const struct st_policy *policy)
{
    return policy ? json_pack("{s:s, s:o, s:s}", "name", policy->name, "title",
                        st_report_title(&policy->title), "hash", policy->hash)
                  : json_null();
}

static json_t *number_or_null(int64_t number)
{
    return number ? json_integer(number) : json_null();
}

/* What the published tiers follow. */
static json_t *in_force_json(const struct st_simulated_scheme *s)
{
    json_t *out = policy_json(s->in_force);
    if (s->in_force) {
        json_object_set_new(out, "version", number_or_null(s->followed));
        json_object_set_new(out, "version_due", number_or_null(s->due));
    }
    return out;
}

static json_t *names_json(const char *const *names, size_t count)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, json_string(names[i]));
    return out;
}

static json_t *scheme_json(const struct st_simulation *x, const struct st_simulated_scheme *s)
{
    static const char *const states[ST_SIMULATED_COUNT] = {
        "unchanged", "changed", "added", "removed"};
    struct both_stocks *tiers = st_calloc(s->tier_count + 1, sizeof *tiers), all = {0};
    int64_t moves[MOVE_COUNT] = {0}, before[STATUSES] = {0}, after[STATUSES] = {0};
    for (size_t i = 0; i < s->cell_count && s->cells[i].by == 0; i++) {
        const struct st_simulated_cell *c = &s->cells[i];
        int move = move_of(s, c);
        add_cell(s, c, tiers, &all);
        if (move >= 0)
            moves[move] += c->customers;
        if (c->status_before >= 0)
            before[c->status_before] += c->customers;
        if (c->status_after >= 0)
            after[c->status_after] += c->customers;
    }
    json_t *out = json_pack("{s:s, s:o, s:s, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        s->name, "title", st_report_title(&s->title), "state", states[s->state], "ranked",
        s->ranked, "run", s->run_id, "in_force", in_force_json(s), "computed",
        names_json(s->computed, s->computed_count), "status_before", statuses_json(before),
        "status_after", statuses_json(after), "moves", moves_json(moves), "before",
        stock_json(x, s, &all.before), "after", stock_json(x, s, &all.after));
    json_object_set_new(out, "tiers", tiers_json(x, s, tiers));
    json_object_set_new(out, "flow", flow_json(x, s));
    json_object_set_new(out, "why", why_json(x, s));
    json_object_set_new(out, "by", breakdowns_json(x, s, tiers));
    free(tiers);
    return out;
}

static json_t *measure_json(const struct st_metric_column *m)
{
    return m ? json_pack("{s:s, s:o, s:s}", "name", m->name, "title", st_report_title(&m->title),
                   "kind", m->kind == ST_KIND_MONEY ? "money" : "number")
             : json_null();
}

json_t *st_simulation_json(const struct st_simulation *x)
{
    char date[ST_DATE_TEXT_SIZE];
    json_t *schemes = json_array();
    for (size_t i = 0; i < x->scheme_count; i++)
        json_array_append_new(schemes, scheme_json(x, &x->schemes[i]));
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "strata", STRATA_VERSION, "as_of",
        st_date_format(x->as_of, date), "currency", x->policy->currency, "policy",
        policy_json(x->policy), "measure", measure_json(x->measure), "schemes", schemes);
}
