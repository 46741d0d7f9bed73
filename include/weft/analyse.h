/* weft/analyse.h - what a graph could give, and where the time of a run went.
 *
 *     weft_analysis *a;
 *     st = weft_analyse_trace(&a, trace, &err);
 *     printf("parallelism %.1f\n", weft_analysis_stats(a)->parallelism);
 *     weft_analysis_print(a, stdout);
 *
 * Whose a moment is. Events of one worker lie beside or within each other, so each
 * moment of a worker belongs to one of them: of those that go on, the one that began
 * last. That is exclusive time; all of it together is the wall time of the worker.
 *
 * What a task costs. Its cost is all exclusive time of its own events: of its body
 * (TASK), of parts of it that ran elsewhere (FORK) or were spawned (CHILD), and of
 * moving its data to another process and back (SEND, RECEIVE). Its length is what it
 * adds to a path: the time in which at least one worker did something of that. They
 * differ when a body forks: eight parts of 1 s on eight workers cost 8 s and are 1 s
 * long; on two workers they are 4 s long, for a trace does not tell which parts could
 * have run at once. Others are as long as they cost. A task that ran several times has
 * the sums. In a trace without events each task costs 1 and is 1 long.
 *
 *     work         T1    all costs together: the time of one worker
 *     span         Tinf  the longest path by length: the time of any number of workers
 *     parallelism        work / span: more workers than this cannot all be busy
 *     slack              how much later a task may start, or how much longer it
 *                        may take, without lengthening the span
 *     drag               how much shorter the span were if a task took no time: of tasks
 *                        on the critical path only; others have none (Devaux, 1999)
 *
 * The makespan TP, from the beginning of a run to its end on P workers, obeys
 * max(T1 / P, Tinf) <= TP (Brent 1974; Blumofe and Leiserson 1999), and when no worker
 * idles while a task is ready, TP <= T1 / P + (1 - 1 / P) Tinf (Graham 1969). The
 * critical path is one path of that span; its tasks have no slack.
 *
 * Several runs. A run that began when another had ended waits for it, as the program
 * did: spans of runs that followed each other add up, of those that overlapped the
 * longest counts. What the program did between runs is part of the makespan alone.
 *
 * Burdened span. The span charges nothing for handing a task to another worker. The
 * burdened span adds a burden, what it takes to wake a worker that steals, to each edge
 * of a path where that may happen: all but those that are the only one out of their
 * task and the only one into the next; the beginning of a run has edges to the tasks
 * that wait for nothing (Cilkview: He, Leiserson and Leiserson, 2010). Work divided by it
 * is what stealing lets a program have of its parallelism; the same for each schedule.
 *
 * Ownership: an analysis is given: weft_analysis_free(). It looks at its trace,
 *            which must outlive it. So do lists and names that it lends.
 * Errors:    WEFT_NOMEM only, but where something is written.
 * Threads:   immutable; any thread may read. Time and memory are linear in tasks, edges
 *            and events, but for sorting.
 */
#ifndef WEFT_ANALYSE_H
#define WEFT_ANALYSE_H

#include <stdio.h>
#include <weft/trace.h>

WEFT_BEGIN

typedef struct weft_analysis weft_analysis;

struct weft_analyse_spec {
    int64_t burden_ns; /* of an edge; 0: as the trace tells (weft_analysis_costs()); negative: none */
};

WEFT_API weft_status weft_analyse_trace(weft_analysis **out, const weft_trace *t, struct weft_error *err);
WEFT_API weft_status weft_analyse_with(weft_analysis **out, const weft_trace *t,
                                       const struct weft_analyse_spec *spec, struct weft_error *err);
WEFT_API void        weft_analysis_free(weft_analysis *a); /* NULL is fine */

/* ---- The whole graph ---------------------------------------------------- */

