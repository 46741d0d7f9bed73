/* fork.h - how spawn and join are put to the test: fib(n), a task for every call.
 *
 *     fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
 *
 * One of the two is spawned, the other is called, then the spawned one is waited
 * for; nothing is cut off. Samples are nanoseconds a call. The engine, its threads
 * included, is started before the clock, and one run goes before it.
 */
#ifndef BENCH_SUPPORT_FORK_H
#define BENCH_SUPPORT_FORK_H

#include "bench/support/bench.h"

#ifdef __cplusplus
extern "C" {
#endif

struct bench_fork {
    /* NULL if it cannot be started. */
    void *(*start)(int workers);
    void (*stop)(void *engine);
    int64_t (*fib)(void *engine, int n);  /* negative if something failed */
};

/* Answers a request for the bench "fork", whose n is that of fib. */
int bench_fork_answer(const struct bench_fork *fork, const struct bench_request *request);

/* The main() of a peer. */
int bench_fork_main(const struct bench_fork *fork, int argc, char **argv);

/* The same by plain calls: the judge, and what no spawning can beat. */
int64_t bench_fork_plain(int n);

/* Calls of fib(n), itself included. */
double bench_fork_calls(int n);

#ifdef __cplusplus
}
#endif

#endif
