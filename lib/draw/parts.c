/* parts.c - how a collection is cut: the blocks of an array, the partitions of a frame or a bag. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <weft/draw.h>

#include "lib/base/error.h"
#include "lib/base/units.h"
#include "lib/draw/color.h"
#include "lib/draw/file.h"
#include "lib/draw/label.h"
#include "lib/draw/svg.h"

#define MARGIN 18.0
#define LINE   17.0
#define FACE   "#fde5c5" /* of a block */
#define TOP    "#fff3df"
#define SIDE   "#f3cf9d"
#define CUT    "#a0651c"
#define SLANT  0.45      /* of an axis that goes into the page, to the right and down */

enum { USUAL_SIZE = 180, MOST_SIZE = 2000, MOST_CUTS = 40, MOST_SHOWN = 24 };

/* ---- The table to the left ------------------------------------------------------------- */

struct table {
    struct wf_text *out;
    double          y, label_width, right; /* where the widest row ends */
};

static void table_begin(struct table *t, const char *title)
{
    t->y = MARGIN + 12;
    wf_svg_words(t->out, MARGIN, t->y, "t", title);
    t->y += 10;
}

static void row(struct table *t, const char *what, const char *value)
{
    t->y += LINE;
    wf_svg_words(t->out, MARGIN, t->y, "s", what);
    wf_svg_words(t->out, MARGIN + t->label_width, t->y, "", value);
    if (MARGIN + t->label_width + wf_text_width(value, 11) > t->right)
        t->right = MARGIN + t->label_width + wf_text_width(value, 11);
}

static void finish(struct wf_text *out, struct wf_text *body, double width, double height)
{
    wf_svg_begin(out, width, height, "#ffffff");
    if (body->n)
        wf_text_add_bytes(out, body->bytes, body->n);
    wf_svg_end(out);
    out->failed = out->failed || body->failed;
    wf_text_fini(body);
}

static weft_status size_of(const struct weft_draw_parts_spec *spec, double *size, struct weft_error *err)
{
    *size = spec && spec->size ? spec->size : USUAL_SIZE;
    if (*size < 1 || *size > MOST_SIZE)
        return weft_error_set(err, WEFT_INVALID, "draw: a size of %d points is none of 1 .. %d", spec->size, MOST_SIZE);
    return WEFT_OK;
}

/* ---- The blocks of an array --------------------------------------------------------------- */

/* An axis on paper: its length there, and where it is cut, from 0 to that length. */
struct axis {
    double         length, cuts[MOST_CUTS + 2];
    int            n_cuts;
    int64_t        size, n_chunks;
};

/* Long axes are long, but none is a hundred times another: lengths on paper are as the fourth
 * root of what they are. */
static void axis_of(struct axis *x, const weft_array *a, int nth, double longest, double points)
{
    const int64_t *cuts = weft_array_cuts(a, nth);
    const int64_t every = (weft_array_n_chunks_along(a, nth) + MOST_CUTS - 1) / MOST_CUTS;

    x->size = weft_array_shape(a)[nth];
    x->n_chunks = weft_array_n_chunks_along(a, nth);
    x->length = points * (x->size > 0 ? pow((double)x->size / longest, 0.25) : 0);
    x->length = x->length < 12 ? 12 : x->length;
    x->n_cuts = 0;
    for (int64_t c = 1; c < x->n_chunks; c++) {
        if (c % every == 0 && x->n_cuts < MOST_CUTS && x->size > 0)
            x->cuts[x->n_cuts++] = (double)cuts[c] / (double)x->size * x->length;
    }
}

/* A face spanned by two axes from a corner, with its cuts. */
struct way {
    double x, y; /* on paper, per point of the axis */
};

static void face(struct wf_text *out, double x, double y, const struct axis *a, struct way along_a, const struct axis *b,
                 struct way along_b, const char *fill)
{
    const double ax = a->length * along_a.x, ay = a->length * along_a.y, bx = b->length * along_b.x, by = b->length * along_b.y;

    wf_text_add(out, "<path class=\"face\" fill=\"%s\" stroke=\"" CUT "\" stroke-width=\"1.4\" stroke-linejoin=\"round\" "
                "d=\"M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz\"/>", fill, x, y, ax, ay, bx, by, -ax, -ay);
    wf_text_add(out, "<path fill=\"none\" stroke=\"" CUT "\" stroke-width=\"0.7\" d=\"M0 0");
    for (int c = 0; c < a->n_cuts; c++)
        wf_text_add(out, "M%.1f %.1fl%.1f %.1f", x + a->cuts[c] * along_a.x, y + a->cuts[c] * along_a.y, bx, by);
    for (int c = 0; c < b->n_cuts; c++)
        wf_text_add(out, "M%.1f %.1fl%.1f %.1f", x + b->cuts[c] * along_b.x, y + b->cuts[c] * along_b.y, ax, ay);
    wf_text_add(out, "\"/>\n");
}

