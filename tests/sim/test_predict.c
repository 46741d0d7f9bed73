/* test_predict.c - the replay of a prediction does what the scheduler does, task by task.
 *
 * The same random graph runs twice: by the scheduler itself, compiled for the simulator,
 * each of whose virtual cores has its own clock; and by lib/analyse/predict_replay.c. Bodies
 * take virtual seconds to minutes, searches and wakes virtual microseconds: so what happens
 * is decided by the policy alone, and each task must have begun on the same worker at the
 * same time, but for those microseconds.
 *
 * And what a trace of one virtual core predicts for up to seven is held against what these
 * take, with bodies so short that handing them out counts.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include <weft/predict.h>

#include "lib/analyse/predict_replay.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"
#include "tests/support/tempdir.h"

enum { MOST = 300, MOST_EDGES = 3000, MOST_WORKERS = WF_SIM_THREADS - 1 };

/* One graph and what became of it; outside of the heap of a schedule. */
struct scene {
    uint64_t random;
    int      shape, n_tasks, n_workers;
    int64_t  least_ns, step_ns; /* of costs: step_ns is that of 1024 dots of a die */
    int64_t  cost_ns[MOST], begin_ns[MOST]; /* by task, then by node */
    int      worker[MOST];
    int64_t  submitted_ns;

    /* The plan, copied. */
    struct wf_replay_node nodes[MOST + 1];
    uint32_t              succ[MOST_EDGES], roots[MOST];
    struct wf_replay_run  run;
    uint32_t              n_nodes;
    int                   victims[MOST_WORKERS * MOST_WORKERS];
};

static struct scene scene;

static uint32_t below(uint32_t n)
{
    scene.random = scene.random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((scene.random >> 33) % n);
}

static weft_status body(weft_call *call, void *arg, struct weft_error *err)
{
    const int i = (int)((int64_t *)arg - scene.cost_ns);

    (void)err;
    scene.begin_ns[i] = wf_now_ns();
    scene.worker[i] = weft_call_worker(call);
    wf_sim_spend(scene.cost_ns[i]);
    return WEFT_OK;
}

enum { ANY, LAYERS, WIDE, TREE, CHAINS, FAN, N_SHAPES };

/* Whether task i waits for task k < i. */
static bool waits(int i, int k)
{
    switch (scene.shape) {
    case ANY:    return !below(10);
    case LAYERS: return i / 9 == k / 9 + 1 && !below(3);
    case WIDE:   return i >= scene.n_tasks - 3; /* joins of many */
    case TREE:   return k == (i - 1) / 3;
    case CHAINS: return k == i - 5 || (k == i - 6 && !below(7));
    default:     return i % 80 == 79 ? k >= i - 70 : i > 80 && k == i / 80 * 80 - 1; /* one to many to one */
    }
}

static weft_graph *make_graph(weft_task **t)
{
    weft_graph *g = weft_graph_new();

    for (int i = 0; i < scene.n_tasks; i++) {
        weft_task *deps[MOST];
        size_t n = 0;

        for (int k = 0; k < i; k++)
            if (n < 100 && waits(i, k))
                deps[n++] = t[k];
        scene.cost_ns[i] = scene.least_ns + (int64_t)below(1u << 20) * scene.step_ns / 1024;
        t[i] = weft_add(g, body, .name = "body", .arg = &scene.cost_ns[i], .deps = deps, .n_deps = n);
    }
    return g;
}

