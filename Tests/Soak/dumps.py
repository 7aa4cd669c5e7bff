# SPDX-License-Identifier: Apache-2.0
"""Dumps for the soak, and what a store has to answer about them.

A few real profiles are varied: other times and counts in each, and in some of them functions that are missing, as
programs do not call all of theirs each time. Times are whole nanoseconds, as cProfile's are, so sums are exact.
"""
import cProfile
import fractions
import json
import marshal
import os
import pstats
import re
import tempfile

SLICE = 600 * 10**9
LABELS = {'service': ['web', 'worker', 'search'], 'endpoint': ['/', '/search', '/cart', '/login'], 'host': ['a', 'b']}


class Dump:
    """A file, when its capture started, and the self times of its functions, in nanoseconds."""

    def __init__(self, folder, name, start, stats):
        self.path, self.start = os.path.join(folder, name), start
        self.slice = start // SLICE * SLICE
        self.selfs = {function: round(figures[2] * 1e9) for function, figures in stats.items()}
        with open(self.path, 'wb') as file:
            marshal.dump(stats, file)

    @property
    def stats(self):
        with open(self.path, 'rb') as file:
            return marshal.load(file)


class Parcel:
    """A folder of dumps with an index, as programs leave them."""

    def __init__(self, folder, name, starts, make, random):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.dumps = [Dump(self.folder, '%d.prof' % number, start, make()) for number, start in enumerate(starts)]
        with open(os.path.join(self.folder, 'index.jsonl'), 'w') as index:
            for dump in self.dumps:
                print(json.dumps({
                    'file': os.path.basename(dump.path), 'timestamp': '%d.%09d' % divmod(dump.start, 10**9), 'duration': '0.25',
                    'labels': {key: random.choice(values) for key, values in LABELS.items()}}), file=index)


class Workload:
    """Parcels in three hours before `end` (seconds): of one program, many of them within the same minutes, some late.

    With a size below 1 there is less in each.
    """

    def __init__(self, folder, random, end, size=1):
        self.folder, self.random, self.size, self.begin = folder, random, size, (end - 10800) // 3600 * 3600 * 10**9
        self.templates = [profile_of(work) for work in (texts, numbers, patterns)]
        self.count = 0

    def small(self, count):
        minutes = self.random.choice((3, 10, 60))
        first = self.begin + self.random.randrange(0, 120, 10) * 60 * 10**9
        return self.parcel([first + self.random.randrange(minutes * 60 * 10**9) for _ in range(int(count * self.size) + 1)], self.varied)

    def large(self, count):
        """Dumps of thousands of functions, which few other dumps have."""
        program = 'program%d.py' % self.random.randrange(10**6)
        return self.parcel([self.begin + self.random.randrange(7200 * 10**9) for _ in range(count)], lambda: self.synthetic(program))

    def parcel(self, starts, make):
        self.count += 1
        return Parcel(self.folder, 'parcel%d' % self.count, starts, make, self.random)

    def varied(self):
        template, speed = self.random.choice(self.templates), self.random.lognormvariate(0, 1)
        some = {} if self.random.random() < 0.7 else {key for key in template if self.random.random() < 0.05}

        def vary(figures):
            return figures[0], figures[1], self.time(figures[2] * speed), self.time(figures[3] * speed)
        return {key: vary(figures) + ({caller: vary(edge) for caller, edge in figures[4].items()},)
                for key, figures in template.items() if key not in some}

    def synthetic(self, program):
        keys = [(program, line, 'f%d' % line) for line in range(1, int(2000 * self.size) + 1)]
        return {key: (2, 2, self.time(1e-3), self.time(1e-2), {keys[number // 2]: (2, 2, self.time(1e-3), self.time(1e-2))})
                for number, key in enumerate(keys)}

    def time(self, seconds):
        return int(seconds * self.random.uniform(0.5, 2) * 1e9) * 1e-9


def expected(dumps):
    """{(slice, function): nanoseconds} of self times, where there are any."""
    sums = {}
    for dump in dumps:
        for function, value in dump.selfs.items():
            sums[dump.slice, function] = sums.get((dump.slice, function), 0) + value
    return {key: value for key, value in sums.items() if value}


def answered(text):
    """The same of what `strata slices --every 10m --format json` prints."""
    answer = json.loads(text)
    starts = [one['startNanoseconds'] for one in answer['slices']]
    return {(start, (one['function']['file'], one['function']['line'], one['function']['name'])): value
            for one in answer['series'] for start, value in zip(starts, one['values']) if value}


# --- Something to profile

def texts():
    return json.loads(json.dumps({str(number): [number, number / 3, None] for number in range(50)}, indent=1))


def numbers():
    return sorted(sum((fractions.Fraction(i, 7) for i in range(n)), fractions.Fraction()) for n in range(9))


def patterns():
    re.purge()
    return [re.compile('(a|b)*%d[x-z]+?' % number) for number in range(3)]


def profile_of(work):
    profile = cProfile.Profile()
    profile.runcall(work)
    with tempfile.NamedTemporaryFile() as file:
        profile.dump_stats(file.name)
        stats = pstats.Stats(file.name).stats

    def canonical(key):
        return key[0], key[1], re.sub(' at 0x[0-9a-f]+', '', key[2])
    return {canonical(key): figures[:4] + ({canonical(caller): edge for caller, edge in figures[4].items()},)
            for key, figures in stats.items()}
