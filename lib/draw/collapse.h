/* collapse.h - a graph on one page: which tasks share a box, and what runs between boxes.
 *
 * In the order of detail, a box holds
 *
 *   TASKS   one task;
 *   CHAINS  a chain: tasks that wait for one each, and that for them alone;
 *   GROUPS  the tasks of one layer on one level (of one name where there are no layers);
 *   LAYERS  the tasks of one layer, or name. Where layers would wait for each other in a
 *           circle (load, step, load, step, ...) they are cut by levels, as fine as there
 *           is room; more than WF_MAX_BOXES layers become bands of levels.
 *
 * AUTO takes the first that can be read. In all of them the critical path goes its own
 * way, in boxes of its own (lib/draw/path.h), unless that is not wanted.
 *
 * What always holds:
 *   1. Every task is in one box; boxes are numbered by their first task.
 *   2. Links lead between different boxes, each pair once, and form no circle.
 *
 * Linear in tasks and dependencies.
 */
#ifndef WF_COLLAPSE_H
#define WF_COLLAPSE_H

#include <string.h>

#include <weft/analyse.h>
#include <weft/draw.h>

#include "lib/draw/path.h"

enum { WF_MAX_BOXES = 300, WF_SEVERAL = -2 };

enum wf_box_kind {
    WF_BOX_TASKS,
    WF_BOX_CHAIN, /* from `first` to `last`, each waiting for the one before */
    WF_BOX_BAND,  /* named by its levels */
    WF_BOX_PATH,  /* a piece of the critical path */
    WF_BOX_DATA,  /* what the task `first` gives */
};

struct wf_box {
    const char      *name;       /* of its layer, or of its tasks; lent by the trace */
    const char      *other;      /* a second name in it; NULL: none */
    int              n_names;    /* 1, 2, or 3 for more */
    enum wf_box_kind kind;
    uint32_t         first, last; /* its first and last task */
    uint32_t         from_level, to_level;
    size_t           n_tasks;    /* 0 for data */
    size_t           n_critical; /* of these on the critical path */
    int64_t          total;      /* cost of all */
    int64_t          longest;    /* cost of the most costly */
    int64_t          slack;      /* the least */
    int64_t          bytes;      /* of all results, as far as they are known */
    int              worker;     /* who ran them; -1: unknown, WF_SEVERAL */
};

struct wf_link {
    uint32_t from, to;
    size_t   n;           /* dependencies; 0: from a task to what it gives */
    bool     is_critical; /* the critical path goes here */
    bool     is_fused;    /* both ends run as one task */
};

struct wf_picture {
    enum weft_draw_mode mode; /* what was chosen */
    struct wf_box      *boxes;
    size_t              n_boxes;
    struct wf_link     *links;
    size_t              n_links;
    uint32_t           *box_of; /* per task */
};

/* `p` is empty before. Call wf_picture_fini() in any case. */
weft_status wf_collapse(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                        enum weft_draw_mode mode, bool with_path, struct weft_error *err);
/* Gives each task, which has a box of its own, a second box for its result, numbered
 * right after it: readers then link from there. */
weft_status wf_picture_add_data(struct wf_picture *p, size_t n_tasks, struct weft_error *err);
void wf_picture_fini(struct wf_picture *p); /* a zeroed one is fine */

/* ---- For the files beside ------------------------------------------------------ */

/* Whether two tasks are of one layer, or of one name where they have none. Names of a
 * trace may lie in two places and be the same. */
static inline bool wf_same_group(const struct weft_trace_task *a, const struct weft_trace_task *b)
{
    return a->layer_id == b->layer_id && (a->layer_id || a->name == b->name || !strcmp(a->name, b->name));
}

/* Opens the circles among at most 2 * WF_MAX_BOXES boxes of p->box_of, whose pieces of the path
 * are those from number `first_piece` on. *opened false: there is no room for that. */
weft_status wf_open_circles(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                            const struct wf_path *path, uint32_t first_piece, bool *opened,
                            struct weft_error *err);
/* Cuts the boxes that `cuts` says by the keys of their tasks, n_boxes growing; *fits false,
 * and nothing is done, when there would be more than `most`. cuts NULL: all but those from
 * first_piece on. */
weft_status wf_cut_boxes(struct wf_picture *p, size_t n_tasks, const bool *cuts, uint32_t first_piece,
                         const uint32_t *keys, size_t most, bool *fits, struct weft_error *err);
/* Numbers boxes by their first task, dropping numbers nobody has. */
weft_status wf_number_boxes(struct wf_picture *p, size_t n_tasks, struct weft_error *err);
/* Fills boxes and links, once box_of and n_boxes are there. */
weft_status wf_fill_boxes(struct wf_picture *p, const weft_trace *t, const weft_analysis *a, const struct wf_path *path,
                          bool in_bands, struct weft_error *err);

#endif
