# SPDX-License-Identifier: Apache-2.0
"""The life of one store: rounds of commands that something ends, and after each the question whether all is there."""
import marshal
import os
import shutil
import sqlite3
import time
from contextlib import closing

import programs
from disk import Disk
from dumps import answered, expected
from programs import Failure

FAULTS = ('full', 'read-only', 'bad-sync', 'bad-write')


class Command:
    def __init__(self, arguments, parcels=()):
        self.arguments, self.parcels = arguments, parcels


class Round:
    """What happened in one round, for the report."""

    def __init__(self, scenario, ending):
        self.scenario, self.ending = scenario, ending
        self.phase, self.deaths, self.power_losses, self.acknowledged, self.complaints = 'ended by itself', 0, 0, 0, []

    def __str__(self):
        return '%-8s %-9s %-16s %d killed, %d acknowledged %s' % (
            self.scenario.name, self.ending, self.phase, self.deaths, self.acknowledged, '; '.join(self.complaints))


class Life:
    def __init__(self, folder, workload, library, random):
        self.folder, self.workload, self.library, self.random = folder, workload, library, random
        self.place = os.path.join(folder, 'place')
        self.path = os.path.join(self.place, random.choice(('store.db', 'new/folders/store.db')))
        self.disk, self.parcels, self.dumps, self.ids, self.acknowledged = None, [], {}, {}, {}
        shutil.rmtree(self.place, ignore_errors=True)
        os.mkdir(self.place)

    # --- What scenarios are made of

    def small(self, count):
        return self.keep(self.workload.small(count))

    def large(self, count):
        return self.keep(self.workload.large(count))

    def keep(self, parcel):
        self.parcels.append(parcel)
        self.dumps.update({dump.path: dump for dump in parcel.dumps})
        return parcel

    def importing(self, *parcels):
        return Command(['import', '--print-ids', '--store', self.path] + [parcel.folder for parcel in parcels], parcels)

    def asking(self):
        return Command(['slices', '--store', self.path, '--every', '10m', '--format', 'json'])

    def store(self, *words):
        return Command(['store', words[0], '--store', self.path] + list(words[1:]))

    # --- Rounds

    def play(self, scenario, ending):
        round = self.round = Round(scenario, ending)
        commands = scenario.commands(self)
        self.given = list(dict.fromkeys(parcel for command in commands for parcel in command.parcels))
        # A disk stays for some rounds: what a first process has not synced may vanish under the next.
        if self.library and (ending == 'none' or ending != 'time' and self.disk is None):
            self.disk = Disk(self.place, self.library, os.path.join(self.folder, 'disk.log'))
        before, begin = self.phases(), time.monotonic()
        running = self.run(commands, scenario, ending)
        for some in running:
            some.wait()
        seconds, phases = time.monotonic() - begin, self.phases()[max(0, len(before) - 1):]
        self.note(running, round)
        if not any(some.status for some in running):
            scenario.learn(seconds, phases)
        if round.deaths:
            round.phase = self.phase(running, phases[-1] if phases else None)
        self.lose_power_after(ending, round)
        self.check()
        if self.random.random() < 0.5:
            self.disk = None
        return round

    def phases(self):
        return self.disk.replay().phases if self.disk else []

    def lose_power_after(self, ending, round):
        if self.disk:
            self.disk.arm('none')
        if ending == 'none' and self.disk and not self.disk.is_complete():
            raise Failure('the disk has overlooked something that was written: its checks mean nothing')
        if ending in ('power', 'resume') or ending in FAULTS and self.random.random() < 0.5:
            self.disk.lose_power(self.random, torn=self.random.random() < 0.6)
            round.power_losses += 1

    def run(self, commands, scenario, ending):
        """Until all have ended or were ended; answers what ran."""
        if ending == 'none':
            return self.start(commands)
        random, action = self.random, scenario.some_action(self.random) if self.disk else 0
        if ending == 'resume':
            return self.run_twice(commands[0], action)
        by_action = ending == 'action' or ending == 'power' and random.random() < 0.6
        if by_action:
            self.disk.arm(random.choice(('kill', 'kill', 'kill-sync')), action, random.randrange(257))
        elif ending in FAULTS:
            self.disk.arm(ending, action)
        running = self.start(commands)
        if by_action and ending == 'power':
            programs.until(running, lambda: any(some.process.poll() is not None and some.status < 0 for some in running))
        elif ending in ('time', 'power'):
            self.wait_for_a_moment(running, scenario)
        if ending in ('time', 'power'):
            programs.kill(running, random.choice(running) if ending == 'time' and random.random() < 0.3 else None)
        return running

    def run_twice(self, command, action):
        """What a process left unsynced is there for the next one, but not after a power failure.

        The next must not take it for safe: it is killed when it syncs first, and may not have said 'known' before.
        """
        ran = []
        for fuse in (action, 0):
            self.disk.arm('kill-sync', fuse)
            ran += self.start([command])
            ran[-1].wait()
        return ran

    def start(self, commands):
        return programs.start([command.arguments for command in commands], self.disk and self.disk.environment)

    def wait_for_a_moment(self, running, scenario):
        kind, share = self.random.random(), self.random.random()
        if kind < 0.2:
            count = int(share * 300)
            programs.until(running, lambda: sum(len(some.lines) for some in running) > count)
            time.sleep(share * 0.001)
        else:
            time.sleep(scenario.seconds * (share if kind < 0.8 else share ** 6))

    def note(self, running, round):
        """What the commands said; it is a mistake to say nothing and fail, or to die of something else than the round."""
        existed = bool(self.acknowledged)
        for some in running:
            for path, (_, id) in some.acknowledged.items():
                if self.ids.setdefault(id, path) != path:
                    raise Failure('two dumps have the id %s: %s and %s' % (id, self.ids[id], path))
                round.acknowledged += path not in self.acknowledged
                self.acknowledged[path] = id
            round.deaths += some.status == -9
            if some.status not in (0, -9):
                round.complaints.append('%s: %d: %s' % (some.arguments[0], some.status, some.error.replace(self.path, 'STORE')))
                expected_trouble = round.ending in FAULTS or some.arguments[0] != 'import' and not existed
                if some.status < 0 or some.status == 70 or not some.error or not expected_trouble:
                    raise Failure('strata %s: exit code %d: %s' % (' '.join(some.arguments), some.status, some.error))

    def phase(self, running, by_disk):
        """What was going on; without a disk that writes it down, by what was said."""
        said = [path for some in running for path in some.acknowledged]
        if not os.path.exists(self.path):
            return 'starting'
        if len(running) == 1 and len(said) == sum(len(parcel.dumps) for parcel in self.given) and by_disk not in ('checkpointing', 'closing'):
            return 'rolling up'
        return by_disk or ('between acknowledgements' if said else 'before the first acknowledgement')

    # --- What has to be so after each

    def check(self):
        """On a copy, so that the next round finds what this one has left."""
        copy = os.path.join(self.folder, 'copy')
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.place, copy)
        store = os.path.join(copy, os.path.relpath(self.path, self.place))
        self.check_import(store, self.given or self.parcels[:1], self.check_store(store) if os.path.exists(store) else set())
        if self.random.random() < 0.3:
            self.check_store(store)

    def check_store(self, store):
        """All that was acknowledged is in it, and what is in it is whole."""
        answer = self.ask(store)
        present, raw = self.look_into(store)
        missing = [path for path in self.acknowledged if path not in present]
        if missing:
            raise Failure('%d of %d acknowledged dumps are lost, such as %s' % (len(missing), len(self.acknowledged), missing[0]))
        if present and answer is None:
            raise Failure('a store with %d dumps cannot be asked' % len(present))
        if present and answered(answer) != expected(self.dumps[path] for path in present):
            raise Failure('the sums of %d dumps are others than those of the dumps' % len(present))
        for path in self.random.sample(sorted(raw), min(1, len(raw))):
            self.check_dump(store, path)
        if programs.has('store') and programs.has('store', 'verify') and present:
            programs.output('store', 'verify', '--store', store)
        return present

    def ask(self, store):
        """The sums; none of a store that was hit while it came into being, which only a writer may bring to an end."""
        try:
            return programs.output('slices', '--store', store, '--every', '10m', '--format', 'json')
        except Failure:
            if self.acknowledged:
                raise

    def look_into(self, store):
        """The paths of the dumps that are known to the store, and of those it holds; through a SQLite that is not Strata's."""
        with closing(sqlite3.connect(store)) as database:
            def all(sql):
                return database.execute(sql).fetchall()
            if all('PRAGMA integrity_check') != [('ok',)] or all('PRAGMA foreign_key_check'):
                raise Failure('the file is damaged: %s' % all('PRAGMA integrity_check')[:3])
            tables = {name for name, in all("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if 'profile' not in tables:
                return set(), set()
            if all('SELECT 1 FROM profile WHERE edgeCount > 0 AND id NOT IN (SELECT profile FROM profileEdges)'):
                raise Failure('a profile is stored without its edges')
            starts = {dump.start: path for path, dump in self.dumps.items()}
            raw = {id.hex(): starts[start] for id, start in all('SELECT profileID, start FROM profile')}
            self.ids.update(raw)
            pruned = all('SELECT profileID FROM prunedProfile') if 'prunedProfile' in tables else []
            return set(raw.values()) | {self.ids[id.hex()] for id, in pruned}, set(raw.values())

    def check_dump(self, store, path):
        start, copy = self.dumps[path].start, os.path.join(self.folder, 'back.prof')
        since, until = ('%d.%09d' % divmod(time, 10**9) for time in (start, start + 1))
        programs.output('report', '--store', store, '--since', since, '--until', until, '--format', 'prof', '-o', copy)
        with open(copy, 'rb') as file:
            if marshal.load(file) != self.dumps[path].stats:
                raise Failure('%s comes back as another dump' % path)

    def check_import(self, store, parcels, present):
        """Importing once more says of each dump rightly whether it was there, and brings what was not."""
        running = programs.start([['import', '--print-ids', '--store', store] + [parcel.folder for parcel in parcels]])
        if running[0].wait():
            raise Failure('a new import fails: %s' % running[0].error)
        said = {path for path, (word, _) in running[0].acknowledged.items() if word == 'known'}
        known = {dump.path for parcel in parcels for dump in parcel.dumps if dump.path in present}
        if said != known:
            raise Failure('an import takes %d dumps for known, where %d are' % (len(said), len(known)))
