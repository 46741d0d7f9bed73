/* weft/draw.h - a graph, and how it ran, as a picture (libweft-draw).
 *
 *     struct weft_draw_spec how = {.color = WEFT_COLOR_CRITICAL};
 *     weft_draw_tasks(&total, 1, "out/mean.svg", &how, &err);
 *
 * The suffix of the path chooses the format: .svg, .png, .pdf or .dot; without a path it
 * is "weft.svg". The file appears when it is complete: a failed drawing leaves what was
 * there before.
 *
 * Arrows point from what is computed to what reads it; values known already are not
 * shown. A graph too big to be read task by task is drawn by less: chains, groups of
 * one layer on one level, layers, each with how many tasks it has. The critical path
 * (the longest by time, or by number of tasks when nothing is measured; weft/analyse.h)
 * is red and goes its own way through all of them, in boxes of its own; of a long path
 * the most costly tasks, and what is between them as a count. Boxes show measured time
 * and slack and the bytes of results, as far as they are known; the pointer over a box
 * tells more. A legend gives work, span, parallelism and makespan.
 *
 * Errors:  WEFT_IO with the path; WEFT_INVALID for an unknown suffix or more boxes
 *          than can be laid out; WEFT_UNSUPPORTED, with the reason, for what needs
 *          Graphviz (.png and .pdf of graphs) where it, or a part of it, is missing.
 * Threads: any thread may call. Graphviz works for one caller at a time, so
 *          drawings by it wait for each other behind a lock of this library; do not
 *          use Graphviz directly in another thread meanwhile.
 */
#ifndef WEFT_DRAW_H
#define WEFT_DRAW_H

#include <stdio.h>
#include <weft/array.h>
#include <weft/bag.h>
#include <weft/frame.h>
#include <weft/trace.h>

WEFT_BEGIN

/* ---- How ------------------------------------------------------------------------- */

enum weft_draw_mode {
    WEFT_DRAW_AUTO,   /* the first that can be read: tasks up to 300, then chains, groups, layers */
    WEFT_DRAW_TASKS,  /* every task; at most 200000 with 500000 dependencies (Graphviz: 2000 with
                       * 10000), in .dot any number */
    WEFT_DRAW_LAYERS, /* a box per layer, or per name where there are no layers; at most 300 and the path */
    WEFT_DRAW_CHAINS, /* a box per chain of tasks that wait for one each, and it for them alone */
    WEFT_DRAW_GROUPS, /* a box per layer, or name, and level */
};

enum weft_draw_color {
    WEFT_COLOR_NAME,     /* one colour per name or layer */
    WEFT_COLOR_ORDER,    /* from first to last in the order of the trace */
    WEFT_COLOR_DURATION, /* from shortest to longest measured time */
    WEFT_COLOR_CRITICAL, /* only the critical path has a colour */
    WEFT_COLOR_WORKER,   /* one colour per worker that ran the task */
    /* When one worker runs the tasks in their order (weft_plan_order_stats()), in bytes
     * where results say theirs, else counted: */
    WEFT_COLOR_AGE,              /* how many tasks run until the result is dropped */
    WEFT_COLOR_FREED,            /* how many results it is the last to read */
    WEFT_COLOR_MEMORY_INCREASES, /* how much more is held when its result is dropped than when it began */
    WEFT_COLOR_MEMORY_DECREASES, /* how much less */
    WEFT_COLOR_MEMORY_PRESSURE,  /* how much is held when it begins */
};

/* Scales of colours; equal steps look equal, and dark words can be read on all. */
enum weft_draw_cmap {
    WEFT_CMAP_AUTO,     /* the one that suits the colouring */
    WEFT_CMAP_COOL,     /* yellow, green, blue */
    WEFT_CMAP_WARM,     /* cream to orange */
    WEFT_CMAP_VIOLET,
    WEFT_CMAP_GREY,
    WEFT_CMAP_RED_BLUE, /* through white */
};

enum weft_draw_engine {
    WEFT_ENGINE_AUTO,     /* ours for .svg; Graphviz for all else, and for .svg with graph_attrs where it is here */
    WEFT_ENGINE_GRAPHVIZ, /* finer, and slow beyond some hundred boxes */
    WEFT_ENGINE_BUILTIN,  /* needs no Graphviz: .svg */
};

/* What boxes say. */
enum weft_draw_words {
    WEFT_WORDS_USUAL,
    WEFT_WORDS_VALUE,       /* the value that colours them; the order where colours are no scale */
    WEFT_WORDS_ORDER_VALUE, /* "12-3": order and value */
};

/* A Graphviz attribute: {"shape", "box"}. The built-in engine knows fillcolor, color,
 * fontcolor, penwidth, style (dashed, dotted), shape (box, circle), label, tooltip and URL of
 * boxes, color, penwidth and style of arrows, and bgcolor of the picture; it passes over all
 * others without a word. Who needs them asks for WEFT_ENGINE_GRAPHVIZ. */
struct weft_draw_attr {
    const char *name;
    const char *value;
};

struct weft_draw_spec {
    enum weft_draw_mode  mode;
    enum weft_draw_color color;
    const char          *rankdir; /* "TB", "LR", "BT" or "RL"; NULL: TB, or LR where that fits a page better */
    const char          *title;   /* NULL: none */
    bool                 no_legend;

