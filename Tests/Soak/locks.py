# SPDX-License-Identifier: Apache-2.0
"""A disk whose locks are granted to whoever asks: nothing is written to a store there."""
import marshal
import os
import subprocess

from disk import Disk
from programs import TOOL, Failure

UNAVAILABLE = 69


def check(folder, library):
    """An import on such a disk is refused, into a new store and into one that is there, which stays as it was."""
    place, dump = os.path.join(folder, 'locks'), os.path.join(folder, 'locks.prof')
    os.mkdir(place)
    with open(dump, 'wb') as file:
        marshal.dump({('a.py', 1, 'f'): (1, 1, 0.5, 0.5, {})}, file)
    disk, store = Disk(place, library, place + '.log'), os.path.join(place, 'store.db')
    for lies, status in (True, UNAVAILABLE), (False, 0), (True, UNAVAILABLE):
        disk.lie_about_locks(lies)
        before = contents(store)
        done = subprocess.run([TOOL, 'import', '--store', store, '--timestamp', '2026-01-05', dump], env=disk.environment,
                              capture_output=True, text=True)
        if done.returncode != status or lies and (contents(store) != before or 'locks' not in done.stderr):
            raise Failure('locks that %s: exit code %d, %s' % ('lie' if lies else 'hold', done.returncode, done.stderr.strip()))


def contents(path):
    if not os.path.exists(path):
        return None
    with open(path, 'rb') as file:
        return file.read()
