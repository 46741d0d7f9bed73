/* predict_model.c - a trace as what can be replayed: pieces with costs, runs one after the other. */
#include "lib/analyse/predict_model.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

struct making {
    struct wf_model       *m;
    const weft_trace      *t;
    struct wf_model_events e;
    struct wf_model_task           *tasks;
    struct weft_trace_run  whole;           /* of a trace that has not run */
    const struct weft_trace_run **by_begin; /* runs */
    uint32_t               n_runs;
    uint32_t              *at;              /* of a node: where its next successor goes */
};

static size_t n_parts(const struct making *k, size_t i)
{
    return k->e.first_part[i + 1] - k->e.first_part[i];
}

static uint32_t n_pieces(const struct making *k, size_t i)
{
    return n_parts(k, i) ? 2 + (uint32_t)n_parts(k, i) + k->tasks[i].n_rests : 1;
}

/* Whether task i waits for its dependency d: of its own run, as all should be. */
static bool waits(const struct making *k, size_t i, size_t d)
{
    return k->tasks[weft_trace_deps(k->t, i)[d]].run == k->tasks[i].run;
}

static bool is_root(const struct making *k, size_t i)
{
    for (size_t d = 0; d < weft_trace_n_deps(k->t, i); d++)
        if (waits(k, i, d))
            return false;
    return true;
}

/* ---- Groups of runs ------------------------------------------------------------------ */

static int compare_runs(const void *a, const void *b)
{
    const struct weft_trace_run *x = *(const struct weft_trace_run *const *)a, *y = *(const struct weft_trace_run *const *)b;

    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    return (x->first_task > y->first_task) - (x->first_task < y->first_task);
}

/* The moment of the first body of a run, of the last's end; begin < 0: none ran. */
struct extent {
    int64_t begin_ns, end_ns;
};

static struct extent extent_of(const struct making *k, const struct weft_trace_run *run)
{
    struct extent x = {-1, run->begin_ns};

    for (uint32_t i = run->first_task; i < run->first_task + run->n_tasks; i++) {
        const struct wf_model_task *t = &k->tasks[i];

        if (t->begin_ns < 0)
            continue;
        if (x.begin_ns < 0 || t->begin_ns < x.begin_ns)
            x.begin_ns = t->begin_ns;
        if (t->end_ns > x.end_ns)
            x.end_ns = t->end_ns;
        for (size_t p = k->e.first_part[i]; p < k->e.first_part[i + 1]; p++)
            if (weft_trace_events(k->t)[k->e.part[p]].end_ns > x.end_ns)
                x.end_ns = weft_trace_events(k->t)[k->e.part[p]].end_ns;
    }
    return x;
}

/* Numbers the pieces of its runs, and finds when they were submitted. */
static void make_group(struct making *k, uint32_t first_run, uint32_t n_runs, struct wf_model_group *g, uint32_t number)
{
    const int64_t origin_ns = k->by_begin[first_run]->begin_ns;
    int64_t end_ns = origin_ns, last_ns = origin_ns;
    uint32_t n_roots = 0;

    g->n_nodes = 0;
    g->first_run = first_run;
    g->n_runs = n_runs;
    for (uint32_t r = first_run; r < first_run + n_runs; r++) {
        const struct weft_trace_run *run = k->by_begin[r];
        const struct extent x = extent_of(k, run);
        struct wf_replay_run *out = &k->m->runs[r];

        /* Where events were overwritten the first body that is seen need not be the first. */
        *out = (struct wf_replay_run){.first_root = n_roots, .at_ns = run->begin_ns - origin_ns,
                                      .start_ns = x.begin_ns < 0 || weft_trace_n_lost(k->t) ? -1 : x.begin_ns - run->begin_ns};
        for (uint32_t i = run->first_task; i < run->first_task + run->n_tasks; i++) {
            struct wf_model_task *t = &k->tasks[i];

            t->run = r;
            t->group = number;
            t->first = g->n_nodes;
            g->n_nodes += n_pieces(k, i);
            t->last = g->n_nodes - 1;
            if (is_root(k, i))
                k->m->roots[g->first_root + n_roots++] = t->first;
        }
        out->n_roots = n_roots - out->first_root;
        end_ns = run->end_ns > end_ns ? run->end_ns : end_ns;
        last_ns = x.end_ns > last_ns ? x.end_ns : last_ns;
    }
    g->tail_ns = k->m->is_measured && end_ns > last_ns ? end_ns - last_ns : 0;
    k->m->outside_ns -= end_ns - origin_ns;
}

