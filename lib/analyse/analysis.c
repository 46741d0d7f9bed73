/* analysis.c - work, span, critical path and slack of a trace.
 *
 * One sweep forward gives levels and earliest starts, one backward the latest
 * ones: tasks are numbered so that dependencies come first.
 */
#include <weft/analyse.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

/* What always holds:
 *   1. earliest[i] >= earliest[d] + cost[d] for each dependency d of i.
 *   2. 0 <= earliest[i] <= latest[i] <= span - cost[i].
 *   3. critical[] is a path whose costs add up to the span. */
struct weft_analysis {
    const weft_trace *trace;
    struct weft_stats stats;
    int64_t          *cost, *earliest, *latest;
    uint32_t         *level;
    int32_t          *worker;
    uint8_t          *is_critical;
    uint32_t         *critical;
    size_t            n_critical;
    int64_t           span; /* in the unit of cost */
};

void weft_analysis_free(weft_analysis *a)
{
    if (!a)
        return;
    wf_free(a->cost);
    wf_free(a->earliest);
    wf_free(a->latest);
    wf_free(a->level);
    wf_free(a->worker);
    wf_free(a->is_critical);
    wf_free(a->critical);
    wf_free(a);
}

static bool make_room(weft_analysis *a, size_t n)
{
    a->cost = wf_alloc_zero(n, sizeof *a->cost);
    a->earliest = wf_alloc_zero(n, sizeof *a->earliest);
    a->latest = wf_alloc_zero(n, sizeof *a->latest);
    a->level = wf_alloc_zero(n, sizeof *a->level);
    a->worker = wf_alloc_zero(n, sizeof *a->worker);
    a->is_critical = wf_alloc_zero(n, sizeof *a->is_critical);
    return a->cost && a->earliest && a->latest && a->level && a->worker && a->is_critical;
}

static void find_costs(weft_analysis *a)
{
    const struct weft_event *e = weft_trace_events(a->trace);
    const size_t n_events = weft_trace_n_events(a->trace), n = a->stats.n_tasks;

    for (size_t i = 0; i < n; i++)
        a->worker[i] = -1;
    for (size_t k = 0; k < n_events; k++) {
        if (e[k].kind != WEFT_EVENT_TASK)
            continue;
        a->stats.n_measured += a->worker[e[k].task] < 0;
        a->worker[e[k].task] = e[k].worker;
        a->cost[e[k].task] += e[k].end_ns - e[k].begin_ns;
    }
    if (!a->stats.n_measured) {
        for (size_t i = 0; i < n; i++)
            a->cost[i] = 1;
    }
}

static void sweep_forward(weft_analysis *a, int64_t *work)
{
    *work = 0;
    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);
        const size_t n_deps = weft_trace_n_deps(a->trace, i);

        for (size_t d = 0; d < n_deps; d++) {
            const uint32_t p = deps[d];

            if (a->earliest[p] + a->cost[p] > a->earliest[i])
                a->earliest[i] = a->earliest[p] + a->cost[p];
            if (a->level[p] + 1 > a->level[i])
                a->level[i] = a->level[p] + 1;
        }
        a->stats.n_edges += n_deps;
        *work += a->cost[i];
        if (a->earliest[i] + a->cost[i] > a->span)
            a->span = a->earliest[i] + a->cost[i];
        if (a->level[i] + (size_t)1 > a->stats.depth)
            a->stats.depth = a->level[i] + (size_t)1;
    }
}

static void sweep_backward(weft_analysis *a)
{
    for (size_t i = 0; i < a->stats.n_tasks; i++)
        a->latest[i] = a->span - a->cost[i];
    for (size_t i = a->stats.n_tasks; i-- > 0;) {
        const uint32_t *deps = weft_trace_deps(a->trace, i);

        for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++) {
            const uint32_t p = deps[d];

            if (a->latest[i] - a->cost[p] < a->latest[p])
                a->latest[p] = a->latest[i] - a->cost[p];
        }
    }
}

/* The dependency that `i` waits for longest; of equals the deepest, so that a path
 * is not cut short by tasks without cost, then the first. -1: none. */
