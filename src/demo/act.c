/* What an event does. Every movement of money is written by move_money, so that a balance is
 * always the sum of what the file says.
 *
 * No expression draws twice from the stream: C leaves the order of arguments to the compiler, and
 * the same seed must give the same bytes from all of them.
 */
#include "demo/life.h"

#include "base/vec.h"

static const int64_t yuan = ST_DEMO_YUAN;

/* --- writing --- */

struct movement {
    const char *kind;
    const char *channel;
    const char *product;
    const char *merchant;
    int64_t reference; /* shared by the two legs of one movement; 0: none */
};

static const char *draw_channel(struct st_demo_life *l)
{
    int mobile = l->who.kind == ST_DEMO_COMPANY ? 150
                 : l->who.age < 50              ? 820
                 : l->who.age < 66              ? 560
                                                : 220;
    if (st_demo_chance(&l->rng, mobile))
        return "mobile";
    if (l->who.kind == ST_DEMO_COMPANY)
        return "online";
    return st_demo_chance(&l->rng, 350) ? "online" : "counter";
}

/* Any holder of a joint account may move its money. */
static int64_t draw_mover(struct st_demo_life *l, const struct st_demo_account *a)
{
    bool joint = a->holder_count > 1 && a->holders[1].share > 0;
    return joint && st_demo_chance(&l->rng, 350) ? a->holders[1].customer : a->holders[0].customer;
}

static void move_money(
    struct st_demo_life *l, int slot, st_date day, int64_t amount, struct movement m)
{
    struct st_demo_account *a = &l->book.accounts[slot];
    struct st_demo_sheet *s = l->transactions;
    if (amount == 0)
        return;
    a->balance += a->product->class == ST_DEMO_CARD ? -amount : amount;
    int64_t number = (l->who.index + 1) * 100000 + ++l->sequence;
    st_demo_field_number(s, "T", number, 13);
    st_demo_field_number(s, "A", st_demo_account_number(l->who.index, slot), 10);
    st_demo_field_number(s, "C", draw_mover(l, a) + 1, 8);
    st_demo_field_date(s, day);
    st_demo_field_money_summed(s, amount, st_demo_currencies[a->currency].exponent);
    st_demo_field_text(s, st_demo_currencies[a->currency].code);
    st_demo_field_text(s, m.kind);
    st_demo_field_text(s, m.channel);
    st_demo_field_text(s, m.product ? m.product : "");
    st_demo_field_text(s, m.merchant ? m.merchant : "");
    if (m.reference > 0)
        st_demo_field_number(s, "R", m.reference, 13);
    else
        st_demo_field_empty(s);
    st_demo_end_row(s);
}

/* --- small moves --- */

static int64_t next_reference(const struct st_demo_life *l)
{
    return (l->who.index + 1) * 100000 + l->sequence + 1;
}

/* Takes up to `amount` from the demand deposit, whole yuan or more; returns what was taken. */
static int64_t pay(struct st_demo_life *l, st_date day, int64_t amount, struct movement m)
{
    int64_t can = l->book.accounts[0].balance;
    int64_t paid = amount < can ? amount : can;
    if (paid < yuan)
        return 0;
    move_money(l, 0, day, -paid, m);
    return paid;
}

/* Brings money from elsewhere when the demand deposit is short of `amount`. */
static void bring(struct st_demo_life *l, st_date day, int64_t amount)
{
    int64_t lacking = amount - l->book.accounts[0].balance;
    if (lacking > 0)
        move_money(l, 0, day, st_demo_round(lacking, 100 * yuan) + 100 * yuan,
            (struct movement){.kind = "transfer_in", .channel = draw_channel(l)});
}

static void pay_in_full(struct st_demo_life *l, st_date day, int64_t amount, struct movement m)
{
    bring(l, day, amount);
    move_money(l, 0, day, -amount, m);
}

static bool is_term_deposit(const struct st_demo_account *a)
{
    return a->product->class == ST_DEMO_DEPOSIT && a->product->term_months > 0;
}

/* `rate` at scale 8 a year over `days`. */
static int64_t interest_of(int64_t principal, int64_t rate, int days, int basis)
{
    return (int64_t)st_div_half_up(
        (st_wide)principal * rate * days, (st_wide)basis * st_pow10(ST_SCALE_RATE));
}

/* --- buying and selling --- */

static void pay_for(struct st_demo_life *l, int slot, st_date day, int64_t fen)
{
    struct st_demo_account *a = &l->book.accounts[slot];
    struct movement m = {.channel = draw_channel(l), .product = a->product->code};
    if (a->product->class == ST_DEMO_DEPOSIT) {
        m.kind = "transfer_out";
        m.reference = next_reference(l);
        pay_in_full(l, day, fen, m);
        m.kind = "deposit";
        move_money(l, slot, day, st_demo_from_fen(l->market, a->currency, fen, day), m);
        return;
    }
    m.kind = a->product->class == ST_DEMO_INSURANCE ? "premium" : "wealth_buy";
    pay_in_full(l, day, fen, m);
    a->balance += fen;
}

