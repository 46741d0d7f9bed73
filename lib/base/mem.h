/* mem.h - every allocation of Weft, and the only door to jemalloc.
 *
 * Each function answers NULL when there is no memory, and whoever calls returns
 * WEFT_NOMEM. To prove that, the nth allocation can be made to fail: by
 * wf_mem_fail_at(), or from outside by WEFT_FAIL_ALLOC=n in the environment.
 *
 * Threads: any. Memory may be freed by another thread than allocated it.
 */
#ifndef WF_MEM_H
#define WF_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *wf_alloc(size_t bytes);              /* 16-byte aligned; never NULL for 0 bytes if there is memory */
void *wf_alloc_zero(size_t n, size_t bytes); /* n elements, zeroed; refuses n * bytes that overflows */
void *wf_alloc_array(size_t n, size_t bytes);
void *wf_alloc_aligned(size_t bytes);      /* aligned to two lines (128 bytes), with 64 readable bytes behind the end */
void *wf_realloc(void *p, size_t bytes);   /* as realloc; p stays valid when NULL comes back */
/* A list of n elements with room for one more: as it is, or moved, with room for twice as many. NULL: as wf_realloc(). */
void *wf_grow(void *list, size_t n, size_t *room, size_t bytes);
/* n bytes with room for `more`: likewise. */
void *wf_grow_bytes(void *bytes, size_t n, size_t *room, size_t more);
char *wf_strdup(const char *text);
void  wf_free(void *p);                    /* of any of the above; NULL is fine */

/* Says that the calling thread lives on this NUMA node: from now on its big blocks (1 MiB
 * and more) come from an arena of that node, which gets back what was taken from it,
 * whoever frees it. `bind` is called, by this thread, with whatever that arena gets fresh
 * from the system for it, before it is touched; small blocks lie where they are touched
 * first. A negative node: nowhere, as every thread at its start. False: nowhere, too,
 * because this build or machine cannot; nothing else is lost. */
enum { WF_MEM_MAX_NODES = 64 };
typedef void wf_mem_bind(void *self, int node, void *p, size_t bytes);
bool wf_mem_home(int node, wf_mem_bind *bind, void *self);

/* Zeroed and aligned to 4 KiB, 2 MiB and more to huge pages where the system has
 * them: for slabs. Of big ones, what is never touched takes no memory.
 *
 * Bound to no node: they lie where they are touched first, or as numactl says. Slabs hold
 * graphs and plans, which one thread writes from end to end and all workers read, a line a
 * task: near memory for the writer costs nothing, while pages dealt out in turn would give
 * every thread, the writer too, all but one nth of them far away. */
void *wf_pages_alloc(size_t bytes);
void  wf_pages_free(void *p, size_t bytes); /* as many bytes; NULL is fine */

/* ---- How much there is --------------------------------------------------------- */

size_t wf_mem_room(size_t bytes);   /* what the heap takes for a block of so many */
size_t wf_mem_allocated(void);      /* bytes in blocks of the whole process; 0: this build cannot tell */
size_t wf_mem_resident(void);       /* memory of the process, as the system counts it; 0: it does not say */

/* Gives all free memory of the heap back to the system: 1 ms and more, and whoever takes it
 * again faults its pages anew. */
void   wf_mem_trim(void);

/* ---- For tests ----------------------------------------------------------- */

/* The nth allocation from now (1: the next) answers NULL, and all others
 * succeed; 0: none fails. */
void   wf_mem_fail_at(int64_t n);
/* Allocations asked for since wf_mem_fail_at() was called. */
int64_t wf_mem_n_asked(void);
/* From which node's arena this block came; -1: from none. */
int     wf_mem_node_of(const void *p);
/* Allocations not freed yet. Counted while wf_mem_watch(true). */
void    wf_mem_watch(bool on);
int64_t wf_mem_n_live(void);

#endif
