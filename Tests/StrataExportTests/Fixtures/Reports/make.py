#!/usr/bin/env python3.13
"""Writes NAME.prof, made by hand, and reports.json, what pstats of CPython 3.13 prints of them.

    python3.13 make.py

Every report is of one call: Stats(a, …) in the order of 'files', added one by one, then strip_dirs,
sort_stats, reverse_order, and print_stats, print_callers or print_callees with 'limits'. The lines
with the times of files are left out, for a checkout changes them.
"""
import io
import json
import marshal
import os
import pstats
import random

A, B, M = '/srv/a.py', '/srv/lib/a.py', '/srv/main.py'
NAN = float('nan')

DUMPS = {
    'usual': {
        (M, 1, '<module>'): (1, 1, 0.001, 1.5, {}),
        (M, 3, 'fib'): (1, 21891, 1.25, 1.499, {(M, 1, '<module>'): (1, 1, 1e-05, 1.499), (M, 3, 'fib'): (21890, 2, 1.24999, 1.4)}),
        ('~', 0, '<built-in method builtins.len>'): (7, 7, 0.0625, 0.4375, {(M, 3, 'fib'): (7, 7, 0.0625, 0.4375)}),
        ('~', 0, "<method 'append' of 'list' objects>"): (3, 3, 2.5e-7, 2.5e-7, {(M, 1, '<module>'): (1, 1, 1e-7, 1e-7), (A, 9, 'é\u0301'): (2, 2, 1.5e-7, 1.5e-7)}),
        (A, 9, 'é\u0301'): (0, 3, 0.5005, 0.5015, {(M, 1, '<module>'): (3, 0, 0.5005, 0.5015)}),
        (A, 9, '関数'): (0, 0, -0.0, -0.0004, {}),
    },
    'counts': {
        ('profile', 0, 'profiler'): (0, 0, 0, 0, {}),
        ('profile', 0, 'main()'): (1, 1, 0.0, 0.25, {('profile', 0, 'profiler'): 1}),
        (M, 1, 'main'): (1, 1, 0.125, 0.25, {('profile', 0, 'main()'): 1}),
        ('', 0, 'len'): (12, 12, 0.125, 0.125, {(M, 1, 'main'): 12}),
    },
    'colliding': {
        (M, 1, 'g'): (10, 10, 1.0, 1.0, {(A, 1, 'f'): (4, 4, 0.25, 0.25), (B, 1, 'f'): (6, 6, 0.75, 0.75)}),
        (A, 1, 'f'): (1, 1, 0.5, 0.75, {}),
        (B, 1, 'f'): (1, 1, 0.5, 1.25, {}),
    },
    'odd': {
        ('~', 0, '<'): (1, 1, 1.0, 1e300, {}), ('~', 0, '<>'): (1, 1, 2.0, float('inf'), {}),
        ('~', 0, 'plain'): (1, 1, 3.0, 1.0, {}), ('~', 1, '<x>'): (1, 1, 4.0, 1.0, {}),
        ('a\nb.py', 2**40, "it's"): (2**70, 2**71, 5.0, 1.0, {('~', 0, '<'): (2**70, 1, 0.5, 1.0)}),
        ('', -1, ''): (1, 1, 6.0, 1.0, {}), ('x', 2, '\U0001f600'): (1, 1, 7.0, 1.0, {('jprofile', 0, 'profiler'): (1, 1, 7.0, 1.0)}),
    },
    'orphan': {(M, 5, 'g'): (2, 2, 1.0, 1.0, {(M, 1, 'gone'): (2, 2, 1.0, 1.0)})},
    'orphan_counts': {(M, 5, 'g'): (2, 2, 1.0, 1.0, {(M, 1, 'gone'): 2})},
    'nan': {(M, 1, 'a'): (1, 1, 1.0, 1.0, {}), (M, 2, 'b'): (1, 1, NAN, 1.0, {}), (M, 3, 'c'): (1, 1, 3.0, 1.0, {}), (M, 4, 'd'): (1, 1, 2.0, 1.0, {})},
}

WORDS = ['calls', 'ncalls', 'cumtime', 'cumulative', 'filename', 'line', 'module', 'name', 'nfl', 'pcalls', 'stdname', 'time', 'tottime']


