/* mem.c - every allocation of Weft, and the only door to jemalloc. */
#include "lib/base/mem.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
/* Blocks from this size on come from an arena of our own, which keeps what is freed
 * for a while: the usual ones give 8 MiB and more back to the system at once, so a
 * program that drops one column and makes the next faults every page of it again. */
enum { BIG = 1 << 20 };

/* The flags that mean the arena; 0: not made yet. Relaxed: a number, and if two
 * threads make one each, the second lies idle. */
static _Atomic int big_flags;

static int flags_for(size_t bytes)
{
    int flags = bytes < BIG ? 0 : atomic_load_explicit(&big_flags, memory_order_relaxed);
    size_t oversize = SIZE_MAX >> 1, n = sizeof(unsigned);
    char name[64];
    unsigned arena;

    if (bytes < BIG || flags)
        return flags;
    if (mallctl("arenas.create", &arena, &n, NULL, 0))
        return 0; /* the usual arenas do */
    snprintf(name, sizeof name, "arena.%u.oversize_threshold", arena);
    mallctl(name, NULL, NULL, &oversize, sizeof oversize);
    flags = MALLOCX_ARENA(arena) | MALLOCX_TCACHE_NONE;
    atomic_store_explicit(&big_flags, flags, memory_order_relaxed);
    return flags;
}

static void *raw_alloc(size_t bytes)                  { return mallocx(at_least_16(bytes), flags_for(bytes)); }
static void *raw_alloc_zero(size_t bytes)             { return mallocx(at_least_16(bytes), MALLOCX_ZERO | flags_for(bytes)); }
static void *raw_alloc_aligned(size_t bytes)          { return mallocx(bytes, MALLOCX_ALIGN(LINE) | flags_for(bytes)); }
static void *raw_pages(size_t bytes)                  { return mallocx(bytes, MALLOCX_ALIGN(PAGE) | MALLOCX_ZERO); }
static void *raw_realloc(void *p, size_t bytes)       { return rallocx(p, at_least_16(bytes), flags_for(bytes)); }
static void  raw_free(void *p)                        { dallocx(p, 0); }

#else

static void *raw_alloc(size_t bytes)                  { return malloc(bytes ? bytes : 1); }
static void *raw_alloc_zero(size_t bytes)             { return calloc(1, bytes ? bytes : 1); }
static void *raw_alloc_aligned(size_t bytes)          { return aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE); }
static void *raw_pages(size_t bytes)
{
    void *p = aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);

    return p ? memset(p, 0, bytes) : NULL;
}
static void *raw_realloc(void *p, size_t bytes)       { return realloc(p, bytes ? bytes : 1); }
static void  raw_free(void *p)                        { free(p); }

#endif

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

/* Up to this size a map of its own is not worth it: two system calls and a fault a
 * page make 4 us of what the heap does in 0.2, and a tiny graph is two such pages. */
enum { HEAP_PAGES = 64 << 10 };

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
        return counted(raw_pages(bytes), 1);
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
