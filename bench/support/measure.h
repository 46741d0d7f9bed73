/* measure.h - what is measured of a scheduler and a graph, each thing in a file of its own.
 *
 * Every function builds what it needs, prints one sample a run and gives it back.
 * False if the scheduler failed or, under --check, did something wrong.
 */
#ifndef BENCH_SUPPORT_MEASURE_H
#define BENCH_SUPPORT_MEASURE_H

#include "bench/support/dag.h"

struct bench_job {
    const struct bench_dag     *dag;
    void                       *engine;
    const struct bench_shape   *shape;
    const struct bench_request *request;
};

/* replay.c: nanoseconds a task. warm() builds and runs a few times before the clock. */
bool bench_measure_build(const struct bench_job *job);
bool bench_measure_once(const struct bench_job *job);
bool bench_measure_replay(const struct bench_job *job);
void *bench_build_warm(const struct bench_job *job, struct bench_body body);

/* memory.c: resident bytes a task, of a graph that is built. */
bool bench_measure_memory(const struct bench_job *job);

/* results.c: nanoseconds a task, each giving a number that its successors read. */
bool bench_measure_results(const struct bench_job *job);
bool bench_check_results(const struct bench_job *job);

/* metg.c: the least granularity, in nanoseconds, of which half is work. */
bool bench_measure_metg(const struct bench_job *job);

/* uneven.c: the makespan over that of greedy list scheduling. */
bool bench_measure_uneven(const struct bench_job *job);
bool bench_check_uneven(const struct bench_job *job);

/* idle.c: what an idle engine takes of a core, in per cent. */
bool bench_measure_idle(const struct bench_job *job);

#endif