static void size_text(struct wf_text *out, double x, double y, const char *classes, int64_t size)
{
    char text[32];

    wf_svg_words(out, x, y, classes, wf_count_text((size_t)size, text));
}

/* One, two or three axes as a bar, a grid or a block; answers its width, and *bottom. */
static double draw_axes(struct wf_text *out, const struct axis *axes, int n, double x, double y, double *bottom)
{
    static const struct way right = {1, 0}, down = {0, 1}, into = {SLANT, SLANT};
    static const struct axis thin = {.length = 26, .size = 1, .n_chunks = 1};
    const struct axis *across = &axes[n - 1], *along = n > 1 ? &axes[n - 2] : &thin, *deep = n > 2 ? &axes[n - 3] : NULL;
    const double depth = deep ? deep->length * SLANT : 0;

    if (deep) {
        face(out, x, y, deep, into, across, right, TOP);
        face(out, x, y, deep, into, along, down, SIDE);
    }
    face(out, x + depth, y + depth, along, down, across, right, FACE);
    *bottom = y + depth + along->length + 18;
    size_text(out, x + depth + across->length / 2, *bottom - 4, "s m", across->size);
    if (n > 1)
        size_text(out, x + depth + across->length + 6, y + depth + along->length / 2 + 3, "s", along->size);
    if (deep)
        size_text(out, x - 4 + depth / 2, y + depth / 2 + along->length + 12, "s r", deep->size);
    return depth + across->length + 56;
}

static int64_t longest_chunk(const weft_array *a, int axis)
{
    const int64_t *cuts = weft_array_cuts(a, axis);
    int64_t longest = 0;

    for (int64_t c = 0; c < weft_array_n_chunks_along(a, axis); c++)
        longest = cuts[c + 1] - cuts[c] > longest ? cuts[c + 1] - cuts[c] : longest;
    return longest;
}

/* "(1000, 3)"; of each axis the longest chunk when `of_chunk`. */
static void shape_text(const weft_array *a, bool of_chunk, char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "(");

    for (int d = 0; d < weft_array_n_dims(a) && n < size; d++)
        n += (size_t)snprintf(text + n, size - n, "%s%" PRId64, d ? ", " : "",
                              of_chunk ? longest_chunk(a, d) : weft_array_shape(a)[d]);
    if (n < size)
        snprintf(text + n, size - n, ")");
}

static double chunk_bytes(const weft_array *a)
{
    double bytes = (double)weft_dtype_size(weft_array_dtype(a));

    for (int d = 0; d < weft_array_n_dims(a); d++)
        bytes *= (double)longest_chunk(a, d);
    return bytes;
}

static void describe_array(struct table *t, const weft_array *a)
{
    char text[256], chunk[256], bytes[WEFT_UNITS_TEXT], words[600];

    row(t, "type", weft_dtype_name(weft_array_dtype(a)));
    shape_text(a, false, text, sizeof text);
    row(t, "shape", text);
    row(t, "bytes", wf_bytes_text(weft_array_bytes(a), bytes));
    row(t, "chunks", wf_count_text((size_t)weft_array_n_chunks(a), text));
    shape_text(a, true, chunk, sizeof chunk);
    snprintf(words, sizeof words, "%s, %s", chunk, wf_bytes_text((size_t)chunk_bytes(a), bytes));
    row(t, "one chunk", words);
}

/* Axes in blocks of three, the last ones in the last; what is left over comes first. */
static void draw_array(struct wf_text *out, const weft_array *a, double size, const char *title)
{
    struct wf_text body = {0};
    struct table t = {&body, 0, 64, MARGIN + 226};
    struct axis axes[WEFT_MAX_DIMS];
    const int n = weft_array_n_dims(a);
    double x, lowest = 0, longest = 1;

    table_begin(&t, title);
    describe_array(&t, a);
    x = t.right + 24;
    for (int d = 0; d < n; d++)
        longest = (double)weft_array_shape(a)[d] > longest ? (double)weft_array_shape(a)[d] : longest;
    for (int d = 0; d < n; d++)
        axis_of(&axes[d], a, d, longest, size);
    for (int d = 0; d < n;) {
        const int in_block = (n - d) % 3 ? (n - d) % 3 : 3;
        double bottom;

        x += draw_axes(&body, axes + d, in_block, x, MARGIN + 12, &bottom);
        lowest = bottom > lowest ? bottom : lowest;
        d += in_block;
    }
    if (n == 0) { /* one element, which has no axis */
        wf_text_add(&body, "<rect class=\"face\" x=\"%.1f\" y=\"%.1f\" width=\"24\" height=\"24\" fill=\"" FACE "\" stroke=\"" CUT "\"/>", x,
                    MARGIN + 12);
        x += 40;
        lowest = MARGIN + 50;
    }
    finish(out, &body, x + MARGIN, (t.y > lowest ? t.y : lowest) + MARGIN);
}

