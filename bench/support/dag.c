/* dag.c - which measurement answers which bench. */
#include "bench/support/dag.h"

#include "bench/support/measure.h"

#include <stdio.h>
#include <string.h>

struct kind {
    const char *bench;
    bool      (*measure)(const struct bench_job *job);
    bool      (*check)(const struct bench_job *job);  /* besides the order of tasks; or NULL */
};

static const struct kind kinds[] = {
    { "dag-build",   bench_measure_build,   NULL },
    { "dag-replay",  bench_measure_replay,  NULL },
    { "dag-crowded", bench_measure_replay,  NULL },
    { "dag-once",    bench_measure_once,    NULL },
    { "dag-memory",  bench_measure_memory,  NULL },
    { "dag-10m",     bench_measure_memory,  NULL },
    { "dag-results", bench_measure_results, bench_check_results },
    { "stencil",     bench_measure_metg,    NULL },
    { "uneven",      bench_measure_uneven,  bench_check_uneven },
    { "idle",        bench_measure_idle,    NULL },
};

static const struct kind *find_kind(const char *bench)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!strcmp(kinds[i].bench, bench))
            return &kinds[i];
    return NULL;
}

/* Three runs of one graph: the second and third show whether it was made ready again. */
static bool check_order(const struct bench_job *job)
{
    struct bench_watch *watch = bench_watch_new(job->shape);
    void               *graph = job->dag->build(job->engine, job->shape, bench_watch_body(watch));
    bool                right = graph != NULL;

    for (int i = 0; i < 3 && right; i++) {
        bench_watch_begin(watch);
        right = job->dag->run(job->engine, graph);
        right = bench_watch_end(watch) && right;
    }
    job->dag->drop(job->engine, graph);
    bench_watch_free(watch);
    return right;
}

static bool answer(const struct kind *kind, const struct bench_job *job)
{
    if (!job->request->check)
        return kind->measure(job);
    return check_order(job) && (!kind->check || kind->check(job));
}

int bench_dag_answer(const struct bench_dag *dag, const struct bench_request *request)
{
    const struct kind *kind = find_kind(request->bench);
    struct bench_shape shape;
    struct bench_job   job = { dag, NULL, &shape, request };
    bool               right = false;

    if (!kind) {
        fprintf(stderr, "no such bench: %s\n", request->bench);
        return BENCH_USAGE;
    }
    if (!bench_shape_init(&shape, request->case_name, request->n)) {
        fprintf(stderr, "no such shape: %s\n", request->case_name);
        return BENCH_USAGE;
    }
    job.engine = dag->start(request->workers);
    if (!job.engine)
        fprintf(stderr, "cannot start %d workers\n", request->workers);
    else
        right = answer(kind, &job);
    dag->stop(job.engine);
    bench_shape_fini(&shape);
    return right ? BENCH_OK : BENCH_WRONG;
}

int bench_dag_main(const struct bench_dag *dag, int argc, char **argv)
{
    struct bench_request request;

    if (!bench_request_parse(&request, argc, argv))
        return BENCH_USAGE;
    return bench_dag_answer(dag, &request);
}
