/* omp.c - OpenMP tasks with depend clauses: by gcc with libgomp, by clang with libomp.
 *
 * OpenMP keeps no graph: every run creates the tasks anew, so building costs nothing
 * and each run pays for it. A task with more than three dependencies, which is the sink
 * of "wide" alone, is not given a list of a million addresses but a taskwait, as one
 * would write it by hand.
 */
#include "bench/support/dag.h"

#include <stdlib.h>

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

/* A function each: clang 14 does not survive a task within a switch. */
static void create_free(void (*fn)(void *), void *arg, char *out)
{
#pragma omp task depend(out: *out) firstprivate(fn, arg)
    fn(arg);
}

static void create_after_1(void (*fn)(void *), void *arg, char *out, const char *a)
{
#pragma omp task depend(in: *a) depend(out: *out) firstprivate(fn, arg)
    fn(arg);
}

static void create_after_2(void (*fn)(void *), void *arg, char *out, const char *a, const char *b)
{
#pragma omp task depend(in: *a, *b) depend(out: *out) firstprivate(fn, arg)
    fn(arg);
}

static void create_after_3(void (*fn)(void *), void *arg, char *out, const char *a, const char *b,
                     const char *c)
{
#pragma omp task depend(in: *a, *b, *c) depend(out: *out) firstprivate(fn, arg)
    fn(arg);
}

static void wait_and_run(void (*fn)(void *), void *arg)
{
#pragma omp taskwait
    fn(arg);
}

static void create_tasks(const struct graph *g)
{
    const struct bench_shape *shape = g->shape;
    char                     *done = g->done;

    for (uint32_t i = 0; i < shape->n; i++) {
        const uint32_t *dep = shape->dep + shape->dep_begin[i];
        void           *arg = bench_body_arg(g->body, i);

        switch (bench_shape_n_deps(shape, i)) {
        case 0:
            create_free(g->body.fn, arg, &done[i]);
            break;
        case 1:
            create_after_1(g->body.fn, arg, &done[i], &done[dep[0]]);
            break;
        case 2:
            create_after_2(g->body.fn, arg, &done[i], &done[dep[0]], &done[dep[1]]);
            break;
        case 3:
            create_after_3(g->body.fn, arg, &done[i], &done[dep[0]], &done[dep[1]], &done[dep[2]]);
            break;
        default:
            wait_and_run(g->body.fn, arg);
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
