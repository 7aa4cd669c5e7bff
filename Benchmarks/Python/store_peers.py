"""The peers of scripts/bench-store: each answers the questions that Strata answers, from the same rows.

    python store_peers.py ENGINE CORPUS FOLDER

ENGINE is duckdb, chdb, polars, pandas or article. CORPUS is what `StoreBenchmark generate`
left; FOLDER is for the engine's own files. First the engine loads the rows and prints how long that took; then
it reads questions, a JSON object a line, and prints an answer for each. See Question.swift and Answer.swift.
"""
import json
import os
import sys
import time

COLUMNS = {'start': 'i8', 'service': 'u1', 'key': 'i4', 'calls': 'i4', 'primitives': 'i4', 'self': 'i8',
           'cumulative': 'i8'}
FIGURES = ['calls', 'primitives', 'self', 'cumulative']
#: How many rows an engine takes at a time while it loads.
CHUNK = 4_000_000


class Corpus:
    """The columns of a corpus, and the names of what their numbers stand for."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, 'columns')
        self.functions = [name for _, name in self.lines('functions.tsv')]
        self.edges = ['%s -> %s' % (self.functions[int(caller)], self.functions[int(callee)])
                      for _, caller, callee in self.lines('edges.tsv')]
        self.services = {name: int(number) for number, name in self.lines('services.tsv')}

    def tables(self):
        """The tables there are; a simulated corpus has no edges."""
        return [table for table in ('functions', 'edges') if os.path.exists('%s/%s.key' % (self.folder, table))]

    def lines(self, name):
        with open(os.path.join(self.folder, name), encoding='utf-8', newline='\n') as file:
            return [line.rstrip('\n').split('\t') for line in file]

    def column(self, table, name):
        import numpy
        return numpy.memmap('%s/%s.%s' % (self.folder, table, name), '<' + COLUMNS[name], 'r')

    def chunks(self, table):
        """Dictionaries of columns, some rows at a time."""
        columns = {name: self.column(table, name) for name in COLUMNS}
        for first in range(0, len(columns['start']), CHUNK):
            yield {name: column[first:first + CHUNK] for name, column in columns.items()}

    def frame(self, table):
        """All columns in memory."""
        import numpy
        return {name: numpy.array(self.column(table, name)) for name in COLUMNS}


class Peer:
    """One engine; `slices` gives (slice, key or -1 for the rest, sum), `merge` (key, sums of the four figures)."""
    #: Whether the rest is all functions, or those that are not named.
    rest_is_total = False

    def __init__(self, corpus, folder):
        self.corpus, self.folder = corpus, folder
        self.load()

    def stored_bytes(self):
        """What the engine's files take; none where it keeps all in memory."""
        paths = [os.path.join(root, name) for root, _, names in os.walk(self.folder) for name in names]
        return sum(os.path.getsize(path) for path in paths) or None

    def conditions(self, question):
        """The WHERE clause of a question."""
        parts = []
        if question.get('since') is not None:
            parts.append('start >= %d AND start < %d' % (question['since'], question['until']))
        if 'labels' in question:
            parts.append('service = %d' % self.corpus.services[question['labels']['service']])
        return ' WHERE ' + ' AND '.join(parts) if parts else ''

    def prepare(self, question):
        """What comes before the time is taken."""

    def answer(self, question):
        return self.slices(question) if question['kind'] == 'slices' else self.merge(question)


class DuckDB(Peer):
    """A native table in the order of time."""
    rest_is_total = True

    def load(self):
        import duckdb
        import pyarrow
        path = os.path.join(self.folder, 'peer.duckdb')
        self.connection = duckdb.connect(path, config={'threads': 2})
        for table in self.corpus.tables():
            self.connection.execute(
                'CREATE TABLE %s(start BIGINT, service UTINYINT, key INTEGER, calls INTEGER, primitives INTEGER, '
                'self BIGINT, cumulative BIGINT)' % table)
            for chunk in self.corpus.chunks(table):
                rows = pyarrow.table(chunk)
                self.connection.execute('INSERT INTO %s SELECT * FROM rows' % table)
                del rows
        self.connection.execute('CHECKPOINT')

    def prepare(self, question):
        self.connection.execute('SET threads = %d' % question['threads'])

    def slices(self, question):
        where = self.conditions(question)
        # The fastest of four forms tried: all groups at once take four times as long, a join 1.1 to 2 times.
        return self.columns(
            'WITH top AS (SELECT key FROM functions{where} GROUP BY key ORDER BY sum({metric}) DESC, key LIMIT {top}) '
            'SELECT start // {every} AS slice, key, sum({metric}) AS value FROM functions{where}{plus} key IN (FROM top) '
            'GROUP BY ALL UNION ALL '
            'SELECT start // {every} AS slice, -1, sum({metric}) FROM functions{where} GROUP BY ALL'.format(
                where=where, plus=' AND' if where else ' WHERE', **question))

    def merge(self, question):
        where = self.conditions(question)
        return [self.columns('SELECT key, sum(calls), sum(primitives), sum(self), sum(cumulative) FROM %s%s GROUP BY key'
                             % (table, where)) for table in ('functions', 'edges')]

    def columns(self, query):
        return list(self.connection.execute(query).fetchnumpy().values())


