/* watchdog.c - in debug builds: no worker sleeps while there is work. */
#include "scheduler/watchdog.h"

#include <stdio.h>
#include <stdlib.h>

#include "scheduler/pool.h"
#include "scheduler/turns.h"

#if WF_WATCHDOG

/* Between two looks, and how many must see the same. */
enum { PERIOD_NS = 10000000, LOOKS = 4 };

/* Where a ready task waits. */
enum where { DEQUE, RANGE, CURSOR, INBOX };
static const char *const names[] = {"task", "root", "root not handed out", "word"};
static const char *const places[] = {"worker", "worker", "the run in place", "the inbox of pool"};

/* The oldest of a worker's deque, the next of its range, the next root of a run, or the
 * first in the inbox. */
struct ready {
    enum where where;
    uint32_t   of;     /* the worker, or the place of the run */
    uint64_t   at;     /* top of the deque, the range, the root's number, or the slot */
    uint64_t   serial; /* the run of a root not handed out */
};

static bool oldest_of(weft_pool *pool, uint32_t worker, struct ready *out)
{
    struct wf_deque *d = &pool->workers[worker].deque;
    const int64_t top = wf_load_acquire(&d->top);

    *out = (struct ready){.where = DEQUE, .of = worker, .at = (uint64_t)top};
    return top < wf_load_acquire(&d->bottom);
}

static bool range_of(weft_pool *pool, uint32_t worker, struct ready *out)
{
    const wf_range range = wf_load_acquire(&pool->workers[worker].roots);

    *out = (struct ready){.where = RANGE, .of = worker, .at = range};
    return !wf_range_is_empty(range);
}

/* Under the pool's lock, so the run does not change meanwhile. */
static bool next_root_of(weft_pool *pool, uint32_t place, struct ready *out)
{
    const bool live = wf_load_acquire(&pool->live) >> place & 1;
    struct wf_run *r = &pool->runs[place];
    const uint64_t cursor = wf_load_acquire(&r->cursor);

    /* Of a run with priorities: how many are in its heap. */
    *out = (struct ready){.where = CURSOR, .of = place, .at = (cursor >> 32) + wf_load_acquire(&r->heap.n)};
    if (live)
        out->serial = r->serial;
    return live && (cursor >> 32 < (uint32_t)cursor || wf_heap_has_some(&r->heap));
}

static bool first_of_inbox(weft_pool *pool, uint32_t of, struct ready *out)
{
    struct wf_inbox *b = &pool->inbox;

    *out = (struct ready){.where = INBOX, .of = of};
    if (!wf_mutex_try_lock(&b->lock))
        return false;
    out->at = b->first;
    wf_mutex_unlock(&b->lock);
    return wf_load_acquire(&b->n) != 0;
}

static bool is_still_ready(weft_pool *pool, const struct ready *was)
{
    static bool (*const look[])(weft_pool *, uint32_t, struct ready *) = {oldest_of, range_of, next_root_of, first_of_inbox};
    struct ready is;

    return look[was->where](pool, was->of, &is) && is.at == was->at && is.serial == was->serial;
}

static bool find_ready(weft_pool *pool, struct ready *out)
{
    for (uint32_t i = 0; i < (uint32_t)pool->n_workers; i++)
        if (oldest_of(pool, i, out) || range_of(pool, i, out))
            return true;
    for (uint32_t i = 0; i < WF_MAX_RUNS; i++)
        if (next_root_of(pool, i, out))
            return true;
    return first_of_inbox(pool, 0, out);
}

/* Workers sleep and none searches. One that was called is counted as searching, and its
 * token lies there until it wakes: a worker in its turn takes it at once. One that is counted
 * and awake is about to look, or waits for a lock that it needs for that, of which others may
 * keep it for long; it will call whom it must. */
static bool all_is_quiet(weft_pool *pool)
{
    const uint64_t state = wf_load_acquire(&pool->park.state);
    const uint32_t tokens = wf_load_acquire(&pool->park.tokens), n_counted = (uint32_t)state + tokens;
    uint32_t n_asleep = 0;

    for (int i = 0; i < pool->n_workers; i++)
        n_asleep += wf_load_relaxed(&pool->workers[i].asleep);
    return n_counted && n_asleep >= n_counted && state >> 32 == tokens;
}

