/* draw.c - a graph as a picture: the only door to Graphviz. */
#include <weft/draw.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

#include "lib/base/error.h"
#include "lib/base/output.h"
#include "lib/draw/label.h"

/* More than this takes dot minutes: 2000 boxes with 4000 links are laid out in 2 s,
 * with 8000 in 18 s. Fewer boxes than 300 can be too much to see, in knots of links. */
enum { AUTO_TASKS = 300, AUTO_LINKS = 1500, MAX_BOXES = 2000, MAX_LINKS = 10000 };

/* Graphviz keeps state of its own in globals, and tells its errors to one function:
 * all calls into it, and what it said last, are behind this lock. So is its context,
 * made once and kept: its text layout remembers the last font by a pointer into the
 * context, and reads there again when the next one is laid out (seen in 2.42). */
static pthread_mutex_t graphviz = PTHREAD_MUTEX_INITIALIZER;
static GVC_t          *context;
static char            said[256];

static int listen(char *words)
{
    const size_t n = strlen(said);

    snprintf(said + n, sizeof said - n, "%s", words);
    return 0;
}

/* ---- What was asked for -------------------------------------------------------- */

/* The format of Graphviz for the suffix of a path; NULL: none. */
static const char *format_of(const char *path)
{
    static const char *const formats[] = {"svg", "png", "pdf", "dot"};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++) {
        if (!strcmp(dot + 1, formats[i]))
            return formats[i];
    }
    return NULL;
}

static weft_status check_spec(const struct weft_draw_spec *spec, const char *path, struct weft_error *err)
{
    static const char *const rankdirs[] = {"TB", "LR", "BT", "RL"};

    if (!format_of(path))
        return weft_error_set(err, WEFT_INVALID, "%s: a picture ends in .svg, .png, .pdf or .dot", path);
    if ((unsigned)spec->color > WEFT_COLOR_WORKER || (unsigned)spec->mode > WEFT_DRAW_LAYERS)
        return weft_error_set(err, WEFT_INVALID, "draw: color %d or mode %d is none of the list",
                              (int)spec->color, (int)spec->mode);
    if (!spec->rankdir)
        return WEFT_OK;
    for (int i = 0; i < 4; i++) {
        if (!strcmp(spec->rankdir, rankdirs[i]))
            return WEFT_OK;
    }
    return weft_error_set(err, WEFT_INVALID, "draw: rankdir \"%s\" is none of TB, LR, BT, RL",
                          spec->rankdir);
}

/* Chooses tasks or layers, and refuses what no layout would end. */
static weft_status choose_mode(struct wf_view *v, bool needs_layout, struct weft_error *err)
{
    const struct weft_stats *s = weft_analysis_stats(v->analysis);

    v->by_layer = v->spec->mode == WEFT_DRAW_LAYERS ||
                  (v->spec->mode == WEFT_DRAW_AUTO && (s->n_tasks > AUTO_TASKS || s->n_edges > AUTO_LINKS));
    if (needs_layout && !v->by_layer && (s->n_tasks > MAX_BOXES || s->n_edges > MAX_LINKS))
        return weft_error_set(err, WEFT_INVALID,
                              "draw: %zu tasks with %zu dependencies cannot be laid out one by one; at most "
                              "%d with %d can. Draw layers, or write .dot",
                              s->n_tasks, s->n_edges, MAX_BOXES, MAX_LINKS);
    return WEFT_OK;
}

/* ---- Telling Graphviz ---------------------------------------------------------- */

static void set(void *object, const char *name, const char *value)
{
    agsafeset(object, (char *)name, (char *)value, "");
}

static void set_html(Agraph_t *g, void *object, const char *name, const struct wf_text *value)
{
    char *html = agstrdup_html(g, value->bytes ? value->bytes : " ");

    set(object, name, html);
    agstrfree(g, html);
}

/* A default for all objects of a kind: of nodes and edges then only what differs is set. */
static void set_default(Agraph_t *g, int kind, const char *name, const char *value)
{
    agattr(g, kind, (char *)name, (char *)value);
}

static void set_attrs(void *object, const struct weft_draw_attr *attrs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set(object, attrs[i].name, attrs[i].value);
}

/* Whether nothing is read by more than one. */
static bool is_forest(const struct wf_view *v)
{
    const struct wf_picture *p = &v->picture;
    bool *is_read = calloc(p->n_boxes + 1, sizeof *is_read), forest = is_read;

    for (size_t i = 0; forest && i < p->n_links; i++) {
        forest = !is_read[p->links[i].from];
        is_read[p->links[i].from] = true;
    }
    free(is_read);
    return forest;
}

#define FONTS "Helvetica,Arial,sans-serif"

