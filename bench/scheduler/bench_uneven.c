/* bench_uneven.c - bodies of 1 to 100 us: how near the end comes to greedy list scheduling's. */
#include "bench/scheduler/weft_dag.h"
#include "bench/support/benches.h"

static int answer(const struct bench_request *request)
{
    const struct bench_dag dag = bench_weft_dag(BENCH_UNNAMED);

    return bench_dag_answer(&dag, request);
}

static const char *const cases[] = { "wide", "random", NULL };
static const int         workers[] = { 2, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_uneven = {
    .name = "uneven", .unit = "x greedy", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 20000, .n_quick = 100, .answer = answer,
};
