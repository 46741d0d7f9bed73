/* color.h - which colour a box has, and what colours mean.
 *
 * Fills are light, so that black text is read on all of them; red is kept for
 * the critical path.
 */
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
#define WF_INK      "#1f2328" /* what is said */

enum { WF_MAX_SWATCHES = 12 };

struct wf_coloring {
    enum weft_draw_color mode;
    struct wf_ink       *of_box;
    struct wf_ink        swatches[WF_MAX_SWATCHES]; /* of workers 0, 1, ..., or from least to most */
    int                  n_swatches;
    struct wf_ink        several;                   /* workers */
    int64_t              least, most;               /* costs, in mode DURATION */
};

weft_status wf_coloring_init(struct wf_coloring *c, enum weft_draw_color mode, const struct wf_picture *p,
                             const weft_trace *t, struct weft_error *err);
void wf_coloring_fini(struct wf_coloring *c); /* a zeroed one is fine */

#endif
