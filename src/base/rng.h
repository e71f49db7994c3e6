/* xoshiro256** seeded by splitmix64 (Blackman and Vigna, 2018): the same stream on every machine.
 */
#ifndef ST_BASE_RNG_H
#define ST_BASE_RNG_H

#include <stdint.h>

struct st_rng {
    uint64_t state[4];
};

/* An independent stream per (seed, stream): parallel generation does not depend on order. */
void st_rng_init(struct st_rng *rng, uint64_t seed, uint64_t stream);
uint64_t st_rng_next(struct st_rng *rng);
/* Uniform in 0..bound−1, unbiased (Lemire 2019); bound > 0. */
uint64_t st_rng_below(struct st_rng *rng, uint64_t bound);
/* Uniform in [0, 1) with 53 bits. */
double st_rng_uniform(struct st_rng *rng);

#endif
