"""The engines of scripts/bench-store: processes that answer a question for each line, Strata's like the peers'."""
import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import time

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'store_peers.py')


class EngineFailure(Exception):
    """What an engine said before it ended."""


class Engine:
    """A process that answers questions; what it prints on standard error is kept for its failure."""

    def __init__(self, command, log):
        self.log = log
        with open(log, 'wb') as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            env=dict(os.environ, POLARS_MAX_THREADS='2'))

    def ask(self, question):
        try:
            self.process.stdin.write(json.dumps(question).encode() + b'\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.read()

    def ask_for_memory(self, question):
        """The most anonymous memory in MiB that the process was seen to have while it answered."""
        self.process.stdin.write(json.dumps(question).encode() + b'\n')
        self.process.stdin.flush()
        most = 0
        while not select.select([self.process.stdout], [], [], 0)[0]:
            most = max(most, own_memory(self.process.pid))
        self.read()
        return most

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            with open(self.log, errors='replace') as file:
                words = file.read().strip().splitlines() or ['no word']
            raise EngineFailure('%s (status %d)' % (words[-1][:200], status))
        return json.loads(line)

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def own_memory(process):
    """The anonymous memory of a process in MiB; 0 where the system does not say."""
    try:
        with open('/proc/%d/status' % process) as file:
            return next(int(line.split()[1]) for line in file if line.startswith('RssAnon')) / 1024
    except (OSError, StopIteration):
        return 0


def run_import(strata, folder, store):
    """Imports a spool; the time until the last dump was acknowledged, the whole time, CPU and memory."""
    before, start = children_cpu(), time.perf_counter()
    process = subprocess.Popen([strata, 'import', '--print-ids', folder, '--store', store], stdout=subprocess.PIPE)
    durable, most = 0, 0
    while True:
        ready = select.select([process.stdout], [], [], 0.005)[0]
        most = max(most, own_memory(process.pid))
        if ready:
            piece = os.read(process.stdout.fileno(), 1 << 20)
            if not piece:
                break
            # `stored ID PATH` acknowledges a dump; the last line, `… stored, …`, sums up.
            if b'stored ' in piece:
                durable = time.perf_counter() - start
    if process.wait():
        sys.exit('strata import failed: ' + folder)
    process.stdout.close()
    return {'durable': durable, 'wall': time.perf_counter() - start, 'memory': most, 'cpu': children_cpu() - before}


def run_once(command):
    """The seconds of real time and of CPU that a whole process took."""
    before, start = children_cpu(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return {'wall': time.perf_counter() - start, 'cpu': children_cpu() - before}


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def synced_writes(folder):
    """How often a second 16 KiB can be written and synced."""
    path, block = os.path.join(folder, 'synced'), b'\0' * 16384
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.write(file, block * 64)
    os.fsync(file)
    sync, count, start = getattr(os, 'fdatasync', os.fsync), 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        os.pwrite(file, block, count % 64 * 16384)
        sync(file)
        count += 1
    seconds = time.perf_counter() - start
    os.close(file)
    os.remove(path)
    return count / seconds


def store_bytes(store):
    """The bytes of a store's file, and those of its roll-ups where this SQLite can tell."""
    import sqlite3
    total = os.path.getsize(store)
    try:
        connection = sqlite3.connect('file:%s?mode=ro' % store, uri=True)
        rows = connection.execute('SELECT name, sum(pgsize) FROM dbstat GROUP BY name').fetchall()
        connection.close()
    except sqlite3.Error:
        return total, None
    names = ('rollup', 'sum', 'slice', 'lateProfile')
    return total, sum(size for name, size in rows if name.replace('sqlite_autoindex_', '').startswith(names))
