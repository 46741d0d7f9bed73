/* print.c - work, span and the critical path in words. */
#include <weft/analyse.h>

#include "lib/base/duration.h"

enum { MOST_LINES = 20 };

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void print_figures(const struct weft_stats *s, FILE *to)
{
    char work[WF_DURATION_TEXT], span[WF_DURATION_TEXT], wall[WF_DURATION_TEXT];

    fprintf(to, "%zu task%s, %zu dependenc%s, %zu layer%s; depth %zu, width %zu\n", s->n_tasks,
            plural(s->n_tasks), s->n_edges, s->n_edges == 1 ? "y" : "ies", s->n_layers,
            plural(s->n_layers), s->depth, s->width);
    if (s->n_measured)
        fprintf(to, "work %s, span %s, parallelism %.2f; makespan %s on %d worker%s\n",
                wf_duration_text(s->work_ns, work), wf_duration_text(s->span_ns, span), s->parallelism,
                wf_duration_text(s->makespan_ns, wall), s->n_workers, plural((size_t)s->n_workers));
    else
        fprintf(to, "not measured; parallelism %.2f when all tasks cost the same\n", s->parallelism);
}

/* The places on the path of its most costly tasks, ascending; of equals the first. */
static size_t choose(const weft_analysis *a, size_t places[MOST_LINES])
{
    const uint32_t *path = weft_analysis_critical(a);
    const size_t n = weft_analysis_n_critical(a);
    size_t n_chosen = 0;

    for (size_t i = 0; i < n; i++) {
        size_t least = 0;

        if (n_chosen == MOST_LINES) {
            for (size_t k = 1; k < n_chosen; k++) {
                if (weft_analysis_cost(a, path[places[k]]) <= weft_analysis_cost(a, path[places[least]]))
                    least = k;
            }
            if (weft_analysis_cost(a, path[i]) <= weft_analysis_cost(a, path[places[least]]))
                continue;
            for (size_t k = least + 1; k < n_chosen; k++)
                places[k - 1] = places[k];
            n_chosen--;
        }
        places[n_chosen++] = i;
    }
    return n_chosen;
}

void weft_analysis_print(const weft_analysis *a, FILE *to)
{
    const struct weft_stats *s = weft_analysis_stats(a);
    const uint32_t *path = weft_analysis_critical(a);
    const size_t n = weft_analysis_n_critical(a);
    size_t places[MOST_LINES];
    const size_t n_lines = choose(a, places);

    print_figures(s, to);
    if (n_lines < n)
        fprintf(to, "critical path of %zu tasks, the %zu most costly:\n", n, n_lines);
    else
        fprintf(to, "critical path of %zu task%s%s\n", n, plural(n), n ? ":" : "");
    for (size_t k = 0; k < n_lines; k++) {
        const int64_t cost = weft_analysis_cost(a, path[places[k]]);
        char text[WF_DURATION_TEXT];

        if (s->n_measured)
            fprintf(to, "%6.1f %% %9s  ", s->span_ns ? 100.0 * (double)cost / (double)s->span_ns : 0,
                    wf_duration_text(cost, text));
        else
            fprintf(to, "  ");
        fprintf(to, "%s\n", weft_trace_task(weft_analysis_trace(a), path[places[k]])->key);
    }
}
