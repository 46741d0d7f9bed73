/* wait.c - the body that is busy until its time is over. */
#include "bench/support/wait.h"

#include "bench/support/bench.h"

void bench_wait(void *arg)
{
    const int64_t until = bench_now_ns() + *(const int64_t *)arg;

    while (bench_now_ns() < until)
        ;
}

/* Half a look at the clock passes before the first time is read, half a one after the
 * last, and the end is noticed half a look late. A look takes the least of many trials. */
int64_t bench_wait_extra_ns(void)
{
    enum { N_TRIALS = 100, N_LOOKS = 1000 };
    int64_t least = INT64_MAX;

    for (int i = 0; i < N_TRIALS; i++) {
        const int64_t begin = bench_now_ns();
        int64_t       took = 0;

        for (int k = 1; k < N_LOOKS; k++)
            bench_now_ns();
        took = bench_now_ns() - begin;
        if (took < least)
            least = took;
    }
    return least * 3 / 2 / N_LOOKS;
}

struct bench_body bench_wait_body(int64_t *ns)
{
    return (struct bench_body){ .fn = bench_wait, .args = (char *)ns, .stride = sizeof *ns };
}
