/* test_deque.c - a worker's queue, and the thieves. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "scheduler/deque.h"
#include "tests/support/scale.h"

Test(deque, the_owner_takes_the_newest_a_thief_the_oldest)
{
    struct wf_deque d;
    wf_ready task;

    cr_assert(wf_deque_init(&d));
    for (wf_ready i = 0; i < 10; i++)
        cr_assert(wf_deque_push(&d, i));
    wf_deque_check(&d);
    cr_assert(wf_deque_take(&d, &task));
    cr_assert_eq(task, 9);
    cr_assert_eq(wf_deque_steal(&d, &task), WF_STEAL_GOT);
    cr_assert_eq(task, 0);
    for (wf_ready i = 8; i >= 1; i--) {
        cr_assert(wf_deque_take(&d, &task));
        cr_assert_eq(task, i);
    }
    cr_assert(!wf_deque_take(&d, &task));
    cr_assert_eq(wf_deque_steal(&d, &task), WF_STEAL_EMPTY);
    wf_deque_check(&d);
    wf_deque_fini(&d);
}

Test(deque, it_grows_and_keeps_what_it_holds)
{
    struct wf_deque d;
    wf_ready task;

    cr_assert(wf_deque_init(&d));
    for (wf_ready i = 0; i < 100; i++) { /* so that the ring has turned when it grows */
        wf_deque_push(&d, i);
        wf_deque_steal(&d, &task);
    }
    for (wf_ready i = 0; i < 5000; i++)
        cr_assert(wf_deque_push(&d, i));
    wf_deque_check(&d);
    for (wf_ready i = 0; i < 2500; i++) {
        cr_assert_eq(wf_deque_steal(&d, &task), WF_STEAL_GOT);
        cr_assert_eq(task, i);
        cr_assert(wf_deque_take(&d, &task));
        cr_assert_eq(task, 4999 - i);
    }
    cr_assert(!wf_deque_take(&d, &task));
    wf_deque_fini(&d);
}

Test(deque, indices_may_pass_any_power_of_two)
{
    struct wf_deque d;
    wf_ready task;

    cr_assert(wf_deque_init(&d));
    /* As after years of work. */
    d.seen_top = ((int64_t)1 << 40) - 3;
    wf_store_relaxed(&d.top, d.seen_top);
    wf_store_relaxed(&d.bottom, d.seen_top);
    for (wf_ready i = 0; i < 1000; i++)
        cr_assert(wf_deque_push(&d, i));
    for (wf_ready i = 1000; i-- > 0;) {
        cr_assert(wf_deque_take(&d, &task));
        cr_assert_eq(task, i);
    }
    wf_deque_fini(&d);
}

Test(deque, a_push_without_memory_changes_nothing)
{
    struct wf_deque d;
    wf_ready task, n = 0;

    cr_assert(wf_deque_init(&d));
    wf_mem_fail_at(1);
    while (wf_deque_push(&d, n))
        n++;
    wf_mem_fail_at(0);
    cr_assert_eq(n, 256);
    cr_assert(wf_deque_push(&d, n));
    for (wf_ready i = n + 1; i-- > 0;) {
        cr_assert(wf_deque_take(&d, &task));
        cr_assert_eq(task, i);
    }
    wf_deque_fini(&d);
}

enum { THIEVES = 3 };

struct heist {
    struct wf_deque  d;
    _Atomic uint8_t *taken; /* per task: how often */
    _Atomic bool     over;
};

static void *thief(void *arg)
{
    struct heist *h = arg;
    wf_ready task;

    for (;;) {
        const bool over = atomic_load(&h->over);
        const enum wf_steal got = wf_deque_steal(&h->d, &task);

        if (got == WF_STEAL_GOT)
            atomic_fetch_add(&h->taken[task], 1);
        else if (got == WF_STEAL_EMPTY && over)
            return NULL;
    }
}

Test(deque, each_task_goes_to_exactly_one)
{
    const int64_t n = test_scaled(2000000);
    struct heist h = {.taken = calloc((size_t)n, 1)};
    pthread_t threads[THIEVES];
    unsigned seed = 1;
    int64_t pushed = 0;
    wf_ready task;

    cr_assert(wf_deque_init(&h.d));
    for (int i = 0; i < THIEVES; i++)
        pthread_create(&threads[i], NULL, thief, &h);
    while (pushed < n) {
        /* Bursts of all lengths: often empty, so that the last task is fought over. */
        for (int burst = rand_r(&seed) % (pushed % 7 ? 3 : 600); burst >= 0 && pushed < n; burst--)
            cr_assert(wf_deque_push(&h.d, (wf_ready)pushed++));
        for (int takes = rand_r(&seed) % 4; takes >= 0 && wf_deque_take(&h.d, &task); takes--)
            atomic_fetch_add(&h.taken[task], 1);
    }
    while (wf_deque_take(&h.d, &task))
        atomic_fetch_add(&h.taken[task], 1);
    atomic_store(&h.over, true);
    for (int i = 0; i < THIEVES; i++)
        pthread_join(threads[i], NULL);
    for (int64_t i = 0; i < n; i++)
        cr_assert_eq(h.taken[i], 1, "task %lld was taken %d times", (long long)i, h.taken[i]);
    wf_deque_check(&h.d);
    wf_deque_fini(&h.d);
    free(h.taken);
}

Test(deque, who_is_alone_takes_nothing_again_that_it_took_from_the_top)
{
    struct wf_deque d;
    wf_ready got;
    int64_t top;

    cr_assert(wf_deque_init(&d));
    for (wf_ready i = 1; i <= 2; i++)
        cr_assert(wf_deque_push(&d, i));
    cr_assert(wf_deque_take_alone(&d, &got));
    cr_assert_eq(got, 2);
    cr_assert(wf_deque_peek(&d, &got, &top));
    cr_assert_eq(got, 1);
    cr_assert(wf_deque_steal_at(&d, top));
    cr_assert_not(wf_deque_take_alone(&d, &got));
    cr_assert(wf_deque_push(&d, 3));
    cr_assert(wf_deque_take_alone(&d, &got));
    cr_assert_eq(got, 3);
    wf_deque_check(&d);
    wf_deque_fini(&d);
}
