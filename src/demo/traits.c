#include "demo/traits.h"

#include "demo/sheet.h"

/* In a thousand answers so many are missing. */
enum { MISSING = 50 };

static bool known(struct st_rng *rng)
{
    return !st_demo_chance(rng, MISSING);
}

/* The number held within low..high, or unknown now and then. */
static int note(struct st_rng *rng, int64_t value, int low, int high)
{
    int held = value < low ? low : value > high ? high : (int)value;
    return known(rng) ? held : ST_DEMO_UNKNOWN;
}

static int64_t note_money(struct st_rng *rng, int64_t fen)
{
    return known(rng) ? fen : ST_DEMO_UNKNOWN;
}

/* 1..5 around `middle`, in tenths. */
static int draw_mark(struct st_rng *rng, int middle)
{
    return note(rng, (middle + st_demo_between(rng, -15, 15) + 5) / 10, 1, 5);
}

/* What a customer weighs with others follows its money; how hard it is to win or to lose, how far
 * the bank already has it. */
static void draw_judgements(
    struct st_demo_traits *t, struct st_rng *rng, const struct st_demo_persona *p)
{
    bool wealthy = p->wealth >= 50000000, poor = p->wealth < 500000;
    bool leaving = p->course == ST_DEMO_LEAVING || p->course == ST_DEMO_DECLINING;
    t->influence = draw_mark(rng, wealthy ? 38 : poor ? 22 : 28);
    t->leaving_barrier = draw_mark(rng, leaving ? 18 : p->household >= 0 ? 34 : 28);
    t->winning_difficulty = draw_mark(rng, p->kind == ST_DEMO_PROSPECT ? 34 : 26);
    t->need_score = draw_mark(rng, p->course == ST_DEMO_GROWING ? 38 : 28);
    bool asked = p->kind != ST_DEMO_PROSPECT && st_demo_chance(rng, 600);
    int64_t score = (leaving ? 5 : 8) + st_demo_between(rng, -3, 2);
    if (asked)
        t->satisfaction = (int)(score < 1 ? 1 : score);
}

static const char *draw_interest(struct st_rng *rng, const struct st_demo_persona *p)
{
    static const struct {
        int young, middle, old;
        const char *text;
    } interests[] = {
        {300, 180, 220, "travel"},
        {120, 280, 60, "children"},
        {80, 140, 380, "health"},
        {160, 200, 120, "investment"},
        {220, 100, 60, "dining"},
        {120, 100, 160, "none"},
    };
    const int *weights = p->age < 32   ? &interests[0].young
                         : p->age < 58 ? &interests[0].middle
                                       : &interests[0].old;
    size_t i =
        st_demo_pick(rng, weights, sizeof interests[0], sizeof interests / sizeof interests[0]);
    return known(rng) ? interests[i].text : "";
}

/* One habit stands out with most people. */
static void draw_habits(struct st_demo_traits *t, struct st_rng *rng)
{
    int first = (int)st_rng_below(rng, ST_DEMO_HABIT_COUNT + 1);
    for (int h = 0; h < ST_DEMO_HABIT_COUNT; h++) {
        int64_t level = h == first ? st_demo_between(rng, 60, 98) : st_demo_between(rng, 8, 62);
        t->habits[h] = note(rng, level, 0, 100);
    }
}

static void draw_prospect(struct st_demo_traits *t, struct st_rng *rng,
    const struct st_demo_persona *p, const struct st_demo_options *options)
{
    int64_t yuan = 5000 + (p->income > 0 ? p->income / 3 : 25000);
    int64_t budget = st_demo_round(st_demo_amount(rng, yuan, 0.6), 1000) * 100;
    int64_t quote = st_demo_round(budget * st_demo_between(rng, 70, 130) / 100, 100000);
    t->need = note(rng, st_demo_chance(rng, 620), 0, 1);
    t->budget = note_money(rng, budget);
    t->quote = note_money(rng, quote);
    t->decision_maker = note(rng, st_demo_chance(rng, 550), 0, 1);
    st_date on = options->as_of + (st_date)st_demo_between(rng, -20, 400);
    t->buys_on = known(rng) ? on : ST_DEMO_NO_DATE;
}

static void draw_sales(
    struct st_demo_sales *sales, struct st_rng *rng, int64_t yuan, int margin_low, int margin_high)
{
    int64_t last = st_demo_round(st_demo_amount(rng, yuan, 0.7), 100) * 100 + 10000;
    int64_t before = last * 100 / st_demo_between(rng, 75, 140);
    int64_t next = last * st_demo_between(rng, 80, 145) / 100;
    sales->last_year = note_money(rng, last);
    sales->year_before = note_money(rng, st_demo_round(before, 10000) + 10000);
    sales->forecast = note_money(rng, st_demo_round(next, 10000) + 10000);
    int64_t margin = st_demo_between(rng, margin_low, margin_high) * 25;
    sales->margin = known(rng) ? margin : ST_DEMO_UNKNOWN;
}

static void draw_company(
    struct st_demo_traits *t, struct st_rng *rng, const struct st_demo_persona *p)
{
    int64_t yuan = p->wealth / 100;
    draw_sales(&t->sales[ST_DEMO_LINE_CASH], rng, 12000 + yuan / 60, 10, 60);
    draw_sales(&t->sales[ST_DEMO_LINE_TRADE], rng, 20000 + yuan / 90, 6, 44);
    t->agent = note(rng, st_demo_chance(rng, 90), 0, 1);
}

void st_demo_traits(struct st_demo_traits *t, const struct st_demo_persona *p,
    const struct st_demo_options *options)
{
    static const struct st_demo_sales no_sales = {
        ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN};
    struct st_rng rng;
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_TRAITS, p->index);
    *t = (struct st_demo_traits){
        .area = "",
        .interest = "",
        .satisfaction = ST_DEMO_UNKNOWN,
        .habits = {ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN, ST_DEMO_UNKNOWN},
        .need = ST_DEMO_UNKNOWN,
        .decision_maker = ST_DEMO_UNKNOWN,
        .budget = ST_DEMO_UNKNOWN,
        .quote = ST_DEMO_UNKNOWN,
        .buys_on = ST_DEMO_NO_DATE,
        .sales = {no_sales, no_sales},
        .agent = ST_DEMO_UNKNOWN,
    };
    bool county = st_demo_chance(&rng, p->branch->county);
    if (known(&rng))
        t->area = county ? "county" : "city";
    draw_judgements(t, &rng, p);
    if (p->kind == ST_DEMO_PERSON) {
        t->interest = draw_interest(&rng, p);
        draw_habits(t, &rng);
    } else if (p->kind == ST_DEMO_PROSPECT) {
        draw_prospect(t, &rng, p, options);
    } else {
        draw_company(t, &rng, p);
    }
}
