/* hand_trace.c - a trace written down by hand, or thrown with dice. */
#include "tests/support/hand_trace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/graph/trace.h"

/* Of two that begin at once the longer is around the other. */
static int by_worker_then_time(const void *a, const void *b)
{
    const struct weft_event *x = a, *y = b;

    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    if (x->end_ns != y->end_ns)
        return x->end_ns > y->end_ns ? -1 : 1;
    return x->task < y->task ? -1 : x->task > y->task;
}

weft_trace *hand_trace_of(const struct hand_task *tasks, size_t n, const struct hand_run *hand)
{
    struct wf_trace_run run = {.n_workers = hand->n_workers, .n_events = hand->n_events, .n_lost = hand->n_lost,
                               .wall_ns = hand->wall_ns, .runs = hand->runs, .n_runs = hand->n_runs,
                               .samples = hand->samples, .n_samples = hand->n_samples, .about = hand->about};
    struct weft_event *events;
    weft_trace *t, *out = NULL;
    size_t n_deps = 0;

    for (size_t i = 0; i < n; i++)
        n_deps += tasks[i].n_deps;
    for (size_t k = 0; !hand->wall_ns && k < hand->n_events; k++)
        run.wall_ns = hand->events[k].end_ns > run.wall_ns ? hand->events[k].end_ns : run.wall_ns;
    for (size_t r = 0; !hand->wall_ns && r < hand->n_runs; r++)
        run.wall_ns = hand->runs[r].end_ns > run.wall_ns ? hand->runs[r].end_ns : run.wall_ns;
    t = wf_trace_begin(n, n_deps, &run);
    cr_assert(t);
    for (size_t i = 0; i < n; i++) {
        struct wf_trace_record r = {.layer_id = tasks[i].layer_id, .line = (int32_t)i + 1, .fused = tasks[i].fused,
                                    .is_target = tasks[i].is_target, .result_bytes = tasks[i].result_bytes,
                                    .n_deps = (uint32_t)tasks[i].n_deps};
        char key[128];

        snprintf(key, sizeof key, "%s-%zu", tasks[i].name, i);
        cr_assert(wf_trace_text(t, tasks[i].name, &r.name));
        cr_assert(wf_trace_text(t, key, &r.key));
        cr_assert(wf_trace_text(t, tasks[i].layer ? tasks[i].layer : "", &r.layer));
        cr_assert(wf_trace_text(t, "hand.c", &r.file));
        wf_trace_add(t, &r, tasks[i].deps);
    }
    events = wf_trace_events(t);
    if (run.n_events) {
        memcpy(events, hand->events, run.n_events * sizeof *events);
        qsort(events, run.n_events, sizeof *events, by_worker_then_time);
    }
    cr_assert(!wf_trace_end(&out, t, NULL));
    cr_assert(wf_trace_check(out, NULL));
    return out;
}

weft_trace *hand_trace(const struct hand_task *tasks, size_t n, int n_workers)
{
    struct weft_event *events = calloc(n ? n : 1, sizeof *events);
    weft_trace *t;

    cr_assert(events);
    for (size_t i = 0; i < n; i++)
        events[i] = (struct weft_event){.begin_ns = tasks[i].begin_ns, .end_ns = tasks[i].end_ns, .task = (uint32_t)i,
                                        .worker = (uint16_t)tasks[i].worker, .kind = WEFT_EVENT_TASK};
    t = hand_trace_of(tasks, n, &(struct hand_run){.n_workers = n_workers, .events = events, .n_events = n_workers ? n : 0});
    free(events);
    return t;
}

/* ---- Dice --------------------------------------------------------------------------- */

uint32_t hand_number(uint64_t seed, uint64_t i, uint32_t below)
{
    uint32_t out[4];

    wf_random_block(seed, 1, i, out);
    return out[0] % below;
}

void hand_graph_random(struct hand_graph *g, uint64_t seed)
{
    uint64_t k = 0;

    *g = (struct hand_graph){.n = 1 + hand_number(seed, k++, HAND_MOST_TASKS)};
    for (uint32_t i = 0; i < g->n; i++) {
        g->tasks[i] = (struct hand_task){.name = "t", .deps = g->deps[i], .worker = (int)i};
        g->tasks[i].n_deps = i < HAND_MOST_DEPS ? 0 : hand_number(seed, k++, HAND_MOST_DEPS + 1);
        for (size_t d = 0; d < g->tasks[i].n_deps; d++)
            g->deps[i][d] = hand_number(seed, k++, i);
        g->tasks[i].end_ns = 1 + hand_number(seed, k++, 100);
    }
}

void hand_graph_schedule(struct hand_graph *g, int n_workers)
{
    int64_t free_at[8] = {0};
    bool done[HAND_MOST_TASKS] = {false};

    for (size_t n_done = 0; n_done < g->n; n_done++) {
        int64_t best_begin = INT64_MAX, cost;
        size_t best = 0;
        int w = 0;

        for (int i = 1; i < n_workers; i++)
            w = free_at[i] < free_at[w] ? i : w;
        for (size_t i = 0; i < g->n; i++) {
            int64_t begin = free_at[w];
            bool ready = !done[i];

            for (size_t d = 0; ready && d < g->tasks[i].n_deps; d++) {
                const struct hand_task *p = &g->tasks[g->deps[i][d]];

                ready = done[g->deps[i][d]];
                begin = ready && p->end_ns > begin ? p->end_ns : begin;
            }
            if (ready && begin < best_begin) {
                best_begin = begin;
                best = i;
            }
        }
        cost = g->tasks[best].end_ns;
        g->tasks[best].begin_ns = best_begin;
        g->tasks[best].end_ns = free_at[w] = best_begin + cost;
        g->tasks[best].worker = w;
        done[best] = true;
    }
}

