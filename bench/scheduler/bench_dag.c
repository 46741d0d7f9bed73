/* bench_dag.c - what a task costs: to build, to run again, to build and run once. */
#include "bench/support/benches.h"
#include "bench/support/dag.h"

#include <stdio.h>
#include <stdlib.h>
#include <weft/weft.h>

/* The weft_body of an empty task; it takes the place of the empty body of the peers. */
static weft_status do_nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)arg;
    (void)err;
    return WEFT_OK;
}

static weft_status keep_watch(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)err;
    bench_watch_keep(arg);
    return WEFT_OK;
}

struct built {
    weft_graph *graph;
    weft_plan  *plan;
};

static void *start(int workers)
{
    return weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers });
}

static void stop(void *pool)
{
    weft_pool_free(pool);
}

static size_t most_deps(const struct bench_shape *shape)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < shape->n; i++)
        if (bench_shape_n_deps(shape, i) > most)
            most = bench_shape_n_deps(shape, i);
    return most;
}

static void add_tasks(weft_graph *g, weft_task **tasks, const struct bench_shape *shape,
                      struct bench_body body)
{
    weft_task **deps = bench_alloc(most_deps(shape), sizeof *deps);

    for (uint32_t i = 0; i < shape->n; i++) {
        const uint32_t *dep = shape->dep + shape->dep_begin[i];
        const uint32_t  n_deps = bench_shape_n_deps(shape, i);

        for (uint32_t d = 0; d < n_deps; d++)
            deps[d] = tasks[dep[d]];
        tasks[i] = weft_add(g, body.stride ? keep_watch : do_nothing,
                            .arg = bench_body_arg(body, i), .deps = deps, .n_deps = n_deps);
    }
    free(deps);
}

static void *build(void *pool, const struct bench_shape *shape, struct bench_body body)
{
    struct built     *b = bench_alloc(1, sizeof *b);
    weft_task       **tasks = bench_alloc(shape->n, sizeof *tasks);
    weft_task       **targets = bench_alloc(shape->n_sinks, sizeof *targets);
    struct weft_error err;

    (void)pool;
    b->graph = weft_graph_new();
    add_tasks(b->graph, tasks, shape, body);
    for (uint32_t i = 0; i < shape->n_sinks; i++)
        targets[i] = tasks[shape->sinks[i]];
    if (weft_plan_new(&b->plan, targets, shape->n_sinks, NULL, &err))
        weft_error_print(&err, stderr);
    free(tasks);
    free(targets);
    return b;
}

static bool run(void *pool, void *graph)
{
    struct built     *b = graph;
    struct weft_error err;

    if (!b->plan)
        return false;
    if (!weft_pool_run_plan(pool, b->plan, NULL, NULL, &err))
        return true;
    weft_error_print(&err, stderr);
    return false;
}

static void drop(void *pool, void *graph)
{
    struct built *b = graph;

    (void)pool;
    if (!b)
        return;
    weft_plan_free(b->plan);
    weft_graph_free(b->graph);
    free(b);
}

static int answer(const struct bench_request *request)
{
    const struct bench_dag dag = {
        .start = start, .stop = stop, .build = build, .run = run, .drop = drop,
    };

    return bench_dag_answer(&dag, request);
}

static const char *const cases[] = { "wide", "chain", "tree", "wave", "random", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", NULL };

#define DAG_BENCH(title)                                                          \
    {                                                                             \
        .name = title, .unit = "ns/task", .cases = cases, .workers = workers,     \
        .own = own, .size = BENCH_TASKS, .n = 1000000, .n_quick = 1000,           \
        .answer = answer,                                                         \
    }

const struct bench bench_dag_build = DAG_BENCH("dag-build");
const struct bench bench_dag_replay = DAG_BENCH("dag-replay");
const struct bench bench_dag_once = DAG_BENCH("dag-once");
