/* test_numpy.c - types, shapes and values are NumPy's, if the system's Python has it.
 *
 * The script and the test walk the same lists in the same order: every operation on
 * every pair of types, every reduction along every axis. The script prints a line for
 * each result: type, number of axes, sizes, values in hexadecimal.
 *
 * Where Weft differs by intent NumPy is not asked: bool counts as int64 in arithmetic,
 * functions of real numbers give float64 of bool and int64, and integers have powers
 * below zero (weft/op.h).
 */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/run_array.h"
#include "tests/support/tempdir.h"

static const char script[] =
    "import sys, warnings\n"
    "try:\n"
    "    import numpy as np\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "np.seterr(all='ignore')\n"
    "warnings.simplefilter('ignore')\n"
    "inf, nan = np.inf, np.nan\n"
    "truth = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0]\n"
    "whole = [-7, 0, 3, 9, 2, -2, 1, 5, -1, 4, -3, 8]\n"
    "real = [-1.5, 0.0, 2.25, inf, -inf, nan, 1e-3, -7.0, 3.5, 1.0, -0.0, 0.5]\n"
    "calm = [-1.5, 0.0, 2.25, 4.5, -3.25, 7.0, 1e-3, -7.0, 3.5, 1.0, 2.5, 0.5]\n"
    "def arrays(x):\n"
    "    return [np.array(truth, bool), np.array(whole, np.int64), np.array(x, np.float32), np.array(x)]\n"
    "def show(r):\n"
    "    r = np.asarray(r)\n"
    "    print(r.dtype.name, r.ndim, *r.shape, *[float(v).hex() for v in r.flat])\n"
    "one, two, three = sys.argv[1].split(), sys.argv[2].split(), sys.argv[3].split()\n"
    "a = [x.reshape(3, 4) for x in arrays(real)]\n"
    "b = [x[::-1].reshape(3, 4)[1] for x in arrays(real)]\n"
    "for name in one:\n"
    "    for x in a[2:] if name != 'negative' else a[1:]:\n"
    "        show(getattr(np, name)(x))\n"
    "for name in two:\n"
    "    for i in range(1, 4):\n"
    "        for j in range(1, 4):\n"
    "            if name != 'power' or i > 1 or j > 1:\n"
    "                show(getattr(np, name)(a[i], b[j]))\n"
    "for name in ('equal', 'not_equal', 'less', 'less_equal', 'greater', 'greater_equal',\n"
    "             'logical_and', 'logical_or', 'logical_xor'):\n"
    "    for x in a:\n"
    "        for y in b:\n"
    "            show(getattr(np, name)(x, y))\n"
    "for x in a:\n"
    "    for y in b:\n"
    "        show(np.where(a[0], x, y))\n"
    "for x in (a[2], a[3]):\n"
    "    show(np.multiply(x, 2.5 if x is a[3] else np.float32(2.5)))\n"
    "for data in (real, calm):\n"
    "    for x in [x.reshape(3, 4) for x in arrays(data)]:\n"
    "        for name in three:\n"
    "            for axis in (None, 0, 1, -1):\n"
    "                for keep in (False, True):\n"
    "                    show(getattr(np, name)(x, axis=axis, keepdims=keep))\n"
    "show(np.arange(-1, 2, 0.3))\n"
    "show(np.linspace(-1, 2, 11))\n"
    "show(np.linspace(-1, 2, 11, endpoint=False))\n";

