/* listen.c - who hears of the end of a future, and how its end is told. */
#include "scheduler/listen.h"

#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/async.h"
#include "scheduler/early.h"
#include "scheduler/pool.h"
#include "scheduler/progress.h"
#include "scheduler/watch.h"

/* ---- Listening ------------------------------------------------------------------ */

bool wf_listen(struct wf_listener *l, weft_future *f)
{
    bool open;

    l->of = f;
    wf_mutex_lock(&f->lock);
    open = !f->is_told;
    if (open) {
        l->next = f->listeners;
        f->listeners = l;
    }
    wf_mutex_unlock(&f->lock);
    /* Who tells of the end has taken the list, and is about to say that the results are there. */
    if (!open)
        weft_future_wait(f, -1);
    return open;
}

bool wf_listen_no_more(struct wf_listener *l)
{
    weft_future *f = l->of;
    struct wf_listener **at = &f->listeners;
    bool found;

    wf_mutex_lock(&f->lock);
    while (*at && *at != l)
        at = &(*at)->next;
    found = *at != NULL;
    if (found)
        *at = l->next;
    wf_mutex_unlock(&f->lock);
    return found;
}

/* All that listen, the first that came first; none is let in any more. */
static struct wf_listener *take_listeners(weft_future *f)
{
    struct wf_listener *newest, *all = NULL;

    wf_mutex_lock(&f->lock);
    f->is_told = true;
    newest = f->listeners;
    f->listeners = NULL;
    wf_mutex_unlock(&f->lock);
    while (newest) {
        struct wf_listener *older = newest->next;

        newest->next = all;
        all = newest;
        newest = older;
    }
    return all;
}

/* ---- Telling -------------------------------------------------------------------- */

void wf_endings_add(struct wf_endings *e, weft_future *f)
{
    f->next = NULL;
    if (e->last)
        e->last->next = f;
    else
        e->first = f;
    e->last = f;
}

/* Adds `bits` to what `done` holds, when nobody is about to stop it. True: nobody holds the
 * future any more. */
static bool set_done(weft_future *f, uint32_t bits)
{
    uint32_t now = wf_load_relaxed(&f->done);

    /* Release: who sees the end sees the results. After LEFT f may be freed; the wake needs
     * only the address of the word. */
    do
        while (now >= WF_DONE_STOPPING) {
            wf_wait(&f->done, now, -1);
            now = wf_load_relaxed(&f->done);
        }
    while (!wf_cas(&f->done, &now, now | bits));
    wf_wake(&f->done, INT32_MAX);
    return (bits & WF_DONE_LEFT) && (now & WF_DONE_FORGOTTEN);
}

static void tell_one(weft_future *f, struct wf_endings *e)
{
    weft_pool *held_by = f->is_held ? f->pool : NULL;
    struct wf_listener *l, *next;
    bool forgotten;

    /* Told before: its last holder has gone since. */
    if (wf_load_acquire(&f->done) & WF_DONE_LEFT) {
        wf_future_destroy(f, e);
        return;
    }
    for (uint32_t i = 0; i < f->n_targets && !f->status; i++)
        f->status = f->statuses[i];
    if (f->plan) {
        wf_progress_leave(f->pool->progress);
        wf_watch_finish(f, f->status);
    }
    if (f->async)
        wf_async_over(f);
    if (f->spec.done)
        f->spec.done(f->spec.done_arg, f->status);
    l = take_listeners(f);
    forgotten = set_done(f, l ? WF_DONE_THERE : WF_DONE_THERE | WF_DONE_LEFT);
    if (l) {
        for (; l; l = next) {
            next = l->next;
            l->hear(l, e);
        }
        forgotten = set_done(f, WF_DONE_LEFT);
    }
    if (forgotten)
        wf_future_destroy(f, e);
    if (held_by)
        wf_pool_unhold(held_by);
}

void wf_endings_tell(struct wf_endings *e)
{
    weft_future *f;

    while ((f = e->first)) {
        e->first = f->next;
        if (!e->first)
            e->last = NULL;
        tell_one(f, e);
    }
}

void wf_future_tell(weft_future *f)
{
    struct wf_endings e = {0};

    wf_endings_add(&e, f);
    wf_endings_tell(&e);
}

/* ---- Callbacks ------------------------------------------------------------------- */

struct callback {
    struct wf_listener listener;
    weft_future_hear  *fn;
    void              *arg;
};

static void call_back(struct wf_listener *l, struct wf_endings *e)
{
    struct callback *c = (struct callback *)l;

    (void)e;
    c->fn(c->arg, l->of);
    wf_free(c);
}

weft_status weft_future_on_done(weft_future *f, weft_future_hear *fn, void *arg)
{
    struct callback *c = wf_alloc(sizeof *c);

    if (!c)
        return WEFT_NOMEM;
    *c = (struct callback){.listener = {.hear = call_back}, .fn = fn, .arg = arg};
    if (!wf_listen(&c->listener, f)) {
        wf_free(c);
        fn(arg, f);
    }
    return WEFT_OK;
}

/* ---- Several together -------------------------------------------------------------- */

/* Futures that one thread hears of, in the order they end. */
struct weft_completed {
    wf_mutex         lock;
    struct entry    *first, *last;   /* that have ended and were not given */
    struct entry    *open;           /* that have not */
    size_t           n;              /* of both */
    _Atomic uint32_t n_heard;        /* 1 more for each end */
};

struct entry {
    struct wf_listener listener;
    weft_completed    *in;
    struct entry      *next, **at;   /* in one of the lists; open: and what points to it */
    _Atomic uint32_t   is_heard;
};

