/* worker.c - one worker: my own task, else a fresh root, else a neighbour's, else sleep. */
#include "scheduler/worker.h"

#include "lib/base/clock.h"
#include "lib/graph/policy.h"
#include "scheduler/fork.h"
#include "scheduler/pool.h"

/* The path of a task is compiled twice, for a worker that is alone (no atomics) and
 * for one among others; `alone` is a constant in each. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

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
    const uint32_t place = w->place;
    uint32_t n = w->n_sinks;

    if (!n)
        return;
    w->n_sinks = 0;
    n = wf_gather_add(&w->pool->gather, place, w->id, n);
    /* Release: what we did for the run is done. Acquire, for the last: so is what
     * all others did. */
    if (n && wf_sub(&w->pool->runs[place].n_sinks_left, n) == n)
        wf_pool_finish(w->pool, place);
}

static bool run_ready(struct wf_worker *w, wf_ready task);

/* Leaves a ready node where others find it. */
static inline void leave(struct wf_worker *w, uint32_t place, uint32_t node)
{
    const wf_ready task = ready_of(place, node);
    struct wf_run *r = &w->pool->runs[place];

    if (__builtin_expect(r->plan->priority != NULL, 0))
        wf_heap_push(&r->heap, node);
    else if (!wf_deque_push(&w->deque, task))
        run_ready(w, task); /* no memory to queue it: do it now */
}

/* Counts `n` predecessors of a node as finished; true if they were the last, and then
 * the counter is as before the run, ready for the next one. */
static inline bool count_down(struct wf_node *node, uint32_t n, bool alone)
{
    if (alone) {
        const uint32_t left = wf_load_relaxed(&node->join);

        if (left > n) {
            wf_store_relaxed(&node->join, left - n);
            return false;
        }
    } else if (wf_load_acquire(&node->join) != n && wf_sub(&node->join, n) != n) {
        /* A load of n means that all others have counted: no exchange is needed
         * for the last. Acquire there, and in the exchange, makes their results
         * ours; the release in it gives ours to whoever is last. */
        return false;
    }
    wf_store_relaxed(&node->join, node->n_join);
    return true;
}

/* Counts what was held back. */
static void tell_held(struct wf_worker *w)
{
    const struct wf_held held = w->held;

    w->held.n = 0;
    if (count_down(&w->pool->runs[held.place].plan->nodes[held.node], held.n, false)) {
        leave(w, held.place, held.node);
        wf_park_wake(&w->pool->park);
    }
}

static void hold_another(struct wf_worker *w, uint32_t place, uint32_t node)
{
    if (w->held.n)
        tell_held(w);
    w->held = (struct wf_held){.place = place, .node = node, .n = 1};
}

static inline void hold(struct wf_worker *w, uint32_t place, uint32_t node)
{
    if (w->held.n && w->held.node == node && w->held.place == place)
        w->held.n++;
    else
        hold_another(w, place, node);
}

/* Whether node i is a predecessor of what is held; a guess that errs to no. */
static inline bool leads_to_held(const struct wf_worker *w, const weft_plan *p, uint32_t place, uint32_t i)
{
    const uint32_t n = p->nodes[i].n_succ;

    return n && wf_plan_succ(p, i)[n - 1] == w->held.node && w->held.place == place;
}

/* Node i is done: which successors are ready? The first in rank is run next, here,
 * without ever being queued; the others are queued so that the newest, taken first,
 * is the next in rank. Where there are priorities all are queued: another may go before
 * them. WF_NONE: nothing to run next. */
