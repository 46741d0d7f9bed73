/* shape.h - the graphs every scheduler is asked to run.
 *
 * A shape says only who waits for whom: tasks 0 .. n-1, numbered so that a task
 * waits for lower numbers alone, and the dependencies of task i are
 *
 *     dep[dep_begin[i]] .. dep[dep_begin[i + 1] - 1]
 *
 *     wide     n independent tasks, then one that waits for them all
 *     chain    each waits for the one before it
 *     tree     a binary reduction; the leaves are the smallest power of two >= n / 2
 *     wave     a square grid of about n: (r, c) waits for (r - 1, c) and (r, c - 1)
 *     random   layers as wide as there are layers, about n in all; each task waits
 *              for 3 distinct tasks of the layer before, always the same ones
 *     width-W  n steps of W tasks, the stencil_1d of Task Bench: (step, i) waits for
 *              (step - 1, i - 1), (step - 1, i) and (step - 1, i + 1), where they are
 *
 * With n = 1,000,000, but for the last: 1,000,001 tasks; 1,000,000; 1,048,575;
 * 1000 x 1000; 1000 x 1000.
 */
#ifndef BENCH_SUPPORT_SHAPE_H
#define BENCH_SUPPORT_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bench_shape {
    uint32_t  n;          /* tasks */
    uint32_t *dep_begin;  /* n + 1 */
    uint32_t *dep;        /* dep_begin[n] */
    uint32_t *sinks;      /* the tasks nobody waits for, ascending */
    uint32_t  n_sinks;
};

/* False if no shape has that name. */
bool bench_shape_init(struct bench_shape *shape, const char *name, int64_t n);
void bench_shape_fini(struct bench_shape *shape);

static inline uint32_t bench_shape_n_deps(const struct bench_shape *shape, uint32_t task)
{
    return shape->dep_begin[task + 1] - shape->dep_begin[task];
}

#ifdef __cplusplus
}
#endif

#endif
