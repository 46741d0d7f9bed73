/* made_trace.c - a trace of any size, of a run that never was. */
#include "tests/lib/dash/made_trace.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/graph/trace.h"

enum { LOAD, PARSE, CLEAN, DESCRIBE, HISTOGRAM, COMBINE, N_FUNCTIONS };

static const struct {
    const char *name, *hostile;
    double      us;
    int64_t     bytes;
} functions[N_FUNCTIONS] = {
    [LOAD]      = {"load", "</script><img src=x onerror=document.title='taken'>", 900, 4 << 20},
    [PARSE]     = {"parse", "\"quoted\\ \xff\xfe and torn \xe2\x82", 2600, 6 << 20},
    [CLEAN]     = {"clean", "<!--weft-data--> & <b>bold</b>", 1200, 5 << 20},
    [DESCRIBE]  = {"describe", "tab\tand\nline\x01", 700, 4096},
    [HISTOGRAM] = {"histogram", "Zürich \xe2\x80\xa8 \xf0\x9f\xa7\xb6", 1500, 65536},
    [COMBINE]   = {"combine", "__proto__", 180, 8192},
};

struct task {
    int      function, chunk;
    uint32_t deps[8];
    int      n_deps;
};

struct made {
    struct task       *tasks;
    size_t             n_tasks, room;
    struct weft_event *events;
    size_t             n_events;
    int64_t           *ends, *bytes;
    int64_t            free_at[256];
    int                n_workers;
    uint64_t           state;
};

static double random_unit(struct made *m)
{
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    return (double)(m->state >> 11) / 9007199254740992.0;
}

static uint32_t add_task(struct made *m, int function, int chunk, const uint32_t *deps, int n_deps)
{
    struct task *t = &m->tasks[m->n_tasks];

    *t = (struct task){.function = function, .chunk = chunk, .n_deps = n_deps};
    for (int d = 0; d < n_deps; d++)
        t->deps[d] = deps[d];
    return (uint32_t)m->n_tasks++;
}

/* About `n` tasks: chunks of five, some of them abreast so that no worker waits for a chain, and
 * the trees above them. */
static void add_graph(struct made *m, size_t n)
{
    enum { ABREAST = 64 };
    const int n_chunks = n < 12 ? 1 : (int)((n - 1) * 3 / 16);
    uint32_t *level = calloc((size_t)n_chunks + 8, sizeof *level), stage[ABREAST], clean[ABREAST];
    int n_level = n_chunks, chunk = 0;

    for (int from = 0; from < n_chunks; from += ABREAST) {
        const int some = n_chunks - from < ABREAST ? n_chunks - from : ABREAST;

        for (int i = 0; i < some; i++)
            stage[i] = add_task(m, LOAD, from + i, NULL, 0);
        for (int i = 0; i < some; i++)
            stage[i] = add_task(m, PARSE, from + i, &stage[i], 1);
        for (int i = 0; i < some; i++)
            clean[i] = add_task(m, CLEAN, from + i, &stage[i], 1);
        for (int i = 0; i < some; i++)
            level[from + i] = add_task(m, DESCRIBE, from + i, &clean[i], 1);
        for (int i = 0; i < some; i++) {
            const uint32_t pair[2] = {level[from + i], add_task(m, HISTOGRAM, from + i, &clean[i], 1)};

            if (i % 4 == 0)
                level[from + i] = add_task(m, COMBINE, chunk++, pair, 2);
        }
    }
    while (n_level > 1) {
        int n_next = 0;

        for (int i = 0; i < n_level; i += 8) {
            const int some = n_level - i < 8 ? n_level - i : 8;

            level[n_next++] = add_task(m, COMBINE, chunk++, level + i, some);
        }
        n_level = n_next;
    }
    free(level);
}

static void add_event(struct made *m, int64_t begin, int64_t end, uint32_t task, int worker, int kind, int flags)
{
    m->events[m->n_events++] = (struct weft_event){.begin_ns = begin, .end_ns = end, .task = task,
                                                   .worker = (uint16_t)worker, .kind = (uint8_t)kind,
                                                   .flags = (uint8_t)flags};
}

/* Runs tasks first .. n_tasks from `start` on. Answers when the last one ends. */
static int64_t run_tasks(struct made *m, size_t first, int64_t start)
{
    int64_t last = start;

    for (int w = 0; w < m->n_workers; w++)
        m->free_at[w] = start;
    for (size_t i = first; i < m->n_tasks; i++) {
        const struct task *t = &m->tasks[i];
        const double stretch = random_unit(m);
        int64_t ready = start, begin, length;
        int w = 0;

        for (int d = 0; d < t->n_deps; d++)
            ready = m->ends[t->deps[d]] > ready ? m->ends[t->deps[d]] : ready;
        for (int v = 1; v < m->n_workers; v++)
            w = m->free_at[v] < m->free_at[w] ? v : w;
        length = (int64_t)(functions[t->function].us * 1000 * (0.5 + stretch * stretch * stretch * 4));
        begin = m->free_at[w] + 200;
        if (ready > begin) {
            add_event(m, begin, ready, UINT32_MAX, w, i % 7 == 0 ? WEFT_EVENT_MEMORY : WEFT_EVENT_IDLE, 0);
            begin = ready + 300;
        }
        if (i % 11 == 5) {
            add_event(m, begin, begin + 4000, (uint32_t)i, w, WEFT_EVENT_STEAL, 0);
            begin += 4200;
        }
        if (t->function == CLEAN && i % 29 == 3) {
            add_event(m, begin, begin + 600000, UINT32_MAX, w, WEFT_EVENT_SPILL, 0);
            begin += 600500;
        }
        if (t->function == HISTOGRAM && i % 31 == 4) {
            add_event(m, begin, begin + 250000, (uint32_t)i, w, WEFT_EVENT_RECEIVE, 0);
            begin += 250000;
        }
        add_event(m, begin, begin + length, (uint32_t)i, w, WEFT_EVENT_TASK, i % (m->room / 7) == 100 ? WEFT_EVENT_FAILED : 0);
        if (t->function == PARSE && i % 13 == 1)
            add_event(m, begin + length / 4, begin + length / 2, (uint32_t)i, w, WEFT_EVENT_CHILD, 0);
        m->ends[i] = m->free_at[w] = begin + length;
        last = m->free_at[w] > last ? m->free_at[w] : last;
    }
    return last;
}

