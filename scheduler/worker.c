/* worker.c - one worker: my own task, else a fresh root, else a neighbour's, else sleep. */
#include "scheduler/worker.h"

#include "lib/base/clock.h"
#include "scheduler/pool.h"

/* Roots handed out at once: enough that the shared cursor is off the path, few
 * enough that a thief need not wait for them. */
enum { MOST_ROOTS = 64, MOST_ROOTS_ALONE = 1024 };

static inline bool is_alone(const struct wf_worker *w)
{
    return w->pool->n_workers == 1;
}

static inline wf_ready ready_of(uint32_t place, uint32_t node)
{
    return (wf_ready)place << 32 | node;
}

/* ---- Running --------------------------------------------------------------- */

/* Tells the run how many of its sinks this worker has finished. They are counted
 * here and told when the worker has nothing else of the run, so a million sinks
 * do not meet on one line. Whoever tells of the last one ends the run. */
static void tell_sinks(struct wf_worker *w)
{
    const uint32_t n = w->n_sinks, place = w->run_of_sinks;

    if (!n)
        return;
    w->n_sinks = 0;
    /* Release: what we did for the run is done. Acquire, for the last: so is what
     * all others did. */
    if (wf_sub(&w->pool->runs[place].n_sinks_left, n) == n)
        wf_pool_finish(w->pool, place);
}

static void run_from(struct wf_worker *w, uint32_t place, uint32_t node);

/* Counts one predecessor of a node as finished; true if it was the last, and then
 * the counter is as before the run, ready for the next one. */
static inline bool count_down(struct wf_node *n, bool alone)
{
    if (n->n_join == 1)
        return true;
    if (alone) {
        const uint32_t left = wf_load_relaxed(&n->join);

        if (left > 1) {
            wf_store_relaxed(&n->join, left - 1);
            return false;
        }
    } else if (wf_load_acquire(&n->join) != 1 && wf_sub(&n->join, 1) != 1) {
        /* A load of 1 means that all others have counted: no exchange is needed
         * for the last. Acquire there, and in the exchange, makes their results
         * ours; the release in it gives ours to whoever is last. */
        return false;
    }
    wf_store_relaxed(&n->join, n->n_join);
    return true;
}

/* Node i is done: which successors are ready? The first in rank is run next, here,
 * without ever being queued; the others are queued so that the newest, taken first,
 * is the next in rank. WF_NONE: nothing to run next. */
static inline uint32_t tell_successors(struct wf_worker *w, const struct wf_run *r, uint32_t place, uint32_t i)
{
    struct wf_node *nodes = r->plan->nodes;
    const uint32_t *succ = wf_plan_succ(r->plan, i);
    const bool alone = is_alone(w);
    uint32_t next = WF_NONE;
    bool queued = false;

    if (!nodes[i].n_succ) {
        w->n_sinks++;
        return WF_NONE;
    }
    for (uint32_t k = nodes[i].n_succ; k-- > 0;) {
        if (!count_down(&nodes[succ[k]], alone))
            continue;
        if (next != WF_NONE) {
            if (wf_deque_push(&w->deque, ready_of(place, next)))
                queued = true;
            else
                run_from(w, place, next); /* no memory to queue it: do it now */
        }
        next = succ[k];
    }
    if (queued && !alone)
        wf_park_wake(&w->pool->park);
    return next;
}

/* Runs a ready node, then what became ready by it, as long as something did. */
static void run_from(struct wf_worker *w, uint32_t place, uint32_t node)
{
    struct wf_run *r = &w->pool->runs[place];

    if (w->run_of_sinks != place) {
        tell_sinks(w);
        w->run_of_sinks = place;
    }
    w->call.run = r;
    if (w->tracer.ring) {
        while (node != WF_NONE) {
            const uint64_t begin = wf_ticks();

            wf_run_body(&w->call, r, node);
            wf_tracer_note(&w->tracer, begin, wf_ticks(), node, place, WEFT_EVENT_TASK);
            node = tell_successors(w, r, place, node);
        }
        return;
    }
    while (node != WF_NONE) {
        wf_run_body(&w->call, r, node);
        node = tell_successors(w, r, place, node);
    }
}

