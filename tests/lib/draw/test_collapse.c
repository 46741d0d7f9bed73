#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/draw/collapse.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/scale.h"

struct seen {
    weft_trace       *trace;
    weft_analysis    *analysis;
    struct wf_picture p;
};

/* What always holds, tried the plain way. */
static void check(const struct seen *s)
{
    const struct wf_picture *p = &s->p;
    const size_t n = weft_trace_n_tasks(s->trace);
    size_t n_tasks = 0, n_crossing = 0, n_linked = 0, *waits = calloc(p->n_boxes + 1, sizeof *waits);
    bool more = true;
    uint32_t next = 0;

    for (size_t i = 0; i < n; i++) {
        cr_assert_leq(p->box_of[i], next);
        if (p->box_of[i] == next) {
            cr_assert_eq(p->boxes[next].first, i);
            next++;
        }
        for (size_t d = 0; d < weft_trace_n_deps(s->trace, i); d++)
            n_crossing += p->box_of[weft_trace_deps(s->trace, i)[d]] != p->box_of[i];
    }
    cr_assert_eq(next, p->n_boxes);
    for (size_t b = 0; b < p->n_boxes; b++)
        n_tasks += p->boxes[b].n_tasks;
    cr_assert_eq(n_tasks, n);
    for (size_t i = 0; i < p->n_links; i++) {
        cr_assert_neq(p->links[i].from, p->links[i].to);
        n_linked += p->links[i].n;
        waits[p->links[i].to]++;
        for (size_t j = 0; j < i && p->n_links < 2000; j++)
            cr_assert_not(p->links[j].from == p->links[i].from && p->links[j].to == p->links[i].to);
    }
    cr_assert_eq(n_linked, n_crossing);

    /* No circle: boxes that wait for nothing can be taken away until none is left. */
    next = 0;
    while (more) {
        more = false;
        for (size_t b = 0; b < p->n_boxes; b++) {
            if (waits[b] != 0)
                continue;
            waits[b] = SIZE_MAX;
            more = true;
            next++;
            for (size_t i = 0; i < p->n_links; i++)
                waits[p->links[i].to] -= p->links[i].from == b;
        }
    }
    cr_assert_eq(next, p->n_boxes, "%zu boxes wait in a circle", p->n_boxes - next);
    free(waits);
}

static struct seen see_trace(weft_trace *t, bool by_layer)
{
    struct seen s = {.trace = t};

    cr_assert(!weft_analyse_trace(&s.analysis, t, NULL));
    cr_assert(!wf_collapse(&s.p, t, s.analysis, by_layer, NULL));
    check(&s);
    return s;
}

static struct seen see(const struct hand_task *tasks, size_t n, bool by_layer)
{
    return see_trace(hand_trace(tasks, n, 0), by_layer);
}

static void forget(struct seen *s)
{
    wf_picture_fini(&s->p);
    weft_analysis_free(s->analysis);
    weft_trace_free(s->trace);
}

/*  make 0 -> sum 0 -.
 *                    >-> total       total also reads make 0
 *  make 1 -> sum 1 -'                                        */
static const struct hand_task sums[] = {
    {.name = "make", .begin_ns = 0, .end_ns = 10},
    {.name = "sum", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 15},
    {.name = "make", .begin_ns = 0, .end_ns = 30, .worker = 1},
    {.name = "sum", .HAND_DEPS(2), .begin_ns = 30, .end_ns = 35, .worker = 1},
    {.name = "total", .HAND_DEPS(1, 3, 0), .begin_ns = 35, .end_ns = 36},
};

Test(collapse, into_single_tasks_links_each_pair_once)
{
    const struct hand_task twice[] = {{.name = "a"}, {.name = "b", .HAND_DEPS(0, 0)}};
    struct seen s = see(twice, 2, false);

    cr_assert_eq(s.p.n_boxes, 2);
    cr_assert_eq(s.p.n_links, 1);
    cr_assert_eq(s.p.links[0].n, 2);
    cr_assert(s.p.links[0].is_critical);
    forget(&s);
}

