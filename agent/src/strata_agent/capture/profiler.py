# SPDX-License-Identifier: Apache-2.0
"""One capture by cProfile, the slot that it occupies, and what may rule it out.

Up to Python 3.11 a profiler sees only its own thread. From 3.12 on it sees all threads of the process, and a second
profiler is refused. Therefore a process has one capture at a time, and each capture says whether calls of other threads
may be in it.
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

#: Later than any time of `clocks.elapsed`.
NEVER = 1 << 63
#: How long captures wait for an exchange with a server, in nanoseconds.
LONG = 250_000_000

#: Libraries with greenlets, and the function that says whether they have patched a module's threads.
_GREENLETS = (('gevent', 'gevent.monkey', 'is_module_patched', 'threading'),
              ('eventlet', 'eventlet.patcher', 'is_monkey_patched', 'thread'))


def greenlet_library() -> Optional[str]:
    """The library that has replaced threads by greenlets; None if there is none. Takes half a microsecond.

    Greenlets share a thread and switch in the middle of a call. A profiler takes them for one thread, and so does the
    thread's clock.
    """
    for name, module, function, patched in _GREENLETS:
        known = sys.modules.get(module)
        # Imports nothing. A module that is still being imported may lack the function.
        if known is not None and getattr(known, function, str)(patched) is True:
            return name
    return None


def is_slot_taken() -> bool:
    """Whether another profiler is active. A capture would replace it, or be refused."""
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
        #: The profiler; None until the capture has the slot.
        self.profile: Any = None
        self.thread = threading.get_ident()
        self.is_on = False
        #: Whether another profiler replaced this one, so that the recording is incomplete.
        self.is_lost = False
        #: Whether a thread of the agent was awake during the capture, and profilers see all threads.
        self.is_shared = False
        #: When the agent's thread has to examine the capture (`clocks.elapsed`).
        self.look_at = NEVER

    def prepare(self, profile: Optional[Any], builtins: bool) -> None:
        """Continues with the given profiler, or creates one."""
        self.profile = profile if profile is not None else cProfile.Profile(builtins=builtins)

    def start(self) -> bool:
        """Turns the profiler on; returns whether it is on, since another profiler may be active."""
        if is_slot_taken():
            return False
        # Each step may run in another thread.
        self.thread = threading.get_ident()
        # Set before the profiler is on: if a signal handler raises in between, the profiler is still turned off.
        self.is_on = True
        try:
            self.profile.enable()
        except ValueError:  # Another thread enabled a profiler since the check.
            self.is_on = False
            return False
        return True

    def stop(self) -> None:
        """Turns the profiler off, unless another one has replaced it."""
        if not self.is_on:
            return
        if IS_PROCESS_WIDE or sys.getprofile() is self.profile:
            self.profile.disable()
        else:
            self.is_lost = True
        self.is_on = False


class Slot:
    """Held by the one capture that a process may have at a time.

    Where a profiler sees all threads, the agent's threads work only while no capture is running, as far as possible.
    """

    def __init__(self) -> None:
        #: The holder of the slot: a capture, or the closing of slices. A dictionary, because `setdefault` is atomic:
        #: a signal handler raises before or after it, never within.
        self._holder: Dict[str, Any] = {}
        self.capture: Any = None
        #: The agent's threads that are working.
        self.at_work: Set[int] = set()
        #: Those of them that are waiting for the network, and since when.
        self._waiting: Dict[int, int] = {}

    def take(self, capture: Any, must: bool = True) -> bool:
        """Takes the slot if it is free, without waiting. Fails beside a working agent thread, unless it `must`."""
        if self._holder.setdefault('slot', capture) is not capture:
            return False
        self.capture = capture
        # Checked only now: whenever capture and agent thread check for each other, at least one sees the other.
        if self.at_work:
            if not must and not self._are_long_away():
                self.free(capture)
                return False
            capture.is_shared = True
        return True

    def _are_long_away(self) -> bool:
        """Whether all working agent threads have been waiting for the network for a long time."""
        long_ago = clocks.elapsed() - LONG
        return all(self._waiting.get(thread, long_ago + 1) <= long_ago for thread in list(self.at_work))

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Marks that this agent thread waits for the network. If that takes long, captures begin nevertheless."""
        identity = threading.get_ident()
        self._waiting[identity] = clocks.elapsed()
        try:
            yield
        finally:
            del self._waiting[identity]

    def free(self, capture: Any) -> None:
        """Frees the slot, if the capture holds it."""
        if self._holder.get('slot') is capture:
            self.capture = None
            self._holder.pop('slot', None)