static void set_style(Agraph_t *g, const struct wf_view *v)
{
    static const char *const graph[][2] = {
        {"bgcolor", "#ffffff"}, {"fontname", FONTS}, {"fontsize", "10"}, {"nodesep", "0.22"},
        {"ranksep", "0.42"}, {"pad", "0.25"}, {"labelloc", "b"}, {"labeljust", "l"},
        {"outputorder", "edgesfirst"}, {"nslimit", "4"}, {"nslimit1", "4"},
    };
    static const char *const node[][2] = {
        {"shape", "box"}, {"style", "rounded,filled"}, {"fontname", FONTS}, {"fontsize", "11"},
        {"fontcolor", WF_INK}, {"margin", "0.13,0.06"}, {"height", "0.34"}, {"width", "0.5"},
        {"penwidth", "1.1"}, {"label", ""}, {"tooltip", ""}, {"id", ""}, {"fillcolor", ""}, {"color", ""},
    };
    static const char *const edge[][2] = {
        {"color", "#8c959f"}, {"arrowsize", "0.6"}, {"penwidth", "1"}, {"fontname", FONTS},
        {"fontsize", "8"}, {"fontcolor", WF_GREY}, {"label", ""}, {"tooltip", ""}, {"weight", "1"},
    };

    set_default(g, AGRAPH, "label", "");
    set_default(g, AGRAPH, "style", "");
    for (size_t i = 0; i < sizeof graph / sizeof *graph; i++)
        set_default(g, AGRAPH, graph[i][0], graph[i][1]);
    for (size_t i = 0; i < sizeof node / sizeof *node; i++)
        set_default(g, AGNODE, node[i][0], node[i][1]);
    for (size_t i = 0; i < sizeof edge / sizeof *edge; i++)
        set_default(g, AGEDGE, edge[i][0], edge[i][1]);
    set(g, "rankdir", v->spec->rankdir ? v->spec->rankdir : "TB");
    /* In a forest inputs can stand in their order without a line crossing another. */
    if (is_forest(v))
        set(g, "ordering", "in");
    /* Curves are half of the time from here on, and few are seen as such. */
    if (v->picture.n_links > 1000)
        set(g, "splines", "line");
}

static Agnode_t *add_box(Agraph_t *g, const struct wf_view *v, size_t i, struct wf_text *text)
{
    const struct wf_box *b = &v->picture.boxes[i];
    const struct wf_ink *ink = &v->coloring.of_box[i];
    char name[32];
    Agnode_t *node;

    snprintf(name, sizeof name, "%s%zu", v->by_layer ? "layer" : "task", i);
    node = agnode(g, name, 1);
    set(node, "id", name);
    set(node, "fillcolor", ink->fill);
    set(node, "color", b->n_critical ? WF_RED : ink->line);
    if (b->n_critical)
        set(node, "penwidth", v->by_layer ? "1.8" : "2.4");
    if (v->by_layer && b->n_tasks > 1)
        set(node, "peripheries", "2");
    wf_label_box(text, v, b);
    set_html(g, node, "label", text);
    wf_label_tooltip(text, v, b);
    set(node, "tooltip", text->bytes ? text->bytes : "");
    set_attrs(node, v->spec->node_attrs, v->spec->n_node_attrs);
    return node;
}

static void add_link(Agraph_t *g, const struct wf_view *v, const struct wf_link *l, Agnode_t *from,
                     Agnode_t *to)
{
    Agedge_t *edge = agedge(g, from, to, NULL, 1);
    char text[64];

    snprintf(text, sizeof text, "  %zu", l->n);
    if (v->by_layer && l->n > 1)
        set(edge, "label", text);
    snprintf(text, sizeof text, l->n == 1 ? "1 dependency" : "%zu dependencies", l->n);
    set(edge, "tooltip", text);
    if (l->is_critical) {
        set(edge, "color", WF_RED);
        set(edge, "penwidth", "2.4");
        set(edge, "weight", "2"); /* rather straight */
    } else if (v->by_layer && l->n > 1) {
        snprintf(text, sizeof text, "%.2f", 1 + 0.35 * log10((double)l->n));
        set(edge, "penwidth", text);
    }
    set_attrs(edge, v->spec->edge_attrs, v->spec->n_edge_attrs);
}

/* A dashed frame around tasks that run as one. */
static void add_frames(Agraph_t *g, const struct wf_view *v, Agnode_t **nodes)
{
    Agraph_t *frame = NULL;
    char name[32];

    for (size_t i = 1; !v->by_layer && i < v->picture.n_boxes; i++) {
        if (!weft_trace_task(v->trace, i)->fused) {
            frame = NULL;
            continue;
        }
        if (!frame) {
            snprintf(name, sizeof name, "cluster%zu", i);
            frame = agsubg(g, name, 1);
            set(frame, "label", ""); /* not that of the picture, which is inherited */
            set(frame, "style", "rounded,dashed");
            set(frame, "color", "#8c959f");
            set(frame, "margin", "6");
            set(frame, "tooltip", "joined: runs as one task");
            agsubnode(frame, nodes[i - 1], 1);
        }
        agsubnode(frame, nodes[i], 1);
    }
}

