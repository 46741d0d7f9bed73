/* progress.h - how far the runs of a pool are, told while they go on.
 *
 * Each worker of a pool that tells counts the nodes it has run, on its own line of
 * memory. A thread adds these up now and then; between runs it sleeps.
 *
 * What always holds:
 *   1. `lock` guards all but the bell. It is held while telling, so what is told stays
 *      in order, and the end of the last run is told last.
 *   2. Whoever makes n_runs leave 0 while the thread is idle rings the bell.
 */
#ifndef WF_PROGRESS_H
#define WF_PROGRESS_H

#include <weft/pool.h>

#include "scheduler/sync.h"

struct wf_progress {
    weft_pool        *pool;
    enum { WF_TELLS_NOBODY, WF_TELLS_LINES, WF_TELLS_BAR } how;
    weft_progress_fn *fn; /* NULL: none */
    void             *arg;
    int64_t           interval_ns;
    int64_t           after_ns;  /* how long runs last before they are told of */
    wf_thread         thread;
    bool              started;
    _Atomic uint32_t  bell;      /* changes when the thread must look */

    wf_mutex          lock;
    bool              ending, idle;
    bool              shown;     /* a bar is on the terminal */
    size_t            n_runs, n_tasks;
    uint64_t          before;    /* nodes counted before the first of these runs */
    int64_t           begin_ns, end_ns, next_ns;
};

/* *out is NULL when there is nobody to tell. `spec` is settled. */
weft_status wf_progress_new(struct wf_progress **out, weft_pool *pool, const struct weft_pool_spec *spec,
                            struct weft_error *err);
bool wf_progress_start(struct wf_progress *p); /* when the pool is there; false: no thread */
void wf_progress_free(struct wf_progress *p);  /* stops it; NULL is fine */

/* A run of so many nodes begins, and ends. NULL is fine. */
void wf_progress_enter(struct wf_progress *p, size_t n_nodes);
void wf_progress_leave(struct wf_progress *p);

/* progress_text.c: at most `width` columns, or at most the size of `text`. */
enum { WF_PROGRESS_TEXT = 256 };
const char *wf_progress_bar(const struct weft_progress *now, int width, char text[WF_PROGRESS_TEXT]);
const char *wf_progress_line(const struct weft_progress *now, char text[WF_PROGRESS_TEXT]);

#endif
