/* mem.c - every allocation of Weft, and the only door to jemalloc. */
#include "lib/base/mem.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"

#if WF_HAVE_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

/* One readable cache line behind every aligned buffer: vector loops may load
 * past the end, never store. */
enum { LINE = 128, TAIL = 64, PAGE = 4096, HUGE_PAGE = 2 << 20 };

/* Relaxed everywhere: these count, they order nothing. `watch` is 0 outside of
 * tests, so an allocation pays one load of a line that nobody writes. */
static _Atomic int     watch;
static _Atomic int64_t n_asked, n_live, fail_at;

enum { WATCH_LIVE = 1, WATCH_FAIL = 2 };

__attribute__((constructor)) static void read_environment(void)
{
    const char *n = getenv("WEFT_FAIL_ALLOC");

    if (n && atoll(n) > 0)
        wf_mem_fail_at(atoll(n));
}

void wf_mem_fail_at(int64_t n)
{
    atomic_store_explicit(&n_asked, 0, memory_order_relaxed);
    atomic_store_explicit(&fail_at, n, memory_order_relaxed);
    if (n >= 0)
        atomic_fetch_or_explicit(&watch, WATCH_FAIL, memory_order_relaxed);
}

int64_t wf_mem_n_asked(void)
{
    return atomic_load_explicit(&n_asked, memory_order_relaxed);
}

void wf_mem_watch(bool on)
{
    atomic_store_explicit(&n_live, 0, memory_order_relaxed);
    if (on)
        atomic_fetch_or_explicit(&watch, WATCH_LIVE, memory_order_relaxed);
    else
        atomic_fetch_and_explicit(&watch, ~WATCH_LIVE, memory_order_relaxed);
}

int64_t wf_mem_n_live(void)
{
    return atomic_load_explicit(&n_live, memory_order_relaxed);
}

/* Whether this allocation must fail; counts it. */
static bool refused(void)
{
    if (!(atomic_load_explicit(&watch, memory_order_relaxed) & WATCH_FAIL))
        return false;
    return atomic_fetch_add_explicit(&n_asked, 1, memory_order_relaxed) + 1 ==
           atomic_load_explicit(&fail_at, memory_order_relaxed);
}

static void *counted(void *p, int64_t change)
{
    if (p && (atomic_load_explicit(&watch, memory_order_relaxed) & WATCH_LIVE))
        atomic_fetch_add_explicit(&n_live, change, memory_order_relaxed);
    return p;
}

#if WF_HAVE_JEMALLOC

/* Its class of 8 bytes is aligned to 8. */
static size_t at_least_16(size_t bytes)               { return bytes < 16 ? 16 : bytes; }

/* Blocks from this size on come from arenas of our own, which keep what is freed for a
 * while: the usual ones give 8 MiB and more back to the system at once, so a program that
 * drops one column and makes the next faults every page of it again. */
enum { BIG = 1 << 20, ANYWHERE = WF_MEM_MAX_NODES };

/* Past the thread's cache, which keeps nothing so big. */
static int flags_meaning(unsigned arena)              { return (int)(MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE); }

/* The arena of each node, and the one of threads without a home, as the flags that mean
 * it; 0: not made yet. Relaxed: they are numbers, and what they name is jemalloc's. */
static _Atomic int flags_of[WF_MEM_MAX_NODES + 1];

/* Where the calling thread lives. */
static _Thread_local struct {
    int          node, flags; /* flags 0: nowhere */
    wf_mem_bind *bind;
    void        *self;
} home;

/* How jemalloc gets memory from the system, and the same with what we add to it. Set
 * before there are threads. */
static extent_hooks_t *system_hooks, our_hooks;

/* Memory fresh from the system: bound, if the thread that asks has its home in this arena
 * (one that makes a block of another node longer leaves it to the first touch), and in huge
 * pages. Both ways in turn, on two cores of a virtual machine: 800 MB are written for the
 * first time in 85 ms instead of 320; 1.6 GB are summed in 111 ms instead of 139 (medians
 * while others worked: 499 and 614); a CSV read, a group-by and two sums of arrays are 3 to
 * 17 % faster in the median. The price: where the machine below takes free huge pages back,
 * as that one did, the first touch after a pause waits for it 1 to 4 times as long as in
 * small pages, of which some are always at hand. */
static void *fresh_extent(extent_hooks_t *hooks, void *at, size_t bytes, size_t align, bool *zero, bool *commit,
                          unsigned arena)
{
    const bool huge = bytes >= HUGE_PAGE;
    void *p;

    (void)hooks;
    if (huge && !at && align < HUGE_PAGE)
        align = HUGE_PAGE;
    p = system_hooks->alloc(system_hooks, at, bytes, align, zero, commit, arena);
    if (p && huge)
        madvise(p, bytes, MADV_HUGEPAGE);
    if (p && home.bind && home.flags == flags_meaning(arena))
        home.bind(home.self, home.node, p, bytes);
    return p;
}

