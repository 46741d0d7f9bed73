/* trace_join.c - what a pool ran one after the other, or at the same time, as one trace. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"

/* All texts of a shape, as one; the places in its records grow by *by. */
static bool add_texts(weft_trace *t, const weft_trace *shape, uint64_t *by)
{
    *by = t->n_text;
    if (!wf_trace_reserve(t, shape->n_text))
        return false;
    memcpy(t->text + t->n_text, shape->text, shape->n_text);
    t->n_text += shape->n_text;
    return true;
}

static void add_tasks(weft_trace *t, const weft_trace *shape, uint64_t text_by, uint32_t *deps)
{
    const uint32_t task_by = (uint32_t)t->n_tasks;

    for (size_t i = 0; i < shape->n_tasks; i++) {
        struct wf_trace_record r = wf_trace_record(shape, i);

        r.name += text_by;
        r.key += text_by;
        r.layer += text_by;
        r.file += text_by;
        for (uint32_t d = 0; d < r.n_deps; d++)
            deps[d] = shape->deps[shape->first[i] + d] + task_by;
        wf_trace_add(t, &r, deps);
    }
}

weft_status wf_trace_join(weft_trace **out, const weft_trace *const *shapes, size_t n, const struct wf_trace_run *run,
                          struct weft_event **events, struct weft_error *err)
{
    size_t n_tasks = 0, n_deps = 0, most_deps = 0;
    uint32_t *deps = NULL;
    weft_trace *t;
    weft_status st = WEFT_OK;

    for (size_t k = 0; k < n; k++) {
        n_tasks += shapes[k]->n_tasks;
        n_deps += shapes[k]->n_deps;
        most_deps = shapes[k]->n_deps > most_deps ? shapes[k]->n_deps : most_deps;
    }
    if (n_tasks >= UINT32_MAX)
        return weft_error_set(err, WEFT_RANGE, "a trace of %zu tasks is too much: at most %u", n_tasks, UINT32_MAX - 1);
    t = wf_trace_begin(n_tasks, n_deps, run);
    deps = wf_alloc_array(most_deps, sizeof *deps);
    if (!t || !deps)
        st = wf_error_nomem(err, "a trace");
    for (size_t k = 0; !st && k < n; k++) {
        uint64_t by;

        if (add_texts(t, shapes[k], &by))
            add_tasks(t, shapes[k], by, deps);
        else
            st = wf_error_nomem(err, "a trace");
    }
    wf_free(deps);
    if (st) {
        weft_trace_free(t);
        return st;
    }
    *events = wf_trace_events(t);
    return wf_trace_end(out, t, err);
}
