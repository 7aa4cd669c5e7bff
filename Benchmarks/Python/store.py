"""Strata's store and its peers answer the same questions in turn; prints tables, and leaves results as JSON.

    python3 store.py --benchmark StoreBenchmark --strata strata --peers PYTHON [--scale 1|2] [--corpus FORM|both]
                     [--rounds N] [--folder FOLDER] [--keep]

See scripts/bench-store. All engines must give the same sums, or nothing is timed. In a round every engine
answers every question once: A B C, A B C, …; ratios are taken round by round, so that a slow moment of the machine,
which meets all, cancels.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time

import store_checks
import store_engines
import store_tables

CAPTURES = {1: 2_000, 2: 20_000}
MINUTE, HOUR = 60 * 10**9, 3600 * 10**9
#: 2026-01-05T14:00:00Z, in the busiest hour of the day that the generator makes.
BUSIEST = {'since': 1767621600 * 10**9, 'until': 1767625200 * 10**9}
SLICES = {'kind': 'slices', 'top': 20}

QUESTIONS = [
    dict(SLICES, label='day, slices of 1 min, self time', metric='self', every=MINUTE),
    dict(SLICES, label='day, slices of 1 min, cumulative', metric='cumulative', every=MINUTE),
    dict(SLICES, label='day, slices of 1 h, self time', metric='self', every=HOUR),
    dict(SLICES, label='day, slices of 1 h, cumulative', metric='cumulative', every=HOUR),
    dict(SLICES, label='1 h, slices of 10 s, cumulative', metric='cumulative', every=10 * 10**9, **BUSIEST),
    dict(SLICES, label='day of service=web, 1 min, cumulative', metric='cumulative', every=MINUTE, service='web'),
    dict(SLICES, label='day of service=web, 1 h, cumulative', metric='cumulative', every=HOUR, service='web'),
    dict(kind='merge', label='merge of the day, with edges'),
    dict(kind='merge', label='merge of 1 h, with edges', **BUSIEST),
]
#: The contestants: label, engine, what is added to each question.
CONTESTANTS = [
    ('Strata, single captures', 'strata', {'raw': True}),
    ('Strata, roll-ups', 'strata', {}),
    ('DuckDB, 1 thread', 'duckdb', {}),
    ('DuckDB, 2 threads', 'duckdb2', {}),
    ('chDB, 2 threads', 'chdb', {}),
    ('polars, 2 threads', 'polars', {}),
    ('pandas', 'pandas', {}),
    ("the article's loop", 'article', {}),
]
#: A fresh process of Python that asks DuckDB what `strata slices --every 1h` answers.
FRESH_DUCKDB = '''import duckdb, sys
print(duckdb.connect(sys.argv[1], read_only=True, config={'threads': 1}).execute("""
WITH top AS (SELECT key FROM functions GROUP BY key ORDER BY sum(self) DESC LIMIT 20)
SELECT start // 3600000000000, key, sum(self) FROM functions WHERE key IN (FROM top) GROUP BY ALL""").fetchall())'''


