/* test_pool.c - whole pools under random schedules: what they give is what the serial runner gives.
 *
 * A graph's shape and what its bodies do are choices of the schedule, too. Each body
 * notes, in plain memory, that it ran: run twice at once it races, run twice one after
 * the other it is counted. Values are boxes on the heap of the schedule: one that is
 * freed too early, twice or never ends the schedule.
 */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/pool.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/sim/sims.h"

enum { MOST_NODES = 9, MOST_RUNS = 3 };

/* ---- Values -------------------------------------------------------------------- */

static void *new_box(uint64_t number)
{
    uint64_t *box = wf_alloc(sizeof *box);

    *box = number;
    return box;
}

static void free_box(void *data)
{
    wf_free(data);
}

static void *copy_box(const void *data)
{
    return new_box(*(const uint64_t *)data);
}

/* They take a kilobyte each, they say. */
static size_t box_bytes(const void *data)
{
    (void)data;
    return 1000;
}

static weft_status write_box(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, sizeof(uint64_t));
}

static weft_status read_box(void **data, struct weft_source *source)
{
    uint64_t number;
    const weft_status st = source->read(source->from, &number, sizeof number);

    if (!st)
        *data = new_box(number);
    return st;
}

static const struct weft_type type_box = {.name = "box", .bytes = box_bytes, .free = free_box, .copy = copy_box,
                                          .write = write_box, .read = read_box};

static uint64_t number_in(struct weft_value v)
{
    return v.type ? *(const uint64_t *)v.as.ptr : 7;
}

/* ---- Graphs -------------------------------------------------------------------- */

struct node {
    int      number;
    int      n_ran;
    bool     fails, takes, gives;
};

struct job {
    weft_graph  *g;
    weft_plan   *plan;
    uint32_t     n_targets;
    int          n_nodes;
    struct node  nodes[MOST_NODES];
    weft_status  statuses[MOST_NODES]; /* of targets, by the serial runner */
    uint64_t     numbers[MOST_NODES];
};

static weft_status body(weft_call *call, void *arg, struct weft_error *err)
{
    struct node *node = arg;
    uint64_t mixed = (uint64_t)node->number + 1;
    struct weft_value first = weft_value_none();

    node->n_ran++;
    if (node->takes && weft_call_n_inputs(call) && !weft_call_take(call, 0, &first))
        mixed = mixed * 31 + number_in(first);
    for (size_t i = node->takes; i < weft_call_n_inputs(call); i++)
        mixed = mixed * 31 + number_in(weft_call_input(call, i));
    weft_value_release(first);
    if (node->gives)
        weft_call_return(call, weft_value_of_ptr(&type_box, new_box(mixed)));
    return node->fails ? weft_error_set(err, WEFT_FAILED, "told to") : WEFT_OK;
}

enum shape { ANY, WIDE, LAYERS, FAN_IN, N_SHAPES };

static void make_graph(struct job *j, weft_task **t)
{
    const enum shape shape = (enum shape)wf_sim_pick(N_SHAPES);
    const int trouble = wf_sim_pick(3); /* 0: bodies may fail */
    const bool ordered = wf_sim_pick(4) == 3;

    j->g = weft_graph_new();
    j->n_nodes = 2 + wf_sim_pick(MOST_NODES - 1);
    for (int i = 0; i < j->n_nodes; i++) {
        weft_task *deps[MOST_NODES];
        size_t n_deps = 0;

        for (int k = 0; k < i; k++)
            if (shape == ANY ? wf_sim_pick(3) == 0 : shape == LAYERS ? i / 3 == k / 3 + 1 : shape == FAN_IN && i == j->n_nodes - 1)
                deps[n_deps++] = t[k];
        j->nodes[i] = (struct node){.number = i, .gives = wf_sim_pick(4) != 3, .takes = wf_sim_pick(2),
                                    .fails = !trouble && wf_sim_pick(6) == 5};
        t[i] = weft_add(j->g, body, .name = "node", .arg = &j->nodes[i], .deps = deps, .n_deps = n_deps,
                        .priority = ordered ? wf_sim_pick(3) : 0);
    }
}

static void run_serially(struct job *j)
{
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_future *f;

    wf_sim_check(!weft_pool_submit_plan(serial, j->plan, NULL, &f, NULL), "the serial runner refuses");
    for (uint32_t i = 0; i < j->n_targets; i++) {
        struct weft_value v;

        j->statuses[i] = weft_future_take(f, i, &v, NULL);
        j->numbers[i] = j->statuses[i] ? 0 : number_in(v);
        if (!j->statuses[i])
            weft_value_release(v);
    }
    weft_future_free(f);
    weft_pool_free(serial);
}

