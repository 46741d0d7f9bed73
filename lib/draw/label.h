/* label.h - what is written in a box, beside it, and under the picture.
 *
 * Labels are HTML-like (Graphviz's own small language), tooltips escStrings.
 * Each function clears `text` first.
 */
#ifndef WF_LABEL_H
#define WF_LABEL_H

#include "lib/draw/color.h"
#include "lib/draw/text.h"

/* What is drawn, and of what. */
struct wf_view {
    const weft_trace            *trace;
    const weft_analysis         *analysis;
    const struct weft_draw_spec *spec;
    struct wf_picture            picture;
    struct wf_coloring           coloring;
    bool                         by_layer;
};

void wf_label_box(struct wf_text *text, const struct wf_view *v, const struct wf_box *b);
void wf_label_tooltip(struct wf_text *text, const struct wf_view *v, const struct wf_box *b);
void wf_label_legend(struct wf_text *text, const struct wf_view *v);

#endif