/* What a plan has become, nodes for tasks. */
static void copy_plan(const weft_plan *p)
{
    int64_t cost[MOST], begin[MOST];
    int worker[MOST];
    uint32_t n_succ = 0;

    scene.n_nodes = p->n_nodes;
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const int task = (int)((int64_t *)p->nodes[i].arg - scene.cost_ns);

        scene.nodes[i] = (struct wf_replay_node){scene.cost_ns[task], n_succ, p->nodes[i].n_join};
        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++)
            scene.succ[n_succ++] = wf_plan_succ(p, i)[k];
        cost[i] = scene.cost_ns[task];
        begin[i] = scene.begin_ns[task] - scene.submitted_ns;
        worker[i] = scene.worker[task];
    }
    scene.nodes[p->n_nodes] = (struct wf_replay_node){0, n_succ, 0};
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        scene.cost_ns[i] = cost[i];
        scene.begin_ns[i] = begin[i];
        scene.worker[i] = worker[i];
    }
    for (uint32_t i = 0; i < p->n_roots; i++)
        scene.roots[i] = p->roots[i];
    scene.run = (struct wf_replay_run){.n_roots = p->n_roots};
}

static void by_the_scheduler(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = scene.n_workers});
    weft_task *t[MOST];
    weft_graph *g = make_graph(t);
    weft_plan *plan = NULL;

    (void)arg;
    wf_sim_check(!weft_plan_new(&plan, t, (size_t)scene.n_tasks, NULL, NULL), "no plan");
    for (int w = 0; w < scene.n_workers; w++)
        for (int k = 0; k + 1 < scene.n_workers; k++)
            scene.victims[w * (scene.n_workers - 1) + k] = pool->workers[w].victims[k];
    wf_sim_spend(1000000000); /* by then all sleep */
    scene.submitted_ns = wf_now_ns();
    wf_sim_check(!weft_pool_run_plan(pool, plan, NULL, NULL, NULL), "the pool refuses");
    copy_plan(plan);
    weft_pool_free(pool);
    weft_plan_free(plan);
    weft_graph_free(g);
}

/* Microseconds of the scheduler add up along a path; bodies are seconds apart. */
static void compare(uint64_t seed)
{
    enum { TOLERATED_NS = 5000000 };
    static int worker[MOST];
    static int64_t begin_ns[MOST];
    const struct wf_replay_graph g = {.n_nodes = scene.n_nodes, .nodes = scene.nodes, .succ = scene.succ,
                                      .roots = scene.roots, .runs = &scene.run, .n_runs = 1, .idle_ns = -1};
    /* The costs of scheduler/sim/threads.c. */
    const struct wf_replay_how how = {.n_workers = scene.n_workers, .victims = scene.victims, .wakes_lowest = true,
                                      .costs = {.wake_ns = 25000, .spin_ns = 50000, .task_ns = 200, .steal_ns = 1000},
                                      .worker = worker, .begin_ns = begin_ns};
    struct wf_replay_result r;

    cr_assert(wf_replay(&g, &how, &r));
    for (uint32_t i = 0; i < scene.n_nodes; i++) {
        cr_assert_eq(worker[i], scene.worker[i], "seed %llu, shape %d, %d workers: node %u ran on worker %d at %lld, not on %d at %lld",
                     (unsigned long long)seed, scene.shape, scene.n_workers, i, scene.worker[i], (long long)scene.begin_ns[i],
                     worker[i], (long long)begin_ns[i]);
        cr_assert(begin_ns[i] <= scene.begin_ns[i] + TOLERATED_NS && scene.begin_ns[i] <= begin_ns[i] + TOLERATED_NS,
                  "seed %llu: node %u began at %lld, not at %lld", (unsigned long long)seed, i, (long long)scene.begin_ns[i],
                  (long long)begin_ns[i]);
    }
}

static void set_scene(uint64_t seed, int shape, int n_workers, int64_t least_ns, int64_t step_ns)
{
    scene = (struct scene){.random = seed * 977 + (uint64_t)shape, .shape = shape, .n_tasks = MOST, .n_workers = n_workers,
                           .least_ns = least_ns, .step_ns = step_ns};
}

