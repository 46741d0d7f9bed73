/* test_gate.c - tasks with terms under random schedules: units, tries, rests, certain workers, cancels and deadlines
 * at once. Nothing hangs, leaks, runs too often, or has more than there is. */
#include <criterion/criterion.h>

#include <weft/pool.h>
#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"

enum { MOST = 9, UNITS_A = 2, UNITS_B = 1 };

static const struct weft_resource resources[] = {{"a", UNITS_A}, {"b", UNITS_B}};

struct job;

struct node {
    struct job *job;
    int         a, b;       /* units it needs */
    int         n_fail;     /* so many tries fail */
    int         retries;
    int         worker;     /* it may run only there; -1: anywhere */
    int         n_spawned;
    bool        lenient;
    _Atomic uint32_t n_tries;
};

struct job {
    weft_graph *g;
    struct node nodes[MOST];
    weft_task  *t[MOST];
    int         n;
    _Atomic uint32_t in_a, in_b; /* in use */
};

static void use(struct job *j, int a, int b)
{
    wf_sim_check(wf_add(&j->in_a, (uint32_t)a) + (uint32_t)a <= UNITS_A, "more than %d units of a", UNITS_A);
    wf_sim_check(wf_add(&j->in_b, (uint32_t)b) + (uint32_t)b <= UNITS_B, "more than %d units of b", UNITS_B);
    wf_sim_spend(wf_sim_pick(3) * 100);
    wf_sub(&j->in_a, (uint32_t)a);
    wf_sub(&j->in_b, (uint32_t)b);
}

static weft_status below(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    use(*(struct job **)arg, 1, 0);
    return WEFT_OK;
}

static weft_status body(weft_call *call, void *arg, struct weft_error *err)
{
    struct node *node = *(struct node **)arg;
    const uint32_t n = wf_add(&node->n_tries, 1) + 1;

    wf_sim_check(n <= (uint32_t)node->retries + 1, "try %u of %d", n, node->retries + 1);
    wf_sim_check(node->worker < 0 || weft_call_worker(call) == node->worker, "it ran on another worker");
    use(node->job, node->a, node->b);
    for (int i = 0; i < node->n_spawned; i++)
        weft_spawn(call, below, WEFT_ARG(node->job), WEFT_TERMS(.needs = &(struct weft_need){"a", 1}, .n_needs = 1));
    weft_call_return(call, weft_value_of_i64(n));
    return n <= (uint32_t)node->n_fail ? weft_error_set(err, WEFT_FAILED, "told to") : WEFT_OK;
}

static struct job *new_job(int n_workers)
{
    struct job *j = wf_alloc_zero(1, sizeof *j);

    j->g = weft_graph_new();
    j->n = 2 + wf_sim_pick(MOST - 1);
    for (int i = 0; i < j->n; i++) {
        struct node *node = &j->nodes[i];
        struct weft_need needs[2];
        weft_task *deps[MOST];
        size_t n_needs = 0, n_deps = 0;

        *node = (struct node){.job = j, .a = wf_sim_pick(UNITS_A + 1), .b = wf_sim_pick(UNITS_B + 1),
                              .n_fail = wf_sim_pick(3), .retries = wf_sim_pick(3),
                              .worker = wf_sim_pick(4) ? -1 : wf_sim_pick(n_workers), .lenient = wf_sim_pick(2)};
        if (node->a)
            needs[n_needs++] = (struct weft_need){"a", node->a};
        if (node->b)
            needs[n_needs++] = (struct weft_need){"b", node->b};
        node->n_spawned = n_needs ? 0 : wf_sim_pick(3);
        for (int k = 0; k < i; k++)
            if (wf_sim_pick(4) == 0)
                deps[n_deps++] = j->t[k];
        j->t[i] = weft_add(j->g, body, .arg = &node, .arg_bytes = sizeof node, .deps = deps, .n_deps = n_deps, WEFT_TERMS(.needs = needs, .n_needs = n_needs, .retries = node->retries, .backoff_ns = wf_sim_pick(2) * 400, .workers = &node->worker, .n_workers = node->worker >= 0, .only_workers = node->worker >= 0, .lenient = node->lenient), .flags = WEFT_PURE, .priority = 0);
    }
    return j;
}

static void free_job(struct job *j)
{
    weft_graph_free(j->g);
    wf_free(j);
}

/* What must come out whatever the schedule, if nothing stops the run: a node fails when its tries do not
 * suffice, and when one it reads has failed, unless it is lenient and the run goes on. */
static bool fails(const struct job *j, int i, enum weft_on_error on_error)
{
    const struct node *node = &j->nodes[i];
    bool poisoned = false;

    for (size_t k = 0; k < weft_task_n_deps(j->t[i]); k++)
        poisoned |= fails(j, (int)weft_task_id(weft_task_dep(j->t[i], k)), on_error);
    return (poisoned && !(node->lenient && on_error == WEFT_CONTINUE)) || node->n_fail > node->retries;
}