static struct job *new_job(void)
{
    struct job *j = wf_alloc_zero(1, sizeof *j);
    weft_task *t[MOST_NODES], *targets[MOST_NODES];
    const bool all = wf_sim_pick(2);

    make_graph(j, t);
    for (int i = 0; i < j->n_nodes; i++)
        if (all || i == j->n_nodes - 1 || wf_sim_pick(3) == 0)
            targets[j->n_targets++] = t[i];
    wf_sim_check(!weft_plan_new(&j->plan, targets, j->n_targets, NULL, NULL), "no plan");
    run_serially(j);
    return j;
}

static void free_job(struct job *j)
{
    weft_plan_free(j->plan);
    weft_graph_free(j->g);
    wf_free(j);
}

/* ---- Runs ---------------------------------------------------------------------- */

static weft_future *submit(weft_pool *pool, struct job *j, const struct weft_run_spec *spec)
{
    weft_future *f;

    for (int i = 0; i < j->n_nodes; i++)
        j->nodes[i].n_ran = 0;
    wf_sim_check(!weft_pool_submit_plan(pool, j->plan, spec, &f, NULL), "the pool refuses");
    return f;
}

/* Takes all results, which are those of the serial runner; `stopped`: or cancelled. */
static void judge(struct job *j, weft_future *f, bool stopped)
{
    for (uint32_t i = 0; i < j->n_targets; i++) {
        struct weft_value v = weft_value_none();
        const weft_status st = weft_future_take(f, i, &v, NULL);

        wf_sim_check(st == j->statuses[i] || (stopped && st == WEFT_CANCELLED), "target %u: status %d, serially %d",
                     i, st, j->statuses[i]);
        wf_sim_check(st || number_in(v) == j->numbers[i], "target %u is not what the serial runner gives", i);
        if (!st)
            weft_value_release(v);
    }
    for (int i = 0; i < j->n_nodes; i++)
        wf_sim_check(j->nodes[i].n_ran <= 1, "body %d ran %d times", i, j->nodes[i].n_ran);
    weft_future_free(f);
}

/* With a limit: room for up to four boxes, or for all. */
static weft_pool *new_pool(const void *limited)
{
    const int workers = 1 + wf_sim_pick(4);
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers,
                                                             .limit_bytes = limited ? 1 + (size_t)wf_sim_pick(5) * 1100 : 0});

    wf_sim_name(&pool->park.state, "park.state");
    wf_sim_name(&pool->park.tokens, "park.tokens");
    wf_sim_name(&pool->live, "live");
    wf_sim_name(&pool->lock, "pool.lock");
    wf_sim_name(&pool->runs[0].n_sinks_left, "n_sinks_left");
    return pool;
}

static void one_run_after_the_other(void *arg)
{
    struct job *j = new_job();
    weft_pool *pool = new_pool(arg);

    for (int n = 1 + wf_sim_pick(MOST_RUNS); n > 0; n--)
        judge(j, submit(pool, j, NULL), false);
    weft_pool_free(pool);
    free_job(j);
}

Test(pool, gives_what_the_serial_runner_gives)
{
    sim_some("pool", one_run_after_the_other, NULL, 20000);
}