static void compare_many(int n_workers, uint64_t n_seeds)
{
    for (uint64_t seed = 1; seed <= n_seeds; seed++)
        for (int shape = 0; shape < N_SHAPES; shape++) {
            set_scene(seed, shape, n_workers, 1000000000, 100000000);
            scene.n_tasks = 1 + (int)below(shape == FAN || shape == WIDE ? MOST : 120);
            sim_by_time("a graph by the scheduler", by_the_scheduler, NULL);
            compare(seed);
        }
}

Test(predict, one_worker_runs_the_tasks_in_the_order_of_the_scheduler)
{
    compare_many(1, 20);
}

Test(predict, two_workers_run_each_task_where_and_when_the_scheduler_does)
{
    compare_many(2, 20);
}

Test(predict, up_to_seven_workers_run_each_task_where_and_when_the_scheduler_does)
{
    for (int n = 3; n <= MOST_WORKERS; n++)
        compare_many(n, 20);
}

/* ---- A trace of one predicts many ---------------------------------------------------- */

/* What a run takes; on one worker it is traced, and `path` gets the trace. */
struct measured {
    char   *path;
    int64_t ns;
};

static void measure(void *arg)
{
    struct measured *m = arg;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = scene.n_workers, .trace = scene.n_workers == 1});
    weft_task *t[MOST];
    weft_graph *g = make_graph(t);
    weft_plan *plan = NULL;
    weft_trace *trace = NULL;

    wf_sim_check(!weft_plan_new(&plan, t, (size_t)scene.n_tasks, NULL, NULL), "no plan");
    wf_sim_spend(1000000); /* by then all sleep */
    scene.submitted_ns = wf_now_ns();
    wf_sim_check(!weft_pool_run_plan(pool, plan, NULL, NULL, NULL), "the pool refuses");
    m->ns = wf_now_ns() - scene.submitted_ns;
    if (scene.n_workers == 1)
        wf_sim_check(!weft_trace_of_pool(&trace, pool, NULL) && !weft_trace_write(trace, m->path, NULL), "no trace");
    weft_trace_free(trace);
    weft_pool_free(pool);
    weft_plan_free(plan);
    weft_graph_free(g);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Bodies of 5 to 200 us on cores where a step takes 20 ns and a wake 25 us. */
Test(predict, of_a_trace_of_one_worker_is_close_to_what_up_to_seven_take)
{
    enum { SEEDS = 3, LEAST_NS = 5000, STEP_NS = 190, N = SEEDS * N_SHAPES * (MOST_WORKERS - 1) };
    char *dir = tempdir_new();
    struct measured m = {.path = tempdir_path(dir, "one.trace")};
    double errors[N];
    int n = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int shape = 0; shape < N_SHAPES; shape++) {
            weft_predictor *p = NULL;
            weft_trace *trace = NULL;

            set_scene(seed, shape, 1, LEAST_NS, STEP_NS);
            sim_by_time("traced on one", measure, &m);
            cr_assert(!weft_trace_read(&trace, m.path, NULL));
            cr_assert(!weft_predictor_new(&p, trace, NULL, NULL));
            for (int workers = 2; workers <= MOST_WORKERS; workers++) {
                struct weft_forecast f;

                set_scene(seed, shape, workers, LEAST_NS, STEP_NS);
                sim_by_time("measured", measure, &m);
                cr_assert(!weft_predictor_at(p, workers, &f, NULL));
                errors[n] = (double)f.makespan_ns / (double)m.ns - 1;
                errors[n] = errors[n] < 0 ? -errors[n] : errors[n];
                n++;
            }
            weft_predictor_free(p);
            weft_trace_free(trace);
        }
    qsort(errors, N, sizeof *errors, by_size);
    printf("of %d errors the median is %.2f %%, the 95th percentile %.2f %%, the most %.2f %%\n", N, 100 * errors[N / 2],
           100 * errors[N * 95 / 100], 100 * errors[N - 1]);
    cr_assert_leq(errors[N / 2], 0.01);
    cr_assert_leq(errors[N * 95 / 100], 0.05);
    free(m.path);
    tempdir_remove(dir);
}
