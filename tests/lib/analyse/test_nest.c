#include <criterion/criterion.h>

#include "lib/analyse/nest.h"
#include "tests/support/hand_trace.h"

static const struct hand_task four[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};

static weft_trace *trace_of(const struct weft_event *events, size_t n)
{
    return hand_trace_of(four, 4, &(struct hand_run){.n_workers = 1, .wall_ns = 100, .events = events, .n_events = n});
}

/* What is cut out of [from, to), from the end, must be these. */
static void assert_pieces(const weft_trace *t, int64_t from, int64_t to, const struct wf_piece *expected, size_t n)
{
    struct wf_nest nest;
    struct wf_pieces pieces;
    struct wf_piece p;
    size_t k = 0;

    cr_assert(!wf_nest_init(&nest, t, NULL));
    wf_pieces_init(&pieces, &nest, 0, from, to);
    while (wf_pieces_next(&pieces, &p)) {
        cr_assert_lt(k, n);
        cr_assert_eq(p.begin_ns, expected[k].begin_ns, "piece %zu begins at %d", k, (int)p.begin_ns);
        cr_assert_eq(p.end_ns, expected[k].end_ns);
        cr_assert_eq(p.event, expected[k].event);
        k++;
    }
    cr_assert_eq(k, n);
    wf_nest_fini(&nest);
}

/*  0 A |-------------------|
 *  1 B     |-------|
 *  2 C         |-|
 *  3 D                           |---|
 *      0   4   8 10 12    24     30  34  */
static const struct weft_event nested[] = {
    {.begin_ns = 0, .end_ns = 24, .task = 0}, {.begin_ns = 4, .end_ns = 12, .task = 1},
    {.begin_ns = 8, .end_ns = 10, .task = 2}, {.begin_ns = 30, .end_ns = 34, .task = 3}};

Test(nest, a_moment_is_of_the_event_that_began_last)
{
    weft_trace *t = trace_of(nested, 4);

    assert_pieces(t, 0, 40, (struct wf_piece[]){{34, 40, WF_NO_EVENT}, {30, 34, 3}, {24, 30, WF_NO_EVENT}, {12, 24, 0},
                                                {10, 12, 1}, {8, 10, 2}, {4, 8, 1}, {0, 4, 0}}, 8);
    assert_pieces(t, 5, 9, (struct wf_piece[]){{8, 9, 2}, {5, 8, 1}}, 2);
    assert_pieces(t, 25, 28, (struct wf_piece[]){{25, 28, WF_NO_EVENT}}, 1);
    assert_pieces(t, 7, 7, NULL, 0);
    weft_trace_free(t);
}

Test(nest, events_that_overlap_are_cut_the_same_way)
{
    static const struct weft_event overlap[] = {
        {.begin_ns = 0, .end_ns = 10, .task = 0}, {.begin_ns = 5, .end_ns = 15, .task = 1}, {.begin_ns = 6, .end_ns = 7, .task = 2}};
    weft_trace *t = trace_of(overlap, 3);

    assert_pieces(t, 0, 20, (struct wf_piece[]){{15, 20, WF_NO_EVENT}, {7, 15, 1}, {6, 7, 2}, {5, 6, 1}, {0, 5, 0}}, 5);
    weft_trace_free(t);
}

Test(nest, pieces_of_all_workers_come_from_the_last_to_end_to_the_first)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        weft_trace *t = seed % 3 ? hand_trace_random(seed) : hand_trace_tangled(seed);
        struct wf_all_pieces all;
        struct wf_nest nest;
        struct wf_piece p;
        int64_t last = INT64_MAX, time = 0, expected = 0;

        cr_assert(!wf_nest_init(&nest, t, NULL));
        cr_assert(!wf_all_pieces_init(&all, &nest, NULL));
        while (wf_all_pieces_next(&all, &p)) {
            cr_assert_leq(p.end_ns, last);
            last = p.end_ns;
            time += p.event == WF_NO_EVENT ? 0 : p.end_ns - p.begin_ns;
        }
        for (int w = 0; w < nest.n_workers; w++) {
            struct wf_pieces pieces;

            wf_pieces_init(&pieces, &nest, w, 0, INT64_MAX);
            while (wf_pieces_next(&pieces, &p))
                expected += p.event == WF_NO_EVENT ? 0 : p.end_ns - p.begin_ns;
        }
        cr_assert_eq(time, expected);
        wf_all_pieces_fini(&all);
        wf_nest_fini(&nest);
        weft_trace_free(t);
    }
}

Test(nest, of_any_trace_cuts_each_worker_into_what_each_nanosecond_says)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        weft_trace *t = seed % 3 ? hand_trace_random(seed) : hand_trace_tangled(seed);
        const struct weft_event *e = weft_trace_events(t);
        struct wf_nest nest;

        cr_assert(!wf_nest_init(&nest, t, NULL));
        for (int w = 0; w < weft_trace_n_workers(t); w++) {
            const int64_t to = weft_trace_wall_ns(t);
            struct wf_pieces pieces;
            struct wf_piece p;
            int64_t at = to;

            wf_pieces_init(&pieces, &nest, w, 0, to);
            while (wf_pieces_next(&pieces, &p)) {
                cr_assert_eq(p.end_ns, at);
                cr_assert_lt(p.begin_ns, p.end_ns);
                for (at = p.begin_ns; at < p.end_ns; at += 1 + (p.end_ns - p.begin_ns) / 7) {
                    uint32_t owner = WF_NO_EVENT;

                    for (size_t k = nest.first[w]; k < nest.first[w + 1]; k++)
                        owner = e[k].begin_ns <= at && at < e[k].end_ns ? (uint32_t)k : owner;
                    cr_assert_eq(p.event, owner, "seed %zu, worker %d at %d", (size_t)seed, w, (int)at);
                }
                at = p.begin_ns;
            }
            cr_assert_eq(at, 0);
        }
        wf_nest_fini(&nest);
        weft_trace_free(t);
    }
}
