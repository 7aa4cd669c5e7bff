#!/usr/bin/env python3
"""`strata diff` against a computation of its own: dumps read by marshal, sums and splits in exact fractions.

    STRATA=path/of/tool CORPUS=path python3 Tests/Corpus/check_diff.py
"""
import json
import marshal
import os
import re
import subprocess
import sys
from fractions import Fraction

DUMPS = os.path.join(os.environ.get('CORPUS', '../shared/corpus'), 'dumps')
PAIRS = [('difflib_diff-py36-pstats', 'difflib_diff-py313-cprofile'), ('ast_walk-py39-addstrip', 'ast_walk-py313-cprofile'),
         ('fib-py36-cprofile', 'fib-py313-add3'), ('sqlite3_work-py310-cprofile', 'sqlite3_work-py313-strip'),
         ('imp_sympy-py38-cprofile', 'imp_sympy-py313-cprofile'), ('nothing-py39-cprofile', 'mako_render-py313-cprofile'),
         ('textwrap_shlex-py36-add3', 'textwrap_shlex-py313-cprofile'), ('compileall_some-py36-cprofile', 'unicode_names-py313-cprofile')]
FIGURES = ['callCount', 'primitiveCallCount', 'selfTime', 'cumulativeTime']
PER_CALL = {'selfTimePerCall': ('selfTime', 'callCount'), 'cumulativeTimePerCall': ('cumulativeTime', 'primitiveCallCount')}


def nearest(x):
    """The nearest integer of a fraction, ties away from zero."""
    n = (2 * abs(x.numerator) + x.denominator) // (2 * x.denominator)
    return n if x >= 0 else -n


def load(name, strip, by):
    with open(os.path.join(DUMPS, name + '.prof'), 'rb') as f:
        stats = marshal.load(f)
    sums = {}
    for (file, line, function), (cc, nc, tt, ct, _) in stats.items():
        function = re.sub(' at 0x[0-9a-fA-F]+', '', function)
        file = file.rsplit('/', 1)[-1] if strip else file
        key = (file, function) if by == 'name' else (file, line, function)
        row = sums.setdefault(key, dict.fromkeys(FIGURES, 0))
        for figure, value in zip(FIGURES, (nc, cc, nearest(Fraction(tt) * 10**9), nearest(Fraction(ct) * 10**9))):
            row[figure] += value
    return sums


def split(old, new):
    change = new['selfTime'] - old['selfTime']
    if not old['callCount'] or not new['callCount']:
        return change, 0
    more = nearest(Fraction((new['callCount'] - old['callCount']) * old['selfTime'], old['callCount']))
    return more, change - more


def expected(old, new):
    zero = dict.fromkeys(FIGURES, 0)
    rows = {}
    for key in old.keys() | new.keys():
        a, b = old.get(key, zero), new.get(key, zero)
        row = {f: {'before': a[f], 'after': b[f], 'change': b[f] - a[f]} for f in FIGURES}
        for name, (time, calls) in PER_CALL.items():
            x, y = [Fraction(s[time], s[calls]) if s[calls] else None for s in (a, b)]
            row[name] = {'before': x, 'after': y, 'change': None if x is None or y is None else y - x}
        row['moreCalls'], row['slowerCalls'] = split(a, b)
        row['presence'] = 'both' if key in old and key in new else 'vanished' if key in old else 'appeared'
        rows[key] = row
    return rows


def same(found, wanted):
    """Whole numbers are exact; ratios are the nearest floating-point number, give or take its last bit."""
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, Fraction):
        return found is not None and abs(Fraction(found) - wanted) <= abs(wanted) * Fraction(1, 2**51)
    return found == wanted


def check(old, new, strip, by):
    argv = [os.environ['STRATA'], 'diff', '--format', 'json', '--by', by] + (['--strip-dirs'] if strip else [])
    argv += [os.path.join(DUMPS, name + '.prof') for name in (old, new)]
    found = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    wanted = expected(load(old, strip, by), load(new, strip, by))
    for o in found['functions']:
        key = (o.pop('file'), o.pop('name')) if by == 'name' else (o.pop('file'), o.pop('line'), o.pop('name'))
        if not same(o, wanted.pop(key)):
            return 'figures of %r: %r' % (key, o)
    if wanted:
        return 'missing: %r' % next(iter(wanted))
    sizes = [abs(o['selfTime']['change']) for o in found['functions']]
    sums = {f: sum(o[f]['change'] for o in found['functions']) for f in ('selfTime', 'callCount')}
    if sizes != sorted(sizes, reverse=True) or any(found['total'][f]['change'] != sums[f] for f in sums):
        return 'order or total'
    return None


def main():
    checks = failures = 0
    for old, new in PAIRS + [(b, a) for a, b in PAIRS]:
        for strip in (False, True):
            for by in ('function', 'name'):
                checks += 1
                problem = check(old, new, strip, by)
                if problem:
                    failures += 1
                    print('%s -> %s strip=%s by=%s: %s' % (old, new, strip, by, problem))
    print('%d comparisons, %d failures' % (checks, failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
