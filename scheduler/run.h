/* run.h - one plan in flight: what a task runs with, what it leaves, and how its end is told.
 *
 * A run goes through its plan once. Whoever runs a node (a worker, or the serial
 * runner) calls wf_run_body(), then tells the successors. Results wait in the
 * slots of the plan; each that must be freed counts its readers, and the last one
 * frees it or takes it over. Numbers and what else has no `free` just lie there:
 * who runs the node again clears its slot first.
 *
 * Failure: a node that fails, or may not run because one before it failed,
 * poisons its successors with the smallest number of a failed node it knows of.
 * So which reason a target reports depends on the graph alone, not on timing.
 *
 * What always holds:
 *   1. A node's poison, its inputs and their readers are written before its join
 *      counter reaches zero; it alone reads them after.
 *   2. A slot with a value that must be freed has at least one reader to come.
 *   3. WF_RUN_OWNED is set before any slot holds such a value, WF_RUN_TROUBLE before
 *      any node is poisoned.
 *   4. Who reads a slot runs after its node has run in this run, or is poisoned.
 */
#ifndef WF_RUN_H
#define WF_RUN_H

#include <weft/pool.h>

#include "lib/base/assert.h"
#include "lib/graph/plan.h"
#include "scheduler/heap.h"
#include "scheduler/sync.h"

enum wf_run_flag {
    WF_RUN_OWNED   = 1,  /* some slot holds or held a value that must be freed */
    WF_RUN_TROUBLE = 2,  /* some node is poisoned */
    WF_RUN_STOP    = 4,  /* nodes that have not begun do not run */
    WF_RUN_REMOTE  = 8,  /* bodies run in processes; see process.h */
    WF_RUN_NUMBERS = 16, /* some slot holds a value that need not be freed */
    WF_RUN_STALE   = 32, /* some slot holds one from an earlier run */
    WF_RUN_MEMO    = 64, /* the plan has a memo, which is offered what bodies make; see keep.h */
    WF_RUN_LIMITED = 128, /* its pool has a limit; see budget.h */
    WF_RUN_WATCHED = 256, /* somebody wants to hear of tasks; see watch.h */
    WF_RUN_KEEPS   = 512, /* what a failed task read is kept; see rerun.h */
    WF_RUN_STOPS   = 1024, /* some spawned task was cancelled: its descendants must look */
    WF_RUN_STREAMS = 2048, /* targets are told as they are there; see early.h */
    WF_RUN_WANTED  = 4096, /* some hand wants its seat back: between two tasks of a chain, look */
    WF_RUN_SHARED  = 8192, /* other runs share its pool; see worker.c */
    WF_RUN_TERMS   = 16384, /* some task has terms; see stand.h */
    WF_RUN_LATE    = 32768, /* it was stopped because its time was over */
    WF_RUN_TRACED  = 65536, /* its bodies are noted; see trace.h */
    WF_RUN_PROFILED = 131072, /* somebody looks into its bodies; see profile.h */

    /* With any of these a node takes the longer way. */
    WF_RUN_RARE = WF_RUN_TROUBLE | WF_RUN_STOP | WF_RUN_REMOTE | WF_RUN_MEMO | WF_RUN_LIMITED | WF_RUN_WATCHED |
                  WF_RUN_KEEPS | WF_RUN_STREAMS | WF_RUN_WANTED | WF_RUN_SHARED | WF_RUN_TERMS |
                  WF_RUN_TRACED | WF_RUN_PROFILED,
};

/* Why a node failed. */
struct wf_failure {
    struct wf_failure *next;
    uint32_t           node;
    struct weft_error  err;
};

struct wf_run {
    struct weft_run_head head; /* first, as weft/graph.h has it */

    /* Read by every task, written rarely. */
    weft_plan         *plan;
    _Atomic uint32_t   flags;
    enum weft_on_error on_error;
    bool               rare;    /* workers may leave, or its tasks have priorities */
    struct wf_failure *_Atomic failures;
    struct wf_rerun   *_Atomic kept; /* of WF_RUN_KEEPS; the future takes it at the end */
    struct wf_elastic *elastic; /* NULL: workers stay */
    struct wf_failure **by_node; /* at the end: the failures by node; NULL: few, or no memory */
    uint32_t           n_by_node;

