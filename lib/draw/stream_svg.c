/* stream_svg.c - the task stream: a row per worker, a bar per body, and curves on the same axis. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <weft/draw.h>

#include "lib/base/duration.h"
#include "lib/base/error.h"
#include "lib/base/units.h"
#include "lib/draw/color.h"
#include "lib/draw/file.h"
#include "lib/draw/label.h"
#include "lib/draw/stream.h"
#include "lib/draw/svg.h"

#define LEFT    92.0
#define RIGHT   24.0
#define PANEL   64.0
#define PANEL_GAP 26.0
#define BLACK   "#111111" /* it failed */
#define DISK    "#f08c00"
#define WIRE    "#e03131"
#define WAITS   "#f1f3f5"
#define WAITS_MEMORY "#fff3bf"
#define OTHERS  "#adb5bd"

enum { USUAL_WIDTH = 1100, MOST_WIDTH = 20000, N_COLORS = 11, MOST_TIPS = 20000, MOST_RUN_LINES = 60 };

struct canvas {
    struct wf_text         *out;
    const struct wf_stream *s;
    double                  width, row; /* of the plot; height of a worker's row */
};

static double x_of(const struct canvas *c, int64_t ns)
{
    return LEFT + (double)(ns - c->s->begin_ns) / (double)(c->s->end_ns - c->s->begin_ns) * c->width;
}

/* The most costly functions have a colour each; the orange and ochre of the palette are
 * left to disks. */
static const char *color_of(const struct wf_stream *s, uint32_t function, char text[8])
{
    static const unsigned char nth[N_COLORS] = {0, 1, 3, 4, 7, 10, 8, 9, 11, 6, 13};
    const uint32_t rank = s->functions[function].rank;

    if (rank >= N_COLORS)
        return OTHERS;
    memcpy(text, wf_ink_of(nth[rank]).line, 8);
    return text;
}

