/* view.h - what an analysis tells, as tables. */
#ifndef WF_VIEW_H
#define WF_VIEW_H

#include "lib/analyse/table.h"

/* A table and what it was made of. */
struct wf_view {
    struct wf_table           table;
    const weft_analysis      *a;
    struct weft_group_stats  *groups;
    uint32_t                 *order;   /* of tasks */
    uint32_t                 *count;   /* bodies of each task */
    struct weft_bounds       *bounds;
    struct weft_share         total;
};

weft_status wf_view_init(struct wf_view *v, const weft_analysis *a, enum weft_view view, struct weft_error *err);
void        wf_view_fini(struct wf_view *v); /* a zeroed one is fine */

/* As JSON names it: "functions", ... */
const char *wf_view_name(enum weft_view view);

#endif
