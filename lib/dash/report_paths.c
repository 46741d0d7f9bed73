/* report_paths.c - the critical paths: the longest one of the graph, and what the run really waited for. */
#include "lib/dash/report.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_STEPS = 200 };

/* The MOST_STEPS longest of many, in their order. */
struct longest {
    int64_t least;   /* longer than this: among them */
    size_t  n_equal; /* just as long: so many more are */
};

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* `lengths` are taken: wf_free()d. */
static struct longest find_longest(int64_t *lengths, size_t n)
{
    struct longest l = {.least = -1};

    if (n > MOST_STEPS) {
        qsort(lengths, n, sizeof *lengths, by_length);
        l.least = lengths[n - MOST_STEPS];
        for (size_t i = n - MOST_STEPS; i < n; i++)
            l.n_equal += lengths[i] == l.least;
    }
    wf_free(lengths);
    return l;
}

static bool is_among(struct longest *l, int64_t length)
{
    if (length != l->least)
        return length > l->least;
    if (l->n_equal == 0)
        return false;
    l->n_equal--;
    return true;
}

static void write_task(struct wf_report *r, uint32_t task)
{
    wf_json_put_int(&r->json, "name", r->names.of[task]);
    wf_json_put_text(&r->json, "key", weft_trace_task(r->trace, task)->key);
}

static weft_status critical(struct wf_report *r, struct weft_error *err)
{
    const weft_analysis *a = r->analysis;
    const uint32_t *path = weft_analysis_critical(a);
    const size_t n = weft_analysis_n_critical(a);
    int64_t *lengths = wf_alloc_array(n + 1, sizeof *lengths);
    struct wf_json *j = &r->json;
    struct longest l;

    if (!lengths)
        return wf_error_nomem(err, "the critical path of a report");
    for (size_t i = 0; i < n; i++)
        lengths[i] = weft_analysis_length(a, path[i]);
    l = find_longest(lengths, n);

    wf_json_put_open(j, "critical", '{');
    wf_json_put_int(j, "n", (int64_t)n);
    wf_json_put_open(j, "steps", '[');
    for (size_t i = 0; i < n; i++) {
        if (!is_among(&l, weft_analysis_length(a, path[i])))
            continue;
        wf_json_open(j, '{');
        wf_json_put_int(j, "at", (int64_t)i);
        write_task(r, path[i]);
        wf_json_put_int(j, "length_ns", weft_analysis_length(a, path[i]));
        wf_json_put_int(j, "drag_ns", weft_analysis_drag(a, path[i]));
        wf_json_put_int(j, "earliest_ns", weft_analysis_earliest(a, path[i]));
        wf_json_put_int(j, "worker", weft_analysis_worker(a, path[i]));
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
    wf_json_close(j, '}');
    return WEFT_OK;
}

static weft_status realised(struct wf_report *r, struct weft_error *err)
{
    const struct weft_path_step *path = weft_analysis_path(r->analysis);
    const size_t n = weft_analysis_n_path(r->analysis);
    int64_t *lengths = wf_alloc_array(n + 1, sizeof *lengths);
    struct wf_json *j = &r->json;
    struct longest l;

    if (!lengths)
        return wf_error_nomem(err, "the realised path of a report");
    for (size_t i = 0; i < n; i++)
        lengths[i] = path[i].end_ns - path[i].begin_ns;
    l = find_longest(lengths, n);

    wf_json_put_open(j, "realised", '{');
    wf_json_put_int(j, "n", (int64_t)n);
    wf_json_put_open(j, "kinds", '[');
    for (int kind = 0; kind < WEFT_N_PATH_KINDS; kind++) {
        wf_json_open(j, '{');
        wf_json_put_text(j, "name", weft_path_name((enum weft_path_kind)kind));
        wf_json_put_int(j, "ns", weft_analysis_path_ns(r->analysis, (enum weft_path_kind)kind));
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
    wf_json_put_open(j, "steps", '[');
    for (size_t i = 0; i < n; i++) {
        if (!is_among(&l, path[i].end_ns - path[i].begin_ns))
            continue;
        wf_json_open(j, '{');
        wf_json_put_int(j, "at", (int64_t)i);
        wf_json_put_int(j, "kind", path[i].kind);
        wf_json_put_int(j, "begin_ns", path[i].begin_ns);
        wf_json_put_int(j, "end_ns", path[i].end_ns);
        wf_json_put_int(j, "worker", path[i].worker);
        if (path[i].task != UINT32_MAX)
            write_task(r, path[i].task);
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
    wf_json_close(j, '}');
    return WEFT_OK;
}

weft_status wf_report_paths(struct wf_report *r, struct weft_error *err)
{
    const weft_status st = critical(r, err);

    return st ? st : realised(r, err);
}
