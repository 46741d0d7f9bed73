/* floor.c - the bare loop: what a task costs when nothing but the graph is there.
 *
 * No API, no names, results or errors, no growth, no sleep. What remains:
 *
 *   - 32 bytes a task and 4 an edge; successors in one compressed list.
 *   - The first successor that becomes ready is run in place, the others are pushed.
 *   - No atomic where a task has one predecessor; and whoever finds the counter at 1
 *     is the last, and need not decrement it.
 *   - A task with thousands of predecessors is counted by each worker for itself,
 *     and the counts are added when a worker has nothing else to do.
 *   - A split deque: the owner's part is plain memory, and he moves half of it to
 *     the part under a lock when a thief has asked.
 *   - Roots are never pushed: workers fetch them by the block.
 */
#include "bench/support/dag.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LINE = 128, HUGE_FAN_IN = 1024, MAX_HUGE = 16, ROOT_BLOCK = 256 };

static const uint32_t none = UINT32_MAX;

/* What always holds during a run:
 *   1. n_left of a task is its number of unfinished predecessors, less what workers
 *      still hold back in n_held.
 *   2. Who brings n_left to 0 sets it back to n_deps and is the only one to run it. */
struct task {
    void      (*fn)(void *);
    void       *arg;
    atomic_uint n_left;
    uint32_t    n_deps;
    uint32_t    next_begin;
    uint32_t    n_next;
};

struct graph {
    struct task *tasks;
    uint32_t    *next;
    uint32_t    *roots;
    uint32_t     n;
    uint32_t     n_roots;
    uint32_t     n_sinks;
    uint32_t     n_huge;
    uint32_t     huge[MAX_HUGE];
};

struct worker {
    /* The owner's: slots shared_end .. end-1 of the ring. */
    _Alignas(LINE) uint32_t *ring;
    uint32_t       mask;
    uint32_t       end;
    uint32_t       root;              /* fetched: root .. root_end-1, which nobody can steal */
    uint32_t       root_end;
    uint32_t       n_sinks;           /* run, and not yet told */
    uint32_t       n_held[MAX_HUGE];  /* finished predecessors of huge[i], not yet told */
    struct engine *engine;
    int            index;

    /* Thieves' too: slots begin .. shared_end-1. Written under the lock. */
    _Alignas(LINE) atomic_flag lock;
    atomic_uint begin;
    atomic_uint shared_end;
    atomic_bool is_wanted;            /* a thief has come and found nothing */
};

struct engine {
    struct worker *workers;
    pthread_t     *threads;
    int            n_workers;
    cpu_set_t      cores;             /* this process may use */

    _Alignas(LINE) atomic_uint run;   /* counts up; workers start on a change */
    _Alignas(LINE) atomic_int n_inside;
    struct graph  *graph;
    _Alignas(LINE) atomic_uint root;  /* the next to be fetched */
    _Alignas(LINE) atomic_uint n_sinks_left;
    atomic_bool    is_over;
};

static void lock(struct worker *w)
{
    /* Acquire: pairs with the release in unlock(). */
    while (atomic_flag_test_and_set_explicit(&w->lock, memory_order_acquire))
        sched_yield();
}

static void unlock(struct worker *w)
{
    atomic_flag_clear_explicit(&w->lock, memory_order_release);
}

static uint32_t get(atomic_uint *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

static void set(atomic_uint *value, uint32_t to)
{
    atomic_store_explicit(value, to, memory_order_relaxed);
}

/* Moves the older half of the owner's tasks to the thieves' part; of one, that one: its
 * owner has another in hand. */
static void share_half(struct worker *w)
{
    const uint32_t shared_end = get(&w->shared_end);
    const uint32_t n_own = w->end - shared_end;

    lock(w);
    set(&w->shared_end, shared_end + (n_own + 1) / 2);
    atomic_store_explicit(&w->is_wanted, false, memory_order_relaxed);
    unlock(w);
}

static void push(struct worker *w, uint32_t task)
{
    w->ring[w->end++ & w->mask] = task;
    if (atomic_load_explicit(&w->is_wanted, memory_order_relaxed))
        share_half(w);
}

/* Takes back half of what was shared and not stolen. */
static bool reclaim(struct worker *w)
{
    uint32_t n = 0;

    if (get(&w->begin) == get(&w->shared_end))
        return false;
    lock(w);
    n = get(&w->shared_end) - get(&w->begin);
    set(&w->shared_end, get(&w->shared_end) - (n + 1) / 2);
    unlock(w);
    return n > 0;
}

static uint32_t pop(struct worker *w)
{
    if (w->end == get(&w->shared_end) && !reclaim(w))
        return none;
    return w->ring[--w->end & w->mask];
}

/* One task for the thief to run, up to half of the rest for his ring. */
static uint32_t steal_from(struct worker *thief, struct worker *victim)
{
    uint32_t begin = 0, n = 0, got = none;

    if (get(&victim->begin) == get(&victim->shared_end)) {
        if (!atomic_load_explicit(&victim->is_wanted, memory_order_relaxed))
            atomic_store_explicit(&victim->is_wanted, true, memory_order_relaxed);
        return none;
    }
    lock(victim);
    begin = get(&victim->begin);
    n = (get(&victim->shared_end) - begin + 1) / 2;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t task = victim->ring[(begin + i) & victim->mask];

        if (i + 1 == n)
            got = task;
        else
            thief->ring[thief->end++ & thief->mask] = task;
    }
    set(&victim->begin, begin + n);
    unlock(victim);
    return got;
}

