/* test_predict_replay.c - the bounds that every schedule keeps; what it does task by task is
 * held against the scheduler in tests/sim/test_predict.c. */
#include <criterion/criterion.h>

#include "lib/analyse/predict_replay.h"
#include "tests/support/scale.h"

enum { MOST = 400, MOST_EDGES = 8000 };

/* A random graph. */
struct scene {
    uint64_t              random;
    struct wf_replay_node nodes[MOST + 1];
    uint32_t              succ[MOST_EDGES], roots[MOST];
    struct wf_replay_run  runs[3];
    struct wf_replay_graph g;
};

static struct scene s;

static uint32_t below(uint32_t n)
{
    s.random = s.random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((s.random >> 33) % n);
}

/* Nodes wait for nodes before them, the nearer the likelier; costs of two kinds. */
static void make(uint64_t seed)
{
    static uint32_t to[MOST][MOST];
    uint32_t n_to[MOST] = {0}, n_succ = 0, n_roots = 0, most_preds, n, reach;

    s = (struct scene){.random = seed};
    n = 1 + below(MOST);
    most_preds = below(5);
    reach = 1 + below(n);
    for (uint32_t i = 0; i < n; i++) {
        s.nodes[i].cost_ns = below(4) ? below(1000) : below(20000);
        for (uint32_t k = 0; i && k < most_preds; k++) {
            const uint32_t from = i - 1 - below(i < reach ? i : reach);

            if (!below(3) || (n_to[from] && to[from][n_to[from] - 1] == i))
                continue;
            to[from][n_to[from]++] = i;
            s.nodes[i].n_join++;
        }
        if (!s.nodes[i].n_join)
            s.roots[n_roots++] = i;
    }
    for (uint32_t i = 0; i <= n; i++) {
        s.nodes[i].first_succ = n_succ;
        for (uint32_t k = 0; i < n && k < n_to[i]; k++)
            s.succ[n_succ++] = to[i][k];
    }
    s.runs[0].n_roots = n_roots;
    s.g = (struct wf_replay_graph){.n_nodes = n, .nodes = s.nodes, .succ = s.succ, .roots = s.roots, .runs = s.runs, .n_runs = 1, .idle_ns = -1};
}

/* Work and span, each node costing `more` and each edge `edge` besides. */
static int64_t path(int64_t more, int64_t edge)
{
    static int64_t begin[MOST + 1];
    int64_t longest = 0;

    for (uint32_t i = 0; i < s.g.n_nodes; i++)
        begin[i] = 0;
    for (uint32_t i = 0; i < s.g.n_nodes; i++) {
        const int64_t end = begin[i] + s.nodes[i].cost_ns + more;

        longest = end > longest ? end : longest;
        for (uint32_t k = s.nodes[i].first_succ; k < s.nodes[i + 1].first_succ; k++)
            begin[s.succ[k]] = end + edge > begin[s.succ[k]] ? end + edge : begin[s.succ[k]];
    }
    return longest;
}

static int64_t work(int64_t more)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < s.g.n_nodes; i++)
        sum += s.nodes[i].cost_ns + more;
    return sum;
}

static const int workers[] = {1, 2, 3, 4, 7, 16, 63, 64, 65, 200, 1024};
enum { N_WORKERS = sizeof workers / sizeof *workers };

static struct wf_replay_result replay(const struct wf_replay_how *how)
{
    struct wf_replay_result r;

    cr_assert(wf_replay(&s.g, how, &r));
    return r;
}

Test(predict_replay, without_overheads_keeps_the_bounds_of_brent_and_graham)
{
    for (uint64_t seed = 1; seed <= (uint64_t)test_scaled(300); seed++) {
        make(seed);
        for (int w = 0; w < N_WORKERS; w++) {
            const struct wf_replay_how how = {.n_workers = workers[w], .seed = seed % 2};
            const int64_t p = workers[w], t1 = work(0), span = path(0, 0), tp = replay(&how).end_ns;

            cr_assert(tp >= span && tp * p >= t1, "seed %llu, %lld workers: %lld is below %lld / %lld or %lld", (unsigned long long)seed,
                      (long long)p, (long long)tp, (long long)t1, (long long)p, (long long)span);
            /* Graham: TP <= T1 / P + (1 - 1 / P) Tinf. */
            cr_assert(tp * p <= t1 + (p - 1) * span, "seed %llu, %lld workers: %lld is above %lld / %lld + %lld",
                      (unsigned long long)seed, (long long)p, (long long)tp, (long long)t1, (long long)p, (long long)span);
        }
    }
}

/* With overheads: never below the bounds of Brent. And never above those of Graham for nodes
 * with their overheads and edges that each wait for a worker to be woken and to find work,
 * when all are awake: at most one is being woken at a time, so that takes up to P wakes. */
Test(predict_replay, with_overheads_keeps_the_burdened_bounds)
{
    enum { TASK = 50, EDGE = 3, STEAL = 400, LOOK = 2, WAKE = 3000, CALL = 500, SPIN = 5000 };

    for (uint64_t seed = 1; seed <= (uint64_t)test_scaled(200); seed++) {
        make(seed);
        for (int w = 0; w < N_WORKERS; w++) {
            const struct wf_replay_how how = {.n_workers = workers[w], .seed = seed,
                .costs = {.task_ns = TASK, .edge_ns = EDGE, .steal_ns = STEAL, .look_ns = LOOK, .wake_ns = WAKE, .call_ns = CALL, .spin_ns = SPIN}};
            const int64_t p = workers[w], tp = replay(&how).end_ns, n_edges = s.nodes[s.g.n_nodes].first_succ;
            const int64_t find = 3 * (STEAL + WAKE) / 2 + CALL + LOOK * p;
            const int64_t burdened_work = work(TASK + find) + n_edges * EDGE;
            const int64_t burdened_span = path(TASK + MOST * EDGE, find) + p * find;

            cr_assert(tp >= path(TASK, 0) && tp * p >= work(TASK), "seed %llu, %lld workers", (unsigned long long)seed, (long long)p);
            cr_assert(tp * p <= burdened_work + p * burdened_span, "seed %llu, %lld workers: %lld", (unsigned long long)seed,
                      (long long)p, (long long)tp);
        }
    }
}

