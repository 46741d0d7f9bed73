/* test_explain.c - a frame tells what it reads and what is one pass, and stays as it is. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "tests/support/frames.h"
#include "tests/support/tempdir.h"

static char *explained(const weft_frame *x)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);

    weft_frame_explain(x, to);
    fclose(to);
    return text;
}

static void has(const char *text, const char *words)
{
    cr_assert(strstr(text, words), "\"%s\" is not in\n%s", words, text);
}

Test(explain, only_columns_that_are_looked_at_are_read)
{
    weft_graph *g = weft_graph_new();
    char *dir = tempdir_new(), *path = tempdir_path(dir, "t.csv"), *text;
    weft_frame *f;
    size_t n_tasks;

    tempdir_write(dir, "t.csv", "a,b,c,d\n1,2,3,4\n5,6,7,8\n");
    f = weft_frame_read_csv(g, path, NULL);
    n_tasks = weft_graph_n_tasks(g);
    f = weft_frame_assign(weft_frame_filter(f, "a > 1"), "x", "b + 1");
    f = weft_frame_select(f, WEFT_NAMES("x", "d"));
    text = explained(f);
    has(text, "2 columns: x int64, d int64");
    has(text, "+- filter+assign+select, of 1 range\n");
    has(text, "one pass over each of 1 partition, together with what reads it");
    has(text, "looks at 3 of 4 columns of its source: a, b, d\n");
    has(text, "1 filter before any other column is computed\n");
    has(text, "1 column as it is, 1 computed\n");
    cr_assert_eq(weft_graph_n_tasks(g), n_tasks);
    free(text);
    free(path);
    tempdir_remove(dir);
    weft_graph_free(g);
}

Test(explain, a_frame_of_tasks_shows_their_plan)
{
    uint64_t seed = 1;
    weft_graph *g = weft_graph_new();
    weft_chunk *all = random_chunk(&seed, 20, 5, 10);
    char *text = explained(weft_frame_sort(weft_frame_filter(cut_frame(g, &seed, all, 3, NO_HOLES), "b"), "i", WEFT_ASCENDING));

    has(text, "+- 3 tasks\n");
    has(text, "plan for 3 targets");
    has(text, "sort-merge");
    has(text, "filter+sort-run");
    free(text);
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(explain, a_failed_frame_tells_why)
{
    weft_graph *g = weft_graph_new();
    char *text = explained(weft_frame_read_csv(g, "/nowhere.csv", NULL));

    has(text, "/nowhere.csv");
    free(text);
    weft_graph_free(g);
}
