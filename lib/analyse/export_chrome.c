/* export_chrome.c - a trace as Chrome trace events (the JSON Object Format of the "Trace Event
 * Format" document), which chrome://tracing, Perfetto and Speedscope open.
 *
 * One event a line. Workers are threads, their events complete ones ("X"); runs are
 * asynchronous ("b", "e"), because they may overlap; counters are "C", arrows "s" and "f".
 */
#include "lib/analyse/export.h"

static void begin_line(struct wf_sink *to, const char *phase)
{
    wf_sink_text(to, ",\n{\"ph\":\"");
    wf_sink_text(to, phase);
    wf_sink_text(to, "\",\"pid\":1");
}

static void put_us(struct wf_sink *to, const char *name, int64_t ns)
{
    wf_sink_text(to, name);
    wf_sink_us(to, ns);
}

static void put_int(struct wf_sink *to, const char *name, int64_t n)
{
    wf_sink_text(to, name);
    wf_sink_int(to, n);
}

static void put_text(struct wf_sink *to, const char *name, const char *text)
{
    wf_sink_text(to, name);
    wf_sink_json(to, text);
}

static void put_names(struct wf_export *x)
{
    const struct weft_trace_about about = weft_trace_about(x->trace);
    struct wf_sink *to = &x->to;

    wf_sink_text(to, "{\"displayTimeUnit\":\"ns\",\"otherData\":{");
    put_text(to, "\"program\":", about.program);
    put_text(to, ",\"machine\":", about.machine);
    put_text(to, ",\"weft\":", about.version);
    wf_sink_text(to, "},\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\"");
    put_text(to, ",\"args\":{\"name\":", *about.program ? about.program : "weft");
    wf_sink_text(to, "}}");
    for (int w = 0; w < weft_trace_n_workers(x->trace); w++) {
        begin_line(to, "M");
        put_int(to, ",\"tid\":", w);
        put_int(to, ",\"name\":\"thread_name\",\"args\":{\"name\":\"worker ", w);
        wf_sink_text(to, "\"}}");
        begin_line(to, "M");
        put_int(to, ",\"tid\":", w);
        put_int(to, ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":", w);
        wf_sink_text(to, "}}");
    }
}

static void put_events(struct wf_export *x)
{
    const struct weft_event *e = weft_trace_events(x->trace);
    struct wf_sink *to = &x->to;

    for (size_t k = 0; k < weft_trace_n_events(x->trace); k++) {
        begin_line(to, "X");
        put_int(to, ",\"tid\":", e[k].worker);
        put_us(to, ",\"ts\":", e[k].begin_ns);
        put_us(to, ",\"dur\":", e[k].end_ns - e[k].begin_ns);
        put_text(to, ",\"name\":", wf_event_title(x->trace, &e[k]));
        wf_sink_text(to, ",\"cat\":\"");
        wf_sink_text(to, wf_event_name(e[k].kind));
        wf_sink_put(to, "\"", 1);
        if (e[k].flags & WEFT_EVENT_FAILED)
            wf_sink_text(to, ",\"cname\":\"terrible\"");
        if (wf_event_has_task(e[k].kind)) {
            const struct weft_trace_task *task = weft_trace_task(x->trace, e[k].task);

            put_int(to, ",\"args\":{\"task\":", e[k].task);
            put_text(to, ",\"key\":", task->key);
            if (*task->layer)
                put_text(to, ",\"layer\":", task->layer);
            if (e[k].flags & WEFT_EVENT_FAILED)
                wf_sink_text(to, ",\"failed\":true");
            wf_sink_put(to, "}", 1);
        }
        wf_sink_put(to, "}", 1);
    }
}

static void put_runs(struct wf_export *x)
{
    const struct weft_trace_run *runs = weft_trace_runs(x->trace);
    struct wf_sink *to = &x->to;

    for (size_t r = 0; r < weft_trace_n_runs(x->trace); r++) {
        for (int end = 0; end < 2; end++) {
            begin_line(to, end ? "e" : "b");
            put_int(to, ",\"tid\":0,\"cat\":\"run\",\"id\":", (int64_t)r);
            put_int(to, ",\"name\":\"run ", (int64_t)r);
            put_us(to, "\",\"ts\":", end ? runs[r].end_ns : runs[r].begin_ns);
            put_int(to, ",\"args\":{\"tasks\":", runs[r].n_tasks);
            put_text(to, ",\"status\":", runs[r].status ? weft_status_text(runs[r].status) : "ok");
            wf_sink_text(to, "}}");
        }
    }
}

static void put_value(struct wf_export *x, enum wf_counter counter, int64_t at_ns, int64_t value, double real)
{
    const struct wf_counter_info info = wf_counter_info(x, counter);
    struct wf_sink *to = &x->to;

    begin_line(to, "C");
    put_us(to, ",\"ts\":", at_ns);
    put_text(to, ",\"name\":", info.name);
    wf_sink_text(to, info.is_bytes ? ",\"args\":{\"bytes\":" : ",\"args\":{\"value\":");
    if (info.is_double)
        wf_sink_wrote(to, (size_t)snprintf(wf_sink_room(to), WF_SINK_MOST, "%.6g", real));
    else
        wf_sink_int(to, value);
    wf_sink_text(to, "}}");
}

static void put_arrow(struct wf_export *x, size_t from, size_t i, int64_t id)
{
    const weft_analysis *a = x->times;
    struct wf_sink *to = &x->to;

    /* An arrow lies in the slice around its time: its ends are the last moment and the first. */
    begin_line(to, "s");
    put_int(to, ",\"tid\":", a->worker[from]);
    put_us(to, ",\"ts\":", a->end[from] > a->begin[from] ? a->end[from] - 1 : a->end[from]);
    put_int(to, ",\"name\":\"reads\",\"cat\":\"dependency\",\"id\":", id);
    wf_sink_put(to, "}", 1);
    begin_line(to, "f");
    put_int(to, ",\"bp\":\"e\",\"tid\":", a->first_worker[i]);
    put_us(to, ",\"ts\":", a->begin[i]);
    put_int(to, ",\"name\":\"reads\",\"cat\":\"dependency\",\"id\":", id);
    wf_sink_put(to, "}", 1);
}

static void put_arrows(struct wf_export *x)
{
    int64_t id = 0;

    for (size_t i = 0; i < weft_trace_n_tasks(x->trace); i++) {
        for (size_t d = 0; d < weft_trace_n_deps(x->trace, i); d++) {
            const uint32_t from = weft_trace_deps(x->trace, i)[d];

            if (x->times->begin[from] >= 0 && x->times->begin[i] >= 0)
                put_arrow(x, from, i, id++);
        }
    }
}

weft_status wf_export_chrome(struct wf_export *x)
{
    weft_status st = WEFT_OK;

    put_names(x);
    put_runs(x);
    put_events(x);
    if (x->spec.arrows && x->times)
        put_arrows(x);
    for (int c = 0; !st && x->times && !x->spec.no_counters && c < WF_N_COUNTERS; c++)
        st = wf_counter_walk(x, (enum wf_counter)c, put_value);
    wf_sink_text(&x->to, "]}\n");
    return st;
}
