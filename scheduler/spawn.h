/* spawn.h - tasks that running bodies make: their lives, from inside.
 *
 * A child is queued as a pointer, marked like a fork (fork.h). A node of a plan whose
 * body spawns gets a stem: a child that stands for the node among its children, so all
 * below is the same for both.
 *
 *     node                     n_open of a task: 1 for its own body, or the one it will
 *      +- stem                 become, and 1 for each child not finished. Who brings it to
 *          +- child            0 ends the task, which takes 1 from the one above, and so
 *          +- child            on up, in a loop: a chain a million long ends without stack.
 *              +- child
 *
 * Memory of children is taken from the system in blocks and given back with the pool: a
 * thief may look at the ancestors of what it is about to steal, which another has just
 * taken and finished. It reads rubbish then, but reads memory, and its exchange fails.
 *
 * A child is counted on its parent's side when it is spawned, and added to n_open when the
 * body returns: till then n_open stands far above zero, so ends may be taken off already,
 * and spawning takes no exchange. Where there is one worker nothing does.
 *
 * What always holds:
 *   1. n_open > 0 until the task has ended, once.
 *   2. A work begins when n_wait is 0: each input has finished, and so has whoever made it.
 *   3. `waiters` is closed exactly once, after value and status are final; who finds it
 *      closed sees them.
 *   4. holds counts: its life until it has ended, the list of its parent's body, each
 *      dependency on it, and the list of failures of its parent. The last one frees it;
 *      who has the only one but for its life is the only reader.
 *   5. `children` and `next` are touched only by the body of the child, or after it.
 */
#ifndef WF_SPAWN_H
#define WF_SPAWN_H

#include <weft/spawn.h>

#include "scheduler/deque.h"
#include "scheduler/run.h"

struct wf_worker;

/* Of a task whose end comes from another thread: who has it, and what it brings. */
struct weft_later {
    weft_pool         *pool;
    struct weft_child *child;
    weft_status        status;
    struct weft_value  value;
    struct weft_error  err;
};

/* One input: `waiter` reads the result of `of`. */
struct wf_edge {
    struct weft_child *of, *waiter;
    struct wf_edge    *next; /* in of->waiters */
};

/* A body that sleeps until a child has ended, among those that wait for it. */
struct wf_sleeper {
    struct wf_edge   edge;  /* without a waiter */
    _Atomic uint32_t over;
    bool             is_in; /* the list: from then on only `over` tells */
};

enum { WF_FEW_EDGES = 2, WF_SMALL_ARG = 32 };

/* What a child does: at first, or next. */
struct wf_work {
    weft_body      *body; /* NULL: passes its input on */
    void           *arg;
    void          (*free_arg)(void *arg);
    struct wf_edge *deps;
    uint32_t        n_deps;
    bool            arg_is_ours; /* a copy too big for `small` */
    bool            is_node; /* the body of a node, for the stem: its inputs are the node's */
    bool            lenient; /* in a run that continues it runs though inputs have failed */
    bool            ran;     /* its body has, and may be tried once more */
    struct wf_asks *asks;    /* how it wants to be run, see stand.h; NULL: anyhow */
    struct wf_edge  few[WF_FEW_EDGES];
    _Alignas(16) char small[WF_SMALL_ARG];
};

/* In n_open, for its own body; more than it can have children at a time. */
#define WF_OPEN_BODY ((uint32_t)1 << 31)

/* In holds. */
enum { WF_HOLD_LIFE = 1, WF_HOLD_PARENT = 2, WF_HOLD_READER = 4 };

enum wf_child_kind { WF_CHILD_TASK, WF_CHILD_GROUP, WF_CHILD_STEM };

struct weft_child {
    /* Read by thieves at any time. */
    struct weft_child *_Atomic up; /* whose body spawned it, or its group; NULL: outermost */
    _Atomic uint32_t    depth;     /* 1 + that of `up` */

