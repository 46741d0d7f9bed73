/* heap.c - what a schedule allocates: the same addresses each time, none used again.
 *
 * lib/base/mem.c is compiled with malloc() and the like named as below. Outside of
 * a schedule they are what they were.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "scheduler/sim/inside.h"

/* Before each block. */
struct head {
    size_t bytes;
    bool   freed;
};

enum { PAGE = 4096 };

static char    *heap;
static size_t   used;
static long     n_live;
static uint32_t generation;
static uint32_t freed[WF_HEAP_BYTES / WF_HEAP_LINE]; /* per line: the schedule in which it was freed */

void *wf_sim_malloc(size_t bytes);
void *wf_sim_calloc(size_t n, size_t bytes);
void *wf_sim_aligned_alloc(size_t align, size_t bytes);
void *wf_sim_realloc(void *p, size_t bytes);
void  wf_sim_free(void *p);
void *wf_sim_mmap(void *at, size_t bytes, int protect, int flags, int fd, off_t offset);
int   wf_sim_munmap(void *p, size_t bytes);
int   wf_sim_madvise(void *p, size_t bytes, int advice);

void wf_heap_reset(void)
{
    if (!heap) {
        heap = mmap(NULL, WF_HEAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (heap == MAP_FAILED) {
            perror("simulator: a heap");
            abort();
        }
    }
    used = 0;
    n_live = 0;
    generation++;
}

long wf_heap_n_live(void)
{
    return n_live;
}

bool wf_heap_place(const volatile void *p, size_t *at)
{
    *at = (size_t)((const volatile char *)p - heap);
    return heap && *at < WF_HEAP_BYTES;
}

bool wf_heap_is_freed(size_t at)
{
    return freed[at / WF_HEAP_LINE] == generation;
}

static size_t whole_lines(size_t bytes)
{
    return (bytes + WF_HEAP_LINE - 1) / WF_HEAP_LINE * WF_HEAP_LINE;
}

/* The heap itself begins at a page, so places in it are aligned as far as that. */
static void *take(size_t align, size_t bytes, int fill)
{
    const size_t at = (used + WF_HEAP_LINE + align - 1) & ~(align - 1);
    const size_t room = whole_lines(bytes ? bytes : 1);

    if (at > WF_HEAP_BYTES || room > WF_HEAP_BYTES - at)
        wf_sim_fail("one schedule allocates more than %d bytes", WF_HEAP_BYTES);
    used = at + room;
    n_live++;
    *(struct head *)(heap + at - WF_HEAP_LINE) = (struct head){.bytes = bytes};
    return memset(heap + at, fill, bytes);
}

/* What nobody wrote is no number to rely on. */
void *wf_sim_malloc(size_t bytes)
{
    return wf_sim.me ? take(WF_HEAP_LINE, bytes, 0xa5) : malloc(bytes);
}

void *wf_sim_calloc(size_t n, size_t bytes)
{
    return wf_sim.me ? take(WF_HEAP_LINE, n * bytes, 0) : calloc(n, bytes);
}

void *wf_sim_aligned_alloc(size_t align, size_t bytes)
{
    return wf_sim.me ? take(align > WF_HEAP_LINE ? align : WF_HEAP_LINE, bytes, 0xa5) : aligned_alloc(align, bytes);
}

void wf_sim_free(void *p)
{
    struct head *h = (struct head *)((char *)p - WF_HEAP_LINE);
    size_t at;

    if (!p)
        return;
    if (!wf_heap_place(p, &at)) {
        free(p);
        return;
    }
    wf_sim_check(!h->freed, "memory is freed twice");
    /* To free is to write all of it: nobody may still be reading. */
    wf_races_note(p, h->bytes, WF_FREE);
    h->freed = true;
    n_live--;
    for (size_t line = at / WF_HEAP_LINE; line < (at + whole_lines(h->bytes ? h->bytes : 1)) / WF_HEAP_LINE; line++)
        freed[line] = generation;
}

void *wf_sim_realloc(void *p, size_t bytes)
{
    const struct head *h = (const struct head *)((char *)p - WF_HEAP_LINE);
    size_t at;
    void *more;

    if (!p)
        return wf_sim_malloc(bytes);
    if (!wf_heap_place(p, &at))
        return realloc(p, bytes);
    more = wf_sim_malloc(bytes);
    memcpy(more, p, h->bytes < bytes ? h->bytes : bytes);
    wf_sim_free(p);
    return more;
}

void *wf_sim_mmap(void *at, size_t bytes, int protect, int flags, int fd, off_t offset)
{
    return wf_sim.me ? take(PAGE, bytes, 0) : mmap(at, bytes, protect, flags, fd, offset);
}

int wf_sim_munmap(void *p, size_t bytes)
{
    size_t at;

    if (!wf_heap_place(p, &at))
        return munmap(p, bytes);
    wf_sim_free(p);
    return 0;
}

int wf_sim_madvise(void *p, size_t bytes, int advice)
{
    size_t at;

    return wf_heap_place(p, &at) ? 0 : madvise(p, bytes, advice);
}
