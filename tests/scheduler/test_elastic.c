/* test_elastic.c - workers leave when the graph proves them idle, and come back for other work. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/weft.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"
#include "tests/support/scale.h"

static void nap_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/* ---- The six tasks of the lecture -------------------------------------------------
 *
 *     T1 -> T4 -+
 *     T2 -> T5 -+-> T6        T3
 *
 * Each task waits in its body until it is let end, so who goes when depends on no clock. */

struct six {
    atomic_int begun, may_end[6], worker[6];
    atomic_int n_released, released[64];
};

struct one {
    struct six *six;
    int         number;
};

static weft_status wait_to_end(weft_call *call, void *arg, struct weft_error *err)
{
    const struct one *t = arg;

    (void)err;
    atomic_store(&t->six->worker[t->number], weft_call_worker(call));
    atomic_fetch_or(&t->six->begun, 1 << t->number);
    while (!atomic_load(&t->six->may_end[t->number]))
        nap_us(20);
    return WEFT_OK;
}

static void note_released(void *arg, int worker, int64_t at_ns)
{
    struct six *s = arg;

    cr_assert_geq(at_ns, 0);
    s->released[atomic_load(&s->n_released)] = worker;
    atomic_fetch_add(&s->n_released, 1);
}

static void await_begun(struct six *s, int mask)
{
    while ((atomic_load(&s->begun) & mask) != mask)
        nap_us(20);
}

static void await_released(struct six *s, int n)
{
    while (atomic_load(&s->n_released) < n)
        nap_us(20);
}

static weft_task *add_six(weft_graph *g, struct one t[6])
{
    weft_task *t1 = weft_add(g, wait_to_end, .arg = &t[0]), *t2 = weft_add(g, wait_to_end, .arg = &t[1]);
    weft_task *t4 = weft_add(g, wait_to_end, .arg = &t[3], .deps = WEFT_DEPS(t1));
    weft_task *t5 = weft_add(g, wait_to_end, .arg = &t[4], .deps = WEFT_DEPS(t2));

    return weft_add(g, wait_to_end, .arg = &t[5], .deps = WEFT_DEPS(t4, t5));
}

