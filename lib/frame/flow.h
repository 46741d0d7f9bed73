/* flow.h - the columns of a frame, made from those of its source in one pass.
 *
 * A flow is what a frame describes, made ready to run: which columns must be read,
 * a program for each stage and one for the columns asked for. It is made once and
 * shared by the tasks of all partitions.
 *
 * Long partitions go through in blocks of WF_FLOW_BLOCK rows, so that what one step
 * writes is still in cache when the next one reads it.
 *
 * Ownership: counted. Threads: immutable.
 */
#ifndef WF_FLOW_H
#define WF_FLOW_H

#include "lib/base/hash.h"
#include "lib/expr/program.h"
#include "lib/frame/frame.h"

/* 8 bytes a value and a few columns: within the second-level cache. */
enum { WF_FLOW_BLOCK = 16384 };

struct wf_flow_stage {
    wf_program *program;   /* of the mask, if any, then the settled columns in use; NULL: none of them */
    bool        has_mask;  /* output 0 */
    int         n_settled;
    int64_t    *settled;   /* the numbers of the other outputs */
    int         n_live;    /* numbers looked at after this stage */
    int64_t    *live;
};

struct wf_flow {
    wf_count              holders;
    int                   n_reads;   /* the source's columns in use */
    int64_t              *reads;     /* their numbers, ascending */
    bool                  is_dense;  /* chunks hold just these, in this order; else all of the source */
    int64_t               n_numbers;
    int                   n_stages;
    struct wf_flow_stage *stages;
    wf_program           *program;   /* of the columns asked for that are computed; NULL: none */
    int                   n;         /* columns asked for */
    int64_t              *number;    /* column j is this number ... */
    int                  *output;    /* ... or, when that is -1, this output of the program */
    struct wf_schema     *schema;    /* of the columns asked for */
    size_t                scratch_bytes;
    struct wf_token       token;     /* equal flows give equal results */
    bool                  is_certain;/* in every process, not in this one only */
};

/* The flow of `n` expressions over the numbers of f, called `names`; NULL names: it
 * does not matter. */
weft_status    wf_flow_new(struct wf_flow **out, const weft_frame *f, int n, const struct wf_expr *const *columns,
                           const char *const *names, struct weft_error *err);
struct wf_flow *wf_flow_retain(struct wf_flow *w);
void            wf_flow_release(struct wf_flow *w); /* NULL is fine */

/* Whether it gives the source's columns as they are: all of them, or just the reads. */
bool wf_flow_is_nothing(const struct wf_flow *w);

/* Whether it gives a row for each that it reads, in their order. */
bool wf_flow_keeps_rows(const struct wf_flow *w);

/* All columns of a partition; columns[0..n) are given, on success only. `chunk` is
 * what the source's task gave; `scratch` has scratch_bytes at a multiple of 64. */
weft_status wf_flow_run(const struct wf_flow *w, const weft_chunk *chunk, void *scratch,
                        struct wf_column **columns, int64_t *n_rows, struct weft_error *err);

/* The same block by block, in order: the columns are lent to `take`. */
typedef weft_status wf_flow_take(void *to, struct wf_column *const *columns, int64_t n_rows, struct weft_error *err);
weft_status wf_flow_each(const struct wf_flow *w, const weft_chunk *chunk, void *scratch,
                         wf_flow_take *take, void *to, struct weft_error *err);

/* Holds a flow as the argument of a task. */
extern const struct weft_type wf_flow_type;

#endif
