/* export.c - a trace for other tools: which format, and what they have in common. */
#include "lib/analyse/export.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

const char *wf_event_name(unsigned kind)
{
    static const char *const names[WEFT_N_EVENT_KINDS] = {
        [WEFT_EVENT_TASK] = "task", [WEFT_EVENT_STEAL] = "steal", [WEFT_EVENT_IDLE] = "idle", [WEFT_EVENT_FORK] = "fork",
        [WEFT_EVENT_CHILD] = "child", [WEFT_EVENT_MEMORY] = "memory", [WEFT_EVENT_NEED] = "need",
        [WEFT_EVENT_SPILL] = "spill", [WEFT_EVENT_UNSPILL] = "unspill", [WEFT_EVENT_SEND] = "send",
        [WEFT_EVENT_RECEIVE] = "receive",
    };

    return names[kind];
}

bool wf_event_is_named(const weft_trace *t, const struct weft_event *e)
{
    return wf_event_is_body(e->kind) && *weft_trace_task(t, e->task)->name;
}

const char *wf_event_title(const weft_trace *t, const struct weft_event *e)
{
    return wf_event_is_named(t, e) ? weft_trace_task(t, e->task)->name : wf_event_name(e->kind);
}

/* ---- Counters --------------------------------------------------------------------------- */

static bool has_bytes(const weft_trace *t)
{
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++)
        if (weft_trace_task(t, i)->result_bytes)
            return true;
    return false;
}

struct wf_counter_info wf_counter_info(const struct wf_export *x, enum wf_counter counter)
{
    switch (counter) {
    case WF_COUNTER_RUNNING:  return (struct wf_counter_info){"workers running", false, false};
    case WF_COUNTER_READY:    return (struct wf_counter_info){"tasks ready", false, false};
    case WF_COUNTER_RESULTS:  return (struct wf_counter_info){"results held", x->has_bytes, false};
    case WF_COUNTER_RESIDENT: return (struct wf_counter_info){"memory of the process", true, false};
    case WF_COUNTER_MANAGED:  return (struct wf_counter_info){"memory of results", true, false};
    case WF_COUNTER_SPILLED:  return (struct wf_counter_info){"results on disk", true, false};
    case WF_COUNTER_CORES: case WF_N_COUNTERS: break;
    }
    return (struct wf_counter_info){"cores used", false, true};
}

static void walk_samples(struct wf_export *x, enum wf_counter counter, wf_each_value *each)
{
    const struct weft_sample *s = weft_trace_samples(x->trace);

    for (size_t k = 0; k < weft_trace_n_samples(x->trace); k++) {
        const uint64_t bytes = counter == WF_COUNTER_RESIDENT  ? s[k].resident_bytes
                               : counter == WF_COUNTER_MANAGED ? s[k].managed_bytes
                                                               : s[k].spilled_bytes;

        each(x, counter, s[k].at_ns, (int64_t)bytes, s[k].cores);
    }
}

weft_status wf_counter_walk(struct wf_export *x, enum wf_counter counter, wf_each_value *each)
{
    const enum weft_curve_kind kind = counter == WF_COUNTER_RUNNING ? WEFT_CURVE_REALISED
                                      : counter == WF_COUNTER_READY ? WEFT_CURVE_READY
                                      : x->has_bytes                 ? WEFT_CURVE_MEMORY
                                                                    : WEFT_CURVE_RESULTS;
    struct weft_curve c;
    weft_status st;

    if (counter >= WF_COUNTER_RESIDENT) {
        walk_samples(x, counter, each);
        return WEFT_OK;
    }
    st = weft_analysis_curve(x->times, kind, &c, x->err);
    if (st)
        return st;
    for (size_t k = 0; k < c.n; k++)
        each(x, counter, c.times_ns[k], c.values[k], (double)c.values[k]);
    weft_curve_free(&c);
    return WEFT_OK;
}

/* ---- Runs --------------------------------------------------------------------------------- */

struct by_begin {
    int64_t  begin_ns;
    uint32_t run;
};

static int compare_begins(const void *a, const void *b)
{
    const struct by_begin *x = a, *y = b;

    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    return x->run < y->run ? -1 : 1;
}

weft_status wf_run_tracks(const weft_trace *t, uint32_t **order, uint32_t **track, uint32_t *n_tracks, struct weft_error *err)
{
    const struct weft_trace_run *runs = weft_trace_runs(t);
    const size_t n = weft_trace_n_runs(t);
    struct by_begin *sorted = wf_alloc_array(n, sizeof *sorted);
    int64_t *free_ns = wf_alloc_array(n, sizeof *free_ns);
    weft_status st = WEFT_OK;

    *order = wf_alloc_array(n, sizeof **order);
    *track = wf_alloc_array(n, sizeof **track);
    *n_tracks = 0;
    if (!sorted || !free_ns || !*order || !*track) {
        wf_free(*order);
        wf_free(*track);
        *order = *track = NULL;
        st = wf_error_nomem(err, "the runs of a trace");
        goto out;
    }
    for (uint32_t r = 0; r < n; r++)
        sorted[r] = (struct by_begin){runs[r].begin_ns, r};
    qsort(sorted, n, sizeof *sorted, compare_begins);
    for (size_t k = 0; k < n; k++) {
        const uint32_t r = sorted[k].run;
        uint32_t lane = 0;

        while (lane < *n_tracks && free_ns[lane] > runs[r].begin_ns)
            lane++;
        *n_tracks += lane == *n_tracks;
        free_ns[lane] = runs[r].end_ns;
        (*order)[k] = r;
        (*track)[r] = lane;
    }
out:
    wf_free(sorted);
    wf_free(free_ns);
    return st;
}

