# SPDX-License-Identifier: Apache-2.0
"""The folder into which a recorded program writes its slices, and how the recording ends.

Whoever created the folder ends the recording by removing the gate; `strata run` does so when the program has ended. A
process that continues, or that starts later, finds the gate gone and stops recording: it never creates the folder, nor
a file in a closed one. Each recording process holds a shared lock on the gate, so that `strata run` knows whether to
wait for any.

Slices are written like the captures in `spool/spool.py`: under the lock of the index, first the dump, then the line
that names it.

`strata run` loads this module into programs whose own modules may have any name: it imports only what is built into
the interpreter.
"""
from __future__ import annotations

import os
# By name, because the program may replace them in `os`, as tests do.
from os import close, ftruncate, getpid, lseek, open as open_file, read, stat, unlink, write
from time import gmtime, strftime

from ..spool.layout import GATE, INDEX, LOCK

try:
    import fcntl
except ImportError:  # Windows: only one process may write.
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

#: Flags that open the file itself: in a folder that others can write to, a link must not lead to this user's files.
_PLAIN = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_BINARY', 0)
#: For a new dump; for the index and its lock, which exist as long as the folder accepts slices; and for the gate.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
_APPEND = os.O_RDWR | os.O_APPEND | _PLAIN
_READ = os.O_RDONLY | _PLAIN

#: The lowest descriptor for the gate, so that the program gets the same descriptors as without the agent.
_FILE_NUMBER = 200


class Closed(Exception):
    """The folder accepts no more slices."""


def make(path: str) -> None:
    """Creates a folder that accepts slices."""
    os.makedirs(path, exist_ok=True)
    for name in (INDEX, LOCK, GATE):
        os.close(os.open(os.path.join(path, name), os.O_WRONLY | os.O_CREAT | _PLAIN, 0o666))


def join(path: str) -> bool:
    """Marks this process as recording until it ends; returns False if the folder is closed.

    A forked child has joined together with its parent.
    """
    try:
        gate = os.open(path + GATE, _READ)
    except OSError:
        return False
    if fcntl is None:
        os.close(gate)
        return True
    try:
        high = fcntl.fcntl(gate, fcntl.F_DUPFD_CLOEXEC, _FILE_NUMBER)
        os.close(gate)
        gate = high
    except (OSError, AttributeError):  # The process may be limited to fewer files.
        pass
    try:
        fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:  # The folder is being closed.
        os.close(gate)
        return False
    except OSError:  # The file system does not support locks: no program will wait for this process.
        os.close(gate)
    return True


class Folder:
    """Writes slices, from a thread that no profiler sees."""

    def __init__(self, path: str) -> None:
        """`path` ends with a separator."""
        self._path = path
        self._number = 0
        #: The lock file, while it is locked.
        self._lock_file: Optional[int] = None

    def append(self, data: bytes, start: int, line: Any) -> None:
        """Writes a dump, and the line that `line` returns for its name. Raises `Closed` and `OSError`."""
        try:
            self._lock_file = open_file(self._path + LOCK, _APPEND)
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
                    close(dump)
                self._add(line(name))
            except BaseException:
                unlink(self._path + name)
                raise
        finally:
            # Closing alone does not unlock if a child that was forked meanwhile has the file open.
            if fcntl is not None:
                fcntl.flock(self._lock_file, fcntl.LOCK_UN)
            self.close()

    def close(self) -> None:
        """Closes the lock file. Also for a child process, where it would otherwise keep the parent's lock locked."""
        file, self._lock_file = self._lock_file, None
        if file is not None:
            close(file)

    def _check(self) -> None:
        # Under the lock, which the process that removes the gate holds too.
        try:
            stat(self._path + GATE)
        except FileNotFoundError:
            raise Closed from None

    def _create(self, start: int) -> Tuple[str, int]:
        second, part = divmod(start, 1_000_000_000)
        moment = strftime('%Y%m%dT%H%M%S', gmtime(second))
        while True:
            name = '%s.%09dZ-%d-%d.prof' % (moment, part, getpid(), self._number)
            self._number += 1
            try:
                return name, open_file(self._path + name, _NEW, 0o666)
            except FileExistsError:
                pass

    def _add(self, line: bytes) -> None:
        index = open_file(self._path + INDEX, _APPEND)
        try:
            length = lseek(index, 0, os.SEEK_END)
            if length > 0:
                # An unfinished line of a killed writer must not swallow this one.
                lseek(index, length - 1, os.SEEK_SET)
                line = line if read(index, 1) == b'\n' else b'\n' + line
            try:
                _write_all(index, line)
            except OSError:
                ftruncate(index, length)
                raise
        finally:
            close(index)


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[write(file, data):]