static int64_t last_to_finish(const weft_analysis *a, size_t i)
{
    const uint32_t *deps = weft_trace_deps(a->trace, i);
    int64_t best = -1, best_end = -1;

    for (size_t d = 0; d < weft_trace_n_deps(a->trace, i); d++) {
        const int64_t p = deps[d], end = a->earliest[p] + a->cost[p];

        if (end > best_end || (end == best_end && a->level[p] > a->level[best])) {
            best = p;
            best_end = end;
        }
    }
    return best;
}

static weft_status find_critical(weft_analysis *a, struct weft_error *err)
{
    int64_t last = -1;
    size_t n = 0;

    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        if (a->earliest[i] + a->cost[i] == a->span && (last < 0 || a->level[i] > a->level[last]))
            last = (int64_t)i;
    }
    for (int64_t i = last; i >= 0; i = last_to_finish(a, (size_t)i)) {
        a->is_critical[i] = 1;
        n++;
    }
    a->critical = wf_alloc_array(n, sizeof *a->critical);
    if (!a->critical)
        return wf_error_nomem(err, "an analysis");
    a->n_critical = n;
    for (int64_t i = last; i >= 0; i = last_to_finish(a, (size_t)i))
        a->critical[--n] = (uint32_t)i;
    return WEFT_OK;
}

static weft_status find_width(weft_analysis *a, struct weft_error *err)
{
    size_t *on_level = wf_alloc_zero(a->stats.depth, sizeof *on_level);

    if (!on_level)
        return wf_error_nomem(err, "an analysis");
    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        if (++on_level[a->level[i]] > a->stats.width)
            a->stats.width = on_level[a->level[i]];
    }
    wf_free(on_level);
    return WEFT_OK;
}

static weft_status count_layers(weft_analysis *a, struct weft_error *err)
{
    struct wf_map layers;
    uint32_t last = 0;
    weft_status st = WEFT_OK;

    wf_map_init(&layers);
    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        const uint32_t *layer = &weft_trace_task(a->trace, i)->layer_id;
        bool fresh;

        if (*layer == last || *layer == 0)
            continue;
        last = *layer;
        if (!wf_map_put(&layers, layer, sizeof *layer, 0, &fresh)) {
            st = wf_error_nomem(err, "an analysis");
            break;
        }
    }
    a->stats.n_layers = layers.n;
    wf_map_fini(&layers);
    return st;
}

weft_status weft_analyse_trace(weft_analysis **out, const weft_trace *t, struct weft_error *err)
{
    weft_analysis *a = wf_alloc_zero(1, sizeof *a);
    int64_t work;
    weft_status st;

    if (!a)
        return wf_error_nomem(err, "an analysis");
    a->trace = t;
    a->stats.n_tasks = weft_trace_n_tasks(t);
    if (!make_room(a, a->stats.n_tasks)) {
        st = wf_error_nomem(err, "an analysis");
        goto out;
    }
    find_costs(a);
    sweep_forward(a, &work);
    sweep_backward(a);
    st = find_critical(a, err);
    if (!st)
        st = find_width(a, err);
    if (!st)
        st = count_layers(a, err);
    if (st)
        goto out;

    a->stats.n_workers = weft_trace_n_workers(t);
    a->stats.makespan_ns = weft_trace_wall_ns(t);
    a->stats.work_ns = a->stats.n_measured ? work : 0;
    a->stats.span_ns = a->stats.n_measured ? a->span : 0;
    a->stats.parallelism = a->span ? (double)work / (double)a->span : 0;
    *out = a;
    a = NULL;
out:
    weft_analysis_free(a);
    return st;
}

/* ---- Asking ---------------------------------------------------------------- */

const struct weft_stats *weft_analysis_stats(const weft_analysis *a)
{
    return &a->stats;
}

const weft_trace *weft_analysis_trace(const weft_analysis *a)
{
    return a->trace;
}

size_t weft_analysis_n_critical(const weft_analysis *a)
{
    return a->n_critical;
}

const uint32_t *weft_analysis_critical(const weft_analysis *a)
{
    return a->critical;
}

int64_t weft_analysis_cost(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->cost[i];
}

int64_t weft_analysis_earliest(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->earliest[i];
}

int64_t weft_analysis_latest(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->latest[i];
}

int64_t weft_analysis_slack(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->latest[i] - a->earliest[i];
}

uint32_t weft_analysis_level(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->level[i];
}

int weft_analysis_worker(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->worker[i];
}

bool weft_analysis_is_critical(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->is_critical[i];
}
