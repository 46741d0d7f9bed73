/* arena.c - many small allocations, freed at once. */
#include "lib/base/arena.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"

struct wf_slab {
    struct wf_slab *older;
    size_t          bytes;
};

/* The first slab is small: most graphs are. Each further one doubles, up to a
 * size where the share of page faults and of waste no longer changes. */
enum { FIRST_BYTES = 16 << 10, LAST_BYTES = 32 << 20 };

void wf_arena_init(struct wf_arena *a)
{
    *a = (struct wf_arena){0};
}

void wf_arena_fini(struct wf_arena *a)
{
    struct wf_slab *slab = a->slabs;

    while (slab) {
        struct wf_slab *older = slab->older;

        wf_pages_free(slab, slab->bytes);
        slab = older;
    }
    *a = (struct wf_arena){0};
}

void *wf_arena_grow(struct wf_arena *a, size_t bytes, size_t align)
{
    const size_t head = (sizeof(struct wf_slab) + align - 1) & ~(align - 1);
    size_t want = a->slabs ? a->slabs->bytes * 2 : FIRST_BYTES;
    struct wf_slab *slab;
    char *p;

    if (want > LAST_BYTES)
        want = LAST_BYTES;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (want < head + bytes)
        want = (head + bytes + 4095) & ~(size_t)4095;
    slab = wf_pages_alloc(want);
    if (!slab)
        return NULL;
    slab->older = a->slabs;
    slab->bytes = want;
    a->slabs = slab;
    a->bytes += want;
    p = (char *)slab + head;
    a->next = p + bytes;
    a->end = (char *)slab + want;
    return p;
}

char *wf_arena_strdup(struct wf_arena *a, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = wf_arena_alloc(a, bytes, 1);

    return copy ? memcpy(copy, text, bytes) : NULL;
}
