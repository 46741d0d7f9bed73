/* collapse.c - a graph on one page: which tasks share a box. */
#include "lib/draw/collapse.h"

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/draw/pairs.h"

/* What can be read: more boxes or links than this, or more boxes side by side, are a texture. */
static const struct {
    size_t boxes, links, width;
} readable[] = {
    [WEFT_DRAW_TASKS] = {300, 1000, 120},
    [WEFT_DRAW_CHAINS] = {200, 600, 100},
    [WEFT_DRAW_GROUPS] = {80, 300, 80},
};

/* Pieces of the path: as many as fit on a tall screen. */
enum { MOST_PIECES = 36, N_BANDS = 40 };

/* Gives each task the number of its layer, or name, in order of first task. */
static weft_status group_by_layer(struct wf_picture *p, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    const struct weft_trace_task *last = NULL;
    struct wf_map layers, names;
    weft_status st = WEFT_OK;

    wf_map_init(&layers);
    wf_map_init(&names);
    p->n_boxes = 0;
    for (size_t i = 0; i < n; i++) {
        const struct weft_trace_task *task = weft_trace_task(t, i);
        const bool same = last && task->layer_id == last->layer_id &&
                          (task->layer_id || task->name == last->name);
        uint64_t *number;
        bool fresh;

        if (same) {
            p->box_of[i] = p->box_of[i - 1];
            continue;
        }
        last = task;
        number = task->layer_id
                     ? wf_map_put(&layers, &task->layer_id, sizeof task->layer_id, p->n_boxes, &fresh)
                     : wf_map_put(&names, task->name, strlen(task->name), p->n_boxes, &fresh);
        if (!number) {
            st = wf_error_nomem(err, "a picture");
            break;
        }
        p->n_boxes += fresh;
        p->box_of[i] = (uint32_t)*number;
    }
    wf_map_fini(&names);
    wf_map_fini(&layers);
    return st;
}

static void group_by_band(struct wf_picture *p, const weft_trace *t, const weft_analysis *a)
{
    const size_t depth = weft_analysis_stats(a)->depth, n_bands = depth < N_BANDS ? depth : N_BANDS;

    for (size_t i = 0; i < weft_trace_n_tasks(t); i++)
        p->box_of[i] = (uint32_t)(weft_analysis_level(a, i) * n_bands / depth);
    p->n_boxes = n_bands;
}

/* *fits false: they would be more than `most`, beside the path. */
static weft_status group_by_layer_and_level(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                                            const struct wf_path *path, size_t most, bool *fits, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    uint32_t *levels = wf_alloc_array(n + 1, sizeof *levels);
    weft_status st;

    if (!levels)
        return wf_error_nomem(err, "a picture");
    for (size_t i = 0; i < n; i++)
        levels[i] = path->n_pieces && path->piece[i] ? 0 : weft_analysis_level(a, i);
    st = group_by_layer(p, t, err);
    most = most > SIZE_MAX / 2 ? SIZE_MAX : most + p->n_boxes; /* which the path may leave empty */
    st = st ? st : wf_cut_boxes(p, n, NULL, UINT32_MAX, levels, most, fits, err);
    wf_free(levels);
    return st || !*fits ? st : wf_number_boxes(p, n, err);
}

/* A task joins what it waits for when that is one task which it alone reads. Tasks of the path
 * have their boxes already. *fits false: they would be more than `most`. */
static weft_status group_by_chain(struct wf_picture *p, const weft_trace *t, const struct wf_path *path, size_t most,
                                  bool *fits, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    uint32_t *n_readers = wf_alloc_zero(n + 1, sizeof *n_readers);

    if (!n_readers)
        return wf_error_nomem(err, "a picture");
    p->n_boxes = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < weft_trace_n_deps(t, i); d++)
            n_readers[weft_trace_deps(t, i)[d]]++;
    }
    for (size_t i = 0; i < n && p->n_boxes <= most; i++) {
        const uint32_t *deps = weft_trace_deps(t, i);
        const bool is_path = path->n_pieces && path->piece[i];
        const bool joins = weft_trace_n_deps(t, i) == 1 && n_readers[deps[0]] == 1 &&
                           !(path->n_pieces && path->piece[deps[0]]);

        p->box_of[i] = is_path ? 0 : joins ? p->box_of[deps[0]] : (uint32_t)p->n_boxes++;
    }
    *fits = p->n_boxes <= most;
    wf_free(n_readers);
    return WEFT_OK;
}

/* Takes the pieces of the path out of their boxes, as boxes of their own at the end. */
static uint32_t take_out_path(struct wf_picture *p, const struct wf_path *path, size_t n_tasks)
{
    const uint32_t first = (uint32_t)p->n_boxes;

    for (size_t i = 0; i < n_tasks && path->n_pieces; i++) {
        if (path->piece[i])
            p->box_of[i] = first + path->piece[i] - 1;
    }
    p->n_boxes += path->n_pieces;
    return first;
}

/* Boxes for a path of so many pieces; *opened false: it takes fewer. More boxes than
 * `most` need not be told apart: then n_boxes is more, and nothing is in them. */
