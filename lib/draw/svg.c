/* svg.c - a picture as SVG, laid out by ourselves. */
#include "lib/draw/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/draw/dot.h"
#include "lib/draw/label.h"

#define MARGIN     18.0
#define PAD_X      9.0
#define PAD_Y      6.0
#define LINE       13.5
#define SMALL_LINE 11.5
#define CARD       3.0

/* With more links heads of arrows are a grey mist, and half of the file; with more boxes
 * tooltips are. */
enum { MOST_HEADS = 4000, MOST_TIPS = 20000 };

/* ---- How a box looks ------------------------------------------------------------------ */

/* Attributes of Graphviz that we know, too; NULL: ours. */
struct look {
    const char *fill, *line, *ink, *width, *style, *shape, *tip, *label, *url;
};

static void take_attrs(struct look *k, const struct weft_draw_attr *attrs, size_t n)
{
    const struct { const char *name, **value; } known[] = {
        {"fillcolor", &k->fill}, {"color", &k->line}, {"fontcolor", &k->ink}, {"penwidth", &k->width}, {"style", &k->style},
        {"shape", &k->shape}, {"tooltip", &k->tip}, {"label", &k->label}, {"URL", &k->url}};

    for (size_t i = 0; i < n; i++) {
        for (size_t a = 0; a < sizeof known / sizeof *known; a++) {
            if (!strcmp(attrs[i].name, known[a].name))
                *known[a].value = attrs[i].value;
        }
    }
}

static struct look look_of_box(const struct wf_view *v, size_t box)
{
    struct weft_draw_attr own[WF_MAX_ATTRS];
    struct look k = {0};

    take_attrs(&k, v->spec->node_attrs, v->spec->n_node_attrs);
    take_attrs(&k, own, wf_box_attrs(v, box, own));
    return k;
}

static const char *dashes_of(const char *style)
{
    return !style ? "" : strstr(style, "dashed") ? " stroke-dasharray=\"5 3\"" : strstr(style, "dotted") ? " stroke-dasharray=\"1 3\"" : "";
}

/* How many cards a box of many tasks looks like: one more for each hundredfold. */
static int cards_of(const struct wf_box *b)
{
    return b->n_tasks <= 1 ? 0 : b->n_tasks < 100 ? 1 : b->n_tasks < 10000 ? 2 : 3;
}

static bool is_round(const struct wf_view *v, const struct wf_box *b, const struct look *k)
{
    if (k->shape)
        return !strcmp(k->shape, "circle") || !strcmp(k->shape, "ellipse") || !strcmp(k->shape, "oval");
    return v->spec->data_boxes && wf_shows_tasks(v) && b->kind != WF_BOX_DATA;
}

static const char *span_text(const struct wf_label *l, int i)
{
    return l->text.bytes ? l->text.bytes + l->spans[i].at : "";
}

static double font_of(enum wf_style style)
{
    return style == WF_SMALL ? 9 : 11;
}

/* How wide and high the words are. */
static void measure(const struct wf_label *l, double *w, double *h)
{
    double line = 0;

    *w = *h = 0;
    for (int i = 0; i < l->n; i++) {
        const enum wf_style style = l->spans[i].style;

        if (l->spans[i].breaks)
            line = 0;
        if (i == 0 || l->spans[i].breaks)
            *h += style == WF_SMALL ? SMALL_LINE : LINE;
        /* Bold letters are a tenth wider. */
        line += wf_text_width(span_text(l, i), font_of(style)) * (style == WF_BOLD ? 1.08 : 1);
        *w = line > *w ? line : *w;
    }
}

/* The label of a box, or the user's. */
static void label_of(struct wf_label *l, const struct wf_view *v, size_t box, const struct look *k)
{
    wf_label_box(l, v, box);
    if (!k->label)
        return;
    wf_text_clear(&l->text);
    l->n = 1;
    l->spans[0].at = 0;
    l->spans[0].style = WF_PLAIN;
    l->spans[0].breaks = false;
    wf_text_add_plain(&l->text, k->label, SIZE_MAX);
}

static void size_box(struct wf_place *p, const struct wf_view *v, size_t box, struct wf_label *label)
{
    const struct wf_box *b = &v->picture.boxes[box];
    const struct look k = look_of_box(v, box);

    label_of(label, v, box, &k);
    measure(label, &p->w, &p->h);
    if (is_round(v, b, &k))
        p->w = p->h = sqrt(p->w * p->w + p->h * p->h) + PAD_X;
    else {
        p->w += 2 * PAD_X + cards_of(b) * CARD;
        p->h += 2 * PAD_Y + cards_of(b) * CARD;
    }
    p->w = p->w < 30 ? 30 : p->w;
    p->h = p->h < 24 ? 24 : p->h;
}

