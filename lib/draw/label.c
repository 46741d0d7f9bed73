/* label.c - what is written in a box, beside it, and under the picture. */
#include "lib/draw/label.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/duration.h"

enum { MOST_NAME = 40, MOST_KEY = 32, MOST_TITLE = 120 };

#define SMALL "<font point-size=\"9\" color=\"" WF_GREY "\">"

static bool is_measured(const struct wf_view *v)
{
    return weft_analysis_stats(v->analysis)->n_measured > 0;
}

/* What of the key the name does not say: of a made key "sum-6c1f0e9a22b4d713(2, 0)",
 * or "sum-17(2, 0)", the index; of a given one all. */
static const char *rest_of_key(const struct weft_trace_task *task)
{
    const size_t n = strlen(task->name);
    const char *rest = task->key + n;

    if (strncmp(task->key, task->name, n) != 0)
        return task->key;
    if (*rest == '-')
        rest += 1 + strspn(rest + 1, "0123456789abcdef");
    return *rest == '\0' || *rest == '(' ? rest : task->key;
}

static void label_task(struct wf_text *text, const struct wf_view *v, const struct wf_box *b)
{
    const struct weft_trace_task *task = weft_trace_task(v->trace, b->first);
    const char *rest = rest_of_key(task);
    char own[1024], cost[WF_DURATION_TEXT], slack[WF_DURATION_TEXT];

    if (v->spec->label && v->spec->label(v->trace, b->first, own, sizeof own, v->spec->context)) {
        wf_text_add(text, "<font>");
        wf_text_add_html(text, own, sizeof own);
        wf_text_add(text, "</font>");
        return;
    }
    wf_text_add(text, "<b>");
    wf_text_add_html(text, task->name, MOST_NAME);
    wf_text_add(text, "</b>");
    if (rest[0]) {
        wf_text_add(text, rest[0] == '(' ? " <font color=\"" WF_GREY "\">" : "<br/>" SMALL);
        wf_text_add_html(text, rest, MOST_KEY);
        wf_text_add(text, "</font>");
    }
    if (!is_measured(v))
        return;
    wf_text_add(text, "<br/>" SMALL "%s", wf_duration_text(b->total, cost));
    if (b->slack > 0)
        wf_text_add(text, ", slack %s", wf_duration_text(b->slack, slack));
    wf_text_add(text, "</font>");
}

static void add_names(struct wf_text *text, const struct wf_box *b)
{
    wf_text_add_html(text, b->name, MOST_NAME);
    if (b->other) {
        wf_text_add(text, ", ");
        wf_text_add_html(text, b->other, MOST_NAME);
    }
    if (b->n_names > 2)
        wf_text_add(text, ", \xe2\x80\xa6");
}

static void label_layer(struct wf_text *text, const struct wf_view *v, const struct wf_box *b)
{
    char total[WF_DURATION_TEXT], longest[WF_DURATION_TEXT], slack[WF_DURATION_TEXT];

    wf_text_add(text, "<b>");
    if (b->is_band && b->from_level < b->to_level)
        wf_text_add(text, "levels %" PRIu32 "\xe2\x80\x93%" PRIu32, b->from_level, b->to_level);
    else if (b->is_band)
        wf_text_add(text, "level %" PRIu32, b->from_level);
    else
        add_names(text, b);
    wf_text_add(text, "</b><br/>" SMALL);
    if (b->is_band) {
        add_names(text, b);
        wf_text_add(text, "<br/>");
    }
    wf_text_add(text, b->n_tasks == 1 ? "1 task" : "%zu tasks", b->n_tasks);
    if (is_measured(v) && b->n_tasks == 1) {
        wf_text_add(text, ", %s", wf_duration_text(b->total, total));
    } else if (is_measured(v)) {
        wf_text_add(text, ", %s<br/>longest %s", wf_duration_text(b->total, total),
                    wf_duration_text(b->longest, longest));
    }
    if (is_measured(v) && b->slack > 0)
        wf_text_add(text, ", slack %s", wf_duration_text(b->slack, slack));
    wf_text_add(text, "</font>");
}

void wf_label_box(struct wf_text *text, const struct wf_view *v, const struct wf_box *b)
{
    wf_text_clear(text);
    if (v->by_layer)
        label_layer(text, v, b);
    else
        label_task(text, v, b);
}

void wf_label_tooltip(struct wf_text *text, const struct wf_view *v, const struct wf_box *b)
{
    const struct weft_trace_task *task = weft_trace_task(v->trace, b->first);
    char time[WF_DURATION_TEXT];

    wf_text_clear(text);
    wf_text_add_escaped(text, v->by_layer && b->n_tasks > 1 ? b->name : task->key);
    if (b->n_tasks > 1)
        wf_text_add(text, "\n%zu tasks on levels %" PRIu32 " to %" PRIu32, b->n_tasks, b->from_level,
                    b->to_level);
    else if (task->layer[0]) {
        wf_text_add(text, "\nlayer ");
        wf_text_add_escaped(text, task->layer);
    }
    if (task->file[0]) {
        wf_text_add(text, "\nbuilt at ");
        wf_text_add_escaped(text, task->file);
        wf_text_add(text, ":%d", task->line);
    }
    if (is_measured(v)) {
        wf_text_add(text, "\ntime %s", wf_duration_text(b->total, time));
        if (b->worker >= 0)
            wf_text_add(text, " on worker %d", b->worker);
        wf_text_add(text, "\nslack %s", wf_duration_text(b->slack, time));
    } else {
        wf_text_add(text, b->slack == 1 ? "\nslack 1 task" : "\nslack %" PRId64 " tasks", b->slack);
    }
    if (b->n_critical)
        wf_text_add(text, b->n_tasks == 1 ? "\non the critical path" : "\n%zu on the critical path",
                    b->n_critical);
}

