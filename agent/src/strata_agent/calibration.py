# SPDX-License-Identifier: Apache-2.0
"""What cProfile adds to a call at least, and what the agent adds to one that it does not look at, measured once."""
from __future__ import annotations

from typing import Any, Callable

from . import clocks
from .capture import Capture

_CALLS = 1000


def _nothing() -> None:
    pass


def _loop() -> int:
    begin = clocks.thread_cpu()
    for _ in range(_CALLS):
        _nothing()
    return clocks.thread_cpu() - begin


def call_cost(builtins: bool = True) -> float:
    """Nanoseconds of CPU for each call that is captured: the least of three goes; 0 where another profiler is at work.

    The code here is warm, and a program's is not: it is a floor.
    """
    best = None
    for _ in range(3):
        bare = _loop()
        capture = Capture()
        capture.prepare(None, builtins)
        if not capture.start():
            return 0.0
        try:
            profiled = _loop()
        finally:
            capture.stop()
        cost = max(0, profiled - bare) / _CALLS
        best = cost if best is None else min(best, cost)
    return best or 0.0


def plain_cost(profile: Callable[..., Any]) -> float:
    """Nanoseconds of CPU that `with profile(label=value): ...` takes where it does nothing: the least of three goes."""
    def loop() -> int:
        begin = clocks.thread_cpu()
        for _ in range(_CALLS):
            with profile(label='value'):
                pass
        return clocks.thread_cpu() - begin

    return min(loop() for _ in range(3)) / _CALLS
