/* dot.c - a picture in the language of dot, for Graphviz and for whoever reads it. */
#include "lib/draw/dot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/draw/label.h"

#define FONTS "Helvetica,Arial,sans-serif"
#define SMALL "<font point-size=\"9\" color=\"" WF_GREY "\">"

const char *wf_box_id(const struct wf_view *v, size_t box, char id[WF_BOX_ID])
{
    const enum wf_box_kind kind = v->picture.boxes[box].kind;

    snprintf(id, WF_BOX_ID, "%s%zu",
             kind == WF_BOX_DATA ? "data" : wf_shows_tasks(v) ? "task" : v->picture.mode == WEFT_DRAW_LAYERS ? "layer" : "box",
             v->spec->data_boxes && wf_shows_tasks(v) ? box / 2 : box);
    return id;
}

size_t wf_box_attrs(const struct wf_view *v, size_t box, struct weft_draw_attr attrs[WF_MAX_ATTRS])
{
    const struct weft_draw_spec *spec = v->spec;
    size_t n;

    if (!spec->task_attrs || v->picture.boxes[box].n_tasks != 1)
        return 0;
    n = spec->task_attrs(v->trace, v->picture.boxes[box].first, attrs, WF_MAX_ATTRS, spec->context);
    return n < WF_MAX_ATTRS ? n : WF_MAX_ATTRS;
}

/* ---- Attributes -------------------------------------------------------------------- */

static void set(struct wf_text *out, const char *name, const char *value)
{
    wf_text_add_quoted(out, name);
    wf_text_add(out, "=");
    wf_text_add_quoted(out, value);
    wf_text_add(out, ",");
}

static void set_attrs(struct wf_text *out, const struct weft_draw_attr *attrs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set(out, attrs[i].name, attrs[i].value);
}

/* Whether nothing is read by more than one: no box has two links from it. Links come by
 * reader, so they are counted by who is read. */
static bool is_forest(const struct wf_view *v)
{
    const struct wf_picture *p = &v->picture;
    uint64_t seen[(WF_MAX_BOXES + 63) / 64 + 1] = {0};

    if (p->n_boxes > WF_MAX_BOXES)
        return false;
    for (size_t i = 0; i < p->n_links; i++) {
        const uint64_t bit = (uint64_t)1 << (p->links[i].from % 64);

        if (seen[p->links[i].from / 64] & bit)
            return false;
        seen[p->links[i].from / 64] |= bit;
    }
    return true;
}

static void write_style(struct wf_text *out, const struct wf_view *v, const char *rankdir)
{
    static const struct weft_draw_attr graph[] = {
        {"bgcolor", "#ffffff"}, {"fontname", FONTS}, {"fontsize", "10"}, {"nodesep", "0.22"},
        {"ranksep", "0.42"}, {"pad", "0.25"}, {"labelloc", "b"}, {"labeljust", "l"},
        {"outputorder", "edgesfirst"}, {"nslimit", "4"}, {"nslimit1", "4"},
    };
    static const struct weft_draw_attr node[] = {
        {"shape", "box"}, {"style", "rounded,filled"}, {"fontname", FONTS}, {"fontsize", "11"},
        {"fontcolor", WF_INK}, {"margin", "0.13,0.06"}, {"height", "0.34"}, {"width", "0.5"}, {"penwidth", "1.1"},
    };
    static const struct weft_draw_attr edge[] = {
        {"color", WF_PALE}, {"arrowsize", "0.6"}, {"penwidth", "1"}, {"fontname", FONTS},
        {"fontsize", "8"}, {"fontcolor", WF_GREY},
    };

    wf_text_add(out, "graph [");
    set_attrs(out, graph, sizeof graph / sizeof *graph);
    set(out, "rankdir", rankdir);
    /* In a forest inputs can stand in their order without a line crossing another. */
    if (is_forest(v))
        set(out, "ordering", "in");
    /* Curves are half of the time from here on, and few are seen as such. */
    if (v->picture.n_links > 1000)
        set(out, "splines", "line");
    wf_text_add(out, "];\nnode [");
    set_attrs(out, node, sizeof node / sizeof *node);
    wf_text_add(out, "];\nedge [");
    set_attrs(out, edge, sizeof edge / sizeof *edge);
    wf_text_add(out, "];\n");
}