/* The smallest run that has a join: two roots and what waits for both. */
static weft_status plus_one(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = 1;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

static void smallest(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_task *before[2], *t;
    struct weft_value v;

    (void)arg;
    for (int i = 0; i < 2; i++)
        before[i] = weft_add(g, plus_one, .name = "before");
    t = weft_add(g, plus_one, .name = "after", .deps = before, .n_deps = 2);
    wf_sim_check(!weft_pool_run(pool, t, &v, NULL) && weft_value_i64(v) == 3, "two and one are not three");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(pool, two_workers_join_in_every_schedule)
{
    sim_all("smallest pool", smallest, NULL, 1, 1);
}

struct client {
    weft_pool  *pool;
    struct job *job;
    int         n_runs;
};

static void *client(void *arg)
{
    const struct client *c = arg;

    for (int i = 0; i < c->n_runs; i++)
        judge(c->job, submit(c->pool, c->job, NULL), false);
    return NULL;
}

static void two_clients(void *arg)
{
    struct client clients[2];
    weft_pool *pool;
    wf_thread other;

    for (int i = 0; i < 2; i++)
        clients[i].job = new_job();
    pool = new_pool(arg);
    for (int i = 0; i < 2; i++) {
        clients[i].pool = pool;
        clients[i].n_runs = 1 + wf_sim_pick(2);
    }
    wf_thread_start(&other, client, &clients[1]);
    client(&clients[0]);
    wf_thread_join(other);
    weft_pool_free(pool);
    for (int i = 0; i < 2; i++)
        free_job(clients[i].job);
}

Test(pool, runs_in_flight_do_not_meet)
{
    sim_some("two clients", two_clients, NULL, 6000);
}

/* The pool ends while its runs do: their futures stay good. */
static void freed_at_once(void *arg)
{
    const int n = 1 + wf_sim_pick(2);
    struct job *jobs[2];
    weft_future *futures[2];
    weft_pool *pool;

    for (int i = 0; i < n; i++)
        jobs[i] = new_job();
    pool = new_pool(arg);
    for (int i = 0; i < n; i++)
        futures[i] = submit(pool, jobs[i], NULL);
    weft_pool_free(pool);
    for (int i = 0; i < n; i++) {
        wf_sim_check(weft_future_is_done(futures[i]), "a run of a pool that is gone has not ended");
        judge(jobs[i], futures[i], false);
        free_job(jobs[i]);
    }
}

Test(pool, finishes_what_is_submitted_before_it_ends)
{
    sim_some("freed at once", freed_at_once, NULL, 6000);
}

static void *canceller(void *future)
{
    weft_future_cancel(future);
    return NULL;
}

static void cancelled(void *arg)
{
    struct job *j = new_job();
    weft_pool *pool = new_pool(arg);
    const struct weft_run_spec spec = {.on_error = wf_sim_pick(2) ? WEFT_POISON : WEFT_FAIL_FAST};
    weft_future *f = submit(pool, j, &spec);
    wf_thread other;

    wf_thread_start(&other, canceller, f);
    weft_future_wait(f, -1);
    wf_thread_join(other);
    judge(j, f, true);
    judge(j, submit(pool, j, NULL), false); /* nothing of that is left */
    weft_pool_free(pool);
    free_job(j);
}

Test(pool, a_run_cancelled_while_it_ends_leaves_nothing)
{
    sim_some("cancelled", cancelled, NULL, 8000);
}

/* One run more than there are places: it waits for the first that ends. */
static void queued(void *arg)
{
    struct job *jobs[2] = {new_job(), new_job()};
    weft_future *futures[2];
    weft_pool *pool = new_pool(arg);

    wf_or(&pool->live, ~(uint64_t)1); /* all places but one are taken, by runs with nothing to hand out */
    for (int i = 0; i < 2; i++)
        futures[i] = submit(pool, jobs[i], NULL);
    for (int i = 0; i < 2; i++)
        judge(jobs[i], futures[i], false);
    weft_pool_free(pool);
    for (int i = 0; i < 2; i++)
        free_job(jobs[i]);
}

Test(pool, a_run_that_finds_no_place_waits_for_one)
{
    sim_some("queued", queued, NULL, 1500);
}

/* Whoever cancels may be slower than the run and the pool. */
static void cancelled_while_freed(void *arg)
{
    struct job *j = new_job();
    weft_pool *pool = new_pool(arg);
    weft_future *f = submit(pool, j, NULL);
    wf_thread other;

    wf_thread_start(&other, canceller, f);
    weft_pool_free(pool);
    wf_thread_join(other);
    judge(j, f, true);
    free_job(j);
}

Test(pool, may_be_freed_while_a_run_is_cancelled)
{
    sim_some("cancelled while freed", cancelled_while_freed, NULL, 6000);
}

/* ---- With a limit of memory ---------------------------------------------------- */

static char limited[] = "limited";

Test(pool, gives_the_same_with_a_limit)
{
    sim_some("limited pool", one_run_after_the_other, limited, 6000);
}

Test(pool, runs_that_share_a_limit_do_not_meet)
{
    sim_some("limited clients", two_clients, limited, 3000);
}

Test(pool, a_run_with_a_limit_may_be_cancelled)
{
    sim_some("limited cancelled", cancelled, limited, 3000);
}

Test(pool, a_pool_with_a_limit_finishes_what_is_submitted)
{
    sim_some("limited freed", freed_at_once, limited, 2000);
}

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    ++*(int *)arg;
    return WEFT_OK;
}

/* A run comes while the workers are about to sleep. */
static void comes_at_bedtime(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(2)});
    int n_ran = 0;
    weft_task *t = weft_add(g, nothing, .name = "nothing", .arg = &n_ran);

    (void)arg;
    for (int n = wf_sim_pick(250); n > 0; n--)
        wf_sim_spend(1); /* others may go on */
    wf_sim_check(!weft_pool_run(pool, t, NULL, NULL) && n_ran == 1, "it ran %d times", n_ran);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(pool, no_run_is_overslept)
{
    sim_some("comes at bedtime", comes_at_bedtime, NULL, 10000);
}

