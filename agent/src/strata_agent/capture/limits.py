# SPDX-License-Identifier: Apache-2.0
"""Cuts a capture that exceeds its limit: the call continues without a profiler, and what was recorded is kept.

From Python 3.12 on, any thread can turn the profiler off. Before, only the profiled thread can; the main thread can be
asked to, by a call that the interpreter makes between two of its instructions. In any other thread of such a Python a
capture continues until its call ends, and its excess cost is saved up before the next capture.
"""
from __future__ import annotations

import threading
from typing import Any, Optional

from . import clocks, scopes
from .profiler import IS_PROCESS_WIDE
from .scopes import Captures, Capturing

#: How often a running capture is examined, in seconds.
PERIOD = 0.5
#: How long the thread keeps examining after a capture, so that not every capture has to wake it, in nanoseconds.
LINGERING = 1_000_000_000


class Limiter:
    """Examines the running capture from the agent's thread."""

    def __init__(self, captures: Captures) -> None:
        self._captures = captures
        self._last = 0
        self._callback: Any = None
        #: The type of an error that a signal handler raised in the callback.
        self._raised: Any = None

    def look(self) -> Optional[float]:
        """Cuts the running capture if it exceeds its limit; returns the seconds until the next look, None for never."""
        if self._raised is not None:
            kind, self._raised = self._raised, None
            _raise_in_main_thread(kind)
        now = clocks.elapsed()
        scope = self._captures.running
        if scope is not None:
            self._last = now
            if scope.end.locked() and now - scope.started > scopes.LONGEST:
                # A signal handler raised while the capture was ending.
                self._captures.release(scope)
            elif self._is_over(scope, now):
                self._cut(scope)
        self._captures.is_watched = now - self._last < LINGERING
        # A capture that began just now may still have relied on being watched.
        return PERIOD if self._captures.is_watched or self._captures.running is not None else None

    def _is_over(self, scope: Capturing, now: int) -> bool:
        if scope.limit is None:
            return False
        cpu = scope.cpu_so_far()
        scope.capture.look_at = now + max(int(PERIOD * 1e9), scope.limit - cpu)
        return now - scope.started > scopes.LONGEST or cpu > scope.limit

    def end(self, scope: Capturing) -> None:
        """Ends a capture now, whichever thread it runs in, without waiting for its call to end."""
        if scope.capture.is_on and scope.capture.thread == threading.get_ident():
            scope.leave_step()
            self._captures.finish_capture(scope, is_cut=True)
        else:
            self._end_from_outside(scope)

    def _end_from_outside(self, scope: Capturing) -> None:
        cpu = scope.cpu_so_far()
        # Before 3.12 the thread itself turns the profiler off when its step ends, even if the step begins just now.
        # What is recorded until then is discarded.
        if IS_PROCESS_WIDE:
            scope.capture.stop()
        scope.cpu = cpu
        self._captures.finish_capture(scope, is_cut=True)

    def _cut(self, scope: Capturing) -> None:
        if IS_PROCESS_WIDE or not scope.capture.is_on:
            self._end_from_outside(scope)
        elif scope.capture.thread == threading.main_thread().ident:
            self._ask_main_thread(scope)

    def _ask_main_thread(self, scope: Capturing) -> None:
        try:
            import ctypes
        except ImportError:
            return

        def cut(_: Any) -> int:
            try:
                if not scope.is_done:
                    scope.leave_step()
                    self._captures.finish_capture(scope, is_cut=True)
            except BaseException as error:  # Raised by a signal handler; nothing can be raised from here.
                self._raised = type(error)
                self._captures.wake()
            return 0

        # Kept alive here, since the interpreter stores only its address.
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(cut)
        ctypes.pythonapi.Py_AddPendingCall(self._callback, None)


def _raise_in_main_thread(kind: Any) -> None:
    import ctypes
    main = ctypes.c_ulong(threading.main_thread().ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(main, ctypes.py_object(kind))
