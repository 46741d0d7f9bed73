/* color.c - which colour a box has. */
#include "lib/draw/color.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/draw/held.h"

static const struct wf_ink plain = {"#f6f8fa", WF_PALE}, none = {"#ffffff", WF_PALE};

/* ---- Colours ------------------------------------------------------------------- */

static const struct wf_ink palette[] = {
    {"#d3e5f7", "#3a77ad"}, {"#dcefd3", "#4f8f3f"}, {"#fde5c5", "#c07a22"}, {"#e6dbf3", "#7b5aa6"},
    {"#cdeeea", "#2a8d83"}, {"#fbf0b9", "#a08413"}, {"#dfe3e8", "#66727f"}, {"#f6d8ea", "#a8568a"},
    {"#e6efc0", "#77892b"}, {"#ebdccf", "#8a6540"}, {"#cfeefa", "#2785a8"}, {"#dcdcfb", "#5a5ac0"},
};

enum { N_PALETTE = sizeof palette / sizeof *palette };

static unsigned byte_of(double linear)
{
    const double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;

    return (unsigned)lround(255 * (v < 0 ? 0 : v > 1 ? 1 : v));
}

/* Lightness, chroma and hue as seen (Oklab; Ottosson 2020): equal steps look equal. */
static void write_seen(char text[8], double light, double chroma, double degrees)
{
    const double a = chroma * cos(degrees * M_PI / 180), b = chroma * sin(degrees * M_PI / 180);
    const double l = pow(light + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = pow(light - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = pow(light - 0.0894841775 * a - 1.2914855480 * b, 3);

    snprintf(text, 8, "#%02x%02x%02x", byte_of(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) & 0xff,
             byte_of(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) & 0xff,
             byte_of(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s) & 0xff);
}

static struct wf_ink seen(double light, double chroma, double degrees)
{
    struct wf_ink ink;

    write_seen(ink.fill, light, chroma, degrees);
    write_seen(ink.line, light - 0.32, chroma + 0.03, degrees);
    return ink;
}

struct wf_ink wf_ink_of(size_t nth)
{
    /* By the golden angle hues never meet; from 60 to 340 degrees they keep off red. */
    return nth < N_PALETTE ? palette[nth]
                           : seen(0.9 - 0.04 * (double)(nth % 3), 0.06, 60 + fmod((double)nth * 137.508, 280));
}

/* All ends are light enough for dark words. */
struct wf_ink wf_ink_at(enum weft_draw_cmap map, double x)
{
    const double away = fabs(2 * x - 1);

    switch (map) {
    case WEFT_CMAP_WARM:     return seen(0.98 - 0.19 * x, 0.02 + 0.11 * x, 95 - 40 * x);
    case WEFT_CMAP_VIOLET:   return seen(0.98 - 0.2 * x, 0.01 + 0.09 * x, 330 - 40 * x);
    case WEFT_CMAP_GREY:     return seen(0.99 - 0.21 * x, 0, 0);
    case WEFT_CMAP_RED_BLUE: return seen(0.98 - 0.18 * away, 0.11 * away, x < 0.5 ? 25 : 250);
    default:                 return seen(0.97 - 0.18 * x, 0.055 + 0.035 * x, 100 + 150 * x);
    }
}

static enum weft_draw_cmap map_of(const struct weft_draw_spec *spec)
{
    return spec->cmap                                 ? spec->cmap
           : spec->color == WEFT_COLOR_DURATION       ? WEFT_CMAP_WARM
           : spec->color >= WEFT_COLOR_MEMORY_INCREASES ? WEFT_CMAP_VIOLET
                                                      : WEFT_CMAP_COOL;
}

/* ---- Colours of things ----------------------------------------------------------- */

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
        c->of_box[b] = wf_ink_of(*number);
    }
    wf_map_fini(&names);
    return st;
}

static void by_worker(struct wf_coloring *c, const struct wf_picture *p, int n_workers)
{
    for (size_t b = 0; b < p->n_boxes; b++) {
        const int w = p->boxes[b].worker;

        c->of_box[b] = w >= 0 ? wf_ink_of((size_t)w) : w == WF_SEVERAL ? plain : none;
    }
    c->several = plain;
    c->n_swatches = n_workers < WF_MAX_SWATCHES ? n_workers : WF_MAX_SWATCHES;
    for (int w = 0; w < c->n_swatches; w++)
        c->swatches[w] = wf_ink_of((size_t)w);
}