static void unlink_open(struct entry *x)
{
    *x->at = x->next;
    if (x->next)
        x->next->at = x->at;
}

/* Under the lock. */
static void queue(weft_completed *c, struct entry *x)
{
    x->next = NULL;
    if (c->last)
        c->last->next = x;
    else
        c->first = x;
    c->last = x;
}

static void hear(struct wf_listener *l, struct wf_endings *e)
{
    struct entry *x = (struct entry *)l;
    weft_completed *c = x->in;

    (void)e;
    wf_mutex_lock(&c->lock);
    unlink_open(x);
    queue(c, x);
    wf_store_relaxed(&x->is_heard, 1);
    wf_store_relaxed(&c->n_heard, wf_load_relaxed(&c->n_heard) + 1);
    /* Under the lock: who frees `c` takes it before. */
    wf_wake(&c->n_heard, INT32_MAX);
    wf_mutex_unlock(&c->lock);
}

weft_completed *weft_completed_new(void)
{
    weft_completed *c = wf_alloc_zero(1, sizeof *c);

    if (c)
        wf_mutex_init(&c->lock);
    return c;
}

weft_status weft_completed_add(weft_completed *c, weft_future *f)
{
    struct entry *x;

    if (!c)
        return WEFT_NOMEM;
    x = wf_alloc_zero(1, sizeof *x);
    if (!x)
        return WEFT_NOMEM;
    x->listener.hear = hear;
    x->in = c;
    wf_mutex_lock(&c->lock);
    c->n++;
    x->next = c->open;
    x->at = &c->open;
    if (c->open)
        c->open->at = &x->next;
    c->open = x;
    wf_mutex_unlock(&c->lock);
    wf_early_open(f->early); /* it is its end that is waited for */
    if (!wf_listen(&x->listener, f))
        hear(&x->listener, NULL);
    return WEFT_OK;
}

size_t weft_completed_count(weft_completed *c)
{
    size_t n;

    if (!c)
        return 0;
    wf_mutex_lock(&c->lock);
    n = c->n;
    wf_mutex_unlock(&c->lock);
    return n;
}

/* Under the lock: the first that has ended; NULL: none. */
static weft_future *pop(weft_completed *c)
{
    struct entry *x = c->first;
    weft_future *f;

    if (!x)
        return NULL;
    f = x->listener.of;
    c->first = x->next;
    if (!c->first)
        c->last = NULL;
    c->n--;
    wf_free(x);
    return f;
}

weft_status weft_completed_next_many(weft_completed *c, weft_future **fs, size_t most, size_t *n, int64_t timeout_ns)
{
    const int64_t until = wf_until(timeout_ns);
    weft_status st = WEFT_OK;

    *n = 0;
    if (!c || !most)
        return c ? WEFT_OK : WEFT_NOMEM;
    wf_mutex_lock(&c->lock);
    while (!c->first && c->n) {
        const int64_t left = until < 0 ? -1 : until - wf_now_ns();
        const uint32_t heard = wf_load_relaxed(&c->n_heard);

        if (until >= 0 && left <= 0) {
            st = WEFT_TIMEOUT;
            goto out;
        }
        wf_mutex_unlock(&c->lock);
        wf_wait(&c->n_heard, heard, left);
        wf_mutex_lock(&c->lock);
    }
    while (*n < most && (fs[*n] = pop(c)))
        ++*n;
    st = *n ? WEFT_OK : WEFT_NOT_FOUND;
out:
    wf_mutex_unlock(&c->lock);
    return st;
}

weft_status weft_completed_next(weft_completed *c, weft_future **f, int64_t timeout_ns)
{
    size_t n;

    return weft_completed_next_many(c, f, 1, &n, timeout_ns);
}

void weft_completed_clear(weft_completed *c)
{
    struct entry *x;

    if (!c)
        return;
    wf_mutex_lock(&c->lock);
    while ((x = c->open)) {
        wf_mutex_unlock(&c->lock);
        /* Who ends it may be about to call: then it comes to be among those that have ended. */
        if (wf_listen_no_more(&x->listener)) {
            wf_mutex_lock(&c->lock);
            unlink_open(x);
            c->n--;
            wf_free(x);
            continue;
        }
        while (!wf_load_relaxed(&x->is_heard))
            wf_yield();
        wf_mutex_lock(&c->lock);
    }
    while (pop(c))
        ;
    wf_mutex_unlock(&c->lock);
}

void weft_completed_free(weft_completed *c)
{
    if (!c)
        return;
    weft_completed_clear(c);
    wf_mutex_fini(&c->lock);
    wf_free(c);
}

weft_status weft_future_wait_any(weft_future *const *fs, size_t n, int64_t timeout_ns, size_t *i)
{
    weft_completed *c = weft_completed_new();
    weft_status st = c ? WEFT_OK : WEFT_NOMEM;
    weft_future *first = NULL;

    for (size_t k = 0; !st && k < n; k++)
        st = weft_completed_add(c, fs[k]);
    if (!st)
        st = weft_completed_next(c, &first, timeout_ns);
    for (size_t k = 0; !st && k < n; k++)
        if (fs[k] == first) {
            *i = k;
            break;
        }
    weft_completed_free(c);
    return st;
}

weft_status weft_future_wait_all(weft_future *const *fs, size_t n, int64_t timeout_ns)
{
    const int64_t until = wf_until(timeout_ns);
    weft_status st = WEFT_OK;

    for (size_t k = 0; !st && k < n; k++) {
        const int64_t left = until < 0 ? -1 : until - wf_now_ns();

        st = weft_future_wait(fs[k], until >= 0 && left < 0 ? 0 : left);
    }
    return st;
}
