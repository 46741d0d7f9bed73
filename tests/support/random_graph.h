/* random_graph.h - graphs of every shape from a seed, for whoever runs graphs to be judged by.
 *
 * Each task mixes its argument and its inputs, in their order, into one number, which it
 * gives three times, differently mixed: so one input too few, too many, too early or in
 * another place changes the number of everything behind it. Inputs are boxes and plain
 * numbers, known values, any of a task's results, the same one twice; some are taken over.
 * In half of the graphs some tasks fail.
 *
 *     seed % RANDOM_SHAPES      0 any task may read any before it      4 a tree that sums
 *                               1 layers                               5 a wavefront
 *                               2 series and parallel, nested          6 one to many to one
 *                               3 chains, with some cross links        7 reads its inputs often
 *
 * The same seed gives the same graph everywhere.
 */
#ifndef TESTS_RANDOM_GRAPH_H
#define TESTS_RANDOM_GRAPH_H

#include <weft/pool.h>

enum { RANDOM_SHAPES = 8 };

struct random_graph {
    weft_graph *graph;
    weft_task **tasks;    /* all, in the order they were added */
    size_t      n_tasks;
    weft_task **targets;  /* some of their results, the last task's among them */
    size_t      n_targets;
    uint64_t    state;    /* of the dice */
    bool        fails;
};

/* About `most_tasks` tasks at most, and at least one. Failures fail the test. */
void random_graph_init(struct random_graph *r, uint64_t seed, size_t most_tasks);
void random_graph_fini(struct random_graph *r);

/* What became of a target: the same for everybody who runs the graph. */
struct outcome {
    weft_status status;
    int64_t     number; /* when it went well */
    uint64_t    why;    /* else a hash of what is told: message, task, chain */
};

/* Of all targets of a run; then frees the future. */
void outcomes_take(weft_future *f, size_t n_targets, struct outcome *out);

/* Runs them on the calling thread or wherever the pool does, `out` of n_targets. */
void random_graph_run(weft_pool *pool, weft_plan *plan, struct outcome *out);

#endif
