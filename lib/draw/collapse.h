/* collapse.h - a graph on one page: which tasks share a box, and what runs between boxes.
 *
 * Either every task has a box of its own, or a box holds
 *
 *   1. the tasks of one layer, or of one name where there are no layers;
 *   2. where such boxes would wait for each other in a circle (load, step, load,
 *      step, ...), those of one name on one level; or the whole circle, when its
 *      levels are too many;
 *   3. when all that leaves more than WF_MAX_BOXES, the tasks of a band of levels.
 *
 * What always holds:
 *   1. Every task is in one box; boxes are numbered by their first task.
 *   2. Links lead between different boxes, each pair once, and form no circle.
 *
 * Linear in tasks and dependencies.
 */
#ifndef WF_COLLAPSE_H
#define WF_COLLAPSE_H

#include <weft/analyse.h>

enum { WF_MAX_BOXES = 300, WF_SEVERAL = -2 };

struct wf_box {
    const char *name;       /* of its layer, or of its tasks; lent by the trace */
    const char *other;      /* a second name in it, of a merged circle or a band; NULL: none */
    int         n_names;    /* 1, 2, or 3 for more */
    bool        is_band;
    uint32_t    first;      /* its first task */
    uint32_t    from_level, to_level;
    size_t      n_tasks;
    size_t      n_critical; /* of these on the critical path */
    int64_t     total;      /* cost of all */
    int64_t     longest;    /* cost of the most costly */
    int64_t     slack;      /* the least */
    int         worker;     /* who ran them; -1: unknown, WF_SEVERAL */
};

struct wf_link {
    uint32_t from, to;
    size_t   n;           /* dependencies */
    bool     is_critical; /* the critical path goes here */
};

struct wf_picture {
    struct wf_box  *boxes;
    size_t          n_boxes;
    struct wf_link *links;
    size_t          n_links;
    uint32_t       *box_of; /* per task */
};

/* One box per task, or layers; `p` is empty before. Call wf_picture_fini() in any case. */
weft_status wf_collapse(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                        bool by_layer, struct weft_error *err);
void wf_picture_fini(struct wf_picture *p); /* a zeroed one is fine */

#endif
