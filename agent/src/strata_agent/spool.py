# SPDX-License-Identifier: Apache-2.0
"""A spool folder: dumps, and an `index.jsonl` that says what they are of.

`strata import FOLDER` reads it, also while it is written. Any number of processes may write into one folder: each
step is taken under `flock` on `index.jsonl.lock`, as the Swift library does. A dump is written under a name that
nobody takes for one, renamed, and then named by a line: a writer that is killed loses nothing, and leaves nothing
that a reader could misread. A loss of power costs what the system had not brought to the disk by itself: to make it do
so for each dump would cost half of what a budget buys.
Where the dumps would pass the limit, the oldest go, and are counted.
"""
from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import re
import stat
import threading
import time
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Protocol, Sequence, Set

try:
    import fcntl
except ImportError:  # Windows: one process writes.
    fcntl = None  # type: ignore[assignment]

INDEX = 'index.jsonl'
LOCK = INDEX + '.lock'
_TEMPORARY = 'new.tmp'
#: Held by the process that sends what the folder holds.
DRAIN_LOCK = 'drain.lock'
_NO_DUMPS = ('', '.', '..', _TEMPORARY, DRAIN_LOCK)

#: How many bytes the dumps of a folder may take unless told otherwise.
DEFAULT_LIMIT = 256 << 20

#: The file itself, as it is: where others may write into a folder, a link must not lead to a file of this user's.
_PLAIN = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)

#: There is no room.
_FULL = (errno.ENOSPC, getattr(errno, 'EDQUOT', errno.ENOSPC))

_FILE = re.compile(rb'"file"\s*:\s*"([^"]*)"')

#: What a spool calls its dumps.
_NAME = re.compile(r'[0-9]{8,}T[0-9]{6}\.[0-9]{9}Z-[0-9]+-[0-9]+\.prof')

#: After how many dumps it is looked again what the folder holds: other processes write into it too.
_LOOK_EVERY = 64


class Entry(NamedTuple):
    """A dump in the folder, as its line names it."""

    file: str
    fields: Dict[str, object]


class Dump(Protocol):
    """What a spool keeps: a `Record`, for one."""

    @property
    def data(self) -> bytes:
        """The bytes."""

    @property
    def start(self) -> int:
        """The start of the capture in nanoseconds, which names the file."""

    def line(self, file: str) -> bytes:
        """A line of `index.jsonl`."""


