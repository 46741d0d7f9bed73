/* weft/spawn.h - tasks that make tasks: a graph that grows while it runs.
 *
 *     static weft_status sum_of(weft_call *call, void *arg, struct weft_error *err)
 *     {
 *         const struct range *r = arg, left = left_half(r), right = right_half(r);
 *         weft_child *halves[2];
 *
 *         if (r->end - r->begin < 1000)
 *             return add_up(call, r);
 *         halves[0] = weft_spawn(call, sum_of, WEFT_ARG(left));
 *         halves[1] = weft_spawn(call, sum_of, WEFT_ARG(right));
 *         weft_become(call, add, .deps = halves, .n_deps = 2);
 *         return WEFT_OK;
 *     }
 *
 * A body spawns children, which run when what they wait for has finished: other
 * children of the same body. It may wait for them (weft_call_wait), or say what is to
 * be done when they are there (weft_become): the rest of a task, run after its body has
 * returned, gives the task's result. So conditions are which task one becomes, a loop is
 * a task that becomes itself, and a recursion a million deep takes memory for a million
 * tasks (some 400 bytes each) but no stack. (Continuations as in Cilk, Blumofe et al. 1995.)
 *
 * A task has finished when its last body has returned and all its children have
 * finished. Only then do those run that wait for it: nothing spawned is ever left
 * behind by its run.
 *
 * While a body waits, its worker runs its descendants and nothing else, so no body
 * waits for something that waits for it; when there are none to run, another thread
 * takes its place on the core. A spawned task may only wait for children of its own,
 * and depend on children of the same body: so there are no circles.
 *
 * Ownership: children are lent to the body that spawned them until it returns; what it
 *            becomes may depend on them. Results are kept until the last that depends on
 *            them has run. Arguments as in weft/graph.h.
 * Errors:    a child that fails fails what depends on it, and the task that spawned it,
 *            unless that waited for it and so was told. Of several the one spawned first
 *            counts: the reason does not depend on timing. What cannot be spawned is a
 *            child that has failed.
 * Threads:   of the body they are called from; a child's body runs on any worker. Forked
 *            bodies (weft/fork.h) may spawn nothing. In pools of processes nothing can be
 *            spawned (WEFT_UNSUPPORTED).
 */
#ifndef WEFT_SPAWN_H
#define WEFT_SPAWN_H

#include <weft/pool.h>

WEFT_BEGIN

typedef struct weft_child weft_child; /* a spawned task, or a group of them */

struct weft_spawn_spec {
    weft_body  *body;
    void       *arg;                 /* given to the body */
    size_t      arg_bytes;           /* > 0: `arg` is plain bytes, copied now. 0: kept as a pointer */
    void      (*free_arg)(void *arg);/* called once, after the body or instead of it; NULL: never */
    weft_child *const *deps;         /* inputs, in order; read now, not kept */
    size_t      n_deps;
    weft_child *group;               /* of this body; NULL: none */
    uint32_t    flags;               /* WEFT_PURE, where it may be tried again */
    const struct weft_terms *terms;  /* of this body, with what it spawns; the rest of a task has its own. What it needs
                                      * is held until the task has ended, with all it has spawned and become; so none
                                      * below it may need any, nor the rest of a task. `scratch_bytes` and `workers`
                                      * are not looked at. Read now, copied; NULL: as most */
};

/* A task that begins when its inputs are there. */
WEFT_API weft_child *weft_call_spawn(weft_call *call, const struct weft_spawn_spec *spec);

/* The rest of this task: runs as `spec` says after the present body has returned and its
 * inputs are there; what it returns is the result of the task. Without a body the result
 * is that of the one dependency ("my result is that task's"). Asked for again, the last one
 * counts. Its inputs are `deps`, no more those of the task. `group` is not looked at. */
WEFT_API void weft_call_become(weft_call *call, const struct weft_spawn_spec *spec);

/* The same with named arguments, the body first (C only). */
#define weft_spawn(call, ...)  weft_call_spawn((call), &(struct weft_spawn_spec){.body = __VA_ARGS__})
#define weft_become(call, ...) weft_call_become((call), &(struct weft_spawn_spec){.body = __VA_ARGS__})

/* A group: children spawned into it can be waited for and cancelled together, and what is
 * spawned may depend on all of them (as an input it is no value). It takes none any more
 * after it was waited for or something was spawned that depends on it. It may be spawned
 * into by the body that made it. */
WEFT_API weft_child *weft_call_group(weft_call *call);

/* Waits for a child or a group, running what it has spawned meanwhile. The result of a
 * child is given, once: asked for again, it is no value. `out` and `err` may be NULL. A
 * group tells its first failure. */
WEFT_API weft_status weft_call_wait(weft_call *call, weft_child *child, struct weft_value *out,
                                    struct weft_error *err);
/* For all that this body has spawned; the status is that of the first that failed. */
WEFT_API weft_status weft_call_wait_all(weft_call *call, struct weft_error *err);

/* What of it has not begun will not begin and fails with WEFT_CANCELLED; its running
 * bodies are told by weft_call_is_cancelled(). */
WEFT_API void weft_child_cancel(weft_child *child);

/* ---- Graphs within a task ------------------------------------------------ */

/* Runs tasks of a graph that the body has built, on the pool it runs on, and waits as
 * above. As weft_pool_run_many(). */
WEFT_API weft_status weft_call_run(weft_call *call, weft_task *const *tasks, size_t n,
                                   const struct weft_run_spec *spec, struct weft_value *outs,
                                   struct weft_error *err);

/* ---- Not everything computes --------------------------------------------- */

/* Between the two the body waits for something that is no task of this pool: a file, a
 * lock, a clock. Another thread has its place on the core meanwhile; weft_call_blocking_end()
 * gets it back, waiting for the task that is there to end. No other call with `call` in
 * between. They may be without effect (pools of processes, serial ones, no more threads). */
WEFT_API void weft_call_blocking_begin(weft_call *call);
WEFT_API void weft_call_blocking_end(weft_call *call);

/* The task is not finished when its body returns, but when weft_later_finish() has been
 * called, once, from any thread: by whoever hears that the read is done, say. Nothing
 * waits meanwhile. With WEFT_OK `value` is the task's result, unless it is none. NULL: no
 * memory; then the body fails. The run may not end before, so neither can its pool. */
typedef struct weft_later weft_later;
WEFT_API weft_later *weft_call_detach(weft_call *call);
WEFT_API void weft_later_finish(weft_later *later, weft_status status, struct weft_value value,
                                const struct weft_error *err); /* value taken; err may be NULL */

WEFT_END
#endif
