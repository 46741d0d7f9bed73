#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    cr_assert(!wf_collapse(&s.p, t, s.analysis, by_layer ? WEFT_DRAW_LAYERS : WEFT_DRAW_TASKS, false, NULL));
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

/* The critical path has boxes of its own, along which its links are red; every task of it is
 * in one, and what else is in there lies between two of its tasks: so it has no way out but
 * into the box. */
static void check_path(const struct seen *s, bool is_apart)
{
    const uint32_t *path = weft_analysis_critical(s->analysis);
    const size_t n = weft_analysis_n_critical(s->analysis);
    size_t n_critical = 0, n_red = 0, n_steps = 0;

    for (size_t i = 0; i < n && is_apart; i++)
        cr_assert_eq(s->p.boxes[s->p.box_of[path[i]]].kind, WF_BOX_PATH);
    for (size_t b = 0; b < s->p.n_boxes; b++) {
        n_critical += s->p.boxes[b].n_critical;
        cr_assert(!is_apart || (s->p.boxes[b].kind == WF_BOX_PATH) == (s->p.boxes[b].n_critical > 0));
    }
    cr_assert_eq(n_critical, n);
    for (size_t i = 1; i < n; i++)
        n_steps += s->p.box_of[path[i - 1]] != s->p.box_of[path[i]];
    for (size_t k = 0; k < s->p.n_links; k++)
        n_red += s->p.links[k].is_critical;
    cr_assert(is_apart ? n_red == n_steps : n_red <= n_steps);
}

static struct seen see_auto(weft_trace *t)
{
    struct seen s = {.trace = t};

    cr_assert(!weft_analyse_trace(&s.analysis, t, NULL));
    cr_assert(!wf_collapse(&s.p, t, s.analysis, WEFT_DRAW_AUTO, true, NULL));
    check(&s);
    check_path(&s, s.p.mode != WEFT_DRAW_TASKS);
    return s;
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

Test(collapse, a_long_circle_becomes_boxes_of_levels_with_its_names)
{
    struct seen s = see_trace(loop(2001, 2), true);
    size_t n = 0;

    cr_assert_gt(s.p.n_boxes, 10);
    cr_assert_lt(s.p.n_boxes, 70);
    cr_assert_eq(s.p.n_links, s.p.n_boxes - 1);
    for (size_t b = 1; b < s.p.n_boxes; b++) {
        n += s.p.boxes[b].n_tasks;
        cr_assert_eq(s.p.boxes[b].n_names, 2);
    }
    cr_assert_eq(n, 2000);
    cr_assert_str_eq(s.p.boxes[1].name, "step");
    cr_assert_str_eq(s.p.boxes[1].other, "check");
    forget(&s);
}

Test(collapse, more_names_than_boxes_become_bands_of_levels)
{
    struct seen s = see_trace(loop(2001, 1000), true);

    cr_assert_leq(s.p.n_boxes, WF_MAX_BOXES);
    cr_assert_gt(s.p.n_boxes, 10);
    cr_assert_eq(s.p.boxes[0].kind, WF_BOX_BAND);
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
        for (enum weft_draw_mode mode = WEFT_DRAW_AUTO; mode <= WEFT_DRAW_GROUPS; mode++) {
            for (int with_path = 0; with_path < 2; with_path++) {
                struct seen s = {.trace = hand_trace(tasks, n, 0)};

                cr_assert(!weft_analyse_trace(&s.analysis, s.trace, NULL));
                cr_assert(!wf_collapse(&s.p, s.trace, s.analysis, mode, with_path, NULL));
                check(&s);
                check_path(&s, with_path && s.p.mode != WEFT_DRAW_TASKS);
                cr_assert(mode != WEFT_DRAW_LAYERS || s.p.n_boxes <= 2 * WF_MAX_BOXES);
                forget(&s);
            }
        }
    }
}

/* `n` chains of `length` and a task that reads their ends; chain `slow` is the longest. */
static weft_trace *chains(uint32_t n, uint32_t length, uint32_t slow)
{
    static const char *const names[] = {"load", "parse", "filter", "fit"};
    struct hand_task *tasks = calloc((size_t)n * length + 1, sizeof *tasks);
    uint32_t *deps = calloc((size_t)n * length + n, sizeof *deps);
    weft_trace *t;

    for (uint32_t i = 0; i < n * length; i++) {
        const bool first = i % length == 0;

        deps[i] = i - 1;
        tasks[i] = (struct hand_task){.name = names[i % length % 4], .deps = &deps[i], .n_deps = !first,
                                      .begin_ns = 100 * i, .end_ns = 100 * i + (i / length == slow ? 100 : 10)};
    }
    for (uint32_t i = 0; i < n; i++)
        deps[n * length + i] = i * length + length - 1;
    tasks[n * length] = (struct hand_task){.name = "total", .deps = deps + n * length, .n_deps = n,
                                          .begin_ns = 100 * n * length, .end_ns = 100 * n * length + 5};
    t = hand_trace(tasks, n * length + 1, 1);
    free(deps);
    free(tasks);
    return t;
}

