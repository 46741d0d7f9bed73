/* weft_dag.c - Weft as a scheduler of the shapes, for every bench that has contestants. */
#include "bench/scheduler/weft_dag.h"

#include "bench/support/spin.h"
#include "bench/support/values.h"
#include "bench/support/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <weft/weft.h>

/* ---- The bodies of the peers, as Weft's ---------------------------------- */

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

static weft_status spin(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)err;
    bench_spin(arg);
    return WEFT_OK;
}

static weft_status wait(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)err;
    bench_wait(arg);
    return WEFT_OK;
}

/* 1 + the results of all that came before, which is this one's result. */
static uint64_t add_inputs(weft_call *call)
{
    const size_t n = weft_call_n_inputs(call);
    uint64_t     sum = 1;

    for (size_t i = 0; i < n; i++)
        sum += (uint64_t)weft_call_input(call, i).as.i64;
    weft_call_return(call, weft_value_of_i64((int64_t)sum));
    return sum;
}

static weft_status value_add(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    (void)err;
    add_inputs(call);
    return WEFT_OK;
}

static weft_status value_check(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    bench_value_note(arg, add_inputs(call));
    return WEFT_OK;
}

static weft_body *body_of(void (*fn)(void *))
{
    static const struct {
        void     (*fn)(void *);
        weft_body *body;
    } pairs[] = {
        { bench_do_nothing,  do_nothing },
        { bench_watch_keep,  keep_watch },
        { bench_spin,        spin },
        { bench_wait,        wait },
        { bench_value_add,   value_add },
        { bench_value_check, value_check },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].fn == fn)
            return pairs[i].body;
    return NULL;
}

/* ---- A pool, a graph, a plan --------------------------------------------- */

struct built {
    weft_graph *graph;
    weft_plan  *plan;
};

static void *start(int workers)
{
    return weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers, .progress = WEFT_PROGRESS_OFF });
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
                      struct bench_body body, enum bench_naming naming)
{
    weft_task     **deps = bench_alloc(most_deps(shape), sizeof *deps);
    weft_body      *const fn = body_of(body.fn);

    for (uint32_t i = 0; i < shape->n; i++) {
        const uint32_t *dep = shape->dep + shape->dep_begin[i];
        const uint32_t  n_deps = bench_shape_n_deps(shape, i);
        const int64_t   index = i;

        for (uint32_t d = 0; d < n_deps; d++)
            deps[d] = tasks[dep[d]];
        tasks[i] = weft_add(g, fn, .name = naming == BENCH_UNNAMED ? NULL : "step",
                            .index = &index, .n_index = naming == BENCH_INDEXED,
                            .arg = bench_body_arg(body, i), .deps = deps, .n_deps = n_deps);
    }
    free(deps);
}

static void *build_as(const struct bench_shape *shape, struct bench_body body,
                      enum bench_naming naming)
{
    struct built     *b = bench_alloc(1, sizeof *b);
    weft_task       **tasks = bench_alloc(shape->n, sizeof *tasks);
    weft_task       **targets = bench_alloc(shape->n_sinks, sizeof *targets);
    struct weft_error err;

    b->graph = weft_graph_new();
    add_tasks(b->graph, tasks, shape, body, naming);
    for (uint32_t i = 0; i < shape->n_sinks; i++)
        targets[i] = tasks[shape->sinks[i]];
    if (weft_plan_new(&b->plan, targets, shape->n_sinks, NULL, &err))
        weft_error_print(&err, stderr);
    free(tasks);
    free(targets);
    return b;
}

static void *build_unnamed(void *pool, const struct bench_shape *shape, struct bench_body body)
{
    (void)pool;
    return build_as(shape, body, BENCH_UNNAMED);
}

static void *build_named(void *pool, const struct bench_shape *shape, struct bench_body body)
{
    (void)pool;
    return build_as(shape, body, BENCH_NAMED);
}

static void *build_indexed(void *pool, const struct bench_shape *shape, struct bench_body body)
{
    (void)pool;
    return build_as(shape, body, BENCH_INDEXED);
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

struct bench_dag bench_weft_dag(enum bench_naming naming)
{
    void *(*const build[])(void *, const struct bench_shape *, struct bench_body) = {
        [BENCH_UNNAMED] = build_unnamed, [BENCH_NAMED] = build_named,
        [BENCH_INDEXED] = build_indexed,
    };

    return (struct bench_dag){
        .start = start, .stop = stop, .build = build[naming], .run = run, .drop = drop,
    };
}