Test(predict_replay, of_one_worker_takes_all_tasks_one_after_the_other)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        const struct wf_replay_how how = {.n_workers = 1, .costs = {.task_ns = 7}};

        make(seed);
        cr_assert_eq(replay(&how).end_ns, work(7));
        cr_assert_eq(replay(&how).busy_ns, work(0));
    }
}

Test(predict_replay, is_the_same_again_for_the_same_seed_and_not_for_another)
{
    struct wf_replay_how how = {.n_workers = 8, .seed = 1, .costs = {.task_ns = 50, .steal_ns = 500, .wake_ns = 3000, .spin_ns = 5000}};
    int n_different = 0;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        int64_t first;

        make(seed);
        how.seed = 1;
        first = replay(&how).end_ns;
        cr_assert_eq(replay(&how).end_ns, first);
        how.seed = 2;
        n_different += replay(&how).end_ns != first;
    }
    cr_assert_gt(n_different, 10);
}

/* Two runs of one task each, submitted at 0 and 100:  |1000 . .|
 *                                                      .  |1000 . .|  */
Test(predict_replay, begins_a_run_when_it_is_submitted)
{
    const struct wf_replay_node nodes[] = {{.cost_ns = 1000}, {.cost_ns = 1000}, {.cost_ns = 0}};
    const struct wf_replay_run runs[] = {{.n_roots = 1, .start_ns = 10}, {.first_root = 1, .n_roots = 1, .at_ns = 100, .start_ns = 5}};
    const struct wf_replay_graph g = {.n_nodes = 2, .nodes = nodes, .succ = s.succ, .roots = (const uint32_t[]){0, 1}, .runs = runs, .n_runs = 2, .idle_ns = -1};
    int worker[2];
    int64_t begin_ns[2];
    struct wf_replay_how how = {.n_workers = 2, .worker = worker, .begin_ns = begin_ns};
    struct wf_replay_result r;

    cr_assert(wf_replay(&g, &how, &r));
    cr_assert_eq(begin_ns[0], 10);
    cr_assert_eq(begin_ns[1], 105);
    cr_assert_neq(worker[0], worker[1]);
    cr_assert_eq(r.end_ns, 1105);
    how.n_workers = 1;
    cr_assert(wf_replay(&g, &how, &r));
    cr_assert_eq(r.end_ns, 2010);
}

/* Who had work 20 ago searches for 30 more and finds a run at once, without being woken. Two of
 * four may search, so the third begins after a wake. */
Test(predict_replay, finds_workers_searching_that_had_work_not_long_ago)
{
    const struct wf_replay_node nodes[5] = {{.cost_ns = 1000}, {.cost_ns = 1000}, {.cost_ns = 1000}, {.cost_ns = 1000}};
    const struct wf_replay_run run = {.n_roots = 4, .start_ns = 3};
    struct wf_replay_graph g = {.n_nodes = 4, .nodes = nodes, .succ = s.succ, .roots = (const uint32_t[]){0, 1, 2, 3}, .runs = &run, .n_runs = 1};
    int64_t begin_ns[4];
    const struct wf_replay_how how = {.n_workers = 4, .begin_ns = begin_ns, .costs = {.wake_ns = 100, .spin_ns = 50}};
    struct wf_replay_result r;

    g.idle_ns = 20;
    cr_assert(wf_replay(&g, &how, &r));
    cr_assert_eq(begin_ns[0], 3);
    cr_assert_eq(begin_ns[1], 3);
    cr_assert_eq(begin_ns[2], 103);
    cr_assert_eq(r.n_wakes, 2);

    g.idle_ns = 50;
    cr_assert(wf_replay(&g, &how, &r));
    cr_assert_eq(begin_ns[0], 3);
    cr_assert_eq(begin_ns[1], 103);
    cr_assert_eq(r.n_wakes, 4);
}

/* 100 leaves and one that waits for all: more predecessors than are counted one by one. */
Test(predict_replay, runs_what_waits_for_many_when_all_have_ended)
{
    static struct wf_replay_node nodes[102];
    static uint32_t succ[100], roots[100];
    const struct wf_replay_run run = {.n_roots = 100};
    const struct wf_replay_graph g = {.n_nodes = 101, .nodes = nodes, .succ = succ, .roots = roots, .runs = &run, .n_runs = 1, .idle_ns = -1};

    for (uint32_t i = 0; i < 100; i++) {
        nodes[i] = (struct wf_replay_node){.cost_ns = 10 + i % 7, .first_succ = i};
        succ[i] = 100;
        roots[i] = i;
    }
    nodes[100] = (struct wf_replay_node){.cost_ns = 10, .first_succ = 100, .n_join = 100};
    nodes[101].first_succ = 100;
    for (int w = 0; w < N_WORKERS; w++) {
        int64_t begin_ns[101];
        const struct wf_replay_how how = {.n_workers = workers[w], .begin_ns = begin_ns};
        struct wf_replay_result r;

        cr_assert(wf_replay(&g, &how, &r));
        for (uint32_t i = 0; i < 100; i++)
            cr_assert_geq(begin_ns[100], begin_ns[i] + nodes[i].cost_ns);
        cr_assert_eq(r.end_ns, begin_ns[100] + 10);
    }
}