/* ---- The partitions of a frame or a bag ------------------------------------------------------- */

/* Which of n partitions have a row of their own: the first ones and the last, when there are too many. */
static int64_t shown(int64_t i, int64_t n)
{
    return n <= MOST_SHOWN || i < MOST_SHOWN / 2 ? i : n - MOST_SHOWN + i;
}

static void gap_words(struct wf_text *out, double x, double y, int64_t n)
{
    char words[64], count[32];

    snprintf(words, sizeof words, "\xe2\x80\xa6 %s more \xe2\x80\xa6", wf_count_text((size_t)n, count));
    wf_svg_words(out, x, y, "s m", words);
}

/* Partitions as bands, one below the other, each cut into columns of these widths. */
static double draw_bands(struct wf_text *out, double x, double y, const double *widths, int n_columns, int64_t n, double band)
{
    const int64_t n_shown = n < MOST_SHOWN ? n : MOST_SHOWN;
    double width = 0;

    for (int c = 0; c < n_columns; c++)
        width += widths[c];
    for (int64_t i = 0; i < n_shown; i++) {
        double left = x;

        if (i == MOST_SHOWN / 2 && n > n_shown) {
            gap_words(out, x + width / 2, y + 13, n - n_shown);
            y += 20;
        }
        wf_text_add(out, "<g class=\"partition\"><title>partition %" PRId64 "</title>", shown(i, n));
        for (int c = 0; c < n_columns; c++) {
            wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"#fff\"/>", left, y,
                        widths[c], band - 3, wf_ink_of((size_t)c).fill);
            left += widths[c];
        }
        wf_text_add(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"none\" stroke=\"" WF_PALE "\"/></g>\n", x,
                    y, width, band - 3);
        y += band;
    }
    return y;
}

enum { MOST_COLUMNS = 12 };

static void name_columns(struct wf_text *out, const weft_frame *f, double x, double y, double *widths, int n)
{
    for (int c = 0; c < n; c++) {
        struct wf_text name = {0};
        const char *dtype = weft_dtype_name(weft_frame_dtype(f, c));

        wf_text_add_plain(&name, weft_frame_name(f, c), 24);
        widths[c] = wf_text_width(name.bytes ? name.bytes : "", 11) * 1.08 + 16;
        widths[c] = widths[c] > wf_text_width(dtype, 9) + 16 ? widths[c] : wf_text_width(dtype, 9) + 16;
        wf_svg_words(out, x + widths[c] / 2, y, "b m", name.bytes ? name.bytes : "");
        wf_svg_words(out, x + widths[c] / 2, y + 12, "s m", dtype);
        out->failed = out->failed || name.failed;
        wf_text_fini(&name);
        x += widths[c];
    }
}

static void draw_frame(struct wf_text *out, const weft_frame *f, const char *title)
{
    struct wf_text body = {0};
    struct table t = {&body, 0, 74, 0};
    const int64_t *divisions = weft_frame_divisions(f);
    const int n_columns = weft_frame_n_columns(f), n_named = n_columns < MOST_COLUMNS ? n_columns : MOST_COLUMNS;
    const int64_t n = weft_frame_n_partitions(f), n_shown = n < MOST_SHOWN ? n : MOST_SHOWN;
    const double left = MARGIN + 290, band = n <= 12 ? 26 : 19;
    double widths[MOST_COLUMNS + 1], width = 0, top = MARGIN + 42, y, bottom;
    int n_bands = n_named;
    char text[64], count[32];

    table_begin(&t, title);
    row(&t, "partitions", wf_count_text((size_t)n, count));
    row(&t, "columns", wf_count_text((size_t)n_columns, count));
    row(&t, "rows", weft_frame_n_rows(f) < 0 ? "not known before a run" : wf_count_text((size_t)weft_frame_n_rows(f), count));
    row(&t, "divisions", divisions ? "known" : "not known");
    name_columns(&body, f, left, top - 18, widths, n_named);
    if (n_columns > n_named) {
        snprintf(text, sizeof text, "+%d", n_columns - n_named);
        widths[n_bands++] = 40;
    }
    for (int c = 0; c < n_bands; c++)
        width += widths[c];
    if (n_columns > n_named)
        wf_svg_words(&body, left + width - 20, top - 12, "s m", text);
    bottom = draw_bands(&body, left, top, widths, n_bands, n, band);
    /* Where partitions begin, beside them. */
    y = top;
    for (int64_t i = 0; i < n_shown && divisions; i++) {
        y += i == MOST_SHOWN / 2 && n > n_shown ? 20 : 0;
        size_text(&body, left - 8, y + 9, "s r", divisions[shown(i, n)]);
        y += band;
    }
    if (divisions && n > 0)
        size_text(&body, left - 8, y + 6, "s r", divisions[n]);
    finish(out, &body, left + width + 2 * MARGIN, (t.y > bottom ? t.y : bottom) + MARGIN);
}

