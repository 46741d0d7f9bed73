/* test_layout.c - every way to say chunks gives the cuts it should. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <string.h>

#include "lib/array/array.h"

static weft_array *cut(weft_graph *g, struct weft_layout layout)
{
    return weft_array_zeros(g, WEFT_FLOAT64, layout);
}

/* The lengths along an axis are these, the list ended by -1. */
static void expect(const weft_array *a, int axis, const int64_t *lengths)
{
    int64_t n = 0;

    for (; lengths[n] >= 0; n++) {
        cr_assert_lt(n, weft_array_n_chunks_along(a, axis));
        cr_assert_eq(weft_array_cuts(a, axis)[n + 1] - weft_array_cuts(a, axis)[n], lengths[n]);
    }
    cr_assert_eq(weft_array_n_chunks_along(a, axis), n);
    cr_assert_eq(weft_array_cuts(a, axis)[n], weft_array_shape(a)[axis]);
}
#define LENGTHS(...) ((int64_t[]){__VA_ARGS__, -1})

Test(layout, one_length_for_all_axes)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = cut(g, (struct weft_layout){WEFT_SHAPE(10, 4), .chunks = {.all = 4}});

    expect(a, 0, LENGTHS(4, 4, 2));
    expect(a, 1, LENGTHS(4));
    weft_graph_free(g);
}

Test(layout, a_length_a_list_and_a_whole_axis_together)
{
    static const int64_t list[] = {1, 0, 4};
    weft_graph *g = weft_graph_new();
    weft_array *a = cut(g, (struct weft_layout){WEFT_SHAPE(7, 5, 9),
                        .chunks = {.axis = {3, 0, WEFT_CHUNK_WHOLE}, .list = {NULL, list}, .n_list = {0, 3}}});

    expect(a, 0, LENGTHS(3, 3, 1));
    expect(a, 1, LENGTHS(1, 0, 4));
    expect(a, 2, LENGTHS(9));
    cr_assert_eq(weft_array_n_chunks(a), 9);
    weft_graph_free(g);
}

Test(layout, chosen_chunks_are_near_square_and_take_at_most_the_bytes)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = cut(g, (struct weft_layout){WEFT_SHAPE(100000, 100000)});
    weft_array *b = cut(g, (struct weft_layout){WEFT_SHAPE(1000, 3, 1000), .chunks = {.bytes = 3 * 100 * 100 * 8}});
    weft_array *c = cut(g, (struct weft_layout){WEFT_SHAPE(1000, 1000), .chunks = {.axis = {10}, .bytes = 8000}});

    /* 128 MiB of float64 is 4096 * 4096; 25 equal chunks of 4000 along each axis. */
    cr_assert_eq(weft_array_n_chunks_along(a, 0), 25);
    cr_assert_eq(weft_array_cuts(a, 1)[1], 4000);
    expect(b, 1, LENGTHS(3));
    cr_assert_eq(weft_array_cuts(b, 0)[1], 100);
    cr_assert_eq(weft_array_cuts(b, 2)[1], 100);
    cr_assert_eq(weft_array_cuts(c, 0)[1], 10);
    cr_assert_eq(weft_array_cuts(c, 1)[1], 100);
    weft_graph_free(g);
}

Test(layout, chosen_chunks_of_any_shape_stay_within_the_bytes)
{
    weft_graph *g = weft_graph_new();

    for (int64_t n = 1; n < 3000; n = n * 3 + 1)
        for (int64_t m = 1; m < 3000; m = m * 5 + 2) {
            weft_array *a = cut(g, (struct weft_layout){WEFT_SHAPE(n, m, 7), .chunks = {.bytes = 5000}});
            int64_t elems = 1;

            for (int d = 0; d < 3; d++)
                elems *= weft_array_cuts(a, d)[1];
            cr_assert_leq(elems * 8, 5000);
            /* None is much smaller than need be, unless the array is. */
            cr_assert(elems * 8 * 8 >= 5000 || elems == n * m * 7);
        }
    weft_graph_free(g);
}