static inline uint32_t tell_successors(struct wf_worker *w, const weft_plan *p, uint32_t place, uint32_t i, bool alone, bool ordered)
{
    struct wf_node *nodes = p->nodes;
    const uint32_t *succ = wf_plan_succ(p, i);
    uint32_t next = WF_NONE;
    bool queued = false;

    if (!nodes[i].n_succ) {
        w->n_sinks++;
        return WF_NONE;
    }
    for (uint32_t k = nodes[i].n_succ; k-- > 0;) {
        struct wf_node *s = &nodes[succ[k]];

        if (s->n_join > 1) {
            if (!alone && s->n_join >= WF_MANY_JOIN) {
                hold(w, place, succ[k]);
                continue;
            }
            if (!count_down(s, 1, alone))
                continue;
        }
        if (next != WF_NONE) {
            leave(w, place, next);
            queued = true;
        }
        next = succ[k];
    }
    if (ordered && next != WF_NONE) {
        leave(w, place, next);
        next = WF_NONE;
        queued = true;
    }
    if (queued && !alone)
        wf_park_wake(&w->pool->park);
    return next;
}

/* Tasks that had no room may have some now. */
static void leave_waiting(struct wf_worker *w)
{
    struct wf_run *r;
    uint32_t node;
    bool any = false;

    while (wf_budget_next(w->pool->budget, &r, &node)) {
        leave(w, r->place, node);
        any = true;
    }
    if (any)
        wf_park_wake(&w->pool->park);
}

/* Runs a ready node, then what became ready by it, as long as something did. `rare`: it
 * is counted, has priorities or lets workers leave, or its pool has a limit. */
static ALWAYS_INLINE bool run_chain(struct wf_worker *w, uint32_t place, uint32_t node, bool alone, bool rare)
{
    struct weft_call *call = w->call;
    struct wf_run *r = call->run;
    const weft_plan *p = r->plan;
    const bool ordered = rare && p->priority;

    while (node != WF_NONE) {
        if (!alone && w->held.n && !leads_to_held(w, p, place, node))
            tell_held(w);
        if (!wf_run_body(call, r, &p->nodes[node], node))
            return !w->turn_is_over; /* it has not begun, or what is left of it will tell its successors */
        if (rare && w->pool->budget)
            leave_waiting(w);
        if (rare)
            wf_worker_count(w);
        if (rare && r->elastic)
            wf_elastic_end(r->elastic, w, node);
        node = tell_successors(w, p, place, node, alone, ordered);
    }
    return true;
}

/* False: not now; the task is left to others, and this hand is to rise, or to turn. */
static bool run_rarely(struct wf_worker *w, uint32_t place, uint32_t node)
{
    if (wf_worker_is_wanted(w) &&
        wf_deque_push(&w->deque, ready_of(place, node)))
        return false;
    return run_chain(w, place, node, w->alone, true);
}

/* From now on it works for the run in another place. */
static void change_place(struct wf_worker *w, uint32_t place)
{
    tell_sinks(w);
    w->place = place;
    wf_call_enter(w->call, &w->pool->runs[place]);
}

/* A fork or a spawned task. */
static bool run_marked(struct wf_worker *w, wf_ready task)
{
    if (w->held.n)
        tell_held(w);
    if (wf_is_fork(task))
        wf_fork_run(w, wf_fork_of(task), false);
    else if ((task & WF_WORD_KIND) == WF_WORD_RUN)
        wf_child_run(w, wf_word_child(task));
    else
        wf_child_let_go(w, wf_word_child(task));
    if ((wf_load_relaxed(&w->rare) & WF_RARE_SHARED) && wf_worker_turn(w))
        w->turn_is_over = true;
    return !w->turn_is_over && !wf_worker_is_wanted(w);
}

static ALWAYS_INLINE bool run_inlined(struct wf_worker *w, wf_ready task, bool alone)
{
    const uint32_t place = (uint32_t)(task >> 32);

    if (__builtin_expect((task & WF_MARKED) != 0, 0))
        return run_marked(w, task);
    if (w->place != place)
        change_place(w, place);
    if (__builtin_expect(wf_load_relaxed(&w->rare) || w->call->run->rare, 0))
        return run_rarely(w, place, (uint32_t)task);
    return run_chain(w, place, (uint32_t)task, alone, false);
}

static bool run_ready(struct wf_worker *w, wf_ready task)
{
    return run_inlined(w, task, w->alone);
}

/* ---- For bodies that run, or wait -------------------------------------------- */

