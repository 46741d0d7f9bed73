/* hand_trace.h - a trace written down by hand. */
#ifndef HAND_TRACE_H
#define HAND_TRACE_H

#include <weft/trace.h>

struct hand_task {
    const char     *name;
    const uint32_t *deps;
    size_t          n_deps;
    int64_t         begin_ns, end_ns; /* when it ran, if the trace has workers */
    int             worker;
    uint32_t        layer_id;
    const char     *layer;
    bool            fused;
};

/* .HAND_DEPS(0, 2) fills .deps and .n_deps. */
#define HAND_DEPS(...)                                       \
    deps = (const uint32_t[]){__VA_ARGS__},                  \
    .n_deps = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

/* Given; fails the test when there is no memory. n_workers 0: it has not run; else
 * each task has one event, and the run ends with the last of them. Keys are
 * "name-i". */
weft_trace *hand_trace(const struct hand_task *tasks, size_t n, int n_workers);

#endif
