/* A month is planned as a list of events, sorted by day, and then carried out in order, because
 * what an event may take depends on the balance it meets: deposits are never overdrawn.
 */
#include "demo/life.h"

int64_t st_demo_account_number(int64_t customer, int slot)
{
    return (customer + 1) * 100 + slot + 1;
}

void st_demo_write_balance(
    struct st_demo_sheet *s, int64_t account, st_date day, int64_t balance, int exponent)
{
    st_demo_field_number(s, "A", account, 10);
    st_demo_field_date(s, day);
    st_demo_field_money_summed(s, balance, exponent);
}

static void end_day(struct st_demo_life *l, st_date day)
{
    for (int slot = 0; slot < l->book.account_count; slot++) {
        struct st_demo_account *a = &l->book.accounts[slot];
        if (a->opened > day || (a->seen && a->balance == a->written))
            continue;
        st_demo_write_balance(l->balances, st_demo_account_number(l->who.index, slot), day,
            a->balance, st_demo_currencies[a->currency].exponent);
        st_demo_end_row(l->balances);
        a->written = a->balance;
        a->seen = true;
    }
}

static void sort_by_day(struct st_demo_event *events, int count)
{
    for (int i = 1; i < count; i++) {
        struct st_demo_event e = events[i];
        int j = i;
        for (; j > 0 && events[j - 1].day > e.day; j--)
            events[j] = events[j - 1];
        events[j] = e;
    }
}

static void carry_out(struct st_demo_life *l)
{
    sort_by_day(l->events, l->event_count);
    for (int i = 0; i < l->event_count; i++) {
        const struct st_demo_event *e = &l->events[i];
        st_demo_act(l, e);
        if (i + 1 == l->event_count || l->events[i + 1].day != e->day)
            end_day(l, e->day);
    }
}

void st_demo_live(struct st_demo_life *l, int64_t index)
{
    st_date start = st_demo_window_start(l->options);
    struct st_rng book_rng;
    st_demo_persona(&l->who, l->options, index);
    st_demo_stream(&book_rng, l->options->seed, ST_DEMO_STREAM_BOOK, index);
    st_demo_stream(&l->rng, l->options->seed, ST_DEMO_STREAM_LIFE, index);
    st_demo_stream(&l->large, l->options->seed, ST_DEMO_STREAM_EVENTS, index);
    st_demo_book_init(&l->book, &l->who, l->options, l->market, &book_rng);
    l->sequence = 0;
    if (l->who.kind == ST_DEMO_PROSPECT)
        return;
    end_day(l, start - 1); /* the opening balances */
    int opened = st_demo_month_of(l->options, l->who.opened_on);
    int months = l->options->months;
    if (l->who.closed_on != ST_DEMO_NO_DATE)
        months = st_demo_month_of(l->options, l->who.closed_on) + 1;
    for (l->month = opened > 0 ? opened : 0; l->month < months; l->month++) {
        l->first = st_date_add_months(start, l->month);
        l->last = st_date_month_end(l->first);
        st_demo_plan_month(l);
        carry_out(l);
    }
}
