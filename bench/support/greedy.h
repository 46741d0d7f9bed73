/* greedy.h - when a greedy list schedule of a graph ends.
 *
 * Graham (1969): a worker that is free takes the ready task with the lowest number, at
 * once and for nothing. Computed, not run.
 */
#ifndef BENCH_SUPPORT_GREEDY_H
#define BENCH_SUPPORT_GREEDY_H

#include "bench/support/shape.h"

/* In nanoseconds; task i takes ns[i]. */
int64_t bench_greedy_end(const struct bench_shape *shape, const int64_t *ns, int n_workers);

#endif
