"""How the cost of a question grows with captures, functions, labels and slices: pictures by Strata itself.

    python3 store_growth.py --benchmark StoreBenchmark --strata strata --peers PYTHON --folder FOLDER --images FOLDER

Each step is a small store of its own, or another question. What a step took is kept as a profile: the engine is
the function, the questions are its calls; the step is the minute in which the profile starts. `strata slices`
draws them. (Its axis has no other names than times: minute 0 is the first step. The table has the sizes.)
"""
import argparse
import json
import marshal
import os
import platform
import shutil
import statistics
import subprocess

import store_engines
import store_tables
from store_questions import HOUR, MINUTE, SLICES
from store_run import say

#: 2026-01-05T00:00:00Z.
FIRST = 1767571200
HOURLY = dict(SLICES, metric='self', every=HOUR)
CONTESTANTS = [('Strata, single captures', 'strata', {'raw': True}), ('Strata, roll-ups', 'strata', {}),
               ('DuckDB, 1 thread', 'duckdb', {'threads': 1})]


def corpus(captures=4_000, functions=(0, 500), hosts=8):
    return {'captures': captures, 'functions': functions, 'hosts': hosts}


#: For each direction its title, and steps: what stands in the table, the corpus, the question.
GROWTH = {
    'captures': ('a day in slices of 1 h, by number of captures', [
        ('%d captures' % count, corpus(captures=count), HOURLY) for count in (1_000, 2_000, 4_000, 8_000, 16_000, 32_000)]),
    'functions': ('a day of 2,000 captures in slices of 1 h, by number of functions per capture', [
        (None, corpus(2_000, sizes), HOURLY) for sizes in ((0, 300), (400, 650), (650, 900), (900, 2_000), (2_000, 4_000))]),
    'labels': ('a day of 4,000 captures in slices of 1 h, with a query for one of several hosts', [
        ('%d hosts' % count, corpus(hosts=count), dict(HOURLY, labels={'host': 'host-1'}))
        for count in (2, 8, 32, 128, 512)]),
    'slices': ('a day of 16,000 captures, by number of slices', [
        ('%d slices' % (24 * HOUR // every), corpus(16_000), dict(HOURLY, every=every))
        for every in (24 * HOUR, HOUR, 10 * MINUTE, MINUTE, MINUTE // 6)]),
}


class Store:
    """A simulated store and the engines that answer from it, for as long as steps have the same corpus."""

    def __init__(self, options):
        self.options, self.corpus, self.engines = options, None, {}
        self.folder = os.path.join(options.folder, 'growth')

    def make(self, wanted):
        if wanted == self.corpus:
            return
        self.close()
        self.corpus = wanted
        size = [wanted['captures'], *wanted['functions'], wanted['hosts']]
        subprocess.run([self.options.benchmark, 'simulate', self.options.base, self.folder, 'repeating', *map(str, size)], check=True)
        with open(self.path('corpus.json')) as file:
            self.summary = json.load(file)
        self.summary['bytes'], self.summary['rollups'] = store_engines.store_bytes(self.path('store.db'))
        self.engines['strata'] = store_engines.Engine(
            [self.options.benchmark, 'answer', self.path('store.db')], self.path('strata.log'))
        try:
            self.engines['duckdb'] = store_engines.Engine(
                [self.options.peers, store_engines.PEERS, 'duckdb', self.folder, self.path('duckdb')], self.path('duckdb.log'))
            self.engines['duckdb'].read()
        except store_engines.EngineFailure as failure:
            print('DuckDB: not measured: %s' % failure)
            del self.engines['duckdb']

    def path(self, name):
        return os.path.join(self.folder, name)

    def close(self):
        for engine in self.engines.values():
            engine.close()
        self.engines = {}
        shutil.rmtree(self.folder, ignore_errors=True)

    def times(self, question, rounds):
        """For each contestant the seconds of CPU of each round; the first one fills caches."""
        found = {}
        for _ in range(rounds + 1):
            for label, name, more in CONTESTANTS:
                # The peers' columns have services alone.
                if name in self.engines and (name == 'strata' or 'labels' not in question):
                    found.setdefault(label, []).append(self.engines[name].ask(dict(question, **more))['cpu'])
        return {label: values[1:] for label, values in found.items()}


def keep(folder, step, times):
    """Keeps what a step took as a dump of pstats, the median for each call."""
    stats = {}
    for label, values in times.items():
        seconds = statistics.median(values) * len(values)
        stats['~', 0, label] = (len(values), len(values), seconds, seconds, {})
    with open(os.path.join(folder, '%d.prof' % step), 'wb') as file:
        marshal.dump(stats, file)
    with open(os.path.join(folder, 'index.jsonl'), 'a') as file:
        file.write(json.dumps({'file': '%d.prof' % step, 'timestamp': str(FIRST + 60 * step), 'clock': 'cpu'}) + '\n')


def grow(options, store, name, title, steps):
    profiles = os.path.join(options.folder, 'growth-' + name)
    shutil.rmtree(profiles, ignore_errors=True)
    os.makedirs(profiles)
    rows = []
    for step, (label, wanted, question) in enumerate(steps):
        store.make(wanted)
        times = store.times(question, options.rounds)
        say('%s: step %d' % (name, step))
        keep(profiles, step, times)
        summary = store.summary
        label = label or '%d functions' % (summary['functionRows'] / summary['captures'])
        rows.append(['00:%02d' % step, label] + [
            store_tables.spread([value * 1e3 for value in times[contestant]]) if contestant in times else ''
            for contestant, _, _ in CONTESTANTS] + [
            '%.1f' % (summary['bytes'] / 1e6), '%.1f' % ((summary['rollups'] or 0) / 1e6), '%.1f' % summary['rollUpSeconds']])
    subprocess.run([options.strata, 'slices', profiles, '--every', '1m', '--metric', 'self-per-call', '--format', 'svg',
                    '--title', 'CPU of a query: ' + title, '-o', os.path.join(options.images, 'growth-%s.svg' % name)], check=True)
    print('\n### %s\n' % (title[0].upper() + title[1:]))
    print(store_tables.table(['step', ''] + ['%s, ms' % contestant for contestant, _, _ in CONTESTANTS]
                             + ['store, MB', 'of it roll-ups', 'rolling up, s'], rows), flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ('benchmark', 'strata', 'peers', 'folder', 'images', 'base'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    print('Python %s, %d rounds; CPU time, medians (smallest-largest)' % (platform.python_version(), options.rounds))
    store = Store(options)
    try:
        for name, (title, steps) in GROWTH.items():
            grow(options, store, name, title, steps)
    finally:
        store.close()


if __name__ == '__main__':
    main()
