/* starpu.c - StarPU: one codelet, one task a task, dependencies declared by hand.
 *
 * The tasks are kept (destroy = 0) and submitted again for the next run, which
 * StarPU's own cyclic graphs do too.
 */
#include "bench/support/dag.h"

#include <starpu.h>

#include <stdlib.h>

struct graph {
    struct starpu_task **tasks;
    uint32_t             n;
    struct bench_body    body;
};

/* StarPU hands a body one pointer: to this. */
struct call {
    void (*fn)(void *);
    void  *arg;
};

static void run_call(void *buffers[], void *arg)
{
    const struct call *call = arg;

    (void)buffers;
    call->fn(call->arg);
}

static struct starpu_codelet codelet = {
    .where = STARPU_CPU, .cpu_funcs = { run_call }, .cpu_funcs_name = { "run_call" }, .nbuffers = 0,
};

static void *start(int workers)
{
    struct starpu_conf conf;
    static int         started;

    /* No notes on stderr, and no measuring of buses and GPUs that are not there. */
    setenv("STARPU_SILENT", "1", 0);
    setenv("STARPU_BUS_CALIBRATE", "0", 0);
    setenv("STARPU_WORKERS_NOBIND", "1", 0);
    setenv("STARPU_HOME", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", 0);
    starpu_conf_init(&conf);
    conf.ncpus = workers;
    conf.ncuda = 0;
    conf.nopencl = 0;
    conf.sched_policy_name = "lws";
    if (starpu_init(&conf))
        return NULL;
    return &started;
}

static void stop(void *engine)
{
    if (engine)
        starpu_shutdown();
}

static void declare(struct graph *g, const struct bench_shape *shape, uint32_t i)
{
    const uint32_t       n_deps = bench_shape_n_deps(shape, i);
    struct starpu_task **before = bench_alloc(n_deps, sizeof *before);

    for (uint32_t d = 0; d < n_deps; d++)
        before[d] = g->tasks[shape->dep[shape->dep_begin[i] + d]];
    if (n_deps)
        starpu_task_declare_deps_array(g->tasks[i], n_deps, before);
    free(before);
}

static void *build(void *engine, const struct bench_shape *shape, struct bench_body body)
{
    struct graph *g = bench_alloc(1, sizeof *g);

    (void)engine;
    g->n = shape->n;
    g->tasks = bench_alloc(g->n, sizeof *g->tasks);
    for (uint32_t i = 0; i < g->n; i++) {
        struct starpu_task *t = starpu_task_create();
        struct call        *call = bench_alloc(1, sizeof *call);

        *call = (struct call){ body.fn, bench_body_arg(body, i) };
        t->cl = &codelet;
        t->cl_arg = call;
        t->cl_arg_size = sizeof *call;
        t->cl_arg_free = 1;
        t->destroy = 0;
        g->tasks[i] = t;
        declare(g, shape, i);
    }
    return g;
}

static bool run(void *engine, void *graph)
{
    struct graph *g = graph;

    (void)engine;
    for (uint32_t i = 0; i < g->n; i++)
        if (starpu_task_submit(g->tasks[i]))
            return false;
    return starpu_task_wait_for_all() == 0;
}

static void drop(void *engine, void *graph)
{
    struct graph *g = graph;

    (void)engine;
    if (!g)
        return;
    for (uint32_t i = 0; i < g->n; i++)
        starpu_task_destroy(g->tasks[i]);
    free(g->tasks);
    free(g);
}

int main(int argc, char **argv)
{
    const struct bench_dag dag = {
        .start = start, .stop = stop, .build = build, .run = run, .drop = drop,
    };

    return bench_dag_main(&dag, argc, argv);
}
