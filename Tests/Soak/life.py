# SPDX-License-Identifier: Apache-2.0
"""The life of one store: rounds of commands that something ends, and after each the question whether all is there."""
import collections
import os
import shutil
import time

import programs
from commands import Asking, Command, Import
from disk import Disk
from examination import Examination
from programs import Failure
from retention import Bounds, Retention
from sums import Question

FAULTS = ('full', 'read-only', 'bad-sync', 'bad-write')


class Round:
    """What happened in one round, for the report."""

    def __init__(self, scenario, ending):
        self.scenario, self.ending = scenario, ending
        self.deaths, self.complaints = collections.Counter(), []
        self.power_losses = self.acknowledged = self.pruned = self.asked = 0

    def __str__(self):
        deaths = ', '.join('%s killed while %s' % death for death in self.deaths) or 'ended by itself'
        return '%-8s %-9s %s; %d acknowledged, %d pruned %s' % (
            self.scenario.name, self.ending, deaths, self.acknowledged, self.pruned, '; '.join(self.complaints))


class Life:
    def __init__(self, folder, workload, library, random):
        self.folder, self.workload, self.library, self.random = folder, workload, library, random
        self.place = os.path.join(folder, 'place')
        self.path = os.path.join(self.place, random.choice(('store.db', 'new/folders/store.db')))
        self.copy_folder = os.path.join(self.place, 'copies')
        self.disk, self.parcels, self.dumps, self.copies = None, [], {}, []
        # Paths of dumps: what was said to be stored, what may not be kept as such any more, and what is.
        self.acknowledged, self.gone, self.raw, self.bounds = set(), set(), set(), Bounds({})
        self.retention, self.examination = Retention(), Examination(self)
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
        return Import(self, *parcels)

    def asking(self):
        return Asking(self, Question.some(self.random, self.random.choice(('1h', '1d'))))

    def store(self, word):
        return Command(self, 'store', word)

    # --- Rounds

    def play(self, scenario, ending):
        round = self.round = Round(scenario, ending)
        # A disk stays for some rounds: what a first process has not synced may vanish under the next.
        if ending == 'none' or self.random.random() < 0.5 or ending != 'time' and self.disk is None:
            self.begin_disk(ending != 'time' or bool(self.disk))
        commands = scenario.commands(self)
        self.given = list(dict.fromkeys(parcel for command in commands for parcel in command.parcels))
        before, begin = self.phases(), time.monotonic()
        running = self.run(commands, scenario, ending)
        for some in running:
            some.wait()
        seconds, phases = time.monotonic() - begin, self.phases()[max(0, len(before) - 1):]
        self.note(running, round, phases[-1] if phases else None)
        if ending == 'none' or not any(some.status for some in running):
            scenario.learn(seconds, phases)
        self.lose_power_after(ending, round)
        self.check()
        return round

    def begin_disk(self, is_wanted):
        """A disk without copies: those were looked at."""
        shutil.rmtree(self.copy_folder, ignore_errors=True)
        self.copies.clear()
        self.disk = Disk(self.place, self.library, os.path.join(self.folder, 'disk.log')) if self.library and is_wanted else None

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
            return self.run_twice(next((command for command in commands if command.parcels), commands[0]), action)
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
        for command in commands:
            command.begin()
        running = programs.start([command.arguments for command in commands], self.disk and self.disk.environment)
        for some, command in zip(running, commands):
            some.command = command
        return running

    def wait_for_a_moment(self, running, scenario):
        kind, share = self.random.random(), self.random.random()
        if kind < 0.2:
            count = int(share * 300)
            programs.until(running, lambda: sum(len(some.lines) for some in running) > count)
            time.sleep(share * 0.001)
        else:
            time.sleep(scenario.seconds * (share if kind < 0.8 else share ** 6))

    def note(self, running, round, by_disk):
        """What the commands said; it is a mistake to say nothing and fail, or to die of something else than the round."""
        known = len(self.acknowledged)
        for some in running:
            some.command.end(some)
            if some.status == -9:
                round.deaths[some.command.name, self.phase(some, len(running) == 1, by_disk)] += 1
            elif some.status:
                self.note_failure(some, some.command, round)
        round.acknowledged = len(self.acknowledged) - known

    def note_failure(self, some, command, round):
        if command.may_fail(some.status, some.error):
            return
        round.complaints.append('%s: %d: %s' % (command.name, some.status, some.error.replace(self.path, 'STORE').replace(self.place, 'PLACE')))
        if round.ending not in FAULTS or some.status in (65, 70) or some.status < 0 or not some.error:
            raise Failure('strata %s: exit code %d: %s' % (' '.join(some.arguments), some.status, some.error))

    def phase(self, some, is_alone, by_disk):
        """What was going on; without a disk that writes it down, by what was said."""
        if not os.path.exists(self.path):
            return 'starting'
        is_all_said = some.command.parcels and len(some.acknowledged) == sum(len(parcel.dumps) for parcel in some.command.parcels)
        if is_all_said and not (is_alone and by_disk in ('checkpointing', 'closing')):
            return 'rolling up'
        return by_disk or ('between acknowledgements' if some.acknowledged else 'at work')

    # --- What has to be so after each

    def check(self):
        """On a copy, so that the next round finds what this one has left."""
        copy = os.path.join(self.folder, 'copy')
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.place, copy)
        store = os.path.join(copy, os.path.relpath(self.path, self.place))
        present = self.check_store(store)
        for some in self.copies:
            some.check(copy, self.examination.examine)
        again = self.given or self.random.sample(self.parcels, min(2, len(self.parcels)))
        self.examination.check_import(store, again, present)
        if self.random.random() < 0.3:
            self.examination.examine(store, present)

    def check_store(self, store):
        """The paths of the dumps that are known to it: all that were acknowledged, and maybe more."""
        if not os.path.exists(store):
            if self.acknowledged:
                raise Failure('a store with %d acknowledged dumps is not there' % len(self.acknowledged))
            return set()
        content = self.examination.examine(store, self.acknowledged)
        if content.raw & self.gone:
            raise Failure('%d dumps are kept after a pruning that was to let them go' % len(content.raw & self.gone))
        self.round.pruned, self.raw, self.bounds = len(self.raw - content.raw), content.raw, content.bounds
        return content.present

    def check_end(self):
        """At last all that it was given is in it."""
        self.examination.check_import(self.path, self.parcels, self.check_store(self.path))
        if self.check_store(self.path) != set(self.dumps):
            raise Failure('a store lacks dumps that were imported whole')
