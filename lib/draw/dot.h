/* dot.h - a picture in the language of dot. */
#ifndef WF_DRAW_DOT_H
#define WF_DRAW_DOT_H

#include "lib/draw/text.h"
#include "lib/draw/view.h"

enum { WF_MAX_ATTRS = 16, WF_BOX_ID = 32 };

/* Adds the whole graph; `rankdir` is the one chosen. */
void wf_dot_write(struct wf_text *out, const struct wf_view *v, const char *rankdir);

/* "task7", "data7", "layer7" or "box7": what the box is called in every picture; answers `id`. */
const char *wf_box_id(const struct wf_view *v, size_t box, char id[WF_BOX_ID]);

/* The user's attributes of a box alone, which win over those of all; answers how many. */
size_t wf_box_attrs(const struct wf_view *v, size_t box, struct weft_draw_attr attrs[WF_MAX_ATTRS]);

#endif
