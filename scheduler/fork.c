/* fork.c - parts of a running body: queued, joined, helped with. */
#include "scheduler/fork.h"

#include "lib/base/assert.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* A joining worker that can do nothing sleeps, but not for long: what it waits for may
 * fork again. */
enum { NAP_NS = 500000 };

void weft_call_fork(weft_call *call, struct weft_fork *fork, weft_body *body, void *arg)
{
    struct wf_worker *w = call->worker;
    struct wf_fork *f = (struct wf_fork *)fork;

    f->body = body;
    f->arg = arg;
    f->run = call->run;
    f->node = call->node;
    /* Relaxed: the push publishes. */
    wf_store_relaxed(&f->state, WF_FORK_OPEN);
    wf_store_relaxed(&f->thief, 0);
    /* Without memory to queue it, its join runs it. */
    if (__builtin_expect(call->run->elastic != NULL, 0))
        wf_elastic_open(call->run);
    if (wf_deque_push(&w->deque, WF_MARKED | (uintptr_t)f) && !w->alone)
        wf_park_wake(&w->pool->park);
}

/* By the joining worker: the scratch of the body is gone with it. */
static inline weft_status run_here(weft_call *call, const struct wf_fork *f, struct weft_error *err)
{
    const size_t used = call->scratch.used;
    const weft_status before = err->status;
    weft_status st;

    err->status = WEFT_OK;
    st = f->body(call, f->arg, err);
    if (__builtin_expect(st != WEFT_OK, 0)) {
        if (err->status != st) /* a body may give a status and no sentence */
            weft_error_set(err, st, "%s", weft_status_text(st));
    } else {
        err->status = before; /* what it told of another part stays told */
    }
    if (__builtin_expect(call->scratch.used != used, 0))
        wf_scratch_back(&call->scratch, used);
    return st;
}

/* Keeps how it went until the join. */
static void keep(struct wf_fork *f, weft_status st, const struct weft_error *err)
{
    f->status = st;
    f->err = st ? wf_alloc(sizeof *f->err) : NULL;
    if (f->err)
        *f->err = *err;
}

static weft_status tell(struct wf_fork *f, struct weft_error *err)
{
    if (!f->status)
        return WEFT_OK;
    if (f->err)
        *err = *f->err;
    else
        weft_error_set(err, f->status, "%s", weft_status_text(f->status));
    wf_free(f->err);
    return f->status;
}

/* Runs one that is joined later than the order of forking has it. */
static void run_early(weft_call *call, struct wf_fork *f)
{
    struct weft_error err = {.status = WEFT_OK};
    const weft_status st = run_here(call, f, &err);

    keep(f, st, &err);
    wf_store_relaxed(&f->state, WF_FORK_DONE);
}

void wf_fork_run(struct wf_worker *w, struct wf_fork *f, bool helping)
{
    weft_call *call = w->call;
    struct wf_tracer *t = helping ? NULL : wf_worker_tracer(w);
    const struct wf_noting noting = t ? wf_tracer_begin(t, f->node, f->run->place) : (struct wf_noting){0};
    const bool profiled = !helping && (wf_load_relaxed(&f->run->flags) & WF_RUN_PROFILED);
    struct wf_probed probed;
    struct weft_error err; /* a kilobyte: not cleared */
    struct wf_stolen stolen = {f, call->stolen};
    struct wf_aside aside;
    weft_status st;

    err.status = WEFT_OK;
    /* Relaxed: a hint for the joining worker. */
    wf_store_relaxed(&f->thief, (uint32_t)w->id + 1);
    wf_call_aside(call, &aside);
    wf_worker_at(w, f->run);
    call->node = f->node;
    call->stolen = &stolen;
    if (profiled)
        wf_probe_begin(call->probe, &probed, wf_profile_group(f->run, f->node), __builtin_frame_address(0));
    st = run_here(call, f, &err);
    if (profiled)
        wf_probe_end(call->probe, &probed);
    if (!st && (call->marks & WF_MARK_REFUSED)) {
        st = call->err.status;
        err = call->err;
    }
    keep(f, st, &err);
    call->stolen = stolen.below;
    wf_call_back(call, &aside);
    /* Before the end is told: when the run has ended a trace may be read. */
    if (t)
        wf_tracer_end(t, noting, f->node, f->run->place, WEFT_EVENT_FORK, st);
    /* Release: what this worker pushes from now on comes after. Partner: help(). */
    wf_store_release(&f->thief, 0);
    /* Release: what it did comes before the join returns. After this the fork may be
     * gone; a wake needs only the address. */
    if (wf_swap(&f->state, WF_FORK_DONE) == WF_FORK_AWAITED)
        wf_wake(&f->state, 1);
}

