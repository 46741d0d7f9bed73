/* predict_print.c - predictions in words, and for other programs. */
#include <weft/predict.h>

#include <math.h>

#include "lib/analyse/predict.h"
#include "lib/base/duration.h"
#include "lib/base/escape.h"

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- In words ---------------------------------------------------------------------- */

static void print_overheads(const struct weft_overheads *o, FILE *to)
{
    char task[WF_DURATION_TEXT], steal[WF_DURATION_TEXT], wake[WF_DURATION_TEXT];

    fprintf(to, "handing out a task takes %s, a steal %s, a wake %s", wf_duration_text(o->task_ns, task),
            wf_duration_text(o->steal_ns, steal), wf_duration_text(o->wake_ns, wake));
    if (o->n_tasks || o->n_steals || o->n_wakes)
        fprintf(to, " (seen %zu, %zu and %zu times%s)\n", o->n_tasks, o->n_steals, o->n_wakes,
                o->n_tasks && o->n_steals && o->n_wakes ? "" : "; what was not is as on a quiet machine");
    else
        fprintf(to, "\n");
}

static void print_stats(const weft_predictor *p, FILE *to)
{
    const struct weft_predictor_stats s = weft_predictor_stats(p);
    const char *program = weft_trace_about(p->m.trace).program;
    char work[WF_DURATION_TEXT], span[WF_DURATION_TEXT], wall[WF_DURATION_TEXT], outside[WF_DURATION_TEXT];

    fprintf(to, "%s%s%zu task%s", program, *program ? ": " : "", s.n_tasks, plural(s.n_tasks));
    if (s.n_runs > 1)
        fprintf(to, " in %zu runs", s.n_runs);
    if (s.is_measured)
        fprintf(to, ", traced on %d worker%s in %s", s.n_traced, plural((size_t)s.n_traced), wf_duration_text(s.traced_ns, wall));
    if (s.outside_ns)
        fprintf(to, ", of which %s outside of runs", wf_duration_text(s.outside_ns, outside));
    fprintf(to, "\nwork %s, span %s, parallelism %.1f; %.1f with what handing out work takes\n",
            wf_duration_text(s.work_ns, work), wf_duration_text(s.span_ns, span),
            s.span_ns ? (double)s.work_ns / (double)s.span_ns : 0,
            s.burdened_span_ns ? (double)s.work_ns / (double)s.burdened_span_ns : 0);
    if (!s.is_measured)
        fprintf(to, "nothing was measured: all tasks are taken to be equally long\n");
    if (s.n_unknown)
        fprintf(to, "of %zu tasks the times were overwritten: they are taken to be as long as others of their name\n", s.n_unknown);
    print_overheads(&s.overheads, to);
}

/* How far the replay of what was measured is from it. */
static void print_again(const weft_predictor *p, const struct weft_forecast *again, FILE *to)
{
    const int64_t traced_ns = weft_predictor_stats(p).traced_ns;
    char text[WF_DURATION_TEXT];

    fprintf(to, "replayed on the %d worker%s of the trace it takes %s, %.1f %% %s than it took\n", again->n_workers,
            plural((size_t)again->n_workers), wf_duration_text(again->makespan_ns, text),
            traced_ns ? fabs(100 * ((double)again->makespan_ns / (double)traced_ns - 1)) : 0,
            again->makespan_ns < traced_ns ? "less" : "more");
}

static void print_forecasts(const struct weft_forecast *f, size_t n, FILE *to)
{
    fprintf(to, "\nworkers   makespan  interval               speed-up  efficiency   busy   at least    at most   burdened\n");
    for (size_t i = 0; i < n; i++) {
        char text[6][WF_DURATION_TEXT], interval[2 * WF_DURATION_TEXT + 4] = "";

        if (f[i].least_ns != f[i].most_ns)
            snprintf(interval, sizeof interval, "%s .. %s", wf_duration_text(f[i].least_ns, text[1]),
                     wf_duration_text(f[i].most_ns, text[2]));
        fprintf(to, "%7d %10s  %-22s %8.2f %9.0f %% %4.0f %% %10s %10s %10s\n", f[i].n_workers,
                wf_duration_text(f[i].makespan_ns, text[0]), interval, f[i].speedup, 100 * f[i].efficiency,
                100 * f[i].utilisation, wf_duration_text(f[i].lower_ns, text[3]), wf_duration_text(f[i].upper_ns, text[4]),
                wf_duration_text(f[i].burdened_ns, text[5]));
    }
}

static void print_hints(const struct weft_prediction *what, FILE *to)
{
    const struct weft_forecast *knee = what->forecasts + weft_forecast_knee(what->forecasts, what->n_forecasts);

    if (what->half_from || what->n_forecasts > 1)
        fprintf(to, "\n");
    if (what->half_from)
        fprintf(to, "From %d workers on the efficiency is below 50 %%.%s", what->half_from, what->n_forecasts > 1 ? " " : "\n");
    if (what->n_forecasts > 1)
        fprintf(to, "The knee is at %d: %.1f times as fast, at %.0f %% efficiency.\n", knee->n_workers, knee->speedup,
                100 * knee->efficiency);
}

/* "-12.3 %", "+0.4 %", "0 %". */
static const char *change_text(double less, char text[16])
{
    snprintf(text, 16, fabs(less) < 0.0005 ? "0 %%" : "%+.1f %%", -100 * less);
    return text;
}

static void print_faster(const struct weft_prediction *what, FILE *to)
{
    fprintf(to, "\nworkers  as traced       then     change\n");
    for (size_t i = 0; i < what->n_forecasts; i++) {
        const int64_t before = what->as_traced[i].makespan_ns, now = what->forecasts[i].makespan_ns;
        char a[WF_DURATION_TEXT], b[WF_DURATION_TEXT], change[16];

        fprintf(to, "%7d %10s %10s %10s\n", what->forecasts[i].n_workers, wf_duration_text(before, a), wf_duration_text(now, b),
                change_text(before ? 1 - (double)now / (double)before : 0, change));
    }
}

