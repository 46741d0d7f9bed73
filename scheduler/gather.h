/* gather.h - how many sinks have finished, counted up the tree of caches.
 *
 * A worker counts for itself and tells when it has nothing else to do. With many
 * workers that still meets on one line, so a group that shares a cache gathers its
 * counts first, and the groups of a node gather theirs:
 *
 *     workers   0 1 2 3   4 5 6 7     8 9 ...
 *     L3        [   a  ]  [   b  ]    [   c  ] ...
 *     node      [       d        ]    [       e      ]
 *     run       n_sinks_left
 *
 * Who adds to a count of zero carries it up, with all that others add until it is
 * taken; who adds to another leaves his with that one. So each count is carried by
 * exactly one worker, and a crowd becomes one exchange a level. A level that would
 * not gather anything (one group, or one worker a group) is left out: a machine of
 * one cache has none. (Yew, Tzeng and Lawrie, 1987: software combining trees.)
 */
#ifndef WF_GATHER_H
#define WF_GATHER_H

#include "scheduler/sync.h"
#include "scheduler/topo.h"

struct wf_gathered {
    _Alignas(WF_APART) _Atomic uint32_t n; /* 0: nobody carries */
};

struct wf_gather {
    int  n_groups;
    int *group_of;                 /* of a worker; -1: it tells the run */
    int *up;                       /* of a group: the one above; -1: the run */
    struct wf_gathered *counts; /* counts[place * n_groups + group] */
};

bool wf_gather_init(struct wf_gather *t, const struct wf_topo *topo, int n_workers,
                   const int *pu_of_worker, int n_places); /* false: no memory */
void wf_gather_fini(struct wf_gather *t); /* a zeroed one is fine */

/* Adds n > 0. Answers how many the caller must tell the run; 0: somebody else will. */
static inline uint32_t wf_gather_add(struct wf_gather *t, uint32_t place, int worker, uint32_t n)
{
    for (int g = t->n_groups ? t->group_of[worker] : -1; g >= 0; g = t->up[g]) {
        _Atomic uint32_t *count = &t->counts[place * (uint32_t)t->n_groups + (uint32_t)g].n;

        /* Release: what we did for the run comes before who carries tells of it.
         * Acquire, in the exchange: what those did whose counts we take. */
        if (wf_add(count, n))
            return 0;
        n = wf_swap(count, 0);
    }
    return n;
}

#endif