static void by_critical(struct wf_coloring *c, const struct wf_picture *p)
{
    const struct wf_ink red = {WF_RED_FILL, WF_RED};

    for (size_t b = 0; b < p->n_boxes; b++)
        c->of_box[b] = p->boxes[b].n_critical ? red : plain;
}

/* ---- Colours of a scale ------------------------------------------------------------ */

/* Of boxes of several tasks: all together, but for what cannot be added the most. */
static weft_status fill_held(struct wf_coloring *c, const struct wf_picture *p, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    const bool adds = c->mode == WEFT_COLOR_FREED || c->mode == WEFT_COLOR_MEMORY_INCREASES ||
                      c->mode == WEFT_COLOR_MEMORY_DECREASES;
    double *of_task = wf_alloc_array(n + 1, sizeof *of_task);
    bool in_bytes = false;
    weft_status st = of_task ? wf_held(of_task, &in_bytes, c->mode, t, err) : wf_error_nomem(err, "a picture");

    for (size_t i = 0; i < n && !st; i++) {
        double *value = &c->values[p->box_of[i]];

        *value = adds ? *value + of_task[i] : of_task[i] > *value ? of_task[i] : *value;
    }
    c->unit = in_bytes ? WF_BYTES : WF_COUNT;
    wf_free(of_task);
    return st;
}

static weft_status by_value(struct wf_coloring *c, const struct weft_draw_spec *spec, const struct wf_picture *p,
                            const weft_trace *t, struct weft_error *err)
{
    const enum weft_draw_cmap map = map_of(spec);
    const bool is_time = c->mode == WEFT_COLOR_DURATION;
    weft_status st = WEFT_OK;

    c->values = wf_alloc_zero(p->n_boxes + 1, sizeof *c->values);
    if (!c->values)
        return wf_error_nomem(err, "a picture");
    if (is_time || c->mode == WEFT_COLOR_ORDER) {
        for (size_t b = 0; b < p->n_boxes; b++)
            c->values[b] = is_time ? (double)p->boxes[b].total : p->boxes[b].first;
        c->unit = is_time && weft_trace_n_events(t) ? WF_TIME : WF_COUNT;
    } else {
        st = fill_held(c, p, t, err);
    }
    for (size_t b = 1; b < p->n_boxes; b++) {
        if (p->boxes[b].kind == WF_BOX_DATA)
            c->values[b] = c->values[b - 1];
    }
    c->least = is_time && p->n_boxes ? c->values[0] : 0;
    for (size_t b = 0; b < p->n_boxes; b++) {
        c->least = is_time && c->values[b] < c->least ? c->values[b] : c->least;
        c->most = c->values[b] > c->most ? c->values[b] : c->most;
    }
    if (spec->maxval > 0) {
        c->most = spec->maxval;
        c->least = c->least < c->most ? c->least : 0;
    }
    for (size_t b = 0; b < p->n_boxes; b++) {
        double x = c->most > c->least ? (c->values[b] - c->least) / (c->most - c->least) : 0;

        x = x < 0 ? 0 : x > 1 ? 1 : x;
        /* Durations differ by orders of magnitude: a scale of square roots. */
        c->of_box[b] = wf_ink_at(map, is_time ? sqrt(x) : x);
    }
    c->n_swatches = WF_N_GRADIENT;
    for (int i = 0; i < c->n_swatches; i++)
        c->swatches[i] = wf_ink_at(map, i / (double)(WF_N_GRADIENT - 1));
    return st;
}

weft_status wf_coloring_init(struct wf_coloring *c, const struct weft_draw_spec *spec, const struct wf_picture *p,
                             const weft_trace *t, struct weft_error *err)
{
    *c = (struct wf_coloring){.mode = spec->color, .of_box = wf_alloc_zero(p->n_boxes + 1, sizeof *c->of_box)};
    if (!c->of_box)
        return wf_error_nomem(err, "a picture");
    switch (spec->color) {
    case WEFT_COLOR_NAME:     return by_name(c, p, err);
    case WEFT_COLOR_CRITICAL: by_critical(c, p); break;
    case WEFT_COLOR_WORKER:   by_worker(c, p, weft_trace_n_workers(t)); break;
    default:                  return by_value(c, spec, p, t, err);
    }
    return WEFT_OK;
}

void wf_coloring_fini(struct wf_coloring *c)
{
    wf_free(c->of_box);
    wf_free(c->values);
    *c = (struct wf_coloring){0};
}
