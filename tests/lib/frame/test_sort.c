/* test_sort.c - sorted frames against insertion of all rows. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "lib/kernel/sort.h"
#include "tests/support/frames.h"
#include "tests/support/nomem.h"

static const char *const names[] = {"b", "i", "f", "d", "s"};

/* The rows of `all` in order, by insertion: stable. wf_sort_compare() has its own judge. */
static int64_t *plain_order(const weft_chunk *all, int column, bool descending)
{
    const struct wf_column *c = all->columns[column];
    int64_t *rows = malloc((size_t)(all->n_rows + 1) * sizeof *rows);

    for (int64_t i = 0; i < all->n_rows; i++) {
        int64_t at = i;

        for (; at > 0 && wf_sort_compare(c, rows[at - 1], c, i, descending) > 0; at--)
            rows[at] = rows[at - 1];
        rows[at] = i;
    }
    return rows;
}

Test(sort, rows_of_any_partitions_come_in_order_and_ties_as_they_were)
{
    const int partitions[] = {1, 2, 3, 17};
    uint64_t seed = 1;

    for (int column = 0; column < 5; column++)
        for (size_t p = 0; p < 4; p++)
            for (int holes = 0; holes < N_HOLES; holes++) {
                const bool descending = (holes + p) % 2;
                weft_chunk *all = random_chunk(&seed, 250, 40, 10);
                weft_graph *g = weft_graph_new();
                weft_frame *f = cut_frame(g, &seed, all, partitions[p],
                                          partitions[p] > 1 || holes == ALL_HOLES ? (enum holes)holes : NO_HOLES);
                weft_frame *sorted = weft_frame_sort(f, names[column], descending ? WEFT_DESCENDING : WEFT_ASCENDING);
                int64_t *rows = plain_order(all, column, descending);
                weft_chunk *c = frame_rows(sorted);

                cr_assert_eq(c->n_rows, holes == ALL_HOLES ? 0 : 250);
                cr_assert_eq(weft_frame_n_partitions(sorted), partitions[p]);
                for (int64_t i = 0; i < c->n_rows; i++)
                    for (int k = 0; k < 5; k++)
                        cr_assert(same_key(c->columns[k], i, all->columns[k], rows[i]), "%s, row %lld", names[column],
                                  (long long)i);
                free(rows);
                weft_chunk_release(c);
                weft_chunk_release(all);
                weft_graph_free(g);
            }
}

Test(sort, one_value_in_all_rows_still_makes_equal_partitions)
{
    enum { N = 8000, PARTS = 4 };
    int64_t *x = calloc(N, sizeof *x);
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_frame *f = weft_frame_from_columns(g, &column, 1, N, (struct weft_cut){.n_partitions = PARTS});
    weft_frame *sorted = weft_frame_sort(f, "x", WEFT_ASCENDING);

    for (int i = 0; i < PARTS; i++) {
        weft_chunk *c = frame_chunk(weft_frame_partition(sorted, i));

        cr_assert_gt(c->n_rows, N / PARTS - 100);
        cr_assert_lt(c->n_rows, N / PARTS + 100);
        weft_chunk_release(c);
    }
    weft_graph_free(g);
    free(x);
}

Test(sort, the_key_need_not_be_the_first_column_nor_kept)
{
    const int64_t x[] = {3, 1, 2};
    const char *const s[] = {"c", "a", "b"};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec columns[] = {{.name = "s", .dtype = WEFT_STRING, .texts = s},
                                               {.name = "x", .dtype = WEFT_INT64, .values = x}};
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 3, (struct weft_cut){.n_partitions = 2});
    weft_chunk *c = frame_rows(weft_frame_column(weft_frame_sort(f, "x", WEFT_DESCENDING), "s"));

    cr_assert_eq(weft_chunk_n_columns(c), 1);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(weft_chunk_text_at(c, 0, i).ptr[0], 'c' - i);
    weft_chunk_release(c);
    weft_graph_free(g);
}

static weft_status sort_of_strings(void *arg)
{
    static const char *const s[] = {"red", "a long name of a colour", "red", NULL, "a long name of a colour", "blue"};
    const struct weft_column_spec column = {.name = "s", .dtype = WEFT_STRING, .texts = s};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 6, (struct weft_cut){.n_partitions = 2});
    struct weft_value v = weft_value_none();
    weft_status st = pool ? weft_pool_run(pool, weft_frame_whole(weft_frame_sort(f, "s", WEFT_DESCENDING)), &v, NULL)
                          : WEFT_NOMEM;

    (void)arg;
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(sort, every_refused_allocation_is_told_and_nothing_leaks)
{
    nomem_everywhere(sort_of_strings, NULL);
}
