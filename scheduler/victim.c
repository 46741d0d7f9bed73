/* victim.c - whom to rob first: the nearest. */
#include "scheduler/victim.h"

#include "lib/base/assert.h"

int wf_victim_order(const struct wf_topo *t, int n_workers, int worker, const int *pu_of_worker,
                    int *order, int *group_ends)
{
    int start[WF_TOPO_MAX_DISTANCE + 2] = {0};
    const int mine = pu_of_worker[worker];
    int n_groups = 0;

    WF_ASSERT(worker >= 0 && worker < n_workers);
    /* Counting sort by distance; filling in the order worker + 1, worker + 2, ... rotates ties. */
    for (int k = 1; k < n_workers; k++)
        start[1 + wf_topo_distance(t, mine, pu_of_worker[(worker + k) % n_workers])]++;
    for (int d = 0; d <= WF_TOPO_MAX_DISTANCE; d++) {
        if (start[d + 1])
            group_ends[n_groups++] = start[d] + start[d + 1];
        start[d + 1] += start[d];
    }
    for (int k = 1; k < n_workers; k++) {
        const int other = (worker + k) % n_workers;

        order[start[wf_topo_distance(t, mine, pu_of_worker[other])]++] = other;
    }
    return n_groups;
}
