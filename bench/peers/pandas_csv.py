# pandas_csv.py - pandas reads the table G1, all columns, types guessed.
import contestant

try:
    import pandas
except ImportError:
    contestant.skip("python3-pandas")

import g1_check

q = contestant.request()
if q.check:
    contestant.check(g1_check.table(pandas.read_csv(q.file)))
else:
    for _ in range(q.runs):
        contestant.sample(q.n, lambda: pandas.read_csv(q.file))