def cases():
    for name in ('usual', 'counts', 'colliding', 'odd'):
        for word in WORDS:
            yield {'files': [name], 'sort': [word]}
        yield {'files': [name]}
        yield {'files': [name], 'reverse': True}
        yield {'files': [name], 'sort': ['time', 'name'], 'reverse': True, 'limits': [0.5]}
        yield {'files': [name], 'sort': ['nfl'], 'strip': True}
        for limits in ([2], [0], [-1], [100], [0.1], [1.0], [0.0], ['main'], ['('], ["it's", '"'], ['a|b', 0.75, 1], ['zzz', 1]):
            yield {'files': [name], 'sort': ['pcalls', 'line'], 'limits': limits}
        for print_ in ('callers', 'callees'):
            for extra in ({}, {'sort': ['stdname']}, {'strip': True, 'sort': ['stdname']}, {'sort': ['time'], 'limits': [2]}, {'limits': ['zzz']}):
                yield {'files': [name], 'print': print_, **extra}
    for print_ in ('stats', 'callers', 'callees'):
        yield {'files': ['usual', 'colliding', 'usual'], 'sort': ['nfl'], 'print': print_}
        yield {'files': ['colliding', 'usual'], 'sort': ['stdname'], 'strip': True, 'print': print_}
        yield {'files': ['orphan'], 'print': print_}
        yield {'files': ['orphan_counts'], 'print': print_}
    yield {'files': ['usual', 'counts'], 'print': 'callers'}
    yield {'files': ['nan'], 'sort': ['name']}


def limit(value):
    return ['pattern', value] if isinstance(value, str) else ['fraction' if isinstance(value, float) else 'count', repr(value)]


def report(case):
    out = io.StringIO()
    stats = pstats.Stats(case['files'][0] + '.prof', stream=out)
    for name in case['files'][1:]:
        stats.add(name + '.prof')
    stats.files = []
    if case.get('strip'):
        stats.strip_dirs()
    if case.get('sort'):
        stats.sort_stats(*case['sort'])
    if case.get('reverse'):
        stats.reverse_order()
    try:
        getattr(stats, 'print_' + case.get('print', 'stats'))(*case.get('limits', []))
    except KeyError as error:
        return {'error': 'KeyError: %s' % error, 'text': out.getvalue()}
    return {'text': out.getvalue()}


def numbers():
    """Numbers, by their bits, as '%.3f' writes them."""
    random.seed(3)
    values = [0.0, -0.0, 0.0005, 0.0015, 0.5005, 1.0005, 2.0005, 0.0625, 0.4375, -0.0004, 5e-324, 1e22, 1e23, 2.0**60, 2.0**113, 1e300, 1.7976931348623157e308,
              float('inf'), float('-inf'), NAN]
    values += [random.uniform(0, 10) for _ in range(300)] + [random.randrange(2**20) / 2**random.randrange(40) for _ in range(300)]
    values += [random.randrange(10**7) * 1e-9 for _ in range(300)] + [random.choice((1, -1)) * 10 ** random.uniform(-12, 30) for _ in range(300)]
    return [['%016x' % int.from_bytes(__import__('struct').pack('>d', v), 'big'), '%.3f' % v] for v in values]


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    for name, stats in DUMPS.items():
        with open(name + '.prof', 'wb') as file:
            marshal.dump(stats, file)
    reports = []
    for case in cases():
        found = report(case)
        reports.append({**case, 'limits': [limit(v) for v in case.get('limits', [])], **found})
    representations = [[text, repr(text)] for text in ("a", "it's", '"', "it's \"", '\\d', 'a\tb\n\r\0\x7f', 'é\xa0\xad', '\u2028\u200b\ue000', '\U0001f600\U000e0001', '')]
    abbreviations = sorted(key for key in pstats.Stats().get_sort_arg_defs())
    with open('reports.json', 'w', encoding='utf-8') as file:
        lists = {'reports': reports, 'numbers': numbers(), 'representations': representations, 'abbreviations': abbreviations}
        file.write('{\n' + ',\n'.join('"%s": [\n%s\n]' % (key, ',\n'.join(map(json.dumps, rows))) for key, rows in lists.items()) + '\n}\n')


if __name__ == '__main__':
    main()
