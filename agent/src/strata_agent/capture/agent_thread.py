# SPDX-License-Identifier: Apache-2.0
"""The agent's threads: how they stay out of captures, and how they get the interpreter lock in a busy program.

From Python 3.12 on, a profiler sees all threads and takes them for one: a return in one thread ends the call that is
on in another. So an agent thread that wakes up during a capture goes back to sleep without leaving a trace in it. The
profiler is told when Python functions begin and end, and when Python code calls C functions. Therefore the waiting is
part of the one function that the thread runs, and it calls C functions only through `itertools.starmap`, which is a
type, so the profiler does not see what it calls: `[result] = starmap(function, ((argument,),))`.
"""
from __future__ import annotations

import contextlib
import sys
import threading
from itertools import starmap
from typing import Callable, Iterator, Optional

from . import clocks
from .profiler import IS_PROCESS_WIDE, Slot

#: How long the thread goes back to sleep during a capture: at first, and at most, in seconds.
SHORTEST, LONGEST = 0.002, 0.5
#: How long starting the thread may take, in seconds.
PATIENCE = 1.0

#: The CPU time per dump above which the thread shortens the switch interval, and below which it stops doing so, in
#: nanoseconds.
EXPENSIVE, CHEAP = 1_000_000, 500_000
#: The shortened switch interval, in seconds.
INTERVAL = 1e-5


class AgentThread:
    """Takes turns: when it is woken, or after the time that the last turn requested."""

    def __init__(self, name: str, turn: Callable[[], Optional[float]], slot: Slot) -> None:
        """`turn` returns the seconds until the next turn; a negative number means never, None ends the thread."""
        self._turn = turn
        self._slot = slot
        #: Whether turns happen even during captures.
        self.is_urgent = False
        self._alarm = threading.Lock()
        self._alarm.acquire()
        self._begun = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread with a turn. Raises `RuntimeError` if the system allows no more threads."""
        self._begun.acquire()
        self._thread.start()
        # No capture may begin before the thread is inside its function.
        self._begun.acquire(timeout=PATIENCE)

    def wake(self) -> None:
        """Requests a turn, without waiting for it."""
        try:
            self._alarm.release()
        except RuntimeError:  # It has been woken already.
            pass

    def join(self, timeout: float) -> None:
        """Waits for the thread to end."""
        self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether it has started and not ended."""
        return self._thread.is_alive()

    def _run(self) -> None:
        identity = threading.get_ident()
        slot, timeout = self._slot, 0.0
        [_] = starmap(self._begun.release, ((),))
        while True:
            [_] = starmap(self._alarm.acquire, ((True, timeout),))
            pause = SHORTEST
            while IS_PROCESS_WIDE:
                at_work = slot.at_work
                at_work |= {identity}
                # Checked only now: whenever capture and agent thread check for each other, at least one sees the other.
                running = slot.capture
                if running is None:
                    break
                [now] = starmap(clocks.elapsed, ((),))
                if self.is_urgent or now >= running.look_at:
                    # Between two steps of a coroutine the profiler is off.
                    running.is_shared = running.is_shared or running.is_on
                    break
                at_work -= {identity}
                [_] = starmap(self._alarm.acquire, ((True, pause),))
                pause = pause * 2 if pause < LONGEST else pause
            try:
                next_timeout = self._turn()
            finally:
                at_work = slot.at_work
                at_work -= {identity}
            if next_timeout is None:
                break
            timeout = next_timeout


class SwitchInterval:
    """Shortens the interpreter's switch interval while the agent's thread writes, if writing turns out expensive.

    A thread that waits for the interpreter lock requests it only when it was not released for a switch interval. An
    asyncio loop releases the lock every few microseconds and takes it again before the waiting thread is awake. That
    thread then wakes up thousands of times in vain: up to a hundred milliseconds of CPU time for one system call. With
    a short interval it requests the lock at once and gets it within microseconds.
    """

    def __init__(self) -> None:
        # From the first batch on, since that alone could cost more than the budget of a minute.
        self._is_short = True
        #: The program's own interval while the short one is set.
        self._usual: Optional[float] = None

    @contextlib.contextmanager
    def while_writing(self, dumps: int) -> Iterator[None]:
        """Surrounds the writing of some dumps."""
        begin = clocks.thread_cpu()
        if self._is_short:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(min(INTERVAL, self._usual))
        try:
            yield
        finally:
            self.restore()
        cpu = (clocks.thread_cpu() - begin) // max(1, dumps)
        self._is_short = cpu > (CHEAP if self._is_short else EXPENSIVE)

    def restore(self) -> None:
        """Restores the interval, unless the program has set another one since. Also for a child process."""
        if self._usual is not None and abs(sys.getswitchinterval() - INTERVAL) < 1e-9:
            sys.setswitchinterval(self._usual)
        self._usual = None
