/* color.h - which colour a box has, and what the colours mean. */
#ifndef WF_COLOR_H
#define WF_COLOR_H

#include <weft/draw.h>

#include "lib/draw/collapse.h"

/* "#rrggbb" of a fill and of the line around it. */
struct wf_ink {
    char fill[8], line[8];
};

#define WF_RED      "#d1242f" /* the critical path */
#define WF_RED_FILL "#ffe3e0"
#define WF_GREY     "#57606a" /* what is said in passing */
#define WF_DIM      "#424a53" /* the same on a coloured ground */
#define WF_INK      "#1f2328" /* what is said */
#define WF_PALE     "#8c959f" /* lines */

enum { WF_MAX_SWATCHES = 12, WF_N_GRADIENT = 7 };

enum wf_unit { WF_COUNT, WF_BYTES, WF_TIME };

struct wf_coloring {
    enum weft_draw_color mode;
    struct wf_ink       *of_box;
    struct wf_ink        swatches[WF_MAX_SWATCHES]; /* of workers 0, 1, ..., or from least to most */
    int                  n_swatches;
    struct wf_ink        several;                   /* workers */
    double              *values;                    /* per box, where colours are a scale; else NULL */
    enum wf_unit         unit;                      /* of these */
    double               least, most;               /* at the ends of the scale */
};

weft_status wf_coloring_init(struct wf_coloring *c, const struct weft_draw_spec *spec, const struct wf_picture *p,
                             const weft_trace *t, struct weft_error *err);
void wf_coloring_fini(struct wf_coloring *c); /* a zeroed one is fine */

/* The colour of the nth of several things; neighbours differ in hue, none is near red. */
struct wf_ink wf_ink_of(size_t nth);
/* The colour at 0 <= x <= 1 of a map. */
struct wf_ink wf_ink_at(enum weft_draw_cmap map, double x);

#endif
