/* spin.c - the busy body: work of a known length, the same for all contestants. */
#include "bench/support/spin.h"

#include "bench/support/bench.h"

enum { N_TRIALS = 200, N_TURNS = 50000 };

void bench_spin(void *arg)
{
    /* Each body of a thread goes on with the number of the one before: else a processor
     * that looks ahead runs short ones two at a time. */
    static _Thread_local uint64_t last;

    const int64_t n_turns = ((const struct bench_grain *)arg)->n_turns;
    uint64_t      x = last;

    for (int64_t i = 0; i < n_turns; i++) {
        x = x * UINT64_C(6364136223846793005) + 1;
        /* No compiler may know a shorter way. */
        __asm__ volatile("" : "+r"(x));
    }
    last = x;
}

struct bench_body bench_spin_body(struct bench_grain *grain)
{
    return (struct bench_body){ .fn = bench_spin, .args = (char *)grain };
}

double bench_spin_calibrate(void)
{
    struct bench_grain grain = { N_TURNS };
    int64_t            least = INT64_MAX;

    for (int i = 0; i < N_TRIALS; i++) {
        const int64_t begin = bench_now_ns();
        int64_t       took = 0;

        bench_spin(&grain);
        took = bench_now_ns() - begin;
        if (took < least)
            least = took;
    }
    return (double)least / N_TURNS;
}