/* A node with so many predecessors that workers count them for themselves first. */
static void wide_join(void *arg)
{
    enum { MANY = 66 };
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2 + wf_sim_pick(2)});
    weft_task *t[MANY];
    int n_ran[MANY + 1] = {0};

    (void)arg;
    for (int i = 0; i < MANY; i++)
        t[i] = weft_add(g, nothing, .name = "nothing", .arg = &n_ran[i]);
    t[0] = weft_add(g, nothing, .name = "all", .arg = &n_ran[MANY], .deps = t, .n_deps = MANY);
    wf_sim_check(!weft_pool_run(pool, t[0], NULL, NULL), "it fails");
    for (int i = 0; i <= MANY; i++)
        wf_sim_check(n_ran[i] == 1, "body %d ran %d times", i, n_ran[i]);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(pool, many_that_join_are_all_counted)
{
    sim_some("wide join", wide_join, NULL, 1000);
}

/* ---- No worker sleeps beside work -------------------------------------------------- */

/* Where as many bodies meet as there are workers: each waits for the last. */
struct meeting {
    _Atomic uint32_t came;
    uint32_t         n;
};

static weft_status meet(weft_call *call, void *arg, struct weft_error *err)
{
    struct meeting *m = arg;
    uint32_t came = wf_add(&m->came, 1) + 1;

    (void)call, (void)err;
    if (came == m->n)
        wf_wake(&m->came, WF_SIM_THREADS);
    for (; came < m->n; came = wf_load_acquire(&m->came))
        wf_wait(&m->came, came, -1);
    return WEFT_OK;
}

/* All at once, or behind a first task, or in pairs that become ready one after the other. */
static void all_meet(void *arg)
{
    const int n = 2 + wf_sim_pick(2), how = wf_sim_pick(3);
    struct meeting *m = wf_alloc_aligned(sizeof *m);
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n});
    weft_task *t[4], *before[4];
    int n_ran[4] = {0};

    (void)arg;
    m->n = (uint32_t)n;
    wf_init(&m->came, 0);
    for (int i = 0; i < n; i++) {
        before[i] = weft_add(g, nothing, .name = "before", .arg = &n_ran[i], .deps = before + i - 1, .n_deps = how == 2 && i);
        t[i] = weft_add(g, meet, .name = "meet", .arg = m, .deps = how == 1 ? before : before + i, .n_deps = how > 0);
    }
    for (int run = 1 + wf_sim_pick(2); run > 0; run--) {
        wf_store_relaxed(&m->came, 0);
        for (int k = wf_sim_pick(3) * wf_sim_pick(50); k > 0; k--)
            wf_sim_spend(1);
        wf_sim_check(!weft_pool_run_many(pool, t, (size_t)n, NULL, NULL, NULL), "the pool refuses");
    }
    weft_pool_free(pool);
    weft_graph_free(g);
    wf_free(m);
}

Test(pool, as_many_tasks_as_workers_run_side_by_side)
{
    sim_some("all meet", all_meet, NULL, 15000);
}

/* ---- By time --------------------------------------------------------------------- */

static weft_status work_1ms(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    wf_sim_spend(1000000);
    return WEFT_OK;
}

static void twelve_tasks(void *n_workers)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = *(const int *)n_workers});
    weft_task *t[12];

    for (int i = 0; i < 12; i++)
        t[i] = weft_add(g, work_1ms, .name = "work");
    wf_sim_check(!weft_pool_run_many(pool, t, 12, NULL, NULL, NULL), "the pool refuses");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(pool, the_policy_runs_in_virtual_time)
{
    for (int n = 1; n <= 4; n++) {
        const int64_t ns = sim_by_time("twelve tasks", twelve_tasks, &n);

        cr_assert(ns >= 12000000 / n && ns < 12000000 / n + 200000, "%d workers: %lld ns", n, (long long)ns);
    }
}
