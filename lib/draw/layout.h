/* layout.h - where boxes and lines lie: a layered layout of our own, without Graphviz.
 *
 * The method of Sugiyama, Tagawa and Toda (1981). Boxes get ranks, so that links lead
 * down; a link over several ranks passes the ones between by a bend in each. Ranks are put
 * in an order with few crossings by barycentres, down and up, the best kept. Then each rank
 * is moved to where its neighbours are, by weighted least squares with the order and the
 * gaps kept (isotonic regression by pooling; Barlow et al. 1972). Lines are curves between
 * ranks and straight within one, where nothing else may be, so that none runs over a box.
 *
 *     rank 0      [ a ]     [ b ]
 *                   |  \      |
 *     rank 1      [ c ]  .    |        . and | are bends: as narrow as a line
 *                   |    |    |
 *     rank 2      [   d     ] [ e ]
 *
 * What always holds, with down as the direction:
 *   1. Boxes of one rank do not overlap, nor do ranks.
 *   2. A link begins at the lower edge of one box and ends at the upper of another, in a
 *      higher rank; its points never go up.
 *
 * Time is linear in boxes, links and bends but for sorting; bends are at most four for each
 * box and link together, and links too long for that go straight.
 */
#ifndef WF_DRAW_LAYOUT_H
#define WF_DRAW_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/status.h>

struct wf_point {
    double x, y;
};

/* Centre and size, all in points. */
struct wf_place {
    double x, y, w, h;
};

struct wf_tie {
    uint32_t from, to;
    bool     is_straight; /* rather than others */
};

enum wf_direction { WF_DOWN, WF_RIGHT, WF_UP, WF_LEFT };

struct wf_layout {
    struct wf_place *places;  /* n of them; w and h are the caller's */
    size_t           n;
    struct wf_point *points;  /* of link k: first[k] .. first[k + 1], two and two: a straight piece from
                               * the one to the other, then a curve to the next two */
    size_t          *first;
    double           width, height;
};

/* ties form no circle. Call wf_layout_fini() in any case; places are the caller's. */
weft_status wf_layout(struct wf_layout *l, struct wf_place *places, size_t n, const struct wf_tie *ties, size_t n_ties,
                      enum wf_direction direction, struct weft_error *err);
void wf_layout_fini(struct wf_layout *l); /* a zeroed one is fine */

/* ---- For the files beside -------------------------------------------------------- */

/* Boxes 0 .. n-1, then bends, in ranks. Neighbours are those in the rank above and below. */
struct wf_ranks {
    size_t        n, n_nodes, n_ranks;
    uint32_t     *rank;      /* per node */
    uint32_t     *order;     /* nodes by rank, from left to right */
    size_t       *first;     /* where each rank begins in it, n_ranks + 1 */
    uint32_t     *at;        /* per node: its place in its rank */
    size_t       *up_first, *down_first;
    uint32_t     *up, *down;
    uint8_t      *straight;  /* per node: on a straight link */
    uint32_t     *bend;      /* per tie: its first bend; the others follow; UINT32_MAX: it goes straight */
    double       *half;      /* per node: half its width */
    double       *x;         /* per node: its centre */
};

weft_status wf_ranks_init(struct wf_ranks *r, const struct wf_layout *l, const struct wf_tie *ties, size_t n_ties,
                          struct weft_error *err);
void wf_ranks_fini(struct wf_ranks *r);
weft_status wf_ranks_order(struct wf_ranks *r, struct weft_error *err); /* few crossings */
weft_status wf_ranks_place(struct wf_ranks *r, struct weft_error *err); /* fills x */
/* How many links between neighbouring ranks cross; for tests, too. SIZE_MAX: no memory. */
size_t wf_ranks_crossings(const struct wf_ranks *r);

#endif
