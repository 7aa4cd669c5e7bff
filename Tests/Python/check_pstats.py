#!/usr/bin/env python3
"""Takes fresh profiles with the Python at hand, and compares Strata with that Python's own pstats.

    STRATA=path/of/tool python3 Tests/Python/check_pstats.py [SEED]

Compared are reports as text, sessions of the browser, every function and caller, get_stats_profile, and
dumps that Strata writes, which pstats must load. Needs Python 3.8; with LOADERS="python2.7 python3.6 …" in the
environment, each of these must load what Strata writes as well.
"""
import cProfile
import difflib
import fractions
import io
import json
import marshal
import math
import os
import profile
import pstats
import random
import re
import subprocess
import sys
import tempfile
import threading

TOOL = os.path.abspath(os.environ['STRATA'])
WORDS = ['calls', 'ncalls', 'cumtime', 'cumulative', 'filename', 'line', 'module', 'name', 'nfl', 'pcalls', 'stdname', 'time', 'tottime',
         'ca', 'cu', 'cumt', 'fi', 'l', 'm', 'nam', 'nc', 'p', 's', 'ti', 'to']
LIMITS = [5, 1, 0, 100000, -1, 0.5, 0.05, 1.0, 'e', 'built-in', '{method', r'py:\d+\(', '(', '*x', '(?i)INIT|len', '^<', r'\(<\w+>\)$', 'zzz']


# --- Something to profile

def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def texts():
    difflib.get_close_matches('strata', ['straw', 'stratum', 'data'] * 9)
    return json.loads(json.dumps({str(i): [i, i / 3, None] for i in range(50)}))


def lambdas():
    return sorted(range(99), key=lambda x: -x), [f(3) for f in (lambda x: x + 1, lambda x: x * 2)]


def classes():
    class Größe:
        def __init__(self, wert): self.wert = wert
        def __lt__(self, other): return self.wert < other.wert
    return sorted(Größe(i % 7) for i in range(40)), [fractions.Fraction(i, 7) for i in range(1, 30)]


def generators():
    return sum(x for x in (i * i for i in range(30))), re.compile('(a|b)*%d' % random.randrange(10**9))


