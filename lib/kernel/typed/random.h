/* random.h - the table of random numbers for one instruction set, a group at a time. */
#ifndef WF_TYPED_RANDOM_H
#define WF_TYPED_RANDOM_H

#include <stdint.h>

/* A group is 64 blocks of Philox, which are 128 numbers: 1 KiB, and enough that the
 * vector loops are full. */
enum { WF_RANDOM_BLOCKS = 64, WF_RANDOM_GROUP = 2 * WF_RANDOM_BLOCKS };

/* Each writes the WF_RANDOM_GROUP numbers of blocks `block`, block + 1, ... */
struct wf_random {
    void (*bits)(uint64_t seed, uint64_t stream, uint64_t block, uint64_t *out);
    void (*uniform)(uint64_t seed, uint64_t stream, uint64_t block, double low, double high, double *out);
    void (*normal)(uint64_t seed, uint64_t stream, uint64_t block, double mean, double sd, double *out);
};

#endif