/* ---- Boxes ----------------------------------------------------------------------------- */

static void write_words(struct wf_text *out, const struct wf_label *l, double x, double middle, const char *ink)
{
    double w, h, y;

    measure(l, &w, &h);
    y = middle - h / 2;
    for (int i = 0; i < l->n; i++) {
        static const char *const classes[] = {"b", "", "a", "s"};
        const enum wf_style style = l->spans[i].style;
        const bool begins = i == 0 || l->spans[i].breaks;

        if (begins) {
            y += style == WF_SMALL ? SMALL_LINE : LINE;
            wf_text_add(out, "<text class=\"m\" x=\"%.1f\" y=\"%.1f\"", x, y - 3);
            if (ink) {
                wf_text_add(out, " fill=\"");
                wf_text_add_xml(out, ink);
                wf_text_add(out, "\"");
            }
            wf_text_add(out, ">");
        }
        wf_text_add(out, style == WF_PLAIN ? "<tspan>" : "<tspan class=\"%s\">", classes[style]);
        wf_text_add_xml(out, span_text(l, i));
        wf_text_add(out, "</tspan>");
        if (i + 1 == l->n || l->spans[i + 1].breaks)
            wf_text_add(out, "</text>");
    }
}

static void write_paint(struct wf_text *out, const char *fill, const char *line, const char *width, const char *style)
{
    wf_text_add(out, " fill=\"");
    wf_text_add_xml(out, fill);
    wf_text_add(out, "\" stroke=\"");
    wf_text_add_xml(out, line);
    wf_text_add(out, "\" stroke-width=\"");
    wf_text_add_xml(out, width);
    wf_text_add(out, "\"%s/>", dashes_of(style));
}

static void write_box(struct wf_text *out, const struct wf_view *v, size_t box, const struct wf_place *p,
                      struct wf_label *label, struct wf_text *words)
{
    const struct wf_box *b = &v->picture.boxes[box];
    const struct wf_ink *ink = &v->coloring.of_box[box];
    const struct look k = look_of_box(v, box);
    const char *fill = k.fill ? k.fill : ink->fill, *line = k.line ? k.line : b->n_critical ? WF_RED : ink->line;
    const char *width = k.width ? k.width : !b->n_critical ? "1.1" : b->n_tasks > 1 ? "1.6" : "2.2";
    const double shift = cards_of(b) * CARD, w = p->w - shift, h = p->h - shift, x = p->x - p->w / 2, y = p->y - p->h / 2;
    char id[WF_BOX_ID];

    wf_text_add(out, "<g id=\"%s\" class=\"node\">", wf_box_id(v, box, id));
    if (k.url) {
        wf_text_add(out, "<a xlink:href=\"");
        wf_text_add_xml(out, k.url);
        wf_text_add(out, "\">");
    }
    if (v->picture.n_boxes <= MOST_TIPS) {
        wf_label_tooltip(words, v, box);
        wf_text_add(out, "<title>");
        wf_text_add_xml(out, k.tip ? k.tip : words->bytes ? words->bytes : "");
        wf_text_add(out, "</title>");
    }
    for (int c = cards_of(b); c > 0; c--) {
        wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\"", x + c * CARD, y + c * CARD, w, h);
        write_paint(out, fill, line, "0.8", k.style);
    }
    if (is_round(v, b, &k))
        wf_text_add(out, "<ellipse cx=\"%.1f\" cy=\"%.1f\" rx=\"%.1f\" ry=\"%.1f\"", p->x, p->y, p->w / 2, p->h / 2);
    else
        wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%d\"", x, y, w, h,
                    b->kind == WF_BOX_DATA ? 0 : 5);
    write_paint(out, fill, line, width, k.style);
    label_of(label, v, box, &k);
    write_words(out, label, x + w / 2, y + h / 2, k.ink);
    wf_text_add(out, k.url ? "</a></g>\n" : "</g>\n");
    out->failed = out->failed || label->text.failed || words->failed;
}

/* ---- Links ------------------------------------------------------------------------------ */

/* Straight within a rank, curves between ranks that leave and arrive along the direction. */
static void write_line(struct wf_text *out, const struct wf_point *p, size_t n, bool sideways)
{
    wf_text_add(out, "M%.1f %.1f", p[0].x, p[0].y);
    for (size_t i = 1; i < n; i++) {
        const struct wf_point *a = &p[i - 1], *b = &p[i];

        if (fabs(a->x - b->x) < 0.05 && fabs(a->y - b->y) < 0.05)
            continue;
        if (i % 2 == 1 || fabs(sideways ? a->y - b->y : a->x - b->x) < 0.5)
            wf_text_add(out, "L%.1f %.1f", b->x, b->y);
        else if (sideways)
            wf_text_add(out, "C%.1f %.1f %.1f %.1f %.1f %.1f", (a->x + b->x) / 2, a->y, (a->x + b->x) / 2, b->y, b->x, b->y);
        else
            wf_text_add(out, "C%.1f %.1f %.1f %.1f %.1f %.1f", a->x, (a->y + b->y) / 2, b->x, (a->y + b->y) / 2, b->x, b->y);
    }
}

