/* svg.h - a picture as SVG, laid out by ourselves. */
#ifndef WF_DRAW_SVG_H
#define WF_DRAW_SVG_H

#include "lib/draw/layout.h"
#include "lib/draw/text.h"
#include "lib/draw/view.h"

/* Adds the whole file to `out`. */
weft_status wf_svg_write(struct wf_text *out, const struct wf_view *v, enum wf_direction direction,
                         struct weft_error *err);

/* For all SVG of ours: the first lines of a file, up to and with its styles, and the last. */
void wf_svg_begin(struct wf_text *out, double width, double height, const char *background);
void wf_svg_end(struct wf_text *out);
/* A line of text with a class of the style sheet: "b" bold, "s" small, "t" a title, "m" in the middle. */
void wf_svg_words(struct wf_text *out, double x, double y, const char *classes, const char *words);

#endif
