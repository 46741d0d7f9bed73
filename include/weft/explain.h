/* weft/explain.h - what becomes of a graph before it runs, for people to read.
 *
 *     weft_explain(stdout, &mean, 1, NULL, &err);
 *
 *     plan for 2 targets of a graph of 274 tasks
 *                   tasks   edges  run as  held
 *       as built      274     272     274    21   78.1 KiB
 *       cull          144     152     144    20   78.1 KiB  not needed: 130 (normal-sum 100, sum 30)
 *       share         144     152     144    20   78.1 KiB
 *       fuse          144     152     144    20   78.1 KiB
 *       order         144     152     144    18   78.1 KiB
 *       peak      78.1 KiB at whole-6666c7ed28a1f34d, with one worker; 156 KiB for the largest
 *                 task; no bound, as 143 tasks do not say what they give
 *       whole                                    1 task  78.1 KiB
 *       +- mean                                 30 tasks
 *          +- normal-multiply-add-sqrt-mean     100 tasks
 *       sum                                      3 tasks
 *       +- mean-sum                             10 tasks
 *          +- mean, as above
 *
 * Each line of the table is the plan after one pass more (weft/plan.h); `held` is how
 * many results lie in memory at once, at most, and their bytes, as far as tasks say
 * them, when one worker runs the plan in its order; `peak` is weft_plan_peak(). What is made
 * from files has a line more, by weft/source.h:
 *
 *       reads     1 file, 64.0 MiB, 1200000 rows: results.csv, bytes 18 to 67108882, rows 0 to 1200000
 *
 * With a memo a last line tells what is known already. Below are the layers, what they
 * give, and under each what it reads. Tasks without a layer stand together by name.
 *
 * Collections do their part before: an operation on arrays, frames or bags becomes no
 * task before something needs its chunks, and what is described until then is one pass
 * over each chunk, which reads what is looked at and no more. weft_array_explain() and
 * its like show that, as written and as it will run; the name of a layer is that of
 * all operations that became one.
 *
 * Explaining runs nothing, and adds no task.
 */
#ifndef WEFT_EXPLAIN_H
#define WEFT_EXPLAIN_H

#include <stdio.h>
#include <weft/plan.h>

WEFT_BEGIN

struct weft_explain_spec {
    const struct weft_plan_spec *plan; /* passes to leave out, as the run will; NULL: none */
    int  n_lines;                      /* of the tree, at most 1000; 0: 60 */
    bool order;                        /* also how long results are held: see weft_plan_order_stats() */
};

/* `spec` may be NULL. Fails as weft_plan_new() does, and then nothing is written. */
WEFT_API weft_status weft_explain(FILE *to, weft_task *const *targets, size_t n_targets,
                                  const struct weft_explain_spec *spec, struct weft_error *err);

/* The same as a text; given: free() it. */
WEFT_API weft_status weft_explain_text(char **out, weft_task *const *targets, size_t n_targets,
                                       const struct weft_explain_spec *spec, struct weft_error *err);

/* ---- What an order holds ----------------------------------------------------
 * Tasks are run one after another, by rank. A result is held from its task to the last
 * that reads it, or to the end when it is a target; one that nobody reads is dropped at
 * once. Bytes are those that tasks say they give (result_bytes); what says none counts 0. */

struct weft_order_info {
    int64_t age;        /* how many tasks run until the result is dropped; of targets, to the end */
    int64_t n_before;   /* results held when the task begins, and their bytes */
    size_t  bytes_before;
    int64_t n_dropped_by;  /* results this task is the last to read */
    int64_t n_at_drop;  /* results held, this one among them, when it is dropped */
    size_t  bytes_at_drop;
};

struct weft_order_stats {
    int64_t n_most;     /* results held at once, at most, and after which task first */
    size_t  most_at;
    size_t  bytes_most; /* and their bytes, at most */
    size_t  bytes_most_at;
    int64_t age_most;
    double  age_mean;
};

/* infos[weft_plan_n_tasks(plan)] by rank, or NULL: only the sum. */
WEFT_API weft_status weft_plan_order_stats(const weft_plan *plan, struct weft_order_info *infos, struct weft_order_stats *sum,
                                     struct weft_error *err);

/* The bytes (of all sizes unknown: the results) held after each task, as a curve of so
 * many columns and ten lines. */
WEFT_API weft_status weft_plan_print_order(const weft_plan *plan, int n_columns, FILE *to, struct weft_error *err);

WEFT_END
#endif