    /* The label of task i where tasks are drawn, written as text of at most `size`
     * bytes with its zero; false: the usual one. NULL: always the usual one. */
    bool (*label)(const weft_trace *t, size_t i, char *text, size_t size, void *context);
    void  *context; /* given to `label` and `task_attrs` */

    /* Set after ours, so they win; for the whole picture, every node, every edge. */
    const struct weft_draw_attr *graph_attrs, *node_attrs, *edge_attrs;
    size_t                       n_graph_attrs, n_node_attrs, n_edge_attrs;

    /* Attributes of task i: at most `room` (8 or more) into `attrs`; answers how many. Their texts are
     * read before the next call. They win over node_attrs. NULL: none. */
    size_t (*task_attrs)(const weft_trace *t, size_t i, struct weft_draw_attr *attrs, size_t room, void *context);

    enum weft_draw_engine engine;
    enum weft_draw_cmap   cmap;
    double                maxval;     /* what has the last colour of a scale; 0: the greatest value */
    enum weft_draw_words  words;
    bool                  no_path;    /* tasks of the critical path share boxes with others */
    bool                  data_boxes; /* as Dask: a circle per task, and a box for what it gives (in .TASKS) */
    bool                  verbose;    /* whole keys on boxes */
    bool                  optimized;  /* of tasks and collections: after the passes, as they will run */
};

/* ---- Graphs ------------------------------------------------------------------------ */

/* `spec` may be NULL, in all of these: all zero; `path`, too. */
WEFT_API weft_status weft_draw_trace(const weft_trace *t, const char *path,
                                     const struct weft_draw_spec *spec, struct weft_error *err);
/* The graph behind `targets`, which need not have run: several results at once. */
WEFT_API weft_status weft_draw_tasks(weft_task *const *targets, size_t n, const char *path,
                                     const struct weft_draw_spec *spec, struct weft_error *err);
/* The graph behind all parts of several collections. */
WEFT_API weft_status weft_draw_collections(const struct weft_collection *collections, size_t n, const char *path,
                                           const struct weft_draw_spec *spec, struct weft_error *err);
/* The same after the passes: what will run. */
WEFT_API weft_status weft_draw_plan(const weft_plan *plan, const char *path,
                                    const struct weft_draw_spec *spec, struct weft_error *err);

/* As weft_draw_trace(), into memory: *bytes, with a zero behind the last, is given: free() it.
 * `format` is "svg", "png", "pdf" or "dot". */
WEFT_API weft_status weft_draw_bytes(const weft_trace *t, const char *format, const struct weft_draw_spec *spec,
                                     char **bytes, size_t *n, struct weft_error *err);

/* ---- A run in time ------------------------------------------------------------------- */

struct weft_draw_stream_spec {
    const char *title;     /* NULL: none */
    int         width;     /* of the time axis, in points; 0: 1100 */
    bool        no_curves; /* without bodies at once, memory and processors below */
    bool        no_legend;
};

/* The task stream (Gantt chart), as .svg: a row per worker, a bar per body in the colour of
 * its function, what it ran within it inset. White is idle, red is transfer between
 * processes, orange is disk, black failed; ticks are steals. Bodies narrower than a point are
 * shades, by how much of the point they fill: ten million events make a few megabytes.
 * Runs are told apart. Below, on the same axis, how many bodies ran at once, and what was
 * sampled of memory and processors. Path NULL: "stream.svg". */
WEFT_API weft_status weft_draw_stream(const weft_trace *t, const char *path, const struct weft_draw_stream_spec *spec,
                                      struct weft_error *err);

/* ---- How collections are cut ----------------------------------------------------------- */

struct weft_draw_parts_spec {
    const char *title; /* NULL: the name of the operation, "frame" or "bag" */
    int         size;  /* of the longest axis of an array, in points; 0: 180 */
};

/* As .svg, computing nothing. An array: its type, shape, bytes and chunks, and its blocks as a
 * bar, a grid or a block in space, more than three axes as several; long axes are drawn
 * shorter than they are, and of many cuts some. A frame: its columns, its partitions, and
 * the rows they begin with where that is known. A bag: its partitions and records. A
 * collection that has failed has no picture, and its status is the answer. Path NULL:
 * "array.svg", "frame.svg", "bag.svg". */
WEFT_API weft_status weft_draw_array(const weft_array *a, const char *path, const struct weft_draw_parts_spec *spec,
                                     struct weft_error *err);
WEFT_API weft_status weft_draw_frame(const weft_frame *f, const char *path, const struct weft_draw_parts_spec *spec,
                                     struct weft_error *err);
WEFT_API weft_status weft_draw_bag(const weft_bag *b, const char *path, const struct weft_draw_parts_spec *spec,
                                   struct weft_error *err);

/* ---- In a terminal ------------------------------------------------------------------------ */

struct weft_draw_text_spec {
    int  width;   /* of a line, in characters; 0: that of the terminal, or 100 */
    int  n_lines; /* of the tree, at most; 0: 80 */
    bool ascii;   /* no other characters */
};

/* The graph as a tree, what was asked for on top, below it what that reads; by tasks, chains,
 * groups or layers, as pictures are. Each box stands once; where it is read again, only its name.
 * The critical path has a star; the bars are shares of the work. `spec` may be NULL. */
WEFT_API weft_status weft_draw_text(const weft_trace *t, FILE *to, const struct weft_draw_text_spec *spec,
                                    struct weft_error *err);

WEFT_END
#endif