class Run:
    """The measurements of one corpus."""

    def __init__(self, options, folder, form):
        self.options, self.folder = options, os.path.join(folder, '%s-%d' % (form, CAPTURES[options.scale]))
        self.form, self.engines = form, {}
        self.results = {'contestants': [], 'missing': {}, 'parts': {}, 'sizes': [], 'questions': []}
        os.makedirs(self.folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    # What is measured, in this order.

    def make_corpus(self, base):
        if not os.path.exists(self.path('corpus.json')):
            subprocess.run([self.options.benchmark, 'generate', base, self.folder, self.form,
                            str(CAPTURES[self.options.scale])], check=True)
        with open(self.path('corpus.json')) as file:
            self.results['corpus'] = json.load(file)
        self.results['sizes'].append(('dumps as cProfile writes them', self.results['corpus']['dumpBytes'], None))

    def import_dumps(self):
        """Every time into a new store; the dumps are in the cache of the system."""
        for name in os.listdir(self.path('dumps')):
            with open(os.path.join(self.path('dumps'), name), 'rb') as file:
                file.read()
        self.results['syncs'] = store_engines.synced_writes(self.folder)
        self.results['imports'] = []
        for _ in range(min(self.options.rounds, 3)):
            for suffix in ('', '-wal', '-shm'):
                if os.path.exists(self.path('store.db' + suffix)):
                    os.remove(self.path('store.db' + suffix))
            run = store_engines.run_import(self.options.strata, self.path('dumps'), self.path('store.db'))
            self.results['imports'].append(run)
        total, rollups = store_engines.store_bytes(self.path('store.db'))
        if rollups is not None:
            self.results['sizes'].append(('Strata without roll-ups', total - rollups, None))
        self.results['sizes'].append(('Strata', total, run['wall']))

    def start_engines(self):
        self.engines['strata'] = store_engines.Engine(
            [self.options.benchmark, 'answer', self.path('store.db')], self.path('strata.log'))
        for label, name, _ in CONTESTANTS[2:]:
            shutil.rmtree(self.path(name), ignore_errors=True)
            say('loading: ' + label)
            engine = store_engines.Engine(
                [self.options.peers, store_engines.PEERS, name, self.folder, self.path(name)], self.path(name + '.log'))
            try:
                loaded = engine.read()
            except store_engines.EngineFailure as failure:
                self.results['missing'][label] = str(failure)
                continue
            self.engines[name] = engine
            if 'part' in loaded:
                self.results['parts'][label] = loaded['part']
                self.part = {'since': loaded['since'], 'until': loaded['until']}
            if loaded['bytes'] and name != 'duckdb2':
                self.results['sizes'].append((label.split(',')[0], loaded['bytes'], loaded['wall']))
        self.results['contestants'] = [label for label, name, _ in CONTESTANTS if name in self.engines]

    def check(self):
        for question in QUESTIONS:
            checked, count = dict(question, check=True), 0
            ours = self.engines['strata'].ask(dict(checked, raw=True))
            for label, name, more in self.contestants(question):
                if name == 'article':
                    # It holds a part of the day; Strata is asked for the same.
                    theirs = self.engines[name].ask(checked)
                    part = self.engines['strata'].ask(dict(checked, raw=True, **self.part))
                    store_checks.compare(question, label, part, theirs, 1e-9)
                else:
                    tolerance = 1e-9 if question['kind'] == 'merge' else 0
                    theirs = self.engines[name].ask(dict(checked, **more))
                    count = store_checks.compare(question, label, ours, theirs, tolerance)
            say('%s: %d sums agree' % (question['label'], count))

    def contestants(self, question):
        """Those that answer the question: the article's loop knows whole days and no edges."""
        is_whole = question['kind'] == 'slices' and 'service' not in question and 'since' not in question
        return [(label, name, more) for label, name, more in CONTESTANTS
                if name in self.engines and (name != 'article' or is_whole)]

    def time_questions(self):
        for question in QUESTIONS:
            times, rounds = {}, 0
            while rounds < self.options.rounds:
                for label, name, more in self.contestants(question):
                    answer = self.engines[name].ask(dict(question, **more))
                    part = self.results['parts'].get(label, 1)
                    times.setdefault(label, []).append({clock: answer[clock] / part for clock in ('wall', 'cpu')})
                rounds += 1
            self.results['questions'].append({'label': question['label'], 'times': times})
            say('timed: ' + question['label'])

    def close_engines(self):
        for engine in self.engines.values():
            engine.close()

    def time_processes(self):
        commands = [('strata slices --every 1h --top 20 --format json', [
            self.options.strata, 'slices', '--store', self.path('store.db'), '--every', '1h', '--top', '20', '--format', 'json'])]
        if 'duckdb' in self.engines:
            commands.append(('Python, import duckdb, the same question', [
                self.options.peers, '-c', FRESH_DUCKDB, os.path.join(self.path('duckdb'), 'peer.duckdb')]))
        runs = {label: [] for label, _ in commands}
        for _ in range(self.options.rounds + 1):
            for label, command in commands:
                runs[label].append(store_engines.run_once(command)[1])
        self.results['processes'] = [(label, times[1:]) for label, times in runs.items()]

    def measure_memory(self):
        self.results['memory'] = []
        for question in QUESTIONS:
            for label, _, more in CONTESTANTS[:2]:
                engine = store_engines.Engine(
                    [self.options.benchmark, 'answer', self.path('store.db')], self.path('strata.log'))
                _, most = engine.ask_for_memory(dict(question, **more))
                engine.close()
                self.results['memory'].append(('%s (%s)' % (question['label'], label.partition(', ')[2]), most))


def say(text):
    print('%s %s' % (time.strftime('%H:%M:%S'), text), file=sys.stderr, flush=True)


def base_dumps(folder):
    """The real dumps that corpora are made of, by this Python."""
    base = os.path.join(folder, 'base-' + platform.python_version())
    if not os.path.exists(base):
        say('profiling the bundled workloads')
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run([sys.executable, '-m', 'workloads', base + '.new'], cwd=here, check=True)
        os.rename(base + '.new', base)
    return base


def measure(options, form, base):
    run = Run(options, options.folder, form)
    try:
        run.make_corpus(base)
        say('%s corpus made' % form)
        run.import_dumps()
        run.start_engines()
        run.check()
        run.time_questions()
        run.close_engines()
        run.time_processes()
        run.measure_memory()
    finally:
        if not options.keep:
            shutil.rmtree(run.folder)
    return run.results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--benchmark', required=True, help='the built StoreBenchmark')
    parser.add_argument('--strata', required=True, help='the built command')
    parser.add_argument('--peers', required=True, help='a Python that has the peers')
    parser.add_argument('--scale', type=int, choices=sorted(CAPTURES), default=1, help='1: 2,000 captures; 2: 20,000')
    parser.add_argument('--corpus', choices=['repeating', 'worst', 'both'], default='both')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--folder', default=os.path.join('.build', 'bench-store'), help='for corpora and stores')
    parser.add_argument('--keep', action='store_true', help='use the corpora that are there, and leave all files')
    options = parser.parse_args()
    for name in ('benchmark', 'strata', 'folder'):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    os.makedirs(options.folder, exist_ok=True)
    base = base_dumps(options.folder)
    forms = ['repeating', 'worst'] if options.corpus == 'both' else [options.corpus]
    try:
        results = [measure(options, form, base) for form in forms]
    except store_checks.Disagreement as disagreement:
        sys.exit(str(disagreement))
    with open(os.path.join(options.folder, 'results.json'), 'w') as file:
        json.dump(results, file, indent=1)
    print('Python %s, %d rounds; all sums agree; medians (smallest-largest)\n' % (platform.python_version(), options.rounds))
    print('\n'.join(map(store_tables.report, results)))


if __name__ == '__main__':
    main()
