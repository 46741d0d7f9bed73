/* sample.h - memory and processors of this process, now and then. */
#ifndef WF_SAMPLE_H
#define WF_SAMPLE_H

#include <weft/trace.h>

#include "scheduler/sync.h"

/* What was seen last; zeros: nothing yet. */
struct wf_sampler {
    int64_t at_ns, cpu_ns;
};

/* A thread that puts a sample into the recorder of a pool now and then, until it is stopped. */
struct wf_sampling {
    struct wf_sampler sampler;
    weft_pool        *pool;
    int64_t           interval_ns;
    wf_thread         thread;
    bool              started;
    _Atomic uint32_t  ending;
};
bool wf_sampling_start(struct wf_sampling *s, weft_pool *pool, int64_t interval_ns); /* false: no thread */
void wf_sampling_stop(struct wf_sampling *s); /* one not started is fine */

/* at_ns is of the monotonic clock. `cores` is that since the last time, 0 the first time. */
struct weft_sample wf_sample(struct wf_sampler *s, weft_pool *pool);

#endif
