/* tbb-group.cpp - oneTBB's task_group, with the counting of dependencies written by hand.
 *
 * What a user of oneTBB writes who finds the flow graph too slow: a counter a task,
 * the first successor that becomes ready is run in place, the others are handed to
 * the group.
 */
#include "bench/support/dag.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <atomic>
#include <memory>
#include <vector>

namespace {

namespace tbb = oneapi::tbb;

struct engine {
    tbb::global_control limit;
    tbb::task_arena     arena;

    explicit engine(int workers)
        : limit(tbb::global_control::max_allowed_parallelism, (size_t)workers), arena(workers)
    {
        arena.initialize();
    }
};

struct task {
    void                (*fn)(void *);
    void                 *arg;
    std::atomic<uint32_t> n_left;
    uint32_t              n_deps;
    uint32_t              next_begin;
    uint32_t              n_next;
};

struct graph {
    std::unique_ptr<task[]> tasks;
    std::vector<uint32_t>   next;
    std::vector<uint32_t>   roots;
    tbb::task_group         group;

    void run_from(task *t)
    {
        while (t) {
            task *first = nullptr;

            t->fn(t->arg);
            for (uint32_t i = t->next_begin; i < t->next_begin + t->n_next; i++) {
                task *s = &tasks[next[i]];

                if (s->n_deps > 1) {
                    if (s->n_left.fetch_sub(1, std::memory_order_acq_rel) != 1)
                        continue;
                    s->n_left.store(s->n_deps, std::memory_order_relaxed);
                }
                if (!first)
                    first = s;
                else
                    group.run([this, s] { run_from(s); });
            }
            t = first;
        }
    }
};

void *start(int workers)
{
    return new engine(workers);
}

void stop(void *e)
{
    delete static_cast<engine *>(e);
}

void *build(void *, const struct bench_shape *shape, struct bench_body body)
{
    auto           g = std::make_unique<graph>();
    const uint32_t n = shape->n;
    uint32_t       at = 0;

    g->tasks.reset(new task[n]());
    g->next.resize(shape->dep_begin[n]);
    for (uint32_t i = 0; i < n; i++) {
        task &t = g->tasks[i];

        t.fn = body.fn;
        t.arg = bench_body_arg(body, i);
        t.n_deps = bench_shape_n_deps(shape, i);
        t.n_left.store(t.n_deps, std::memory_order_relaxed);
        if (t.n_deps == 0)
            g->roots.push_back(i);
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++)
            g->tasks[shape->dep[d]].n_next++;
    }
    for (uint32_t i = 0; i < n; i++) {
        g->tasks[i].next_begin = at;
        at += g->tasks[i].n_next;
        g->tasks[i].n_next = 0;
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++) {
            task &before = g->tasks[shape->dep[d]];

            g->next[before.next_begin + before.n_next++] = i;
        }
    return g.release();
}

bool run(void *e, void *graph_)
{
    graph *g = static_cast<graph *>(graph_);

    static_cast<engine *>(e)->arena.execute([g] {
        for (uint32_t root : g->roots) {
            task *t = &g->tasks[root];

            g->group.run([g, t] { g->run_from(t); });
        }
        g->group.wait();
    });
    return true;
}

void drop(void *, void *graph_)
{
    delete static_cast<graph *>(graph_);
}

}

int main(int argc, char **argv)
{
    const struct bench_dag dag = { start, stop, build, run, drop };

    return bench_dag_main(&dag, argc, argv);
}
