/* select.h - the table of selections over elements of one width. */
#ifndef WF_TYPED_SELECT_H
#define WF_TYPED_SELECT_H

#include <stdint.h>

struct wf_select {
    /* The elements whose bit is set, in order; answers how many. `out` may be `in`. */
    int64_t (*filter)(void *out, const void *in, const uint64_t *mask, int64_t n);
    /* out[i] = in[rows[i]], 0 for a negative row. */
    void    (*take)(void *out, const void *in, const int64_t *rows, int64_t n);
};

#endif
