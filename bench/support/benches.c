/* benches.c - the list of all benches. */
#include "bench/support/benches.h"

const struct bench *const bench_all[] = {
    &bench_dag_build,
    &bench_dag_replay,
    &bench_dag_once,
    &bench_pool_start,
    &bench_trace_cost,
    &bench_array_reduce,
    &bench_csv_read,
    &bench_groupby_sum,
    NULL,
};
