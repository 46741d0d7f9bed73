/* wait.c - bodies that wait: for what they spawned, for a graph of theirs, for the world.
 *
 * A waiting body runs its descendants and nothing else. So every wait, and every body that
 * runs on top of one that waits, is lower in the tree of who spawned whom than what waits:
 * there can be no circle. What is its own lies in its deque above the mark where it began;
 * what others have taken is known by its ancestors.
 */
#include "scheduler/wait.h"

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/budget.h"
#include "scheduler/fork.h"
#include "scheduler/pool.h"

/* A body that cannot leave its seat looks again after so long. */
enum { NAP_NS = 500000 };

/* ---- Helping ------------------------------------------------------------------- */

/* Whether a word taken from a deque stands for something below `c`. Read while others may
 * take and finish it: right if it was still there afterwards. */
static bool is_below(const weft_pool *pool, wf_ready word, const struct weft_child *c)
{
    const uint32_t depth = wf_load_relaxed(&((struct weft_child *)c)->depth);
    struct weft_child *up;

    if (!(word & WF_MARKED))
        up = wf_load_relaxed(&((weft_pool *)pool)->runs[word >> 32].up);
    else if (word & WF_WORD_KIND)
        up = wf_load_relaxed(&wf_word_child(word)->up);
    else
        return false; /* a fork is helped with by who joins it */
    while (up && wf_load_relaxed(&up->depth) > depth)
        up = wf_load_relaxed(&up->up);
    return up == c;
}

static bool steal_below(struct wf_worker *w, const struct weft_child *c, wf_ready *out)
{
    weft_pool *pool = w->pool;

    for (int i = 0; i < pool->n_workers - 1; i++) {
        struct wf_deque *d = &pool->workers[w->victims[i]].deque;
        int64_t top;

        if (wf_deque_has_some(d) && wf_deque_peek(d, out, &top) && is_below(pool, *out, c) && wf_deque_steal_at(d, top))
            return true;
    }
    return false;
}

/* One ready task of a nested run: a root nobody has claimed, or the first of its heap. */
static bool claim_below(struct wf_run *r, wf_ready *out)
{
    const uint32_t place = r->place;
    wf_range root;
    uint32_t node;

    if (wf_roots_claim(&r->cursor, place, UINT32_MAX, 1, &root))
        node = r->plan->roots[wf_range_begin(root)];
    else if (!wf_heap_take(&r->heap, &node))
        return false;
    *out = (wf_ready)place << 32 | node;
    return true;
}

static bool take_own(struct wf_worker *w, int64_t mark, wf_ready *out)
{
    if (wf_load_relaxed(&w->deque.bottom) <= mark)
        return false;
    return w->alone ? wf_deque_take_alone(&w->deque, out) : wf_deque_take(&w->deque, out);
}

/* On top of the waiting body. */
static void run_below(weft_call *call, wf_ready word)
{
    struct wf_aside aside;

    wf_call_aside(call, &aside);
    wf_worker_run(call->worker, word);
    wf_call_back(call, &aside);
}

/* Runs one task below the body of `call`, or of its nested run. False: there is none now. */
static bool help_once(weft_call *call, struct wf_run *nested)
{
    struct wf_worker *w = call->worker;
    wf_ready word;

    if (!take_own(w, call->mark, &word) && !(nested && claim_below(nested, &word)) &&
        (w->alone || !steal_below(w, call->child, &word)) &&
        (w->pool->kind != WEFT_POOL_SERIAL || !wf_inbox_take(&w->pool->inbox, &word)))
        return false;
    run_below(call, word);
    return true;
}

/* One that cannot leave its seat sees to what others bring: an end, or what is its own.
 * Anything else stays there. False: there is none now. */
