/* main.c - answers for the three deques, in a program that may look inside Weft. */
#include "bench/scheduler/deque/deque.h"

#include "bench/support/bench.h"

#include <stdio.h>
#include <string.h>

static const struct bench_deque *const deques[] = {
    &bench_deque_chase_lev, &bench_deque_split, &bench_deque_block, NULL,
};

/* Short bursts keep the deque nearly empty, so that a thief mostly finds nothing; long
 * ones leave it as much as it can carry. */
enum { SHORT_BURST = 8, LONG_BURST = 1000 };

/* Negative: a task was lost, or there is no such case. */
static double measure(const struct bench_deque *d, const struct bench_request *r)
{
    if (!strcmp(r->bench, "deque-hidden"))
        return d->hidden();
    if (!strcmp(r->case_name, "push-take"))
        return d->bursts(r->workers, r->n, SHORT_BURST) / (double)r->n;
    if (!strcmp(r->case_name, "produce"))
        return d->bursts(r->workers, r->n, LONG_BURST) / (double)r->n;
    if (!strcmp(r->case_name, "fork"))
        /* As many calls as n, about: fib grows by 1.618. */
        return d->fork(r->workers, r->n >= 1000000 ? 30 : 15);
    return -1;
}

int main(int argc, char **argv)
{
    struct bench_request       request;
    const struct bench_deque *d = NULL;

    if (!bench_request_parse(&request, argc, argv))
        return BENCH_USAGE;
    for (int i = 0; deques[i]; i++)
        if (!strcmp(deques[i]->name, request.who))
            d = deques[i];
    if (!d) {
        fprintf(stderr, "no such deque: %s\n", request.who);
        return BENCH_USAGE;
    }
    for (int r = 0; r < request.runs; r++) {
        const double value = measure(d, &request);

        if (value < 0) {
            fprintf(stderr, "%s, %s: a task was lost or came twice\n", d->name, request.case_name);
            return BENCH_WRONG;
        }
        if (!request.check)
            bench_print_sample(value);
    }
    return BENCH_OK;
}
