/* memory.c - how many bytes a task occupies once its graph is built and can run. */
#include "bench/support/measure.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

/* Pages of this process that are in memory, in bytes; -1 where the system does not say. */
static int64_t resident_bytes(void)
{
    FILE     *f = fopen("/proc/self/statm", "r");
    long long n_all = 0, n_here = -1;

    if (!f)
        return -1;
    if (fscanf(f, "%lld %lld", &n_all, &n_here) != 2)
        n_here = -1;
    fclose(f);
    return n_here < 0 ? -1 : n_here * sysconf(_SC_PAGESIZE);
}

bool bench_measure_memory(const struct bench_job *job)
{
    bool right = true;

    for (int i = 0; i < job->request->runs && right; i++) {
        int64_t before = 0, after = 0;
        void   *graph = NULL;

        malloc_trim(0);
        before = resident_bytes();
        graph = job->dag->build(job->engine, job->shape, bench_body_empty());
        malloc_trim(0);
        after = resident_bytes();
        right = graph && before >= 0;
        bench_print_sample((double)(after - before) / job->shape->n);
        job->dag->drop(job->engine, graph);
    }
    return right;
}
