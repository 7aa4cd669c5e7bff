# SPDX-License-Identifier: Apache-2.0
"""One capture by cProfile, and the place that it has.

Until Python 3.11 a profiler sees its own thread. From 3.12 on it sees all threads of the process, and a second one is
refused: there is one capture at a time in a process, and each says whether other threads may be in it.
"""
from __future__ import annotations

import contextlib
import cProfile
import sys
import threading
from typing import Any, Dict, Iterator, Optional, Set

from . import clocks

#: Whether a profiler sees all threads.
IS_PROCESS_WIDE = sys.version_info >= (3, 12)

#: No time of `clocks.elapsed`.
NEVER = 1 << 63
#: For how long captures wait for an exchange with a server, in nanoseconds.
LONG = 250_000_000


def is_slot_taken() -> bool:
    """Whether another profiler is at work, which a capture would put out, or fail beside."""
    if sys.getprofile() is not None:
        return True
    if IS_PROCESS_WIDE:
        monitoring = sys.monitoring  # type: ignore[attr-defined]
        return monitoring.get_tool(monitoring.PROFILER_ID) is not None
    return False


class Capture:
    """A profiler that is turned on and off in one thread, or in the steps of one coroutine."""

    __slots__ = ('profile', 'thread', 'is_on', 'is_lost', 'is_shared', 'look_at')

    def __init__(self) -> None:
        #: The profiler; None until the slot is taken.
        self.profile: Any = None
        self.thread = threading.get_ident()
        self.is_on = False
        #: Whether another profiler took the place: what was seen is not whole.
        self.is_lost = False
        #: Whether a thread of the agent was awake meanwhile, where a profiler sees all threads.
        self.is_shared = False
        #: When it has to be looked at (`clocks.elapsed`).
        self.look_at = NEVER

    def prepare(self, profile: Optional[Any], builtins: bool) -> None:
        """Goes on with a profiler where it was; without one, a new one begins."""
        self.profile = profile if profile is not None else cProfile.Profile(builtins=builtins)

    def start(self) -> bool:
        """Turns the profiler on; returns whether it is, for another one may have the place."""
        if is_slot_taken():
            return False
        # Each step may be in another thread.
        self.thread = threading.get_ident()
        # Before it is: an error of a signal handler that comes between must not leave it on unknown.
        self.is_on = True
        try:
            self.profile.enable()
        except ValueError:  # Between the look and the call, another thread took it.
            self.is_on = False
            return False
        return True

    def stop(self) -> None:
        """Turns the profiler off, unless another one has taken its place meanwhile."""
        if not self.is_on:
            return
        if IS_PROCESS_WIDE or sys.getprofile() is self.profile:
            self.profile.disable()
        else:
            self.is_lost = True
        self.is_on = False


class Slot:
    """The one capture that a process may have at a time.

    Where a profiler sees all threads, those of the agent work while there is none, as far as that is possible.
    """

    def __init__(self) -> None:
        #: What has the slot: a capture, or whoever closes slices. In one step, which an error of a signal handler
        #: comes before or after.
        self._holder: Dict[str, Any] = {}
        self.capture: Any = None
        #: The threads of the agent that are at work.
        self.at_work: Set[int] = set()
        #: Those of them that wait for a network, and since when.
        self._waiting: Dict[int, int] = {}

    def take(self, capture: Any, must: bool = True) -> bool:
        """Takes the slot if it is free, without waiting; unless it `must` be, not beside a thread that works."""
        if self._holder.setdefault('slot', capture) is not capture:
            return False
        self.capture = capture
        # After that: of two that look at each other, one sees the other.
        if self.at_work:
            if not must and not self._are_long_away():
                self.free(capture)
                return False
            capture.is_shared = True
        return True

    def _are_long_away(self) -> bool:
        """Whether all threads that are at work have waited for long."""
        long_ago = clocks.elapsed() - LONG
        return all(self._waiting.get(thread, long_ago + 1) <= long_ago for thread in list(self.at_work))

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Around what this thread, at work, waits for: if that is long, captures begin, and say that it is there."""
        identity = threading.get_ident()
        self._waiting[identity] = clocks.elapsed()
        try:
            yield
        finally:
            del self._waiting[identity]

    def profile(self) -> Any:
        """The profiler that is at work, or about to be."""
        capture = self.capture
        return capture.profile if capture is not None else None

    def free(self, capture: Any) -> None:
        """Gives the slot back, if the capture has it."""
        if self._holder.get('slot') is capture:
            self.capture = None
            self._holder.pop('slot', None)