static const weft_op one[] = {
    WEFT_OP_NEGATIVE, WEFT_OP_SIGN, WEFT_OP_SQUARE, WEFT_OP_RECIPROCAL, WEFT_OP_SQRT, WEFT_OP_CBRT,
    WEFT_OP_EXP, WEFT_OP_EXP2, WEFT_OP_EXPM1, WEFT_OP_LOG, WEFT_OP_LOG2, WEFT_OP_LOG10, WEFT_OP_LOG1P,
    WEFT_OP_SIN, WEFT_OP_COS, WEFT_OP_TAN, WEFT_OP_ARCSIN, WEFT_OP_ARCCOS, WEFT_OP_ARCTAN, WEFT_OP_SINH,
    WEFT_OP_COSH, WEFT_OP_TANH, WEFT_OP_ARCSINH, WEFT_OP_ARCCOSH, WEFT_OP_ARCTANH, WEFT_OP_DEG2RAD,
    WEFT_OP_RAD2DEG, WEFT_OP_FLOOR, WEFT_OP_CEIL, WEFT_OP_RINT, WEFT_OP_TRUNC, WEFT_OP_ISNAN,
    WEFT_OP_ISINF, WEFT_OP_ISFINITE, WEFT_OP_SIGNBIT,
};
static const weft_op two[] = {
    WEFT_OP_ADD, WEFT_OP_SUBTRACT, WEFT_OP_MULTIPLY, WEFT_OP_DIVIDE, WEFT_OP_FLOOR_DIVIDE,
    WEFT_OP_REMAINDER, WEFT_OP_FMOD, WEFT_OP_POWER, WEFT_OP_MINIMUM, WEFT_OP_MAXIMUM, WEFT_OP_FMIN,
    WEFT_OP_FMAX, WEFT_OP_HYPOT, WEFT_OP_LOGADDEXP, WEFT_OP_ARCTAN2, WEFT_OP_COPYSIGN,
};
static const char reductions[] = "sum prod min max mean var std any all count_nonzero";
enum { N_ONE = sizeof one / sizeof *one, N_TWO = sizeof two / sizeof *two };

static FILE *answers;

/* The next line of the script is this result. */
static void expect(weft_array *a, const char *what)
{
    weft_block *b = run_array(a);
    const double close = weft_block_dtype(b) == WEFT_FLOAT32 ? 2e-6 : 1e-13;
    char dtype[16];
    int n_dims;

    cr_assert_eq(fscanf(answers, "%15s %d", dtype, &n_dims), 2, "%s: no more answers", what);
    cr_assert_str_eq(weft_dtype_name(weft_block_dtype(b)), dtype, "%s is %s and not %s", what,
                     weft_dtype_name(weft_block_dtype(b)), dtype);
    cr_assert_eq(weft_block_n_dims(b), n_dims, "%s", what);
    for (int d = 0; d < n_dims; d++) {
        long long size;

        cr_assert_eq(fscanf(answers, "%lld", &size), 1);
        cr_assert_eq(weft_block_shape(b)[d], size, "%s", what);
    }
    for (int64_t i = 0; i < weft_block_n_elems(b); i++) {
        const double got = weft_block_f64_at(b, i);
        double want;

        cr_assert_eq(fscanf(answers, "%la", &want), 1);
        cr_assert(isnan(want) ? isnan(got) : isinf(want) ? got == want : fabs(got - want) <= close * fabs(want),
                  "%s of %s: element %lld is %.17g and not %.17g", what, dtype, (long long)i, got, want);
    }
    weft_block_release(b);
}

/* The script's arrays in all four types. */
static void make_arrays(weft_graph *g, const double *real, weft_array **out, bool backwards)
{
    static const double truth[] = {1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0};
    static const double whole[] = {-7, 0, 3, 9, 2, -2, 1, 5, -1, 4, -3, 8};
    const double *from[] = {truth, whole, real, real};

    for (int t = 0; t < 4; t++) {
        struct weft_memory m = {.dtype = WEFT_FLOAT64, .layout = {WEFT_SHAPE(3, 4), .chunks = {.axis = {2, 3}}}};

        m.data = from[t];
        if (backwards) { /* x[::-1].reshape(3, 4)[1]: 7, 6, 5, 4 */
            m.data = from[t] + 7;
            m.layout = weft_layout_1d(4, 2);
            m.stride_bytes[0] = -(int64_t)sizeof(double);
        }
        out[t] = weft_array_astype(weft_array_from_memory(g, &m), (weft_dtype)t);
    }
}

static void write_names(char *to, const weft_op *ops, int n)
{
    for (int i = 0; i < n; i++)
        to += sprintf(to, "%s%s", i ? " " : "", weft_op_name(ops[i]));
}