__attribute__((constructor)) static void read_hooks(void)
{
    size_t n = sizeof system_hooks;

    if (mallctl("arena.0.extent_hooks", &system_hooks, &n, NULL, 0))
        system_hooks = NULL;
    if (system_hooks)
        our_hooks = *system_hooks;
    our_hooks.alloc = fresh_extent;
}

/* The flags of an arena of our own; 0: the usual ones must do. */
static int arena_at(int place)
{
    int flags = atomic_load_explicit(&flags_of[place], memory_order_relaxed);
    size_t oversize = SIZE_MAX >> 1, n = sizeof(unsigned);
    extent_hooks_t *hooks = &our_hooks;
    char name[64];
    unsigned arena;

    if (flags || !system_hooks || mallctl("arenas.create", &arena, &n, &hooks, sizeof hooks))
        return flags;
    snprintf(name, sizeof name, "arena.%u.oversize_threshold", arena);
    mallctl(name, NULL, NULL, &oversize, sizeof oversize);
    /* Two threads may make one each; the second lies idle. */
    return atomic_compare_exchange_strong_explicit(&flags_of[place], &flags, flags_meaning(arena), memory_order_relaxed,
                                                   memory_order_relaxed) ? flags_meaning(arena) : flags;
}

static int flags_for(size_t bytes)
{
    if (bytes < BIG)
        return 0;
    return home.flags ? home.flags : arena_at(ANYWHERE);
}

bool wf_mem_home(int node, wf_mem_bind *bind, void *self)
{
    const int flags = node < 0 || node >= WF_MEM_MAX_NODES ? 0 : arena_at(node);

    home.node = node;
    home.flags = flags;
    home.bind = flags ? bind : NULL;
    home.self = self;
    return flags != 0;
}

int wf_mem_node_of(const void *p)
{
    size_t n = sizeof(unsigned);
    unsigned arena;

    if (mallctl("arenas.lookup", &arena, &n, &p, sizeof p))
        return -1;
    for (int node = 0; node < WF_MEM_MAX_NODES; node++)
        if (atomic_load_explicit(&flags_of[node], memory_order_relaxed) == flags_meaning(arena))
            return node;
    return -1;
}

static void *raw_alloc(size_t bytes)                  { return mallocx(at_least_16(bytes), flags_for(bytes)); }
static void *raw_alloc_zero(size_t bytes)             { return mallocx(at_least_16(bytes), MALLOCX_ZERO | flags_for(bytes)); }
static void *raw_alloc_aligned(size_t bytes)          { return mallocx(bytes, MALLOCX_ALIGN(LINE) | flags_for(bytes)); }
static void *raw_aligned_to_page(size_t bytes)        { return mallocx(bytes, MALLOCX_ALIGN(PAGE)); }
static void *raw_realloc(void *p, size_t bytes)       { return rallocx(p, at_least_16(bytes), flags_for(bytes)); }
static void  raw_free(void *p)                        { dallocx(p, 0); }

size_t wf_mem_room(size_t bytes)
{
    return bytes < SIZE_MAX / 4 ? nallocx(at_least_16(bytes), 0) : bytes;
}

/* What jemalloc knows of itself it tells anew after this. */
static void refresh(void)
{
    uint64_t epoch = 1;
    size_t n = sizeof epoch;

    mallctl("epoch", &epoch, &n, &epoch, n);
}

size_t wf_mem_allocated(void)
{
    size_t bytes = 0, n = sizeof bytes;

    refresh();
    return mallctl("stats.allocated", &bytes, &n, NULL, 0) ? 0 : bytes;
}

void wf_mem_trim(void)
{
    char name[32];

    snprintf(name, sizeof name, "arena.%u.purge", (unsigned)MALLCTL_ARENAS_ALL);
    mallctl(name, NULL, NULL, NULL, 0);
}

#else

bool wf_mem_home(int node, wf_mem_bind *bind, void *self) { (void)node, (void)bind, (void)self; return false; }
int  wf_mem_node_of(const void *p)                        { (void)p; return -1; }

static void *raw_alloc(size_t bytes)                  { return malloc(bytes ? bytes : 1); }
static void *raw_alloc_zero(size_t bytes)             { return calloc(1, bytes ? bytes : 1); }
static void *raw_alloc_aligned(size_t bytes)          { return aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE); }
static void *raw_aligned_to_page(size_t bytes)        { return aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE); }
static void *raw_realloc(void *p, size_t bytes)       { return realloc(p, bytes ? bytes : 1); }
static void  raw_free(void *p)                        { free(p); }

