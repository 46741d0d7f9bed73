/* stats.c - the middle, the quartiles and the ends of a few samples. */
#include "bench/support/stats.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The sample a share of the way from the least to the greatest. */
static double at_share(const double *sorted, int n, double share)
{
    const double place = share * (n - 1);
    const int    before = (int)place;
    const int    after = before + 1 < n ? before + 1 : before;

    return sorted[before] + (place - before) * (sorted[after] - sorted[before]);
}

struct bench_stats bench_stats_of(double *samples, int n)
{
    qsort(samples, (size_t)n, sizeof *samples, compare);
    return (struct bench_stats){
        .median = at_share(samples, n, 0.5),
        .q1 = at_share(samples, n, 0.25),
        .q3 = at_share(samples, n, 0.75),
        .min = samples[0],
        .max = samples[n - 1],
    };
}
