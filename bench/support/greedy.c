/* greedy.c - when a greedy list schedule of a graph ends. */
#include "bench/support/greedy.h"

#include "bench/support/bench.h"

#include <stdlib.h>

/* A heap of numbers, the least first. */
struct heap {
    uint32_t *item;
    uint32_t  n;
};

static void heap_push(struct heap *h, uint32_t x)
{
    uint32_t i = h->n++;

    for (; i && h->item[(i - 1) / 2] > x; i = (i - 1) / 2)
        h->item[i] = h->item[(i - 1) / 2];
    h->item[i] = x;
}

static uint32_t heap_pop(struct heap *h)
{
    const uint32_t least = h->item[0], x = h->item[--h->n];
    uint32_t       i = 0;

    for (;;) {
        uint32_t child = 2 * i + 1;

        if (child >= h->n)
            break;
        child += child + 1 < h->n && h->item[child + 1] < h->item[child];
        if (h->item[child] >= x)
            break;
        h->item[i] = h->item[child];
        i = child;
    }
    h->item[i] = x;
    return least;
}

/* Successors by task, and how many predecessors each still waits for. */
struct links {
    uint32_t *begin;
    uint32_t *next;
    uint32_t *n_left;
};

static void links_init(struct links *l, const struct bench_shape *shape)
{
    uint32_t *at = bench_alloc((size_t)shape->n + 1, sizeof *at);

    l->begin = bench_alloc((size_t)shape->n + 1, sizeof *l->begin);
    l->next = bench_alloc(shape->dep_begin[shape->n], sizeof *l->next);
    l->n_left = bench_alloc(shape->n, sizeof *l->n_left);
    for (uint32_t d = 0; d < shape->dep_begin[shape->n]; d++)
        l->begin[shape->dep[d] + 1]++;
    for (uint32_t i = 0; i < shape->n; i++) {
        l->begin[i + 1] += l->begin[i];
        at[i] = l->begin[i];
        l->n_left[i] = bench_shape_n_deps(shape, i);
    }
    for (uint32_t i = 0; i < shape->n; i++)
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++)
            l->next[at[shape->dep[d]]++] = i;
    free(at);
}

static void links_fini(struct links *l)
{
    free(l->begin);
    free(l->next);
    free(l->n_left);
}

/* A worker is a task it runs and the time at which that ends; few workers, so the next
 * to end is looked for. */
int64_t bench_greedy_end(const struct bench_shape *shape, const int64_t *ns, int n_workers)
{
    struct { int64_t end; uint32_t task; bool busy; } *w = bench_alloc((size_t)n_workers, sizeof *w);
    struct heap  ready = { bench_alloc(shape->n, sizeof *ready.item), 0 };
    struct links l;
    int64_t      now = 0;

    links_init(&l, shape);
    for (uint32_t i = 0; i < shape->n; i++)
        if (!l.n_left[i])
            heap_push(&ready, i);
    for (;;) {
        int first = -1;

        for (int k = 0; k < n_workers; k++) {
            if (!w[k].busy && ready.n) {
                w[k].task = heap_pop(&ready);
                w[k].end = now + ns[w[k].task];
                w[k].busy = true;
            }
            if (w[k].busy && (first < 0 || w[k].end < w[first].end))
                first = k;
        }
        if (first < 0)
            break;
        now = w[first].end;
        w[first].busy = false;
        for (uint32_t i = l.begin[w[first].task]; i < l.begin[w[first].task + 1]; i++)
            if (!--l.n_left[l.next[i]])
                heap_push(&ready, l.next[i]);
    }
    links_fini(&l);
    free(ready.item);
    free(w);
    return now;
}
