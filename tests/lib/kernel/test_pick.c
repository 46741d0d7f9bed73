/* test_pick.c - rows picked from several columns, one by one. */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "lib/kernel/pick.h"
#include "tests/support/columns.h"

static const weft_dtype all_types[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};

Test(pick, rows_come_from_where_they_are_said_to)
{
    uint64_t seed = 1;

    for (size_t t = 0; t < sizeof all_types / sizeof *all_types; t++)
        for (int nulls = 0; nulls < 2; nulls++) {
            struct wf_column *parts[3], *picked;
            struct wf_pick picks[700];

            for (int k = 0; k < 3; k++) /* only the second has nulls */
                parts[k] = random_column(&seed, all_types[t], 100 + 50 * k, 1000, nulls && k == 1 ? 30 : 0);
            for (int i = 0; i < 700; i++) {
                picks[i].part = (uint32_t)random_below(&seed, 3);
                picks[i].row = (uint32_t)random_below(&seed, 100 + 50 * picks[i].part);
            }
            picked = wf_pick_rows(parts, 3, picks, 700);
            cr_assert_eq(picked->n, 700);
            for (int i = 0; i < 700; i++)
                cr_assert(same_key(picked, i, parts[picks[i].part], picks[i].row));
            for (int k = 0; k < 3; k++) /* long texts are held by the new column */
                wf_column_release(parts[k]);
            wf_column_release(picked);
        }
}

Test(pick, no_rows_make_an_empty_column)
{
    uint64_t seed = 2;
    struct wf_column *c = random_column(&seed, WEFT_STRING, 10, 10, 50);
    struct wf_column *none = wf_pick_rows(&c, 1, NULL, 0);

    cr_assert_eq(none->n, 0);
    cr_assert_eq(none->n_nulls, 0);
    wf_column_release(none);
    wf_column_release(c);
}

Test(pick, every_refused_allocation_is_told)
{
    uint64_t seed = 3;
    struct wf_column *c = random_column(&seed, WEFT_STRING, 10, 10, 50);
    const struct wf_pick picks[] = {{0, 3}, {0, 1}};
    struct wf_column *picked = NULL;

    wf_mem_watch(true);
    for (int64_t nth = 1; !picked; nth++) {
        wf_mem_fail_at(nth);
        picked = wf_pick_rows(&c, 1, picks, 2);
        wf_mem_fail_at(0);
        cr_assert(picked || wf_mem_n_live() == 0);
        cr_assert_lt(nth, 20);
    }
    wf_mem_watch(false);
    wf_column_release(picked);
    wf_column_release(c);
}
