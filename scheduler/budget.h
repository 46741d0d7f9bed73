/* budget.h - how much memory the runs of a pool may hold, and what gives way.
 *
 * A pool with a limit has a budget. It counts what results take in memory, and for each
 * task that runs the room its results and its scratch will take: what the task says, else
 * what tasks of its kind have given in this run, else a share of the limit. Before a body
 * runs, its inputs are brought back from disk. When that and its results do not fit
 *
 *     1. results that are wanted later than the task itself go to disk, those wanted last
 *        first: see stock.h;
 *     2. if that is not enough, the task waits, not its worker, until another has ended.
 *        A task that is far ahead of those that consume, as sources are, waits first;
 *     3. when no task runs and no worker has anything else to do, whatever is cold goes to
 *        disk, and the first that waits runs even if it is too big: a run never stands
 *        still. That, and a task that gives more than was guessed, are the only ways over
 *        the limit.
 *
 * When the disk takes no more, tasks wait as in 2; in 3 the task fails and says what the
 * disk said. The limit is one of room, by the size classes of the heap; what the heap keeps
 * of freed memory is given back to the system when the process has grown too big.
 *
 * What always holds:
 *   1. While tasks wait, some task runs, or one that has waited is queued, or some worker is
 *      not idle: whoever ends asks for the next, and so does the last to become idle. So none
 *      waits for ever.
 *   2. The inputs of a task that runs are HERE, or LEAVING and not to go.
 *   3. room is the sum over items HERE and LEAVING, leaving that over LEAVING, granted what is
 *      kept for tasks that run, reserved also what those want who have asked and have no
 *      answer yet.
 *
 * Threads: any; one lock, which is not held while bytes move. It is the innermost but for
 *          that of the spill file.
 */
#ifndef WF_BUDGET_H
#define WF_BUDGET_H

#include "scheduler/run.h"
#include "scheduler/spill.h"
#include "scheduler/stock.h"

struct wf_budget {
    wf_mutex         lock;      /* guards all that follows, and the stocks */
    wf_cond          moved;     /* an item is LEAVING or COMING no more */
    uint64_t         limit, unknown;
    uint64_t         room, leaving, reserved, granted;
    uint64_t         managed;   /* exact bytes of items in memory */
    uint64_t         scratch;   /* said by tasks that run */
    uint64_t         peak;      /* the most of managed + scratch */
    uint64_t         handed;    /* what tasks handed back would reserve */
    uint64_t         freed;     /* since the last look at the size of the process */
    uint64_t         n_waits, n_over; /* tasks put aside; let in over the limit */
    uint32_t         n_running, n_handed, n_idle, n_workers;
    _Atomic uint32_t n_waiting; /* for a look without the lock */
    struct wf_stock *first, *last;
    struct wf_spill *spill;
    bool             in_order;  /* tasks cannot be put aside */
    bool             is_last;   /* the task handed back is all that is left to do */
    size_t           resident;  /* the process when the pool was made */
    bool             is_full;   /* the last value did not go to disk, and none has gone from it since */
    struct weft_error full;     /* why */
};

/* `in_order`: tasks run one by one, so none may wait. `spill` is lent. NULL: no memory. */
struct wf_budget *wf_budget_new(size_t limit, int n_workers, bool in_order, struct wf_spill *spill);
void              wf_budget_free(struct wf_budget *b); /* NULL is fine */

/* A run begins with an empty stock; and ends: targets stay in their slots, on disk or not. */
void wf_budget_enter(struct wf_budget *b, struct wf_stock *s, struct wf_run *r);
void wf_budget_leave(struct wf_stock *s);

enum wf_begin {
    WF_BEGIN_NOW,
    WF_BEGIN_LATER,  /* it waits, and is handed back by wf_budget_next() */
    WF_BEGIN_FAILED, /* its inputs or its room cannot be had: call->err says why */
};

/* Before the body of the node of `call`. */
enum wf_begin wf_budget_begin(struct weft_call *call);

/* After it, or instead: counts its results, drops inputs whose last reader it is. Then, until
 * it answers false, wf_budget_next(). */
void wf_budget_end(struct weft_call *call);

/* Or: it has failed, and will begin once more, with the inputs it had. */
void wf_budget_again(struct weft_call *call);

/* A task to be queued again. */
static inline bool wf_budget_has_waiting(struct wf_budget *b)
{
    /* Relaxed: who puts a task aside and who ends one have both held the lock. */
    return wf_load_relaxed(&b->n_waiting) != 0;
}
bool wf_budget_next(struct wf_budget *b, struct wf_run **run, uint32_t *node);

/* A worker that has found nothing to do sleeps from now on, and is awake again. True: it does
 * not, for it is the last, and there is a task that waits. */
bool wf_budget_idle(struct wf_budget *b, struct wf_run **run, uint32_t *node);
void wf_budget_awake(struct wf_budget *b);

/* The body of `call` takes the value of a slot out of it, as its last reader. */
struct weft_value wf_budget_take(struct weft_call *call, uint32_t slot);

/* The body waits for other tasks of the pool: it does not count as running meanwhile. */
void wf_budget_rest(struct weft_call *call);
void wf_budget_resume(struct weft_call *call);

void wf_budget_memory(struct wf_budget *b, struct weft_pool_memory *out);

void wf_budget_check(const struct wf_budget *b);

#endif
