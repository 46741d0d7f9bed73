/* color.c - which colour a box has. */
#include "lib/draw/color.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

static const struct wf_ink plain = {"#f6f8fa", "#8c959f"}, none = {"#ffffff", "#8c959f"};

/* Neighbours differ in hue; none is near the red of the critical path. */
static const struct wf_ink palette[] = {
    {"#d3e5f7", "#3a77ad"}, {"#dcefd3", "#4f8f3f"}, {"#fde5c5", "#c07a22"}, {"#e6dbf3", "#7b5aa6"},
    {"#cdeeea", "#2a8d83"}, {"#fbf0b9", "#a08413"}, {"#dfe3e8", "#66727f"}, {"#f6d8ea", "#a8568a"},
    {"#e6efc0", "#77892b"}, {"#ebdccf", "#8a6540"}, {"#cfeefa", "#2785a8"}, {"#dcdcfb", "#5a5ac0"},
};

enum { N_PALETTE = sizeof palette / sizeof *palette };

/* From first to last, and from short to long: three stops each. */
static const unsigned char order_stops[3][3] = {{0xfd, 0xf3, 0xc4}, {0xa6, 0xdb, 0xc3}, {0x74, 0xa9, 0xd8}};
static const unsigned char duration_stops[3][3] = {{0xff, 0xf8, 0xec}, {0xfd, 0xd4, 0x9a}, {0xf0, 0x95, 0x55}};

/* The colour at 0 <= x <= 1 of the way; its line is the same, darker. */
static struct wf_ink blend(const unsigned char stops[3][3], double x)
{
    const int from = x < 0.5 ? 0 : 1;
    const double rest = x * 2 - from;
    int mix[3];
    struct wf_ink ink;

    for (int i = 0; i < 3; i++)
        mix[i] = (int)lround(stops[from][i] + rest * (stops[from + 1][i] - stops[from][i])) & 0xff;
    snprintf(ink.fill, sizeof ink.fill, "#%02x%02x%02x", (unsigned)mix[0], (unsigned)mix[1], (unsigned)mix[2]);
    for (int i = 0; i < 3; i++)
        mix[i] = mix[i] * 11 / 20;
    snprintf(ink.line, sizeof ink.line, "#%02x%02x%02x", (unsigned)mix[0], (unsigned)mix[1], (unsigned)mix[2]);
    return ink;
}

static void fill_gradient(struct wf_coloring *c, const unsigned char stops[3][3])
{
    c->n_swatches = 7;
    for (int i = 0; i < c->n_swatches; i++)
        c->swatches[i] = blend(stops, i / 6.0);
}

static weft_status by_name(struct wf_coloring *c, const struct wf_picture *p, struct weft_error *err)
{
    struct wf_map names;
    weft_status st = WEFT_OK;

    wf_map_init(&names);
    for (size_t b = 0; b < p->n_boxes; b++) {
        const char *name = p->boxes[b].name;
        bool fresh;
        const uint64_t *number = wf_map_put(&names, name, strlen(name), names.n, &fresh);

        if (!number) {
            st = wf_error_nomem(err, "a picture");
            break;
        }
        c->of_box[b] = palette[*number % N_PALETTE];
    }
    wf_map_fini(&names);
    return st;
}

static void by_order(struct wf_coloring *c, const struct wf_picture *p, size_t n_tasks)
{
    for (size_t b = 0; b < p->n_boxes; b++)
        c->of_box[b] = blend(order_stops, n_tasks > 1 ? p->boxes[b].first / (double)(n_tasks - 1) : 0);
    fill_gradient(c, order_stops);
}

/* On a scale of square roots: durations differ by orders of magnitude. */
static void by_duration(struct wf_coloring *c, const struct wf_picture *p)
{
    c->least = p->n_boxes ? INT64_MAX : 0;
    for (size_t b = 0; b < p->n_boxes; b++) {
        c->least = p->boxes[b].total < c->least ? p->boxes[b].total : c->least;
        c->most = p->boxes[b].total > c->most ? p->boxes[b].total : c->most;
    }
    for (size_t b = 0; b < p->n_boxes; b++) {
        const double above = (double)(p->boxes[b].total - c->least);

        c->of_box[b] = blend(duration_stops, c->most > c->least ? sqrt(above / (double)(c->most - c->least)) : 0);
    }
    fill_gradient(c, duration_stops);
}

static void by_worker(struct wf_coloring *c, const struct wf_picture *p, int n_workers)
{
    for (size_t b = 0; b < p->n_boxes; b++) {
        const int w = p->boxes[b].worker;

        c->of_box[b] = w >= 0 ? palette[w % N_PALETTE] : w == WF_SEVERAL ? plain : none;
    }
    c->several = plain;
    c->n_swatches = n_workers < WF_MAX_SWATCHES ? n_workers : WF_MAX_SWATCHES;
    for (int w = 0; w < c->n_swatches; w++)
        c->swatches[w] = palette[w % N_PALETTE];
}

static void by_critical(struct wf_coloring *c, const struct wf_picture *p)
{
    const struct wf_ink red = {WF_RED_FILL, WF_RED};

    for (size_t b = 0; b < p->n_boxes; b++)
        c->of_box[b] = p->boxes[b].n_critical ? red : plain;
}

weft_status wf_coloring_init(struct wf_coloring *c, enum weft_draw_color mode, const struct wf_picture *p,
                             const weft_trace *t, struct weft_error *err)
{
    *c = (struct wf_coloring){.mode = mode, .of_box = wf_alloc_zero(p->n_boxes, sizeof *c->of_box)};
    if (!c->of_box)
        return wf_error_nomem(err, "a picture");
    switch (mode) {
    case WEFT_COLOR_NAME:     return by_name(c, p, err);
    case WEFT_COLOR_ORDER:    by_order(c, p, weft_trace_n_tasks(t)); break;
    case WEFT_COLOR_DURATION: by_duration(c, p); break;
    case WEFT_COLOR_CRITICAL: by_critical(c, p); break;
    case WEFT_COLOR_WORKER:   by_worker(c, p, weft_trace_n_workers(t)); break;
    }
    return WEFT_OK;
}

void wf_coloring_fini(struct wf_coloring *c)
{
    wf_free(c->of_box);
    c->of_box = NULL;
}
