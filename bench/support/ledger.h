/* ledger.h - what was measured: a line for each row and contestant that has samples. */
#ifndef BENCH_SUPPORT_LEDGER_H
#define BENCH_SUPPORT_LEDGER_H

#include "bench/support/contest.h"
#include "bench/support/stats.h"

struct bench_entry {
    const struct bench *bench;
    const char         *case_name;
    int                 workers;  /* of "weft-8", which is written down as "weft", 8 */
    const char         *who;
    struct bench_stats  stats;
};

struct bench_ledger {
    struct bench_entry *entries;  /* in the order in which they were measured */
    int                 n;
};

/* A zeroed one is empty. */
void bench_ledger_add(struct bench_ledger *ledger, struct bench_contest *c);
void bench_ledger_fini(struct bench_ledger *ledger);

/* NULL if it was not measured. */
const struct bench_entry *bench_ledger_find(const struct bench_ledger *ledger, const char *bench,
                                            const char *case_name, int workers, const char *who);

#endif
