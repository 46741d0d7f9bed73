/* layout.c - from ranks to places and lines. */
#include "lib/draw/layout.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

#define LEAST_GAP 26.0
#define MOST_GAP  90.0
#define PORT_GAP  7.0

/* The rows that ranks are: from top to bottom. */
struct rows {
    double *top, *bottom;
};

/* Between ranks there is more room where links go far to the side. */
static bool stack_rows(struct rows *rows, const struct wf_ranks *r, struct wf_layout *l)
{
    double y = 0;

    rows->top = wf_alloc_zero(r->n_ranks + 1, sizeof *rows->top);
    rows->bottom = wf_alloc_zero(r->n_ranks + 1, sizeof *rows->bottom);
    if (!rows->top || !rows->bottom)
        return false;
    for (size_t k = 0; k < r->n_ranks; k++) {
        double height = 0, far = 0, gap;

        for (size_t o = r->first[k]; o < r->first[k + 1]; o++) {
            const uint32_t i = r->order[o];

            height = i < r->n && l->places[i].h > height ? l->places[i].h : height;
            for (size_t e = r->down_first[i]; e < r->down_first[i + 1]; e++) {
                const double dx = r->x[i] - r->x[r->down[e]];

                far = dx > far ? dx : -dx > far ? -dx : far;
            }
        }
        gap = LEAST_GAP + 0.08 * far;
        rows->top[k] = y;
        rows->bottom[k] = y + height;
        y += height + (gap > MOST_GAP ? MOST_GAP : gap);
        l->height = rows->bottom[k];
    }
    for (size_t i = 0; i < r->n; i++) {
        l->places[i].x = r->x[i];
        l->places[i].y = (rows->top[r->rank[i]] + rows->bottom[r->rank[i]]) / 2;
    }
    for (size_t i = 0; i < r->n_nodes; i++)
        l->width = r->x[i] + r->half[i] > l->width ? r->x[i] + r->half[i] : l->width;
    return true;
}

/* ---- Ports: where at its edge a box is left and reached -------------------------------- */

struct port {
    uint32_t box, tie;
    double   towards; /* where the link goes to from here */
};

static int by_box(const void *a, const void *b)
{
    const struct port *x = a, *y = b;

    if (x->box != y->box)
        return x->box < y->box ? -1 : 1;
    if (x->towards != y->towards)
        return x->towards < y->towards ? -1 : 1;
    return x->tie < y->tie ? -1 : x->tie > y->tie;
}

/* Spreads the links of each box along its edge, those that shall be straight in its middle;
 * x[k] of tie k. */
static void spread(struct port *ports, size_t n, const struct wf_layout *l, const struct wf_tie *ties, double *x)
{
    qsort(ports, n, sizeof *ports, by_box);
    for (size_t p = 0, end; p < n; p = end) {
        const struct wf_place *box = &l->places[ports[p].box];
        double step;

        for (end = p + 1; end < n && ports[end].box == ports[p].box; end++)
            ;
        step = end - p > 1 ? box->w * 0.7 / (double)(end - p - 1) : 0;
        step = step > PORT_GAP ? PORT_GAP : step;
        for (size_t q = p; q < end; q++)
            x[ports[q].tie] = ties[ports[q].tie].is_straight ? box->x : box->x + ((double)(q - p) - (double)(end - p - 1) / 2) * step;
    }
}

static bool find_ports(const struct wf_ranks *r, const struct wf_layout *l, const struct wf_tie *ties, size_t n_ties,
                       double *from, double *to)
{
    struct port *ports = wf_alloc_array(n_ties + 1, sizeof *ports);

    if (!ports)
        return false;
    for (int end = 0; end < 2; end++) {
        for (size_t k = 0; k < n_ties; k++) {
            const uint32_t s = r->rank[ties[k].to] - r->rank[ties[k].from];
            const bool bends = s > 1 && r->bend[k] != UINT32_MAX;
            const uint32_t box = end ? ties[k].to : ties[k].from, other = end ? ties[k].from : ties[k].to;

            ports[k] = (struct port){box, (uint32_t)k, r->x[!bends ? other : end ? r->bend[k] + s - 2 : r->bend[k]]};
        }
        spread(ports, n_ties, l, ties, end ? to : from);
    }
    wf_free(ports);
    return true;
}

