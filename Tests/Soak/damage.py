#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damages stores, and asks them: each answer must be the right one, or an error that says so.

A store of the example's dumps, with roll-ups and with captures that were pruned, is damaged in one place, or some: bits of the
file flip, bytes are overwritten, the file is cut short, a page takes the place of another; or, through SQLite, two rows of a
table are exchanged, a row or an entry of an index is lost or another value is written. Then questions are asked that read
captures, labels, roll-ups, names and whole profiles. What counts as a fault of Strata: another answer with exit code 0, death by
a signal, or no end. 'strata store verify --remove-damaged' runs at the end of each, and must end, and remove no capture that
is whole.

    damage.py --seconds 60          for so long, with a seed that is printed
    damage.py --stores 500 --seed 7

Needs Python 3.8 and STRATA, the command.
"""
import argparse
import collections
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

STRATA = os.path.abspath(os.environ.get('STRATA', 'strata'))
DUMPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../Examples/regression')
QUESTIONS = {
    'rolled': [
        'slices --every 1m --metric calls --by label:endpoint --format csv',
        'slices --every 1h --format csv --top 5',
        'slices --every 30s --metric cumulative --format csv --where endpoint=search',
        'slices --every 1m --stat p95 --by all --format csv',
        'slices --every 1m --by all --format csv --where endpoint=search --where input=typo',
        'slices --every 1m --metric captures --by all --since 2026-01-05T09:03:20Z --until 2026-01-05T09:08:10Z --format csv',
        'inputs --key input --format csv',
        'report --format csv',
    ],
    'pruned': [
        'slices --every 1h --metric calls --by label:endpoint --format csv',
        'slices --every 1h --format csv --top 5',
        'slices --every 1m --format csv --by all --where endpoint=search',
        'slices --every 1d --metric captures --by all --format csv',
        'report --format csv',
    ],
}
HEADER = 100


def run(words, store, seconds=600):
    """Exit code and standard output; None for one that did not end."""
    try:
        done = subprocess.run([STRATA, *words.split(), '--store', store], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, b''
    return done.returncode, done.stdout


# --- Damage

def flip(data, chance):
    """Returns how many bits were flipped."""
    bits = chance.choice([1, 1, 1, 2, 8])
    for _ in range(bits):
        place = chance.randrange(HEADER, len(data))
        data[place] ^= 1 << chance.randrange(8)
    return bits


def overwrite(data, chance):
    place, count = chance.randrange(HEADER, len(data)), chance.choice([1, 2, 4, 8, 100, 4096])
    data[place:place + count] = bytes(chance.choice([0, 255, chance.randrange(256)]) for _ in range(len(data[place:place + count])))


def truncate(data, chance):
    del data[chance.choice([chance.randrange(HEADER, len(data)), chance.randrange(1, len(data) // 4096) * 4096]):]


def move_page(data, chance):
    """A page that was written to the place of another one."""
    pages = len(data) // 4096
    to, other = chance.randrange(1, pages), chance.randrange(1, pages)
    data[to * 4096:(to + 1) * 4096] = data[other * 4096:(other + 1) * 4096]


def tables(database):
    names = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    return [name for name in names if database.execute('SELECT count(*) FROM ' + name).fetchone()[0] > 1]


def change_rows(path, chance):
    """One statement that no constraint of the schema stops, in a random place."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute('PRAGMA foreign_keys = OFF')
    database.execute('PRAGMA ignore_check_constraints = ON')
    for _ in range(20):
        table = chance.choice(tables(database))
        columns = [row[1] for row in database.execute('PRAGMA table_info(%s)' % table)]
        column = chance.choice(columns)
        keys = ', '.join(row[1] for row in database.execute('PRAGMA table_info(%s)' % table) if row[5])
        pick = 'SELECT %s FROM %s ORDER BY random() LIMIT ' % (keys, table)
        where = '(%s) IN (%s %%d)' % (keys, pick)
        statements = [
            'DELETE FROM %s WHERE %s' % (table, where % chance.choice([1, 1, 3])),
            'UPDATE %s SET %s = %s + %d WHERE %s' % (table, column, column, chance.choice([1, -1, 1 << 20]), where % 1),
            'UPDATE %s SET %s = (SELECT %s FROM %s ORDER BY random() LIMIT 1) WHERE %s' % (table, column, column, table, where % 1),
            'UPDATE %s SET %s = NULL WHERE %s' % (table, column, where % 1),
        ]
        try:
            if chance.random() < .3:
                exchange(database, table, column, keys, chance)
            else:
                database.execute(chance.choice(statements))
            if database.total_changes: break
        except sqlite3.Error:
            continue
    database.close()


def exchange(database, table, column, keys, chance):
    """Two rows of a table exchange a column."""
    rows = database.execute('SELECT %s, %s FROM %s ORDER BY random() LIMIT 2' % (column, keys, table)).fetchall()
    condition = ' AND '.join('%s = ?' % key for key in keys.split(', '))
    database.execute('BEGIN')
    try:
        for (_, *key), (value, *_) in zip(rows, reversed(rows)):
            database.execute('UPDATE %s SET %s = ? WHERE %s' % (table, column, condition), (value, *key))
        database.execute('COMMIT')
    except sqlite3.Error:
        database.execute('ROLLBACK')
        raise


