#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"
#include "tests/support/scale.h"

static weft_pool *serial_pool(void)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
}

static int64_t number_of(weft_pool *pool, weft_task *t)
{
    struct weft_value v;
    int64_t number;

    cr_assert(!weft_pool_run(pool, t, &v, NULL));
    number = weft_value_i64(v);
    weft_value_release(v);
    return number;
}

Test(clone, of_random_graphs_gives_what_they_give)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3}), *serial = serial_pool();

    for (uint64_t seed = 0; seed < (uint64_t)test_scaled(300); seed++) {
        struct random_graph r;
        struct outcome *expected, *got;
        weft_task **clones;
        weft_plan *plan;
        size_t before;

        random_graph_init(&r, seed, 60);
        expected = calloc(r.n_targets, sizeof *expected);
        got = calloc(r.n_targets, sizeof *got);
        clones = calloc(r.n_targets, sizeof *clones);
        before = weft_graph_n_tasks(r.graph);
        weft_graph_clone(r.graph, r.targets, r.n_targets, NULL, clones);
        cr_assert_gt(weft_graph_n_tasks(r.graph), before);
        cr_assert(!weft_plan_new(&plan, r.targets, r.n_targets, NULL, NULL));
        random_graph_run(serial, plan, expected);
        weft_plan_free(plan);
        cr_assert(!weft_plan_new(&plan, clones, r.n_targets, NULL, NULL));
        random_graph_run(pool, plan, got);
        weft_plan_free(plan);
        for (size_t i = 0; i < r.n_targets; i++)
            cr_assert(expected[i].status == got[i].status && expected[i].number == got[i].number, "seed %d, target %zu", (int)seed, i);
        random_graph_fini(&r);
        free(expected);
        free(got);
        free(clones);
    }
    weft_pool_free(pool);
    weft_pool_free(serial);
}

static weft_status count(weft_call *call, void *arg, struct weft_error *err)
{
    atomic_fetch_add((atomic_int *)arg, 1);
    return body_add(call, arg_of(1), err);
}

/*  a -> b -> c      each counts its runs */
struct chain {
    atomic_int n[3];
    weft_task *t[3];
};

static void make_chain(struct chain *c, weft_graph *g, uint32_t flags)
{
    for (int i = 0; i < 3; i++) {
        atomic_store(&c->n[i], 0);
        c->t[i] = weft_add(g, count, .arg = &c->n[i], .flags = flags, .deps = &c->t[i ? i - 1 : 0], .n_deps = i ? 1 : 0);
    }
}

