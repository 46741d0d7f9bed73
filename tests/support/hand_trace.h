/* hand_trace.h - a trace written down by hand, or thrown with dice. */
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
    bool            is_target;
    int64_t         result_bytes;
};

/* .HAND_DEPS(0, 2) fills .deps and .n_deps. */
#define HAND_DEPS(...)                                       \
    deps = (const uint32_t[]){__VA_ARGS__},                  \
    .n_deps = sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

/* Given; fails the test when there is no memory. n_workers 0: it has not run; else
 * each task has one event, and the run ends with the last of them. Keys are
 * "name-i". */
weft_trace *hand_trace(const struct hand_task *tasks, size_t n, int n_workers);

/* What happened, when that is not one event per task. */
struct hand_run {
    int                          n_workers;
    int64_t                      wall_ns; /* 0: up to the last event or run */
    const struct weft_event     *events;  /* in any order */
    size_t                       n_events, n_lost;
    const struct weft_trace_run *runs;    /* NULL: one */
    size_t                       n_runs;
    const struct weft_sample    *samples;
    size_t                       n_samples;
    const struct weft_trace_about *about;
};

/* Times of tasks are not looked at. */
weft_trace *hand_trace_of(const struct hand_task *tasks, size_t n, const struct hand_run *run);

/* ---- Dice --------------------------------------------------------------------------- */

enum { HAND_MOST_TASKS = 40, HAND_MOST_DEPS = 3 };

struct hand_graph {
    struct hand_task tasks[HAND_MOST_TASKS];
    uint32_t         deps[HAND_MOST_TASKS][HAND_MOST_DEPS];
    size_t           n;
};

/* A graph from a seed; each task runs from 0 to 1 .. 100 on a worker of its own. */
void hand_graph_random(struct hand_graph *g, uint64_t seed);

/* Runs it as any greedy scheduler would: a free worker takes the first ready task. At most
 * 8 workers. */
void hand_graph_schedule(struct hand_graph *g, int n_workers);

/* Runs of random graphs, one after the other or overlapping, with events of every kind that
 * nest on several workers: whatever a trace may hold. */
weft_trace *hand_trace_random(uint64_t seed);

/* The same, with events of a worker that merely overlap, as a trace from elsewhere may have. */
weft_trace *hand_trace_tangled(uint64_t seed);

uint32_t hand_number(uint64_t seed, uint64_t i, uint32_t below); /* the i-th number of a seed */

#endif