def lose_index_entry(path, chance):
    """An index without some entries, and one that has entries of other rows, as a lost write leaves them."""
    database = sqlite3.connect(path, isolation_level=None)
    index, table, sql = chance.choice(database.execute(
        "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall())
    database.execute('PRAGMA writable_schema = ON')
    # An index of fewer rows is made under another text, and then given the one that it had.
    rows = database.execute('SELECT count(*) FROM ' + table).fetchone()[0]
    if rows < 2: return database.close()
    columns = sql[sql.index('('):]
    plain = columns.split(' WHERE ')[0]
    database.execute('DROP INDEX ' + index)
    limit = database.execute('SELECT %s FROM %s ORDER BY random() LIMIT 1' % (plain.strip('()').split(',')[0], table)).fetchone()[0]
    first = plain.strip('()').split(',')[0]
    if limit is None: return database.close()
    value = "'%s'" % limit if isinstance(limit, str) else str(limit)
    where = columns.split(' WHERE ')[1] + ' AND ' if ' WHERE ' in columns else ''
    database.execute('CREATE INDEX %s ON %s %s WHERE %s%s <> %s' % (index, table, plain, where, first, value))
    database.execute('UPDATE sqlite_schema SET sql = ? WHERE name = ?', (sql, index))
    database.close()


FILE_DAMAGE = [flip, flip, flip, overwrite, truncate, move_page]
ROW_DAMAGE = [change_rows, change_rows, lose_index_entry]


# --- Trials

class Trials:
    def __init__(self, folder, seed):
        self.folder, self.seed = folder, seed
        self.counts, self.faults = collections.Counter(), []
        self.stores, self.answers = {}, {}
        for kind in QUESTIONS:
            path = os.path.join(folder, kind + '.db')
            subprocess.run([STRATA, 'import', DUMPS, '--store', path], check=True, stdout=subprocess.DEVNULL)
            if kind == 'pruned':
                subprocess.run([STRATA, 'store', 'prune', '--store', path, '--captures', '1d', '--minutes', 'never', '--hours', 'never'],
                               check=True, stdout=subprocess.DEVNULL)
            with sqlite3.connect(path) as database: database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
            database.close()
            self.stores[kind] = open(path, 'rb').read()
            for question in QUESTIONS[kind]:
                code, answer = run(question, path)
                if code: sys.exit('%s: exit code %s of a store that is whole' % (question, code))
                self.answers[kind, question] = answer

    def run(self, stores, seconds=float('inf'), first=0):
        """Damages so many stores, as many at a time as there are processors, but for no longer than so many seconds."""
        end = time.monotonic() + seconds
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            # Their errors are raised here.
            list(pool.map(lambda number: time.monotonic() > end or self.trial(number), range(first, first + stores)))

    @property
    def damaged(self):
        return sum(count for name, count in self.counts.items() if name.startswith('stores, '))

    def report(self):
        return 'seed %d: %s; %d faults' % (self.seed, ', '.join('%d %s' % (count, name) for name, count in sorted(self.counts.items())), len(self.faults))

    def trial(self, number):
        chance = random.Random('%d %d' % (self.seed, number))
        kind = chance.choice(['rolled', 'rolled', 'pruned'])
        path = os.path.join(self.folder, 'trial-%d.db' % number)
        damage = chance.choice(FILE_DAMAGE + ROW_DAMAGE)
        data = bytearray(self.stores[kind])
        bits = damage(data, chance) if damage in FILE_DAMAGE else None
        with open(path, 'wb') as file: file.write(data)
        if damage in ROW_DAMAGE: damage(path, chance)
        before = captures(path)
        for question in QUESTIONS[kind]:
            code, answer = run(question, path)
            if code is None: self.fault(number, kind, damage, question, 'no end')
            elif code < 0 or code >= 128: self.fault(number, kind, damage, question, 'signal, exit code %d' % code)
            elif code == 0 and answer != self.answers[kind, question]: self.fault(number, kind, damage, question, 'another answer')
            self.counts['refused' if code else 'answered'] += 1
        code, _ = run('store verify --remove-damaged', path)
        if code is None or code < 0 or code >= 128: self.fault(number, kind, damage, 'store verify --remove-damaged', 'exit code %s' % code)
        after = captures(path)
        # A bit is in one capture at most.
        if before is not None and after is not None and bits and before - after > bits:
            self.fault(number, kind, damage, 'store verify --remove-damaged', '%d captures removed' % (before - after))
        self.counts['stores, ' + damage.__name__] += 1
        for suffix in ['', '-wal', '-shm', '.removed-1']:
            if os.path.exists(path + suffix): os.remove(path + suffix)

    def fault(self, number, *what):
        self.faults.append((number, *what))
        print('seed %d, store %d: %s' % (self.seed, number, ', '.join(getattr(word, '__name__', word) for word in what)), flush=True)


def captures(path):
    try:
        with sqlite3.connect(path) as database: return database.execute('SELECT count(*) FROM capture NOT INDEXED').fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError):  # A message of SQLite may quote what was damaged.
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--stores', type=int, default=10**6)
    parser.add_argument('--seed', type=int, default=random.randrange(10**6))
    parser.add_argument('--first', type=int, default=0, help='the number of the first store, to repeat one')
    chosen = parser.parse_args()
    folder = tempfile.mkdtemp(prefix='strata-damage-')
    try:
        trials = Trials(folder, chosen.seed)
        trials.run(chosen.stores, chosen.seconds, chosen.first)
    finally:
        shutil.rmtree(folder)
    print(trials.report())
    sys.exit(1 if trials.faults else 0)


if __name__ == '__main__':
    main()
