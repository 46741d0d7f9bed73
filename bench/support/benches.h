/* benches.h - where each bench is written: a file beside the one it measures. */
#ifndef BENCH_SUPPORT_BENCHES_H
#define BENCH_SUPPORT_BENCHES_H

#include "bench/support/bench.h"

/* bench/scheduler/bench_dag.c */
extern const struct bench bench_dag_build;
extern const struct bench bench_dag_replay;
extern const struct bench bench_dag_once;

/* bench/scheduler/bench_pool.c, bench_trace.c */
extern const struct bench bench_pool_start;
extern const struct bench bench_trace_cost;

/* bench/lib/array/bench_reduce.c */
extern const struct bench bench_array_reduce;

/* bench/lib/io/bench_csv.c */
extern const struct bench bench_csv_read;

/* bench/lib/frame/bench_groupby.c */
extern const struct bench bench_groupby_sum;

#endif
