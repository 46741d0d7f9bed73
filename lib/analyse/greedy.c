/* greedy.c - how long so many workers would take, never idle while a task is ready.
 *
 * The ready task with the longest path behind it goes first (Hu 1961). What a task costs
 * beyond its length is cut into pieces no longer than that, which any workers run. A run
 * begins when those have ended that had ended when it began.
 */
#include <stdlib.h>

#include "lib/analyse/analysis.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_PIECES = 4096 };

/* A heap of tasks, the least key first; of equals the least number. */
struct item {
    int64_t  key;
    uint32_t task;
};

struct heap {
    struct item *items;
    size_t       n;
};

static bool is_before(struct item x, struct item y)
{
    return x.key != y.key ? x.key < y.key : x.task < y.task;
}

static void push(struct heap *h, struct item item)
{
    size_t at = h->n++;

    while (at && is_before(item, h->items[(at - 1) / 2])) {
        h->items[at] = h->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    h->items[at] = item;
}

static struct item pop(struct heap *h)
{
    const struct item top = h->items[0], last = h->items[--h->n];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < h->n && is_before(h->items[child + 1], h->items[child]))
            child++;
        if (child >= h->n || !is_before(h->items[child], last))
            break;
        h->items[at] = h->items[child];
        at = child;
    }
    h->items[at] = last;
    return top;
}

struct run_order {
    const struct weft_trace_run *run;
    uint32_t                     number;
};

struct greedy {
    const weft_analysis *a;
    int                  n_workers;
    struct heap          ready, running; /* by latest start; by end */
    uint32_t            *n_waiting;      /* dependencies that have not ended */
    uint32_t            *n_to_begin, *n_to_end; /* pieces of a task */
    uint32_t            *first, *readers;
    struct run_order    *by_begin, *by_end;
    uint32_t            *n_left;         /* tasks of a run that have not ended */
    size_t               n_begun, n_ended; /* runs, in their order; all up to there */
};

static uint32_t n_pieces(const weft_analysis *a, size_t i)
{
    const int64_t more = a->cost[i] - a->length[i], length = a->length[i] > 0 ? a->length[i] : 1;
    const int64_t n = more / length + (more % length > 0);

    return 1 + (uint32_t)(n < MOST_PIECES ? n : MOST_PIECES);
}

/* The first piece is as long as the task; the others share the rest. */
static int64_t length_of_piece(const weft_analysis *a, size_t i, uint32_t piece)
{
    const int64_t more = a->cost[i] - a->length[i], n = (int64_t)n_pieces(a, i) - 1;

    return piece == 0 ? a->length[i] : more / n + (piece <= more % n);
}

static void make_ready(struct greedy *g, uint32_t i)
{
    push(&g->ready, (struct item){g->a->latest[i], i});
}