/* ---- The legend -------------------------------------------------------------- */

/* A grid of four columns, each as wide as a swatch and a word together. */
enum { N_COLUMNS = 4 };

static void tile(struct wf_text *text, const char *what, const char *value)
{
    wf_text_add(text, "<td colspan=\"2\" align=\"left\" balign=\"left\">" SMALL "%s</font><br/>"
                "<font point-size=\"12\" color=\"" WF_INK "\"><b>%s</b></font></td>", what, value);
}

static void tile_count(struct wf_text *text, const char *what, size_t n)
{
    char value[32];

    snprintf(value, sizeof value, "%zu", n);
    tile(text, what, value);
}

static void add_tiles(struct wf_text *text, const struct weft_stats *s)
{
    char time[WF_DURATION_TEXT], value[64];

    wf_text_add(text, "<tr>");
    if (s->n_measured) {
        tile(text, "work", wf_duration_text(s->work_ns, time));
        tile(text, "span", wf_duration_text(s->span_ns, time));
        snprintf(value, sizeof value, "%.2f", s->parallelism);
        tile(text, "parallelism", value);
        snprintf(value, sizeof value, "makespan, %d worker%s", s->n_workers, s->n_workers == 1 ? "" : "s");
        tile(text, value, wf_duration_text(s->makespan_ns, time));
        wf_text_add(text, "</tr><tr>");
    }
    tile_count(text, "tasks", s->n_tasks);
    tile_count(text, "dependencies", s->n_edges);
    tile_count(text, "depth", s->depth);
    tile_count(text, "width", s->width);
    wf_text_add(text, "</tr>");
}

/* A swatch and its word; `n` counts those before it, four a row. */
static void swatch(struct wf_text *text, int *n, const struct wf_ink *ink, const char *fmt, ...)
    WEFT_FORMAT(4, 5);
static void swatch(struct wf_text *text, int *n, const struct wf_ink *ink, const char *fmt, ...)
{
    char word[64];
    va_list args;

    va_start(args, fmt);
    vsnprintf(word, sizeof word, fmt, args);
    va_end(args);
    if (*n > 0 && *n % N_COLUMNS == 0)
        wf_text_add(text, "</tr><tr>");
    (*n)++;
    wf_text_add(text, "<td border=\"1\" bgcolor=\"%s\" color=\"%s\" width=\"16\" height=\"10\" "
                "fixedsize=\"true\"></td><td align=\"left\" width=\"72\">" SMALL "%s</font></td>",
                ink->fill, ink->line, word);
}

/* What fills mean: workers by number, or the ends and the middle of a scale. */
static void add_key(struct wf_text *text, const struct wf_view *v)
{
    static const struct wf_ink red = {WF_RED_FILL, WF_RED};
    const struct wf_coloring *c = &v->coloring;
    const int n_workers = weft_trace_n_workers(v->trace);
    char time[WF_DURATION_TEXT];
    int n = 0;

    wf_text_add(text, "<tr>");
    swatch(text, &n, &red, "critical path");
    if (c->mode == WEFT_COLOR_ORDER) {
        swatch(text, &n, &c->swatches[0], "first");
        swatch(text, &n, &c->swatches[c->n_swatches - 1], "last");
    } else if (c->mode == WEFT_COLOR_DURATION && is_measured(v)) {
        swatch(text, &n, &c->swatches[0], "%s", wf_duration_text(c->least, time));
        swatch(text, &n, &c->swatches[c->n_swatches - 1], "%s", wf_duration_text(c->most, time));
    }
    if (c->mode == WEFT_COLOR_WORKER && v->by_layer && n_workers > 1)
        swatch(text, &n, &c->several, "several workers");
    for (int w = 0; c->mode == WEFT_COLOR_WORKER && w < c->n_swatches; w++) {
        if (w == c->n_swatches - 1 && n_workers > c->n_swatches)
            swatch(text, &n, &c->swatches[w], "worker %d, \xe2\x80\xa6", w);
        else
            swatch(text, &n, &c->swatches[w], "worker %d", w);
    }
    /* Empty cells hold the width of columns that no swatch is in. */
    for (; n < N_COLUMNS; n++)
        wf_text_add(text, "<td width=\"16\"></td><td width=\"72\"></td>");
    wf_text_add(text, "</tr>");
}

void wf_label_legend(struct wf_text *text, const struct wf_view *v)
{
    wf_text_clear(text);
    wf_text_add(text, "<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"1\">"
                "<tr><td height=\"6\"></td></tr>");
    if (v->spec->title) {
        wf_text_add(text, "<tr><td colspan=\"8\" align=\"left\"><font point-size=\"14\" color=\"" WF_INK
                    "\"><b>");
        wf_text_add_html(text, v->spec->title, MOST_TITLE);
        wf_text_add(text, "</b></font></td></tr>");
    }
    if (!v->spec->no_legend) {
        add_tiles(text, weft_analysis_stats(v->analysis));
        add_key(text, v);
    }
    wf_text_add(text, "</table>");
}
