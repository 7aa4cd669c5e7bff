"""Times whole processes in turn: `strata slices` and a script with CPython alone do the same work.

    python3 slices.py STRATA ROUNDS FOLDER

Both read the dumps of FOLDER, sum self times over slices of 10 s, and write JSON with every
function. The CPU time (user and system) of each process, its start included, is the kernel's. The
first round checks that both agree, to half a nanosecond for each dump, and is not timed.
"""
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
from decimal import Decimal

ADDRESS = re.compile(r' at 0x[0-9a-fA-F]+')


def run(command):
    """The output of a command, and the seconds of CPU it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def canonical(file, line, name):
    return file, line, ADDRESS.sub('', name)


def sums_of_strata(result):
    """Nanoseconds by slice and function."""
    sums = {}
    for series in result['series']:
        function = series['function']
        key = canonical(function['file'], function['line'], function['name'])
        for piece, value in zip(result['slices'], series['values']):
            sums[piece['startNanoseconds'], key] = value or 0
    return sums


def sums_of_cpython(result):
    """Nanoseconds by slice and function, as floats."""
    sums = {}
    for start, rows in result:
        for *function, value in rows:
            key = int(Decimal(start) * 10**9), canonical(*function)
            sums[key] = sums.get(key, 0) + value * 1e9
    return sums


def check(strata, cpython):
    """Both have the same functions in the same slices; each capture may be rounded by half a nanosecond."""
    captures = {piece['startNanoseconds']: piece['captures'] for piece in strata['slices']}
    ours, theirs = sums_of_strata(strata), sums_of_cpython(cpython)
    for key in ours.keys() | theirs.keys():
        if abs(ours.get(key, 0) - theirs.get(key, 0)) > 0.5 * captures[key[0]] + 1e-3:
            sys.exit('%s: Strata has %r ns, CPython %r' % (key, ours.get(key), theirs.get(key)))
    return sum(captures.values())


def main():
    if hasattr(os, 'sched_setaffinity'):
        # All on one core: its neighbours on a shared machine then disturb all alike.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    strata, rounds, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    here = os.path.dirname(os.path.abspath(__file__))
    commands = [
        [strata, 'slices', '--every', '10s', '--metric', 'tottime', '--format', 'json', folder],
        [sys.executable, os.path.join(here, 'slices_with_cpython.py'), folder, '10'],
    ]
    dump_count = check(*(json.loads(run(command)[0]) for command in commands))

    times = [[run(command)[1] for command in commands] for _ in range(rounds)]
    print('Python %s, %d dumps, %d rounds; all sums agree' % (platform.python_version(), dump_count, rounds))
    print('CPU time of the whole process: median (smallest-largest)\n')
    print('| process | ms | times the CPU of Strata |\n|---|--:|--:|')
    for column, label in enumerate(('strata slices', 'CPython: marshal.load and a dict')):
        values = [row[column] * 1e3 for row in times]
        ratios = [row[column] / row[0] for row in times]
        print('| %s | %.0f (%.0f-%.0f) | %s |' % (
            label, statistics.median(values), min(values), max(values),
            '%.1f (%.1f-%.1f)' % (statistics.median(ratios), min(ratios), max(ratios)) if column else '1'))


if __name__ == '__main__':
    main()
