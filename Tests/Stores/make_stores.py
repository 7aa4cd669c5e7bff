# SPDX-License-Identifier: Apache-2.0
"""Makes the stores of one version, with a `strata` that writes it (STRATA names it), and the sums that they hold.

    STRATA=... python3 make_stores.py VERSION FOLDER

What the stores are made of must not change any more, so that those of all versions hold the same."""
import collections
import json
import marshal
import os
import random
import subprocess
import sys

strata = os.environ['STRATA']
version, out = sys.argv[1:]
random.seed(17)
os.makedirs(out, exist_ok=True)
BASE = 1767600000                       # 2026-01-05T08:00:00Z
funcs = [('app/%s.py' % m, l, n) for m, l, n in [('web', 10, 'handle'), ('web', 44, 'render'), ('db', 7, 'query'), ('db', 90, 'connect'),
         ('util', 3, 'parse'), ('util', 9, 'caf\udce9')]] + [('~', 0, "<built-in method builtins.len>")]
def addressed(i): return ('~', 0, "<method 'run' of 'C' object at 0x%x>" % (0x7f0000 + i % 3))
def twice(i): return ('a.py', 1, ['x', 'x at 0x2', 'x at at 0x1 0x2'][i % 3])
def dump(i, sums):
    # Every other capture has the functions and callers of others: such captures share a shape.
    fixed = i % 2 == 0
    rng = random.Random(i % 3) if fixed else random
    d, keep = {}, [f for f in funcs if rng.random() < .9] + [addressed(i), twice(i)]
    for f in keep:
        nc = random.randrange(1, 40); cc = max(1, nc - (i % 3))
        tt = random.randrange(1000, 9_000_000); ct = tt + random.randrange(0, 5_000_000)
        callers = {}
        for c in rng.sample(keep, 2):
            k = random.randrange(1, nc + 1)
            callers[c] = (k, k, (tt // 3) * 1e-9, (ct // 3) * 1e-9)
        d[f] = (cc, nc, tt * 1e-9, ct * 1e-9, callers)
    if i % 17 == 0: d[funcs[0]] = (1, 1, 0.1234567890123, 0.3, {})
    for figures in d.values():
        sums['calls'] += figures[1]
        sums['selfTime'] += round(figures[2] * 1e9)
    return marshal.dumps(d)
totals = collections.defaultdict(collections.Counter)
def folder(name, indexes, at):
    os.makedirs(name)
    with open(name + '/index.jsonl', 'w') as f:
        for i in indexes:
            sums = totals['cpu' if i % 11 == 0 else 'wall', int(at(i)) // 3600, ['search', 'index', 'export'][i % 3]]
            sums['captures'] += 1
            with open('%s/%04d.prof' % (name, i), 'wb') as file: file.write(dump(i, sums))
            line = {'file': '%04d.prof' % i, 'timestamp': '%.3f' % at(i), 'labels': {'endpoint': ['search', 'index', 'export'][i % 3], 'tenant': 't%d' % (i % 5)}}
            sums['timed'] += 1 if i % 4 else 0
            sums['duration'] += (i % 9 + 1) * 10_000_000 if i % 4 else 0
            if i % 4: line['duration'] = '0.0%d' % (i % 9 + 1)
            if i % 7 == 0: line['weight'] = '2.5'
            if i % 11 == 0: line['clock'] = 'cpu'
            if i % 13 == 0: line['id'] = 'given-%d' % i
            f.write(json.dumps(line) + '\n')
def run(*words): subprocess.run([strata, *words], check=True, stdout=subprocess.DEVNULL)
folder('main', range(0, 96), lambda i: BASE + (i * 97.125 if i < 64 else 14400 + i * 0.5))
folder('late', range(96, 104), lambda i: BASE + (i - 96) * 431.5)
for store, age in [('rolled', None), ('pruned', ['never', 'never']), ('hours', ['1d', 'never']), ('days', ['1d', '1d'])]:
    s = '%s/version%s-%s.strata' % (out, version, store)
    run('import', 'main', '--store', s)
    run('store', 'rollup', '--store', s)
    if age: run('store', 'prune', '--store', s, '--captures', '1d', '--minutes', age[0], '--hours', age[1], '--max-size', 'any')
    run('import', 'late', '--store', s)
with open(out + '/sums.json', 'w') as file:
    keys = ['clock', 'hour', 'endpoint']
    json.dump([dict(zip(keys, key), **sums) for key, sums in sorted(totals.items())], file, indent=0)
