/* test_extent.c - parts of a file: taken, given back, joined. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/extent.h"

Test(extent, neighbours_join_and_the_lowest_that_fits_is_taken)
{
    struct wf_extents e;
    uint64_t at[4], again;

    wf_extents_init(&e, 1000);
    for (int i = 0; i < 4; i++) {
        cr_assert(wf_extents_take(&e, 100, &at[i]));
        cr_expect_eq(at[i], 100u * (unsigned)i);
    }
    wf_extents_give(&e, at[0], 100);
    wf_extents_give(&e, at[2], 100);
    wf_extents_check(&e);
    cr_expect_eq(e.n, 2u);
    cr_assert(wf_extents_take(&e, 60, &again));
    cr_expect_eq(again, 0u);
    wf_extents_give(&e, at[1], 100); /* between 60 .. 100 and 200 .. 300 */
    wf_extents_check(&e);
    cr_expect_eq(e.n, 1u);
    cr_assert(wf_extents_take(&e, 240, &again));
    cr_expect_eq(again, 60u);
    cr_expect_eq(e.end, 400u);
    wf_extents_fini(&e);
}

Test(extent, the_file_grows_to_its_limit_and_no_further)
{
    struct wf_extents e;
    uint64_t at;

    wf_extents_init(&e, 100);
    cr_expect(wf_extents_take(&e, 60, &at));
    cr_expect(!wf_extents_take(&e, 41, &at));
    cr_expect(wf_extents_take(&e, 40, &at));
    wf_extents_give(&e, 60, 40);
    cr_expect_eq(e.end, 60u, "what is free at the end is no more part of the file");
    wf_extents_give(&e, 0, 60);
    cr_expect_eq(e.end, 0u);
    wf_extents_fini(&e);
}

/* A map of bytes is the plain way. */
Test(extent, ten_thousand_random_steps_agree_with_a_map_of_bytes)
{
    enum { BYTES = 2000, PARTS = 40 };
    struct { uint64_t at, bytes; } part[PARTS] = {{0}};
    bool taken[BYTES] = {false};
    struct wf_extents e;

    srand(3);
    wf_extents_init(&e, BYTES);
    for (int step = 0; step < 10000; step++) {
        const int i = rand() % PARTS;

        if (part[i].bytes) {
            memset(taken + part[i].at, 0, part[i].bytes);
            wf_extents_give(&e, part[i].at, part[i].bytes);
            part[i].bytes = 0;
        } else {
            const uint64_t want = (uint64_t)(1 + rand() % 120);
            uint64_t at, run = 0, lowest = BYTES;

            for (uint64_t b = 0; b < BYTES && lowest == BYTES; b++) {
                run = taken[b] ? 0 : run + 1;
                if (run == want)
                    lowest = b + 1 - want;
            }
            cr_assert_eq(wf_extents_take(&e, want, &at), lowest != BYTES);
            if (lowest == BYTES)
                continue;
            cr_assert_eq(at, lowest);
            memset(taken + at, 1, want);
            part[i].at = at;
            part[i].bytes = want;
        }
        wf_extents_check(&e);
    }
    wf_extents_fini(&e);
}

Test(extent, without_memory_a_part_is_lost_and_comes_back_with_the_last)
{
    struct wf_extents e;
    uint64_t at;

    wf_extents_init(&e, 100);
    cr_assert(wf_extents_take(&e, 10, &at));
    cr_assert(wf_extents_take(&e, 10, &at));
    wf_mem_fail_at(1);
    wf_extents_give(&e, 0, 10);
    wf_mem_fail_at(0);
    wf_extents_check(&e);
    cr_expect_eq(e.n, 0u);
    wf_extents_give(&e, 10, 10);
    cr_expect_eq(e.end, 0u);
    wf_extents_fini(&e);
}
