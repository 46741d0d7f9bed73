/* timer.c - what is to happen at a moment to come. */
#include "scheduler/timer.h"

#include <stddef.h>

#include "lib/base/assert.h"
#include "lib/base/clock.h"

/* ---- The heap ---------------------------------------------------------------- */

/* Two heaps, either may be NULL, as one. */
static struct wf_alarm *meld(struct wf_alarm *a, struct wf_alarm *b)
{
    struct wf_alarm *later;

    if (!a || !b)
        return a ? a : b;
    later = b->at_ns < a->at_ns ? a : b;
    a = later == a ? b : a;
    later->before = a;
    later->next = a->child;
    if (later->next)
        later->next->before = later;
    a->child = later;
    return a;
}

/* All of a list of siblings: in pairs from the left, then those from the right. */
static struct wf_alarm *meld_all(struct wf_alarm *list)
{
    struct wf_alarm *pairs = NULL, *all = NULL;

    while (list) {
        struct wf_alarm *a = list, *b = a->next, *pair;

        list = b ? b->next : NULL;
        pair = meld(a, b);
        pair->next = pairs;
        pairs = pair;
    }
    while (pairs) {
        struct wf_alarm *next = pairs->next;

        pairs->next = NULL;
        all = meld(all, pairs);
        pairs = next;
    }
    if (all)
        all->before = all->next = NULL;
    return all;
}

static void take_out(struct wf_timer *t, struct wf_alarm *a)
{
    struct wf_alarm *below = meld_all(a->child);

    WF_ASSERT(a->is_set);
    if (a == t->first) {
        t->first = below;
    } else {
        if (a->before->child == a)
            a->before->child = a->next;
        else
            a->before->next = a->next;
        if (a->next)
            a->next->before = a->before;
        t->first = meld(t->first, below);
    }
    a->child = a->next = a->before = NULL;
    a->is_set = false;
}

/* ---- The thread --------------------------------------------------------------- */

static void *timer_main(void *arg)
{
    struct wf_timer *t = arg;

    wf_mutex_lock(&t->lock);
    while (!t->ends) {
        struct wf_alarm *a = t->first;
        const int64_t left = a ? a->at_ns - wf_now_ns() : -1;

        if (a && left <= 0) {
            take_out(t, a);
            t->firing = a;
            wf_mutex_unlock(&t->lock);
            a->fire(a);
            wf_mutex_lock(&t->lock);
            t->firing = NULL;
            wf_cond_wake_all(&t->fired);
        } else {
            const uint32_t bell = wf_load_relaxed(&t->bell);

            wf_mutex_unlock(&t->lock);
            wf_wait(&t->bell, bell, left);
            wf_mutex_lock(&t->lock);
        }
    }
    wf_mutex_unlock(&t->lock);
    return NULL;
}

/* Under the lock, which orders it: relaxed. */
static void ring(struct wf_timer *t)
{
    wf_store_relaxed(&t->bell, wf_load_relaxed(&t->bell) + 1);
    wf_wake(&t->bell, 1);
}

void wf_timer_init(struct wf_timer *t)
{
    wf_mutex_init(&t->lock);
    wf_cond_init(&t->fired);
    t->first = t->firing = NULL;
    wf_init(&t->bell, 0);
    t->runs = t->ends = false;
}

void wf_timer_fini(struct wf_timer *t)
{
    wf_cond_fini(&t->fired);
    wf_mutex_fini(&t->lock);
}

bool wf_timer_start(struct wf_timer *t)
{
    bool runs;

    wf_mutex_lock(&t->lock);
    if (!t->runs)
        t->runs = wf_thread_start(&t->thread, timer_main, t);
    runs = t->runs;
    wf_mutex_unlock(&t->lock);
    return runs;
}

void wf_timer_stop(struct wf_timer *t)
{
    wf_mutex_lock(&t->lock);
    t->ends = true;
    ring(t);
    wf_mutex_unlock(&t->lock);
    if (t->runs)
        wf_thread_join(t->thread);
    t->runs = false;
}

void wf_timer_set(struct wf_timer *t, struct wf_alarm *a, int64_t at_ns)
{
    wf_mutex_lock(&t->lock);
    WF_ASSERT(t->runs);
    if (a->is_set)
        take_out(t, a);
    a->at_ns = at_ns;
    a->child = a->next = a->before = NULL;
    a->is_set = true;
    t->first = meld(t->first, a);
    if (t->first == a)
        ring(t);
    wf_mutex_unlock(&t->lock);
}

bool wf_timer_unset(struct wf_timer *t, struct wf_alarm *a)
{
    bool was_set;

    wf_mutex_lock(&t->lock);
    was_set = a->is_set;
    if (was_set)
        take_out(t, a);
    wf_mutex_unlock(&t->lock);
    return was_set;
}

void wf_timer_forget(struct wf_timer *t, struct wf_alarm *a)
{
    wf_mutex_lock(&t->lock);
    while (t->firing == a)
        wf_cond_wait(&t->fired, &t->lock);
    if (a->is_set)
        take_out(t, a);
    wf_mutex_unlock(&t->lock);
}
