# SPDX-License-Identifier: Apache-2.0
"""A folder on a disk that may lose power, fill up or break: what disk_faults.c writes down, and what would be left.

    disk = Disk(folder, build('/tmp'), log)
    subprocess.run([...], env=disk.environment)
    disk.lose_power(random.Random(1))
"""
import mmap
import os
import shutil
import struct
import subprocess
import sys

PAGE = 4096
HEADER = struct.Struct('<6Q')  # length, fault, fuse, part, lies, refused
RECORD = struct.Struct('<IIQQ')  # kind, size, inode, value
OPENED, WRITTEN, RESIZED, SYNCED, SYNC_FAILED, UNLINKED, RENAMED, FOLDER_MADE = range(1, 9)
FAULTS = ['none', 'kill', 'kill-sync', 'full', 'read-only', 'bad-sync', 'bad-write']
FOLDER = object()


def build(folder):
    """The library that programs are run with; None where there is no Linux or no C compiler."""
    source, library = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'disk_faults.c'), os.path.join(folder, 'disk_faults.so')
    compiler = os.environ.get('CC', 'cc')
    if not sys.platform.startswith('linux') or not shutil.which(compiler):
        return None
    subprocess.run([compiler, '-std=c11', '-O2', '-shared', '-fPIC', '-pthread', '-o', library, source], check=True)
    return library


class Disk:
    """A folder and the log of what programs do to it; all that is in it at first is on the disk."""

    def __init__(self, folder, library, log):
        self.folder, self.library, self.log = os.path.realpath(folder), library, log
        self.begin()

    def begin(self):
        """Forgets what was written down, as if all of it were on the disk now."""
        with open(self.log, 'wb') as file:
            file.truncate(PAGE)
        self.first = dict(contents(self.folder))
        with open(self.log, 'r+b') as file:
            self.header = mmap.mmap(file.fileno(), PAGE)

    @property
    def environment(self):
        return dict(os.environ, LD_PRELOAD=self.library, DISK_FOLDER=self.folder, DISK_LOG=self.log)

    def arm(self, fault, fuse=0, part=0):
        """Lets a fault happen after so many more actions; a kill does so when a part of 256 is written."""
        struct.pack_into('<3Q', self.header, 8, FAULTS.index(fault), fuse, part)

    def lie_about_locks(self, lies=True):
        struct.pack_into('<Q', self.header, 32, lies)

    @property
    def refused(self):
        """How many actions have failed of a fault."""
        return HEADER.unpack_from(self.header)[5]

    def records(self):
        """(position after it, kind, inode, value, bytes) of all that happened."""
        with open(self.log, 'rb') as file:
            data = memoryview(file.read())
        position, end = PAGE, PAGE + HEADER.unpack_from(data)[0]
        while position < end:
            kind, size, inode, value = RECORD.unpack_from(data, position)
            position += RECORD.size + size
            yield position - PAGE, kind, inode, value, bytes(data[position - size:position])

    def replay(self):
        state = State(self.folder, self.first)
        for record in self.records():
            state.apply(*record)
        return state

    def is_complete(self):
        """Whether the log tells all that is in the folder; not after a kill, which may come between deed and record."""
        def known(names):
            return {path: data for path, data in names.items() if not path.endswith('-shm')}
        here = {path: data for path, (_, data) in contents(self.folder)}
        return known(here) == known(self.replay().now())

    def lose_power(self, random, torn):
        """Leaves in the folder what was synced; if torn, with some of what was not, sector by sector."""
        left = self.replay().after_power_loss(random if torn else None)
        shutil.copyfile(self.log, self.log + '.before')
        shutil.rmtree(self.folder)
        os.mkdir(self.folder)
        for path in sorted(left):
            if left[path] is FOLDER:
                os.mkdir(path)
            else:
                with open(path, 'wb') as file:
                    file.write(left[path])
        self.begin()


def contents(folder):
    """(path, (inode, bytes or FOLDER)) of all in a folder."""
    for parent, folders, files in os.walk(folder):
        for name in folders:
            path = os.path.join(parent, name)
            yield path, (os.stat(path).st_ino, FOLDER)
        for name in files:
            path = os.path.join(parent, name)
            with open(path, 'rb') as file:
                yield path, (os.stat(path).st_ino, file.read())


