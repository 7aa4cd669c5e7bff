# SPDX-License-Identifier: Apache-2.0
"""Ends a capture that outlives its limit: its call goes on without a profiler, and what was seen is kept.

From Python 3.12 on, any thread can turn the profiler off. Before, only the thread that is profiled can; the main
thread can be asked to, with a call that the interpreter makes between two of its steps. In another thread of such a
Python a capture goes on to the end of its call, and what it cost too much is saved up before the next.
"""
from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Optional

from . import clocks
from .capture import IS_PROCESS_WIDE

if TYPE_CHECKING:
    from .agent import Agent
    from .scopes import Capturing

#: How often a running capture is looked at, in seconds.
PERIOD = 0.5
#: For how long after a capture the thread goes on looking, so that each need not wake it.
LINGERING = 1_000_000_000
#: How long a capture may have the slot, whatever it computes: a call may wait for long.
LONGEST = 60_000_000_000


class Cutter:
    """Looks at the running capture from the agent's thread."""

    def __init__(self) -> None:
        self.is_looking = False
        self._last = 0
        self._callback: Any = None
        #: The kind of error that a signal handler raised in the callback.
        self._raised: Any = None

    def begin(self, scope: 'Capturing', limit: int) -> None:
        """Notes when a capture that begins has to be looked at: it cannot take more time than passes."""
        scope.capture.look_at = scope.started + min(limit, LONGEST)

    def look(self, agent: 'Agent', scope: Optional['Capturing']) -> Optional[float]:
        """Cuts the capture if it has to be; returns in how many seconds to look again."""
        if self._raised is not None:
            kind, self._raised = self._raised, None
            _raise_in_main_thread(kind)
        now = clocks.elapsed()
        if scope is not None:
            self._last = now
            if scope.end.locked() and now - scope.started > LONGEST:
                # An error of a signal handler came while it ended.
                agent.release(scope)
            elif self._is_over(scope, now):
                self._cut(agent, scope)
        self.is_looking = now - self._last < LINGERING
        # One that began a moment ago has not seen that nobody looks any more.
        return PERIOD if self.is_looking or agent._running is not None else None

    def _is_over(self, scope: 'Capturing', now: int) -> bool:
        if scope.limit is None:
            return False
        cpu = cpu_so_far(scope)
        scope.capture.look_at = now + max(int(PERIOD * 1e9), scope.limit - cpu)
        return now - scope.started > LONGEST or cpu > scope.limit

    def end(self, agent: 'Agent', scope: 'Capturing') -> None:
        """Ends a capture now, in whichever thread it runs: nothing waits for the end of its call any more."""
        if scope.capture.is_on and scope.capture.thread == threading.get_ident():
            scope.leave_step()
            agent.finish_capture(scope, is_cut=True)
        else:
            self._end_from_outside(agent, scope)

    def _end_from_outside(self, agent: 'Agent', scope: 'Capturing') -> None:
        cpu = cpu_so_far(scope)
        # Before 3.12 only its own thread can turn it off: it does when the step ends, also one that begins just now,
        # and what comes until then is not kept.
        if IS_PROCESS_WIDE:
            scope.capture.stop()
        scope.cpu = cpu
        agent.finish_capture(scope, is_cut=True)

    def _cut(self, agent: 'Agent', scope: 'Capturing') -> None:
        if IS_PROCESS_WIDE or not scope.capture.is_on:
            self._end_from_outside(agent, scope)
        elif scope.capture.thread == threading.main_thread().ident:
            self._ask_main_thread(agent, scope)

    def _ask_main_thread(self, agent: 'Agent', scope: 'Capturing') -> None:
        try:
            import ctypes
        except ImportError:
            return

        def cut(_: Any) -> int:
            try:
                if not scope.is_done:
                    scope.leave_step()
                    agent.finish_capture(scope, is_cut=True)
            except BaseException as error:  # Of a signal handler, and from here nothing can be raised.
                self._raised = type(error)
                agent.worker.wake()
            return 0

        # The interpreter keeps the address alone.
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(cut)
        ctypes.pythonapi.Py_AddPendingCall(self._callback, None)


def _raise_in_main_thread(kind: Any) -> None:
    import ctypes
    main = ctypes.c_ulong(threading.main_thread().ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(kind))


def cpu_so_far(scope: 'Capturing') -> int:
    """The CPU time of the captured call so far; where it cannot be had, the time that passed."""
    if not scope.capture.is_on:
        return scope.cpu
    if scope.clock is not None:
        try:
            return scope.cpu + time.clock_gettime_ns(scope.clock) - scope.begin
        except OSError:  # The thread is gone.
            pass
    return scope.cpu + clocks.elapsed() - scope.started
