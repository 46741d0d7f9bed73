/* fork.h - parts of a running body, in the deque among ready tasks.
 *
 * A fork is queued as a pointer into the frame of its parent, marked by the highest
 * bit. Why what is below it in the deque never gets in the way:
 *
 *     deque   | ready tasks | forks of bodies that run here, the newest last |
 *             top: thieves                               bottom: the owner
 *
 *   1. A body joins what it forked before it returns, so a worker that runs no body
 *      has no forks in its deque; and one that joins takes forks from its deque only:
 *      as long as the fork it waits for has not been stolen, that lies above all else.
 *   2. Thieves take the oldest first. So when a fork has been stolen, all that was
 *      older has been, too, and when those above it are taken, the deque is empty: a
 *      joining worker hides no work.
 *   3. A thief steals with an empty deque. So as long as the fork it stole runs, all
 *      in its deque are descendants of that fork: the joining worker may take them.
 *      It looks whether the thief still has the fork after it has read the slot and
 *      before it takes it: a task put there later was published after `thief` was
 *      changed, because the fork ended or its body left the seat.
 *   4. Spawned tasks of the same body lie among its forks (spawn.h): a joining worker
 *      that meets one runs it.
 */
#ifndef WF_FORK_H
#define WF_FORK_H

#include <weft/fork.h>

#include "scheduler/spawn.h"

struct wf_worker;

enum wf_fork_state {
    WF_FORK_OPEN,  /* queued, or running somewhere */
    WF_FORK_AWAITED, /* the same, and its parent sleeps */
    WF_FORK_DONE,
};

struct wf_fork {
    weft_body         *body;
    void              *arg;
    struct wf_run     *run;    /* of the parent, as is `node` */
    struct weft_error *err;    /* of one that failed; NULL: no memory */
    uint32_t           node;
    weft_status        status; /* when done */
    _Atomic uint32_t   state;
    _Atomic uint32_t   thief;  /* worker + 1; 0: not stolen; or: */
};
/* Who has it is at no seat, or it was moved to the inbox. */
#define WF_FORK_ASTRAY UINT32_MAX

_Static_assert(sizeof(struct wf_fork) == sizeof(struct weft_fork), "a fork lies in the user's frame");

static inline bool wf_is_fork(wf_ready task)
{
    return (task & WF_MARKED) && !(task & WF_WORD_KIND);
}

static inline struct wf_fork *wf_fork_of(wf_ready task)
{
    return (struct wf_fork *)(uintptr_t)(task & ~WF_MARKED);
}

/* Forks of others that a hand runs, the last first. */
struct wf_stolen {
    struct wf_fork   *fork;
    struct wf_stolen *below;
};

/* What lies in the deque from now on is not theirs: the body leaves its seat. So they are
 * astray: who joins one must leave its own seat, if it is the one to go on with it. */
void wf_forks_disown(weft_call *call);

/* Runs a fork of another worker; not `helping`: it runs nothing else meanwhile, which a
 * trace tells. */
void wf_fork_run(struct wf_worker *w, struct wf_fork *f, bool helping);

#endif
