# SPDX-License-Identifier: Apache-2.0
"""Dumps for the soak.

A few real profiles are varied: other times and counts in each, and in some of them functions that are missing, as
programs do not call all of theirs each time. Times are whole nanoseconds, as cProfile's are, or any, as merged dumps have.
"""
import cProfile
import fractions
import hashlib
import json
import marshal
import os
import pstats
import re
import tempfile

LABELS = {'service': ['web', 'worker', 'search'], 'endpoint': ['/', '/search', '/cart', '/login'], 'host': ['a', 'b']}


class Dump:
    """A file, its labels, when its capture started, and the figures of its functions, times in whole nanoseconds."""

    def __init__(self, path, start, labels, stats):
        self.path, self.start, self.labels = path, start, labels
        self.figures = {function: figures[:2] + tuple(map(nanoseconds, figures[2:4])) for function, figures in stats.items()}
        data = marshal.dumps(stats)
        self.id = identity(data, start, labels)
        with open(path, 'wb') as file:
            file.write(data)

    @property
    def stats(self):
        with open(self.path, 'rb') as file:
            return marshal.load(file)


def nanoseconds(seconds):
    """The nearest number of them, exactly."""
    count = round(seconds * 1e9)
    return count if count * 1e-9 == seconds else round(fractions.Fraction(seconds) * 10**9)


def identity(data, start, labels):
    """By which a store knows a dump again: as the documentation of ProfileID has it."""
    def sized(text):
        return b'%d:%s' % (len(text.encode()), text.encode())
    words = b''.join(sized(key) + sized(value) for key, value in sorted(labels.items()))
    return hashlib.blake2b(b'strata-id-1\0%d\0%s\0' % (start, words) + data, digest_size=16).hexdigest()


class Parcel:
    """A folder of dumps with an index, as programs leave them."""

    def __init__(self, folder, name, starts, make, random):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.dumps = [Dump(os.path.join(self.folder, '%d.prof' % number), start, some_labels(random), make())
                      for number, start in enumerate(starts)]
        with open(os.path.join(self.folder, 'index.jsonl'), 'w') as index:
            for dump in self.dumps:
                print(json.dumps({
                    'file': os.path.basename(dump.path), 'timestamp': '%d.%09d' % divmod(dump.start, 10**9), 'duration': '0.25',
                    'labels': dump.labels}), file=index)


def some_labels(random):
    return {key: random.choice(values) for key, values in LABELS.items() if random.random() < 0.9}


class Workload:
    """Parcels of one program, many of its dumps within the same minutes, in three hours before `end` (seconds) or any of two
    days before: each parcel is late for whatever was rolled up or pruned of its time. With a size below 1 there is less in each.
    """

    def __init__(self, folder, random, end, size=1):
        self.folder, self.random, self.size, self.begin = folder, random, size, (end - 10800) // 3600 * 3600 * 10**9
        self.templates = [profile_of(work) for work in (texts, numbers, patterns)]
        self.count = 0

    def small(self, count):
        minutes = self.random.choice((3, 10, 60))
        first = self.some_hour() + self.random.randrange(0, 120, 10) * 60 * 10**9
        return self.parcel([first + self.random.randrange(minutes * 60 * 10**9) for _ in range(int(count * self.size) + 1)], self.varied)

    def large(self, count):
        """Dumps of thousands of functions, which few other dumps have."""
        program = 'program%d.py' % self.random.randrange(10**6)
        return self.parcel([self.some_hour() + self.random.randrange(7200 * 10**9) for _ in range(count)], lambda: self.synthetic(program))

    def some_hour(self):
        return self.begin - self.random.choice((0, self.random.randrange(48))) * 3600 * 10**9

    def parcel(self, starts, make):
        self.count += 1
        self.is_rough = self.random.random() < 0.2
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
        seconds *= self.random.uniform(0.5, 2)
        return seconds if self.is_rough else int(seconds * 1e9) * 1e-9


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
