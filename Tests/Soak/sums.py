# SPDX-License-Identifier: Apache-2.0
"""What is asked of a store, what it answers, and what that has to be: the plain sums over dumps."""
import json
import re
from datetime import datetime

from dumps import LABELS

MINUTE, HOUR, DAY = 60 * 10**9, 3600 * 10**9, 86400 * 10**9
WIDTHS = {'1m': MINUTE, '10m': 10 * MINUTE, '1h': HOUR, '1d': DAY}
PLACES = {'pcalls': 0, 'calls': 1, 'self': 2, 'cumulative': 3}  # in a row of pstats
BEFORE_ALL = -2**63


def floor(time, width):
    return time // width * width


class Question:
    """Slices of a metric, of all captures or of those with one label, in a half-open range of time (nanoseconds)."""

    def __init__(self, every, since=BEFORE_ALL, until=None, metric='self', label=None):
        self.every, self.since, self.until, self.metric, self.label = every, since, until, metric, label

    @classmethod
    def some(cls, random, every, since=BEFORE_ALL, until=None):
        key = random.choice(sorted(LABELS))
        label = (key, random.choice(LABELS[key])) if random.random() < 0.4 else None
        return cls(every, since, until, random.choice(sorted(PLACES)), label)

    def after(self, refusal):
        """The question that a refusal advises to ask; None where it advises none."""
        found = re.search(r'--since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z', refusal)
        since = found and int(datetime.fromisoformat(found[1] + '+00:00').timestamp()) * 10**9
        return found and Question(self.every, max(self.since, since), self.until, self.metric, self.label)

    def wider(self, width):
        """Of all slices of a width that the range touches."""
        until = self.until and -floor(-self.until, width)
        return Question(self.every, floor(self.since, width), until, self.metric, self.label)

    @property
    def arguments(self):
        words = ['--every', self.every, '--metric', self.metric, '--format', 'json']
        if self.since > BEFORE_ALL: words += ['--since', seconds(self.since)]
        if self.until is not None: words += ['--until', seconds(self.until)]
        if self.label: words += ['--where', '%s=%s' % self.label]
        return words

    def __str__(self):
        return 'slices ' + ' '.join(self.arguments)

    def selects(self, dump):
        return (self.since <= dump.start and (self.until is None or dump.start < self.until)
                and (not self.label or dump.labels.get(self.label[0]) == self.label[1]))

    def expected(self, dumps):
        """{(slice, function): sum}, where it is not 0."""
        sums, place, width = {}, PLACES[self.metric], WIDTHS[self.every]
        for dump in filter(self.selects, dumps):
            start = floor(dump.start, width)
            for function, figures in dump.figures.items():
                sums[start, function] = sums.get((start, function), 0) + figures[place]
        return {key: value for key, value in sums.items() if value}


def answered(text):
    """The same of what `strata slices --format json` prints."""
    answer = json.loads(text)
    starts = [one['startNanoseconds'] for one in answer['slices']]
    return {(start, (one['function']['file'], one['function']['line'], one['function']['name'])): value
            for one in answer['series'] for start, value in zip(starts, one['values']) if value}


def seconds(time):
    return '%d.%09d' % divmod(time, 10**9)