void wf_worker_run(struct wf_worker *w, wf_ready word)
{
    weft_call *call = w->call;
    const bool was_nested = call->is_nested;

    if (w->pool->kind == WEFT_POOL_SERIAL && !(word & WF_MARKED)) {
        /* The one node that is begun, once more; serial.c sees to what comes after. */
        if (wf_run_body(call, call->run, &call->run->plan->nodes[(uint32_t)word], (uint32_t)word))
            w->is_open = false;
        return;
    }
    call->is_nested = true;
    run_ready(w, word);
    if (w->held.n)
        tell_held(w);
    call->is_nested = was_nested;
}

void wf_worker_leave(struct wf_worker *w, wf_ready word)
{
    const bool is_next = !w->call->is_nested && wf_load_relaxed(&w->deque.top) >= wf_load_relaxed(&w->deque.bottom);

    if (!wf_deque_push(&w->deque, word))
        wf_worker_run(w, word);
    else if (!is_next && !w->alone)
        wf_park_wake(&w->pool->park);
}

void wf_worker_at(struct wf_worker *w, struct wf_run *r)
{
    if (w->place != r->place)
        change_place(w, r->place);
    wf_call_enter(w->call, r);
}

void wf_worker_end_node(struct wf_worker *w, uint32_t node)
{
    struct wf_run *r = w->call->run;
    const weft_plan *p = r->plan;
    uint32_t next;

    if (wf_load_relaxed(&r->flags) & WF_RUN_OWNED)
        wf_run_drop_inputs(w->call);
    if (w->pool->kind == WEFT_POOL_SERIAL) {
        w->is_open = false;
        return;
    }
    if (w->pool->budget)
        leave_waiting(w);
    if (r->elastic)
        wf_elastic_end(r->elastic, w, node);
    if (wf_load_relaxed(&w->rare) & WF_RARE_COUNTED)
        wf_worker_count(w);
    next = tell_successors(w, p, w->place, node, false, p->priority != NULL);
    if (next != WF_NONE)
        leave(w, w->place, next);
    if (w->held.n)
        tell_held(w);
    if (next != WF_NONE)
        wf_park_wake(&w->pool->park);
}

void wf_worker_let_go(struct wf_worker *w)
{
    if (w->held.n)
        tell_held(w);
    tell_sinks(w);
}

/* ---- Roots ----------------------------------------------------------------- */

/* The root a range begins with, of the run the worker then works for. An exchange lets
 * no later load begin before it, so what comes some roots on is fetched now: a cache
 * miss a task otherwise. */
static inline wf_ready ready_of_root(struct wf_worker *w, wf_range root)
{
    enum { AHEAD = 8 };
    const uint32_t place = wf_range_place(root), begin = wf_range_begin(root);
    const weft_plan *p;

    if (w->place != place)
        change_place(w, place);
    p = w->call->run->plan;
    if (begin + AHEAD < p->n_roots)
        __builtin_prefetch(&p->nodes[p->roots[begin + AHEAD]]);
    return ready_of(place, p->roots[begin]);
}

/* Roots in hand, when the own range is empty. The first is ours at once: left to others
 * with the rest it could go from thief to thief, and nobody would run it. */
static inline wf_ready keep_rest(struct wf_worker *w, wf_range roots)
{
    wf_roots_fill(&w->roots, wf_range_rest(roots));
    return ready_of_root(w, roots);
}

/* Places with runs: bit 0 is that of the run it works for, and the next places follow. So a
 * worker stays with its run, and which others it helps does not hang on where they sit. */
static uint64_t live_from(const struct wf_worker *w)
{
    const uint64_t live = wf_load_fenced(&w->pool->live);

    return w->place ? live >> w->place | live << (WF_MAX_RUNS - w->place) : live;
}
_Static_assert(WF_MAX_RUNS == 64, "a place is a bit");

/* What strangers have left; or the next of what a run in some place hands out: the first of
 * a block of roots, of which the others become the range of this worker, or the first of its
 * heap. */
