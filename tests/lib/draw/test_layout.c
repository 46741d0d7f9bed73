#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/draw/layout.h"
#include "tests/support/nomem.h"
#include "tests/support/scale.h"

static const double eps = 1e-6;

struct graph {
    struct wf_place *places;
    size_t           n;
    struct wf_tie   *ties;
    size_t           n_ties;
};

static uint32_t dice(uint64_t seed, uint32_t i, uint32_t sides)
{
    uint32_t r[4];

    wf_random_block(seed, 7, i, r);
    return r[0] % sides;
}

/* Ties lead to higher numbers, as tasks do, after a shuffle of what numbers mean. */
static struct graph random_graph(uint64_t seed, uint32_t n, uint32_t n_ties, bool shuffled)
{
    struct graph g = {calloc(n + 1, sizeof *g.places), n, calloc(n_ties + 1, sizeof *g.ties), 0};
    uint32_t *name = calloc(n + 1, sizeof *name);

    for (uint32_t i = 0; i < n; i++) {
        name[i] = i;
        g.places[i].w = 20 + dice(seed, i, 100);
        g.places[i].h = 20 + dice(seed, i + n, 30);
    }
    for (uint32_t i = n; shuffled && i > 1; i--) {
        const uint32_t j = dice(seed + 1, i, i), swap = name[i - 1];

        name[i - 1] = name[j];
        name[j] = swap;
    }
    for (uint32_t k = 0; k < n_ties && n > 1; k++) {
        const uint32_t a = dice(seed + 2, k, n), b = dice(seed + 3, k, n);

        if (a != b)
            g.ties[g.n_ties++] = (struct wf_tie){name[a < b ? a : b], name[a < b ? b : a], dice(seed + 4, k, 9) == 0};
    }
    free(name);
    return g;
}

static void drop(struct graph *g)
{
    free(g->places);
    free(g->ties);
}

static int by_y_then_x(const void *a, const void *b)
{
    const struct wf_place *p = a, *q = b;

    return p->y != q->y ? (p->y < q->y ? -1 : 1) : (p->x > q->x) - (p->x < q->x);
}

/* Boxes of one row stand side by side; rows lie below each other. */
static void check_boxes(const struct wf_layout *l)
{
    struct wf_place *sorted = calloc(l->n + 1, sizeof *sorted);
    double bottom = -1, row_bottom = -1;

    memcpy(sorted, l->places, l->n * sizeof *sorted);
    qsort(sorted, l->n, sizeof *sorted, by_y_then_x);
    for (size_t i = 0; i < l->n; i++) {
        const struct wf_place *p = &sorted[i];

        cr_assert(isfinite(p->x) && isfinite(p->y));
        cr_assert_geq(p->x - p->w / 2, -eps);
        cr_assert_leq(p->x + p->w / 2, l->width + eps);
        cr_assert_geq(p->y - p->h / 2, -eps);
        cr_assert_leq(p->y + p->h / 2, l->height + eps);
        if (i > 0 && sorted[i - 1].y == p->y)
            cr_assert_geq(p->x - p->w / 2, sorted[i - 1].x + sorted[i - 1].w / 2 + 1);
        else
            row_bottom = bottom;
        cr_assert_geq(p->y - p->h / 2, row_bottom, "box %zu", i);
        bottom = p->y + p->h / 2 > bottom ? p->y + p->h / 2 : bottom;
    }
    free(sorted);
}

static void check_lines(const struct wf_layout *l, const struct graph *g)
{
    for (size_t k = 0; k < g->n_ties; k++) {
        const struct wf_place *from = &l->places[g->ties[k].from], *to = &l->places[g->ties[k].to];
        const struct wf_point *p = l->points + l->first[k];
        const size_t n = l->first[k + 1] - l->first[k];

        cr_assert(n >= 4 && n % 2 == 0);
        cr_assert_gt(to->y - to->h / 2, from->y + from->h / 2);
        cr_assert_float_eq(p[0].y, from->y + from->h / 2, eps);
        cr_assert_float_eq(p[n - 1].y, to->y - to->h / 2, eps);
        cr_assert_leq(fabs(p[0].x - from->x), from->w / 2 + eps);
        cr_assert_leq(fabs(p[n - 1].x - to->x), to->w / 2 + eps);
        for (size_t i = 1; i < n; i++) {
            cr_assert_geq(p[i].y, p[i - 1].y - eps);
            cr_assert(i % 2 == 0 || p[i].x == p[i - 1].x);
        }
    }
}