    /* Written by workers as they go. */
    _Alignas(WF_APART) _Atomic uint64_t cursor; /* roots not handed out: next << 32 | end */
    _Alignas(WF_APART) _Atomic uint32_t n_sinks_left;

    struct wf_heap heap; /* ready tasks, where they have priorities; then no root is in the cursor */

    weft_future *future; /* to tell the end to */
    uint64_t     serial; /* counts the runs of a pool */
    struct wf_stock *stock; /* what it holds, in a pool with a limit; else NULL */
    struct wf_stand *stands; /* of each node; NULL: no task has terms */
    int64_t     *weights; /* of WF_RUN_TRACED: what each node gave, in bytes; NULL: no memory */
    const struct wf_scene *_Atomic scene; /* of WF_RUN_PROFILED */
    uint32_t     place;  /* in the pool; always the same */
    struct weft_child *_Atomic up; /* the running task it is part of; NULL: of none */
};

/* The poison of a node that did not run because the run was stopped. */
enum { WF_POISON_STOPPED = UINT32_MAX };

/* Scratch of a body: one block, and more while it is too small. */
struct wf_scratch {
    char  *block;
    size_t bytes, used;
    size_t base; /* used by bodies that wait below this one */
    struct wf_scratch_extra *extra;
};

/* What is to be seen to after a body. */
enum wf_mark {
    WF_MARK_SCRATCH = 1, /* it had some */
    WF_MARK_CHILD = 2,   /* its node has a stem: see spawn.h */
    WF_MARK_REFUSED = 4, /* something could not be spawned, and there is nobody else to tell: in err */
};

/* One run of one node, as its body sees it; each hand has one. */
struct weft_call {
    const struct weft_run_head *head; /* this and the next as in struct weft_call_head */
    uint32_t          node;
    uint32_t          marks;   /* of enum wf_mark */
    struct wf_run    *run;
    struct weft_child *child;  /* whose body this is: a spawned task, or the stem of a node; NULL: a plain node */
    const struct wf_work *work;/* whose inputs it reads; NULL: the node's */
    struct wf_worker *worker;  /* the seat its hand has, or comes back to */
    int64_t           began;   /* the body, where a memo wants to know */
    int64_t           mark;    /* what is above in the deque was spawned by this body, or by what it waited for; < 0: none yet */
    struct wf_stolen *stolen;  /* forks of others that run below, see fork.c */
    struct wf_aside  *below;   /* the bodies that wait below this one */
    bool              is_away; /* its body blocks, and another has the seat */
    bool              is_nested; /* it runs tasks on top of a body that waits */
    struct wf_process *process; /* of a pool of processes, else NULL */
    struct wf_probe  *probe;   /* that of its hand, see profile.h */
    struct wf_scratch scratch;
    struct weft_error err;
};

/* From now on it is of this run: its inputs are those of nodes. */
static inline void wf_call_enter(struct weft_call *call, struct wf_run *r)
{
    call->run = r;
    call->head = &r->head;
}

void wf_call_init(struct weft_call *call);

/* What a body sees of itself, put aside while others run on its stack. */
struct wf_aside {
    struct wf_aside      *below;
    const struct weft_run_head *head;
    struct wf_run        *run;
    struct weft_child    *child;
    const struct wf_work *work;
    int64_t               mark;
    size_t                base;
    uint32_t              node, marks;
    weft_status           status; /* of err; it is kept only if it says something */
    struct weft_error     err;
};
void wf_call_aside(struct weft_call *call, struct wf_aside *aside);
void wf_call_back(struct weft_call *call, const struct wf_aside *aside);
void wf_call_fini(struct weft_call *call);

static inline uint32_t wf_call_input_slot(const weft_call *call, size_t i)
{
    const struct wf_inputs in = wf_plan_inputs(call->run->plan, call->node);

    WF_ASSERT(i < in.n);
    return wf_input_slot(&in, i);
}

