/* post.c - what is for one worker: tasks that run only there, or rather there. */
#include "scheduler/post.h"

#include <stddef.h>

#include "lib/base/clock.h"
#include "scheduler/pool.h"

enum { CALL_AGAIN_NS = 500000 };

/* Something may lie there still: a pool outlives what was posted to its workers. */
static void call_again(struct wf_alarm *alarm)
{
    struct wf_worker *w = (struct wf_worker *)((char *)alarm - offsetof(struct wf_worker, post.again));

    if (!wf_inbox_has_some(&w->post.only))
        return;
    if (wf_load_relaxed(&w->asleep))
        wf_park_wake_all(&w->pool->park);
    wf_timer_set(&w->pool->timer, alarm, wf_now_ns() + CALL_AGAIN_NS);
}

void wf_post_init(struct wf_post *p)
{
    wf_inbox_init(&p->only);
    wf_inbox_init(&p->rather);
    p->again = (struct wf_alarm){.fire = call_again};
}

void wf_post_fini(struct wf_post *p)
{
    wf_inbox_fini(&p->only);
    wf_inbox_fini(&p->rather);
}

bool wf_post_put(struct wf_worker *to, wf_ready word, bool only)
{
    weft_pool *pool = to->pool;

    if (!wf_inbox_put(only ? &to->post.only : &to->post.rather, word, &pool->park))
        return false;
    if (!only)
        return true;
    if (wf_load_relaxed(&to->asleep))
        wf_park_wake_all(&pool->park);
    wf_timer_set(&pool->timer, &to->post.again, wf_now_ns() + CALL_AGAIN_NS);
    return true;
}
