#include "demo/dice.h"

#include <math.h>

void st_demo_stream(struct st_rng *rng, uint64_t seed, enum st_demo_stream kind, int64_t index)
{
    st_rng_init(rng, seed, (uint64_t)index * ST_DEMO_STREAM_COUNT + (uint64_t)kind);
}

bool st_demo_chance(struct st_rng *rng, int per_mille)
{
    return (int)st_rng_below(rng, 1000) < per_mille;
}

int64_t st_demo_between(struct st_rng *rng, int64_t low, int64_t high)
{
    return high <= low ? low : low + (int64_t)st_rng_below(rng, (uint64_t)(high - low) + 1);
}

double st_demo_normal(struct st_rng *rng)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++)
        sum += st_rng_uniform(rng);
    return sum;
}

int64_t st_demo_amount(struct st_rng *rng, int64_t median, double sigma)
{
    double amount = (double)median * exp(sigma * st_demo_normal(rng));
    return amount < 1.0 ? 1 : llround(amount);
}

static int weight_at(const int *weights, size_t stride, size_t i)
{
    return *(const int *)(const void *)((const char *)weights + i * stride);
}

size_t st_demo_pick(struct st_rng *rng, const int *weights, size_t stride, size_t count)
{
    int64_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += weight_at(weights, stride, i);
    int64_t left = (int64_t)st_rng_below(rng, (uint64_t)total);
    size_t i = 0;
    while (i + 1 < count && left >= weight_at(weights, stride, i))
        left -= weight_at(weights, stride, i++);
    return i;
}

int64_t st_demo_round(int64_t amount, int64_t unit)
{
    return amount - amount % unit;
}
