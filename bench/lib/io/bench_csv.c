/* bench_csv.c - reading a CSV file of 500 MB, all columns, types guessed. */
#include "bench/support/benches.h"

static const char *const cases[] = { "g1-1e7", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { NULL };

const struct bench bench_csv_read = {
    .name = "csv-read", .unit = "ns/row", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_ROWS, .n = 10000000, .n_quick = 1000, .reads_file = true,
};