void wf_forks_disown(weft_call *call)
{
    for (struct wf_stolen *s = call->stolen; s; s = s->below)
        wf_store_release(&s->fork->thief, WF_FORK_ASTRAY); /* as above */
}

static bool is_done(const struct wf_fork *f)
{
    /* Acquire: pairs with the release in wf_fork_run(). */
    return wf_load_acquire(&((struct wf_fork *)f)->state) == WF_FORK_DONE;
}

/* A part of the body's work that is not what it joins now: a fork, or a task it spawned. */
static void run_part(weft_call *call, wf_ready part)
{
    struct wf_aside aside;

    if (wf_is_fork(part)) {
        wf_fork_run(call->worker, wf_fork_of(part), true);
        return;
    }
    wf_call_aside(call, &aside);
    wf_worker_run(call->worker, part);
    wf_call_back(call, &aside);
}

/* Takes part of what the thief of `f` has forked in turn. False: there is nothing. */
static bool help(struct wf_worker *w, const struct wf_fork *f)
{
    _Atomic uint32_t *has_it = &((struct wf_fork *)f)->thief;
    const uint32_t thief = wf_load_relaxed(has_it);
    struct wf_deque *d;
    wf_ready part;
    int64_t top;

    if (!thief || thief == WF_FORK_ASTRAY)
        return false;
    d = &w->pool->workers[thief - 1].deque;
    /* Acquire: what was pushed after `thief` was cleared came with that: the push we read
     * is a release. */
    if (!wf_deque_peek(d, &part, &top) || wf_load_acquire(has_it) != thief || !wf_deque_steal_at(d, top))
        return false;
    run_part(w->call, part);
    return true;
}

static void await(struct wf_worker *w, struct wf_fork *f)
{
    weft_call *call = w->call;
    int64_t until = 0;
    uint32_t state;
    bool left;

    for (int look = 0; !is_done(f); look++) {
        if (help(w, f)) {
            until = 0;
            continue;
        }
        if (look % 16) {
            wf_pause();
            continue;
        }
        if (!until)
            until = wf_now_ns() + w->pool->spin_ns;
        if (wf_now_ns() < until)
            continue;
        state = WF_FORK_OPEN;
        left = wf_load_relaxed(&f->thief) == WF_FORK_ASTRAY && wf_seat_leave(call);
        if (wf_cas(&f->state, &state, WF_FORK_AWAITED) || state == WF_FORK_AWAITED)
            wf_wait(&f->state, WF_FORK_AWAITED, NAP_NS);
        if (left)
            wf_seat_return(call);
    }
}

weft_status weft_call_join(weft_call *call, struct weft_fork *fork, struct weft_error *err)
{
    struct wf_worker *w = call->worker;
    struct wf_fork *f = (struct wf_fork *)fork;
    struct weft_error unwanted = {.status = WEFT_OK};
    wf_ready newest;

    err = err ? err : &unwanted;
    /* Relaxed: if we ran it ourselves we know; else await() looks again. */
    while (wf_load_relaxed(&f->state) != WF_FORK_DONE &&
           (w->alone ? wf_deque_take_alone(&w->deque, &newest) : wf_deque_take(&w->deque, &newest))) {
        if (!wf_is_fork(newest))
            run_part(call, newest);
        else if (wf_fork_of(newest) != f)
            run_early(call, wf_fork_of(newest));
        else
            return run_here(call, f, err);
    }
    await(w, f);
    return tell(f, err);
}
