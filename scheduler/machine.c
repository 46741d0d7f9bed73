/* machine.c - the topology as Weft uses it, for people. */
#include <weft/machine.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/settle.h"
#include "scheduler/topo.h"
#include "scheduler/victim.h"

/* The workers of weft_pool_new(NULL), here and now. */
struct workers {
    int  n;
    bool pinned;
};

static weft_status workers_of(const struct wf_topo *t, struct workers *out, struct weft_error *err)
{
    struct wf_settled settled;
    const weft_status st = wf_settle(&settled, NULL, true, err);

    if (st)
        return st;
    out->n = settled.spec.kind == WEFT_POOL_SERIAL ? 1 : settled.spec.n_workers ? settled.spec.n_workers : wf_topo_n_workers(t);
    out->pinned = !settled.spec.no_pin && settled.spec.kind != WEFT_POOL_SERIAL && wf_topo_pins(t, out->n);
    wf_settled_fini(&settled);
    return WEFT_OK;
}

static struct weft_machine facts_of(const struct wf_topo *t, struct workers workers)
{
    return (struct weft_machine){
        .n_packages = t->n_packages, .n_nodes = t->n_nodes, .n_l3 = t->n_l3, .n_l2 = t->n_l2,
        .n_cores = t->n_cores, .n_pus = t->n_pus,
        .l1_bytes = t->l1_bytes, .l2_bytes = t->l2_bytes, .l3_bytes = t->l3_bytes,
        .quota_cores = t->quota_cores,
        .n_workers = workers.n, .pinned = workers.pinned,
    };
}

weft_status weft_machine_look(struct weft_machine *out, struct weft_error *err)
{
    struct wf_topo *t;
    struct workers workers;
    weft_status st = wf_topo_new(&t, NULL, err);

    if (st)
        return st;
    st = workers_of(t, &workers, err);
    if (!st)
        *out = facts_of(t, workers);
    wf_topo_free(t);
    return st;
}

/* "2 cores", "1 core". */
static void print_count(FILE *to, const char *before, int n, const char *one, const char *many)
{
    fprintf(to, "%s%d %s", before, n, n == 1 ? one : many);
}

static void print_bytes(FILE *to, const char *name, size_t bytes)
{
    if (bytes >= (size_t)1 << 20)
        fprintf(to, "%s %.4g MiB", name, (double)bytes / (1 << 20));
    else if (bytes)
        fprintf(to, "%s %.4g KiB", name, (double)bytes / (1 << 10));
    else
        fprintf(to, "%s unknown", name);
}

static void print_facts(const struct weft_machine *m, FILE *to)
{
    print_count(to, "machine   ", m->n_packages, "package", "packages");
    print_count(to, ", ", m->n_nodes, "NUMA node", "NUMA nodes");
    print_count(to, ", ", m->n_l3, "shared L3", "shared L3");
    print_count(to, ", ", m->n_cores, "core", "cores");
    print_count(to, ", ", m->n_pus, "hardware thread\n", "hardware threads\n");
    print_bytes(to, "caches    L1", m->l1_bytes);
    print_bytes(to, ", L2", m->l2_bytes);
    print_bytes(to, ", L3", m->l3_bytes);
    if (m->quota_cores > 0)
        fprintf(to, "\nquota     %.4g cores (cgroup)\n", m->quota_cores);
    else
        fprintf(to, "\nquota     none\n");
    print_count(to, "workers   ", m->n_workers, "worker", "workers");
    fprintf(to, ", %s\n", m->pinned ? "each pinned to its core" : "not pinned: others have a share of the cores");
}

/* "0-3,8": numbers in rising order, runs joined. `last` < first: nothing yet. */
struct runs {
    int  first, last;
    bool any;
};

static void runs_end(struct runs *r, FILE *to)
{
    if (r->last < r->first)
        return;
    fprintf(to, r->any ? ",%d" : "%d", r->first);
    if (r->last > r->first)
        fprintf(to, "-%d", r->last);
    r->any = true;
}

static void runs_add(struct runs *r, int number, FILE *to)
{
    if (r->last >= r->first && number == r->last + 1) {
        r->last = number;
        return;
    }
    runs_end(r, to);
    r->first = r->last = number;
}

static bool same_group(const struct wf_pu *a, const struct wf_pu *b)
{
    return a->package == b->package && a->node == b->node && a->l3 == b->l3;
}

/* One line for the PUs from `first` that share package, node and L3; answers where the next begins. */
static int print_group(const struct wf_topo *t, int first, int n_workers, const int *pu_of_worker, FILE *to)
{
    const struct wf_pu *p = &t->pus[first];
    struct runs pus = {.last = -1}, workers = {.last = -1};
    int end = first;

    fprintf(to, "  package %d, node %d, L3 %d: threads ", p->package < 0 ? 0 : p->package,
            p->node < 0 ? 0 : p->node, p->l3 < 0 ? 0 : p->l3);
    while (end < t->n_pus && same_group(p, &t->pus[end]))
        runs_add(&pus, t->pus[end++].os, to);
    runs_end(&pus, to);
    fprintf(to, ", workers ");
    for (int w = 0; w < n_workers; w++)
        if (pu_of_worker[w] >= first && pu_of_worker[w] < end)
            runs_add(&workers, w, to);
    runs_end(&workers, to);
    fprintf(to, workers.any ? "\n" : "none\n");
    return end;
}

static void print_victims(int n_groups, const int *order, const int *group_ends, FILE *to)
{
    enum { MANY = 24 };
    int i = 0;

    if (!n_groups)
        return;
    fprintf(to, "  worker 0 robs");
    for (int k = 0; k < n_groups; k++) {
        fprintf(to, k ? ", then" : "");
        for (; i < group_ends[k]; i++)
            if (i < MANY)
                fprintf(to, " %d", order[i]);
        if (i >= MANY) {
            fprintf(to, " ...");
            break;
        }
    }
    fputc('\n', to);
}

weft_status weft_machine_print(FILE *to, struct weft_error *err)
{
    struct wf_topo *t = NULL;
    struct weft_machine facts;
    struct workers workers;
    int *places = NULL, n, n_groups;
    weft_status st = wf_topo_new(&t, NULL, err);

    st = st ? st : workers_of(t, &workers, err);
    if (st)
        goto out;
    n = workers.n;
    places = wf_alloc_array((size_t)n * 3, sizeof *places);
    if (!places) {
        st = wf_error_nomem(err, "the places of workers");
        goto out;
    }
    wf_topo_place(t, n, places);
    n_groups = wf_victim_order(t, n, 0, places, places + n, places + 2 * n);
    facts = facts_of(t, workers);
    print_facts(&facts, to);
    for (int pu = 0; pu < t->n_pus;)
        pu = print_group(t, pu, n, places, to);
    print_victims(n_groups, places + n, places + 2 * n, to);
out:
    wf_free(places);
    wf_topo_free(t);
    return st;
}
