/* test_print.c - the lines that say what an array is. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(const weft_array *a, const char *want)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    weft_array_print(a, to);
    fclose(to);
    cr_assert_str_eq(text, want);
    free(text);
}

Test(print, a_mean_of_normal_numbers)
{
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 1};
    weft_array *x = weft_array_normal(g, &r, 0, 1, weft_layout_1d(1000000, 100000));

    expect(x, "array  normal of float64\n"
              "         whole                    chunk\n"
              "shape    (1000000)                (100000)\n"
              "bytes    7.63 MiB                 781.25 KiB\n"
              "chunks   10                       (10)\n"
              "layers   1: normal\n");
    expect(weft_array_mean(weft_array_sqrt(x), 0),
           "array  mean of float64\n"
           "         whole                    chunk\n"
           "shape    ()                       ()\n"
           "bytes    8 B                      8 B\n"
           "chunks   1                        ()\n"
           "layers   2: normal-sqrt-mean, mean\n");
    weft_graph_free(g);
}

Test(print, an_expression_over_kept_chunks_tells_what_runs_first_first)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_keep(weft_array_range(g, 0, 1, 10, 4));

    expect(weft_array_less(weft_array_multiply(x, x), x),
           "array  less of bool\n"
           "         whole                    chunk\n"
           "shape    (10)                     (4)\n"
           "bytes    10 B                     4 B\n"
           "chunks   3                        (3)\n"
           "layers   3: range, multiply, less\n");
    weft_graph_free(g);
}

Test(print, what_is_shared_is_told_once_however_often_it_is_met)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 4, 4);

    for (int i = 0; i < 64; i++) /* 2^64 ways from the top to the range */
        x = weft_array_add(x, x);
    expect(x, "array  add of int64\n"
              "         whole                    chunk\n"
              "shape    (4)                      (4)\n"
              "bytes    32 B                     32 B\n"
              "chunks   1                        (1)\n"
              "layers   2: range, add\n");
    weft_graph_free(g);
}

Test(print, a_failed_array_tells_why)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_range(g, 0, 1, 3, 3), *b = weft_array_range(g, 0, 1, 4, 4);

    expect(weft_array_sum(weft_array_add(a, b), 0),
           "array  failed: add: shapes (3) and (4) differ on axis 0\n");
    expect(NULL, "array  failed: no memory for an array\n");
    weft_graph_free(g);
}
