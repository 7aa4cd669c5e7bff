# SPDX-License-Identifier: Apache-2.0
"""Tells errors that a signal handler of the program raised from those of the agent and of functions for labels.

A handler runs between any two steps of the main thread, also in the agent. What it raises, such as the end of a time
limit, is for the program, and no reason to leave a call alone.
"""
from __future__ import annotations

import functools
import signal
import threading
from typing import Any, Set


def raised(error: BaseException) -> bool:
    """Whether an error came from a signal handler of the program that is still set."""
    # Where the stack has no room left, to look would fail too.
    if isinstance(error, RecursionError) or threading.current_thread() is not threading.main_thread():
        return False
    codes = _codes()
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code in codes:
            return True
        traceback = traceback.tb_next
    return False


def _codes() -> Set[Any]:
    """The code of all handlers that are written in Python."""
    codes = set()
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        if not callable(handler):  # An enumeration; or None, for one that was not set by Python.
            continue
        while isinstance(handler, functools.partial):
            handler = handler.func
        if not hasattr(handler, '__code__') and not hasattr(handler, '__func__'):
            handler = getattr(type(handler), '__call__', None)
        codes.add(getattr(getattr(handler, '__func__', handler), '__code__', None))
    return codes - {None}
