/* verb-draw.c - weft draw: a saved graph or trace becomes a picture. */
#include "tools/verb.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include <weft/draw.h>

static const char usage[] =
    "usage: weft draw FILE [-o PICTURE] [OPTION]...\n"
    "\n"
    "Draws the graph in FILE, saved by weft_trace_write(), and how it ran if it did.\n"
    "\n"
    "  -o PICTURE        where to; .svg, .png, .pdf or .dot says which format; weft.svg\n"
    "  --stream          not the graph but the run in time: a row per worker (.svg)\n"
    "  --text, -o -      as a tree of text, to the terminal; --ascii: in plain letters\n"
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

/* The place of `word` in a list of `n`; -1: it is none of them. */
static int find(const char *word, const char *const *words, int n)
{
    for (int i = 0; i < n; i++) {
        if (!strcmp(word, words[i]))
            return i;
    }
    return -1;
}

enum what { AS_GRAPH, AS_STREAM, AS_TEXT };

struct request {
    enum what             what;
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
    [WEFT_COLOR_MEMORY_DECREASES] = "memory-decreases", [WEFT_COLOR_MEMORY_PRESSURE] = "memory-pressure"};
static const char *const cmaps[] = {
    [WEFT_CMAP_AUTO] = "auto", [WEFT_CMAP_COOL] = "cool", [WEFT_CMAP_WARM] = "warm", [WEFT_CMAP_VIOLET] = "violet",
    [WEFT_CMAP_GREY] = "grey", [WEFT_CMAP_RED_BLUE] = "red-blue"};
static const char *const engines[] = {
    [WEFT_ENGINE_AUTO] = "auto", [WEFT_ENGINE_GRAPHVIZ] = "graphviz", [WEFT_ENGINE_BUILTIN] = "builtin"};
static const char *const words[] = {
    [WEFT_WORDS_USUAL] = "usual", [WEFT_WORDS_VALUE] = "value", [WEFT_WORDS_ORDER_VALUE] = "order-value"};
static const char *const rankdirs[] = {"TB", "LR", "BT", "RL"};

#define LIST(words) words, (int)(sizeof words / sizeof *words)

