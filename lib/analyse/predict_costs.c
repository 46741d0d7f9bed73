/* predict_costs.c - what handing out work took in a trace.
 *
 *     worker 0  [ body ]gap[ body ]                      gap    of a task, and of its successors
 *     worker 1  [ idle . . . . ]steal[ body ]            steal  from waking, or the task being ready
 *                      ready^   ^woke                    wake   from ready to woke
 *
 * Of gaps the mean, but for the very long ones, in which the system had the core: what a body
 * read is freed in them, and some is big. Of steals the median, of wakes the lower quartile: a
 * worker may be woken by one who was woken for the same work. For tasks that wait for nothing
 * that is so with all but the first two: who is woken first begins, and wakes the second.
 */
#include "lib/analyse/predict_model.h"
#include "lib/analyse/samples.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"

/* TICK_NS: one reading of the counter lies in each gap (scheduler/trace.h). */
enum { TICK_NS = 10, FEW = 8, LONG_GAP_NS = 20000, MANY_SUCC = 16 };

/* What a trace has not shown, in the order it has on two virtual cores of an EPYC under Linux 6: task_ns
 * and wake_ns were seen there in quiet traces, the others are estimates, for what lies between bodies in a
 * trace cannot be told apart finer. */
static const struct weft_overheads QUIET = {
    .task_ns = 60, .edge_ns = 5, .steal_ns = 600, .look_ns = 5, .wake_ns = 30000, .call_ns = 3000, .start_ns = 35000};

static int64_t usual_mean(struct wf_samples *s)
{
    const int64_t usual = wf_samples_quartile(s, 2), most = 4 * usual > LONG_GAP_NS ? 4 * usual : LONG_GAP_NS;
    int64_t sum = 0, n = 0;

    for (size_t i = 0; i < s->n && s->values[i] <= most; i++, n++)
        sum += s->values[i];
    return sum / n;
}

struct reading {
    const weft_trace *t;
    int64_t  *ready_ns;
    uint32_t *run_of, *n_succ;
    int64_t  *first_ns;  /* of a run: when its first body began; < 0: none has */
    int64_t  *second_ns; /* how much later the next worker woke; 0: none slept */
    struct wf_samples gaps, steals, wakes, starts;
    int64_t  wide_ns; /* of gaps after tasks with many successors, */
    size_t   n_wide;  /* as many as these had */
};

/* When each task was ready: it had ended, whose result it waits for; or its run began. */
static bool find_ready(struct reading *r)
{
    const size_t n = weft_trace_n_tasks(r->t), n_events = weft_trace_n_events(r->t);
    const struct weft_event *e = weft_trace_events(r->t);
    int64_t *end_ns = wf_alloc_zero(n, sizeof *end_ns);

    if (!end_ns)
        return false;
    for (size_t k = 0; k < n_events; k++)
        if (wf_event_is_body(e[k].kind) && e[k].end_ns > end_ns[e[k].task])
            end_ns[e[k].task] = e[k].end_ns;
    for (size_t run = 0; run < weft_trace_n_runs(r->t); run++) {
        const struct weft_trace_run *x = &weft_trace_runs(r->t)[run];

        for (uint32_t i = x->first_task; i < x->first_task + x->n_tasks; i++) {
            r->run_of[i] = (uint32_t)run;
            r->ready_ns[i] = x->begin_ns;
            for (size_t d = 0; d < weft_trace_n_deps(r->t, i); d++) {
                const uint32_t dep = weft_trace_deps(r->t, i)[d];

                r->n_succ[dep]++;
                if (end_ns[dep] > r->ready_ns[i])
                    r->ready_ns[i] = end_ns[dep];
            }
        }
    }
    wf_free(end_ns);
    return true;
}

static void read_gap(struct reading *r, const struct weft_event *task, const struct weft_event *next)
{
    const int64_t gap = next->begin_ns - task->end_ns - TICK_NS;

    if (next->kind != WEFT_EVENT_TASK || gap < -TICK_NS || r->run_of[task->task] != r->run_of[next->task])
        return;
    if (r->n_succ[task->task] <= MANY_SUCC) {
        wf_samples_add(&r->gaps, gap);
    } else {
        r->wide_ns += gap;
        r->n_wide += r->n_succ[task->task];
    }
}