/* Straight pieces, between ranks' tops and bottoms, run over no box; curves are between ranks. */
static void check_no_line_over_a_box(const struct wf_layout *l, const struct graph *g)
{
    for (size_t k = 0; k < g->n_ties; k++) {
        const struct wf_point *p = l->points + l->first[k];

        for (size_t i = 0; i + 1 < l->first[k + 1] - l->first[k]; i += 2) {
            for (size_t b = 0; b < l->n; b++) {
                const struct wf_place *box = &l->places[b];
                const bool beside = p[i].x <= box->x - box->w / 2 || p[i].x >= box->x + box->w / 2;

                cr_assert(beside || p[i + 1].y <= box->y - box->h / 2 + eps || p[i].y >= box->y + box->h / 2 - eps,
                          "line %zu over box %zu", k, b);
            }
        }
    }
}

static struct wf_layout laid(struct graph *g, enum wf_direction direction)
{
    struct wf_layout l = {0};

    cr_assert(!wf_layout(&l, g->places, g->n, g->ties, g->n_ties, direction, NULL));
    return l;
}

Test(layout, of_random_graphs_holds_what_always_holds)
{
    for (uint64_t seed = 0; seed < 150; seed++) {
        const uint32_t n = dice(seed, 1, 90);
        struct graph g = random_graph(seed, n, n * dice(seed, 2, 4), seed % 2);
        struct wf_layout l = laid(&g, WF_DOWN);

        check_boxes(&l);
        check_lines(&l, &g);
        check_no_line_over_a_box(&l, &g);
        wf_layout_fini(&l);
        drop(&g);
    }
}

Test(layout, of_nothing_and_of_one_box)
{
    for (uint32_t n = 0; n < 2; n++) {
        struct graph g = random_graph(1, n, 0, false);
        struct wf_layout l = laid(&g, WF_DOWN);

        cr_assert_eq(l.width, n ? g.places[0].w : 0);
        cr_assert_eq(l.height, n ? g.places[0].h : 0);
        wf_layout_fini(&l);
        drop(&g);
    }
}

Test(layout, a_chain_is_a_straight_line)
{
    enum { N = 20 };
    struct graph g = {calloc(N, sizeof *g.places), N, calloc(N, sizeof *g.ties), N - 1};
    struct wf_layout l;

    for (uint32_t i = 0; i < N; i++) {
        g.places[i] = (struct wf_place){.w = 10 + i, .h = 10};
        g.ties[i] = (struct wf_tie){i, i + 1, false};
    }
    l = laid(&g, WF_DOWN);
    for (uint32_t i = 0; i < N; i++)
        cr_assert_float_eq(g.places[i].x, g.places[0].x, 0.01);
    wf_layout_fini(&l);
    drop(&g);
}

/*  0  1      0 and 1 stand over what reads them: no crossing, though
 *   \/       numbers would have it otherwise.
 *   /\
 *  3  2                                                              */
Test(layout, crossings_that_need_not_be_are_not)
{
    struct graph g = {calloc(4, sizeof *g.places), 4, calloc(2, sizeof *g.ties), 2};
    struct wf_ranks r = {0};
    struct wf_layout l;

    for (int i = 0; i < 4; i++)
        g.places[i] = (struct wf_place){.w = 10, .h = 10};
    g.ties[0] = (struct wf_tie){0, 3, false};
    g.ties[1] = (struct wf_tie){1, 2, false};
    l = (struct wf_layout){.places = g.places, .n = 4};
    cr_assert(!wf_ranks_init(&r, &l, g.ties, 2, NULL));
    cr_assert_eq(wf_ranks_crossings(&r), 1);
    cr_assert(!wf_ranks_order(&r, NULL));
    cr_assert_eq(wf_ranks_crossings(&r), 0);
    wf_ranks_fini(&r);
    drop(&g);
}

/* Pairs of links between the same two ranks that cross, one by one. */
static size_t crossings_plainly(const struct wf_ranks *r)
{
    size_t n = 0;

    for (uint32_t a = 0; a < r->n_nodes; a++) {
        for (uint32_t b = 0; b < r->n_nodes; b++) {
            if (r->rank[a] != r->rank[b] || r->at[a] >= r->at[b])
                continue;
            for (size_t i = r->down_first[a]; i < r->down_first[a + 1]; i++) {
                for (size_t j = r->down_first[b]; j < r->down_first[b + 1]; j++)
                    n += r->at[r->down[i]] > r->at[r->down[j]];
            }
        }
    }
    return n;
}

