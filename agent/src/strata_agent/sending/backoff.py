# SPDX-License-Identifier: Apache-2.0
"""Who sends, and when: one process at a time of those that share a folder, and after a failure all of them later."""
from __future__ import annotations

import os
import random
import re
import time
from typing import NamedTuple, Optional

from ..capture import clocks
from ..spool.layout import DRAIN_LOCK

try:
    import fcntl
except ImportError:  # Windows: only one process may send.
    fcntl = None  # type: ignore[assignment]

#: The longest delay that a server may request, in seconds.
RETRY_AFTER_LIMIT = 3600.0

#: When to try again, the earliest time even for an urgent try (seconds of the time of day), and the number of failures.
_NOTE = re.compile(rb'([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,9})\n')


class Waits(NamedTuple):
    """How long the thread waits, in seconds."""

    #: For further captures, after the first of a batch: a request costs the budget some milliseconds.
    gather: float = 5.0
    #: After the first failure, at most; doubles with each further failure.
    first: float = 1.0
    #: After a failure, at most; and at least half of it if something has to be fixed first.
    longest: float = 60.0
    #: Before checking again whether another process is still sending.
    other: float = 5.0
    #: Before checking again whether other processes left something to send.
    idle: float = 30.0
    #: For the network: to connect, and for each part of an answer.
    network: float = 10.0


WAITS = Waits()


class Backoff:
    """When the sender of this process may send. Times are seconds of a monotonic clock.

    A process may send while it holds `flock` on a file in the folder, which ends with the process, however that ends.
    The file contains the time of the next try, for the other processes.
    """

    def __init__(self, folder: str, waits: Waits) -> None:
        self._folder, self._waits = folder, waits
        self.lock_file: Optional[int] = None
        self.begin()

    def begin(self) -> None:
        """Starts from the beginning in a child process, which does not hold its parent's lock."""
        # The lock file is closed, because one that the child kept open would stay locked after the parent ends.
        self.unlock(is_ours=False)
        #: When to send next, and the earliest time even for an urgent try.
        self.due = now() + self._waits.idle
        self.not_before = 0.0
        #: The time until which another process noted that none should send, unless urgent.
        self._until = 0.0
        self.failures = 0

    # The lock

    def lock(self) -> bool:
        """Takes the lock; returns whether it was free."""
        if fcntl is None:
            return True
        path = os.path.join(self._folder, DRAIN_LOCK)
        self.lock_file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, 'O_NOFOLLOW', 0), 0o666)
        try:
            fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self.lock_file)
            self.lock_file = None
            if isinstance(error, BlockingIOError):
                return False
            raise
        return True

    def unlock(self, is_ours: bool = True) -> None:
        """Releases the lock."""
        # Also closes the file: if the folder is created again, the next lock must be on its own file.
        file, self.lock_file = self.lock_file, None
        if file is not None:
            if is_ours:
                fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)

    # The time

    def may_send(self, is_urgent: bool) -> bool:
        """Whether it is time to send. An urgent try ignores delays that were not requested by the server."""
        return now() >= (self.not_before if is_urgent else max(self.not_before, self._until))

    def succeed(self) -> None:
        """Records that sending works."""
        if self.failures > 0:
            self.failures = 0
            self._note(b'')

    def fail(self, retry_after: Optional[float], is_slow: bool) -> None:
        """Records a failure, for this process and the others."""
        most = min(self._waits.longest, self._waits.first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        # Random, so that many agents do not come back at the same moment.
        wait = self._waits.longest * random.uniform(0.5, 1) if is_slow else most * random.random()
        requested = 0.0 if retry_after is None else min(retry_after, RETRY_AFTER_LIMIT)
        wait = max(wait, requested * random.uniform(1, 1.1), self._waits.first / 10)
        self.due, self.not_before = now() + wait, now() + requested
        day = time.time()
        self._note(b'%.3f %.3f %d\n' % (day + wait, day + requested, self.failures))

    def _note(self, text: bytes) -> None:
        if self.lock_file is None:
            return
        try:
            os.ftruncate(self.lock_file, 0)
            os.pwrite(self.lock_file, text, 0)
        except OSError:  # A full disk, for example. The note is only a courtesy to other processes.
            pass

    def recall(self) -> bool:
        """Adopts the note of another process, perhaps one that was killed; returns whether it says to wait."""
        self._until = 0.0
        if self.lock_file is None:
            return False
        found = _NOTE.fullmatch(os.pread(self.lock_file, 64, 0))
        if found is None:
            return False
        day = time.time()
        wait, requested = float(found.group(1)) - day, float(found.group(2)) - day
        if wait > 1.2 * max(self._waits.longest, RETRY_AFTER_LIMIT):  # The clock was changed.
            return False
        self.failures = max(self.failures, int(found.group(3)))
        self.not_before = max(self.not_before, now() + requested)
        self._until = now() + wait
        if wait > 0:
            self.due = self._until
        return wait > 0


def now() -> float:
    """Seconds of a monotonic clock."""
    return clocks.elapsed() / 1e9
