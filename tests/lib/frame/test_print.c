/* test_print.c - what a frame says of itself. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/frames.h"

static char *printed(const weft_frame *f)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    weft_frame_print(f, to);
    fclose(to);
    return text;
}

static void prints(const weft_frame *f, const char *expected)
{
    char *text = printed(f);

    cr_assert_str_eq(text, expected);
    free(text);
}

Test(print, a_frame_shows_names_types_and_divisions)
{
    static const int64_t x[44060];
    static const uint8_t b[44060];
    const struct weft_column_spec columns[] = {{.name = "home_score", .dtype = WEFT_INT64, .values = x},
                                               {.name = "n", .dtype = WEFT_BOOL, .values = b}};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 44060, (struct weft_cut){.n_partitions = 3});

    prints(f,
           "frame of 2 columns in 3 partitions, 44060 rows, 1 layer\n"
           "   divisions  home_score     n\n"
           "                   int64  bool\n"
           "           0         ...   ...\n"
           "       14687         ...   ...\n"
           "       29374         ...   ...\n"
           "       44059                  \n");
    prints(weft_frame_sort(weft_frame_column(f, "n"), "n", WEFT_ASCENDING),
           "frame of 1 column in 3 partitions, 44060 rows, 3 layers\n"
           "   divisions     n\n"
           "              bool\n"
           "           ?   ...\n"
           "           ?   ...\n"
           "           ?   ...\n");
    weft_graph_free(g);
}

Test(print, many_partitions_are_cut_short)
{
    static const int64_t x[100];
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_graph *g = weft_graph_new();
    char *text = printed(weft_frame_from_columns(g, &column, 1, 100, (struct weft_cut){.n_partitions = 100}));
    int n_lines = 0;

    for (const char *p = text; *p; p++)
        n_lines += *p == '\n';
    cr_assert_eq(n_lines, 3 + 5 + 1 + 6);
    free(text);
    weft_graph_free(g);
}

Test(print, a_failed_frame_says_why)
{
    static const int64_t x[1];
    const struct weft_column_spec column = {.name = "home_score", .dtype = WEFT_INT64, .values = x};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 1, (struct weft_cut){0});
    char *text = printed(weft_frame_column(f, "hme_score"));

    cr_assert(strstr(text, "select: no column \"hme_score\"; did you mean \"home_score\"?"));
    free(text);
    weft_graph_free(g);
}
