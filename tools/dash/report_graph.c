/* report_graph.c - the graph as a picture that can stand in a page. */
#include "tools/dash/report.h"

#include <stdlib.h>
#include <string.h>

#include <weft/draw.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

weft_status wf_report_graph(char **bytes, size_t *n, const weft_trace *t, struct weft_error *err)
{
    const struct weft_draw_spec how = {.no_legend = true}; /* its figures are those of the page */
    char *svg = NULL;
    const char *begin;
    weft_status st;

    *bytes = NULL;
    *n = 0;
    if (weft_trace_n_tasks(t) == 0)
        return WEFT_OK;
    st = weft_draw_bytes(t, "svg", &how, &svg, n, err);
    if (st == WEFT_INVALID || st == WEFT_UNSUPPORTED) /* too much for one picture: the rest of the page stands */
        return WEFT_OK;
    if (st)
        return st;
    /* A page has the element, not the head of a file of its own. */
    begin = strstr(svg, "<svg");
    *n = strlen(begin);
    *bytes = wf_strdup(begin);
    free(svg);
    return *bytes ? WEFT_OK : wf_error_nomem(err, "the picture of a report");
}
