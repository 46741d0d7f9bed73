/* each.h - the loops around an operation on one element; the operation is inlined.
 *
 * `ivdep`: elements do not depend on each other, though `out` may be an operand.
 */
#ifndef WF_EACH_H
#define WF_EACH_H

#include "lib/kernel/typed/elem.h"

#define INLINE static inline __attribute__((always_inline))

INLINE void each1(void *out, const struct wf_arg *in, int64_t n, elem (*f)(elem))
{
    elem *o = out;
    const elem *x = in[0].values;

    if (!in[0].step) {
        const elem y = f(*x);
        for (int64_t i = 0; i < n; i++)
            o[i] = y;
        return;
    }
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++)
        o[i] = f(x[i]);
}

INLINE void each2(void *out, const struct wf_arg *in, int64_t n, elem (*f)(elem, elem))
{
    elem *o = out;
    const elem *x = in[0].values, *y = in[1].values;

    if (in[0].step && in[1].step) {
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y[i]);
    } else if (in[0].step) {
        const elem y0 = *y;
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y0);
    } else if (in[1].step) {
        const elem x0 = *x;
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x0, y[i]);
    } else {
        const elem z = f(*x, *y);
        for (int64_t i = 0; i < n; i++)
            o[i] = z;
    }
}

/* For functions that are calls anyway: one loop, a quarter of the code. A single value
 * is copied first, for `out` may lie over it. */
INLINE void each2_called(void *out, const struct wf_arg *in, int64_t n, elem (*f)(elem, elem))
{
    const int64_t sx = in[0].step, sy = in[1].step;
    const elem x0 = sx ? 0 : *(const elem *)in[0].values;
    const elem y0 = sy ? 0 : *(const elem *)in[1].values;
    const elem *x = sx ? in[0].values : &x0, *y = sy ? in[1].values : &y0;
    elem *o = out;

    for (int64_t i = 0; i < n; i++)
        o[i] = f(x[i * sx], y[i * sy]);
}

/* The same with a truth for each element. Bytes are narrower than elements, so `out`
 * is none of the operands. */
INLINE void truth1(void *out, const struct wf_arg *in, int64_t n, bool (*f)(elem))
{
    uint8_t *restrict o = out;
    const elem *x = in[0].values;
    const int64_t sx = in[0].step;

    for (int64_t i = 0; i < n; i++)
        o[i] = f(x[i * sx]);
}

INLINE void truth2(void *out, const struct wf_arg *in, int64_t n, bool (*f)(elem, elem))
{
    uint8_t *restrict o = out;
    const elem *x = in[0].values, *y = in[1].values;

    if (in[0].step && in[1].step) {
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y[i]);
    } else if (in[0].step) {
        const elem y0 = *y;
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y0);
    } else if (in[1].step) {
        const elem x0 = *x;
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x0, y[i]);
    } else {
        const uint8_t z = f(*x, *y);
        for (int64_t i = 0; i < n; i++)
            o[i] = z;
    }
}

#endif
