/* weft/plan.h - a graph frozen: checked, made smaller, put in order, run many times.
 *
 * A plan is made for the tasks whose results are wanted. Making it checks the
 * graph (missing keys, circles), drops what is not needed, lets equal pure tasks
 * be one, joins chains into single tasks and gives every task its rank. Running
 * it again costs nothing of that.
 *
 * Among ready tasks a worker prefers what it has just made ready, so what is begun is
 * finished; of several those of higher rank. A plan with tasks of different priority
 * keeps its ready tasks in one queue for all workers, in order of priority, then rank:
 * a lock a task. Plans without have none.
 *
 * Ownership: a plan keeps its own copy of the structure but calls the bodies and
 *            arguments of its graph: free the plan before the graph.
 * Threads:   one run of a plan at a time; asking is free for all.
 */
#ifndef WEFT_PLAN_H
#define WEFT_PLAN_H

#include <stdio.h>
#include <weft/graph.h>

WEFT_BEGIN

typedef struct weft_plan weft_plan;
typedef struct weft_memo weft_memo; /* results kept: weft/memo.h */

/* The passes, to switch off by name. */
enum weft_pass {
    WEFT_PASS_CULL  = 1, /* drop what no target needs */
    WEFT_PASS_SHARE = 2, /* equal pure tasks run once */
    WEFT_PASS_FUSE  = 4, /* a chain of one-in one-out tasks runs as one */
    WEFT_PASS_ORDER = 8, /* finish what is begun before beginning more, to hold little */
    /* Made while collections become tasks, so left out by weft_graph_without(): */
    WEFT_PASS_ARRAYS = 16, /* operations element by element and what reads them are one pass over a chunk */
    WEFT_PASS_FRAMES = 32, /* operations row by row and what reads them are one pass, over needed columns only */
    WEFT_PASS_BAGS   = 64, /* steps and what reads them are one pass over a partition */
};

/* Collections of this graph described from now on become tasks without these passes:
 * each operation is a task for each chunk. 0: all are made, as at first. */
WEFT_API void weft_graph_without(weft_graph *g, uint32_t passes);

struct weft_plan_spec {
    uint32_t without; /* passes of enum weft_pass not to make */
    /* An earlier run of these tasks, or NULL: of what becomes ready together, that with the
     * longest way to the end goes first, by the times in it. Tasks are known by their keys;
     * one that is not in it counts as the average. Lent for the call. */
    const struct weft_trace *times;
    /* Results of earlier runs, or NULL: a pure task whose result is there becomes a known
     * value, and what only it needs is dropped. Runs of the plan keep there what they make.
     * Lent as long as the plan. */
    weft_memo *memo;
    /* An order of one's own in place of WEFT_PASS_ORDER; NULL: that. Of the tasks whose inputs
     * are there, that of the smallest rank is the next; of equal ones, that which would be
     * first without. Asked once for each task that is needed. */
    int64_t (*rank)(const weft_task *task, void *arg);
    void     *rank_arg;
};

/* A plan for `targets`; a target given twice is fine. `spec` may be NULL. */
WEFT_API weft_status weft_plan_new(weft_plan **out, weft_task *const *targets, size_t n_targets,
                                   const struct weft_plan_spec *spec, struct weft_error *err);
WEFT_API void weft_plan_free(weft_plan *plan); /* NULL is fine */

WEFT_API size_t weft_plan_n_targets(const weft_plan *plan);
WEFT_API size_t weft_plan_n_tasks(const weft_plan *plan); /* after the passes, each member of a chain counted */
WEFT_API size_t weft_plan_n_fused(const weft_plan *plan); /* of these, joined to the one before */
WEFT_API size_t weft_plan_n_edges(const weft_plan *plan);
/* The task of rank i, 0 <= i < n_tasks. Ranks are a topological order. */
WEFT_API weft_task *weft_plan_task(const weft_plan *plan, size_t i);

/* What a memo saved a plan: n_needed = n_reused + n_culled + the tasks that run. */
struct weft_reuse {
    size_t n_needed; /* tasks that would run if nothing were known */
    size_t n_reused; /* whose results were in the memo */
    size_t n_culled; /* that only those needed */
};
WEFT_API void weft_plan_reuse(const weft_plan *plan, struct weft_reuse *out);
/* Of the tasks reused, number i, 0 <= i < n_reused, in the order they were met from the targets down. */
WEFT_API weft_task *weft_plan_reused(const weft_plan *plan, size_t i);
/* "104 tasks needed, 1 reused, 103 culled because of it, 0 run" */
WEFT_API void weft_reuse_print(const struct weft_reuse *reuse, FILE *to);

/* ---- As a graph again ----------------------------------------------------- */

struct weft_optimize_spec {
    const struct weft_plan_spec *plan; /* as for weft_plan_new(); NULL: all passes */
    /* A pass of one's own, or NULL: is asked for each task, those it reads before it, and
     * answers what shall stand for it in the new graph: weft_graph_add(to, task), which is
     * the task as it was, or anything else of that graph. `task` is lent, its argument for
     * as long as the old graph is there. */
    weft_task *(*pass)(weft_graph *to, const struct weft_task_spec *task, void *arg);
    void      *pass_arg;
};

/* What a plan of these targets would run, as a graph of its own, given: needed tasks
 * only, equal pure ones once, added in the order of the plan; targets_out[i] is what
 * targets[i] became. Its tasks have the keys, terms, layers and places they had, so a
 * plan of it is the same plan, and optimizing it again changes nothing. Arguments that
 * are pointers stay with the old graph unless their type can share them: free the new
 * graph first. WEFT_UNSUPPORTED for a value that can be neither shared nor copied.
 * Collections need no such call: weft_array_keep() and its like give the tasks that
 * all their passes lead to. `spec` may be NULL. */
WEFT_API weft_status weft_optimize(weft_graph **out, weft_task **targets_out, weft_task *const *targets,
                                   size_t n_targets, const struct weft_optimize_spec *spec, struct weft_error *err);

/* ---- How much memory it takes --------------------------------------------
 * Bytes of results between the tasks of the plan, targets to the end, and of the scratch of
 * the task that runs, when tasks run one after another in a given order. Exact, not an
 * estimate, as far as tasks say what they give and need (result_bytes, of all their results
 * together; scratch_bytes): collections say it of chunks whose size is known. A task that
 * says nothing counts 0, and n_unknown tells how many do: then `bytes` is no bound. Values
 * known before, what bodies allocate by themselves and heads of blocks are not in it.
 *
 * Workers that run at once hold more. In a pool with limit_bytes they do not hold more than
 * that: if it is at least `largest`, and a quarter for the size classes of the heap, and all
 * results can be written, then each task fits once the others have ended and what it does
 * not read is on disk, so none runs over the limit, with any number of workers. */

struct weft_plan_peak {
    size_t bytes;      /* held at most, if nothing goes to disk */
    size_t at;         /* by which task, as weft_plan_task() numbers them */
    size_t largest;    /* inputs, results and scratch of one task, at most: what has to be in memory */
    size_t largest_at;
    size_t n_unknown;  /* tasks that do not say what they give */
};

/* `order`: the numbers of all tasks in a topological order (else WEFT_INVALID); NULL: the
 * plan's own, in which one worker runs them. */
WEFT_API weft_status weft_plan_peak(const weft_plan *plan, const uint32_t *order, struct weft_plan_peak *out,
                                    struct weft_error *err);

WEFT_END
#endif
