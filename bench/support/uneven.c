/* uneven.c - bodies of very different lengths: how near the end comes to a good schedule's.
 *
 * Bodies take 1 to 100 us, few of them long (a density of 1 / t^2, so that each
 * decade holds as much work as the others), always the same ones. They look at the
 * clock until their time is over. What the run is measured by is the greedy list
 * schedule of the same tasks, which is computed.
 */
#include "bench/support/greedy.h"
#include "bench/support/measure.h"
#include "bench/support/random.h"
#include "bench/support/wait.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t *draw_lengths(uint32_t n)
{
    int64_t *ns = bench_alloc(n, sizeof *ns);
    uint64_t seed = 19690317;

    for (uint32_t i = 0; i < n; i++)
        ns[i] = (int64_t)(1000 / (1 - 0.99 * bench_random_below(&seed, 1000000) / 1e6));
    return ns;
}

bool bench_measure_uneven(const struct bench_job *job)
{
    int64_t      *ns = draw_lengths(job->shape->n);
    const int64_t best = bench_greedy_end(job->shape, ns, job->request->workers);
    const int64_t extra_ns = bench_wait_extra_ns();
    void         *graph = NULL;
    bool          right = false;

    for (uint32_t i = 0; i < job->shape->n; i++)
        ns[i] -= extra_ns;
    graph = bench_build_warm(job, bench_wait_body(ns));
    right = graph != NULL;
    for (int i = 0; i < job->request->runs && right; i++) {
        const int64_t begin = bench_now_ns();

        right = job->dag->run(job->engine, graph);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)best);
    }
    job->dag->drop(job->engine, graph);
    free(ns);
    return right;
}

/* The longest path, and the sum of all lengths. */
static void find_bounds(const struct bench_shape *shape, const int64_t *ns, int64_t *path, int64_t *sum)
{
    int64_t *end = bench_alloc(shape->n, sizeof *end);

    *path = *sum = 0;
    for (uint32_t i = 0; i < shape->n; i++) {
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++)
            if (end[shape->dep[d]] > end[i])
                end[i] = end[shape->dep[d]];
        end[i] += ns[i];
        *sum += ns[i];
        if (end[i] > *path)
            *path = end[i];
    }
    free(end);
}

/* Graham's bounds: no schedule ends before sum / workers or the longest path, and a
 * greedy one not after their sum. */
bool bench_check_uneven(const struct bench_job *job)
{
    int64_t      *ns = draw_lengths(job->shape->n);
    const int     n_workers = job->request->workers;
    const int64_t end = bench_greedy_end(job->shape, ns, n_workers);
    int64_t       path = 0, sum = 0;
    bool          right = false;

    find_bounds(job->shape, ns, &path, &sum);
    right = end >= path && end * n_workers >= sum && (end - path) * n_workers <= sum
         && (n_workers > 1 || end == sum);
    if (!right)
        fprintf(stderr, "greedy ends at %lld, path %lld, sum %lld\n", (long long)end,
                (long long)path, (long long)sum);
    free(ns);
    return right;
}
