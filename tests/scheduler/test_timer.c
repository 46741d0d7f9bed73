/* test_timer.c - alarms fire in order, not before their time, and not when they were unset. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "scheduler/timer.h"

enum { MANY = 2000 };

struct bell {
    struct wf_alarm alarm;
    struct wf_timer *timer;
    int             n_again;    /* sets itself so often */
    int64_t         fired_ns;
    uint64_t        order;
    _Atomic int     n_fired;
};

static _Atomic uint64_t n_all;

static void fire(struct wf_alarm *alarm)
{
    struct bell *b = (struct bell *)alarm;

    b->fired_ns = wf_now_ns();
    b->order = ++n_all;
    if (b->n_again-- > 0)
        wf_timer_set(b->timer, alarm, b->fired_ns);
    b->n_fired++;
}

static void await(struct bell *b, int n)
{
    while (b->n_fired < n)
        sched_yield();
}

static void open_timer(struct wf_timer *t)
{
    wf_timer_init(t);
    cr_assert(wf_timer_start(t));
    cr_assert(wf_timer_start(t), "more than once is fine");
}

static void close_timer(struct wf_timer *t)
{
    wf_timer_stop(t);
    wf_timer_fini(t);
}

static struct bell *new_bells(struct wf_timer *t, int n)
{
    struct bell *b = calloc((size_t)n, sizeof *b);

    for (int i = 0; i < n; i++) {
        b[i].alarm.fire = fire;
        b[i].timer = t;
    }
    return b;
}

Test(timer, a_timer_that_was_never_started_ends)
{
    struct wf_timer t;

    wf_timer_init(&t);
    close_timer(&t);
}

Test(timer, alarms_fire_once_in_order_and_not_too_early)
{
    struct wf_timer t;
    struct bell *b = new_bells(&t, MANY);
    const int64_t from = wf_now_ns() + 1000000000; /* when all are set, on a slow machine, too */

    open_timer(&t);
    for (int i = 0; i < MANY; i++) /* a permutation: 1009 is prime to MANY */
        wf_timer_set(&t, &b[i * 1009 % MANY].alarm, from + i * 1009 % MANY * 1000);
    for (int i = 0; i < MANY; i++)
        await(&b[i], 1);
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(b[i].n_fired, 1);
        cr_assert_geq(b[i].fired_ns, from + i * 1000);
        cr_assert_eq(b[i].order, (uint64_t)i + 1, "alarm %d fired as number %lu", i, (unsigned long)b[i].order);
    }
    close_timer(&t);
    free(b);
}

Test(timer, an_alarm_whose_time_has_passed_fires)
{
    struct wf_timer t;
    struct bell *b = new_bells(&t, 2);

    open_timer(&t);
    wf_timer_set(&t, &b[0].alarm, wf_now_ns() + (int64_t)1000 * 1000000000); /* the thread sleeps for that one */
    wf_timer_set(&t, &b[1].alarm, 0);
    await(&b[1], 1);
    cr_assert_eq(b[0].n_fired, 0);
    cr_assert(wf_timer_unset(&t, &b[0].alarm));
    close_timer(&t);
    free(b);
}

Test(timer, an_alarm_may_be_moved_and_unset)
{
    struct wf_timer t;
    struct bell *b = new_bells(&t, 101);
    const int64_t far = wf_now_ns() + (int64_t)1000 * 1000000000;

    open_timer(&t);
    for (int i = 0; i < 100; i++)
        wf_timer_set(&t, &b[i].alarm, far + i * 37 % 100);
    for (int i = 0; i < 100; i += 3)
        cr_assert(wf_timer_unset(&t, &b[i].alarm));
    for (int i = 0; i < 100; i += 3)
        cr_assert_not(wf_timer_unset(&t, &b[i].alarm), "it is not set");
    for (int i = 1; i < 100; i += 3)
        wf_timer_set(&t, &b[i].alarm, i);
    wf_timer_set(&t, &b[100].alarm, 200);
    await(&b[100], 1);
    for (int i = 1; i < 100; i += 3)
        await(&b[i], 1);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(b[i].n_fired, i % 3 == 1);
        wf_timer_forget(&t, &b[i].alarm);
    }
    close_timer(&t);
    free(b);
}

Test(timer, an_alarm_may_set_itself_again_until_the_timer_stops)
{
    struct wf_timer t;
    struct bell *b = new_bells(&t, 1);

    open_timer(&t);
    b->n_again = 9;
    wf_timer_set(&t, &b->alarm, 0);
    await(b, 10);
    b->n_again = INT32_MAX;
    wf_timer_set(&t, &b->alarm, 0);
    await(b, 20);
    close_timer(&t);
    cr_assert_geq(b->n_fired, 20);
    free(b);
}

/* ---- From several threads -------------------------------------------------------- */

static void *set_and_forget(void *arg)
{
    struct bell *b = arg;

    for (int i = 0; i < MANY; i++) {
        const int before = b->n_fired;

        wf_timer_set(b->timer, &b->alarm, wf_now_ns() + i % 5 * 1000);
        if (i % 2)
            await(b, before + 1);
        wf_timer_forget(b->timer, &b->alarm);
        cr_assert_leq(b->n_fired, before + 1, "set once, fired twice");
    }
    return NULL;
}

Test(timer, any_thread_may_set_and_forget)
{
    struct wf_timer t;
    struct bell *b = new_bells(&t, 4);
    pthread_t threads[4];

    open_timer(&t);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, set_and_forget, &b[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    close_timer(&t);
    free(b);
}
