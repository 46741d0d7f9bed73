/* test_explain.c - what is told of a plan is what the plan is. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/explain.h>
#include <weft/memo.h>
#include <weft/source.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"

/* An explanation with runs of spaces made one. Freed by the caller. */
static char *explained(weft_task *const *targets, size_t n, const struct weft_explain_spec *spec)
{
    struct weft_error err = {0};
    char *text = NULL, *to;
    const weft_status st = weft_explain_text(&text, targets, n, spec, &err);

    cr_assert_eq(st, WEFT_OK, "%s", err.message);
    to = text;
    for (const char *from = text; *from; from++)
        if (*from != ' ' || to == text || to[-1] != ' ')
            *to++ = *from;
    *to = '\0';
    return text;
}

static void has(const char *text, const char *words)
{
    cr_assert(strstr(text, words), "\"%s\" is not in\n%s", words, text);
}

static void has_not(const char *text, const char *words)
{
    cr_assert_null(strstr(text, words), "\"%s\" is in\n%s", words, text);
}

/*   load  load  load       two are equal, and pure
 *     |     |     |
 *   parse parse parse      each the only reader of its load, but for the shared one
 *      \    |    /
 *        total             and three tasks nobody needs
 */
static weft_task *build(weft_graph *g)
{
    const uint32_t layer = weft_graph_layer(g, "parse");
    weft_task *in[3];

    weft_graph_layer_tell(g, layer, "float64 in %d parts", 3);
    for (int i = 0; i < 3; i++) {
        const int64_t which = i / 2;
        weft_task *load = weft_graph_add(g, &(struct weft_task_spec){
            .name = "load", .body = body_add, .flags = WEFT_PURE, .arg = (void *)&which, .arg_bytes = sizeof which,
            .result_bytes = 1 << 20});

        in[i] = weft_graph_add(g, &(struct weft_task_spec){.name = "parse", .layer = layer, .body = body_add,
                                                           .deps = &load, .n_deps = 1});
        weft_graph_add(g, &(struct weft_task_spec){.name = i ? "check" : "look", .body = body_add});
    }
    return weft_graph_add(g, &(struct weft_task_spec){.name = "total", .body = body_add, .deps = in, .n_deps = 3,
                                                      WEFT_TERMS(.timeout_ns = 5000000000, .needs = &(struct weft_need){"gpu", 2}, .n_needs = 1), .priority = 3, .file = "user.c", .line = 7});
}

Test(explain, what_is_made_from_files_says_which)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a.csv", 18, 1042, 0, 20));
    weft_task *b = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("b.csv", 18, 1042, 0, 30));
    weft_task *t = weft_add(g, body_add, .deps = WEFT_DEPS(a, b)), *none = weft_add(g, body_add);
    char *text = explained(&t, 1, NULL);

    has(text, "\n reads 2 files, 2.00 KiB, 50 rows: a.csv, bytes 18 to 1042, rows 0 to 20; b.csv, bytes 18 to 1042, rows 0 to 30\n");
    free(text);
    text = explained(&none, 1, NULL);
    has_not(text, "reads");
    free(text);
    weft_graph_free(g);
}

Test(explain, each_pass_says_what_it_did)
{
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);
    char *text = explained(&total, 1, NULL);

    has(text, "plan for 1 target of a graph of 10 tasks");
    has(text, "as built 10 6 10");
    has(text, "cull 7 6 7 4 1.00 MiB not needed: 3 (check 2, look)");
    has(text, "share 6 6 6 4 1.00 MiB equal to another: 1 (load)");
    has(text, "fuse 6 6 5 4 1.00 MiB run with the one before: 1 (parse)");
    has(text, "order 6 6 5 4 1.00 MiB");
    has(text, "peak 1.00 MiB at load-");
    has(text, "1.00 MiB for the largest task; no bound, as 4 tasks do not say what they give");
    has_not(text, "recall");
    free(text);
    weft_graph_free(g);
}

Test(explain, the_tree_shows_what_reads_what_and_how_it_wants_to_be_run)
{
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);
    char *text = explained(&total, 1, NULL);

    has(text, "\n total 1 task, priority 3, timeout 5s, needs 2 gpu [user.c:7]\n"
              " +- parse 3 tasks float64 in 3 parts, 1 run with what they read\n"
              " +- load 2 tasks 2.00 MiB\n");
    free(text);
    weft_graph_free(g);
}

