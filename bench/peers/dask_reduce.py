# dask_reduce.py - Dask's arrays reduce those of bench/lib/array/bench_reduce.c, in chunks of about
# 8 MB, on threads.
import contestant

try:
    import dask.array
    import numpy
except ImportError:
    contestant.skip("python3-dask")

import reduce_cases

q = contestant.request()
x, y = (dask.array.from_array(a, chunks=(max(1, 1000000 // a.shape[1]), -1), name=name)
        for a, name in zip(reduce_cases.arrays(q, numpy), "xy"))

what = {
    "sum": lambda: x.sum(),
    "mean-axis-0": lambda: x.mean(axis=0),
    "std-axis-1": lambda: x.std(axis=1),
    "sqrt-sum": lambda: dask.array.sqrt(x * x + y * y).sum(),
    "normal-mean": lambda: dask.array.random.normal(size=x.size, chunks=1 << 20).mean(),
}[q.case]()
reduce_cases.answer(q, lambda: what.compute(scheduler="threads", num_workers=q.workers), x.size)
