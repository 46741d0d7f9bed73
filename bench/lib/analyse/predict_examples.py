#!/usr/bin/env python3
"""predict_examples.py BUILD [REPEATS [CSV [EXAMPLE]...]] - how far predictions of the examples are from what is measured.

Each example runs on one and on two workers, REPEATS (7) times each, taking turns. Of each
number of workers the run in the middle predicts both; held against the median of what was
measured. What the programs do between runs of their pools is left out: it is the same time
in both. CSV: the matches for 4-football, "" for what it makes itself. Not a test: a busy machine makes two workers slower
than one makes believe, and so does a memory that both share.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile

EXAMPLES = [
    ["2-pi", "50000000"],
    ["3-word-count"],
    ["4-football"],
    ["5-random-normal"],
    ["6-bigger-than-memory"],
    ["8-divide"],
    ["9-cholesky", "2048", "256"],
]
WORKERS = [1, 2]


def in_runs(prediction, ns):
    return ns - prediction["outside_ns"]


def main():
    build, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    errors = []
    print(f"{'example':22}" + "".join(f"  {a}->{b} %" for a in WORKERS for b in WORKERS) + "      measured on 1 and 2")
    for command in EXAMPLES:
        if len(sys.argv) > 4 and command[0] not in sys.argv[4:]:
            continue
        program = os.path.join(build, "examples", command[0])
        if not os.path.exists(program):
            print(f"{command[0]:22} is not built here")
            continue
        arguments = command[1:] + ([a for a in sys.argv[3:4] if a and command[0] == "4-football"])
        with tempfile.TemporaryDirectory() as folder:
            seen = {w: [] for w in WORKERS}
            for repeat in range(repeats):
                for w in WORKERS:
                    trace = os.path.join(folder, f"{w}-{repeat}.trace")
                    subprocess.run([program] + arguments, env=dict(os.environ, WEFT_WORKERS=str(w), WEFT_TRACE=trace),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
                    said = subprocess.run([os.path.join(build, "tools", "weft"), "predict", trace, "--json", "--worth", "0",
                                           "--workers", ",".join(map(str, WORKERS))], stdout=subprocess.PIPE, check=True).stdout
                    prediction = json.loads(said)
                    seen[w].append((in_runs(prediction, prediction["traced_ns"]), prediction))
            middle = {w: sorted(seen[w], key=lambda s: s[0])[repeats // 2] for w in WORKERS}
            line = f"{command[0]:22}"
            for a in WORKERS:
                for f, b in zip(middle[a][1]["forecasts"], WORKERS):
                    error = in_runs(middle[a][1], f["makespan_ns"]) / middle[b][0] - 1
                    errors.append(abs(error))
                    line += f"  {100 * error:+6.1f}"
            print(line + "".join(f"   {middle[w][0] / 1e6:9.2f} ms" for w in WORKERS), flush=True)
    errors.sort()
    print(f"of {len(errors)} errors the median is {100 * statistics.median(errors):.1f} %, "
          f"the 95th percentile {100 * errors[len(errors) * 95 // 100]:.1f} %")


main()
