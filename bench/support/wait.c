/* wait.c - the body that is busy until its time is over. */
#include "bench/support/wait.h"

#include "bench/support/bench.h"

void bench_wait(void *arg)
{
    const int64_t until = bench_now_ns() + *(const int64_t *)arg;

    while (bench_now_ns() < until)
        ;
}

struct bench_body bench_wait_body(int64_t *ns)
{
    return (struct bench_body){ .fn = bench_wait, .args = (char *)ns, .stride = sizeof *ns };
}
