"""The cost of a single captured request: a row of scripts/bench-overhead --single.

    python3 overhead_single.py WORKLOAD ROUNDS

A round: a request bare, the same captured by a profiler of its own, its dump, and the two requests after it. Medians.
"""
import json
import statistics
import sys
import time

from overhead_workloads import WORKLOADS
from strata_agent.capture.figures import dump
from strata_agent.capture.profiler import Capture


def timed(function):
    begin = time.thread_time_ns()
    function()
    return time.thread_time_ns() - begin


def measure(function, rounds):
    for _ in range(20):
        function()
    rows = []
    for _ in range(rounds):
        bare = statistics.median(timed(function) for _ in range(3))
        capture = Capture()
        begin = time.thread_time_ns()
        capture.prepare(None, True)
        capture.start()
        function()
        capture.stop()
        captured = time.thread_time_ns() - begin
        begin = time.thread_time_ns()
        data, calls = dump(capture.profile)
        snapshot = time.thread_time_ns() - begin
        after = [timed(function) for _ in range(2)]
        rows.append((bare, captured / bare, snapshot, sum(after) / bare - 2,
                     (captured - bare + snapshot + sum(after) - 2 * bare) / bare, calls, len(data)))
    return [statistics.median(column) for column in zip(*rows)]


if __name__ == '__main__':
    # The first endpoint represents the workload.
    name, function = next(iter(WORKLOADS[sys.argv[1]]().items()))
    keys = ['bare', 'captured', 'snapshot', 'after', 'whole', 'calls', 'bytes']
    print(json.dumps(dict(zip(keys, measure(function, int(sys.argv[2]))))))
