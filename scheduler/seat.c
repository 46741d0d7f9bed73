/* seat.c - who sits at a worker: so a body that waits does not hold a core. */
#include "scheduler/seat.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/fork.h"
#include "scheduler/pool.h"

/* How long a hand that wants its seat back waits before it calls again. */
enum { CALL_AGAIN_NS = 500000 };

static struct wf_hand *hand_of(weft_call *call)
{
    return (struct wf_hand *)((char *)call - offsetof(struct wf_hand, call));
}

void wf_seats_init(struct wf_seats *s)
{
    wf_mutex_init(&s->lock);
    s->spares = NULL;
}

void wf_hand_init(struct wf_hand *h, weft_pool *pool)
{
    memset(h, 0, sizeof *h);
    wf_call_init(&h->call);
    h->call.probe = &h->probe;
    h->pool = pool;
    wf_init(&h->turn, 0);
}

/* ---- Sitting down ------------------------------------------------------------ */

/* Under the lock, but for the very first. The hand may go on only when told. */
static void sit(struct wf_worker *w, struct wf_hand *h)
{
    h->seat = w;
    h->call.worker = w;
    w->call = &h->call;
}

/* Release: who goes on sees the seat as it was left. */
static void tell_turn(struct wf_hand *h)
{
    wf_store_release(&h->turn, 1);
    wf_wake(&h->turn, 1); /* hands stay until the pool is gone, and we are of it */
}

static void await_turn(struct wf_hand *h)
{
    /* Acquire: pairs with the release in tell_turn(). */
    while (!wf_load_acquire(&h->turn))
        wf_wait(&h->turn, 0, -1);
    wf_store_relaxed(&h->turn, 0);
}

/* The first that wants this seat. Under the lock. */
static struct wf_hand *pop_wanting(struct wf_worker *w)
{
    struct wf_hand *h = w->wanting;

    if (h && !(w->wanting = h->next))
        wf_and(&w->rare, ~(uint32_t)WF_RARE_WANTED);
    return h;
}

/* One that sat here last: its thread is bound to this core, and so goes on at once, where
 * one of another seat would first wait for its turn on that core. */
static struct wf_hand *pop_idle(struct wf_worker *w)
{
    struct wf_hand *h = w->idle;

    if (h)
        w->idle = h->next;
    return h;
}

static void live(struct wf_hand *h)
{
    while (h->seat) {
        struct wf_worker *w = h->seat;

        if (w->pool->pins && !h->is_settled)
            wf_topo_settle(w->pool->topo, w->pu);
        h->is_settled = true; /* an idle hand comes back to the same seat */
        if (!wf_worker_loop(w))
            return;
        await_turn(h); /* it has risen, and is idle */
    }
}

void wf_hand_live(struct wf_hand *h)
{
    wf_probes_enter(&h->pool->probes, &h->probe);
    live(h);
    wf_probes_leave(&h->pool->probes, &h->probe);
}

static void *spare_main(void *arg)
{
    struct wf_hand *h = arg;

    await_turn(h);
    wf_hand_live(h);
    return NULL;
}

static struct wf_hand *new_spare(weft_pool *pool)
{
    struct wf_hand *h = wf_alloc_aligned(sizeof *h);

    if (!h)
        return NULL;
    wf_hand_init(h, pool);
    h->is_spare = true;
    if (!wf_thread_start(&h->thread, spare_main, h)) {
        wf_free(h);
        return NULL;
    }
    wf_mutex_lock(&pool->seats.lock);
    h->older = pool->seats.spares;
    pool->seats.spares = h;
    wf_mutex_unlock(&pool->seats.lock);
    return h;
}

/* ---- Leaving and coming back --------------------------------------------------- */

bool wf_seat_leave(weft_call *call)
{
    struct wf_worker *w = call->worker;
    weft_pool *pool = w->pool;
    struct wf_hand *h;
    bool is_back;

    if (pool->kind != WEFT_POOL_THREADS)
        return false;
    if (call->run->elastic)
        wf_elastic_open(call->run);
    wf_mutex_lock(&pool->seats.lock);
    h = pop_wanting(w);
    is_back = h != NULL;
    h = h ? h : pop_idle(w);
    wf_mutex_unlock(&pool->seats.lock);
    h = h ? h : new_spare(pool);
    if (!h)
        return false;
    /* What others wait for must not leave with us, and who joins a fork that runs here
     * must not take what will lie in the deque. */
    wf_worker_let_go(w);
    wf_forks_disown(call);
    if (!is_back)
        wf_call_enter(&h->call, call->run);
    wf_mutex_lock(&pool->seats.lock);
    hand_of(call)->seat = NULL;
    sit(w, h);
    wf_mutex_unlock(&pool->seats.lock);
    tell_turn(h);
    return true;
}