static bool claim(struct wf_worker *w, wf_ready *out)
{
    const uint32_t most = w->alone ? WF_MOST_ROOTS_ALONE : WF_MOST_ROOTS, parts = wf_policy_parts(w->pool->n_workers);
    wf_range block;
    uint32_t node;

    if (wf_post_take(&w->post, out) || wf_inbox_take(&w->pool->inbox, out))
        return true;
    for (uint64_t live = live_from(w); live; live &= live - 1) {
        const uint32_t place = (w->place + (uint32_t)__builtin_ctzll(live)) % WF_MAX_RUNS;
        struct wf_run *r = &w->pool->runs[place];

        if (wf_roots_claim(&r->cursor, place, parts, most, &block)) {
            *out = keep_rest(w, block);
            return true;
        }
        if (wf_heap_take(&r->heap, &node)) {
            *out = ready_of(place, node);
            return true;
        }
    }
    return false;
}

static inline bool take_own(struct wf_worker *w, wf_ready *out, bool alone)
{
    wf_range root;

    if (alone ? wf_deque_take_alone(&w->deque, out) : wf_deque_take(&w->deque, out))
        return true;
    if (!(alone ? wf_roots_take_alone(&w->roots, &root) : wf_roots_take(&w->roots, &root)))
        return false;
    *out = ready_of_root(w, root);
    return true;
}

/* Everything this worker has and can claim; what became ready last goes first. False: a
 * hand wants the seat. */
static ALWAYS_INLINE bool run_own(struct wf_worker *w, bool alone)
{
    for (;;) {
        wf_ready task;

        if (take_own(w, &task, alone)) {
            if (!run_inlined(w, task, alone))
                return false;
        } else if (claim(w, &task)) {
            if (!alone)
                wf_park_wake(&w->pool->park);
            if (!run_ready(w, task))
                return false;
        } else if (!alone && w->held.n) {
            tell_held(w);
        } else {
            return true;
        }
    }
}

/* ---- Turns --------------------------------------------------------------------
 *
 * While several runs share the pool a worker goes to another after so many tasks of one. What
 * it was about to do is in its deque, below what is new, and is found again from the top.
 */

enum { TURN = 64, MOST_ROOTS_A_TURN = 16 };

bool wf_worker_turn(struct wf_worker *w)
{
    if (w->call->is_nested || ++w->n_turn < TURN)
        return false;
    w->n_turn = 0;
    return true;
}

/* The run of a task in a deque. */
static uint32_t place_of(wf_ready word)
{
    if (wf_is_fork(word))
        return wf_fork_of(word)->run->place;
    return word & WF_MARKED ? wf_word_child(word)->run->place : (uint32_t)(word >> 32);
}

/* The oldest in a deque, if it is a plain task of another run: what is marked may be gone
 * while it is looked at, unless the deque is one's own. */
static bool take_oldest(struct wf_worker *w, struct wf_deque *d, bool is_own, wf_ready *out)
{
    int64_t top;

    return wf_deque_has_some(d) && wf_deque_peek(d, out, &top) && (is_own || !(*out & WF_MARKED)) &&
           place_of(*out) != w->place && wf_deque_steal_at(d, top);
}

/* A root of another run, and some more into the deque; or the first of its heap. */
static bool claim_other(struct wf_worker *w, wf_ready *out)
{
    for (uint64_t live = live_from(w) & ~(uint64_t)1; live; live &= live - 1) {
        const uint32_t place = (w->place + (uint32_t)__builtin_ctzll(live)) % WF_MAX_RUNS;
        struct wf_run *r = &w->pool->runs[place];
        uint32_t node;
        wf_range block;

        if (wf_heap_take(&r->heap, &node)) {
            *out = ready_of(place, node);
            return true;
        }
        if (!wf_roots_claim(&r->cursor, place, wf_policy_parts(w->pool->n_workers), MOST_ROOTS_A_TURN, &block))
            continue;
        for (uint32_t i = wf_range_end(block) - 1; i > wf_range_begin(block); i--)
            leave(w, place, r->plan->roots[i]);
        *out = ready_of(place, r->plan->roots[wf_range_begin(block)]);
        if (!w->alone)
            wf_park_wake(&w->pool->park);
        return true;
    }
    return false;
}