struct weft_stats {
    size_t  n_tasks;
    size_t  n_edges;
    size_t  n_layers;    /* different layers that its tasks name */
    size_t  depth;       /* tasks on the longest path */
    size_t  width;       /* the most tasks of which none depends on another, however far: so many can run
                          * at once (the largest antichain; Dilworth 1950). Of several runs, of the widest */
    size_t  n_measured;  /* tasks with an event; 0: costs are 1 each */
    int64_t work_ns;     /* 0 when nothing is measured, and so on */
    int64_t span_ns;
    int64_t makespan_ns; /* wall time of the trace */
    double  parallelism; /* work / span; n_tasks / depth when nothing is measured; 0 for no tasks */
    int     n_workers;
    bool    width_is_exact; /* false: of a graph beyond WEFT_WIDTH_EXACT tasks no more is known than its widest
                             * level, a task's level being the longest path that leads to it: it may be wider */
    size_t  n_runs;
    size_t  n_failed;       /* bodies that failed */
    int64_t burden_ns;      /* of an edge, in burdened_span_ns */
    int64_t burdened_span_ns;
    double  burdened_parallelism; /* work / burdened span */
    size_t  n_spawned;      /* bodies of tasks that were spawned (weft/spawn.h), which are none of n_tasks */
};

enum { WEFT_WIDTH_EXACT = 16384 };

WEFT_API const struct weft_stats *weft_analysis_stats(const weft_analysis *a); /* lent */
WEFT_API const weft_trace        *weft_analysis_trace(const weft_analysis *a); /* what it looks at */

/* The critical path: numbers of tasks, each waiting for the one before, or for the run
 * in which that one was. Lent. */
WEFT_API size_t          weft_analysis_n_critical(const weft_analysis *a);
WEFT_API const uint32_t *weft_analysis_critical(const weft_analysis *a);

/* How long n_workers would take, never idle while a task is ready: at least, and at most
 * (Brent; Graham), and when the ready task with the longest path behind it goes first
 * (Hu 1961). Handing tasks over is free; what a task costs beyond its length runs beside
 * it in pieces no longer than that. One worker: the work. WEFT_NOMEM. */
struct weft_bounds {
    int64_t least_ns, most_ns; /* in tasks, when nothing is measured */
    int64_t greedy_ns;         /* between the two */
};
WEFT_API weft_status weft_analysis_on_workers(const weft_analysis *a, int n_workers, struct weft_bounds *out,
                                              struct weft_error *err);

/* ---- One task ----------------------------------------------------------- *
 * In nanoseconds, or in tasks when nothing is measured. With unlimited workers a
 * task starts at `earliest`; it must start at `latest` for the span to hold. */

