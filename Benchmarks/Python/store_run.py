"""The measurements of one corpus for scripts/bench-store."""
import json
import os
import shutil
import subprocess
import sys
import time

import store_checks
import store_engines
from store_questions import CONTESTANTS, QUESTIONS, answers

#: How many captures each scale has.
CAPTURES = {1: 2_000, 2: 20_000, 3: 1_000_000}
#: Scale 3 goes straight into the store; its rows fit no frame in memory.
SIMULATED, SIMULATED_PEERS = 3, ['strata', 'duckdb']
#: The least and the most functions of its profiles, and hosts.
SIMULATED_SIZE = ['0', '500', '8']
#: A fresh process of Python that asks DuckDB what `strata slices --every 1h` answers.
FRESH_DUCKDB = '''import duckdb, sys
print(duckdb.connect(sys.argv[1], read_only=True, config={'threads': 1}).execute("""
WITH top AS (SELECT key FROM functions GROUP BY key ORDER BY sum(self) DESC LIMIT 20)
SELECT start // 3600000000000, key, sum(self) FROM functions WHERE key IN (FROM top) GROUP BY ALL""").fetchall())'''


class Run:
    """One corpus and its results, in the order in which they are found."""

    def __init__(self, options, form):
        self.options, self.form, self.engines = options, form, {}
        self.folder = os.path.join(options.folder, '%s-%d' % (form, CAPTURES[options.scale]))
        self.is_simulated = options.scale == SIMULATED
        self.results = {'contestants': [], 'missing': {}, 'parts': {}, 'sizes': [], 'questions': [], 'memory': []}
        os.makedirs(self.folder, exist_ok=True)

    def measure(self, base):
        self.make_corpus(base)
        if not self.is_simulated:
            self.import_dumps()
        self.weigh_store()
        self.start_engines()
        self.check()
        self.time_questions()
        for engine in self.engines.values():
            engine.close()
        self.time_processes()
        self.measure_memory()
        return self.results

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_corpus(self, base):
        if not os.path.exists(self.path('corpus.json')):
            command = [self.options.benchmark, 'simulate' if self.is_simulated else 'generate', base, self.folder, self.form,
                       str(CAPTURES[self.options.scale])]
            subprocess.run(command + SIMULATED_SIZE * self.is_simulated, check=True)
        with open(self.path('corpus.json')) as file:
            corpus = self.results['corpus'] = json.load(file)
        self.results['syncs'] = store_engines.synced_writes(self.folder)
        self.results['sizes'].append(('dumps as cProfile writes them', corpus['dumpBytes'], None))
        if self.is_simulated:
            self.results['imports'] = [{'durable': corpus['insertSeconds'], 'cpu': None, 'memory': None,
                                        'wall': corpus['insertSeconds'] + corpus['rollUpSeconds']}]
        say('%s corpus made' % self.form)

    def import_dumps(self):
        """Every time into a new store; the dumps are in the cache of the system."""
        for name in os.listdir(self.path('dumps')):
            with open(os.path.join(self.path('dumps'), name), 'rb') as file:
                file.read()
        self.results['imports'] = []
        for _ in range(min(self.options.rounds, 3)):
            for suffix in ('', '-wal', '-shm'):
                if os.path.exists(self.path('store.db' + suffix)):
                    os.remove(self.path('store.db' + suffix))
            run = store_engines.run_import(self.options.strata, self.path('dumps'), self.path('store.db'))
            self.results['imports'].append(run)
        say('imported')

    def weigh_store(self):
        total, rollups = store_engines.store_bytes(self.path('store.db'))
        if rollups is not None:
            self.results['sizes'].append(('Strata without roll-ups', total - rollups, None))
        self.results['sizes'].append(('Strata', total, self.results['imports'][-1]['wall']))

    def start_engines(self):
        self.engines['strata'] = self.strata()
        missing = self.results['missing']
        for label, name, _ in CONTESTANTS:
            label = label.partition(',')[0]
            if name in self.engines or label in missing:
                continue
            if self.is_simulated and name not in SIMULATED_PEERS:
                missing[label] = 'left out at this scale'
                continue
            say('loading: ' + label)
            try:
                self.start_peer(label, name)
            except store_engines.EngineFailure as failure:
                missing[label] = str(failure)
        self.results['contestants'] = [label for label, name, _ in CONTESTANTS if name in self.engines]

    def strata(self):
        return store_engines.Engine([self.options.benchmark, 'answer', self.path('store.db')], self.path('strata.log'))

    def start_peer(self, label, name):
        shutil.rmtree(self.path(name), ignore_errors=True)
        engine = store_engines.Engine([self.options.peers, store_engines.PEERS, name, self.folder, self.path(name)],
                                      self.path(name + '.log'))
        loaded = engine.read()
        self.engines[name] = engine
        if 'part' in loaded:
            self.results['parts'][label] = loaded['part']
            self.part = {'since': loaded['since'], 'until': loaded['until']}
        if loaded['bytes']:
            self.results['sizes'].append((label, loaded['bytes'], loaded['wall']))

    def contestants(self, question):
        return [(label, name, more) for label, name, more in CONTESTANTS
                if name in self.engines and answers(name, question, not self.is_simulated)]

    def check(self):
        for question in QUESTIONS:
            checked, count = dict(question, check=True), 0
            ours = self.engines['strata'].ask(dict(checked, raw=True))
            for label, name, more in self.contestants(question):
                # The article's loop holds a part of the day; Strata is asked for the same.
                expected = self.engines['strata'].ask(dict(checked, raw=True, **self.part)) if name == 'article' else ours
                exact = name != 'article' and question['kind'] == 'slices'
                theirs = self.engines[name].ask(dict(checked, **more))
                count = max(count, store_checks.compare(question, label, expected, theirs, 0 if exact else 1e-9))
            say('%s: %d sums agree' % (question['label'], count))

    def time_questions(self):
        for question in QUESTIONS:
            times = {}
            for _ in range(self.options.rounds):
                for label, name, more in self.contestants(question):
                    answer = self.engines[name].ask(dict(question, **more))
                    part = self.results['parts'].get(label, 1)
                    times.setdefault(label, []).append({clock: answer[clock] / part for clock in ('wall', 'cpu')})
            self.results['questions'].append({'label': question['label'], 'times': times})
            say('timed: ' + question['label'])

    def time_processes(self):
        commands = [('strata slices --every 1h --top 20 --format json', [
            self.options.strata, 'slices', '--store', self.path('store.db'), '--every', '1h', '--top', '20', '--format', 'json'])]
        if 'duckdb' in self.engines:
            commands.append(('Python, import duckdb, the same question', [
                self.options.peers, '-c', FRESH_DUCKDB, os.path.join(self.path('duckdb'), 'peer.duckdb')]))
        runs = {label: [] for label, _ in commands}
        for _ in range(self.options.rounds + 1):
            for label, command in commands:
                runs[label].append(store_engines.run_once(command))
        # The first one fills caches.
        self.results['processes'] = [(label, times[1:]) for label, times in runs.items()]

    def measure_memory(self):
        """Each question in a process of its own."""
        for question in QUESTIONS:
            for label, name, more in CONTESTANTS:
                if name == 'strata':
                    engine = self.strata()
                    most = engine.ask_for_memory(dict(question, **more))
                    engine.close()
                    self.results['memory'].append(('%s (%s)' % (question['label'], label.partition(', ')[2]), most))


def say(text):
    print('%s %s' % (time.strftime('%H:%M:%S'), text), file=sys.stderr, flush=True)
