#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills Strata while it writes, takes its disk's power, fills the disk and breaks it, and asks each time whether all is there.

A store lives through many rounds. In each, commands import dumps, ask, roll up, prune, compact, verify, back up and export,
many at a time, and something ends them: SIGKILL at a random time, or at a random action on the disk (before it, after it,
or in the middle of a write); a power failure, which leaves of the files what was synced, or that and some sectors more; a
disk that is full, read-only, or fails to sync or write once. Then on a copy of the store:

- all dumps that were acknowledged are in it, and 'strata store verify' and SQLite find it whole;
- sums over days, and over the hours and minutes that are kept, are to the nanosecond those of the dumps, added up here; any
  other question has the right answer too, or is refused because of pruned captures, with one that has it;
- dumps that are not pruned come back bit for bit; a pruning took what it was told to, and nothing else;
- importing once more, also for times that were pruned, says 'known' of what was there and 'stored' of what was not;
- backups and exports that have their names are whole, and those that were said to be done are there.

The next round goes on with the store as it was left. Before the first, a disk whose locks do not hold gets no store, and an import
that removes what it has stored is killed at each action on its folder: nothing is left there, and nothing is stored twice. Upgrades
of older stores are killed and go on, and damaged stores are asked: each answer is the right one, or an error (damage.py).

