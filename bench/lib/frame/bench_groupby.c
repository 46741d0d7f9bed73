/* bench_groupby.c - sums by a text key of a hundred values. */
#include "bench/support/benches.h"

static const char *const cases[] = { "id1", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { NULL };

const struct bench bench_groupby_sum = {
    .name = "groupby-sum", .unit = "ns/row", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_ROWS, .n = 10000000, .n_quick = 1000, .reads_file = true,
};
