/* weft/analyse.h - what a graph could give, and where the time of a run went.
 *
 *     weft_analysis *a;
 *     st = weft_analyse_trace(&a, trace, &err);
 *     printf("parallelism %.1f\n", weft_analysis_stats(a)->parallelism);
 *
 * The cost of a task is its measured time, summed when it ran several times; in
 * a trace without events each task costs 1. With those costs
 *
 *     work         T1    all costs together: the time of one worker
 *     span         Tinf  the most costly path: the time of any number of workers
 *     parallelism        work / span: more workers than this cannot all be busy
 *     slack              how much later a task may start, or how much longer it
 *                        may take, without lengthening the span
 *
 * and the makespan TP, from the beginning of a run to its end on P workers, obeys
 * max(T1 / P, Tinf) <= TP (Brent 1974; Blumofe and Leiserson 1999). The critical
 * path is one path of that span; its tasks have no slack.
 *
 * Ownership: an analysis is given: weft_analysis_free(). It looks at its trace,
 *            which must outlive it.
 * Errors:    WEFT_NOMEM only.
 * Threads:   immutable; any thread may read. Time and memory are linear in tasks,
 *            edges and events.
 */
#ifndef WEFT_ANALYSE_H
#define WEFT_ANALYSE_H

#include <stdio.h>
#include <weft/trace.h>

WEFT_BEGIN

typedef struct weft_analysis weft_analysis;

WEFT_API weft_status weft_analyse_trace(weft_analysis **out, const weft_trace *t, struct weft_error *err);
WEFT_API void        weft_analysis_free(weft_analysis *a); /* NULL is fine */

/* ---- The whole graph ---------------------------------------------------- */

struct weft_stats {
    size_t  n_tasks;
    size_t  n_edges;
    size_t  n_layers;    /* different layers that its tasks name */
    size_t  depth;       /* tasks on the longest path */
    size_t  width;       /* tasks on the widest level, a task's level being the longest path that leads
                          * to it: so many can surely run at once */
    size_t  n_measured;  /* tasks with an event; 0: costs are 1 each */
    int64_t work_ns;     /* 0 when nothing is measured, and so on */
    int64_t span_ns;
    int64_t makespan_ns; /* wall time of the run */
    double  parallelism; /* work / span; n_tasks / depth when nothing is measured; 0 for no tasks */
    int     n_workers;
};

WEFT_API const struct weft_stats *weft_analysis_stats(const weft_analysis *a); /* lent */
WEFT_API const weft_trace        *weft_analysis_trace(const weft_analysis *a); /* what it looks at */

/* The critical path: numbers of tasks, each waiting for the one before. Lent. */
WEFT_API size_t          weft_analysis_n_critical(const weft_analysis *a);
WEFT_API const uint32_t *weft_analysis_critical(const weft_analysis *a);

/* All of this in words: the figures, then the critical path, a line per task with its
 * share of the span. Of a long path the 20 most costly tasks, in their order. */
WEFT_API void weft_analysis_print(const weft_analysis *a, FILE *to);

/* ---- One task ----------------------------------------------------------- *
 * In nanoseconds, or in tasks when nothing is measured. With unlimited workers a
 * task starts at `earliest`; it must start at `latest` for the span to hold. */

WEFT_API int64_t  weft_analysis_cost(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_earliest(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_latest(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_slack(const weft_analysis *a, size_t i); /* latest - earliest, >= 0 */
WEFT_API uint32_t weft_analysis_level(const weft_analysis *a, size_t i); /* 0: waits for nothing */
WEFT_API int      weft_analysis_worker(const weft_analysis *a, size_t i);/* who ran it last; -1: unknown */
WEFT_API bool     weft_analysis_is_critical(const weft_analysis *a, size_t i); /* on the path above */

/* ---- The workers -------------------------------------------------------- */

/* What one worker did from the beginning of the run to its end; the four add up
 * to wall_ns. Before its first event and after its last a worker is idle. When
 * events were lost, its time begins with the first one kept. */
struct weft_share {
    int64_t executing_ns;  /* bodies */
    int64_t scheduling_ns; /* between bodies: what none of the others explains */
    int64_t stealing_ns;   /* finding work elsewhere */
    int64_t idle_ns;       /* finding none */
    int64_t wall_ns;
    size_t  n_tasks;
    size_t  n_steals;
};

/* Of worker w, 0 <= w < n_workers of the trace; -1: of all together. */
WEFT_API struct weft_share weft_analyse_share(const weft_trace *t, int w);

/* The shares as a table, a line per worker and one for all; a sentence when the
 * trace has not run. */
WEFT_API void weft_analyse_print_shares(const weft_trace *t, FILE *to);

WEFT_END
#endif