Needs Python 3.8, and for all but kills at a random time Linux and a C compiler.
"""
import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import time

import damage
import locks
import removals
import scenarios
import upgrades
from disk import build
from dumps import Workload
from life import FAULTS, Life
from programs import TOOL, Failure


def options():
    parser = argparse.ArgumentParser(prog='scripts/soak', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--kills', type=int, default=200, metavar='N', help='until so many commands were killed (default: %(default)s)')
    parser.add_argument('--power-losses', type=int, metavar='N', help='and the power was lost so often (default: a third of the kills)')
    parser.add_argument('--faults', type=int, metavar='N', help='and so many disks were full or broke (default: a fifth of the kills)')
    parser.add_argument('--upgrades', type=int, metavar='N', help='kill upgrades at so many actions on the disk (default: as many as commands)')
    parser.add_argument('--damages', type=int, metavar='N', help='damage so many stores, and ask them (default: five times as many)')
    parser.add_argument('--seconds', type=float, default=float('inf'), metavar='N', help='but no longer than so many seconds')
    parser.add_argument('--short', action='store_true', help='what scripts/test does: 10 kills, 3 power losses and 2 faults, 6 upgrades, 16 damaged stores, with few and small dumps')
    parser.add_argument('--seed', type=int, default=random.randrange(10**6), metavar='N', help='what is random happens alike, but for the time that things take')
    parser.add_argument('--keep', action='store_true', help='keep the folder also if nothing is lost')
    parser.add_argument('--verbose', action='store_true', help='print each round')
    chosen = parser.parse_args()
    chosen.size = 0.15 if chosen.short else 1
    if chosen.short:
        chosen.kills, chosen.power_losses, chosen.faults, chosen.upgrades, chosen.damages = 10, 3, 2, 6, 16
    if chosen.power_losses is None: chosen.power_losses = chosen.kills // 3
    if chosen.faults is None: chosen.faults = chosen.kills // 5
    if chosen.upgrades is None: chosen.upgrades = chosen.kills
    if chosen.damages is None: chosen.damages = 5 * chosen.kills
    return chosen


class Soak:
    def __init__(self, chosen, folder):
        self.chosen, self.folder, self.random, self.begin = chosen, folder, random.Random(chosen.seed), time.monotonic()
        self.library, self.scenarios = build(folder), scenarios.available(often=3 if chosen.short else 1)
        self.kills, self.rounds, self.complaints = collections.Counter(), collections.Counter(), collections.Counter()
        self.life, self.lives, self.removals, self.upgrades, self.damaged = None, 0, 0, (0, 0), ''
        self.power_losses = self.faults = self.acknowledged = self.pruned = self.asked = 0
        if not self.library:
            print('SKIPPED: power failures and broken disks, which need Linux and a C compiler')
            chosen.power_losses = chosen.faults = 0

    def run(self):
        if self.library:
            locks.check(self.folder, self.library)
            self.removals = removals.check(self.folder, self.library)
            self.upgrades = upgrades.check(self.folder, self.library, self.random, self.chosen.upgrades)
        self.damage()
        while any(self.missing().values()) and time.monotonic() - self.begin < self.chosen.seconds:
            self.live()

    def damage(self):
        place = os.path.join(self.folder, 'damage')
        os.mkdir(place)
        trials = damage.Trials(place, self.chosen.seed)
        trials.run(self.chosen.damages, self.chosen.seconds / 4)
        self.damaged = trials.report()
        if trials.faults:
            raise Failure('damage: %s' % (trials.faults[0],))
        shutil.rmtree(place)

    def missing(self):
        """How many of each are still to come."""
        kills = max(0, self.chosen.kills - sum(self.kills.values()))
        return {'time': (kills + 1) // 2, 'action': (kills + 1) // 2 if self.library else 0, 'power': max(0, self.chosen.power_losses - self.power_losses),
                'fault': max(0, self.chosen.faults - self.faults)}

    def live(self):
        """One store, from its creation on."""
        self.lives += 1
        place = os.path.join(self.folder, 'life')
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place)
        seed = self.random.randrange(10**9)
        life = self.life = Life(place, Workload(place, random.Random(seed), int(time.time()), self.chosen.size), self.library, self.random)
        for number in range(self.random.randint(3, 14)):
            missing = self.missing()
            if not any(missing.values()) or time.monotonic() - self.begin > self.chosen.seconds:
                break
            some = self.next_scenario() if number else scenarios.CREATING
            ending = self.random.choices(list(missing), list(missing.values()))[0]
            ending = self.random.choice({'fault': FAULTS, 'power': ('power', 'power', 'resume')}.get(ending, (ending,)))
            self.note(life.play(some, ending if some.is_known else 'none'))
        life.check_end()

    def next_scenario(self):
        """Each in its turn, so that a short run has all of them as well."""
        return min(self.scenarios, key=lambda scenario: (self.rounds[scenario.name] + self.random.random()) / scenario.often)

    def note(self, round):
        with open(os.path.join(self.folder, 'history'), 'a') as history:
            print(self.lives, round, file=history)
        if self.chosen.verbose:
            print(self.lives, round, flush=True)
        self.rounds[round.scenario.name] += 1
        self.kills.update(round.deaths)
        self.power_losses += round.power_losses
        self.acknowledged += round.acknowledged
        self.pruned += round.pruned
        self.asked += round.asked
        self.faults += round.ending in FAULTS
        for complaint in round.complaints:
            self.complaints[round.ending, complaint] += 1

    def report(self, verdict=''):
        for (command, phase), count in sorted(self.kills.items()):
            print('%5d killed: %s while %s' % (count, command, phase))
        print('%5d killed: import --delete-stored while removing, each time before another action or after it' % self.removals)
        print('%5d upgrades killed, and %d whose disk lost its power' % self.upgrades)
        print('damaged stores: %s' % self.damaged)
        for (fault, complaint), count in sorted(self.complaints.items()):
            print('%5d times, %s: %s' % (count, fault, complaint))
        print('%d kills, %d power failures and %d faults of the disk in %d rounds of %d stores; %d dumps acknowledged%s; %d pruned; %d questions; %.0f s (seed %d)' % (
            sum(self.kills.values()), self.power_losses, self.faults, sum(self.rounds.values()), self.lives, self.acknowledged,
            verdict, self.pruned, self.asked, time.monotonic() - self.begin, self.chosen.seed))


def main():
    chosen = options()
    if not os.access(TOOL, os.X_OK):
        sys.exit('there is no program %s: say in $STRATA where it is' % TOOL)
    folder = tempfile.mkdtemp(prefix='strata-soak-')
    soak = Soak(chosen, folder)
    try:
        soak.run()
    except Failure as failure:
        soak.report()
        sys.exit('FAIL: %s\nIn: %s\nAgain with --seed %d; all files are in %s' % (failure, soak.life and soak.life.round, chosen.seed, folder))
    soak.report(', none lost')
    if chosen.keep:
        print('kept: %s' % folder)
    else:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
