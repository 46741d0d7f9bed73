/* stats.c - the middle and the ends of a few samples. */
#include "bench/support/stats.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

struct bench_stats bench_stats_of(double *samples, int n)
{
    qsort(samples, (size_t)n, sizeof *samples, compare);
    return (struct bench_stats){
        .median = (samples[(n - 1) / 2] + samples[n / 2]) / 2,
        .min = samples[0],
        .max = samples[n - 1],
    };
}