Test(layout, crossings_are_counted_right_and_never_get_more)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct graph g = random_graph(seed, 30, 60, true);
        struct wf_layout l = {.places = g.places, .n = g.n};
        struct wf_ranks r = {0};
        size_t before;

        cr_assert(!wf_ranks_init(&r, &l, g.ties, g.n_ties, NULL));
        before = wf_ranks_crossings(&r);
        cr_assert_eq(before, crossings_plainly(&r));
        cr_assert(!wf_ranks_order(&r, NULL));
        cr_assert_eq(wf_ranks_crossings(&r), crossings_plainly(&r));
        cr_assert_leq(wf_ranks_crossings(&r), before);
        wf_ranks_fini(&r);
        drop(&g);
    }
}

Test(layout, directions_are_the_same_picture_turned)
{
    struct graph g[4];
    struct wf_layout l[4];

    for (int d = 0; d < 4; d++) {
        g[d] = random_graph(5, 40, 80, false);
        /* Squares: to the side, a box is as wide as it is high. */
        for (size_t i = 0; i < g[d].n; i++)
            g[d].places[i].h = g[d].places[i].w;
        l[d] = laid(&g[d], (enum wf_direction)d);
    }
    for (size_t i = 0; i < g[0].n; i++) {
        cr_assert_float_eq(l[WF_RIGHT].places[i].x, l[WF_DOWN].places[i].y, eps);
        cr_assert_float_eq(l[WF_RIGHT].places[i].y, l[WF_DOWN].places[i].x, eps);
        cr_assert_float_eq(l[WF_UP].places[i].y, l[WF_DOWN].height - l[WF_DOWN].places[i].y, eps);
        cr_assert_float_eq(l[WF_LEFT].places[i].x, l[WF_RIGHT].width - l[WF_RIGHT].places[i].x, eps);
    }
    for (int d = 0; d < 4; d++) {
        wf_layout_fini(&l[d]);
        drop(&g[d]);
    }
}

Test(layout, boxes_without_links_are_a_block_not_a_row)
{
    struct graph g = random_graph(3, 1000, 0, false);
    struct wf_layout l = laid(&g, WF_DOWN);

    check_boxes(&l);
    cr_assert_lt(l.width, 3000);
    cr_assert_lt(l.height, 4000);
    wf_layout_fini(&l);
    drop(&g);
}

/* A link from the first to the last box of a long chain beside many others would take a bend
 * in each rank: a million for a thousand links. */
Test(layout, very_long_links_go_straight)
{
    enum { N = 3000 };
    struct graph g = {calloc(N, sizeof *g.places), N, calloc(2 * N, sizeof *g.ties), 0};
    struct wf_layout l;

    for (uint32_t i = 0; i < N; i++) {
        g.places[i] = (struct wf_place){.w = 10, .h = 10};
        if (i > 0)
            g.ties[g.n_ties++] = (struct wf_tie){i - 1, i, false};
        if (i > N / 2)
            g.ties[g.n_ties++] = (struct wf_tie){i - N / 2, i, false};
    }
    l = laid(&g, WF_DOWN);
    check_boxes(&l);
    check_lines(&l, &g);
    cr_assert_lt(l.first[g.n_ties], 20 * N);
    wf_layout_fini(&l);
    drop(&g);
}

Test(layout, of_a_hundred_thousand_boxes_is_not_quadratic)
{
    struct graph g = random_graph(9, 100000, 0, false);
    struct wf_layout l;
    int64_t begin;

    free(g.ties);
    g.ties = calloc(2 * g.n, sizeof *g.ties);
    for (uint32_t i = 300; i < g.n; i++) {
        g.ties[g.n_ties++] = (struct wf_tie){i - 300, i, false};
        g.ties[g.n_ties++] = (struct wf_tie){i - 300 - i % 7, i, false};
        g.n_ties -= i - 300 < i % 7;
    }
    begin = test_cpu_ns();
    l = laid(&g, WF_DOWN);
    cr_assert_lt(test_cpu_ns() - begin, test_patient_ns(2 * (int64_t)1000000000));
    check_boxes(&l);
    check_lines(&l, &g);
    wf_layout_fini(&l);
    drop(&g);
}

static weft_status lay_out(void *arg)
{
    const struct graph *g = arg;
    struct wf_layout l = {0};
    const weft_status st = wf_layout(&l, g->places, g->n, g->ties, g->n_ties, WF_DOWN, NULL);

    wf_layout_fini(&l);
    return st;
}

Test(layout, without_memory_leaks_nothing)
{
    struct graph g = random_graph(4, 30, 60, false);

    nomem_everywhere(lay_out, &g);
    drop(&g);
}
