/* held.c - how long each result is held, and what lies in memory meanwhile. */
#include "lib/draw/held.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* The task after which a result is dropped: the last that reads it, itself when nobody
 * does, the last of all for what was asked for. */
static void find_ends(const weft_trace *t, uint32_t *ends)
{
    const size_t n = weft_trace_n_tasks(t);

    for (size_t i = 0; i < n; i++) {
        ends[i] = weft_trace_task(t, i)->is_target ? (uint32_t)n - 1 : (uint32_t)i;
        for (size_t d = 0; d < weft_trace_n_deps(t, i); d++) {
            uint32_t *end = &ends[weft_trace_deps(t, i)[d]];

            *end = *end < i ? (uint32_t)i : *end;
        }
    }
}

static bool knows_bytes(const weft_trace *t)
{
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        if (weft_trace_task(t, i)->result_bytes > 0)
            return true;
    }
    return false;
}

static double size_of(const weft_trace *t, size_t i, bool in_bytes)
{
    return in_bytes ? (double)weft_trace_task(t, i)->result_bytes : 1;
}

/* Walks through the order. before[i]: what is held when task i begins; at_drop[i]: when its
 * result is dropped, that included; n_freed[i]: results that task i reads last. */
static void walk(const weft_trace *t, const uint32_t *ends, bool in_bytes, double *before, double *at_drop,
                 uint32_t *n_freed)
{
    const size_t n = weft_trace_n_tasks(t);
    double held = 0;

    for (size_t i = 0; i < n; i++) {
        const uint32_t *deps = weft_trace_deps(t, i);

        before[i] = held;
        held += size_of(t, i, in_bytes);
        for (size_t d = 0; d < weft_trace_n_deps(t, i); d++) {
            bool again = ends[deps[d]] != i || weft_trace_task(t, deps[d])->is_target;

            for (size_t e = 0; e < d && !again && d < 64; e++)
                again = deps[e] == deps[d];
            if (again)
                continue;
            at_drop[deps[d]] = held;
            held -= size_of(t, deps[d], in_bytes);
            n_freed[i]++;
        }
        if (ends[i] == i && !weft_trace_task(t, i)->is_target) {
            at_drop[i] = held;
            held -= size_of(t, i, in_bytes);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (weft_trace_task(t, i)->is_target)
            at_drop[i] = held;
    }
}

weft_status wf_held(double *values, bool *in_bytes, enum weft_draw_color what, const weft_trace *t,
                    struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    uint32_t *ends = wf_alloc_array(n + 1, sizeof *ends), *n_freed = wf_alloc_zero(n + 1, sizeof *n_freed);
    double *before = wf_alloc_array(n + 1, sizeof *before), *at_drop = wf_alloc_array(n + 1, sizeof *at_drop);
    const bool knows = knows_bytes(t);
    weft_status st = WEFT_OK;

    if (!ends || !n_freed || !before || !at_drop) {
        st = wf_error_nomem(err, "a picture");
        goto out;
    }
    find_ends(t, ends);
    walk(t, ends, knows, before, at_drop, n_freed);
    *in_bytes = knows && what >= WEFT_COLOR_MEMORY_INCREASES;
    for (size_t i = 0; i < n; i++) {
        const double grown = at_drop[i] - before[i];

        switch (what) {
        case WEFT_COLOR_AGE:              values[i] = (double)(ends[i] - i); break;
        case WEFT_COLOR_FREED:            values[i] = n_freed[i]; break;
        case WEFT_COLOR_MEMORY_INCREASES: values[i] = grown > 0 ? grown : 0; break;
        case WEFT_COLOR_MEMORY_DECREASES: values[i] = grown < 0 ? -grown : 0; break;
        default:                          values[i] = before[i];
        }
    }
out:
    wf_free(ends);
    wf_free(n_freed);
    wf_free(before);
    wf_free(at_drop);
    return st;
}
