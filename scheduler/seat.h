/* seat.h - who sits at a worker: so a body that waits does not hold a core.
 *
 * A worker (worker.h) is a seat: a deque, a place on a core. A hand is a thread that may
 * sit there, with the call that its bodies see. Each seat has one hand at a time.
 *
 *     body blocks:    its hand leaves the seat; another sits down: one that wants back to
 *                     this very seat, one that sat here before, or a new thread
 *     body goes on:   its hand asks for the seat, and waits until who sits there has ended
 *                     a task and rises: what lies in the deque goes to the inbox first, so
 *                     the body finds an empty one, as if nobody had been there
 *
 * So never more bodies compute than there are seats, and a thousand that sleep are a
 * thousand threads that sleep.
 *
 * What always holds:
 *   1. seat->call is that of the hand which sits there, and only its thread touches the
 *      seat as its owner. From hand to hand it goes under `lock`.
 *   2. WF_RARE_WANTED is set while `wanting` is not empty.
 *   3. A hand is in one of: a seat, `idle` or `wanting` of one seat, or in a body that blocks.
 */
#ifndef WF_SEAT_H
#define WF_SEAT_H

#include "scheduler/profile.h"
#include "scheduler/run.h"

struct wf_worker;

struct wf_hand {
    struct weft_call  call;
    weft_pool        *pool;
    struct wf_worker *seat;      /* guarded by lock; NULL: none */
    struct wf_hand   *next;      /* idle or wanting; guarded by lock */
    struct wf_hand   *older;     /* in the list of spare ones */
    _Atomic uint32_t  turn;      /* 1: it has been given a seat, or the pool ends */
    bool              is_spare;  /* has a thread of its own, made when it was needed */
    wf_thread         thread;
    bool              is_settled;/* its thread is bound to the core of the seat it has, or had last */
    struct wf_probe   probe;
};

struct wf_seats {
    wf_mutex        lock;
    struct wf_hand *spares;
};

void wf_seats_init(struct wf_seats *s);
void wf_seats_end(weft_pool *pool);  /* the pool ends: all idle hands return, spare ones are gone after it */
void wf_seats_fini(weft_pool *pool); /* and their memory */

void wf_hand_init(struct wf_hand *h, weft_pool *pool);

/* The life of a hand that sits at a seat first: until the pool ends. */
void wf_hand_live(struct wf_hand *h);

/* Gives the seat of the call to another hand. False: there is none, or nothing to leave;
 * then there is nothing to come back to. */
bool wf_seat_leave(weft_call *call);
void wf_seat_return(weft_call *call);

/* Gives it to a hand that wants it, and lets its own be idle. Between two tasks, by who
 * sits there; false: nobody wants it after all. */
bool wf_seat_rise(struct wf_worker *w);

#endif
