# SPDX-License-Identifier: Apache-2.0
"""What Strata is told in a round, which failures are none of its mistakes, and what its output has to be."""
import time

from programs import Failure
from retention import LEVELS, nanoseconds
from sums import answered, floor


class Command:
    """A command of a store, with what was so when it began."""

    parcels = ()

    def __init__(self, life, *words):
        self.life, self.words = life, list(words)
        self.name = words[-1] if words[0] == 'store' else words[0]

    @property
    def arguments(self):
        return self.words + ['--store', self.life.path]

    def begin(self):
        self.begun, self.acknowledged, self.existed = time.time_ns(), set(self.life.acknowledged), bool(self.life.acknowledged)

    def may_fail(self, status, error):
        """Whether an exit code is right where no disk is to blame: what only reads needs a store that was made to the end."""
        return not self.existed and self.name != 'import'

    def end(self, running):
        """Looks at what a command has said, which has ended in whatever way."""


class Import(Command):
    def __init__(self, life, *parcels):
        super().__init__(life, 'import')
        self.parcels = parcels

    @property
    def arguments(self):
        return super().arguments + ['--print-ids'] + [parcel.folder for parcel in self.parcels]

    def end(self, running):
        for path, (_, id) in running.acknowledged.items():
            if self.life.dumps[path].id != id:
                raise Failure('%s has the id %s, and an import says %s' % (path, self.life.dumps[path].id, id))
            self.life.acknowledged.add(path)


class Asking(Command):
    """A question while others write: the answer holds at least what was acknowledged before, at most all that was given."""

    def __init__(self, life, question):
        super().__init__(life, 'slices')
        self.question = question

    @property
    def arguments(self):
        return super().arguments + self.question.arguments

    def may_fail(self, status, error):
        return super().may_fail(status, error) or status == 64 and self.life.retention.is_any and bool(self.question.after(error))

    def end(self, running):
        if running.status:
            return
        answer, dumps = answered('\n'.join(running.lines)), self.life.dumps
        least = self.question.expected(dumps[path] for path in self.acknowledged)
        most = self.question.expected(dumps.values())
        if any(answer.get(key, 0) < value for key, value in least.items()) or any(most.get(key, 0) < value for key, value in answer.items()):
            raise Failure('while others write: wrong sums of %s' % self.question)


class Prune(Command):
    def __init__(self, life, captures='never', minutes='never', hours='never', size='any'):
        super().__init__(life, 'store', 'prune')
        self.ages, self.size = dict(zip(LEVELS, (captures, minutes, hours))), size

    @property
    def arguments(self):
        captures, minutes, hours = self.ages.values()
        return super().arguments + ['--captures', captures, '--minutes', minutes, '--hours', hours, '--max-size', self.size]

    @classmethod
    def some(cls, life, random):
        return cls(life, random.choice(('0s', '1h', '2h', '12h', '30h', '30h', 'never')), random.choice(('0s', '12h', '30h', 'never')),
                   random.choice(('0s', '30h', 'never')), random.choice(('any', 'any', 'any', '300kB', '1MB')))

    def may_fail(self, status, error):
        return super().may_fail(status, error) or status == 69 and self.size != 'any' and 'nothing more can be deleted' in error

    def end(self, running):
        self.life.retention.allow(self.ages, time.time_ns(), self.size != 'any')
        if running.status == 0 and self.ages['captures'] != 'never':
            # What came meanwhile may be late, and stays until it is in the sums.
            end = floor(self.begun - nanoseconds(self.ages['captures']), LEVELS['captures'])
            self.life.gone.update(path for path in self.acknowledged if self.life.dumps[path].start < end)
