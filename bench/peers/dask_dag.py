# dask_dag.py - Dask's threaded scheduler on the five graphs of bench/support/shape.h.
import sys

import contestant

try:
    import dask.threaded
except ImportError:
    contestant.skip("python3-dask")


def nothing(*_):
    pass


def root_of(n):
    side = int(n**0.5)
    while side * side > n:
        side -= 1
    while (side + 1) * (side + 1) <= n:
        side += 1
    return side


def tree_deps(n):
    leaves = 1
    while leaves < (n + 1) // 2:
        leaves *= 2
    return [()] * leaves + [(2 * k, 2 * k + 1) for k in range(leaves - 1)]


def wave_deps(n):
    side = root_of(n)
    return [((i - side,) if i >= side else ()) + ((i - 1,) if i % side else ())
            for i in range(side * side)]


def random_deps(n):
    # Dask's figure does not hang on which three they are: Python's own numbers will do.
    import random

    side = root_of(n)
    source = random.Random(20240229)
    return [tuple(source.sample(range(i // side * side - side, i // side * side), min(3, side)))
            if i >= side else () for i in range(side * side)]


SHAPES = {
    "wide": lambda n: [()] * n + [tuple(range(n))],
    "chain": lambda n: [()] + [(i,) for i in range(n - 1)],
    "tree": tree_deps,
    "wave": wave_deps,
    "random": random_deps,
}


def build(deps, fn):
    return {i: (fn, *before) for i, before in enumerate(deps)}


def run(graph, sinks, workers):
    dask.threaded.get(graph, sinks, num_workers=workers)


def checked(deps, sinks, workers):
    ran = []

    def body(i):
        def watch(*_):
            ran.append(i)
        return watch

    run({i: (body(i), *before) for i, before in enumerate(deps)}, sinks, workers)
    place = {task: at for at, task in enumerate(ran)}
    return (sorted(ran) == list(range(len(deps)))
            and all(place[d] < place[i] for i, before in enumerate(deps) for d in before))


def main():
    q = contestant.request()
    deps = SHAPES[q.case](q.n)
    n = len(deps)
    sinks = sorted(set(range(n)) - {d for before in deps for d in before})
    if q.check:
        return 0 if checked(deps, sinks, q.workers) else 1
    if q.bench == "dag-replay":
        graph = build(deps, nothing)
        run(graph, sinks, q.workers)
    for _ in range(q.runs):
        if q.bench == "dag-build":
            contestant.sample(n, lambda: build(deps, nothing))
        elif q.bench == "dag-replay":
            contestant.sample(n, lambda: run(graph, sinks, q.workers))
        else:
            contestant.sample(n, lambda: run(build(deps, nothing), sinks, q.workers))
    return 0


sys.exit(main())
