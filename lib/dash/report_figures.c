/* report_figures.c - the figures of a run: where, how much, who. */
#include "lib/dash/report.h"

static void about(struct wf_report *r)
{
    const struct weft_trace_about a = weft_trace_about(r->trace);
    struct wf_json *j = &r->json;

    wf_json_put_open(j, "about", '{');
    wf_json_put_text(j, "title", r->spec->title);
    wf_json_put_text(j, "program", a.program);
    wf_json_put_text(j, "machine", a.machine);
    wf_json_put_text(j, "version", a.version);
    wf_json_put_int(j, "began_ms", a.began_unix_ns / 1000000);
    wf_json_put_int(j, "memory_bytes", (int64_t)a.memory_bytes);
    wf_json_put_int(j, "n_cores", a.n_cores);
    wf_json_close(j, '}');
}

static void stats(struct wf_report *r)
{
    const struct weft_stats *s = weft_analysis_stats(r->analysis);
    struct wf_json *j = &r->json;

    wf_json_put_open(j, "stats", '{');
    wf_json_put_int(j, "n_tasks", (int64_t)s->n_tasks);
    wf_json_put_int(j, "n_edges", (int64_t)s->n_edges);
    wf_json_put_int(j, "n_layers", (int64_t)s->n_layers);
    wf_json_put_int(j, "depth", (int64_t)s->depth);
    wf_json_put_int(j, "width", (int64_t)s->width);
    wf_json_put_int(j, "n_measured", (int64_t)s->n_measured);
    wf_json_put_int(j, "n_spawned", (int64_t)s->n_spawned);
    wf_json_put_int(j, "work_ns", s->work_ns);
    wf_json_put_int(j, "span_ns", s->span_ns);
    wf_json_put_int(j, "makespan_ns", s->makespan_ns);
    wf_json_put_number(j, "parallelism", s->parallelism);
    wf_json_put_int(j, "n_workers", s->n_workers);
    wf_json_put_bool(j, "width_is_exact", s->width_is_exact);
    wf_json_put_int(j, "n_failed", (int64_t)s->n_failed);
    wf_json_put_int(j, "burden_ns", s->burden_ns);
    wf_json_put_int(j, "burdened_span_ns", s->burdened_span_ns);
    wf_json_put_number(j, "burdened_parallelism", s->burdened_parallelism);
    wf_json_put_int(j, "n_events", (int64_t)weft_trace_n_events(r->trace));
    wf_json_put_int(j, "n_lost", (int64_t)weft_trace_n_lost(r->trace));
    wf_json_close(j, '}');
}

static void costs(struct wf_report *r)
{
    const struct weft_costs c = weft_analysis_costs(r->analysis);
    struct wf_json *j = &r->json;

    wf_json_put_open(j, "costs", '{');
    wf_json_put_int(j, "n_steals", (int64_t)c.n_steals);
    wf_json_put_int(j, "n_wakes", (int64_t)c.n_wakes);
    wf_json_put_int(j, "n_schedules", (int64_t)c.n_schedules);
    wf_json_put_int(j, "steal_ns", c.steal_ns);
    wf_json_put_int(j, "wake_ns", c.wake_ns);
    wf_json_put_int(j, "schedule_ns", c.schedule_ns);
    wf_json_close(j, '}');
}

static void share(struct wf_json *j, struct weft_share s)
{
    wf_json_open(j, '{');
    wf_json_put_int(j, "executing_ns", s.executing_ns);
    wf_json_put_int(j, "scheduling_ns", s.scheduling_ns);
    wf_json_put_int(j, "stealing_ns", s.stealing_ns);
    wf_json_put_int(j, "idle_ns", s.idle_ns);
    wf_json_put_int(j, "disk_ns", s.disk_ns);
    wf_json_put_int(j, "process_ns", s.process_ns);
    wf_json_put_int(j, "outside_ns", s.outside_ns);
    wf_json_put_int(j, "memory_ns", s.memory_ns);
    wf_json_put_int(j, "need_ns", s.need_ns);
    wf_json_put_int(j, "unfound_ns", s.unfound_ns);
    wf_json_put_int(j, "before_ns", s.before_ns);
    wf_json_put_int(j, "after_ns", s.after_ns);
    wf_json_put_int(j, "dry_ns", s.dry_ns);
    wf_json_put_int(j, "wall_ns", s.wall_ns);
    wf_json_put_int(j, "n_tasks", (int64_t)s.n_tasks);
    wf_json_put_int(j, "n_steals", (int64_t)s.n_steals);
    wf_json_close(j, '}');
}

static void workers(struct wf_report *r)
{
    struct wf_json *j = &r->json;

    wf_json_put_open(j, "workers", '[');
    for (int w = 0; w < weft_trace_n_workers(r->trace); w++)
        share(j, weft_analysis_share(r->analysis, w));
    wf_json_close(j, ']');
    wf_json_key(j, "all_workers");
    share(j, weft_analysis_share(r->analysis, -1));
}

static void runs(struct wf_report *r)
{
    const struct weft_trace_run *runs_of = weft_trace_runs(r->trace);
    struct wf_json *j = &r->json;

    wf_json_put_open(j, "runs", '[');
    for (size_t i = 0; i < weft_trace_n_runs(r->trace); i++) {
        const struct weft_run_stats s = weft_analysis_run(r->analysis, i);

        wf_json_open(j, '{');
        wf_json_put_int(j, "work_ns", s.work_ns);
        wf_json_put_int(j, "span_ns", s.span_ns);
        wf_json_put_int(j, "n_failed", (int64_t)s.n_failed);
        wf_json_put_int(j, "n_tasks", runs_of[i].n_tasks);
        wf_json_put_int(j, "begin_ns", runs_of[i].begin_ns);
        wf_json_put_int(j, "end_ns", runs_of[i].end_ns);
        wf_json_put_text(j, "status", runs_of[i].status ? weft_status_text(runs_of[i].status) : "ok");
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
}

/* As columns, for charts. */
static void samples(struct wf_report *r)
{
    const struct weft_sample *s = weft_trace_samples(r->trace);
    const size_t n = weft_trace_n_samples(r->trace);
    /* More points than a wide screen has are not seen: of each group its highest is kept. */
    enum { MOST = 2000 };
    const size_t step = n / MOST + 1;
    struct wf_json *j = &r->json;
    static const char *const keys[] = {"at_ns", "resident_bytes", "managed_bytes", "spilled_bytes", "cores"};

    wf_json_put_open(j, "samples", '{');
    for (int column = 0; column < 5; column++) {
        wf_json_put_open(j, keys[column], '[');
        for (size_t i = 0; i < n; i += step) {
            struct weft_sample top = s[i];

            for (size_t k = i + 1; k < n && k < i + step; k++) {
                if (s[k].resident_bytes > top.resident_bytes)
                    top = s[k];
            }
            switch (column) {
            case 0: wf_json_int(j, top.at_ns); break;
            case 1: wf_json_int(j, (int64_t)top.resident_bytes); break;
            case 2: wf_json_int(j, (int64_t)top.managed_bytes); break;
            case 3: wf_json_int(j, (int64_t)top.spilled_bytes); break;
            case 4: wf_json_number(j, top.cores); break;
            }
        }
        wf_json_close(j, ']');
    }
    wf_json_close(j, '}');
}

void wf_report_figures(struct wf_report *r)
{
    about(r);
    stats(r);
    costs(r);
    workers(r);
    runs(r);
    samples(r);
}
