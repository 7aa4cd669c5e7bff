"""Strata and CPython read the same dumps in turn; prints throughputs and ratios.

    python3 reading.py BENCHMARK ROUNDS PATH...

BENCHMARK is the built ReadingBenchmark. In each round every reader reads every dump three times: A A A
B B B C C C, A A A … on one thread; once would be over before Strata's caches are filled again. Times are CPU times (user and system); ratios are taken round by round, so
that a slow moment of the machine, which meets all three, cancels. Without agreement on the number
of functions, the calls and the bits of the total time of every dump, nothing is timed.
"""
import contextlib
import gc
import marshal
import os
import platform
import pstats
import statistics
import struct
import subprocess
import sys
import time


PASSES = 3


class Strata:
    """The Swift side: a process that reads all dumps as often as each line that it gets says."""
    label = 'Strata: bytes to StatsProfile'

    def __init__(self, benchmark, files):
        self.process = subprocess.Popen([benchmark, *files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.totals = [tuple(map(int, self.process.stdout.readline().split())) for _ in files]

    def seconds(self):
        self.process.stdin.write('%d\n' % PASSES)
        self.process.stdin.flush()
        return int(self.process.stdout.readline()) / 1e9 / PASSES


class CPython:
    """One of CPython's two ways, in this process."""

    def __init__(self, label, read, sources):
        self.label, self.read, self.sources = label, read, sources

    def seconds(self):
        gc.collect()
        read = self.read
        start = time.process_time()
        for _ in range(PASSES):
            for source in self.sources:
                read(source)
        return (time.process_time() - start) / PASSES


def dumps(paths):
    """The dumps at or in the paths that this Python reads and that hold functions; it reads none of Python 2."""
    for path in paths:
        names = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
        for name in sorted(names) or [path]:
            if not name.endswith('.prof'):
                continue
            try:
                with contextlib.redirect_stdout(None):
                    functions = pstats.Stats(name).stats
            except Exception:
                functions = None
            if functions:
                yield name


def totals(path):
    stats = pstats.Stats(path)
    return len(stats.stats), stats.total_calls, struct.unpack('<Q', struct.pack('<d', stats.total_tt))[0]


def median_and_spread(values, form):
    return '{} ({}-{})'.format(*(form % v for v in (statistics.median(values), min(values), max(values))))


def main():
    benchmark, rounds, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    if hasattr(os, 'sched_setaffinity'):
        # All on one core: its neighbours on a shared machine then disturb all alike.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    files = list(dumps(paths))
    if not files:
        sys.exit('no dumps at ' + ' '.join(paths))
    contents = [open(file, 'rb').read() for file in files]
    strata = Strata(benchmark, files)
    for file, ours in zip(files, strata.totals):
        if ours != totals(file):
            sys.exit('%s: Strata has %s, CPython %s' % (file, ours, totals(file)))
    size, functions = sum(map(len, contents)), sum(t[0] for t in strata.totals)
    readers = [
        strata,
        CPython('CPython: marshal.loads(bytes)', marshal.loads, contents),
        CPython('CPython: pstats.Stats(file)', pstats.Stats, files),
    ]
    times = [[reader.seconds() for reader in readers] for _ in range(rounds + 1)][1:]

    print('Python %s, %d dumps, %.1f MB, %d functions, %d rounds; all totals agree' % (
        platform.python_version(), len(files), size / 1e6, functions, rounds))
    print('CPU time of one thread: median (smallest-largest)\n')
    print('| reader | MB/s | functions/s | times the CPU of Strata |\n|---|--:|--:|--:|')
    for column, reader in enumerate(readers):
        seconds = [row[column] for row in times]
        ratios = [row[column] / row[0] for row in times]
        print('| %s | %s | %s | %s |' % (
            reader.label,
            median_and_spread([size / 1e6 / s for s in seconds], '%.1f'),
            median_and_spread([functions / 1e3 / s for s in seconds], '%.0f k'),
            median_and_spread(ratios, '%.1f') if column else '1'))


if __name__ == '__main__':
    main()
