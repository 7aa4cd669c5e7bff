# SPDX-License-Identifier: Apache-2.0
"""A following import that removes what it has stored, killed before and after each action on the folder.

The next one finds what was left: each dump is in the store once, none stays in the folder without a line, and none that is
not stored is gone."""
import json
import marshal
import os
import shutil
import signal
import subprocess
import time

from disk import Disk
from programs import PATIENCE, TOOL, Failure

DUMPS = 5


def check(folder, library):
    """Returns how often it was killed."""
    place = os.path.join(folder, 'removals')
    os.mkdir(place)
    kills = 0
    for part in 0, 256:
        number = 0
        while kill(place, library, number, part):
            kills, number = kills + 1, number + 1
        if number < 10:
            raise Failure('removals: only %d actions on the folder were seen' % number)
    shutil.rmtree(place)
    return kills


def kill(place, library, number, part):
    """Kills an import at an action; returns whether it came to that."""
    shutil.rmtree(place)
    spool, store = os.path.join(place, 'spool'), os.path.join(place, 'store.db')
    os.makedirs(spool)
    for each in range(DUMPS):
        # A name tells nothing: what is left is known by more than that.
        with open(os.path.join(spool, '%d.prof' % each), 'wb') as file:
            marshal.dump({('a.py', each, 'f'): (1, 1, 0.5, 0.5, {})}, file)
        with open(os.path.join(spool, 'index.jsonl'), 'a') as file:
            print(json.dumps({'file': '%d.prof' % each, 'timestamp': str(each), 'labels': {'number': str(each)}}), file=file)
    disk = Disk(spool, library, os.path.join(place, 'log'))
    disk.arm('kill', number, part)
    was_killed = follow(spool, store, disk.environment) == -signal.SIGKILL
    # One that finds nothing to do may be told to end before it listens.
    if was_killed and follow(spool, store, os.environ) not in (0, -signal.SIGTERM):
        raise Failure('removals: after a kill at action %d an import fails' % number)
    if left(spool):
        raise Failure('removals: after a kill at action %d there is left: %s' % (number, left(spool)))
    asked = subprocess.run([TOOL, 'slices', '--store', store, '--metric', 'captures', '--every', '1d', '--by', 'label:number', '--format', 'json'],
                           stdout=subprocess.PIPE, check=True)
    if sum(series['total'] for series in json.loads(asked.stdout)['series']) != DUMPS:
        raise Failure('removals: after a kill at action %d the store has %s' % (number, asked.stdout))
    return was_killed


def follow(spool, store, environment):
    """Imports until nothing is left to do; returns the status."""
    arguments = [TOOL, 'import', '--follow', '--delete-stored', '--poll', '10ms', '--store', store, spool]
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    end = time.monotonic() + PATIENCE
    while process.poll() is None and left(spool):
        if time.monotonic() > end:
            process.kill()
            raise Failure('removals: it stays in the folder: %s' % left(spool))
        time.sleep(0.005)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def left(spool):
    """What is in the folder beside an empty index."""
    names = set(os.listdir(spool)) - {'index.jsonl.lock'}
    return ' '.join(sorted(names - {'index.jsonl'} if os.path.getsize(os.path.join(spool, 'index.jsonl')) == 0 else names))
