/* idle.c - what an engine takes of a core when it has nothing to do. */
#include "bench/support/measure.h"

#include <time.h>

enum { SETTLE_NS = 5000000, WATCH_NS = 1000000000 };

static int64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_ns(int64_t ns)
{
    const struct timespec t = { ns / 1000000000, ns % 1000000000 };

    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* For a second from 5 ms after the last task on. */
bool bench_measure_idle(const struct bench_job *job)
{
    void *graph = bench_build_warm(job, bench_body_empty());
    bool  right = graph != NULL;

    for (int i = 0; i < job->request->runs && right; i++) {
        int64_t cpu = 0, wall = 0;

        right = job->dag->run(job->engine, graph);
        sleep_ns(SETTLE_NS);
        cpu = cpu_ns();
        wall = bench_now_ns();
        sleep_ns(WATCH_NS);
        cpu = cpu_ns() - cpu;
        wall = bench_now_ns() - wall;
        bench_print_sample(100 * (double)cpu / (double)wall);
    }
    job->dag->drop(job->engine, graph);
    return right;
}
