# SPDX-License-Identifier: Apache-2.0
"""What pruning may take away, what it has taken, and which questions a store has to answer all the same."""
from programs import Failure
from sums import BEFORE_ALL, DAY, HOUR, MINUTE, WIDTHS, floor

FOR_EVER = 2**63
# What goes, and by what its end is rounded down.
LEVELS = {'captures': HOUR, 'minute': HOUR, 'hour': DAY}
AGES = {'s': 10**9, 'h': HOUR}


def nanoseconds(age):
    return int(age[:-1]) * AGES[age[-1]]


class Bounds:
    """The times before which captures, sums by the minute and by the hour are gone, as a store has them."""

    def __init__(self, meta):
        self.times = {level: int(meta.get('prunedBefore.' + level, BEFORE_ALL)) for level in LEVELS}

    @property
    def captures(self):
        return self.times['captures']

    def finest(self, time):
        """The width of the finest sums that are complete from a time on; 1 where captures are."""
        for level, width in (('hour', DAY), ('minute', HOUR), ('captures', MINUTE)):
            if time < self.times[level]:
                return width
        return 1

    def has_to_answer(self, question):
        ends = [time for time in (question.since, question.until) if time not in (None, BEFORE_ALL)]
        finest = self.finest(question.since)
        return not any(time % finest for time in ends + [WIDTHS[question.every]])


class Retention:
    """What all prunings of a store together were allowed to take."""

    def __init__(self):
        self.allowed = Bounds({})

    @property
    def is_any(self):
        return any(time > BEFORE_ALL for time in self.allowed.times.values())

    def allow(self, ages, now, is_limited):
        """`ages` are those of a pruning that has ended by now; one that is limited in size may take all."""
        for level, age in ages.items():
            end = FOR_EVER if is_limited else BEFORE_ALL if age == 'never' else floor(now - nanoseconds(age), LEVELS[level])
            self.allowed.times[level] = max(self.allowed.times[level], end)

    def check(self, bounds):
        for level, time in bounds.times.items():
            if time > self.allowed.times[level]:
                raise Failure('pruning has let go too much: %s before %d, not %d' % (level, time, self.allowed.times[level]))
