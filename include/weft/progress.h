/* weft/progress.h - how far the runs of a pool are.
 *
 * A pool tells it on stderr, as `progress` is set (weft/config.h) or its spec says: as a bar
 * while runs last longer than a second, if stderr is a terminal; as lines, if that is asked
 * for. It tells a function of yours the same numbers, and whoever asks.
 *
 *     [=========>              ]  38%  380/1000 tasks  412/s  1.51 s left  1.43 GiB  7/8 busy
 *
 * Runs that overlap in time are told together. Workers count for themselves, and the
 * numbers are looked up while they work: so they are of about one moment, and
 * no two workers share a counter. A pool that tells nobody does not count.
 *
 * Threads: the function is called by a thread of the pool, or by who ends the last run;
 *          one call at a time. It must be short, and must not use the pool.
 */
#ifndef WEFT_PROGRESS_H
#define WEFT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weft/api.h>

WEFT_BEGIN

struct weft_progress {
    size_t  n_tasks;        /* of the runs that go on, and those that overlapped with them */
    size_t  n_done;         /* of these: ran, or may not run any more */
    size_t  n_runs;         /* that go on; 0: the last one has just ended */
    int     n_workers;
    int     n_busy;         /* workers that run a task */
    int64_t elapsed_ns;     /* since the first of the runs began */
    double  tasks_per_s;    /* since then */
    int64_t left_ns;        /* what is left, at that rate; negative: not known */
    size_t  resident_bytes; /* memory of this process */
};

typedef void weft_progress_fn(void *arg, const struct weft_progress *now);

enum weft_progress_show {
    WEFT_PROGRESS_CONFIGURED, /* as progress is set */
    WEFT_PROGRESS_AUTO,       /* a bar if stderr is a terminal */
    WEFT_PROGRESS_ON,         /* a bar there, else lines, and at least one for each run */
    WEFT_PROGRESS_OFF,        /* nothing on stderr */
};

WEFT_END
#endif
