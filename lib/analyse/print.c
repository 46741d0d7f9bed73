/* print.c - a run in words. */
#include <inttypes.h>

#include "lib/analyse/analysis.h"
#include "lib/analyse/table.h"
#include "lib/analyse/view.h"
#include "lib/base/duration.h"
#include "lib/base/error.h"
#include "lib/base/units.h"

enum { MOST_LINES = 20 };

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* ---- Figures ------------------------------------------------------------------------- */

static void print_about(const weft_trace *t, FILE *to)
{
    const struct weft_trace_about about = weft_trace_about(t);
    char memory[WEFT_UNITS_TEXT];

    if (*about.program)
        fprintf(to, "%s\n", about.program);
    if (*about.machine || about.n_cores)
        fprintf(to, "%s%s%d core%s, %s; Weft %s\n", about.machine, *about.machine ? ", " : "", about.n_cores,
                plural((size_t)about.n_cores), wf_bytes_text(about.memory_bytes, memory), about.version);
}

static void print_figures(const weft_analysis *a, FILE *to)
{
    const struct weft_stats *s = &a->stats;
    char work[WF_DURATION_TEXT], span[WF_DURATION_TEXT], wall[WF_DURATION_TEXT], burden[WF_DURATION_TEXT];

    fprintf(to, "%zu task%s, %zu dependenc%s, %zu layer%s; depth %zu, width %s%zu\n", s->n_tasks,
            plural(s->n_tasks), s->n_edges, s->n_edges == 1 ? "y" : "ies", s->n_layers,
            plural(s->n_layers), s->depth, s->width_is_exact ? "" : "at least ", s->width);
    if (!s->n_measured) {
        fprintf(to, "not measured; parallelism %.2f when all tasks cost the same\n", s->parallelism);
        return;
    }
    if (s->n_runs > 1)
        fprintf(to, "%zu runs\n", s->n_runs);
    if (s->n_spawned)
        fprintf(to, "%zu task%s spawned besides\n", s->n_spawned, plural(s->n_spawned));
    if (s->n_failed)
        fprintf(to, "%zu bod%s failed\n", s->n_failed, s->n_failed == 1 ? "y" : "ies");
    fprintf(to, "work %s, span %s, parallelism %.2f; makespan %s on %d worker%s\n",
            wf_duration_text(s->work_ns, work), wf_duration_text(s->span_ns, span), s->parallelism,
            wf_duration_text(s->makespan_ns, wall), s->n_workers, plural((size_t)s->n_workers));
    if (s->burden_ns)
        fprintf(to, "burdened span %s, parallelism %.2f, at %s to wake a worker and hand a task over\n",
                wf_duration_text(s->burdened_span_ns, span), s->burdened_parallelism, wf_duration_text(s->burden_ns, burden));
    if (weft_trace_n_lost(a->trace))
        fprintf(to, "%zu events were overwritten: the beginning is not told\n", weft_trace_n_lost(a->trace));
}

/* " name 12.3 %," for what there is of it. */
static void print_part(const char *name, int64_t part, int64_t whole, const char **comma, FILE *to)
{
    if (!part)
        return;
    fprintf(to, "%s%s %.1f %%", *comma, name, percent(part, whole));
    *comma = ", ";
}

static void print_shares(const weft_analysis *a, FILE *to)
{
    const struct weft_share s = weft_analysis_share(a, -1);
    const char *comma = "workers: ";

    print_part("execution", s.executing_ns, s.wall_ns, &comma, to);
    print_part("scheduling", s.scheduling_ns, s.wall_ns, &comma, to);
    print_part("stealing", s.stealing_ns, s.wall_ns, &comma, to);
    print_part("disk", s.disk_ns, s.wall_ns, &comma, to);
    print_part("other processes", s.process_ns, s.wall_ns, &comma, to);
    print_part("idle", s.idle_ns, s.wall_ns, &comma, to);
    if (s.idle_ns) {
        comma = " (";
        print_part("no task was ready", s.dry_ns, s.wall_ns, &comma, to);
        print_part("a ready task not found yet", s.unfound_ns, s.wall_ns, &comma, to);
        print_part("before the first", s.before_ns, s.wall_ns, &comma, to);
        print_part("after the last", s.after_ns, s.wall_ns, &comma, to);
        print_part("waiting for memory", s.memory_ns, s.wall_ns, &comma, to);
        print_part("waiting for a resource", s.need_ns, s.wall_ns, &comma, to);
        print_part("between runs", s.outside_ns, s.wall_ns, &comma, to);
        fputc(')', to);
    }
    fputc('\n', to);
}