static void read_steal(struct reading *r, const struct weft_event *steal, const struct weft_event *before)
{
    const uint32_t run = r->run_of[steal->task];
    const int64_t ready_ns = r->ready_ns[steal->task];
    const bool is_root = !weft_trace_n_deps(r->t, steal->task);
    const int64_t called_ns = is_root ? r->first_ns[run] : ready_ns;

    wf_samples_add(&r->steals, steal->end_ns - (steal->begin_ns > ready_ns ? steal->begin_ns : ready_ns));
    if (!before || before->kind != WEFT_EVENT_IDLE || before->end_ns != steal->begin_ns || before->begin_ns > called_ns ||
        called_ns > before->end_ns || called_ns < 0)
        return;
    if (!is_root)
        wf_samples_add(&r->wakes, before->end_ns - ready_ns);
    else if (!r->second_ns[run] || before->end_ns - called_ns < r->second_ns[run])
        r->second_ns[run] = before->end_ns - called_ns;
}

static void read_starts(struct reading *r)
{
    const struct weft_event *e = weft_trace_events(r->t);

    for (size_t run = 0; run < weft_trace_n_runs(r->t); run++)
        r->first_ns[run] = -1;
    for (size_t k = 0; k < weft_trace_n_events(r->t); k++) {
        int64_t *first = e[k].kind == WEFT_EVENT_TASK ? &r->first_ns[r->run_of[e[k].task]] : NULL;

        if (first && (*first < 0 || e[k].begin_ns < *first))
            *first = e[k].begin_ns;
    }
    for (size_t run = 0; run < weft_trace_n_runs(r->t); run++)
        if (r->first_ns[run] >= 0 && !weft_trace_n_lost(r->t))
            wf_samples_add(&r->starts, r->first_ns[run] - weft_trace_runs(r->t)[run].begin_ns);
}

/* Who found work within a microsecond was not asleep. */
static void read_seconds(struct reading *r)
{
    enum { AWAKE_NS = 1000 };

    for (size_t run = 0; run < weft_trace_n_runs(r->t); run++)
        if (r->second_ns[run] > AWAKE_NS)
            wf_samples_add(&r->wakes, r->second_ns[run]);
}

static void read_events(struct reading *r)
{
    const struct weft_event *e = weft_trace_events(r->t);
    const size_t n = weft_trace_n_events(r->t);

    for (size_t k = 0; k < n; k++) {
        const bool has_next = k + 1 < n && e[k + 1].worker == e[k].worker;

        if (e[k].kind == WEFT_EVENT_TASK && has_next)
            read_gap(r, &e[k], &e[k + 1]);
        else if (e[k].kind == WEFT_EVENT_STEAL)
            read_steal(r, &e[k], k && e[k - 1].worker == e[k].worker ? &e[k - 1] : NULL);
    }
}

static void settle(struct reading *r, struct weft_overheads *out)
{
    if (r->gaps.n >= FEW) {
        out->task_ns = usual_mean(&r->gaps);
        out->n_tasks = r->gaps.n_seen;
    }
    if (r->n_wide >= MANY_SUCC * FEW) {
        out->edge_ns = r->wide_ns / (int64_t)r->n_wide;
        out->n_edges = r->n_wide;
    }
    if (r->steals.n >= FEW) {
        out->steal_ns = wf_samples_quartile(&r->steals, 2);
        out->n_steals = r->steals.n_seen;
    }
    if (r->wakes.n >= FEW) {
        out->wake_ns = wf_samples_quartile(&r->wakes, 1);
        out->n_wakes = r->wakes.n_seen;
    }
    if (r->starts.n)
        out->start_ns = wf_samples_quartile(&r->starts, 2);
}

weft_status wf_model_costs(const weft_trace *t, struct weft_overheads *out, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    struct reading r = {.t = t};
    struct wf_samples *const all[] = {&r.gaps, &r.steals, &r.wakes, &r.starts};
    bool ok = true;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ok &= wf_samples_init(all[i]);
    r.ready_ns = wf_alloc_zero(n, sizeof *r.ready_ns);
    r.run_of = wf_alloc_zero(n, sizeof *r.run_of);
    r.n_succ = wf_alloc_zero(n, sizeof *r.n_succ);
    r.first_ns = wf_alloc_zero(weft_trace_n_runs(t) + 1, sizeof *r.first_ns);
    r.second_ns = wf_alloc_zero(weft_trace_n_runs(t) + 1, sizeof *r.second_ns);
    ok = ok && r.ready_ns && r.run_of && r.n_succ && r.first_ns && r.second_ns && find_ready(&r);
    if (ok) {
        *out = QUIET;
        read_starts(&r);
        read_events(&r);
        read_seconds(&r);
        settle(&r, out);
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        wf_samples_fini(all[i]);
    wf_free(r.ready_ns);
    wf_free(r.run_of);
    wf_free(r.n_succ);
    wf_free(r.first_ns);
    wf_free(r.second_ns);
    return ok ? WEFT_OK : wf_error_nomem(err, "a prediction");
}
