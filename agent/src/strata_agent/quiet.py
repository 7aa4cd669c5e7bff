# SPDX-License-Identifier: Apache-2.0
"""A thread of the agent that lets captures be alone.

From Python 3.12 on a profiler sees all threads, and takes them for one: what returns in one ends what is on in another.
So while a capture is on, a thread of the agent that wakes up goes back to sleep, and does not even say so: what it does
then stands in one function, and calls functions in C only as `silent` tells.
"""
from __future__ import annotations

import threading
from itertools import starmap
from typing import Callable, Optional

from . import clocks
from .capture import IS_PROCESS_WIDE, Slot

#: For how long it goes back to sleep at first, and at most, in seconds.
SHORTEST, LONGEST = 0.002, 0.5
#: How long the start of the thread may take.
PATIENCE = 1.0


class QuietThread:
    """Takes turns, when it is woken or after the time that the last turn asked for."""

    def __init__(self, name: str, turn: Callable[[], Optional[float]], slot: Slot) -> None:
        """`turn` returns after how many seconds the next one comes, less than zero for never; None for the end."""
        self._turn = turn
        self._slot = slot
        #: Whether it does not wait for captures.
        self.is_urgent = False
        self._alarm = threading.Lock()
        self._alarm.acquire()
        self._begun = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Starts it, with a turn. Raises `RuntimeError` where the system has no more threads."""
        self._begun.acquire()
        self._thread.start()
        # No capture begins before the function of the thread has.
        self._begun.acquire(timeout=PATIENCE)

    def wake(self) -> None:
        """Lets it take a turn; it is not waited for."""
        try:
            self._alarm.release()
        except RuntimeError:  # It was woken already.
            pass

    def join(self, timeout: float) -> None:
        """Waits for its end."""
        self._thread.join(timeout)

    @property
    def is_alive(self) -> bool:
        """Whether it has begun, and not ended."""
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
                # After that: of two that look at each other, one sees the other.
                running = slot.capture
                if running is None:
                    break
                [now] = starmap(clocks.elapsed, ((),))
                if self.is_urgent or now >= running.look_at:
                    # Between two steps of a coroutine it is off.
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
