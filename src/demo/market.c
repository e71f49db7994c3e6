#include "demo/market.h"

#include "base/decimal.h"
#include "demo/almanac.h"
#include "demo/persona.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void draw_rates(struct st_demo_market *market, struct st_rng *rng)
{
    int64_t today[ST_DEMO_CURRENCY_COUNT];
    for (int c = 0; c < ST_DEMO_CURRENCY_COUNT; c++)
        today[c] = st_demo_currencies[c].rate;
    for (int day = 0; day < market->days; day++) {
        bool moves = st_demo_is_business_day(market->first_day + day);
        for (int c = 1; moves && c < ST_DEMO_CURRENCY_COUNT; c++) {
            /* A weak pull to the first day's rate keeps ten years within reason. */
            double pull = (double)(st_demo_currencies[c].rate - today[c]) * 0.004;
            double step = (double)today[c] * st_demo_currencies[c].drift * 1e-6;
            today[c] += llround(pull + step * st_demo_normal(rng));
        }
        memcpy(market->rates[day], today, sizeof today);
    }
}

static void draw_growth(struct st_demo_market *market, struct st_rng *rng, int months)
{
    assert(st_demo_product_count <= ST_DEMO_PRODUCTS_MAX);
    for (size_t p = 0; p < st_demo_product_count; p++) {
        const struct st_demo_product *product = &st_demo_products[p];
        for (int m = 0; m < months; m++) {
            double monthly = (double)product->rate / 1200.0; /* scale 8 a year → ppm a month */
            double swing = product->swing * st_demo_normal(rng);
            market->growth[p][m] = product->swing == 0 ? 0 : (int)lround(monthly + swing);
        }
    }
}

void st_demo_market_init(struct st_demo_market *market, const struct st_demo_options *options)
{
    struct st_rng rng;
    memset(market, 0, sizeof *market);
    market->first_day = st_demo_window_start(options) - ST_DEMO_RATE_LEAD_DAYS;
    market->days = options->as_of - market->first_day + 1;
    assert(market->days <= ST_DEMO_RATE_DAYS_MAX);
    st_demo_stream(&rng, options->seed, ST_DEMO_STREAM_MARKET, 1);
    draw_rates(market, &rng);
    draw_growth(market, &rng, options->months);
}

static int64_t rate_on(
    const struct st_demo_market *market, enum st_demo_currency currency, st_date on)
{
    assert(on >= market->first_day && on < market->first_day + market->days);
    return market->rates[on - market->first_day][currency];
}

int64_t st_demo_to_fen(
    const struct st_demo_market *market, enum st_demo_currency currency, int64_t amount, st_date on)
{
    if (currency == ST_DEMO_CNY)
        return amount;
    st_wide fen = (st_wide)amount * rate_on(market, currency, on) * 100 /
                  st_pow10(ST_DEMO_RATE_SCALE + st_demo_currencies[currency].exponent);
    return (int64_t)fen;
}

int64_t st_demo_from_fen(
    const struct st_demo_market *market, enum st_demo_currency currency, int64_t fen, st_date on)
{
    if (currency == ST_DEMO_CNY)
        return fen;
    st_wide scaled =
        (st_wide)fen * st_pow10(ST_DEMO_RATE_SCALE + st_demo_currencies[currency].exponent);
    return (int64_t)(scaled / ((st_wide)rate_on(market, currency, on) * 100));
}
