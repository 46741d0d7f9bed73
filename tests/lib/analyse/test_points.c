#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/analyse/points.h"

static void assert_near(double got, double want)
{
    cr_assert(fabs(got - want) <= 1e-12 * fabs(want), "%.17g, expected %.17g", got, want);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The variance of the median of n numbers drawn from these n, over all n^n ways to draw them. */
static double drawn_variance(const double *x, int n)
{
    double mean = 0, square = 0, all = pow(n, n);
    int at[8] = {0};

    for (double k = 0; k < all; k++) {
        double drawn[8];

        for (int i = 0; i < n; i++)
            drawn[i] = x[at[i]];
        qsort(drawn, (size_t)n, sizeof *drawn, by_value);
        mean += drawn[n / 2] / all;
        square += drawn[n / 2] * drawn[n / 2] / all;
        for (int i = 0; i < n && ++at[i] == n; i++)
            at[i] = 0;
    }
    return square - mean * mean;
}

Test(points, scatter_is_that_of_a_median_over_all_ways_to_draw_it)
{
    static const double seconds[] = {1.02, 0.97, 1.31, 1.05, 0.99, 1.00, 1.11};

    for (int n = 3; n <= 7; n += 2) {
        struct weft_timing runs[7];
        double logs[7];
        struct wf_points pts;

        for (int i = 0; i < n; i++) {
            runs[i] = (struct weft_timing){4, 2, seconds[i]};
            logs[i] = log(seconds[i] / 2);
        }
        cr_assert(!wf_points_init(&pts, runs, (size_t)n, NULL));
        cr_assert_eq(pts.within_dof, n - 1);
        cr_assert_float_eq(pts.within / n, drawn_variance(logs, n), 1e-9);
        wf_points_fini(&pts);
    }
}

Test(points, are_medians_per_unit_of_work_by_workers)
{
    static const struct weft_timing runs[] = {{8, 2, 6}, {1, 1, 9}, {8, 4, 4}, {1, 1, 7}, {1, 2, 16}, {2, 1, 5}, {8, 1, 9}, {8, 1, 2}};
    struct wf_points pts;

    cr_assert(!wf_points_init(&pts, runs, 8, NULL));
    cr_assert_eq(pts.n, 3);
    assert_near(pts.list[0].log_y, log(8)); /* 7, 8, 9 */
    assert_near(pts.list[1].log_y, log(5));
    assert_near(pts.list[2].log_y, (log(2) + log(3)) / 2); /* 1, 2, 3, 9 */
    cr_assert(pts.list[0].n == 3 && pts.list[1].n == 1 && pts.list[2].n == 4);
    cr_assert(pts.list[0].n_workers == 1 && pts.list[1].n_workers == 2 && pts.list[2].n_workers == 8);
    cr_assert_eq(pts.within_dof, 2 + 0 + 3);
    wf_points_fini(&pts);
}

Test(points, of_one_run_each_have_no_scatter)
{
    struct wf_points pts;

    cr_assert(!wf_points_init(&pts, (const struct weft_timing[]){{1, 1, 9}, {2, 1, 7}}, 2, NULL));
    cr_assert(pts.n == 2 && pts.within == 0 && pts.within_dof == 0 && pts.spread == 0);
    wf_points_fini(&pts);
    cr_assert(!wf_points_init(&pts, NULL, 0, NULL));
    cr_assert_eq(pts.n, 0);
    wf_points_fini(&pts);
}

Test(points, spread_is_the_pooled_standard_deviation)
{
    /* Logarithms 0, 1, 2 and 5, 7: squares 2 and 2, over 2 and 1 degrees of freedom. */
    const struct weft_timing runs[] = {{1, 1, 1}, {1, 1, exp(1)}, {1, 1, exp(2)}, {2, 1, exp(5)}, {2, 1, exp(7)}};
    struct wf_points pts;

    cr_assert(!wf_points_init(&pts, runs, 5, NULL));
    assert_near(pts.spread, sqrt(4.0 / 3));
    wf_points_fini(&pts);
}