static void write_link(struct wf_text *out, const struct wf_view *v, const struct wf_layout *l, size_t k,
                       const struct look *look, bool sideways)
{
    const struct wf_link *link = &v->picture.links[k];
    const struct wf_point *p = l->points + l->first[k];
    const size_t n = l->first[k + 1] - l->first[k];
    const bool has_head = v->picture.n_links <= MOST_HEADS, counts = !wf_shows_tasks(v) && link->n > 1;

    if (link->is_fused) {
        wf_text_add(out, "<path class=\"j\" d=\"");
        write_line(out, p, n, sideways);
        wf_text_add(out, "\"><title>joined: runs as one task</title></path>");
    }
    wf_text_add(out, link->is_critical ? "<path class=\"e c edge\" d=\"" : "<path class=\"e edge\" d=\"");
    write_line(out, p, n, sideways);
    wf_text_add(out, "\"");
    if (has_head)
        wf_text_add(out, link->is_critical ? " marker-end=\"url(#weft-red)\"" : " marker-end=\"url(#weft-grey)\"");
    if (look->line || look->width) {
        wf_text_add(out, " style=\"");
        if (look->line) {
            wf_text_add(out, "stroke:");
            wf_text_add_xml(out, look->line);
        }
        if (look->width) {
            wf_text_add(out, ";stroke-width:");
            wf_text_add_xml(out, look->width);
        }
        wf_text_add(out, "\"");
    } else if (counts && !link->is_critical) {
        wf_text_add(out, " stroke-width=\"%.2f\"", 1 + 0.35 * log10((double)link->n));
    }
    wf_text_add(out, "%s", dashes_of(look->style));
    if (counts)
        wf_text_add(out, "><title>%zu dependencies</title></path>\n", link->n);
    else
        wf_text_add(out, "/>\n");
}

/* How many dependencies a link stands for, where its first curve is half way. */
static void write_count(struct wf_text *out, const struct wf_view *v, const struct wf_layout *l, size_t k)
{
    const struct wf_point *p = l->points + l->first[k];
    char words[32];

    if (wf_shows_tasks(v) || v->picture.links[k].n <= 1)
        return;
    wf_svg_words(out, (p[1].x + p[2].x) / 2 + 3, (p[1].y + p[2].y) / 2 + 2, "n",
                 wf_count_text(v->picture.links[k].n, words));
}

/* ---- Under the picture ---------------------------------------------------------------------- */

enum { TILE = 104 };

/* Tiles of figures in a row of four, then what colours mean; without `out` only the size. */
static void write_legend(struct wf_text *out, const struct wf_view *v, double left, double top, double *w, double *h)
{
    struct wf_legend l;
    double x = left, y = top;

    *w = 0;
    if (v->spec->title) {
        char title[4 * WF_MOST_TITLE + 8];
        struct wf_text clean = {0};

        wf_text_add_plain(&clean, v->spec->title, WF_MOST_TITLE);
        snprintf(title, sizeof title, "%s", clean.bytes ? clean.bytes : "");
        wf_text_fini(&clean);
        y += 18;
        if (out)
            wf_svg_words(out, x, y, "t", title);
        *w = wf_text_width(title, 14) * 1.08;
        y += 8;
    }
    if (!v->spec->no_legend) {
        wf_legend_of(&l, v);
        for (int i = 0; i < l.n_tiles; i++) {
            y += i % 4 == 0 ? 30 : 0;
            if (out) {
                wf_svg_words(out, left + i % 4 * TILE, y - 14, "s", l.tiles[i].what);
                wf_svg_words(out, left + i % 4 * TILE, y, "v", l.tiles[i].value);
            }
        }
        *w = *w > 4 * TILE ? *w : 4 * TILE;
        y += 20;
        for (int i = 0; i < l.n_swatches; i++) {
            const double width = 30 + wf_text_width(l.swatches[i].word, 9);

            if (x > left && x + width > left + 4 * TILE) {
                x = left;
                y += 16;
            }
            if (out) {
                wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"16\" height=\"9\" rx=\"2\"", x, y - 8);
                write_paint(out, l.swatches[i].ink.fill, l.swatches[i].ink.line, "1", NULL);
                wf_svg_words(out, x + 20, y, "s", l.swatches[i].word);
            }
            x += width;
        }
        if (l.is_scale) {
            const double before = wf_text_width(l.scale, 9) + 14, least = wf_text_width(l.least, 9);

            x = left;
            y += 18;
            if (out) {
                wf_text_add(out, "<defs><linearGradient id=\"weft-scale\">");
                for (int i = 0; i < WF_N_GRADIENT; i++)
                    wf_text_add(out, "<stop offset=\"%.3f\" stop-color=\"%s\"/>", i / (WF_N_GRADIENT - 1.0),
                                v->coloring.swatches[i].fill);
                wf_text_add(out, "</linearGradient></defs>");
                wf_svg_words(out, x, y, "s", l.scale);
                wf_svg_words(out, x + before, y, "s", l.least);
                wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"140\" height=\"9\" fill=\"url(#weft-scale)\" stroke=\"" WF_PALE
                            "\" stroke-width=\"0.6\"/>", x + before + least + 6, y - 8);
                wf_svg_words(out, x + before + least + 152, y, "s", l.most);
            }
        }
        y += 6;
    }
    *h = y - top;
}

