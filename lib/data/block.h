/* block.h - an n-dimensional block, from inside. */
#ifndef WF_BLOCK_H
#define WF_BLOCK_H

#include <weft/block.h>

#include "lib/data/buffer.h"

struct weft_block {
    wf_count          holders;
    weft_dtype        dtype;
    int               n_dims;
    int64_t           shape[WEFT_MAX_DIMS];
    int64_t           n_elems;
    void             *data;
    struct wf_buffer *held;
};

/* A block over part of a buffer: row-major, contiguous. Takes `held`, also when
 * NULL (no memory) comes back. */
weft_block *wf_block_over(weft_dtype dtype, int n_dims, const int64_t *shape, void *data,
                          struct wf_buffer *held);

#endif
