/* drag.c - how much shorter the span were if a task took no time.
 *
 * For a task c on the critical path the span becomes the longer of the longest path that
 * avoids c, and of the critical path without its length. A path that avoids c either ends
 * before c, or begins after it, or has an edge u -> v that leads past it, where before and
 * after are those of the numbers of tasks: all before u have numbers below u, all after v
 * above v. The longest path over that edge is known from both sweeps. So each edge tells
 * the critical tasks between its ends how long a path can be without them, and what is
 * asked for is the largest of what a task was told:
 *
 *     -- c1 -- c2 -- c3 -- c4 --        u -> v tells c2 and c3; stretches are told in a
 *         \              /              tree of halves, in log2 of their length
 *          u ---------- v
 */
#include "lib/analyse/analysis.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

static void lift(int64_t *value, int64_t to)
{
    if (to > *value)
        *value = to;
}

/* Tells [begin, end) of the n leaves, which are tree[n ..]. */
static void tell(int64_t *tree, size_t n, size_t begin, size_t end, int64_t value)
{
    for (begin += n, end += n; begin < end; begin /= 2, end /= 2) {
        if (begin & 1)
            lift(&tree[begin++], value);
        if (end & 1)
            lift(&tree[--end], value);
    }
}

/* Of the critical tasks path[0 .. n - 1] of run r. `rank` is room for all tasks, `tree` for 2 n. */
static void find_in_run(weft_analysis *a, size_t r, const uint32_t *path, size_t n, uint32_t *rank, int64_t *tree)
{
    const int64_t put_off = a->chain.earliest[r], due = put_off + a->run_stats[r].span_ns;
    const size_t first = wf_run_first(a, r), end = wf_run_end(a, r);
    int64_t before = 0;
    uint32_t c = 0;

    for (size_t k = 0; k < 2 * n; k++)
        tree[k] = 0;
    /* rank: how many critical tasks have smaller numbers. */
    for (size_t i = first; i < end; i++) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const int64_t tail = due - a->latest[i];

        if (c < n && path[c] == i)
            lift(&tree[n + c], before); /* paths that end before it */
        rank[i] = c;
        c += a->is_critical[i];
        if (!weft_trace_n_deps(a->trace, i))
            tell(tree, n, 0, rank[i], tail); /* those that begin after them */
        for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++) {
            const uint32_t u = deps[d];

            tell(tree, n, rank[u] + a->is_critical[u], rank[i], a->earliest[u] + a->length[u] - put_off + tail);
        }
        lift(&before, a->earliest[i] + a->length[i] - put_off);
    }
    for (size_t k = 1; k < n; k++) {
        lift(&tree[2 * k], tree[k]);
        lift(&tree[2 * k + 1], tree[k]);
    }
    for (size_t k = 0; k < n; k++) {
        const int64_t in_run = a->run_stats[r].span_ns - tree[n + k], in_all = a->span - a->chain.without[r];
        const int64_t most = in_run < in_all ? in_run : in_all;

        a->drag[path[k]] = a->length[path[k]] < most ? a->length[path[k]] : most;
    }
}

weft_status wf_drag_find(weft_analysis *a, struct weft_error *err)
{
    uint32_t *rank = wf_alloc_array(a->stats.n_tasks, sizeof *rank);
    int64_t *tree = wf_alloc_array(2 * a->n_critical + 2, sizeof *tree);
    size_t from = 0;

    if (!rank || !tree) {
        wf_free(rank);
        wf_free(tree);
        return wf_error_nomem(err, "an analysis");
    }
    for (size_t c = 0; c < a->chain.n_critical; c++) {
        const uint32_t r = a->chain.critical[c];
        size_t to = from;

        while (to < a->n_critical && a->critical[to] >= wf_run_first(a, r) && a->critical[to] < wf_run_end(a, r))
            to++;
        find_in_run(a, r, a->critical + from, to - from, rank, tree);
        from = to;
    }
    wf_free(rank);
    wf_free(tree);
    return WEFT_OK;
}
