/* test_sanitizer.c - a race of our own is reported, in whatever way it touches memory. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <string.h>

#include <weft/pool.h>

#include "config.h"

/* The sanitizer ends a program with this. Two that meet at the very same time it may miss,
 * a thousand it does not. */
enum { RACE = WF_TSAN ? 66 : 0, TIMES = 1000 };

static _Atomic int   n_met;
static volatile long word;
static char          bytes[64], source[64];

/* Comes back when both tasks are here, so each has a worker of its own. Relaxed: to meet
 * orders nothing. */
static void meet(void)
{
    atomic_fetch_add_explicit(&n_met, 1, memory_order_relaxed);
    while (atomic_load_explicit(&n_met, memory_order_relaxed) < 2)
        ;
}

static weft_status body_counts(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    meet();
    for (int i = 0; i < TIMES; i++)
        word = i;
    return WEFT_OK;
}

static weft_status body_copies(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    meet();
    for (int i = 0; i < TIMES; i++)
        memcpy(bytes, source, weft_call_n_inputs(call) + sizeof bytes); /* a size nobody knows before: a call */
    return WEFT_OK;
}

static void run_two(weft_body *body)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t[] = {weft_add(g, body), weft_add(g, body)};

    if (!WF_TSAN)
        cr_skip_test("only the thread sanitizer looks for races");
    weft_pool_run_many(pool, t, 2, NULL, NULL, NULL);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(sanitizer, two_tasks_that_write_one_word_are_reported, .exit_code = RACE, .timeout = 60)
{
    run_two(body_counts);
}

Test(sanitizer, two_tasks_that_copy_to_one_place_are_reported, .exit_code = RACE, .timeout = 60)
{
    run_two(body_copies);
}
