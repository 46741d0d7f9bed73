/* report.c - one page that tells of a run. */
#include "tools/dash/report.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/output.h"
#include "tools/dash/page.h"

/* The page, with the report's data in the place meant for it. */
static weft_status write_page(const char *path, const struct wf_report *r, struct weft_error *err)
{
    const char *place = strstr(wf_page_report, WF_PAGE_DATA);
    const char *rest = place + strlen(WF_PAGE_DATA);
    struct wf_output out;
    weft_status st = wf_output_open(&out, path, err);

    if (!st)
        st = wf_output_write(&out, wf_page_report, (size_t)(place - wf_page_report), err);
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
    weft_status st = weft_analyse_trace(&a, t, err);

    if (st)
        goto out;
    r.analysis = a;
    wf_json_open(&r.json, '{');
    wf_report_figures(&r);
    wf_json_close(&r.json, '}');
    if (r.json.failed) {
        st = wf_error_nomem(err, "a report");
        goto out;
    }
    st = write_page(path, &r, err);
out:
    wf_json_fini(&r.json);
    weft_analysis_free(a);
    return st;
}
