/* retry.c - tasks that rest before they are tried once more. */
#include "scheduler/retry.h"

#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "scheduler/pool.h"

struct wf_rest {
    struct wf_alarm    alarm; /* first, as fire() has it */
    struct wf_rest    *next, *before;
    weft_pool         *pool;
    struct wf_run     *run;
    struct weft_child *child;
    wf_ready           word;
};
_Static_assert(offsetof(struct wf_rest, alarm) == 0, "an alarm is its rest");

void wf_rests_init(struct wf_rests *r)
{
    wf_mutex_init(&r->lock);
    r->first = NULL;
    wf_init(&r->n, 0);
}

void wf_rests_fini(struct wf_rests *r)
{
    wf_mutex_fini(&r->lock);
}

int64_t wf_rest_ns(int64_t backoff_ns, uint32_t n, uint64_t who)
{
    const int64_t most = INT64_MAX / 4;
    int64_t ns = backoff_ns;
    uint32_t random[4];

    for (uint32_t i = 1; i < n && ns < most; i++)
        ns *= 2;
    if (ns > most)
        ns = most;
    wf_random_block(who, n, 0, random);
    return ns + (int64_t)((double)(ns / 4) * wf_random_unit(random[0], random[1]));
}

static bool is_stopped(const struct wf_rest *e)
{
    return e->child ? wf_child_is_cancelled(e->child, e->run) : (wf_load_relaxed(&e->run->flags) & WF_RUN_STOP) != 0;
}

/* Under the lock. */
static void unlink_rest(struct wf_rests *r, struct wf_rest *e)
{
    wf_store_relaxed(&r->n, wf_load_relaxed(&r->n) - 1);
    if (e->before)
        e->before->next = e->next;
    else
        r->first = e->next;
    if (e->next)
        e->next->before = e->before;
}

/* It may run, and end its run and then the pool, at once. */
static void queue(struct wf_rest *e)
{
    weft_pool *pool = e->pool;
    const wf_ready word = e->word;

    wf_free(e);
    wf_inbox_keep(&pool->inbox, word, &pool->park);
}

static void fire(struct wf_alarm *alarm)
{
    struct wf_rest *e = (struct wf_rest *)alarm;
    struct wf_rests *r = &e->pool->rests;

    wf_mutex_lock(&r->lock);
    unlink_rest(r, e);
    wf_mutex_unlock(&r->lock);
    queue(e);
}

bool wf_rest(weft_pool *pool, struct wf_run *run, struct weft_child *child, wf_ready word, int64_t ns)
{
    struct wf_rests *r = &pool->rests;
    struct wf_rest *e = wf_alloc_zero(1, sizeof *e);
    const int64_t now = wf_now_ns();

    if (!e || !wf_inbox_promise(&pool->inbox)) {
        wf_free(e);
        return false;
    }
    e->alarm.fire = fire;
    e->pool = pool;
    e->run = run;
    e->child = child;
    e->word = word;
    wf_mutex_lock(&r->lock);
    e->next = r->first;
    if (e->next)
        e->next->before = e;
    r->first = e;
    wf_store_relaxed(&r->n, wf_load_relaxed(&r->n) + 1);
    /* Whoever has stopped it may have looked here before. */
    wf_timer_set(&pool->timer, &e->alarm, is_stopped(e) ? now : now + ns);
    wf_mutex_unlock(&r->lock);
    return true;
}

void wf_rests_hurry(weft_pool *pool)
{
    struct wf_rests *r = &pool->rests;
    struct wf_rest *stopped = NULL, *next;

    wf_mutex_lock(&r->lock);
    for (struct wf_rest *e = r->first; e; e = next) {
        next = e->next;
        if (is_stopped(e) && wf_timer_unset(&pool->timer, &e->alarm)) {
            unlink_rest(r, e);
            e->next = stopped;
            stopped = e;
        }
    }
    wf_mutex_unlock(&r->lock);
    for (; stopped; stopped = next) {
        next = stopped->next;
        queue(stopped);
    }
}
