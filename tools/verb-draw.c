/* verb-draw.c - weft draw: a saved graph or trace becomes a picture. */
#include "tools/verb.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

static const char usage[] =
    "usage: weft draw FILE -o PICTURE [OPTION]...\n"
    "\n"
    "Draws the graph in FILE, saved by weft_trace_write(), and how it ran if it did.\n"
    "\n"
    "  -o PICTURE        where to; .svg, .png, .pdf or .dot says which format\n"
    "  --tasks           every task, though there are more than 300\n"
    "  --layers          a box per layer, though there are no more\n"
    "  --color WHAT      name (the default), order, duration, critical or worker\n"
    "  --rankdir DIR     TB (the default), LR, BT or RL: where dependencies lead\n"
    "  --title TEXT      above the legend\n"
    "  --no-legend       without work, span, parallelism and makespan\n"
    "  --graph NAME=VALUE, --node NAME=VALUE, --edge NAME=VALUE\n"
    "                    an attribute of Graphviz for the picture, all boxes, all arrows\n";

#if HAVE_DRAW

#include <weft/draw.h>

struct attrs {
    struct weft_draw_attr *list;
    size_t                 n;
};

/* Adds "name=value", which is cut in two. False: it is not of that form. */
static bool add_attr(struct attrs *a, char *text)
{
    char *equals = strchr(text, '=');
    struct weft_draw_attr *list;

    if (!equals || equals == text)
        return false;
    list = realloc(a->list, (a->n + 1) * sizeof *list);
    if (!list)
        return false;
    *equals = '\0';
    list[a->n] = (struct weft_draw_attr){text, equals + 1};
    a->list = list;
    a->n++;
    return true;
}

static bool find_color(const char *word, enum weft_draw_color *color)
{
    static const char *const words[] = {
        [WEFT_COLOR_NAME] = "name", [WEFT_COLOR_ORDER] = "order", [WEFT_COLOR_DURATION] = "duration",
        [WEFT_COLOR_CRITICAL] = "critical", [WEFT_COLOR_WORKER] = "worker"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!strcmp(word, words[i])) {
            *color = (enum weft_draw_color)i;
            return true;
        }
    }
    return false;
}

static bool is_rankdir(const char *word)
{
    return !strcmp(word, "TB") || !strcmp(word, "LR") || !strcmp(word, "BT") || !strcmp(word, "RL");
}

struct request {
    const char           *from, *to;
    struct weft_draw_spec spec;
    struct attrs          graph, node, edge;
};

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    enum { TASKS = 256, LAYERS, COLOR, RANKDIR, TITLE, NO_LEGEND, GRAPH, NODE, EDGE };
    static const struct option options[] = {
        {"tasks", no_argument, NULL, TASKS},         {"layers", no_argument, NULL, LAYERS},
        {"color", required_argument, NULL, COLOR},   {"rankdir", required_argument, NULL, RANKDIR},
        {"title", required_argument, NULL, TITLE},   {"no-legend", no_argument, NULL, NO_LEGEND},
        {"graph", required_argument, NULL, GRAPH},   {"node", required_argument, NULL, NODE},
        {"edge", required_argument, NULL, EDGE},     {NULL, 0, NULL, 0},
    };
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        switch (c) {
        case 'o':       r->to = optarg; break;
        case TASKS:     r->spec.mode = WEFT_DRAW_TASKS; break;
        case LAYERS:    r->spec.mode = WEFT_DRAW_LAYERS; break;
        case TITLE:     r->spec.title = optarg; break;
        case NO_LEGEND: r->spec.no_legend = true; break;
        case COLOR:
            if (!find_color(optarg, &r->spec.color))
                return misused("draw", "--color %s is none of name, order, duration, critical, worker", optarg);
            break;
        case RANKDIR:
            if (!is_rankdir(optarg))
                return misused("draw", "--rankdir %s is none of TB, LR, BT, RL", optarg);
            r->spec.rankdir = optarg;
            break;
        case GRAPH: case NODE: case EDGE:
            if (!add_attr(c == GRAPH ? &r->graph : c == NODE ? &r->node : &r->edge, optarg))
                return misused("draw", "%s is not of the form NAME=VALUE", optarg);
            break;
        case ':':
            return misused("draw", "%s needs a value", argv[optind - 1]);
        default:
            return misused("draw", "there is no option %s", argv[optind - 1]);
        }
    }
    if (optind == argc)
        return misused("draw", "a FILE is missing");
    if (optind < argc - 1)
        return misused("draw", "one FILE at a time: %s is too many", argv[optind + 1]);
    if (!r->to)
        return misused("draw", "where to? -o PICTURE is missing");
    r->from = argv[optind];
    r->spec.graph_attrs = r->graph.list;
    r->spec.n_graph_attrs = r->graph.n;
    r->spec.node_attrs = r->node.list;
    r->spec.n_node_attrs = r->node.n;
    r->spec.edge_attrs = r->edge.list;
    r->spec.n_edge_attrs = r->edge.n;
    return 0;
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct weft_error err;
    weft_trace *t = NULL;
    int code = read_options(argc, argv, &r);

    if (code)
        goto out;
    if (weft_trace_read(&t, r.from, &err) || weft_draw_trace(t, r.to, &r.spec, &err)) {
        weft_error_print(&err, stderr);
        code = 1;
    }
out:
    weft_trace_free(t);
    free(r.graph.list);
    free(r.node.list);
    free(r.edge.list);
    return code;
}

#else

static int run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(stderr, "weft draw: this Weft was built without Graphviz and cannot draw\n");
    return 1;
}

#endif

const struct verb verb_draw = {
    .summary = "a saved graph or trace as a picture",
    .usage = usage,
    .run = run,
};
