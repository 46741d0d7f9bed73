/* clock.h - monotonic nanoseconds. */
#ifndef WF_CLOCK_H
#define WF_CLOCK_H

#include <stdint.h>
#include <time.h>

#ifdef WF_SIM
int64_t wf_now_ns(void); /* virtual time */
#else
static inline int64_t wf_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
#endif

/* When `timeout_ns` from now is over; negative, as the timeout: never. */
static inline int64_t wf_until(int64_t timeout_ns)
{
    const int64_t now = timeout_ns < 0 ? 0 : wf_now_ns();

    if (timeout_ns < 0)
        return -1;
    return timeout_ns < INT64_MAX - now ? now + timeout_ns : INT64_MAX;
}

#endif
