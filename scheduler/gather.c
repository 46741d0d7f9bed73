/* gather.c - how many sinks have finished, counted up the tree of caches. */
#include "scheduler/gather.h"

#include <string.h>

#include "lib/base/mem.h"

/* The levels that may gather, from below. */
static int cache_of(const struct wf_pu *pu) { return pu->l3; }
static int node_of(const struct wf_pu *pu)  { return pu->node; }

/* Makes the groups of one level above `members`, which have been numbered so far:
 * group[m] becomes the number of its group. Answers how many groups; 0: the level
 * gathers nothing. */
static int number_groups(const struct wf_topo *topo, int (*place_of)(const struct wf_pu *),
                         const int *pu_of_member, int n_members, int first, int *group, int *pu_of_group)
{
    int n = 0;

    for (int m = 0; m < n_members; m++) {
        const int place = place_of(&topo->pus[pu_of_member[m]]);
        int g = 0;

        if (place < 0)
            return 0;
        while (g < n && place_of(&topo->pus[pu_of_group[g]]) != place)
            g++;
        if (g == n)
            pu_of_group[n++] = pu_of_member[m];
        group[m] = first + g;
    }
    return n > 1 && n < n_members ? n : 0;
}

bool wf_gather_init(struct wf_gather *t, const struct wf_topo *topo, int n_workers,
                   const int *pu_of_worker, int n_places)
{
    const size_t most = 2 * (size_t)n_workers;
    int *pus = wf_alloc_array(most, sizeof *pus), *group = wf_alloc_array((size_t)n_workers, sizeof *group);
    int n_caches, n_nodes;
    size_t bytes;

    *t = (struct wf_gather){0};
    t->group_of = wf_alloc_array((size_t)n_workers, sizeof *t->group_of);
    t->up = wf_alloc_array(most, sizeof *t->up);
    if (!pus || !group || !t->group_of || !t->up)
        goto out;
    for (int w = 0; w < n_workers; w++)
        t->group_of[w] = -1;
    n_caches = number_groups(topo, cache_of, pu_of_worker, n_workers, 0, group, pus);
    if (n_caches)
        memcpy(t->group_of, group, (size_t)n_workers * sizeof *group);
    for (int g = 0; g < n_caches; g++)
        t->up[g] = -1;
    n_nodes = n_caches ? number_groups(topo, node_of, pus, n_caches, n_caches, group, pus + n_caches)
                       : number_groups(topo, node_of, pu_of_worker, n_workers, 0, group, pus);
    if (n_nodes)
        memcpy(n_caches ? t->up : t->group_of, group, (size_t)(n_caches ? n_caches : n_workers) * sizeof *group);
    t->n_groups = n_caches + n_nodes;
    for (int g = n_caches; g < t->n_groups; g++)
        t->up[g] = -1;
    bytes = (size_t)t->n_groups * (size_t)n_places * sizeof *t->counts;
    t->counts = wf_alloc_aligned(bytes + WF_APART);
    if (t->counts)
        memset(t->counts, 0, bytes);
out:
    wf_free(pus);
    wf_free(group);
    return t->counts != NULL;
}

void wf_gather_fini(struct wf_gather *t)
{
    wf_free(t->group_of);
    wf_free(t->up);
    wf_free(t->counts);
    *t = (struct wf_gather){0};
}