/* Something of another run than the one it works for. */
static bool take_turn(struct wf_worker *w, wf_ready *out)
{
    const wf_range own = wf_load_relaxed(&w->roots);
    wf_range root;

    w->turn_is_over = false;
    if (wf_inbox_take(&w->pool->inbox, out) || claim_other(w, out) || take_oldest(w, &w->deque, true, out))
        return true;
    if (!wf_range_is_empty(own) && wf_range_place(own) != w->place &&
        (w->alone ? wf_roots_take_alone(&w->roots, &root) : wf_roots_take(&w->roots, &root))) {
        *out = ready_of_root(w, root);
        return true;
    }
    for (int i = 0; i < w->pool->n_workers - 1; i++)
        if (take_oldest(w, &w->pool->workers[w->victims[i]].deque, false, out))
            return true;
    return false;
}

/* ---- Searching ------------------------------------------------------------- */

static bool rob(struct wf_worker *w, int victim, wf_ready *out)
{
    struct wf_worker *v = &w->pool->workers[victim];
    enum wf_steal got;
    wf_range half;

    /* LOST: somebody else got that one, which is progress; there may be more. */
    do
        got = wf_deque_steal(&v->deque, out);
    while (got == WF_STEAL_LOST);
    if (got != WF_STEAL_GOT && wf_roots_split(&v->roots, &half)) {
        *out = keep_rest(w, half);
        got = WF_STEAL_GOT;
    }
    if (got != WF_STEAL_GOT && wf_inbox_take(&v->post.rather, out))
        got = WF_STEAL_GOT;
    if (got == WF_STEAL_GOT)
        w->last_victim = victim;
    return got == WF_STEAL_GOT;
}

/* A guess, but for what was there before a fence that both sides have passed. */
static bool seems_to_have(const struct wf_worker *w, int victim)
{
    struct wf_worker *v = &w->pool->workers[victim];

    return wf_deque_has_some(&v->deque) || !wf_range_is_empty(wf_load_fenced(&v->roots)) ||
           wf_inbox_has_some(&v->post.rather);
}

/* Whether anybody could begin something now: so the next sleeper is called, or not. */
static bool is_work_left(const struct wf_worker *w)
{
    weft_pool *pool = w->pool;

    if (wf_inbox_has_some(&pool->inbox))
        return true;
    for (uint64_t live = wf_load_fenced(&pool->live); live; live &= live - 1) {
        struct wf_run *r = &pool->runs[__builtin_ctzll(live)];
        const uint64_t cursor = wf_load_fenced(&r->cursor);

        if (cursor >> 32 < (uint32_t)cursor || wf_heap_has_some(&r->heap))
            return true;
    }
    for (int i = 0; i < pool->n_workers; i++)
        if (seems_to_have(w, i))
            return true;
    return false;
}

/* Where there was something there often is more: first the last victim, then the
 * others, nearest first. */
static bool steal(struct wf_worker *w, wf_ready *out)
{
    if (w->last_victim >= 0 && seems_to_have(w, w->last_victim) && rob(w, w->last_victim, out))
        return true;
    for (int i = 0; i < w->pool->n_workers - 1; i++)
        if (seems_to_have(w, w->victims[i]) && rob(w, w->victims[i], out))
            return true;
    return false;
}

static bool look(struct wf_worker *w, wf_ready *out)
{
    return steal(w, out) || claim(w, out);
}

/* Looks at everything, guessing nothing: after this, to sleep is safe. */
static bool look_closely(struct wf_worker *w, wf_ready *out)
{
    if (claim(w, out))
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

static bool is_wanted(const struct wf_worker *w)
{
    return wf_load_fenced(&((struct wf_worker *)w)->rare) & WF_RARE_WANTED;
}

/* Nothing is left but tasks that had no room, and no other worker has anything. */
static bool take_waiting(struct wf_worker *w, wf_ready *out)
{
    struct wf_run *r;
    uint32_t node;

    if (!w->pool->budget || !wf_budget_idle(w->pool->budget, &r, &node))
        return false;
    *out = ready_of(r->place, node);
    return true;
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
    } while (wf_now_ns() < until && !is_ending(w) && !is_wanted(w) && !wf_load_relaxed(&w->pool->bench.surplus));
    return false;
}

