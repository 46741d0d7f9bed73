/* test_arena.c - many small allocations stay where they are until the end. */
#include "lib/base/arena.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"

Test(arena, gives_zeroed_memory_aligned_as_asked)
{
    struct wf_arena a;

    wf_arena_init(&a);
    for (size_t align = 1; align <= 4096; align *= 2)
        for (size_t bytes = 0; bytes < 300; bytes += 7) {
            unsigned char *p = wf_arena_alloc(&a, bytes, align);

            cr_assert_not_null(p);
            cr_assert_eq((uintptr_t)p % align, 0, "%zu bytes at %zu", bytes, align);
            for (size_t i = 0; i < bytes; i++)
                cr_assert_eq(p[i], 0);
            memset(p, 0xff, bytes);
        }
    wf_arena_fini(&a);
}

Test(arena, nothing_moves_or_overlaps_as_it_grows)
{
    enum { N = 20000 };
    struct wf_arena a;
    static uint32_t *p[N];

    wf_arena_init(&a);
    for (uint32_t i = 0; i < N; i++) {
        p[i] = wf_arena_alloc(&a, sizeof **p * (1 + i % 50), sizeof **p);
        cr_assert_not_null(p[i]);
        for (uint32_t k = 0; k < 1 + i % 50; k++)
            p[i][k] = i;
    }
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t k = 0; k < 1 + i % 50; k++)
            cr_assert_eq(p[i][k], i);
    wf_arena_fini(&a);
}

Test(arena, takes_pieces_larger_than_any_slab)
{
    struct wf_arena a;
    char *big, *small;

    wf_arena_init(&a);
    big = wf_arena_alloc(&a, (size_t)70 << 20, 64);
    cr_assert_not_null(big);
    big[0] = big[((size_t)70 << 20) - 1] = 1;
    small = wf_arena_alloc(&a, 100, 8);
    cr_assert_not_null(small);
    cr_assert_geq(a.bytes, (size_t)70 << 20);
    wf_arena_fini(&a);
    cr_assert_eq(a.bytes, 0);
}

Test(arena, a_small_one_stays_small)
{
    struct wf_arena a;

    wf_arena_init(&a);
    for (int i = 0; i < 100; i++)
        wf_arena_alloc(&a, 64, 8);
    cr_assert_leq(a.bytes, 16384);
    wf_arena_fini(&a);
}

Test(arena, a_big_piece_leaves_no_memory_idle_behind_it)
{
    struct wf_arena a;
    char *before, *after;

    wf_arena_init(&a);
    before = wf_arena_alloc(&a, 8, 8);
    for (int i = 0; i < 4; i++)
        cr_assert_not_null(wf_arena_alloc(&a, (size_t)3 << 20, 64));
    after = wf_arena_alloc(&a, 8, 8);
    cr_assert(before < after && after < before + 4096);
    cr_assert_leq(a.bytes, ((size_t)12 << 20) + 4096);
    wf_arena_fini(&a);
}

Test(arena, sizes_no_machine_has_are_refused_and_it_goes_on)
{
    struct wf_arena a;

    wf_arena_init(&a);
    cr_assert_null(wf_arena_alloc(&a, SIZE_MAX, 8));
    cr_assert_null(wf_arena_alloc(&a, SIZE_MAX - 64, 64));
    cr_assert_null(wf_arena_alloc(&a, (size_t)1 << 62, 8));
    cr_assert_not_null(wf_arena_alloc(&a, 8, 8));
    cr_assert_null(wf_arena_alloc(&a, SIZE_MAX, 8));
    cr_assert_not_null(wf_arena_alloc(&a, 8, 8));
    wf_arena_fini(&a);
}

Test(arena, copies_texts)
{
    struct wf_arena a;
    char text[] = "warp and weft", *copy, *empty;

    wf_arena_init(&a);
    copy = wf_arena_strdup(&a, text);
    empty = wf_arena_strdup(&a, "");
    text[0] = 'W';
    cr_assert_str_eq(copy, "warp and weft");
    cr_assert_str_eq(empty, "");
    wf_arena_fini(&a);
}

Test(arena, one_that_is_done_or_zeroed_can_be_finished_again)
{
    struct wf_arena zeroed = {0}, a;

    wf_arena_fini(&zeroed);
    wf_arena_init(&a);
    wf_arena_alloc(&a, 1, 1);
    wf_arena_fini(&a);
    wf_arena_fini(&a);
    cr_assert_not_null(wf_arena_alloc(&a, 1, 1));
    wf_arena_fini(&a);
}

static weft_status fill_one(void *arg)
{
    struct wf_arena a;
    weft_status st = WEFT_OK;

    (void)arg;
    wf_arena_init(&a);
    for (int i = 0; i < 5000; i++)
        if (!wf_arena_alloc(&a, 100, 8) || !wf_arena_strdup(&a, "text"))
            st = WEFT_NOMEM;
    wf_arena_fini(&a);
    return st;
}

Test(arena, a_slab_that_is_refused_loses_nothing)
{
    /* 0.5 MB in doubling slabs from 4 KiB. */
    cr_assert_geq(nomem_everywhere(fill_one, NULL), 4);
}
