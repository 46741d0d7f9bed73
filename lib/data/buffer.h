/* buffer.h - counted bytes: what columns and blocks are made of.
 *
 * A buffer of ours starts at a multiple of 64 and has 64 readable bytes behind
 * its end; one that wraps a caller's memory promises neither.
 *
 * Ownership: counted; data is written only before a second holder exists.
 */
#ifndef WF_BUFFER_H
#define WF_BUFFER_H

#include <stddef.h>

#include "lib/data/count.h"

struct wf_buffer {
    wf_count holders;
    size_t   bytes;
    void    *data;
    void   (*free_data)(void *data); /* NULL: the data lies behind this head */
};

struct wf_buffer *wf_buffer_new(size_t bytes); /* not set; NULL: no memory */
/* Over a caller's memory, given back by free_data (which may do nothing). On
 * NULL the memory is still the caller's. */
struct wf_buffer *wf_buffer_wrap(void *data, size_t bytes, void (*free_data)(void *data));
struct wf_buffer *wf_buffer_retain(struct wf_buffer *b); /* NULL is fine */
void              wf_buffer_release(struct wf_buffer *b);

#endif
