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

#endif
