# SPDX-License-Identifier: Apache-2.0
"""What a call is in while it runs: nothing, or a scope that takes its CPU time or captures it."""
from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Optional

from . import clocks, elsewhere
from .capture import IS_PROCESS_WIDE, Capture
from .cutting import cpu_so_far
from .governor import Entry

if TYPE_CHECKING:
    from .agent import Agent


class Nothing:
    """The scope of a call that is not looked at."""

    __slots__ = ()

    # Takes anything, does nothing, and is false, which lets errors pass: at a third of the time of functions of
    # Python, and almost all calls go through it.
    __enter__: Any = ''.format
    __exit__: Any = ''.format

    def enter_step(self) -> None:
        """Called before a step of a coroutine."""

    def leave_step(self) -> None:
        """Called after a step of a coroutine."""

    def finish(self) -> None:
        """Called when the coroutine has ended."""


NOTHING = Nothing()


class Timing(Nothing):
    """A call whose bare CPU time is taken, in one piece or step by step."""

    __slots__ = ('agent', 'entry', 'is_after', 'captures', 'thread', 'begin', 'cpu')

    def __init__(self, agent: 'Agent', entry: Entry, is_after: bool) -> None:
        self.agent, self.entry, self.is_after = agent, entry, is_after
        self.captures = agent.captures
        #: The thread that is in it: each has a clock of its own. 0 for none.
        self.thread = 0
        self.cpu = 0

    def enter_step(self) -> None:
        self.thread = threading.get_ident()
        self.begin = clocks.thread_cpu()

    def leave_step(self) -> None:
        end = clocks.thread_cpu()
        if self.thread == threading.get_ident():
            self.cpu += end - self.begin
            self.thread = 0

    def finish(self) -> None:
        self.agent.finish_timing(self, clocks.thread_cpu())

    __enter__ = enter_step

    def __exit__(self, *_: object) -> None:
        end = clocks.thread_cpu()
        # Left where it was not entered, or once more than it was: nobody knows what the call took.
        if self.thread == threading.get_ident():
            self.thread = 0
            self.cpu = end - self.begin
            self.agent.finish_timing(self, end)


class Capturing(Nothing):
    """A call that is captured, in one piece or step by step."""

    __slots__ = ('agent', 'entry', 'weight', 'capture', 'start', 'begin', 'begin_process', 'cpu', 'others', 'started',
                 'is_done', 'limit', 'end', 'clock')

    def __init__(self, agent: 'Agent', entry: Entry, weight: float, capture: Capture) -> None:
        self.agent, self.entry, self.weight, self.capture = agent, entry, weight, capture
        self.start = clocks.now()
        self.started = clocks.elapsed()
        self.cpu = self.others = 0
        self.is_done = False
        #: Who gets it ends the capture; never given back.
        self.end = threading.Lock()
        #: The CPU time after which it is cut; None for never.
        self.limit: Optional[int] = None

    def enter_step(self) -> None:
        if self.is_done or self.capture.is_on:  # Of a scope that is entered twice the first leave is the end.
            return
        self.clock = clocks.of_this_thread()
        self.begin_process = clocks.process_cpu()
        self.begin = clocks.thread_cpu()
        try:
            is_on = self.capture.start()
        except BaseException:  # Of a signal handler.
            self.capture.stop()
            self.agent.give_up(self)
            raise
        if not is_on:
            self.agent.give_up(self)
        elif self.agent.slot.at_work:
            self.capture.is_shared = True

    def leave_step(self) -> None:
        was_on = self.capture.is_on
        if was_on and self.capture.thread != threading.get_ident():
            self._leave_elsewhere()
            return
        # Also where the capture was cut meanwhile: the step may have begun just then.
        self.capture.stop()
        if self.is_done or not was_on:
            return
        cpu = max(0, clocks.thread_cpu() - self.begin)
        self.cpu += cpu
        self.others += max(0, clocks.process_cpu() - self.begin_process - cpu)

    def _leave_elsewhere(self) -> None:
        """Ends what another thread began: what was seen is not of this call alone."""
        cpu = cpu_so_far(self)
        self.capture.stop()
        self.capture.is_lost = True
        if not IS_PROCESS_WIDE:
            elsewhere.turn_off(self.capture.profile)
        if not self.is_done:
            self.cpu = cpu

    def finish(self) -> None:
        self.agent.finish_capture(self)

    __enter__ = enter_step

    def __exit__(self, *_: object) -> None:
        self.leave_step()
        self.agent.finish_capture(self)