class File:
    """The bytes of a file as programs see them, as they are on the disk, and what lies between."""

    def __init__(self, data=b''):
        self.now, self.durable = bytearray(data), bytearray(data)
        self.pending = []  # (position, offset, bytes), or (position, size, None)

    def change(self, *change):
        self.pending.append(change)
        apply(change, self.now)

    def sync(self, position, succeeds):
        """Linux forgets what it could not write: the next sync succeeds, and does not write it either."""
        done = [change for change in self.pending if change[0] <= position]
        self.pending = self.pending[len(done):]
        for change in done if succeeds else []:
            apply(change, self.durable)

    def torn(self, random):
        """For each sector, and for the length, one of its states since the last sync, whatever the others are in."""
        sector, sizes, changes = random.choice((512, 4096)), [len(self.durable)], {}
        for change in self.pending:
            _, offset, data = change
            sizes.append(offset if data is None else max(sizes[-1], offset + len(data)))
            end = max(sizes) if data is None else offset + len(data)
            for number in range(offset // sector, (end - 1) // sector + 1):
                changes.setdefault(number, []).append(change)
        result = bytearray(self.durable).ljust(max(sizes), b'\0')
        keeps = random.choice((0, 0.5, 0.9))
        for number, some in changes.items():
            start, count = number * sector, len(some) if random.random() < keeps else random.randrange(len(some) + 1)
            for _, offset, data in some[:count]:
                first, last = max(start, offset), start + sector
                piece = bytes(sector) if data is None else data[first - offset:last - offset]
                result[first:first + len(piece)] = piece
        return result[:random.choice(sizes)]


def apply(change, data):
    _, offset, written = change
    if written is None:
        del data[offset:]
    data.extend(bytes(max(0, offset - len(data))))
    if written is not None:
        data[offset:offset + len(written)] = written


class State:
    """A folder in memory: its names as programs see them, those on the disk, and changes on their way there."""

    def __init__(self, folder, first):
        self.folder = folder
        objects = {path: data if data is FOLDER else File(data) for path, (_, data) in first.items()}
        self.inodes = {inode: objects[path] for path, (inode, _) in first.items()}
        self.names, self.durable_names, self.pending_names = dict(objects), dict(objects), []
        self.phases = ['starting']  # before the first record, and after each

    def apply(self, position, kind, inode, value, data):
        file = self.inodes.get(inode)
        path = os.fsdecode(data) if kind not in (WRITTEN, RENAMED) else None
        if kind == OPENED and (self.names.get(path) is not file or file is None):
            file = self.inodes[inode] = File()
            self.rename(position, {path: file})
        elif kind == WRITTEN:
            file.change(position, value, data)
        elif kind == RESIZED:
            file.change(position, value, None)
        elif kind == SYNCED and (path == self.folder or self.names.get(path) is FOLDER):
            self.sync_names(path, value)
        elif kind in (SYNCED, SYNC_FAILED) and isinstance(file, File):
            file.sync(value, kind == SYNCED)
        elif kind == UNLINKED:
            self.rename(position, {path: None})
        elif kind == RENAMED:
            old, new = map(os.fsdecode, data.split(b'\0'))
            self.rename(position, {old: None, new: self.names.get(old)})
        elif kind == FOLDER_MADE:
            self.rename(position, {path: FOLDER})
        self.look(kind, file, path)

    def rename(self, position, names):
        self.pending_names.append((position, names))
        self.names = {path: file for path, file in {**self.names, **names}.items() if file is not None}

    def sync_names(self, folder, position):
        def is_done(change):
            return change[0] <= position and folder in map(os.path.dirname, change[1])
        for _, names in filter(is_done, self.pending_names):
            self.durable_names.update(names)
        self.pending_names = [change for change in self.pending_names if not is_done(change)]

    def now(self):
        return {path: file if file is FOLDER else bytes(file.now) for path, file in self.names.items()}

    def after_power_loss(self, random=None):
        """Without random: what was synced. With it, names are as after some of their changes, in order."""
        names = dict(self.durable_names)
        for _, some in self.pending_names[:random.randint(0, len(self.pending_names)) if random else 0]:
            names.update(some)
        left = {}
        for path in sorted(path for path, file in names.items() if file is not None):
            parent, file = os.path.dirname(path), names[path]
            if parent == self.folder or parent in left:
                left[path] = file if file is FOLDER else bytes(file.torn(random) if random else file.durable)
        return left

    def look(self, kind, file, path):
        """What SQLite was at, by the file that was touched last."""
        path, phase = path or next((path for path, other in self.names.items() if other is file), ''), self.phases[-1]
        if path.endswith('-wal'):
            phase = 'closing' if kind == UNLINKED else 'syncing the log' if kind in (SYNCED, SYNC_FAILED) else 'writing the log'
        elif path + '-wal' in self.names:
            phase = 'opening' if kind == OPENED else 'checkpointing'
        elif not path.endswith('-shm'):
            phase = 'creating' if phase in ('starting', 'creating') else phase
        self.phases.append(phase)
