/* victim.h - whom to rob first: the nearest.
 *
 * A thief asks the others in the order of how far their cores are, so that work moves
 * over the shortest wire that has any. Among equally far ones each thief starts behind
 * its own number, so thieves that wake together do not all knock at the same door.
 */
#ifndef WF_VICTIM_H
#define WF_VICTIM_H

#include "scheduler/topo.h"

/* order[0 .. n_workers-2]: the other workers, nearest first. group_ends[k]: where the
 * kth group of equally far ones ends in `order` (at most n_workers-1 groups). Answers the
 * number of groups: 0 for a worker that is alone. */
int wf_victim_order(const struct wf_topo *t, int n_workers, int worker, const int *pu_of_worker,
                    int *order, int *group_ends);

#endif
