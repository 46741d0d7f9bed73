/* frame.h - a frame from inside: where rows come from and what each column is of them.
 *
 * Columns have numbers. The source's columns are 0 .. n-1; a stage gives the
 * columns it settles the next free ones. Every column of a frame is an expression
 * over such numbers, and most are just one of them.
 *
 *     source columns 0..8
 *          |
 *     stage: keep rows where <expr over 0..8>, settle 9 = <expr over 0..8>
 *          |
 *     stage: keep rows where <expr over 0..9>
 *          |
 *     columns: city = 6, home_win = <expr over 0..9>
 *
 * A filter settles the computed columns that its predicate looks at, so they are
 * not computed twice; all others stay expressions and are computed for the rows
 * that are left. lib/frame/flow.h turns this into something that runs.
 *
 * What always holds:
 *   1. A frame is not changed once it is given, but for `made`.
 *   2. A failed frame has no columns, no partitions and no source.
 *   3. Expressions look at numbers below n_numbers only, and a stage's at numbers
 *      below its `first`.
 */
#ifndef WF_FRAME_H
#define WF_FRAME_H

#include <weft/frame.h>
#include <weft/source.h>

#include "lib/data/schema.h"
#include "lib/expr/expr.h"
#include "lib/graph/graph.h"
#include "lib/io/csv.h"

/* Where the partitions come from: tasks that give chunks, or a file. */
struct wf_source {
    int               n;       /* partitions */
    int               n_columns;
    weft_task       **tasks;   /* NULL: a file */
    weft_task        *file;    /* the file as a value, kept by the graph */
    const struct wf_csv *csv;
    struct wf_csv_range *ranges;
    struct wf_origin     from;      /* of a file: how it is to be read */
};

/* Rows are dropped, columns settled. */
struct wf_stage {
    const struct wf_stage *before;  /* NULL: the source */
    const struct wf_expr  *keep;    /* bool; NULL: all rows */
    int64_t                first;   /* number of the first settled column */
    int                    n_settled;
    const struct wf_expr **settled;
};

struct weft_frame {
    weft_graph              *graph;
    weft_task               *failed;    /* why; NULL: it has not */
    struct wf_schema         schema;    /* its arrays live in the graph, its count is not used */
    const struct wf_expr   **columns;   /* one a column */
    const struct wf_source  *source;
    const struct wf_stage   *stage;     /* the last; NULL: none */
    int64_t                  n_numbers;
    int64_t                  n_rows;    /* -1: not known */
    const int64_t           *rows;      /* of each partition; NULL: not known */
    const int64_t           *divisions; /* NULL: not known */
    const char              *label;     /* the operations since the source, "assign+filter"; "": none */
    int                      n_layers;  /* operations since the data, the source's included */
    weft_task              **made;      /* the tasks of all columns, once asked for */
    struct wf_origin         from;      /* where it was said, and how its tasks want to be run */
};

/* ---- Making: NULL for no memory, and a NULL or failed frame gives that again -- */

/* The failed frame of `err`, or of a failed task. */
weft_frame *wf_frame_fail(weft_graph *g, const struct weft_error *err);
weft_frame *wf_frame_fail_task(weft_graph *g, weft_task *failed);

/* A frame over a source: the names and types are copied, all else lives in the graph. */
weft_frame *wf_frame_new(weft_graph *g, const struct wf_source *source, const struct wf_schema *schema,
                         int n_layers);
/* Tells it how many rows each partition has: the array lives as long as the graph. */
void wf_frame_set_rows(weft_frame *f, const int64_t *rows);

/* How `cut` cuts n_rows rows: the rows of each of *n partitions, in the graph's memory. NULL:
 * no memory. First it must be checked, for the operation `op`. */
weft_status wf_frame_check_cut(const char *op, int64_t n_rows, struct weft_cut cut, struct weft_error *err);
int64_t    *wf_frame_cut(weft_graph *g, int64_t n_rows, struct weft_cut cut, int *n);

/* The frame, or an equal one of tasks when operations since its source do not join what is
 * said now. For whoever builds on a frame, before anything is bound to its columns. */
weft_frame *wf_frame_to_join(weft_frame *f);

/* A frame over tasks that give chunks of `schema`; `tasks` is copied. */
weft_frame *wf_frame_of_tasks(weft_graph *g, weft_task *const *tasks, int n, const struct wf_schema *schema,
                              int n_layers);

/* A copy of `f` to be changed by the operation `op`, with room for n columns, which
 * are not set beyond those of f. */
weft_frame *wf_frame_derive(const weft_frame *f, const char *op, int n_columns);

/* ---- Expressions ------------------------------------------------------------------ */

/* `what`, a column or the text of an expression, over the numbers of f. */
weft_status wf_frame_expr_of(const struct wf_expr **out, const weft_frame *f, const char *what,
                             struct weft_error *err);
/* The same of a built expression, which is lent. */
weft_status wf_frame_expr_bind(const struct wf_expr **out, const weft_frame *f, const weft_expr *e,
                               struct weft_error *err);

/* The number of column `name`, or WEFT_NOT_FOUND with the nearest names; `op` asks. */
weft_status wf_frame_column_at(int *column, const weft_frame *f, const char *op, const char *name,
                               struct weft_error *err);

/* ---- Tasks -------------------------------------------------------------------------- */

/* The task that reads the source's columns `numbers` (ascending, n of them) of partition i. */
weft_task *wf_source_task(const weft_frame *f, int i, const int64_t *numbers, int n, uint32_t layer);

/* What a task that reads this of a file is made from. */
struct weft_task_source wf_csv_task_source(const struct wf_csv *csv, const struct wf_csv_range *range);

/* The tasks of all columns of all partitions. NULL: no memory. */
weft_task *const *wf_frame_tasks(weft_frame *f);

/* "3 columns: city string, goals int64, ..." */
enum { WF_FRAME_ABOUT = 256 };
const char *wf_frame_about(const struct wf_schema *schema, char text[WF_FRAME_ABOUT]);

/* "label+op", or op alone, in the graph's memory; NULL: no memory. */
const char *wf_frame_op_name(const weft_frame *f, const char *op);

#endif
