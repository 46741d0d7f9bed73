/* fork-omp.c - spawn and join by OpenMP tasks: by gcc with libgomp, by clang with libomp. */
#include "bench/support/fork.h"

#include <stdlib.h>

static void *start(int workers)
{
    int *e = bench_alloc(1, sizeof *e);

    *e = workers;
    return e;
}

static int64_t fib_task(int n)
{
    int64_t a = 0, b = 0;

    if (n < 2)
        return n;
#pragma omp task shared(a) firstprivate(n)
    a = fib_task(n - 1);
    b = fib_task(n - 2);
#pragma omp taskwait
    return a + b;
}

static int64_t fib(void *engine, int n)
{
    const int workers = *(const int *)engine;
    int64_t   result = 0;

#pragma omp parallel num_threads(workers)
#pragma omp single
    result = fib_task(n);
    return result;
}

int main(int argc, char **argv)
{
    const struct bench_fork fork = { .start = start, .stop = free, .fib = fib };

    return bench_fork_main(&fork, argc, argv);
}