/* ---- Whatever a trace may hold --------------------------------------------------------- */

enum { MOST_RUNS = 5, MOST_EVENTS = 2000, N_WORKERS = 3, MOST_ALL = MOST_RUNS * HAND_MOST_TASKS };

struct thrower {
    struct hand_task      tasks[MOST_ALL];
    uint32_t              deps[MOST_ALL][HAND_MOST_DEPS];
    struct weft_trace_run runs[MOST_RUNS];
    struct weft_event     events[MOST_EVENTS];
    size_t                n, n_runs, n_events;
    uint64_t              seed, k;
};

static uint32_t throw_below(struct thrower *t, uint32_t below)
{
    return hand_number(t->seed, t->k++, below);
}

/* A run of a random graph, in a stretch of time of its own or not. */
static void throw_run(struct thrower *t, int64_t *now)
{
    static struct hand_graph g;
    const uint32_t first = (uint32_t)t->n;
    int64_t begin, end;

    hand_graph_random(&g, t->seed * MOST_RUNS + t->n_runs + 1000000);
    begin = *now - (*now > 0 ? throw_below(t, 2) * throw_below(t, 200) : 0);
    begin = begin < 0 ? 0 : begin;
    end = begin + (throw_below(t, 8) ? 100 + throw_below(t, 2000) : 0);
    if (!throw_below(t, 8))
        g.n = 0;
    for (size_t i = 0; i < g.n; i++) {
        struct hand_task *task = &t->tasks[t->n];

        *task = g.tasks[i];
        task->deps = t->deps[t->n];
        task->name = (const char *[]){"read", "map, \"all\"", "reduce\n\xff", ""}[throw_below(t, 4)];
        task->layer = throw_below(t, 2) ? "layer" : NULL;
        task->layer_id = task->layer ? 1 : 0;
        task->result_bytes = throw_below(t, 3) ? throw_below(t, 1000) : 0;
        task->is_target = !throw_below(t, 5);
        for (size_t d = 0; d < task->n_deps; d++)
            t->deps[t->n][d] = first + g.deps[i][d];
        t->n++;
    }
    t->runs[t->n_runs++] = (struct weft_trace_run){.first_task = first, .n_tasks = (uint32_t)g.n, .begin_ns = begin, .end_ns = end};
    *now = end + throw_below(t, 2) * throw_below(t, 300);
}

/* Events of a worker within [begin, end), beside and within each other. */
static void throw_events(struct thrower *t, uint16_t worker, int64_t begin, int64_t end, int depth)
{
    while (begin < end && t->n_events < MOST_EVENTS) {
        const uint8_t kind = (uint8_t)(throw_below(t, 2) ? WEFT_EVENT_TASK : throw_below(t, WEFT_N_EVENT_KINDS));
        struct weft_event e = {.worker = worker, .kind = kind, .task = UINT32_MAX};

        e.begin_ns = begin + (throw_below(t, 3) ? 0 : throw_below(t, 50));
        e.end_ns = e.begin_ns + throw_below(t, depth ? 40 : 200);
        if (e.end_ns > end)
            break;
        if (wf_event_has_task(kind)) {
            if (!t->n)
                break;
            e.task = throw_below(t, (uint32_t)t->n);
            e.flags = kind == WEFT_EVENT_TASK && !throw_below(t, 10) ? WEFT_EVENT_FAILED : 0;
        }
        t->events[t->n_events++] = e;
        if (depth < 4 && throw_below(t, 2))
            throw_events(t, worker, e.begin_ns, e.end_ns, depth + 1);
        begin = e.end_ns + (e.end_ns == begin);
    }
}

static weft_trace *throw_trace(uint64_t seed, bool tangled)
{
    struct thrower *t = calloc(1, sizeof *t);
    int64_t now = 0, end = 1;
    weft_trace *trace;

    cr_assert(t);
    t->seed = seed;
    for (uint32_t n = 1 + throw_below(t, MOST_RUNS); t->n_runs < n;)
        throw_run(t, &now);
    for (size_t r = 0; r < t->n_runs; r++)
        end = t->runs[r].end_ns > end ? t->runs[r].end_ns : end;
    for (uint16_t w = 0; w < N_WORKERS; w++)
        throw_events(t, w, 0, end + throw_below(t, 50), 0);
    for (size_t k = 0; tangled && k < t->n_events; k++)
        t->events[k].end_ns += throw_below(t, 4) ? 0 : throw_below(t, 100);
    trace = hand_trace_of(t->tasks, t->n, &(struct hand_run){.n_workers = N_WORKERS, .wall_ns = end + throw_below(t, 100),
                                                             .events = t->events, .n_events = t->n_events,
                                                             .runs = t->runs, .n_runs = t->n_runs});
    free(t);
    return trace;
}

weft_trace *hand_trace_random(uint64_t seed)
{
    return throw_trace(seed, false);
}

weft_trace *hand_trace_tangled(uint64_t seed)
{
    return throw_trace(seed, true);
}
