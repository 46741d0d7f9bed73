/* tbb-flow.cpp - oneTBB's flow graph: one continue_node a task, one edge a dependency. */
#include "bench/support/dag.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <deque>
#include <memory>
#include <vector>

namespace {

namespace tbb = oneapi::tbb;

using node = tbb::flow::continue_node<tbb::flow::continue_msg>;

/* The graph belongs to the arena in which it is made; so everything happens inside. */
struct engine {
    tbb::global_control limit;
    tbb::task_arena     arena;

    explicit engine(int workers)
        : limit(tbb::global_control::max_allowed_parallelism, (size_t)workers), arena(workers)
    {
        arena.initialize();
    }
};

struct graph {
    tbb::flow::graph    flow;
    std::deque<node>    nodes;
    std::vector<node *> roots;
};

void *start(int workers)
{
    return new engine(workers);
}

void stop(void *e)
{
    delete static_cast<engine *>(e);
}

graph *built(const struct bench_shape *shape, struct bench_body body)
{
    auto g = std::make_unique<graph>();

    for (uint32_t i = 0; i < shape->n; i++) {
        void *const arg = bench_body_arg(body, i);
        void (*const fn)(void *) = body.fn;

        g->nodes.emplace_back(g->flow, [fn, arg](const tbb::flow::continue_msg &m) {
            fn(arg);
            return m;
        });
        if (bench_shape_n_deps(shape, i) == 0)
            g->roots.push_back(&g->nodes.back());
    }
    /* The last task's edges first: of two successors the graph then runs the one that
     * lies next in memory. On the wave that is twice as fast as the other way round,
     * on the others no slower. */
    for (uint32_t i = shape->n; i-- > 0;)
        for (uint32_t d = shape->dep_begin[i]; d < shape->dep_begin[i + 1]; d++)
            tbb::flow::make_edge(g->nodes[shape->dep[d]], g->nodes[i]);
    return g.release();
}

void *build(void *e, const struct bench_shape *shape, struct bench_body body)
{
    return static_cast<engine *>(e)->arena.execute([=] { return built(shape, body); });
}

bool run(void *e, void *graph_)
{
    graph *g = static_cast<graph *>(graph_);

    static_cast<engine *>(e)->arena.execute([g] {
        for (node *root : g->roots)
            root->try_put(tbb::flow::continue_msg());
        g->flow.wait_for_all();
    });
    return true;
}

void drop(void *e, void *graph_)
{
    static_cast<engine *>(e)->arena.execute([=] { delete static_cast<graph *>(graph_); });
}

}

int main(int argc, char **argv)
{
    const struct bench_dag dag = { start, stop, build, run, drop };

    return bench_dag_main(&dag, argc, argv);
}
