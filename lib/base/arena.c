/* arena.c - many small allocations, freed at once. */
#include "lib/base/arena.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"

/* Lies in its own pages, or in those of an older one. */
struct wf_slab {
    struct wf_slab *older;
    void           *pages;
    size_t          bytes;
};

/* The first slab is small: most graphs are. Each further one doubles, up to a
 * size where the share of page faults and of waste no longer changes. */
enum { FIRST_BYTES = 4 << 10, LAST_BYTES = 32 << 20 };

/* From this size on a piece has pages to itself, and nothing is written there: no
 * memory lies idle behind it, and if it is not touched, it takes none. */
enum { BIG = 256 << 10 };

void wf_arena_init(struct wf_arena *a)
{
    *a = (struct wf_arena){0};
}

void wf_arena_fini(struct wf_arena *a)
{
    struct wf_slab *slab = a->slabs;

    while (slab) {
        const struct wf_slab gone = *slab;

        wf_pages_free(gone.pages, gone.bytes);
        slab = gone.older;
    }
    *a = (struct wf_arena){0};
}

static void keep(struct wf_arena *a, struct wf_slab *slab, void *pages, size_t bytes)
{
    *slab = (struct wf_slab){.older = a->slabs, .pages = pages, .bytes = bytes};
    a->slabs = slab;
    a->bytes += bytes;
}

static void *alloc_apart(struct wf_arena *a, size_t bytes)
{
    struct wf_slab *slab = wf_arena_alloc(a, sizeof *slab, _Alignof(struct wf_slab));
    void *pages = slab ? wf_pages_alloc(bytes) : NULL;

    if (pages)
        keep(a, slab, pages, bytes);
    return pages;
}

void *wf_arena_grow(struct wf_arena *a, size_t bytes, size_t align)
{
    const size_t head = (sizeof(struct wf_slab) + align - 1) & ~(align - 1);
    size_t want = a->last_bytes ? a->last_bytes * 2 : FIRST_BYTES;
    char *pages;

    if (want > LAST_BYTES)
        want = LAST_BYTES;
    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (bytes >= BIG && align <= FIRST_BYTES)
        return alloc_apart(a, bytes);
    if (want < head + bytes)
        want = (head + bytes + 4095) & ~(size_t)4095;
    pages = wf_pages_alloc(want);
    if (!pages)
        return NULL;
    keep(a, (struct wf_slab *)pages, pages, want);
    a->last_bytes = want;
    a->next = pages + head + bytes;
    a->end = pages + want;
    return pages + head;
}

char *wf_arena_strdup(struct wf_arena *a, const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = wf_arena_alloc(a, bytes, 1);

    return copy ? memcpy(copy, text, bytes) : NULL;
}
