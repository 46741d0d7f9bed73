/* deque.h - the deque of this compilation: cases.c is compiled once for each.
 *
 * Which lets every task be stolen while its owner is in a long body:
 *
 *     chase-lev   all that lie in it, always
 *     split       none of the owner's part until he comes back and moves some over
 *     block       all but those of the owner's block, up to 32
 */
#ifndef BENCH_SCHEDULER_DEQUE_DEQUE_H
#define BENCH_SCHEDULER_DEQUE_DEQUE_H

#include "bench/support/bench.h"

/* What is measured of a deque: the nanoseconds of n tasks, or negative if a task was
 * lost or came twice. With two workers the other one steals all the time. */
struct bench_deque {
    const char *name;

    /* n tasks in bursts: `burst` pushed, then taken until none is left. */
    double (*bursts)(int workers, int64_t n, int64_t burst);

    /* fib(n), a task for every call; nanoseconds a call. */
    double (*fork)(int workers, int n);

    /* Of 100 tasks pushed, how many no thief can have as long as the owner is away. */
    double (*hidden)(void);
};

extern const struct bench_deque bench_deque_chase_lev, bench_deque_split, bench_deque_block;

#if defined(DEQUE_CHASE_LEV)

#include "scheduler/deque.h"

typedef struct wf_deque deque;
#define deque_init  wf_deque_init
#define deque_fini  wf_deque_fini
#define deque_push  wf_deque_push
#define deque_take  wf_deque_take
#define deque_steal wf_deque_steal
#define THIS_DEQUE  bench_deque_chase_lev
#define DEQUE_NAME  "chase-lev"

#elif defined(DEQUE_SPLIT)

#include "bench/scheduler/deque/split.h"

typedef struct split deque;
#define deque_init  split_init
#define deque_fini  split_fini
#define deque_push  split_push
#define deque_take  split_take
#define deque_steal split_steal
#define THIS_DEQUE  bench_deque_split
#define DEQUE_NAME  "split"

#elif defined(DEQUE_BLOCK)

#include "bench/scheduler/deque/block.h"

typedef struct blocks deque;
#define deque_init  block_init
#define deque_fini  block_fini
#define deque_push  block_push
#define deque_take  block_take
#define deque_steal block_steal
#define THIS_DEQUE  bench_deque_block
#define DEQUE_NAME  "block"

#endif
#endif
