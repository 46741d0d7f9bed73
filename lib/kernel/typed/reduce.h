/* reduce.h - the table of reductions over one type, each over values without nulls. */
#ifndef WF_TYPED_REDUCE_H
#define WF_TYPED_REDUCE_H

#include <stdbool.h>
#include <stdint.h>

/* Sums run in LANES lanes whatever the machine has, so that every one adds in the
 * same order; a block is what is summed before blocks are added pairwise. */
enum { WF_LANES = 16, WF_BLOCK_ELEMS = 1024 };

__extension__ typedef __int128 wf_wide;

static inline wf_wide wf_wide_of(int64_t hi, uint64_t lo)
{
    return (wf_wide)hi * ((wf_wide)1 << 64) + lo;
}

struct wf_reduce {
    double  (*sum)(const void *values, int64_t n);                 /* floats; n <= WF_BLOCK_ELEMS */
    void    (*sum_exact)(const void *values, int64_t n, int64_t *hi, uint64_t *lo); /* integers: adds to 128 bits */
    double  (*squares)(const void *values, int64_t n, double mean); /* of distances from mean; n as above */
    double  (*mean)(const void *values, int64_t n);                 /* 0 < n as above */
    double  (*prod)(const void *values, int64_t n);                 /* floats; n as above */
    bool    (*prod_exact)(const void *values, int64_t n, int64_t *io); /* integers; true: overflow, wrapped */
    void    (*min)(void *out, const void *values, int64_t n);       /* 0 < n */
    void    (*max)(void *out, const void *values, int64_t n);
    int64_t (*find)(const void *values, const uint64_t *valid, int64_t n, const void *value); /* the first equal
                                                    * one that is valid, a NaN equal to NaNs; -1: none */
};

#endif
