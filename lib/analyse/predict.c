/* predict.c - how long a traced run would take on other workers. */
#include "lib/analyse/predict.h"

#include <math.h>
#include <string.h>

#include "lib/analyse/samples.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/policy.h"

/* A worker that searches looks at the clock only now and then: so much later it sleeps. */
enum { ROUNDS_NS = 2000 };

/* All times together stay far from where they could not be counted: some 30 years. */
static const double MOST_NS = 1e18;
enum { MOST_OVERHEAD_NS = 1000000000 };

enum { FEW_DRAWS = 3, DRAWS = 7, MOST_DRAWS = 1000, MANY_PIECES = 100000 };

/* ---- Making one ------------------------------------------------------------------- */

static bool is_named(const struct weft_trace_task *t, const char *what)
{
    return !strcmp(t->name, what) || !strcmp(t->layer, what) || !strcmp(t->key, what);
}

/* The n pieces of one task keep their shares of it. */
static void change(struct wf_replay_node *pieces, uint32_t n, const struct weft_faster *f)
{
    int64_t cost_ns = 0;

    for (uint32_t i = 0; i < n; i++)
        cost_ns += pieces[i].cost_ns;
    if (!f->times && !cost_ns)
        pieces[0].cost_ns = f->takes_ns;
    for (uint32_t i = 0; i < n && cost_ns; i++) {
        const double times = f->times ? f->times : (double)cost_ns / (double)f->takes_ns;

        pieces[i].cost_ns = (int64_t)llround(fmin((double)pieces[i].cost_ns / times, MOST_NS));
    }
}

/* What is named takes another time. */
static weft_status apply(struct wf_model *m, const struct weft_faster *f, struct weft_error *err)
{
    bool found = false;
    uint32_t n;

    if (f->takes_ns < 0 || (f->takes_ns && f->times))
        return weft_error_set(err, WEFT_INVALID, "%s: %lld ns and %g times faster cannot both be", f->what,
                              (long long)f->takes_ns, f->times);
    if (!f->takes_ns && !(f->times > 0))
        return weft_error_set(err, WEFT_INVALID, "%s: %g times faster is not above 0", f->what, f->times);
    for (uint32_t i = 0; i < m->n_nodes; i += n) {
        for (n = 1; i + n < m->n_nodes && m->task_of[i + n] == m->task_of[i]; n++)
            ;
        if (m->task_of[i] == UINT32_MAX || !is_named(weft_trace_task(m->trace, m->task_of[i]), f->what))
            continue;
        change(&m->nodes[i], n, f);
        found = true;
    }
    return found ? WEFT_OK : weft_error_set(err, WEFT_NOT_FOUND, "%s: no task has this name, layer or key", f->what);
}

static weft_status check_costs(const struct wf_model *m, struct weft_error *err)
{
    double sum = (double)m->outside_ns;

    for (uint32_t i = 0; i < m->n_nodes; i++)
        sum += (double)m->nodes[i].cost_ns;
    return sum < MOST_NS ? WEFT_OK
                         : weft_error_set(err, WEFT_INVALID, "all tasks together take %.3g s, of which at most %.3g can be counted",
                                          sum / 1e9, MOST_NS / 1e9);
}

static weft_status check_overheads(const struct weft_overheads *o, struct weft_error *err)
{
    const struct { const char *name; int64_t ns; } all[] = {
        {"task_ns", o->task_ns}, {"edge_ns", o->edge_ns}, {"steal_ns", o->steal_ns}, {"look_ns", o->look_ns},
        {"wake_ns", o->wake_ns}, {"call_ns", o->call_ns}, {"start_ns", o->start_ns}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].ns < 0 || all[i].ns > MOST_OVERHEAD_NS)
            return weft_error_set(err, WEFT_INVALID, "overheads: %s of %lld is not from 0 to %d", all[i].name,
                                  (long long)all[i].ns, MOST_OVERHEAD_NS);
    return WEFT_OK;
}

