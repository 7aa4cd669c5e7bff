# SPDX-License-Identifier: Apache-2.0
"""From Python 3.12 on: one profiler that sees all threads, dumped by a thread that it does not see.

That profiler takes all threads for one. If it saw the thread that dumps, that thread's calls would be in the dumps.
Worse, a return in it would end the call that is on in another thread, so that functions would seem to run for longer
than the program.

cProfile is a tool of `sys.monitoring`. Events are suspended, per thread, in a callback and in everything it calls, so
that a tool does not observe itself (PEP 669). So this thread does all its work inside of a callback. The callback is
registered for the start of one function, under the tool id of profilers, and unregistered as soon as it runs; only then
does the profiler take that tool id. Nothing remains but the suspension, which lasts as long as the callback.
"""
from __future__ import annotations

import sys
from _lsprof import Profiler
from _thread import allocate_lock, start_new_thread

from .dumps import Dumps, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .dumps import Table

#: How long to wait for the thread to start, and for the last dump, in seconds.
PATIENCE = 10.0


class AllThreads(Dumps):
    """Dumps the one profiler of the process."""

    def __init__(self, path: str, width: int, labels: str, has_room: bool) -> None:
        super().__init__(path, width, labels, has_room)
        self._profiler = Profiler()

    def start(self) -> None:
        """Turns the profiler on. What it counted before is in no dump."""
        started, self._wake, self._done = allocate_lock(), allocate_lock(), allocate_lock()
        for lock in (started, self._wake, self._done):
            lock.acquire()
        try:
            start_unseen_thread(lambda: self._run(started))
        except BaseException:
            self._done.release()  # Nobody will write the last dump.
            raise
        started.acquire(True, PATIENCE)
        self._profiler.enable()

    def end(self) -> None:
        """Has the last dump written, and waits for it."""
        try:
            self._wake.release()
        except RuntimeError:  # It was released a moment ago.
            pass
        if self._done.acquire(True, PATIENCE):
            self._done.release()

    def after_fork(self) -> None:
        """Starts again in a child process: calls that are on now are the parent's."""
        self._profiler.disable()
        self._forget_parent()
        if not self._is_closed:
            self.start()

    def _run(self, started: Any) -> None:
        self._begin()
        started.release()
        is_last = False
        while not is_last and not self._is_closed:
            end, seconds = self._slice_end()
            is_last = self._wake.acquire(True, seconds)
            self._dump(None if is_last else end)
        self._done.release()
        # Waits forever: a profiler may still be on, and returning would end the suspension.
        never = allocate_lock()
        never.acquire()
        never.acquire()

    def _count(self) -> Table:
        return table(self._profiler)

    def _close(self) -> None:
        self._profiler.disable()


def start_unseen_thread(function: Callable[[], None]) -> None:
    """Calls a function in a new thread that no profiler sees. The function must not return while a profiler is on.

    Raises `ValueError` if a profiler is active, and `RuntimeError` if the system allows no more threads.
    """
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    tool, event = monitoring.PROFILER_ID, monitoring.events.PY_START

    def door() -> None:
        pass

    def callback(code: Any, offset: int) -> None:
        monitoring.set_local_events(tool, code, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
        function()

    def run() -> None:
        monitoring.register_callback(tool, event, callback)
        monitoring.set_local_events(tool, door.__code__, event)
        door()

    try:
        monitoring.use_tool_id(tool, 'strata')
    except ValueError:
        raise ValueError('another profiler is active') from None
    try:
        start_new_thread(run, ())
    except BaseException:
        monitoring.free_tool_id(tool)
        raise
