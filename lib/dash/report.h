/* report.h - what a report shows of a trace, as JSON, part by part.
 *
 * Each part writes keys and their values into an open object; page/report.js reads them.
 * Times are nanoseconds since the trace began. A part answers WEFT_NOMEM, or WEFT_OK: what
 * the JSON itself had no memory for is in its `failed`.
 */
#ifndef WF_DASH_REPORT_H
#define WF_DASH_REPORT_H

#include <weft/analyse.h>
#include <weft/report.h>

#include "lib/dash/json.h"

/* Texts that tasks share: each once, in the order of the trace. */
struct wf_report_words {
    const char **words;
    size_t       n, room;
    uint32_t    *of; /* of each task, the place of its word */
};

struct wf_report {
    const weft_trace              *trace;
    const weft_analysis           *analysis;
    const struct weft_report_spec *spec;
    struct wf_json                 json;

    struct wf_report_words names; /* of tasks, which are those of functions */
    struct wf_report_words files; /* where they were added */
};

weft_status wf_report_names(struct wf_report *r, struct weft_error *err); /* "names", "files", "added_at"; before all others */
void        wf_report_names_fini(struct wf_report *r);

void        wf_report_figures(struct wf_report *r);                         /* "about", "stats", "costs", "workers", "runs", "samples" */
weft_status wf_report_groups(struct wf_report *r, struct weft_error *err);  /* "functions", "layers" */
weft_status wf_report_paths(struct wf_report *r, struct weft_error *err);   /* "critical", "realised" */
weft_status wf_report_curves(struct wf_report *r, struct weft_error *err);  /* "curves", "scaling" */
weft_status wf_report_stream(struct wf_report *r, struct weft_error *err);  /* "stream", "tasks" */
/* For the stream, "cells" and what they mean: of all events but those at `shown`, ascending. */
weft_status wf_report_cells(struct wf_report *r, const size_t *shown, size_t n_shown, struct weft_error *err);
weft_status wf_report_results(struct wf_report *r, struct weft_error *err); /* "results" */
weft_status wf_report_profile(struct wf_report *r, struct weft_error *err); /* "profile"; null: none */

/* The picture of the graph as SVG, to stand in a page; *bytes is given: free() it. Nothing, and no
 * error, of no tasks, or of a graph that cannot be laid out. */
weft_status wf_report_graph(char **bytes, size_t *n, const weft_trace *t, struct weft_error *err);

/* Whether an event of this kind is time of a body. */
static inline bool wf_report_is_body(unsigned kind)
{
    return kind == WEFT_EVENT_TASK || kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD;
}

#endif
