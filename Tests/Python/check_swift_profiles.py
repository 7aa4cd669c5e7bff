#!/usr/bin/env python3
"""Profiles that a Swift program takes of itself, beside CPython's pstats; and the program killed while it takes them.

    STRATA=path/of/tool PROGRAM=path/of/OnlyProfiler python3 Tests/Python/check_swift_profiles.py [KILLS]

Each dump must load in pstats, print the same there as in Strata, and hold the calls that the program says it holds.
After a kill -9 at a random moment, all that was acknowledged must be there, and no line of the index may be broken
but the last. Needs Python 3.8.
"""
import difflib
import io
import json
import os
import pstats
import random
import signal
import subprocess
import sys
import tempfile
import time

TOOL, PROGRAM = os.path.abspath(os.environ['STRATA']), os.path.abspath(os.environ['PROGRAM'])


def entries(folder):
    """What the index says; a last line that is cut off is none."""
    with open(os.path.join(folder, 'index.jsonl')) as file:
        lines = file.read().split('\n')
    found = [json.loads(line) for line in lines[:-1] if line]
    return found + ([json.loads(lines[-1])] if lines[-1].endswith('}') else [])


def total_calls(folder):
    return sum(pstats.Stats(os.path.join(folder, entry['file'])).total_calls for entry in entries(folder))


def text_of_pstats(path, part):
    stream = io.StringIO()
    stats = pstats.Stats(path, stream=stream).sort_stats('cumulative', 'stdname')
    getattr(stats, part)()
    return stream.getvalue()


def text_of_strata(path, part):
    option = {'print_stats': [], 'print_callers': ['--callers'], 'print_callees': ['--callees']}[part]
    command = [TOOL, 'report', path, '--sort', 'cumulative,stdname'] + option
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def compare(folder):
    said = subprocess.run([PROGRAM, folder, '3'], stdout=subprocess.PIPE, check=True).stdout.decode().split('\n')
    acknowledged = sum(int(line.split()[1]) for line in said if line)
    assert total_calls(folder) == acknowledged > 0, (total_calls(folder), acknowledged)
    found = entries(folder)
    assert {entry['labels']['input'] for entry in found} == {'small', 'large'}, found
    for entry in found:
        path = os.path.join(folder, entry['file'])
        for part in ('print_stats', 'print_callers', 'print_callees'):
            want, got = text_of_pstats(path, part), text_of_strata(path, part)
            if want != got:
                sys.exit('FAIL %s of %s\n%s' % (part, path, '\n'.join(
                    list(difflib.unified_diff(want.split('\n'), got.split('\n'), 'Python', 'Strata', lineterm='', n=1))[:20])))
    return len(found)


def kill(folder):
    """Kills the program some time after some slices; answers how many calls it had acknowledged."""
    process = subprocess.Popen([PROGRAM, folder, '0'], stdout=subprocess.PIPE)
    # Not after a time alone: on a busy machine it might not have begun.
    said = b''.join(process.stdout.readline() for _ in range(random.randrange(20)))
    time.sleep(random.uniform(0, 0.02))
    process.send_signal(signal.SIGKILL)
    said = (said + process.communicate()[0]).decode().split('\n')
    # The last line may be cut off; what was printed whole was acknowledged.
    acknowledged = sum(int(line.split()[1]) for line in said[:-1])
    held = total_calls(folder) if os.path.exists(os.path.join(folder, 'index.jsonl')) else 0
    assert held >= acknowledged, (held, acknowledged)
    store = os.path.join(folder, 'store.db')
    imported = subprocess.run([TOOL, 'import', folder, '--store', store], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert imported.returncode in (0, 65, 66), imported
    return acknowledged


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as folder:
        dumps = compare(folder)
    acknowledged = 0
    for _ in range(kills):
        with tempfile.TemporaryDirectory() as folder:
            acknowledged += kill(folder)
    print('%d dumps of a Swift program print the same in pstats; %d kills, %d acknowledged calls, none lost'
          % (dumps, kills, acknowledged))


if __name__ == '__main__':
    main()