/* ---- Boxes and links ------------------------------------------------------------------ */

static void write_label(struct wf_text *out, const struct wf_label *l)
{
    static const char *const open[] = {"<b>", "<font>", "<font color=\"" WF_DIM "\">",
                                       "<font point-size=\"9\" color=\"" WF_DIM "\">"};

    if (l->n == 1 && l->text.n == 0) {
        wf_text_add(out, "label=\"\",");
        return;
    }
    wf_text_add(out, "label=<");
    for (int i = 0; i < l->n; i++) {
        const enum wf_style style = l->spans[i].style;

        wf_text_add(out, l->spans[i].breaks ? "<br/>%s" : "%s", open[style]);
        wf_text_add_html(out, l->text.bytes ? l->text.bytes + l->spans[i].at : "", SIZE_MAX);
        wf_text_add(out, style == WF_BOLD ? "</b>" : "</font>");
    }
    wf_text_add(out, ">,");
}

static void write_box(struct wf_text *out, const struct wf_view *v, size_t box, struct wf_label *label,
                      struct wf_text *words)
{
    const struct wf_box *b = &v->picture.boxes[box];
    const struct wf_ink *ink = &v->coloring.of_box[box];
    struct weft_draw_attr attrs[WF_MAX_ATTRS];
    struct wf_text escaped = {0};
    char id[WF_BOX_ID];

    wf_box_id(v, box, id);
    wf_text_add(out, "%s [id=\"%s\",fillcolor=\"%s\",color=\"%s\",", id, id, ink->fill,
                b->n_critical ? WF_RED : ink->line);
    if (b->n_critical)
        wf_text_add(out, "penwidth=\"%s\",", b->n_tasks > 1 ? "1.8" : "2.4");
    if (b->n_tasks > 1)
        wf_text_add(out, "peripheries=\"2\",");
    if (v->spec->data_boxes && wf_shows_tasks(v))
        wf_text_add(out, b->kind == WF_BOX_DATA ? "style=\"filled\"," : "shape=\"circle\",margin=\"0.02\",");
    wf_label_box(label, v, box);
    write_label(out, label);
    wf_label_tooltip(words, v, box);
    wf_text_add_escaped(&escaped, words->bytes ? words->bytes : "");
    set(out, "tooltip", escaped.bytes ? escaped.bytes : "");
    set_attrs(out, v->spec->node_attrs, v->spec->n_node_attrs);
    set_attrs(out, attrs, wf_box_attrs(v, box, attrs));
    wf_text_add(out, "];\n");
    out->failed = out->failed || escaped.failed || label->text.failed || words->failed;
    wf_text_fini(&escaped);
}

static void write_link(struct wf_text *out, const struct wf_view *v, const struct wf_link *l)
{
    char from[WF_BOX_ID], to[WF_BOX_ID];

    wf_text_add(out, "%s -> %s [", wf_box_id(v, l->from, from), wf_box_id(v, l->to, to));
    if (!wf_shows_tasks(v) && l->n > 1)
        wf_text_add(out, "label=\"  %zu\",", l->n);
    wf_text_add(out, l->n == 1 ? "tooltip=\"1 dependency\"," : "tooltip=\"%zu dependencies\",", l->n);
    if (l->is_critical) /* and rather straight */
        wf_text_add(out, "color=\"" WF_RED "\",penwidth=\"2.4\",weight=\"2\",");
    else if (!wf_shows_tasks(v) && l->n > 1)
        wf_text_add(out, "penwidth=\"%.2f\",", 1 + 0.35 * log10((double)l->n));
    set_attrs(out, v->spec->edge_attrs, v->spec->n_edge_attrs);
    wf_text_add(out, "];\n");
}

