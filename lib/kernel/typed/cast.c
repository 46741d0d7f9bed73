/* cast.c - from this type to every other. */
#include "lib/kernel/typed/each.h"

#define KERNEL static void

static bool truth_of(elem x) { return x != 0; }

/* What the target cannot hold, NaN among it, becomes its least number: what the
 * machine does, said in C. */
#if ELEM_IS_FLOAT
static int64_t whole_of(elem x)
{
    return x >= (elem)-0x1p63 && x < (elem)0x1p63 ? (int64_t)x : INT64_MIN;
}
static int32_t days_of(elem x)
{
    return x > (elem)-0x1p31 && x < (elem)0x1p31 ? (int32_t)x : INT32_MIN;
}
#else
static int64_t whole_of(elem x) { return x; }
static int32_t days_of(elem x) { return x >= INT32_MIN && x <= INT32_MAX ? (int32_t)x : INT32_MIN; }
#endif

KERNEL to_bool(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, truth_of); }

KERNEL to_int64(void *out, const struct wf_arg *in, int64_t n)
{
    int64_t *o = out;
    const int64_t step = in[0].step;
    const elem x0 = step ? 0 : *(const elem *)in[0].values; /* `out` may lie over it */
    const elem *x = step ? in[0].values : &x0;

#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++)
        o[i] = whole_of(x[i * step]);
}

KERNEL to_date(void *out, const struct wf_arg *in, int64_t n)
{
    int32_t *o = out;
    const int64_t step = in[0].step;
    const elem x0 = step ? 0 : *(const elem *)in[0].values; /* `out` may lie over it */
    const elem *x = step ? in[0].values : &x0;

#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++)
        o[i] = days_of(x[i * step]);
}

KERNEL to_float32(void *out, const struct wf_arg *in, int64_t n)
{
    float *o = out;
    const int64_t step = in[0].step;
    const elem x0 = step ? 0 : *(const elem *)in[0].values; /* `out` may lie over it */
    const elem *x = step ? in[0].values : &x0;

#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++)
        o[i] = (float)x[i * step];
}

KERNEL to_float64(void *out, const struct wf_arg *in, int64_t n)
{
    double *o = out;
    const int64_t step = in[0].step;
    const elem x0 = step ? 0 : *(const elem *)in[0].values; /* `out` may lie over it */
    const elem *x = step ? in[0].values : &x0;

#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++)
        o[i] = (double)x[i * step];
}

wf_kernel *const FOR_TYPE(wf_cast)[WEFT_OP_COUNT] = {
    [WEFT_OP_TO_BOOL]    = to_bool,
    [WEFT_OP_TO_INT64]   = to_int64,
    [WEFT_OP_TO_FLOAT32] = to_float32,
    [WEFT_OP_TO_FLOAT64] = to_float64,
    [WEFT_OP_TO_DATE]    = to_date,
};
