/* random.h - counter-based random numbers: the same for any number of workers.
 *
 * Philox4x32-10 (Salmon et al., SC'11; Random123 from Debian). Number i of a
 * stream depends on (seed, stream, i) alone, so a chunk can be made, or made
 * again, anywhere.
 */
#ifndef WF_RANDOM_H
#define WF_RANDOM_H

#include <stdint.h>

/* 128 random bits: block `i` of stream `stream` under `seed`. */
void wf_random_block(uint64_t seed, uint64_t stream, uint64_t i, uint32_t out[4]);

/* A double in [0, 1) from 53 of 64 random bits. */
static inline double wf_random_unit(uint32_t low, uint32_t high)
{
    return (double)(((uint64_t)high << 32 | low) >> 11) * 0x1p-53;
}

#endif
