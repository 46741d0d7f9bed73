/* path.c - the critical path in pieces. */
#include "lib/draw/path.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/collapse.h"

enum { MOST_OWN = 16 };

/* The cost from which on a task of the path is a piece of its own, so that at most n are:
 * more than that of the (n + 1)th. */
static int64_t own_from(const weft_analysis *a, size_t n)
{
    const uint32_t *path = weft_analysis_critical(a);
    int64_t top[MOST_OWN + 1];
    size_t n_top = 0;

    n = n < MOST_OWN ? n : MOST_OWN;
    for (size_t i = 0; i < weft_analysis_n_critical(a); i++) {
        const int64_t cost = weft_analysis_cost(a, path[i]);
        size_t at = n_top;

        if (n_top == n + 1 && cost <= top[n])
            continue;
        at = n_top <= n ? n_top++ : n;
        for (; at > 0 && top[at - 1] < cost; at--)
            top[at] = top[at - 1];
        top[at] = cost;
    }
    return n_top == n + 1 ? top[n] + 1 : 0;
}

/* Numbers the pieces of a path that is longer than `most`; answers how many there are. */
static uint32_t number(struct wf_path *p, const weft_trace *t, const weft_analysis *a, int64_t own, bool by_layer)
{
    const uint32_t *path = weft_analysis_critical(a);
    uint32_t n = 0;
    bool was_own = true;

    for (size_t i = 0; i < weft_analysis_n_critical(a); i++) {
        const bool is_own = weft_analysis_cost(a, path[i]) >= own;

        n += was_own || is_own ||
             (by_layer && !wf_same_group(weft_trace_task(t, path[i - 1]), weft_trace_task(t, path[i])));
        p->piece[path[i]] = n;
        was_own = is_own;
    }
    return n;
}

static void cut(struct wf_path *p, const weft_trace *t, const weft_analysis *a, size_t most)
{
    const bool is_measured = weft_analysis_stats(a)->n_measured > 0;
    const int64_t own = is_measured ? own_from(a, (most - 1) / 2) : INT64_MAX;

    p->n_pieces = number(p, t, a, weft_analysis_n_critical(a) <= most ? INT64_MIN : own, true);
    if (p->n_pieces > most)
        p->n_pieces = number(p, t, a, own, false);
}

static void follow(struct wf_path *p, const weft_trace *t)
{
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        const uint32_t *deps = weft_trace_deps(t, i);
        const size_t n = weft_trace_n_deps(t, i);

        p->after[i] = p->piece[i];
        for (size_t d = 0; d < n && !p->piece[i]; d++)
            p->after[i] = p->after[deps[d]] > p->after[i] ? p->after[deps[d]] : p->after[i];
    }
}

/* Takes into each piece what lies between its tasks. */
static weft_status absorb(struct wf_path *p, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    uint32_t *before = wf_alloc_array(n, sizeof *before); /* the first piece that it leads to */

    if (!before)
        return wf_error_nomem(err, "a picture");
    memset(before, 0xff, n * sizeof *before);
    for (size_t i = n; i-- > 0;) {
        const uint32_t *deps = weft_trace_deps(t, i);
        const size_t n_deps = weft_trace_n_deps(t, i);

        before[i] = p->piece[i] ? p->piece[i] : before[i];
        for (size_t d = 0; d < n_deps; d++)
            before[deps[d]] = before[i] < before[deps[d]] ? before[i] : before[deps[d]];
    }
    for (size_t i = 0; i < n; i++) {
        if (p->after[i] == before[i])
            p->piece[i] = before[i];
    }
    wf_free(before);
    return WEFT_OK;
}

weft_status wf_path_cut(struct wf_path *p, const weft_trace *t, const weft_analysis *a, size_t most,
                        struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);

    p->piece = wf_alloc_zero(n + 1, sizeof *p->piece);
    p->after = wf_alloc_zero(n + 1, sizeof *p->after);
    if (!p->piece || !p->after)
        return wf_error_nomem(err, "a picture");
    cut(p, t, a, most);
    follow(p, t);
    return p->n_pieces < weft_analysis_n_critical(a) ? absorb(p, t, err) : WEFT_OK;
}

void wf_path_fini(struct wf_path *p)
{
    wf_free(p->piece);
    wf_free(p->after);
    *p = (struct wf_path){0};
}
