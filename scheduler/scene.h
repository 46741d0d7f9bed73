/* scene.h - of what groups the tasks of one run are, for who looks on while it goes.
 *
 * Made when the run is entered, by who enters it, if anybody looks: some ns a task and an edge.
 * After that it does not change, but for its end, and outlives run and plan.
 */
#ifndef WF_SCENE_H
#define WF_SCENE_H

#include <weft/plan.h>

#include "scheduler/sync.h"

enum { WF_SCENE_GROUPS = 256 }; /* with more there are no links */

struct wf_scene {
    _Atomic uint32_t   refs;
    uint32_t           place;    /* of its run in the pool */
    uint64_t           begin;    /* ticks */
    uint32_t           n_nodes, n_groups;
    uint32_t          *group_of; /* a node */
    const char       **names;    /* of groups; each in `text` */
    uint64_t          *n_tasks;  /* of groups */
    uint32_t          *links;    /* from * n_groups + to; NULL: too many groups */
    char              *text;

    /* Written before `ended`. */
    uint64_t           end;
    weft_status        status;
    struct weft_error *error;    /* NULL: none, or no memory */
    _Atomic bool       ended;
};

struct wf_scene *wf_scene_new(const weft_plan *plan); /* NULL: no memory */
struct wf_scene *wf_scene_retain(struct wf_scene *s);
void             wf_scene_release(struct wf_scene *s); /* NULL is fine */

/* Its run has ended; `why` may be NULL. */
void wf_scene_end(struct wf_scene *s, uint64_t end_ticks, weft_status st, const struct weft_error *why);

#endif
