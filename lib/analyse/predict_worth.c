/* predict_worth.c - what is worth making faster: each function or layer once, by replays. */
#include "lib/analyse/predict.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace_names.h"

enum { WORTH_DRAWS = 3 };

/* All that have one name. */
struct named {
    struct weft_worth worth;
    int64_t           work_ns;
    uint32_t          number;
};

/* Of all names but the empty one. False: no memory. */
static bool find_named(const weft_predictor *p, const struct wf_names *names, struct named **out, size_t *n)
{
    struct named *named = wf_alloc_array(names->n, sizeof *named);
    uint32_t last = UINT32_MAX;

    if (!named)
        return false;
    for (uint32_t k = 0; k < names->n; k++)
        named[k] = (struct named){.worth = {.what = names->texts[k]}, .number = k};
    for (uint32_t i = 0; i < p->m.n_nodes; i++) {
        const uint32_t task = p->m.task_of[i];

        if (task == UINT32_MAX)
            continue;
        named[names->of[task]].work_ns += p->m.nodes[i].cost_ns;
        named[names->of[task]].worth.n_tasks += task != last;
        last = task;
    }
    *n = 0;
    for (uint32_t k = 0; k < names->n; k++)
        if (*named[k].worth.what)
            named[(*n)++] = named[k];
    *out = named;
    return true;
}

static int by_work(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return x->work_ns != y->work_ns ? (x->work_ns < y->work_ns ? 1 : -1) : (x->number > y->number) - (x->number < y->number);
}

static int by_worth(const void *a, const void *b)
{
    const struct weft_worth *x = a, *y = b;

    if (x->twice_ns != y->twice_ns)
        return x->twice_ns > y->twice_ns ? 1 : -1;
    return x->share != y->share ? (x->share < y->share ? 1 : -1) : strcmp(x->what, y->what);
}

/* The mean of some draws, always the same ones: so that chance is the same for all. */
static bool mean(const weft_predictor *p, const struct wf_replay_node *nodes, int n_workers, int64_t *out)
{
    const int n_draws = n_workers > 1 ? (p->n_draws < WORTH_DRAWS ? p->n_draws : WORTH_DRAWS) : 1;
    int64_t sum = 0;

    for (int d = 0; d < n_draws; d++) {
        int64_t drawn_ns, busy_ns;

        if (!wf_predictor_draw(p, nodes, n_workers, d, &drawn_ns, &busy_ns))
            return false;
        sum += drawn_ns;
    }
    *out = sum / n_draws;
    return true;
}

/* The makespan when those of this name take 1/times as long; times 0: none at all. */
static bool without(const weft_predictor *p, const struct wf_names *names, uint32_t number, int times, struct wf_replay_node *nodes,
                    int n_workers, int64_t *out)
{
    for (uint32_t i = 0; i < p->m.n_nodes; i++) {
        const uint32_t task = p->m.task_of[i];
        const int64_t cost_ns = p->m.nodes[i].cost_ns;

        nodes[i].cost_ns = task == UINT32_MAX || names->of[task] != number ? cost_ns : times ? cost_ns / times : 0;
    }
    return mean(p, nodes, n_workers, out);
}

weft_status weft_predictor_worth(const weft_predictor *p, int n_workers, bool of_layers, size_t most, struct weft_worth *out,
                                 size_t *n, struct weft_error *err)
{
    struct wf_replay_node *nodes = NULL;
    struct named *named = NULL;
    struct wf_names names = {0};
    int64_t now_ns;
    size_t n_named = 0;
    weft_status st;

    if (n_workers < 1 || n_workers > WEFT_PREDICT_MOST_WORKERS)
        return weft_error_set(err, WEFT_INVALID, "%d workers: 1 to %d are possible", n_workers, WEFT_PREDICT_MOST_WORKERS);
    st = wf_error_nomem(err, "a prediction");
    nodes = wf_alloc_array(p->m.n_nodes, sizeof *nodes);
    if (!nodes || !wf_names_init(&names, p->m.trace, of_layers) || !find_named(p, &names, &named, &n_named))
        goto out;
    memcpy(nodes, p->m.nodes, p->m.n_nodes * sizeof *nodes);
    if (!mean(p, nodes, n_workers, &now_ns))
        goto out;
    if (n_named)
        qsort(named, n_named, sizeof *named, by_work);
    n_named = n_named < most ? n_named : most;
    for (size_t i = 0; i < n_named; i++) {
        struct weft_worth *w = &named[i].worth;

        if (!without(p, &names, named[i].number, 2, nodes, n_workers, &w->twice_ns) ||
            !without(p, &names, named[i].number, 0, nodes, n_workers, &w->free_ns))
            goto out;
        w->share = p->bounds.work_ns ? (double)named[i].work_ns / (double)p->bounds.work_ns : 0;
        w->twice_less = now_ns ? 1 - (double)w->twice_ns / (double)now_ns : 0;
        w->free_less = now_ns ? 1 - (double)w->free_ns / (double)now_ns : 0;
        out[i] = *w;
    }
    if (n_named)
        qsort(out, n_named, sizeof *out, by_worth);
    *n = n_named;
    st = WEFT_OK;
out:
    wf_free(nodes);
    wf_names_fini(&names);
    wf_free(named);
    return st;
}
