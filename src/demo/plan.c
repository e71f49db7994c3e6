/* What will happen to a customer in a month: each plan_ function adds events of one kind. */
#include "demo/life.h"

#include "demo/almanac.h"

#include <assert.h>

static const int64_t yuan = ST_DEMO_YUAN;

/* Days before the customer came or once it is gone are left out. */
static void add(
    struct st_demo_life *l, st_date day, enum st_demo_action action, int slot, int64_t amount)
{
    bool gone = l->who.closed_on != ST_DEMO_NO_DATE && day >= l->who.closed_on;
    if (day < l->who.opened_on || (gone && action != ST_DEMO_ACT_CLOSE))
        return;
    assert(l->event_count < ST_DEMO_EVENTS_MAX);
    l->events[l->event_count++] = (struct st_demo_event){day, action, slot, amount};
}

/* The day of the month, or the month's last. */
static st_date day_of(const struct st_demo_life *l, int day)
{
    return l->first + day - 1 < l->last ? l->first + day - 1 : l->last;
}

static st_date any_day(struct st_demo_life *l)
{
    return (st_date)st_demo_between(&l->rng, l->first, l->last);
}

static bool is_month(const struct st_demo_life *l, int month)
{
    return st_date_to_civil(l->first).month == month;
}

static bool is_quarter_end(const struct st_demo_life *l)
{
    return st_date_to_civil(l->first).month % 3 == 0;
}

static void plan_wage(struct st_demo_life *l, enum st_demo_action action)
{
    int64_t month = l->who.income > 0 ? l->who.income * yuan / 13 : 4000 * yuan;
    st_date day = day_of(l, l->who.salary_day);
    add(l, day, action, 0, month * st_demo_between(&l->rng, 985, 1015) / 1000);
    st_date festival = st_demo_spring_festival(st_date_to_civil(l->first + 20).year);
    bool bonus = st_date_month_start(festival - 12) == l->first;
    if (bonus && action == ST_DEMO_ACT_INCOME && st_demo_chance(&l->rng, 600))
        add(l, day_of(l, l->who.salary_day + 3), action, 0,
            month * st_demo_between(&l->rng, 800, 3200) / 1000);
}

static void plan_business(struct st_demo_life *l, int64_t month, int times)
{
    for (int i = 0; i < times; i++) {
        st_date day = any_day(l);
        add(l, day, ST_DEMO_ACT_TAKINGS, 0, st_demo_amount(&l->rng, month / times, 0.5));
    }
}

static void plan_company(struct st_demo_life *l)
{
    int64_t month = l->who.wealth / 12 + 20000 * yuan;
    plan_business(l, month, (int)st_demo_between(&l->rng, 2, 4));
    add(l, day_of(l, l->who.salary_day), ST_DEMO_ACT_SEND, 0, month * 4 / 10); /* the payroll */
    st_date day = any_day(l);
    add(l, day, ST_DEMO_ACT_SEND, 0, st_demo_amount(&l->rng, month / 4, 0.6));
}

static void plan_income(struct st_demo_life *l)
{
    if (l->who.kind == ST_DEMO_COMPANY) {
        plan_company(l);
        return;
    }
    switch (l->who.occupation->pay) {
    case ST_DEMO_SALARY: plan_wage(l, ST_DEMO_ACT_INCOME); break;
    case ST_DEMO_PENSION: plan_wage(l, ST_DEMO_ACT_PENSION); break;
    case ST_DEMO_TAKINGS:
        plan_business(l, l->who.income > 0 ? l->who.income * yuan / 14 : 3000 * yuan,
            (int)st_demo_between(&l->rng, 1, 2));
        break;
    case ST_DEMO_UNPAID:
        if (st_demo_chance(&l->rng, 550))
            add(l, day_of(l, 2), ST_DEMO_ACT_TAKINGS, 0,
                st_demo_between(&l->rng, 8, 25) * 100 * yuan);
        break;
    }
}

