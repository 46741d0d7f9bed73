/* spin.h - the busy body: work of a known length, the same for all contestants.
 *
 * One turn is a multiplication and an addition that wait for the turn before, so
 * that its time is the core's and nothing else's. weft-bench takes that time once
 * and tells every contestant (--spin-ns); so all aim at the same lengths.
 */
#ifndef BENCH_SUPPORT_SPIN_H
#define BENCH_SUPPORT_SPIN_H

#include "bench/support/body.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The argument of the body, shared by all tasks and written between runs only. */
struct bench_grain {
    int64_t n_turns;
};

/* The body; `arg` is a struct bench_grain. */
void bench_spin(void *arg);
struct bench_body bench_spin_body(struct bench_grain *grain);

/* Nanoseconds of one turn: the least of many trials, which is what an undisturbed
 * core needs. */
double bench_spin_calibrate(void);

#ifdef __cplusplus
}
#endif

#endif