WEFT_API int64_t  weft_analysis_cost(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_length(const weft_analysis *a, size_t i); /* 0 <= length <= cost */
WEFT_API int64_t  weft_analysis_earliest(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_latest(const weft_analysis *a, size_t i);
WEFT_API int64_t  weft_analysis_slack(const weft_analysis *a, size_t i); /* latest - earliest, >= 0 */
WEFT_API int64_t  weft_analysis_drag(const weft_analysis *a, size_t i);  /* 0 <= drag <= length */
WEFT_API uint32_t weft_analysis_level(const weft_analysis *a, size_t i); /* 0: waits for nothing */
WEFT_API int      weft_analysis_worker(const weft_analysis *a, size_t i);/* who ran it last; -1: unknown */
WEFT_API bool     weft_analysis_is_critical(const weft_analysis *a, size_t i); /* on the path above */

/* When it happened. A task is ready when the last of those it waits for has ended, or its
 * run began; it begins with the first of its events and ends with the last. Its result is
 * stored when it ends, and freed when the last of its readers has ended, or with its run, if
 * its result was asked for. */
struct weft_times {
    int64_t  ready_ns, begin_ns, end_ns; /* begin and end -1: no event tells */
    int64_t  freed_ns;
    uint32_t run;
};
WEFT_API struct weft_times weft_analysis_times(const weft_analysis *a, size_t i);

/* ---- What it really waited for ------------------------------------------- *
 * The realised critical path is found from the end backwards: what ended last; what it
 * waited for last; what that waited for; to the beginning. Its steps lie end to end from 0
 * to the makespan, so their shares add up exactly. From a task being ready to its begin,
 * a step says what its worker did meanwhile. */

enum weft_path_kind {
    WEFT_PATH_COMPUTE,  /* its body ran */
    WEFT_PATH_PROCESS,  /* its data went to another process and back */
    WEFT_PATH_JOIN,     /* begun, and nothing to do here until parts of it elsewhere ended */
    WEFT_PATH_QUEUE,    /* ready, its worker ran others */
    WEFT_PATH_STEAL,    /* ready, on its way from another worker */
    WEFT_PATH_WAKE,     /* ready, its worker looked for work or slept, and had not found it yet */
    WEFT_PATH_SCHEDULE, /* ready, its worker was between bodies */
    WEFT_PATH_MEMORY,   /* ready, there was no memory for it */
    WEFT_PATH_NEED,     /* ready, a resource, a moment or another try was waited for */
    WEFT_PATH_DISK,     /* ready, results went to disk or came back */
    WEFT_PATH_OUTSIDE,  /* no run was going on */
    WEFT_N_PATH_KINDS
};

struct weft_path_step {
    int64_t  begin_ns, end_ns;
    uint32_t task;   /* whose it is; UINT32_MAX: of none */
    int32_t  worker; /* -1: of none */
    uint8_t  kind;
};

WEFT_API size_t                       weft_analysis_n_path(const weft_analysis *a); /* 0: it has not run */
WEFT_API const struct weft_path_step *weft_analysis_path(const weft_analysis *a);   /* by time */
WEFT_API int64_t                      weft_analysis_path_ns(const weft_analysis *a, enum weft_path_kind kind); /* all */
WEFT_API const char                  *weft_path_name(enum weft_path_kind kind); /* "compute", ... */

/* ---- What the scheduler costs -------------------------------------------- *
 * Medians, of at most 65536 of each. */

struct weft_costs {
    size_t  n_steals, n_wakes, n_schedules; /* what was seen; 0: the time is not known, and 0 */
    int64_t steal_ns;    /* of a STEAL event */
    int64_t wake_ns;     /* from a task being ready while its worker to be slept, to that waking up */
    int64_t schedule_ns; /* between two bodies of one worker, with nothing else between them */
};
WEFT_API struct weft_costs weft_analysis_costs(const weft_analysis *a);

/* ---- Over time ----------------------------------------------------------- */

enum weft_curve_kind {
    WEFT_CURVE_IDEAL,    /* tasks that run if each starts at its earliest; time is that of the span */
    WEFT_CURVE_REALISED, /* workers that ran bodies */
    WEFT_CURVE_READY,    /* tasks that were ready and did not run yet */
    WEFT_CURVE_RESULTS,  /* results that were held */
    WEFT_CURVE_MEMORY,   /* bytes of them, as far as weft_trace_task.result_bytes tells */
    WEFT_N_CURVE_KINDS
};

/* A curve of steps: values[k] from times_ns[k] to the next; 0 before the first; the last value
 * is 0. Times ascend and neighbours differ in value. */
struct weft_curve {
    size_t   n;
    int64_t *times_ns, *values;
    int64_t  peak, peak_ns; /* the largest value, and when it was reached first */
    double   mean;          /* of the values over the time from the first to the last */
};

/* Given: weft_curve_free(). */
WEFT_API weft_status weft_analysis_curve(const weft_analysis *a, enum weft_curve_kind kind, struct weft_curve *out,
                                         struct weft_error *err);
WEFT_API void        weft_curve_free(struct weft_curve *c); /* a zeroed one is fine */

/* ---- The workers -------------------------------------------------------- */

/* What one worker did in some time; executing, scheduling, stealing, idle, disk and process
 * add up to wall_ns. Before its first event there and after its last a worker is idle. When
 * events were lost, its time begins with the first one kept. */
struct weft_share {
    int64_t executing_ns;  /* bodies */
    int64_t scheduling_ns; /* between bodies: what none of the others explains */
    int64_t stealing_ns;   /* finding work elsewhere */
    int64_t idle_ns;       /* finding none */
    int64_t wall_ns;
    size_t  n_tasks;
    size_t  n_steals;
    int64_t disk_ns;       /* writing results to disk and reading them back */
    int64_t process_ns;    /* moving data to other processes and back */

    /* Why it was idle; the first that holds. They add up to idle_ns. */
    int64_t outside_ns;    /* no run was going on */
    int64_t memory_ns;     /* tasks waited for memory */
    int64_t need_ns;       /* tasks waited for a resource, a moment or another try */
    int64_t unfound_ns;    /* a task was ready, and it had not found it yet: waking and stealing take time */
    int64_t before_ns;     /* no task was ready, and it had not run one yet */
    int64_t after_ns;      /* no task was ready, and it ran none any more */
    int64_t dry_ns;        /* no task was ready */

    size_t  n_spawned;     /* bodies of tasks that were spawned, beside n_tasks */
};

/* Of worker w, 0 <= w < n_workers of the trace; -1: of all together. */
WEFT_API struct weft_share weft_analysis_share(const weft_analysis *a, int w);
WEFT_API struct weft_share weft_analysis_run_share(const weft_analysis *a, size_t run, int w); /* while it went on */

/* ---- Runs ----------------------------------------------------------------- */

struct weft_run_stats {
    int64_t work_ns, span_ns, makespan_ns;
    size_t  n_tasks, n_measured, n_failed, n_spawned;
};
WEFT_API struct weft_run_stats weft_analysis_run(const weft_analysis *a, size_t run);

/* ---- Functions, layers ---------------------------------------------------- */

enum weft_group_by { WEFT_BY_FUNCTION, WEFT_BY_LAYER };

/* Tasks of one name, or of one layer. */
struct weft_group_stats {
    const char *name;
    size_t  n_tasks, n_measured, n_failed;
    int64_t total_ns;     /* costs */
    int64_t mean_ns, median_ns, p95_ns, max_ns; /* of the measured ones; p95: 95 % cost that or less */
    double  share;        /* of the work, 0 to 1 */
    int64_t wait_ns;      /* from being ready to their begin, together */
    int64_t send_ns, receive_ns, unspill_ns; /* moving their data; the first two are part of the total */
    int64_t result_bytes;
    size_t  n_spawned;    /* bodies spawned by or below them, whose times are in their costs */
};

/* By total, the largest first; of equals by name. Given: weft_groups_free(). */
WEFT_API weft_status weft_analysis_groups(const weft_analysis *a, enum weft_group_by by, struct weft_group_stats **out,
                                          size_t *n, struct weft_error *err);
WEFT_API void        weft_groups_free(struct weft_group_stats *g); /* NULL is fine */

/* ---- In words, tables and data --------------------------------------------- */

/* All of this in words: the figures, where the time went, the most costly functions and the
 * critical path, a line per task with its share of the span. Of long lists the 20 most costly,
 * of paths in their order. */
WEFT_API void weft_analysis_print(const weft_analysis *a, FILE *to);

enum weft_view {
    WEFT_VIEW_FUNCTIONS,
    WEFT_VIEW_LAYERS,
    WEFT_VIEW_TASKS,     /* each task, as it began */
    WEFT_VIEW_WORKERS,   /* where the time of each went */
    WEFT_VIEW_CRITICAL,  /* the tasks of the critical path, with length and drag */
    WEFT_VIEW_REALISED,  /* the steps of the realised one */
    WEFT_VIEW_RUNS,
    WEFT_VIEW_RESULTS,   /* each result: bytes, when it was stored and freed */
    WEFT_VIEW_SCALING,   /* how long 1, 2, 4, ... workers would take */
    WEFT_VIEW_SPARKLING, /* times of the stages in per cent of the time of bodies, as pysparkling tells them */
    WEFT_N_VIEWS
};

enum weft_form {
    WEFT_FORM_TEXT, /* aligned, times and sizes rounded, with units */
    WEFT_FORM_CSV,  /* exact: nanoseconds and bytes, and the column says so */
    WEFT_FORM_JSON, /* an array of objects, exact */
};

/* WEFT_IO when `to` does not take it. */
WEFT_API weft_status weft_analysis_print_view(const weft_analysis *a, enum weft_view view, enum weft_form form,
                                              FILE *to, struct weft_error *err);

/* One JSON object: about, figures, each view but tasks and results, the curves. With
 * `all`, those, too. */
WEFT_API weft_status weft_analysis_print_json(const weft_analysis *a, bool all, FILE *to, struct weft_error *err);

WEFT_END
#endif
