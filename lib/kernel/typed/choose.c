/* choose.c - out[i] = truth[i] ? x[i] : y[i], for elements of one width. */
#include "lib/kernel/typed/each.h"

INLINE void blend(elem *o, const uint8_t *truth, const elem *x, int64_t sx, const elem *y,
                  int64_t sy, int64_t n)
{
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++) {
        const elem a = x[i * sx], b = y[i * sy];
        o[i] = truth[i] ? a : b;
    }
}

static void choose(void *out, const struct wf_arg *in, int64_t n)
{
    elem *o = out;
    const uint8_t *truth = in[0].values;
    const elem *x = in[1].values, *y = in[2].values;

    if (!in[0].step) {
        const struct wf_arg *taken = *truth ? &in[1] : &in[2];
        const elem *z = taken->values;
        const int64_t step = taken->step;
        const elem z0 = *z;

        for (int64_t i = 0; i < n; i++)
            o[i] = step ? z[i] : z0;
    } else if (in[1].step && in[2].step) {
        blend(o, truth, x, 1, y, 1, n);
    } else if (in[1].step) {
        const elem y0 = *y;
        blend(o, truth, x, 1, &y0, 0, n);
    } else if (in[2].step) {
        const elem x0 = *x;
        blend(o, truth, &x0, 0, y, 1, n);
    } else {
        const elem x0 = *x, y0 = *y;
        blend(o, truth, &x0, 0, &y0, 0, n);
    }
}

wf_kernel *const FOR_TYPE(wf_choose)[WEFT_OP_COUNT] = {
    [WEFT_OP_IF] = choose,
};
