# reduce_cases.py - the arrays of bench/lib/array/bench_reduce.c, and how its contestants answer.
import contestant


def arrays(q, numpy):
    n_columns = 10 if q.n < 1000000 else 10000
    n = q.n // n_columns * n_columns
    i = numpy.arange(n)
    x = (i % 1000 / 1000).reshape(-1, n_columns)
    y = (i % 77 / 100).reshape(-1, n_columns)
    return x, y


def first(result):
    return float(getattr(result, "flat", [result])[0])


def answer(q, work, n):
    if not q.check:
        work()
        for _ in range(q.runs):
            contestant.sample(n, work)
    elif q.case == "normal-mean":
        contestant.check("near 0" if abs(first(work())) < 6 / n ** 0.5 else "far from 0")
    else:
        contestant.check("%.9g" % first(work()))