Test(layout, no_elements_are_one_empty_chunk_and_no_axes_one_element)
{
    weft_graph *g = weft_graph_new();
    weft_array *none = cut(g, (struct weft_layout){WEFT_SHAPE(0, 3)});
    weft_array *one = cut(g, (struct weft_layout){0});

    expect(none, 0, LENGTHS(0));
    cr_assert_eq(weft_array_n_elems(none), 0);
    cr_assert_eq(weft_array_n_elems(one), 1);
    cr_assert_eq(weft_array_n_chunks(one), 1);
    weft_graph_free(g);
}

Test(layout, what_does_not_fit_is_named)
{
    static const int64_t list[] = {3, 3};
    static const struct {
        struct weft_layout layout;
        weft_status        status;
        const char        *message;
    } bad[] = {
        {{WEFT_SHAPE(7), .chunks = {.list = {list}, .n_list = {2}}}, WEFT_INVALID,
         "zeros: chunks of axis 0 add up to 6 and its size is 7"},
        {{WEFT_SHAPE(7, 7), .chunks = {.axis = {1, -2}}}, WEFT_INVALID, "zeros: chunk length -2 for axis 1"},
        {{WEFT_SHAPE(7, -1)}, WEFT_INVALID, "zeros: axis 1 has size -1"},
        {{.n_dims = 9}, WEFT_INVALID, "zeros: 9 axes; at most 8 are possible"},
        {{WEFT_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)}, WEFT_INVALID,
         "zeros: shape (1099511627776, 1099511627776) has more elements than memory has room for"},
        {{WEFT_SHAPE((int64_t)1 << 40, 1 << 10), .chunks = {.all = 1 << 15}}, WEFT_OK, ""},
        {{WEFT_SHAPE(1 << 20, 1 << 20), .chunks = {.all = 1}}, WEFT_INVALID, "zeros: more than 2147483647 chunks"},
    };
    weft_graph *g = weft_graph_new();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct weft_error err = {0};

        cr_assert_eq(weft_array_status(cut(g, bad[i].layout), &err), bad[i].status, "%zu", i);
        cr_assert_str_eq(err.message, bad[i].message);
    }
    cr_assert_eq(weft_array_status(weft_array_zeros(g, WEFT_STRING, weft_layout_1d(3, 1)), NULL), WEFT_TYPE);
    cr_assert_eq(weft_array_status(weft_array_zeros(g, (weft_dtype)77, weft_layout_1d(3, 1)), NULL), WEFT_TYPE);
    weft_graph_free(g);
}

Test(layout, a_refinement_has_the_cuts_of_both_once)
{
    static const int64_t x[] = {0, 2, 2, 6, 9}, y[] = {0, 3, 6, 9}, both[] = {0, 2, 3, 6, 9};
    const struct wf_cuts a = {4, x}, b = {3, y};
    weft_graph *g = weft_graph_new();
    struct wf_cuts out;

    cr_assert(wf_cuts_refine(g, &out, &a, &b));
    cr_assert_eq(out.n, 4);
    cr_assert_eq(memcmp(out.at, both, sizeof both), 0);
    cr_assert(wf_cuts_refine(g, &out, &a, &a));
    cr_assert_eq(out.at, x, "equal cuts are shared");
    weft_graph_free(g);
}

Test(layout, a_chunk_is_found_by_what_it_holds)
{
    static const int64_t x[] = {0, 0, 2, 2, 6, 6};
    const struct wf_cuts a = {5, x};

    cr_assert_eq(wf_cuts_find(&a, 0, 2), 1);
    cr_assert_eq(wf_cuts_find(&a, 1, 2), 1);
    cr_assert_eq(wf_cuts_find(&a, 2, 6), 3);
    cr_assert_eq(wf_cuts_find(&a, 5, 6), 3);
}

Test(layout, indices_count_row_major)
{
    static const int64_t x[] = {0, 1, 2}, y[] = {0, 1, 2, 3};
    const struct wf_cuts cuts[] = {{2, x}, {3, y}};
    int64_t index[2] = {0, 0};

    for (int64_t i = 0; i < 6; i++) {
        cr_assert_eq(wf_index_number(index, 2, cuts), i);
        wf_index_next(index, 2, cuts);
    }
    cr_assert_eq(wf_index_number(index, 2, cuts), 0);
}
