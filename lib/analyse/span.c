/* span.c - levels, earliest and latest starts, and the critical path.
 *
 * One sweep forward gives levels and earliest starts, one backward the latest ones: tasks
 * are numbered so that dependencies come first. Each run is swept alone; then the chain of
 * runs says by how much each is put off.
 */
#include "lib/analyse/analysis.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

void wf_span_levels(weft_analysis *a)
{
    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const size_t n_deps = weft_trace_n_deps(a->trace, i);

        for (size_t d = 0; d < n_deps; d++)
            a->level[i] = a->level[deps[d]] + 1 > a->level[i] ? a->level[deps[d]] + 1 : a->level[i];
        a->stats.n_edges += n_deps;
        a->stats.depth = a->level[i] + (size_t)1 > a->stats.depth ? a->level[i] + (size_t)1 : a->stats.depth;
    }
}

/* Earliest starts since the run began. Answers its span. */
static int64_t sweep_forward(weft_analysis *a, size_t r)
{
    int64_t span = 0;

    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const size_t n_deps = weft_trace_n_deps(a->trace, i);

        for (size_t d = 0; d < n_deps; d++) {
            const int64_t end = a->earliest[deps[d]] + a->length[deps[d]];

            a->earliest[i] = end > a->earliest[i] ? end : a->earliest[i];
        }
        span = a->earliest[i] + a->length[i] > span ? a->earliest[i] + a->length[i] : span;
    }
    return span;
}

static void sweep_backward(weft_analysis *a, size_t r, int64_t due)
{
    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
        a->latest[i] = due - a->length[i];
    for (size_t i = wf_run_end(a, r); i-- > wf_run_first(a, r);) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const size_t n_deps = weft_trace_n_deps(a->trace, i);

        for (size_t d = 0; d < n_deps; d++) {
            const uint32_t p = deps[d];

            if (a->latest[i] - a->length[p] < a->latest[p])
                a->latest[p] = a->latest[i] - a->length[p];
        }
    }
}

/* The dependency that `i` waits for longest; of equals the deepest, so that a path
 * is not cut short by tasks without length, then the first. -1: none. */
static int64_t last_to_finish(const weft_analysis *a, size_t i)
{
    const uint32_t *deps = weft_trace_deps(a->trace, i);
    int64_t best = -1, best_end = -1;

    for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++) {
        const int64_t p = deps[d], end = a->earliest[p] + a->length[p];

        if (end > best_end || (end == best_end && a->level[p] > a->level[best])) {
            best = p;
            best_end = end;
        }
    }
    return best;
}

/* The last task of the longest path of a run; -1: it has none. */
static int64_t last_of_run(const weft_analysis *a, size_t r)
{
    int64_t last = -1, last_end = -1;

    for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
        const int64_t end = a->earliest[i] + a->length[i];

        if (end > last_end || (end == last_end && a->level[i] > a->level[last])) {
            last = (int64_t)i;
            last_end = end;
        }
    }
    return last;
}

static weft_status find_critical(weft_analysis *a, struct weft_error *err)
{
    size_t n = 0;

    for (size_t c = 0; c < a->chain.n_critical; c++) {
        for (int64_t i = last_of_run(a, a->chain.critical[c]); i >= 0; i = last_to_finish(a, (size_t)i)) {
            a->is_critical[i] = 1;
            n++;
        }
    }
    a->critical = wf_alloc_array(n, sizeof *a->critical);
    if (!a->critical)
        return wf_error_nomem(err, "an analysis");
    a->n_critical = n;
    for (size_t c = a->chain.n_critical; c-- > 0;)
        for (int64_t i = last_of_run(a, a->chain.critical[c]); i >= 0; i = last_to_finish(a, (size_t)i))
            a->critical[--n] = (uint32_t)i;
    return WEFT_OK;
}

weft_status wf_span_find(weft_analysis *a, struct weft_error *err)
{
    const size_t n_runs = a->stats.n_runs;
    int64_t *spans = wf_alloc_array(n_runs, sizeof *spans);
    weft_status st;

    if (!spans)
        return wf_error_nomem(err, "an analysis");
    for (size_t r = 0; r < n_runs; r++)
        spans[r] = a->run_stats[r].span_ns = sweep_forward(a, r);
    st = wf_chain_init(&a->chain, a->runs, spans, n_runs, err);
    if (st)
        goto out;
    a->span = a->chain.span;
    for (size_t r = 0; r < n_runs; r++) {
        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
            a->earliest[i] += a->chain.earliest[r];
        sweep_backward(a, r, a->chain.latest[r] + spans[r]);
    }
    st = find_critical(a, err);
out:
    wf_free(spans);
    return st;
}

/* ---- The burdened span ------------------------------------------------------------ */

weft_status wf_span_burden(weft_analysis *a, struct weft_error *err)
{
    const size_t n = a->stats.n_tasks, n_runs = a->stats.n_runs;
    const int64_t burden = a->stats.n_measured ? a->stats.burden_ns : 0;
    int64_t *end = wf_alloc_array(n, sizeof *end), *spans = wf_alloc_zero(n_runs, sizeof *spans);
    uint32_t *n_readers = wf_alloc_zero(n, sizeof *n_readers);
    struct wf_chain chain = {0};
    weft_status st = WEFT_OK;

    if (!end || !spans || !n_readers) {
        st = wf_error_nomem(err, "an analysis");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++)
            n_readers[weft_trace_deps(a->trace, i)[d]]++;
    for (size_t r = 0; r < n_runs; r++) {
        size_t n_first = 0;

        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
            n_first += !weft_trace_n_deps(a->trace, i);
        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
            const uint32_t *deps = weft_trace_deps(a->trace, i);
            const size_t n_deps = weft_trace_n_deps(a->trace, i);
            int64_t begin = !n_deps && n_first > 1 ? burden : 0;

            for (size_t d = 0; d < n_deps; d++) {
                const int64_t after = end[deps[d]] + (n_deps == 1 && n_readers[deps[d]] == 1 ? 0 : burden);

                begin = after > begin ? after : begin;
            }
            end[i] = begin + a->length[i];
            spans[r] = end[i] > spans[r] ? end[i] : spans[r];
        }
    }
    st = wf_chain_init(&chain, a->runs, spans, n_runs, err);
    if (!st)
        a->stats.burdened_span_ns = a->stats.n_measured ? chain.span : 0;
out:
    wf_chain_fini(&chain);
    wf_free(end);
    wf_free(spans);
    wf_free(n_readers);
    return st;
}
