#!/usr/bin/env python3
"""The hand-made dumps of the corpus' edge/: reports as text, sums of dumps, and what get_stats_profile returns.

    STRATA=path/of/tool CORPUS=path python3 Tests/Corpus/check_edge_reports.py
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

EDGE = os.path.abspath(os.path.join(os.environ.get('CORPUS', '../shared/corpus'), 'edge'))
TOOL = os.path.abspath(os.environ['STRATA'])
MTIME = 1700000000  # Tue Nov 14 22:13:20 2023
TIMES = {'cumtime', 'cumulative', 'time', 'tottime', 1, 2}


def load(name):
    with open(os.path.join(EDGE, name), encoding='utf-8', errors='surrogatepass') as f:
        return json.load(f)


def run(arguments, folder):
    return subprocess.run([TOOL, 'report'] + arguments, cwd=folder, env={'TZ': 'UTC', 'HOME': folder}, capture_output=True)


def arguments(case, files):
    words = ['--merge-order', 'given'] + ['--limit=%s' % (limit,) for limit in case['args']]
    if case['sort']:
        words.append('--sort=' + ','.join(map(str, case['sort'])))
    words += ['--reverse'] if case['reverse'] else []
    words += ['--strip-dirs'] if case['strip'] else []
    words += [] if case['fn'] == 'print_stats' else ['--' + case['fn'][6:]]
    return words + ['--'] + files


def differs(result, text):
    if result.returncode:
        return result.stderr.decode()
    want = text.encode('utf-8', 'surrogatepass')
    return None if result.stdout == want else 'found\n%s\nexpected\n%s' % (result.stdout.decode('utf-8', 'replace'), text)


def check_report(name, case, folder):
    if name == 'bool_none_list':
        return None  # CPython prints a count that is True as it is; here it is 1
    # The order of NaN is an accident in CPython; where it raises, anything but a crash is better.
    if name == 'nan_single' and TIMES & set(case['sort'] or []):
        return None
    result = run(arguments(case, [name + '.prof']), folder)
    if 'error' in case:
        return None if 0 <= result.returncode < 128 else 'a crash'
    return differs(result, case['text'])


def number(value):
    return 'nan' if value != value else value


def check_stats_profile(name, folder):
    """The dataclass, as pairs of names and fields in order."""
    want = load(name + '.json').get('stats_profile')
    if want is None or name == 'bool_none_list':
        return None
    result = run(['--format', 'json', '--compat', 'get_stats_profile', '--', name + '.prof'], folder)
    if result.returncode:
        return result.stderr.decode()
    got = json.loads(result.stdout)
    rows = [[key, list(fields.values())] for key, fields in got['func_profiles'].items()]
    flat = lambda rows: [[key, [str(number(float(v)) if isinstance(v, float) or v in ('nan', 'inf', '-inf') else v) for v in fields]]
                         for key, fields in rows]
    same = flat(rows) == flat(want['func_profiles']) and str(got['total_tt']) == str(number(want['total_tt']))
    return None if same else 'found\n%s\nexpected\n%s' % (flat(rows), flat(want['func_profiles']))


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in os.listdir(EDGE):
            if name.endswith('.prof'):
                shutil.copy(os.path.join(EDGE, name), folder)
                os.utime(os.path.join(folder, name), (MTIME, MTIME))
        index = load('index.json')
        checks = []
        for name in sorted(n[:-13] for n in os.listdir(EDGE) if n.endswith('.reports.json')):
            checks += [('%s %s' % (name, case['id']), check_report, name, case) for case in load(name + '.reports.json')]
            checks.append((name + ' get_stats_profile', check_stats_profile, name))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda c: (c[0], c[1](*c[2:], folder)), checks))
        for chain in index['adds']:
            found.append((chain['name'], check_chain(chain, folder)))
    failures = [(label, why) for label, why in found if why]
    for label, why in failures[:int(os.environ.get('SHOW', 10))]:
        print('FAIL', label, why)
    print('%d passed, %d failed' % (len(found) - len(failures), len(failures)))
    return 1 if failures or not found else 0


def check_chain(chain, folder):
    """Stats(a, b, c): print_stats, print_callers and print_callees, sorted by nfl."""
    files = [name + '.prof' for name in chain['chain']]
    text = ''
    for function in ('print_stats', 'print_callers', 'print_callees'):
        case = {'args': [], 'sort': ['nfl'], 'reverse': False, 'strip': False, 'fn': function}
        result = run(['--merge-order', 'constructor'] + arguments(case, files)[2:], folder)
        if result.returncode:
            return result.stderr.decode()
        text += result.stdout.decode('utf-8', 'surrogatepass')
    return None if text == chain['text'] else 'found\n%s\nexpected\n%s' % (text, chain['text'])


if __name__ == '__main__':
    sys.exit(main())
