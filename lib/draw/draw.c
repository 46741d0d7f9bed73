/* draw.c - a graph as a picture: which detail, which engine, which file. */
#include <weft/draw.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/dot.h"
#include "lib/draw/file.h"
#include "lib/draw/graphviz.h"
#include "lib/draw/svg.h"

/* dot needs minutes for more than this: 2000 boxes with 4000 links are laid out in 2 s, with
 * 8000 in 18 s. Ours needs 2 s for about the other. */
static const struct {
    size_t boxes, links;
} most[] = {[WEFT_ENGINE_GRAPHVIZ] = {2000, 10000}, [WEFT_ENGINE_BUILTIN] = {200000, 500000}};

static const char *const rankdirs[] = {
    [WF_DOWN] = "TB", [WF_RIGHT] = "LR", [WF_UP] = "BT", [WF_LEFT] = "RL"};

/* ---- What was asked for -------------------------------------------------------- */

static weft_status check_spec(const struct weft_draw_spec *spec, struct weft_error *err)
{
    if ((unsigned)spec->color > WEFT_COLOR_MEMORY_PRESSURE || (unsigned)spec->mode > WEFT_DRAW_GROUPS)
        return weft_error_set(err, WEFT_INVALID, "draw: color %d or mode %d is none of the list",
                              (int)spec->color, (int)spec->mode);
    if ((unsigned)spec->engine > WEFT_ENGINE_BUILTIN || (unsigned)spec->cmap > WEFT_CMAP_RED_BLUE ||
        (unsigned)spec->words > WEFT_WORDS_ORDER_VALUE)
        return weft_error_set(err, WEFT_INVALID, "draw: engine %d, cmap %d or words %d is none of the list",
                              (int)spec->engine, (int)spec->cmap, (int)spec->words);
    for (int i = 0; spec->rankdir && i < 4; i++) {
        if (!strcmp(spec->rankdir, rankdirs[i]))
            return WEFT_OK;
    }
    return !spec->rankdir ? WEFT_OK
                          : weft_error_set(err, WEFT_INVALID, "draw: rankdir \"%s\" is none of TB, LR, BT, RL",
                                           spec->rankdir);
}

/* Ours for .svg: it needs no fonts and no plugins, and is never slow. */
static weft_status choose_engine(enum weft_draw_engine *engine, const struct weft_draw_spec *spec, const char *format,
                                 const char *path, struct weft_error *err)
{
    const bool is_svg = !strcmp(format, "svg");

    *engine = spec->engine;
    if (*engine == WEFT_ENGINE_BUILTIN && !is_svg)
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s: the built-in engine makes .svg; .%s takes Graphviz", path, format);
    if (*engine == WEFT_ENGINE_AUTO)
        *engine = is_svg && (spec->n_graph_attrs == 0 || !wf_graphviz_is_here()) ? WEFT_ENGINE_BUILTIN : WEFT_ENGINE_GRAPHVIZ;
    return WEFT_OK;
}

static weft_status check_size(const struct wf_picture *p, enum weft_draw_engine engine, struct weft_error *err)
{
    if (p->n_boxes <= most[engine].boxes && p->n_links <= most[engine].links)
        return WEFT_OK;
    return weft_error_set(err, WEFT_INVALID,
                          "draw: %zu boxes with %zu arrows cannot be laid out; at most %zu with %zu can%s. Draw less "
                          "detail, or write .dot",
                          p->n_boxes, p->n_links, most[engine].boxes, most[engine].links,
                          engine == WEFT_ENGINE_GRAPHVIZ ? " by Graphviz" : "");
}

/* Down, or to the right when many boxes side by side would be wider than a page, and the
 * levels one beside the other are not. Boxes are about 100 points wide and 40 high. */
static weft_status choose_direction(enum wf_direction *direction, const struct wf_view *v, struct weft_error *err)
{
    enum { PAGE = 1500, WIDE = 115, GAP = 60, HIGH = 38 };
    const size_t depth = weft_analysis_stats(v->analysis)->depth;
    size_t *crowd, widest = 0, n_levels = 0;

    for (int i = 0; v->spec->rankdir && i < 4; i++) {
        if (!strcmp(v->spec->rankdir, rankdirs[i])) {
            *direction = (enum wf_direction)i;
            return WEFT_OK;
        }
    }
    crowd = wf_alloc_zero(depth + 1, sizeof *crowd);
    if (!crowd)
        return wf_error_nomem(err, "a picture");
    for (size_t b = 0; b < v->picture.n_boxes; b++) {
        const size_t n = ++crowd[v->picture.boxes[b].from_level];

        n_levels += n == 1;
        widest = n > widest ? n : widest;
    }
    wf_free(crowd);
    *direction = widest * WIDE > PAGE && n_levels > 1 && n_levels * (WIDE + GAP) < widest * WIDE ? WF_RIGHT : WF_DOWN;
    return WEFT_OK;
}

/* ---- The picture ------------------------------------------------------------------- */

static weft_status look(struct wf_view *v, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(v->trace);
    weft_status st;

    st = wf_collapse(&v->picture, v->trace, v->analysis, v->spec->mode, !v->spec->no_path, err);
    if (!st && v->spec->data_boxes && wf_shows_tasks(v))
        st = wf_picture_add_data(&v->picture, n, err);
    return st ? st : wf_coloring_init(&v->coloring, v->spec, &v->picture, v->trace, err);
}

