/* A customer's accounts: what is held when the window opens and what will be bought in it. */
#ifndef ST_DEMO_BOOK_H
#define ST_DEMO_BOOK_H

#include "demo/market.h"
#include "demo/persona.h"

enum { ST_DEMO_ACCOUNTS_MAX = 40, ST_DEMO_PLANS_MAX = 12, ST_DEMO_HELD_BEFORE = -1 };

struct st_demo_holder {
    int64_t customer; /* index */
    const char *role;
    int share; /* basis points */
};

struct st_demo_account {
    const struct st_demo_product *product;
    enum st_demo_currency currency;
    st_date opened, matures, closed; /* ST_DEMO_NO_DATE where it does not apply */
    st_date term_start;
    bool auto_renew;
    int64_t rate;       /* a year, scale 8 */
    int64_t balance;    /* minor units; of loans and cards what is owed */
    int64_t written;    /* the balance last written */
    bool seen;          /* a balance was written */
    int64_t instalment; /* principal a month of a loan, premium a year of an insurance */
    struct st_demo_holder holders[ST_DEMO_FAMILY_MAX];
    int holder_count;
};

struct st_demo_plan {
    enum st_demo_class class;
    enum st_demo_currency currency;
    int part;  /* of the assets, per mille */
    int month; /* of the window, or ST_DEMO_HELD_BEFORE */
};

struct st_demo_book {
    struct st_demo_account accounts[ST_DEMO_ACCOUNTS_MAX]; /* the first is the demand deposit */
    int account_count;
    struct st_demo_plan plans[ST_DEMO_PLANS_MAX];
    int plan_count;
    int demand_part; /* per mille */
    struct st_demo_persona
        partners[ST_DEMO_FAMILY_MAX]; /* who may share this customer's accounts */
    int partner_count;
};

/* Month of the window (0-based) that a day lies in; negative before it. */
int st_demo_month_of(const struct st_demo_options *options, st_date day);

/* Fen of assets that the customer's course aims at in a month of the window. */
int64_t st_demo_target(
    const struct st_demo_persona *persona, const struct st_demo_options *options, int month);

/* Draws the plans and opens what is held before the window, with its balances. */
void st_demo_book_init(struct st_demo_book *book, const struct st_demo_persona *persona,
    const struct st_demo_options *options, const struct st_demo_market *market, struct st_rng *rng);

/* Adds an empty account of the product with its holders and terms; NULL when the book is full. */
struct st_demo_account *st_demo_book_add(struct st_demo_book *book,
    const struct st_demo_persona *persona, struct st_rng *rng,
    const struct st_demo_product *product, st_date opened);

/* The highest product risk class the customer is sold; one sale in a hundred ignores it. */
int st_demo_risk_max(const struct st_demo_persona *persona, struct st_rng *rng);
bool st_demo_is_open(const struct st_demo_account *account);
/* Something owned, not something owed. */
bool st_demo_is_asset(const struct st_demo_account *account);

int st_demo_audience(const struct st_demo_persona *persona);

#endif