static int compare_begins(const void *x, const void *y)
{
    const struct run_order *a = x, *b = y;

    if (a->run->begin_ns != b->run->begin_ns)
        return a->run->begin_ns < b->run->begin_ns ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

static int compare_ends(const void *x, const void *y)
{
    const struct run_order *a = x, *b = y;

    if (a->run->end_ns != b->run->end_ns)
        return a->run->end_ns < b->run->end_ns ? -1 : 1;
    return compare_begins(x, y);
}

/* Whether r, which is not q, waits for q. */
static bool follows(const struct run_order *r, const struct run_order *q)
{
    if (q->run->end_ns != r->run->begin_ns)
        return q->run->end_ns < r->run->begin_ns;
    return q->run != r->run && compare_begins(q, r) < 0;
}

static void begin_run(struct greedy *g, size_t r)
{
    for (size_t i = wf_run_first(g->a, r); i < wf_run_end(g->a, r); i++)
        if (!g->n_waiting[i])
            make_ready(g, (uint32_t)i);
}

/* Begins the runs that may. Those that end later are not waited for by those that begin earlier. */
static void begin_runs(struct greedy *g)
{
    const size_t n_runs = g->a->stats.n_runs;

    for (;;) {
        while (g->n_ended < n_runs && !g->n_left[g->by_end[g->n_ended].number])
            g->n_ended++;
        if (g->n_begun == n_runs ||
            (g->n_ended < n_runs && follows(&g->by_begin[g->n_begun], &g->by_end[g->n_ended])))
            return;
        begin_run(g, g->by_begin[g->n_begun++].number);
    }
}

static void end_piece(struct greedy *g, uint32_t i)
{
    if (--g->n_to_end[i])
        return;
    for (uint32_t k = g->first[i]; k < g->first[i + 1]; k++)
        if (!--g->n_waiting[g->readers[k]])
            make_ready(g, g->readers[k]);
    if (!--g->n_left[wf_analysis_run_of(g->a, i)])
        begin_runs(g);
}

static int64_t play(struct greedy *g)
{
    int64_t now = 0;

    begin_runs(g);
    while (g->ready.n || g->running.n) {
        while (g->ready.n && g->running.n < (size_t)g->n_workers) {
            const uint32_t i = g->ready.items[0].task;
            const uint32_t piece = n_pieces(g->a, i) - g->n_to_begin[i];

            if (!--g->n_to_begin[i])
                pop(&g->ready);
            push(&g->running, (struct item){now + length_of_piece(g->a, i, piece), i});
        }
        now = g->running.items[0].key;
        do
            end_piece(g, pop(&g->running).task);
        while (g->running.n && g->running.items[0].key == now);
    }
    return now;
}

static void link_readers(struct greedy *g)
{
    const weft_trace *t = g->a->trace;
    const size_t n = g->a->stats.n_tasks;

    for (size_t i = 0; i < n; i++) {
        g->n_waiting[i] = (uint32_t)weft_trace_n_deps(t, i);
        g->n_to_begin[i] = g->n_to_end[i] = n_pieces(g->a, i);
        for (size_t d = 0; d < g->n_waiting[i]; d++)
            g->first[weft_trace_deps(t, i)[d] + 1]++;
    }
    for (size_t i = 0; i < n; i++)
        g->first[i + 1] += g->first[i];
    for (size_t i = n; i-- > 0;)
        for (size_t d = 0; d < g->n_waiting[i]; d++)
            g->readers[--g->first[weft_trace_deps(t, i)[d] + 1]] = (uint32_t)i;
    /* Filled from their ends, first[i + 1] is now where those of i begin. */
    for (size_t i = 0; i < n; i++)
        g->first[i] = g->first[i + 1];
    g->first[n] = (uint32_t)g->a->stats.n_edges;
}

static bool greedy_init(struct greedy *g)
{
    const weft_analysis *a = g->a;
    const size_t n = a->stats.n_tasks, n_runs = a->stats.n_runs;

    g->ready.items = wf_alloc_array(n, sizeof *g->ready.items);
    g->running.items = wf_alloc_array((size_t)g->n_workers, sizeof *g->running.items);
    g->n_waiting = wf_alloc_array(n, sizeof *g->n_waiting);
    g->n_to_begin = wf_alloc_array(n, sizeof *g->n_to_begin);
    g->n_to_end = wf_alloc_array(n, sizeof *g->n_to_end);
    g->first = wf_alloc_zero(n + 1, sizeof *g->first);
    g->readers = wf_alloc_array(a->stats.n_edges, sizeof *g->readers);
    g->by_begin = wf_alloc_array(n_runs, sizeof *g->by_begin);
    g->by_end = wf_alloc_array(n_runs, sizeof *g->by_end);
    g->n_left = wf_alloc_array(n_runs, sizeof *g->n_left);
    if (!g->ready.items || !g->running.items || !g->n_waiting || !g->n_to_begin || !g->n_to_end || !g->first || !g->readers ||
        !g->by_begin || !g->by_end || !g->n_left)
        return false;
    link_readers(g);
    for (uint32_t r = 0; r < n_runs; r++) {
        g->by_begin[r] = g->by_end[r] = (struct run_order){&a->runs[r], r};
        g->n_left[r] = a->runs[r].n_tasks;
    }
    qsort(g->by_begin, n_runs, sizeof *g->by_begin, compare_begins);
    qsort(g->by_end, n_runs, sizeof *g->by_end, compare_ends);
    return true;
}

static void greedy_fini(struct greedy *g)
{
    wf_free(g->ready.items);
    wf_free(g->running.items);
    wf_free(g->n_waiting);
    wf_free(g->n_to_begin);
    wf_free(g->n_to_end);
    wf_free(g->first);
    wf_free(g->readers);
    wf_free(g->by_begin);
    wf_free(g->by_end);
    wf_free(g->n_left);
}

weft_status weft_analysis_on_workers(const weft_analysis *a, int n_workers, struct weft_bounds *out, struct weft_error *err)
{
    struct greedy g = {.a = a, .n_workers = n_workers};
    int64_t work = 0;
    weft_status st = WEFT_OK;

    WF_ASSERT(n_workers > 0);
    for (size_t i = 0; i < a->stats.n_tasks; i++)
        work += a->cost[i];
    if (greedy_init(&g)) {
        const int64_t each = work / n_workers + (work % n_workers > 0);

        *out = (struct weft_bounds){.least_ns = each > a->span ? each : a->span,
                                    .most_ns = a->span + (work - a->span) / n_workers,
                                    .greedy_ns = play(&g)};
    } else {
        st = wf_error_nomem(err, "a schedule");
    }
    greedy_fini(&g);
    return st;
}
