/* fork-tbb.cpp - spawn and join by oneTBB: a task_group for every call that spawns. */
#include "bench/support/fork.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

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

void *start(int workers)
{
    return new engine(workers);
}

void stop(void *e)
{
    delete static_cast<engine *>(e);
}

int64_t fib_task(int n)
{
    if (n < 2)
        return n;

    tbb::task_group group;
    int64_t         a = 0, b = 0;

    group.run([&a, n] { a = fib_task(n - 1); });
    b = fib_task(n - 2);
    group.wait();
    return a + b;
}

int64_t fib(void *e, int n)
{
    return static_cast<engine *>(e)->arena.execute([n] { return fib_task(n); });
}

}

int main(int argc, char **argv)
{
    const struct bench_fork fork = { start, stop, fib };

    return bench_fork_main(&fork, argc, argv);
}
