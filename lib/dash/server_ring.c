/* server_ring.c - the latest of a row of things. */
#include "lib/dash/server_view.h"

#include <string.h>

#include "lib/base/mem.h"

void wf_ring_add(struct wf_ring *r, const void *thing)
{
    if (!r->things)
        r->things = wf_alloc_array(r->room, r->bytes);
    if (!r->things)
        return;
    memcpy((char *)r->things + r->n++ % r->room * r->bytes, thing, r->bytes);
}

size_t wf_ring_n(const struct wf_ring *r)
{
    return r->n < r->room ? r->n : r->room;
}

const void *wf_ring_at(const struct wf_ring *r, size_t i)
{
    return (const char *)r->things + (r->n - wf_ring_n(r) + i) % r->room * r->bytes;
}

void wf_ring_fini(struct wf_ring *r)
{
    wf_free(r->things);
    *r = (struct wf_ring){0};
}
