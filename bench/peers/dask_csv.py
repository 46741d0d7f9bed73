# dask_csv.py - Dask's data frame reads the table G1, all columns, types guessed.
#
# The table stays in the partitions Dask chose (persist): to join them into one pandas
# frame, which compute() would do, is no part of reading.
import contestant

try:
    import dask
    import dask.dataframe
except ImportError:
    contestant.skip("python3-dask")

import g1_check

q = contestant.request()


def read():
    return dask.dataframe.read_csv(q.file).persist(scheduler="threads", num_workers=q.workers)


if q.check:
    contestant.check(g1_check.table(read().compute()))
else:
    for _ in range(q.runs):
        contestant.sample(q.n, read)
