# SPDX-License-Identifier: Apache-2.0
"""Who sends, and when: of all processes that share a folder one at a time, and all of them later after a failure."""
from __future__ import annotations

import os
import random
import re
import time
from typing import NamedTuple, Optional

from . import clocks
from .index import DRAIN_LOCK

try:
    import fcntl
except ImportError:  # Windows: one process sends.
    fcntl = None  # type: ignore[assignment]

#: The longest that a server may ask to be left alone, in seconds.
RETRY_AFTER_LIMIT = 3600.0

#: When to try again, before when not even in haste (seconds of the day's clock), how many tries failed.
_NOTE = re.compile(rb'([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,12}\.[0-9]{3}) ([0-9]{1,9})\n')


class Waits(NamedTuple):
    """How long the thread waits for what, in seconds."""

    #: For more captures, from the first of a batch on: a request costs the budget some milliseconds.
    gather: float = 5.0
    #: After the first failure at most; it doubles with each.
    first: float = 1.0
    #: After a failure at most, and where somebody has to mend something first.
    longest: float = 60.0
    #: Until it is looked again whether another process still sends.
    other: float = 5.0
    #: Until it is looked again whether other processes left something.
    idle: float = 30.0
    #: For the network: to connect, and for each part of an answer.
    network: float = 10.0


WAITS = Waits()


class Turns:
    """When the sender of this process may send. Times are seconds of a clock that is never set.

    The turn is `flock` on a file in the folder, and ends with the process, however that ends; in the file stands when
    to try again, for the others.
    """

    def __init__(self, folder: str, waits: Waits) -> None:
        self._folder, self._waits = folder, waits
        self.lock_file: Optional[int] = None
        self.begin()

    def begin(self) -> None:
        """Starts anew, as in a child process, which has no turn of its parent's."""
        # A lock that a child keeps open would outlive the process that holds it.
        self.give_back(is_ours=False)
        #: When to send next, and before when not even in haste.
        self.due = now() + self._waits.idle
        self.not_before = 0.0
        #: Before when another process noted not to send, but in haste.
        self._until = 0.0
        self.failures = 0

    # The turn

    def take(self) -> bool:
        """Takes the turn, unless another process has it."""
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

    def give_back(self, is_ours: bool = True) -> None:
        """Ends the turn."""
        # Closed too, so that a folder that was made anew is locked itself the next time.
        file, self.lock_file = self.lock_file, None
        if file is not None:
            if is_ours:
                fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)

    # When

    def may_send(self, in_haste: bool) -> bool:
        """Whether it is time; in haste what only this agent decided to wait for does not count."""
        return now() >= (self.not_before if in_haste else max(self.not_before, self._until))

    def succeed(self) -> None:
        """Notes that sending works."""
        if self.failures > 0:
            self.failures = 0
            self._note(b'')

    def fail(self, retry_after: Optional[float], is_slow: bool) -> None:
        """Notes that it does not, for this process and the others."""
        most = min(self._waits.longest, self._waits.first * 2.0 ** min(self.failures, 30))
        self.failures += 1
        # Anywhere up to the most: many agents must not come back at the same moment.
        wait = self._waits.longest * random.uniform(0.5, 1) if is_slow else most * random.random()
        asked = 0.0 if retry_after is None else min(retry_after, RETRY_AFTER_LIMIT)
        wait = max(wait, asked * random.uniform(1, 1.1), self._waits.first / 10)
        self.due, self.not_before = now() + wait, now() + asked
        day = time.time()
        self._note(b'%.3f %.3f %d\n' % (day + wait, day + asked, self.failures))

    def _note(self, text: bytes) -> None:
        if self.lock_file is None:
            return
        try:
            os.ftruncate(self.lock_file, 0)
            os.pwrite(self.lock_file, text, 0)
        except OSError:  # The disk is full: it is a courtesy.
            pass

    def recall(self) -> bool:
        """Takes over what another process noted, perhaps one that was killed; returns whether that is to wait."""
        self._until = 0.0
        if self.lock_file is None:
            return False
        found = _NOTE.fullmatch(os.pread(self.lock_file, 64, 0))
        if found is None:
            return False
        day = time.time()
        wait, asked = float(found.group(1)) - day, float(found.group(2)) - day
        if wait > 1.2 * max(self._waits.longest, RETRY_AFTER_LIMIT):  # The clock was set.
            return False
        self.failures = max(self.failures, int(found.group(3)))
        self.not_before = max(self.not_before, now() + asked)
        self._until = now() + wait
        if wait > 0:
            self.due = self._until
        return wait > 0


def now() -> float:
    """Seconds of a clock that is never set."""
    return clocks.elapsed() / 1e9
