/* report.c - one page that tells of a run. */
#include "lib/dash/report.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/output.h"
#include "lib/dash/page.h"

/* The page, with what it shows in the places meant for it. */
static weft_status write_page(const char *path, const struct wf_report *r, const char *graph, size_t n_graph,
                              struct weft_error *err)
{
    const char *graph_at = strstr(wf_page_report, WF_PAGE_GRAPH), *data_at = strstr(graph_at, WF_PAGE_DATA);
    const char *between = graph_at + strlen(WF_PAGE_GRAPH), *rest = data_at + strlen(WF_PAGE_DATA);
    struct wf_output out;
    weft_status st = wf_output_open(&out, path, err);

    if (!st)
        st = wf_output_write(&out, wf_page_report, (size_t)(graph_at - wf_page_report), err);
    if (!st)
        st = wf_output_write(&out, graph, n_graph, err);
    if (!st)
        st = wf_output_write(&out, between, (size_t)(data_at - between), err);
    if (!st)
        st = wf_output_write(&out, r->json.bytes, r->json.n, err);
    if (!st)
        st = wf_output_write(&out, rest, strlen(rest), err);
    if (!st)
        st = wf_output_close(&out, err);
    wf_output_fini(&out);
    return st;
}

weft_status weft_report_trace(const weft_trace *t, const char *path, const struct weft_report_spec *spec,
                              struct weft_error *err)
{
    static const struct weft_report_spec all_usual = {0};
    struct wf_report r = {.trace = t, .spec = spec ? spec : &all_usual};
    weft_analysis *a = NULL;
    char *graph = NULL;
    size_t n_graph = 0;
    weft_status st = weft_analyse_trace(&a, t, err);

    if (st)
        goto out;
    r.analysis = a;
    wf_json_open(&r.json, '{');
    wf_report_figures(&r);
    st = wf_report_names(&r, err);
    if (!st)
        st = wf_report_groups(&r, err);
    if (!st)
        st = wf_report_paths(&r, err);
    if (!st)
        st = wf_report_curves(&r, err);
    if (!st)
        st = wf_report_results(&r, err);
    if (!st)
        st = wf_report_profile(&r, err);
    if (!st)
        st = wf_report_stream(&r, err);
    if (st)
        goto out;
    wf_json_close(&r.json, '}');
    if (r.json.failed) {
        st = wf_error_nomem(err, "a report");
        goto out;
    }
    if (!r.spec->no_graph)
        st = wf_report_graph(&graph, &n_graph, t, err);
    if (!st)
        st = write_page(path, &r, graph, n_graph, err);
out:
    free(graph);
    wf_report_names_fini(&r);
    wf_json_fini(&r.json);
    weft_analysis_free(a);
    return st;
}
