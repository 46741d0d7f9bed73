/* victim.h - whom to rob first: the nearest.
 *
 * A thief asks the others in the order of how far their cores are, so that work moves
 * over the shortest wire that has any. Where it found something it asks first next time
 * (worker.c).
 *
 * Thieves that wake together must not all knock at the same door. Those that share, say,
 * an L3 see the same others farther off; so among equally far ones each begins behind its
 * own number, plus as many doors further as there are thieves before it that see the same:
 *
 *     L3         0         1              worker 0 asks  1 2 3   then  4 5 6 7
 *     worker  0 1 2 3   4 5 6 7           worker 1 asks  2 3 0   then  5 6 7 4
 *                                         worker 6 asks  7 4 5   then  2 3 0 1
 *
 * Here nobody begins at another's first door, near or far; with two workers to a core two
 * may. Lots weighted by 1 / (number x distance squared), as others draw, are not better: of
 * 64 thieves on 8 L3, all 64 begin at doors of their own in this order, at every distance,
 * where 64 lots fall on some 41 doors; a near victim that has work is never passed over for a
 * far one; and a replay from a seed needs no lots of its own.
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