/* How long a run waits before its first body, less what the replay adds to that. */
static void settle_starts(weft_predictor *p, bool ideal)
{
    const struct weft_overheads *o = &p->overheads;

    for (uint32_t g = 0; g < p->m.n_groups; g++) {
        struct wf_model_group *group = &p->m.groups[g];

        for (uint32_t r = group->first_run; r < group->first_run + group->n_runs; r++) {
            int64_t *start = &p->m.runs[r].start_ns;

            *start = *start < 0 ? o->start_ns : *start - o->steal_ns - o->task_ns;
            if (ideal || *start < 0)
                *start = 0;
        }
        if (ideal)
            group->tail_ns = 0;
    }
}

static weft_status settle(weft_predictor *p, const weft_trace *t, const struct weft_predict_spec *spec, struct weft_error *err)
{
    weft_status st = wf_model_init(&p->m, t, spec, err);
    int64_t busy_ns;

    if (!st)
        st = check_costs(&p->m, err);
    for (size_t i = 0; !st && i < spec->n_faster; i++) {
        st = apply(&p->m, &spec->faster[i], err);
        if (!st)
            st = check_costs(&p->m, err);
    }
    if (!st && spec->overheads) {
        p->overheads = *spec->overheads;
        st = check_overheads(&p->overheads, err);
    } else if (!st && !spec->ideal) {
        st = wf_model_costs(t, &p->overheads, err);
    }
    if (st)
        return st;
    settle_starts(p, spec->ideal);
    p->seed = spec->seed;
    p->n_draws = spec->n_draws ? spec->n_draws : p->m.n_pieces > MANY_PIECES ? FEW_DRAWS : DRAWS;
    st = wf_model_bounds(&p->m, p->m.nodes, &p->overheads, &p->bounds, err);
    if (!st && !wf_predictor_draw(p, p->m.nodes, 1, 0, &p->one_ns, &busy_ns))
        st = wf_error_nomem(err, "a prediction");
    return st;
}

weft_status weft_predictor_new(weft_predictor **out, const weft_trace *t, const struct weft_predict_spec *spec,
                               struct weft_error *err)
{
    static const struct weft_predict_spec plain = {0};
    weft_predictor *p;
    weft_status st;

    spec = spec ? spec : &plain;
    if (spec->n_draws < 0 || spec->n_draws > MOST_DRAWS)
        return weft_error_set(err, WEFT_INVALID, "%d draws: 1 to %d are possible", spec->n_draws, MOST_DRAWS);
    if (spec->task_ns < 0)
        return weft_error_set(err, WEFT_INVALID, "a task of %lld ns cannot be", (long long)spec->task_ns);
    p = wf_alloc_zero(1, sizeof *p);
    if (!p)
        return wf_error_nomem(err, "a prediction");
    st = settle(p, t, spec, err);
    if (st)
        weft_predictor_free(p);
    else
        *out = p;
    return st;
}

void weft_predictor_free(weft_predictor *p)
{
    if (!p)
        return;
    wf_model_fini(&p->m);
    wf_free(p);
}

struct weft_predictor_stats weft_predictor_stats(const weft_predictor *p)
{
    const weft_trace *t = p->m.trace;

    return (struct weft_predictor_stats){
        .n_tasks = weft_trace_n_tasks(t), .n_runs = weft_trace_n_runs(t), .n_unknown = p->m.n_unknown,
        .is_measured = p->m.is_measured, .n_traced = weft_trace_n_workers(t), .traced_ns = weft_trace_wall_ns(t),
        .outside_ns = p->m.outside_ns, .work_ns = p->bounds.work_ns, .span_ns = p->bounds.span_ns,
        .burdened_span_ns = p->bounds.burdened_ns, .overheads = p->overheads};
}

/* ---- Asking ------------------------------------------------------------------------ */

