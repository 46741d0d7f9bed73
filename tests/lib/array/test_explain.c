/* test_explain.c - an array tells how it was written and how it will run, and stays as it is. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/array.h>

static char *explained(const weft_array *x)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);

    weft_array_explain(x, to);
    fclose(to);
    return text;
}

static void has(const char *text, const char *words)
{
    cr_assert(strstr(text, words), "\"%s\" is not in\n%s", words, text);
}

Test(explain, a_description_is_a_tree_and_one_pass)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 100, 10);
    weft_array *kept = weft_array_keep(weft_array_negative(x));
    weft_array *y = weft_array_sqrt(weft_array_add(weft_array_multiply(x, x), weft_array_add(kept, weft_array_f64(g, 1.5))));
    const size_t n_tasks = weft_graph_n_tasks(g);
    char *text = explained(y);

    has(text, "array as written\n  sqrt                            float64 (100) by (10)");
    has(text, "\n  +- add ");
    has(text, "\n     +- multiply ");
    has(text, "\n        +- range ");
    has(text, "\n        +- range, as above\n");
    has(text, "\n        +- negative               int64 (100) by (10), results of 10 tasks");
    has(text, "\n        +- 1.5\n");
    has(text, "one pass over each of 10 chunks, of 4 operations over 1 source and 1 array of tasks;");
    has(text, "test_explain.c:");
    cr_assert_eq(weft_graph_n_tasks(g), n_tasks);
    free(text);
    weft_graph_free(g);
}

Test(explain, an_array_of_tasks_shows_their_plan)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 100, 10);
    char *text = explained(weft_array_mean(weft_array_multiply(x, x), 0));

    has(text, "float64 (), results of 1 task");
    has(text, "plan for 1 target of a graph of 13 tasks");
    has(text, "10 tasks  of int64 (100) by (10)");
    free(text);
    weft_graph_free(g);
}

Test(explain, a_failed_array_tells_why)
{
    weft_graph *g = weft_graph_new();
    char *text = explained(weft_array_sum(weft_array_range(g, 0, 1, 100, 10), 4));

    has(text, "sum: axis 4 and shape (100)");
    free(text);
    text = explained(NULL);
    has(text, "memory");
    free(text);
    weft_graph_free(g);
}

Test(explain, a_hundred_lines_are_enough)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 100, 10);
    char *text;

    for (int i = 0; i < 99; i++)
        x = weft_array_add(x, weft_array_i64(g, i));
    text = explained(x);
    has(text, "  and 99 more\n");
    free(text);
    weft_graph_free(g);
}
