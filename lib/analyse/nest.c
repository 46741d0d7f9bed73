/* nest.c - whose a moment of a worker is. */
#include "lib/analyse/nest.h"

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* The events that go on are a stack, linked by their parents. */
static void find_parents(struct wf_nest *n, size_t begin, size_t end)
{
    uint32_t top = WF_NO_EVENT;

    for (size_t k = begin; k < end; k++) {
        while (top != WF_NO_EVENT && n->events[top].end_ns <= n->events[k].begin_ns)
            top = n->parent[top];
        n->parent[k] = top;
        top = (uint32_t)k;
    }
}

weft_status wf_nest_init(struct wf_nest *n, const weft_trace *t, struct weft_error *err)
{
    const size_t n_events = weft_trace_n_events(t);
    size_t k = 0;

    *n = (struct wf_nest){.events = weft_trace_events(t), .n_workers = weft_trace_n_workers(t)};
    if (n_events >= WF_NO_EVENT)
        return weft_error_set(err, WEFT_NOMEM, "no memory for an analysis of %zu events: at most %u", n_events,
                              WF_NO_EVENT - 1);
    n->first = wf_alloc_array((size_t)n->n_workers + 1, sizeof *n->first);
    n->parent = wf_alloc_array(n_events, sizeof *n->parent);
    if (!n->first || !n->parent) {
        wf_nest_fini(n);
        return wf_error_nomem(err, "an analysis");
    }
    for (int w = 0; w < n->n_workers; w++) {
        n->first[w] = k;
        while (k < n_events && n->events[k].worker == w)
            k++;
        find_parents(n, n->first[w], k);
    }
    n->first[n->n_workers] = k;
    return WEFT_OK;
}

void wf_nest_fini(struct wf_nest *n)
{
    wf_free(n->first);
    wf_free(n->parent);
    *n = (struct wf_nest){0};
}

void wf_pieces_init(struct wf_pieces *p, const struct wf_nest *n, int worker, int64_t from, int64_t to)
{
    size_t low = n->first[worker], high = n->first[worker + 1];

    WF_ASSERT(worker >= 0 && worker < n->n_workers);
    *p = (struct wf_pieces){.nest = n, .first = low, .from = from, .at = to};
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (n->events[middle].begin_ns < to)
            low = middle + 1;
        else
            high = middle;
    }
    p->n_below = low;
}

bool wf_pieces_next(struct wf_pieces *p, struct wf_piece *out)
{
    const struct weft_event *e = p->nest->events;
    uint32_t k = p->n_below > p->first ? (uint32_t)(p->n_below - 1) : WF_NO_EVENT;
    int64_t begin = p->from;

    if (p->at <= p->from)
        return false;
    /* Those that had ended before `at`: the piece begins where the last of them did. */
    while (k != WF_NO_EVENT && e[k].end_ns < p->at) {
        begin = e[k].end_ns > begin ? e[k].end_ns : begin;
        k = p->nest->parent[k];
    }
    if (k != WF_NO_EVENT && e[k].begin_ns > begin)
        begin = e[k].begin_ns;
    *out = (struct wf_piece){.begin_ns = begin, .end_ns = p->at, .event = k};
    p->at = begin;
    while (p->n_below > p->first && e[p->n_below - 1].begin_ns >= begin)
        p->n_below--;
    return true;
}

/* ---- Of all workers ----------------------------------------------------------- */

static bool ends_later(const struct wf_all_pieces *p, int v, int w)
{
    return p->heads[v].end_ns != p->heads[w].end_ns ? p->heads[v].end_ns > p->heads[w].end_ns : v < w;
}

/* Puts worker w where it belongs, from place `at` of the heap down. */
static void sink(struct wf_all_pieces *p, int at, int w)
{
    for (int child; (child = 2 * at + 1) < p->n; at = child) {
        child += child + 1 < p->n && ends_later(p, p->heap[child + 1], p->heap[child]);
        if (!ends_later(p, p->heap[child], w))
            break;
        p->heap[at] = p->heap[child];
    }
    p->heap[at] = w;
}

weft_status wf_all_pieces_init(struct wf_all_pieces *p, const struct wf_nest *n, struct weft_error *err)
{
    const size_t n_workers = (size_t)n->n_workers;

    *p = (struct wf_all_pieces){.workers = wf_alloc_array(n_workers, sizeof *p->workers),
                                .heads = wf_alloc_array(n_workers, sizeof *p->heads),
                                .heap = wf_alloc_array(n_workers, sizeof *p->heap)};
    if (!p->workers || !p->heads || !p->heap) {
        wf_all_pieces_fini(p);
        return wf_error_nomem(err, "an analysis");
    }
    for (int w = 0; w < n->n_workers; w++) {
        wf_pieces_init(&p->workers[w], n, w, 0, INT64_MAX);
        if (wf_pieces_next(&p->workers[w], &p->heads[w]))
            p->heap[p->n++] = w;
    }
    for (int at = p->n / 2; at-- > 0;)
        sink(p, at, p->heap[at]);
    return WEFT_OK;
}

void wf_all_pieces_fini(struct wf_all_pieces *p)
{
    wf_free(p->workers);
    wf_free(p->heads);
    wf_free(p->heap);
    *p = (struct wf_all_pieces){0};
}

bool wf_all_pieces_next(struct wf_all_pieces *p, struct wf_piece *out)
{
    int w;

    if (!p->n)
        return false;
    w = p->heap[0];
    *out = p->heads[w];
    if (!wf_pieces_next(&p->workers[w], &p->heads[w]))
        w = p->heap[--p->n];
    if (p->n)
        sink(p, 0, w);
    return true;
}
