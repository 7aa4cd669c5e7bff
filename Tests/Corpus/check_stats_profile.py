#!/usr/bin/env python3
"""What get_stats_profile returns of each dump of the corpus, and what --compat get_stats_profile says of it.

    STRATA=path/of/tool CORPUS=path python3 Tests/Corpus/check_stats_profile.py
"""
import glob
import json
import os
import subprocess
import sys

CORPUS = os.environ.get('CORPUS', '../shared/corpus')


def check(name):
    """None, or why the emulation differs."""
    with open(os.path.join(CORPUS, 'expected', name, 'profile.json'), encoding='utf-8') as file:
        want = json.load(file)
    dump, = glob.glob(os.path.join(CORPUS, 'dumps', name + '.*'))
    command = [os.environ['STRATA'], 'report', '--format', 'json', '--compat', 'get_stats_profile', dump]
    found = subprocess.run(command, capture_output=True)
    if found.returncode:
        return found.stderr.decode()
    got = json.loads(found.stdout)
    rows = {key: list(fields.values()) for key, fields in got['func_profiles'].items()}
    wanted = {row[0]: [row[1]] + [float(v) for v in row[2:6]] + row[6:] for row in want['func_profiles']}
    if float(want['total_tt']) != got['total_tt'] or list(rows) != [row[0] for row in want['func_profiles']]:
        return 'other functions, or another total'
    return next(('%s: %s, expected %s' % (key, rows[key], wanted[key]) for key in rows if rows[key] != wanted[key]), None)


def main():
    names = sorted(n for n in os.listdir(os.path.join(CORPUS, 'expected')) if os.path.exists(os.path.join(CORPUS, 'expected', n, 'profile.json')))
    failures = [(name, why) for name in names if (why := check(name))]
    for name, why in failures[:10]:
        print('FAIL', name, why)
    print('%d passed, %d failed' % (len(names) - len(failures), len(failures)))
    return 1 if failures or not names else 0


if __name__ == '__main__':
    sys.exit(main())
