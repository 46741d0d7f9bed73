# numpy_reduce.py - NumPy reduces the arrays of bench/lib/array/bench_reduce.c, on its one thread.
import contestant

try:
    import numpy
except ImportError:
    contestant.skip("python3-numpy")

import reduce_cases

q = contestant.request()
x, y = reduce_cases.arrays(q, numpy)
random = numpy.random.default_rng(1)

work = {
    "sum": lambda: x.sum(),
    "mean-axis-0": lambda: x.mean(axis=0),
    "std-axis-1": lambda: x.std(axis=1),
    "sqrt-sum": lambda: numpy.sqrt(x * x + y * y).sum(),
    "normal-mean": lambda: random.normal(size=x.size).mean(),
}[q.case]
reduce_cases.answer(q, work, x.size)
