/* label.c - what is written in a box, under the pointer, and under the picture. */
#include "lib/draw/label.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/duration.h"
#include "lib/base/units.h"

enum { MOST_NAME = 40, MOST_PART = 24, MOST_KEY = 32, MOST_VERBOSE = 80 };

#define DOTS  "\xe2\x80\xa6"
#define ARROW " \xe2\x86\x92 "
#define DASH  "\xe2\x80\x93"
#define TIMES "\xc3\x97"

void wf_label_fini(struct wf_label *l)
{
    wf_text_fini(&l->text);
}

/* ---- Spans ------------------------------------------------------------------------ */

/* Begins a span: what is added to the text from here on is in it. */
static void begin(struct wf_label *l, enum wf_style style, bool breaks)
{
    if (l->n == WF_MAX_SPANS)
        return;
    if (l->n > 0)
        wf_text_add_zero(&l->text);
    l->spans[l->n].at = l->text.n;
    l->spans[l->n].style = style;
    l->spans[l->n].breaks = breaks && l->n > 0;
    l->n++;
}

static void clear(struct wf_label *l)
{
    wf_text_clear(&l->text);
    l->n = 0;
}

/* ---- Pieces of words ---------------------------------------------------------------- */

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

const char *wf_count_text(size_t n, char text[32])
{
    char digits[32];
    const int length = snprintf(digits, sizeof digits, "%zu", n);
    int at = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

static void value_text(enum wf_unit unit, double value, char *text, size_t size)
{
    char words[64];

    if (unit == WF_TIME)
        snprintf(text, size, "%s", wf_duration_text((int64_t)value, words));
    else if (unit == WF_BYTES)
        snprintf(text, size, "%s", wf_bytes_text((size_t)value, words));
    else
        snprintf(text, size, "%.0f", value);
}

/* The colouring has made a scale of values; without one the order is told. */
static void label_value(struct wf_label *l, const struct wf_view *v, size_t box)
{
    const struct wf_coloring *c = &v->coloring;
    const uint32_t first = v->picture.boxes[box].first;
    char value[64];

    value_text(c->unit, c->values ? c->values[box] : first, value, sizeof value);
    begin(l, WF_BOLD, false);
    if (v->spec->words == WEFT_WORDS_ORDER_VALUE)
        wf_text_add(&l->text, "%" PRIu32 "-", first);
    wf_text_add(&l->text, "%s", value);
}

/* ---- One task ------------------------------------------------------------------------- */

static void add_measures(struct wf_label *l, const struct wf_view *v, const struct wf_box *b)
{
    char text[WEFT_UNITS_TEXT];
    const char *comma = "";

    if (!wf_is_measured(v) && b->bytes == 0)
        return;
    begin(l, WF_SMALL, true);
    if (wf_is_measured(v)) {
        wf_text_add(&l->text, "%s", wf_duration_text(b->total, text));
        comma = ", ";
    }
    if (wf_is_measured(v) && b->slack > 0)
        wf_text_add(&l->text, ", slack %s", wf_duration_text(b->slack, text));
    if (b->bytes > 0)
        wf_text_add(&l->text, "%s%s", comma, wf_bytes_text((size_t)b->bytes, text));
}

/* Words of the user's: each of his lines is one of ours. */
static void add_lines(struct wf_label *l, char *words)
{
    char *rest = words;

    while (rest) {
        char *line = strsep(&rest, "\n");

        begin(l, WF_PLAIN, true);
        wf_text_add_plain(&l->text, line, SIZE_MAX);
    }
}

static void label_task(struct wf_label *l, const struct wf_view *v, const struct wf_box *b)
{
    const struct weft_trace_task *task = weft_trace_task(v->trace, b->first);
    const char *rest = rest_of_key(task);
    char own[1024];

    if (v->spec->label && v->spec->label(v->trace, b->first, own, sizeof own, v->spec->context)) {
        own[sizeof own - 1] = '\0';
        add_lines(l, own);
        return;
    }
    begin(l, WF_BOLD, false);
    wf_text_add_plain(&l->text, task->name, MOST_NAME);
    if (v->spec->verbose) {
        begin(l, WF_SMALL, true);
        wf_text_add_plain(&l->text, task->key, MOST_VERBOSE);
    } else if (rest[0] == '(') {
        begin(l, WF_ASIDE, false);
        wf_text_add(&l->text, " ");
        wf_text_add_plain(&l->text, rest, MOST_KEY);
    } else if (rest[0]) {
        begin(l, WF_SMALL, true);
        wf_text_add_plain(&l->text, rest, MOST_KEY);
    }
    if (!v->spec->data_boxes)
        add_measures(l, v, b);
}

/* What a task gives: which chunk it is, and how big. */
static void label_data(struct wf_label *l, const struct wf_view *v, const struct wf_box *b)
{
    const struct weft_trace_task *task = weft_trace_task(v->trace, b->first);
    const char *rest = rest_of_key(task);
    char bytes[WEFT_UNITS_TEXT];

    begin(l, WF_PLAIN, false);
    wf_text_add_plain(&l->text, v->spec->verbose ? task->key : rest, v->spec->verbose ? MOST_VERBOSE : MOST_KEY);
    if (b->bytes > 0) {
        begin(l, WF_SMALL, true);
        wf_text_add(&l->text, "%s", wf_bytes_text((size_t)b->bytes, bytes));
    }
}

/* ---- Several tasks ---------------------------------------------------------------------- */

static void add_names(struct wf_label *l, const struct wf_view *v, const struct wf_box *b)
{
    const bool in_row = b->kind == WF_BOX_CHAIN || b->kind == WF_BOX_PATH;

    wf_text_add_plain(&l->text, b->name, b->other ? MOST_PART : MOST_NAME);
    if (b->other && in_row) {
        wf_text_add(&l->text, b->n_names > 2 ? ARROW DOTS ARROW : ARROW);
        wf_text_add_plain(&l->text, b->n_names > 2 ? weft_trace_task(v->trace, b->last)->name : b->other, MOST_PART);
    } else if (b->other) {
        wf_text_add(&l->text, ", ");
        wf_text_add_plain(&l->text, b->other, MOST_PART);
        wf_text_add(&l->text, b->n_names > 2 ? ", " DOTS : "");
    }
}

static void label_several(struct wf_label *l, const struct wf_view *v, const struct wf_box *b)
{
    char text[32];

    begin(l, WF_BOLD, false);
    if (b->kind == WF_BOX_BAND && b->from_level < b->to_level)
        wf_text_add(&l->text, "levels %" PRIu32 DASH "%" PRIu32, b->from_level, b->to_level);
    else if (b->kind == WF_BOX_BAND)
        wf_text_add(&l->text, "level %" PRIu32, b->from_level);
    else
        add_names(l, v, b);
    if (b->kind == WF_BOX_BAND) {
        begin(l, WF_SMALL, true);
        add_names(l, v, b);
    }
    begin(l, WF_SMALL, true);
    if (b->kind == WF_BOX_PATH) {
        wf_text_add(&l->text, "%s on the path", wf_count_text(b->n_critical, text));
        if (b->n_tasks > b->n_critical)
            wf_text_add(&l->text, " + %s beside", wf_count_text(b->n_tasks - b->n_critical, text));
    } else {
        wf_text_add(&l->text, "%s tasks", wf_count_text(b->n_tasks, text));
        if (b->kind == WF_BOX_CHAIN)
            wf_text_add(&l->text, " in a row");
    }
    if (wf_is_measured(v))
        wf_text_add(&l->text, ", %s", wf_duration_text(b->total, text));
    if (b->bytes > 0)
        wf_text_add(&l->text, ", %s", wf_bytes_text((size_t)b->bytes, text));
    if (!wf_is_measured(v) || b->kind == WF_BOX_PATH || b->kind == WF_BOX_CHAIN)
        return;
    begin(l, WF_SMALL, true);
    wf_text_add(&l->text, "longest %s", wf_duration_text(b->longest, text));
    if (b->slack > 0)
        wf_text_add(&l->text, ", slack %s", wf_duration_text(b->slack, text));
}

void wf_label_box(struct wf_label *l, const struct wf_view *v, size_t box)
{
    const struct wf_box *b = &v->picture.boxes[box];

    clear(l);
    if (v->spec->words != WEFT_WORDS_USUAL)
        label_value(l, v, box);
    else if (b->kind == WF_BOX_DATA)
        label_data(l, v, b);
    else if (b->n_tasks == 1)
        label_task(l, v, b);
    else
        label_several(l, v, b);
}

/* ---- Under the pointer -------------------------------------------------------------------- */

static void tell_of_task(struct wf_text *text, const struct weft_trace_task *task)
{
    wf_text_add_plain(text, task->key, SIZE_MAX);
    if (task->layer[0]) {
        wf_text_add(text, "\nlayer ");
        wf_text_add_plain(text, task->layer, SIZE_MAX);
    }
    if (task->file[0]) {
        wf_text_add(text, "\nbuilt at ");
        wf_text_add_plain(text, task->file, SIZE_MAX);
        wf_text_add(text, ":%d", task->line);
    }
}

void wf_label_tooltip(struct wf_text *text, const struct wf_view *v, size_t box)
{
    const struct wf_box *b = &v->picture.boxes[box];
    char time[WF_DURATION_TEXT], bytes[WEFT_UNITS_TEXT], value[64];

    wf_text_clear(text);
    if (b->n_tasks > 1) {
        wf_text_add_plain(text, b->name, SIZE_MAX);
        wf_text_add(text, "\n%zu tasks on levels %" PRIu32 " to %" PRIu32 ", the first ", b->n_tasks, b->from_level,
                    b->to_level);
    }
    tell_of_task(text, weft_trace_task(v->trace, b->first));
    if (b->bytes > 0)
        wf_text_add(text, b->n_tasks > 1 ? "\nresults %s" : "\nresult %s", wf_bytes_text((size_t)b->bytes, bytes));
    if (wf_is_measured(v)) {
        wf_text_add(text, "\ntime %s", wf_duration_text(b->total, time));
        if (b->worker >= 0)
            wf_text_add(text, " on worker %d", b->worker);
        wf_text_add(text, "\nslack %s", wf_duration_text(b->slack, time));
    } else {
        wf_text_add(text, b->slack == 1 ? "\nslack 1 task" : "\nslack %" PRId64 " tasks", b->slack);
    }
    if (b->n_critical)
        wf_text_add(text, b->n_tasks <= 1 ? "\non the critical path" : "\n%zu on the critical path", b->n_critical);
    if (v->coloring.values && v->spec->color >= WEFT_COLOR_AGE) {
        value_text(v->coloring.unit, v->coloring.values[box], value, sizeof value);
        wf_text_add(text, "\n%s %s", wf_color_name(v->spec->color), value);
    }
}

/* ---- The legend -------------------------------------------------------------------------- */

const char *wf_color_name(enum weft_draw_color color)
{
    static const char *const names[] = {
        [WEFT_COLOR_NAME] = "name", [WEFT_COLOR_ORDER] = "order", [WEFT_COLOR_DURATION] = "duration",
        [WEFT_COLOR_CRITICAL] = "critical", [WEFT_COLOR_WORKER] = "worker", [WEFT_COLOR_AGE] = "age",
        [WEFT_COLOR_FREED] = "freed", [WEFT_COLOR_MEMORY_INCREASES] = "memory increases",
        [WEFT_COLOR_MEMORY_DECREASES] = "memory decreases", [WEFT_COLOR_MEMORY_PRESSURE] = "memory pressure"};

    return names[color];
}

static void tile(struct wf_legend *l, const char *what, const char *value)
{
    struct wf_tile *t = &l->tiles[l->n_tiles++];

    snprintf(t->what, sizeof t->what, "%s", what);
    snprintf(t->value, sizeof t->value, "%s", value);
}

static void tile_count(struct wf_legend *l, const char *what, size_t n)
{
    char value[32];

    tile(l, what, wf_count_text(n, value));
}

static void add_tiles(struct wf_legend *l, const struct weft_stats *s)
{
    char time[WF_DURATION_TEXT], value[64];

    if (s->n_measured) {
        tile(l, "work", wf_duration_text(s->work_ns, time));
        tile(l, "span", wf_duration_text(s->span_ns, time));
        snprintf(value, sizeof value, "%.2f", s->parallelism);
        tile(l, "parallelism", value);
        snprintf(value, sizeof value, "makespan, %d worker%s", s->n_workers, s->n_workers == 1 ? "" : "s");
        tile(l, value, wf_duration_text(s->makespan_ns, time));
    }
    tile_count(l, "tasks", s->n_tasks);
    tile_count(l, "dependencies", s->n_edges);
    tile_count(l, "depth", s->depth);
    tile_count(l, "width", s->width);
}

static void swatch(struct wf_legend *l, const struct wf_ink *ink, const char *fmt, ...) WEFT_FORMAT(3, 4);
static void swatch(struct wf_legend *l, const struct wf_ink *ink, const char *fmt, ...)
{
    struct wf_swatch *s = &l->swatches[l->n_swatches++];
    va_list args;

    s->ink = *ink;
    va_start(args, fmt);
    vsnprintf(s->word, sizeof s->word, fmt, args);
    va_end(args);
}

void wf_legend_of(struct wf_legend *l, const struct wf_view *v)
{
    static const struct wf_ink red = {WF_RED_FILL, WF_RED};
    const struct wf_coloring *c = &v->coloring;
    const int n_workers = weft_trace_n_workers(v->trace);

    *l = (struct wf_legend){0};
    add_tiles(l, weft_analysis_stats(v->analysis));
    swatch(l, &red, "critical path");
    if (c->values) {
        l->is_scale = true;
        snprintf(l->scale, sizeof l->scale, "%s", wf_color_name(c->mode));
        value_text(c->unit, c->least, l->least, sizeof l->least);
        value_text(c->unit, c->most, l->most, sizeof l->most);
        if (c->mode == WEFT_COLOR_ORDER) {
            snprintf(l->least, sizeof l->least, "first");
            snprintf(l->most, sizeof l->most, "last");
        }
    }
    if (c->mode == WEFT_COLOR_WORKER && !wf_shows_tasks(v) && n_workers > 1)
        swatch(l, &c->several, "several workers");
    for (int w = 0; c->mode == WEFT_COLOR_WORKER && w < c->n_swatches; w++) {
        if (w == c->n_swatches - 1 && n_workers > c->n_swatches)
            swatch(l, &c->swatches[w], "worker %d, " DOTS, w);
        else
            swatch(l, &c->swatches[w], "worker %d", w);
    }
}
