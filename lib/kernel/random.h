/* random.h - many random numbers at once, each a function of (seed, stream, its number).
 *
 * Number v of a stream is half v % 2 of Philox block v / 2: see lib/base/random.h
 * for the block and weft/array/random.h for what is made of it. Every function
 * writes numbers first, first + 1, ..., first + n - 1, and gives the same bits on
 * every instruction set: nothing here is left to the compiler's reordering or to
 * a library of functions.
 */
#ifndef WF_KERNEL_RANDOM_H
#define WF_KERNEL_RANDOM_H

#include <stdint.h>

void wf_random_bits(uint64_t seed, uint64_t stream, int64_t first, int64_t n, uint64_t *out);

/* low + (high - low) * u */
void wf_random_uniform(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double low, double high,
                       double *out);

/* mean + sd * z */
void wf_random_normal(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double mean, double sd,
                      double *out);

#endif
