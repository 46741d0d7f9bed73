/* results.c - what it costs that every task gives a number to its successors. */
#include "bench/support/measure.h"
#include "bench/support/values.h"

bool bench_measure_results(const struct bench_job *job)
{
    struct bench_values *values = bench_values_new(job->shape);
    void                *graph = bench_build_warm(job, bench_values_body(values, false));
    bool                 right = graph != NULL;

    for (int i = 0; i < job->request->runs && right; i++) {
        const int64_t begin = bench_now_ns();

        right = job->dag->run(job->engine, graph);
        bench_print_sample((double)(bench_now_ns() - begin) / job->shape->n);
    }
    job->dag->drop(job->engine, graph);
    bench_values_free(values);
    return right;
}

/* Two runs: the second shows that no number of the first is left. */
bool bench_check_results(const struct bench_job *job)
{
    struct bench_values *values = bench_values_new(job->shape);
    void                *graph = job->dag->build(job->engine, job->shape,
                                                 bench_values_body(values, true));
    bool                 right = graph != NULL;

    for (int i = 0; i < 2 && right; i++) {
        bench_values_begin(values);
        right = job->dag->run(job->engine, graph) && bench_values_end(values);
    }
    job->dag->drop(job->engine, graph);
    bench_values_free(values);
    return right;
}