static weft_status render(struct wf_text *out, const struct wf_view *v, const char *format, enum weft_draw_engine engine,
                          const char *path, struct weft_error *err)
{
    const bool is_dot = !strcmp(format, "dot");
    enum wf_direction direction = WF_DOWN;
    struct wf_text dot = {0};
    weft_status st = is_dot ? WEFT_OK : check_size(&v->picture, engine, err);

    st = st ? st : choose_direction(&direction, v, err);
    if (st)
        return st;
    if (!is_dot && engine == WEFT_ENGINE_BUILTIN)
        return wf_svg_write(out, v, direction, err);
    wf_dot_write(is_dot ? out : &dot, v, rankdirs[direction]);
    if (out->failed || dot.failed)
        st = wf_error_nomem(err, "a picture");
    else if (!is_dot)
        st = wf_graphviz_render(out, dot.bytes, format, path, err);
    wf_text_fini(&dot);
    return st;
}

/* Adds the picture; `path` names it in errors. */
static weft_status draw(struct wf_text *out, const weft_trace *t, const char *format, const char *path,
                        const struct weft_draw_spec *spec, struct weft_error *err)
{
    static const struct weft_draw_spec all_usual = {0};
    struct wf_view v = {.trace = t, .spec = spec ? spec : &all_usual};
    enum weft_draw_engine engine = WEFT_ENGINE_GRAPHVIZ;
    weft_analysis *a = NULL;
    weft_status st = check_spec(v.spec, err);

    if (!st && strcmp(format, "dot") != 0)
        st = choose_engine(&engine, v.spec, format, path, err);
    st = st ? st : weft_analyse_trace(&a, t, err);
    v.analysis = a;
    st = st ? st : look(&v, err);
    st = st ? st : render(out, &v, format, engine, path, err);
    wf_coloring_fini(&v.coloring);
    wf_picture_fini(&v.picture);
    weft_analysis_free(a);
    return st;
}

weft_status weft_draw_trace(const weft_trace *t, const char *path, const struct weft_draw_spec *spec, struct weft_error *err)
{
    const char *format;
    struct wf_text out = {0};
    weft_status st;

    path = path ? path : "weft.svg";
    st = wf_draw_format(&format, path, "svg png pdf dot", err);
    st = st ? st : draw(&out, t, format, path, spec, err);
    st = st ? st : wf_draw_write(path, &out, err);
    wf_text_fini(&out);
    return st;
}

weft_status weft_draw_bytes(const weft_trace *t, const char *format, const struct weft_draw_spec *spec, char **bytes,
                            size_t *n, struct weft_error *err)
{
    char path[32];
    struct wf_text out = {0};
    weft_status st;

    snprintf(path, sizeof path, "weft.%s", format);
    st = wf_draw_format(&format, path, "svg png pdf dot", err);
    st = st ? st : draw(&out, t, format, path, spec, err);
    if (!st) {
        char *copy = malloc(out.n + 1);

        if (copy) {
            memcpy(copy, out.bytes, out.n + 1);
            *bytes = copy;
            *n = out.n;
        } else {
            st = wf_error_nomem(err, "a picture");
        }
    }
    wf_text_fini(&out);
    return st;
}

/* ---- Of what ------------------------------------------------------------------------- */

weft_status weft_draw_plan(const weft_plan *plan, const char *path, const struct weft_draw_spec *spec,
                           struct weft_error *err)
{
    weft_trace *t = NULL;
    weft_status st = weft_trace_of_plan(&t, plan, err);

    if (!st)
        st = weft_draw_trace(t, path, spec, err);
    weft_trace_free(t);
    return st;
}

weft_status weft_draw_tasks(weft_task *const *targets, size_t n, const char *path,
                            const struct weft_draw_spec *spec, struct weft_error *err)
{
    weft_trace *t = NULL;
    weft_plan *plan = NULL;
    weft_status st;

    if (spec && spec->optimized) {
        st = weft_plan_new(&plan, targets, n, NULL, err);
        st = st ? st : weft_draw_plan(plan, path, spec, err);
        weft_plan_free(plan);
        return st;
    }
    st = weft_trace_of_tasks(&t, targets, n, err);
    st = st ? st : weft_draw_trace(t, path, spec, err);
    weft_trace_free(t);
    return st;
}

weft_status weft_draw_collections(const struct weft_collection *collections, size_t n, const char *path,
                                  const struct weft_draw_spec *spec, struct weft_error *err)
{
    size_t n_tasks = 0, room = 0;
    weft_task **tasks = NULL;
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < n; i++)
        room += weft_collection_n_parts(collections[i]);
    tasks = wf_alloc_array(room + 1, sizeof *tasks);
    if (!tasks)
        return wf_error_nomem(err, "a picture");
    for (size_t i = 0; i < n && !st; i++) {
        st = weft_collection_parts(collections[i], tasks + n_tasks, err);
        n_tasks += st ? 0 : weft_collection_n_parts(collections[i]);
    }
    st = st ? st : weft_draw_tasks(tasks, n_tasks, path, spec, err);
    wf_free(tasks);
    return st;
}