static void print_path(const weft_analysis *a, FILE *to)
{
    const char *comma = "makespan: ";

    for (int k = 0; k < WEFT_N_PATH_KINDS; k++)
        print_part(weft_path_name((enum weft_path_kind)k), a->path_ns[k], a->stats.makespan_ns, &comma, to);
    if (a->n_path)
        fputc('\n', to);
}

static weft_status print_memory(const weft_analysis *a, FILE *to)
{
    struct weft_curve c;
    const weft_status st = weft_analysis_curve(a, WEFT_CURVE_MEMORY, &c, NULL);
    char bytes[WEFT_UNITS_TEXT], at[WF_DURATION_TEXT];

    if (st)
        return st;
    if (c.peak)
        fprintf(to, "results held: %s at most, at %s\n", wf_bytes_text((size_t)c.peak, bytes), wf_duration_text(c.peak_ns, at));
    weft_curve_free(&c);
    return WEFT_OK;
}

static weft_status print_functions(const weft_analysis *a, FILE *to)
{
    struct wf_view v;
    const weft_status st = wf_view_init(&v, a, WEFT_VIEW_FUNCTIONS, NULL);
    const size_t n = v.table.n_rows;

    if (st)
        return st;
    if (n > MOST_LINES) {
        v.table.n_rows = MOST_LINES;
        fprintf(to, "%zu functions, the %d most costly:\n", n, MOST_LINES);
    } else {
        fprintf(to, "%zu function%s:\n", n, plural(n));
    }
    wf_table_print(&v.table, WEFT_FORM_TEXT, "  ", to);
    wf_view_fini(&v);
    return WEFT_OK;
}

/* ---- The critical path ------------------------------------------------------------------ */

/* The places on the path of its longest tasks, ascending; of equals the first. */
static size_t choose(const weft_analysis *a, size_t places[MOST_LINES])
{
    const uint32_t *path = a->critical;
    size_t n_chosen = 0;

    for (size_t i = 0; i < a->n_critical; i++) {
        size_t least = 0;

        if (n_chosen == MOST_LINES) {
            for (size_t k = 1; k < n_chosen; k++) {
                if (a->length[path[places[k]]] <= a->length[path[places[least]]])
                    least = k;
            }
            if (a->length[path[i]] <= a->length[path[places[least]]])
                continue;
            for (size_t k = least + 1; k < n_chosen; k++)
                places[k - 1] = places[k];
            n_chosen--;
        }
        places[n_chosen++] = i;
    }
    return n_chosen;
}

static void print_critical(const weft_analysis *a, FILE *to)
{
    const size_t n = a->n_critical;
    size_t places[MOST_LINES];
    const size_t n_lines = choose(a, places);

    if (n_lines < n)
        fprintf(to, "critical path of %zu tasks, the %zu longest:\n", n, n_lines);
    else
        fprintf(to, "critical path of %zu task%s%s\n", n, plural(n), n ? ":" : "");
    for (size_t k = 0; k < n_lines; k++) {
        const uint32_t i = a->critical[places[k]];
        char text[WF_DURATION_TEXT];

        if (a->stats.n_measured)
            fprintf(to, "%6.1f %% %9s  ", percent(a->length[i], a->span), wf_duration_text(a->length[i], text));
        else
            fprintf(to, "  ");
        wf_table_text(weft_trace_task(a->trace, i)->key, to);
        fprintf(to, "\n");
    }
}

void weft_analysis_print(const weft_analysis *a, FILE *to)
{
    weft_status st = WEFT_OK;

    print_about(a->trace, to);
    print_figures(a, to);
    if (a->stats.n_measured) {
        print_shares(a, to);
        print_path(a, to);
        st = print_memory(a, to);
        if (!st)
            st = print_functions(a, to);
        if (st)
            fprintf(to, "no memory for more\n");
    }
    print_critical(a, to);
}
