/* child_waiters.c - who waits for a spawned task: others that read its result, and bodies that sleep. */
#include "scheduler/child.h"

#include <string.h>

/* What `waiters` holds once nobody need wait any more. */
static const struct wf_edge closed_mark;
#define CLOSED ((struct wf_edge *)&closed_mark)

/* Enters it with what is waited for. False: that has finished. */
static bool wait_for(const struct wf_worker *w, struct wf_edge *e)
{
    struct wf_edge *head = wf_load_acquire(&e->of->waiters);

    if (w->alone && head != CLOSED) {
        e->next = head;
        wf_store_relaxed(&e->of->waiters, e);
        return true;
    }
    do {
        if (head == CLOSED)
            return false;
        e->next = head;
        /* Release: who closes the list sees the edge. Acquire on failure: closed means
         * that the result is there. */
    } while (!wf_cas(&e->of->waiters, &head, e));
    return true;
}

bool wf_child_is_over(struct weft_child *c)
{
    /* Acquire: pairs with the release in wf_child_tell_waiters(). */
    return wf_load_acquire(&c->waiters) == CLOSED;
}

void wf_child_await(struct wf_worker *w, struct weft_child *c, struct wf_sleeper *s)
{
    s->edge = (struct wf_edge){.of = c};
    wf_init(&s->over, 0);
    s->is_in = wait_for(w, &s->edge);
}

void wf_child_start(struct wf_worker *w, struct weft_child *c)
{
    struct wf_work *work = &c->work;
    uint32_t n = 1;

    wf_store_relaxed(&c->n_wait, work->n_deps + 1);
    for (uint32_t i = 0; i < work->n_deps; i++) {
        work->deps[i].waiter = c;
        n += !wait_for(w, &work->deps[i]);
    }
    /* Without inputs that wait nobody else knows of it. */
    if (n == work->n_deps + 1 || wf_take_off(w, &c->n_wait, n) == n)
        wf_worker_leave(w, wf_word_of(c, WF_WORD_RUN));
}

void wf_child_tell_waiters(struct wf_worker *w, struct weft_child *c)
{
    struct wf_edge *e;

    if (w->alone) {
        e = wf_load_relaxed(&c->waiters);
        wf_store_release(&c->waiters, CLOSED); /* for a hand that has this seat later */
    } else {
        /* Release: who finds it closed sees the result. Acquire: the edges. */
        e = wf_swap(&c->waiters, CLOSED);
    }
    while (e) {
        struct wf_edge *next = e->next;

        if (!e->waiter) {
            struct wf_sleeper *s = (struct wf_sleeper *)e;

            /* Release, as above. Its body may go on now, and then it is gone: a wake needs
             * only the address. */
            wf_store_release(&s->over, 1);
            wf_wake(&s->over, 1);
        } else if (wf_take_off(w, &e->waiter->n_wait, 1) == 1) {
            wf_worker_leave(w, wf_word_of(e->waiter, WF_WORD_RUN));
        }
        e = next;
    }
}

void wf_no_child_init(struct weft_child *c)
{
    memset(c, 0, sizeof *c);
    wf_init(&c->holds, WF_OPEN_BODY); /* never ours to free */
    wf_init(&c->waiters, CLOSED);
    c->status = WEFT_NOMEM;
    c->closed = true;
}
