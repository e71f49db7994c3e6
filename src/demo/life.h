/* A customer's months: events that move money, written as transactions and balances. */
#ifndef ST_DEMO_LIFE_H
#define ST_DEMO_LIFE_H

#include "demo/book.h"
#include "demo/sheet.h"

enum { ST_DEMO_YUAN = 100 }; /* fen */

enum st_demo_action {
    ST_DEMO_ACT_JOIN,
    ST_DEMO_ACT_INCOME,
    ST_DEMO_ACT_PENSION,
    ST_DEMO_ACT_TAKINGS,
    ST_DEMO_ACT_SPEND,
    ST_DEMO_ACT_CARD_SPEND,
    ST_DEMO_ACT_CARD_PAY,
    ST_DEMO_ACT_SEND,
    ST_DEMO_ACT_WITHDRAW,
    ST_DEMO_ACT_PAY_IN,
    ST_DEMO_ACT_WINDFALL,
    ST_DEMO_ACT_OUTLAY,
    ST_DEMO_ACT_FEE,
    ST_DEMO_ACT_INTEREST,
    ST_DEMO_ACT_OPEN,
    ST_DEMO_ACT_MATURE,
    ST_DEMO_ACT_TOP_UP,
    ST_DEMO_ACT_PREMIUM,
    ST_DEMO_ACT_REPAY,
    ST_DEMO_ACT_FOREIGN,
    ST_DEMO_ACT_SETTLE,
    ST_DEMO_ACT_VALUE,
    ST_DEMO_ACT_CLOSE,
    ST_DEMO_ACT_COUNT,
};

enum { ST_DEMO_EVENTS_MAX = 200 };

struct st_demo_event {
    st_date day;
    enum st_demo_action action;
    int slot; /* an account or a plan of the book */
    int64_t amount;
};

struct st_demo_life {
    const struct st_demo_options *options;
    const struct st_demo_market *market;
    struct st_demo_sheet *transactions;
    struct st_demo_sheet *balances;
    struct st_demo_persona who;
    struct st_demo_book book;
    struct st_rng rng;
    struct st_rng large; /* of large movements: apart, so that they disturb nobody else */
    int64_t sequence;    /* of the customer's transactions */
    int month;           /* of the window */
    st_date first, last; /* days of that month */
    struct st_demo_event events[ST_DEMO_EVENTS_MAX];
    int event_count;
};

/* Lives one customer through the window: writes its transactions and balances, and leaves its
 * accounts in life->book. The four pointers above are set by the caller and kept. */
void st_demo_live(struct st_demo_life *life, int64_t index);

/* Its two steps: the events of life->month, in no order; and one of them carried out. */
void st_demo_plan_month(struct st_demo_life *life);
void st_demo_act(struct st_demo_life *life, const struct st_demo_event *event);

/* A row of balances, not ended; in the minor units of a currency with `exponent` decimals. */
void st_demo_write_balance(
    struct st_demo_sheet *balances, int64_t account, st_date day, int64_t balance, int exponent);

/* "A" and the customer's number in eight digits and the slot's in two, as one number. */
int64_t st_demo_account_number(int64_t customer, int slot);

#endif
