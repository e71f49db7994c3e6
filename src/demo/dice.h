/* Draws from a random stream, in whole numbers as early as possible. */
#ifndef ST_DEMO_DICE_H
#define ST_DEMO_DICE_H

#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a stream is for: one customer's streams do not disturb each other, so that, say, another
 * way of spending leaves the same people. */
enum st_demo_stream {
    ST_DEMO_STREAM_PERSONA,
    ST_DEMO_STREAM_FAMILY,
    ST_DEMO_STREAM_BOOK,
    ST_DEMO_STREAM_LIFE,
    ST_DEMO_STREAM_MARKET,
    ST_DEMO_STREAM_TRAITS,
    ST_DEMO_STREAM_EVENTS,
    ST_DEMO_STREAM_DEFECTS,
    ST_DEMO_STREAM_COUNT = 8,
};

void st_demo_stream(struct st_rng *rng, uint64_t seed, enum st_demo_stream kind, int64_t index);

/* True `per_mille` times in a thousand. */
bool st_demo_chance(struct st_rng *rng, int per_mille);
/* Uniform in low..high, both included. */
int64_t st_demo_between(struct st_rng *rng, int64_t low, int64_t high);
/* Standard normal, as the sum of twelve uniforms (within ±6): no libm, the same everywhere. */
double st_demo_normal(struct st_rng *rng);
/* A lognormal amount with that median; `sigma` in natural-log units. At least 1. */
int64_t st_demo_amount(struct st_rng *rng, int64_t median, double sigma);
/* A row of a table by weight: `weights` is the first row's weight, `stride` a row's size. */
size_t st_demo_pick(struct st_rng *rng, const int *weights, size_t stride, size_t count);

/* Down to a multiple of `unit`. */
int64_t st_demo_round(int64_t amount, int64_t unit);

#endif
