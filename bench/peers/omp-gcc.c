/* omp-gcc.c - OpenMP tasks with depend clauses, by libgomp.
 *
 * OpenMP keeps no graph: every run creates the tasks anew, so building costs nothing
 * and each run pays for it. A task with more than MANY dependencies is not given a
 * list of a million addresses but a taskwait, as one would write it by hand.
 */
#include "bench/support/dag.h"

#include <stdlib.h>

enum { MANY = 64 };

struct graph {
    const struct bench_shape *shape;
    struct bench_body         body;
    char                     *done;  /* addresses to depend on; never read */
};

struct engine {
    int workers;
};

static void *start(int workers)
{
    struct engine *e = bench_alloc(1, sizeof *e);

    e->workers = workers;
    return e;
}

static void stop(void *engine)
{
    free(engine);
}

static void *build(void *engine, const struct bench_shape *shape, struct bench_body body)
{
    struct graph *g = bench_alloc(1, sizeof *g);

    (void)engine;
    g->shape = shape;
    g->body = body;
    g->done = bench_alloc(shape->n, 1);
    return g;
}

static void create_tasks(const struct graph *g)
{
    const struct bench_shape *shape = g->shape;
    void (*const fn)(void *) = g->body.fn;

    for (uint32_t i = 0; i < shape->n; i++) {
        const uint32_t *dep = shape->dep + shape->dep_begin[i];
        const uint32_t  n_deps = bench_shape_n_deps(shape, i);
        void *const     arg = bench_body_arg(g->body, i);

        switch (n_deps) {
        case 0:
#pragma omp task depend(out: g->done[i])
            fn(arg);
            break;
        case 1:
#pragma omp task depend(in: g->done[dep[0]]) depend(out: g->done[i])
            fn(arg);
            break;
        case 2:
#pragma omp task depend(in: g->done[dep[0]], g->done[dep[1]]) depend(out: g->done[i])
            fn(arg);
            break;
        case 3:
#pragma omp task depend(in: g->done[dep[0]], g->done[dep[1]], g->done[dep[2]]) depend(out: g->done[i])
            fn(arg);
            break;
        default:
            if (n_deps > MANY) {
#pragma omp taskwait
                fn(arg);
                break;
            }
#pragma omp task depend(iterator(uint32_t k = 0:n_deps), in: g->done[dep[k]]) depend(out: g->done[i])
            fn(arg);
        }
    }
}

static bool run(void *engine, void *graph)
{
    struct engine *e = engine;
    struct graph  *g = graph;

#pragma omp parallel num_threads(e->workers)
#pragma omp single
    create_tasks(g);
    return true;
}

static void drop(void *engine, void *graph)
{
    struct graph *g = graph;

    (void)engine;
    if (g)
        free(g->done);
    free(g);
}

int main(int argc, char **argv)
{
    const struct bench_dag dag = {
        .start = start, .stop = stop, .build = build, .run = run, .drop = drop,
    };

    return bench_dag_main(&dag, argc, argv);
}
