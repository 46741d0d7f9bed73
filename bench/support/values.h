/* values.h - one number a task, read by its successors: results written by hand.
 *
 *     value[i] = 1 + the values of all that i waits for        (modulo 2^64)
 *
 * The body is what a user writes for a scheduler that knows no results: an array of
 * numbers, and each task reads its predecessors'. Weft passes them as results of
 * tasks instead, and uses the array only to be checked.
 */
#ifndef BENCH_SUPPORT_VALUES_H
#define BENCH_SUPPORT_VALUES_H

#include "bench/support/body.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench_values;

/* The argument of one task. */
struct bench_value {
    struct bench_values *all;
    uint32_t             task;
};

struct bench_values *bench_values_new(const struct bench_shape *shape);
void bench_values_free(struct bench_values *values);

/* The body to be timed, and one that does the same and can be told from it: where
 * values travel another way, this one also notes them. */
void bench_value_add(void *arg);
void bench_value_check(void *arg);
struct bench_body bench_values_body(struct bench_values *values, bool check);

void bench_value_note(const struct bench_value *value, uint64_t is);

/* Around each run. end() says on stderr how many values are wrong, if any. */
void bench_values_begin(struct bench_values *values);
bool bench_values_end(const struct bench_values *values);

#ifdef __cplusplus
}
#endif

#endif