Test(collapse, by_name_where_there_are_no_layers)
{
    struct seen s = see_trace(hand_trace(sums, 5, 2), true);
    const struct wf_box *make = &s.p.boxes[0];

    cr_assert_eq(s.p.n_boxes, 3);
    cr_assert_str_eq(make->name, "make");
    cr_assert_str_eq(s.p.boxes[1].name, "sum");
    cr_assert_str_eq(s.p.boxes[2].name, "total");
    cr_assert_eq(make->n_tasks, 2);
    cr_assert_eq(make->total, 40);
    cr_assert_eq(make->longest, 30);
    cr_assert_eq(make->slack, 0);
    cr_assert_eq(make->n_critical, 1);
    cr_assert_eq(make->worker, WF_SEVERAL);
    cr_assert_eq(s.p.boxes[2].worker, 0);
    cr_assert_eq(s.p.n_links, 3);
    cr_assert_eq(s.p.links[0].n, 2); /* make -> sum */
    cr_assert_eq(s.p.links[1].n, 2); /* sum -> total */
    cr_assert_eq(s.p.links[2].n, 1); /* make -> total */
    cr_assert(s.p.links[0].is_critical && s.p.links[1].is_critical);
    cr_assert_not(s.p.links[2].is_critical);
    forget(&s);
}

Test(collapse, by_layer_though_names_are_the_same)
{
    const struct hand_task same[] = {
        {.name = "map", .layer = "double", .layer_id = 3},
        {.name = "map", .HAND_DEPS(0), .layer = "negate", .layer_id = 9},
        {.name = "map", .layer = "double", .layer_id = 3},
        {.name = "other", .HAND_DEPS(2), .layer = "negate", .layer_id = 9},
    };
    struct seen s = see(same, 4, true);

    cr_assert_eq(s.p.n_boxes, 2);
    cr_assert_str_eq(s.p.boxes[0].name, "double");
    cr_assert_str_eq(s.p.boxes[1].name, "negate");
    cr_assert_eq(s.p.boxes[1].n_tasks, 2);
    forget(&s);
}

Test(collapse, a_reduction_inside_one_layer_is_one_box)
{
    const struct hand_task tree[] = {
        {.name = "add"}, {.name = "add"}, {.name = "add", .HAND_DEPS(0, 1)}, {.name = "add", .HAND_DEPS(2)}};
    struct seen s = see(tree, 4, true);

    /* A box that leads to itself is no circle on paper. */
    cr_assert_eq(s.p.n_boxes, 1);
    cr_assert_eq(s.p.n_links, 0);
    cr_assert_eq(s.p.boxes[0].from_level, 0);
    cr_assert_eq(s.p.boxes[0].to_level, 2);
    forget(&s);
}

/* step -> check -> step -> check -> ... , `n` tasks that begin with "load" and, when
 * `n_names` > 2, take turns among so many names. */
static weft_trace *loop(uint32_t n, uint32_t n_names)
{
    struct hand_task *tasks = calloc(n, sizeof *tasks);
    uint32_t *deps = calloc(n, sizeof *deps);
    char (*names)[32] = calloc(n_names, sizeof *names);
    weft_trace *t;

    for (uint32_t i = 0; i < n_names; i++)
        snprintf(names[i], sizeof *names, n_names > 2 ? "name-%u" : i ? "check" : "step", i);
    for (uint32_t i = 0; i < n; i++) {
        deps[i] = i - 1;
        tasks[i] = (struct hand_task){.name = i ? names[(i - 1) % n_names] : "load", .deps = &deps[i],
                                      .n_deps = i > 0};
    }
    t = hand_trace(tasks, n, 0);
    free(names);
    free(deps);
    free(tasks);
    return t;
}

Test(collapse, a_circle_of_names_is_opened_by_level)
{
    struct seen s = see_trace(loop(7, 2), true);

    cr_assert_eq(s.p.n_boxes, 7);
    cr_assert_eq(s.p.n_links, 6);
    cr_assert_str_eq(s.p.boxes[0].name, "load");
    cr_assert_str_eq(s.p.boxes[5].name, "step");
    forget(&s);
}

