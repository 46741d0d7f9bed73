/* arena.h - many small allocations, freed at once.
 *
 * Memory comes in slabs that grow with the arena, so a small graph stays small
 * and a big one sits in huge pages. Nothing is freed alone.
 *
 * What always holds:
 *   1. A pointer handed out stays where it is until wf_arena_fini().
 *   2. Slabs are zeroed when new, so wf_arena_alloc() gives zeroed memory.
 *
 * Threads: one at a time.
 */
#ifndef WF_ARENA_H
#define WF_ARENA_H

#include <stddef.h>

struct wf_slab;

struct wf_arena {
    struct wf_slab *slabs; /* the newest first */
    char           *next;  /* free bytes of the newest slab that is shared: next .. end */
    char           *end;
    size_t          last_bytes; /* of that slab */
    size_t          bytes; /* all slabs together */
};

void  wf_arena_init(struct wf_arena *a);
void  wf_arena_fini(struct wf_arena *a); /* a zeroed one is fine */
void *wf_arena_grow(struct wf_arena *a, size_t bytes, size_t align);
char *wf_arena_strdup(struct wf_arena *a, const char *text);

/* `bytes` of zeroed memory aligned to `align`, a power of two; NULL: no memory. */
static inline void *wf_arena_alloc(struct wf_arena *a, size_t bytes, size_t align)
{
    char *p = (char *)(((size_t)a->next + align - 1) & ~(align - 1));

    if (!a->next || p > a->end || (size_t)(a->end - p) < bytes)
        return wf_arena_grow(a, bytes, align);
    a->next = p + bytes;
    return p;
}

#endif
