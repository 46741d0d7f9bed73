/* test_park.c - sleeping without missing a call. */
#include <criterion/criterion.h>

#include <pthread.h>

#include "scheduler/park.h"
#include "tests/support/scale.h"

Test(park, nobody_is_woken_while_somebody_searches)
{
    struct wf_park p;

    wf_park_init(&p);
    cr_assert(wf_park_search(&p, 2));
    wf_park_sleep(&p, false); /* another worker, about to sleep */
    wf_park_wake(&p);
    cr_assert_eq(p.tokens, 0);
    cr_assert(wf_park_found(&p)); /* the last searcher wakes the next, if more is left */
    wf_park_wake(&p);
    cr_assert_eq(p.tokens, 1);
    wf_park_commit(&p); /* returns at once, searching */
    cr_assert_eq(p.state, WF_PARK_SEARCHING);
}

Test(park, searchers_are_limited)
{
    struct wf_park p;

    wf_park_init(&p);
    cr_assert(wf_park_search(&p, 1));
    cr_assert(!wf_park_search(&p, 1));
}

Test(park, a_burst_of_work_makes_one_call)
{
    struct wf_park p;

    wf_park_init(&p);
    for (int i = 0; i < 3; i++)
        wf_park_sleep(&p, false);
    for (int i = 0; i < 100; i++)
        wf_park_wake(&p);
    cr_assert_eq(p.tokens, 1);
    wf_park_wake_all(&p);
    cr_assert_eq(p.tokens, 3);
    cr_assert_eq((uint32_t)p.state, 0);
}

Test(park, to_cancel_a_sleep_leaves_no_trace)
{
    struct wf_park p;

    wf_park_init(&p);
    wf_park_sleep(&p, false);
    wf_park_cancel(&p);
    cr_assert_eq(p.state, 0);
    wf_park_sleep(&p, false);
    wf_park_wake(&p); /* somebody called before we could cancel */
    wf_park_cancel(&p);
    cr_assert_eq(p.state, 0);
    cr_assert_eq(p.tokens, 0);
}

/* Workers that pass n pieces of work through one counter, sleeping whenever there
 * is none. A call that is missed leaves everybody asleep, and the test hangs. */
struct shop {
    struct wf_park   park;
    _Atomic int64_t  work, done;
    _Atomic bool     closed;
    int64_t          n;
};

static bool grab(struct shop *s)
{
    int64_t n = atomic_load(&s->work);

    while (n > 0)
        if (atomic_compare_exchange_weak(&s->work, &n, n - 1))
            return true;
    return false;
}

static void *shopper(void *arg)
{
    struct shop *s = arg;
    bool searching;

    for (;;) {
        while (grab(s))
            atomic_fetch_add(&s->done, 1);
        searching = wf_park_search(&s->park, 2);
        for (;;) {
            if (searching && grab(s)) {
                if (wf_park_found(&s->park))
                    wf_park_wake(&s->park);
                break;
            }
            wf_park_sleep(&s->park, searching);
            if (atomic_load(&s->closed) || grab(s)) {
                wf_park_cancel(&s->park);
                if (atomic_load(&s->closed))
                    return NULL;
                wf_park_wake(&s->park);
                break;
            }
            wf_park_commit(&s->park);
            searching = true;
        }
        atomic_fetch_add(&s->done, 1);
    }
}

Test(park, no_call_is_missed, .timeout = 240)
{
    struct shop s = {.n = test_scaled(100000)};
    pthread_t threads[4];

    wf_park_init(&s.park);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, shopper, &s);
    for (int64_t i = 0; i < s.n; i++) {
        atomic_fetch_add(&s.work, 1);
        wf_park_wake(&s.park);
        if (i % 16 == 0)
            while (atomic_load(&s.done) <= i) /* everybody is about to sleep */
                sched_yield();
    }
    while (atomic_load(&s.done) < s.n)
        sched_yield();
    atomic_store(&s.closed, true);
    wf_park_wake_all(&s.park);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(s.done, s.n);
    wf_park_check(&s.park, 4);
}
