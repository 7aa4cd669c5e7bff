"""One cell of scripts/bench-overhead: a workload under the agent with a budget, each request timed from outside.

    python3 overhead_cell.py WORKLOAD BUDGET SECONDS FOLDER

Prints a line of JSON. The true overhead is the CPU time of each request that the agent examined or captured, or that
directly followed a capture, minus the median of the plain requests to the same endpoint around it; plus the CPU time of
all other threads of the process, and what the agent adds to a plain request, which is measured separately.
"""
import collections
import json
import random
import statistics
import sys
import time

import strata_agent
from strata_agent import api
from overhead_workloads import WORKLOADS

#: How many requests after a capture count towards it, and how many plain ones around a request make up its baseline.
AFTER, AROUND = 3, 12


def measure(workload, budget, seconds, folder):
    endpoints = WORKLOADS[workload]()
    strata_agent.start(service='bench', send_to=folder, budget=budget)
    agent, rng = api._agent, random.Random(7)
    for function in endpoints.values():
        for _ in range(20):
            function()
    names, rows = list(endpoints), []
    choose, cpu = rng.choice, time.thread_time_ns
    process, main = time.process_time_ns(), cpu()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        name = choose(names)
        function = endpoints[name]
        left, captures = agent.left, agent.captures.count
        begin = cpu()
        with strata_agent.profile(endpoint=name):
            function()
        rows.append((name, cpu() - begin, agent.captures.count != captures, left <= 1))
    strata_agent.flush()
    # The threads of the agent worked beside the requests.
    others = (time.process_time_ns() - process) - (cpu() - main)
    status = strata_agent.status()
    strata_agent.stop()
    return dict(evaluate(rows, others, plain_cost()), account=status['share'], errors=status['errors'],
                dropped=status['dropped'], failed=status['failed'])


def plain_cost():
    """What the agent adds to a request that it does not examine, in nanoseconds: a loop with and without it."""
    def loop(count=20000):
        begin = time.thread_time_ns()
        for _ in range(count):
            with strata_agent.profile(endpoint='x'):
                pass
        return (time.thread_time_ns() - begin) / count

    def bare(count=20000):
        begin = time.thread_time_ns()
        for _ in range(count):
            pass
        return (time.thread_time_ns() - begin) / count

    class Idle:
        left = 1 << 60
    known, api._agent = api._agent, Idle()
    try:
        return min(loop() for _ in range(5)) - min(bare() for _ in range(5))
    finally:
        api._agent = known


def evaluate(rows, others, plain):
    marked, after = [], 0
    for name, cpu, is_captured, is_looked_at in rows:
        if is_captured:
            after = AFTER + 1
        marked.append(is_looked_at or after > 0)
        after -= 1
    excesses, noise, base = [], [], 0.0
    around = surroundings(rows, marked)
    for index, (name, cpu, is_captured, _) in enumerate(rows):
        bare = around(index)
        base += bare
        (excesses if marked[index] else noise).append(cpu - bare)
    # Plain requests should have no overhead on average. What they have is the bias of the median, also for the others.
    offset = statistics.fmean(noise) if noise else 0.0
    spread = statistics.pstdev(noise) if len(noise) > 1 else 0.0
    overhead = sum(excesses) - offset * len(excesses) + others + plain * len(rows)
    error = 1.96 * spread * (len(excesses) ** 0.5)
    captures = sum(row[2] for row in rows)
    return {'requests': len(rows), 'captures': captures, 'looked_at': sum(marked), 'base': base / 1e9,
            'overhead': overhead / base, 'error': error / base, 'threads': others / base,
            'plain': plain * len(rows) / base}


def surroundings(rows, marked):
    """For a request, the median of the nearest plain ones to the same endpoint."""
    places, times = collections.defaultdict(list), collections.defaultdict(list)
    for index, (name, cpu, _, _) in enumerate(rows):
        if not marked[index]:
            places[name].append(index)
            times[name].append(cpu)
    position = collections.Counter()

    def bare(index):
        name = rows[index][0]
        place = position[name]
        if not marked[index]:
            position[name] += 1
        known = times[name]
        low = max(0, min(place - AROUND // 2, len(known) - AROUND))
        near = [known[at] for at in range(low, min(len(known), low + AROUND)) if places[name][at] != index]
        return statistics.median(near) if near else rows[index][1]
    return bare


if __name__ == '__main__':
    print(json.dumps(measure(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])))