static bool help_stranger(weft_call *call)
{
    struct wf_worker *w = call->worker;
    struct wf_inbox *inbox = &w->pool->inbox;
    wf_ready word;

    if (!wf_inbox_take(inbox, &word))
        return false;
    if (!(word & WF_MARKED && (word & WF_WORD_KIND) == WF_WORD_LET_GO) && !is_below(w->pool, word, call->child) &&
        wf_inbox_put(inbox, word, &w->pool->park))
        return false;
    run_below(call, word);
    return true;
}

/* Helps until it is over, or there was nothing to help with for a while: false. */
static bool search(weft_call *call, const struct wf_await *what, struct wf_run *nested)
{
    int64_t until = 0;

    while (!what->is_over(what->self)) {
        if (help_once(call, nested))
            until = 0;
        else if (!until)
            until = wf_now_ns() + call->worker->pool->spin_ns;
        else if (wf_now_ns() < until)
            wf_pause();
        else
            return false;
    }
    return true;
}

void wf_wait_until(weft_call *call, const struct wf_await *what, struct wf_run *nested)
{
    /* What it waits for may need the room that it counts for. */
    if (call->run->stock)
        wf_budget_rest(call);
    while (!search(call, what, nested)) {
        bool left;

        if (what->prepare)
            what->prepare(what->self);
        left = wf_seat_leave(call);
        if (left || !help_stranger(call))
            what->sleep(what->self, left ? -1 : NAP_NS);
        if (left)
            wf_seat_return(call);
    }
    if (call->run->stock)
        wf_budget_resume(call);
}

/* ---- For children ----------------------------------------------------------------- */

struct await_child {
    struct wf_worker  *worker;
    struct weft_child *child;
    struct wf_sleeper  sleeper;
};

static bool child_is_over(void *self)
{
    struct await_child *a = self;

    /* Acquire: pairs with the release of who ends the child, and then touches the sleeper
     * no more. */
    return a->sleeper.is_in ? wf_load_acquire(&a->sleeper.over) : wf_child_is_over(a->child);
}

static void enter_as_sleeper(void *self)
{
    struct await_child *a = self;

    if (!a->sleeper.is_in)
        wf_child_await(a->worker, a->child, &a->sleeper);
}

static void sleep_for_child(void *self, int64_t timeout_ns)
{
    struct await_child *a = self;

    if (!a->sleeper.is_in)
        return; /* it was over already */
    do
        wf_wait(&a->sleeper.over, 0, timeout_ns);
    while (timeout_ns < 0 && !child_is_over(a));
}

weft_status weft_call_wait(weft_call *call, weft_child *child, struct weft_value *out, struct weft_error *err)
{
    struct await_child await = {.worker = call->worker, .child = child};
    const struct wf_await what = {.self = &await, .is_over = child_is_over, .prepare = enter_as_sleeper, .sleep = sleep_for_child};
    weft_status st;

    if (!child->run && (call->marks & WF_MARK_REFUSED)) { /* why it could not be spawned is told here, too */
        if (err && err != &call->err)
            *err = call->err;
        return call->err.status;
    }
    if (child->kind == WF_CHILD_GROUP) {
        wf_group_shut(call->worker, child);
        if (!call->worker->alone)
            wf_park_wake(&call->worker->pool->park); /* for what waited for the group */
    }
    wf_wait_until(call, &what, NULL);
    if (child->run)
        child->handled = true; /* else it stands for what could not be spawned, to others, too */
    if (child->status) {
        if (err && child->err)
            *err = *child->err;
        else if (!child->err)
            weft_error_set(err, child->status, "%s", weft_status_text(child->status));
        return child->status;
    }
    if (out) {
        st = wf_child_take(child, out);
        if (st)
            return weft_error_set(err, st, "the result of a spawned task that others depend on cannot be copied");
    }
    return WEFT_OK;
}

weft_status weft_call_wait_all(weft_call *call, struct weft_error *err)
{
    struct weft_child *first = NULL;

    /* Newest first, as they lie in the deque. Those of a group are the group's to answer for. */
    for (struct weft_child *c = call->child ? call->child->children : NULL; c; c = c->sibling)
        if (wf_load_relaxed(&c->up) == call->child && weft_call_wait(call, c, NULL, NULL))
            first = c;
    return first ? weft_call_wait(call, first, NULL, err) : WEFT_OK;
}