static void rect(struct wf_text *out, double x, double y, double w, double h, const char *fill)
{
    wf_text_add(out, "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"", x, y, w, h, fill);
}

/* ---- Rows ----------------------------------------------------------------------------- */

/* Columns of narrow bodies: runs of columns with one colour and one shade are one. */
static void draw_bins(const struct canvas *c, int row, double y)
{
    const struct wf_bin *bins = c->s->bins + (size_t)row * c->s->n_columns;
    const double step = c->width / (double)c->s->n_columns;

    for (size_t i = 0, end; i < c->s->n_columns; i = end) {
        const int shade = (int)ceil((bins[i].busy > 1 ? 1 : bins[i].busy) * 8);
        char text[8];

        for (end = i + 1; end < c->s->n_columns; end++) {
            const int next = (int)ceil((bins[end].busy > 1 ? 1 : bins[end].busy) * 8);

            if (next != shade || (shade && bins[end].function != bins[i].function))
                break;
        }
        if (!shade)
            continue;
        rect(c->out, LEFT + (double)i * step, y, (double)(end - i) * step, c->row, color_of(c->s, bins[i].function, text));
        wf_text_add(c->out, shade < 8 ? " opacity=\"%.2f\"/>\n" : "/>\n", shade / 8.0);
    }
}

static void draw_bar(const struct canvas *c, const struct wf_bar *bar, double y)
{
    const struct weft_event *e = &weft_trace_events(c->s->trace)[bar->event];
    const bool has_task = e->task != UINT32_MAX && e->task < weft_trace_n_tasks(c->s->trace);
    const int depth = bar->depth > 3 ? 3 : bar->depth;
    const double inset = depth * c->row * 0.18, x = x_of(c, e->begin_ns);
    const char *fill, *word = NULL;
    char text[8], time[WF_DURATION_TEXT];

    switch (e->kind) {
    case WEFT_EVENT_MEMORY:  fill = WAITS_MEMORY; word = "waits for memory"; break;
    case WEFT_EVENT_NEED:    fill = WAITS; word = "waits for a resource or a moment"; break;
    case WEFT_EVENT_SPILL:   fill = DISK; word = "writes to disk"; break;
    case WEFT_EVENT_UNSPILL: fill = DISK; word = "reads from disk"; break;
    case WEFT_EVENT_SEND:    fill = WIRE; word = "sends"; break;
    case WEFT_EVENT_RECEIVE: fill = WIRE; word = "receives"; break;
    default:                 fill = color_of(c->s, c->s->names.of[e->task], text);
    }
    if (e->flags & WEFT_EVENT_FAILED)
        fill = BLACK;
    rect(c->out, x, y + inset, x_of(c, e->end_ns) - x, c->row - inset, fill);
    wf_text_add(c->out, depth ? " class=\"bar\" stroke=\"#fff\" stroke-width=\"0.5\"" : " class=\"bar\"");
    if (c->s->n_bars > MOST_TIPS) {
        wf_text_add(c->out, "/>\n");
        return;
    }
    wf_text_add(c->out, "><title>");
    if (word)
        wf_text_add(c->out, "%s%s", word, has_task ? " of " : "");
    if (has_task)
        wf_text_add_xml(c->out, weft_trace_task(c->s->trace, e->task)->key);
    wf_text_add(c->out, "&#10;%s", wf_duration_text(e->end_ns - e->begin_ns, time));
    wf_text_add(c->out, " from %s on worker %d%s%s</title></rect>\n", wf_duration_text(e->begin_ns, time), e->worker,
                e->kind == WEFT_EVENT_FORK ? ", a part" : e->kind == WEFT_EVENT_CHILD ? ", spawned" : "",
                e->flags & WEFT_EVENT_FAILED ? ", failed" : "");
}

/* Marks of one kind as one path: ticks from `from` to `to` of the row. */
static void draw_marks(const struct canvas *c, int row, double y, enum wf_mark mark, const char *stroke, double from, double to,
                       double width)
{
    const struct wf_bin *bins = c->s->bins + (size_t)row * c->s->n_columns;
    const double step = c->width / (double)c->s->n_columns;
    bool any = false;

    for (size_t i = 0; i < c->s->n_columns; i++) {
        if (!(bins[i].marks & mark))
            continue;
        wf_text_add(c->out, any ? "" : "<path class=\"mark\" stroke=\"%s\" stroke-width=\"%.1f\" d=\"", stroke, width);
        any = true;
        wf_text_add(c->out, "M%.1f %.1fV%.1f", LEFT + ((double)i + 0.5) * step, y + from * c->row, y + to * c->row);
    }
    if (any)
        wf_text_add(c->out, "\"/>\n");
}

static void draw_rows(const struct canvas *c, double top, double pitch)
{
    size_t bar = 0;
    const int every = pitch >= 11 ? 1 : (int)ceil(11 / pitch);

    for (int row = 0; row < c->s->n_rows; row++) {
        const double y = top + row * pitch;
        char label[32];

        snprintf(label, sizeof label, "worker %d", row);
        if (row % every == 0)
            wf_svg_words(c->out, LEFT - 8, y + c->row / 2 + 3, "s r", label);
        wf_text_add(c->out, "<g class=\"worker\">");
        rect(c->out, LEFT, y, c->width, c->row, "#ffffff");
        wf_text_add(c->out, " stroke=\"#e6e9ec\" stroke-width=\"0.5\"/>\n");
        for (; bar < c->s->n_bars && weft_trace_events(c->s->trace)[c->s->bars[bar].event].worker == row; bar++)
            draw_bar(c, &c->s->bars[bar], y);
        draw_bins(c, row, y);
        draw_marks(c, row, y, WF_MARK_DISK, DISK, 0, 1, 1);
        draw_marks(c, row, y, WF_MARK_WIRE, WIRE, 0, 1, 1);
        draw_marks(c, row, y, WF_MARK_STEAL, WF_INK, 0.8, 1, 0.8);
        draw_marks(c, row, y, WF_MARK_FAILED, BLACK, 0, 1, 2);
        wf_text_add(c->out, "</g>\n");
    }
}

/* ---- The axis, and where runs begin ------------------------------------------------------ */

/* The step of an axis with about ten lines: 1, 2 or 5 times a power of ten. */
static double nice_step(double range)
{
    const double power = pow(10, floor(log10(range / 8 > 0 ? range / 8 : 1)));
    const double digit = range / 8 / power;

    return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

/* "1.5 ms" with no more digits than the step has. */
static void axis_text(double ns, double step, char text[32])
{
    const double unit = step >= 1e9 ? 1e9 : step >= 1e6 ? 1e6 : step >= 1e3 ? 1e3 : 1;
    const char *name = unit == 1e9 ? "s" : unit == 1e6 ? "ms" : unit == 1e3 ? "us" : "ns";

    snprintf(text, 32, "%.10g %s", round(ns / unit * 1000) / 1000, name);
}

static void draw_axis(const struct canvas *c, double top, double bottom)
{
    const double range = (double)(c->s->end_ns - c->s->begin_ns), step = nice_step(range);
    const struct weft_trace_run *runs = weft_trace_runs(c->s->trace);
    const size_t n_runs = weft_trace_n_runs(c->s->trace);
    double free_from = 0;
    char text[32];

    for (double ns = 0; ns <= range * 1.0001; ns += step) {
        const double x = LEFT + ns / range * c->width;

        wf_text_add(c->out, "<path stroke=\"#e6e9ec\" stroke-width=\"0.7\" d=\"M%.1f %.1fV%.1f\"/>", x, top, bottom);
        axis_text(ns, step, text);
        wf_svg_words(c->out, x, bottom + 13, "s m", text);
    }
    wf_text_add(c->out, "\n");
    for (size_t r = 0; r < n_runs && n_runs > 1 && n_runs <= MOST_RUN_LINES; r++) {
        const double x = x_of(c, runs[r].begin_ns);
        double end;

        wf_text_add(c->out, "<path class=\"run\" stroke=\"" WF_GREY "\" stroke-width=\"0.8\" stroke-dasharray=\"3 2\" "
                    "d=\"M%.1f %.1fV%.1f\"/>", x, top - 12, bottom);
        snprintf(text, sizeof text, runs[r].status ? "run %zu failed" : "run %zu", r + 1);
        end = x + 3 + wf_text_width(text, 9);
        if (x < free_from || end > LEFT + c->width + RIGHT)
            continue; /* its words would lie on others', or beyond the picture */
        wf_svg_words(c->out, x + 3, top - 5, "s", text);
        free_from = end;
    }
}

/* ---- Curves ---------------------------------------------------------------------------------- */

static void begin_panel(const struct canvas *c, double top, const char *what, const char *most)
{
    rect(c->out, LEFT, top, c->width, PANEL, "none");
    wf_text_add(c->out, " stroke=\"#e6e9ec\"/>\n");
    wf_svg_words(c->out, LEFT, top - 5, "b", what);
    wf_svg_words(c->out, LEFT - 8, top + 8, "s r", most);
    wf_svg_words(c->out, LEFT - 8, top + PANEL, "s r", "0");
}

static void draw_parallel(const struct canvas *c, double top)
{
    const struct wf_stream *s = c->s;
    const double most = s->n_rows > 0 ? s->n_rows : 1, step = c->width / (double)s->n_columns;
    char text[32];

    snprintf(text, sizeof text, "%d", s->n_rows);
    begin_panel(c, top, "bodies at once", text);
    wf_text_add(c->out, "<path class=\"curve\" fill=\"#a5c8e8\" stroke=\"#3a77ad\" stroke-width=\"0.6\" d=\"M%.1f %.1f", LEFT,
                top + PANEL);
    for (size_t i = 0; i < s->n_columns; i++) {
        const double part = s->parallel[i] > most ? 1 : s->parallel[i] / most;

        if (i > 0 && s->parallel[i] == s->parallel[i - 1])
            continue;
        wf_text_add(c->out, "H%.1fV%.1f", LEFT + (double)i * step, top + PANEL * (1 - part));
    }
    wf_text_add(c->out, "H%.1fV%.1fz\"/>\n", LEFT + c->width, top + PANEL);
}

/* One value of a sample. */
typedef double value_fn(const struct weft_sample *s);
static double resident(const struct weft_sample *s) { return (double)s->resident_bytes; }
static double managed(const struct weft_sample *s)  { return (double)s->managed_bytes; }
static double spilled(const struct weft_sample *s)  { return (double)s->spilled_bytes; }
static double cores(const struct weft_sample *s)    { return isfinite(s->cores) && s->cores > 0 ? s->cores : 0; }

static bool is_in_range(const struct wf_stream *s, const struct weft_sample *sample)
{
    return sample->at_ns >= s->begin_ns && sample->at_ns <= s->end_ns;
}

/* Of the samples in the picture; 0 when they are too few for a line. */
static double most_of(const struct wf_stream *s, value_fn *value)
{
    const struct weft_sample *samples = weft_trace_samples(s->trace);
    double most = 0;
    size_t n = 0;

    for (size_t i = 0; i < weft_trace_n_samples(s->trace); i++) {
        if (!is_in_range(s, &samples[i]))
            continue;
        n++;
        most = value(&samples[i]) > most ? value(&samples[i]) : most;
    }
    return n > 1 ? most : 0;
}

/* A line through the samples; of several in one column the greatest. */
static void draw_curve(const struct canvas *c, double top, value_fn *value, double most, const char *stroke)
{
    const struct weft_sample *samples = weft_trace_samples(c->s->trace);
    double last_x = -1, peak = 0;
    bool any = false;

    if (most_of(c->s, value) <= 0)
        return;
    for (size_t i = 0; i < weft_trace_n_samples(c->s->trace); i++) {
        const double x = round(x_of(c, samples[i].at_ns)), v = value(&samples[i]);

        if (!is_in_range(c->s, &samples[i]))
            continue;
        peak = x == last_x && peak > v ? peak : v;
        wf_text_add(c->out, any ? "" : "<path class=\"curve\" fill=\"none\" stroke-width=\"1.4\" stroke=\"%s\" d=\"", stroke);
        if (x != last_x || v >= peak)
            wf_text_add(c->out, "%s%.0f %.1f", any ? "L" : "M", x, top + PANEL * (1 - v / most));
        any = true;
        last_x = x;
    }
    if (any)
        wf_text_add(c->out, "\"/>\n");
}

static void draw_key(const struct canvas *c, double top, int nth, const char *stroke, const char *word)
{
    const double x = LEFT + 90 + nth * 90;

    wf_text_add(c->out, "<path stroke=\"%s\" stroke-width=\"2\" d=\"M%.1f %.1fh14\"/>", stroke, x, top - 8);
    wf_svg_words(c->out, x + 18, top - 5, "s", word);
}

/* Panels below the rows; answers the height they take. */
static double draw_panels(const struct canvas *c, double top)
{
    const weft_trace *t = c->s->trace;
    const double memory = fmax(most_of(c->s, resident), most_of(c->s, managed));
    const double most_cores = most_of(c->s, cores), n_cores = weft_trace_about(t).n_cores;
    double y = top + PANEL_GAP;
    char text[WEFT_UNITS_TEXT];

    draw_parallel(c, y);
    y += PANEL + PANEL_GAP;
    if (memory > 0) {
        const double most = fmax(most_of(c->s, spilled), memory);

        begin_panel(c, y, "memory", wf_bytes_text((size_t)most, text));
        draw_curve(c, y, resident, most, "#3a77ad");
        draw_curve(c, y, managed, most, "#4f8f3f");
        draw_curve(c, y, spilled, most, DISK);
        draw_key(c, y, 0, "#3a77ad", "process");
        draw_key(c, y, 1, "#4f8f3f", "results held");
        draw_key(c, y, 2, DISK, "on disk");
        y += PANEL + PANEL_GAP;
    }
    if (most_cores > 0) {
        const double most = n_cores > most_cores ? n_cores : most_cores;

        snprintf(text, sizeof text, "%.3g", most);
        begin_panel(c, y, "processors busy", text);
        draw_curve(c, y, cores, most, "#7b5aa6");
        y += PANEL + PANEL_GAP;
    }
    return y - top - PANEL_GAP;
}

/* ---- The legend --------------------------------------------------------------------------------- */

static void swatch(const struct canvas *c, double *x, double *y, const char *fill, const char *word, const char *value)
{
    const double width = 30 + wf_text_width(word, 11) + (value ? wf_text_width(value, 9) + 6 : 0);

    if (*x > LEFT && *x + width > LEFT + c->width) {
        *x = LEFT;
        *y += 19;
    }
    rect(c->out, *x, *y - 9, 12, 11, fill);
    wf_text_add(c->out, " stroke=\"" WF_PALE "\" stroke-width=\"0.5\"/>");
    wf_svg_words(c->out, *x + 17, *y, "", word);
    if (value)
        wf_svg_words(c->out, *x + 21 + wf_text_width(word, 11), *y, "s", value);
    *x += width + 8;
}

static const struct wf_function *ranked(const struct wf_stream *s, uint32_t rank)
{
    for (size_t f = 0; f < s->names.n; f++) {
        if (s->functions[f].rank == rank)
            return &s->functions[f];
    }
    return NULL;
}

/* What the time of all workers went to; answers the height. */
static double draw_legend(const struct canvas *c, double top)
{
    const struct wf_stream *s = c->s;
    double x = LEFT, y = top + 12;
    int64_t all = 0, others = 0;
    char text[8], time[WF_DURATION_TEXT], value[96], word[64], number[32];
    const struct { const char *fill, *word; int64_t ns; } rest[] = {
        {"#ffffff", "idle", s->idle_ns}, {WAITS_MEMORY, "waits for memory, needs", s->wait_ns},
        {DISK, "disk", s->disk_ns}, {WIRE, "transfer", s->wire_ns}};

    for (size_t f = 0; f < s->names.n; f++) {
        all += s->functions[f].self_ns;
        others += s->functions[f].rank >= N_COLORS ? s->functions[f].self_ns : 0;
    }
    for (uint32_t r = 0; r < N_COLORS && r < s->names.n; r++) {
        const struct wf_function *f = ranked(s, r);
        struct wf_text name = {0};

        wf_text_add_plain(&name, s->names.texts[f - s->functions], 40);
        snprintf(value, sizeof value, "%.3g %%, %s, %s bod%s", all > 0 ? 100.0 * (double)f->self_ns / (double)all : 0,
                 wf_duration_text(f->self_ns, time), wf_count_text(f->n, number), f->n == 1 ? "y" : "ies");
        swatch(c, &x, &y, color_of(s, (uint32_t)(f - s->functions), text), name.bytes ? name.bytes : "", value);
        c->out->failed = c->out->failed || name.failed;
        wf_text_fini(&name);
    }
    if (s->names.n > N_COLORS) {
        snprintf(word, sizeof word, "%zu others", s->names.n - N_COLORS);
        snprintf(value, sizeof value, "%.3g %%", all > 0 ? 100.0 * (double)others / (double)all : 0);
        swatch(c, &x, &y, OTHERS, word, value);
    }
    x = LEFT;
    y += 19;
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        if (i == 0 || rest[i].ns > 0)
            swatch(c, &x, &y, rest[i].fill, rest[i].word, wf_duration_text(rest[i].ns, time));
    }
    swatch(c, &x, &y, BLACK, "failed", NULL);
    wf_svg_words(c->out, x, y, "s", "ticks at the foot of a row: work stolen; pale: bodies too short to see, by their share");
    return y + 8 - top;
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static double row_of(int n_rows)
{
    return n_rows <= 24 ? 20 : n_rows <= 64 ? 11 : n_rows <= 160 ? 6 : 3;
}

static void draw(struct wf_text *out, const struct wf_stream *s, const struct weft_draw_stream_spec *spec, double width)
{
    struct wf_text body = {0};
    struct canvas c = {&body, s, width, row_of(s->n_rows)};
    const double pitch = c.row + (c.row > 6 ? 4 : 1);
    double y = spec->title ? 52 : 30, rows_end;
    char time[WF_DURATION_TEXT], words[160], count[32];

    if (spec->title)
        wf_svg_words(&body, LEFT, 22, "t", spec->title);
    rows_end = y + s->n_rows * pitch;
    draw_axis(&c, y, rows_end);
    draw_rows(&c, y, pitch);
    y = rows_end + 18;
    if (!spec->no_curves && s->n_rows > 0)
        y += draw_panels(&c, y);
    y += 22;
    if (!spec->no_legend) {
        snprintf(words, sizeof words, "%s events of %d worker%s in %s%s", wf_count_text(weft_trace_n_events(s->trace), count), s->n_rows,
                 s->n_rows == 1 ? "" : "s", wf_duration_text(s->end_ns - s->begin_ns, time),
                 weft_trace_n_lost(s->trace) ? "; more were lost" : "");
        wf_svg_words(&body, LEFT, y, "s", s->n_rows ? words : "this graph has not run on a pool that traces");
        y += 10 + (s->n_rows ? draw_legend(&c, y + 8) : 0);
    }
    wf_svg_begin(out, LEFT + width + RIGHT, y + 16, "#ffffff");
    if (body.n)
        wf_text_add_bytes(out, body.bytes, body.n);
    wf_svg_end(out);
    out->failed = out->failed || body.failed;
    wf_text_fini(&body);
}

weft_status weft_draw_stream(const weft_trace *t, const char *path, const struct weft_draw_stream_spec *spec,
                             struct weft_error *err)
{
    static const struct weft_draw_stream_spec all_usual = {0};
    struct wf_stream s = {0};
    struct wf_text out = {0};
    const char *format;
    size_t width, n_columns;
    weft_status st;

    spec = spec ? spec : &all_usual;
    path = path ? path : "stream.svg";
    st = wf_draw_format(&format, path, "svg", err);
    if (!st && (spec->width < 0 || spec->width > MOST_WIDTH))
        st = weft_error_set(err, WEFT_INVALID, "draw: a width of %d points is none of 1 .. %d", spec->width, MOST_WIDTH);
    width = spec->width ? (size_t)spec->width : USUAL_WIDTH;
    /* Columns of a point, or wider where there are so many rows that the file would be huge. */
    n_columns = weft_trace_n_workers(t) > 64 ? (width + 1) / 2 : width;
    st = st ? st : wf_stream_init(&s, t, n_columns, err);
    if (!st) {
        draw(&out, &s, spec, (double)width);
        st = wf_draw_write(path, &out, err);
    }
    wf_text_fini(&out);
    wf_stream_fini(&s);
    return st;
}
