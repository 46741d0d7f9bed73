/* hand_trace.c - a trace written down by hand. */
#include "tests/support/hand_trace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/graph/trace.h"

static int by_worker_then_time(const void *a, const void *b)
{
    const struct weft_event *x = a, *y = b;

    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    return x->task < y->task ? -1 : x->task > y->task;
}

weft_trace *hand_trace(const struct hand_task *tasks, size_t n, int n_workers)
{
    struct wf_trace_run run = {.n_workers = n_workers, .n_events = n_workers ? n : 0};
    struct weft_event *events;
    weft_trace *t, *out = NULL;
    size_t n_deps = 0;

    for (size_t i = 0; i < n; i++) {
        n_deps += tasks[i].n_deps;
        if (n_workers && tasks[i].end_ns > run.wall_ns)
            run.wall_ns = tasks[i].end_ns;
    }
    t = wf_trace_begin(n, n_deps, &run);
    cr_assert(t);
    for (size_t i = 0; i < n; i++) {
        struct wf_trace_record r = {.layer_id = tasks[i].layer_id, .line = (int32_t)i + 1,
                                    .fused = tasks[i].fused, .n_deps = (uint32_t)tasks[i].n_deps};
        char key[128];

        snprintf(key, sizeof key, "%s-%zu", tasks[i].name, i);
        cr_assert(wf_trace_text(t, tasks[i].name, &r.name));
        cr_assert(wf_trace_text(t, key, &r.key));
        cr_assert(wf_trace_text(t, tasks[i].layer ? tasks[i].layer : "", &r.layer));
        cr_assert(wf_trace_text(t, "hand.c", &r.file));
        wf_trace_add(t, &r, tasks[i].deps);
    }
    events = wf_trace_events(t);
    for (size_t i = 0; i < run.n_events; i++)
        events[i] = (struct weft_event){.begin_ns = tasks[i].begin_ns, .end_ns = tasks[i].end_ns,
                                        .task = (uint32_t)i, .worker = (uint16_t)tasks[i].worker,
                                        .kind = WEFT_EVENT_TASK};
    qsort(events, run.n_events, sizeof *events, by_worker_then_time);
    cr_assert(!wf_trace_end(&out, t, NULL));
    cr_assert(wf_trace_check(out, NULL));
    return out;
}