static void buy(struct st_demo_life *l, const struct st_demo_plan *plan, st_date day, int64_t fen)
{
    const struct st_demo_product *product = st_demo_foreign_demand;
    fen = st_demo_round(fen, 100 * yuan);
    if (plan->currency == ST_DEMO_CNY)
        product = st_demo_choose_product(&l->rng, plan->class, st_demo_audience(&l->who),
            fen / yuan, st_demo_risk_max(&l->who, &l->rng), day);
    if (!product || fen <= 0)
        return;
    struct st_demo_account *a = st_demo_book_add(&l->book, &l->who, &l->rng, product, day);
    if (!a)
        return;
    a->currency = plan->currency;
    a->instalment = fen;
    if (plan->currency != ST_DEMO_CNY)
        a->rate = st_demo_currencies[plan->currency].interest;
    pay_for(l, l->book.account_count - 1, day, fen);
}

/* Turns `amount` of an account's balance into money on the demand deposit. */
static void redeem(struct st_demo_life *l, int slot, st_date day, int64_t amount)
{
    struct st_demo_account *a = &l->book.accounts[slot];
    struct movement m = {.channel = draw_channel(l), .product = a->product->code};
    if (a->product->class == ST_DEMO_DEPOSIT) {
        m.reference = next_reference(l);
        m.kind = "withdrawal";
        move_money(l, slot, day, -amount, m);
        m.kind = "transfer_in";
        move_money(l, 0, day, st_demo_to_fen(l->market, a->currency, amount, day), m);
    } else {
        m.kind = "wealth_redeem";
        a->balance -= amount;
        move_money(l, 0, day, amount, m);
    }
    if (a->balance == 0)
        a->closed = day;
}

/* Sells what can be sold on any day, up to `fen`. */
static void redeem_some(struct st_demo_life *l, st_date day, int64_t fen)
{
    for (int slot = 1; slot < l->book.account_count && fen >= 100 * yuan; slot++) {
        struct st_demo_account *a = &l->book.accounts[slot];
        bool liquid = a->product->class == ST_DEMO_WEALTH || a->product->class == ST_DEMO_FUND ||
                      a->product->class == ST_DEMO_METAL;
        if (!liquid || !st_demo_is_open(a) || a->product->term_months > 0 || a->balance <= 0)
            continue;
        int64_t part = fen >= a->balance * 9 / 10 ? a->balance : st_demo_round(fen, 100 * yuan);
        redeem(l, slot, day, part);
        fen -= part;
    }
}

/* --- actions: each carries out one event --- */

typedef void action_fn(struct st_demo_life *l, const struct st_demo_event *e);

static void act_join(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(l, 0, e->day, e->amount,
        (struct movement){.kind = "deposit", .channel = l->who.age < 45 ? "mobile" : "counter"});
}

static void act_income(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(l, 0, e->day, e->amount, (struct movement){.kind = "salary", .channel = "batch"});
}

static void act_pension(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(l, 0, e->day, e->amount, (struct movement){.kind = "pension", .channel = "batch"});
}

static void act_takings(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(l, 0, e->day, e->amount,
        (struct movement){.kind = "transfer_in", .channel = draw_channel(l)});
}

static const char *draw_merchant(struct st_demo_life *l)
{
    return st_demo_merchants[st_demo_pick(&l->rng, &st_demo_merchants[0].weight,
                                 sizeof st_demo_merchants[0], st_demo_merchant_count)]
        .text;
}

static const char *draw_till(struct st_demo_life *l)
{
    if (l->who.age > 65 && st_demo_chance(&l->rng, 500))
        return "pos";
    return st_demo_chance(&l->rng, 720)   ? "mobile"
           : st_demo_chance(&l->rng, 500) ? "pos"
                                          : "online";
}

static struct movement draw_purchase(struct st_demo_life *l)
{
    struct movement m = {.kind = "purchase"};
    m.channel = draw_till(l);
    m.merchant = draw_merchant(l);
    return m;
}

static void act_spend(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t most = l->book.accounts[0].balance * 6 / 10;
    pay(l, e->day, e->amount < most ? e->amount : most, draw_purchase(l));
}

static void act_card_spend(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct movement m = draw_purchase(l);
    m.product = l->book.accounts[e->slot].product->code;
    move_money(l, e->slot, e->day, -e->amount, m);
}

