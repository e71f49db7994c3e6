#include "demo/book.h"

#include "base/vec.h"
#include "demo/sheet.h"

#include <math.h>

enum { BANDS = 4 };
static const int64_t band_from[BANDS] = {0, 500000, 5000000, 50000000}; /* fen */

/* Chance per mille by band of wealth, and the share of the assets it takes, relatively. */
static const struct appetite {
    enum st_demo_class class;
    bool foreign;
    int chance[BANDS];
    int age_min, age_max;
    int part_min, part_max;
} appetites[] = {
    {ST_DEMO_DEPOSIT, false, {50, 300, 560, 700}, 22, 90, 20, 60},
    {ST_DEMO_DEPOSIT, false, {0, 40, 150, 350}, 40, 90, 10, 40},
    {ST_DEMO_WEALTH, false, {12, 130, 460, 850}, 22, 85, 20, 90},
    {ST_DEMO_FUND, false, {45, 130, 250, 560}, 20, 75, 8, 45},
    {ST_DEMO_INSURANCE, false, {30, 70, 160, 330}, 25, 75, 5, 20},
    {ST_DEMO_BOND, false, {10, 35, 80, 120}, 45, 90, 10, 30},
    {ST_DEMO_METAL, false, {5, 15, 40, 100}, 25, 75, 3, 12},
    {ST_DEMO_TRUST, false, {0, 0, 0, 330}, 35, 85, 30, 80},
    {ST_DEMO_DEPOSIT, true, {50, 70, 100, 200}, 20, 80, 4, 20},
};

static int wealth_band(int64_t wealth)
{
    int band = 0;
    while (band + 1 < BANDS && wealth >= band_from[band + 1])
        band++;
    return band;
}

int st_demo_month_of(const struct st_demo_options *options, st_date day)
{
    struct st_civil start = st_date_to_civil(st_demo_window_start(options));
    struct st_civil c = st_date_to_civil(day);
    return (c.year - start.year) * 12 + c.month - start.month;
}

int64_t st_demo_target(
    const struct st_demo_persona *p, const struct st_demo_options *options, int month)
{
    double level = 1.0;
    if (p->course == ST_DEMO_GROWING)
        level = exp(p->drift * (month - (options->months - 1)));
    else if (p->course == ST_DEMO_DECLINING || p->course == ST_DEMO_LEAVING)
        level = exp(-p->drift * month);
    int since = month - st_demo_month_of(options, p->opened_on);
    if (since < 3)
        level *= (since + 2) / 5.0; /* new customers try the bank before they trust it */
    return llround((double)p->wealth * level / 100) * 100;
}

int st_demo_audience(const struct st_demo_persona *p)
{
    return p->kind == ST_DEMO_COMPANY ? ST_DEMO_FOR_COMPANIES : ST_DEMO_FOR_PERSONS;
}

int st_demo_risk_max(const struct st_demo_persona *p, struct st_rng *rng)
{
    if (st_demo_chance(rng, 10))
        return 5;
    return p->risk_level > 0 ? p->risk_level : 2;
}

bool st_demo_is_open(const struct st_demo_account *a)
{
    return a->closed == ST_DEMO_NO_DATE;
}

bool st_demo_is_asset(const struct st_demo_account *a)
{
    return a->product->class != ST_DEMO_LOAN && a->product->class != ST_DEMO_CARD;
}

/* --- holders --- */

static const int splits[][ST_DEMO_FAMILY_MAX] = {
    {5000, 5000, 0},
    {6000, 4000, 0},
    {3333, 3333, 3334},
};

static void share_account(struct st_demo_account *a, const struct st_demo_book *book,
    const struct st_demo_persona *owner, struct st_rng *rng)
{
    a->holders[0] = (struct st_demo_holder){owner->index, "owner", ST_SHARE_WHOLE};
    a->holder_count = 1;
    bool can_share = a->product->class == ST_DEMO_DEPOSIT || a->product->class == ST_DEMO_WEALTH;
    int joint = (int)st_rng_below(rng, 1000);
    int split = (int)st_rng_below(rng, 2);
    int able = 0;
    while (able < book->partner_count && book->partners[able].opened_on <= a->opened)
        able++;
    if (!can_share || able == 0)
        return;
    if (joint >= 800) {
        if (joint >= 950)
            a->holders[a->holder_count++] =
                (struct st_demo_holder){book->partners[0].index, "authorised", 0};
        return;
    }
    if (able >= 2)
        split = 2;
    a->holder_count = split == 2 ? 3 : 2;
    for (int h = 0; h < a->holder_count; h++) {
        a->holders[h].customer = h == 0 ? owner->index : book->partners[h - 1].index;
        a->holders[h].role = h == 0 ? "owner" : "joint";
        a->holders[h].share = splits[split][h];
    }
}

