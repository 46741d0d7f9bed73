/* test_frame.c - what frames say of themselves, whole, failed and absent. */
#include <criterion/criterion.h>

#include "tests/support/frames.h"

Test(frame, names_and_types_are_known_before_a_run)
{
    uint64_t seed = 1;
    weft_chunk *all = random_chunk(&seed, 30, 9, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 3, NO_HOLES);
    const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};

    cr_assert_eq(weft_frame_graph(f), g);
    cr_assert_eq(weft_frame_n_columns(f), 5);
    for (int k = 0; k < 5; k++)
        cr_assert_eq(weft_frame_dtype(f, k), dtypes[k]);
    cr_assert_eq(weft_frame_find(f, "d"), 3);
    cr_assert_eq(weft_frame_find(f, "dd"), -1);
    cr_assert_eq(weft_frame_n_rows(f), 30);
    f = weft_frame_assign(weft_frame_assign(f, "z", "i / 2"), "b", "d");
    cr_assert_eq(weft_frame_n_columns(f), 6);
    cr_assert_eq(weft_frame_dtype(f, 5), WEFT_FLOAT64);
    cr_assert_eq(weft_frame_dtype(f, 0), WEFT_DATE); /* replaced where it was */
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(frame, divisions_last_as_long_as_row_numbers_do)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 30, 9, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 2, NO_HOLES);

    f = weft_frame_keep(weft_frame_assign(weft_frame_column(f, "i"), "z", "i"));
    if (weft_frame_divisions(f)) { /* a random cut may leave a partition empty */
        cr_assert_eq(weft_frame_divisions(f)[0], 0);
        cr_assert_eq(weft_frame_divisions(f)[2], 29);
        cr_assert_eq(weft_frame_divisions(weft_frame_filter(f, "z > 3")), weft_frame_divisions(f));
    }
    cr_assert_null(weft_frame_divisions(weft_frame_clear_divisions(f)));
    cr_assert_null(weft_frame_divisions(weft_frame_sort(f, "z", WEFT_ASCENDING)));
    cr_assert_null(weft_frame_divisions(cut_frame(g, &seed, all, 3, HOLE_MIDDLE)));
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(frame, an_absent_frame_has_nothing_and_fails_for_memory)
{
    struct weft_error err;

    cr_assert_eq(weft_frame_n_columns(NULL), 0);
    cr_assert_eq(weft_frame_n_partitions(NULL), 0);
    cr_assert_eq(weft_frame_n_rows(NULL), -1);
    cr_assert_eq(weft_frame_find(NULL, "x"), -1);
    cr_assert_null(weft_frame_divisions(NULL));
    cr_assert_null(weft_frame_graph(NULL));
    cr_assert_null(weft_frame_whole(NULL));
    cr_assert_eq(weft_frame_status(NULL, &err), WEFT_NOMEM);
}
