/* rival.h - who competes beside Weft, in which benches, and how they are started. */
#ifndef BENCH_SUPPORT_RIVAL_H
#define BENCH_SUPPORT_RIVAL_H

#include "bench/support/bench.h"

struct bench_rival {
    const char        *who;
    const char        *program;  /* in peers/, beside weft-bench; a .py is given to python3 */
    const char        *package;  /* what is missing where the program was not built */
    const char *const *benches;  /* NULL-terminated */
    int64_t            n_max;    /* no more tasks than that; 0 for as many as Weft */
};

/* The floor first; ends with a rival whose who is NULL. */
extern const struct bench_rival bench_rivals[];

bool bench_rival_joins(const struct bench_rival *rival, const struct bench *bench);

#endif
