/* benches.h - where each bench is written: a file beside the one it measures. */
#ifndef BENCH_SUPPORT_BENCHES_H
#define BENCH_SUPPORT_BENCHES_H

#include "bench/support/bench.h"

/* bench/scheduler/bench_async.c */
extern const struct bench bench_async;

/* bench/scheduler/bench_budget.c */
extern const struct bench bench_limit_cost;
extern const struct bench bench_spill;

/* bench/scheduler/bench_cancel.c */
extern const struct bench bench_cancel;

/* bench/scheduler/bench_dag.c */
extern const struct bench bench_dag_build;
extern const struct bench bench_dag_replay;
extern const struct bench bench_dag_once;
extern const struct bench bench_dag_memory;
extern const struct bench bench_dag_10m;
extern const struct bench bench_dag_results;
extern const struct bench bench_dag_crowded;

/* bench/scheduler/bench_deque.c */
extern const struct bench bench_deque;
extern const struct bench bench_deque_hidden;

/* bench/scheduler/bench_fork.c */
extern const struct bench bench_fork;

/* bench/scheduler/bench_stencil.c, bench_uneven.c, bench_idle.c */
extern const struct bench bench_stencil;
extern const struct bench bench_uneven;
extern const struct bench bench_idle;

/* bench/scheduler/bench_wake.c */
extern const struct bench bench_wake;
extern const struct bench bench_wake_ratio;

/* bench/scheduler/bench_pool.c, bench_trace.c */
extern const struct bench bench_pool_start;

/* bench/scheduler/bench_sleepers.c */
extern const struct bench bench_sleepers;
extern const struct bench bench_trace_cost;

/* bench/lib/analyse/bench_export.c */
extern const struct bench bench_export;

/* bench/lib/array/bench_reduce.c */
extern const struct bench bench_array_reduce;

/* bench/lib/io/bench_csv.c */
extern const struct bench bench_csv_read;

/* bench/lib/frame/bench_groupby.c */
extern const struct bench bench_groupby_sum;

/* bench/lib/graph/bench_memo.c */
extern const struct bench bench_memo;

#endif