/* Prepares a run of `plan`, whose slots and counters are as between runs. */
void wf_run_init(struct wf_run *r, weft_plan *plan, enum weft_on_error on_error, weft_future *future);

/* Whether a task that this run is part of is to stop. Asked by serial runs: others are told. */
bool wf_run_is_cancelled_above(const struct wf_run *r);

/* What is rare, for a node of the run in `call`. Doomed: it may not run, and the poison has been
 * passed on. */
void wf_run_fail(struct weft_call *call, weft_status st);
bool wf_run_is_doomed(struct weft_call *call);
void wf_run_drop_inputs(struct weft_call *call);
void wf_run_drop_results(weft_plan *p, uint32_t node); /* what a body returned before it failed */

/* Forgets what the slots of the node hold from an earlier run. */
void wf_run_clear_several(struct weft_call *call);
static inline void wf_run_clear(struct weft_call *call)
{
    weft_plan *p = call->run->plan;

    p->slots[call->node].type = NULL;
    if (p->n_results)
        wf_run_clear_several(call);
}

void wf_scratch_reset(struct wf_scratch *s); /* the body is over */
void wf_scratch_back(struct wf_scratch *s, size_t used); /* what came later is gone */
weft_status wf_process_call(struct weft_call *call);
bool wf_process_is_stopped(const struct weft_call *call); /* in the child */

/* After the body of the node: its scratch, its failure, its children. False: the node stays
 * open, and is ended later by wf_worker_end_node(). */
bool wf_run_after(struct weft_call *call, weft_status st);

/* The node has ended with `st`: whoever wants to hear of it does, and a failure is kept.
 * False: it has not ended, for it is tried once more. */
bool wf_run_settle(struct weft_call *call, weft_status st);

/* A value of one's own: for small numbers the same words, else a copy. */
weft_status wf_value_own(struct weft_value v, struct weft_value *out);

/* Runs the body of node i, unless it is doomed, and lets go of what it read. False: it is
 * not finished yet. */
bool wf_run_body_rarely(struct weft_call *call, uint32_t flags);
static inline bool wf_run_body(struct weft_call *call, struct wf_run *r, const struct wf_node *node, uint32_t i)
{
    /* Relaxed: a flag that concerns this node was set before it became ready. */
    const uint32_t flags = wf_load_relaxed(&r->flags);

    call->node = i;
    if (flags & WF_RUN_STALE)
        wf_run_clear(call);
    if (__builtin_expect(flags & WF_RUN_RARE, 0)) {
        if (!wf_run_body_rarely(call, flags))
            return false;
    } else {
        weft_status st;

        call->err.status = WEFT_OK;
        st = node->body(call, node->arg, &call->err);
        if (__builtin_expect((uint32_t)st | call->marks, 0) && !wf_run_after(call, st))
            return false;
    }
    if (flags & WF_RUN_OWNED)
        wf_run_drop_inputs(call);
    return true;
}

/* After the last node: this, then what each target gives, in order and once, or why
 * one gives nothing (`st`, as wf_run_target() said). */
void        wf_run_end(struct wf_run *r);
weft_status wf_run_target(struct wf_run *r, uint32_t i, struct weft_value *out);
void        wf_run_why(const struct wf_run *r, uint32_t i, weft_status st, struct weft_error *err);

/* The number + 1 of the failed node that target i depends on; 0: none. And why a node failed; NULL:
 * there was no memory to say. */
uint32_t                 wf_run_poison_of(const struct wf_run *r, uint32_t i);
const struct wf_failure *wf_run_failure_of(const struct wf_run *r, uint32_t node);

/* WEFT_TIMEOUT: the time of the run was over while its task "was running", or what `how` says. */
weft_status wf_run_fail_late(const struct wf_run *r, struct weft_error *err, const char *how);

/* Makes the plan ready for its next run: no poison, no values, no failures. */
void wf_run_fini(struct wf_run *r);

#endif
