/* bench_dag.c - what a task costs: to build, to run again, to build and run once. */
#include "bench/support/benches.h"

static const char *const cases[] = { "wide", "chain", "tree", "wave", "random", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { NULL };

#define DAG_BENCH(title)                                                          \
    {                                                                             \
        .name = title, .unit = "ns/task", .cases = cases, .workers = workers,     \
        .own = own, .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000,           \
    }

const struct bench bench_dag_build = DAG_BENCH("dag-build");
const struct bench bench_dag_replay = DAG_BENCH("dag-replay");
const struct bench bench_dag_once = DAG_BENCH("dag-once");
