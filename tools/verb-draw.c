/* verb-draw.c - weft draw: a saved graph or trace becomes a picture. */
#include "tools/verb.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include <weft/draw.h>

#include "tools/options.h"

static const char usage[] =
    "usage: weft draw FILE [-o PICTURE] [OPTION]...\n"
    "\n"
    "Draws the graph in FILE, saved by weft_trace_write(), and how it ran if it did.\n"
    "\n"
    "  -o PICTURE        where to; .svg, .png, .pdf or .dot says which format; weft.svg\n"
    "  --stream          not the graph but the run in time: a row per worker (.svg)\n"
    "  --text, -o -      as a tree of text, to the terminal; --ascii: that in plain letters\n"
    "  --width POINTS    of the time axis of a stream\n"
    "  --tasks, --chains, --groups, --layers\n"
    "                    how much detail; else the most that can be read\n"
    "  --no-path         the critical path shares boxes with other tasks\n"
    "  --color WHAT      name (the default), order, duration, critical, worker, age, freed,\n"
    "                    memory-increases, memory-decreases or memory-pressure\n"
    "  --cmap NAME       of a scale: cool, warm, violet, grey or red-blue\n"
    "  --maxval NUMBER   what has the last colour of a scale\n"
    "  --words WHAT      on boxes: usual, value or order-value\n"
    "  --verbose         whole keys on boxes\n"
    "  --data-boxes      as Dask: a circle per task and a box for what it gives\n"
    "  --rankdir DIR     TB, LR, BT or RL: where dependencies lead\n"
    "  --engine NAME     auto, builtin or graphviz\n"
    "  --title TEXT      above the legend\n"
    "  --no-legend       without work, span, parallelism and makespan\n"
    "  --graph NAME=VALUE, --node NAME=VALUE, --edge NAME=VALUE\n"
    "                    an attribute of Graphviz for the picture, all boxes, all arrows\n";

struct attrs {
    struct weft_draw_attr *list;
    size_t                 n;
};

/* Adds "name=value", which is cut in two. False: it is not of that form. */
static bool add_attr(void *to, char *value)
{
    struct attrs *a = to;
    char *equals = strchr(value, '=');
    struct weft_draw_attr *list;

    if (!equals || equals == value)
        return false;
    list = realloc(a->list, (a->n + 1) * sizeof *list);
    if (!list)
        return false;
    *equals = '\0';
    list[a->n] = (struct weft_draw_attr){value, equals + 1};
    a->list = list;
    a->n++;
    return true;
}

struct request {
    bool                  as_text, as_stream;
    struct weft_draw_stream_spec stream;
    struct weft_draw_text_spec text;
    const char           *from, *to;
    struct weft_draw_spec spec;
    struct attrs          graph, node, edge;
};

static const char *const colors[] = {
    [WEFT_COLOR_NAME] = "name", [WEFT_COLOR_ORDER] = "order", [WEFT_COLOR_DURATION] = "duration",
    [WEFT_COLOR_CRITICAL] = "critical", [WEFT_COLOR_WORKER] = "worker", [WEFT_COLOR_AGE] = "age",
    [WEFT_COLOR_FREED] = "freed", [WEFT_COLOR_MEMORY_INCREASES] = "memory-increases",
    [WEFT_COLOR_MEMORY_DECREASES] = "memory-decreases", [WEFT_COLOR_MEMORY_PRESSURE] = "memory-pressure", NULL};
static const char *const cmaps[] = {
    [WEFT_CMAP_AUTO] = "auto", [WEFT_CMAP_COOL] = "cool", [WEFT_CMAP_WARM] = "warm", [WEFT_CMAP_VIOLET] = "violet",
    [WEFT_CMAP_GREY] = "grey", [WEFT_CMAP_RED_BLUE] = "red-blue", NULL};
static const char *const engines[] = {
    [WEFT_ENGINE_AUTO] = "auto", [WEFT_ENGINE_GRAPHVIZ] = "graphviz", [WEFT_ENGINE_BUILTIN] = "builtin", NULL};
static const char *const words[] = {
    [WEFT_WORDS_USUAL] = "usual", [WEFT_WORDS_VALUE] = "value", [WEFT_WORDS_ORDER_VALUE] = "order-value", NULL};
