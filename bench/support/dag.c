/* dag.c - timing a scheduler on one graph. */
#include "bench/support/dag.h"

#include <stdio.h>
#include <string.h>

/* Runs before the clock; see dag.h. */
enum { N_WARM = 3 };

/* Three runs of one graph: the second and third show whether it was made ready again. */
static bool check(const struct bench_dag *dag, void *engine, const struct bench_shape *shape)
{
    struct bench_watch *watch = bench_watch_new(shape);
    void               *graph = dag->build(engine, shape, bench_watch_body(watch));
    bool                right = graph != NULL;

    for (int i = 0; i < 3 && right; i++) {
        bench_watch_begin(watch);
        right = dag->run(engine, graph);
        right = bench_watch_end(watch) && right;
    }
    dag->drop(engine, graph);
    bench_watch_free(watch);
    return right;
}

static bool time_build(const struct bench_dag *dag, void *engine, const struct bench_shape *shape)
{
    const int64_t begin = bench_now_ns();
    void         *graph = dag->build(engine, shape, bench_body_empty());
    const int64_t end = bench_now_ns();

    bench_print_sample((double)(end - begin) / shape->n);
    dag->drop(engine, graph);
    return graph != NULL;
}

static bool time_once(const struct bench_dag *dag, void *engine, const struct bench_shape *shape)
{
    const int64_t begin = bench_now_ns();
    void         *graph = dag->build(engine, shape, bench_body_empty());
    const bool    right = dag->run(engine, graph);
    const int64_t end = bench_now_ns();

    bench_print_sample((double)(end - begin) / shape->n);
    dag->drop(engine, graph);
    return right;
}

static bool time_replays(const struct bench_dag *dag, void *engine, const struct bench_shape *shape, int runs)
{
    void *graph = dag->build(engine, shape, bench_body_empty());
    bool  right = graph != NULL;

    for (int i = 0; i < N_WARM && right; i++)
        right = dag->run(engine, graph);
    for (int i = 0; i < runs && right; i++) {
        const int64_t begin = bench_now_ns();

        right = dag->run(engine, graph);
        bench_print_sample((double)(bench_now_ns() - begin) / shape->n);
    }
    dag->drop(engine, graph);
    return right;
}

static bool answer(const struct bench_dag *dag, void *engine, const struct bench_shape *shape,
       const struct bench_request *request)
{
    bool right = true;

    if (request->check)
        return check(dag, engine, shape);
    if (!strcmp(request->bench, "dag-replay"))
        return time_replays(dag, engine, shape, request->runs);
    for (int i = 0; i < request->runs && right; i++)
        right = !strcmp(request->bench, "dag-build") ? time_build(dag, engine, shape)
                                                     : time_once(dag, engine, shape);
    return right;
}

int bench_dag_answer(const struct bench_dag *dag, const struct bench_request *request)
{
    struct bench_shape shape;
    void              *engine = NULL;
    bool               right = false;

    if (strcmp(request->bench, "dag-build") && strcmp(request->bench, "dag-replay")
        && strcmp(request->bench, "dag-once")) {
        fprintf(stderr, "no such bench: %s\n", request->bench);
        return BENCH_USAGE;
    }
    if (!bench_shape_init(&shape, request->case_name, request->n)) {
        fprintf(stderr, "no such shape: %s\n", request->case_name);
        return BENCH_USAGE;
    }
    engine = dag->start(request->workers);
    if (!engine)
        fprintf(stderr, "cannot start %d workers\n", request->workers);
    else
        right = answer(dag, engine, &shape, request);
    dag->stop(engine);
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
