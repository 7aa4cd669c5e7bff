#!/usr/bin/env python3
"""The hand-made dumps of the corpus' edge/: each function with its figures and callers must be what CPython read.

    STRATA=path/of/tool CORPUS=path python3 Tests/Corpus/check_edge.py
"""
import json
import os
import struct
import subprocess
import sys

EDGE = os.path.join(os.environ.get('CORPUS', '../shared/corpus'), 'edge')
# What cannot be read, and why it cannot.
REFUSED = {'bad_list': 'a dict of statistics', 'bad_noneline': 'the line of a function',
           'bad_short': 'a tuple (cc, nc, tt, ct, callers)', 'bad_truncated': 'a type code'}


def bits(x):
    return struct.pack('>d', float(x))


def report(name):
    return subprocess.run([os.environ['STRATA'], 'report', '--format', 'json', os.path.join(EDGE, name + '.prof')], capture_output=True)


def figures(o):
    """Counts and the bits of times; a count alone where nothing else is known."""
    if 'selfTime' not in o:
        return [o['callCount']]
    return [o['callCount'], o['primitiveCallCount'], bits(o['selfTime']), bits(o['cumulativeTime'])]


def expected(figures):
    if not isinstance(figures, list):
        return [int(figures)]
    return [int(figures[0]), int(figures[1]), bits(figures[2]), bits(figures[3])]


def found_functions(j):
    """Of each function: identity, nc, cc, tt, ct, callers."""
    identity = lambda o: [o['file'], o['line'], o['name']]
    return [(identity(f), figures(f), [(identity(c), figures(c)) for c in f['callers']]) for f in j['functions']]


def wanted_functions(j):
    identity = lambda f: [f[0], int(f[1]), f[2]]
    rows = []
    for e in j['entries']:
        own = [int(e['nc']), int(e['cc']), bits(e['tt']), bits(e['ct'])]
        rows.append((identity(e['func']), own, [(identity(c[0]), expected(c[1])) for c in e['callers']]))
    return rows


def check(name):
    """None, or why the dump is not read as it should be."""
    r = report(name)
    if name in REFUSED:
        message = r.stderr.decode()
        return None if r.returncode == 65 and REFUSED[name] in message and not r.stdout else message
    if r.returncode:
        return r.stderr.decode()
    path = os.path.join(EDGE, name + '.json')
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as f:
        want = wanted_functions(json.load(f))
    got = found_functions(json.loads(r.stdout))
    return next((f'{w}\n{g}' for w, g in zip(want, got) if w != g), None if len(want) == len(got) else 'other functions')


def main():
    names = sorted(n[:-5] for n in os.listdir(EDGE) if n.endswith('.prof'))
    failures = [(name, why) for name in names if (why := check(name))]
    for name, why in failures:
        print('FAIL', name, why)
    print('%d passed, %d failed' % (len(names) - len(failures), len(failures)))
    return 1 if failures or not names else 0


if __name__ == '__main__':
    sys.exit(main())