class ChDB(Peer):
    """A MergeTree in the order of time, with codecs for columns that rise."""
    types = {'start': 'Int64 CODEC(Delta, ZSTD(1))', 'service': 'UInt8 CODEC(ZSTD(1))', 'key': 'Int32 CODEC(Delta, ZSTD(1))'}
    threads = 2

    def load(self):
        import chdb.session
        import pyarrow
        self.session = chdb.session.Session(os.path.join(self.folder, 'chdb'))
        self.session.query('CREATE DATABASE IF NOT EXISTS peer ENGINE = Atomic')
        for table in self.corpus.tables():
            columns = ', '.join('%s %s' % (name, self.types.get(name, {'i8': 'Int64', 'i4': 'Int32'}.get(form, '')
                                                                + ' CODEC(ZSTD(1))'))
                                for name, form in COLUMNS.items())
            self.session.query('CREATE TABLE peer.%s(%s) ENGINE = MergeTree ORDER BY (start, key)' % (table, columns))
            for chunk in self.corpus.chunks(table):
                rows = pyarrow.table(chunk)
                self.session.query('INSERT INTO peer.%s SELECT %s FROM Python(rows)' % (table, ', '.join(COLUMNS)))
            self.session.query('OPTIMIZE TABLE peer.%s FINAL' % table)

    def slices(self, question):
        where = self.conditions(question)
        # The fastest of four forms tried.
        return self.columns(
            'SELECT intDiv(start, {every}) AS slice, '
            'if(key IN (SELECT key FROM peer.functions{where} GROUP BY key ORDER BY sum({metric}) DESC, key LIMIT {top}), '
            'key, -1) AS series, sum({metric}) AS value FROM peer.functions{where} GROUP BY slice, series'.format(
                where=where, **question))

    def merge(self, question):
        where = self.conditions(question)
        return [self.columns('SELECT key, sum(calls), sum(primitives), sum(self), sum(cumulative) FROM peer.%s%s '
                             'GROUP BY key' % (table, where)) for table in ('functions', 'edges')]

    def columns(self, query):
        result = self.session.query(query + ' SETTINGS max_threads = %d' % self.threads, 'ArrowTable')
        return [column.to_numpy() for column in result.columns]


