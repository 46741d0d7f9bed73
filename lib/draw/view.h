/* view.h - what is drawn, and of what. */
#ifndef WF_DRAW_VIEW_H
#define WF_DRAW_VIEW_H

#include "lib/draw/color.h"

struct wf_view {
    const weft_trace            *trace;
    const weft_analysis         *analysis;
    const struct weft_draw_spec *spec;
    struct wf_picture            picture;
    struct wf_coloring           coloring;
};

static inline bool wf_is_measured(const struct wf_view *v)
{
    return weft_analysis_stats(v->analysis)->n_measured > 0;
}

static inline bool wf_shows_tasks(const struct wf_view *v)
{
    return v->picture.mode == WEFT_DRAW_TASKS;
}

#endif
