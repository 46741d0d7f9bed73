/* sample.h - memory and processors of this process, now and then. */
#ifndef WF_SAMPLE_H
#define WF_SAMPLE_H

#include <weft/trace.h>

/* What was seen last; zeros: nothing yet. */
struct wf_sampler {
    int64_t at_ns, cpu_ns;
};

/* at_ns is of the monotonic clock. `cores` is that since the last time, 0 the first time. */
struct weft_sample wf_sample(struct wf_sampler *s, weft_pool *pool);

#endif
