/* weft/random.h - random numbers for functions of yours, the same wherever they are asked for.
 *
 * Element i of a stream is a function of (seed, stream, i) alone: no state to
 * share between tasks, any part can be made on any worker, and made again. They
 * are the numbers of weft_array_uniform() from 0 to 1 for the same seed and stream
 * (weft/array/random.h, which tells the algorithm).
 *
 * Threads: any; nothing is kept.
 */
#ifndef WEFT_RANDOM_H
#define WEFT_RANDOM_H

#include <stdint.h>
#include <weft/api.h>

WEFT_BEGIN

/* out[k] = element first + k, in [0, 1), for 0 <= k < n; first >= 0. Much cheaper by
 * the hundred than one by one. */
WEFT_API void weft_random_units(uint64_t seed, uint64_t stream, int64_t first, int64_t n, double *out);

WEFT_END
#endif
