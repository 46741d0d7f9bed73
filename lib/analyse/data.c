/* data.c - an analysis as tables and as one JSON object. */
#include <inttypes.h>

#include "lib/analyse/analysis.h"
#include "lib/analyse/view.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"

static weft_status told(FILE *to, struct weft_error *err)
{
    return fflush(to) || ferror(to) ? weft_error_set(err, WEFT_IO, "what was analysed cannot be written") : WEFT_OK;
}

weft_status weft_analysis_print_view(const weft_analysis *a, enum weft_view view, enum weft_form form, FILE *to,
                                     struct weft_error *err)
{
    struct wf_view v;
    const weft_status st = wf_view_init(&v, a, view, err);

    if (st)
        return st;
    wf_table_print(&v.table, form, "", to);
    if (form == WEFT_FORM_JSON)
        fputc('\n', to);
    wf_view_fini(&v);
    return told(to, err);
}

static void print_text(const char *name, const char *text, const char *after, FILE *to)
{
    fprintf(to, "\"%s\":", name);
    wf_escape_json(text, wf_put_file, to);
    fputs(after, to);
}

static void print_stats(const weft_analysis *a, FILE *to)
{
    const struct weft_trace_about about = weft_trace_about(a->trace);
    const struct weft_stats *s = &a->stats;

    fputs("\"about\":{", to);
    print_text("program", about.program, ",", to);
    print_text("machine", about.machine, ",", to);
    print_text("version", about.version, ",", to);
    fprintf(to, "\"began_unix_ns\":%" PRId64 ",\"memory_bytes\":%" PRIu64 ",\"cores\":%d},\n", about.began_unix_ns,
            about.memory_bytes, about.n_cores);
    fprintf(to, "\"stats\":{\"tasks\":%zu,\"edges\":%zu,\"layers\":%zu,\"depth\":%zu,\"width\":%zu,\"width_is_exact\":%s,"
                "\"measured\":%zu,\"failed\":%zu,\"spawned\":%zu,\"runs\":%zu,\"workers\":%d,\"events\":%zu,\"events_lost\":%zu,\n",
            s->n_tasks, s->n_edges, s->n_layers, s->depth, s->width, s->width_is_exact ? "true" : "false", s->n_measured,
            s->n_failed, s->n_spawned, s->n_runs, s->n_workers, weft_trace_n_events(a->trace), weft_trace_n_lost(a->trace));
    fprintf(to, "\"work_ns\":%" PRId64 ",\"span_ns\":%" PRId64 ",\"makespan_ns\":%" PRId64 ",\"parallelism\":", s->work_ns,
            s->span_ns, s->makespan_ns);
    wf_print_number(s->parallelism, to);
    fprintf(to, ",\"burden_ns\":%" PRId64 ",\"burdened_span_ns\":%" PRId64 ",\"burdened_parallelism\":", s->burden_ns,
            s->burdened_span_ns);
    wf_print_number(s->burdened_parallelism, to);
    fprintf(to, "},\n\"costs\":{\"steal_ns\":%" PRId64 ",\"wake_ns\":%" PRId64 ",\"schedule_ns\":%" PRId64
                ",\"steals\":%zu,\"wakes\":%zu,\"schedules\":%zu},\n",
            a->costs.steal_ns, a->costs.wake_ns, a->costs.schedule_ns, a->costs.n_steals, a->costs.n_wakes,
            a->costs.n_schedules);
    fputs("\"makespan_by_step\":{", to);
    for (int k = 0; k < WEFT_N_PATH_KINDS; k++)
        fprintf(to, "%s\"%s_ns\":%" PRId64, k ? "," : "", weft_path_name((enum weft_path_kind)k), a->path_ns[k]);
    fputs("}", to);
}

static weft_status print_curves(const weft_analysis *a, FILE *to, struct weft_error *err)
{
    static const char *const names[WEFT_N_CURVE_KINDS] = {
        [WEFT_CURVE_IDEAL] = "ideal", [WEFT_CURVE_REALISED] = "realised", [WEFT_CURVE_READY] = "ready",
        [WEFT_CURVE_RESULTS] = "results", [WEFT_CURVE_MEMORY] = "memory",
    };

    fputs(",\n\"curves\":{", to);
    for (int kind = 0; kind < WEFT_N_CURVE_KINDS; kind++) {
        struct weft_curve c;
        const weft_status st = weft_analysis_curve(a, (enum weft_curve_kind)kind, &c, err);

        if (st)
            return st;
        fprintf(to, "%s\n\"%s\":{\"peak\":%" PRId64 ",\"peak_ns\":%" PRId64 ",\"mean\":", kind ? "," : "", names[kind], c.peak,
                c.peak_ns);
        wf_print_number(c.mean, to);
        fputs(",\"times_ns\":[", to);
        for (size_t k = 0; k < c.n; k++)
            fprintf(to, "%s%" PRId64, k ? "," : "", c.times_ns[k]);
        fputs("],\"values\":[", to);
        for (size_t k = 0; k < c.n; k++)
            fprintf(to, "%s%" PRId64, k ? "," : "", c.values[k]);
        fputs("]}", to);
        weft_curve_free(&c);
    }
    fputs("}", to);
    return WEFT_OK;
}

weft_status weft_analysis_print_json(const weft_analysis *a, bool all, FILE *to, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    fputs("{", to);
    print_stats(a, to);
    for (int view = 0; !st && view < WEFT_N_VIEWS; view++) {
        struct wf_view v;

        if (!all && (view == WEFT_VIEW_TASKS || view == WEFT_VIEW_RESULTS))
            continue;
        st = wf_view_init(&v, a, (enum weft_view)view, err);
        if (st)
            break;
        fprintf(to, ",\n\"%s\":", wf_view_name((enum weft_view)view));
        wf_table_print(&v.table, WEFT_FORM_JSON, "", to);
        wf_view_fini(&v);
    }
    if (!st)
        st = print_curves(a, to, err);
    fputs("}\n", to);
    return st ? st : told(to, err);
}
