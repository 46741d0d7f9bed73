/* weft/array/random.h - arrays of random numbers, the same on any number of workers.
 *
 * Numbers are made from counters: element i (row-major, over the whole array) of
 * a stream is a function of (seed, stream, i) and of nothing else. So neither the
 * chunks nor the workers nor the machine change a digit, an array can be made
 * again instead of kept, and a stream never changes within a major version.
 *
 * Algorithm: block j of a stream is Philox4x32-10 (Salmon, Moraes, Dror, Shaw:
 * "Parallel random numbers: as easy as 1, 2, 3", SC'11) with the seed as key and
 * (j, stream) as counter. Its four words are two of 64 bits, word 2k + 1 above
 * word 2k, for elements 2j and 2j + 1.
 *   uniform  u = (bits >> 11) * 2^-53, in [0, 1)
 *   normal   of the two u of a block: r = sqrt(-2 ln(1 - u0)) and the angle
 *            2 pi u1; element 2j is r cos, element 2j + 1 is r sin (Box and
 *            Muller, 1958). Each is within 4 units in the last place; |x| stays under 8.58
 *   integers low + (bits * (high - low) >> 64); no number is more likely than
 *            another by more than (high - low) / 2^64
 */
#ifndef WEFT_ARRAY_H
#include <weft/array.h> /* which has this file in its place, before the macros of places.h */
#elif !defined WEFT_ARRAY_RANDOM_H
#define WEFT_ARRAY_RANDOM_H

WEFT_BEGIN

/* A source of streams, filled with a seed: {.seed = 7}. Each array made from it
 * takes the stream number and counts it up. Plain memory: a copy goes its own way
 * from there, with the same streams. */
struct weft_random {
    uint64_t seed;
    uint64_t stream; /* of the next array */
};

/* Another source, whose streams are independent of those of `r`; counts r up. */
WEFT_API struct weft_random weft_random_spawn(struct weft_random *r);

/* float64. In [low, high); rounding may give high itself where it is not 1. */
WEFT_API weft_array *weft_array_uniform(weft_graph *g, struct weft_random *r, double low, double high,
                                        struct weft_layout layout);
WEFT_API weft_array *weft_array_normal(weft_graph *g, struct weft_random *r, double mean, double sd,
                                       struct weft_layout layout); /* sd >= 0 */

/* int64, low <= x < high. */
WEFT_API weft_array *weft_array_integers(weft_graph *g, struct weft_random *r, int64_t low, int64_t high,
                                         struct weft_layout layout);

WEFT_END
#endif
