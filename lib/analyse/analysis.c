/* analysis.c - what tasks cost and when they ran; then all that follows from it. */
#include "lib/analyse/analysis.h"

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

void weft_analysis_free(weft_analysis *a)
{
    if (!a)
        return;
    wf_nest_fini(&a->nest);
    wf_chain_fini(&a->chain);
    wf_times_fini(&a->in_flight);
    wf_times_fini(&a->waiting);
    wf_free(a->run_stats);
    wf_free(a->cost);
    wf_free(a->length);
    wf_free(a->earliest);
    wf_free(a->latest);
    wf_free(a->drag);
    wf_free(a->ready);
    wf_free(a->begin);
    wf_free(a->end);
    wf_free(a->freed);
    wf_free(a->level);
    wf_free(a->worker);
    wf_free(a->first_worker);
    wf_free(a->is_critical);
    wf_free(a->critical);
    wf_free(a->path);
    wf_free(a);
}

static bool make_room(weft_analysis *a, size_t n)
{
    a->run_stats = wf_alloc_zero(a->stats.n_runs, sizeof *a->run_stats);
    a->cost = wf_alloc_zero(n, sizeof *a->cost);
    a->length = wf_alloc_zero(n, sizeof *a->length);
    a->earliest = wf_alloc_zero(n, sizeof *a->earliest);
    a->latest = wf_alloc_zero(n, sizeof *a->latest);
    a->drag = wf_alloc_zero(n, sizeof *a->drag);
    a->ready = wf_alloc_zero(n, sizeof *a->ready);
    a->begin = wf_alloc_array(n, sizeof *a->begin);
    a->end = wf_alloc_array(n, sizeof *a->end);
    a->freed = wf_alloc_array(n, sizeof *a->freed);
    a->level = wf_alloc_zero(n, sizeof *a->level);
    a->worker = wf_alloc_array(n, sizeof *a->worker);
    a->first_worker = wf_alloc_array(n, sizeof *a->first_worker);
    a->is_critical = wf_alloc_zero(n, sizeof *a->is_critical);
    return a->run_stats && a->cost && a->length && a->earliest && a->latest && a->drag && a->ready && a->begin &&
           a->end && a->freed && a->level && a->worker && a->first_worker && a->is_critical;
}

size_t wf_analysis_run_of(const weft_analysis *a, size_t i)
{
    size_t low = 0, high = a->stats.n_runs;

    /* The last run that begins at or before i; those without tasks begin there, too, but earlier. */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (a->runs[middle].first_task <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- Costs, and when ---------------------------------------------------------- */

/* Begin, end and workers of each task, as its events say. */
static void find_ends(weft_analysis *a)
{
    const struct weft_event *e = a->nest.events;
    const size_t n_events = weft_trace_n_events(a->trace);

    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        a->begin[i] = a->end[i] = -1;
        a->worker[i] = a->first_worker[i] = -1;
    }
    for (size_t k = 0; k < n_events; k++) {
        const uint32_t i = e[k].task;

        if (!wf_is_work(e[k].kind))
            continue;
        a->stats.n_failed += e[k].kind == WEFT_EVENT_TASK && (e[k].flags & WEFT_EVENT_FAILED);
        a->stats.n_spawned += e[k].kind == WEFT_EVENT_CHILD;
        a->stats.n_measured += a->begin[i] < 0;
        if (a->begin[i] < 0 || e[k].begin_ns < a->begin[i]) {
            a->begin[i] = e[k].begin_ns;
            a->first_worker[i] = e[k].worker;
        }
        if (e[k].end_ns >= a->end[i]) {
            a->end[i] = e[k].end_ns;
            a->worker[i] = e[k].worker;
        }
    }
}

/* From the last piece of any worker to the first: what of a piece lies before all those of its
 * task so far adds to its length. (Those so far end later, so the rest is in one of them.) */
static weft_status find_costs(weft_analysis *a, struct weft_error *err)
{
    int64_t *covered_from = wf_alloc_array(a->stats.n_tasks, sizeof *covered_from);
    struct wf_all_pieces pieces = {0};
    struct wf_piece p;
    weft_status st = covered_from ? wf_all_pieces_init(&pieces, &a->nest, err) : wf_error_nomem(err, "an analysis");

    if (st)
        goto out;
    for (size_t i = 0; i < a->stats.n_tasks; i++)
        covered_from[i] = INT64_MAX;
    while (wf_all_pieces_next(&pieces, &p)) {
        const struct weft_event *e = p.event == WF_NO_EVENT ? NULL : &a->nest.events[p.event];

        if (!e || !wf_is_work(e->kind))
            continue;
        a->cost[e->task] += p.end_ns - p.begin_ns;
        if (p.begin_ns < covered_from[e->task]) {
            a->length[e->task] += (p.end_ns < covered_from[e->task] ? p.end_ns : covered_from[e->task]) - p.begin_ns;
            covered_from[e->task] = p.begin_ns;
        }
    }
    for (size_t i = 0; !a->stats.n_measured && i < a->stats.n_tasks; i++)
        a->cost[i] = a->length[i] = 1;
out:
    wf_all_pieces_fini(&pieces);
    wf_free(covered_from);
    return st;
}

/* When tasks became ready, and when their results were let go. A task without events, whose
 * result was known, ends when it is ready. */
static void find_moments(weft_analysis *a)
{
    for (size_t r = 0; r < a->stats.n_runs; r++) {
        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
            const uint32_t *deps = weft_trace_deps(a->trace, i);
            const size_t n_deps = weft_trace_n_deps(a->trace, i);

            a->ready[i] = a->runs[r].begin_ns;
            for (size_t d = 0; d < n_deps; d++)
                a->ready[i] = a->end[deps[d]] > a->ready[i] ? a->end[deps[d]] : a->ready[i];
            if (a->begin[i] < 0)
                a->end[i] = a->ready[i];
            a->freed[i] = a->end[i];
            if (weft_trace_task(a->trace, i)->is_target && a->runs[r].end_ns > a->end[i])
                a->freed[i] = a->runs[r].end_ns;
            for (size_t d = 0; d < n_deps; d++)
                a->freed[deps[d]] = a->end[i] > a->freed[deps[d]] ? a->end[i] : a->freed[deps[d]];
        }
    }
}