/* ---- Lines -------------------------------------------------------------------------------- */

static void piece(struct wf_layout *l, size_t *n, double x, double y0, double y1)
{
    l->points[(*n)++] = (struct wf_point){x, y0};
    l->points[(*n)++] = (struct wf_point){x, y1};
}

static weft_status draw_lines(struct wf_layout *l, const struct wf_ranks *r, const struct rows *rows,
                              const struct wf_tie *ties, size_t n_ties, struct weft_error *err)
{
    double *from = wf_alloc_array(n_ties + 1, sizeof *from), *to = wf_alloc_array(n_ties + 1, sizeof *to);
    size_t n = 0;
    weft_status st = WEFT_OK;

    l->first = wf_alloc_array(n_ties + 1, sizeof *l->first);
    l->points = wf_alloc_array(4 * n_ties + 2 * (r->n_nodes - r->n) + 1, sizeof *l->points);
    if (!from || !to || !l->first || !l->points || !find_ports(r, l, ties, n_ties, from, to)) {
        st = wf_error_nomem(err, "a layout");
        goto out;
    }
    for (size_t k = 0; k < n_ties; k++) {
        const struct wf_place *a = &l->places[ties[k].from], *b = &l->places[ties[k].to];
        const uint32_t row = r->rank[ties[k].from], last = r->rank[ties[k].to];

        l->first[k] = n;
        piece(l, &n, from[k], a->y + a->h / 2, rows->bottom[row]);
        for (uint32_t s = row + 1; s < last && r->bend[k] != UINT32_MAX; s++)
            piece(l, &n, r->x[r->bend[k] + s - row - 1], rows->top[s], rows->bottom[s]);
        piece(l, &n, to[k], rows->top[last], b->y - b->h / 2);
    }
    l->first[n_ties] = n;
out:
    wf_free(from);
    wf_free(to);
    return st;
}

/* ---- Directions ------------------------------------------------------------------------------ */

static void swap(double *a, double *b)
{
    const double c = *a;

    *a = *b;
    *b = c;
}

/* All is laid out downwards; other directions are that picture turned. */
static void turn(struct wf_layout *l, size_t n_points, enum wf_direction direction)
{
    const bool sideways = direction == WF_RIGHT || direction == WF_LEFT, back = direction == WF_UP || direction == WF_LEFT;

    for (size_t i = 0; i < l->n; i++) {
        l->places[i].y = back ? l->height - l->places[i].y : l->places[i].y;
        if (sideways) {
            swap(&l->places[i].x, &l->places[i].y);
            swap(&l->places[i].w, &l->places[i].h);
        }
    }
    for (size_t p = 0; p < n_points; p++) {
        l->points[p].y = back ? l->height - l->points[p].y : l->points[p].y;
        if (sideways)
            swap(&l->points[p].x, &l->points[p].y);
    }
    if (sideways)
        swap(&l->width, &l->height);
}

weft_status wf_layout(struct wf_layout *l, struct wf_place *places, size_t n, const struct wf_tie *ties, size_t n_ties,
                      enum wf_direction direction, struct weft_error *err)
{
    struct wf_ranks r = {0};
    struct rows rows = {0};
    weft_status st;

    *l = (struct wf_layout){.places = places, .n = n};
    for (size_t i = 0; i < n && (direction == WF_RIGHT || direction == WF_LEFT); i++)
        swap(&places[i].w, &places[i].h);
    st = wf_ranks_init(&r, l, ties, n_ties, err);
    st = st ? st : wf_ranks_order(&r, err);
    st = st ? st : wf_ranks_place(&r, err);
    if (!st && !stack_rows(&rows, &r, l))
        st = wf_error_nomem(err, "a layout");
    st = st ? st : draw_lines(l, &r, &rows, ties, n_ties, err);
    if (!st)
        turn(l, l->first[n_ties], direction);
    wf_free(rows.top);
    wf_free(rows.bottom);
    wf_ranks_fini(&r);
    return st;
}

void wf_layout_fini(struct wf_layout *l)
{
    wf_free(l->points);
    wf_free(l->first);
    *l = (struct wf_layout){0};
}