bool wf_predictor_draw(const weft_predictor *p, const struct wf_replay_node *nodes, int n_workers, int draw,
                       int64_t *makespan_ns, int64_t *busy_ns)
{
    const struct weft_overheads *o = &p->overheads;
    const struct wf_replay_how how = {
        .n_workers = n_workers,
        .costs = {.task_ns = o->task_ns, .edge_ns = o->edge_ns, .steal_ns = o->steal_ns, .look_ns = o->look_ns,
                  .wake_ns = o->wake_ns, .call_ns = o->call_ns, .spin_ns = WF_SPIN_NS + ROUNDS_NS},
        .seed = n_workers > 1 ? p->seed * MOST_DRAWS + (uint64_t)draw + 1 : 0};

    *makespan_ns = p->m.outside_ns;
    *busy_ns = 0;
    for (uint32_t g = 0; g < p->m.n_groups; g++) {
        const struct wf_replay_graph graph = wf_model_graph(&p->m, &p->m.groups[g], nodes);
        struct wf_replay_result r;

        if (!wf_replay(&graph, &how, &r))
            return false;
        *makespan_ns += r.end_ns + p->m.groups[g].tail_ns;
        *busy_ns += r.busy_ns;
    }
    return true;
}

weft_status weft_predictor_at(const weft_predictor *p, int n_workers, struct weft_forecast *out, struct weft_error *err)
{
    const int n_draws = n_workers > 1 ? p->n_draws : 1;
    const double n = n_workers;
    int64_t drawn_ns[MOST_DRAWS], busy_ns = 0, even_ns;

    if (n_workers < 1 || n_workers > WEFT_PREDICT_MOST_WORKERS)
        return weft_error_set(err, WEFT_INVALID, "%d workers: 1 to %d are possible", n_workers, WEFT_PREDICT_MOST_WORKERS);
    for (int d = 0; d < n_draws; d++)
        if (!wf_predictor_draw(p, p->m.nodes, n_workers, d, &drawn_ns[d], &busy_ns))
            return wf_error_nomem(err, "a prediction");
    wf_sort_numbers(drawn_ns, (size_t)n_draws);
    even_ns = (p->bounds.work_ns + n_workers - 1) / n_workers;
    *out = (struct weft_forecast){
        .n_workers = n_workers,
        .makespan_ns = drawn_ns[n_draws / 2],
        .least_ns = drawn_ns[0],
        .most_ns = drawn_ns[n_draws - 1],
        .lower_ns = p->m.outside_ns + (even_ns > p->bounds.span_ns ? even_ns : p->bounds.span_ns),
        .upper_ns = p->m.outside_ns + even_ns + p->bounds.span_ns,
        .burdened_ns = p->m.outside_ns + even_ns + p->bounds.burdened_ns + p->m.n_pieces * p->overheads.task_ns / n_workers,
    };
    /* A program of nothing takes no time on any number of workers. */
    out->speedup = out->makespan_ns ? (double)p->one_ns / (double)out->makespan_ns : 1;
    out->efficiency = out->speedup / n;
    out->utilisation = out->makespan_ns ? (double)busy_ns / (n * (double)out->makespan_ns) : 0;
    return WEFT_OK;
}

weft_status weft_predictor_below(const weft_predictor *p, double efficiency, int most, int *out, struct weft_error *err)
{
    int above = 0, below = most; /* above: surely not below; one worker is as efficient as itself */
    struct weft_forecast f;
    weft_status st = weft_predictor_at(p, most, &f, err);

    if (st)
        return st;
    if (f.efficiency >= efficiency) {
        *out = 0;
        return WEFT_OK;
    }
    while (below - above > 1) {
        const int middle = above + (below - above) / 2;

        st = weft_predictor_at(p, middle, &f, err);
        if (st)
            return st;
        if (f.efficiency < efficiency)
            below = middle;
        else
            above = middle;
    }
    *out = below;
    return WEFT_OK;
}

size_t weft_forecast_knee(const struct weft_forecast *f, size_t n)
{
    size_t knee = 0;

    for (size_t i = 1; i < n; i++)
        if (f[i].speedup * f[i].efficiency > f[knee].speedup * f[knee].efficiency)
            knee = i;
    return knee;
}