Test(explain, what_two_read_is_told_once)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_graph_add(g, &(struct weft_task_spec){.name = "a", .body = body_add}), *t[2];
    char *text;

    for (int i = 0; i < 2; i++)
        t[i] = weft_graph_add(g, &(struct weft_task_spec){.name = i ? "c" : "b", .body = body_add, .deps = &a, .n_deps = 1});
    text = explained(t, 2, NULL);
    has(text, "\n b 1 task\n +- a 1 task\n c 1 task\n +- a, as above\n");
    free(text);
    weft_graph_free(g);
}

Test(explain, a_pass_left_out_is_off_and_does_nothing)
{
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);
    const struct weft_plan_spec plan = {.without = WEFT_PASS_SHARE | WEFT_PASS_CULL};
    char *text = explained(&total, 1, &(struct weft_explain_spec){.plan = &plan});

    has(text, "cull off\n share off\n fuse 10 6 7");
    free(text);
    weft_graph_free(g);
}

Test(explain, what_a_memo_knows_is_told_last)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .name = "a", .flags = WEFT_PURE);
    weft_task *b = weft_add(g, body_add, .name = "b", .flags = WEFT_PURE, .deps = WEFT_DEPS(a));
    weft_task *c = weft_add(g, body_add, .name = "c", .deps = WEFT_DEPS(b));
    struct weft_plan_spec plan = {0};
    struct weft_token token;
    char *text;

    cr_assert_eq(weft_memo_new(&plan.memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    cr_assert_eq(weft_task_token(b, &token, NULL), WEFT_OK);
    cr_assert_eq(weft_memo_put(plan.memo, token, weft_value_of_i64(1), 1, NULL), WEFT_OK);
    text = explained(&c, 1, &(struct weft_explain_spec){.plan = &plan});
    has(text, "order 3 2 1");
    has(text, "recall 1 0 1");
    has(text, "known from earlier runs: 2 (a, b)");
    free(text);
    weft_memo_free(plan.memo);
    weft_graph_free(g);
}

Test(explain, long_trees_end_and_say_so)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = NULL;
    char name[16], *text;

    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "t%d", i);
        t = weft_graph_add(g, &(struct weft_task_spec){.name = name, .body = body_add, .deps = &t, .n_deps = i > 0});
    }
    text = explained(&t, 1, &(struct weft_explain_spec){.n_lines = 10});
    has(text, "t2990 1 task");
    has_not(text, "t2989");
    has(text, "and 2990 more");
    free(text);
    text = explained(&t, 1, &(struct weft_explain_spec){.n_lines = 1 << 30});
    has(text, "and 2000 more");
    free(text);
    weft_graph_free(g);
}

Test(explain, tasks_of_one_name_and_other_terms_stand_apart)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[4];
    char *text;

    for (int i = 0; i < 4; i++)
        t[i] = weft_graph_add(g, &(struct weft_task_spec){.name = "a", .body = body_add, WEFT_TERMS(.timeout_ns = i % 2)});
    text = explained(t, 4, NULL);
    has(text, "\n a 2 tasks\n a 2 tasks, timeout 1ns\n");
    free(text);
    weft_graph_free(g);
}

Test(explain, a_graph_that_cannot_be_planned_gives_its_error_and_writes_nothing)
{
    weft_graph *g = weft_graph_new();
    weft_task *ref = weft_graph_ref(g, "nowhere");
    char *text = NULL, *file_text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&file_text, &bytes);
    struct weft_error err;

    cr_assert_eq(weft_explain_text(&text, &ref, 1, NULL, &err), WEFT_NOT_FOUND);
    cr_assert_null(text);
    cr_assert_eq(weft_explain(to, &ref, 1, NULL, &err), WEFT_NOT_FOUND);
    fclose(to);
    cr_assert_eq(bytes, 0);
    free(file_text);
    weft_graph_free(g);
}

Test(explain, explaining_adds_nothing_to_the_graph)
{
    weft_graph *g = weft_graph_new();
    weft_task *total = build(g);
    char *once = explained(&total, 1, NULL), *twice = explained(&total, 1, NULL);

    cr_assert_eq(weft_graph_n_tasks(g), 10);
    cr_assert_str_eq(once, twice);
    free(once);
    free(twice);
    weft_graph_free(g);
}

static weft_status scenario(void *arg)
{
    weft_task *total = arg;
    char *text = NULL;
    const weft_status st = weft_explain_text(&text, &total, 1, &(struct weft_explain_spec){.order = true}, NULL);

    free(text);
    return st;
}

Test(explain, without_memory_it_says_so)
{
    weft_graph *g = weft_graph_new();

    cr_assert_gt(nomem_everywhere(scenario, build(g)), 20);
    weft_graph_free(g);
}
