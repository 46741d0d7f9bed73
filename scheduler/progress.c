/* progress.c - how far the runs of a pool are, told while they go on. */
#include "scheduler/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* Runs that are over sooner show no bar, unless one is asked for. */
enum { BAR_AFTER_NS = 1000000000 };
enum { BAR_INTERVAL_NS = 100000000, OTHER_INTERVAL_NS = 1000000000 };

/* ---- The numbers ------------------------------------------------------------- */

static uint64_t nodes_counted(const weft_pool *pool)
{
    uint64_t n = 0;

    /* Relaxed: what is missed now is seen next time; of runs that have ended all is
     * seen, since who knows of an end knows what came before it. */
    for (int i = 0; i < pool->n_workers; i++)
        n += wf_load_relaxed(&pool->workers[i].n_done);
    return n;
}

/* Neither sleeping nor searching. */
static int n_busy(weft_pool *pool)
{
    const uint64_t state = wf_load_relaxed(&pool->park.state);
    const int idle = (int)(state >> 32) + (int)(uint32_t)state;

    return idle < pool->n_workers ? pool->n_workers - idle : 0;
}

/* Under the lock. */
static struct weft_progress look(struct wf_progress *p, int64_t now_ns)
{
    struct weft_progress now = {
        .n_tasks = p->n_tasks, .n_done = nodes_counted(p->pool) - p->before, .n_runs = p->n_runs,
        .n_workers = p->pool->n_workers, .n_busy = p->n_runs ? n_busy(p->pool) : 0,
        .elapsed_ns = now_ns - p->begin_ns, .left_ns = -1, .resident_bytes = wf_mem_resident(),
    };
    const double seconds = (double)now.elapsed_ns * 1e-9;

    if (now.n_done > now.n_tasks)
        now.n_done = now.n_tasks;
    if (seconds > 0)
        now.tasks_per_s = (double)now.n_done / seconds;
    if (now.n_done)
        now.left_ns = (int64_t)((double)(now.n_tasks - now.n_done) / (double)now.n_done * (double)now.elapsed_ns);
    return now;
}

/* ---- Telling ------------------------------------------------------------------ */

static int columns(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

/* In one call, so that others' lines do not come between. */
static void put(const char *text, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(STDERR_FILENO, text, n);

        if (done <= 0)
            return; /* nobody reads: what is told is told */
        text += done;
        n -= (size_t)done;
    }
}

static void show(struct wf_progress *p, const struct weft_progress *now)
{
    char text[WF_PROGRESS_TEXT], out[WF_PROGRESS_TEXT + 8];
    int n = 0;

    if (p->how == WF_TELLS_LINES)
        n = snprintf(out, sizeof out, "%s\n", wf_progress_line(now, text));
    else if (p->how == WF_TELLS_BAR)
        n = snprintf(out, sizeof out, "\r%s\33[K%s", wf_progress_bar(now, columns(), text), now->n_runs ? "" : "\n");
    put(out, (size_t)n);
    p->shown = now->n_runs > 0;
}

/* Under the lock. */
static void tell(struct wf_progress *p, int64_t now_ns)
{
    const struct weft_progress now = look(p, now_ns);

    /* A bar that was shown must end, however soon. */
    if (p->how != WF_TELLS_NOBODY && (p->shown || now.elapsed_ns >= p->after_ns))
        show(p, &now);
    if (p->fn)
        p->fn(p->arg, &now);
}

static void *thread_main(void *arg)
{
    struct wf_progress *p = arg;
    bool ending = false;

    while (!ending) {
        const uint32_t bell = wf_load_acquire(&p->bell);
        int64_t now = wf_now_ns(), left = -1;

        wf_mutex_lock(&p->lock);
        ending = p->ending;
        p->idle = !p->n_runs;
        if (p->n_runs && now >= p->next_ns) {
            tell(p, now);
            p->next_ns = now + p->interval_ns;
        }
        if (p->n_runs)
            left = p->next_ns - now;
        wf_mutex_unlock(&p->lock);
        if (!ending)
            wf_wait(&p->bell, bell, left);
    }
    return NULL;
}

