# SPDX-License-Identifier: Apache-2.0
"""Upgrades of the stores of Tests/Stores, killed before and after actions on the disk, or with the power lost.

What is left is refused as a store whose upgrade was cut off, or is the old one or the new one; the next upgrade goes on, and
all rows are then those of an upgrade that nothing stopped."""
import glob
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing

from disk import Disk
from programs import PATIENCE, TOOL, Failure, output

STORES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../Stores/version[23]-*.strata')))


def check(folder, library, random, kills):
    """Returns how often an upgrade was killed, and how often the power was lost."""
    place = os.path.join(folder, 'upgrades')
    killed = powerless = 0
    for source in STORES:
        actions, whole = upgraded(place, library, source)
        if actions < (100 if 'version2' in source else 5):
            raise Failure('upgrades: only %d actions on the disk were seen' % actions)
        for number in sorted(random.sample(range(actions), min(actions, kills // len(STORES)))):
            for part in 0, 256:
                killed += stopped(place, library, source, whole, number, part)
            powerless += stopped(place, library, source, whole, number, 0, random)
    shutil.rmtree(place, ignore_errors=True)
    return killed, powerless


def begin(place, library, source):
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(os.path.join(place, 'disk'))
    store = os.path.join(place, 'disk', 'store.strata')
    shutil.copy(source, store)
    return store, Disk(os.path.join(place, 'disk'), library, os.path.join(place, 'log'))


def upgrade(store, environment):
    return subprocess.run([TOOL, 'store', 'upgrade', '--store', store], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=PATIENCE).returncode


def upgraded(place, library, source):
    """How many actions on the disk an upgrade is, and all rows after one that nothing stops."""
    low, high = 0, 1024
    while is_killed(place, library, source, high):
        low, high = high, 2 * high
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if is_killed(place, library, source, middle) else (low, middle)
    store, _ = begin(place, library, source)
    if upgrade(store, os.environ):
        raise Failure('upgrades: %s cannot be upgraded' % source)
    return high, rows(store)


def is_killed(place, library, source, number):
    store, disk = begin(place, library, source)
    disk.arm('kill', number)
    return upgrade(store, disk.environment) == -signal.SIGKILL


def stopped(place, library, source, whole, number, part, power=None):
    """Stops an upgrade at an action, and lets the next one go on; returns whether it came to that."""
    store, disk = begin(place, library, source)
    disk.arm('kill', number, part)
    if upgrade(store, disk.environment) != -signal.SIGKILL:
        return 0
    if power:
        disk.lose_power(power, torn=power.random() < 0.5)
    what = 'upgrades: %s, stopped at action %d%s' % (os.path.basename(source), number, ', power lost' if power else '')
    asked = subprocess.run([TOOL, 'info', '--store', store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    if asked.returncode not in (0, 65):
        raise Failure('%s: a question ends with exit code %d' % (what, asked.returncode))
    if upgrade(store, os.environ):
        raise Failure('%s: the next one fails' % what)
    if rows(store) != whole:
        raise Failure('%s: there are other rows than without that' % what)
    output('store', 'verify', '--store', store)
    return 1


def rows(store):
    with closing(sqlite3.connect(store)) as database:
        if database.execute('PRAGMA integrity_check').fetchall() != [('ok',)]:
            raise Failure('upgrades: SQLite finds %s damaged' % store)
        names = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return [(name, sorted(map(repr, database.execute('SELECT * FROM ' + name)))) for name in names]