static weft_status box_tasks(struct wf_picture *p, const weft_trace *t, const weft_analysis *a, const struct wf_path *path,
                             size_t most, bool *in_bands, bool *opened, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    bool fits = true;
    uint32_t first_piece;
    weft_status st;

    *opened = true;
    st = p->mode == WEFT_DRAW_CHAINS   ? group_by_chain(p, t, path, most, &fits, err)
         : p->mode == WEFT_DRAW_GROUPS ? group_by_layer_and_level(p, t, a, path, most, &fits, err)
                                       : group_by_layer(p, t, err);
    *in_bands = p->mode == WEFT_DRAW_LAYERS && p->n_boxes > WF_MAX_BOXES;
    if (!fits)
        p->n_boxes = SIZE_MAX;
    if (st || !fits)
        return st;
    if (*in_bands)
        group_by_band(p, t, a);
    first_piece = take_out_path(p, path, n);
    /* Neither chains nor groups form circles among themselves; nor chains with the path. */
    if (p->mode == WEFT_DRAW_GROUPS && p->n_boxes > 2 * WF_MAX_BOXES)
        st = path->n_pieces ? wf_cut_boxes(p, n, NULL, first_piece, path->after, SIZE_MAX, opened, err) : WEFT_OK;
    else if (p->mode != WEFT_DRAW_CHAINS)
        st = wf_open_circles(p, t, a, path, first_piece, opened, err);
    return st ? st : wf_number_boxes(p, n, err);
}

/* The path in so many pieces, cut anew only where it is in more or fewer now. */
static weft_status have_path(struct wf_path *path, size_t *n_cut, const weft_trace *t, const weft_analysis *a, size_t most,
                             struct weft_error *err)
{
    if (*n_cut == most)
        return WEFT_OK;
    wf_path_fini(path);
    *n_cut = most;
    return most ? wf_path_cut(path, t, a, most, err) : WEFT_OK;
}

/* What has been tried, from one way to share boxes to the next. */
struct attempt {
    struct wf_path path;
    size_t         n_cut;    /* how many pieces it was to have at most; 0: none yet */
    size_t         n_pieces; /* how many it is to have at most; 0: none */
};

static weft_status collapse_as(struct wf_picture *p, const weft_trace *t, const weft_analysis *a, enum weft_draw_mode mode,
                               struct attempt *try, size_t most_boxes, struct weft_error *err)
{
    static const struct wf_path none = {0};
    const size_t n = weft_trace_n_tasks(t);
    bool in_bands = false, opened = mode == WEFT_DRAW_TASKS;
    weft_status st = WEFT_OK;

    wf_picture_fini(p);
    p->mode = mode;
    p->box_of = wf_alloc_array(n + 1, sizeof *p->box_of);
    if (!p->box_of)
        return wf_error_nomem(err, "a picture");
    p->n_boxes = n;
    for (size_t i = 0; i < n && opened; i++)
        p->box_of[i] = (uint32_t)i;
    for (size_t most = n ? try->n_pieces : 0; !st && !opened; most /= 2) {
        st = have_path(&try->path, &try->n_cut, t, a, most, err);
        st = st ? st : box_tasks(p, t, a, &try->path, most_boxes, &in_bands, &opened, err);
    }
    if (!st && p->n_boxes <= most_boxes)
        st = wf_fill_boxes(p, t, a, mode == WEFT_DRAW_TASKS ? &none : &try->path, in_bands, err);
    return st;
}

/* Whether the picture is one to read; the width is that of its most crowded level. */
static bool is_readable(const struct wf_picture *p, size_t depth, struct weft_error *err, weft_status *st)
{
    size_t *crowd, most = 0;

    if (!p->boxes || p->n_links > readable[p->mode].links)
        return false;
    crowd = wf_alloc_zero(depth + 1, sizeof *crowd);
    if (!crowd) {
        *st = wf_error_nomem(err, "a picture");
        return false;
    }
    for (size_t b = 0; b < p->n_boxes; b++) {
        const size_t n = ++crowd[p->boxes[b].from_level];

        most = n > most ? n : most;
    }
    wf_free(crowd);
    return most <= readable[p->mode].width;
}

static weft_status find_detail(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                               enum weft_draw_mode mode, struct attempt *try, struct weft_error *err)
{
    static const enum weft_draw_mode finer[] = {WEFT_DRAW_TASKS, WEFT_DRAW_CHAINS, WEFT_DRAW_GROUPS};
    const size_t depth = weft_analysis_stats(a)->depth;
    weft_status st = WEFT_OK;

    for (int i = 0; mode == WEFT_DRAW_AUTO && i < 3; i++) {
        const size_t most = readable[finer[i]].boxes;

        if (finer[i] == WEFT_DRAW_TASKS && weft_trace_n_tasks(t) > most)
            continue;
        st = collapse_as(p, t, a, finer[i], try, most, err);
        if (st || is_readable(p, depth, err, &st) || st)
            return st;
    }
    mode = mode == WEFT_DRAW_AUTO ? WEFT_DRAW_LAYERS : mode;
    st = collapse_as(p, t, a, mode, try, SIZE_MAX, err);
    /* Fewer pieces cut fewer layers: there are too many when lines are what one sees. */
    while (!st && mode == WEFT_DRAW_LAYERS && try->n_pieces > 4 && p->n_links > 100 && p->n_links > 2 * p->n_boxes) {
        try->n_pieces /= 2;
        st = collapse_as(p, t, a, mode, try, SIZE_MAX, err);
    }
    return st;
}

weft_status wf_collapse(struct wf_picture *p, const weft_trace *t, const weft_analysis *a,
                        enum weft_draw_mode mode, bool with_path, struct weft_error *err)
{
    struct attempt try = {.n_pieces = with_path ? MOST_PIECES : 0};
    const weft_status st = find_detail(p, t, a, mode, &try, err);

    wf_path_fini(&try.path);
    return st;
}
