/* test_timer.c - alarms under every schedule: each fires once, or was unset, and none after it was forgotten. */
#include <criterion/criterion.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "scheduler/timer.h"
#include "tests/sim/sims.h"

struct bell {
    struct wf_alarm  alarm;
    struct wf_timer *timer;
    int              n_fired;  /* written by the timer's thread, read after it or after forgetting */
    _Atomic uint32_t rang;
};

static void fire(struct wf_alarm *alarm)
{
    struct bell *b = (struct bell *)alarm;

    wf_sim_check(wf_now_ns() >= alarm->at_ns, "fired before its time");
    b->n_fired++;
    wf_store_release(&b->rang, 1);
    wf_wake(&b->rang, 1);
}

static struct bell *new_bell(struct wf_timer *t)
{
    struct bell *b = wf_alloc_zero(1, sizeof *b);

    b->alarm.fire = fire;
    b->timer = t;
    wf_init(&b->rang, 0);
    return b;
}

static void await(struct bell *b)
{
    while (!wf_load_acquire(&b->rang))
        wf_wait(&b->rang, 0, -1);
}

enum { FEW = 4 };

/* Set, moved, unset, waited for, while the thread runs. */
static void a_few(void *arg)
{
    struct wf_timer t;
    struct bell *b[FEW];
    bool fires[FEW];

    (void)arg;
    wf_timer_init(&t);
    wf_sim_check(wf_timer_start(&t), "no thread");
    for (int i = 0; i < FEW; i++) {
        b[i] = new_bell(&t);
        fires[i] = true;
        wf_timer_set(&t, &b[i]->alarm, wf_now_ns() + wf_sim_pick(4) * 1000);
    }
    for (int i = 0; i < FEW; i++)
        switch (wf_sim_pick(4)) {
        case 0:
            fires[i] = !wf_timer_unset(&t, &b[i]->alarm);
            break;
        case 1:
            if (wf_timer_unset(&t, &b[i]->alarm))
                wf_timer_set(&t, &b[i]->alarm, wf_now_ns() + wf_sim_pick(3) * 500);
            break;
        case 2:
            wf_timer_forget(&t, &b[i]->alarm);
            fires[i] = b[i]->n_fired == 1; /* and never again */
            break;
        default:
            break;
        }
    for (int i = 0; i < FEW; i++)
        if (fires[i])
            await(b[i]);
    wf_timer_stop(&t);
    for (int i = 0; i < FEW; i++) {
        wf_sim_check(b[i]->n_fired == fires[i], "alarm %d fired %d times", i, b[i]->n_fired);
        wf_free(b[i]);
    }
    wf_timer_fini(&t);
}

Test(timer, every_alarm_fires_once_or_was_unset)
{
    sim_some("a few alarms", a_few, NULL, 30000);
}

/* What is forgotten may be freed at once. */
static void forgotten(void *arg)
{
    struct wf_timer t;
    struct bell *b;

    (void)arg;
    wf_timer_init(&t);
    wf_sim_check(wf_timer_start(&t), "no thread");
    b = new_bell(&t);
    wf_timer_set(&t, &b->alarm, 0);
    wf_timer_forget(&t, &b->alarm);
    wf_free(b);
    wf_timer_stop(&t);
    wf_timer_fini(&t);
}

Test(timer, what_is_forgotten_may_be_freed_in_every_schedule)
{
    sim_all("forgotten alarm", forgotten, NULL, 2, 1);
}

static void *setter(void *arg)
{
    struct bell *b = arg;

    wf_timer_set(b->timer, &b->alarm, wf_now_ns() + wf_sim_pick(3) * 700);
    await(b);
    return NULL;
}

static void two_threads(void *arg)
{
    struct wf_timer t;
    struct bell *b[2];
    wf_thread other;

    (void)arg;
    wf_timer_init(&t);
    for (int i = 0; i < 2; i++)
        b[i] = new_bell(&t);
    wf_sim_check(wf_timer_start(&t), "no thread");
    wf_thread_start(&other, setter, b[1]);
    setter(b[0]);
    wf_thread_join(other);
    wf_timer_stop(&t);
    for (int i = 0; i < 2; i++) {
        wf_sim_check(b[i]->n_fired == 1, "alarm %d fired %d times", i, b[i]->n_fired);
        wf_free(b[i]);
    }
    wf_timer_fini(&t);
}

Test(timer, no_alarm_is_overslept)
{
    sim_some("two set alarms", two_threads, NULL, 20000);
}
