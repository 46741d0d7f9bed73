/* replay.c - how long a graph takes: to build, to run again, to build and run once. */
#include "bench/support/measure.h"

/* Runs before the clock; see dag.h. */
enum { N_WARM = 3 };

bool bench_measure_build(const struct bench_job *job)
{
    bool right = true;

    for (int i = 0; i < job->request->runs && right; i++) {
        const int64_t begin = bench_now_ns();
        void         *graph = job->dag->build(job->engine, job->shape, bench_body_empty());
        const int64_t end = bench_now_ns();

        bench_print_sample((double)(end - begin) / job->shape->n);
        right = graph != NULL;
        job->dag->drop(job->engine, graph);
    }
    return right;
}

bool bench_measure_once(const struct bench_job *job)
{
    bool right = true;

    for (int i = 0; i < job->request->runs && right; i++) {
        const int64_t begin = bench_now_ns();
        void         *graph = job->dag->build(job->engine, job->shape, bench_body_empty());

        right = graph && job->dag->run(job->engine, graph);
        bench_print_sample((double)(bench_now_ns() - begin) / job->shape->n);
        job->dag->drop(job->engine, graph);
    }
    return right;
}

void *bench_build_warm(const struct bench_job *job, struct bench_body body)
{
    void *graph = job->dag->build(job->engine, job->shape, body);
    bool  right = graph != NULL;

    for (int i = 0; i < N_WARM && right; i++)
        right = job->dag->run(job->engine, graph);
    if (right)
        return graph;
    job->dag->drop(job->engine, graph);
    return NULL;
}

bool bench_measure_replay(const struct bench_job *job)
{
    void *graph = bench_build_warm(job, bench_body_empty());
    bool  right = graph != NULL;

    for (int i = 0; i < job->request->runs && right; i++) {
        const int64_t begin = bench_now_ns();

        right = job->dag->run(job->engine, graph);
        bench_print_sample((double)(bench_now_ns() - begin) / job->shape->n);
    }
    job->dag->drop(job->engine, graph);
    return right;
}
