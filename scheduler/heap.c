/* heap.c - the ready tasks of a run with priorities, for all workers. */
#include "scheduler/heap.h"

#include <string.h>

#include "lib/base/assert.h"

void wf_heap_init(struct wf_heap *h)
{
    wf_mutex_init(&h->lock);
    h->priority = NULL;
    wf_init(&h->n, 0);
}

void wf_heap_fini(struct wf_heap *h)
{
    wf_mutex_fini(&h->lock);
}

static inline bool goes_before(const struct wf_heap *h, uint32_t a, uint32_t b)
{
    return h->priority[a] > h->priority[b] || (h->priority[a] == h->priority[b] && a < b);
}

void wf_heap_fill(struct wf_heap *h, const weft_plan *p)
{
    if (!p->priority)
        return;
    /* Under the lock: one who saw the last task of the run before may still wait for it. */
    wf_mutex_lock(&h->lock);
    h->priority = p->priority;
    h->nodes = p->queue;
    /* The roots are sorted, which is a heap. */
    memcpy(h->nodes, p->roots, (size_t)p->n_roots * sizeof *h->nodes);
    wf_store_fenced(&h->n, p->n_roots);
    wf_mutex_unlock(&h->lock);
}

void wf_heap_push(struct wf_heap *h, uint32_t node)
{
    uint32_t at;

    wf_mutex_lock(&h->lock);
    at = wf_load_relaxed(&h->n);
    wf_store_fenced(&h->n, at + 1);
    for (uint32_t above; at && goes_before(h, node, h->nodes[above = (at - 1) / 2]); at = above)
        h->nodes[at] = h->nodes[above];
    h->nodes[at] = node;
    wf_mutex_unlock(&h->lock);
}

/* Under the lock: `node` goes down from the top until nothing below goes before it. */
static void sink(struct wf_heap *h, uint32_t n, uint32_t node)
{
    uint32_t at = 0;

    for (uint32_t below; (below = 2 * at + 1) < n; at = below) {
        if (below + 1 < n && goes_before(h, h->nodes[below + 1], h->nodes[below]))
            below++;
        if (!goes_before(h, h->nodes[below], node))
            break;
        h->nodes[at] = h->nodes[below];
    }
    h->nodes[at] = node;
}

bool wf_heap_take(struct wf_heap *h, uint32_t *node)
{
    uint32_t n;

    if (!wf_heap_has_some(h))
        return false;
    wf_mutex_lock(&h->lock);
    n = wf_load_relaxed(&h->n);
    if (n) {
        *node = h->nodes[0];
        wf_store_fenced(&h->n, n - 1);
        if (n > 1)
            sink(h, n - 1, h->nodes[n - 1]);
    }
    wf_mutex_unlock(&h->lock);
    return n > 0;
}
