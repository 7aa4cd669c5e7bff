# SPDX-License-Identifier: Apache-2.0
"""Writes a spool folder, and takes dumps out of it.

`strata import FOLDER` can read the folder while it is being written. Any number of processes may write to it: each
step holds `flock` on `index.jsonl.lock`, as the Swift library does. A dump counts only once a line names it, and the
line is written last. So a writer that is killed loses nothing, and leaves nothing that a reader could misread. A power
failure loses what the system had not yet written to the disk: an `fsync` for each dump would cost half of what a
budget buys. When the dumps would exceed the limit, the oldest are removed and counted.

Each system call releases the interpreter lock, and in a busy program getting it back costs up to some milliseconds of
CPU time. So there are as few system calls as possible: four for a batch, and three for each of its dumps.
"""
from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
import threading
import time
from typing import Iterator, List, Optional, Protocol, Sequence, Set, Tuple

from . import index
from .index import Entry
from .layout import INDEX, LOCK, TEMPORARY

try:
    import fcntl
except ImportError:  # Windows: only one process may write.
    fcntl = None  # type: ignore[assignment]

#: The least size that a dump counts for, in bytes: a disk block. This also bounds the number of lines in the index.
BLOCK = 4096

#: The default limit for the dumps of a folder, in bytes.
DEFAULT_LIMIT = 256 << 20

#: Flags that open the file itself: in a folder that others can write to, a link must not lead to this user's files.
_PLAIN = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)

#: Replaces the lock between processes on systems that have none.
_IN_PROCESS = threading.Lock()

#: The name of a dump as this library and the Swift library choose it.
_NAME = re.compile(rb'[0-9]{8}T[0-9]{6}\.[0-9]{9}Z-[0-9]+-[0-9]+\.prof')

#: Error numbers that mean a full disk.
_FULL = (errno.ENOSPC, getattr(errno, 'EDQUOT', errno.ENOSPC))


class _Gone(Exception):
    """The folder was removed, so the lock that this process holds is no longer the folder's."""


class Dump(Protocol):
    """What a spool stores, for example a `Record`."""

    @property
    def data(self) -> bytes:
        """The bytes of the dump."""

    @property
    def start(self) -> int:
        """The start of the capture in nanoseconds; part of the file's name."""

    def line(self, file: str) -> bytes:
        """The line of `index.jsonl` that describes the dump."""