/* The family's first member shares; a partner who leaves the bank would break the account up. */
static void find_partners(struct st_demo_book *book, const struct st_demo_persona *p,
    const struct st_demo_options *options)
{
    int64_t members[ST_DEMO_FAMILY_MAX];
    if (p->household < 0 || p->closed_on != ST_DEMO_NO_DATE)
        return;
    int count = st_demo_family(options, p->index, members);
    if (count == 0 || members[0] != p->index)
        return;
    for (int i = 1; i < count; i++) {
        struct st_demo_persona *partner = &book->partners[book->partner_count];
        st_demo_persona(partner, options, members[i]);
        book->partner_count += partner->closed_on == ST_DEMO_NO_DATE;
    }
}

/* --- accounts --- */

struct st_demo_account *st_demo_book_add(struct st_demo_book *book,
    const struct st_demo_persona *persona, struct st_rng *rng,
    const struct st_demo_product *product, st_date opened)
{
    if (book->account_count == ST_DEMO_ACCOUNTS_MAX)
        return NULL;
    struct st_demo_account *a = &book->accounts[book->account_count++];
    *a = (struct st_demo_account){
        .product = product,
        .currency = ST_DEMO_CNY,
        .opened = opened,
        .term_start = opened,
        .matures = ST_DEMO_NO_DATE,
        .closed = ST_DEMO_NO_DATE,
        .rate = product->rate,
    };
    if (product->term_months > 0)
        a->matures = st_date_add_months(opened, product->term_months);
    if (product->class == ST_DEMO_DEPOSIT && product->term_months > 0)
        a->auto_renew = st_demo_chance(rng, 450);
    share_account(a, book, persona, rng);
    return a;
}

/* A day before the window on which an account now held was opened; a term must still run. */
static st_date draw_past_opening(struct st_rng *rng, const struct st_demo_persona *p,
    const struct st_demo_product *product, st_date start)
{
    st_date earliest = p->opened_on;
    if (product->term_months > 0 && start - st_demo_term_days(product) + 3 > earliest)
        earliest = start - st_demo_term_days(product) + 3;
    st_date sold = earliest;
    if (st_date_parse(product->sale_from, strlen(product->sale_from), &sold) && sold > earliest)
        earliest = sold;
    return (st_date)st_demo_between(rng, earliest, start - 1);
}

static void open_past(struct st_demo_book *book, const struct st_demo_plan *plan,
    const struct st_demo_persona *p, const struct st_demo_options *options,
    const struct st_demo_market *market, struct st_rng *rng)
{
    st_date start = st_demo_window_start(options);
    int64_t fen = st_demo_round(st_demo_target(p, options, 0) * plan->part / 1000, 10000);
    const struct st_demo_product *product = st_demo_foreign_demand;
    if (plan->currency == ST_DEMO_CNY)
        product = st_demo_choose_product(
            rng, plan->class, st_demo_audience(p), fen / 100, st_demo_risk_max(p, rng), start - 1);
    if (!product || fen <= 0)
        return;
    struct st_demo_account *a =
        st_demo_book_add(book, p, rng, product, draw_past_opening(rng, p, product, start));
    if (!a)
        return;
    a->currency = plan->currency;
    a->balance = st_demo_from_fen(market, plan->currency, fen, start - 1);
    a->instalment = fen / 5;
    if (plan->currency != ST_DEMO_CNY)
        a->rate = st_demo_currencies[plan->currency].interest;
}

static int64_t draw_debt(
    const struct st_demo_persona *p, struct st_rng *rng, const struct st_demo_product *product)
{
    int64_t income = p->income > 0 ? p->income : 60000;
    int64_t yuan = st_demo_amount(rng, income * 3 / 10, 0.5);
    if (product == st_demo_mortgage)
        yuan = st_demo_amount(rng, income * 4, 0.4);
    else if (product == st_demo_company_loan)
        yuan = st_demo_amount(rng, p->wealth / 150 + 200000, 0.6);
    return st_demo_round(yuan, 1000) * 100;
}

static void open_debt(struct st_demo_book *book, const struct st_demo_persona *p,
    const struct st_demo_options *options, struct st_rng *rng,
    const struct st_demo_product *product)
{
    st_date start = st_demo_window_start(options);
    int64_t fen = draw_debt(p, rng, product);
    struct st_demo_account *a =
        st_demo_book_add(book, p, rng, product, draw_past_opening(rng, p, product, start));
    if (!a || fen < product->minimum * 100)
        fen = product->minimum * 100;
    if (!a)
        return;
    a->instalment = fen / product->term_months;
    int64_t paid = st_demo_month_of(options, start) - st_demo_month_of(options, a->opened);
    a->balance = fen - a->instalment * paid;
    if (a->balance < a->instalment)
        a->balance = a->instalment;
}