/* A dashed frame around tasks that run as one. */
static void write_frames(struct wf_text *out, const struct wf_view *v)
{
    bool is_open = false;
    char id[WF_BOX_ID];

    if (!wf_shows_tasks(v) || v->spec->data_boxes)
        return;
    for (size_t i = 1; i < v->picture.n_boxes; i++) {
        const bool joined = weft_trace_task(v->trace, i)->fused;

        if (joined && !is_open)
            wf_text_add(out, "subgraph cluster%zu {label=\"\"; style=\"rounded,dashed\"; color=\"" WF_PALE
                        "\"; margin=\"6\"; tooltip=\"joined: runs as one task\"; %s; ", i, wf_box_id(v, i - 1, id));
        if (joined)
            wf_text_add(out, "%s; ", wf_box_id(v, i, id));
        if (is_open && !joined)
            wf_text_add(out, "}\n");
        is_open = joined;
    }
    if (is_open)
        wf_text_add(out, "}\n");
}

/* ---- The legend: a table of four columns, each as wide as a swatch and a word ----------- */

enum { N_COLUMNS = 4 };

static void write_swatch(struct wf_text *out, int *n, const struct wf_ink *ink, const char *word)
{
    if (*n > 0 && *n % N_COLUMNS == 0)
        wf_text_add(out, "</tr><tr>");
    (*n)++;
    wf_text_add(out, "<td border=\"1\" bgcolor=\"%s\" color=\"%s\" width=\"16\" height=\"10\" "
                "fixedsize=\"true\"></td><td align=\"left\" width=\"72\">" SMALL "%s</font></td>",
                ink->fill, ink->line, word);
}

static void write_legend(struct wf_text *out, const struct wf_view *v)
{
    struct wf_legend l;
    int n = 0;

    wf_legend_of(&l, v);
    for (int i = 0; i < l.n_tiles; i++)
        wf_text_add(out, "%s<td colspan=\"2\" align=\"left\" balign=\"left\">" SMALL "%s</font><br/>"
                    "<font point-size=\"12\" color=\"" WF_INK "\"><b>%s</b></font></td>",
                    i % N_COLUMNS ? "" : i ? "</tr><tr>" : "<tr>", l.tiles[i].what, l.tiles[i].value);
    wf_text_add(out, "</tr><tr>");
    for (int i = 0; i < l.n_swatches; i++)
        write_swatch(out, &n, &l.swatches[i].ink, l.swatches[i].word);
    if (l.is_scale) {
        char word[128];

        snprintf(word, sizeof word, "%s: %s", l.scale, l.least);
        write_swatch(out, &n, &v->coloring.swatches[0], word);
        write_swatch(out, &n, &v->coloring.swatches[WF_N_GRADIENT - 1], l.most);
    }
    /* Empty cells hold the width of columns that no swatch is in. */
    for (; n < N_COLUMNS; n++)
        wf_text_add(out, "<td width=\"16\"></td><td width=\"72\"></td>");
    wf_text_add(out, "</tr>");
}

static void write_caption(struct wf_text *out, const struct wf_view *v)
{
    if (!v->spec->title && v->spec->no_legend)
        return;
    wf_text_add(out, "label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"1\">"
                "<tr><td height=\"6\"></td></tr>");
    if (v->spec->title) {
        wf_text_add(out, "<tr><td colspan=\"8\" align=\"left\"><font point-size=\"14\" color=\"" WF_INK "\"><b>");
        wf_text_add_html(out, v->spec->title, WF_MOST_TITLE);
        wf_text_add(out, "</b></font></td></tr>");
    }
    if (!v->spec->no_legend)
        write_legend(out, v);
    wf_text_add(out, "</table>>;\n");
}

void wf_dot_write(struct wf_text *out, const struct wf_view *v, const char *rankdir)
{
    struct wf_label label = {0};
    struct wf_text words = {0};

    wf_text_add(out, "digraph weft {\n");
    write_style(out, v, rankdir);
    for (size_t b = 0; b < v->picture.n_boxes; b++)
        write_box(out, v, b, &label, &words);
    for (size_t i = 0; i < v->picture.n_links; i++)
        write_link(out, v, &v->picture.links[i]);
    write_frames(out, v);
    write_caption(out, v);
    if (v->spec->n_graph_attrs) {
        wf_text_add(out, "graph [");
        set_attrs(out, v->spec->graph_attrs, v->spec->n_graph_attrs);
        wf_text_add(out, "];\n");
    }
    wf_text_add(out, "}\n");
    wf_label_fini(&label);
    wf_text_fini(&words);
}