/* ---- A line or an object per event ----------------------------------------------------------- */

weft_status wf_export_events_csv(struct wf_export *x)
{
    const struct weft_event *e = weft_trace_events(x->trace);
    struct wf_sink *to = &x->to;

    wf_sink_text(to, "worker,begin_ns,end_ns,kind,failed,task,key\n");
    for (size_t k = 0; k < weft_trace_n_events(x->trace); k++) {
        wf_sink_int(to, e[k].worker);
        wf_sink_put(to, ",", 1);
        wf_sink_int(to, e[k].begin_ns);
        wf_sink_put(to, ",", 1);
        wf_sink_int(to, e[k].end_ns);
        wf_sink_put(to, ",", 1);
        wf_sink_text(to, wf_event_name(e[k].kind));
        wf_sink_text(to, e[k].flags & WEFT_EVENT_FAILED ? ",true," : ",false,");
        if (wf_event_has_task(e[k].kind)) {
            wf_sink_int(to, e[k].task);
            wf_sink_put(to, ",", 1);
            wf_sink_csv(to, weft_trace_task(x->trace, e[k].task)->key);
        } else {
            wf_sink_put(to, ",", 1);
        }
        wf_sink_put(to, "\n", 1);
    }
    return WEFT_OK;
}

weft_status wf_export_events_json(struct wf_export *x)
{
    const struct weft_event *e = weft_trace_events(x->trace);
    struct wf_sink *to = &x->to;

    wf_sink_text(to, "[");
    for (size_t k = 0; k < weft_trace_n_events(x->trace); k++) {
        wf_sink_text(to, k ? ",\n{\"worker\":" : "\n{\"worker\":");
        wf_sink_int(to, e[k].worker);
        wf_sink_text(to, ",\"begin_ns\":");
        wf_sink_int(to, e[k].begin_ns);
        wf_sink_text(to, ",\"end_ns\":");
        wf_sink_int(to, e[k].end_ns);
        wf_sink_text(to, ",\"kind\":\"");
        wf_sink_text(to, wf_event_name(e[k].kind));
        wf_sink_text(to, e[k].flags & WEFT_EVENT_FAILED ? "\",\"failed\":true" : "\",\"failed\":false");
        if (wf_event_has_task(e[k].kind)) {
            wf_sink_text(to, ",\"task\":");
            wf_sink_int(to, e[k].task);
            wf_sink_text(to, ",\"key\":");
            wf_sink_json(to, weft_trace_task(x->trace, e[k].task)->key);
        }
        wf_sink_put(to, "}", 1);
    }
    wf_sink_text(to, "]\n");
    return WEFT_OK;
}

/* ---- A line or an object per task -------------------------------------------------------------- */

static weft_status export_tasks(struct wf_export *x, enum weft_form form)
{
    weft_analysis *a = NULL;
    FILE *to = NULL;
    weft_status st = weft_analyse_trace(&a, x->trace, x->err);

    if (st)
        return st;
    to = wf_sink_stream(&x->to);
    st = to ? weft_analysis_print_view(a, WEFT_VIEW_TASKS, form, to, x->err) : wf_error_nomem(x->err, "writing a file");
    if (to)
        fclose(to);
    weft_analysis_free(a);
    return st;
}

static weft_status export_tasks_csv(struct wf_export *x)
{
    return export_tasks(x, WEFT_FORM_CSV);
}

static weft_status export_tasks_json(struct wf_export *x)
{
    return export_tasks(x, WEFT_FORM_JSON);
}

/* ---- Which ------------------------------------------------------------------------------------- */

static const struct format {
    const char   *suffix;
    weft_status (*write)(struct wf_export *x);
    bool          is_picture;
} formats[] = {
    {".perfetto-trace", wf_export_perfetto, true}, {".pftrace", wf_export_perfetto, true},
    {".tasks.csv", export_tasks_csv, false},       {".tasks.json", export_tasks_json, false},
    {".events.json", wf_export_events_json, false}, {".csv", wf_export_events_csv, false},
    {".json", wf_export_chrome, true},
};

static const struct format *find_format(const char *path)
{
    const size_t n = strlen(path);

    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        const size_t n_suffix = strlen(formats[k].suffix);

        if (n > n_suffix && !strcmp(path + n - n_suffix, formats[k].suffix))
            return &formats[k];
    }
    return NULL;
}

weft_status weft_export(const weft_trace *t, const char *path, const struct weft_export_spec *spec, struct weft_error *err)
{
    const struct format *f = find_format(path);
    struct wf_export x = {.trace = t, .spec = spec ? *spec : (struct weft_export_spec){0}, .err = err};
    weft_status st = WEFT_OK;

    if (!f)
        return weft_error_set(err, WEFT_INVALID,
                              "%s: an export ends in .perfetto-trace, .pftrace, .json, .tasks.csv, .tasks.json, .csv or .events.json",
                              path);
    if (f->is_picture && weft_trace_n_workers(t) && (x.spec.arrows || !x.spec.no_counters))
        st = wf_analyse_times(&x.times, t, err);
    x.has_bytes = has_bytes(t);
    if (!st)
        st = wf_sink_open(&x.to, path, err);
    if (!st)
        st = f->write(&x);
    if (!st)
        st = wf_sink_close(&x.to);
    wf_sink_fini(&x.to);
    weft_analysis_free(x.times);
    return st;
}