Test(clone, runs_beside_its_original_and_under_keys_of_its_own)
{
    static const uint32_t flags[] = {0, WEFT_PURE};

    for (int f = 0; f < 2; f++) {
        weft_pool *pool = serial_pool();
        weft_graph *g = weft_graph_new();
        struct chain c;
        weft_task *both[2];
        struct weft_value v[2];
        char key[256], other[256];

        make_chain(&c, g, flags[f]);
        both[0] = c.t[2];
        weft_graph_clone(g, &c.t[2], 1, NULL, &both[1]);
        weft_task_key(both[0], key, sizeof key);
        weft_task_key(both[1], other, sizeof other);
        cr_assert(strcmp(key, other), "%s", key);
        cr_assert(!weft_pool_run_many(pool, both, 2, NULL, v, NULL));
        cr_assert(weft_value_i64(v[0]) == 3 && weft_value_i64(v[1]) == 3);
        for (int i = 0; i < 3; i++)
            cr_assert_eq(atomic_load(&c.n[i]), 2);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(clone, of_pure_tasks_by_one_seed_has_one_key_and_runs_once)
{
    weft_pool *pool = serial_pool();
    weft_graph *g = weft_graph_new();
    struct chain c;
    weft_task *t[3];
    struct weft_value v[3];

    make_chain(&c, g, WEFT_PURE);
    weft_graph_clone(g, &c.t[2], 1, &(struct weft_clone_spec){.seed = 7}, &t[0]);
    weft_graph_clone(g, &c.t[2], 1, &(struct weft_clone_spec){.seed = 7}, &t[1]);
    weft_graph_clone(g, &c.t[2], 1, &(struct weft_clone_spec){.seed = 8}, &t[2]);
    cr_assert(!weft_pool_run_many(pool, t, 3, NULL, v, NULL));
    cr_assert_eq(atomic_load(&c.n[2]), 2);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(clone, leaves_what_is_omitted_and_what_it_needs)
{
    weft_pool *pool = serial_pool();
    weft_graph *g = weft_graph_new();
    struct chain c;
    weft_task *both[2];
    struct weft_value v[2];

    make_chain(&c, g, 0);
    both[0] = c.t[2];
    weft_graph_clone(g, &c.t[2], 1, &(struct weft_clone_spec){.omit = &c.t[1], .n_omit = 1}, &both[1]);
    cr_assert(!weft_pool_run_many(pool, both, 2, NULL, v, NULL));
    cr_assert(atomic_load(&c.n[0]) == 1 && atomic_load(&c.n[1]) == 1 && atomic_load(&c.n[2]) == 2);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(clone, as_deep_as_a_graph_can_be)
{
    weft_pool *pool = serial_pool();
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .arg = arg_of(1)), *clone;
    const int n = (int)test_scaled(200000);

    for (int i = 1; i < n; i++)
        t = weft_add(g, body_add, .arg = arg_of(1), .deps = WEFT_DEPS(t));
    weft_graph_clone(g, &t, 1, NULL, &clone);
    cr_assert_neq(t, clone);
    cr_assert_eq(number_of(pool, clone), n);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(clone, of_a_circle_is_told_of_by_the_plan)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .deps = WEFT_DEPS(weft_graph_ref(g, "b"))), *clone;
    weft_plan *plan;

    weft_add(g, body_add, .key = "b", .deps = WEFT_DEPS(a));
    weft_graph_clone(g, &a, 1, NULL, &clone);
    cr_assert_eq(weft_plan_new(&plan, &clone, 1, NULL, NULL), WEFT_CYCLE);
    weft_graph_free(g);
}

static atomic_int was_done;

static weft_status do_first(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    atomic_store(&was_done, 1);
    return WEFT_OK;
}

static weft_status look_whether_done(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(atomic_load(&was_done)));
    return WEFT_OK;
}

Test(clone, that_is_bound_begins_after_its_parent)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});

    for (int round = 0; round < 100; round++) {
        weft_graph *g = weft_graph_new();
        weft_task *parent = weft_add(g, do_first), *sources[8], *sum, *bound;

        for (int i = 0; i < 8; i++)
            sources[i] = weft_add(g, look_whether_done);
        sum = weft_graph_add(g, &(struct weft_task_spec){.name = "sum", .body = body_add, .deps = sources, .n_deps = 8});
        weft_graph_bind(g, &sum, 1, parent, NULL, &bound);
        atomic_store(&was_done, 0);
        cr_assert_eq(number_of(pool, bound), 8);
        atomic_store(&was_done, 0);
        cr_assert_eq(number_of(pool, sum), 0);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

Test(clone, that_is_bound_to_what_fails_fails_for_its_reason)
{
    weft_pool *pool = serial_pool();
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_range(g, 0, 1, 100, 10);
    weft_task *parent = weft_add(g, body_fail);
    struct weft_collection c;
    struct weft_error err;

    cr_assert(!weft_collection_bind(weft_array_collection(a), parent, NULL, &c, NULL));
    cr_assert_eq(weft_pool_run(pool, weft_array_whole(weft_collection_array(c)), NULL, &err), WEFT_FAILED);
    cr_assert(strstr(err.message, "told to"));
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(clone, of_arrays_frames_and_bags_bound_or_waited_on_is_equal)
{
    static const int64_t goals[] = {3, 1, 4, 1, 5};
    static const struct weft_column_spec column = {.name = "goals", .dtype = WEFT_INT64, .values = goals};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new(), *kept_in = weft_graph_new();
    weft_array *a = weft_array_range(g, 0, 1, 100, 30);
    weft_frame *f = weft_frame_filter(weft_frame_from_columns(g, &column, 1, 5, (struct weft_cut){.n_partitions = 2}), "goals > 1");
    weft_bag *b = weft_bag_parallelize(g, goals, sizeof *goals, 5, 3);
    struct weft_collection c[3] = {weft_array_collection(a), weft_frame_collection(f), weft_bag_collection(b)};
    weft_task *parent = weft_add(g, do_first);

    for (int round = 0; round < 4; round++) {
        struct weft_collection d[3];

        for (int i = 0; i < 3; i++) {
            if (round == 0)
                cr_assert(!weft_collection_clone(c[i], NULL, &d[i], NULL));
            else if (round == 1)
                cr_assert(!weft_collection_bind(c[i], parent, NULL, &d[i], NULL));
            else if (round == 2)
                cr_assert(!weft_collection_wait_on(c[i], &d[i], NULL));
            else /* what is kept is known, and waits all the same */
                cr_assert(!weft_pool_persist(pool, c[i], kept_in, &d[i], NULL) &&
                          !weft_collection_bind(d[i], weft_add(kept_in, do_first), NULL, &d[i], NULL));
            atomic_store(&was_done, 0);
            cr_assert(!weft_pool_run(pool, weft_collection_checkpoint(d[i]), NULL, NULL));
            cr_assert_eq(atomic_load(&was_done), round == 1 || round == 3);
        }
        cr_assert_eq(number_of(pool, weft_array_whole(weft_array_sum(weft_collection_array(d[0]), WEFT_ALL_AXES))), 4950);
        cr_assert_eq(number_of(pool, weft_frame_sum(weft_collection_frame(d[1]), "goals")), 12);
        cr_assert_eq(number_of(pool, weft_bag_count(weft_collection_bag(d[2]))), 5);
    }
    weft_graph_free(g);
    weft_graph_free(kept_in);
    weft_pool_free(pool);
}

Test(clone, a_checkpoint_is_done_when_all_are_and_holds_no_result)
{
    weft_pool *pool = serial_pool();

    for (size_t n = 0; n < 300; n += n < 3 ? 1 : 99) {
        weft_graph *g = weft_graph_new();
        weft_task *tasks[300];
        struct weft_value v;
        const struct weft_explain_spec all = {.order = true};
        char *text;

        for (size_t i = 0; i < n; i++)
            tasks[i] = weft_add(g, body_box, .arg = arg_of((int64_t)i), .result_bytes = 1000);
        cr_assert(!weft_pool_run(pool, weft_graph_checkpoint(g, tasks, n), &v, NULL));
        cr_assert(!v.type);
        cr_assert_eq(atomic_load(&boxes_live), 0);
        /* One of them is there at a time. */
        cr_assert(!weft_explain_text(&text, (weft_task *[]){weft_graph_checkpoint(g, tasks, n)}, 1, &all, NULL));
        cr_assert(!n || strstr(text, "1000 B"), "%s", text);
        free(text);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

Test(clone, waiting_for_all_fails_when_one_fails)
{
    weft_pool *pool = serial_pool();
    weft_graph *g = weft_graph_new();
    weft_task *t[2] = {weft_add(g, body_add, .arg = arg_of(1)), weft_add(g, body_fail)};

    weft_graph_wait_on(g, t, 2, t);
    cr_assert_eq(weft_pool_run(pool, t[0], NULL, NULL), WEFT_FAILED);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status clone_a_chain(void *arg)
{
    weft_pool *pool = arg;
    weft_graph *g = weft_graph_new();
    struct chain c;
    weft_task *t;
    weft_status st;

    make_chain(&c, g, WEFT_PURE);
    weft_graph_bind(g, &c.t[2], 1, weft_add(g, do_first), NULL, &t);
    st = weft_pool_run(pool, t, NULL, NULL);
    weft_graph_free(g);
    return st;
}

Test(clone, without_memory_fails)
{
    weft_pool *pool = serial_pool();

    cr_assert(!clone_a_chain(pool));
    nomem_everywhere(clone_a_chain, pool);
    weft_pool_free(pool);
}
