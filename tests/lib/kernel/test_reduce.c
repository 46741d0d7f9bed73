/* test_reduce.c - sums, products, extremes and moments against plain loops. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/kernel/reduce.h"
#include "tests/support/values.h"

enum { ROOM = 5000 };

static _Alignas(64) char values[ROOM * 8];
static uint64_t valid[ROOM / 64 + 1];
static const weft_dtype numbers[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64, WEFT_DATE};
enum { N_NUMBERS = 5 };

static bool is_float(weft_dtype t)
{
    return t == WEFT_FLOAT32 || t == WEFT_FLOAT64;
}

static double f64_of(weft_dtype t, int64_t i)
{
    const union any x = any_at(t, values, i);

    switch (t) {
    case WEFT_BOOL:
        return x.b;
    case WEFT_INT64:
        return (double)x.i;
    case WEFT_FLOAT32:
        return (double)x.f;
    case WEFT_FLOAT64:
        return x.d;
    default:
        return x.t;
    }
}

static void sums_of_small_numbers(void)
{
    for (int t = 0; t < N_NUMBERS; t++)
        for (int nulls = 0; nulls < 2; nulls++)
            for (int l = 0; length_at(l) >= 0; l++) {
                const int64_t n = length_at(l);
                struct wf_sum s;
                double want = 0;
                int64_t count = 0, whole = 0;

                any_fill_small(numbers[t], values, n, (uint64_t)l);
                any_fill_bits(valid, n, 70, (uint64_t)l);
                for (int64_t i = 0; i < n; i++)
                    if (!nulls || wf_bits_at(valid, i)) {
                        want += f64_of(numbers[t], i);
                        count++;
                    }
                wf_sum_init(&s);
                wf_sum_add(&s, numbers[t], values, nulls ? valid : NULL, n);
                cr_assert_eq(s.n, count);
                cr_assert_eq(wf_sum_f64(&s, numbers[t]), want, "%s %d", weft_dtype_name(numbers[t]), (int)n);
                if (!is_float(numbers[t])) {
                    cr_assert(wf_sum_i64(&s, &whole));
                    cr_assert_eq((double)whole, want);
                }
            }
}

Test(reduce, sums_skip_nulls)
{
    on_each_isa(sums_of_small_numbers);
}

static void sums_at_the_edge(void)
{
    const int64_t edge[] = {INT64_MAX, 1, -1, INT64_MAX, INT64_MIN, INT64_MIN, 2};
    struct wf_sum s;
    int64_t out;

    wf_sum_init(&s);
    wf_sum_add(&s, WEFT_INT64, edge, NULL, 1);
    cr_assert(wf_sum_i64(&s, &out) && out == INT64_MAX);
    wf_sum_add(&s, WEFT_INT64, edge + 1, NULL, 1);
    cr_assert(!wf_sum_i64(&s, &out));
    cr_assert_eq(wf_sum_f64(&s, WEFT_INT64), 0x1p63);
    wf_sum_add(&s, WEFT_INT64, edge + 2, NULL, 1);
    cr_assert(wf_sum_i64(&s, &out) && out == INT64_MAX);
    wf_sum_add(&s, WEFT_INT64, edge + 3, NULL, 4); /* 2^63 - 1, twice, and twice -2^63, and 2 */
    cr_assert(wf_sum_i64(&s, &out) && out == 0, "%lld", (long long)out);
}

Test(reduce, an_int64_sum_knows_when_it_leaves_its_range)
{
    on_each_isa(sums_at_the_edge);
}

/* Sums of hard numbers, remembered from the first instruction set. */
static double first_sums[N_NUMBERS][160], first_m2[N_NUMBERS][160];
static bool have_first;

static void sums_to_the_bit(void)
{
    for (int t = 0; t < N_NUMBERS; t++)
        for (int l = 0; length_at(l) >= 0; l++) {
            const int64_t n = length_at(l) * 2 % ROOM;
            struct wf_moments m = {0};
            struct wf_sum s;
            double sum;

            any_fill_small(numbers[t], values, n, 9);
            for (int64_t i = 0; i < n; i++) { /* numbers whose sums round */
                if (numbers[t] == WEFT_FLOAT64)
                    ((double *)(void *)values)[i] /= 7;
                if (numbers[t] == WEFT_FLOAT32)
                    ((float *)(void *)values)[i] /= 7;
            }
            any_fill_bits(valid, n, 90, 3);
            wf_sum_init(&s);
            wf_sum_add(&s, numbers[t], values, l % 2 ? valid : NULL, n);
            wf_moments_add(&m, numbers[t], values, l % 2 ? valid : NULL, n);
            sum = wf_sum_f64(&s, numbers[t]);
            if (!have_first) {
                first_sums[t][l] = sum;
                first_m2[t][l] = m.m2;
            }
            cr_assert(!memcmp(&sum, &first_sums[t][l], sizeof sum), "%s on %s: %d", weft_dtype_name(numbers[t]),
                      wf_isa_name(wf_isa()), (int)n);
            cr_assert(!memcmp(&m.m2, &first_m2[t][l], sizeof m.m2));
        }
    have_first = true;
}

Test(reduce, no_machine_changes_a_digit)
{
    on_each_isa(sums_to_the_bit);
}

Test(reduce, the_error_of_a_long_sum_stays_small)
{
    enum { MANY = 10 };
    struct wf_sum s;
    double *x = (double *)(void *)values;

    wf_sum_init(&s);
    for (int64_t i = 0; i < ROOM; i++)
        x[i] = 0.1;
    for (int k = 0; k < MANY * 100; k++) /* 5 million */
        wf_sum_add(&s, WEFT_FLOAT64, x, NULL, ROOM);
    cr_assert_float_eq(wf_sum_f64(&s, WEFT_FLOAT64), 500000.0, 1e-9);
}

