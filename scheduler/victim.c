/* victim.c - whom to rob first: the nearest. */
#include "scheduler/victim.h"

#include "lib/base/assert.h"

/* The equally far ones. */
struct group {
    int size, filled;
    int begin;  /* in the order */
    int before; /* of these, how many have a smaller number than the thief */
    int first;  /* which of them, counted from the thief on, is asked first */
};

int wf_victim_order(const struct wf_topo *t, int n_workers, int worker, const int *pu_of_worker,
                    int *order, int *group_ends)
{
    struct group groups[WF_TOPO_MAX_DISTANCE + 1] = {0};
    const int mine = pu_of_worker[worker];
    int n_groups = 0, begin = 0, nearer_before = 0;

    WF_ASSERT(worker >= 0 && worker < n_workers);
    for (int other = 0; other < n_workers; other++)
        if (other != worker) {
            struct group *g = &groups[wf_topo_distance(t, mine, pu_of_worker[other])];

            g->size++;
            g->before += other < worker;
        }
    for (int d = 0; d <= WF_TOPO_MAX_DISTANCE; d++) {
        struct group *g = &groups[d];

        if (!g->size)
            continue;
        g->begin = begin;
        g->first = nearer_before % g->size;
        begin += g->size;
        nearer_before += g->before;
        group_ends[n_groups++] = begin;
    }
    for (int k = 1; k < n_workers; k++) {
        const int other = (worker + k) % n_workers;
        struct group *g = &groups[wf_topo_distance(t, mine, pu_of_worker[other])];

        order[g->begin + (g->filled++ + g->size - g->first) % g->size] = other;
    }
    return n_groups;
}
