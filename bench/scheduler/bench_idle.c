/* bench_idle.c - what a pool takes of a core while it has nothing to do. */
#include "bench/scheduler/weft_dag.h"
#include "bench/support/benches.h"

static int answer(const struct bench_request *request)
{
    const struct bench_dag dag = bench_weft_dag(BENCH_UNNAMED);

    return bench_dag_answer(&dag, request);
}

static const char *const cases[] = { "wide", NULL };
static const int         workers[] = { 2, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_idle = {
    .name = "idle", .unit = "% of a core", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 10000, .n_quick = 100, .answer = answer,
};
