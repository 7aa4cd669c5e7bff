# SPDX-License-Identifier: Apache-2.0
"""Backups and exports: what has its name is whole, whatever ended the command, and what was said to be done is there."""
import json
import marshal
import os
from decimal import Decimal

from commands import Command
from programs import Failure
from sums import BEFORE_ALL, seconds


class Copy(Command):
    """A file or a folder that a command makes of a store, beside it on the same disk."""

    def __init__(self, life, word):
        super().__init__(life, 'store', word)
        life.copies.append(self)
        self.place = os.path.join(life.copy_folder, '%s-%d' % (word, len(life.copies)))
        self.is_done = False

    @property
    def arguments(self):
        return super().arguments + [self.place]

    def end(self, running):
        self.is_done = running.status == 0

    def check(self, root, examine):
        """In a copy of the disk; `examine` answers what a store holds, after it has found it whole."""
        path = os.path.join(root, os.path.relpath(self.place, self.life.place))
        if os.path.exists(path):
            self.check_content(path, examine)
        elif self.is_done:
            raise Failure('%s was made, and is lost' % self)

    def __str__(self):
        return '%s %s' % (self.name, os.path.basename(self.place))

    def expect(self, paths, wanted):
        missing = wanted - paths
        if missing:
            raise Failure('%s lacks %d dumps that were acknowledged before it began, such as %s' % (self, len(missing), min(missing)))


class Backup(Copy):
    def __init__(self, life):
        super().__init__(life, 'backup')

    def end(self, running):
        super().end(running)
        partial = '%s.partial-%d' % (self.place, running.process.pid)
        if running.status in (0, 69, 73) and self.life.round.ending != 'read-only' and os.path.exists(partial):
            raise Failure('%s leaves %s behind, and was not killed' % (self, partial))

    def check_content(self, path, examine):
        self.expect(examine(path).present, self.acknowledged)


class Export(Copy):
    """Captures from a time on: of those before, some may be pruned."""

    def __init__(self, life, since=BEFORE_ALL):
        super().__init__(life, 'export')
        self.since = since

    @property
    def arguments(self):
        return super().arguments + (['--since', seconds(self.since)] if self.since > BEFORE_ALL else [])

    def may_fail(self, status, error):
        return super().may_fail(status, error) or status == 64 and self.life.retention.is_any and 'were pruned' in error

    def check_content(self, path, examine):
        paths = exported(path, self.life)
        if self.is_done:
            self.expect(paths, {path for path in self.acknowledged if self.life.dumps[path].start >= self.since})

    def check(self, root, examine):
        # Where nothing is selected, there is no folder.
        if self.is_done and not any(self.life.dumps[path].start >= self.since for path in self.acknowledged):
            return
        super().check(root, examine)


def exported(folder, life):
    """The paths of the dumps whose lines stand in a folder; each of them is there, whole and with its time and labels."""
    dumps = {dump.id: dump for dump in life.dumps.values()}
    paths = set()
    for entry in entries(os.path.join(folder, 'index.jsonl')):
        dump = dumps[entry['profileID']]
        if entry.get('labels', {}) != dump.labels or Decimal(entry['timestamp']) * 10**9 != dump.start:
            raise Failure('%s comes back with another time or other labels: %s' % (dump.path, entry))
        check_dump(os.path.join(folder, entry['file']), dump)
        paths.add(dump.path)
    return paths


def entries(index):
    """What the lines say. The last one may have been cut off, or torn by a power failure: nobody was told of its dump."""
    if not os.path.exists(index):
        return []
    with open(index, 'rb') as file:
        lines = file.read().split(b'\n')
    try:
        json.loads(lines[-2] if len(lines) > 1 else b'null')
    except ValueError:
        del lines[-2]
    return [json.loads(line) for line in lines[:-1] if line]


def check_dump(path, dump):
    with open(path, 'rb') as file:
        if marshal.load(file) != dump.stats:
            raise Failure('%s comes back as another dump' % dump.path)

