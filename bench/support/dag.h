/* dag.h - how a task scheduler, Weft or peer, is put to the test.
 *
 * A scheduler gives five functions; the driver here does the timing, so that all
 * are timed alike:
 *
 *     dag-build    [ build() ]                               a fresh graph
 *     dag-replay   build(); run(); run(); run(); [ run() ]   the bracket is timed
 *     dag-once     [ build(); run() ]                        the first run of a fresh graph
 *
 * and so on: measure.h has the others.
 *
 * Three runs go before, because oneTBB's flow graph is up to twice as slow in its
 * first two, while its allocator settles.
 *
 * The engine, its threads included, is started before the clock.
 */
#ifndef BENCH_SUPPORT_DAG_H
#define BENCH_SUPPORT_DAG_H

#include "bench/support/bench.h"
#include "bench/support/body.h"
#include "bench/support/shape.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench_dag {
    /* NULL if it cannot be started. */
    void *(*start)(int workers);
    void (*stop)(void *engine);

    /* The shape is lent until drop(). What build() gives is handed to the others. */
    void *(*build)(void *engine, const struct bench_shape *shape, struct bench_body body);
    bool (*run)(void *engine, void *graph);
    void (*drop)(void *engine, void *graph);
};

/* Answers a request for any bench of measure.h. */
int bench_dag_answer(const struct bench_dag *dag, const struct bench_request *request);

/* The main() of a peer. */
int bench_dag_main(const struct bench_dag *dag, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
