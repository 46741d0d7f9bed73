/* stats.h - the middle, the quartiles and the ends of a few samples. */
#ifndef BENCH_SUPPORT_STATS_H
#define BENCH_SUPPORT_STATS_H

struct bench_stats {
    double median;
    double q1, q3;  /* between two samples where they fall between */
    double min;
    double max;
};

/* Sorts the samples. n >= 1. */
struct bench_stats bench_stats_of(double *samples, int n);

#endif
