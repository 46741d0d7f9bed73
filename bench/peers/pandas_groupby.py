# pandas_groupby.py - pandas sums v1 by the text column id1 of the table G1.
#
# Case id1: the key as text, as it was read. The data is in memory before the clock.
import contestant

try:
    import pandas
except ImportError:
    contestant.skip("python3-pandas")

import g1_check

q = contestant.request()
t = pandas.read_csv(q.file, usecols=["id1", "v1"])


def work():
    return t.groupby("id1")["v1"].sum()


if q.check:
    contestant.check(g1_check.groups(work()))
else:
    work()
    for _ in range(q.runs):
        contestant.sample(q.n, work)
