/* consumer-draw.c - a program outside of the tree that draws: it knows libweft-draw by pkg-config alone. */
#include <string.h>
#include <weft/draw.h>
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
    struct weft_draw_spec how;
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_task *task = weft_add(g, answer, .name = "answer");
    weft_status st;

    memset(&how, 0, sizeof how);
    st = weft_draw_tasks(&task, 1, argc > 1 ? argv[1] : "picture.svg", &how, &err);
    if (st)
        weft_error_print(&err, stderr);
    weft_graph_free(g);
    return st != WEFT_OK;
}
