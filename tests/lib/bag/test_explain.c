/* test_explain.c - a bag tells its steps and what is one pass, and stays as it is. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/bag.h>

static char *explained(const weft_bag *x)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);

    weft_bag_explain(x, to);
    fclose(to);
    return text;
}

static void has(const char *text, const char *words)
{
    cr_assert(strstr(text, words), "\"%s\" is not in\n%s", words, text);
}

static weft_status same(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    return weft_emit_record(out, in);
}

Test(explain, steps_stand_over_what_they_are_made_of)
{
    weft_graph *g = weft_graph_new();
    const int64_t x[] = {1, 2, 3};
    weft_bag *b = weft_bag_parallelize(g, x, sizeof *x, 3, 3);
    const size_t n_tasks = weft_graph_n_tasks(g);
    char *text;

    b = weft_bag_flat_map(weft_bag_map(b, same, WEFT_STEP(.name = "square")), same,
                          WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = 4));
    text = explained(b);
    has(text, "bag as written\n  flat-map                        pairs of 4 bytes  [");
    has(text, "\n  +- square                       structs of 8 bytes  [");
    has(text, "\n     +- structs of 8 bytes, 3 tasks\n");
    has(text, "one pass over each of 3 partitions, of 2 steps, together with what reads it");
    cr_assert_eq(weft_graph_n_tasks(g), n_tasks);
    free(text);
    text = explained(weft_bag_group_by_key(b, 2));
    has(text, "bag as written\n  groups of 4 bytes, 2 tasks\n");
    has(text, "group-by-key");
    has(text, "square+flat-map+");
    free(text);
    weft_graph_free(g);
}

Test(explain, a_failed_bag_tells_why)
{
    weft_graph *g = weft_graph_new();
    char *text = explained(weft_bag_text(g, "/nowhere/*.txt", 0));

    has(text, "no file matches");
    free(text);
    weft_graph_free(g);
}
