# contestant.py - the command line of a contestant, as bench/support/bench.h tells it.
import argparse
import sys
import time


def request():
    parser = argparse.ArgumentParser()
    for name in ("bench", "case", "who", "file"):
        parser.add_argument("--" + name, default="")
    for name in ("n", "workers", "runs"):
        parser.add_argument("--" + name, type=int, default=1)
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def skip(package):
    print("skipped: %s is not installed" % package)
    sys.exit(77)


def check(said):
    print("check " + said)


def sample(n, work):
    """Times work() and prints its nanoseconds for each of n."""
    begin = time.perf_counter_ns()
    result = work()
    end = time.perf_counter_ns()
    print("%.6g" % ((end - begin) / n), flush=True)
    return result
