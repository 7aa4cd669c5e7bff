# SPDX-License-Identifier: Apache-2.0
"""Whether a store holds all that was acknowledged, whole, and answers with the sums of the dumps that it holds."""
import os
import shutil
import sqlite3
from contextlib import closing

import programs
from copies import check_dump, exported
from programs import Failure
from retention import Bounds
from sums import HOUR, MINUTE, WIDTHS, Question, answered, floor, seconds


class Content:
    """What is in a store's file, through a SQLite that is not Strata's."""

    def __init__(self, store, dumps):
        with closing(sqlite3.connect(store)) as database:
            self.all = lambda sql: database.execute(sql).fetchall()
            self.check_file()
            tables = {name for name, in self.all("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            has_all = 'prunedCapture' in tables
            paths = {dump.id: dump.path for dump in dumps.values()}
            # Dumps that are kept as such, and all that are known.
            self.raw = {paths[id.hex()] for id, in self.all('SELECT profileID FROM capture')} if has_all else set()
            pruned = {paths[id.hex()] for id, in self.all('SELECT profileID FROM prunedCapture')} if has_all else set()
            self.present = self.raw | pruned
            self.bounds = Bounds(dict(self.all('SELECT key, value FROM meta')) if has_all else {})
            if has_all and self.all('SELECT 1 FROM capture WHERE edgeCount > 0 AND id NOT IN (SELECT capture FROM captureEdges)'):
                raise Failure('a profile is stored without its edges')
            if self.raw & pruned:
                raise Failure('%d dumps are kept, and pruned as well' % len(self.raw & pruned))
        del self.all

    def check_file(self):
        if self.all('PRAGMA integrity_check') != [('ok',)] or self.all('PRAGMA foreign_key_check'):
            raise Failure('the file is damaged: %s' % self.all('PRAGMA integrity_check')[:3])


class Examination:
    """Of copies of one life's store, which it may change."""

    def __init__(self, life):
        self.life, self.random = life, life.random

    def examine(self, store, acknowledged=()):
        """What a store holds, which has to be whole and to hold at least what was acknowledged."""
        content = Content(store, self.life.dumps)
        missing = [path for path in acknowledged if path not in content.present]
        if missing:
            raise Failure('%d of %d acknowledged dumps are lost, such as %s' % (len(missing), len(acknowledged), missing[0]))
        self.life.retention.check(content.bounds)
        if content.present:
            self.check_sums(store, content)
            self.check_dumps(store, content)
            programs.output('store', 'verify', '--store', store)
        return content

    # --- Sums

    def check_sums(self, store, content):
        """By the day since ever, in hours and in minutes where they are, and of a range that may be refused."""
        random, hours, minutes = self.random, content.bounds.times['hour'], content.bounds.times['minute']
        self.ask(store, content, Question.some(random, '1d'))
        self.ask(store, content, Question.some(random, '1h', since=hours))
        since = max(hours, minutes, floor(self.some_start(content.present), HOUR))
        self.ask(store, content, Question.some(random, random.choice(('1m', '10m')), since, since + random.choice((1, 7, 60)) * MINUTE))
        since = self.some_start(content.present) - random.choice((0, 1, 10**9, 10**11))
        every = random.choice(sorted(WIDTHS))
        self.ask(store, content, Question.some(random, every, since, since + random.randrange(1, 10000) * 10**9))

    def some_start(self, paths):
        return self.life.dumps[self.random.choice(sorted(paths))].start

    def ask(self, store, content, question):
        """The answer is right; or else captures that are gone were needed for it, and the question that is advised has one."""
        running, = programs.start([['slices', '--store', store] + question.arguments])
        if running.wait():
            later = question.after(running.error)
            if content.bounds.has_to_answer(question) or not self.are_gone(question, content) or later is None or later.since == question.since:
                raise Failure('%s: exit code %d: %s' % (question, running.status, running.error))
            return self.ask(store, content, later)
        self.life.round.asked += 1
        wanted = question.expected(self.life.dumps[path] for path in content.present)
        if answered('\n'.join(running.lines)) != wanted:
            raise Failure('%s of %d dumps: other sums than those of the dumps' % (question, len(content.present)))

    def are_gone(self, question, content):
        """Whether sums of a time whose captures are let go lie in the range, be it in part.

        They may hold captures that came late, which stay until the next pruning, and are not to be had either.
        """
        bounds, dumps = content.bounds, map(self.life.dumps.get, content.present)
        return any(question.wider(bounds.finest(dump.start)).selects(dump) for dump in dumps if dump.start < bounds.captures)

    # --- Dumps

    def check_dumps(self, store, content):
        """What is not in a time that was pruned comes back bit for bit: one as a report, or many as an export."""
        dumps = sorted((dump for dump in map(self.life.dumps.get, content.raw) if dump.start >= content.bounds.captures),
                       key=lambda dump: dump.start)
        if not dumps:
            return
        first = self.random.randrange(len(dumps))
        some = dumps[first:first + self.random.choice((1, 1, 50))]
        since, until = seconds(some[0].start), seconds(some[-1].start + 1)
        if len(some) == 1:
            copy = os.path.join(self.life.folder, 'back.prof')
            programs.output('report', '--store', store, '--since', since, '--until', until, '--format', 'prof', '-o', copy)
            return check_dump(copy, some[0])
        folder = os.path.join(self.life.folder, 'back')
        shutil.rmtree(folder, ignore_errors=True)
        programs.output('store', 'export', folder, '--store', store, '--since', since, '--until', until)
        if exported(folder, self.life) != {dump.path for dump in some}:
            raise Failure('an export of %d dumps holds %d' % (len(some), len(exported(folder, self.life))))

    # --- Importing once more

    def check_import(self, store, parcels, present):
        """It says of each dump rightly whether it was there, brings what was not, and changes no other sum."""
        running, = programs.start([['import', '--print-ids', '--store', store] + [parcel.folder for parcel in parcels]])
        if running.wait():
            raise Failure('a new import fails: %s' % running.error)
        said = {path for path, (word, _) in running.acknowledged.items() if word == 'known'}
        given = {dump.path for parcel in parcels for dump in parcel.dumps}
        if said != given & present:
            raise Failure('an import takes %d dumps for known, where %d are' % (len(said), len(given & present)))
        content = Content(store, self.life.dumps)
        if content.present != present | given:
            raise Failure('a store lacks dumps that were imported')
        self.ask(store, content, Question.some(self.random, '1d'))
        self.ask(store, content, Question.some(self.random, '1h', since=content.bounds.times['hour']))
