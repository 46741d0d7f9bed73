/* bench_deque.c - which deque a worker should have: Chase-Lev, a split one, or one of blocks.
 *
 * They are answered for by a program of its own, which may look inside Weft:
 * bench/scheduler/deque, where each says what it hides from thieves.
 */
#include "bench/support/benches.h"

/* With 2 workers the other one steals all the time: from "push-take" it finds the deque
 * nearly empty, from "produce" there is always something. "fork" is fib(30), ns a call. */
static const char *const cases[] = { "push-take", "produce", "fork", NULL };
static const char *const away[] = { "owner-away", NULL };
static const int         workers[] = { 1, 2, 0 };
static const int         one[] = { 1, 0 };
static const char *const own[] = { NULL };

const struct bench bench_deque = {
    .name = "deque", .unit = "ns/task", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 10000000, .n_quick = 10000,
};

const struct bench bench_deque_hidden = {
    .name = "deque-hidden", .unit = "of 100 tasks", .cases = away, .workers = one, .own = own,
    .size = BENCH_TIMES, .n = 1, .n_quick = 1,
};