/* A third of November's purchases fall into the eleven days before Double 11, most on the day. */
static st_date shopping_day(struct st_demo_life *l)
{
    st_date day = any_day(l);
    if (!is_month(l, 11) || !st_demo_chance(&l->rng, 350))
        return day;
    return st_demo_chance(&l->rng, 550) ? day_of(l, 11)
                                        : (st_date)st_demo_between(&l->rng, l->first, l->first + 9);
}

static int spending_slot(struct st_demo_life *l)
{
    for (int slot = 1; slot < l->book.account_count; slot++) {
        struct st_demo_account *a = &l->book.accounts[slot];
        if (a->product->class == ST_DEMO_CARD && st_demo_is_open(a) && st_demo_chance(&l->rng, 550))
            return slot;
    }
    return 0;
}

static void plan_spending(struct st_demo_life *l)
{
    if (l->who.kind == ST_DEMO_COMPANY)
        return;
    int hundredths = l->who.purchases * st_demo_season(l->first) / 100;
    int count = hundredths / 100 + st_demo_chance(&l->rng, hundredths % 100 * 10);
    int64_t median = 60 * yuan + l->who.income * yuan / 800;
    for (int i = 0; i < count; i++) {
        int slot = spending_slot(l);
        st_date day = shopping_day(l);
        add(l, day, slot > 0 ? ST_DEMO_ACT_CARD_SPEND : ST_DEMO_ACT_SPEND, slot,
            st_demo_amount(&l->rng, median, 1.0));
    }
}

/* Perhaps one movement of `low` to `high` hundred yuan on any day. */
static void plan_now_and_then(
    struct st_demo_life *l, int per_mille, enum st_demo_action action, int low, int high)
{
    if (!st_demo_chance(&l->rng, per_mille))
        return;
    st_date day = any_day(l);
    add(l, day, action, 0, st_demo_between(&l->rng, low, high) * 100 * yuan);
}

static void plan_transfers(struct st_demo_life *l)
{
    bool company = l->who.kind == ST_DEMO_COMPANY;
    plan_now_and_then(l, company ? 0 : 100, ST_DEMO_ACT_WITHDRAW, 2, 40);
    plan_now_and_then(l, company ? 0 : 45, ST_DEMO_ACT_PAY_IN, 3, 80);
    plan_now_and_then(l, 80, ST_DEMO_ACT_SEND, 1, 20);
    plan_now_and_then(l, 40, ST_DEMO_ACT_SEND, 20, 90);
    /* Red envelopes in the week before the lunar new year. */
    st_date eve = st_demo_spring_festival(st_date_to_civil(l->first).year) - 1;
    st_date day = eve - (st_date)st_rng_below(&l->rng, 6);
    bool gives = st_demo_chance(&l->rng, 600);
    if (day >= l->first && day <= l->last && st_demo_chance(&l->rng, 450))
        add(l, day, gives ? ST_DEMO_ACT_SEND : ST_DEMO_ACT_TAKINGS, 0,
            st_demo_between(&l->rng, 2, 30) * 100 * yuan);
    if (is_quarter_end(l) && l->who.index % 6 == 0)
        add(l, day_of(l, 25), ST_DEMO_ACT_FEE, 0, company ? 60 * yuan : 6 * yuan);
}

/* A house sold or bought, a legacy, a firm's year: out of all proportion to the ordinary month, and
 * as often with those who otherwise do nothing. */
static void plan_large_movement(struct st_demo_life *l)
{
    bool wealthy = l->who.wealth >= 5000000;
    if (!st_demo_chance(&l->large, wealthy ? 9 : 3))
        return;
    bool comes_in = st_demo_chance(&l->large, 480);
    st_date day = (st_date)st_demo_between(&l->large, l->first, l->last);
    int64_t median = 120000 + l->who.wealth / yuan * 4 / 10;
    int64_t amount = st_demo_round(st_demo_amount(&l->large, median, 0.7), 1000) * yuan;
    add(l, day, comes_in ? ST_DEMO_ACT_WINDFALL : ST_DEMO_ACT_OUTLAY, 0, amount);
}