static void find_groups(struct making *k)
{
    const uint32_t n = k->n_runs;
    uint32_t n_roots = 0, n_nodes = 0, begin = 0;
    int64_t before_ns = -1; /* the end of the group before */

    for (uint32_t r = 0; r < n; r++)
        k->by_begin[r] = weft_trace_n_runs(k->t) ? &weft_trace_runs(k->t)[r] : &k->whole;
    qsort(k->by_begin, n, sizeof *k->by_begin, compare_runs);
    k->m->outside_ns = weft_trace_wall_ns(k->t);
    while (begin < n) {
        struct wf_model_group *g = &k->m->groups[k->m->n_groups];
        int64_t end_ns = k->by_begin[begin]->end_ns;
        uint32_t end = begin + 1;

        for (; end < n && k->by_begin[end]->begin_ns < end_ns; end++)
            end_ns = k->by_begin[end]->end_ns > end_ns ? k->by_begin[end]->end_ns : end_ns;
        g->idle_ns = before_ns < 0 ? -1 : k->by_begin[begin]->begin_ns - before_ns;
        before_ns = end_ns;
        g->first_root = n_roots;
        make_group(k, begin, end - begin, g, k->m->n_groups++);
        n_roots += k->m->runs[end - 1].first_root + k->m->runs[end - 1].n_roots;
        g->first_node = n_nodes;
        n_nodes += g->n_nodes + 1;
        begin = end;
    }
    k->m->outside_ns = k->m->outside_ns < 0 ? 0 : k->m->outside_ns;
    k->m->n_nodes = n_nodes;
    k->m->n_pieces = n_nodes - k->m->n_groups;
}

/* ---- Pieces and who waits for whom ----------------------------------------------------- */

/* Calls `on_edge` for each edge of task i, from its predecessors and within it, by numbers in its group. */
static void each_edge(struct making *k, size_t i, void (*on_edge)(struct making *k, const struct wf_model_group *g, uint32_t from, uint32_t to))
{
    const struct wf_model_task *t = &k->tasks[i];
    const struct wf_model_group *g = &k->m->groups[t->group];

    for (size_t d = 0; d < weft_trace_n_deps(k->t, i); d++)
        if (waits(k, i, d))
            on_edge(k, g, k->tasks[weft_trace_deps(k->t, i)[d]].last, t->first);
    for (uint32_t piece = t->first + 1; piece < t->last; piece++) {
        on_edge(k, g, t->first, piece);
        on_edge(k, g, piece, t->last);
    }
}

static void count_edge(struct making *k, const struct wf_model_group *g, uint32_t from, uint32_t to)
{
    k->m->nodes[g->first_node + from].first_succ++;
    k->m->nodes[g->first_node + to].n_join++;
}

static void write_edge(struct making *k, const struct wf_model_group *g, uint32_t from, uint32_t to)
{
    k->m->succ[g->first_succ + k->at[g->first_node + from]++] = to;
}

static void write_costs(struct making *k, size_t i)
{
    const struct wf_model_task *t = &k->tasks[i];
    const uint32_t base = k->m->groups[t->group].first_node;
    struct wf_replay_node *node = &k->m->nodes[base + t->first];
    uint32_t piece = 0;

    for (uint32_t p = t->first; p <= t->last; p++)
        k->m->task_of[base + p] = (uint32_t)i;
    if (t->first == t->last) {
        node->cost_ns = t->cost_ns;
        return;
    }
    node[piece++].cost_ns = t->head_ns;
    for (size_t p = k->e.first_part[i]; p < k->e.first_part[i + 1]; p++)
        node[piece++].cost_ns = k->e.own_ns[k->e.part[p]];
    for (uint32_t r = 0; r < t->n_rests; r++)
        node[piece++].cost_ns = t->rest_ns * (r + 1) / t->n_rests - t->rest_ns * r / t->n_rests;
    node[piece].cost_ns = t->tail_ns;
}

