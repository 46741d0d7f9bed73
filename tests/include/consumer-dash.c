/* consumer-dash.c - a program outside of the tree that reports: it knows libweft-dash by pkg-config alone. */
#include <weft/report.h>
#include <weft/weft.h>

static weft_status answer(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    (void)err;
    weft_call_return(call, weft_value_of_i64(42));
    return WEFT_OK;
}

int main(int argc, char **argv)
{
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_task *task = weft_add(g, answer, .name = "answer");
    weft_trace *t = NULL;
    weft_status st = weft_trace_of_tasks(&t, &task, 1, &err);

    if (!st)
        st = weft_report_trace(t, argc > 1 ? argv[1] : "page.html", NULL, &err);
    if (st)
        weft_error_print(&err, stderr);
    weft_trace_free(t);
    weft_graph_free(g);
    return st != WEFT_OK;
}
