# SPDX-License-Identifier: Apache-2.0
"""What programs do to a store at the same time, while something ends them.

A scenario is a function of a life that answers its commands; those before the first that imports nothing write.
"""
from commands import Prune
from copies import Backup, Export
from programs import has


class Scenario:
    def __init__(self, name, often, commands, needs=()):
        self.name, self.often, self.commands, self.needs = name, often, commands, needs
        self.seconds, self.phases = 0, []

    @property
    def is_known(self):
        return self.seconds > 0

    def learn(self, seconds, phases):
        """How long it takes if nothing ends it, and what it is at after how many actions on the disk."""
        self.seconds, self.phases = max(seconds, self.seconds * 0.8), phases or self.phases

    def some_action(self, random):
        """The number of an action: any, an early one, or one of a phase, as some phases are short."""
        count, phase = len(self.phases), random.choice(sorted(set(self.phases)))
        return random.choice((random.randrange(count), int(count * random.random() ** 4),
                              random.choice([number for number, other in enumerate(self.phases) if other == phase])))


def importing(life):
    return [life.importing(life.small(100))]


def batches(life):
    return [life.importing(life.small(150), life.small(150), life.large(2))]


def large(life):
    return [life.importing(life.large(5))]


def again(life):
    return [life.importing(life.small(20), *some_parcels(life))]


def some_parcels(life):
    return life.random.sample(life.parcels, min(3, len(life.parcels)))


def writers(life):
    shared = life.small(60)
    return [life.importing(life.small(60), shared), life.importing(shared, life.small(40)), life.importing(life.large(2)), life.asking()]


def reading(life):
    return [life.importing(life.small(100))] + [life.asking() for _ in range(3)]


def rolling_up(life):
    return [life.store('rollup'), life.importing(life.small(100))]


def pruning(life):
    return [Prune.some(life, life.random)]


def pruning_while(life):
    """While others ask, and import what is late for it and what it may just let go."""
    return [Prune.some(life, life.random), life.importing(life.small(60), *some_parcels(life)), life.asking()]


def pruners(life):
    return [Prune.some(life, life.random), Prune.some(life, life.random), life.store('rollup'), life.importing(life.small(40))]


def compacting(life):
    return [life.store('compact'), Prune.some(life, life.random), life.importing(life.small(40))]


def copying(life):
    return [Backup(life), Export(life, life.bounds.captures), life.importing(life.small(40)), Prune.some(life, life.random)]


def all_at_once(life):
    return [life.importing(life.small(60)), Prune.some(life, life.random), life.store('rollup'), life.store('compact'),
            life.store('verify'), Backup(life), Export(life, life.bounds.captures), life.asking(), life.importing(*some_parcels(life))]


# The first command of a store's life makes it, in whatever scenario: this one is short, so that it is hit while it does.
CREATING = Scenario('create', 0, lambda life: [life.importing(life.small(4))])
ALL = [
    Scenario('import', 2, importing),
    Scenario('batches', 2, batches),
    Scenario('large', 2, large),
    Scenario('again', 1, again),
    Scenario('writers', 3, writers),
    Scenario('readers', 1, reading),
    Scenario('roll up', 3, rolling_up, ('store', 'rollup')),
    Scenario('prune', 3, pruning, ('store', 'prune')),
    Scenario('prune+', 3, pruning_while, ('store', 'prune')),
    Scenario('pruners', 2, pruners, ('store', 'prune')),
    Scenario('compact', 2, compacting, ('store', 'compact')),
    Scenario('copies', 2, copying, ('store', 'backup')),
    Scenario('all', 3, all_at_once, ('store', 'export')),
]


def available(often):
    """Those that this Strata has the commands for, and that come so often."""
    return [scenario for scenario in ALL if scenario.often >= often and (not scenario.needs or has(scenario.needs[0]) and has(*scenario.needs))]
