/* path.c - the realised critical path: what was waited for, from the end backwards.
 *
 *     worker 0  | a a a a a|b b b|d d d d d|          f ended last. It was ready when c had
 *     worker 1  |. . . .|s|c c c c c|. . w|f f f|     ended, and its worker slept until w;
 *                        <-+-+-+-+-+-+-+-+-+-+        c was ready from the beginning ...
 *
 * The moments between a task being ready and its end are those of the worker that ran it (if
 * several did, of the one that began it and then of the one that ended it), and each says what
 * it did then. So all moments are met once, and the steps lie end to end.
 */
#include "lib/analyse/analysis.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* The path while it is found: its last step comes first. */
struct trail {
    const weft_analysis   *a;
    struct weft_path_step *steps;
    size_t                 n, room, n_task; /* of the task at hand: from n_task on */
    int64_t                at;              /* all after this is explained */
    bool                   no_memory;
};

static void add(struct trail *t, struct weft_path_step step)
{
    struct weft_path_step *last = t->n > t->n_task ? &t->steps[t->n - 1] : NULL, *grown;

    t->at = step.begin_ns;
    if (step.begin_ns == step.end_ns || t->no_memory)
        return;
    /* From one body of others to the next: it was queueing all the while. */
    if (last && step.kind == WEFT_PATH_QUEUE && last->kind == WEFT_PATH_SCHEDULE && t->n > t->n_task + 1 &&
        last[-1].kind == WEFT_PATH_QUEUE && last[-1].worker == step.worker) {
        last--;
        t->n--;
    }
    if (last && last->kind == step.kind && last->task == step.task && last->worker == step.worker) {
        last->begin_ns = step.begin_ns;
        return;
    }
    grown = wf_grow(t->steps, t->n, &t->room, sizeof *grown);
    if (!grown) {
        t->no_memory = true;
        return;
    }
    t->steps = grown;
    t->steps[t->n++] = step;
}

/* What task i waited for while its worker did this. */
static enum weft_path_kind kind_of(const weft_analysis *a, uint32_t i, bool begun, uint32_t event)
{
    const struct weft_event *e = &a->nest.events[event];

    if (event == WF_NO_EVENT)
        return WEFT_PATH_SCHEDULE;
    switch ((enum weft_event_kind)e->kind) {
    case WEFT_EVENT_TASK: case WEFT_EVENT_FORK: case WEFT_EVENT_CHILD:
        return e->task == i ? WEFT_PATH_COMPUTE : WEFT_PATH_QUEUE;
    case WEFT_EVENT_SEND: case WEFT_EVENT_RECEIVE:
        return e->task == i ? WEFT_PATH_PROCESS : WEFT_PATH_QUEUE;
    case WEFT_EVENT_SPILL: case WEFT_EVENT_UNSPILL:
        return WEFT_PATH_DISK;
    case WEFT_EVENT_STEAL:
        return WEFT_PATH_STEAL;
    case WEFT_EVENT_IDLE:
        return begun ? WEFT_PATH_JOIN : WEFT_PATH_WAKE;
    case WEFT_EVENT_MEMORY:
        return WEFT_PATH_MEMORY;
    case WEFT_EVENT_NEED: case WEFT_N_EVENT_KINDS:
        break;
    }
    return WEFT_PATH_NEED;
}

/* From then to where the trail is, task i is explained by what this worker did. */
static void explain_by(struct trail *t, uint32_t i, int worker, int64_t from, bool begun)
{
    struct wf_pieces pieces;
    struct wf_piece p;

    if (from >= t->at)
        return;
    wf_pieces_init(&pieces, &t->a->nest, worker, from, t->at);
    while (wf_pieces_next(&pieces, &p))
        add(t, (struct weft_path_step){.begin_ns = p.begin_ns, .end_ns = p.end_ns, .task = i, .worker = worker,
                                       .kind = kind_of(t->a, i, begun, p.event)});
}

/* Once it had begun by the worker that ended it; before, by the one that began it. */
static void explain_task(struct trail *t, uint32_t i)
{
    const weft_analysis *a = t->a;

    t->n_task = t->n;
    if (a->begin[i] < 0)
        return;
    explain_by(t, i, a->worker[i], a->begin[i] > a->ready[i] ? a->begin[i] : a->ready[i], true);
    explain_by(t, i, a->first_worker[i], a->ready[i], false);
}