static void run_ready(struct wf_worker *w, wf_ready task)
{
    run_from(w, (uint32_t)(task >> 32), (uint32_t)task);
}

static void run_own(struct wf_worker *w)
{
    wf_ready task;

    if (is_alone(w))
        while (wf_deque_take_alone(&w->deque, &task))
            run_ready(w, task);
    else
        while (wf_deque_take(&w->deque, &task))
            run_ready(w, task);
}

/* ---- Roots ----------------------------------------------------------------- */

/* Claims some roots of the run in `place`: *first .. *first + n - 1 of its list. */
static uint32_t claim_roots(struct wf_worker *w, uint32_t place, uint32_t *first)
{
    struct wf_run *r = &w->pool->runs[place];
    /* Acquire: pairs with the release when the run was placed. */
    uint64_t cursor = wf_load_acquire(&r->cursor);

    for (;;) {
        const uint32_t next = (uint32_t)(cursor >> 32), end = (uint32_t)cursor;
        const uint32_t most = is_alone(w) ? MOST_ROOTS_ALONE : MOST_ROOTS;
        uint32_t n;

        if (next >= end)
            return 0;
        n = (end - next) / (2 * (uint32_t)w->pool->n_workers);
        n = n > most ? most : n ? n : 1;
        if (n > 1 && !is_alone(w) && !wf_deque_reserve(&w->deque, n))
            n = 1;
        if (wf_cas(&r->cursor, &cursor, (uint64_t)(next + n) << 32 | end)) {
            *first = next;
            return n;
        }
    }
}

/* Gets roots of any run: all but the first in rank are queued, that one is *out. */
static bool get_root(struct wf_worker *w, wf_ready *out)
{
    uint64_t live = wf_load_acquire(&w->pool->live);

    for (; live; live &= live - 1) {
        const uint32_t place = (uint32_t)__builtin_ctzll(live);
        uint32_t first, n = claim_roots(w, place, &first);
        const uint32_t *roots;

        if (!n)
            continue;
        roots = w->pool->runs[place].plan->roots;
        while (--n > 0)
            wf_deque_push(&w->deque, ready_of(place, roots[first + n])); /* reserved */
        *out = ready_of(place, roots[first]);
        return true;
    }
    return false;
}

/* Alone, nobody can rob the queue, so roots need not pass through it. */
static bool run_roots_alone(struct wf_worker *w)
{
    uint64_t live = wf_load_acquire(&w->pool->live);
    bool ran = false;

    for (; live; live &= live - 1) {
        const uint32_t place = (uint32_t)__builtin_ctzll(live);
        uint32_t first;
        const uint32_t n = claim_roots(w, place, &first);
        const uint32_t *roots = n ? w->pool->runs[place].plan->roots + first : NULL;

        for (uint32_t i = 0; i < n; i++) {
            run_from(w, place, roots[i]);
            run_own(w);
        }
        ran |= n > 0;
    }
    return ran;
}

static bool run_root(struct wf_worker *w)
{
    wf_ready task;

    if (is_alone(w))
        return run_roots_alone(w);
    if (!get_root(w, &task))
        return false;
    wf_park_wake(&w->pool->park);
    run_ready(w, task);
    return true;
}

/* ---- Searching ------------------------------------------------------------- */

static bool rob(struct wf_worker *w, int victim, wf_ready *out)
{
    enum wf_steal got;

    /* LOST: somebody else got that one, which is progress; there may be more. */
    do
        got = wf_deque_steal(&w->pool->workers[victim].deque, out);
    while (got == WF_STEAL_LOST);
    if (got == WF_STEAL_GOT)
        w->last_victim = victim;
    return got == WF_STEAL_GOT;
}