/* False: no NumPy here. */
static bool ask(const char *dir)
{
    char names1[1024], names2[1024], path[512], out[512], command[4096];
    FILE *to;
    int status;

    snprintf(path, sizeof path, "%s/ask.py", dir);
    snprintf(out, sizeof out, "%s/answers", dir);
    to = fopen(path, "w");
    fputs(script, to);
    fclose(to);
    write_names(names1, one, N_ONE);
    write_names(names2, two, N_TWO);
    snprintf(command, sizeof command, "/usr/bin/python3 '%s' '%s' '%s' '%s' > '%s'", path, names1, names2,
             reductions, out);
    status = access("/usr/bin/python3", X_OK) ? 77 << 8 : system(command);
    if (WEXITSTATUS(status) == 77)
        return false;
    cr_assert_eq(status, 0);
    answers = fopen(out, "r");
    cr_assert(answers);
    return true;
}

static void expect_reductions(weft_graph *g, const double *real)
{
    static const int axes[] = {WEFT_ALL_AXES, 0, 1, -1};
    weft_array *a[4];

    make_arrays(g, real, a, false);
    for (int t = 0; t < 4; t++)
        for (int what = 0; what < WEFT_REDUCE_COUNT; what++)
            for (int k = 0; k < 4; k++)
                for (int keep = 0; keep < 2; keep++) {
                    const struct weft_reduce_spec spec = {.axis = axes[k], .keep_dims = keep};

                    expect(weft_array_reduce(a[t], (enum weft_reduce)what, &spec), "a reduction");
                }
}

Test(numpy, agrees_on_types_shapes_and_values)
{
    const double inf = (double)INFINITY;
    const double real[] = {-1.5, 0.0, 2.25, inf, -inf, NAN, 1e-3, -7.0, 3.5, 1.0, -0.0, 0.5};
    const double calm[] = {-1.5, 0.0, 2.25, 4.5, -3.25, 7.0, 1e-3, -7.0, 3.5, 1.0, 2.5, 0.5};
    char *dir = tempdir_new();
    weft_graph *g = weft_graph_new();
    weft_array *a[4], *b[4];
    char rest[2];

    if (!ask(dir)) {
        tempdir_remove(dir);
        weft_graph_free(g);
        cr_skip_test("/usr/bin/python3 with NumPy is not installed");
    }
    make_arrays(g, real, a, false);
    make_arrays(g, real, b, true);
    for (int i = 0; i < N_ONE; i++)
        for (int t = one[i] == WEFT_OP_NEGATIVE ? 1 : 2; t < 4; t++)
            expect(weft_array_call1(one[i], a[t]), weft_op_name(one[i]));
    for (int i = 0; i < N_TWO; i++)
        for (int s = 1; s < 4; s++)
            for (int t = 1; t < 4; t++)
                if (two[i] != WEFT_OP_POWER || s > 1 || t > 1)
                    expect(weft_array_call2(two[i], a[s], b[t]), weft_op_name(two[i]));
    for (int op = WEFT_OP_EQUAL; op <= WEFT_OP_GREATER_EQUAL; op++)
        for (int i = 0; i < 16; i++)
            expect(weft_array_call2((weft_op)op, a[i / 4], b[i % 4]), weft_op_name((weft_op)op));
    for (int i = 0; i < 16; i++)
        expect(weft_array_logical_and(a[i / 4], b[i % 4]), "logical_and");
    for (int i = 0; i < 16; i++)
        expect(weft_array_logical_or(a[i / 4], b[i % 4]), "logical_or");
    for (int i = 0; i < 16; i++)
        expect(weft_array_logical_xor(a[i / 4], b[i % 4]), "logical_xor");
    for (int i = 0; i < 16; i++)
        expect(weft_array_where(a[0], a[i / 4], b[i % 4]), "where");
    for (int t = 2; t < 4; t++)
        expect(weft_array_multiply(a[t], weft_array_f64(g, 2.5)), "multiply by a number");
    expect_reductions(g, real);
    expect_reductions(g, calm);
    expect(weft_array_arange(g, -1, 2, 0.3, 4), "arange");
    expect(weft_array_linspace(g, -1, 2, 11, true, 4, NULL), "linspace");
    expect(weft_array_linspace(g, -1, 2, 11, false, 4, NULL), "linspace without its end");
    cr_assert_neq(fscanf(answers, "%1s", rest), 1, "all answers are used");
    fclose(answers);
    tempdir_remove(dir);
    weft_graph_free(g);
}
