#!/usr/bin/env python3
"""Writes the small inputs with which fuzzing starts: make-seeds.py FOLDER

Dumps in each version of the marshal format and each form of callers, and what only bytes written
by hand can hold: strings of Python 2, references, markers, large numbers. Expressions with texts come
from the fixture of their tests.
"""
import marshal
import os
import struct
import sys
import urllib.parse

FULL = (2, 1, 0.25, 0.5)
A, B, LEN = ('/app/a.py', 3, 'f'), ('/app/sub/a.py', 3, 'g'), ('~', 0, '<built-in method builtins.len>')

PROFILES = {
    'empty': {},
    'one': {A: (1, 1, 0.5, 0.5, {})},
    'callers': {A: (1, 2, 0.5, 1.0, {}), LEN: (3, 3, 0.125, 0.125, {A: FULL, B: FULL}), B: (1, 1, 0.5, 1.0, {A: FULL})},
    'counts': {('profile', 0, 'profiler'): (0, 0, 0, 0, {}), A: (2, 2, 1, 1.5, {('profile', 0, 'profiler'): 2})},
    'meeting': {A: (1, 1, 0.5, 0.5, {}), ('/b/a.py', 3, 'f'): (1, 1, 0.5, 0.5, {A: FULL, ('/c/a.py', 3, 'f'): FULL})},
    'texts': {('é\udc80€𝄞.py', 1, '<lambda>'): (1, 1, 0.5, 0.5, {}), ('x' * 300, 2, ''): (1, 1, 0.0, -0.0, {})},
    'numbers': {A: (2**31, 2**63, float('inf'), float('nan'), {B: (-1, 10**30, 1e300, 5e-324), LEN: True})},
    'sampled': {('__sampled__',): True, A: (10, 10, 0.1, 0.1, {B: 7})},
    'list': {A: [1, 1, 0.5, 0.5, {B: [2, 1, 0.25, 0.5]}]},
}

# Callers that functions share, as references: an honest dump, and one that repeats what it can.
SHARED = {('/app/s.py', i, 's'): FULL for i in range(20)}
PROFILES['shared'] = {('/app/c.py', i, 'c'): (1, 1, 0.5, 0.5, SHARED) for i in range(5)}
PROFILES['shared-often'] = {('/app/c.py', i, 'c'): (1, 1, 0.5, 0.5, SHARED) for i in range(120)}
PROFILES['long-name'] = {('/app/%s.py' % ('d' * 600), i, 'f'): (1, 1, 0.5, 0.5, {}) for i in range(9)}

NAMES = [
    b'20260105T090000.771Z_search.prof', b'web-2026-01-05_09-00-00.prof', b'profile.1767603600771.prof',
    b'2026-01-05T09:00:00+0100', b'1767603600.771', b'-12.5', b'1.7676036e9', b'9223372036854775807', b'0001-01-01',
    b'-9223372036.854775808', b'1700-01-01', b'2200-01-01T00:00:00.000000001Z', b'29991231T235959Z-20260105T090000Z.prof',
    b'10000000000ns', b'9223372036854775807ns', b'15250w1d1h1m1s1ms1us1ns', b'0.000000001d', b'-5',
    b'0123456789abcdefABCDEF0123456789', b'-0000000000000000000000000000000',
    b'{service}/{host}/*.prof\nspool/web/h1/a.prof', b'{a}-{a}', b'a=1\nb=2\na=3\n\xc3\xa9=4\ne\xcc\x81=5',
]

LINES = [
    b'{"file": "a.prof", "timestamp": "1767603600.771", "labels": {"endpoint": "search"}}',
    b'{"file":"sub/a.prof","timestamp":1767603600.5,"duration":"1.5","kind":"traced","clock":"wall","weight":"2.5","id":"x"}',
    b'{"file":"\\u00e9\\ud834\\udd1e.prof","timestamp":"1e9","duration":null,"labels":{},"more":[true,false,null,[]]}',
    b'{"file":"a","timestamp":"1","labels":{%s}}' % b','.join(b'"k%d":"%d"' % (i, i) for i in range(64)),
    b'{"file":"a","timestamp":"1","labels":{%s}}' % b','.join(b'"%d":""' % (i % 60) for i in range(90)),
    b'{"file":"a","timestamp":"1","labels":{"%s":"%s"}}' % (b'k' * 200, b'v' * 4096),
    b'{"file":"a","timestamp":"1","labels":{"\\ud800":"x","":"y","\xc3\xa9":"1","e\xcc\x81":"2"}}',
    b'{"file":"a","timestamp":"1","id":""}', b'{"file":"a","timestamp":"1","id":" ","profileID":"00000000000000000000000000000000"}',
    b'{"file":"a","timestamp":"-9223372036.854775808","duration":"-1"}',
    b'{"file":"a","timestamp":"7258118400","duration":"1965253636.854775807","covers":"slice"}',
]


def short(text):
    return b'\xda' + bytes([len(text)]) + text