def threads():
    workers = [threading.Thread(target=recursive, args=(9,)) for _ in range(3)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()


WORKLOADS = {'recursive': lambda: (recursive(12), even(20)), 'texts': texts, 'lambdas': lambdas, 'classes': classes,
             'generators': generators, 'threads': threads}


def take(folder):
    """Writes dumps, and answers their names."""
    names = []
    for name, work in WORKLOADS.items():
        p = cProfile.Profile(subcalls=name != 'lambdas')
        p.runcall(work)
        p.dump_stats(os.path.join(folder, name + '.prof'))
        names.append(name + '.prof')
    p = profile.Profile()
    p.runcall(WORKLOADS['recursive'])
    p.dump_stats(os.path.join(folder, 'pure.prof'))
    for version in range(marshal.version + 1):
        with open(os.path.join(folder, 'v%d.prof' % version), 'wb') as file:
            marshal.dump(pstats.Stats(os.path.join(folder, 'texts.prof')).stats, file, version)
    pstats.Stats(*[os.path.join(folder, n) for n in names[:3]]).strip_dirs().dump_stats(os.path.join(folder, 'sum.prof'))
    return sorted(n for n in os.listdir(folder) if n.endswith('.prof'))


# --- The comparisons

def tool(arguments, text=None):
    found = subprocess.run([TOOL] + arguments, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if found.returncode:
        sys.exit('strata %s: %d: %s' % (arguments, found.returncode, found.stderr.decode()))
    return found.stdout.decode('utf-8', 'surrogatepass')


def expect(what, got, want):
    expect.count += 1
    if got != want:
        lines = difflib.unified_diff(str(want).split('\n'), str(got).split('\n'), 'Python', 'Strata', lineterm='', n=1)
        sys.exit('FAIL %s\n%s' % (what, '\n'.join(list(lines)[:20])))


expect.count = 0


def compare_report(names):
    files = random.sample(names, random.choice((1, 1, 1, 2, 3)))
    if 'pure.prof' in files:
        files = ['pure.prof']  # pstats cannot add the two kinds of callers
    print_ = random.choice(('stats', 'stats', 'callers', 'callees'))
    keys = random.choices(WORDS, k=random.choice((0, 1, 1, 2, 3)))
    limits = random.choices(LIMITS, k=random.choice((0, 0, 1, 2, 3)))
    strip, reverse = random.random() < 0.4, random.random() < 0.3
    out = io.StringIO()
    stats = pstats.Stats(*files, stream=out)
    if strip: stats.strip_dirs()
    if keys: stats.sort_stats(*keys)
    if reverse: stats.reverse_order()
    getattr(stats, 'print_' + print_)(*limits)
    arguments = ['report', '--merge-order', 'constructor'] + ['--limit=%s' % (limit,) for limit in limits]
    arguments += ['--sort', ','.join(keys)] if keys else []
    arguments += ['--strip-dirs'] * strip + ['--reverse'] * reverse + (['--' + print_] if print_ != 'stats' else [])
    expect(arguments + files, tool(arguments + files), out.getvalue())


def plain(value):
    """A float by its bits; everything else as it is."""
    return value.hex() if isinstance(value, float) else value


def functions(stats):
    rows = []
    for key, (cc, nc, tt, ct, callers) in stats.items():
        edges = [(caller, [plain(v) for v in figures] if isinstance(figures, tuple) else [figures]) for caller, figures in callers.items()]
        rows.append((key, [nc, cc, plain(float(tt)), plain(float(ct))], edges))
    return rows


def functions_of_json(text):
    key = lambda o: (o['file'], o['line'], o['name'])
    figures = lambda o: [o['callCount']] + ([o['primitiveCallCount'], plain(float(o['selfTime'])), plain(float(o['cumulativeTime']))] if 'selfTime' in o else [])
    return [(key(f), figures(f), [(key(c), figures(c)) for c in f['callers']]) for f in json.loads(text)['functions']]


def compare_data(name):
    stats = pstats.Stats(name)
    expect(name + ' as JSON', functions_of_json(tool(['report', name, '--format', 'json'])), functions(stats.stats))
    if hasattr(stats, 'get_stats_profile'):
        want = stats.sort_stats('tottime').get_stats_profile()
        got = json.loads(tool(['report', name, '--format', 'json', '--sort', 'tottime', '--compat', 'get_stats_profile']))
        expect(name + ' get_stats_profile', got, {'total_tt': want.total_tt, 'func_profiles': {k: vars(v) for k, v in want.func_profiles.items()}})
    tool(['report', name, '--format', 'prof', '-o', 'written.out'])
    expect(name + ' written', functions(pstats.Stats('written.out').stats), functions(stats.stats))
    for loader in os.environ.get('LOADERS', '').split():
        compare_loader(loader, stats)


def compare_loader(loader, stats):
    """Another Python loads what Strata wrote: the same functions, counts and sums of times."""
    # Exact sums: a dict of Python 2 has an order of its own.
    code = ("import math, pstats; s = pstats.Stats('written.out'); print(repr((len(s.stats), s.total_calls, s.prim_calls, "
            "[math.fsum(v[i] for v in s.stats.values()).hex() for i in (2, 3)], sum(len(v[4]) for v in s.stats.values()))))")
    found = subprocess.run([loader, '-c', code], stdout=subprocess.PIPE, check=True).stdout.decode().replace('L', '').strip()
    want = (len(stats.stats), stats.total_calls, stats.prim_calls, [math.fsum(v[i] for v in stats.stats.values()).hex() for i in (2, 3)],
            sum(len(v[4]) for v in stats.stats.values()))
    expect(loader, found, repr(want))


def compare_browser(names):
    """A session in a pipe: what Python prints, less its prompts and greetings."""
    first, second = random.sample([n for n in names if n != 'pure.prof'], 2)
    lines = random.choices(['stats 3', 'callers 2', 'callees 0.1', 'sort time', 'sort cumulative name', 'sort', 'reverse', 'strip', 'stats e 0.5 2',
                            'callers 1.5 1', '', 'nonsense', 'stats (', 'read ' + second, 'sort bogus'], k=12)
    # pstats forgets to renew its callees after 'add': not after one of ours.
    lines = ['stats 2'] + lines + ['add ' + second, 'sort calls', 'stats 2', 'quit']
    text = ''.join(line + '\n' for line in lines).encode()
    want = subprocess.run([sys.executable, '-m', 'pstats', first], input=text, stdout=subprocess.PIPE).stdout.decode('utf-8', 'surrogatepass')
    want = re.sub(r'(%s|%s)%% ' % (re.escape(first), re.escape(second)), '', want)
    want = want.replace('Welcome to the profile statistics browser.\n', '').replace('Goodbye.\n', '')
    expect('browse %s: %s' % (first, lines), tool(['browse', first], text), want)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ['PYTHONIOENCODING'] = 'utf-8:surrogatepass'
        names = take(folder)
        for name in names:
            compare_data(name)
        for _ in range(int(os.environ.get('ROUNDS', 150))):
            compare_report(names)
        for _ in range(10):
            compare_browser(names)
        os.chdir('/')
    print('%d comparisons with Python %s, all equal (seed %d)' % (expect.count, sys.version.split()[0], seed))


if __name__ == '__main__':
    main()