static void judge(struct job *j, weft_future *f, enum weft_on_error on_error, bool stopped)
{
    for (int i = 0; i < j->n; i++) {
        struct weft_value v = weft_value_none();
        const weft_status st = weft_future_take(f, (size_t)i, &v, NULL);
        const uint32_t n = wf_load_relaxed(&j->nodes[i].n_tries);

        if (!stopped || !(st == WEFT_CANCELLED || st == WEFT_TIMEOUT))
            wf_sim_check(stopped || st == (fails(j, i, on_error) ? WEFT_FAILED : WEFT_OK), "task %d: status %d", i, st);
        wf_sim_check(st || v.as.i64 == j->nodes[i].n_fail + 1, "task %d is of try %d", i, (int)v.as.i64);
        wf_sim_check(st || n == (uint32_t)j->nodes[i].n_fail + 1, "task %d was tried %u times", i, n);
        wf_store_relaxed(&j->nodes[i].n_tries, 0);
    }
    weft_future_free(f);
}

static weft_pool *new_pool(int n_workers)
{
    return weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers, .resources = resources, .n_resources = 2});
}

static weft_future *submit(weft_pool *pool, struct job *j, const struct weft_run_spec *spec)
{
    weft_future *f;

    wf_sim_check(!weft_pool_submit(pool, j->t, (size_t)j->n, spec, &f, NULL), "the pool refuses");
    return f;
}

static void all_comes_out(void *arg)
{
    const int n_workers = 1 + wf_sim_pick(4);
    const struct weft_run_spec spec = {.on_error = wf_sim_pick(2) ? WEFT_POISON : WEFT_CONTINUE};
    weft_pool *pool = new_pool(n_workers);
    struct job *j = new_job(n_workers);

    (void)arg;
    for (int n = 1 + wf_sim_pick(2); n > 0; n--)
        judge(j, submit(pool, j, &spec), spec.on_error, false);
    weft_pool_free(pool);
    free_job(j);
}

Test(gate, units_tries_and_workers_do_not_change_what_comes_out)
{
    sim_some("terms", all_comes_out, NULL, 20000);
}

static void *canceller(void *future)
{
    for (int n = wf_sim_pick(3) * wf_sim_pick(40); n > 0; n--)
        wf_sim_spend(10);
    weft_future_cancel(future);
    return NULL;
}

static void cancelled(void *arg)
{
    const int n_workers = 1 + wf_sim_pick(3);
    weft_pool *pool = new_pool(n_workers);
    struct job *jobs[2] = {new_job(n_workers), new_job(n_workers)};
    const struct weft_run_spec spec = {.on_error = (enum weft_on_error)wf_sim_pick(3)};
    weft_future *f[2];
    wf_thread other;

    (void)arg;
    f[0] = submit(pool, jobs[0], &spec);
    wf_thread_start(&other, canceller, f[0]);
    weft_future_wait(f[0], -1);
    wf_thread_join(other);
    judge(jobs[0], f[0], spec.on_error, true);
    f[1] = submit(pool, jobs[1], NULL); /* all units are back */
    judge(jobs[1], f[1], WEFT_POISON, false);
    weft_pool_free(pool);
    for (int i = 0; i < 2; i++)
        free_job(jobs[i]);
}

Test(gate, a_run_cancelled_while_its_tasks_wait_and_rest_gives_all_back)
{
    sim_some("terms cancelled", cancelled, NULL, 15000);
}

static void late(void *arg)
{
    const int n_workers = 1 + wf_sim_pick(3);
    weft_pool *pool = new_pool(n_workers);
    struct job *j = new_job(n_workers);
    const struct weft_run_spec spec = {.timeout_ns = 1 + wf_sim_pick(4) * 500};

    (void)arg;
    judge(j, submit(pool, j, &spec), WEFT_POISON, true);
    judge(j, submit(pool, j, NULL), WEFT_POISON, false);
    weft_pool_free(pool);
    free_job(j);
}

Test(gate, a_run_that_ends_at_its_time_gives_all_back)
{
    sim_some("terms late", late, NULL, 15000);
}

/* The pool ends while its tasks rest and wait. */
static void freed(void *arg)
{
    const int n_workers = 1 + wf_sim_pick(3);
    weft_pool *pool = new_pool(n_workers);
    struct job *j = new_job(n_workers);
    weft_future *f = submit(pool, j, NULL);

    (void)arg;
    weft_pool_free(pool);
    wf_sim_check(weft_future_is_done(f), "a run of a pool that is gone has not ended");
    judge(j, f, WEFT_POISON, false);
    free_job(j);
}

Test(gate, a_pool_ends_after_those_that_rest_and_wait)
{
    sim_some("terms freed", freed, NULL, 8000);
}

/* The serial runner does the same, one after the other. */
static void serially(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .resources = resources, .n_resources = 2});
    struct job *j = new_job(1);
    const struct weft_run_spec spec = {.on_error = wf_sim_pick(2) ? WEFT_POISON : WEFT_CONTINUE};

    (void)arg;
    judge(j, submit(pool, j, &spec), spec.on_error, false);
    weft_pool_free(pool);
    free_job(j);
}

Test(gate, the_serial_runner_keeps_terms_too)
{
    sim_some("terms serially", serially, NULL, 3000);
}
