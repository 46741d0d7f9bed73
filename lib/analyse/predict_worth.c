/* predict_worth.c - what is worth making faster: each function or layer once, by replays. */
#include "lib/analyse/predict.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

enum { WORTH_DRAWS = 3 };

/* All that have one name. */
struct named {
    struct weft_worth worth;
    int64_t           work_ns;
    uint32_t          number;
};

static const char *name_of(const weft_predictor *p, uint32_t node, bool of_layers)
{
    const struct weft_trace_task *t = weft_trace_task(p->m.trace, p->m.task_of[node]);

    return of_layers ? t->layer : t->name;
}

/* The names, and which each node has: numbers from 1; 0: none. */
static weft_status find_names(const weft_predictor *p, bool of_layers, uint32_t *name, struct named **out, size_t *n,
                              struct weft_error *err)
{
    struct named *named = NULL;
    size_t room = 0;
    uint32_t last = UINT32_MAX;
    struct wf_map map;

    wf_map_init(&map);
    for (uint32_t i = 0; i < p->m.n_nodes; i++) {
        const char *text;
        uint64_t *at;
        bool fresh;

        name[i] = 0;
        if (p->m.task_of[i] == UINT32_MAX || !*(text = name_of(p, i, of_layers)))
            continue;
        at = wf_map_put(&map, text, strlen(text), map.n + 1, &fresh);
        if (at && map.n > room) {
            struct named *more = wf_realloc(named, (room = 2 * room + 16) * sizeof *named);

            at = more ? at : NULL;
            named = more ? more : named;
        }
        if (!at) {
            wf_map_fini(&map);
            wf_free(named);
            return wf_error_nomem(err, "a prediction");
        }
        if (fresh)
            named[*at - 1] = (struct named){.worth = {.what = text}, .number = (uint32_t)*at};
        name[i] = (uint32_t)*at;
        named[*at - 1].work_ns += p->m.nodes[i].cost_ns;
        named[*at - 1].worth.n_tasks += p->m.task_of[i] != last;
        last = p->m.task_of[i];
    }
    *out = named;
    *n = map.n;
    wf_map_fini(&map);
    return WEFT_OK;
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
static bool without(const weft_predictor *p, const uint32_t *name, uint32_t number, int times, struct wf_replay_node *nodes,
                    int n_workers, int64_t *out)
{
    for (uint32_t i = 0; i < p->m.n_nodes; i++)
        nodes[i].cost_ns = name[i] != number ? p->m.nodes[i].cost_ns : times ? p->m.nodes[i].cost_ns / times : 0;
    return mean(p, nodes, n_workers, out);
}

weft_status weft_predictor_worth(const weft_predictor *p, int n_workers, bool of_layers, size_t most, struct weft_worth *out,
                                 size_t *n, struct weft_error *err)
{
    struct wf_replay_node *nodes = NULL;
    struct named *named = NULL;
    uint32_t *name = NULL;
    int64_t now_ns;
    size_t n_named = 0;
    weft_status st;

    if (n_workers < 1 || n_workers > WEFT_PREDICT_MOST_WORKERS)
        return weft_error_set(err, WEFT_INVALID, "%d workers: 1 to %d are possible", n_workers, WEFT_PREDICT_MOST_WORKERS);
    nodes = wf_alloc_array(p->m.n_nodes, sizeof *nodes);
    name = wf_alloc_array(p->m.n_nodes, sizeof *name);
    st = nodes && name ? find_names(p, of_layers, name, &named, &n_named, err) : wf_error_nomem(err, "a prediction");
    if (st)
        goto out;
    memcpy(nodes, p->m.nodes, p->m.n_nodes * sizeof *nodes);
    st = wf_error_nomem(err, "a prediction");
    if (!mean(p, nodes, n_workers, &now_ns))
        goto out;
    if (n_named)
        qsort(named, n_named, sizeof *named, by_work);
    n_named = n_named < most ? n_named : most;
    for (size_t i = 0; i < n_named; i++) {
        struct weft_worth *w = &named[i].worth;

        if (!without(p, name, named[i].number, 2, nodes, n_workers, &w->twice_ns) ||
            !without(p, name, named[i].number, 0, nodes, n_workers, &w->free_ns))
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
    wf_free(name);
    wf_free(named);
    return st;
}