/* Up to `to` nothing of any task explains the time. */
static void explain_rest(struct trail *t, int64_t from, enum weft_path_kind kind)
{
    t->n_task = t->n;
    if (from < t->at)
        add(t, (struct weft_path_step){.begin_ns = from, .end_ns = t->at, .task = UINT32_MAX, .worker = -1, .kind = kind});
}

/* The dependency of task i that ended last; of equals the deepest. -1: none. */
static int64_t waited_for(const weft_analysis *a, size_t i)
{
    const uint32_t *deps = weft_trace_deps(a->trace, i);
    int64_t best = -1;

    for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++) {
        const int64_t p = deps[d];

        if (best < 0 || a->end[p] > a->end[best] || (a->end[p] == a->end[best] && a->level[p] > a->level[best]))
            best = p;
    }
    return best;
}

static void explain_run(struct trail *t, size_t r)
{
    const weft_analysis *a = t->a;
    int64_t last = -1;

    explain_rest(t, a->runs[r].end_ns, WEFT_PATH_OUTSIDE);
    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
        if (last < 0 || a->end[i] > a->end[last] || (a->end[i] == a->end[last] && a->level[i] > a->level[last]))
            last = (int64_t)i;
    for (int64_t i = last; i >= 0; i = waited_for(a, (size_t)i)) {
        /* Of the first alone there is some. */
        explain_rest(t, a->end[i] > a->runs[r].begin_ns ? a->end[i] : a->runs[r].begin_ns, WEFT_PATH_SCHEDULE);
        explain_task(t, (uint32_t)i);
    }
    explain_rest(t, a->runs[r].begin_ns, WEFT_PATH_SCHEDULE);
}

static int compare_ends(const void *x, const void *y)
{
    const struct weft_trace_run *a = *(const struct weft_trace_run *const *)x, *b = *(const struct weft_trace_run *const *)y;

    if (a->end_ns != b->end_ns)
        return a->end_ns < b->end_ns ? -1 : 1;
    return a < b ? -1 : a > b;
}

weft_status wf_path_find(weft_analysis *a, struct weft_error *err)
{
    const size_t n_runs = a->stats.n_runs;
    const struct weft_trace_run **by_end = wf_alloc_array(n_runs, sizeof *by_end);
    struct trail t = {.a = a, .at = weft_trace_wall_ns(a->trace)};

    if (!by_end)
        return wf_error_nomem(err, "an analysis");
    for (size_t r = 0; r < n_runs; r++)
        by_end[r] = &a->runs[r];
    qsort(by_end, n_runs, sizeof *by_end, compare_ends);
    for (size_t k = a->nest.n_workers ? n_runs : 0; k-- > 0;)
        if (by_end[k]->end_ns <= t.at)
            explain_run(&t, (size_t)(by_end[k] - a->runs));
    if (a->nest.n_workers)
        explain_rest(&t, 0, WEFT_PATH_OUTSIDE);
    wf_free(by_end);
    a->path = t.steps;
    a->n_path = t.n;
    if (t.no_memory)
        return wf_error_nomem(err, "an analysis");
    for (size_t k = 0; k < t.n / 2; k++) {
        const struct weft_path_step step = t.steps[k];

        t.steps[k] = t.steps[t.n - 1 - k];
        t.steps[t.n - 1 - k] = step;
    }
    for (size_t k = 0; k < t.n; k++)
        a->path_ns[t.steps[k].kind] += t.steps[k].end_ns - t.steps[k].begin_ns;
    return WEFT_OK;
}

/* ---- Asking ------------------------------------------------------------------ */

size_t weft_analysis_n_path(const weft_analysis *a)
{
    return a->n_path;
}

const struct weft_path_step *weft_analysis_path(const weft_analysis *a)
{
    return a->path;
}

int64_t weft_analysis_path_ns(const weft_analysis *a, enum weft_path_kind kind)
{
    return a->path_ns[kind];
}

const char *weft_path_name(enum weft_path_kind kind)
{
    static const char *const names[WEFT_N_PATH_KINDS] = {
        [WEFT_PATH_COMPUTE] = "compute", [WEFT_PATH_PROCESS] = "process", [WEFT_PATH_JOIN] = "join",
        [WEFT_PATH_QUEUE] = "queue", [WEFT_PATH_STEAL] = "steal", [WEFT_PATH_WAKE] = "wake",
        [WEFT_PATH_SCHEDULE] = "schedule", [WEFT_PATH_MEMORY] = "memory", [WEFT_PATH_NEED] = "need",
        [WEFT_PATH_DISK] = "disk", [WEFT_PATH_OUTSIDE] = "outside",
    };

    return names[kind];
}
