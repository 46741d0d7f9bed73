/* test_heap.c - tasks with priorities: the largest first, of equals the first in rank. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <weft/weft.h>

#include "scheduler/heap.h"
#include "tests/support/scale.h"

Test(heap, gives_the_largest_priority_and_of_equals_the_smallest_number)
{
    enum { N = 500 };
    int priority[N];
    uint32_t queue[N], node;
    weft_plan plan = {.priority = priority, .queue = queue, .roots = queue};
    struct wf_heap h;
    bool in[N] = {false};

    wf_heap_init(&h);
    srand(5);
    for (int i = 0; i < N; i++)
        priority[i] = rand() % 7 - 3;
    wf_heap_fill(&h, &plan);
    cr_expect(!wf_heap_take(&h, &node));
    for (int step = 0; step < 20000; step++) {
        const uint32_t i = (uint32_t)(rand() % N);

        if (!in[i]) {
            wf_heap_push(&h, i);
            in[i] = true;
        } else {
            uint32_t best = N;

            for (uint32_t k = 0; k < N; k++)
                if (in[k] && (best == N || priority[k] > priority[best]))
                    best = k;
            cr_assert(wf_heap_take(&h, &node));
            cr_assert_eq(node, best);
            in[node] = false;
        }
    }
    wf_heap_fini(&h);
}

/* ---- On pools ----------------------------------------------------------------- */

enum { MOST = 64 };

struct log {
    _Atomic int n;
    intptr_t    order[MOST];
};

static struct log diary;

static weft_status note(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    diary.order[atomic_fetch_add(&diary.n, 1)] = (intptr_t)arg;
    return WEFT_OK;
}

static weft_pool *pool_of(enum weft_pool_kind kind, int n)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = kind, .n_workers = n});
}

/* Ten roots, then a root that makes five more ready: urgent ones go before waiting ones.
 *
 *     r0 r1 ... r9 (priority 0 .. 9)       start (20) -> a (15) b (-1) c (4) d (0) e (15)   */
Test(heap, one_worker_follows_the_priorities)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_SERIAL; kind++) {
        weft_pool *pool = pool_of((enum weft_pool_kind)kind, 1);
        weft_graph *g = weft_graph_new();
        const intptr_t want[] = {100, 15, 16, 9, 8, 7, 6, 5, 4, 14, 3, 2, 1, 0, 10, -1};
        weft_task *t[16], *start = weft_add(g, note, .arg = (void *)100, .priority = 20);
        int n = 0;

        diary.n = 0;
        t[n++] = start;
        for (intptr_t i = 0; i < 10; i++)
            t[n++] = weft_add(g, note, .arg = (void *)i, .priority = (int)i);
        t[n++] = weft_add(g, note, .arg = (void *)15, .priority = 15, .deps = WEFT_DEPS(start));
        t[n++] = weft_add(g, note, .arg = (void *)-1, .priority = -1, .deps = WEFT_DEPS(start));
        t[n++] = weft_add(g, note, .arg = (void *)14, .priority = 4, .deps = WEFT_DEPS(start));
        t[n++] = weft_add(g, note, .arg = (void *)10, .priority = 0, .deps = WEFT_DEPS(start));
        t[n++] = weft_add(g, note, .arg = (void *)16, .priority = 15, .deps = WEFT_DEPS(start));
        for (int round = 0; round < 3; round++) {
            diary.n = 0;
            cr_assert_eq(weft_pool_run_many(pool, t, (size_t)n, NULL, NULL, NULL), WEFT_OK);
            cr_assert_eq(diary.n, n);
            for (int i = 0; i < n; i++)
                cr_expect_eq(diary.order[i], want[i], "pool kind %d: place %d has %d", kind, i, (int)diary.order[i]);
        }
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status add_up(weft_call *call, void *arg, struct weft_error *err)
{
    uint64_t sum = (uintptr_t)arg;

    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum = sum * 31 + (uint64_t)weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64((int64_t)sum));
    return WEFT_OK;
}

/* Layers with random priorities, a wide join among them, run beside a graph without. */
Test(heap, priorities_change_no_result)
{
    enum { LAYERS = 12, WIDTH = 80 };
    static const int workers[] = {1, 2, 3, 7, 16};
    struct weft_value want = weft_value_none();

    for (int w = -1; w < 5; w++) {
        weft_pool *pool = w < 0 ? pool_of(WEFT_POOL_SERIAL, 0) : pool_of(WEFT_POOL_THREADS, workers[w]);
        weft_graph *g = weft_graph_new(), *plain = weft_graph_new();
        weft_task *row[WIDTH], *next[WIDTH], *last, *others[WIDTH];
        weft_plan *plan;

        srand(9);
        for (intptr_t i = 0; i < WIDTH; i++) {
            row[i] = weft_add(g, add_up, .arg = (void *)i, .priority = rand() % 5 - 2);
            others[i] = weft_add(plain, add_up, .arg = (void *)i);
        }
        for (int l = 1; l < LAYERS; l++) {
            for (intptr_t i = 0; i < WIDTH; i++)
                next[i] = weft_add(g, add_up, .arg = (void *)i, .priority = rand() % 5 - 2,
                                   .deps = WEFT_DEPS(row[i], row[(i + 7) % WIDTH]));
            for (int i = 0; i < WIDTH; i++)
                row[i] = next[i];
        }
        last = weft_add(g, add_up, .deps = row, .n_deps = WIDTH);
        cr_assert_eq(weft_plan_new(&plan, &last, 1, NULL, NULL), WEFT_OK);
        for (int64_t round = 0; round < test_scaled(30); round++) {
            weft_future *beside;
            struct weft_value got;

            cr_assert_eq(weft_pool_submit(pool, others, WIDTH, NULL, &beside, NULL), WEFT_OK);
            cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, &got, NULL), WEFT_OK);
            if (!want.type)
                want = got;
            cr_assert_eq(weft_value_i64(got), weft_value_i64(want));
            weft_future_free(beside);
        }
        weft_plan_free(plan);
        weft_graph_free(g);
        weft_graph_free(plain);
        weft_pool_free(pool);
    }
}

Test(heap, equal_pure_tasks_keep_the_larger_priority)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 1);
    weft_graph *g = weft_graph_new();
    weft_task *t[] = {weft_add(g, note, .name = "low", .arg = (void *)1),
                      weft_add(g, note, .name = "same", .arg = (void *)2, .flags = WEFT_PURE),
                      weft_add(g, note, .name = "same", .arg = (void *)2, .flags = WEFT_PURE, .priority = 3)};

    diary.n = 0;
    cr_assert_eq(weft_pool_run_many(pool, t, 3, NULL, NULL, NULL), WEFT_OK);
    cr_expect_eq(diary.n, 2);
    cr_expect_eq(diary.order[0], 2);
    weft_graph_free(g);
    weft_pool_free(pool);
}