/* ---- All of it --------------------------------------------------------------------------------- */

static void write_marker(struct wf_text *out, const char *id, const char *color)
{
    wf_text_add(out, "<marker id=\"%s\" viewBox=\"0 0 8 6\" refX=\"7.4\" refY=\"3\" markerWidth=\"7\" markerHeight=\"5.5\" "
                "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 3L0 6z\" fill=\"%s\"/></marker>", id, color);
}

static void write_all(struct wf_text *out, const struct wf_view *v, const struct wf_layout *l, bool sideways,
                      struct wf_label *label)
{
    const char *background = "#ffffff";
    struct wf_text words = {0};
    struct look edges = {0};
    double w, h;

    take_attrs(&edges, v->spec->edge_attrs, v->spec->n_edge_attrs);
    for (size_t i = 0; i < v->spec->n_graph_attrs; i++) {
        if (!strcmp(v->spec->graph_attrs[i].name, "bgcolor"))
            background = v->spec->graph_attrs[i].value;
    }
    write_legend(NULL, v, MARGIN, l->height + 2 * MARGIN, &w, &h);
    wf_svg_begin(out, 2 * MARGIN + (w > l->width ? w : l->width), 3 * MARGIN + l->height + h, background);
    wf_text_add(out, "<defs>");
    write_marker(out, "weft-grey", WF_PALE);
    write_marker(out, "weft-red", WF_RED);
    wf_text_add(out, "</defs>\n<g transform=\"translate(%.1f %.1f)\">\n",
                MARGIN + (w > l->width ? (w - l->width) / 2 : 0), MARGIN);
    /* The path lies over other lines. */
    for (int red = 0; red < 2; red++) {
        for (size_t k = 0; k < v->picture.n_links; k++) {
            if (v->picture.links[k].is_critical == red)
                write_link(out, v, l, k, &edges, sideways);
        }
    }
    for (size_t b = 0; b < v->picture.n_boxes; b++)
        write_box(out, v, b, &l->places[b], label, &words);
    for (size_t k = 0; k < v->picture.n_links; k++)
        write_count(out, v, l, k);
    wf_text_add(out, "</g>\n");
    write_legend(out, v, MARGIN, l->height + 2 * MARGIN, &w, &h);
    wf_svg_end(out);
    wf_text_fini(&words);
}

weft_status wf_svg_write(struct wf_text *out, const struct wf_view *v, enum wf_direction direction, struct weft_error *err)
{
    const struct wf_picture *p = &v->picture;
    struct wf_place *places = wf_alloc_zero(p->n_boxes + 1, sizeof *places);
    struct wf_tie *ties = wf_alloc_array(p->n_links + 1, sizeof *ties);
    struct wf_layout l = {0};
    struct wf_label label = {0};
    weft_status st = WEFT_OK;

    if (!places || !ties) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    for (size_t b = 0; b < p->n_boxes; b++)
        size_box(&places[b], v, b, &label);
    for (size_t k = 0; k < p->n_links; k++)
        ties[k] = (struct wf_tie){p->links[k].from, p->links[k].to, p->links[k].is_critical};
    st = wf_layout(&l, places, p->n_boxes, ties, p->n_links, direction, err);
    if (st)
        goto out;
    write_all(out, v, &l, direction == WF_RIGHT || direction == WF_LEFT, &label);
    if (out->failed)
        st = wf_error_nomem(err, "a picture");
out:
    wf_label_fini(&label);
    wf_layout_fini(&l);
    wf_free(ties);
    wf_free(places);
    return st;
}
