/* bench_stencil.c - how short the tasks of a stencil may be before overhead eats half the time. */
#include "bench/scheduler/weft_dag.h"
#include "bench/support/benches.h"

static int answer(const struct bench_request *request)
{
    const struct bench_dag dag = bench_weft_dag(BENCH_UNNAMED);

    return bench_dag_answer(&dag, request);
}

static const char *const cases[] = { "width-2", "width-64", NULL };
static const int         workers[] = { 2, 0 };
static const char *const own[] = { "weft", NULL };

/* n is steps. */
const struct bench bench_stencil = {
    .name = "stencil", .unit = "ns METG(50%)", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 1000, .n_quick = 20, .spins = true, .every_run = true,
    .answer = answer,
};
