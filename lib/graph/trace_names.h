/* trace_names.h - texts that many tasks of a trace share, each once: their names, or their layers. */
#ifndef WF_TRACE_NAMES_H
#define WF_TRACE_NAMES_H

#include <weft/trace.h>

struct wf_names {
    uint32_t    *of;    /* of each task: which of texts */
    const char **texts; /* as they come, of the trace */
    size_t       n;
};

bool wf_names_init(struct wf_names *names, const weft_trace *t, bool of_layers); /* false: no memory */
void wf_names_fini(struct wf_names *names); /* a zeroed one is fine */

#endif
