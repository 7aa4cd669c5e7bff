# SPDX-License-Identifier: Apache-2.0
"""The folder that a whole program leaves its slices in, and the end of its recording.

Whoever made the folder ends the recording: `strata run` when the program has ended. A process that goes on, or that
starts later, finds the gate gone, and stops: it never makes the folder, or a file in one that is closed. Each process
that records holds a shared lock on the gate, so `strata run` knows whether there is one that it should wait for.

Slices are written as `spool.py` says: under the lock of the index, the dump first, and then the line that names it.

`strata run` reads this file in programs whose own modules may have any name: it imports only what the interpreter has
by itself.
"""
from __future__ import annotations

import os
from time import gmtime, strftime

from .names import GATE, INDEX, LOCK

try:
    import fcntl
except ImportError:  # Windows: one process writes.
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The file itself, as it is: where others may write into a folder, a link must not lead to a file of this user's.
PLAIN = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
#: For a dump, for the index, and for its lock, which are there as long as the folder takes slices.
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | PLAIN
APPEND = os.O_RDWR | os.O_APPEND | PLAIN
READ = os.O_RDONLY | PLAIN

#: The lowest descriptor of the gate's file: a program should get the same numbers as without it.
_FILE_NUMBER = 200


class Closed(Exception):
    """The folder takes no more slices."""


def make(path: str) -> None:
    """Makes a folder that takes slices."""
    os.makedirs(path, exist_ok=True)
    for name in (INDEX, LOCK, GATE):
        os.close(os.open(os.path.join(path, name), os.O_WRONLY | os.O_CREAT | PLAIN, 0o666))


def join(path: str) -> bool:
    """Shows that this process records, until it ends; returns whether it should, for the folder may be closed.

    A child process that is forked has joined with its parent.
    """
    try:
        gate = os.open(path + GATE, READ)
    except OSError:
        return False
    if fcntl is None:
        os.close(gate)
        return True
    try:
        high = fcntl.fcntl(gate, fcntl.F_DUPFD_CLOEXEC, _FILE_NUMBER)
        os.close(gate)
        gate = high
    except (OSError, AttributeError):  # The process may not have so many files.
        pass
    try:
        fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:  # It is being closed.
        os.close(gate)
        return False
    except OSError:  # The file system has no such locks: nobody waits for this process.
        os.close(gate)
    return True


class Folder:
    """Writes slices, where no profiler sees it: before Python 3.12 (`silent.py` does the same by itself)."""

    def __init__(self, path: str) -> None:
        """`path` has a separator at its end."""
        self._path = path
        self._number = 0
        self._lock_file: Any = None

    def append(self, data: bytes, start: int, line: Any) -> None:
        """Writes a dump and the line that `line` makes of its name. Raises `Closed`, and `OSError`."""
        try:
            self._lock_file = os.open(self._path + LOCK, APPEND)
        except FileNotFoundError:
            raise Closed from None
        try:
            if fcntl is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX)
            self._check()
            name, dump = self._create(start)
            try:
                try:
                    _write_all(dump, data)
                finally:
                    os.close(dump)
                self._add(line(name))
            except BaseException:
                os.unlink(self._path + name)
                raise
        finally:
            # Closing is not enough where a child process was forked meanwhile, and has it open.
            if fcntl is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)
            self.close()

    def close(self) -> None:
        """Closes what is open; for a child process too, whose parent may have the lock at this moment."""
        file, self._lock_file = self._lock_file, None
        if file is not None:
            os.close(file)

    def _check(self) -> None:
        # Under the lock, which whoever closes the folder takes.
        try:
            os.stat(self._path + GATE)
        except FileNotFoundError:
            raise Closed from None

    def _create(self, start: int) -> Any:
        second, part = divmod(start, 1_000_000_000)
        moment = strftime('%Y%m%dT%H%M%S', gmtime(second))
        while True:
            name = '%s.%09dZ-%d-%d.prof' % (moment, part, os.getpid(), self._number)
            self._number += 1
            try:
                return name, os.open(self._path + name, NEW, 0o666)
            except FileExistsError:
                pass

    def _add(self, line: bytes) -> None:
        index = os.open(self._path + INDEX, APPEND)
        try:
            length = os.lseek(index, 0, os.SEEK_END)
            if length > 0:
                # What a killed writer left of a line must not swallow this one.
                os.lseek(index, length - 1, os.SEEK_SET)
                line = line if os.read(index, 1) == b'\n' else b'\n' + line
            try:
                _write_all(index, line)
            except OSError:
                os.ftruncate(index, length)
                raise
        finally:
            os.close(index)


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data):]
