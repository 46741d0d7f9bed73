/* chain.c - how runs follow each other.
 *
 * One walk over beginnings and ends by time gives the earliest starts, one back the
 * latest; the third keeps the runs that go on, to say how long the longest chain without
 * a run is: at the moment that it began, each chain either lies between two runs or is
 * inside one of those that go on.
 */
#include "lib/analyse/chain.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

struct edge_of_run {
    int64_t  at_ns;
    uint32_t run;
    uint8_t  phase; /* of what happens at one time: ends come first, runs without time, beginnings */
    bool     is_end;
};

enum { PHASE_END, PHASE_BOTH, PHASE_BEGIN };

static int compare(const void *a, const void *b)
{
    const struct edge_of_run *x = a, *y = b;

    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return (int)x->is_end - (int)y->is_end;
}

void wf_chain_fini(struct wf_chain *c)
{
    wf_free(c->earliest);
    wf_free(c->latest);
    wf_free(c->without);
    wf_free(c->critical);
    *c = (struct wf_chain){0};
}

/* before[r] is the run that r waits for; UINT32_MAX: none. Answers the last of the longest chain. */
static uint32_t walk_forward(struct wf_chain *c, const struct edge_of_run *edges, const int64_t *spans, uint32_t *before)
{
    uint32_t last = UINT32_MAX;
    int64_t done = 0;

    for (size_t k = 0; k < 2 * c->n; k++) {
        const uint32_t r = edges[k].run;

        if (!edges[k].is_end) {
            c->earliest[r] = done;
            before[r] = last;
        } else if (last == UINT32_MAX || c->earliest[r] + spans[r] > done) {
            done = c->earliest[r] + spans[r];
            last = r;
        }
    }
    c->span = done;
    return last;
}

/* without[r] becomes when what begins after r has begun must begin. */
static void walk_backward(struct wf_chain *c, const struct edge_of_run *edges, const int64_t *spans)
{
    int64_t due = c->span;

    for (size_t k = 2 * c->n; k-- > 0;) {
        const uint32_t r = edges[k].run;

        if (edges[k].is_end)
            c->latest[r] = due - spans[r];
        else {
            c->without[r] = due;
            due = c->latest[r] < due ? c->latest[r] : due;
        }
    }
}

/* `going` is room for all runs, `place` too. */
static void walk_without(struct wf_chain *c, const struct edge_of_run *edges, uint32_t *going, uint32_t *place)
{
    uint32_t n_going = 0;

    for (size_t k = 0; k < 2 * c->n; k++) {
        const uint32_t r = edges[k].run;

        if (edges[k].is_end) {
            going[place[r]] = going[--n_going];
            place[going[place[r]]] = place[r];
            continue;
        }
        c->without[r] = c->earliest[r] + c->span - c->without[r];
        /* Only of critical runs is it another than the span; then this is the number at a time. */
        for (uint32_t g = 0; c->latest[r] == c->earliest[r] && g < n_going; g++) {
            const int64_t through = c->span - (c->latest[going[g]] - c->earliest[going[g]]);

            c->without[r] = through > c->without[r] ? through : c->without[r];
        }
        place[r] = n_going;
        going[n_going++] = r;
    }
}

weft_status wf_chain_init(struct wf_chain *c, const struct weft_trace_run *runs, const int64_t *spans, size_t n,
                          struct weft_error *err)
{
    struct edge_of_run *edges = wf_alloc_array(2 * n, sizeof *edges);
    uint32_t *before = wf_alloc_array(n, sizeof *before), *place = wf_alloc_array(n, sizeof *place), last;
    weft_status st = WEFT_OK;

    *c = (struct wf_chain){.n = n, .earliest = wf_alloc_zero(n, sizeof *c->earliest), .latest = wf_alloc_zero(n, sizeof *c->latest),
                           .without = wf_alloc_zero(n, sizeof *c->without), .critical = wf_alloc_array(n, sizeof *c->critical)};
    if (!edges || !before || !place || !c->earliest || !c->latest || !c->without || !c->critical) {
        st = wf_error_nomem(err, "an analysis");
        wf_chain_fini(c);
        goto out;
    }
    for (uint32_t r = 0; r < n; r++) {
        const bool both = runs[r].begin_ns == runs[r].end_ns;

        edges[2 * r] = (struct edge_of_run){runs[r].begin_ns, r, both ? PHASE_BOTH : PHASE_BEGIN, false};
        edges[2 * r + 1] = (struct edge_of_run){runs[r].end_ns, r, both ? PHASE_BOTH : PHASE_END, true};
    }
    qsort(edges, 2 * n, sizeof *edges, compare);
    last = walk_forward(c, edges, spans, before);
    walk_backward(c, edges, spans);
    for (uint32_t r = last; r != UINT32_MAX; r = before[r])
        c->n_critical++;
    for (size_t k = c->n_critical; k-- > 0; last = before[last])
        c->critical[k] = last;
    walk_without(c, edges, before, place);
out:
    wf_free(edges);
    wf_free(before);
    wf_free(place);
    return st;
}
