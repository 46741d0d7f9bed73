/* consumer.c - a program outside of the tree: it knows Weft by pkg-config alone. */
#include <stdio.h>
#include <string.h>
#include <weft/weft.h>

static weft_status answer(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    (void)err;
    weft_call_return(call, weft_value_of_i64(42));
    return WEFT_OK;
}

int main(void)
{
    struct weft_error err = {WEFT_OK, "", "", "", ""};
    struct weft_value out = weft_value_none();
    struct weft_task_spec spec;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);
    weft_status st;

    memset(&spec, 0, sizeof spec);
    spec.name = "answer";
    spec.body = answer;
    st = weft_pool_run(pool, weft_graph_add(g, &spec), &out, &err);
    if (st)
        weft_error_print(&err, stderr);
    printf("weft %s answers %d\n", weft_version(), (int)weft_value_i64(out));
    weft_value_release(out);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}