def by_hand():
    key = b'\xa9\x03' + short(b'a') + b'\xe9\x03\0\0\0' + short(b'f')
    zeros = b'\x29\x05' + b'i\0\0\0\0' * 2 + b'g' + b'\0' * 8 + b'g' + b'\0' * 8
    yield 'python2', b'{(\x03\0\0\0t\x04\0\0\0\xff.pyi\x01\0\0\0t\x01\0\0\0f(\x05\0\0\0' + \
        b'I\x01\0\0\0\0\0\0\0l\x01\0\0\0\x02\0f\x030.5f\x011{(\x03\0\0\0R\0\0\0\0i\x01\0\0\0R\x01\0\0\0i\x07\0\0\0000'
    yield 'references', b'\xfb' + key + zeros + b'\xfbr\x01\0\0\0i\x01\0\0\x000' + b'r\x01\0\0\0' + zeros + b'r\x05\0\0\x000'
    yield 'self-reference', b'{\xa9\x01r\0\0\0\0N0'
    yield 'trailing', b'{0rest'
    yield 'hole', b'{' + key + zeros + b'{00' + b'\0' * 2000
    # Callers in as few bytes as there can be, twenty functions that refer to them, and what follows.
    callers = b'\xfb' + b''.join(b')\3' + short(b'b') + b'T' + short(b'%c' % (97 + i)) + b'T' for i in range(20)) + b'0'
    function = b')\3r\0\0\0\0i%cfff' + b'r\0\0\0\0' + b')\5TTFFr\2\0\0\0'
    yield 'dense', b'{)\3' + short(b'f') + b'T' + short(b'n') + b')\5TTFF' + callers + b''.join(
        function % i for i in range(20)) + b'0' + b'\0' * 100
    yield 'value-is-end', b'{' + key + b'0'


def expressions():
    path = os.path.join(os.path.dirname(__file__), '../Tests/PythonPatternTests/Fixtures/patterns.tsv')
    with open(path, encoding='ascii') as rows:
        for number, row in enumerate(rows):
            expression, verdict, text = row.rstrip('\n').split('\t')
            if number % 7 == 0 and len(verdict) == 2:
                yield str(number), urllib.parse.unquote_to_bytes(expression + '%00' + text)


def rows():
    """Rows of the store: unit, functions, edges, ids known less 1, lengths of blobs, their columns."""
    def column(tag, payload=b''):
        return bytes([tag, len(payload), 0, 0, 0]) + payload

    def row(unit, functions, edges, *blobs):
        return bytes([unit, functions, edges, 99]) + bytes(map(len, blobs)) + b''.join(blobs)
    ids, empty = column(5, b'\2\1'), column(0)
    groups = column(2, b'\0\x21\x0e\3\x2c\1')
    yield 'nanoseconds', row(0, 2, 0, ids, groups, column(1, b'\1\1\x0a') + 3 * empty, b'', b'')
    yield 'microseconds', row(1, 2, 0, ids, column(3, b'\0\x21\x0e\3\x2c\1'), 4 * empty, b'', b'')
    yield 'seconds', row(2, 2, 0, ids, column(4, struct.pack('<2d', 0.1, -0.0)),
                         column(4, struct.pack('<2d', 1e-30, 2.5)) + 3 * empty, b'', b'')
    patches = column(1, b'\2\0\2\1\1')
    yield 'patched', row(0, 2, 0, ids, groups, 3 * empty + patches, b'', b'')
    edges = column(6, b'\2\4\6') + column(2, b'\0\x21\x09\1\2')
    yield 'edges', row(0, 2, 3, ids, groups, 4 * empty, edges, column(0, b'\2') + 7 * empty)
    yield 'derived', row(0, 2, 3, ids, groups, 4 * empty, edges, 8 * empty)
    yield 'count-only', row(0, 2, 3, ids, groups, 4 * empty, edges, column(0, b'\2') + 6 * empty + column(0, b'\2'))
    yield 'numbers', bytes(9) + struct.pack('<6q', 0, 1, -1, 300, 1 << 62, -1 << 63)


def documents():
    """Profiles in JSON, whole and in part, and beginnings of foreign files."""
    function = ('{"file":"a.py","line":1,"name":"f","callCount":3,"primitiveCallCount":2,"selfTime":0.5,'
                '"cumulativeTime":1.5,"callers":[{"file":"b","line":0,"name":"g","callCount":3}]}')
    whole = ('{"schema":"strata/profile/1","kind":"traced","clock":"wall","totalCalls":3,"primitiveCalls":2,'
             '"totalTime":0.5,"functions":[%s],"warnings":[]}' % function)
    yield 'whole', whole.encode()
    yield 'nan', whole.replace('1.5', '"nan"').encode()
    yield 'empty', b'{"schema":"strata/profile/1","totalTime":0,"functions":[]}'
    for number, text in enumerate(['import time: self', '     5 function calls in 0.1 seconds', 'a;b 3', 'events: x',
                                   '<svg', '{"traceEvents":[]}', 'PERFILE2']):
        yield 'foreign-%d' % number, text.encode()


def main():
    folder = sys.argv[1]
    dumps = {'%s-%d' % (name, version): marshal.dumps(value, version)
             for name, value in PROFILES.items() for version in range(5)}
    dumps.update(by_hand())
    lines = {str(number): line for number, line in enumerate(NAMES + LINES)}
    targets = {'FuzzPstatsDump': dumps, 'FuzzSpoolIndex': lines, 'FuzzPattern': dict(expressions()),
               'FuzzStoreFormat': dict(rows()), 'FuzzProfileReader': dict(documents(), **dumps)}
    for target, seeds in targets.items():
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for name, content in seeds.items():
            with open(os.path.join(folder, target, name), 'wb') as file:
                file.write(content)


if __name__ == '__main__':
    main()
