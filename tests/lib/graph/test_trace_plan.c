#include <criterion/criterion.h>
#include <string.h>

#include <weft/trace.h>

#include "lib/base/mem.h"
#include "lib/graph/trace.h"

static weft_status body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)arg;
    (void)err;
    return WEFT_OK;
}

static size_t number_of(const weft_trace *t, const char *name)
{
    for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
        if (!strcmp(weft_trace_task(t, i)->name, name))
            return i;
    }
    cr_assert_fail("no task %s", name);
    return 0;
}

static bool waits_for(const weft_trace *t, const char *name, const char *dep)
{
    const size_t i = number_of(t, name), d = number_of(t, dep);

    for (size_t k = 0; k < weft_trace_n_deps(t, i); k++) {
        if (weft_trace_deps(t, i)[k] == d)
            return true;
    }
    return false;
}

/*  pair -(1)-> right -.
 *    `--(0)-> left ----+-> both      both reads left through the alias "l" and right
 *  known ------^       |             through a key that came later; unused is not needed
 *  unused              `-> ...                                                        */
static weft_graph *example(weft_task **both)
{
    weft_graph *g = weft_graph_new();
    const uint32_t layer = weft_graph_layer(g, "halves");
    weft_task *later = weft_graph_ref(g, "r");
    weft_task *known = weft_graph_put(g, (struct weft_value){0});
    weft_task *pair = weft_add(g, body, .name = "pair", .n_results = 2);
    weft_task *left = weft_add(g, body, .name = "left", .layer = layer,
                               .deps = WEFT_DEPS(weft_task_result(pair, 0), known));
    weft_task *alias = weft_graph_alias(g, "l", left);

    weft_add(g, body, .name = "unused");
    *both = weft_add(g, body, .name = "both", .deps = WEFT_DEPS(alias, later));
    weft_add(g, body, .name = "right", .key = "r", .layer = layer,
             .deps = WEFT_DEPS(weft_task_result(pair, 1)));
    return g;
}

Test(trace_plan, of_tasks_holds_what_is_needed_in_order)
{
    weft_task *both;
    weft_graph *g = example(&both);
    weft_trace *t = NULL;
    struct weft_error err;

    cr_assert(!weft_trace_of_tasks(&t, &both, 1, &err));
    cr_assert_eq(weft_trace_n_tasks(t), 4);
    cr_assert(wf_trace_check(t, NULL));
    cr_assert(waits_for(t, "left", "pair"));
    cr_assert(waits_for(t, "right", "pair"));
    cr_assert(waits_for(t, "both", "left"));
    cr_assert(waits_for(t, "both", "right"));
    cr_assert_eq(weft_trace_n_deps(t, number_of(t, "pair")), 0);
    cr_assert_eq(weft_trace_n_deps(t, number_of(t, "left")), 1);
    cr_assert_eq(weft_trace_n_workers(t), 0);
    cr_assert_eq(weft_trace_n_events(t), 0);
    weft_trace_free(t);
    weft_graph_free(g);
}

Test(trace_plan, of_tasks_keeps_layer_key_and_call_site_without_the_graph)
{
    weft_task *both;
    weft_graph *g = example(&both);
    weft_trace *t = NULL;
    const struct weft_trace_task *right;

    cr_assert(!weft_trace_of_tasks(&t, &both, 1, NULL));
    weft_graph_free(g);
    right = weft_trace_task(t, number_of(t, "right"));
    cr_assert_str_eq(right->key, "r");
    cr_assert_str_eq(right->layer, "halves");
    cr_assert_eq(right->layer_id, weft_trace_task(t, number_of(t, "left"))->layer_id);
    cr_assert_eq(weft_trace_task(t, number_of(t, "both"))->layer_id, 0);
    cr_assert(strstr(right->file, "test_trace_plan.c"));
    cr_assert_gt(right->line, 40);
    weft_trace_free(t);
}

Test(trace_plan, of_tasks_is_as_built_and_of_a_plan_as_it_will_run)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body, .name = "a", .flags = WEFT_PURE),
              *b = weft_add(g, body, .name = "b", .deps = WEFT_DEPS(a), .flags = WEFT_PURE),
              *twin = weft_add(g, body, .name = "b", .deps = WEFT_DEPS(a), .flags = WEFT_PURE),
              *both[] = {b, twin};
    weft_plan *plan = NULL;
    weft_trace *t = NULL;

    cr_assert(!weft_trace_of_tasks(&t, both, 2, NULL));
    cr_assert_eq(weft_trace_n_tasks(t), 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_not(weft_trace_task(t, i)->fused);
    weft_trace_free(t);

    cr_assert(!weft_plan_new(&plan, both, 2, NULL, NULL));
    cr_assert(!weft_trace_of_plan(&t, plan, NULL));
    cr_assert_eq(weft_trace_n_tasks(t), 2);
    cr_assert(weft_trace_task(t, 1)->fused);
    weft_plan_free(plan);
    weft_graph_free(g);
    cr_assert_str_eq(weft_trace_task(t, 1)->name, "b");
    weft_trace_free(t);
}

Test(trace_plan, of_tasks_that_never_came_says_which)
{
    weft_graph *g = weft_graph_new();
    weft_task *missing = weft_graph_ref(g, "missing"), *reads = weft_add(g, body, .deps = WEFT_DEPS(missing));
    weft_trace *t = NULL;
    struct weft_error err;

    cr_assert_eq(weft_trace_of_tasks(&t, &reads, 1, &err), WEFT_NOT_FOUND);
    cr_assert(strstr(err.message, "missing"));
    cr_assert_null(t);
    weft_graph_free(g);
}

/* What failed to be built is looked at like anything else. */
Test(trace_plan, of_a_failed_task_shows_it)
{
    weft_graph *g = weft_graph_new();
    weft_task *failed = weft_graph_fail(g, WEFT_TYPE, "no such thing");
    weft_trace *t = NULL;

    cr_assert(!weft_trace_of_tasks(&t, &failed, 1, NULL));
    cr_assert_eq(weft_trace_n_tasks(t), 1);
    cr_assert_str_eq(weft_trace_task(t, 0)->name, "failed");
    weft_trace_free(t);
    weft_graph_free(g);
}

Test(trace_plan, without_memory_leaks_nothing)
{
    weft_task *both;
    weft_graph *g = example(&both);
    weft_status st = WEFT_NOMEM;

    for (int nth = 1; st; nth++) {
        weft_trace *t = NULL;

        cr_assert_lt(nth, 200);
        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        st = weft_trace_of_tasks(&t, &both, 1, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_NOMEM || nth > 10);
        weft_trace_free(t);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
    }
    weft_graph_free(g);
}
