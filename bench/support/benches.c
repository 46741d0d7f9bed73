/* benches.c - the list of all benches. */
#include "bench/support/benches.h"

const struct bench *const bench_all[] = {
    &bench_dag_build,
    &bench_dag_replay,
    &bench_dag_once,
    &bench_dag_memory,
    &bench_dag_10m,
    &bench_dag_results,
    &bench_fork,
    &bench_stencil,
    &bench_uneven,
    &bench_idle,
    &bench_wake,
    &bench_wake_ratio,
    &bench_dag_crowded,
    &bench_deque,
    &bench_deque_hidden,
    &bench_pool_start,
    &bench_trace_cost,
    &bench_limit_cost,
    &bench_spill,
    &bench_array_reduce,
    &bench_csv_read,
    &bench_groupby_sum,
    &bench_memo,
    NULL,
};