/* Who runs one task after the other, each made ready by the one before, looks at nothing
 * but the flags of its run. */
static void interrupt_chains(weft_pool *pool)
{
    for (uint64_t live = wf_load_relaxed(&pool->live); live; live &= live - 1) {
        _Atomic uint32_t *flags = &pool->runs[__builtin_ctzll(live)].flags;

        if (!(wf_load_relaxed(flags) & WF_RUN_WANTED))
            wf_or(flags, WF_RUN_WANTED);
    }
}

/* The deque is empty: what comes from now on is of the bodies of this hand, wherever it
 * ended before. */
static void lower_marks(weft_call *call, int64_t bottom)
{
    call->mark = call->mark < bottom ? call->mark : bottom;
    for (struct wf_aside *a = call->below; a; a = a->below)
        a->mark = a->mark < bottom ? a->mark : bottom;
}

void wf_seat_return(weft_call *call)
{
    struct wf_worker *w = call->worker;
    weft_pool *pool = w->pool;
    struct wf_hand *h = hand_of(call), **last = &w->wanting;

    wf_mutex_lock(&pool->seats.lock);
    while (*last)
        last = &(*last)->next;
    h->next = NULL;
    *last = h;
    wf_or(&w->rare, WF_RARE_WANTED);
    wf_mutex_unlock(&pool->seats.lock);
    /* Who sits there sees the wish after its task; or before it sleeps, by the fences here
     * and in wf_park_sleep(); or else it sleeps, and is woken with all others. Since a call
     * may be taken by a worker that came later, all are called again until it has heard. */
    do {
        interrupt_chains(pool);
        wf_fence_seq();
        wf_park_wake_all(&pool->park);
        wf_wait(&h->turn, 0, CALL_AGAIN_NS);
    } while (!wf_load_relaxed(&h->turn));
    await_turn(h);
    lower_marks(call, wf_load_relaxed(&w->deque.bottom));
    wf_worker_at(w, call->run);
}

/* Nothing of the deque stays. What the inbox has no memory for is run. */
static void clear_deque(struct wf_worker *w)
{
    wf_ready word;

    while (w->alone ? wf_deque_take_alone(&w->deque, &word) : wf_deque_take(&w->deque, &word)) {
        if (wf_is_fork(word))
            wf_store_relaxed(&wf_fork_of(word)->thief, WF_FORK_ASTRAY);
        if (!wf_inbox_put(&w->pool->inbox, word, &w->pool->park))
            wf_worker_run(w, word);
    }
}

bool wf_seat_rise(struct wf_worker *w)
{
    weft_pool *pool = w->pool;
    struct wf_hand *me = hand_of(w->call), *h;

    clear_deque(w);
    wf_worker_let_go(w);
    wf_mutex_lock(&pool->seats.lock);
    h = pop_wanting(w);
    if (h) {
        me->seat = NULL;
        me->next = w->idle;
        w->idle = me;
        sit(w, h);
    }
    wf_mutex_unlock(&pool->seats.lock);
    if (h)
        tell_turn(h);
    return h != NULL;
}

/* ---- The end ------------------------------------------------------------------ */

void wf_seats_end(weft_pool *pool)
{
    struct wf_hand *h;

    wf_mutex_lock(&pool->seats.lock);
    for (int i = 0; i < pool->n_workers; i++)
        while ((h = pop_idle(&pool->workers[i])))
            tell_turn(h); /* without a seat it ends */
    wf_mutex_unlock(&pool->seats.lock);
    /* No run is left, so no body makes more. */
    for (h = pool->seats.spares; h; h = h->older)
        wf_thread_join(h->thread);
}

void wf_seats_fini(weft_pool *pool)
{
    struct wf_hand *h = pool->seats.spares;

    while (h) {
        struct wf_hand *older = h->older;

        wf_call_fini(&h->call);
        wf_free(h);
        h = older;
    }
    wf_mutex_fini(&pool->seats.lock);
}