static void plan_purchase_of_products(struct st_demo_life *l)
{
    for (int i = 0; i < l->book.plan_count; i++) {
        const struct st_demo_plan *plan = &l->book.plans[i];
        if (plan->month == l->month)
            add(l, any_day(l), ST_DEMO_ACT_OPEN, i,
                st_demo_target(&l->who, l->options, l->month) * plan->part / 1000);
    }
}

static void plan_account(struct st_demo_life *l, int slot)
{
    struct st_demo_account *a = &l->book.accounts[slot];
    struct st_civil opened = st_date_to_civil(a->opened);
    switch (a->product->class) {
    case ST_DEMO_FUND:
        if (a->opened % 5 == 0) /* one in five saves by a monthly plan */
            add(l, day_of(l, 16), ST_DEMO_ACT_TOP_UP, slot,
                100 * yuan + st_demo_round(a->balance / 40, yuan));
        break;
    case ST_DEMO_INSURANCE:
        if (is_month(l, opened.month) && a->instalment > 0)
            add(l, day_of(l, opened.day), ST_DEMO_ACT_PREMIUM, slot, 0);
        break;
    case ST_DEMO_LOAN: add(l, day_of(l, 20), ST_DEMO_ACT_REPAY, slot, 0); break;
    case ST_DEMO_CARD: add(l, day_of(l, 18), ST_DEMO_ACT_CARD_PAY, slot, 0); break;
    case ST_DEMO_DEPOSIT:
        if (a->currency != ST_DEMO_CNY && st_demo_chance(&l->rng, 180)) {
            st_date day = any_day(l);
            add(l, day, ST_DEMO_ACT_FOREIGN, slot, st_demo_between(&l->rng, -30, 35));
        }
        break;
    default: break;
    }
}

/* What goes on whether or not the customer does anything. */
static void plan_by_itself(struct st_demo_life *l)
{
    for (int slot = 0; slot < l->book.account_count; slot++) {
        struct st_demo_account *a = &l->book.accounts[slot];
        bool demand = a->product->class == ST_DEMO_DEPOSIT && a->product->term_months == 0;
        if (!st_demo_is_open(a))
            continue;
        if (demand && is_quarter_end(l))
            add(l, day_of(l, 21), ST_DEMO_ACT_INTEREST, slot, 0);
        if (a->matures >= l->first && a->matures <= l->last && st_demo_is_asset(a))
            add(l, a->matures, ST_DEMO_ACT_MATURE, slot, 0);
        if (a->product->swing > 0)
            add(l, l->last, ST_DEMO_ACT_VALUE, slot, 0);
    }
}

static void plan_activity(struct st_demo_life *l)
{
    plan_income(l);
    plan_spending(l);
    plan_transfers(l);
    plan_purchase_of_products(l);
    for (int slot = 1; slot < l->book.account_count; slot++) {
        if (st_demo_is_open(&l->book.accounts[slot]))
            plan_account(l, slot);
    }
    int settles = l->who.kind == ST_DEMO_COMPANY ? 800 : 500;
    if (st_demo_chance(&l->rng, settles))
        add(l, day_of(l, l->who.salary_day + (int)st_demo_between(&l->rng, 1, 4)),
            ST_DEMO_ACT_SETTLE, 0, 0);
}

void st_demo_plan_month(struct st_demo_life *l)
{
    l->event_count = 0;
    if (l->month == st_demo_month_of(l->options, l->who.opened_on))
        add(l, l->who.opened_on, ST_DEMO_ACT_JOIN, 0,
            10 * yuan + st_demo_target(&l->who, l->options, l->month) * l->book.demand_part / 1000);
    if (l->who.course != ST_DEMO_DORMANT)
        plan_activity(l);
    plan_large_movement(l);
    plan_by_itself(l);
    if (l->who.closed_on >= l->first && l->who.closed_on <= l->last)
        add(l, l->who.closed_on, ST_DEMO_ACT_CLOSE, 0, 0);
}