Test(elastic, of_the_six_tasks_the_worker_of_t3_goes_first_then_that_of_the_chain_that_ends)
{
    struct six s = {0};
    struct one t[6];
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    const struct weft_run_spec spec = {.elastic = true, .released = note_released, .released_arg = &s};
    int64_t released_ns[3];
    struct weft_elastic_report report = {.released_ns = released_ns};
    weft_task *targets[2];
    weft_future *f;
    int first, second, last;

    for (int i = 0; i < 6; i++)
        t[i] = (struct one){&s, i};
    targets[0] = add_six(g, t);
    targets[1] = weft_add(g, wait_to_end, .arg = &t[2]);
    cr_assert(!weft_pool_submit(pool, targets, 2, &spec, &f, NULL));
    await_begun(&s, 1 | 2 | 4);
    cr_assert_eq(atomic_load(&s.n_released), 0);

    atomic_store(&s.may_end[2], 1);
    await_released(&s, 1);
    first = s.released[0];
    cr_assert_eq(first, atomic_load(&s.worker[2]), "worker %d went, and T3 was of worker %d", first, atomic_load(&s.worker[2]));

    atomic_store(&s.may_end[0], 1);
    await_begun(&s, 8);
    cr_assert_eq(atomic_load(&s.n_released), 1);
    atomic_store(&s.may_end[3], 1);
    await_released(&s, 2);
    second = s.released[1];
    cr_assert_eq(second, atomic_load(&s.worker[3]));

    atomic_store(&s.may_end[1], 1);
    atomic_store(&s.may_end[4], 1);
    atomic_store(&s.may_end[5], 1);
    cr_assert(!weft_future_elastic(f, &report, NULL));
    last = 3 - first - second;
    cr_assert_eq(atomic_load(&s.worker[5]), last);
    cr_assert_eq(report.n_workers, 3);
    cr_assert_eq(report.n_released, 2);
    cr_assert_eq(report.n_recalled, 0);
    cr_assert_eq(released_ns[last], -1);
    cr_assert(0 <= released_ns[first] && released_ns[first] <= released_ns[second] && released_ns[second] <= report.wall_ns);
    /* Saved is what the two were away, to the end. */
    cr_assert_eq(report.saved_ns, 2 * report.wall_ns - released_ns[first] - released_ns[second]);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* A chain: one worker will do from the beginning. */
static weft_task *add_chain(weft_graph *g, int n)
{
    weft_task *t = weft_add(g, body_add, .arg = arg_of(1));

    for (int i = 1; i < n; i++)
        t = weft_add(g, body_add, .arg = arg_of(1), .deps = WEFT_DEPS(t));
    return t;
}

static weft_status gather_workers(weft_call *call, void *arg, struct weft_error *err)
{
    atomic_int *n = arg;

    (void)call, (void)err;
    atomic_fetch_add(n, 1);
    while (atomic_load(n) < 4)
        nap_us(20);
    return WEFT_OK;
}

/* Four tasks each of which waits until all four run: only four workers end this. */
static void need_four(weft_pool *pool)
{
    weft_graph *g = weft_graph_new();
    atomic_int n = 0;
    weft_task *t[4];

    for (int i = 0; i < 4; i++)
        t[i] = weft_add(g, gather_workers, .arg = &n);
    cr_assert(!weft_pool_run_many(pool, t, 4, NULL, NULL, NULL));
    weft_graph_free(g);
}

Test(elastic, released_workers_come_back_for_the_next_run)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    const struct weft_run_spec spec = {.elastic = true};

    for (int round = 0; round < (int)test_scaled(200); round++) {
        weft_graph *g = weft_graph_new();
        weft_task *t = add_chain(g, 1 + round % 50);
        struct weft_value v;

        cr_assert(!weft_pool_run_many(pool, &t, 1, &spec, &v, NULL));
        cr_assert_eq(weft_value_i64(v), 1 + round % 50);
        need_four(pool);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

Test(elastic, a_run_that_enters_calls_workers_back_and_they_leave_again_after_it)
{
    struct six s = {0};
    struct one t[6];
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    const struct weft_run_spec spec = {.elastic = true, .released = note_released, .released_arg = &s};
    struct weft_elastic_report report = {0};
    weft_graph *g = weft_graph_new();
    weft_task *target;
    weft_future *f;

    for (int i = 0; i < 6; i++)
        t[i] = (struct one){&s, i};
    target = add_six(g, t); /* without T3, two workers are enough */
    cr_assert(!weft_pool_submit(pool, &target, 1, &spec, &f, NULL));
    await_begun(&s, 1 | 2);
    await_released(&s, 2);
    for (int i = 0; i < 2; i++)
        atomic_store(&s.may_end[i], 1);
    atomic_store(&s.may_end[3], 1);
    await_begun(&s, 16);
    await_released(&s, 3);
    atomic_store(&s.may_end[4], 1);
    await_begun(&s, 32);
    {
        weft_graph *other = weft_graph_new();
        atomic_int n = 1; /* three more: the fourth worker waits in T6 */
        weft_task *three[3];

        for (int i = 0; i < 3; i++)
            three[i] = weft_add(other, gather_workers, .arg = &n);
        cr_assert(!weft_pool_run_many(pool, three, 3, NULL, NULL, NULL));
        weft_graph_free(other);
    }
    await_released(&s, 6);
    atomic_store(&s.may_end[5], 1);
    cr_assert(!weft_future_elastic(f, &report, NULL));
    cr_assert_eq(report.n_released, 3);
    cr_assert_eq(report.n_recalled, 3);
    cr_assert(0 < report.saved_ns && report.saved_ns < 3 * report.wall_ns);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

struct forking {
    atomic_int n;
    struct six s;
};

static weft_status meet_fork(weft_call *call, void *arg, struct weft_error *err)
{
    return gather_workers(call, arg, err);
}

/* Waits until the others have gone, then forks what only four workers can end. */
static weft_status fork_for_four(weft_call *call, void *arg, struct weft_error *err)
{
    struct forking *f = arg;
    struct weft_fork forks[3];
    weft_status st;

    await_released(&f->s, 3);
    for (int i = 0; i < 3; i++)
        weft_call_fork(call, &forks[i], meet_fork, &f->n);
    st = meet_fork(call, &f->n, err);
    for (int i = 2; i >= 0; i--)
        weft_call_join(call, &forks[i], err);
    return st;
}

Test(elastic, a_body_that_forks_calls_workers_back)
{
    struct forking forking = {0};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    const struct weft_run_spec spec = {.elastic = true, .released = note_released, .released_arg = &forking.s};
    struct weft_elastic_report report = {0};
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, fork_for_four, .arg = &forking);
    weft_future *f;

    cr_assert(!weft_pool_submit(pool, &t, 1, &spec, &f, NULL));
    cr_assert(!weft_future_elastic(f, &report, NULL));
    cr_assert_eq(report.n_released, 0);
    cr_assert_eq(report.n_recalled, 3);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(elastic, runs_of_random_graphs_give_what_they_give_without)
{
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    static const int n_workers[] = {1, 2, 4, 16};

    for (int w = 0; w < 4; w++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers[w], .trace = w % 2});

        for (uint64_t seed = 0; seed < (uint64_t)test_scaled(400); seed++) {
            struct random_graph r;
            struct outcome *expected, *got;
            struct weft_elastic_report report = {0};
            weft_plan *plan;
            weft_future *f;

            random_graph_init(&r, seed, seed % 50 ? 60 : 2000);
            expected = calloc(r.n_targets, sizeof *expected);
            got = calloc(r.n_targets, sizeof *got);
            cr_assert(!weft_plan_new(&plan, r.targets, r.n_targets, NULL, NULL));
            random_graph_run(serial, plan, expected);
            cr_assert(!weft_pool_submit_plan(pool, plan, &(struct weft_run_spec){.elastic = true}, &f, NULL));
            cr_assert(!weft_future_elastic(f, &report, NULL));
            cr_assert_eq(report.n_workers, n_workers[w]);
            cr_assert_lt(report.n_released, n_workers[w]);
            cr_assert_geq(report.saved_ns, 0);
            cr_assert_leq(report.saved_ns, (n_workers[w] - 1) * report.wall_ns);
            outcomes_take(f, r.n_targets, got);
            for (size_t i = 0; i < r.n_targets; i++)
                cr_assert(expected[i].status == got[i].status && expected[i].why == got[i].why &&
                          expected[i].number == got[i].number, "seed %d, target %zu", (int)seed, i);
            weft_plan_free(plan);
            random_graph_fini(&r);
            free(expected);
            free(got);
        }
        weft_pool_free(pool);
    }
    weft_pool_free(serial);
}

Test(elastic, nobody_is_released_where_tasks_run_on_certain_workers_only)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    struct weft_elastic_report report = {0};
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, WEFT_TERMS(.workers = (const int[]){2}, .n_workers = 1, .only_workers = true));
    weft_future *f;

    t = weft_add(g, body_add, .deps = WEFT_DEPS(t));
    cr_assert(!weft_pool_submit(pool, &t, 1, &(struct weft_run_spec){.elastic = true}, &f, NULL));
    cr_assert(!weft_future_elastic(f, &report, NULL));
    cr_assert_eq(report.n_released + report.n_recalled, 0);
    cr_assert_eq(report.saved_ns, 0);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(elastic, a_run_that_was_not_asked_to_be_tells_so)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    struct weft_elastic_report report = {0};
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_task *t = add_chain(g, 1);
    weft_future *f;

    cr_assert(!weft_pool_submit(pool, &t, 1, NULL, &f, NULL));
    cr_assert_eq(weft_future_elastic(f, &report, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "elastic"));
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status run_a_chain(void *arg)
{
    weft_pool *pool = arg;
    weft_graph *g = weft_graph_new();
    weft_task *t = add_chain(g, 3);
    weft_future *f;
    weft_status st = weft_pool_submit(pool, &t, 1, &(struct weft_run_spec){.elastic = true}, &f, NULL);

    if (!st) {
        st = weft_future_take(f, 0, NULL, NULL);
        weft_future_free(f);
    }
    weft_graph_free(g);
    return st;
}

Test(elastic, a_run_without_memory_for_it_fails_and_the_pool_stays)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});

    cr_assert(!run_a_chain(pool));
    nomem_everywhere(run_a_chain, pool);
    cr_assert(!run_a_chain(pool));
    weft_pool_free(pool);
}

static void printed_is(const struct weft_elastic_report *r, double price, const char *expected)
{
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert(to);
    weft_elastic_print(r, price, to);
    fclose(to);
    cr_assert_str_eq(text, expected);
    free(text);
}

Test(elastic, a_report_is_a_line)
{
    const struct weft_elastic_report r = {.n_workers = 3, .n_released = 2, .wall_ns = 12000000000, .saved_ns = 14000000000};
    const struct weft_elastic_report back = {.n_workers = 2, .n_recalled = 1, .wall_ns = 1000000000, .saved_ns = 500000000};

    printed_is(&r, 0, "14.000 of 36.000 core-seconds saved (38.9 %): 2 of 3 workers released before the end\n");
    printed_is(&back, 3.6, "0.500 of 2.000 core-seconds saved (25.0 %): 0 of 2 workers released before the end, "
                           "1 called back; worth 0.0005\n");
}
