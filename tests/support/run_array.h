/* run_array.h - arrays to blocks, on one worker and on many; the plain way to index. */
#ifndef TEST_RUN_ARRAY_H
#define TEST_RUN_ARRAY_H

#include <weft/weft.h>

/* The whole array: by the serial runner, and the same bits from threads. Asserts that
 * it succeeds. Given: release it. */
weft_block *run_array(weft_array *a);

/* The status of running it, and why. */
weft_status fail_array(weft_array *a, struct weft_error *err);

/* Runs it and gives its one element. */
double run_f64(weft_array *a);

/* The next index row-major; false after the last. */
bool next_index(int64_t *index, int n_dims, const int64_t *shape);

/* Row-major place of `index` in an array of that shape that repeats axes of size 1,
 * with axes matched from the last. */
int64_t place_of(const int64_t *index, int n_index, const int64_t *shape, int n_dims);

/* A few numbers that repeat from run to run; 0 <= next_random() < n. */
int64_t next_random(uint64_t *state, int64_t n);

/* A layout of a random shape, at most `max` along an axis, cut at random. */
struct weft_layout random_layout(uint64_t *state, int n_dims, int64_t max);

/* An array of whole numbers from -5 to 5, of any type, in memory that lives until
 * the graph is freed; *values has them as doubles: free it. */
weft_array *some_array(weft_graph *g, uint64_t *state, weft_dtype dtype, struct weft_layout layout,
                       double **values);

#endif
