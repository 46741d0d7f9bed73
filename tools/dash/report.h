/* report.h - what a report shows of a trace, as JSON, part by part.
 *
 * Each part writes one key and its value into an open object; page/report.js reads them.
 * Times are nanoseconds since the trace began.
 */
#ifndef WF_DASH_REPORT_H
#define WF_DASH_REPORT_H

#include <weft/analyse.h>
#include <weft/report.h>

#include "tools/dash/json.h"

struct wf_report {
    const weft_trace              *trace;
    const weft_analysis           *analysis;
    const struct weft_report_spec *spec;
    struct wf_json                 json;
};

void wf_report_figures(struct wf_report *r); /* "about", "stats", "workers", "runs" */

#endif