static void pay_card(struct st_demo_life *l, int slot, st_date day, int64_t owed)
{
    struct st_demo_account *card = &l->book.accounts[slot];
    if (owed <= 0)
        return;
    pay_in_full(l, day, owed,
        (struct movement){
            .kind = "card_payment", .channel = "batch", .product = card->product->code});
    card->balance -= owed;
}

static void act_card_pay(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t owed = l->book.accounts[e->slot].balance;
    bool revolves = st_demo_chance(&l->rng, 90);
    pay_card(l, e->slot, e->day, revolves ? owed * 4 / 10 : owed);
}

static void act_send(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t most = st_demo_round(l->book.accounts[0].balance / 2, 10 * yuan);
    pay(l, e->day, e->amount < most ? e->amount : most,
        (struct movement){.kind = "transfer_out", .channel = draw_channel(l)});
}

static void act_withdraw(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t most = st_demo_round(l->book.accounts[0].balance / 2, 100 * yuan);
    pay(l, e->day, e->amount < most ? e->amount : most,
        (struct movement){.kind = "withdrawal", .channel = l->who.age > 62 ? "counter" : "atm"});
}

static void act_pay_in(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(l, 0, e->day, e->amount,
        (struct movement){.kind = "deposit", .channel = l->who.age > 62 ? "counter" : "atm"});
}

static void act_windfall(struct st_demo_life *l, const struct st_demo_event *e)
{
    move_money(
        l, 0, e->day, e->amount, (struct movement){.kind = "transfer_in", .channel = "counter"});
}

/* Most of what is on the account, when that is much; the rest of a large sum comes from elsewhere.
 */
static void act_outlay(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t most = st_demo_round(l->book.accounts[0].balance * 95 / 100, 1000 * yuan);
    int64_t paid = e->amount < most ? e->amount : most;
    if (paid >= 20000 * yuan)
        pay(l, e->day, paid, (struct movement){.kind = "transfer_out", .channel = "counter"});
}

static void act_fee(struct st_demo_life *l, const struct st_demo_event *e)
{
    pay(l, e->day, e->amount, (struct movement){.kind = "fee", .channel = "batch"});
}

static void act_interest(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *a = &l->book.accounts[e->slot];
    if (st_demo_is_open(a))
        move_money(l, e->slot, e->day, interest_of(a->balance, a->rate, 90, 360),
            (struct movement){.kind = "interest", .channel = "batch"});
}

static void act_open(struct st_demo_life *l, const struct st_demo_event *e)
{
    buy(l, &l->book.plans[e->slot], e->day, e->amount);
}

/* A deposit renews by itself or is paid out; whatever is paid out is often placed again. */
static void act_mature(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *a = &l->book.accounts[e->slot];
    if (!st_demo_is_open(a) || a->balance <= 0)
        return;
    int64_t interest = a->product->swing > 0
                           ? 0
                           : interest_of(a->balance, a->rate, a->matures - a->term_start, 365);
    if (is_term_deposit(a))
        move_money(l, e->slot, e->day, interest,
            (struct movement){.kind = "interest", .channel = "batch", .product = a->product->code});
    else
        a->balance += interest;
    if (a->auto_renew) {
        a->term_start = a->matures;
        a->matures = st_date_add_months(a->term_start, a->product->term_months);
        return;
    }
    int64_t paid_out = a->balance;
    redeem(l, e->slot, e->day, paid_out);
    int again = l->who.course >= ST_DEMO_DECLINING ? 300 : 820;
    if (st_demo_chance(&l->rng, again)) {
        struct st_demo_plan plan = {.class = a->product->class, .currency = ST_DEMO_CNY};
        buy(l, &plan, e->day, paid_out);
    }
}

static void act_top_up(struct st_demo_life *l, const struct st_demo_event *e)
{
    if (st_demo_is_open(&l->book.accounts[e->slot]))
        pay_for(l, e->slot, e->day, e->amount);
}

static void act_premium(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *a = &l->book.accounts[e->slot];
    pay_for(l, e->slot, e->day, a->instalment);
    a->balance -= a->instalment / 8; /* cover and costs; the rest is cash value */
}

static void act_repay(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *loan = &l->book.accounts[e->slot];
    int64_t principal = loan->instalment < loan->balance ? loan->instalment : loan->balance;
    if (principal <= 0 || !st_demo_is_open(loan))
        return;
    pay_in_full(l, e->day, principal + interest_of(loan->balance, loan->rate, 30, 360),
        (struct movement){
            .kind = "loan_payment", .channel = "batch", .product = loan->product->code});
    loan->balance -= principal;
    if (loan->balance == 0)
        loan->closed = e->day;
}

