/* test_fork.c - bodies that fork, under random schedules: each part runs once, before its join.
 *
 * The tree of parts, the order of joins and which parts fail are choices of the
 * schedule. Each part notes in plain memory that it ran and what it gives; the joining
 * body reads that without an atomic, so a join that returns too early is a race.
 */
#include <criterion/criterion.h>

#include <weft/fork.h>
#include <weft/pool.h>

#include "lib/base/mem.h"
#include "scheduler/run.h"
#include "tests/sim/sims.h"

enum { MOST_PARTS = 3, MOST_DEPTH = 2 };

struct part {
    int      depth, n_parts, n_ran;
    bool     forward, fails;
    uint64_t value;
    struct part *parts;
};

static void make_part(struct part *p, int depth)
{
    *p = (struct part){.depth = depth, .n_parts = depth ? wf_sim_pick(MOST_PARTS + 1) : 0,
                       .forward = wf_sim_pick(2), .fails = wf_sim_pick(8) == 7};
    p->parts = p->n_parts ? wf_alloc_array((size_t)p->n_parts, sizeof *p->parts) : NULL;
    for (int i = 0; i < p->n_parts; i++)
        make_part(&p->parts[i], depth - 1);
}

static void free_part(struct part *p)
{
    for (int i = 0; i < p->n_parts; i++)
        free_part(&p->parts[i]);
    wf_free(p->parts);
}

/* What a part gives: one more than all below it, and a failure below is one itself. */
static uint64_t serially(const struct part *p, bool *fails)
{
    uint64_t value = 1;

    *fails = p->fails;
    for (int i = 0; i < p->n_parts; i++) {
        bool below;

        value = value * 3 + serially(&p->parts[i], &below);
        *fails |= below;
    }
    return value;
}

static weft_status run_part(weft_call *call, void *arg, struct weft_error *err)
{
    struct part *p = arg;
    struct weft_fork forks[MOST_PARTS];
    struct weft_error why;
    bool fails = p->fails;

    p->n_ran++;
    for (int i = 0; i < p->n_parts; i++)
        weft_call_fork(call, &forks[i], run_part, &p->parts[i]);
    for (int k = 0; k < p->n_parts; k++) {
        const int i = p->forward ? k : p->n_parts - 1 - k;
        const weft_status st = weft_call_join(call, &forks[i], &why);

        wf_sim_check(p->parts[i].n_ran == 1, "a part ran %d times before its join", p->parts[i].n_ran);
        wf_sim_check(!st || (st == WEFT_FAILED && why.status == st && why.message[0] == 'p'), "a failure lost its reason");
        fails |= st != WEFT_OK;
    }
    p->value = 1;
    for (int i = 0; i < p->n_parts; i++)
        p->value = p->value * 3 + p->parts[i].value;
    return fails ? weft_error_set(err, WEFT_FAILED, "part") : WEFT_OK;
}

/* Several tasks that fork, on one pool: thieves find forks and ready tasks mixed. */
static void forking_tasks(void *arg)
{
    struct part parts[3];
    const int n = 1 + wf_sim_pick(3);
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(4)});
    weft_task *t[3];
    weft_future *f;

    (void)arg;
    for (int i = 0; i < n; i++) {
        make_part(&parts[i], MOST_DEPTH);
        t[i] = weft_add(g, run_part, .name = "part", .arg = &parts[i], .deps = t, .n_deps = i == 2 ? 1 : 0);
    }
    wf_sim_check(!weft_pool_submit(pool, t, (size_t)n, NULL, &f, NULL), "the pool refuses");
    weft_future_wait(f, -1);
    for (int i = 0; i < n; i++) {
        bool fails;
        const uint64_t value = serially(&parts[i], &fails);
        const weft_status st = weft_future_take(f, (size_t)i, NULL, NULL);
        bool first_fails = false;

        if (i == 2)
            serially(&parts[0], &first_fails);
        wf_sim_check(st == (fails || first_fails ? WEFT_FAILED : WEFT_OK), "task %d: status %d", i, st);
        wf_sim_check(first_fails || parts[i].value == value, "task %d gives another value", i);
    }
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
    for (int i = 0; i < n; i++)
        free_part(&parts[i]);
}

Test(fork, each_part_runs_once_and_joins_see_what_it_did)
{
    sim_some("forking tasks", forking_tasks, NULL, 8000);
}

/* The smallest nest: a thief's part forks, and the joining worker helps with that. */
static void nest(void *arg)
{
    struct part leaf = {.n_parts = 0}, other = leaf, inner = {.n_parts = 1, .parts = &leaf};
    struct part outer_parts[2] = {inner, other};
    struct part outer = {.n_parts = 2, .parts = outer_parts};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2 + wf_sim_pick(2)});

    (void)arg;
    wf_sim_check(!weft_pool_run(pool, weft_add(g, run_part, .name = "part", .arg = &outer), NULL, NULL), "it failed");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(fork, who_joins_helps_with_what_the_thief_forks)
{
    sim_some("nest", nest, NULL, 20000);
}

static weft_status not_within(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    wf_sim_check(!call->is_nested, "a ready task runs on top of a body that joins");
    return WEFT_OK;
}

/* A thief has done the part it stole and goes on with ready tasks, while the parent that
 * looks for parts to help with stands still in the middle: those are not for it. */
static void thief_goes_on(void *arg)
{
    enum { FANS = 3, LEAVES = 3, N = 1 + FANS * (1 + LEAVES) };
    struct part leaf = {.n_parts = 0}, outer = {.n_parts = 1, .parts = &leaf};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_task *t[N];
    int n = 0;

    (void)arg;
    t[n++] = weft_add(g, run_part, .name = "part", .arg = &outer);
    for (int i = 0; i < FANS; i++) {
        weft_task *fan = t[n++] = weft_add(g, not_within, .name = "fan");

        for (int k = 0; k < LEAVES; k++)
            t[n++] = weft_add(g, not_within, .name = "leaf", .deps = &fan, .n_deps = 1);
    }
    wf_sim_check(!weft_pool_run_many(pool, t, N, NULL, NULL, NULL), "it failed");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(fork, who_joins_takes_nothing_but_parts_of_what_it_waits_for)
{
    sim_some("thief goes on", thief_goes_on, NULL, 15000);
}