size_t wf_mem_room(size_t bytes)                      { return bytes; }
size_t wf_mem_allocated(void)                         { return 0; }
void   wf_mem_trim(void)                              { malloc_trim(0); }

/* Where another allocator serves malloc (a sanitizer's, one that was preloaded), glibc's own
 * has not begun, and its first malloc_trim() begins it without a lock: two at once walk lists
 * that are not there. This begins it before there are threads. */
__attribute__((constructor)) static void begin_heap(void)
{
    mallinfo2();
}

#endif

size_t wf_mem_resident(void)
{
    const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    unsigned long size = 0, resident = 0;
    char text[128];
    ssize_t n;

    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return sscanf(text, "%lu %lu", &size, &resident) == 2 ? resident * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

void *wf_alloc(size_t bytes)
{
    return refused() ? NULL : counted(raw_alloc(bytes), 1);
}

void *wf_alloc_zero(size_t n, size_t bytes)
{
    size_t all;

    if (__builtin_mul_overflow(n, bytes, &all) || refused())
        return NULL;
    return counted(raw_alloc_zero(all), 1);
}

void *wf_alloc_array(size_t n, size_t bytes)
{
    size_t all;

    return __builtin_mul_overflow(n, bytes, &all) ? NULL : wf_alloc(all);
}

void *wf_alloc_aligned(size_t bytes)
{
    if (bytes > SIZE_MAX - 2 * TAIL || refused())
        return NULL;
    return counted(raw_alloc_aligned(bytes + TAIL), 1);
}

void *wf_realloc(void *p, size_t bytes)
{
    if (!p)
        return wf_alloc(bytes);
    return refused() ? NULL : raw_realloc(p, bytes);
}

void *wf_grow(void *list, size_t n, size_t *room, size_t bytes)
{
    const size_t more = *room ? 2 * *room : 16;

    if (n < *room)
        return list;
    list = wf_realloc(list, more * bytes);
    if (list)
        *room = more;
    return list;
}

void *wf_grow_bytes(void *bytes, size_t n, size_t *room, size_t more)
{
    const size_t grown = 2 * (*room + more) + 64;

    if (bytes && *room - n >= more)
        return bytes;
    bytes = wf_realloc(bytes, grown);
    if (bytes)
        *room = grown;
    return bytes;
}

char *wf_strdup(const char *text)
{
    const size_t bytes = strlen(text) + 1;
    char *copy = wf_alloc(bytes);

    return copy ? memcpy(copy, text, bytes) : NULL;
}

void wf_free(void *p)
{
    if (!p)
        return;
    counted(p, -1);
    raw_free(p);
}

/* Up to this size a map of its own is not worth it: it faults page by page each time,
 * where the heap has pages that were touched before. A graph of 5 tasks, made and
 * freed, takes 0.4 us this way and 13 with maps; one of 10 000, frozen, two thirds. */
enum { HEAP_PAGES = 512 << 10 };

/* Zeroed here: asked for zeroed memory, jemalloc would give these pages back to the
 * system and have each of them fault again. */
static void *heap_pages(size_t bytes)
{
    void *p = raw_aligned_to_page(bytes);

    return p ? memset(p, 0, bytes) : NULL;
}

/* What is mapped for `bytes`. A large map ends at the end of a huge page: its last
 * pages, one by one, would fault longer than all the rest. At most an eighth more. */
static size_t mapped_bytes(size_t bytes)
{
    const size_t unit = bytes < 8 * (size_t)HUGE_PAGE ? PAGE : HUGE_PAGE;

    return (bytes + unit - 1) & ~(unit - 1);
}

/* Beginning at a huge page, where the kernel would put a small one anywhere. */
static void *map_huge(size_t bytes)
{
    char *p = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const size_t before = -(uintptr_t)p & (HUGE_PAGE - 1);

    if (p == MAP_FAILED)
        return NULL;
    if (before)
        munmap(p, before);
    munmap(p + before + bytes, HUGE_PAGE - before);
    madvise(p + before, bytes, MADV_HUGEPAGE);
    return p + before;
}

static void *map_small(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

void *wf_pages_alloc(size_t bytes)
{
    if (bytes > SIZE_MAX / 2 || refused())
        return NULL;
    if (bytes <= HEAP_PAGES)
        return counted(heap_pages(bytes), 1);
    bytes = mapped_bytes(bytes);
    return counted(bytes < HUGE_PAGE ? map_small(bytes) : map_huge(bytes), 1);
}

void wf_pages_free(void *p, size_t bytes)
{
    if (!p)
        return;
    counted(p, -1);
    if (bytes <= HEAP_PAGES)
        raw_free(p);
    else
        munmap(p, mapped_bytes(bytes));
}