class Spool:
    """Writes a folder, and takes dumps out of it. Errors are `OSError`."""

    _lock_file: Optional[int] = None

    def __init__(self, path: str, limit: int = DEFAULT_LIMIT) -> None:
        self.path = os.path.abspath(path)
        self.limit = limit
        self._threads = threading.Lock()
        #: How many dumps were removed to keep the limit.
        self.dropped = 0
        self._number = 0
        self._process = os.getpid()
        #: The size of the dumps at the last look, with those written since; and how many these were.
        self._size = 0
        self._since_look = _LOOK_EVERY
        os.makedirs(self.path, exist_ok=True)
        with self._lock():
            # Without an index, a dump whose writer was killed would be read without its labels.
            os.close(os.open(self._file(INDEX), os.O_WRONLY | os.O_CREAT | _PLAIN, 0o666))
            _synchronize_folder(self.path)

    # Writing

    def append(self, records: Sequence[Dump]) -> None:
        """Keeps records: a process that is killed afterwards loses none of them.

        One that is larger than the limit is dropped, and counted.
        """
        fitting = [record for record in records if len(record.data) <= self.limit]
        self.dropped += len(records) - len(fitting)
        with self._lock():
            for part in self._parts(fitting):
                self._append(part)

    def _parts(self, records: Sequence[Dump]) -> Iterator[List[Dump]]:
        """The records in parts for which there is room: many at once may have more bytes than the limit."""
        part: List[Dump] = []
        size = 0
        for record in records:
            if part and size + len(record.data) > self.limit // 4:
                yield part
                part, size = [], 0
            part.append(record)
            size += len(record.data)
        if part:
            yield part

    def _append(self, records: Sequence[Dump]) -> None:
        self._make_room(sum(len(record.data) for record in records))
        files: List[str] = []
        lines: List[bytes] = []
        try:
            for record in records:
                name = self._name(record.start)
                self._write(name, record.data)
                files.append(name)
                lines.append(record.line(name))
        except OSError:
            for file in files:
                _remove(self._file(file))
            raise
        self._add(b''.join(lines), files)

    def _add(self, lines: bytes, files: Sequence[str]) -> None:
        index = os.open(self._file(INDEX), os.O_RDWR | os.O_CREAT | _PLAIN, 0o666)
        try:
            end = os.lseek(index, 0, os.SEEK_END)
            # What a killed writer left of a line must not swallow this one.
            if end > 0:
                os.lseek(index, end - 1, os.SEEK_SET)
                if os.read(index, 1) != b'\n':
                    lines = b'\n' + lines
            try:
                _write_all(index, lines)
            except OSError:
                os.ftruncate(index, end)
                for file in files:
                    _remove(self._file(file))
                raise
        finally:
            os.close(index)

    def _write(self, name: str, data: bytes) -> None:
        temporary = self._file(_TEMPORARY)
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _PLAIN, 0o666)
            try:
                _write_all(file, data)
            finally:
                os.close(file)
            os.replace(temporary, self._file(name))
        except OSError:
            _remove(temporary)
            raise

    def _name(self, start: int) -> str:
        if self._process != os.getpid():
            self._process, self._number = os.getpid(), 0
        second, part = divmod(start, 1_000_000_000)
        moment = '%s.%09dZ' % (time.strftime('%Y%m%dT%H%M%S', time.gmtime(second)), part)
        while True:
            name = '%s-%d-%d.prof' % (moment, self._process, self._number)
            self._number += 1
            if not os.path.lexists(self._file(name)):
                return name

    # The limit

    def _make_room(self, size: int) -> None:
        """Removes the oldest dumps where `size` bytes more would pass the limit, down to nine tenths of it."""
        self._since_look += 1
        self._size += size
        if self._since_look < _LOOK_EVERY and self._size <= self.limit:
            return
        sizes = self._sizes()
        total = sum(sizes.values())
        self._since_look, self._size = 0, total + size
        if total + size <= self.limit:
            return
        removed: Set[str] = set()
        for name in sorted(sizes):
            if total + size <= self.limit - self.limit // 10:
                break
            total -= sizes[name]
            removed.add(name)
        self._remove(removed)
        self._size = total + size
        self.dropped += len(removed)

    def _sizes(self) -> Dict[str, int]:
        sizes: Dict[str, int] = {}
        others: Dict[str, int] = {}
        with os.scandir(self.path) as names:
            for entry in names:
                if entry.name.endswith('.prof') and entry.is_file(follow_symlinks=False):
                    kind = sizes if _NAME.fullmatch(entry.name) else others
                    kind[entry.name] = entry.stat(follow_symlinks=False).st_size
        if others:
            # Somebody's own dumps may lie in the folder, which are not ours to remove.
            named = {entry.file for entry in _entries(self._each_line())}
            sizes.update((name, size) for name, size in others.items() if name in named)
        return sizes

    # Taking out

    def entries(self, most: Optional[int] = None) -> List[Entry]:
        """The dumps that the index names, in its order; lines that cannot be read are passed over."""
        with self._lock():
            return list(itertools.islice(_entries(self._each_line()), most))

    def read(self, entry: Entry) -> bytes:
        """The bytes of a dump. What is no file of this folder, as a link or a pipe, is an error."""
        path = self._file(entry.file)
        # A pipe would let its reader wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0) | _PLAIN)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, 'expected a file', path)
            with open(descriptor, 'rb', closefd=False) as file:
                return file.read()
        finally:
            os.close(descriptor)

    def size(self, entry: Entry) -> int:
        """How many bytes a dump has."""
        return os.lstat(self._file(entry.file)).st_size

    def remove(self, entries: Sequence[Entry]) -> None:
        """Takes dumps out."""
        with self._lock():
            self._remove({entry.file for entry in entries})

    def _remove(self, files: Set[str]) -> None:
        # Their lines first: a line never names a missing file.
        try:
            self._remove_lines(files)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # But the new index needs room, and who takes dumps out of a full disk must get on.
            for file in files:
                _remove(self._file(file))
            self._remove_lines(files)
        for file in files:
            _remove(self._file(file))

    def _remove_lines(self, files: Set[str]) -> None:
        names = {file.encode('utf-8', 'surrogatepass') for file in files}
        kept = [line for line in self._lines() if not _names_one_of(line, files, names)]
        temporary = self._file(_TEMPORARY)
        try:
            with open(temporary, 'wb', opener=lambda path, flags: os.open(path, flags | _PLAIN, 0o666)) as index:
                index.write(b''.join(kept))
                index.flush()
                os.fsync(index.fileno())
            os.replace(temporary, self._file(INDEX))
        except OSError:
            _remove(temporary)
            raise
        _synchronize_folder(self.path)

    def _lines(self) -> List[bytes]:
        return [line if line.endswith(b'\n') else line + b'\n' for line in self._each_line()]

    def _each_line(self) -> Iterator[bytes]:
        try:
            with open(self._file(INDEX), 'rb') as index:
                yield from index
        except FileNotFoundError:
            pass

    def _file(self, name: str) -> str:
        return os.path.join(self.path, name)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Holds `flock` on a file; the system lets it go when the process ends, however it ends."""
        # To the system all threads of a process are one.
        with self._threads:
            if self._lock_file is None:
                self._lock_file = os.open(self._file(LOCK), os.O_RDWR | os.O_CREAT | _PLAIN, 0o666)
            if fcntl is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                if fcntl is not None:
                    fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Closes what is open; another call opens it again. For a child process too, whose parent may have the lock."""
        self._threads = threading.Lock()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def __del__(self) -> None:
        self.close()


def _entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    for line in lines:
        try:
            fields = json.loads(line.decode('utf-8'))
            file = fields.pop('file')
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
        if isinstance(file, str) and _is_name(file):
            yield Entry(file, fields)


def _names_one_of(line: bytes, files: Set[str], names: Set[bytes]) -> bool:
    # Most lines need not be read: without escapes a name stands as it is.
    if b'\\' not in line and names.isdisjoint(_FILE.findall(line)):
        return False
    return any(entry.file in files for entry in _entries([line]))


def _is_name(file: str) -> bool:
    """Whether it is a dump of this folder: an index must not make anybody reach for another file."""
    try:
        os.fsencode(file)
    except UnicodeEncodeError:
        return False
    return not (os.sep in file or '/' in file or '\0' in file or file.startswith(INDEX) or file in _NO_DUMPS)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest):]


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _synchronize_folder(path: str) -> None:
    if os.name == 'nt':
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
