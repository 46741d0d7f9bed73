/* weft/export.h - a trace for other tools to look at.
 *
 *     st = weft_export(trace, "run.perfetto-trace", NULL, &err);
 *
 * The name says what is written:
 *
 *     .perfetto-trace, .pftrace  for Perfetto (ui.perfetto.dev), in its own format: the smallest, of which
 *                                ten million events open
 *     .json                      Chrome trace events (chrome://tracing, Perfetto, Speedscope)
 *     .tasks.csv, .tasks.json    a line or object per task: key, layer, run, worker, times, result
 *     .csv, .events.json         a line or object per event
 *
 * For the two pictures each worker is a thread, each run a slice of a track of its own,
 * and results in memory, tasks that are ready and samples of the process are counters.
 * Times are those of the trace.
 *
 * The file appears when it is complete: a failure leaves what was there before.
 *
 * Errors:  WEFT_INVALID for another suffix; WEFT_IO, WEFT_NOMEM.
 * Threads: any; the trace is only read.
 */
#ifndef WEFT_EXPORT_H
#define WEFT_EXPORT_H

#include <weft/trace.h>

WEFT_BEGIN

struct weft_export_spec {
    bool arrows;      /* in pictures, from each task to those that waited for it: large */
    bool no_counters; /* in pictures */
};

/* `spec` may be NULL. */
WEFT_API weft_status weft_export(const weft_trace *t, const char *path, const struct weft_export_spec *spec,
                                 struct weft_error *err);

WEFT_END
#endif
