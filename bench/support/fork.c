/* fork.c - timing spawn and join. */
#include "bench/support/fork.h"

#include <stdio.h>

int64_t bench_fork_plain(int n)
{
    int64_t a = 0, b = 0;

    if (n < 2)
        return n;
    a = bench_fork_plain(n - 1);
    b = bench_fork_plain(n - 2);
    /* Else it becomes a loop that calls itself half as often. */
    __asm__ volatile("" : "+r"(a), "+r"(b));
    return a + b;
}

/* 2 fib(n + 1) - 1. */
double bench_fork_calls(int n)
{
    double a = 0, b = 1;

    for (int i = 0; i < n; i++) {
        const double next = a + b;

        a = b;
        b = next;
    }
    return 2 * b - 1;
}

static bool check(const struct bench_fork *fork, void *engine, int n)
{
    for (int i = 0; i <= n; i++) {
        const int64_t got = fork->fib(engine, i), right = bench_fork_plain(i);

        if (got == right)
            continue;
        fprintf(stderr, "fib(%d) is %lld, not %lld\n", i, (long long)right, (long long)got);
        return false;
    }
    return true;
}

int bench_fork_answer(const struct bench_fork *fork, const struct bench_request *request)
{
    const int n = (int)request->n;
    void     *engine = fork->start(request->workers);
    bool      right = engine != NULL;

    if (!right)
        fprintf(stderr, "cannot start %d workers\n", request->workers);
    else if (request->check)
        right = check(fork, engine, n);
    else
        right = fork->fib(engine, n) >= 0;
    for (int r = 0; r < request->runs && right && !request->check; r++) {
        const int64_t begin = bench_now_ns();

        right = fork->fib(engine, n) >= 0;
        bench_print_sample((double)(bench_now_ns() - begin) / bench_fork_calls(n));
    }
    fork->stop(engine);
    return right ? BENCH_OK : BENCH_WRONG;
}

int bench_fork_main(const struct bench_fork *fork, int argc, char **argv)
{
    struct bench_request request;

    if (!bench_request_parse(&request, argc, argv))
        return BENCH_USAGE;
    return bench_fork_answer(fork, &request);
}