/* Release: the thread that hears it sees why, under the lock. */
static void ring(struct wf_progress *p)
{
    wf_add(&p->bell, 1);
    wf_wake(&p->bell, 1);
}

/* ---- Runs come and go ---------------------------------------------------------- */

void wf_progress_enter(struct wf_progress *p, size_t n_nodes)
{
    bool was_idle = false;

    if (!p)
        return;
    wf_mutex_lock(&p->lock);
    if (!p->n_runs++) {
        p->n_tasks = 0;
        p->before = nodes_counted(p->pool);
        p->begin_ns = wf_now_ns();
        p->next_ns = p->begin_ns + p->interval_ns;
        was_idle = p->idle;
        p->idle = false;
    }
    p->n_tasks += n_nodes;
    wf_mutex_unlock(&p->lock);
    if (was_idle)
        ring(p);
}

void wf_progress_leave(struct wf_progress *p)
{
    if (!p)
        return;
    wf_mutex_lock(&p->lock);
    if (!--p->n_runs) {
        p->end_ns = wf_now_ns();
        tell(p, p->end_ns);
    }
    wf_mutex_unlock(&p->lock);
}

/* ---- Its life ------------------------------------------------------------------- */

/* One that can go back to the start of its line. */
static bool stderr_is_terminal(void)
{
    const char *kind = getenv("TERM");

    return isatty(STDERR_FILENO) && !(kind && strcmp(kind, "dumb") == 0);
}

weft_status wf_progress_new(struct wf_progress **out, weft_pool *pool, const struct weft_pool_spec *spec,
                            struct weft_error *err)
{
    const bool on = spec->progress == WEFT_PROGRESS_ON, is_auto = spec->progress == WEFT_PROGRESS_AUTO;
    const bool bar = (on || is_auto) && stderr_is_terminal();
    struct wf_progress *p;

    *out = NULL;
    if (!bar && !on && !spec->on_progress)
        return WEFT_OK;
    p = wf_alloc_zero(1, sizeof *p);
    if (!p)
        return wf_error_nomem(err, "the progress of a pool");
    p->pool = pool;
    p->how = bar ? WF_TELLS_BAR : on ? WF_TELLS_LINES : WF_TELLS_NOBODY;
    p->fn = spec->on_progress;
    p->arg = spec->progress_arg;
    p->interval_ns = spec->progress_interval_ns > 0 ? spec->progress_interval_ns : bar ? BAR_INTERVAL_NS : OTHER_INTERVAL_NS;
    p->after_ns = on ? 0 : BAR_AFTER_NS;
    wf_init(&p->bell, 0);
    wf_mutex_init(&p->lock);
    *out = p;
    return WEFT_OK;
}

bool wf_progress_start(struct wf_progress *p)
{
    p->started = wf_thread_start(&p->thread, thread_main, p);
    return p->started;
}

void wf_progress_free(struct wf_progress *p)
{
    if (!p)
        return;
    /* In a forked child its thread never was. */
    if (p->started && p->pool->process == getpid()) {
        wf_mutex_lock(&p->lock);
        p->ending = true;
        wf_mutex_unlock(&p->lock);
        ring(p);
        wf_thread_join(p->thread);
    }
    wf_mutex_fini(&p->lock);
    wf_free(p);
}

bool weft_pool_progress(weft_pool *pool, struct weft_progress *out)
{
    struct wf_progress *p = pool ? pool->progress : NULL;

    if (!p)
        return false;
    wf_mutex_lock(&p->lock);
    *out = look(p, p->n_runs ? wf_now_ns() : p->end_ns);
    wf_mutex_unlock(&p->lock);
    return true;
}
