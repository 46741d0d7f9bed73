/* weft/report.h - what happened during a run, as one page to read (libweft-dash).
 *
 *     st = weft_report_trace(trace, "out/run.html", NULL, &err);
 *
 * The page is one file that needs nothing but a browser: no network, no folder beside it.
 * It shows the run in words and figures, a stream of what each worker did, to be zoomed
 * and asked about, the graph, the critical path, parallelism, memory and processors over
 * time, tables of functions, workers, runs and results, and, of a profile, a flame graph. It
 * is dark where the reader's desktop is, and prints.
 *
 * A page stays small, whatever the trace: of more events than .most_events it shows one by
 * one those that failed, those on the critical path, and the longest; the others are summed
 * up in cells of time, coloured by the function that took most of each. The page says what
 * it leaves out.
 *
 * The graph is drawn by libweft-draw: task by task, or by less where there are many.
 *
 * Of a profile the page has each call that was seen in a thousandth of its samples, or more often;
 * the others that one function called are one box, "...".
 *
 * Errors:  WEFT_IO with the path; WEFT_NOMEM. The file appears when it is complete: a
 *          report that fails leaves what was there before.
 * Threads: any thread may call.
 */
#ifndef WEFT_REPORT_H
#define WEFT_REPORT_H

#include <weft/profile.h>
#include <weft/trace.h>

WEFT_BEGIN

struct weft_report_spec {
    const char *title;       /* NULL: the program */
    size_t      most_events; /* shown one by one; 0: 40000, which makes a page of 2 to 4 MB */
    bool        no_graph;    /* do not draw it */
    const weft_profile *profile; /* where the bodies of the trace spent their time; NULL: none. Lent for the call */
};

/* `spec` may be NULL: all zero. A trace that has not run gives a page of its graph. */
WEFT_API weft_status weft_report_trace(const weft_trace *t, const char *path, const struct weft_report_spec *spec,
                                       struct weft_error *err);

WEFT_END
#endif