static const char *const rankdirs[] = {"TB", "LR", "BT", "RL", NULL};

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    static const char wrong_attr[] = "not of the form NAME=VALUE";
    bool to_terminal;
    int rankdir = -1;
    const struct option_row rows[] = {
        {"o", OPTION_TEXT, INTO(r->to)},
        {"stream", OPTION_IS, INTO(r->as_stream), .is = true},
        {"text", OPTION_IS, INTO(r->as_text), .is = true},
        {"ascii", OPTION_IS, INTO(r->text.ascii), .is = true},
        {"width", OPTION_COUNT, INTO(r->stream.width), .least = 1, .most = INT_MAX},
        {"tasks", OPTION_IS, INTO(r->spec.mode), .is = WEFT_DRAW_TASKS},
        {"chains", OPTION_IS, INTO(r->spec.mode), .is = WEFT_DRAW_CHAINS},
        {"groups", OPTION_IS, INTO(r->spec.mode), .is = WEFT_DRAW_GROUPS},
        {"layers", OPTION_IS, INTO(r->spec.mode), .is = WEFT_DRAW_LAYERS},
        {"no-path", OPTION_IS, INTO(r->spec.no_path), .is = true},
        {"color", OPTION_WORD, INTO(r->spec.color), .words = colors},
        {"cmap", OPTION_WORD, INTO(r->spec.cmap), .words = cmaps},
        {"maxval", OPTION_REAL, INTO(r->spec.maxval)},
        {"words", OPTION_WORD, INTO(r->spec.words), .words = words},
        {"verbose", OPTION_IS, INTO(r->spec.verbose), .is = true},
        {"data-boxes", OPTION_IS, INTO(r->spec.data_boxes), .is = true},
        {"rankdir", OPTION_WORD, INTO(rankdir), .words = rankdirs},
        {"engine", OPTION_WORD, INTO(r->spec.engine), .words = engines},
        {"title", OPTION_TEXT, INTO(r->spec.title)},
        {"no-legend", OPTION_IS, INTO(r->spec.no_legend), .is = true},
        {"graph", OPTION_READ, INTO(r->graph), .read = add_attr, .wrong = wrong_attr},
        {"node", OPTION_READ, INTO(r->node), .read = add_attr, .wrong = wrong_attr},
        {"edge", OPTION_READ, INTO(r->edge), .read = add_attr, .wrong = wrong_attr},
    };
    const int code = options_read(argc, argv, rows, N_ROWS(rows), "FILE", &r->from);

    if (code)
        return code;
    to_terminal = r->to && !strcmp(r->to, "-");
    r->as_text |= r->text.ascii || to_terminal;
    if (r->as_text && r->as_stream)
        return misused("draw", "a stream is a picture: not with --text, --ascii or -o -");
    if (r->as_text && r->to && !to_terminal)
        return misused("draw", "-o %s is too many: text goes to the terminal", r->to);
    r->spec.rankdir = rankdir < 0 ? NULL : rankdirs[rankdir];
    r->stream.title = r->spec.title;
    r->stream.no_legend = r->spec.no_legend;
    r->spec.graph_attrs = r->graph.list;
    r->spec.n_graph_attrs = r->graph.n;
    r->spec.node_attrs = r->node.list;
    r->spec.n_node_attrs = r->node.n;
    r->spec.edge_attrs = r->edge.list;
    r->spec.n_edge_attrs = r->edge.n;
    return 0;
}

static weft_status paint(const weft_trace *t, struct request *r, struct weft_error *err)
{
    if (r->as_text)
        return weft_draw_text(t, stdout, &r->text, err);
    if (r->as_stream)
        return weft_draw_stream(t, r->to, &r->stream, err);
    return weft_draw_trace(t, r->to, &r->spec, err);
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct weft_error err;
    weft_trace *t = NULL;
    int code = read_options(argc, argv, &r);

    if (code)
        goto out;
    if (weft_trace_read(&t, r.from, &err) || paint(t, &r, &err))
        code = failed("draw", &err);
out:
    weft_trace_free(t);
    free(r.graph.list);
    free(r.node.list);
    free(r.edge.list);
    return code;
}

const struct verb verb_draw = {
    .summary = "a saved graph or trace as a picture",
    .usage = usage,
    .run = run,
};