/* How often in a row the task in *what was seen to be left, this look included. */
static int n_seen(weft_pool *pool, struct ready *what, int n_before)
{
    int n = 0;

    if (!all_is_quiet(pool) || !wf_mutex_try_lock(&pool->lock))
        return 0;
    if (n_before && is_still_ready(pool, what))
        n = n_before + 1;
    else
        n = find_ready(pool, what);
    wf_mutex_unlock(&pool->lock);
    return n;
}

/* Workers go on meanwhile, so this is a photograph, and the sanitizer need not see it. */
__attribute__((no_sanitize("thread"))) static void bark(weft_pool *pool, const struct ready *what)
{
    const uint64_t state = wf_load_relaxed(&pool->park.state);
    const uint32_t tokens = wf_load_relaxed(&pool->park.tokens);

    fprintf(stderr, "weft: a %s (%llx) of %s %u is ready, and %u of %d workers sleep\n",
            names[what->where], (unsigned long long)what->at, places[what->where],
            (unsigned)what->of, (unsigned)((uint32_t)state + tokens), pool->n_workers);
    fprintf(stderr, "  searching %u, tokens %u, live runs %llx\n", (unsigned)(state >> 32),
            (unsigned)tokens, (unsigned long long)wf_load_relaxed(&pool->live));
    for (int i = 0; i < pool->n_workers; i++) {
        struct wf_worker *w = &pool->workers[i];
        const int64_t top = wf_load_relaxed(&w->deque.top), bottom = wf_load_relaxed(&w->deque.bottom);

        fprintf(stderr, "  worker %d: PU %d, %s, deque %lld .. %lld, roots %u .. %u, last victim %d, "
                "%u of node %u held, %u sinks of run %u untold\n", i, w->pu,
                wf_load_relaxed(&w->asleep) ? "asleep" : "awake", (long long)top, (long long)bottom, (unsigned)wf_range_begin(wf_load_relaxed(&w->roots)),
                (unsigned)wf_range_end(wf_load_relaxed(&w->roots)), w->last_victim, (unsigned)w->held.n,
                (unsigned)w->held.node, (unsigned)w->n_sinks, (unsigned)w->place);
    }
    for (int i = 0; i < WF_MAX_RUNS; i++)
        if (wf_load_relaxed(&pool->live) >> i & 1) {
            struct wf_run *r = &pool->runs[i];
            const uint64_t cursor = wf_load_relaxed(&r->cursor);

            fprintf(stderr, "  run %llu in place %d: roots %u .. %u not handed out, sinks left %u, flags %x\n",
                    (unsigned long long)r->serial, i, (unsigned)(cursor >> 32), (unsigned)cursor,
                    (unsigned)wf_load_relaxed(&r->n_sinks_left), (unsigned)wf_load_relaxed(&r->flags));
        }
}

static void *watch(void *arg)
{
    weft_pool *pool = arg;
    struct wf_watchdog *dog = &pool->watchdog;
    struct wf_turns turns;
    struct ready what;
    int n = 0;

    while (!wf_load_acquire(&dog->ending)) {
        wf_wait(&dog->ending, 0, PERIOD_NS);
        n = n_seen(pool, &what, n);
        if (n == 1)
            wf_turns_begin(&turns, "");
        if (n >= LOOKS && wf_turns_all_had(&turns, "")) {
            bark(pool, &what);
            abort();
        }
    }
    return NULL;
}

void wf_watchdog_start(struct wf_watchdog *dog, weft_pool *pool)
{
    wf_init(&dog->ending, 0);
    dog->started = wf_thread_start(&dog->thread, watch, pool);
}

void wf_watchdog_stop(struct wf_watchdog *dog)
{
    if (!dog->started)
        return;
    wf_store_release(&dog->ending, 1);
    wf_wake(&dog->ending, 1);
    wf_thread_join(dog->thread);
    dog->started = false;
}

#endif
