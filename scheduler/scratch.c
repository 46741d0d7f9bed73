/* scratch.c - memory of a body that is gone when it returns. */
#include "scheduler/run.h"

#include "lib/base/mem.h"

struct wf_scratch_extra {
    struct wf_scratch_extra *next;
    size_t                   before; /* used until it came */
    _Alignas(64) char        bytes[];
};

enum { SCRATCH_ALIGN = 64, SCRATCH_KEEP = 64 << 20 };

void *weft_call_scratch(weft_call *call, size_t bytes)
{
    struct wf_scratch *s = &call->scratch;
    const size_t want = (bytes + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;
    struct wf_scratch_extra *x;

    if (want < bytes)
        return NULL;
    call->marks |= WF_MARK_SCRATCH;
    if (want <= s->bytes && s->used <= s->bytes - want) {
        void *p = s->block + s->used;

        s->used += want;
        return p;
    }
    x = wf_alloc_aligned(sizeof *x + want);
    if (!x)
        return NULL;
    x->next = s->extra;
    x->before = s->used;
    s->extra = x;
    s->used += want;
    return x->bytes;
}

void wf_scratch_back(struct wf_scratch *s, size_t used)
{
    while (s->extra && s->extra->before >= used) {
        struct wf_scratch_extra *next = s->extra->next;

        wf_free(s->extra);
        s->extra = next;
    }
    s->used = used;
}

void wf_scratch_reset(struct wf_scratch *s)
{
    const size_t used = s->used;
    const bool was_too_small = s->extra != NULL;

    wf_scratch_back(s, s->base);
    if (s->base)
        return;
    /* The next body will want as much: one block, unless it is a great deal. */
    if (was_too_small && used <= SCRATCH_KEEP) {
        wf_free(s->block);
        s->block = wf_alloc_aligned(used);
        s->bytes = s->block ? used : 0;
    }
}