static void act_foreign(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *a = &l->book.accounts[e->slot];
    int64_t unit = 10 * st_pow10(st_demo_currencies[a->currency].exponent);
    int64_t amount = st_demo_round(a->balance * e->amount / 100, unit);
    if (st_demo_is_open(a))
        move_money(l, e->slot, e->day, amount,
            (struct movement){
                .kind = amount > 0 ? "transfer_in" : "transfer_out", .channel = draw_channel(l)});
}

/* What the other accounts hold, in fen. */
static int64_t held_elsewhere(const struct st_demo_life *l, st_date day)
{
    int64_t sum = 0;
    for (int slot = 1; slot < l->book.account_count; slot++) {
        const struct st_demo_account *a = &l->book.accounts[slot];
        if (st_demo_is_asset(a))
            sum += st_demo_to_fen(l->market, a->currency, a->balance, day);
    }
    return sum;
}

static void act_settle(struct st_demo_life *l, const struct st_demo_event *e)
{
    int64_t target = st_demo_target(&l->who, l->options, l->month);
    int64_t others = held_elsewhere(l, e->day);
    int64_t pocket = target * l->book.demand_part / 3000;
    if (others > target + target / 8)
        redeem_some(l, e->day, others - target + pocket);
    int64_t want = target - held_elsewhere(l, e->day);
    if (want < pocket)
        want = pocket;
    int64_t gap = l->book.accounts[0].balance - want;
    int64_t moved = st_demo_round(gap * st_demo_between(&l->rng, 70, 105) / 100, 100 * yuan);
    if (gap > want / 6 + 300 * yuan)
        pay(l, e->day, moved,
            (struct movement){.kind = "transfer_out", .channel = draw_channel(l)});
    else if (gap < -(want / 6 + 300 * yuan))
        move_money(l, 0, e->day, -moved,
            (struct movement){.kind = "transfer_in", .channel = draw_channel(l)});
}

static void act_value(struct st_demo_life *l, const struct st_demo_event *e)
{
    struct st_demo_account *a = &l->book.accounts[e->slot];
    int ppm = l->market->growth[a->product - st_demo_products][l->month];
    if (st_demo_is_open(a))
        a->balance += (int64_t)st_div_half_up((st_wide)a->balance * ppm, 1000000);
}

static void act_close(struct st_demo_life *l, const struct st_demo_event *e)
{
    for (int slot = 1; slot < l->book.account_count; slot++) {
        struct st_demo_account *a = &l->book.accounts[slot];
        if (!st_demo_is_open(a))
            continue;
        if (a->product->class == ST_DEMO_CARD)
            pay_card(l, slot, e->day, a->balance);
        else if (a->balance > 0)
            redeem(l, slot, e->day, a->balance);
        a->closed = e->day;
    }
    move_money(l, 0, e->day, -l->book.accounts[0].balance,
        (struct movement){.kind = "withdrawal", .channel = "counter"});
    l->book.accounts[0].closed = e->day;
}

static action_fn *const actions[ST_DEMO_ACT_COUNT] = {
    [ST_DEMO_ACT_JOIN] = act_join,
    [ST_DEMO_ACT_INCOME] = act_income,
    [ST_DEMO_ACT_PENSION] = act_pension,
    [ST_DEMO_ACT_TAKINGS] = act_takings,
    [ST_DEMO_ACT_SPEND] = act_spend,
    [ST_DEMO_ACT_CARD_SPEND] = act_card_spend,
    [ST_DEMO_ACT_CARD_PAY] = act_card_pay,
    [ST_DEMO_ACT_SEND] = act_send,
    [ST_DEMO_ACT_WITHDRAW] = act_withdraw,
    [ST_DEMO_ACT_PAY_IN] = act_pay_in,
    [ST_DEMO_ACT_WINDFALL] = act_windfall,
    [ST_DEMO_ACT_OUTLAY] = act_outlay,
    [ST_DEMO_ACT_FEE] = act_fee,
    [ST_DEMO_ACT_INTEREST] = act_interest,
    [ST_DEMO_ACT_OPEN] = act_open,
    [ST_DEMO_ACT_MATURE] = act_mature,
    [ST_DEMO_ACT_TOP_UP] = act_top_up,
    [ST_DEMO_ACT_PREMIUM] = act_premium,
    [ST_DEMO_ACT_REPAY] = act_repay,
    [ST_DEMO_ACT_FOREIGN] = act_foreign,
    [ST_DEMO_ACT_SETTLE] = act_settle,
    [ST_DEMO_ACT_VALUE] = act_value,
    [ST_DEMO_ACT_CLOSE] = act_close,
};

void st_demo_act(struct st_demo_life *l, const struct st_demo_event *e)
{
    actions[e->action](l, e);
}
