"""Times whole processes in turn: `strata report`, and a script with CPython's pstats.

    python3 reports.py STRATA ROUNDS DUMP...

Two tasks: the report of the largest dump, sorted by time; and 1,000 dumps added up (the given ones, again
and again), of which three lines are printed. The CPU time (user and system) of each process is the
kernel's. Both must print the same, but for the times of files.

Memory is the kernel's figure for the whole process: the resident pages at their peak, those of the program's files
among them. Beside it stands what a process has of its own (anonymous pages), the largest of samples. Both are read
as fast as they come in runs that are not timed, under Linux alone: what the kernel tells when a process has ended
begins with the memory of the one that started it, this one, which is more than Strata's.
"""
import os
import platform
import statistics
import subprocess
import sys
import tempfile

PSTATS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'reports_with_pstats.py')


def start(command, output):
    """A process whose standard output goes to a file."""
    with open(output, 'wb') as file, open(os.devnull, 'wb') as null:
        actions = [(os.POSIX_SPAWN_DUP2, file.fileno(), 1), (os.POSIX_SPAWN_DUP2, null.fileno(), 2)]
        return os.posix_spawn(command[0], command, os.environ, file_actions=actions)


def run(command, output):
    """Seconds of CPU of a process."""
    _, status, usage = os.wait4(start(command, output), 0)
    if status:
        sys.exit('%s: %d' % (command[:3], status))
    return usage.ru_utime + usage.ru_stime


def memory(command):
    """The most memory in MiB that a process was seen to have resident, and of its own; nan where no system says."""
    process, most = start(command, os.devnull), [float('nan')] * 2
    while os.waitpid(process, os.WNOHANG) == (0, 0):
        try:
            with open('/proc/%d/status' % process) as file:
                status = dict(line.split(':', 1) for line in file)
            seen = [int(status[key].split()[0]) / 1024 for key in ('VmHWM', 'RssAnon')]
        except (OSError, KeyError):
            continue
        most = [now if old != old else max(old, now) for old, now in zip(most, seen)]
    return most


def addable(paths):
    """The dumps that pstats can add to each other: all callers must have all four figures.

    Another process reads them, for what this one holds would count as the first memory of its children.
    """
    code = """if True:
        import marshal, sys
        for path in sys.argv[1:]:
            try:
                with open(path, 'rb') as file:
                    stats = marshal.load(file)
                if isinstance(stats, dict) and stats and all(isinstance(key[2], str) and all(isinstance(edge, tuple) for edge in entry[4].values()) for key, entry in stats.items()):
                    print(path)
            except (ValueError, EOFError, TypeError, IndexError, AttributeError):
                pass"""
    found = subprocess.run([sys.executable, '-c', code] + paths, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    return found or sys.exit('no dumps that pstats can add up among %d files' % len(paths))


def body(path):
    """The report without the lines of its files."""
    with open(path, 'rb') as file:
        return file.read().split(b' function calls', 1)[1]


def measure(label, commands, rounds):
    """One line of the table: ratios are taken round by round."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = [os.path.join(folder, name) for name in ('strata', 'cpython')]
        for command, output in zip(commands, outputs):
            run(command, output)
        if body(outputs[0]) != body(outputs[1]):
            sys.exit('%s: the reports differ' % label)
        found = [[run(command, os.devnull) for command in commands] for _ in range(rounds)]
    cpu = [statistics.median(row[side] * 1e3 for row in found) for side in (0, 1)]
    resident, own = zip(*([max(figures) for figures in zip(*(memory(command) for _ in range(5)))] for command in commands))
    ratios = sorted(row[1] / row[0] for row in found)
    print('| %s | %.1f | %.0f | %.1f (%.1f-%.1f) | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f |' % (
        label, *cpu, statistics.median(ratios), ratios[0], ratios[-1],
        *resident, resident[0] / resident[1], *own, own[0] / own[1]), flush=True)


def main():
    if hasattr(os, 'sched_setaffinity'):
        # All on one core: its neighbours on a shared machine then disturb all alike.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    strata, rounds, paths = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    files = [path for path in paths if os.path.isfile(path)]
    for folder in (path for path in paths if os.path.isdir(path)):
        files += sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)
    files = addable(files)
    largest = max(files, key=os.path.getsize)
    many = (files * (1000 // len(files) + 1))[:1000]
    print('Python %s, %d dumps, %d rounds; all reports agree' % (platform.python_version(), len(files), rounds))
    print('CPU time of the whole process in ms: medians, of the ratio also (smallest-largest). Peak memory in MiB\n')
    print('| task | Strata, ms | pstats, ms | times the CPU | Strata, resident | pstats | part | Strata, own | pstats | part |')
    print('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|')
    size = os.path.getsize(largest) / 1e6
    measure('the largest dump, %.1f MB, by time' % size,
            [[strata, 'report', '--sort', 'time', largest], [sys.executable, PSTATS, 'time', '-', largest]], rounds)
    measure('1,000 dumps added up, %.0f MB' % (sum(map(os.path.getsize, many)) / 1e6),
            [[strata, 'report', '--sort', 'time', '--limit', '3'] + many, [sys.executable, PSTATS, 'time', '3'] + many], max(3, rounds // 4))


if __name__ == '__main__':
    main()
