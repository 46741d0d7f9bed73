#include <criterion/criterion.h>

#include <string.h>

#include <weft/predict.h>

#include "tests/support/hand_trace.h"

/* "wide" has most of the work and nobody waits for it; "thin" is the longest path:
 *
 *     thin (4) -> thin (4) -> thin (4)
 *     wide (5)  wide (5)  wide (5)             on four workers: 12                        */
enum { MS = 1000000, TICK = 10 };
static const struct hand_task two_kinds[] = {
    {.name = "thin", .begin_ns = 0, .end_ns = 4 * MS + TICK, .layer = "path", .layer_id = 1},
    {.name = "thin", .HAND_DEPS(0), .begin_ns = 5 * MS, .end_ns = 9 * MS + TICK, .layer = "path", .layer_id = 1},
    {.name = "thin", .HAND_DEPS(1), .begin_ns = 10 * MS, .end_ns = 14 * MS + TICK, .layer = "path", .layer_id = 1},
    {.name = "wide", .begin_ns = 15 * MS, .end_ns = 20 * MS + TICK},
    {.name = "wide", .begin_ns = 25 * MS, .end_ns = 30 * MS + TICK},
    {.name = "wide", .begin_ns = 35 * MS, .end_ns = 40 * MS + TICK},
};

static size_t worth(int n_workers, bool of_layers, size_t most, struct weft_worth *out, weft_status *st)
{
    weft_trace *t = hand_trace(two_kinds, 6, 1);
    weft_predictor *p = NULL;
    size_t n = 0;

    cr_assert(!weft_predictor_new(&p, t, &(struct weft_predict_spec){.ideal = true}, NULL));
    *st = weft_predictor_worth(p, n_workers, of_layers, most, out, &n, NULL);
    weft_predictor_free(p);
    for (size_t i = 0; i < n; i++)
        out[i].what = !strcmp(out[i].what, "thin") ? "thin" : !strcmp(out[i].what, "wide") ? "wide" : "path"; /* the trace's go with it */
    weft_trace_free(t);
    return n;
}

Test(predict_worth, is_what_the_whole_gains_and_not_the_share_of_the_work)
{
    struct weft_worth w[4];
    weft_status st;

    cr_assert_eq(worth(4, false, 4, w, &st), 2);
    cr_assert(!st);
    cr_assert_str_eq(w[0].what, "thin");
    cr_assert_eq(w[0].n_tasks, 3);
    cr_assert_float_eq(w[0].share, 12 / 27.0, 1e-9);
    cr_assert_eq(w[0].twice_ns, 6 * MS);
    cr_assert_eq(w[0].free_ns, 5 * MS);
    cr_assert_float_eq(w[0].twice_less, 0.5, 1e-9);
    cr_assert_float_eq(w[0].free_less, 7 / 12.0, 1e-9);
    cr_assert_str_eq(w[1].what, "wide");
    cr_assert_eq(w[1].twice_ns, 12 * MS);
    cr_assert_eq(w[1].free_ns, 12 * MS);
    cr_assert_eq(w[1].twice_less, 0);
}

Test(predict_worth, on_one_worker_is_the_share_of_the_work)
{
    struct weft_worth w[4];
    weft_status st;

    cr_assert_eq(worth(1, false, 4, w, &st), 2);
    cr_assert_str_eq(w[0].what, "wide");
    for (int i = 0; i < 2; i++)
        cr_assert_float_eq(w[i].free_less, w[i].share, 1e-9);
}

Test(predict_worth, of_few_names_is_of_those_with_the_most_work)
{
    struct weft_worth w[1];
    weft_status st;

    cr_assert_eq(worth(4, false, 1, w, &st), 1);
    cr_assert_str_eq(w[0].what, "wide");
    cr_assert_eq(worth(4, false, 0, w, &st), 0);
}

Test(predict_worth, of_layers_leaves_out_tasks_of_none)
{
    struct weft_worth w[4];
    weft_status st;

    cr_assert_eq(worth(4, true, 4, w, &st), 1);
    cr_assert_str_eq(w[0].what, "path");
    cr_assert_eq(w[0].twice_ns, 6 * MS);
    worth(0, true, 4, w, &st);
    cr_assert_eq(st, WEFT_INVALID);
}