static void extremes(void)
{
    for (int t = 0; t < N_NUMBERS; t++)
        for (int nulls = 0; nulls < 2; nulls++)
            for (int l = 0; length_at(l) >= 0; l++) {
                const int64_t n = length_at(l);
                const weft_dtype dtype = numbers[t];
                union any least = {.i = 0}, most = {.i = 0};
                int64_t count = 0, at_least = -1, at_most = -1;
                bool nan = false;

                any_fill(dtype, values, n, (uint64_t)l * 7);
                if (is_float(dtype) && l % 3) /* two of three without NaN */
                    for (int64_t i = 0; i < n; i++)
                        if (isnan(f64_of(dtype, i)))
                            any_put(dtype, values, i, (union any){.i = 0});
                any_fill_bits(valid, n, l % 2 ? 5 : 60, (uint64_t)l);
                for (int64_t i = 0; i < n; i++) {
                    if (nulls && !wf_bits_at(valid, i))
                        continue;
                    count++;
                    if (nan)
                        continue;
                    if (isnan(f64_of(dtype, i))) {
                        nan = true;
                        at_least = at_most = i;
                        continue;
                    }
                    /* int64 beyond 2^53 compares as itself */
                    if (at_least < 0 || (dtype == WEFT_INT64 ? any_at(dtype, values, i).i < any_at(dtype, values, at_least).i
                                                             : f64_of(dtype, i) < f64_of(dtype, at_least)))
                        at_least = i;
                    if (at_most < 0 || (dtype == WEFT_INT64 ? any_at(dtype, values, i).i > any_at(dtype, values, at_most).i
                                                            : f64_of(dtype, i) > f64_of(dtype, at_most)))
                        at_most = i;
                }
                cr_assert_eq(wf_min(dtype, &least, values, nulls ? valid : NULL, n), count);
                cr_assert_eq(wf_max(dtype, &most, values, nulls ? valid : NULL, n), count);
                cr_assert_eq(wf_argmin(dtype, values, nulls ? valid : NULL, n), at_least);
                cr_assert_eq(wf_argmax(dtype, values, nulls ? valid : NULL, n), at_most);
                if (!count)
                    continue;
                memset(values + ROOM * 8 - 8, 0, 8);
                if (is_float(dtype)) { /* zeros of both signs are equal */
                    const double a = dtype == WEFT_FLOAT64 ? least.d : (double)least.f;
                    const double b = dtype == WEFT_FLOAT64 ? most.d : (double)most.f;

                    cr_assert(nan ? isnan(a) && isnan(b)
                                  : a == f64_of(dtype, at_least) && b == f64_of(dtype, at_most));
                } else {
                    cr_assert(any_same(dtype, least, any_at(dtype, values, at_least)));
                    cr_assert(any_same(dtype, most, any_at(dtype, values, at_most)));
                }
            }
}

Test(reduce, extremes_skip_nulls_and_not_nan)
{
    on_each_isa(extremes);
}

static void products(void)
{
    struct wf_prod p;
    int64_t twos[64];
    double x[3] = {0.5, -3, 8};

    for (int i = 0; i < 64; i++)
        twos[i] = 2;
    wf_prod_init(&p);
    wf_prod_add(&p, WEFT_INT64, twos, NULL, 62);
    cr_assert(p.i64 == (int64_t)1 << 62 && !p.overflow);
    wf_prod_add(&p, WEFT_INT64, twos, NULL, 1);
    cr_assert(p.overflow);
    valid[0] = 5;
    wf_prod_init(&p);
    wf_prod_add(&p, WEFT_FLOAT64, x, valid, 3);
    cr_assert(p.f64 == 4 && p.n == 2);
}

Test(reduce, products_know_when_they_leave_their_range)
{
    on_each_isa(products);
}

static void moments(void)
{
    for (int t = 0; t < N_NUMBERS; t++)
        for (int l = 0; length_at(l) >= 0; l++) {
            const int64_t n = length_at(l), half = n / 2 / 64 * 64;
            struct wf_moments m = {0}, a = {0}, b = {0};
            double mean = 0, m2 = 0;
            int64_t count = 0;

            any_fill_small(numbers[t], values, n, (uint64_t)l);
            any_fill_bits(valid, n, 80, (uint64_t)l);
            for (int64_t i = 0; i < n; i++)
                if (wf_bits_at(valid, i)) {
                    mean += f64_of(numbers[t], i);
                    count++;
                }
            mean /= (double)count;
            for (int64_t i = 0; i < n; i++)
                if (wf_bits_at(valid, i))
                    m2 += (f64_of(numbers[t], i) - mean) * (f64_of(numbers[t], i) - mean);
            wf_moments_add(&m, numbers[t], values, valid, n);
            cr_assert_eq(m.n, count);
            if (!count)
                continue;
            cr_assert_float_eq(m.mean, mean, 1e-12);
            cr_assert_float_eq(m.m2, m2, 1e-9 * (1 + m2));
            wf_moments_add(&a, numbers[t], values, valid, half);
            wf_moments_add(&b, numbers[t], values + (size_t)half * weft_dtype_size(numbers[t]), valid + half / 64, n - half);
            wf_moments_merge(&a, &b);
            cr_assert_eq(a.n, count);
            cr_assert_float_eq(a.mean, mean, 1e-12);
            cr_assert_float_eq(a.m2, m2, 1e-9 * (1 + m2));
        }
}

Test(reduce, moments_of_parts_merge_to_those_of_the_whole)
{
    on_each_isa(moments);
}
