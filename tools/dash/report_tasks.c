/* report_tasks.c - functions and the critical path: which tasks took the time. */
#include "tools/dash/report.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_FUNCTIONS = 1000, MOST_STEPS = 200 };

struct function {
    int64_t  total_ns, max_ns;
    size_t   n, n_failed, first; /* first: of its lengths */
    uint32_t name;
};

static int by_total(const void *a, const void *b)
{
    const struct function *x = a, *y = b;

    if (x->total_ns != y->total_ns)
        return x->total_ns > y->total_ns ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void write_function(struct wf_report *r, const struct function *f, int64_t *lengths)
{
    struct wf_json *j = &r->json;

    qsort(lengths + f->first, f->n, sizeof *lengths, by_length);
    wf_json_open(j, '{');
    wf_json_put_int(j, "name", f->name);
    wf_json_put_int(j, "count", (int64_t)f->n);
    wf_json_put_int(j, "total_ns", f->total_ns);
    wf_json_put_int(j, "p95_ns", lengths[f->first + (f->n * 95 + 99) / 100 - 1]);
    wf_json_put_int(j, "max_ns", lengths[f->first + f->n - 1]);
    wf_json_put_int(j, "n_failed", (int64_t)f->n_failed);
    wf_json_close(j, '}');
}

weft_status wf_report_functions(struct wf_report *r, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(r->trace);
    const size_t n_events = weft_trace_n_events(r->trace);
    struct function *functions = wf_alloc_zero(r->names.n + 1, sizeof *functions);
    int64_t *lengths = NULL;
    size_t n = 0;
    weft_status st = WEFT_OK;

    if (!functions)
        goto no_memory;
    for (size_t k = 0; k < n_events; k++) {
        if (wf_report_is_body(e[k].kind)) {
            functions[r->names.of[e[k].task]].n++;
            n++;
        }
    }
    lengths = wf_alloc_array(n + 1, sizeof *lengths);
    if (!lengths)
        goto no_memory;
    n = 0;
    for (size_t i = 0; i < r->names.n; i++) {
        functions[i].name = (uint32_t)i;
        functions[i].first = n;
        n += functions[i].n;
        functions[i].n = 0;
    }
    for (size_t k = 0; k < n_events; k++) {
        if (wf_report_is_body(e[k].kind)) {
            struct function *f = &functions[r->names.of[e[k].task]];

            lengths[f->first + f->n++] = e[k].end_ns - e[k].begin_ns;
            f->total_ns += e[k].end_ns - e[k].begin_ns;
            f->n_failed += e[k].flags & WEFT_EVENT_FAILED;
        }
    }
    qsort(functions, r->names.n, sizeof *functions, by_total);
    wf_json_key(&r->json, "functions");
    wf_json_open(&r->json, '[');
    for (size_t i = 0; i < r->names.n && i < MOST_FUNCTIONS; i++) {
        if (functions[i].n)
            write_function(r, &functions[i], lengths);
    }
    wf_json_close(&r->json, ']');
    goto out;
no_memory:
    st = wf_error_nomem(err, "the functions of a report");
out:
    wf_free(functions);
    wf_free(lengths);
    return st;
}

/* Of a long path the most costly tasks, in their order. */
weft_status wf_report_critical(struct wf_report *r, struct weft_error *err)
{
    const uint32_t *path = weft_analysis_critical(r->analysis);
    const size_t n = weft_analysis_n_critical(r->analysis);
    struct wf_json *j = &r->json;
    int64_t *costs = wf_alloc_array(n + 1, sizeof *costs);
    int64_t least = INT64_MIN;
    size_t n_equal = SIZE_MAX; /* of those that cost `least`, how many there is room for */

    if (!costs)
        return wf_error_nomem(err, "the critical path of a report");
    for (size_t i = 0; i < n; i++)
        costs[i] = weft_analysis_cost(r->analysis, path[i]);
    if (n > MOST_STEPS) {
        qsort(costs, n, sizeof *costs, by_length);
        least = costs[n - MOST_STEPS];
        n_equal = 0;
        for (size_t i = n - MOST_STEPS; i < n; i++)
            n_equal += costs[i] == least;
    }
    wf_free(costs);

    wf_json_key(j, "critical");
    wf_json_open(j, '{');
    wf_json_put_int(j, "n", (int64_t)n);
    wf_json_key(j, "steps");
    wf_json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        const int64_t cost = weft_analysis_cost(r->analysis, path[i]);

        if (cost < least || (cost == least && n_equal == 0))
            continue;
        n_equal -= cost == least;
        wf_json_open(j, '{');
        wf_json_put_int(j, "at", (int64_t)i);
        wf_json_put_int(j, "name", r->names.of[path[i]]);
        wf_json_put_text(j, "key", weft_trace_task(r->trace, path[i])->key);
        wf_json_put_int(j, "cost_ns", cost);
        wf_json_put_int(j, "earliest_ns", weft_analysis_earliest(r->analysis, path[i]));
        wf_json_put_int(j, "worker", weft_analysis_worker(r->analysis, path[i]));
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
    wf_json_close(j, '}');
    return WEFT_OK;
}