static uint32_t steal(struct worker *w)
{
    struct engine *e = w->engine;

    for (int k = 1; k < e->n_workers; k++) {
        const uint32_t task = steal_from(w, &e->workers[(w->index + k) % e->n_workers]);

        if (task != none)
            return task;
    }
    return none;
}

static uint32_t next_root(struct worker *w)
{
    struct engine      *e = w->engine;
    const struct graph *g = e->graph;

    if (w->root == w->root_end) {
        if (get(&e->root) >= g->n_roots)
            return none;
        w->root = atomic_fetch_add_explicit(&e->root, ROOT_BLOCK, memory_order_relaxed);
        if (w->root > g->n_roots)
            w->root = g->n_roots;
        w->root_end = g->n_roots - w->root < ROOT_BLOCK ? g->n_roots : w->root + ROOT_BLOCK;
        if (w->root == w->root_end)
            return none;
    }
    return g->roots[w->root++];
}

/* True for the caller who must run the task. */
static bool is_last(struct task *t, uint32_t n_done)
{
    /* Acquire: what the other predecessors did happens before the task. Pairs with
     * the release half of their decrements. */
    if (atomic_load_explicit(&t->n_left, memory_order_acquire) != n_done
        && atomic_fetch_sub_explicit(&t->n_left, n_done, memory_order_acq_rel) != n_done)
        return false;
    set(&t->n_left, t->n_deps);
    return true;
}

static void hold(struct worker *w, const struct graph *g, uint32_t task)
{
    uint32_t i = 0;

    while (g->huge[i] != task)
        i++;
    w->n_held[i]++;
}

/* Runs the task and, as long as one becomes ready, a successor. */
static void run_from(struct worker *w, const struct graph *g, uint32_t index)
{
    while (index != none) {
        const struct task *t = &g->tasks[index];
        const uint32_t    *next = g->next + t->next_begin;
        const uint32_t     n_next = t->n_next;

        t->fn(t->arg);
        index = none;
        if (n_next == 0)
            w->n_sinks++;
        for (uint32_t i = 0; i < n_next; i++) {
            struct task *s = &g->tasks[next[i]];

            if (s->n_deps > HUGE_FAN_IN) {
                hold(w, g, next[i]);
                continue;
            }
            if (s->n_deps > 1 && !is_last(s, 1))
                continue;
            if (index == none)
                index = next[i];
            else
                push(w, next[i]);
        }
    }
}

/* Adds up what was held back; gives a task that is ready by that. */
static uint32_t tell(struct worker *w)
{
    struct engine      *e = w->engine;
    const struct graph *g = e->graph;

    for (uint32_t i = 0; i < g->n_huge; i++) {
        const uint32_t n_done = w->n_held[i];

        if (!n_done)
            continue;
        w->n_held[i] = 0;
        if (is_last(&g->tasks[g->huge[i]], n_done))
            return g->huge[i];
    }
    if (w->n_sinks) {
        const uint32_t n_done = w->n_sinks;

        w->n_sinks = 0;
        /* Acquire and release: the last one speaks for all, in is_over. */
        if (atomic_fetch_sub_explicit(&e->n_sinks_left, n_done, memory_order_acq_rel) == n_done)
            atomic_store_explicit(&e->is_over, true, memory_order_release);
    }
    return none;
}

static void work(struct worker *w)
{
    struct engine *e = w->engine;
    unsigned       n_idle = 0;

    for (;;) {
        uint32_t task = pop(w);

        if (task == none)
            task = next_root(w);
        if (task == none)
            task = tell(w);
        if (task == none)
            task = steal(w);
        if (task != none) {
            run_from(w, e->graph, task);
            n_idle = 0;
            continue;
        }
        /* Acquire: pairs with the release in tell(). */
        if (atomic_load_explicit(&e->is_over, memory_order_acquire))
            return;
        /* Where another program has the core, spinning would only keep it waiting. */
        if (++n_idle % 64 == 0)
            sched_yield();
    }
}

/* Pins the calling thread to a core of its own, as Weft's workers are: where the system
 * lets two share one, they wait for each other. */
static void pin(const struct worker *w)
{
    const int n = CPU_COUNT(&w->engine->cores);
    cpu_set_t mine;
    int       left = n ? w->index % n : 0;

    CPU_ZERO(&mine);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &w->engine->cores) && left-- == 0)
            CPU_SET(cpu, &mine);
    pthread_setaffinity_np(pthread_self(), sizeof mine, &mine);
}

