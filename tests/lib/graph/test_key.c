/* test_key.c - same work, same key. */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/graph/graph.h"
#include "tests/support/bodies.h"

static char *key(const weft_task *t)
{
    static char text[4][128];
    static int at;

    at = (at + 1) % 4;
    weft_task_key(t, text[at], sizeof text[at]);
    return text[at];
}

Test(key, equal_pure_tasks_have_equal_keys)
{
    weft_graph *g = weft_graph_new(), *h = weft_graph_new();
    int x = 7, y = 8;
    weft_task *a = weft_add(g, body_add, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE);
    weft_task *b = weft_add(h, body_add, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE);
    weft_task *c = weft_add(h, body_add, .name = "f", .arg = &y, .arg_bytes = sizeof y, .flags = WEFT_PURE);
    weft_task *d = weft_add(h, body_three, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE);
    weft_task *on_b = weft_add(h, body_add, .name = "f", .flags = WEFT_PURE, .deps = WEFT_DEPS(b));
    weft_task *on_a = weft_add(g, body_add, .name = "f", .flags = WEFT_PURE, .deps = WEFT_DEPS(a));
    weft_task *on_c = weft_add(h, body_add, .name = "f", .flags = WEFT_PURE, .deps = WEFT_DEPS(c));

    cr_assert_str_eq(key(a), key(b));
    cr_assert_str_neq(key(a), key(c));
    cr_assert_str_neq(key(a), key(d));
    cr_assert_str_eq(key(on_a), key(on_b));
    cr_assert_str_neq(key(on_b), key(on_c));
    weft_graph_free(g);
    weft_graph_free(h);
}

Test(key, a_task_that_is_not_pure_is_told_by_its_number)
{
    weft_graph *g = weft_graph_new();

    cr_assert_str_eq(key(weft_add(g, body_add, .name = "f")), "f-0");
    cr_assert_str_eq(key(weft_add(g, body_add, .name = "f")), "f-1");
    weft_graph_free(g);
}

Test(key, an_index_is_appended_and_a_given_key_is_the_key)
{
    weft_graph *g = weft_graph_new();
    const int64_t index[] = {2, 0};
    weft_task *t = weft_add(g, body_add, .name = "sum", .index = index, .n_index = 2);
    char cut[6];

    cr_assert_str_eq(key(t), "sum-0(2, 0)");
    cr_assert_str_eq(key(weft_add(g, body_add, .key = "total")), "total");
    cr_assert_eq(weft_task_key(t, cut, sizeof cut), strlen("sum-0(2, 0)"));
    cr_assert_str_eq(cut, "sum-0");
    weft_graph_free(g);
}

Test(key, what_a_type_writes_is_what_counts)
{
    const int64_t shape[] = {3};
    weft_block *one = weft_block_new(WEFT_INT64, 1, shape), *two = weft_block_new(WEFT_INT64, 1, shape);
    weft_graph *g = weft_graph_new();

    for (int i = 0; i < 3; i++)
        ((int64_t *)weft_block_data_mut(one))[i] = ((int64_t *)weft_block_data_mut(two))[i] = i;
    cr_assert_str_eq(
        key(weft_add(g, body_add, .name = "f", .arg = one, .arg_type = &weft_type_block, .flags = WEFT_PURE)),
        key(weft_add(g, body_add, .name = "f", .arg = two, .arg_type = &weft_type_block, .flags = WEFT_PURE)));
    weft_graph_free(g);
}