static void open_debts(struct st_demo_book *book, const struct st_demo_persona *p,
    const struct st_demo_options *options, struct st_rng *rng)
{
    bool paid = p->occupation && p->occupation->pay != ST_DEMO_UNPAID;
    st_date start = st_demo_window_start(options);
    if (p->opened_on >= start || p->course >= ST_DEMO_DORMANT)
        return;
    if (p->kind == ST_DEMO_COMPANY) {
        if (st_demo_chance(rng, 330))
            open_debt(book, p, options, rng, st_demo_company_loan);
        return;
    }
    if (paid && p->age >= 26 && p->age <= 55 && st_demo_chance(rng, 110))
        open_debt(book, p, options, rng, st_demo_mortgage);
    if (paid && p->age >= 22 && p->age <= 58 && st_demo_chance(rng, 50))
        open_debt(book, p, options, rng, st_demo_consumer_loan);
    if (paid && p->age >= 20 && p->age <= 62 && st_demo_chance(rng, 200)) {
        const struct st_demo_product *card = st_demo_choose_product(
            rng, ST_DEMO_CARD, ST_DEMO_FOR_PERSONS, p->wealth / 100, 5, start - 1);
        if (card)
            st_demo_book_add(book, p, rng, card, draw_past_opening(rng, p, card, start));
    }
}

/* --- plans --- */

static int draw_month(
    const struct st_demo_persona *p, const struct st_demo_options *options, struct st_rng *rng)
{
    int opened = st_demo_month_of(options, p->opened_on);
    if (opened >= 0)
        return opened + (int)st_rng_below(rng, 6);
    bool later = st_demo_chance(rng, p->course == ST_DEMO_GROWING ? 400 : 180);
    int month = (int)st_rng_below(rng, (uint64_t)options->months);
    return later && p->course < ST_DEMO_DECLINING ? month : ST_DEMO_HELD_BEFORE;
}

static enum st_demo_currency draw_currency(struct st_rng *rng)
{
    return (enum st_demo_currency)st_demo_pick(
        rng, &st_demo_currencies[0].weight, sizeof st_demo_currencies[0], ST_DEMO_CURRENCY_COUNT);
}

static void draw_plans(struct st_demo_book *book, const struct st_demo_persona *p,
    const struct st_demo_options *options, struct st_rng *rng)
{
    int band = wealth_band(p->wealth);
    int age = p->kind == ST_DEMO_COMPANY ? 45 : p->age;
    int total = (int)st_demo_between(rng, 8, 45 - 8 * band); /* the rich leave less idle */
    int demand = total;
    for (size_t i = 0; i < ST_COUNT(appetites); i++) {
        const struct appetite *want = &appetites[i];
        if (!st_demo_chance(rng, want->chance[band]) || age < want->age_min || age > want->age_max)
            continue;
        struct st_demo_plan *plan = &book->plans[book->plan_count++];
        plan->class = want->class;
        plan->currency = want->foreign ? draw_currency(rng) : ST_DEMO_CNY;
        plan->part = (int)st_demo_between(rng, want->part_min, want->part_max);
        plan->month = draw_month(p, options, rng);
        total += plan->part;
    }
    book->demand_part = demand * 1000 / total;
    for (int i = 0; i < book->plan_count; i++)
        book->plans[i].part = book->plans[i].part * 1000 / total;
}

void st_demo_book_init(struct st_demo_book *book, const struct st_demo_persona *p,
    const struct st_demo_options *options, const struct st_demo_market *market, struct st_rng *rng)
{
    book->account_count = book->plan_count = book->partner_count = 0;
    if (p->kind == ST_DEMO_PROSPECT)
        return;
    find_partners(book, p, options);
    draw_plans(book, p, options, rng);
    st_demo_book_add(book, p, rng,
        p->kind == ST_DEMO_COMPANY ? st_demo_company_demand : st_demo_personal_demand,
        p->opened_on);
    if (p->opened_on >= st_demo_window_start(options))
        return;
    for (int i = 0; i < book->plan_count; i++) {
        if (book->plans[i].month == ST_DEMO_HELD_BEFORE)
            open_past(book, &book->plans[i], p, options, market, rng);
    }
    open_debts(book, p, options, rng);
    /* What the other products did not take stays on the demand deposit. */
    int64_t rest = st_demo_target(p, options, 0) * book->demand_part / 1000;
    book->accounts[0].balance = rest + st_demo_between(rng, 100, 9999);
}
