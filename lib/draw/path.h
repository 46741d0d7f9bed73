/* path.h - the critical path in pieces, each a box, to be threaded through boxes of many tasks.
 *
 * Pieces are numbered from 1 along the path. A path that is not longer than asked for has
 * a piece per task; of a longer one the most costly tasks are pieces of their own, and
 * what lies between two of them is one, cut where the layer changes when there is room.
 *
 * A path through several runs goes on from one to the next though nothing links them.
 *
 * What always holds:
 *   1. Every task of the path is in a piece; a task beside it is in one only when it
 *      lies between two tasks of that piece.
 *   2. after[] does not fall along a dependency, and no task beside the path with
 *      after[] = k leads to piece k: boxes that differ in after[] form no circle with pieces.
 */
#ifndef WF_DRAW_PATH_H
#define WF_DRAW_PATH_H

#include <weft/analyse.h>

struct wf_path {
    uint32_t *piece; /* per task; 0: beside the path */
    uint32_t *after; /* per task: the last piece that leads to it, or its own; 0: none */
    uint32_t  n_pieces;
};

/* At most `most` >= 1 pieces. Call wf_path_fini() in any case; `p` is zeroed before. */
weft_status wf_path_cut(struct wf_path *p, const weft_trace *t, const weft_analysis *a, size_t most,
                        struct weft_error *err);
void wf_path_fini(struct wf_path *p); /* a zeroed one is fine */

#endif
