/* report_results.c - results: when each was there, and how much they were together. */
#include "lib/dash/report.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_RESULTS = 200 };

struct result {
    int64_t  bytes, stored_ns, freed_ns;
    uint32_t task;
};

/* The biggest first; of equals, which was held longest; then by number. */
static int by_size(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    const int64_t held_x = x->freed_ns - x->stored_ns, held_y = y->freed_ns - y->stored_ns;

    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    if (held_x != held_y)
        return held_x > held_y ? -1 : 1;
    return x->task < y->task ? -1 : x->task > y->task;
}

/* Keeps the MOST_RESULTS biggest in `all`, in no order: between two sorts twice as many have room. */
static size_t add_result(struct result *all, size_t n, struct result one)
{
    all[n++] = one;
    if (n == 2 * MOST_RESULTS) {
        qsort(all, n, sizeof *all, by_size);
        n = MOST_RESULTS;
    }
    return n;
}

weft_status wf_report_results(struct wf_report *r, struct weft_error *err)
{
    const weft_trace *t = r->trace;
    const size_t n_tasks = weft_trace_n_tasks(t);
    struct result *all = wf_alloc_array(2 * MOST_RESULTS, sizeof *all);
    struct wf_json *j = &r->json;
    size_t n = 0, n_results = 0;

    if (!all)
        return wf_error_nomem(err, "the results of a report");
    for (uint32_t i = 0; i < n_tasks; i++) {
        const int64_t bytes = weft_trace_task(t, i)->result_bytes;
        const struct weft_times times = weft_analysis_times(r->analysis, i);

        if (bytes <= 0 || times.end_ns < 0)
            continue;
        n_results++;
        n = add_result(all, n, (struct result){bytes, times.end_ns, times.freed_ns, i});
    }
    qsort(all, n, sizeof *all, by_size);
    n = n < MOST_RESULTS ? n : MOST_RESULTS;

    wf_json_put_open(j, "results", '{');
    wf_json_put_int(j, "n", (int64_t)n_results);
    wf_json_put_open(j, "biggest", '[');
    for (size_t i = 0; i < n; i++) {
        wf_json_open(j, '{');
        wf_json_put_int(j, "name", r->names.of[all[i].task]);
        wf_json_put_text(j, "key", weft_trace_task(t, all[i].task)->key);
        wf_json_put_int(j, "bytes", all[i].bytes);
        wf_json_put_int(j, "stored_ns", all[i].stored_ns);
        wf_json_put_int(j, "freed_ns", all[i].freed_ns);
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
    wf_json_close(j, '}');
    wf_free(all);
    return WEFT_OK;
}
