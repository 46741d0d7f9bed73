/* about.h - which program this is, and on what machine, for traces and pages. */
#ifndef WF_ABOUT_H
#define WF_ABOUT_H

#include <weft/trace.h>

struct wf_about {
    char     program[1024]; /* "" where the system does not say */
    char     machine[128];
    uint64_t memory_bytes;
    int      n_cores;
};

void wf_about_look(struct wf_about *a);

/* The same as a trace has it; texts lent from `a`. `began_ns` is of the monotonic clock. */
struct weft_trace_about wf_about_text(const struct wf_about *a, int64_t began_ns);

#endif
