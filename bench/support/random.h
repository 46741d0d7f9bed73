/* random.h - the same random numbers on every machine (splitmix64). */
#ifndef BENCH_SUPPORT_RANDOM_H
#define BENCH_SUPPORT_RANDOM_H

#include <stdint.h>

static inline uint64_t bench_random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 .. n-1. The high half of a product: its bias, n in 2^32, is far below what any
 * of these tables or graphs could show. */
static inline uint32_t bench_random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((bench_random_next(state) >> 32) * n >> 32);
}

#endif