/* A group's tasks in the order of its pieces: by run, then by number. */
static void each_task(struct making *k, void (*on_task)(struct making *k, size_t i))
{
    for (uint32_t r = 0; r < k->n_runs; r++)
        for (uint32_t i = 0; i < k->by_begin[r]->n_tasks; i++)
            on_task(k, k->by_begin[r]->first_task + i);
}

static void count_edges(struct making *k, size_t i)
{
    each_edge(k, i, count_edge);
}

static void write_edges(struct making *k, size_t i)
{
    each_edge(k, i, write_edge);
}

/* From how many successors each node has to where they begin. */
static void place_successors(struct wf_model *m)
{
    uint32_t before = 0;

    for (uint32_t g = 0; g < m->n_groups; g++) {
        struct wf_model_group *group = &m->groups[g];
        uint32_t sum = 0;

        group->first_succ = before;
        for (uint32_t i = 0; i <= group->n_nodes; i++) {
            struct wf_replay_node *node = &m->nodes[group->first_node + i];
            const uint32_t n = node->first_succ;

            node->first_succ = sum;
            sum += n;
        }
        m->task_of[group->first_node + group->n_nodes] = UINT32_MAX;
        before += sum;
    }
}

static weft_status make_graph(struct making *k, struct weft_error *err)
{
    struct wf_model *m = k->m;
    const size_t n = weft_trace_n_tasks(k->t);
    size_t n_succ = 0;

    for (size_t i = 0; i < n; i++)
        n_succ += weft_trace_n_deps(k->t, i) + 2 * (size_t)(n_pieces(k, i) > 1 ? n_pieces(k, i) - 2 : 0);
    m->nodes = wf_alloc_zero(m->n_nodes, sizeof *m->nodes);
    m->task_of = wf_alloc_array(m->n_nodes, sizeof *m->task_of);
    m->succ = wf_alloc_array(n_succ, sizeof *m->succ);
    k->at = wf_alloc_array(m->n_nodes, sizeof *k->at);
    if (!m->nodes || !m->task_of || !m->succ || !k->at)
        return wf_error_nomem(err, "a prediction");
    each_task(k, count_edges);
    place_successors(m);
    for (uint32_t i = 0; i < m->n_nodes; i++)
        k->at[i] = m->nodes[i].first_succ;
    each_task(k, write_edges);
    each_task(k, write_costs);
    return WEFT_OK;
}

weft_status wf_model_init(struct wf_model *m, const weft_trace *t, const struct weft_predict_spec *spec,
                          struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t), n_runs = weft_trace_n_runs(t) ? weft_trace_n_runs(t) : 1;
    struct making k = {.m = m, .t = t, .n_runs = (uint32_t)n_runs};
    weft_status st = wf_model_events_init(&k.e, t, err);

    *m = (struct wf_model){.trace = t};
    if (st)
        return st;
    k.whole.n_tasks = (uint32_t)n;
    k.tasks = wf_alloc_zero(n, sizeof *k.tasks);
    k.by_begin = wf_alloc_array(n_runs, sizeof *k.by_begin);
    m->roots = wf_alloc_array(n, sizeof *m->roots);
    m->runs = wf_alloc_array(n_runs, sizeof *m->runs);
    m->groups = wf_alloc_array(n_runs, sizeof *m->groups);
    st = k.tasks && k.by_begin && m->roots && m->runs && m->groups ? wf_model_tasks(k.tasks, m, &k.e, spec, err)
                                                                   : wf_error_nomem(err, "a prediction");
    if (!st) {
        find_groups(&k);
        st = make_graph(&k, err);
    }
    wf_model_events_fini(&k.e);
    wf_free(k.tasks);
    wf_free(k.by_begin);
    wf_free(k.at);
    if (st)
        wf_model_fini(m);
    return st;
}

void wf_model_fini(struct wf_model *m)
{
    wf_free(m->nodes);
    wf_free(m->succ);
    wf_free(m->roots);
    wf_free(m->task_of);
    wf_free(m->runs);
    wf_free(m->groups);
    *m = (struct wf_model){0};
}
