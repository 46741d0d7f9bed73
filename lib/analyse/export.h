/* export.h - what the files of each format are made of. */
#ifndef WF_EXPORT_H
#define WF_EXPORT_H

#include <weft/export.h>

#include "lib/analyse/analysis.h"
#include "lib/analyse/sink.h"
#include "lib/graph/trace.h"

struct wf_export {
    const weft_trace        *trace;
    weft_analysis           *times; /* when tasks were ready, began and ended; NULL: no counters, no arrows */
    struct weft_export_spec  spec;
    bool                     has_bytes; /* how large results are is known */
    struct wf_sink           to;
    struct weft_error       *err;
};

weft_status wf_export_chrome(struct wf_export *x);
weft_status wf_export_perfetto(struct wf_export *x);
weft_status wf_export_events_csv(struct wf_export *x);
weft_status wf_export_events_json(struct wf_export *x);

/* "task", "steal", ... */
const char *wf_event_name(unsigned kind);

/* What an event is called in a picture: its function, if it is of a body and that has a name; else
 * its kind. */
bool        wf_event_is_named(const weft_trace *t, const struct weft_event *e);
const char *wf_event_title(const weft_trace *t, const struct weft_event *e);

/* ---- Counters of a picture ------------------------------------------------------------- */

enum wf_counter {
    WF_COUNTER_RUNNING,  /* workers that run bodies */
    WF_COUNTER_READY,
    WF_COUNTER_RESULTS,  /* bytes, or how many where that is not known */
    WF_COUNTER_RESIDENT, /* from here on of samples */
    WF_COUNTER_MANAGED,
    WF_COUNTER_SPILLED,
    WF_COUNTER_CORES,
    WF_N_COUNTERS
};

struct wf_counter_info {
    const char *name;
    bool        is_bytes, is_double;
};
struct wf_counter_info wf_counter_info(const struct wf_export *x, enum wf_counter counter);

/* Calls `each` with every value in order of time: as it changes, or sample by sample. */
typedef void wf_each_value(struct wf_export *x, enum wf_counter counter, int64_t at_ns, int64_t value, double real);
weft_status wf_counter_walk(struct wf_export *x, enum wf_counter counter, wf_each_value *each);

/* ---- Tracks of runs -------------------------------------------------------------------- */

/* Runs by begin, and for each on which of as few tracks as can be it lies without overlapping
 * another. Both given: wf_free(). */
weft_status wf_run_tracks(const weft_trace *t, uint32_t **order, uint32_t **track, uint32_t *n_tracks, struct weft_error *err);

#endif
