/* circles.c - boxes that wait for each other are cut until none does. */
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/collapse.h"
#include "lib/draw/pairs.h"

/* With more boxes than this, those of a circle are bands of levels. */
enum { READABLE = 64 };

weft_status wf_cut_boxes(struct wf_picture *p, size_t n_tasks, const bool *cuts, uint32_t first_piece,
                         const uint32_t *keys, size_t most, bool *fits, struct weft_error *err)
{
    uint32_t *box_of = wf_alloc_array(n_tasks + 1, sizeof *box_of);
    struct wf_pairs pairs = {0};
    size_t n_whole = 0;
    weft_status st = WEFT_OK;

    *fits = false;
    if (!box_of) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    for (size_t b = 0; b < p->n_boxes; b++)
        n_whole += cuts ? !cuts[b] : b >= first_piece;
    for (size_t i = 0; i < n_tasks; i++) {
        const uint32_t box = p->box_of[i];
        uint32_t part;

        box_of[i] = box;
        if (cuts ? !cuts[box] : box >= first_piece)
            continue;
        part = wf_pairs_put(&pairs, box, keys[i]);
        if (part == WF_NO_PAIR) {
            st = wf_error_nomem(err, "a picture");
            goto out;
        }
        if (n_whole + pairs.n > most)
            goto out;
        box_of[i] = (uint32_t)p->n_boxes + part;
    }
    memcpy(p->box_of, box_of, n_tasks * sizeof *box_of);
    p->n_boxes += pairs.n;
    *fits = true;
out:
    wf_pairs_fini(&pairs);
    wf_free(box_of);
    return st;
}

/* ---- Who reaches whom --------------------------------------------------------- */

/* A square of bits: box i leads to box j (Warshall 1962). Some hundreds of boxes, so
 * millions of words. */
struct reach {
    uint64_t *bits;
    size_t    n, n_words;
};

static bool leads(const struct reach *r, size_t i, size_t j)
{
    return wf_bits_at(r->bits + i * r->n_words, (int64_t)j);
}

static bool reach_init(struct reach *r, const struct wf_picture *p, const weft_trace *t)
{
    r->n = p->n_boxes;
    r->n_words = (r->n + 63) / 64;
    r->bits = wf_alloc_zero(r->n * r->n_words + 1, sizeof *r->bits);
    if (!r->bits)
        return false;
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        const uint32_t *deps = weft_trace_deps(t, i), to = p->box_of[i];
        const size_t n_deps = weft_trace_n_deps(t, i);

        for (size_t d = 0; d < n_deps; d++) {
            if (p->box_of[deps[d]] != to)
                wf_bits_set(r->bits + p->box_of[deps[d]] * r->n_words, to);
        }
    }
    for (size_t k = 0; k < r->n; k++) {
        for (size_t i = 0; i < r->n; i++) {
            for (size_t w = 0; w < r->n_words && leads(r, i, k); w++)
                r->bits[i * r->n_words + w] |= r->bits[k * r->n_words + w];
        }
    }
    return true;
}

/* Says which boxes are in a circle; answers how many. */
static size_t find_circles(const struct reach *r, bool *in_circle)
{
    size_t n = 0;

    for (size_t b = 0; b < r->n; b++)
        n += in_circle[b] = leads(r, b, b);
    return n;
}

/* ---- Opening ------------------------------------------------------------------- */

/* Makes each circle one box, and answers how many circles there are: then cutting them
 * by level opens them, as each dependency leads to a higher level. */
static size_t join_circles(struct wf_picture *p, size_t n_tasks, const struct reach *r, uint32_t *into)
{
    size_t n = 0;

    for (uint32_t b = 0; b < p->n_boxes; b++) {
        into[b] = b;
        for (uint32_t c = 0; c < b && into[b] == b; c++) {
            if (leads(r, b, c) && leads(r, c, b))
                into[b] = into[c];
        }
        n += into[b] == b && leads(r, b, b);
    }
    for (size_t i = 0; i < n_tasks; i++)
        p->box_of[i] = into[p->box_of[i]];
    return n;
}

/* By level when that is few boxes; else each circle into bands of levels. */
static weft_status cut_by_level(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                                const struct reach *r, bool *in_circle, size_t n_in, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t), n_out = p->n_boxes - n_in, depth = weft_analysis_stats(a)->depth;
    const size_t most = READABLE > p->n_boxes ? READABLE : p->n_boxes;
    uint32_t *levels = wf_alloc_array(n + 1, sizeof *levels);
    uint32_t *into = wf_alloc_array(p->n_boxes, sizeof *into);
    size_t n_circles, n_bands;
    bool fits = false;
    weft_status st = WEFT_OK;

    if (!levels || !into) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        levels[i] = weft_analysis_level(a, i);
    st = wf_cut_boxes(p, n, in_circle, 0, levels, most, &fits, err);
    if (st || fits)
        goto out;
    n_circles = join_circles(p, n, r, into);
    n_bands = (most - n_out) / n_circles;
    n_bands = n_bands < 1 ? 1 : n_bands > 24 ? 24 : n_bands;
    for (size_t i = 0; i < n; i++)
        levels[i] = (uint32_t)(levels[i] * n_bands / depth);
    st = wf_cut_boxes(p, n, in_circle, 0, levels, SIZE_MAX, &fits, err);
out:
    wf_free(into);
    wf_free(levels);
    return st;
}

weft_status wf_open_circles(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                            const struct wf_path *path, uint32_t first_piece, bool *opened,
                            struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t), most = path->n_pieces > 1 ? READABLE : 2 * WF_MAX_BOXES + 1;
    struct reach r = {0};
    bool *in_circle = wf_alloc_zero(4 * WF_MAX_BOXES, sizeof *in_circle);
    size_t n_in;
    weft_status st = WEFT_OK;

    WF_ASSERT(p->n_boxes <= 2 * WF_MAX_BOXES);
    *opened = true;
    if (!in_circle || !reach_init(&r, p, t)) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    n_in = find_circles(&r, in_circle);
    if (n_in == 0)
        goto out;
    /* First what lies before a piece of the path and what lies after it, so that the path is
     * in no circle. */
    if (path->n_pieces > 0) {
        for (size_t b = first_piece; b < p->n_boxes; b++)
            in_circle[b] = false;
        st = wf_cut_boxes(p, n, in_circle, first_piece, path->after, most, opened, err);
        st = st || !*opened ? st : wf_number_boxes(p, n, err);
        if (st || !*opened)
            goto out;
        wf_free(r.bits);
        r = (struct reach){0};
        if (!reach_init(&r, p, t)) {
            st = wf_error_nomem(err, "a picture");
            goto out;
        }
        n_in = find_circles(&r, in_circle);
    }
    if (n_in > 0)
        st = cut_by_level(p, t, a, &r, in_circle, n_in, err);
out:
    wf_free(r.bits);
    wf_free(in_circle);
    return st;
}