class Spool:
    """A spool folder. Its methods raise `OSError`."""

    _lock_file: Optional[int] = None
    _index_file: Optional[int] = None

    def __init__(self, path: str, limit: int = DEFAULT_LIMIT) -> None:
        self.path = os.path.abspath(path)
        self.limit = limit
        self._threads = threading.Lock()
        #: How many dumps were stored, and how many were removed to stay within the limit.
        self.kept = self.dropped = 0
        self._number = 0
        self._process = os.getpid()
        self._make()

    def _make(self) -> None:
        os.makedirs(self.path, exist_ok=True)
        # Without an index, importers take each dump for a capture without labels, even one whose writer was killed.
        # This does not take the lock, which another process may hold for a long time.
        os.close(os.open(self._file(INDEX), os.O_WRONLY | os.O_CREAT | _PLAIN, 0o666))
        _synchronize_folder(self.path)

    # Writing

    def append(self, records: Sequence[Dump]) -> None:
        """Stores records: none is lost if the process is killed afterwards.

        A record larger than the limit is dropped and counted.
        """
        fitting = [record for record in records if len(record.data) <= self.limit]
        self.dropped += len(records) - len(fitting)
        try:
            self._append_all(fitting)
        except _Gone:  # The folder was removed, and perhaps created again with another lock.
            self.close()
            self._make()
            self._append_all(fitting)

    def _append_all(self, records: Sequence[Dump]) -> None:
        with self._lock():
            self._tidy()
            for part in self._parts(records):
                self._append(part)

    def _parts(self, records: Sequence[Dump]) -> Iterator[List[Dump]]:
        """The records in parts that fit: all of them together may exceed the limit."""
        part: List[Dump] = []
        size = 0
        for record in records:
            if part and size + _charge(record) > self.limit // 4:
                yield part
                part, size = [], 0
            part.append(record)
            size += _charge(record)
        if part:
            yield part

    def _append(self, records: Sequence[Dump]) -> None:
        size = sum(_charge(record) for record in records)
        file = self._make_room(size)
        names: List[str] = []
        lines: List[bytes] = []
        try:
            for record in records:
                name, dump = self._create(record.start)
                names.append(name)
                lines.append(record.line(name))
                try:
                    _write_all(dump, record.data)
                finally:
                    os.close(dump)
            self._add(file, b''.join(lines))
        except BaseException:
            for name in names:
                _remove(self._file(name))
            raise
        self._size += size
        self.kept += len(records)

    def _create(self, start: int) -> Tuple[str, int]:
        """Creates a file for a dump; returns its name and descriptor."""
        if self._process != os.getpid():
            self._process, self._number = os.getpid(), 0
        second, part = divmod(start, 1_000_000_000)
        moment = '%s.%09dZ' % (time.strftime('%Y%m%dT%H%M%S', time.gmtime(second)), part)
        while True:
            name = '%s-%d-%d.prof' % (moment, self._process, self._number)
            self._number += 1
            try:
                return name, os.open(self._file(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o666)
            except FileExistsError:
                pass

    def _add(self, file: int, lines: bytes) -> None:
        # An unfinished line of a killed writer must not swallow these.
        lines = b'\n' + lines if self._is_torn else lines
        try:
            _write_all(file, lines)
        except OSError:
            os.ftruncate(file, self._end)
            raise
        self._end += len(lines)
        self._is_torn = False

    # The limit

    #: What is known of the index: the file's identity, its length, whether its last line is unfinished, and the total
    #: size of the dumps that it names.
    _identity: Optional[Tuple[int, int]] = None
    _end = _size = 0
    _is_torn = False

    def _follow(self) -> int:
        """Opens the index and takes in what other writers added; returns its descriptor."""
        try:
            status = os.stat(self._file(INDEX), follow_symlinks=False)
        except FileNotFoundError:
            status = None
        if self._index_file is None or status is None or (status.st_dev, status.st_ino) != self._identity:
            self._check_lock()
            self._close_index()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | _PLAIN
            self._index_file = os.open(self._file(INDEX), flags, 0o666)
            status = os.fstat(self._index_file)
            self._identity = status.st_dev, status.st_ino
        if status.st_size < self._end:
            self._end = self._size = 0
        if status.st_size > self._end:
            os.lseek(self._index_file, self._end, os.SEEK_SET)
            new = _read_all(self._index_file, status.st_size - self._end)
            self._end += len(new)
            self._is_torn = not new.endswith(b'\n')
            self._size += sum(map(self._size_of, index.entries(index.lines(new))))
        return self._index_file

    def _check_lock(self) -> None:
        if self._lock_file is None or fcntl is None:
            return
        try:
            status = os.stat(self._file(LOCK), follow_symlinks=False)
        except FileNotFoundError:
            raise _Gone from None
        if not os.path.samestat(status, os.fstat(self._lock_file)):
            raise _Gone

    def _size_of(self, entry: Entry) -> int:
        # A line may claim any size.
        if 0 <= entry.size <= self.limit:
            return max(BLOCK, entry.size)
        try:
            return max(BLOCK, self.size(entry))
        except OSError:
            return 0

    def _make_room(self, size: int) -> int:
        """If `size` more bytes would exceed the limit, removes the oldest dumps until nine tenths of it are used.

        Returns the descriptor of the index.
        """
        file = self._follow()
        if self._size + size <= self.limit:
            return file
        removed: Set[str] = set()
        left = self._size + size - (self.limit - self.limit // 10)
        for entry in index.entries(self._lines()):
            if left <= 0:
                break
            left -= self._size_of(entry)
            removed.add(entry.file)
        if removed:
            self._remove(removed)
            self.dropped += len(removed)
        return self._follow()

    # Taking out

    def entries(self, most: Optional[int] = None) -> List[Entry]:
        """The dumps that the index names, in its order; skips lines that cannot be read."""
        with self._lock():
            self._tidy()
            return list(itertools.islice(index.entries(self._lines()), most))

    def read(self, entry: Entry) -> bytes:
        """The bytes of a dump. Anything but a regular file of this folder, such as a link or a pipe, is an error."""
        path = self._file(entry.file)
        # Non-blocking, since opening a pipe would wait for a writer.
        file = os.open(path, os.O_RDONLY | getattr(os, 'O_NONBLOCK', 0) | _PLAIN)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, 'expected a file', path)
            return _read_all(file, status.st_size)
        finally:
            os.close(file)

    def size(self, entry: Entry) -> int:
        """The size of a dump in bytes."""
        return os.lstat(self._file(entry.file)).st_size

    def remove(self, entries: Sequence[Entry]) -> None:
        """Removes dumps from the folder."""
        with self._lock():
            self._remove({entry.file for entry in entries})

    def _remove(self, files: Set[str]) -> None:
        # Lines first, so that no line ever names a missing file.
        try:
            self._remove_lines(files)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # The new index needs space. On a full disk the files go first, or nothing could ever be removed.
            for file in files:
                _remove(self._file(file))
            self._remove_lines(files)
        for file in files:
            _remove(self._file(file))

    def _remove_lines(self, files: Set[str]) -> None:
        kept = index.without(self._lines(), files)
        self._close_index()
        temporary = self._file(TEMPORARY)
        try:
            file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _PLAIN, 0o666)
            try:
                _write_all(file, b''.join(line + b'\n' for line in kept))
                os.fsync(file)
            finally:
                os.close(file)
            os.replace(temporary, self._file(INDEX))
        except OSError:
            _remove(temporary)
            raise
        _synchronize_folder(self.path)

    #: Whether this object has looked for leftovers of killed processes.
    _is_tidy = False

    def _tidy(self) -> None:
        """Removes the dumps that no line names, once per object.

        A writer was killed either before it wrote the line, so it never reported the dump as stored, or after it
        removed the line, because the dump is stored elsewhere or had to make room. While this process holds the lock,
        no other writer can be between the two steps.
        """
        if self._is_tidy or fcntl is None:
            return
        self._is_tidy = True
        with contextlib.suppress(OSError):
            dumps = {name for name in os.listdir(os.fsencode(self.path)) if _NAME.fullmatch(name)}
            # A line that cannot be parsed may still name a dump.
            for name in dumps.difference(_NAME.findall(self._data())) if dumps else ():
                _remove(self._file(os.fsdecode(name)))

    def _lines(self) -> List[bytes]:
        return index.lines(self._data())

    def _data(self) -> bytes:
        try:
            file = os.open(self._file(INDEX), os.O_RDONLY | getattr(os, 'O_BINARY', 0))
        except FileNotFoundError:
            return b''
        try:
            return _read_all(file, os.fstat(file).st_size)
        finally:
            os.close(file)

    def _file(self, name: str) -> str:
        return os.path.join(self.path, name)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Holds `flock` on a file; the system releases it when the process ends, however it ends."""
        # `flock` does not separate the threads of a process, hence a lock for those; Windows has no `flock` at all.
        with self._threads if fcntl is not None else _IN_PROCESS:
            if self._lock_file is None:
                self._lock_file = os.open(self._file(LOCK), os.O_RDWR | os.O_CREAT | _PLAIN, 0o666)
            if fcntl is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                if fcntl is not None:
                    fcntl.flock(self._lock_file, fcntl.LOCK_UN)
                else:  # Windows cannot replace an open file.
                    self._close_index()

    def _close_index(self) -> None:
        if self._index_file is not None:
            os.close(self._index_file)
        self._index_file = self._identity = None
        self._end = self._size = 0
        self._is_torn = False

    def close(self) -> None:
        """Closes all files; the next call reopens them. Also for a child process, whose parent may hold the lock."""
        self._threads = threading.Lock()
        self._close_index()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def __del__(self) -> None:
        self.close()


def _charge(record: Dump) -> int:
    return max(BLOCK, len(record.data))


def _write_all(file: int, data: bytes) -> None:
    written = os.write(file, data)
    while written < len(data):
        written += os.write(file, memoryview(data)[written:])


def _read_all(file: int, size: int) -> bytes:
    """The bytes of a file that had `size` bytes, including what was added since."""
    parts = [os.read(file, size + 1)]
    while len(parts[-1]) > size:
        size = 1 << 20
        parts.append(os.read(file, size + 1))
    return b''.join(parts)


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
