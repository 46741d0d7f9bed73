/* label.h - what is written in a box, under the pointer, and under the picture.
 *
 * Words only: lib/draw/dot.c and lib/draw/svg.c put them into their languages.
 */
#ifndef WF_LABEL_H
#define WF_LABEL_H

#include "lib/draw/text.h"
#include "lib/draw/view.h"

enum wf_style { WF_BOLD, WF_PLAIN, WF_ASIDE, WF_SMALL }; /* aside: grey; small: grey and smaller */

enum { WF_MAX_SPANS = 12, WF_MOST_TITLE = 120 };

/* Spans in lines. Their words lie in `text`, each closed by a zero, clean but not escaped. */
struct wf_label {
    struct wf_text text;
    struct {
        size_t        at;
        enum wf_style style;
        bool          breaks; /* begins a line */
    } spans[WF_MAX_SPANS];
    int n;
};

struct wf_tile {
    char what[64], value[64];
};
struct wf_swatch {
    struct wf_ink ink;
    char          word[64];
};

/* The figures, and what colours mean. */
struct wf_legend {
    struct wf_tile   tiles[8];
    int              n_tiles;
    struct wf_swatch swatches[WF_MAX_SWATCHES + 4];
    int              n_swatches;
    bool             is_scale;   /* colours from the least to the most, as in the coloring */
    char             scale[48], least[32], most[32];
};

void wf_label_fini(struct wf_label *l); /* a zeroed one is fine */

/* Clears `l` or `text` first. */
void wf_label_box(struct wf_label *l, const struct wf_view *v, size_t box);
void wf_label_tooltip(struct wf_text *text, const struct wf_view *v, size_t box); /* lines of plain words */

const char *wf_color_name(enum weft_draw_color color);
/* "12345" as "12,345"; answers `text`. */
const char *wf_count_text(size_t n, char text[32]);
void wf_legend_of(struct wf_legend *l, const struct wf_view *v);

#endif