/* When runs went on, and when some task was ready and did not run, at most to the end of its run. */
static weft_status find_stretches(weft_analysis *a, struct weft_error *err)
{
    const size_t n_runs = a->stats.n_runs, n = a->stats.n_tasks;
    int64_t *begin = wf_alloc_array(n_runs, sizeof *begin), *end = wf_alloc_array(n_runs, sizeof *end);
    int64_t *until = wf_alloc_array(n, sizeof *until);
    weft_status st = WEFT_OK;

    if (!begin || !end || !until) {
        st = wf_error_nomem(err, "an analysis");
        goto out;
    }
    for (size_t r = 0; r < n_runs; r++) {
        begin[r] = a->runs[r].begin_ns;
        end[r] = a->runs[r].end_ns;
        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++)
            until[i] = a->begin[i] < end[r] ? a->begin[i] : end[r];
    }
    st = wf_times_init(&a->in_flight, begin, end, n_runs, err);
    if (!st)
        st = wf_times_init(&a->waiting, a->ready, until, n, err);
out:
    wf_free(begin);
    wf_free(end);
    wf_free(until);
    return st;
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

/* ---- All of it ------------------------------------------------------------------ */

static void count_runs(weft_analysis *a)
{
    for (size_t r = 0; r < a->stats.n_runs; r++) {
        struct weft_run_stats *s = &a->run_stats[r];

        s->makespan_ns = a->runs[r].end_ns - a->runs[r].begin_ns;
        s->n_tasks = a->runs[r].n_tasks;
        for (size_t i = wf_run_first(a, r); i < wf_run_end(a, r); i++) {
            s->work_ns += a->cost[i];
            s->n_measured += a->begin[i] >= 0;
        }
    }
    for (size_t k = 0; k < weft_trace_n_events(a->trace); k++) {
        const struct weft_event *e = &a->nest.events[k];

        if (e->kind == WEFT_EVENT_TASK && (e->flags & WEFT_EVENT_FAILED))
            a->run_stats[wf_analysis_run_of(a, e->task)].n_failed++;
        else if (e->kind == WEFT_EVENT_CHILD)
            a->run_stats[wf_analysis_run_of(a, e->task)].n_spawned++;
    }
}