/* Where there was something there often is more: first the last victim, then the
 * others, nearest first. */
static bool steal(struct wf_worker *w, wf_ready *out)
{
    if (w->last_victim >= 0 && rob(w, w->last_victim, out))
        return true;
    for (int i = 0; i < w->pool->n_workers - 1; i++)
        if (wf_deque_has_some(&w->pool->workers[w->victims[i]].deque) && rob(w, w->victims[i], out))
            return true;
    return false;
}

static bool look(struct wf_worker *w, wf_ready *out)
{
    return steal(w, out) || get_root(w, out);
}

/* Looks at everything, guessing nothing: after this, to sleep is safe. */
static bool look_closely(struct wf_worker *w, wf_ready *out)
{
    if (get_root(w, out))
        return true;
    for (int i = 0; i < w->pool->n_workers - 1; i++)
        if (rob(w, w->victims[i], out))
            return true;
    return false;
}

static bool is_ending(const struct wf_worker *w)
{
    return wf_load_acquire(&w->pool->ending);
}

/* Looks again and again for a while: sleeping costs a call into the system, and
 * waking another. */
static bool search(struct wf_worker *w, wf_ready *out)
{
    const int64_t until = wf_now_ns() + w->pool->spin_ns;

    do {
        for (int round = 0; round < 16; round++) {
            if (look(w, out))
                return true;
            for (int i = 0; i < 8; i++)
                wf_pause();
        }
        if (w->pool->n_workers > wf_topo_n_pus(w->pool->topo))
            wf_yield();
    } while (wf_now_ns() < until && !is_ending(w));
    return false;
}

/* What a trace tells of a search that began at `began` and slept until `woke`. */
static void note_search(struct wf_worker *w, uint64_t began, uint64_t woke, wf_ready found)
{
    if (!w->tracer.ring)
        return;
    if (woke != began)
        wf_tracer_note(&w->tracer, began, woke, UINT32_MAX, 0, WEFT_EVENT_IDLE);
    wf_tracer_note(&w->tracer, woke, wf_ticks(), (uint32_t)found, (uint32_t)(found >> 32), WEFT_EVENT_STEAL);
}

/* Finds work elsewhere, sleeping while there is none, and runs it. False: the pool
 * ends. The order of steps is the one that park.h proves. */
static bool run_found(struct wf_worker *w)
{
    struct wf_park *park = &w->pool->park;
    const uint64_t began = w->tracer.ring ? wf_ticks() : 0;
    uint64_t woke = began;
    bool searching = wf_park_search(park, w->pool->max_searching);
    wf_ready task;

    for (;;) {
        if (searching && search(w, &task)) {
            wf_park_found(park);
            break;
        }
        wf_park_sleep(park, searching);
        if (is_ending(w) || look_closely(w, &task)) {
            wf_park_cancel(park);
            if (is_ending(w))
                return false;
            wf_park_wake(park);
            break;
        }
        wf_store_relaxed(&w->asleep, true);
        wf_park_commit(park);
        wf_store_relaxed(&w->asleep, false);
        searching = true;
        woke = w->tracer.ring ? wf_ticks() : 0;
    }
    note_search(w, began, woke, task);
    run_ready(w, task);
    return true;
}

void wf_worker_loop(struct wf_worker *w)
{
    _Atomic uint32_t *n_loops = &w->pool->n_loops;

    if (w->pool->pins)
        wf_topo_pin(w->pool->topo, w->pu);
    do {
        do
            run_own(w);
        while (run_root(w));
        tell_sinks(w);
    } while (run_found(w));
    /* Release: whoever frees the pool sees that we are gone. Then the pool may be gone,
     * too; the wake needs only the address of the word. */
    if (wf_sub(n_loops, 1) == 1)
        wf_wake(n_loops, 1);
}
