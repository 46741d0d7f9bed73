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

/* ---- What is known in every process ---------------------------------------- */

static weft_status hash_first(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, sizeof(int));
}

static weft_status write_both(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, 2 * sizeof(int));
}

static weft_status cannot_say(const void *data, struct weft_sink *sink)
{
    (void)data, (void)sink;
    return WEFT_UNSUPPORTED;
}

static int n_freed;

static void count_free(void *data)
{
    (void)data;
    n_freed++;
}

static const struct weft_type hashed = {.name = "pair", .hash = hash_first, .write = write_both};
static const struct weft_type written = {.name = "pair", .write = write_both};
static const struct weft_type silent = {.name = "pair", .hash = cannot_say, .free = count_free};

Test(key, an_argument_is_told_by_the_hash_of_its_type_before_what_it_writes)
{
    weft_graph *g = weft_graph_new();
    int a[] = {1, 2}, b[] = {1, 3};

    cr_assert_str_eq(key(weft_add(g, body_add, .name = "f", .arg = a, .arg_type = &hashed, .flags = WEFT_PURE)),
                     key(weft_add(g, body_add, .name = "f", .arg = b, .arg_type = &hashed, .flags = WEFT_PURE)));
    cr_assert_str_neq(key(weft_add(g, body_add, .name = "f", .arg = a, .arg_type = &written, .flags = WEFT_PURE)),
                      key(weft_add(g, body_add, .name = "f", .arg = b, .arg_type = &written, .flags = WEFT_PURE)));
    weft_graph_free(g);
}

/* The key of a pure task that reads `v`, which is value number `before` of its graph. */
static char *key_on(struct weft_value v, int before)
{
    weft_graph *g = weft_graph_new();
    char *text;

    for (int i = 0; i < before; i++)
        weft_graph_put(g, weft_value_of_i64(i));
    text = key(weft_add(g, body_add, .name = "f", .flags = WEFT_PURE, .deps = WEFT_DEPS(weft_graph_put(g, v))));
    weft_graph_free(g);
    return text;
}

Test(key, a_value_is_told_by_what_is_in_it_wherever_it_was_put)
{
    const int64_t shape[] = {2};
    double x[] = {1, 2}, y[] = {1, 2};

    cr_assert_str_eq(key_on(weft_value_of_i64(5), 0), key_on(weft_value_of_i64(5), 7));
    cr_assert_str_neq(key_on(weft_value_of_i64(5), 0), key_on(weft_value_of_i64(7), 0));
    cr_assert_str_neq(key_on(weft_value_of_i64(1), 0), key_on(weft_value_of_bool(1), 0));
    cr_assert_str_eq(key_on(weft_value_of_ptr(&weft_type_block, weft_block_wrap(WEFT_FLOAT64, 1, shape, x, NULL)), 0),
                     key_on(weft_value_of_ptr(&weft_type_block, weft_block_wrap(WEFT_FLOAT64, 1, shape, y, NULL)), 3));
    y[1] = 3;
    cr_assert_str_neq(key_on(weft_value_of_ptr(&weft_type_block, weft_block_wrap(WEFT_FLOAT64, 1, shape, x, NULL)), 0),
                      key_on(weft_value_of_ptr(&weft_type_block, weft_block_wrap(WEFT_FLOAT64, 1, shape, y, NULL)), 0));
    cr_assert_str_neq(key_on(weft_value_of_ptr(&silent, x), 0), key_on(weft_value_of_ptr(&silent, x), 1),
                      "a value that nobody can tell is another one in another place");
}

static const char *why_no_token(const weft_task *t)
{
    static struct weft_error err;
    struct weft_token token;

    cr_assert_eq(weft_task_token(t, &token, &err), WEFT_UNSUPPORTED);
    return err.message;
}

Test(key, a_token_is_had_where_it_means_the_same_in_every_process)
{
    weft_graph *g = weft_graph_new();
    int x = 1;
    weft_task *sound = weft_add(g, body_add, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE);
    weft_task *bare = weft_add(g, body_add, .name = "bare", .arg = &x, .flags = WEFT_PURE);
    weft_task *impure = weft_add(g, body_add, .name = "now");
    weft_task *on_bare = weft_add(g, body_add, .name = "g", .flags = WEFT_PURE, .deps = WEFT_DEPS(sound, bare));
    weft_task *on_impure = weft_add(g, body_add, .name = "h", .flags = WEFT_PURE, .deps = WEFT_DEPS(impure));
    weft_task *on_silent = weft_add(g, body_add, .name = "i", .flags = WEFT_PURE,
                                    .deps = WEFT_DEPS(weft_graph_put(g, weft_value_of_ptr(&silent, &x))));
    weft_task *two = weft_add(g, body_add, .name = "j", .flags = WEFT_PURE, .n_results = 2);
    struct weft_token a, b;

    cr_assert_eq(weft_task_token(sound, &a, NULL), WEFT_OK);
    cr_assert_eq(weft_task_token(weft_task_result(two, 1), &b, NULL), WEFT_OK);
    cr_assert(a.hi != b.hi && a.lo != b.lo);
    cr_assert(strstr(why_no_token(bare), "bare pointer"));
    cr_assert(strstr(why_no_token(impure), "not pure"));
    cr_assert(strstr(why_no_token(on_bare), "g: is to be pure, but its input 1 (bare-"));
    cr_assert(strstr(why_no_token(on_impure), "h: is to be pure, but its input 0 (now-"));
    cr_assert(strstr(why_no_token(on_silent), "i: is to be pure, but its input 0 (pair-"));
    weft_graph_free(g);
}

Test(key, a_strict_graph_refuses_what_is_pure_in_name_only_and_says_why)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    int x = 1;
    weft_task *t;

    n_freed = 0;
    weft_graph_keys(g, WEFT_KEYS_STRICT);
    t = weft_add(g, body_add, .name = "f", .key = "named", .arg = &x, .free_arg = count_free, .flags = WEFT_PURE);
    cr_assert_eq(n_freed, 1, "it was taken");
    cr_assert_eq(weft_task_status(t, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "f: is to be pure, but its argument is a bare pointer"), "%s", err.message);
    cr_assert(strstr(err.site, "test_key.c"));
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .name = "on", .deps = WEFT_DEPS(t)), NULL), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_graph_find(g, "named"), t, "who refers to it hears why");
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .arg = &x), NULL), WEFT_OK, "it need not be pure");
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE), NULL), WEFT_OK);
    weft_graph_free(g);
    cr_assert_eq(n_freed, 1);
}

Test(key, what_is_to_be_kept_is_pure_and_must_have_a_token)
{
    weft_graph *g = weft_graph_new();
    int x = 1;
    weft_task *kept = weft_add(g, body_add, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_KEEP);
    weft_task *pure = weft_add(g, body_add, .name = "f", .arg = &x, .arg_bytes = sizeof x, .flags = WEFT_PURE);

    cr_assert_str_eq(key(kept), key(pure));
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .arg = &x, .flags = WEFT_KEEP), NULL), WEFT_UNSUPPORTED);
    weft_graph_free(g);
}