/* 0, or 2 having said that the value of an option is none of its list. */
static int choose(int *to, const char *option, const char *const *list, int n)
{
    char all[256] = "";

    *to = find(optarg, list, n);
    if (*to >= 0)
        return 0;
    for (int i = 0; i < n; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", list[i]);
    return misused("draw", "--%s %s is none of %s", option, optarg, all);
}

/* 0, or 2 having said what is wrong. */
static int read_options(int argc, char **argv, struct request *r)
{
    enum { TASKS = 256, LAYERS, CHAINS, GROUPS, NO_PATH, COLOR, CMAP, MAXVAL, WORDS, VERBOSE, DATA, ENGINE, RANKDIR, TITLE,
           NO_LEGEND, STREAM, WIDTH, TEXT, ASCII, GRAPH, NODE, EDGE };
    static const struct option options[] = {
        {"tasks", no_argument, NULL, TASKS},          {"layers", no_argument, NULL, LAYERS},
        {"chains", no_argument, NULL, CHAINS},        {"groups", no_argument, NULL, GROUPS},
        {"no-path", no_argument, NULL, NO_PATH},      {"color", required_argument, NULL, COLOR},
        {"cmap", required_argument, NULL, CMAP},      {"maxval", required_argument, NULL, MAXVAL},
        {"words", required_argument, NULL, WORDS},    {"verbose", no_argument, NULL, VERBOSE},
        {"data-boxes", no_argument, NULL, DATA},      {"engine", required_argument, NULL, ENGINE},
        {"rankdir", required_argument, NULL, RANKDIR}, {"title", required_argument, NULL, TITLE},
        {"no-legend", no_argument, NULL, NO_LEGEND},  {"stream", no_argument, NULL, STREAM},
        {"text", no_argument, NULL, TEXT},            {"ascii", no_argument, NULL, ASCII},
        {"width", required_argument, NULL, WIDTH},    {"graph", required_argument, NULL, GRAPH},
        {"node", required_argument, NULL, NODE},      {"edge", required_argument, NULL, EDGE},
        {NULL, 0, NULL, 0},
    };
    int c, chosen = 0, code = 0;
    char *end;

    opterr = 0;
    while (!code && (c = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        switch (c) {
        case 'o':       r->to = optarg; break;
        case TASKS:     r->spec.mode = WEFT_DRAW_TASKS; break;
        case LAYERS:    r->spec.mode = WEFT_DRAW_LAYERS; break;
        case CHAINS:    r->spec.mode = WEFT_DRAW_CHAINS; break;
        case GROUPS:    r->spec.mode = WEFT_DRAW_GROUPS; break;
        case NO_PATH:   r->spec.no_path = true; break;
        case VERBOSE:   r->spec.verbose = true; break;
        case DATA:      r->spec.data_boxes = true; break;
        case TITLE:     r->spec.title = optarg; break;
        case NO_LEGEND: r->spec.no_legend = true; break;
        case STREAM:    r->what = AS_STREAM; break;
        case TEXT:      r->what = AS_TEXT; break;
        case ASCII:     r->text.ascii = true; break;
        case COLOR:
            code = choose(&chosen, "color", LIST(colors));
            r->spec.color = (enum weft_draw_color)chosen;
            break;
        case CMAP:
            code = choose(&chosen, "cmap", LIST(cmaps));
            r->spec.cmap = (enum weft_draw_cmap)chosen;
            break;
        case ENGINE:
            code = choose(&chosen, "engine", LIST(engines));
            r->spec.engine = (enum weft_draw_engine)chosen;
            break;
        case WORDS:
            code = choose(&chosen, "words", LIST(words));
            r->spec.words = (enum weft_draw_words)chosen;
            break;
        case RANKDIR:
            code = choose(&chosen, "rankdir", LIST(rankdirs));
            r->spec.rankdir = optarg;
            break;
        case WIDTH:
            r->stream.width = (int)strtol(optarg, &end, 10);
            if (end == optarg || *end || r->stream.width < 1)
                code = misused("draw", "--width %s is no number above 0", optarg);
            break;
        case MAXVAL:
            r->spec.maxval = strtod(optarg, &end);
            if (end == optarg || *end || !(r->spec.maxval > 0))
                code = misused("draw", "--maxval %s is no number above 0", optarg);
            break;
        case GRAPH: case NODE: case EDGE:
            if (!add_attr(c == GRAPH ? &r->graph : c == NODE ? &r->node : &r->edge, optarg))
                code = misused("draw", "%s is not of the form NAME=VALUE", optarg);
            break;
        case ':':
            return misused("draw", "%s needs a value", argv[optind - 1]);
        default:
            return misused("draw", "there is no option %s", argv[optind - 1]);
        }
    }
    if (code)
        return code;
    if (optind == argc)
        return misused("draw", "a FILE is missing");
    if (optind < argc - 1)
        return misused("draw", "one FILE at a time: %s is too many", argv[optind + 1]);
    r->from = argv[optind];
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
    if (r->what == AS_TEXT || (r->to && !strcmp(r->to, "-")))
        return weft_draw_text(t, stdout, &r->text, err);
    if (r->what == AS_GRAPH)
        return weft_draw_trace(t, r->to, &r->spec, err);
    r->stream.title = r->spec.title;
    r->stream.no_legend = r->spec.no_legend;
    return weft_draw_stream(t, r->to, &r->stream, err);
}

static int run(int argc, char **argv)
{
    struct request r = {0};
    struct weft_error err;
    weft_trace *t = NULL;
    int code = read_options(argc, argv, &r);

    if (code)
        goto out;
    if (weft_trace_read(&t, r.from, &err) || paint(t, &r, &err)) {
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

const struct verb verb_draw = {
    .summary = "a saved graph or trace as a picture",
    .usage = usage,
    .run = run,
};
