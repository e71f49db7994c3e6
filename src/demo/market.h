/* What all customers share: exchange rates by day and the value of products by month. */
#ifndef ST_DEMO_MARKET_H
#define ST_DEMO_MARKET_H

#include "demo/catalog.h"
#include "demo/demo.h"

enum {
    ST_DEMO_RATE_LEAD_DAYS = 15, /* rates before the window, for its opening balances */
    ST_DEMO_RATE_DAYS_MAX = ST_DEMO_MONTHS_MAX * 31 + ST_DEMO_RATE_LEAD_DAYS + 1,
    ST_DEMO_RATE_SCALE = 6,
    ST_DEMO_PRODUCTS_MAX = 48,
};

struct st_demo_market {
    st_date first_day;
    int days;
    int64_t rates[ST_DEMO_RATE_DAYS_MAX][ST_DEMO_CURRENCY_COUNT]; /* yuan per unit × 10⁶ */
    int growth[ST_DEMO_PRODUCTS_MAX][ST_DEMO_MONTHS_MAX];         /* value change of a month, ppm */
};

void st_demo_market_init(struct st_demo_market *market, const struct st_demo_options *options);

/* Between the minor units of a currency and fen at the day's rate, rounded down. */
int64_t st_demo_to_fen(const struct st_demo_market *market, enum st_demo_currency currency,
    int64_t amount, st_date on);
int64_t st_demo_from_fen(
    const struct st_demo_market *market, enum st_demo_currency currency, int64_t fen, st_date on);

#endif
