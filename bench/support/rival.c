/* rival.c - who competes beside Weft, in which benches, and how they are started. */
#include "bench/support/rival.h"

#include <string.h>

static const char *const floor_dag[] = {
    "dag-build", "dag-replay", "dag-once", "dag-memory", "dag-10m", "dag-results", "stencil",
    "uneven", NULL };
static const char *const every_dag[] = {
    "dag-build", "dag-replay", "dag-once", "dag-memory", "dag-10m", "dag-results", "stencil",
    "uneven", "idle", NULL };
/* Without a graph that is kept, a replay is a first run, and there is nothing to build:
 * OpenMP has runs only. */
static const char *const dag_runs[] = {
    "dag-replay", "dag-once", "dag-results", "stencil", "uneven", "idle", NULL };
static const char *const starpu_dag[] = {
    "dag-build", "dag-replay", "dag-once", "dag-memory", "stencil", "uneven", "idle", NULL };
static const char *const dask_dag[] = { "dag-build", "dag-replay", "dag-once", NULL };
static const char *const fork[] = { "fork", NULL };
static const char *const deque[] = { "deque", "deque-hidden", NULL };
static const char *const csv[] = { "csv-read", NULL };
static const char *const reduce[] = { "array-reduce", NULL };
static const char *const groupby[] = { "groupby-sum", NULL };

/* Some run fewer tasks than the others: at their price a million would take minutes, and
 * by task they are no cheaper there. The floor never sleeps, so it is not asked what it
 * takes when idle. */
const struct bench_rival bench_rivals[] = {
    { "floor",     "peer-floor",        "",                    floor_dag,  0 },
    { "tbb-flow",  "peer-tbb-flow",     "libtbb-dev",          every_dag,  0 },
    { "tbb-group", "peer-tbb-group",    "libtbb-dev",          every_dag,  0 },
    { "omp-gcc",   "peer-omp-gcc",      "gcc with libgomp",    dag_runs,   250000 },
    { "omp-clang", "peer-omp-clang",    "clang and libomp-dev", dag_runs,  20000 },
    { "starpu",    "peer-starpu",       "libstarpu-dev",       starpu_dag, 50000 },
    { "dask",      "dask_dag.py",       "python3-dask",        dask_dag,   2000 },
    { "floor",     "peer-fork-floor",   "",                    fork,       0 },
    { "tbb-group", "peer-fork-tbb",     "libtbb-dev",          fork,       0 },
    { "omp-gcc",   "peer-fork-omp-gcc", "gcc with libgomp",    fork,       0 },
    { "omp-clang", "peer-fork-omp-clang", "clang and libomp-dev", fork,    0 },
    { "chase-lev", "bench-deque",       "",                    deque,      0 },
    { "split",     "bench-deque",       "",                    deque,      0 },
    { "block",     "bench-deque",       "",                    deque,      0 },
    { "pandas",    "pandas_csv.py",     "python3-pandas",   csv,       0 },
    { "dask",      "dask_csv.py",       "python3-dask",     csv,       0 },
    { "pandas",    "pandas_groupby.py", "python3-pandas",   groupby,   0 },
    { "numpy",     "numpy_reduce.py",   "python3-numpy",    reduce,    0 },
    { "dask",      "dask_reduce.py",    "python3-dask",     reduce,    0 },
    { 0 },
};

bool bench_rival_joins(const struct bench_rival *rival, const struct bench *bench)
{
    for (int i = 0; rival->benches[i]; i++)
        if (!strcmp(rival->benches[i], bench->name))
            return true;
    return false;
}
