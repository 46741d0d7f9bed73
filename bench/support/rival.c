/* rival.c - who competes beside Weft, in which benches, and how they are started. */
#include "bench/support/rival.h"

#include <string.h>

static const char *const every_dag[] = { "dag-build", "dag-replay", "dag-once", NULL };
/* Without a graph that is kept, a replay is a first run: libgomp has both. */
static const char *const dag_runs[] = { "dag-replay", "dag-once", NULL };
static const char *const csv[] = { "csv-read", NULL };
static const char *const reduce[] = { "array-reduce", NULL };
static const char *const groupby[] = { "groupby-sum", NULL };

/* StarPU and Dask run 50,000 tasks where the others run a million: at their price a
 * million would take minutes, and by task they are no cheaper there. */
const struct bench_rival bench_rivals[] = {
    { "floor",     "peer-floor",        "",                 every_dag, 0 },
    { "tbb-flow",  "peer-tbb-flow",     "libtbb-dev",       every_dag, 0 },
    { "tbb-group", "peer-tbb-group",    "libtbb-dev",       every_dag, 0 },
    { "omp-gcc",   "peer-omp-gcc",      "gcc with libgomp", dag_runs,  0 },
    { "starpu",    "peer-starpu",       "libstarpu-dev",    every_dag, 50000 },
    { "dask",      "dask_dag.py",       "python3-dask",     every_dag, 50000 },
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