static void print_worth(const struct weft_prediction *what, FILE *to)
{
    fprintf(to, "\nworth making faster, on %d worker%s\n", what->worth_at, plural((size_t)what->worth_at));
    fprintf(to, "   twice as fast   for nothing   of the work      tasks  name\n");
    for (size_t i = 0; i < what->n_worth; i++) {
        const struct weft_worth *w = &what->worth[i];
        char twice[16], nothing[16];

        fprintf(to, "%16s %13s %11.1f %% %10zu  %s\n", change_text(w->twice_less, twice), change_text(w->free_less, nothing),
                100 * w->share, w->n_tasks, w->what);
    }
}

void weft_prediction_print(const weft_predictor *p, const struct weft_prediction *what, FILE *to)
{
    print_stats(p, to);
    if (what->again)
        print_again(p, what->again, to);
    if (what->n_forecasts) {
        print_forecasts(what->forecasts, what->n_forecasts, to);
        print_hints(what, to);
    }
    if (what->as_traced)
        print_faster(what, to);
    if (what->n_worth)
        print_worth(what, to);
}

/* ---- For other programs ---------------------------------------------------------------- */

static void json_forecasts(const struct weft_forecast *f, size_t n, FILE *to)
{
    fprintf(to, "[");
    for (size_t i = 0; i < n; i++)
        fprintf(to,
                "%s\n    {\"workers\": %d, \"makespan_ns\": %lld, \"least_ns\": %lld, \"most_ns\": %lld, \"speedup\": %.6g, "
                "\"efficiency\": %.6g, \"utilisation\": %.6g, \"lower_ns\": %lld, \"upper_ns\": %lld, \"burdened_ns\": %lld}",
                i ? "," : "", f[i].n_workers, (long long)f[i].makespan_ns, (long long)f[i].least_ns, (long long)f[i].most_ns,
                f[i].speedup, f[i].efficiency, f[i].utilisation, (long long)f[i].lower_ns, (long long)f[i].upper_ns,
                (long long)f[i].burdened_ns);
    fprintf(to, "\n  ]");
}

static void json_worth(const struct weft_prediction *what, FILE *to)
{
    fprintf(to, ",\n  \"worth\": {\"workers\": %d, \"names\": [", what->worth_at);
    for (size_t i = 0; i < what->n_worth; i++) {
        const struct weft_worth *w = &what->worth[i];

        fprintf(to, "%s\n    {\"name\": ", i ? "," : "");
        wf_escape_json(w->what, wf_put_file, to);
        fprintf(to, ", \"tasks\": %zu, \"share\": %.6g, \"twice_ns\": %lld, \"free_ns\": %lld, \"twice_less\": %.6g, \"free_less\": %.6g}",
                w->n_tasks, w->share, (long long)w->twice_ns, (long long)w->free_ns, w->twice_less, w->free_less);
    }
    fprintf(to, "\n  ]}");
}

void weft_prediction_print_json(const weft_predictor *p, const struct weft_prediction *what, FILE *to)
{
    const struct weft_predictor_stats s = weft_predictor_stats(p);
    const struct weft_overheads *o = &s.overheads;

    fprintf(to, "{\n  \"program\": ");
    wf_escape_json(weft_trace_about(p->m.trace).program, wf_put_file, to);
    fprintf(to,
            ",\n  \"tasks\": %zu, \"runs\": %zu, \"unknown_tasks\": %zu, \"measured\": %s,\n"
            "  \"traced_workers\": %d, \"traced_ns\": %lld, \"outside_ns\": %lld,\n"
            "  \"work_ns\": %lld, \"span_ns\": %lld, \"burdened_span_ns\": %lld,\n",
            s.n_tasks, s.n_runs, s.n_unknown, s.is_measured ? "true" : "false", s.n_traced, (long long)s.traced_ns,
            (long long)s.outside_ns, (long long)s.work_ns, (long long)s.span_ns, (long long)s.burdened_span_ns);
    fprintf(to,
            "  \"overheads\": {\"task_ns\": %lld, \"edge_ns\": %lld, \"steal_ns\": %lld, \"look_ns\": %lld, \"wake_ns\": %lld, "
            "\"call_ns\": %lld, \"start_ns\": %lld, \"seen_tasks\": %zu, \"seen_edges\": %zu, \"seen_steals\": %zu, \"seen_wakes\": %zu}",
            (long long)o->task_ns, (long long)o->edge_ns, (long long)o->steal_ns, (long long)o->look_ns, (long long)o->wake_ns,
            (long long)o->call_ns, (long long)o->start_ns, o->n_tasks, o->n_edges, o->n_steals, o->n_wakes);
    if (what->n_forecasts) {
        fprintf(to, ",\n  \"forecasts\": ");
        json_forecasts(what->forecasts, what->n_forecasts, to);
        fprintf(to, ",\n  \"knee\": %d, \"half_from\": %d",
                what->forecasts[weft_forecast_knee(what->forecasts, what->n_forecasts)].n_workers, what->half_from);
    }
    if (what->again) {
        fprintf(to, ",\n  \"again\": ");
        json_forecasts(what->again, 1, to);
    }
    if (what->as_traced) {
        fprintf(to, ",\n  \"as_traced\": ");
        json_forecasts(what->as_traced, what->n_forecasts, to);
    }
    if (what->n_worth)
        json_worth(what, to);
    fprintf(to, "\n}\n");
}
