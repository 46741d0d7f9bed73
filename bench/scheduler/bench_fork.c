/* bench_fork.c - what spawn and join cost, for every call of fib(30): beside a plain call. */
#include "bench/support/benches.h"
#include "bench/support/fork.h"

static void *start_nothing(int workers)
{
    static const int nothing = 0;

    (void)workers;
    return (void *)&nothing;
}

static void stop_nothing(void *engine)
{
    (void)engine;
}

static int64_t fib_by_calls(void *engine, int n)
{
    (void)engine;
    return bench_fork_plain(n);
}

static int answer(const struct bench_request *request)
{
    const struct bench_fork plain = {
        .start = start_nothing, .stop = stop_nothing, .fib = fib_by_calls,
    };

    return bench_fork_answer(&plain, request);
}

static const char *const cases[] = { "fib", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "call", NULL };

const struct bench bench_fork = {
    .name = "fork", .unit = "ns/call", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 30, .n_quick = 12, .answer = answer,
};