/* Why there is nothing to do, in the words of a trace. */
static enum weft_event_kind idle_kind(struct wf_worker *w)
{
    weft_pool *pool = w->pool;

    if (pool->budget && wf_budget_has_waiting(pool->budget))
        return WEFT_EVENT_MEMORY;
    return wf_load_relaxed(&pool->gate.n_waiting) || wf_load_relaxed(&pool->rests.n) ? WEFT_EVENT_NEED : WEFT_EVENT_IDLE;
}

/* Runs what was found, and tells a trace of the search: it began at `began`, and the
 * worker slept until `woke`. */
static void run_loot(struct wf_worker *w, wf_ready found, uint64_t began, uint64_t woke, enum weft_event_kind idle)
{
    if (wf_worker_tracer(w)) {
        uint32_t node = (uint32_t)found, place = (uint32_t)(found >> 32);

        if (wf_is_fork(found)) {
            node = wf_fork_of(found)->node;
            place = wf_fork_of(found)->run->place;
        } else if (found & WF_MARKED) {
            node = wf_word_child(found)->node;
            place = wf_word_child(found)->run->place;
        }
        if (woke != began)
            wf_tracer_note(&w->tracer, began, woke, UINT32_MAX, 0, idle, 0);
        wf_tracer_note(&w->tracer, woke, wf_ticks(), node, place, WEFT_EVENT_STEAL, 0);
        wf_store_relaxed(&w->tracer.now, WF_NOTHING_NOW);
    }
    run_ready(w, found);
}

/* Finds work elsewhere, sleeping while there is none, and runs it. False: the pool
 * ends, or a hand wants the seat. The order of steps is the one that park.h proves. */
static bool run_found(struct wf_worker *w)
{
    struct wf_park *park = &w->pool->park;
    const bool traced = wf_worker_tracer(w);
    const uint64_t began = traced ? wf_ticks() : 0;
    uint64_t woke = began;
    enum weft_event_kind idle = WEFT_EVENT_IDLE;
    bool searching = wf_park_search(park, w->pool->max_searching);
    wf_ready found;
    bool got;

    for (;;) {
        if (searching && search(w, &found)) {
            if (wf_park_found(park) && is_work_left(w))
                wf_park_wake(park);
            break;
        }
        wf_park_sleep(park, searching);
        got = false;
        if (is_ending(w) || is_wanted(w) || (got = look_closely(w, &found) || take_waiting(w, &found))) {
            wf_park_cancel(park);
            if (is_ending(w))
                return false;
            if (is_work_left(w))
                wf_park_wake(park);
            if (!got)
                return false;
            break;
        }
        if (wf_load_fenced(&w->pool->bench.surplus)) {
            wf_park_cancel(park);
            if (is_work_left(w))
                wf_park_wake(park);
            wf_bench_sit(w);
            if (w->pool->budget)
                wf_budget_awake(w->pool->budget);
            return true;
        }
        if (traced) {
            idle = idle == WEFT_EVENT_IDLE ? idle_kind(w) : idle;
            wf_tracer_sleep(&w->tracer, idle, began);
        }
        wf_store_relaxed(&w->asleep, true);
        wf_park_commit(park);
        wf_store_relaxed(&w->asleep, false);
        if (w->pool->budget)
            wf_budget_awake(w->pool->budget);
        searching = true;
        woke = traced ? wf_ticks() : 0;
    }
    run_loot(w, found, began, woke, idle);
    return true;
}

bool wf_worker_loop(struct wf_worker *w)
{
    for (;;) {
        const bool all_done = w->alone ? run_own(w, true) : run_own(w, false);

        wf_ready other;

        if (w->turn_is_over) {
            if (take_turn(w, &other))
                run_ready(w, other);
            if (!wf_worker_is_wanted(w))
                continue;
        }
        tell_sinks(w);
        if (all_done && run_found(w))
            continue;
        if (is_ending(w))
            return false;
        if (wf_seat_rise(w))
            return true;
    }
}
