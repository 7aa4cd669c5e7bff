# SPDX-License-Identifier: Apache-2.0
"""How the agent's thread gets the interpreter lock back beside a thread that hardly lets it have it.

A thread that waits for the lock asks for it only when nobody let it go for the switch interval. A loop of asyncio lets
it go every few microseconds, and has it back before the waiting thread is awake; which then wakes up in vain some
thousand times, until it is lucky: up to a hundred milliseconds of CPU time for one call to the system. With a short
interval it asks at once, and gets the lock within some microseconds.
"""
from __future__ import annotations

import contextlib
import sys
from typing import Iterator, Optional

from . import clocks

#: The CPU time of a dump from which on the thread asks at once, and below which it need not, in nanoseconds.
DEAR, CHEAP = 1_000_000, 500_000
#: The switch interval meanwhile, in seconds.
INTERVAL = 1e-5


class Eagerness:
    """Whether the thread has to ask at once, as the last batch told."""

    def __init__(self) -> None:
        # The first one may cost more than a minute's budget.
        self._is_eager = True
        #: The interval of the program while another one is set.
        self._usual: Optional[float] = None

    @contextlib.contextmanager
    def at_work(self, dumps: int) -> Iterator[None]:
        """Around bringing some dumps to the disk."""
        begin = clocks.thread_cpu()
        if self._is_eager:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(min(INTERVAL, self._usual))
        try:
            yield
        finally:
            self.end()
        cpu = (clocks.thread_cpu() - begin) // max(1, dumps)
        self._is_eager = cpu > (CHEAP if self._is_eager else DEAR)

    def end(self) -> None:
        """Sets the interval as it was, unless the program has set it meanwhile. For a child process too."""
        if self._usual is not None and abs(sys.getswitchinterval() - INTERVAL) < 1e-9:
            sys.setswitchinterval(self._usual)
        self._usual = None
