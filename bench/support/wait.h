/* wait.h - the body that is busy until its time is over. */
#ifndef BENCH_SUPPORT_WAIT_H
#define BENCH_SUPPORT_WAIT_H

#include "bench/support/body.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The body; `arg` is an int64_t, nanoseconds. */
void bench_wait(void *arg);

/* How much longer than asked for it takes. */
int64_t bench_wait_extra_ns(void);

/* Task i waits ns[i]. Lent. */
struct bench_body bench_wait_body(int64_t *ns);

#ifdef __cplusplus
}
#endif

#endif
