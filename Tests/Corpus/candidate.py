"""How the corpus checks call Strata and read its JSON (names as docs/json.md has them).

    STRATA=.build/release/strata CANDIDATE=Tests/Corpus/candidate.py \
        python3 ../shared/corpus/checks/check_stats.py
"""
import json
import os
import shlex

_T = os.environ.get('STRATA', 'strata')
TOOL = [os.path.abspath(_T)] if os.path.exists(_T) else shlex.split(_T)


def _files(case):
    """The files in the order in which pstats adds them: Stats(a, b, c) adds a, c, b."""
    f = case['files']
    return list(f) if case.get('load', 'ctor') == 'add' else f[:1] + f[:0:-1]


def report(case):
    argv = TOOL + ['report']
    if case.get('load', 'ctor') == 'ctor':
        argv += ['--merge-order', 'constructor']
    if case.get('sort'):
        argv.append('--sort=' + ','.join(map(str, case['sort'])))
    argv += ['--reverse'] if case.get('reverse') else []
    argv += ['--strip-dirs'] if case.get('strip') else []
    argv += ['--limit=%s' % (limit,) for limit in case.get('restrict', [])]
    argv += ['--' + case['op']] if case['op'] != 'stats' else []
    return argv + ['--'] + case['files']


def stats_json(case):
    strip = ['--strip-dirs', '--compat', 'pstats'] if case.get('strip') else []
    return TOOL + ['report', '--format', 'json'] + strip + ['--'] + _files(case)


def _function(o):
    return [o['file'], o['line'], o['name']]


def _caller(o):
    if 'selfTime' not in o:
        return _function(o) + [o['callCount']]
    return _function(o) + [o['callCount'], o['primitiveCallCount'], _time(o['selfTime']), _time(o['cumulativeTime'])]


def _time(t):
    return float(t)


def parse_stats(out):
    j = json.loads(out)
    return {
        'total_calls': j['totalCalls'], 'prim_calls': j['primitiveCalls'], 'total_tt': _time(j['totalTime']),
        'stats': [
            _function(o) + [o['primitiveCallCount'], o['callCount'], _time(o['selfTime']), _time(o['cumulativeTime']),
                            [_caller(c) for c in o['callers']]]
            for o in j['functions']]}


METRIC = {'cumtime': 'cumtime', 'tottime': 'tottime', 'ncalls': 'ncalls'}


def series(path, every, metric, align):
    """STRATA_STORE_CHECK=1 imports the folder first and asks the store instead of the dumps."""
    align = ['--align', 'first'] if align == 'first' else []
    query = ['--every', '%ds' % every, '--metric', METRIC[metric], '--format', 'json'] + align
    if not os.environ.get('STRATA_STORE_CHECK'):
        return TOOL + ['slices'] + query + ['--', path]
    store = path.rstrip('/').replace('/', '_') + '-%s.db' % os.urandom(4).hex()
    store = os.path.join(os.environ['STRATA_STORE_CHECK'], store)
    return [TOOL + ['import', '--store', store, path], TOOL + ['slices', '--store', store] + query]


def parse_series(out):
    j = json.loads(out)
    slices = {}
    for i, s in enumerate(j['slices']):
        ns = s['startNanoseconds']
        start = '%d.%09d' % (ns // 10**9, ns % 10**9)
        slices[start] = {tuple(_function(r['function'])): r['values'][i] for r in j['series'] if r['values'][i] is not None}
    return slices


def bad(path):
    return TOOL + ['report', '--format', 'json', '--', path]