Test(collapse, takes_the_first_detail_that_can_be_read)
{
    static const struct {
        uint32_t n, length;
        enum weft_draw_mode mode;
        size_t n_boxes; /* the slow chain and the total stand alone */
    } cases[] = {
        {1, 1, WEFT_DRAW_TASKS, 2},     {70, 4, WEFT_DRAW_TASKS, 281}, {80, 4, WEFT_DRAW_CHAINS, 79 + 5},
        {99, 4, WEFT_DRAW_CHAINS, 98 + 5}, {1000, 4, WEFT_DRAW_GROUPS, 4 + 5}, {1, 100, WEFT_DRAW_TASKS, 101},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen s = see_auto(chains(cases[i].n, cases[i].length, cases[i].n / 2));

        cr_assert_eq(s.p.mode, cases[i].mode, "case %zu: %d", i, s.p.mode);
        cr_assert_eq(s.p.n_boxes, cases[i].n_boxes, "case %zu: %zu", i, s.p.n_boxes);
        forget(&s);
    }
}

Test(collapse, the_path_goes_through_groups_task_by_task)
{
    struct seen s = see_auto(chains(1000, 4, 7));

    cr_assert_eq(s.p.boxes[s.p.box_of[28]].n_tasks, 1);
    cr_assert_eq(s.p.boxes[s.p.box_of[0]].n_tasks, 999);
    cr_assert_str_eq(s.p.boxes[s.p.box_of[28]].name, "load");
    cr_assert_eq(s.p.boxes[s.p.box_of[28]].total, 100);
    forget(&s);
}

Test(collapse, of_a_long_path_the_most_costly_tasks_stand_alone)
{
    enum { N = 5000 };
    static struct hand_task tasks[N];
    static uint32_t deps[N];
    size_t n_alone = 0, n_joined = 0;
    struct seen s;

    for (uint32_t i = 0; i < N; i++) {
        deps[i] = i - 1;
        tasks[i] = (struct hand_task){.name = "step", .deps = &deps[i], .n_deps = i > 0, .begin_ns = 100 * i,
                                      .end_ns = 100 * i + (i % 1000 == 500 ? 90 : 10)};
    }
    s = see_auto(hand_trace(tasks, N, 1));
    for (size_t b = 0; b < s.p.n_boxes; b++) {
        n_alone += s.p.boxes[b].n_tasks == 1;
        n_joined += s.p.boxes[b].n_tasks > 1 ? s.p.boxes[b].n_tasks : 0;
    }
    for (uint32_t i = 500; i < N; i += 1000)
        cr_assert_eq(s.p.boxes[s.p.box_of[i]].n_tasks, 1, "step %u", i);
    cr_assert_eq(n_alone, 5);
    cr_assert_eq(n_joined, N - 5);
    cr_assert_eq(s.p.n_boxes, 11);
    forget(&s);
}

/*  step -> step -> step ...      the path
 *     `-> side -^ `-> side -^    each between two steps of it   */
Test(collapse, what_lies_between_two_tasks_of_a_piece_is_in_it)
{
    enum { N = 3000 };
    static struct hand_task tasks[N];
    static uint32_t deps[N][2];
    struct seen s;
    size_t n_in = 0;

    for (uint32_t i = 0; i < N; i++) {
        deps[i][0] = i % 2 ? i - 1 : i - 2;
        deps[i][1] = i - 1;
        tasks[i] = (struct hand_task){.name = i % 2 ? "side" : "step", .deps = deps[i], .n_deps = i == 0 ? 0 : i % 2 ? 1 : 2,
                                      .begin_ns = 10 * i, .end_ns = 10 * i + 10};
    }
    s = see_auto(hand_trace(tasks, N, 1));
    for (size_t b = 0; b < s.p.n_boxes; b++)
        n_in += s.p.boxes[b].kind == WF_BOX_PATH ? s.p.boxes[b].n_tasks : 0;
    cr_assert_geq(n_in, N - 1);
    cr_assert_leq(s.p.n_boxes, 40);
    forget(&s);
}

Test(collapse, a_result_has_a_box_after_its_task)
{
    struct seen s = see_trace(hand_trace(sums, 5, 2), false);

    cr_assert(!wf_picture_add_data(&s.p, 5, NULL));
    cr_assert_eq(s.p.n_boxes, 10);
    cr_assert_eq(s.p.n_links, 5 + 5);
    for (uint32_t i = 0; i < 5; i++) {
        cr_assert_eq(s.p.box_of[i], 2 * i);
        cr_assert_eq(s.p.boxes[2 * i + 1].kind, WF_BOX_DATA);
        cr_assert_eq(s.p.boxes[2 * i + 1].first, i);
    }
    for (size_t k = 0; k < s.p.n_links; k++)
        cr_assert_eq(s.p.links[k].from % 2, s.p.links[k].n ? 1 : 0);
    forget(&s);
}

Test(collapse, of_a_million_tasks_is_not_quadratic)
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
    begin = test_cpu_ns();
    cr_assert(!weft_analyse_trace(&s.analysis, whole, NULL));
    cr_assert(!wf_collapse(&s.p, whole, s.analysis, WEFT_DRAW_LAYERS, false, NULL));
    cr_assert_lt(test_cpu_ns() - begin, test_patient_ns(2 * (int64_t)1000000000));
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
        st = wf_collapse(&p, t, a, WEFT_DRAW_LAYERS, true, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_NOMEM || nth > 8);
        wf_picture_fini(&p);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
    }
    weft_analysis_free(a);
    weft_trace_free(t);
}