/* Given: agclose(). NULL: no memory, of ours or of Graphviz. */
static Agraph_t *tell(const struct wf_view *v)
{
    Agraph_t *g = agopen((char *)"weft", Agdirected, NULL);
    Agnode_t **nodes = calloc(v->picture.n_boxes + 1, sizeof *nodes);
    struct wf_text text = {0};
    bool ok = g && nodes;

    if (ok)
        set_style(g, v);
    for (size_t i = 0; ok && i < v->picture.n_boxes; i++)
        nodes[i] = add_box(g, v, i, &text);
    for (size_t i = 0; ok && i < v->picture.n_links; i++) {
        const struct wf_link *l = &v->picture.links[i];

        add_link(g, v, l, nodes[l->from], nodes[l->to]);
    }
    if (ok) {
        wf_label_legend(&text, v);
        if (v->spec->title || !v->spec->no_legend)
            set_html(g, g, "label", &text);
        add_frames(g, v, nodes);
        set_attrs(g, v->spec->graph_attrs, v->spec->n_graph_attrs);
    }
    ok = ok && !text.failed;
    wf_text_fini(&text);
    free(nodes);
    if (!ok && g)
        agclose(g);
    return ok ? g : NULL;
}

/* ---- The picture as bytes -------------------------------------------------------- */

/* The graph in the language of dot, not laid out; the caller's to free(). */
static bool as_dot(Agraph_t *g, char **bytes, size_t *n)
{
    FILE *to = open_memstream(bytes, n);
    bool ok;

    if (!to)
        return false;
    ok = agwrite(g, to) == 0;
    return fclose(to) == 0 && ok;
}

/* Lays out and renders; *bytes is the caller's to free(), as Graphviz uses malloc(). */
static bool as_picture(Agraph_t *g, const char *format, char **bytes, size_t *n)
{
    unsigned length = 0;
    bool ok = false;

    if (!context)
        context = gvContext();
    if (!context)
        return false;
    if (gvLayout(context, g, "dot") == 0) {
        ok = gvRenderData(context, g, format, bytes, &length) == 0 && *bytes;
        gvFreeLayout(context, g);
    }
    *n = length;
    return ok;
}

static weft_status render(const struct wf_view *v, const char *path, char **bytes, size_t *n,
                          struct weft_error *err)
{
    const char *format = format_of(path);
    weft_status st = WEFT_OK;
    agusererrf before;
    Agraph_t *g;

    pthread_mutex_lock(&graphviz);
    said[0] = '\0';
    before = agseterrf(listen);
    g = tell(v);
    if (!g) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    if (!(strcmp(format, "dot") ? as_picture(g, format, bytes, n) : as_dot(g, bytes, n))) {
        const char *why = strncmp(said, "Error: ", 7) == 0 ? said + 7 : said;

        said[strcspn(said, "\n")] = '\0';
        st = weft_error_set(err, WEFT_UNSUPPORTED, "%s: Graphviz cannot render %s: %s", path, format,
                            why[0] ? why : "no reason given");
    }
    agclose(g);
out:
    agseterrf(before);
    pthread_mutex_unlock(&graphviz);
    return st;
}

static weft_status write_whole(const char *path, const char *bytes, size_t n, struct weft_error *err)
{
    struct wf_output out;
    weft_status st = wf_output_open(&out, path, err);

    if (!st)
        st = wf_output_write(&out, bytes, n, err);
    if (!st)
        st = wf_output_close(&out, err);
    wf_output_fini(&out);
    return st;
}

weft_status weft_draw_trace(const weft_trace *t, const char *path, const struct weft_draw_spec *spec,
                            struct weft_error *err)
{
    static const struct weft_draw_spec all_usual = {0};
    struct wf_view v = {.trace = t, .spec = spec ? spec : &all_usual};
    weft_analysis *a = NULL;
    char *bytes = NULL;
    size_t n = 0;
    weft_status st = check_spec(v.spec, path, err);

    if (!st)
        st = weft_analyse_trace(&a, t, err);
    if (st)
        goto out;
    v.analysis = a;
    st = choose_mode(&v, strcmp(format_of(path), "dot") != 0, err);
    if (!st)
        st = wf_collapse(&v.picture, t, a, v.by_layer, err);
    if (!st)
        st = wf_coloring_init(&v.coloring, v.spec->color, &v.picture, t, err);
    if (!st)
        st = render(&v, path, &bytes, &n, err);
    if (!st)
        st = write_whole(path, bytes, n, err);
out:
    free(bytes);
    wf_coloring_fini(&v.coloring);
    wf_picture_fini(&v.picture);
    weft_analysis_free(a);
    return st;
}

weft_status weft_draw_tasks(weft_task *const *targets, size_t n, const char *path,
                            const struct weft_draw_spec *spec, struct weft_error *err)
{
    weft_trace *t = NULL;
    weft_status st = weft_trace_of_tasks(&t, targets, n, err);

    if (!st)
        st = weft_draw_trace(t, path, spec, err);
    weft_trace_free(t);
    return st;
}

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
