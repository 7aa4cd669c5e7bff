"""What a probe costs: workloads without probes, with probes that are off, and on; beside cProfile on the same functions.

    python3 profiler.py BENCHMARK ROUNDS

The two sides run in turn on one core. Figures are CPU time, medians of the rounds (smallest-largest). The cost of a
call is the difference to the same program without probes, divided by the number of calls.
"""
import asyncio
import cProfile
import os
import platform
import statistics
import subprocess
import sys
import time

SWIFT = ('fib', 'json', 'async', 'request')


# --- The workloads as Python has them

def fib(number):
    return number if number < 2 else fib(number - 1) + fib(number - 2)


async def stage3(number): return await stage2(number) + 1
async def stage2(number): return await stage1(number) * 3


async def stage1(number):
    if number % 16 == 0:
        await asyncio.sleep(0)
    return number ^ 5


async def pipeline():
    return sum([await stage3(number) for number in range(5000)])


TEXT = '[%s]' % ', '.join('{"id": %d, "name": "user %d", "tags": ["a", "b", true, null], "score": 0.%d}' % (n, n, n) for n in range(2000))


class Reader:
    """The same reader as in Swift, so that both have the same calls."""

    def __init__(self, text): self.text, self.position = text, 0

    def value(self):
        self.skip()
        first = self.text[self.position]
        if first == '{': return self.members('}')
        if first == '[': return self.members(']')
        return self.string() if first == '"' else self.word()

    def members(self, end):
        self.position += 1
        count = 1
        while True:
            self.skip()
            if self.text[self.position] == end: break
            count += self.value()
        self.position += 1
        return count

    def string(self):
        self.position = self.text.index('"', self.position + 1) + 1
        return 1

    def word(self):
        while self.text[self.position] not in ' ,:}]': self.position += 1
        return 1

    def skip(self):
        while self.text[self.position] in ' ,:': self.position += 1


PYTHON = {'fib': lambda: fib(25), 'json': lambda: Reader(TEXT).value(), 'async': lambda: asyncio.run(pipeline())}


def with_cprofile(work, is_on):
    profiler = cProfile.Profile()
    start = time.process_time_ns()
    if is_on:
        profiler.runcall(work)
    else:
        work()
    taken = time.process_time_ns() - start
    return taken, sum(entry.callcount for entry in profiler.getstats()) if is_on else 0


# --- The table

def middle(values):
    return statistics.median(values), min(values), max(values)


def show(value, low, high):
    return '%.3g (%.3g-%.3g)' % (value, low, high)


def main():
    if hasattr(os, 'sched_setaffinity'):
        # All on one core: its neighbours on a shared machine then disturb all alike.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rounds = int(sys.argv[2])
    process = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def swift(workload, mode):
        process.stdin.write('%s %s\n' % (workload, mode))
        nanoseconds, calls = process.stdout.readline().split()
        return int(nanoseconds), int(calls)

    found = {}
    for _ in range(rounds):
        found.setdefault('clock', []).append(swift('-', 'clock')[0] / 1e6)
        for workload in SWIFT:
            row = [swift(workload, mode) for mode in ('bare', 'off', 'on')]
            row += [with_cprofile(PYTHON[workload], is_on) for is_on in (False, True)] if workload in PYTHON else []
            found.setdefault(workload, []).append(row)
    print('Python %s, %d rounds. One reading of the clock: %s ns\n' % (platform.python_version(), rounds, show(*middle(found['clock']))))
    print('| workload | calls | off, ns a call | on, ns a call | in readings of the clock | on, times the bare program | cProfile, ns a call | times the bare program |')
    print('|---|--:|--:|--:|--:|--:|--:|--:|')
    for workload in SWIFT:
        rows = found[workload]
        calls = rows[0][2][1]
        cells = [workload, '%d' % calls]
        cells += [show(*middle([(row[mode][0] - row[0][0]) / calls for row in rows])) for mode in (1, 2)]
        cells.append(show(*middle([(row[2][0] - row[0][0]) / calls / clock for row, clock in zip(rows, found['clock'])])))
        cells.append(show(*middle([row[2][0] / row[0][0] for row in rows])))
        if workload in PYTHON:
            cells.append(show(*middle([(row[4][0] - row[3][0]) / row[4][1] for row in rows])))
            cells.append(show(*middle([row[4][0] / row[3][0] for row in rows])))
        else:
            cells += ['', '']
        print('| %s |' % ' | '.join(cells))


if __name__ == '__main__':
    main()
