/* compare.c - two arrays of one type to truths, a byte each. */
#include "lib/kernel/typed/each.h"

#define KERNEL static void

static bool equal_of(elem x, elem y) { return x == y; }
static bool not_equal_of(elem x, elem y) { return x != y; }
static bool less_of(elem x, elem y) { return x < y; }
static bool less_equal_of(elem x, elem y) { return x <= y; }
static bool greater_of(elem x, elem y) { return x > y; }
static bool greater_equal_of(elem x, elem y) { return x >= y; }

KERNEL equal(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, equal_of); }
KERNEL not_equal(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, not_equal_of); }
KERNEL less(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, less_of); }
KERNEL less_equal(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, less_equal_of); }
KERNEL greater(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, greater_of); }
KERNEL greater_equal(void *out, const struct wf_arg *in, int64_t n) { truth2(out, in, n, greater_equal_of); }

#if ELEM_IS_FLOAT

static bool isnan_of(elem x) { return x != x; }
static bool isinf_of(elem x) { return REAL(fabs)(x) == (elem)INFINITY; }
static bool isfinite_of(elem x) { return REAL(fabs)(x) < (elem)INFINITY; }
static bool signbit_of(elem x) { return signbit(x) != 0; }

KERNEL test_nan(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, isnan_of); }
KERNEL test_inf(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, isinf_of); }
KERNEL test_finite(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, isfinite_of); }
KERNEL test_signbit(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, signbit_of); }

#elif defined(ELEM_I64)

static bool never(elem x) { (void)x; return false; }
static bool always(elem x) { (void)x; return true; }
static bool negative(elem x) { return x < 0; }

KERNEL test_nan(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, never); }
KERNEL test_inf(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, never); }
KERNEL test_finite(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, always); }
KERNEL test_signbit(void *out, const struct wf_arg *in, int64_t n) { truth1(out, in, n, negative); }

#endif

wf_kernel *const FOR_TYPE(wf_compare)[WEFT_OP_COUNT] = {
    [WEFT_OP_EQUAL]         = equal,
    [WEFT_OP_NOT_EQUAL]     = not_equal,
    [WEFT_OP_LESS]          = less,
    [WEFT_OP_LESS_EQUAL]    = less_equal,
    [WEFT_OP_GREATER]       = greater,
    [WEFT_OP_GREATER_EQUAL] = greater_equal,
#ifndef ELEM_I32
    [WEFT_OP_ISNAN]         = test_nan,
    [WEFT_OP_ISINF]         = test_inf,
    [WEFT_OP_ISFINITE]      = test_finite,
    [WEFT_OP_SIGNBIT]       = test_signbit,
#endif
};
