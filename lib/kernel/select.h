/* select.h - some of the values: those a mask keeps, or those at given places. */
#ifndef WF_SELECT_H
#define WF_SELECT_H

#include <stdint.h>

#include <weft/dtype.h>

#include "lib/data/column.h"

/* ---- Over values as in blocks (bool a byte each, strings as views) ----------- */

/* The elements whose bit in `mask` is set, in order; answers how many. `out` has
 * room for them and may be `in`. */
int64_t wf_filter(weft_dtype dtype, void *out, const void *in, const uint64_t *mask, int64_t n);

/* out[i] = in[rows[i]]; a negative row gives zero bytes. */
void wf_take(weft_dtype dtype, void *out, const void *in, const int64_t *rows, int64_t n);

/* ---- Over whole columns ------------------------------------------------------- */

/* The rows of `c` kept by `mask` (c->n bits), of which there are n_kept; NULL: no memory.
 * Long texts are shared, not copied. */
struct wf_column *wf_column_filter(struct wf_column *c, const uint64_t *mask, int64_t n_kept);

/* Row rows[i] of `c` for 0 <= i < n, null where rows[i] is negative. */
struct wf_column *wf_column_take(struct wf_column *c, const int64_t *rows, int64_t n);

#endif
