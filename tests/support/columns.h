/* columns.h - random columns of every type, for tests that judge by plain loops. */
#ifndef TEST_COLUMNS_H
#define TEST_COLUMNS_H

#include "lib/data/chunk.h"

/* The next number of a sequence that `*seed` decides (splitmix64). */
uint64_t random_next(uint64_t *seed);
/* 0 <= x < n */
int64_t random_below(uint64_t *seed, int64_t n);

/* n rows with about `n_distinct` different values, of which `null_percent` in a hundred
 * are null. Floats have a NaN and both zeros among them; strings are up to 40 bytes,
 * many with a common beginning, some empty, some with a zero byte. */
struct wf_column *random_column(uint64_t *seed, weft_dtype dtype, int64_t n, int64_t n_distinct, int null_percent);

/* Whether row i of a and row j of b are one key: nulls, all NaN, and both zeros are. */
bool same_key(const struct wf_column *a, int64_t i, const struct wf_column *b, int64_t j);

/* Whether the two chunks have the same columns and, bit by bit, the same values. */
bool same_chunks(const weft_chunk *a, const weft_chunk *b);

#endif
