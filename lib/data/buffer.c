/* buffer.c - counted bytes: what columns and blocks are made of. */
#include "lib/data/buffer.h"

#include "lib/base/mem.h"

/* The head takes a cache line of its own, so data behind it is aligned to one. */
enum { HEAD = 64 };
_Static_assert(sizeof(struct wf_buffer) <= HEAD, "the head fits its line");

struct wf_buffer *wf_buffer_new(size_t bytes)
{
    struct wf_buffer *b = bytes > SIZE_MAX / 2 ? NULL : wf_alloc_aligned(HEAD + bytes);

    if (!b)
        return NULL;
    wf_count_init(&b->holders);
    b->bytes = bytes;
    b->data = (char *)b + HEAD;
    b->free_data = NULL;
    return b;
}

struct wf_buffer *wf_buffer_wrap(void *data, size_t bytes, void (*free_data)(void *data))
{
    struct wf_buffer *b = wf_alloc(sizeof *b);

    if (!b)
        return NULL;
    wf_count_init(&b->holders);
    b->bytes = bytes;
    b->data = data;
    b->free_data = free_data;
    return b;
}

struct wf_buffer *wf_buffer_retain(struct wf_buffer *b)
{
    if (b)
        wf_count_add(&b->holders);
    return b;
}

void wf_buffer_release(struct wf_buffer *b)
{
    if (!b || !wf_count_drop(&b->holders))
        return;
    if (b->free_data)
        b->free_data(b->data);
    wf_free(b);
}
