/* target.h - the figures to reach, all in one place, and whether they are.
 *
 * A target bounds Weft's median by a multiple of something that was measured in the
 * same run: another contestant, the best of the peers, Weft with fewer workers, or
 * just the unit.
 */
#ifndef BENCH_SUPPORT_TARGET_H
#define BENCH_SUPPORT_TARGET_H

#include "bench/support/ledger.h"

enum bench_than {
    BENCH_THAN_UNIT,              /* the limit is in the unit of the bench */
    BENCH_THAN_EVERY_RUN,         /* so, too, and Weft's worst run counts */
    BENCH_THAN_WHO,               /* times `who` in the same row */
    BENCH_THAN_BEST_PEER,         /* times the best in the same row that is not Weft or the floor */
    BENCH_THAN_1_WORKER,          /* times Weft with one worker */
    BENCH_THAN_2_WORKERS,
    BENCH_THAN_REPLAY,            /* times Weft's empty replay of the same graph */
    BENCH_THAN_BUILD_AND_REPLAY,  /* times the sum of these two of Weft */
};

struct bench_target {
    const char     *row;      /* what it belongs to, in the table */
    const char     *bench;
    const char     *cases;    /* by blanks */
    int             workers;  /* 0 for any number */
    enum bench_than than;
    const char     *who;
    double          limit;    /* at most so many times that */
};

/* Ends with a target whose row is NULL. */
extern const struct bench_target bench_targets[];

bool bench_target_wants(const char *bench);

/* False, and a sentence on stderr, if a target speaks of what no bench has: it would
 * never be shown. */
bool bench_targets_check(void);

/* Whether the target speaks of this entry of Weft. */
bool bench_target_meets(const struct bench_target *t, const struct bench_entry *e);

/* How many times that it is; 0 where the other has no figure. */
double bench_target_reached(const struct bench_target *t, const struct bench_entry *e,
                            const struct bench_ledger *ledger);

#endif
