# g1_check.py - what bench/support/g1.h says a reader of the table must find.
import numpy


def number_sum(texts):
    """Sum of the numbers in id001, id001, ..."""
    return sum(int(text[2:]) * int(count) for text, count in texts.value_counts().items())


def table(t):
    v3 = numpy.rint(t.v3.to_numpy() * 1e6).astype("int64")
    mix = t.id4 * t.v1 + t.id5 * t.v2 + t.id6 * t.v1 + t.id4 * v3
    sums = [("id%d" % i, number_sum(t["id%d" % i])) for i in (1, 2, 3)]
    sums += [(name, int(t[name].sum())) for name in ("id4", "id5", "id6", "v1", "v2")]
    sums += [("v3", int(v3.sum())), ("mix", int(mix.sum()))]
    return "rows=%d " % len(t) + " ".join("%s=%d" % pair for pair in sums)


def groups(by_id1):
    """by_id1: sum of v1 for each id1."""
    return "groups=%d mix=%d" % (len(by_id1), sum(int(k[2:]) * int(v) for k, v in by_id1.items()))
