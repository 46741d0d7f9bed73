/* report_graph.c - the graph as a picture that can stand in a page. */
#include "lib/dash/report.h"

#include <stdlib.h>
#include <string.h>

#include <weft/draw.h>

/* A page has the element, not the head of a file of its own. */
static void keep_element(char *bytes, size_t *n)
{
    const char *begin = strstr(bytes, "<svg");

    *n = begin ? *n - (size_t)(begin - bytes) : 0;
    memmove(bytes, begin ? begin : bytes, *n + 1);
}

weft_status wf_report_graph(char **bytes, size_t *n, const weft_trace *t, struct weft_error *err)
{
    const struct weft_draw_spec how = {.no_legend = true}; /* its figures are those of the page */
    weft_status st;

    *bytes = NULL;
    *n = 0;
    if (weft_trace_n_tasks(t) == 0)
        return WEFT_OK;
    st = weft_draw_bytes(t, "svg", &how, bytes, n, err);
    if (!st)
        keep_element(*bytes, n);
    /* Too much for one picture: the rest of the page stands. */
    return st == WEFT_INVALID || st == WEFT_UNSUPPORTED ? WEFT_OK : st;
}
