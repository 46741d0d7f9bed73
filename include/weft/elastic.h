/* weft/elastic.h - workers that a run will never need again leave before its end.
 *
 *     struct weft_run_spec spec = {.elastic = true, .released = give_back, .released_arg = &account};
 *
 * Tasks that run at the same time do not depend on each other. So while a run goes on
 * its graph tells how many workers it can still keep busy, whatever its tasks take: as
 * many as the largest set of unfinished tasks none of which depends on another. When
 * that number falls below the workers there are, one with nothing to do is released: it
 * sleeps, `released` is told, and the core is somebody else's. No ready task ever waits
 * for a released worker, so the run takes no longer.
 *
 *     T1 -> T4 -+            three workers; when T3 ends, its worker goes; when T4 or T5
 *     T2 -> T5 -+-> T6       ends, another: from there only one task can run at a time
 *     T3
 *
 * The number is exact once at most 1024 tasks are unfinished; before that it may be too
 * large, never too small. The end of each task of an elastic run is counted in the graph,
 * under a lock: such a run is for tasks that take far longer than that.
 *
 * Released workers come back when the pool has other work: another run, or a body that
 * forks or spawns, which the graph says nothing of. While several runs are in flight
 * nobody is released; nor is anybody by a run some of whose tasks may run on certain
 * workers only.
 */
#ifndef WEFT_ELASTIC_H
#define WEFT_ELASTIC_H

#include <stdio.h>
#include <weft/trace.h>

WEFT_BEGIN

struct weft_elastic_report {
    int      n_workers;
    int      n_released;  /* not there at the end */
    int      n_recalled;  /* times that one released came back before it */
    int64_t  wall_ns;     /* of the run */
    int64_t  saved_ns;    /* of all workers, between leaving and coming back or the end */
    int64_t *released_ns; /* set before asking: room for n_workers, or NULL. Since the run began; -1: it stayed */
};

/* Of a run submitted with .elastic; waits for its end. WEFT_INVALID: it was not. */
WEFT_API weft_status weft_future_elastic(weft_future *f, struct weft_elastic_report *report, struct weft_error *err);

/* What a run that was recorded would have saved, had it been elastic. Which worker would
 * have left is guessed: who does nothing more, the earliest first. Nobody, when some body
 * forked or spawned, and nothing, when the trace has not run. */
WEFT_API weft_status weft_analyse_elastic(const weft_trace *t, struct weft_elastic_report *report, struct weft_error *err);

/* Core-seconds saved, of how many, and what they cost elsewhere; price 0: no word of money. */
WEFT_API void weft_elastic_print(const struct weft_elastic_report *report, double price_per_core_hour, FILE *to);

WEFT_END
#endif