static void find_stats(weft_analysis *a)
{
    struct weft_stats *s = &a->stats;
    const bool measured = s->n_measured > 0;
    int64_t work = 0;

    for (size_t i = 0; i < s->n_tasks; i++)
        work += a->cost[i];
    s->n_workers = weft_trace_n_workers(a->trace);
    s->makespan_ns = weft_trace_wall_ns(a->trace);
    s->work_ns = measured ? work : 0;
    s->span_ns = measured ? a->span : 0;
    s->parallelism = a->span ? (double)work / (double)a->span : 0;
    s->burdened_parallelism = s->burdened_span_ns ? (double)work / (double)s->burdened_span_ns : s->parallelism;
    for (size_t r = 0; !measured && r < s->n_runs; r++)
        a->run_stats[r].work_ns = a->run_stats[r].span_ns = 0;
}

static weft_status find_times(weft_analysis *a, struct weft_error *err)
{
    weft_status st = wf_nest_init(&a->nest, a->trace, err);

    if (st)
        return st;
    find_ends(a);
    st = find_costs(a, err);
    if (!st)
        find_moments(a);
    return st;
}

static weft_status find_rest(weft_analysis *a, const struct weft_analyse_spec *spec, struct weft_error *err)
{
    weft_status st = find_stretches(a, err);

    if (st)
        return st;
    count_runs(a);
    wf_span_levels(a);
    st = wf_span_find(a, err);
    if (!st)
        st = wf_drag_find(a, err);
    if (!st)
        st = wf_costs_find(a, err);
    if (st)
        return st;
    a->stats.burden_ns = spec->burden_ns < 0 ? 0 : spec->burden_ns ? spec->burden_ns : a->costs.steal_ns + a->costs.wake_ns;
    st = wf_span_burden(a, err);
    if (!st)
        st = wf_width_find(a, err);
    if (!st)
        st = wf_path_find(a, err);
    if (!st)
        st = count_layers(a, err);
    if (!st)
        find_stats(a);
    return st;
}

static weft_status analyse(weft_analysis **out, const weft_trace *t, const struct weft_analyse_spec *spec, bool times_only,
                           struct weft_error *err)
{
    weft_analysis *a = wf_alloc_zero(1, sizeof *a);
    weft_status st;

    if (!a)
        return wf_error_nomem(err, "an analysis");
    a->trace = t;
    a->stats.n_tasks = weft_trace_n_tasks(t);
    a->stats.n_runs = weft_trace_n_runs(t);
    a->runs = weft_trace_runs(t);
    if (!a->stats.n_runs && a->stats.n_tasks) {
        a->whole = (struct weft_trace_run){.n_tasks = (uint32_t)a->stats.n_tasks, .end_ns = weft_trace_wall_ns(t)};
        a->runs = &a->whole;
        a->stats.n_runs = 1;
    }
    st = make_room(a, a->stats.n_tasks) ? find_times(a, err) : wf_error_nomem(err, "an analysis");
    if (!st && !times_only)
        st = find_rest(a, spec ? spec : &(struct weft_analyse_spec){0}, err);
    if (!st) {
        *out = a;
        a = NULL;
    }
    weft_analysis_free(a);
    return st;
}

weft_status wf_analyse_times(weft_analysis **out, const weft_trace *t, struct weft_error *err)
{
    return analyse(out, t, NULL, true, err);
}

weft_status weft_analyse_with(weft_analysis **out, const weft_trace *t, const struct weft_analyse_spec *spec,
                              struct weft_error *err)
{
    return analyse(out, t, spec, false, err);
}

weft_status weft_analyse_trace(weft_analysis **out, const weft_trace *t, struct weft_error *err)
{
    return weft_analyse_with(out, t, NULL, err);
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

int64_t weft_analysis_length(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->length[i];
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

int64_t weft_analysis_drag(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return a->drag[i];
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

struct weft_times weft_analysis_times(const weft_analysis *a, size_t i)
{
    WF_ASSERT(i < a->stats.n_tasks);
    return (struct weft_times){.ready_ns = a->ready[i], .begin_ns = a->begin[i], .end_ns = a->begin[i] < 0 ? -1 : a->end[i],
                               .freed_ns = a->freed[i], .run = (uint32_t)wf_analysis_run_of(a, i)};
}

struct weft_run_stats weft_analysis_run(const weft_analysis *a, size_t run)
{
    WF_ASSERT(run < a->stats.n_runs);
    return a->run_stats[run];
}

struct weft_costs weft_analysis_costs(const weft_analysis *a)
{
    return a->costs;
}