class Polars(Peer):
    """A frame in memory."""

    def load(self):
        import polars
        self.polars = polars
        self.tables = {table: polars.DataFrame(self.corpus.frame(table)) for table in self.corpus.tables()}

    def rows(self, table, question):
        column, rows = self.polars.col, self.tables[table].lazy()
        if question.get('since') is not None:
            rows = rows.filter((column('start') >= question['since']) & (column('start') < question['until']))
        if 'labels' in question:
            rows = rows.filter(column('service') == self.corpus.services[question['labels']['service']])
        return rows

    def slices(self, question):
        column, metric = self.polars.col, question['metric']
        rows = self.rows('functions', question)
        top = (rows.group_by('key').agg(column(metric).sum()).sort([metric, 'key'], descending=[True, False])
               .head(question['top']).select('key', column('key').alias('series')))
        sums = (rows.select((column('start') // question['every']).alias('slice'), 'key', metric)
                .join(top, on='key', how='left')
                .group_by('slice', column('series').fill_null(-1)).agg(column(metric).sum()))
        return [series.to_numpy() for series in sums.collect()]

    def merge(self, question):
        sums = (self.rows(table, question).group_by('key').agg(self.polars.col(FIGURES).cast(self.polars.Int64).sum())
                for table in ('functions', 'edges'))
        return [[series.to_numpy() for series in table.collect()] for table in sums]


class Pandas(Peer):
    """A frame in memory."""

    def load(self):
        import pandas
        self.tables = {table: pandas.DataFrame(self.corpus.frame(table)) for table in self.corpus.tables()}

    def rows(self, table, question):
        rows = self.tables[table]
        if question.get('since') is not None:
            rows = rows[(rows['start'] >= question['since']) & (rows['start'] < question['until'])]
        if 'labels' in question:
            rows = rows[rows['service'] == self.corpus.services[question['labels']['service']]]
        return rows

    def slices(self, question):
        import numpy
        rows, metric = self.rows('functions', question), question['metric']
        totals = rows.groupby('key')[metric].sum()
        top = totals.sort_index().sort_values(ascending=False, kind='stable').index[:question['top']]
        series = numpy.full(len(self.corpus.functions), -1)
        series[top] = top
        sums = rows[metric].groupby([rows['start'] // question['every'], series[rows['key']]], sort=False).sum()
        return [sums.index.get_level_values(0).to_numpy(), sums.index.get_level_values(1).to_numpy(), sums.to_numpy()]

    def merge(self, question):
        tables = (self.rows(table, question).groupby('key')[FIGURES].sum() for table in ('functions', 'edges'))
        return [[table.index.to_numpy(), *(table[name].to_numpy() for name in FIGURES)] for table in tables]


class Article(Peer):
    """The loop of the article that founded Strata: a Counter for each slice, fed from StatsProfiles in memory.

    A million FunctionProfiles take a gigabyte, so that it holds a part of the day; the driver asks the same part of
    Strata. Functions are known by more than their names, and times are not rounded, or the sums would differ.
    """
    captures = 1000

    def load(self):
        import numpy
        import pstats
        starts, bounds = numpy.unique(self.corpus.column('functions', 'start'), return_index=True)
        first = int(numpy.searchsorted(starts, starts[0] - starts[0] % (86400 * 10**9) + 14 * 3600 * 10**9))
        last = min(first + self.captures, len(starts) - 1)
        self.since, self.until = int(starts[first]), int(starts[last])
        columns = [self.corpus.column('functions', name) for name in ('start', 'key', 'calls', 'self', 'cumulative')]
        self.profiles, self.count = [], int(bounds[last] - bounds[first])
        self.part = self.count / len(columns[0])
        for capture in range(first, last):
            rows = zip(*(column[bounds[capture]:bounds[capture + 1]].tolist() for column in columns))
            functions = {self.corpus.functions[key]: pstats.FunctionProfile(
                str(calls), own * 1e-9, own * 1e-9 / calls, cumulative * 1e-9, cumulative * 1e-9 / calls, '', 0)
                for _, key, calls, own, cumulative in rows}
            self.profiles.append((int(starts[capture]), pstats.StatsProfile(0, functions)))

    def slices(self, question):
        import collections
        every, field = question['every'], {'self': 'tottime', 'cumulative': 'cumtime'}[question['metric']]
        slices, totals = collections.defaultdict(collections.Counter), collections.Counter()
        for start, profile in self.profiles:
            counter = slices[start // every]
            for name, function in profile.func_profiles.items():
                counter[name] += getattr(function, field)
        for counter in slices.values():
            totals.update(counter)
        top = [name for name, _ in totals.most_common(question['top'])]
        return [(number, [counter[name] for name in top] + [sum(counter.values())])
                for number, counter in slices.items()], top


PEERS = {'duckdb': DuckDB, 'chdb': ChDB, 'polars': Polars, 'pandas': Pandas, 'article': Article}


def described_slices(peer, columns, every):
    """An answer as Answer.swift has it: starts, totals, series."""
    totals, series = {}, {}
    for number, key, value in zip(*(column.tolist() for column in columns)):
        if key < 0 or not peer.rest_is_total:
            totals[number] = totals.get(number, 0) + int(value)
        if key >= 0:
            series.setdefault(key, {})[number] = int(value)
    starts = sorted(totals)
    return {'starts': [number * every for number in starts], 'totals': [totals[number] for number in starts],
            'series': [{'name': peer.corpus.functions[key], 'values': [values.get(number, 0) for number in starts]}
                       for key, values in series.items()]}


def described(peer, question, result):
    """The answer itself, for the check."""
    if isinstance(peer, Article):
        slices, top = result
        slices.sort()
        return {'starts': [number * question['every'] for number, _ in slices],
                'totals': [round(values[-1] * 1e9) for _, values in slices],
                'series': [{'name': name, 'values': [round(values[place] * 1e9) for _, values in slices]}
                           for place, name in enumerate(top)]}
    if question['kind'] == 'slices':
        return described_slices(peer, result, question['every'])
    tables = zip(('functions', 'edges'), (peer.corpus.functions, peer.corpus.edges), result)
    return {table: [{'name': names[key], 'figures': [int(value) for value in values]}
                    for key, *values in zip(*(column.tolist() for column in columns))] for table, names, columns in tables}


def measured(work):
    """The result of some work, and the seconds of real time and of CPU that it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {'wall': time.perf_counter() - wall, 'cpu': time.process_time() - cpu}


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    engine, corpus, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    peer, answer = measured(lambda: PEERS[engine](Corpus(corpus), folder))
    answer['bytes'] = peer.stored_bytes()
    if engine == 'article':
        answer.update(since=peer.since, until=peer.until, part=peer.part)
    say(answer)
    for line in sys.stdin:
        question = json.loads(line)
        peer.prepare(question)
        result, answer = measured(lambda: peer.answer(question))
        if question.get('check'):
            answer.update(described(peer, question, result))
        say(answer)


if __name__ == '__main__':
    main()
