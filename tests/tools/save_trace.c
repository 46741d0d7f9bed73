/* save_trace.c - runs eight leaves and their sum on a pool that traces, and saves the trace. */
#include <weft/weft.h>

static weft_status body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)arg;
    (void)err;
    return WEFT_OK;
}

int main(int argc, char **argv)
{
    enum { N = 8 };
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .trace = true});
    weft_task *leaves[N], *sum;
    struct weft_value out = {0};
    weft_trace *t = NULL;
    struct weft_error err;
    weft_status st;

    if (argc != 2)
        return 2;
    for (int64_t i = 0; i < N; i++)
        leaves[i] = weft_add(g, body, .name = "leaf", .index = &i, .n_index = 1);
    sum = weft_add(g, body, .name = "sum", .deps = leaves, .n_deps = N);
    st = weft_pool_run(pool, sum, &out, &err);
    if (!st)
        st = weft_trace_of_pool(&t, pool, &err);
    if (!st)
        st = weft_trace_write(t, argv[1], &err);
    if (st)
        weft_error_print(&err, stderr);
    weft_value_release(out);
    weft_trace_free(t);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}
