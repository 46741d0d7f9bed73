/* random.c - arrays of random numbers: rules that read a stream. */
#include <math.h>

#include "lib/array/array.h"
#include "lib/base/hash.h"

struct weft_random weft_random_spawn(struct weft_random *r)
{
    /* Seeds of children are mixed twice, so that children of children of small seeds
     * do not meet. */
    const struct weft_random child = {.seed = wf_mix(wf_mix(r->seed + 0x9e3779b97f4a7c15) ^ ~r->stream)};

    r->stream++;
    return child;
}

static weft_array *of_stream(weft_graph *g, struct weft_array a, struct weft_random *r,
                             const struct weft_layout *layout)
{
    struct weft_error err;

    /* Counted also when the array fails: what comes after does not depend on it. */
    a.graph = g;
    a.as.random.seed = r->seed;
    a.as.random.stream = r->stream++;
    if (!g)
        return NULL;
    if (wf_layout_apply(&a, layout, a.name, &err))
        return wf_array_fail_with(g, a.name, &err);
    return wf_array_new(g, &a);
}

weft_array *weft_array_uniform(weft_graph *g, struct weft_random *r, double low, double high,
                               struct weft_layout layout)
{
    const struct weft_array a = {.name = "uniform", .kind = WF_ARRAY_UNIFORM, .dtype = WEFT_FLOAT64,
                                 .as.random = {.a = low, .b = high}};

    if (g && !(isfinite(high - low) && low <= high)) {
        r->stream++;
        return wf_array_fail(g, a.name, WEFT_INVALID, "uniform: from %g to %g is no range", low, high);
    }
    return of_stream(g, a, r, &layout);
}

weft_array *weft_array_normal(weft_graph *g, struct weft_random *r, double mean, double sd,
                              struct weft_layout layout)
{
    const struct weft_array a = {.name = "normal", .kind = WF_ARRAY_NORMAL, .dtype = WEFT_FLOAT64,
                                 .as.random = {.a = mean, .b = sd}};

    if (g && !(sd >= 0)) {
        r->stream++;
        return wf_array_fail(g, a.name, WEFT_INVALID, "normal: standard deviation %g is below 0", sd);
    }
    return of_stream(g, a, r, &layout);
}

weft_array *weft_array_integers(weft_graph *g, struct weft_random *r, int64_t low, int64_t high,
                                struct weft_layout layout)
{
    const struct weft_array a = {.name = "integers", .kind = WF_ARRAY_INTEGERS, .dtype = WEFT_INT64,
                                 .as.random = {.low = low, .span = (uint64_t)high - (uint64_t)low}};

    if (g && low >= high) {
        r->stream++;
        return wf_array_fail(g, a.name, WEFT_INVALID, "integers: none from %lld to below %lld",
                             (long long)low, (long long)high);
    }
    return of_stream(g, a, r, &layout);
}