/* ---- For a graph of its own --------------------------------------------------------- */

static bool run_is_over(void *self)
{
    return weft_future_is_done(self);
}

static void sleep_for_run(void *self, int64_t timeout_ns)
{
    weft_future_wait(self, timeout_ns);
}

/* In a pool of its own, on this thread: where no other place is. It stops as `me` does. */
static weft_status run_apart(struct weft_child *me, weft_task *const *tasks, size_t n, const struct weft_run_spec *spec,
                             struct weft_value *outs, struct weft_error *err)
{
    weft_pool *pool;
    weft_status st = wf_pool_open_within(&pool, me, err);

    if (st)
        return st;
    st = weft_pool_run_many(pool, tasks, n, spec, outs, err);
    weft_pool_free(pool);
    return st;
}

weft_status weft_call_run(weft_call *call, weft_task *const *tasks, size_t n, const struct weft_run_spec *spec,
                          struct weft_value *outs, struct weft_error *err)
{
    weft_pool *pool = call->worker->pool;
    struct weft_child *me = wf_child_of_call(call);
    struct wf_await what = {.is_over = run_is_over, .sleep = sleep_for_run};
    struct wf_run *r;
    weft_future *f;
    weft_status st;

    for (size_t i = 0; outs && i < n; i++)
        outs[i] = weft_value_none();
    if (!me && !call->stolen && !call->process)
        return wf_error_nomem(err, "a run within a task");
    if (!me || pool->kind != WEFT_POOL_THREADS)
        return run_apart(me, tasks, n, spec, outs, err);
    st = wf_pool_submit_within(pool, tasks, n, spec, me, &f, &r, err);
    if (st)
        return st;
    if (!f)
        return run_apart(me, tasks, n, spec, outs, err);
    what.self = f;
    if (r) { /* else all of it was known, and it has ended */
        wf_wait_until(call, &what, r);
        wf_pool_leave_place(pool, r);
    }
    return wf_future_take_all(f, outs, err);
}

/* ---- For the world ------------------------------------------------------------------- */

void weft_call_blocking_begin(weft_call *call)
{
    call->is_away = !call->process && wf_seat_leave(call);
}

void weft_call_blocking_end(weft_call *call)
{
    if (call->is_away)
        wf_seat_return(call);
    call->is_away = false;
}

weft_later *weft_call_detach(weft_call *call)
{
    weft_pool *pool = call->worker->pool;
    struct weft_child *me = wf_child_of_call(call);
    weft_later *later = me && !me->later ? wf_alloc_zero(1, sizeof *later) : NULL;

    /* Its end may come at the worst moment: room for it is kept from now on. */
    if (!later || !wf_inbox_promise(&pool->inbox)) {
        wf_free(later);
        if (me && me->later)
            wf_call_refuse(call, WEFT_INVALID, "a task is detached that is already");
        else
            wf_call_refuse(call, me ? WEFT_NOMEM : WEFT_UNSUPPORTED, me ? "no memory for a detached task" :
                           "a body in another process, or a forked one, cannot be detached");
        return NULL;
    }
    later->pool = pool;
    later->child = me;
    me->later = later;
    me->n_spawned++;
    return later;
}

void weft_later_finish(weft_later *later, weft_status status, struct weft_value value, const struct weft_error *err)
{
    weft_pool *pool = later->pool;

    later->status = status;
    if (status)
        weft_value_release(value);
    else
        later->value = value;
    if (err)
        later->err = *err;
    /* The rest is a worker's, who comes by what was written here through the lock. */
    wf_inbox_keep(&pool->inbox, wf_word_of(later->child, WF_WORD_LET_GO), &pool->park);
}
