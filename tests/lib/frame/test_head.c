/* test_head.c - the first rows, wherever they lie. */
#include <criterion/criterion.h>

#include "tests/support/frames.h"

Test(head, walks_on_until_the_rows_are_found)
{
    uint64_t seed = 1;
    weft_chunk *all = random_chunk(&seed, 100, 50, 10);

    for (int parts = 1; parts <= 17; parts += 8)
        for (int holes = 0; holes < N_HOLES; holes++)
            for (int64_t n = 0; n < 200; n = n * 3 + 1) {
                weft_graph *g = weft_graph_new();
                weft_frame *f = cut_frame(g, &seed, all, parts, parts > 1 || holes == ALL_HOLES ? (enum holes)holes : NO_HOLES);
                const int64_t there = holes == ALL_HOLES ? 0 : 100;
                weft_chunk *c = frame_chunk(weft_frame_head(f, n));
                weft_chunk *first = wf_chunk_slice(all, 0, n < there ? n : there);

                cr_assert(same_chunks(c, first));
                weft_chunk_release(first);
                weft_chunk_release(c);
                weft_graph_free(g);
            }
    weft_chunk_release(all);
}

Test(head, a_negative_number_of_rows_is_refused)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 10, 50, 10);
    weft_graph *g = weft_graph_new();

    fails_with(weft_frame_head(cut_frame(g, &seed, all, 2, NO_HOLES), -1), WEFT_INVALID, "head: -1 rows");
    weft_chunk_release(all);
    weft_graph_free(g);
}