static int by_worker_then_time(const void *a, const void *b)
{
    const struct weft_event *x = a, *y = b;

    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    return x->begin_ns < y->begin_ns ? -1 : x->begin_ns > y->begin_ns;
}

/* What the results of tasks first .. would hold, were each freed some tasks after its end. */
static void add_samples(struct weft_sample *samples, size_t n, int64_t wall, int n_workers, struct made *m)
{
    for (size_t i = 0; i < n; i++) {
        const double x = (double)i / (double)n;
        const double hump = (x < 0.5 ? x : x - 0.5) * 2;
        const double held = 48.0 * 1048576 * n_workers * hump * (1.15 - hump) + 3e6 * random_unit(m);

        samples[i] = (struct weft_sample){
            .at_ns = (int64_t)(x * (double)wall),
            .managed_bytes = (uint64_t)held,
            .resident_bytes = (uint64_t)(held * 1.12 + 21e6),
            .spilled_bytes = hump > 0.45 ? (uint64_t)(90e6 * (hump - 0.45)) : 0,
            .cores = n_workers * (0.82 + 0.14 * random_unit(m)),
        };
    }
}

weft_trace *made_trace(size_t n, int n_workers, bool hostile)
{
    enum { N_SAMPLES = 240 };
    struct made m = {.n_workers = n_workers, .state = 42, .room = n * 2 + 64};
    struct weft_sample samples[N_SAMPLES];
    struct weft_trace_run runs[2] = {0};
    struct weft_trace_about about = {.program = hostile ? "evil '</script>' <b>" : "./weather --years 30 --stations all",
                                     .machine = "AMD EPYC 7B13", .version = "0.1.0", .n_cores = n_workers,
                                     .began_unix_ns = 1763802000000000000, .memory_bytes = (uint64_t)24 << 30};
    struct wf_trace_run run = {.n_workers = n_workers, .runs = runs, .n_runs = 2, .samples = samples,
                               .n_samples = N_SAMPLES, .about = &about};
    size_t n_deps = 0;
    weft_trace *t, *out = NULL;

    cr_assert(n >= 8 && n_workers >= 0 && n_workers <= 256);
    m.tasks = calloc(m.room, sizeof *m.tasks);
    m.events = calloc(m.room * 3, sizeof *m.events);
    m.ends = calloc(m.room, sizeof *m.ends);
    cr_assert(m.tasks && m.events && m.ends);

    add_graph(&m, n * 2 / 3);
    runs[0] = (struct weft_trace_run){.n_tasks = (uint32_t)m.n_tasks};
    runs[0].end_ns = n_workers ? run_tasks(&m, 0, 0) : 0;
    add_graph(&m, n / 3);
    runs[1] = (struct weft_trace_run){.first_task = runs[0].n_tasks, .n_tasks = (uint32_t)m.n_tasks - runs[0].n_tasks,
                                      .begin_ns = runs[0].end_ns + 2000000,
                                      .status = hostile ? WEFT_FAILED : WEFT_OK};
    runs[1].end_ns = n_workers ? run_tasks(&m, runs[0].n_tasks, runs[1].begin_ns) : 0;
    qsort(m.events, m.n_events, sizeof *m.events, by_worker_then_time);
    run.wall_ns = runs[1].end_ns;
    run.n_events = m.n_events;
    add_samples(samples, N_SAMPLES, run.wall_ns, n_workers, &m);

    for (size_t i = 0; i < m.n_tasks; i++)
        n_deps += (size_t)m.tasks[i].n_deps;
    t = wf_trace_begin(m.n_tasks, n_deps, n_workers ? &run : NULL);
    cr_assert(t);
    for (size_t i = 0; i < m.n_tasks; i++) {
        const struct task *task = &m.tasks[i];
        const char *name = hostile ? functions[task->function].hostile : functions[task->function].name;
        struct wf_trace_record r = {.result_bytes = functions[task->function].bytes, .line = 40 + task->function * 7,
                                    .layer_id = (uint32_t)task->function + 1, .n_deps = (uint32_t)task->n_deps,
                                    .is_target = i + 1 == runs[0].n_tasks || i + 1 == m.n_tasks};
        char key[160];

        snprintf(key, sizeof key, "%s-%08x (%d)", name, 0x9e3779b9u * (unsigned)(task->function + 1), task->chunk);
        cr_assert(wf_trace_text(t, name, &r.name) && wf_trace_text(t, key, &r.key) &&
                  wf_trace_text(t, functions[task->function].name, &r.layer) && wf_trace_text(t, "weather.c", &r.file));
        wf_trace_add(t, &r, task->deps);
    }
    memcpy(wf_trace_events(t), m.events, m.n_events * sizeof *m.events);
    cr_assert(!wf_trace_end(&out, t, NULL));
    cr_assert(wf_trace_check(out, NULL));
    free(m.tasks);
    free(m.events);
    free(m.ends);
    return out;
}