Test(collapse, a_long_circle_becomes_one_box_with_its_names)
{
    struct seen s = see_trace(loop(2001, 2), true);

    cr_assert_eq(s.p.n_boxes, 2);
    cr_assert_eq(s.p.n_links, 1);
    cr_assert_eq(s.p.boxes[1].n_tasks, 2000);
    cr_assert_eq(s.p.boxes[1].n_names, 2);
    cr_assert_str_eq(s.p.boxes[1].name, "step");
    cr_assert_str_eq(s.p.boxes[1].other, "check");
    forget(&s);
}

Test(collapse, more_names_than_boxes_become_bands_of_levels)
{
    struct seen s = see_trace(loop(2001, 1000), true);

    cr_assert_leq(s.p.n_boxes, WF_MAX_BOXES);
    cr_assert_gt(s.p.n_boxes, 10);
    cr_assert(s.p.boxes[0].is_band);
    cr_assert_eq(s.p.boxes[0].n_names, 3);
    cr_assert_eq(s.p.boxes[0].from_level, 0);
    cr_assert_eq(s.p.boxes[1].from_level, s.p.boxes[0].to_level + 1);
    forget(&s);
}

Test(collapse, of_nothing_is_nothing)
{
    struct seen a = see(NULL, 0, true), b = see(NULL, 0, false);

    cr_assert_eq(a.p.n_boxes, 0);
    cr_assert_eq(b.p.n_boxes, 0);
    forget(&a);
    forget(&b);
}

/* Whatever the names and layers of a graph, the picture has no circle. */
Test(collapse, of_random_graphs_holds_what_always_holds)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

    for (uint64_t seed = 0; seed < 200; seed++) {
        enum { N = 400 };
        static struct hand_task tasks[N];
        static uint32_t deps[N][3];
        uint32_t r[4];
        size_t n;

        wf_random_block(seed, 0, 0, r);
        n = 1 + r[0] % N;
        for (uint32_t i = 0; i < n; i++) {
            wf_random_block(seed, 1, i, r);
            tasks[i] = (struct hand_task){.name = names[r[0] % (1 + seed % 6)], .deps = deps[i],
                                          .n_deps = i ? r[1] % 4 : 0, .layer_id = r[2] % (1 + seed % 3),
                                          .layer = "layer"};
            wf_random_block(seed, 2, i, r);
            for (int d = 0; d < 3 && i; d++)
                deps[i][d] = r[d] % i;
        }
        for (int by_layer = 0; by_layer < 2; by_layer++) {
            struct seen s = see(tasks, n, by_layer);

            cr_assert(!by_layer || s.p.n_boxes <= WF_MAX_BOXES);
            forget(&s);
        }
    }
}

Test(collapse, a_million_tasks_in_less_than_two_seconds)
{
    enum { N = 1000000, PER_LAYER = 10000 };
    weft_trace *t = wf_trace_begin(N, 3 * (N - PER_LAYER), NULL), *whole = NULL;
    struct seen s = {0};
    int64_t begin;

    cr_assert(t);
    for (uint32_t i = 0; i < N; i++) {
        const uint32_t before = i - PER_LAYER;

        wf_trace_add(t, &(struct wf_trace_record){.layer_id = 1 + i / PER_LAYER, .n_deps = i < PER_LAYER ? 0 : 3},
                     (uint32_t[]){before, before - before % 7, before - before % 100});
    }
    cr_assert(!wf_trace_end(&whole, t, NULL));
    begin = wf_now_ns();
    cr_assert(!weft_analyse_trace(&s.analysis, whole, NULL));
    cr_assert(!wf_collapse(&s.p, whole, s.analysis, true, NULL));
    cr_assert_lt(wf_now_ns() - begin, test_patient_ns(2 * (int64_t)1000000000));
    s.trace = whole;
    cr_assert_eq(s.p.n_boxes, N / PER_LAYER);
    check(&s);
    forget(&s);
}

Test(collapse, without_memory_leaks_nothing)
{
    /* The loop passes through splitting as well. */
    weft_trace *t = loop(40, 2);
    weft_analysis *a = NULL;
    weft_status st = WEFT_NOMEM;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    for (int nth = 1; st; nth++) {
        struct wf_picture p = {0};

        cr_assert_lt(nth, 60);
        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        st = wf_collapse(&p, t, a, true, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_NOMEM || nth > 8);
        wf_picture_fini(&p);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
    }
    weft_analysis_free(a);
    weft_trace_free(t);
}
