/* body.c - the empty body, and the body that keeps watch over the order. */
#include "bench/support/body.h"

#include "bench/support/bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void bench_do_nothing(void *arg)
{
    (void)arg;
}

/* The argument of one watched task. */
struct post {
    struct bench_watch *watch;
    uint32_t            task;
    atomic_uint         n_ran;  /* over all runs */
};

struct bench_watch {
    const struct bench_shape *shape;
    struct post              *posts;
    unsigned                  run;      /* counted from 1 */
    atomic_uint               n_early;  /* tasks that ran before something they wait for */
};

void bench_watch_keep(void *arg)
{
    struct post              *post = arg;
    struct bench_watch       *watch = post->watch;
    const struct bench_shape *shape = watch->shape;

    for (uint32_t d = shape->dep_begin[post->task]; d < shape->dep_begin[post->task + 1]; d++)
        if (atomic_load(&watch->posts[shape->dep[d]].n_ran) != watch->run)
            atomic_fetch_add(&watch->n_early, 1);
    atomic_fetch_add(&post->n_ran, 1);
}

struct bench_watch *bench_watch_new(const struct bench_shape *shape)
{
    struct bench_watch *watch = bench_alloc(1, sizeof *watch);

    watch->shape = shape;
    watch->posts = bench_alloc(shape->n, sizeof *watch->posts);
    for (uint32_t i = 0; i < shape->n; i++) {
        watch->posts[i].watch = watch;
        watch->posts[i].task = i;
    }
    return watch;
}

void bench_watch_free(struct bench_watch *watch)
{
    if (!watch)
        return;
    free(watch->posts);
    free(watch);
}

struct bench_body bench_watch_body(struct bench_watch *watch)
{
    return (struct bench_body){
        .fn = bench_watch_keep, .args = (char *)watch->posts, .stride = sizeof *watch->posts,
    };
}

void bench_watch_begin(struct bench_watch *watch)
{
    watch->run++;
}

bool bench_watch_end(struct bench_watch *watch)
{
    uint32_t       n_wrong = 0;
    const unsigned n_early = atomic_load(&watch->n_early);

    for (uint32_t i = 0; i < watch->shape->n; i++)
        if (atomic_load(&watch->posts[i].n_ran) != watch->run)
            n_wrong++;
    if (n_wrong || n_early)
        fprintf(stderr, "run %u of %u tasks: %u ran not exactly once, %u too early\n",
                watch->run, watch->shape->n, n_wrong, n_early);
    return !n_wrong && !n_early;
}