static void draw_bag(struct wf_text *out, const weft_bag *b, const char *title)
{
    static const char *const kinds[] = {
        [WEFT_SAME] = "", [WEFT_STRUCTS] = "structs", [WEFT_TEXTS] = "texts", [WEFT_PAIRS] = "pairs", [WEFT_GROUPS] = "groups"};
    struct wf_text body = {0};
    struct table t = {&body, 0, 74, 0};
    const int64_t n = weft_bag_n_partitions(b);
    const bool has_key = weft_bag_kind(b) == WEFT_PAIRS || weft_bag_kind(b) == WEFT_GROUPS;
    const double widths[] = {has_key ? 60 : 150, 90}, left = MARGIN + 250;
    double bottom, top = MARGIN + 30;
    char bytes[WEFT_UNITS_TEXT], count[32];

    table_begin(&t, title);
    row(&t, "partitions", wf_count_text((size_t)n, count));
    row(&t, "records", kinds[weft_bag_kind(b)]);
    if (weft_bag_kind(b) != WEFT_TEXTS)
        row(&t, has_key ? "a value" : "a record", wf_bytes_text(weft_bag_record_bytes(b), bytes));
    wf_svg_words(&body, left + widths[0] / 2, top - 8, "b m", has_key ? "key" : kinds[weft_bag_kind(b)]);
    if (has_key)
        wf_svg_words(&body, left + widths[0] + widths[1] / 2, top - 8, "b m", weft_bag_kind(b) == WEFT_PAIRS ? "value" : "values");
    bottom = draw_bands(&body, left, top, widths, has_key ? 2 : 1, n, n <= 12 ? 26 : 19);
    finish(out, &body, left + 150 + 2 * MARGIN, (t.y > bottom ? t.y : bottom) + MARGIN);
}

/* ---- Outwards ---------------------------------------------------------------------------------- */

static const char *title_of(const struct weft_draw_parts_spec *spec, const char *usual)
{
    return spec && spec->title ? spec->title : usual;
}

static weft_status write_out(const char *path, struct wf_text *out, struct weft_error *err)
{
    const char *format;
    weft_status st = wf_draw_format(&format, path, "svg", err);

    st = st ? st : wf_draw_write(path, out, err);
    wf_text_fini(out);
    return st;
}

weft_status weft_draw_array(const weft_array *a, const char *path, const struct weft_draw_parts_spec *spec,
                            struct weft_error *err)
{
    struct wf_text out = {0};
    double size;
    weft_status st = weft_array_status(a, err);

    st = st ? st : size_of(spec, &size, err);
    if (st)
        return st;
    draw_array(&out, a, size, title_of(spec, weft_array_name(a)));
    return write_out(path ? path : "array.svg", &out, err);
}

weft_status weft_draw_frame(const weft_frame *f, const char *path, const struct weft_draw_parts_spec *spec,
                            struct weft_error *err)
{
    struct wf_text out = {0};
    weft_status st = weft_frame_status(f, err);

    if (st)
        return st;
    draw_frame(&out, f, title_of(spec, "frame"));
    return write_out(path ? path : "frame.svg", &out, err);
}

weft_status weft_draw_bag(const weft_bag *b, const char *path, const struct weft_draw_parts_spec *spec,
                          struct weft_error *err)
{
    struct weft_collection c = weft_bag_collection((weft_bag *)b);
    struct wf_text out = {0};
    weft_status st = c.type && c.type->status ? c.type->status(c.self, err) : WEFT_OK;

    if (st)
        return st;
    draw_bag(&out, b, title_of(spec, "bag"));
    return write_out(path ? path : "bag.svg", &out, err);
}
