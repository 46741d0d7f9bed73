/* eval.h - running a pass over one chunk, batch by batch.
 *
 * Elements are numbered row-major in the chunk, and any run of at most WF_BATCH of
 * them can be had, in any order. A run is fastest when it does not cross the rows
 * of an input that lies in pieces: wf_eval_run() says how far to go.
 *
 *     for (p = 0; p < e.n_elems; p += n) {
 *         n = wf_eval_run(&e, p);
 *         st = wf_eval_get(&e, p, n, &values, err);
 */
#ifndef WF_EVAL_H
#define WF_EVAL_H

#include "lib/array/feed.h"
#include "lib/array/pass.h"

struct wf_eval {
    const struct wf_pass *pass;
    int64_t               n_elems;
    int64_t               shape[WEFT_MAX_DIMS];
    int64_t               row;     /* runs end at multiples of this; 0: anywhere */
    int64_t               piece;   /* length of runs */
    struct wf_feed       *feeds;   /* one a leaf */
    struct wf_lane       *lanes;
    void                 *scratch; /* of the program */
};

/* Memory is scratch of the call. */
weft_status wf_eval_begin(struct wf_eval *e, const struct wf_part *part, weft_call *call,
                          struct weft_error *err);

/* How many elements from p make a good run; p < n_elems. */
int64_t wf_eval_run(const struct wf_eval *e, int64_t p);

/* Elements p .. p+n-1, 0 < n <= WF_BATCH; *values stands until the next call. */
weft_status wf_eval_get(struct wf_eval *e, int64_t p, int64_t n, const void **values,
                        struct weft_error *err);
/* The same, to a place. */
weft_status wf_eval_put(struct wf_eval *e, int64_t p, int64_t n, void *to, struct weft_error *err);

/* Whether an input is the block that the array says. */
weft_status wf_chunk_check(const weft_block *block, const weft_array *a, const int64_t *index,
                           struct weft_error *err);

#endif
