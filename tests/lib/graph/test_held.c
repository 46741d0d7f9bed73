/* test_held.c - what an order holds, against counting it anew after each task. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/explain.h>

#include "tests/support/bodies.h"
#include "tests/support/random_graph.h"

/* Whether the result of task i is held after task `now` and all that it drops. */
static bool is_held(const weft_plan *p, weft_task *const *targets, size_t n_targets, size_t i, size_t now)
{
    const weft_task *t = weft_plan_task(p, i);

    if (i > now)
        return false;
    for (size_t k = 0; k < n_targets; k++)
        if (targets[k] == t)
            return true;
    for (size_t j = now + 1; j < weft_plan_n_tasks(p); j++)
        for (size_t k = 0; k < weft_task_n_deps(weft_plan_task(p, j)); k++)
            if (weft_task_dep(weft_plan_task(p, j), k) == t)
                return true;
    return false;
}

/* Random graphs of plain tasks, task i of i * 10 bytes. */
static weft_plan *random_plan(weft_graph *g, unsigned *seed, weft_task **targets, size_t *n_targets)
{
    weft_task *tasks[40];
    weft_plan *p;
    const int n = 1 + rand_r(seed) % 40;

    *n_targets = 0;
    for (int i = 0; i < n; i++) {
        weft_task *deps[3];
        const int n_deps = i ? rand_r(seed) % 4 : 0;

        for (int k = 0; k < n_deps; k++)
            deps[k] = tasks[rand_r(seed) % i];
        tasks[i] = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = deps, .n_deps = (size_t)n_deps,
                                                              .result_bytes = (size_t)i * 10});
        if (rand_r(seed) % 5 == 0 || i + 1 == n)
            targets[(*n_targets)++] = tasks[i];
    }
    cr_assert_eq(weft_plan_new(&p, targets, *n_targets, NULL, NULL), WEFT_OK);
    return p;
}

Test(held, every_number_is_what_counting_after_each_task_gives)
{
    for (unsigned seed = 1; seed < 200; seed++) {
        unsigned state = seed;
        weft_graph *g = weft_graph_new();
        weft_task *targets[40];
        size_t n_targets;
        weft_plan *p = random_plan(g, &state, targets, &n_targets);
        const size_t n = weft_plan_n_tasks(p);
        struct weft_order_info *infos = calloc(n, sizeof *infos);
        struct weft_order_stats sum, alone;
        int64_t n_most = 0, age_most = 0;
        size_t bytes_most = 0;
        double ages = 0;

        cr_assert_eq(weft_plan_order_stats(p, infos, &sum, NULL), WEFT_OK);
        for (size_t now = 0; now < n; now++) {
            int64_t n_before = 0, n_after = 0, age = 0;
            size_t bytes_before = 0;

            for (size_t i = 0; i < now; i++)
                if (is_held(p, targets, n_targets, i, now - 1)) {
                    n_before++;
                    bytes_before += weft_task_id(weft_plan_task(p, i)) * 10;
                }
            for (size_t i = 0; i <= now; i++)
                n_after += is_held(p, targets, n_targets, i, now);
            for (size_t later = now; later < n && is_held(p, targets, n_targets, now, later); later++)
                age++;
            /* A target is there still when the last task has run. */
            age -= now + (size_t)age == n;
            cr_assert_eq(infos[now].n_before, n_before);
            cr_assert_eq(infos[now].bytes_before, bytes_before);
            cr_assert_eq(infos[now].n_dropped_by + !is_held(p, targets, n_targets, now, now), n_before + 1 - n_after);
            cr_assert_eq(infos[now].age, age, "%u: %zu of %zu", seed, now, n);
            n_most = n_before + 1 > n_most ? n_before + 1 : n_most;
            bytes_before += weft_task_id(weft_plan_task(p, now)) * 10;
            bytes_most = bytes_before > bytes_most ? bytes_before : bytes_most;
            age_most = age > age_most ? age : age_most;
            ages += (double)age;
        }
        cr_assert_eq(sum.n_most, n_most);
        cr_assert_eq(sum.bytes_most, bytes_most);
        cr_assert_eq(sum.age_most, age_most);
        cr_assert_float_eq(sum.age_mean, ages / (double)n, 1e-9);
        cr_assert_eq(infos[sum.most_at].n_before + 1, n_most);
        cr_assert_eq(weft_plan_order_stats(p, NULL, &alone, NULL), WEFT_OK);
        cr_assert_eq(memcmp(&alone, &sum, sizeof sum), 0);
        free(infos);
        weft_plan_free(p);
        weft_graph_free(g);
    }
}

/* Four chains of load and sum into one: as built, all loads come first. */
Test(held, an_order_that_finishes_what_is_begun_holds_less)
{
    weft_graph *g = weft_graph_new();
    weft_task *load[4], *sum[4], *total;
    struct weft_order_stats ordered, as_built;
    weft_plan *p;

    for (int i = 0; i < 4; i++)
        load[i] = weft_add(g, body_add, .result_bytes = 1000);
    for (int i = 0; i < 4; i++)
        sum[i] = weft_add(g, body_add, .deps = &load[i], .n_deps = 1, .result_bytes = 1);
    total = weft_add(g, body_add, .deps = sum, .n_deps = 4, .result_bytes = 1);
    cr_assert_eq(weft_plan_new(&p, &total, 1, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_order_stats(p, NULL, &ordered, NULL), WEFT_OK);
    weft_plan_free(p);
    cr_assert_eq(weft_plan_new(&p, &total, 1, &(struct weft_plan_spec){.without = WEFT_PASS_ORDER}, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_order_stats(p, NULL, &as_built, NULL), WEFT_OK);
    weft_plan_free(p);
    cr_assert_eq(ordered.bytes_most, 1004);
    cr_assert_eq(as_built.bytes_most, 4001);
    weft_graph_free(g);
}

Test(held, several_results_of_a_task_are_held_until_the_last_of_them_is_read)
{
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3);
    weft_task *two = weft_task_result(three, 2);
    weft_task *next = weft_add(g, body_add, .deps = &three, .n_deps = 1);
    weft_task *targets[] = {next, two};
    struct weft_order_info infos[2];
    struct weft_order_stats sum;
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, targets, 2, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_order_stats(p, infos, &sum, NULL), WEFT_OK);
    cr_assert_eq(infos[0].age, 1);
    cr_assert_eq(infos[1].n_dropped_by, 0);
    cr_assert_eq(infos[0].n_at_drop, 2);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(held, the_curve_has_the_columns_asked_for_and_rises_to_the_most)
{
    weft_graph *g = weft_graph_new();
    weft_task *in[20], *total;
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    weft_plan *p;

    for (int i = 0; i < 20; i++)
        in[i] = weft_add(g, body_add);
    total = weft_add(g, body_add, .deps = in, .n_deps = 20);
    cr_assert_eq(weft_plan_new(&p, &total, 1, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_print_order(p, 7, to, NULL), WEFT_OK);
    fclose(to);
    cr_assert(strstr(text, "held: at most 21 results"));
    cr_assert(strstr(text, "        21 |      #\n"), "%s", text);
    cr_assert(strstr(text, "         2 |#######\n"), "%s", text);
    free(text);
    weft_plan_free(p);
    weft_graph_free(g);
}