    _Atomic uint32_t    n_open, n_wait, holds;
    _Atomic uint32_t    stop;      /* what has not begun below does not begin */
    struct wf_edge *_Atomic waiters;
    struct weft_child *_Atomic failed; /* children that failed, see wf_child_kind */
    struct weft_child  *next_failed;

    struct wf_run      *run;
    uint32_t            node;      /* of which it is part */
    uint64_t            number;    /* among the children of its parent, in order of spawning */
    uint64_t            n_numbers; /* given to its own */
    uint32_t            n_spawned; /* and not counted in n_open */
    enum wf_child_kind  kind;
    weft_status         status;
    bool                handled;   /* its failure was told to its parent's body */
    bool                closed;    /* a group that takes no more */
    _Atomic bool        has_units; /* units of a resource, until it has ended; read by those below */
    struct weft_error  *err;       /* of one that failed; NULL: no memory */
    struct weft_value   value;
    int64_t             began;     /* a stem: see struct weft_call */
    weft_later         *later;     /* its end comes from elsewhere; NULL: it does not */

    struct weft_child  *children;  /* the last spawned by the body that runs */
    struct weft_child  *sibling;   /* in that list; or in a list of free ones */
    struct wf_work      work;
    struct wf_work     *next;      /* what it becomes */
    uint64_t            n_before;  /* n_numbers when its present body began */
    struct wf_asks     *held;      /* of its first body, which needed what the task holds; NULL: still in `work` */
};

/* ---- In queues -------------------------------------------------------------- */

/* The lowest bits of a marked word tell what it is; 0: a fork. */
enum { WF_WORD_RUN = 1, WF_WORD_LET_GO = 2, WF_WORD_KIND = 3 };
#define WF_MARKED ((wf_ready)1 << 63)

static inline wf_ready wf_word_of(struct weft_child *c, unsigned kind)
{
    return WF_MARKED | (uintptr_t)c | kind;
}

static inline struct weft_child *wf_word_child(wf_ready word)
{
    return (struct weft_child *)(uintptr_t)(word & ~(WF_MARKED | WF_WORD_KIND));
}

/* Begins what the child is to do; or what kept it open is over. By a worker that has taken
 * the word. */
void wf_child_run(struct wf_worker *w, struct weft_child *c);
void wf_child_let_go(struct wf_worker *w, struct weft_child *c);

/* ---- The call of a body ------------------------------------------------------ */

/* The node's body has returned, and it has a stem. False: it is not finished. */
bool wf_stem_after(weft_call *call, weft_status st);

struct weft_value wf_work_input(const struct wf_work *work, size_t i);
weft_status       wf_work_take(weft_call *call, size_t i, struct weft_value *out);
weft_status       wf_work_input_status(const struct wf_work *work, size_t i, struct weft_error *err);

static inline bool wf_child_has_value(const struct weft_child *c)
{
    return c && c->kind == WF_CHILD_TASK;
}
void wf_child_return(struct weft_child *c, struct weft_value value);
bool wf_child_is_over(struct weft_child *c);
void wf_child_await(struct wf_worker *w, struct weft_child *c, struct wf_sleeper *s); /* not in: it is over */
weft_status wf_child_take(struct weft_child *c, struct weft_value *out); /* for its parent's body; given */
void wf_group_shut(struct wf_worker *w, struct weft_child *group); /* it takes no more */
bool wf_child_is_stopped(const struct weft_child *c); /* it, or one above; NULL is not */
bool wf_child_is_cancelled(const struct weft_child *c, struct wf_run *r); /* or its run */

/* The child whose body runs: that of `call`, or a stem for its node. NULL: no memory. */
struct weft_child *wf_child_of_call(weft_call *call);

/* The task of the call fails, for this could not be had. */
void wf_call_refuse(weft_call *call, weft_status st, const char *why);

/* What stands for all that could not be spawned. */
void wf_no_child_init(struct weft_child *c);

/* A worker's memory of children. */
struct wf_child_block;
void wf_child_free_blocks(struct wf_child_block *blocks);

#endif