static void *thread_main(void *arg)
{
    struct worker *w = arg;
    struct engine *e = w->engine;
    unsigned       seen = 0;

    pin(w);
    for (;;) {
        unsigned run = 0;

        /* Acquire: pairs with the release in run(); the graph is set. */
        while ((run = atomic_load_explicit(&e->run, memory_order_acquire)) == seen)
            sched_yield();
        seen = run;
        if (!e->graph)
            return NULL;
        work(w);
        atomic_fetch_sub_explicit(&e->n_inside, 1, memory_order_release);
    }
}

static void *start(int n_workers)
{
    struct engine *e = aligned_alloc(LINE, sizeof *e);

    if (!e)
        return NULL;
    *e = (struct engine){ .n_workers = n_workers };
    e->threads = bench_alloc((size_t)n_workers, sizeof *e->threads);
    e->workers = aligned_alloc(LINE, (size_t)n_workers * sizeof *e->workers);
    pthread_getaffinity_np(pthread_self(), sizeof e->cores, &e->cores);
    for (int i = 0; i < n_workers; i++) {
        e->workers[i] = (struct worker){ .engine = e, .index = i };
        atomic_flag_clear(&e->workers[i].lock);
        if (i && pthread_create(&e->threads[i], NULL, thread_main, &e->workers[i]))
            exit(BENCH_USAGE);
    }
    pin(&e->workers[0]);
    return e;
}

static void stop(void *engine)
{
    struct engine *e = engine;

    if (!e)
        return;
    e->graph = NULL;
    /* Release: pairs with the acquire in thread_main(). */
    atomic_fetch_add_explicit(&e->run, 1, memory_order_release);
    for (int i = 1; i < e->n_workers; i++)
        pthread_join(e->threads[i], NULL);
    for (int i = 0; i < e->n_workers; i++)
        free(e->workers[i].ring);
    free(e->workers);
    free(e->threads);
    free(e);
}

static void link_tasks(struct graph *g, const struct bench_shape *shape)
{
    const uint32_t n = shape->n;
    uint32_t       at = 0;

    for (uint32_t i = 0; i < shape->dep_begin[n]; i++)
        g->tasks[shape->dep[i]].n_next++;
    for (uint32_t i = 0; i < n; i++) {
        g->tasks[i].next_begin = at;
        at += g->tasks[i].n_next;
        g->n_sinks += g->tasks[i].n_next == 0;
        g->tasks[i].n_next = 0;
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++) {
            struct task *before = &g->tasks[shape->dep[d]];

            g->next[before->next_begin + before->n_next++] = i;
        }
}

static void *build(void *engine, const struct bench_shape *shape, struct bench_body body)
{
    struct engine *e = engine;
    struct graph  *g = bench_alloc(1, sizeof *g);
    uint32_t       ring = 2;

    g->n = shape->n;
    g->tasks = bench_alloc(g->n, sizeof *g->tasks);
    g->next = bench_alloc(shape->dep_begin[g->n], sizeof *g->next);
    g->roots = bench_alloc(g->n, sizeof *g->roots);
    for (uint32_t i = 0; i < g->n; i++) {
        struct task *t = &g->tasks[i];

        t->fn = body.fn;
        t->arg = bench_body_arg(body, i);
        t->n_deps = bench_shape_n_deps(shape, i);
        set(&t->n_left, t->n_deps);
        if (t->n_deps == 0)
            g->roots[g->n_roots++] = i;
        if (t->n_deps > HUGE_FAN_IN) {
            if (g->n_huge == MAX_HUGE)
                exit(BENCH_USAGE);  /* no shape has more than one */
            g->huge[g->n_huge++] = i;
        }
    }
    link_tasks(g, shape);

    /* Every task is in one ring at most, so that a ring of n slots never overflows;
     * the pages that are not reached cost nothing. */
    while (ring < g->n)
        ring *= 2;
    for (int i = 0; i < e->n_workers; i++) {
        struct worker *w = &e->workers[i];

        free(w->ring);
        w->ring = bench_alloc(ring, sizeof *w->ring);
        w->mask = ring - 1;
        w->end = 0;
        set(&w->begin, 0);
        set(&w->shared_end, 0);
    }
    return g;
}

static bool run(void *engine, void *graph)
{
    struct engine *e = engine;
    struct graph  *g = graph;

    e->graph = g;
    set(&e->root, 0);
    set(&e->n_sinks_left, g->n_sinks);
    atomic_store_explicit(&e->is_over, false, memory_order_relaxed);
    atomic_store_explicit(&e->n_inside, e->n_workers - 1, memory_order_relaxed);
    /* Release: pairs with the acquire in thread_main(). */
    atomic_fetch_add_explicit(&e->run, 1, memory_order_release);
    work(&e->workers[0]);
    /* Acquire: nobody looks at the graph any more. */
    while (atomic_load_explicit(&e->n_inside, memory_order_acquire))
        sched_yield();
    return true;
}

static void drop(void *engine, void *graph)
{
    struct graph *g = graph;

    (void)engine;
    if (!g)
        return;
    free(g->tasks);
    free(g->next);
    free(g->roots);
    free(g);
}

int main(int argc, char **argv)
{
    const struct bench_dag dag = {
        .start = start, .stop = stop, .build = build, .run = run, .drop = drop,
    };

    return bench_dag_main(&dag, argc, argv);
}
