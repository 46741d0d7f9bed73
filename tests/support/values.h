/* values.h - values that loops get wrong: extremes, signed zeros, NaN, among random ones. */
#ifndef WF_TESTS_VALUES_H
#define WF_TESTS_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/dtype.h>

#include "lib/kernel/isa.h"

/* One element of any type but string. */
union any {
    uint8_t b;
    int64_t i;
    float   f;
    double  d;
    int32_t t;
};

union any any_at(weft_dtype dtype, const void *values, int64_t i);
void      any_put(weft_dtype dtype, void *values, int64_t i, union any x);
bool      any_same(weft_dtype dtype, union any x, union any y); /* to the bit; a NaN is a NaN */

/* Fills n elements from a seed: a third of them special. */
void any_fill(weft_dtype dtype, void *values, int64_t n, uint64_t seed);

/* Small whole numbers, for sums and powers that shall stay exact. */
void any_fill_small(weft_dtype dtype, void *values, int64_t n, uint64_t seed);

/* Random bits, about `percent` of them set. */
void any_fill_bits(uint64_t *map, int64_t n, int percent, uint64_t seed);

/* Lengths around what loops and bitmaps are cut by: 0 .. 130, and near 1024. -1 after the last. */
int64_t length_at(int k);

/* Calls `test` with each instruction set of this machine in use. */
void on_each_isa(void (*test)(void));

#endif
