/* weft/draw.h - a graph, and how it ran, as a picture (libweft-draw).
 *
 *     struct weft_draw_spec how = {.color = WEFT_COLOR_CRITICAL};
 *     weft_draw_tasks(&total, 1, "out/mean.svg", &how, &err);
 *
 * The suffix of the path chooses the format: .svg, .png, .pdf or .dot. The file
 * appears when it is complete: a failed drawing leaves what was there before.
 *
 * Arrows point from what is computed to what reads it; values known already are
 * not shown. A dashed frame holds tasks that run as one. A graph of more than 300
 * tasks is drawn by layers: a box for the tasks of one operation, with how many
 * they are. When the graph has run on a pool that traces, boxes show measured time
 * and slack. The critical path (the longest by time, or by number of tasks when
 * nothing is measured; see weft/analyse.h) is red, and a legend gives work, span,
 * parallelism and makespan.
 *
 * Errors:  WEFT_IO with the path; WEFT_INVALID for an unknown suffix or more
 *          tasks than can be laid out; WEFT_UNSUPPORTED, with the reason, for a
 *          Graphviz that lacks a part.
 * Threads: any thread may call. Graphviz works for one caller at a time, so
 *          drawings wait for each other behind a lock of this library; do not
 *          use Graphviz directly in another thread meanwhile.
 */
#ifndef WEFT_DRAW_H
#define WEFT_DRAW_H

#include <weft/trace.h>

WEFT_BEGIN

enum weft_draw_mode {
    WEFT_DRAW_AUTO,   /* tasks up to 300 of them, else layers */
    WEFT_DRAW_TASKS,  /* every task; at most 2000 with 10000 dependencies, in .dot any number */
    WEFT_DRAW_LAYERS, /* a box per layer, or per name where there are no layers; at most 300 boxes */
};

enum weft_draw_color {
    WEFT_COLOR_NAME,     /* one colour per name or layer */
    WEFT_COLOR_ORDER,    /* from first to last in the order of the trace */
    WEFT_COLOR_DURATION, /* from shortest to longest measured time */
    WEFT_COLOR_CRITICAL, /* only the critical path has a colour */
    WEFT_COLOR_WORKER,   /* one colour per worker that ran the task */
};

/* A Graphviz attribute: {"shape", "box"}. */
struct weft_draw_attr {
    const char *name;
    const char *value;
};

struct weft_draw_spec {
    enum weft_draw_mode  mode;
    enum weft_draw_color color;
    const char          *rankdir; /* "TB", "LR", "BT" or "RL"; NULL: "TB" */
    const char          *title;   /* NULL: none */
    bool                 no_legend;

    /* The label of task i where tasks are drawn, written as text of at most `size`
     * bytes with its zero; false: the usual one. NULL: always the usual one. */
    bool (*label)(const weft_trace *t, size_t i, char *text, size_t size, void *context);
    void  *context; /* given to `label` */

    /* Set after ours, so they win; for the whole picture, every node, every edge. */
    const struct weft_draw_attr *graph_attrs, *node_attrs, *edge_attrs;
    size_t                       n_graph_attrs, n_node_attrs, n_edge_attrs;
};

/* `spec` may be NULL: all zero. */
WEFT_API weft_status weft_draw_trace(const weft_trace *t, const char *path,
                                     const struct weft_draw_spec *spec, struct weft_error *err);
/* The graph behind `targets`, which need not have run: several collections at once. */
WEFT_API weft_status weft_draw_tasks(weft_task *const *targets, size_t n, const char *path,
                                     const struct weft_draw_spec *spec, struct weft_error *err);
/* The same after the passes: what will run. */
WEFT_API weft_status weft_draw_plan(const weft_plan *plan, const char *path,
                                    const struct weft_draw_spec *spec, struct weft_error *err);

WEFT_END
#endif
