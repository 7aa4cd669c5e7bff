# SPDX-License-Identifier: Apache-2.0
"""Distinguishes errors that the program's signal handlers raise from errors of the agent and of labels.

A handler runs between any two instructions of the main thread, including those of the agent. What it raises, such as
the end of a time limit, is meant for the program; the agent must not swallow it.
"""
from __future__ import annotations

import functools
import signal
import threading
from typing import Any, Set


def raised(error: BaseException) -> bool:
    """Whether an error was raised by one of the program's signal handlers that is still installed."""
    # Without any stack left, looking for the handler would fail too.
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
    """The code objects of all handlers that are written in Python."""
    codes = set()
    for number in signal.valid_signals():
        handler: Any = signal.getsignal(number)
        if not callable(handler):  # SIG_DFL or SIG_IGN; or None, if it was not installed from Python.
            continue
        while isinstance(handler, functools.partial):
            handler = handler.func
        if not hasattr(handler, '__code__') and not hasattr(handler, '__func__'):
            handler = getattr(type(handler), '__call__', None)
        codes.add(getattr(getattr(handler, '__func__', handler), '__code__', None))
    return codes - {None}
