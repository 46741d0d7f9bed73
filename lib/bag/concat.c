/* concat.c - the records of several tasks, one after another. */
#include "lib/bag/concat.h"

#include "lib/base/error.h"
#include "lib/graph/graph.h"

struct concat_arg {
    struct wf_shape shape;
    char            name[16]; /* in the argument itself, which is plain bytes */
};

/* The only input is the answer; a copy is made when others read it too. */
static weft_status take_one(weft_call *call, struct weft_error *err, const char *name)
{
    struct weft_value one;

    if (weft_value_retain(weft_call_input(call, 0), &one))
        return wf_error_nomem(err, name);
    weft_call_return(call, one);
    return WEFT_OK;
}

static weft_status concat(weft_call *call, void *arg, struct weft_error *err)
{
    const struct concat_arg *a = arg;
    const size_t n = weft_call_n_inputs(call);
    int64_t rows = 0, structs = 0, text = 0;
    weft_records *all;
    weft_status st;

    for (size_t i = 0; i < n; i++) {
        const weft_records *r;

        st = wf_records_check(weft_call_input(call, i), a->shape, a->name, err);
        if (st)
            return st;
        r = weft_call_records(call, i);
        rows += r->n;
        structs += wf_records_n_data(r);
        text += wf_records_n_text(r);
    }
    if (n == 1)
        return take_one(call, err, a->name);
    all = wf_records_sized(a->shape, rows, structs, text);
    for (size_t i = 0; all && i < n; i++) {
        const weft_records *r = weft_call_records(call, i);

        /* Cannot fail: there is room for all. */
        wf_records_add_rows(all, r, 0, r->n);
    }
    if (!all)
        return wf_error_nomem(err, a->name);
    weft_call_return(call, weft_value_of_ptr(&weft_type_records, all));
    return WEFT_OK;
}

weft_task *wf_concat_task(weft_graph *g, const char *name, int64_t index, uint32_t layer, struct wf_shape shape,
                          weft_task *const *tasks, size_t n)
{
    struct concat_arg arg;

    memset(&arg, 0, sizeof arg); /* what lies between its fields is part of its key */
    arg.shape.kind = shape.kind;
    arg.shape.bytes = shape.bytes;
    snprintf(arg.name, sizeof arg.name, "%s", name);
    return weft_graph_add(g, &(struct weft_task_spec){
        .name = name, .index = &index, .n_index = index < 0 ? 0 : 1, .layer = layer, .body = concat,
        .arg = &arg, .arg_bytes = sizeof arg, .flags = WEFT_PURE | WEFT_ROWS, .deps = tasks, .n_deps = n,
        .file = g->here.file, .line = g->here.line});
}
