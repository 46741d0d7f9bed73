/* pass.h - an expression compiled, and what each task of it is told.
 *
 * A pass is made when something needs the chunks of an array that is no more than
 * a description: everything from the array down to the next arrays with tasks
 * becomes one program (lib/expr/program.h). Each chunk is a task, whose argument
 * says which; eval.h runs it.
 *
 *     sum(sqrt(x * x + y))        one pass, of sqrt, add and multiply; its values
 *          |                      go into a fold as they come
 *       [program] <- feed of x, feed of y
 *
 * Ownership: a pass lives in its graph's memory and its program as long as a task
 *            holds the pass.
 */
#ifndef WF_PASS_H
#define WF_PASS_H

#include "lib/array/array.h"
#include "lib/base/hash.h"
#include "lib/expr/program.h"

/* An array that a pass reads. */
struct wf_leaf {
    const weft_array *array;
    int               input; /* which input of the task has its chunk; -1: none, there are no chunks */
};

struct wf_pass {
    wf_count          holders;
    const weft_array *root;     /* its shape and cuts are those of the result */
    const char       *name;     /* of all operations, for tasks and layers: "multiply-add-sqrt" */
    weft_dtype        dtype;    /* of the values */
    wf_program       *program;  /* NULL: they are the elements of leaves[0] */
    int               n_leaves;
    int               n_inputs;
    struct wf_leaf   *leaves;   /* input i of the program is leaves[i] */
    const void       *job;      /* what becomes of the values; n_job plain bytes */
    size_t            n_job;
    struct wf_token   token;    /* of all of this */
};

/* The argument of a task. */
struct wf_part {
    struct wf_pass *pass;
    int64_t         index[WEFT_MAX_DIMS]; /* which chunk of the root */
};

/* Compiles `root` converted to `dtype`. `job` is copied. `then` (NULL: nothing) goes
 * behind the name. Fails as expressions do, or for memory. */
weft_status wf_pass_new(struct wf_pass **out, weft_array *root, weft_dtype dtype, const void *job,
                        size_t n_job, const char *then, struct weft_error *err);
void wf_pass_release(struct wf_pass *p); /* NULL is fine */

/* A task that runs `body` with the part for chunk `index`; result_bytes 0: not known. */
weft_task *wf_pass_task(struct wf_pass *p, weft_body *body, uint32_t layer, const int64_t *index,
                        size_t result_bytes);

#endif
