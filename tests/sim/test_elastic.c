/* test_elastic.c - workers that leave, under random schedules: none that must leave stays, none that is needed is gone.
 *
 * A body waits until as many workers have left as its graph lets go: a worker that sleeps
 * on though it is surplus is a deadlock. A later run waits until all its bodies run: one
 * that does not come back is a deadlock, too.
 */
#include <criterion/criterion.h>

#include <weft/elastic.h>
#include <weft/fork.h>
#include <weft/pool.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"

enum { MOST_WORKERS = 4 };

struct scene {
    int              n_workers;
    _Atomic uint32_t n_released;
    _Atomic uint32_t n_met;
};

static void await(_Atomic uint32_t *word, uint32_t n)
{
    uint32_t now;

    while ((now = wf_load_acquire(word)) < n)
        wf_wait(word, now, -1);
}

static void add(_Atomic uint32_t *word)
{
    wf_add(word, 1);
    wf_wake(word, INT32_MAX);
}

static void note_released(void *arg, int worker, int64_t at_ns)
{
    struct scene *s = arg;

    (void)worker, (void)at_ns;
    add(&s->n_released);
}

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* The last of a chain: by then all but one have left. */
static weft_status alone(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)call, (void)err;
    await(&s->n_released, (uint32_t)s->n_workers - 1);
    return WEFT_OK;
}

static weft_status meet(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;

    (void)call, (void)err;
    add(&s->n_met);
    await(&s->n_met, (uint32_t)s->n_workers);
    return WEFT_OK;
}

static weft_status fork_to_meet(weft_call *call, void *arg, struct weft_error *err)
{
    struct scene *s = arg;
    struct weft_fork forks[MOST_WORKERS];
    weft_status st;

    alone(call, arg, err);
    for (int i = 1; i < s->n_workers; i++)
        weft_call_fork(call, &forks[i], meet, s);
    st = meet(call, s, err);
    for (int i = s->n_workers - 1; i > 0; i--)
        weft_call_join(call, &forks[i], err);
    return st;
}

/* Some tasks that one waits for: the workers leave while those end. */
static weft_task *narrow(weft_graph *g, struct scene *s, weft_body *last)
{
    weft_task *t[MOST_WORKERS];
    const size_t n = 1 + (size_t)wf_sim_pick(MOST_WORKERS);

    for (size_t i = 0; i < n; i++)
        t[i] = weft_add(g, nothing);
    return weft_add(g, last, .arg = s, .deps = t, .n_deps = n);
}

static void wide(weft_graph *g, struct scene *s, weft_task **t)
{
    for (int i = 0; i < s->n_workers; i++)
        t[i] = weft_add(g, meet, .arg = s);
}

static void play(weft_body *last, bool then_wide, bool meanwhile)
{
    struct scene *s = wf_alloc_zero(1, sizeof *s);
    const struct weft_run_spec spec = {.elastic = true, .released = note_released, .released_arg = s};
    weft_graph *g = weft_graph_new(), *other = weft_graph_new();
    weft_task *target, *met[MOST_WORKERS];
    struct weft_elastic_report report = {0};
    weft_pool *pool;
    weft_future *f, *f2 = NULL;

    s->n_workers = 2 + wf_sim_pick(2);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = s->n_workers});
    wf_sim_name(&pool->bench.surplus, "surplus");
    wf_sim_name(&pool->bench.turn, "turn");
    target = narrow(g, s, last);
    wide(other, s, met);
    wf_sim_check(!weft_pool_submit(pool, &target, 1, &spec, &f, NULL), "the pool refuses");
    if (meanwhile)
        wf_sim_check(!weft_pool_submit(pool, met, (size_t)s->n_workers, NULL, &f2, NULL), "the pool refuses");
    wf_sim_check(!weft_future_elastic(f, &report, NULL), "it was elastic");
    wf_sim_check(report.saved_ns >= 0 && report.saved_ns <= (s->n_workers - 1) * report.wall_ns, "saved %lld of %lld ns",
                 (long long)report.saved_ns, (long long)report.wall_ns);
    weft_future_free(f);
    if (then_wide)
        wf_sim_check(!weft_pool_run_many(pool, met, (size_t)s->n_workers, &spec, NULL, NULL), "it fails");
    weft_future_free(f2);
    weft_pool_free(pool);
    weft_graph_free(g);
    weft_graph_free(other);
    wf_free(s);
}

static void leave(void *arg)
{
    (void)arg;
    play(alone, false, false);
}

Test(elastic, all_that_are_surplus_leave)
{
    sim_some("leave", leave, NULL, 20000);
}

static void come_back(void *arg)
{
    (void)arg;
    play(alone, true, false);
}

Test(elastic, all_come_back_for_the_next_run)
{
    sim_some("come back", come_back, NULL, 20000);
}

static void another_enters(void *arg)
{
    (void)arg;
    play(nothing, false, true);
}

Test(elastic, all_come_back_for_a_run_that_enters)
{
    sim_some("another enters", another_enters, NULL, 20000);
}

static void a_body_forks(void *arg)
{
    (void)arg;
    play(fork_to_meet, false, false);
}

Test(elastic, all_come_back_for_a_body_that_forks)
{
    sim_some("a body forks", a_body_forks, NULL, 20000);
}
